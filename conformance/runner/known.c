/* SPDX-License-Identifier: MIT */
/* Reads the lists of known differences. */
#include "conformance/runner/known.h"

#include "conformance/runner/cmd.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cuts the next word, or the next "…", off *rest in place; NULL at the end. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t"), *end;

    if (!*word)
        return NULL;
    if (*word == '"') {
        word++;
        end = strchr(word, '"');
        if (!end)
            return NULL;
    } else {
        end = word + strcspn(word, " \t");
    }
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

static bool read_row(struct run_known *row, char *line)
{
    char *rest = line, *scenario = next_word(&rest), *field = next_word(&rest), *seen = NULL;

    if (!scenario || !field)
        return false;
    rest += strspn(rest, " \t");
    if (!strncmp(rest, "seen=", 5)) {
        rest += 5;
        seen = next_word(&rest);
        rest += strspn(rest, " \t");
    }
    if (!*rest) /* the reason is not optional */
        return false;
    row->scenario = run_format("%s", scenario);
    row->field = run_format("%s", field);
    row->seen = seen ? run_format("%s", seen) : NULL;
    row->reason = run_format("%s", rest);
    return true;
}

static bool read_file(struct run_known_list *list, char *path, char **error_out)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t capacity = 0;
    unsigned number = 0;
    bool ok = true;

    list->files = realloc(list->files, (list->file_count + 1) * sizeof(*list->files));
    list->files[list->file_count++] = path;
    if (!file) {
        *error_out = run_format("%s: cannot be read", path);
        return false;
    }
    while (ok && getline(&line, &capacity, file) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        number++;
        if (!line[strspn(line, " \t")] || *line == '#')
            continue;
        list->rows = realloc(list->rows, (list->count + 1) * sizeof(*list->rows));
        list->rows[list->count] = (struct run_known){.file = path, .line = number};
        ok = read_row(&list->rows[list->count], line);
        if (ok)
            list->count++;
        else
            *error_out = run_format("%s:%u: want SCENARIO FIELD [seen=VALUE] REASON", path, number);
    }
    free(line);
    fclose(file);
    return ok;
}

bool run_known_load(struct run_known_list *list, const char *directory, char **error_out)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    bool ok = true;

    *list = (struct run_known_list){0};
    while (dir && ok && (entry = readdir(dir))) {
        size_t nchars = strlen(entry->d_name);

        if (nchars > 4 && !strcmp(entry->d_name + nchars - 4, ".txt"))
            ok = read_file(list, run_format("%s/%s", directory, entry->d_name), error_out);
    }
    if (dir)
        closedir(dir);
    return ok;
}

struct run_known *run_known_find(struct run_known_list *list, const char *scenario,
                                 const char *field)
{
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->rows[i].scenario, scenario) && !strcmp(list->rows[i].field, field))
            return &list->rows[i];
    return NULL;
}

void run_known_fini(struct run_known_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->rows[i].scenario);
        free(list->rows[i].field);
        free(list->rows[i].seen);
        free(list->rows[i].reason);
    }
    for (size_t i = 0; i < list->file_count; i++)
        free(list->files[i]);
    free(list->rows);
    free(list->files);
    *list = (struct run_known_list){0};
}

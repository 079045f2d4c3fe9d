/* SPDX-License-Identifier: MIT */
/* Reads fixtures/behaviours: JSON files, each a list of rows or an object that holds one. */
#include "conformance/runner/behaviours.h"

#include "conformance/runner/cmd.h"
#include "conformance/runner/paths.h"

#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static char *member(const json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));

    return run_format("%s", text ? text : "");
}

/* "IB8 W10": the rows of evidence and other places that the row names. */
static char *sources(const json_t *row)
{
    char *names = run_format("%s", "");
    size_t i;
    json_t *source;

    json_array_foreach (json_object_get(row, "sources"), i, source) {
        const char *name = json_string_value(json_object_get(source, "row"));
        char *longer = run_format("%s%s%s", names, *names ? " " : "", name ? name : "");

        free(names);
        names = longer;
    }
    return names;
}

static void add_rows(struct run_behaviours *table, const json_t *rows)
{
    size_t i;
    json_t *row;

    json_array_foreach (rows, i, row) {
        const char *grade = json_string_value(json_object_get(row, "grade"));

        if (!json_string_value(json_object_get(row, "id")) || !grade)
            continue;
        table->rows = realloc(table->rows, (table->count + 1) * sizeof(*table->rows));
        table->rows[table->count++] = (struct run_behaviour){
            .id = member(row, "id"),
            .rule = member(row, "rule"),
            .basis = member(row, "basis"),
            .sources = sources(row),
            .grade = *grade,
        };
    }
}

static void add_file(struct run_behaviours *table, const char *path)
{
    json_t *root = json_load_file(path, 0, NULL);
    const char *key;
    json_t *value;

    if (json_is_array(root))
        add_rows(table, root);
    json_object_foreach (root, key, value)
        add_rows(table, value);
    json_decref(root);
}

void run_behaviours_load(struct run_behaviours *table)
{
    DIR *dir = opendir(run_paths()->behaviours);
    struct dirent *entry;

    *table = (struct run_behaviours){0};
    while (dir && (entry = readdir(dir))) {
        size_t nchars = strlen(entry->d_name);
        char *path;

        if (nchars < 6 || strcmp(entry->d_name + nchars - 5, ".json"))
            continue;
        path = run_format("%s/%s", run_paths()->behaviours, entry->d_name);
        add_file(table, path);
        free(path);
    }
    if (dir)
        closedir(dir);
}

const struct run_behaviour *run_behaviours_find(const struct run_behaviours *table, const char *id)
{
    for (size_t i = 0; i < table->count; i++)
        if (!strcmp(table->rows[i].id, id))
            return &table->rows[i];
    return NULL;
}

void run_behaviours_fini(struct run_behaviours *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->rows[i].id);
        free(table->rows[i].rule);
        free(table->rows[i].basis);
        free(table->rows[i].sources);
    }
    free(table->rows);
    *table = (struct run_behaviours){0};
}

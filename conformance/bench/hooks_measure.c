/* SPDX-License-Identifier: MIT */
/* Runs the children, with the layer and without in turn, and says what their numbers come to. */
#include "conformance/bench/hooks.h"

#include "conformance/bench/output.h"
#include "conformance/bench/stats.h"
#include "conformance/runner/cmd.h"
#include "conformance/runner/paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAIRS = 11, SLICE_MS = 150, QUICK_MS = 20, FILE_NBYTES = 1 << 20, MOST_PAIRS = 31 };

static const struct hooks_row all[] = {
    {"slot", HOOKS_CALL, "slot", true, 1},
    {"hook", HOOKS_CALL, "hook", false, 0},
    {"hook.bypass", HOOKS_CALL, "bypass", false, 0},
    {"hook.watched", HOOKS_CALL, "watched", false, 0},
    {"refvfs.sync", HOOKS_READS, "sync", true, 0.8},
    {"refvfs.overlapped", HOOKS_READS, "overlapped", true, 0.8},
    {"refvfs.allocations", HOOKS_ALLOCATIONS, "overlapped", true, 0},
};

struct hooks_row *hooks_rows(const struct bench_options *options, size_t *count_out)
{
    struct hooks_row *rows = run_xalloc(sizeof(all));
    bool exact = false;

    *count_out = 0;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        for (size_t f = 0; f < options->filter_count; f++)
            exact = exact || !strcmp(all[i].name, options->filters[f]);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (bench_wanted(options, all[i].name, exact))
            rows[(*count_out)++] = all[i];
    return rows;
}

/* What all rows of one run share. */
struct place {
    char *dir, *file, *manifest, *counter;
    const char *layer; /* refvfs.so */
    const char *engine;
    char self[PATH_MAX];
};

static bool fill(const char *path, size_t nbytes, const char *text)
{
    FILE *file = fopen(path, "w");
    bool good = file;

    for (size_t i = 0; good && i < nbytes; i++)
        good = putc((int)(i & 0xff), file) != EOF;
    good = good && (!text || fputs(text, file) >= 0);
    return file && !fclose(file) && good;
}

static bool make_place(struct place *place, const struct bench_options *options, char **error_out)
{
    const struct run_paths *paths = run_paths();
    ssize_t nchars = readlink("/proc/self/exe", place->self, sizeof(place->self) - 1);
    char *manifest;
    bool good;

    place->dir = run_scratch_dir();
    place->file = run_format("%s/real.bin", place->dir);
    place->manifest = run_format("%s/files.vfs", place->dir);
    place->counter = run_format("%s", paths->allocations ? paths->allocations : "");
    place->layer = paths->refvfs ? paths->refvfs : "";
    place->engine = options->engine;
    manifest = run_format("ringer-vfs 1\nfile name=v size=4096 gen=zero path=%s/virtual.bin\n", place->dir);
    good = nchars > 0 && fill(place->file, FILE_NBYTES, NULL) && fill(place->manifest, 0, manifest);
    if (!good)
        *error_out = run_format("%s: no file can be made there", place->dir);
    free(manifest);
    return good;
}

static void drop_place(struct place *place)
{
    run_remove_tree(place->dir);
    free(place->dir);
    free(place->file);
    free(place->manifest);
    free(place->counter);
}

/* In the child: what it is to know, then the client. */
static void become_client(const struct place *place, const char *spec, bool layer, bool counted, int out)
{
    char *argument = run_format("--client=%s", spec);

    dup2(out, STDOUT_FILENO);
    setenv("RINGER_ENGINE", place->engine, 1);
    setenv("RINGER_LOG", "quiet", 1);
    unsetenv("RINGER_LINT");
    unsetenv("RINGER_HOOKS");
    if (layer) {
        setenv("RINGER_HOOKS", place->layer, 1);
        setenv("RINGER_VFS", place->manifest, 1);
    }
    if (counted)
        setenv("LD_PRELOAD", place->counter, 1);
    execl(place->self, place->self, "bench", "hooks", argument, (char *)NULL);
    _exit(127);
}

/* Numbers that the client printed; false with a note. */
static bool run_client(const struct place *place, const char *spec, bool layer, bool counted,
                       double numbers[3], char *note, size_t note_nbytes)
{
    char text[256] = "";
    int ends[2], status = 0;
    size_t nbytes = 0;
    ssize_t got;
    pid_t child;

    fflush(NULL);
    if (pipe(ends) || (child = fork()) < 0) {
        snprintf(note, note_nbytes, "no child");
        return false;
    }
    if (child == 0)
        become_client(place, spec, layer, counted, ends[1]);
    close(ends[1]);
    while (nbytes < sizeof(text) - 1 && (got = read(ends[0], text + nbytes, sizeof(text) - 1 - nbytes)) > 0)
        nbytes += (size_t)got;
    close(ends[0]);
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) ||
        sscanf(text, "%lf %lf %lf", &numbers[0], &numbers[1], &numbers[2]) < 1) {
        snprintf(note, note_nbytes, "the client ended with %d",
                 WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
        return false;
    }
    return true;
}

struct result {
    double values[MOST_PAIRS];
    unsigned count;
    bool cannot;
    char note[160];
};

static double per_second(const double numbers[3])
{
    return numbers[1] > 0 ? numbers[0] * 1e9 / numbers[1] : 0;
}

/* One value of a row; which of the two goes first changes from pair to pair. */
static bool measure_one(const struct place *place, const struct hooks_row *row, unsigned ms, unsigned i,
                        struct result *result)
{
    char *spec = row->kind == HOOKS_CALL ? run_format("%s:%u", row->client, ms)
                                         : run_format("%s:%u:%s", row->client, ms, place->file);
    double with[3] = {0}, without[3] = {0}, value = 0;
    bool good = true;

    if (row->kind == HOOKS_READS) {
        for (unsigned side = 0; good && side < 2; side++) {
            bool layer = (side ^ i) & 1;

            good = run_client(place, spec, layer, false, layer ? with : without, result->note,
                              sizeof(result->note));
        }
        value = good && per_second(without) > 0 ? per_second(with) / per_second(without) : 0;
    } else {
        good = run_client(place, spec, row->kind != HOOKS_CALL, row->kind != HOOKS_CALL, with,
                          result->note, sizeof(result->note));
        value = row->kind == HOOKS_CALL ? with[0] : with[0] > 0 ? with[2] / with[0] : -1;
        if (good && row->kind != HOOKS_CALL && with[2] < 0) {
            snprintf(result->note, sizeof(result->note), "the allocator cannot be counted here");
            result->cannot = true;
            good = false;
        }
    }
    free(spec);
    if (good)
        result->values[result->count++] = value;
    return good;
}

static bool meets(const struct hooks_row *row, double value)
{
    return row->kind == HOOKS_READS ? value >= row->target : value <= row->target;
}

static json_t *row_json(const struct hooks_row *row, struct result *result, bool good, bool quick)
{
    /* As in the other benches: how two runs are compared goes by them. */
    static const char *const kinds[] = {"slot", "reads", "allocations"};
    double value = bench_median(result->values, result->count);
    bool judged = good && row->judged && !quick;
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:i}", "name", row->name, "kind", kinds[row->kind], "state",
                          good ? "measured" : result->cannot ? "cannot" : "failed", "note", result->note,
                          "pairs", (int)result->count);

    json_object_set_new(o, "value", good ? json_real(value) : json_null());
    json_object_set_new(o, "least", good ? json_real(result->values[0]) : json_null());
    json_object_set_new(o, "most", good ? json_real(result->values[result->count - 1]) : json_null());
    json_object_set_new(o, "spread", good && value > 0 ? json_real(bench_spread(result->values, result->count))
                                                       : json_null());
    json_object_set_new(o, "target", row->judged ? json_real(row->target) : json_null());
    json_object_set_new(o, "judged", json_boolean(judged));
    json_object_set_new(o, "met", judged ? json_boolean(meets(row, value)) : json_null());
    return o;
}

static json_t *measure(const struct place *place, const struct bench_options *options,
                       const struct hooks_row *row)
{
    unsigned pairs = options->quick ? 1 : options->pairs ? options->pairs : PAIRS;
    struct result result = {0};
    bool good = true;

    pairs = pairs > MOST_PAIRS ? MOST_PAIRS : row->kind == HOOKS_ALLOCATIONS ? 1 : pairs;
    if (row->kind != HOOKS_CALL && access(place->layer, R_OK)) {
        snprintf(result.note, sizeof(result.note), "%.120s: not there", *place->layer ? place->layer : "refvfs");
        result.cannot = true;
        good = false;
    }
    for (unsigned i = 0; good && i < pairs; i++)
        good = measure_one(place, row, options->quick ? QUICK_MS : SLICE_MS, i, &result);
    return row_json(row, &result, good, options->quick);
}

json_t *hooks_bench(const struct bench_options *options, const struct hooks_row *rows, size_t count,
                    char **error_out)
{
    struct place place = {0};
    json_t *results, *document = NULL;

    *error_out = NULL;
    if (make_place(&place, options, error_out)) {
        results = json_array();
        for (size_t i = 0; i < count; i++)
            json_array_append_new(results, measure(&place, options, &rows[i]));
        document = bench_document("hooks", options, results);
        json_object_set_new(document, "engine", json_string(options->engine));
    }
    drop_place(&place);
    return document;
}

/* ---- the table ---- */

void hooks_print(const json_t *document)
{
    const json_t *row;
    size_t i;

    printf("engine %s, kernel %s%s\n\n", bench_text(document, "engine"), bench_text(document, "kernel"),
           json_is_true(json_object_get(document, "quick")) ? ", quick: nothing is judged" : "");
    json_array_foreach(json_object_get(document, "rows"), i, row)
    {
        const json_t *met = json_object_get(row, "met"), *target = json_object_get(row, "target");
        bool reads = !strcmp(bench_text(row, "kind"), "reads");

        if (strcmp(bench_text(row, "state"), "measured")) {
            printf("%-20s %s: %s\n", bench_text(row, "name"), bench_text(row, "state"), bench_text(row, "note"));
            continue;
        }
        printf("%-20s %8.3f %-22s", bench_text(row, "name"), json_number_value(json_object_get(row, "value")),
               reads                                     ? "x without"
               : !strcmp(bench_text(row, "kind"), "slot") ? "ns more a call"
                                                         : "allocations a read");
        if (json_is_number(target))
            printf(" %s %.2f %s", reads ? "at least" : "at most", json_number_value(target),
                   json_is_true(met) ? "met" : json_is_false(met) ? "MISSED" : "");
        putchar('\n');
    }
}

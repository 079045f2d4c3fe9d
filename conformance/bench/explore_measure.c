/* SPDX-License-Identifier: MIT */
/* Explores for a second at a time, and holds the schedules against the processor time they took. */
#include "conformance/bench/explore.h"

#include "conformance/bench/output.h"
#include "conformance/bench/stats.h"
#include "conformance/explore/target.h"
#include "conformance/runner/cmd.h"
#include "conformance/runner/suite.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ROUNDS = 7, ROUND_MS = 1000, QUICK_MS = 150, TIMEOUT_MS = 10000 };

/* One row while it is measured. */
struct bench {
    const struct explore_row *row;
    const char *scratch;
    struct run_suite suite; /* the scenario, when it is one */
    struct run_known_list known;
    char *program[5]; /* argv, when it is one */
    char *error;
    uint64_t schedules;
    double by_time[ROUNDS], by_processor[ROUNDS];
    unsigned rounds;
};

static bool write_text(const char *path, const char *text, size_t nbytes)
{
    FILE *file = fopen(path, "w");
    bool good = file && fwrite(text, 1, nbytes, file) == nbytes;

    return file && !fclose(file) && good;
}

static bool prepare_scenario(struct bench *bench)
{
    const struct explore_scenario *scenario = &explore_scenarios[bench->row->scenario];
    char *path = run_format("%s/%s.scn", bench->scratch, scenario->name);
    char *beside = run_format("%s/%s.expect", bench->scratch, scenario->name);
    bool good = write_text(path, scenario->text, strlen(scenario->text)) &&
                write_text(beside, scenario->expectations, strlen(scenario->expectations)) &&
                run_suite_add(&bench->suite, path, &bench->error);

    if (good && bench->suite.pairs[0].problem) {
        bench->error = run_format("%s", bench->suite.pairs[0].problem);
        good = false;
    }
    free(path);
    free(beside);
    return good;
}

static bool prepare_program(struct bench *bench)
{
    char self[PATH_MAX], bytes[4096];
    ssize_t nchars = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *path = run_format("%s/data.bin", bench->scratch);

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)i;
    if (nchars <= 0 || !write_text(path, bytes, sizeof(bytes))) {
        free(path);
        bench->error = run_format("no file for the program");
        return false;
    }
    self[nchars] = '\0';
    bench->program[0] = run_format("%s", self);
    bench->program[1] = run_format("bench");
    bench->program[2] = run_format("explore");
    bench->program[3] = run_format("--client=%s", path);
    free(path);
    return true;
}

static bool start(struct bench *bench, struct cf_target *target)
{
    char *dir;
    bool good;

    if (bench->row->how == EXPLORE_PROGRAM)
        return cf_target_program(target, bench->program, TIMEOUT_MS, &bench->error);
    dir = run_format("%s/run", bench->scratch);
    good = cf_target_scenario(target, &bench->suite.pairs[0], &bench->known, dir, TIMEOUT_MS,
                              &bench->error);
    free(dir);
    return good;
}

/* Of this process and of those that it waited for. */
static double processor_seconds(void)
{
    double seconds = 0;

    for (int who = RUSAGE_CHILDREN; who <= RUSAGE_SELF; who++) {
        struct rusage usage;

        getrusage(who, &usage);
        seconds += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                   (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    }
    return seconds;
}

static bool search(struct bench *bench, struct cf_target *target, unsigned ms, uint64_t *runs_out)
{
    struct cf_search search = {
        .area = target->area,
        .run = cf_target_run,
        .context = target,
        .reduce = true,
        .systematic = !bench->row->by_chance,
        .bound = 64,
        .seed = 1 + bench->rounds,
        .seeds = bench->row->by_chance ? UINT32_MAX : 0,
        .shards = 0,
        .limit_ms = ms,
        .now_ms = run_now_ms,
    };
    enum cf_search_result result;
    bool inside = false;

    target->area->spaces = RINGER_SIM_EVERYWHERE;
    target->area->faults = target->area->most_faults = 0;
    target->area->most_idle = 2;
    target->area->opaque = 1;
    result = bench->row->how == EXPLORE_ONE_PROCESS ? cf_target_search(target, &search, &inside)
                                                    : cf_search_run(&search);
    if (result != CF_SEARCH_PASSED || inside != (bench->row->how == EXPLORE_ONE_PROCESS))
        bench->error = run_format("%s", *search.failure.text ? search.failure.text
                                                             : "not explored in one process");
    *runs_out = search.executed + search.pruned;
    cf_search_fini(&search);
    return !bench->error;
}

static bool measure_round(struct bench *bench, unsigned ms)
{
    struct cf_target target = {0};
    double processor = processor_seconds();
    uint64_t begun_ms = run_now_ms(), runs = 0;
    bool good = start(bench, &target) && search(bench, &target, ms, &runs);
    double seconds = (double)(run_now_ms() - begun_ms) / 1000;

    cf_target_fini(&target);
    processor = processor_seconds() - processor;
    if (good && runs && processor > 0) {
        bench->by_time[bench->rounds] = (double)runs / seconds;
        bench->by_processor[bench->rounds++] = (double)runs / processor;
        bench->schedules += runs;
    }
    return good;
}

static const char *how_name(enum explore_how how)
{
    static const char *const names[] = {"one process", "apart", "program"};

    return names[how];
}

static json_t *row_json(struct bench *bench, bool quick)
{
    const struct explore_row *row = bench->row;
    const struct explore_scenario *scenario = &explore_scenarios[row->scenario];
    bool measured = !bench->error && bench->rounds, judged = measured && row->target && !quick;
    double value = bench_median(bench->by_processor, bench->rounds);
    json_t *o =
        json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:b, s:i, s:I}", "name", row->name, "kind",
                  how_name(row->how), "state", measured ? "measured" : "failed", "note",
                  bench->error ? bench->error : "", "threads", (int)scenario->threads, "operations",
                  (int)scenario->operations, "by_chance", (int)row->by_chance, "rounds",
                  (int)bench->rounds, "schedules", (json_int_t)bench->schedules);

    json_object_set_new(o, "per_second",
                        measured ? json_real(bench_median(bench->by_time, bench->rounds))
                                 : json_null());
    json_object_set_new(o, "value", measured ? json_real(value) : json_null());
    json_object_set_new(o, "least", measured ? json_real(bench->by_processor[0]) : json_null());
    json_object_set_new(o, "most",
                        measured ? json_real(bench->by_processor[bench->rounds - 1]) : json_null());
    json_object_set_new(o, "spread",
                        measured ? json_real(bench_spread(bench->by_processor, bench->rounds))
                                 : json_null());
    json_object_set_new(o, "target", row->target ? json_real(row->target) : json_null());
    json_object_set_new(o, "judged", json_boolean(judged));
    json_object_set_new(o, "met", judged ? json_boolean(value >= row->target) : json_null());
    return o;
}

static json_t *measure(const struct bench_options *options, const struct explore_row *row,
                       const char *scratch)
{
    struct bench bench = {.row = row, .scratch = scratch};
    bool good = row->how == EXPLORE_PROGRAM ? prepare_program(&bench) : prepare_scenario(&bench);
    json_t *result;

    for (unsigned i = 0; good && i < (options->quick ? 1 : ROUNDS); i++)
        good = measure_round(&bench, options->quick ? QUICK_MS : ROUND_MS);
    result = row_json(&bench, options->quick);
    run_suite_fini(&bench.suite);
    for (size_t i = 0; bench.program[i]; i++)
        free(bench.program[i]);
    free(bench.error);
    return result;
}

json_t *explore_bench(const struct bench_options *options, const struct explore_row *rows,
                      size_t count, char **error_out)
{
    char *scratch = run_scratch_dir();
    json_t *results = json_array();

    *error_out = NULL;
    signal(SIGPIPE, SIG_IGN); /* a server that went is seen by what it does not answer */
    for (size_t i = 0; i < count; i++)
        json_array_append_new(results, measure(options, &rows[i], scratch));
    run_remove_tree(scratch);
    free(scratch);
    return bench_document("explore", options, results);
}

/* ---- the table ---- */

void explore_print(const json_t *document)
{
    const json_t *row;
    size_t i;

    printf("%d processors, kernel %s, build: %s%s\n\n", (int)bench_number(document, "processors"),
           bench_text(document, "kernel"), bench_text(document, "build"),
           json_is_true(json_object_get(document, "quick")) ? ", quick: nothing is judged" : "");
    printf("%-24s %-11s %7s %9s  %-15s %9s %6s\n", "schedules a second", "", "threads", "processor",
           "least-most", "wall", "least");
    json_array_foreach(json_object_get(document, "rows"), i, row)
    {
        const json_t *met = json_object_get(row, "met");

        if (strcmp(bench_text(row, "state"), "measured")) {
            printf("%-24s %s: %s\n", bench_text(row, "name"), bench_text(row, "state"),
                   bench_text(row, "note"));
            continue;
        }
        printf("%-24s %-11s %7d %9.0f %7.0f-%-8.0f %9.0f", bench_text(row, "name"),
               bench_text(row, "kind"), (int)bench_number(row, "threads"), bench_number(row, "value"),
               bench_number(row, "least"), bench_number(row, "most"), bench_number(row, "per_second"));
        if (bench_number(row, "target"))
            printf(" %6.0f %s", bench_number(row, "target"),
                   json_is_true(met)    ? "met"
                   : json_is_false(met) ? "MISSED"
                                        : "");
        putchar('\n');
    }
    puts("\nprocessor: a second of processor time, all processes together; median of the rounds");
}

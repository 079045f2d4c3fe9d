/* SPDX-License-Identifier: MIT */
/*
 * The bench of the exploration: how many schedules a second are run and judged, of scenarios in one
 * process, of the same in a process each, and of a whole program.
 */
#ifndef CF_BENCH_EXPLORE_H
#define CF_BENCH_EXPLORE_H

#include "conformance/bench/bench.h"

#include <jansson.h>

enum explore_how {
    EXPLORE_ONE_PROCESS,
    EXPLORE_APART,   /* a process a schedule */
    EXPLORE_PROGRAM, /* likewise, of an unmodified program */
};

struct explore_row {
    char name[48];
    enum explore_how how;
    unsigned scenario; /* of explore_scenarios */
    bool by_chance;    /* random schedules; else every one in turn */
    double target;     /* schedules a second, least; 0: shown, never judged */
};

struct explore_scenario {
    const char *name, *text, *expectations;
    unsigned threads, operations;
};

#define EXPLORE_SCENARIOS 5
extern const struct explore_scenario explore_scenarios[EXPLORE_SCENARIOS];

/* Rows that are wanted; owned by the caller. */
struct explore_row *explore_rows(const struct bench_options *options, size_t *count_out);
/* The document of a run, a new reference; NULL with *error_out, owned by the caller. */
json_t *explore_bench(const struct bench_options *options, const struct explore_row *rows,
                      size_t count, char **error_out);
void explore_print(const json_t *document);

/* The program that is explored: eight reads of the file, waited for, popped and looked at. An exit code. */
int explore_client(const char *path);

#endif

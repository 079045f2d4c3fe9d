/* SPDX-License-Identifier: MIT */
/* A selection of scenarios times engines, what came out, and its summary as results.json. */
#ifndef CF_RUNNER_SUITE_H
#define CF_RUNNER_SUITE_H

#include "conformance/runner/case.h"

#include <jansson.h>

struct run_engine {
    const char *name;   /* of the column */
    const char *engine; /* what RINGER_ENGINE says */
    const struct run_engine *real; /* under a hook: the column without it */
    bool usable;
    char *reason; /* why not, or what was found */
    struct run_known_list known;
};

struct run_suite {
    struct run_pair *pairs;
    size_t pair_count;
    struct run_engine *engines;
    size_t engine_count;
    struct run_case *cases; /* pair-major */
    size_t case_count;
    const char *profile;
    unsigned elapsed_ms;
};

/*
 * Adds scenarios: a file, a directory, or an id of the shipped set (also a prefix that ends in '.',
 * or an area). A file that is no scenario becomes a pair with a problem, which is an error case.
 */
bool run_suite_add(struct run_suite *suite, const char *word, char **error_out);
/* What is shipped of one area. */
bool run_suite_add_area(struct run_suite *suite, const char *area, char **error_out);
/* Everything shipped. */
bool run_suite_add_all(struct run_suite *suite, char **error_out);
/* Takes "all" or a comma list of names, "wine" among them; probes in children, so that the parent stays clean. */
bool run_suite_engines(struct run_suite *suite, const char *word, char **error_out);

/* A word that the scenario wants claimed and the hooks do not claim; NULL: they are judged by it. */
const char *run_suite_not_claimed(const struct cf_scenario *scenario);

struct run_suite_options {
    const char *scratch;
    unsigned parallel, timeout_ms;
    void (*progress)(size_t done, size_t total, void *ctx);
    void *ctx;
};
bool run_suite_run(struct run_suite *suite, const struct run_suite_options *options,
                   char **error_out);
void run_suite_fini(struct run_suite *suite);

struct run_counts {
    unsigned passed, failed, skipped, known;
};
/* engine NULL: of all. */
struct run_counts run_suite_counts(const struct run_suite *suite, const char *engine);
/* The document of README.md; a new reference. */
json_t *run_suite_json(const struct run_suite *suite);

#endif

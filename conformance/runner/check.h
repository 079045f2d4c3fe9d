/* SPDX-License-Identifier: MIT */
/* Verdicts of the oracle over one or more traces, as text, JSON and JUnit. */
#ifndef CF_RUNNER_CHECK_H
#define CF_RUNNER_CHECK_H

#include "conformance/runner/rules.h"

struct run_check {
    char *name; /* the trace, or the program */
    struct run_rules rules;
    char *ending; /* of the program; NULL: a trace was given */
    bool program_failed;
};

struct run_checks {
    const char *fail_on; /* basis, or NULL */
    struct run_check *items;
    size_t count;
};

/* Judges the trace. The result is valid until the next add. */
struct run_check *run_checks_add(struct run_checks *checks, const char *name,
                                 const char *trace_path);
/* How many of the checks failed. */
size_t run_checks_failed(const struct run_checks *checks);
/* Ends with the line `N passed, N failed`. */
void run_checks_print(const struct run_checks *checks);
void run_checks_print_json(const struct run_checks *checks);
bool run_checks_junit(const struct run_checks *checks, const char *path);
void run_checks_fini(struct run_checks *checks);

#endif

/* SPDX-License-Identifier: MIT */
/* Verdicts over traces, programs and scenarios and what they leaned on, as text, JSON and JUnit. */
#ifndef CF_RUNNER_CHECK_H
#define CF_RUNNER_CHECK_H

#include "conformance/runner/case.h"
#include "conformance/runner/leaning.h"

#include <jansson.h>

struct run_check {
    char *name; /* the trace, the program, or the scenario and its engine */
    struct run_rules rules;
    struct run_leanings leanings; /* weakest basis first */
    char *ending; /* of the program, or the scenario's verdict; NULL: a trace was given */
    char *real;   /* how the program did without the hook; NULL: there was none */
    json_t *lint; /* what was found of the hook; NULL: not asked */
    json_t *faults; /* that struck a run under a fault plan, as its trace says; NULL: there was no plan */
    bool program_failed;
    bool is_scenario; /* whose verdict has the rules in it */
    bool skipped;     /* the ending is the reason */
};

struct run_checks {
    const char *fail_on; /* basis, or NULL */
    struct run_behaviours table;
    struct run_check *items;
    size_t count;
};

/* False: there is no behaviour table. run_checks_fini in either case. */
bool run_checks_init(struct run_checks *checks, const char *fail_on);
/* Judges the trace. The result is valid until the next add. */
struct run_check *run_checks_add(struct run_checks *checks, const char *name,
                                 const char *trace_path);
/* A list of texts like "read#3=eof ud=0x5"; a new reference. */
json_t *run_checks_faults(const char *trace_path);
/* Takes over what the oracle said of a case that was judged; it leaned on what the scenario names, too. */
void run_checks_add_case(struct run_checks *checks, struct run_case *c);
size_t run_checks_failed(const struct run_checks *checks);
size_t run_checks_skipped(const struct run_checks *checks);
/* Ends with the line `N passed, N failed`. */
void run_checks_print(const struct run_checks *checks);
void run_checks_print_json(const struct run_checks *checks);
bool run_checks_junit(const struct run_checks *checks, const char *path);
void run_checks_fini(struct run_checks *checks);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A case: one scenario on one engine. It is run in a child, its trace is judged in the parent by the
 * expectations and by the oracle, then the known differences of the engine are applied.
 */
#ifndef CF_RUNNER_CASE_H
#define CF_RUNNER_CASE_H

#include "conformance/kit/kit.h"
#include "conformance/runner/hooks.h"
#include "conformance/runner/job.h"
#include "conformance/runner/known.h"
#include "conformance/runner/rules.h"

enum run_verdict {
    RUN_VERDICT_PASS,
    RUN_VERDICT_FAIL,
    RUN_VERDICT_CRASH,
    RUN_VERDICT_HANG,
    RUN_VERDICT_LEAK,
    RUN_VERDICT_SETUP,      /* the scenario never reached its point */
    RUN_VERDICT_ERROR,      /* the harness could not do its work */
    RUN_VERDICT_UNEXPECTED, /* passes where a difference is listed */
    RUN_VERDICT_KNOWN,      /* differs exactly as listed */
    RUN_VERDICT_SKIPPED,
    RUN_VERDICT_COUNT
};

const char *run_verdict_name(enum run_verdict verdict);
/* Everything that turns a run red. */
bool run_verdict_is_failure(enum run_verdict verdict);

/* A scenario and its expectations, shared by the cases on several engines. */
struct run_pair {
    struct cf_scenario *scenario;
    struct cf_expect_set *expectations; /* NULL: none beside it; the oracle alone judges */
    char *id;                           /* the scenario's, or the file's name when it is none */
    char *area;                         /* folder of the file */
    char *problem;                      /* why it cannot be run, or NULL */
};

struct run_case {
    struct run_job job;
    const struct run_pair *pair;
    const char *engine, *profile;
    const char *column; /* how it is filed: the engine, or "uring+hook" */
    const struct run_case *real; /* under a hook: the same on real files, judged before; else NULL */
    char *dir, *trace_path, *log_path;
    char *manifest_path, *lint_path; /* under a hook */
    json_t *lint;                    /* what was found; NULL: not asked */
    const struct cf_trace *trace; /* borrowed, judged instead of the file; NULL: none */
    struct run_known_list *known;
    /* Replaces the interpreter: how the harness is tested against itself. */
    int (*body)(struct run_job *job, struct run_shared *shared);

    enum run_verdict verdict;
    char *reason; /* never NULL once judged */
    unsigned under_faults; /* expectations that did not hold, in a run with faults by plan */
    struct cf_expect_results results;
    struct run_rules rules;
};

/* Prepares the job; scratch is an existing directory that outlives the case. False: *error_out. */
bool run_case_init(struct run_case *c, const char *scratch, unsigned timeout_ms, char **error_out);
/* After the job has ended. */
void run_case_judge(struct run_case *c);
void run_case_fini(struct run_case *c);

#endif

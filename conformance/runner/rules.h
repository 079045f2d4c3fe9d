/* SPDX-License-Identifier: MIT */
/* What the oracle says about a trace, as the runner keeps it. */
#ifndef CF_RUNNER_RULES_H
#define CF_RUNNER_RULES_H

#include <stdbool.h>
#include <stddef.h>

struct run_breach {
    const char *rule, *grade, *basis, *source; /* the oracle's, static */
    char *text;                                /* what contradicts the rule */
    size_t line;                               /* of the trace, from 1; 0: of no record */
};

/* A row of the behaviour table that the trace rests on; static texts of the oracle. */
struct run_reach {
    const char *row;
    const char *by; /* the rule that had something to judge, or "call": the trace itself shows it */
    size_t uses;
};

struct run_rules {
    struct run_breach *breaches;
    size_t breach_count;
    struct run_reach *reaches;
    size_t reach_count;
    char *problem; /* the trace could not be read, or was changed; NULL: it could */
    bool cut;      /* no end record: the recorder died or still runs */
};

struct cf_trace; /* conformance/trace/reader.h */

/* Of a loaded trace; name: what to call it in a problem. */
void run_rules_judge_trace(struct run_rules *rules, const struct cf_trace *trace, const char *name);
void run_rules_judge(struct run_rules *rules, const char *trace_path);
void run_rules_fini(struct run_rules *rules);

#endif

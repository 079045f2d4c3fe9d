/* SPDX-License-Identifier: MIT */
/* What the oracle says about a trace, as the runner keeps it. */
#ifndef CF_RUNNER_RULES_H
#define CF_RUNNER_RULES_H

#include <stdbool.h>
#include <stddef.h>

struct run_rule {
    char *id, *basis, *source; /* of the rule */
    char *text;                /* what contradicts it; NULL: the trace keeps to it */
    size_t line;               /* of the trace, 1-based; 0: the trace as a whole */
    size_t uses;               /* how often the trace touched the rule */
};

struct run_rules {
    struct run_rule *items; /* broken ones first, then those that the trace leaned on */
    size_t count, broken;
    char *problem; /* the trace could not be read; NULL: it could */
};

void run_rules_judge(struct run_rules *rules, const char *trace_path);
void run_rules_fini(struct run_rules *rules);

#endif

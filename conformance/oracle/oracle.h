/* SPDX-License-Identifier: MIT */
/*
 * The judge of traces: an independent model of the rules of IoRing and DirectStorage that sees only a
 * struct cf_trace.
 * It shares nothing with the emulator. What overlapped, or cannot be told from the trace, is never
 * held against it: a violation is something that no order of events allows.
 */
#ifndef CF_ORACLE_H
#define CF_ORACLE_H

#include <stdbool.h>
#include <stddef.h>

struct cf_trace;

struct cf_rule_info {
    const char *id;     /* "event.edge" */
    const char *grade;  /* "R", "R-", "D", "S", "I": spec/ioring.md section 0 */
    const char *basis;  /* strength of the grounds: "ci-assertion", "documented", ... */
    const char *source; /* row ids, e.g. "IB10 IB11" */
    const char *text;   /* the rule, one sentence */
    const char *rows[2]; /* ids of fixtures/behaviours that it holds a trace to; NULL: no more */
};

/* A row of fixtures/behaviours that calls or completions of a trace rest on, judged or not. */
struct cf_reach {
    const char *row;
    size_t uses;
};

/* Every rule of the oracle, in a fixed order; indexes are those of cf_verdict.uses. */
const struct cf_rule_info *cf_oracle_rules(size_t *count_out);

struct cf_violation {
    const struct cf_rule_info *rule;
    size_t line;    /* of the trace, from 1; 0: of no record */
    char text[240]; /* what contradicts the rule */
};

struct cf_verdict {
    struct cf_violation *violations; /* the first thousand of each rule */
    size_t violation_count;
    /* How often a rule had something to judge; 0: vacuous, which is not "passed". By rule index. */
    size_t *uses;
    size_t rule_count;
    struct cf_reach *reached; /* each row once */
    size_t reached_count;
    bool out_of_memory; /* the verdict is not complete and must not be believed */
};

/* Fills *verdict; cf_verdict_fini it. Ids, sources and texts of rules, and rows, outlive it. */
void cf_oracle_check(const struct cf_trace *trace, struct cf_verdict *verdict);

/* For whoever asks many thousand times a second: keeps its memory from trace to trace. One thread. */
struct cf_oracle;
struct cf_oracle *cf_oracle_create(void); /* NULL without memory */
/* Would cf_oracle_check find no violation? False without memory, too. */
bool cf_oracle_approves(struct cf_oracle *oracle, const struct cf_trace *trace);
void cf_oracle_destroy(struct cf_oracle *oracle);
void cf_verdict_fini(struct cf_verdict *verdict);

#endif

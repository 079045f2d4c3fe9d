/* SPDX-License-Identifier: MIT */
/*
 * The search over schedules of one program: every one within a bound, beside it random ones, and
 * when one fails the shortest that fails the same way. Knows of programs only that they can be run.
 */
#ifndef CF_EXPLORE_SEARCH_H
#define CF_EXPLORE_SEARCH_H

#include "conformance/explore/dfs.h"

/* Why a run says nothing: */
#define CF_STRANGERS "a thread that CreateThread did not make is not simulated"

struct cf_outcome_of_run {
    bool failed;
    bool cannot;  /* the run could not be made; text says why */
    char key[64]; /* two failures with the same key are one: "exit 1", "rule drain.order" */
    char text[400];
};

/* Runs the plan of the area with a player; fills the log. *outcome is all zeros before. */
typedef void (*cf_run_fn)(void *context, struct cf_area *area, struct cf_outcome_of_run *outcome);

/* What was seen of the response space: pairs of where and act with outcome. */
enum { CF_WHERES = 6, CF_OUTCOMES = 8, CF_KINDS = 3 /* reads, writes, flushes */ };
struct cf_coverage {
    uint8_t offered[CF_WHERES][RINGER_SIM_ACT_COUNT]; /* bit n: outcome n, 0 is as it is */
    uint8_t chosen[CF_WHERES][RINGER_SIM_ACT_COUNT];
    /* The same of operations, by what they are. */
    uint8_t kinds_offered[CF_KINDS][RINGER_SIM_ACT_COUNT], kinds_chosen[CF_KINDS][RINGER_SIM_ACT_COUNT];
};

struct cf_schedule {
    uint32_t *answers; /* owned */
    uint32_t count;
};

enum cf_search_result { CF_SEARCH_PASSED, CF_SEARCH_FAILED, CF_SEARCH_CANNOT };

struct cf_search {
    /* Set by the caller. The area is borrowed; its spaces, faults and opaque are set there. */
    struct cf_area *area;
    cf_run_fn run;
    void *context;
    bool reduce;
    bool go_on; /* failures are counted, the first is kept, the search does not end */
    uint32_t bound;
    bool systematic;
    uint64_t seed;
    uint32_t seeds;
    uint32_t shard, shards;
    uint64_t limit_ms;    /* 0: none */
    uint64_t shrink_ms;  /* and at most so long; 0: no limit */
    uint64_t shrink_runs; /* at most so many for the shortest schedule; 0: no shrinking */
    uint64_t (*now_ms)(void);
    void (*progress)(void *context, const struct cf_search *search);
    /* After each run to its end; its log is in the area. May be NULL. */
    void (*made)(void *context, const struct cf_outcome_of_run *outcome);

    /* Filled in. */
    uint64_t begun_ms;
    uint64_t executed; /* schedules to their end, random ones included */
    uint64_t random_done;
    uint64_t pruned; /* given up, since all they could still do was done before */
    uint64_t faulted; /* of those executed, had a fault */
    uint32_t operations; /* the most that a run started */
    uint64_t failures;
    uint64_t classes;
    bool complete; /* every schedule within the bound was made */
    bool beyond;   /* there is more beyond the bound */
    bool out_of_time;
    struct cf_coverage coverage;
    struct cf_schedule failing, shortest; /* as found, and cut down */
    bool by_seed;                         /* it was found by a random schedule */
    uint64_t failing_seed;
    struct cf_outcome_of_run failure; /* of the shortest */
    uint64_t shrink_done;
    uint64_t *class_set; /* private: open addressing */
    size_t class_capacity;
};

enum cf_search_result cf_search_run(struct cf_search *search);
/* Runs one schedule; its log is in the area afterwards. */
void cf_search_replay(struct cf_search *search, const struct cf_schedule *schedule,
                      struct cf_outcome_of_run *outcome);
void cf_search_fini(struct cf_search *search);

/* Answers of the last run, up to the last that is not the default. False without memory. */
bool cf_schedule_take(struct cf_schedule *schedule, const struct cf_area *area);
void cf_schedule_fini(struct cf_schedule *schedule);
uint32_t cf_schedule_surprises(const struct cf_schedule *schedule);
unsigned cf_coverage_count(const struct cf_coverage *coverage, bool chosen);

/* ---- shrink.c ---- */

/* From search->failing and search->failure to the shortest; needs the search's run and area. */
void cf_shrink(struct cf_search *search);

#endif

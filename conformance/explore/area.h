/* SPDX-License-Identifier: MIT */
/*
 * One run as two processes see it: the plan that the explorer wrote, and what the run did, logged
 * as it goes so that a crash leaves the row of choices that led to it. Lies in shared memory; one
 * writer at a time. Pages that nothing touched cost nothing.
 */
#ifndef CF_EXPLORE_AREA_H
#define CF_EXPLORE_AREA_H

#include <stdbool.h>
#include <stdint.h>

#include <ringer_sim.h>

enum {
    CF_MOST_CHOICES = 1 << 15,
    CF_MOST_OPTIONS = 1 << 17,
    CF_MOST_STEPS = 1 << 16,
    CF_MOST_ACCESSES = 1 << 17,
    CF_MOST_SLEEPERS = 256,
    CF_MOST_SLEEPER_ACCESSES = 1 << 13,
    CF_MOST_RINGS = 256,
    CF_MOST_THREADS = 256,
};

/* Who moves: what an option means apart from the point at which it is offered. */
enum cf_mover_kind {
    CF_MOVER_INNER, /* within somebody's move: a real branch, never reduced */
    CF_MOVER_THREAD,
    CF_MOVER_EXPIRY,
    CF_MOVER_OPERATION,
    CF_MOVER_EVENT,
};
struct cf_mover {
    uint32_t kind, subject;
};

/* A move that another branch has made from here already, and what it touched there. */
struct cf_sleeper {
    struct cf_mover mover;
    uint32_t outcome;
    uint32_t awake; /* something touched what it touches: it is worth making again */
    uint32_t turn;  /* the thread that waits and would go on at once, or UINT32_MAX */
    uint32_t first_access, access_count; /* in sleeper_accesses */
};

struct cf_area_choice {
    uint32_t where, thread, faults_left;
    uint32_t first_option, option_count, answer;
    uint32_t steps_before;      /* logged when it was asked */
    uint32_t operations_before; /* started by then */
    /* A thread that was switched to at its point goes on: the rest was offered before. */
    uint32_t fixed;
};

struct cf_area_step {
    uint32_t choice, thread, call;
    struct ringer_sim_option option;
    uint32_t first_access, access_count;
};

struct cf_area {
    /* The plan: answers first, then what each kind of run does by itself. */
    uint32_t spaces, faults, most_faults, most_idle;
    uint32_t by_chance; /* from seed; else the first option that does not sleep */
    uint32_t pends;  /* what starts pends, without a choice: orders only */
    uint32_t alike;  /* beyond the plan closed handles fare as the last one did */
    uint32_t opaque; /* what a thread does between two calls is not known: any memory */
    uint64_t seed;
    uint32_t answer_count, sleeper_count;
    uint32_t answers[CF_MOST_CHOICES];
    struct cf_sleeper sleepers[CF_MOST_SLEEPERS];
    struct ringer_sim_access sleeper_accesses[CF_MOST_SLEEPER_ACCESSES];

    /* The log. */
    uint32_t begun, ended, stuck;
    /* Threads that CreateThread did not make: there are some, and some never came to a call. */
    _Atomic uint32_t strangers, missing;
    uint32_t asleep; /* everything that was left to do sleeps: the run adds nothing */
    uint32_t asleep_choices, asleep_steps; /* logged when that became clear */
    uint32_t cut;                          /* longer than the log */
    uint32_t strayed;                      /* an answer of the plan was not on offer */
    uint32_t operations;
    uint32_t choice_count, option_count, step_count, access_count, ring_count;
    struct ringer_sim_summary summary;
    struct {
        uint32_t id, popped;
    } rings[CF_MOST_RINGS]; /* that have gone */
    struct cf_area_choice choices[CF_MOST_CHOICES];
    struct ringer_sim_option options[CF_MOST_OPTIONS];
    struct cf_area_step steps[CF_MOST_STEPS];
    struct ringer_sim_access accesses[CF_MOST_ACCESSES];
};

/* Shared with children forked later; NULL without memory. */
struct cf_area *cf_area_create(void);
/* Shared by a descriptor, with a program that is executed; -1 and errno. The caller closes it. */
int cf_area_open(void);
struct cf_area *cf_area_map(int fd);
void cf_area_destroy(struct cf_area *area);
/* Empties the log, keeps the plan. */
void cf_area_clear(struct cf_area *area);
/* How many faults were chosen so far. */
uint32_t cf_area_faults(const struct cf_area *area);

struct cf_mover cf_mover_of(const struct ringer_sim_option *option, uint32_t thread);
bool cf_mover_same(struct cf_mover a, struct cf_mover b);
/* Somebody moves: options at such a point exclude each other only for now. */
bool cf_where_moves(uint32_t where);

#endif

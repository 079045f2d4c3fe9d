/* SPDX-License-Identifier: MIT */
/*
 * When the order of two moves matters: they touch the same with a write among them, belong to one
 * thread, or one of them makes the other possible. What it rests on: docs/decisions, reduction.
 */
#ifndef CF_EXPLORE_DEPEND_H
#define CF_EXPLORE_DEPEND_H

#include "conformance/explore/area.h"

#include <stddef.h>

/*
 * Completions that were popped of a ring in the end; UINT32_MAX: not known, so all may have been.
 */
uint32_t cf_popped(const struct cf_area *area, uint32_t ring);

/* area NULL: before the end of the run is known, when every write into a queue matters. */
bool cf_accesses_conflict(const struct cf_area *area, const struct ringer_sim_access *a,
                          size_t a_count, const struct ringer_sim_access *b, size_t b_count);

/* What a program that does not say what it looks at may see: its buffers, its queues. */
bool cf_access_to_memory(const struct ringer_sim_access *access);

/* A step wakes who touches the same; one that is the sleeper's own move means: nothing new here. */
enum cf_sleep { CF_SLEEPS, CF_WAKES, CF_REPEATS };
enum cf_sleep cf_sleeper_meets(const struct cf_sleeper *sleeper,
                               const struct ringer_sim_access *accesses, bool opaque,
                               const struct cf_area_step *step,
                               const struct ringer_sim_access *step_accesses);

/* ---- a run as a row of moves ---- */

enum {
    CF_NO_CHOICE = UINT32_MAX,
    CF_MOST_MOVES = 2048, /* of a run; what comes behind is not looked at */
};

struct cf_move {
    struct cf_mover mover;
    uint32_t outcome;
    uint32_t thread;      /* whose order it has a place in, or UINT32_MAX */
    uint32_t turn;        /* of no thread's order: who waited for it and may have gone on at once */
    uint32_t choice;      /* that picked it; CF_NO_CHOICE: nothing else was offered */
    uint32_t last_choice; /* at or before it, at which somebody moved; CF_NO_CHOICE: none */
    uint32_t first_step, step_count;
    uint32_t first_access, access_count; /* of the area */
    bool touches_memory;
};

struct cf_moves {
    struct cf_move *items;
    size_t count, capacity;
    bool cut;                /* there were more */
    uint32_t last_thread;   /* the highest number of one that moved */
    uint64_t *before;       /* row i: one bit for each move that happens before move i */
    uint64_t *direct;       /* those of them with nothing in between */
    size_t words;           /* of a row */
    size_t before_capacity; /* of both, in words */
};

/* False without memory. Fills the order as well. */
bool cf_moves_build(struct cf_moves *moves, const struct cf_area *area);
void cf_moves_fini(struct cf_moves *moves);
bool cf_moves_dependent(const struct cf_moves *moves, const struct cf_area *area, size_t a,
                        size_t b);
/* a, the earlier, makes b possible: they have no other order. */
bool cf_moves_enables(const struct cf_moves *moves, const struct cf_area *area, size_t a, size_t b);
bool cf_moves_before(const struct cf_moves *moves, size_t a, size_t b);
bool cf_moves_direct(const struct cf_moves *moves, size_t a, size_t b);
/* The order of the two could have been another one, and that would have mattered. a < b. */
bool cf_moves_race(const struct cf_moves *moves, const struct cf_area *area, size_t a, size_t b);
/* Something that it wrote into a queue was popped. */
bool cf_moves_popped(const struct cf_moves *moves, const struct cf_area *area, size_t a);
/* The same for two runs that differ only in the order of what does not matter. */
uint64_t cf_moves_class(const struct cf_moves *moves, const struct cf_area *area);

#endif

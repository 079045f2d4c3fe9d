/* SPDX-License-Identifier: MIT */
/*
 * Replay: the calls of a trace are made again, through the public API of whatever this process links,
 * and the trace of that is compared with the first one. Making runs in a child of the runner, for it
 * may fault or hang; comparing is pure and runs in the parent.
 */
#ifndef CF_REPLAY_H
#define CF_REPLAY_H

#include "conformance/trace/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cf_trace_writer;

/* ---- making the calls again ---- */

struct cf_replay_options {
    const char *dir;   /* exists, empty, private: every file of the replay lives below it */
    const char *files; /* where relative paths of the trace are looked for; NULL: nowhere */
    /* Number of the call that was begun last, for whoever has to explain a hang; may be NULL. */
    volatile uint64_t *begun_out;
};

/*
 * Makes the calls of every scenario in the trace and appends their records to the writer; each has
 * `of` in its arguments, the number of the call that it repeats. Calls of one thread of the trace are
 * made by one thread here; a call begins when all calls have ended that had ended before it in the
 * trace. No path of the trace is ever opened: files are copied below dir first.
 * False with *reason (static text) when the trace cannot be replayed at all.
 */
bool cf_replay_run(const struct cf_trace *trace, struct cf_trace_writer *writer,
                   const struct cf_replay_options *options, const char **reason);

/* ---- comparing ---- */

struct cf_difference {
    bool legal;          /* the rules leave it open, and the oracle has nothing against the replay */
    size_t line;         /* of the recorded trace; 0: of no record */
    uint64_t n;          /* of the recorded call; 0: none */
    const char *fn;      /* borrowed from the traces; "" for none */
    const char *step;    /* label of the scenario, or NULL */
    const char *scenario; /* "" outside */
    uint64_t trial;
    char field[32];
    char expected[80], got[80];
    char why[160];    /* why it is legal, or which rule speaks against it; "" when nothing is known */
    const char *rows; /* grounds of that rule; NULL: none */
};

struct cf_comparison {
    struct cf_difference *items;
    size_t count, illegal;
    size_t calls;      /* of the recorded trace */
    size_t compared;   /* made again and compared */
    size_t absorbed;   /* not made: their completion or signal had come with an earlier call */
    size_t not_made;   /* functions that a replay does not know, or arguments that it lacks */
    size_t completions;
    bool made_up;      /* contents of some file are not in the trace: the replay made them up */
    size_t reordered;  /* completions that came in another order; legal by itself */
};

/* Order, time and handle values never count. cf_comparison_fini frees what it filled. */
void cf_compare(const struct cf_trace *recorded, const struct cf_trace *replayed,
                struct cf_comparison *comparison);
void cf_comparison_fini(struct cf_comparison *comparison);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * One scenario of a trace as the comparison sees it: the operations on its rings, when each was
 * submitted and popped, and where somebody moved the other side of a pipe. Private to this room.
 */
#ifndef CF_REPLAY_VIEW_H
#define CF_REPLAY_VIEW_H

#include "conformance/trace/reader.h"

#include <jansson.h>

struct rp_op {
    const struct cf_record *build; /* the call that built it */
    size_t ring;                   /* which life of a ring: a symbol may be made anew */
    uint64_t user_data;
    size_t submitted, popped; /* lines; 0: not */
    size_t done;              /* line of a wait that cannot have ended before it was done; 0: none */
    bool is_pipe, is_cancel;
};

struct rp_life {
    const char *sym;
    size_t made; /* line */
    const struct cf_record *files; /* the last registration of files that was built */
};

struct rp_view {
    const struct cf_trace *trace;
    size_t from, to; /* records [from, to) */
    const char *scenario;
    uint64_t trial;
    struct rp_op *ops;
    size_t op_count;
    struct rp_life *lives;
    size_t life_count;
    size_t *gates; /* lines of calls that move the other side of a pipe, or cancel */
    size_t gate_count;
    json_t *kinds; /* of objects by symbol: the first of each */
    size_t unsubmitted, unpopped; /* no operation before these is either; while reading */
};

void rp_view_init(struct rp_view *view, const struct cf_trace *trace, size_t from, size_t to);
void rp_view_fini(struct rp_view *view);

#define RP_NO_RING ((size_t)-1)
size_t rp_view_ring(const struct rp_view *view, const char *sym, size_t line);
/*
 * True when an operation was under way at the line that could have been done as well, or not yet: of a
 * pipe only if somebody moved its other side since. ring RP_NO_RING: of any ring. buf: only those that
 * may touch this buffer; NULL: all.
 */
bool rp_view_racing(const struct rp_view *view, size_t ring, size_t line, const char *buf);

#endif

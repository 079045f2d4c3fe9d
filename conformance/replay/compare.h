/* SPDX-License-Identifier: MIT */
/* What the files of the comparison share. Private to this room. */
#ifndef CF_REPLAY_COMPARE_H
#define CF_REPLAY_COMPARE_H

#include "conformance/replay/replay.h"
#include "conformance/replay/view.h"

struct rp_compare {
    struct cf_comparison *out;
    size_t capacity;
    struct rp_view recorded, replayed; /* of the scenario at hand */
    bool is_cut;                       /* the replay ended early: said once */
    bool contents_unknown;             /* of some file or buffer: the replay made them up */
};

/* A new difference, illegal until somebody allows it; valid until the next one. */
struct cf_difference *rp_differ(struct rp_compare *compare, const struct cf_record *record,
                                const char *field);
void rp_allow(struct cf_difference *item, const char *why);
void rp_say(char *text, size_t nbytes, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Why what is seen in a buffer at a line may differ; NULL: it may not. */
const char *rp_excuse_memory(const struct rp_compare *compare, const char *buf, size_t line);
void rp_compare_completions(struct rp_compare *compare);
void rp_compare_memory(struct rp_compare *compare);

/* ---- compare_dstorage.c ---- */

/*
 * True when an entry of a queue was under way at the line. buf: only those that may write into this
 * buffer; NULL: all.
 */
bool rp_dstorage_racing(const struct rp_view *view, size_t line, const char *buf);
/* Why results, or an out-parameter, of one of its calls may differ; NULL: they may not. */
const char *rp_dstorage_excuse_result(const struct rp_compare *compare, const struct cf_record *e,
                                      const struct cf_record *g);
const char *rp_dstorage_excuse_out(const struct rp_compare *compare, const struct cf_record *e,
                                   const char *key);

#endif

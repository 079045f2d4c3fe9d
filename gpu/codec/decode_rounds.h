/* SPDX-License-Identifier: MIT */
/* Around the rounds of the vector decoders: queues and words, in registers and back. */
#ifndef GPU_CODEC_DECODE_ROUNDS_H
#define GPU_CODEC_DECODE_ROUNDS_H

#include "gpu/codec/decode_priv.h"

/* Where the next token of each kind goes, and the next word comes from. */
struct gd_cursors {
    uint8_t *literal;
    uint32_t *match;
    uint16_t *distance;
    const uint8_t *in;
    const uint8_t *last; /* the last place where a round may begin */
};

static inline struct gd_cursors gd_load_cursors(struct gd_decoder *d)
{
    const uint8_t *in = d->words + 4 * (size_t)d->at;

    return (struct gd_cursors){
        .literal = d->literals + d->literal_count,
        .match = d->matches + d->match_count,
        .distance = d->distances + d->distance_count,
        .in = in,
        .last = in - 1, /* none before a look */
    };
}

static inline void gd_store_cursors(struct gd_decoder *d, const struct gd_cursors *c)
{
    d->literal_count = (uint32_t)(c->literal - d->literals);
    d->match_count = (uint32_t)(c->match - d->matches);
    d->distance_count = (uint32_t)(c->distance - d->distances);
    d->at = (uint32_t)((size_t)(c->in - d->words) / 4);
}

/*
 * Room and words. last is NULL when there is an error, which gd_symbols_scalar will find again. By
 * value, so that the callers' cursors have no address and stay in registers.
 */
static __attribute__((noinline)) struct gd_cursors gd_make_ready(struct gd_decoder *d,
                                                                 struct gd_cursors c)
{
    int ready;

    gd_store_cursors(d, &c);
    ready = !(gd_queues_full(d->literal_count, d->match_count) && d->copy(d)) && !gd_need_words(d);
    c = gd_load_cursors(d);
    /* In the tail up to its end, as zeros follow; else while there is a word for every lane. */
    c.last =
        !ready ? NULL : d->words + 4 * (size_t)(d->word_count - (d->words == d->tail ? 0 : LANES));
    return c;
}

/* Before each round; 0 when it is not to be. */
static inline __attribute__((always_inline)) int gd_ready(struct gd_decoder *d,
                                                          struct gd_cursors *c)
{
    if (__builtin_expect(c->in > c->last || gd_queues_full((uint32_t)(c->literal - d->literals),
                                                           (uint32_t)(c->match - d->matches)),
                         0)) {
        *c = gd_make_ready(d, *c);
        if (!c->last) {
            return 0;
        }
    }
    gd_prefetch_words(c->in);
    return 1;
}

#endif

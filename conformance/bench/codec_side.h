/* SPDX-License-Identifier: MIT */
/* One way of compressing or decompressing a whole input, once a pass, in one thread or in several. */
#ifndef CF_BENCH_CODEC_SIDE_H
#define CF_BENCH_CODEC_SIDE_H

#include "conformance/bench/codec.h"
#include "conformance/bench/codec_peer.h"

#include <stdatomic.h>

/* An input compressed: one stream of ours, or pieces one behind another. */
struct codec_packed {
    uint8_t *bytes; /* owned */
    size_t nbytes;
    size_t *ends; /* owned; of the pieces; NULL for a stream */
    int level;    /* of the peer */
};

void codec_packed_fini(struct codec_packed *packed);

/* Ours at level 0..2; false without memory. */
bool codec_pack_ours(const struct codec_input *input, unsigned level, const struct ringer_codec_pool *pool,
                     struct codec_packed *packed_out);
/* A peer's, spread over the pool. */
bool codec_pack_peer(const struct codec_input *input, const struct codec_peer *peer, int level,
                     const struct ringer_codec_pool *pool, struct codec_packed *packed_out);

#define CODEC_MOST_THREADS 256

struct codec_side {
    const struct codec_input *input;
    const struct codec_packed *packed; /* what is decompressed; NULL: this side compresses */
    const struct ringer_codec_pool *pool; /* NULL: this thread */
    /* Ours, or a peer. */
    struct ringer_codec_options options;
    const struct codec_peer *peer;
    int level; /* of a peer that compresses, else 0 */
    /* The side's own. */
    void *contexts[CODEC_MOST_THREADS];
    unsigned threads;
    uint8_t *out; /* owned */
    size_t room, piece_room;
    atomic_size_t next;
    atomic_bool bad;
};

/* The members above "the side's own" are filled in. False without memory. */
bool codec_side_open(struct codec_side *side);
/* The whole input once; false: something went wrong. */
bool codec_side_pass(struct codec_side *side);
/* Of a side that decompresses: is what the last pass left the input? */
bool codec_side_holds(const struct codec_side *side);
void codec_side_close(struct codec_side *side);

#endif

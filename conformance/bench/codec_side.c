/* SPDX-License-Identifier: MIT */
/* Passes over an input. */
#include "conformance/bench/codec_side.h"

#include <stdlib.h>
#include <string.h>

static const enum ringer_codec_level levels[CODEC_LEVELS] = {
    RINGER_CODEC_FASTEST, RINGER_CODEC_DEFAULT, RINGER_CODEC_BEST};

static size_t piece_count(const struct codec_input *input)
{
    return (input->nbytes + CODEC_PIECE_NBYTES - 1) / CODEC_PIECE_NBYTES;
}

static size_t piece_nbytes(const struct codec_input *input, size_t index)
{
    size_t left = input->nbytes - index * CODEC_PIECE_NBYTES;

    return left < CODEC_PIECE_NBYTES ? left : CODEC_PIECE_NBYTES;
}

void codec_packed_fini(struct codec_packed *packed)
{
    free(packed->bytes);
    free(packed->ends);
    *packed = (struct codec_packed){0};
}

bool codec_pack_ours(const struct codec_input *input, unsigned level, const struct ringer_codec_pool *pool,
                     struct codec_packed *packed_out)
{
    struct ringer_codec_options options = {.level = levels[level], .pool = pool};
    uint64_t bound;

    *packed_out = (struct codec_packed){0};
    if (ringer_codec_bound(RINGER_CODEC_GDEFLATE, input->nbytes, &bound))
        return false;
    packed_out->bytes = malloc(bound);
    return packed_out->bytes &&
           !ringer_codec_compress(RINGER_CODEC_GDEFLATE, &options, input->bytes, input->nbytes,
                                  packed_out->bytes, bound, &packed_out->nbytes);
}

/* Piece after piece from the counter; where they go is known by their index. */
static void compress_pieces(struct codec_side *side, void *context, size_t *sizes)
{
    const struct codec_input *input = side->input;
    size_t count = piece_count(input), i;

    while ((i = atomic_fetch_add_explicit(&side->next, 1, memory_order_relaxed)) < count) {
        size_t nbytes = side->peer->compress(context, side->level, input->bytes + i * CODEC_PIECE_NBYTES,
                                             piece_nbytes(input, i), side->out + i * side->piece_room,
                                             side->piece_room);

        if (!nbytes)
            atomic_store(&side->bad, true);
        if (sizes)
            sizes[i] = nbytes;
    }
}

static void decompress_pieces(struct codec_side *side, void *context)
{
    const struct codec_packed *packed = side->packed;
    size_t count = piece_count(side->input), i;

    while ((i = atomic_fetch_add_explicit(&side->next, 1, memory_order_relaxed)) < count) {
        size_t begin = i ? packed->ends[i - 1] : 0;

        if (!side->peer->decompress(context, packed->bytes + begin, packed->ends[i] - begin,
                                    side->out + i * CODEC_PIECE_NBYTES, piece_nbytes(side->input, i)))
            atomic_store(&side->bad, true);
    }
}

static void peer_task(void *arg, size_t index)
{
    struct codec_side *side = arg;

    if (side->packed)
        decompress_pieces(side, side->contexts[index]);
    else
        compress_pieces(side, side->contexts[index], NULL);
}

static bool peer_pass(struct codec_side *side)
{
    atomic_store(&side->next, 0);
    if (side->pool)
        side->pool->run(side->pool->context, side->threads, peer_task, side);
    else
        peer_task(side, 0);
    return !atomic_load(&side->bad);
}

static bool our_pass(struct codec_side *side)
{
    const struct codec_input *input = side->input;
    size_t written;

    if (side->packed)
        return !ringer_codec_decompress(RINGER_CODEC_GDEFLATE, &side->options, side->packed->bytes,
                                        side->packed->nbytes, side->out, input->nbytes, NULL);
    return !ringer_codec_compress(RINGER_CODEC_GDEFLATE, &side->options, input->bytes, input->nbytes,
                                  side->out, side->room, &written);
}

bool codec_side_pass(struct codec_side *side)
{
    return side->peer ? peer_pass(side) : our_pass(side);
}

bool codec_side_holds(const struct codec_side *side)
{
    return !memcmp(side->out, side->input->bytes, side->input->nbytes);
}

bool codec_side_open(struct codec_side *side)
{
    uint64_t bound = 0;

    side->threads = side->pool ? side->pool->threads : 1;
    if (side->threads > CODEC_MOST_THREADS)
        side->threads = CODEC_MOST_THREADS;
    side->options.pool = side->pool;
    side->piece_room = CODEC_PIECE_NBYTES + CODEC_PIECE_NBYTES / 8;
    ringer_codec_bound(RINGER_CODEC_GDEFLATE, side->input->nbytes, &bound);
    side->room = side->packed ? side->input->nbytes
                 : side->peer ? piece_count(side->input) * side->piece_room
                              : bound;
    side->out = malloc(side->room);
    if (!side->out)
        return false;
    /* The pages are there before anybody looks at a clock. */
    memset(side->out, 0xee, side->room);
    for (unsigned i = 0; side->peer && i < side->threads; i++) {
        side->contexts[i] = side->peer->open(side->level);
        if (!side->contexts[i])
            return false;
    }
    return true;
}

void codec_side_close(struct codec_side *side)
{
    for (unsigned i = 0; i < side->threads; i++)
        if (side->contexts[i])
            side->peer->close(side->contexts[i], side->level);
    free(side->out);
    *side = (struct codec_side){0};
}

struct packing {
    struct codec_side *side;
    size_t *sizes;
};

static void pack_task(void *arg, size_t index)
{
    struct packing *packing = arg;

    compress_pieces(packing->side, packing->side->contexts[index], packing->sizes);
}

/* The pieces of the side's room, one behind another. */
static bool join(struct codec_side *side, const size_t *sizes, struct codec_packed *packed)
{
    size_t count = piece_count(side->input), at = 0;

    packed->ends = malloc(count * sizeof(*packed->ends));
    if (!packed->ends)
        return false;
    for (size_t i = 0; i < count; i++) {
        memmove(side->out + at, side->out + i * side->piece_room, sizes[i]);
        packed->ends[i] = at += sizes[i];
    }
    packed->bytes = side->out;
    packed->nbytes = at;
    side->out = NULL;
    return true;
}

bool codec_pack_peer(const struct codec_input *input, const struct codec_peer *peer, int level,
                     const struct ringer_codec_pool *pool, struct codec_packed *packed_out)
{
    struct codec_side *side = calloc(1, sizeof(*side));
    size_t *sizes = calloc(piece_count(input), sizeof(*sizes));
    struct packing packing = {side, sizes};
    bool ok = false;

    *packed_out = (struct codec_packed){.level = level};
    if (side && sizes) {
        side->input = input;
        side->pool = pool;
        side->peer = peer;
        side->level = level;
        if (codec_side_open(side)) {
            if (pool)
                pool->run(pool->context, side->threads, pack_task, &packing);
            else
                pack_task(&packing, 0);
            ok = !atomic_load(&side->bad) && join(side, sizes, packed_out);
        }
        codec_side_close(side);
    }
    free(side);
    free(sizes);
    return ok;
}

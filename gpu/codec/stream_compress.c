/* SPDX-License-Identifier: MIT */
/*
 * A stream out of bytes. Every tile is encoded into a slot of its own that any tile fits in, by whichever
 * thread comes first; then the tiles are moved together. So the bytes do not depend on the threads.
 */
#include "gpu/codec/pool.h"
#include "gpu/codec/stream.h"

#include <stdlib.h>
#include <string.h>

struct run {
    enum gdeflate_level level;
    const uint8_t *raw;
    size_t raw_nbytes;
    uint32_t tile_count;
    uint8_t *slots;  /* tile_count times GDEFLATE_STORED_TILE_NBYTES */
    uint32_t *sizes; /* of the tiles, when encoded */
    struct codec_progress progress;
    _Alignas(64) atomic_size_t next; /* tile that nobody has taken; in a cache line of its own */
};

static uint32_t raw_tile_nbytes(const struct run *run, size_t index)
{
    size_t left = run->raw_nbytes - index * GDEFLATE_TILE_NBYTES;

    return left < GDEFLATE_TILE_NBYTES ? (uint32_t)left : GDEFLATE_TILE_NBYTES;
}

/* In each thread. One that gets no memory leaves its tiles to the others. */
static void encode_tiles(void *arg)
{
    struct run *run = arg;
    struct gdeflate_encoder *encoder = gdeflate_encoder_new(run->level);
    size_t i;

    if (!encoder)
        return;
    while ((i = atomic_fetch_add_explicit(&run->next, 1, memory_order_relaxed)) < run->tile_count) {
        run->sizes[i] = gdeflate_encode_tile(encoder, run->raw + i * GDEFLATE_TILE_NBYTES,
                                             raw_tile_nbytes(run, i),
                                             run->slots + i * GDEFLATE_STORED_TILE_NBYTES);
        codec_progress_step(&run->progress);
    }
    gdeflate_encoder_free(encoder);
}

static void store32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

enum ringer_codec_status gdeflate_write_head(uint8_t *head, uint32_t tile_count, uint32_t last_raw_nbytes,
                                             const uint32_t *sizes)
{
    uint64_t offset = 0;

    head[0] = GDEFLATE_ID;
    head[1] = GDEFLATE_ID ^ 0xff;
    head[2] = (uint8_t)tile_count;
    head[3] = (uint8_t)(tile_count >> 8);
    /* 0 stands for a full one. */
    store32(head + 4, 1 | (last_raw_nbytes % GDEFLATE_TILE_NBYTES) << 2);
    store32(head + GDEFLATE_HEADER_NBYTES, sizes[tile_count - 1]);
    for (uint32_t i = 1; i < tile_count; i++) {
        offset += sizes[i - 1];
        if (offset > UINT32_MAX)
            return RINGER_CODEC_TOO_LARGE;
        store32(head + GDEFLATE_HEADER_NBYTES + (size_t)i * 4, (uint32_t)offset);
    }
    return RINGER_CODEC_OK;
}

/* From the slots to out, which may be the same memory: a tile never moves to a higher address. */
static enum ringer_codec_status assemble(const struct run *run, uint8_t *out, size_t out_nbytes,
                                         size_t *written_out)
{
    size_t head_nbytes = gdeflate_data_offset(run->tile_count), at = head_nbytes;
    enum ringer_codec_status status;

    for (uint32_t i = 0; i < run->tile_count; i++)
        at += run->sizes[i];
    if (at > out_nbytes)
        return RINGER_CODEC_NO_ROOM;
    status = gdeflate_write_head(out, run->tile_count, raw_tile_nbytes(run, run->tile_count - 1),
                                 run->sizes);
    if (status)
        return status;
    *written_out = at;
    at = head_nbytes;
    for (uint32_t i = 0; i < run->tile_count; i++) {
        memmove(out + at, run->slots + (size_t)i * GDEFLATE_STORED_TILE_NBYTES, run->sizes[i]);
        at += run->sizes[i];
    }
    return RINGER_CODEC_OK;
}

enum ringer_codec_status gdeflate_compress(const struct ringer_codec_options *options,
                                           enum gdeflate_level level, const uint8_t *raw,
                                           size_t raw_nbytes, uint8_t *out, size_t out_nbytes,
                                           size_t *written_out)
{
    struct run run = {.level = level, .raw = raw, .raw_nbytes = raw_nbytes};
    enum ringer_codec_status status = RINGER_CODEC_NO_MEMORY;
    uint8_t *aside = NULL;
    size_t head_nbytes, slots_nbytes;

    if (raw_nbytes > (uint64_t)GDEFLATE_MAX_TILES * GDEFLATE_TILE_NBYTES)
        return RINGER_CODEC_TOO_LARGE;
    if (!raw_nbytes)
        return RINGER_CODEC_EMPTY;
    run.tile_count = (uint32_t)((raw_nbytes + GDEFLATE_TILE_NBYTES - 1) / GDEFLATE_TILE_NBYTES);
    head_nbytes = gdeflate_data_offset(run.tile_count);
    slots_nbytes = (size_t)run.tile_count * GDEFLATE_STORED_TILE_NBYTES;
    if (out_nbytes >= head_nbytes + slots_nbytes)
        run.slots = out + head_nbytes;
    else
        run.slots = aside = malloc(slots_nbytes);
    run.sizes = calloc(run.tile_count, sizeof *run.sizes);
    if (run.slots && run.sizes) {
        codec_progress_init(&run.progress, options, run.tile_count);
        codec_pool_share(options->pool, run.tile_count, encode_tiles, &run);
        /* No tile is empty: one that is was left, as no thread had memory. */
        if (run.sizes[run.tile_count - 1])
            status = assemble(&run, out, out_nbytes, written_out);
        if (!status)
            codec_progress_end(&run.progress);
        codec_progress_fini(&run.progress);
    }
    free(run.sizes);
    free(aside);
    return status;
}

/* SPDX-License-Identifier: MIT */
/*
 * Bytes out of a stream. Threads take tiles in ascending order and stop behind the first bad one that is
 * known; every tile before it was taken by then and is looked at, so the first bad one of the stream is
 * what is reported, whatever the threads did.
 */
#include "gpu/codec/pool.h"
#include "gpu/codec/stream.h"

#define NO_FAULT UINT64_MAX

struct run {
    const struct gdeflate_stream *stream;
    enum gdeflate_isa isa;
    uint8_t *out;
    _Atomic uint64_t first_fault; /* tile << 8 | status; only ever falls */
    struct codec_progress progress;
    _Alignas(64) atomic_size_t next; /* tile that nobody has taken; in a cache line of its own */
};

static void report(struct run *run, size_t index, enum gdeflate_status status)
{
    uint64_t fault = (uint64_t)index << 8 | status, known = atomic_load(&run->first_fault);

    while (fault < known && !atomic_compare_exchange_weak(&run->first_fault, &known, fault))
        ;
}

static void decode_tiles(void *arg)
{
    struct run *run = arg;
    size_t i;

    while ((i = atomic_fetch_add_explicit(&run->next, 1, memory_order_relaxed)) <
           run->stream->tile_count) {
        struct gdeflate_tile tile = gdeflate_tile_at(run->stream, (uint32_t)i);
        enum gdeflate_status status;

        if (i > atomic_load(&run->first_fault) >> 8)
            break;
        status = gdeflate_decode_tile(run->isa, &tile, run->out + i * GDEFLATE_TILE_NBYTES);
        if (status)
            report(run, i, status);
        else
            codec_progress_step(&run->progress);
    }
}

enum ringer_codec_status gdeflate_decompress(const struct ringer_codec_options *options,
                                             enum gdeflate_isa isa, const struct gdeflate_stream *stream,
                                             uint8_t *out, size_t *fault_out)
{
    struct run run = {.stream = stream, .isa = isa, .out = out, .first_fault = NO_FAULT};
    uint64_t fault;

    codec_progress_init(&run.progress, options, stream->tile_count);
    codec_pool_share(options->pool, stream->tile_count, decode_tiles, &run);
    fault = atomic_load(&run.first_fault);
    if (fault == NO_FAULT)
        codec_progress_end(&run.progress);
    codec_progress_fini(&run.progress);
    if (fault == NO_FAULT)
        return RINGER_CODEC_OK;
    *fault_out = (size_t)(fault >> 8);
    return gdeflate_public_status((enum gdeflate_status)(fault & 0xff));
}

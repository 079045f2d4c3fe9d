/* SPDX-License-Identifier: MIT */
/* ringer_codec.h: what the API promises of its arguments, and which codec does the work. */
#include <ringer_codec.h>

#include "gpu/codec/stream.h"
#include "gpu/codec/zstd_frame.h"

#include <stdbool.h>
#include <string.h>

#define MAX_RAW_NBYTES ((uint64_t)GDEFLATE_MAX_TILES * GDEFLATE_TILE_NBYTES)
/* [D] DirectStorage's published codec answers tiles times this, and this for the header. */
#define BOUND_TILE_NBYTES 66404u
#define BOUND_HEAD_NBYTES 16u

_Static_assert(BOUND_TILE_NBYTES >= GDEFLATE_STORED_TILE_NBYTES + 4, "a tile and its word in the table");

/* By enum gdeflate_status. */
static const enum ringer_codec_status public_statuses[GDEFLATE_STATUS_COUNT] = {
    [GDEFLATE_OK] = RINGER_CODEC_OK,
    [GDEFLATE_SHORT_HEADER] = RINGER_CODEC_SHORT_HEADER,
    [GDEFLATE_BAD_MAGIC] = RINGER_CODEC_BAD_MAGIC,
    [GDEFLATE_BAD_TILE_SIZE] = RINGER_CODEC_BAD_TILE_SIZE,
    [GDEFLATE_BAD_TABLE] = RINGER_CODEC_BAD_TABLE,
    [GDEFLATE_SHORT_TILE] = RINGER_CODEC_SHORT_TILE,
    [GDEFLATE_BAD_BLOCK] = RINGER_CODEC_BAD_BLOCK,
    [GDEFLATE_BAD_CODE] = RINGER_CODEC_BAD_CODE,
    [GDEFLATE_BAD_SYMBOL] = RINGER_CODEC_BAD_SYMBOL,
    [GDEFLATE_BAD_DISTANCE] = RINGER_CODEC_BAD_DISTANCE,
    [GDEFLATE_TOO_LONG] = RINGER_CODEC_TILE_TOO_LONG,
    [GDEFLATE_TOO_SHORT] = RINGER_CODEC_TILE_TOO_SHORT,
    [GDEFLATE_SIZE_MISMATCH] = RINGER_CODEC_WRONG_SIZE,
    [GDEFLATE_NO_ROOM] = RINGER_CODEC_NO_ROOM,
    [GDEFLATE_NO_MEMORY] = RINGER_CODEC_NO_MEMORY,
};

/* Those that are no fault of a GDeflate stream. */
static const char *const own_texts[RINGER_CODEC_STATUS_COUNT] = {
    [RINGER_CODEC_BAD_ARGUMENT] = "an argument that cannot be",
    [RINGER_CODEC_NOT_BUILT] = "this library was built without that format",
    [RINGER_CODEC_EMPTY] = "nothing to compress: GDeflate has no stream of 0 bytes",
    [RINGER_CODEC_TOO_LARGE] = "more than the format can hold",
    [RINGER_CODEC_UNKNOWN_SIZE] = "the frame does not say how large its content is",
    [RINGER_CODEC_BAD_FRAME] = "no zstd frame, or a damaged one",
};

enum ringer_codec_status gdeflate_public_status(enum gdeflate_status status)
{
    return public_statuses[status];
}

const char *ringer_codec_status_text(enum ringer_codec_status status)
{
    if ((unsigned)status >= RINGER_CODEC_STATUS_COUNT)
        return "an unknown fault";
    if (own_texts[status])
        return own_texts[status];
    for (int i = 0; i < GDEFLATE_STATUS_COUNT; i++)
        if (public_statuses[i] == status)
            return gdeflate_reason((enum gdeflate_status)i);
    return "an unknown fault";
}

int ringer_codec_available(enum ringer_codec_format format)
{
    return format == RINGER_CODEC_GDEFLATE || (format == RINGER_CODEC_ZSTD && codec_zstd_built());
}

static bool is_format(enum ringer_codec_format format)
{
    return format == RINGER_CODEC_GDEFLATE || format == RINGER_CODEC_ZSTD;
}

/* From a program that may know fewer members. */
static struct ringer_codec_options options_of(const struct ringer_codec_options *given)
{
    struct ringer_codec_options options = {0};

    if (given)
        memcpy(&options, given,
               given->size && given->size < sizeof options ? given->size : sizeof options);
    return options;
}

enum ringer_codec_status ringer_codec_bound(enum ringer_codec_format format, uint64_t raw_nbytes,
                                            uint64_t *bound_out)
{
    uint64_t tile_count;

    if (!is_format(format) || !bound_out)
        return RINGER_CODEC_BAD_ARGUMENT;
    if (format == RINGER_CODEC_ZSTD)
        return codec_zstd_bound(raw_nbytes, bound_out);
    if (raw_nbytes > MAX_RAW_NBYTES)
        return RINGER_CODEC_TOO_LARGE;
    tile_count = (raw_nbytes + GDEFLATE_TILE_NBYTES - 1) / GDEFLATE_TILE_NBYTES;
    *bound_out = (tile_count ? tile_count : 1) * BOUND_TILE_NBYTES + BOUND_HEAD_NBYTES;
    return RINGER_CODEC_OK;
}

enum ringer_codec_status ringer_codec_compress(enum ringer_codec_format format,
                                               const struct ringer_codec_options *given, const void *raw,
                                               size_t raw_nbytes, void *out, size_t out_nbytes,
                                               size_t *written_out)
{
    struct ringer_codec_options options = options_of(given);
    enum ringer_codec_status status;

    if (!written_out)
        return RINGER_CODEC_BAD_ARGUMENT;
    *written_out = 0;
    if (!is_format(format) || !raw || !out || options.level < RINGER_CODEC_FASTEST ||
        options.level > RINGER_CODEC_BEST)
        return RINGER_CODEC_BAD_ARGUMENT;
    if (format == RINGER_CODEC_GDEFLATE)
        return gdeflate_compress(&options,
                                 (enum gdeflate_level)(options.level - RINGER_CODEC_FASTEST), raw,
                                 raw_nbytes, out, out_nbytes, written_out);
    status = codec_zstd_compress(options.level, raw, raw_nbytes, out, out_nbytes, written_out);
    if (!status && options.progress)
        options.progress(options.progress_context, 1, 1);
    return status;
}

static enum ringer_codec_status decompress_tiles(const struct ringer_codec_options *options,
                                                 const void *bytes, size_t nbytes, void *out,
                                                 size_t out_nbytes, size_t *fault_out)
{
    enum gdeflate_isa isa;
    struct gdeflate_stream stream;
    enum gdeflate_status status;

    if (!ringer_codec_isa_usable(options->isa))
        return RINGER_CODEC_BAD_ARGUMENT;
    isa = options->isa ? (enum gdeflate_isa)(options->isa - RINGER_CODEC_ISA_SCALAR)
                       : gdeflate_best_isa();
    status = gdeflate_open(&stream, bytes, nbytes);
    if (status)
        return gdeflate_public_status(status);
    if (stream.raw_nbytes != out_nbytes)
        return RINGER_CODEC_WRONG_SIZE;
    return gdeflate_decompress(options, isa, &stream, out, fault_out);
}

enum ringer_codec_status ringer_codec_decompress(enum ringer_codec_format format,
                                                 const struct ringer_codec_options *given,
                                                 const void *stream, size_t stream_nbytes, void *out,
                                                 size_t out_nbytes, size_t *fault_out)
{
    struct ringer_codec_options options = options_of(given);
    enum ringer_codec_status status;
    size_t fault;

    if (!fault_out)
        fault_out = &fault;
    *fault_out = SIZE_MAX;
    if (!is_format(format) || !stream || !out)
        return RINGER_CODEC_BAD_ARGUMENT;
    if (format == RINGER_CODEC_GDEFLATE)
        return decompress_tiles(&options, stream, stream_nbytes, out, out_nbytes, fault_out);
    status = codec_zstd_decompress(stream, stream_nbytes, out, out_nbytes);
    if (!status && options.progress)
        options.progress(options.progress_context, 1, 1);
    return status;
}

enum ringer_codec_status ringer_codec_info(enum ringer_codec_format format, const void *bytes,
                                           size_t nbytes, struct ringer_codec_info *info_out)
{
    struct gdeflate_stream stream;
    struct gdeflate_tile last;
    enum gdeflate_status status;

    if (!is_format(format) || !bytes || !info_out)
        return RINGER_CODEC_BAD_ARGUMENT;
    if (format == RINGER_CODEC_ZSTD)
        return codec_zstd_info(bytes, nbytes, info_out);
    status = gdeflate_open(&stream, bytes, nbytes);
    if (status)
        return gdeflate_public_status(status);
    last = gdeflate_tile_at(&stream, stream.tile_count - 1);
    *info_out = (struct ringer_codec_info){
        .raw_nbytes = stream.raw_nbytes,
        .stream_nbytes = (uint64_t)(last.bytes - stream.bytes) + last.nbytes,
        .tile_count = stream.tile_count,
        .tile_nbytes = GDEFLATE_TILE_NBYTES,
        .last_nbytes = last.raw_nbytes,
        .id = stream.id,
    };
    return RINGER_CODEC_OK;
}

const char *ringer_codec_isa_name(enum ringer_codec_isa isa)
{
    if ((unsigned)isa >= RINGER_CODEC_ISA_COUNT)
        return NULL;
    return isa ? gdeflate_isa_name((enum gdeflate_isa)(isa - RINGER_CODEC_ISA_SCALAR)) : "best";
}

int ringer_codec_isa_usable(enum ringer_codec_isa isa)
{
    if ((unsigned)isa >= RINGER_CODEC_ISA_COUNT)
        return 0;
    return !isa || gdeflate_isa_usable((enum gdeflate_isa)(isa - RINGER_CODEC_ISA_SCALAR));
}

/* SPDX-License-Identifier: MIT */
/* One zstd frame by libzstd. */
#include "gpu/codec/zstd_frame.h"

#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

/* [I] of zstd's levels: its fastest, its default, and the last before memory is no object. */
static int level_of(enum ringer_codec_level level)
{
    switch (level) {
    case RINGER_CODEC_FASTEST:
        return 1;
    case RINGER_CODEC_BEST:
        return 19;
    default:
        return ZSTD_CLEVEL_DEFAULT;
    }
}

static enum ringer_codec_status status_of(size_t result)
{
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_no_error:
        return RINGER_CODEC_OK;
    case ZSTD_error_memory_allocation:
        return RINGER_CODEC_NO_MEMORY;
    default:
        return RINGER_CODEC_BAD_FRAME;
    }
}

int codec_zstd_built(void)
{
    return 1;
}

enum ringer_codec_status codec_zstd_bound(uint64_t raw_nbytes, uint64_t *bound_out)
{
    size_t bound = raw_nbytes > SIZE_MAX ? 0 : ZSTD_compressBound((size_t)raw_nbytes);

    if (!bound || ZSTD_isError(bound) || bound < raw_nbytes)
        return RINGER_CODEC_TOO_LARGE;
    *bound_out = bound;
    return RINGER_CODEC_OK;
}

enum ringer_codec_status codec_zstd_compress(enum ringer_codec_level level, const void *raw,
                                             size_t raw_nbytes, void *out, size_t out_nbytes,
                                             size_t *written_out)
{
    size_t result = ZSTD_compress(out, out_nbytes, raw, raw_nbytes, level_of(level));

    if (ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall)
        return RINGER_CODEC_NO_ROOM;
    if (ZSTD_isError(result))
        return status_of(result);
    *written_out = result;
    return RINGER_CODEC_OK;
}

enum ringer_codec_status codec_zstd_decompress(const void *stream, size_t nbytes, void *out,
                                               size_t out_nbytes)
{
    size_t frame_nbytes = ZSTD_findFrameCompressedSize(stream, nbytes), result;
    unsigned long long raw_nbytes;

    if (ZSTD_isError(frame_nbytes))
        return status_of(frame_nbytes);
    raw_nbytes = ZSTD_getFrameContentSize(stream, frame_nbytes);
    if (raw_nbytes < ZSTD_CONTENTSIZE_ERROR && raw_nbytes != out_nbytes)
        return RINGER_CODEC_WRONG_SIZE;
    result = ZSTD_decompress(out, out_nbytes, stream, frame_nbytes);
    if (ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall)
        return RINGER_CODEC_WRONG_SIZE;
    if (ZSTD_isError(result))
        return status_of(result);
    return result == out_nbytes ? RINGER_CODEC_OK : RINGER_CODEC_WRONG_SIZE;
}

enum ringer_codec_status codec_zstd_info(const void *stream, size_t nbytes,
                                         struct ringer_codec_info *info_out)
{
    size_t frame_nbytes = ZSTD_findFrameCompressedSize(stream, nbytes);
    unsigned long long raw_nbytes;

    if (ZSTD_isError(frame_nbytes))
        return status_of(frame_nbytes);
    raw_nbytes = ZSTD_getFrameContentSize(stream, frame_nbytes);
    if (raw_nbytes == ZSTD_CONTENTSIZE_UNKNOWN)
        return RINGER_CODEC_UNKNOWN_SIZE;
    if (raw_nbytes == ZSTD_CONTENTSIZE_ERROR)
        return RINGER_CODEC_BAD_FRAME;
    *info_out = (struct ringer_codec_info){.raw_nbytes = raw_nbytes, .stream_nbytes = frame_nbytes};
    return RINGER_CODEC_OK;
}

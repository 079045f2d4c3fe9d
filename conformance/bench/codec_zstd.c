/* SPDX-License-Identifier: MIT */
/* zstd, a frame a piece. */
#include "conformance/bench/codec_peer.h"

#include <zstd.h>

static void *open_context(int level)
{
    return level ? (void *)ZSTD_createCCtx() : (void *)ZSTD_createDCtx();
}

static void close_context(void *context, int level)
{
    if (level)
        ZSTD_freeCCtx(context);
    else
        ZSTD_freeDCtx(context);
}

static size_t compress(void *context, int level, const uint8_t *in, size_t nbytes, uint8_t *out, size_t room)
{
    size_t result = ZSTD_compressCCtx(context, out, room, in, nbytes, level);

    return ZSTD_isError(result) ? 0 : result;
}

static bool decompress(void *context, const uint8_t *in, size_t nbytes, uint8_t *out, size_t out_nbytes)
{
    return ZSTD_decompressDCtx(context, out, out_nbytes, in, nbytes) == out_nbytes;
}

static const struct codec_peer peer = {
    .name = "zstd",
    .least_level = 1,
    .most_level = 19,
    .open = open_context,
    .close = close_context,
    .compress = compress,
    .decompress = decompress,
};
const struct codec_peer *const codec_zstd = &peer;

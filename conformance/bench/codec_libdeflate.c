/* SPDX-License-Identifier: MIT */
/* libdeflate, raw DEFLATE. */
#include "conformance/bench/codec_peer.h"

#include <libdeflate.h>

static void *open_context(int level)
{
    return level ? (void *)libdeflate_alloc_compressor(level) : (void *)libdeflate_alloc_decompressor();
}

static void close_context(void *context, int level)
{
    if (level)
        libdeflate_free_compressor(context);
    else
        libdeflate_free_decompressor(context);
}

static size_t compress(void *context, int level, const uint8_t *in, size_t nbytes, uint8_t *out, size_t room)
{
    return libdeflate_deflate_compress(context, in, nbytes, out, room);
}

static bool decompress(void *context, const uint8_t *in, size_t nbytes, uint8_t *out, size_t out_nbytes)
{
    /* Without a place for the size, another one is a failure. */
    return libdeflate_deflate_decompress(context, in, nbytes, out, out_nbytes, NULL) == LIBDEFLATE_SUCCESS;
}

static const struct codec_peer peer = {
    .name = "libdeflate",
    .least_level = 1,
    .most_level = 12,
    .open = open_context,
    .close = close_context,
    .compress = compress,
    .decompress = decompress,
};
const struct codec_peer *const codec_libdeflate = &peer;

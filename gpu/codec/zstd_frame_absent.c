/* SPDX-License-Identifier: MIT */
/* Built without libzstd. */
#include "gpu/codec/zstd_frame.h"

int codec_zstd_built(void)
{
    return 0;
}

enum ringer_codec_status codec_zstd_bound(uint64_t raw_nbytes, uint64_t *bound_out)
{
    return RINGER_CODEC_NOT_BUILT;
}

enum ringer_codec_status codec_zstd_compress(enum ringer_codec_level level, const void *raw,
                                             size_t raw_nbytes, void *out, size_t out_nbytes,
                                             size_t *written_out)
{
    return RINGER_CODEC_NOT_BUILT;
}

enum ringer_codec_status codec_zstd_decompress(const void *stream, size_t nbytes, void *out,
                                               size_t out_nbytes)
{
    return RINGER_CODEC_NOT_BUILT;
}

enum ringer_codec_status codec_zstd_info(const void *stream, size_t nbytes,
                                         struct ringer_codec_info *info_out)
{
    return RINGER_CODEC_NOT_BUILT;
}

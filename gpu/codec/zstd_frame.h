/* SPDX-License-Identifier: MIT */
/* zstd behind the API; where libzstd is not, every function answers NOT_BUILT. Arguments were checked. */
#ifndef GPU_CODEC_ZSTD_FRAME_H
#define GPU_CODEC_ZSTD_FRAME_H

#include <ringer_codec.h>

int codec_zstd_built(void);
enum ringer_codec_status codec_zstd_bound(uint64_t raw_nbytes, uint64_t *bound_out);
enum ringer_codec_status codec_zstd_compress(enum ringer_codec_level level, const void *raw,
                                             size_t raw_nbytes, void *out, size_t out_nbytes,
                                             size_t *written_out);
/* nbytes may be more than the frame has; what lies behind it is ignored. */
enum ringer_codec_status codec_zstd_decompress(const void *stream, size_t nbytes, void *out,
                                               size_t out_nbytes);
enum ringer_codec_status codec_zstd_info(const void *stream, size_t nbytes,
                                         struct ringer_codec_info *info_out);

#endif

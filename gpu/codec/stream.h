/* SPDX-License-Identifier: MIT */
/* A whole stream of tiles: its layout, and both directions over many threads. */
#ifndef GPU_CODEC_STREAM_H
#define GPU_CODEC_STREAM_H

#include "gpu/codec/gdeflate.h"

#include <ringer_codec.h>

#define GDEFLATE_HEADER_NBYTES 8u
/* The id that is written; others are read. */
#define GDEFLATE_ID 4u

/* Where the data of the first tile begins. */
static inline size_t gdeflate_data_offset(uint32_t tile_count)
{
    return GDEFLATE_HEADER_NBYTES + (size_t)tile_count * 4;
}

/* What the API calls it. */
enum ringer_codec_status gdeflate_public_status(enum gdeflate_status status);

/*
 * Header and table for tile_count tiles whose data have these sizes, back to back, into head, which has
 * room for gdeflate_data_offset(tile_count). TOO_LARGE: an offset that the table cannot hold.
 */
enum ringer_codec_status gdeflate_write_head(uint8_t *head, uint32_t tile_count, uint32_t last_raw_nbytes,
                                             const uint32_t *sizes);

/* The whole of ringer_codec_compress and ringer_codec_decompress; arguments were checked. */
enum ringer_codec_status gdeflate_compress(const struct ringer_codec_options *options,
                                           enum gdeflate_level level, const uint8_t *raw,
                                           size_t raw_nbytes, uint8_t *out, size_t out_nbytes,
                                           size_t *written_out);
enum ringer_codec_status gdeflate_decompress(const struct ringer_codec_options *options,
                                             enum gdeflate_isa isa, const struct gdeflate_stream *stream,
                                             uint8_t *out, size_t *fault_out);

#endif

/* SPDX-License-Identifier: MIT */
/* A whole stream of tiles: its layout, and both directions over many threads. */
#ifndef GPU_CODEC_STREAM_H
#define GPU_CODEC_STREAM_H

#include "gpu/codec/gdeflate.h"

#define GDEFLATE_HEADER_NBYTES 8u
/* The id that is written; others are read. */
#define GDEFLATE_ID 4u

/* Where the data of the first tile begins. */
static inline size_t gdeflate_data_offset(uint32_t tile_count)
{
    return GDEFLATE_HEADER_NBYTES + (size_t)tile_count * 4;
}

#endif

/* SPDX-License-Identifier: MIT */
/* Begin and end of a tile's lanes. */
#include "gpu/codec/encode_bits.h"

void encode_lanes_start(struct encode_lanes *lanes, uint8_t *base)
{
    for (unsigned lane = 0; lane < GDEFLATE_LANES; lane++) {
        lanes->held[lane] = 0;
        lanes->count[lane] = 32;
        lanes->current[lane] = 0;
        lanes->next[lane] = 1 + lane;
    }
    lanes->words = 1 + GDEFLATE_LANES;
    lanes->base = base;
}

uint32_t encode_lanes_finish(struct encode_lanes *lanes)
{
    static const uint32_t none;

    for (unsigned lane = 0; lane < GDEFLATE_LANES; lane++) {
        memcpy(lanes->base + (size_t)lanes->current[lane] * 4, &lanes->held[lane], 4);
        memcpy(lanes->base + (size_t)lanes->next[lane] * 4, &none, 4);
    }
    return (lanes->words - 1) * 4;
}

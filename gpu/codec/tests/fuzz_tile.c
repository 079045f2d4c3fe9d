/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as tiles. An input is a stream, of which the first tiles are taken, or else a size, two
 * bytes, and a tile. Every decoder must say the same, and touch nothing outside.
 */
#include "gpu/codec/tests/fuzz_tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#define MOST_TILES 4u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static uint8_t out[GDEFLATE_TILE_NBYTES];
    struct gdeflate_stream stream;

    if (!gdeflate_open(&stream, bytes, count)) {
        for (uint32_t i = 0; i < stream.tile_count && i < MOST_TILES; i++) {
            struct gdeflate_tile tile = gdeflate_tile_at(&stream, i);

            decode_by_all(tile.bytes, tile.nbytes, tile.raw_nbytes, out);
        }
    } else if (count >= 2) {
        decode_by_all(bytes + 2, (uint32_t)(count - 2), (bytes[0] | (uint32_t)bytes[1] << 8) + 1,
                      out);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * The inner part of the search for the cheapest way: places whose steps are of 1 or 3..18 bytes.
 * The finder has put the distance codes of these lengths in a row, so that all steps of a place are
 * one look-up, one addition and one minimum of vectors.
 */
#ifndef GPU_CODEC_ENCODE_STEPS_H
#define GPU_CODEC_ENCODE_STEPS_H

#include "gpu/codec/match_tree.h"

enum { ENCODE_RANKS = 32, ENCODE_PRICE_BIT = 32 * ENCODE_RANKS };

/* More than any way costs, which is below 2^30; three of it are still a number. */
#define ENCODE_NEVER UINT32_C(0x50000000)

/*
 * All prices are multiples of ENCODE_RANKS: the low bits of a sum say which step it is of (a
 * literal is 0, a match the number of its entry in the row and 1), and so a minimum has with it
 * where it was found. Extra bits are included.
 */
struct encode_prices {
    uint32_t literal[256];
    uint32_t length[ENCODE_MAX_SHORT + 1], long_length;
    uint32_t distance[ENCODE_DISTANCES + 1]; /* the last is that of MATCH_NO_CODE: never */
};

struct encode_steps {
    uint32_t cost[GDEFLATE_TILE_NBYTES + MATCH_ROW_MOST + 1]; /* of the cheapest way to the end */
    uint16_t length[GDEFLATE_TILE_NBYTES];                    /* its first step; a literal is 1 */
    struct encode_prices prices;
};

/*
 * The cheapest steps of places at - 1, at - 2, ... down to first. Stops behind the first place that
 * has longer steps, which may be cheaper still; returns the last place done.
 */
typedef uint32_t encode_steps_walk(struct encode_steps *steps, const struct match_tree *tree,
                                   const uint8_t *raw, uint32_t first, uint32_t at);

/* The fastest that this processor runs, but none beyond `most`; all find the same. */
encode_steps_walk *encode_steps_best(enum gdeflate_isa most);

#endif

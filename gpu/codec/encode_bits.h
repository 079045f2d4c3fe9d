/* SPDX-License-Identifier: MIT */
/*
 * The 32 lanes of a tile, written. A decoder has one cursor over the tile's words and takes a word
 * for a lane whenever the lane is down to less than 32 bits after a turn; so the writer hands out
 * the places of words in the same order, long before it knows their bits.
 */
#ifndef GPU_CODEC_ENCODE_BITS_H
#define GPU_CODEC_ENCODE_BITS_H

#include "gpu/codec/encode_format.h"
#include "gpu/codec/gdeflate.h"

/* Bits of one turn, 1..31 of them, the first one lowest. */
struct encode_bits {
    uint32_t bits; /* above count they are 0 */
    uint32_t count;
};

/*
 * A lane that has written W bits owns 1 + ceil(W / 32) words, all but the last two of them
 * complete. Invariant after a turn: `held` has the bits of word `current` and no others, 1..32 of
 * them; word `next` is allotted and has no bit yet. A lane that had no turn stands as if it had
 * just filled a word before the tile's first.
 */
struct encode_lanes {
    uint32_t held[GDEFLATE_LANES];
    uint32_t count[GDEFLATE_LANES];
    uint32_t current[GDEFLATE_LANES]; /* words are counted from 1: number 0 is the one before */
    uint32_t next[GDEFLATE_LANES];
    uint32_t words; /* number of the next word to hand out */
    uint8_t *base;  /* where word 0 stands */
};

/* base: room for the word before the tile, then for the tile. */
void encode_lanes_start(struct encode_lanes *lanes, uint8_t *base);
/* Writes what is held; returns the tile's size in bytes, without the word before. */
uint32_t encode_lanes_finish(struct encode_lanes *lanes);

static inline void encode_turn(struct encode_lanes *lanes, unsigned lane, struct encode_bits what)
{
    uint64_t held = lanes->held[lane] | (uint64_t)what.bits << lanes->count[lane];
    uint32_t total = lanes->count[lane] + what.count;
    uint32_t low = (uint32_t)held, full = total > 32;
    uint32_t next = lanes->next[lane];

    /* Complete or not, it is written: that saves a branch, and the last write is the right one. */
    memcpy(lanes->base + (size_t)lanes->current[lane] * 4, &low, 4);
    lanes->current[lane] = full ? next : lanes->current[lane];
    lanes->next[lane] = full ? lanes->words : next;
    lanes->words += full;
    lanes->held[lane] = (uint32_t)(held >> (full * 32));
    lanes->count[lane] = total - full * 32;
}

#endif

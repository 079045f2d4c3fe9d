/* SPDX-License-Identifier: MIT */
/*
 * An independent judge of tiles: written from the rules, bit by bit, shares nothing with the
 * library. Stricter than any decoder has to be: it also asks that every word is used and every code
 * complete.
 */
#ifndef GPU_CODEC_TESTS_JUDGE_H
#define GPU_CODEC_TESTS_JUDGE_H

#include <stddef.h>
#include <stdint.h>

/* What was met in the tiles that were judged; added to, never cleared. */
struct judge_facts {
    uint32_t stored, fixed, dynamic, matches, longest_match, farthest, longest_literal_code;
};

/* NULL when the tile decodes to exactly raw, else what is wrong with it. facts may be NULL. */
const char *judge_tile(const uint8_t *tile, size_t tile_nbytes, const uint8_t *raw,
                       uint32_t raw_nbytes, struct judge_facts *facts);

#endif

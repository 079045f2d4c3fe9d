/* SPDX-License-Identifier: MIT */
/* The cheapest tokens for given prices; prices from a guess, or the tokens of the time before. */
#ifndef GPU_CODEC_ENCODE_OPTIMAL_H
#define GPU_CODEC_ENCODE_OPTIMAL_H

#include "gpu/codec/encode_codes.h"
#include "gpu/codec/encode_steps.h"
#include "gpu/codec/match_tree.h"

struct encode_optimal {
    struct match_tree tree;
    struct encode_steps steps;
    encode_steps_walk *walk;
};

/* Once, and for instructions not beyond `most`. */
void encode_optimal_init(struct encode_optimal *optimal, enum gdeflate_isa most);
/* Prices of symbols that are used as counted. */
void encode_prices_set(struct encode_prices *prices, const struct encode_counts *counts);
/*
 * Prices for a tile of which nothing but its matches is known. literal_eighths: so many of eight
 * literals that are expected are counted; fewer favour matches.
 */
void encode_prices_guess(struct encode_prices *prices, const struct match_tree *tree,
                         const uint8_t *raw, uint32_t nbytes, unsigned literal_eighths);
/*
 * Tokens of bytes first..end - 1 of the tile, the cheapest at the prices that are set; counts gets
 * theirs and one end of block. Returns how many.
 */
uint32_t encode_parse_optimal(struct encode_optimal *optimal, const uint8_t *raw, uint32_t first,
                              uint32_t end, encode_token *tokens, struct encode_counts *counts);

#endif

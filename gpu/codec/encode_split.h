/* SPDX-License-Identifier: MIT */
/* Where a tile's tokens change their nature: a block for each stretch that pays for its header. */
#ifndef GPU_CODEC_ENCODE_SPLIT_H
#define GPU_CODEC_ENCODE_SPLIT_H

#include "gpu/codec/encode_codes.h"

enum { ENCODE_STRETCHES = 32 };

struct encode_stretch {
    uint32_t token_count, raw_nbytes;
    float nbits;                 /* what it would take as a block, about */
    struct encode_counts counts; /* with one end of block */
};

struct encode_split {
    uint32_t count;
    struct encode_stretch stretch[ENCODE_STRETCHES];
    struct encode_counts joined;                                  /* of two neighbours */
    float gain[ENCODE_STRETCHES], joined_nbits[ENCODE_STRETCHES]; /* with the next one */
};

/* What so many bytes take as a block of these symbols, or stored, about. */
float encode_split_nbits(const struct encode_counts *counts, uint32_t raw_nbytes);
/* Joins neighbours as long as that saves bits; all but nbits is filled in. */
void encode_split_join(struct encode_split *split);
/*
 * Cuts into pieces of about piece_nbytes and joins neighbours as long as that saves bits.
 * piece_nbytes * ENCODE_STRETCHES is at least what the tokens stand for.
 */
void encode_split_tokens(struct encode_split *split, const encode_token *tokens, uint32_t count,
                         uint32_t piece_nbytes);

#endif

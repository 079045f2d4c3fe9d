/* SPDX-License-Identifier: MIT */
/*
 * Prefix codes of limited length: from frequencies to lengths to codewords, and the code in which a
 * dynamic block describes its two codes. Every code made here is complete.
 */
#ifndef GPU_CODEC_ENCODE_CODES_H
#define GPU_CODEC_ENCODE_CODES_H

#include "gpu/codec/encode_bits.h"

enum {
    ENCODE_LITLEN_LIMIT = 14, /* of the reference's encoder; decoders take 15 */
    ENCODE_DISTANCE_LIMIT = 15,
    ENCODE_HEADER_LIMIT = 7,
    ENCODE_HEADER_SYMBOLS = 19,
    ENCODE_HEADER_ITEMS = ENCODE_FIXED_LITLENS + ENCODE_DISTANCES,
};

/* How often each symbol stands in a block. The end of the block is counted by who counts. */
struct encode_counts {
    uint32_t litlen[ENCODE_FIXED_LITLENS];
    uint32_t distance[ENCODE_DISTANCES];
};

struct encode_codes {
    uint8_t litlen_nbits[ENCODE_FIXED_LITLENS];
    uint8_t distance_nbits[ENCODE_DISTANCES];
    struct encode_bits litlen[ENCODE_FIXED_LITLENS];
    struct encode_bits distance[ENCODE_DISTANCES];
};

/* Turns that describe a dynamic block's codes: HCLEN's lengths first, then the code lengths. */
struct encode_header {
    uint32_t litlens, distances, orders; /* HLIT + 257, HDIST + 1, HCLEN + 4 */
    uint32_t items;
    struct encode_bits order[ENCODE_HEADER_SYMBOLS];
    struct encode_bits item[ENCODE_HEADER_ITEMS];
    uint32_t nbits; /* of all this, and of the 14 bits before */
};

/* Lengths of an optimal complete code, none above limit; where fewer than two symbols are used,
 * others get a length too. */
void encode_code_lengths(const uint32_t *counts, unsigned symbols, unsigned limit, uint8_t *nbits);
/* The canonical codewords of these lengths, in the order in which they are written. */
void encode_codewords(const uint8_t *nbits, unsigned symbols, struct encode_bits *codewords);

/* Lengths only; the codewords follow when a block is written with them. */
void encode_codes_dynamic(struct encode_codes *codes, const struct encode_counts *counts);
void encode_codes_fixed(struct encode_codes *codes);
void encode_header_make(struct encode_header *header, const struct encode_codes *codes);
/* Bits of the symbols in counts with these codes, extra bits included. */
uint32_t encode_codes_cost(const struct encode_codes *codes, const struct encode_counts *counts);

#endif

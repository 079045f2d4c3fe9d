/* SPDX-License-Identifier: MIT */
/*
 * How lengths and distances fall into codes. Both alphabets grow alike: each power of two is cut in
 * four (lengths) or two (distances) codes, the rest are extra bits; so a code is arithmetic, no
 * table.
 */
#ifndef GPU_CODEC_ENCODE_FORMAT_H
#define GPU_CODEC_ENCODE_FORMAT_H

#include <stdint.h>
#include <string.h>

enum {
    ENCODE_END_OF_BLOCK = 256,
    ENCODE_FIRST_LENGTH = 257,
    ENCODE_LONG_LENGTH = 285, /* 16 extra bits: any length from 3 */
    ENCODE_LITLENS = 286,     /* 286 and 287 have codewords in a fixed block only, and no meaning */
    ENCODE_FIXED_LITLENS = 288,
    ENCODE_DISTANCES = 32,
    ENCODE_MIN_MATCH = 3,
    ENCODE_MAX_SHORT = 258, /* the longest that code 284 reaches */
    ENCODE_MAX_MATCH = 65535,
};

/*
 * One symbol of the text: a literal is its byte; a match has its length in the upper half, its
 * distance in the lower.
 */
typedef uint32_t encode_token;

static inline encode_token encode_match(uint32_t length, uint32_t distance)
{
    return length << 16 | distance;
}

static inline unsigned encode_log2(uint32_t value)
{
    return 31u ^ (unsigned)__builtin_clz(value); /* one instruction where 31u - is three */
}

/* Of a length of 3..258; the extra bits are the low *extra_out ones of length - 3. */
static inline unsigned encode_length_code(uint32_t length, unsigned *extra_out)
{
    uint32_t x = length - ENCODE_MIN_MATCH;
    unsigned extra = encode_log2(x | 4) - 2;

    *extra_out = extra;
    return ENCODE_FIRST_LENGTH + 4 * extra + (x >> extra);
}

static inline unsigned encode_length_symbol(uint32_t length)
{
    unsigned extra;

    return length > ENCODE_MAX_SHORT ? (unsigned)ENCODE_LONG_LENGTH
                                     : encode_length_code(length, &extra);
}

/* Extra bits: the low *extra_out ones of distance - 1. */
static inline unsigned encode_distance_code(uint32_t distance, unsigned *extra_out)
{
    uint32_t y = distance - 1;
    unsigned extra = encode_log2(y | 2) - 1;

    *extra_out = extra;
    return 2 * extra + (y >> extra);
}

static inline unsigned encode_litlen_extra_bits(unsigned symbol)
{
    if (symbol < ENCODE_FIRST_LENGTH + 8)
        return 0;
    return symbol == ENCODE_LONG_LENGTH ? 16 : (symbol - ENCODE_FIRST_LENGTH) / 4 - 1;
}

static inline unsigned encode_distance_extra_bits(unsigned code)
{
    return code < 4 ? 0 : code / 2 - 1;
}

static inline uint32_t encode_load32(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint64_t encode_load64(const uint8_t *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

#endif

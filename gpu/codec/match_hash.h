/* SPDX-License-Identifier: MIT */
/*
 * The quick finder: of each hash of three, of four and of six bytes the last place that had it.
 * Looks at no more than these, and where it has to choose, chooses without a branch.
 */
#ifndef GPU_CODEC_MATCH_HASH_H
#define GPU_CODEC_MATCH_HASH_H

#include "gpu/codec/match_length.h"

enum {
    MATCH_THREE_BITS = 12,
    MATCH_FOUR_BITS = 15,
    MATCH_SIX_BITS = 15,
    MATCH_THREE_FARTHEST = 4096, /* farther away, three bytes cost no less than as literals */
    MATCH_HASH_READS = 8,        /* bytes from a place on that must be there */
};

/*
 * No mark for an empty place is needed: it reads as place 0, which is as good as any other, as what
 * is found there is compared. Place 0 itself is not looked up.
 */
struct match_hash {
    uint16_t three[1 << MATCH_THREE_BITS];
    uint16_t four[1 << MATCH_FOUR_BITS];
    uint16_t six[1 << MATCH_SIX_BITS];
};

struct match_places {
    uint32_t three, four, six;
};

/* Makes `at` the newest place of its bytes; returns those before it. */
static inline struct match_places match_hash_add(struct match_hash *finder, uint64_t bytes,
                                                 uint32_t at)
{
    uint32_t low = (uint32_t)bytes;
    uint16_t *three = &finder->three[(low << 8) * UINT32_C(0x9E3779B1) >> (32 - MATCH_THREE_BITS)];
    uint16_t *four = &finder->four[low * UINT32_C(0x9E3779B1) >> (32 - MATCH_FOUR_BITS)];
    uint16_t *six =
        &finder->six[(bytes << 16) * UINT64_C(0x9E3779B97F4A7C15) >> (64 - MATCH_SIX_BITS)];
    struct match_places places = {*three, *four, *six};

    *three = (uint16_t)at;
    *four = (uint16_t)at;
    *six = (uint16_t)at;
    return places;
}

/* How many bytes agree when these are different; 7 stands for 7 or more. */
static inline uint32_t match_begin(uint64_t difference)
{
    return (uint32_t)__builtin_ctzll(difference | UINT64_C(1) << 63) / 8;
}

/* Adds `at` and returns the longest match there, 0 without one. */
static inline uint32_t match_hash_find(struct match_hash *finder, const uint8_t *raw, uint32_t at,
                                       uint32_t nbytes, uint32_t *from_out)
{
    uint64_t bytes = encode_load64(raw + at);
    struct match_places places = match_hash_add(finder, bytes, at);
    uint32_t four = match_begin(encode_load64(raw + places.four) ^ bytes);
    uint32_t six = match_begin(encode_load64(raw + places.six) ^ bytes);
    uint32_t longest = four < six ? six : four;

    *from_out = four < six ? places.six : places.four;
    if (longest >= 7) {
        uint32_t most = nbytes - at < ENCODE_MAX_MATCH ? nbytes - at : ENCODE_MAX_MATCH;

        longest = match_length(raw + at, raw + *from_out, 7, most);
        if (four >= 7 && six >= 7) {
            six = match_length(raw + at, raw + places.six, 7, most);
            *from_out = longest < six ? places.six : places.four;
            longest = longest < six ? six : longest;
        }
        return longest;
    }
    if (longest >= 4)
        return longest;
    *from_out = places.three;
    return ((encode_load32(raw + places.three) ^ (uint32_t)bytes) << 8) == 0 &&
                   at - places.three <= MATCH_THREE_FARTHEST
               ? 3
               : 0;
}

#endif

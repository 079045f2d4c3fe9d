/* SPDX-License-Identifier: MIT */
/* Tokens in one greedy pass. */
#include "gpu/codec/encode_parse.h"

static uint32_t hash4(uint32_t bytes)
{
    return bytes * UINT32_C(0x9E3779B1) >> (32 - MATCH_HASH_BITS);
}

/* How many bytes agree at a and b, at most most; `known` of them are known to. */
static inline uint32_t agreeing(const uint8_t *a, const uint8_t *b, uint32_t known, uint32_t most)
{
    uint32_t length = known;

    while (length + 8 <= most) {
        uint64_t differ = encode_load64(a + length) ^ encode_load64(b + length);

        if (differ)
            return length + (uint32_t)__builtin_ctzll(differ) / 8;
        length += 8;
    }
    while (length < most && a[length] == b[length])
        length++;
    return length;
}

uint32_t encode_parse_fast(struct match_hash *finder, const uint8_t *raw, uint32_t nbytes,
                           encode_token *tokens)
{
    encode_token *token = tokens;
    uint32_t at = 0;

    memset(finder, 0, sizeof *finder);
    if (nbytes >= 4) {
        *token++ = raw[at++]; /* place 0 is in the table already */
    }
    while (at + 4 <= nbytes) {
        uint32_t bytes = encode_load32(raw + at);
        uint32_t *bucket = &finder->bucket[hash4(bytes)], places = *bucket;
        uint32_t most = nbytes - at < ENCODE_MAX_MATCH ? nbytes - at : ENCODE_MAX_MATCH;
        uint32_t length = 0, from = 0;

        *bucket = places << 16 | at;
        for (unsigned i = 0; i < 2; i++, places >>= 16) {
            uint32_t place = places & 0xFFFF;

            if (encode_load32(raw + place) == bytes) {
                uint32_t found = agreeing(raw + at, raw + place, 4, most);

                if (found > length) {
                    length = found;
                    from = place;
                }
            }
        }
        if (!length) {
            *token++ = raw[at++];
            continue;
        }
        *token++ = encode_match(length, at - from);
        for (uint32_t end = at + length; ++at < end;) {
            if (at + 4 <= nbytes) {
                bucket = &finder->bucket[hash4(encode_load32(raw + at))];
                *bucket = *bucket << 16 | at;
            }
        }
    }
    while (at < nbytes)
        *token++ = raw[at++];
    return (uint32_t)(token - tokens);
}

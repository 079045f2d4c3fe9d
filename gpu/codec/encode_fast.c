/* SPDX-License-Identifier: MIT */
/* Tokens in one greedy pass. */
#include "gpu/codec/encode_parse.h"
#include "gpu/codec/match_length.h"

static uint32_t hash4(uint32_t bytes)
{
    return bytes * UINT32_C(0x9E3779B1) >> (32 - MATCH_HASH_BITS);
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
                uint32_t found = match_length(raw + at, raw + place, 4, most);

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

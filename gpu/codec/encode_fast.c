/* SPDX-License-Identifier: MIT */
/* Tokens in one pass, with one place looked ahead; counted as they come. */
#include "gpu/codec/encode_parse.h"

#include <stdbool.h>

/* A match shorter than that gives way to a longer one at the next place. */
enum { GIVES_WAY = 16 };

/*
 * Is the match at the next place worth a literal before it? A byte more is worth about four bits.
 */
static inline bool worth_a_literal(uint32_t length, uint32_t distance, uint32_t next_length,
                                   uint32_t next_distance)
{
    int32_t longer = (int32_t)(next_length - length);

    return 4 * longer + (int32_t)encode_log2(distance) - (int32_t)encode_log2(next_distance) > 2;
}

static encode_token *put_literal(encode_token *token, struct encode_counts *counts, uint8_t byte)
{
    counts->litlen[byte]++;
    *token = byte;
    return token + 1;
}

static encode_token *put_match(encode_token *token, struct encode_counts *counts, uint32_t length,
                               uint32_t distance)
{
    unsigned extra;

    counts->litlen[encode_length_symbol(length)]++;
    counts->distance[encode_distance_code(distance, &extra)]++;
    *token = encode_match(length, distance);
    return token + 1;
}

/* Tokens of places at..end - 1; the last may reach behind. Returns where it ends. */
static uint32_t parse(struct match_hash *finder, const uint8_t *raw, uint32_t nbytes, uint32_t at,
                      uint32_t end, struct encode_counts *counts, encode_token **tokens)
{
    encode_token *token = *tokens;
    uint32_t safe = nbytes - MATCH_HASH_READS; /* the last place that can be looked up */

    while (at < end) {
        uint32_t from, length = match_hash_find(finder, raw, at, nbytes, &from), known = at + 1;

        if (!length) {
            token = put_literal(token, counts, raw[at++]);
            continue;
        }
        while (length < GIVES_WAY && at < safe) {
            uint32_t next_from, next = match_hash_find(finder, raw, at + 1, nbytes, &next_from);

            known++;
            if (!next || !worth_a_literal(length, at - from, next, at + 1 - next_from))
                break;
            token = put_literal(token, counts, raw[at++]);
            length = next;
            from = next_from;
        }
        token = put_match(token, counts, length, at - from);
        at += length;
        for (uint32_t last = at <= safe ? at : safe + 1; known < last; known++)
            match_hash_add(finder, encode_load64(raw + known), known);
    }
    *tokens = token;
    return at;
}

void encode_parse_fast(struct match_hash *finder, const uint8_t *raw, uint32_t nbytes,
                       encode_token *tokens, struct encode_split *split, uint32_t piece_nbytes)
{
    uint32_t at = 0, lookups = nbytes < MATCH_HASH_READS ? 0 : nbytes - MATCH_HASH_READS + 1;
    encode_token *token = tokens;

    memset(finder, 0, sizeof *finder);
    split->count = 0;
    while (at < nbytes) {
        struct encode_stretch *stretch = &split->stretch[split->count++];
        struct encode_counts *counts = &stretch->counts;
        uint32_t start = at, end = nbytes - at < piece_nbytes ? nbytes : at + piece_nbytes;
        encode_token *first = token;

        memset(counts, 0, sizeof *counts);
        if (!at)
            token = put_literal(token, counts, raw[at++]);
        if (at < lookups)
            at = parse(finder, raw, nbytes, at, end < lookups ? end : lookups, counts, &token);
        while (at >= lookups && at < end)
            token = put_literal(token, counts, raw[at++]);
        counts->litlen[ENCODE_END_OF_BLOCK] = 1;
        stretch->token_count = (uint32_t)(token - first);
        stretch->raw_nbytes = at - start;
    }
}

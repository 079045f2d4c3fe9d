/* SPDX-License-Identifier: MIT */
/* The cheapest way through a tile, found from its end. */
#include "gpu/codec/encode_optimal.h"
#include "gpu/codec/encode_log2.h"

#include <stdbool.h>

enum {
    CUT_MOST = 8,    /* of a long match, so many lengths are tried */
    SURELY_PAYS = 5, /* bytes of a match, before there are prices */
    MATCH_NBITS = 6, /* of a short match, and about as many as its distance has */
};

/* Bits of each byte as a literal, if all were literals. */
static void guess_literals(float *nbits, const uint8_t *raw, uint32_t nbytes)
{
    uint32_t counts[256] = {0};
    float total = encode_log2_about((float)nbytes);

    for (uint32_t i = 0; i < nbytes; i++)
        counts[raw[i]]++;
    for (unsigned i = 0; i < 256; i++)
        nbits[i] = total - encode_log2_about((float)counts[i]);
}

/* A short match far away may cost more than its literals; then it would spoil the first prices. */
static bool pays(const float *literal_nbits, const uint8_t *raw, uint32_t length, uint32_t distance)
{
    float nbits = 0;

    if (length >= SURELY_PAYS || length < ENCODE_MIN_MATCH)
        return length >= ENCODE_MIN_MATCH;
    for (uint32_t i = 0; i < length; i++)
        nbits += literal_nbits[raw[i]];
    return nbits >= (float)(MATCH_NBITS + encode_log2(distance));
}

static encode_token longest_at(const struct match_tree *tree, uint32_t at)
{
    return tree->first[at + 1] > tree->first[at] ? tree->match[tree->first[at + 1] - 1] : 0;
}

uint32_t encode_parse_lazy(const struct match_tree *tree, const uint8_t *raw, uint32_t nbytes,
                           encode_token *tokens)
{
    encode_token *token = tokens, longest, next = nbytes ? longest_at(tree, 0) : 0;
    float literal_nbits[256];

    guess_literals(literal_nbits, raw, nbytes);
    for (uint32_t at = 0; at < nbytes;) {
        uint32_t length;

        longest = next;
        length = longest >> 16;
        next = at + 1 < nbytes ? longest_at(tree, at + 1) : 0;
        if (next >> 16 > length || !pays(literal_nbits, raw + at, length, longest & 0xFFFF)) {
            *token++ = raw[at++];
        } else {
            *token++ = longest;
            at += length;
            next = at < nbytes ? longest_at(tree, at) : 0;
        }
    }
    return (uint32_t)(token - tokens);
}

static void set(uint32_t *prices, const uint32_t *counts, unsigned symbols, float most)
{
    float total = 0;

    for (unsigned i = 0; i < symbols; i++)
        total += (float)counts[i];
    total = encode_log2_about(total + 1);
    for (unsigned i = 0; i < symbols; i++) {
        float nbits = counts[i] ? total - encode_log2_about((float)counts[i]) : most;

        nbits = nbits < 1 ? 1 : nbits > most ? most : nbits;
        prices[i] = (uint32_t)(nbits * 32) * ENCODE_RANKS;
    }
}

void encode_prices_set(struct encode_prices *prices, const struct encode_counts *counts)
{
    uint32_t litlen[ENCODE_LITLENS];

    set(litlen, counts->litlen, ENCODE_LITLENS, 13);
    memcpy(prices->literal, litlen, sizeof prices->literal);
    for (uint32_t length = ENCODE_MIN_MATCH; length <= ENCODE_MAX_SHORT; length++) {
        unsigned extra, symbol = encode_length_code(length, &extra);

        prices->length[length] = litlen[symbol] + extra * ENCODE_PRICE_BIT;
    }
    prices->long_length = litlen[ENCODE_LONG_LENGTH] + 16 * ENCODE_PRICE_BIT;
    set(prices->distance, counts->distance, ENCODE_DISTANCES, 10);
    prices->distance[MATCH_NO_CODE] = ENCODE_NEVER;
    for (unsigned i = 0; i < ENCODE_DISTANCES; i++)
        prices->distance[i] += encode_distance_extra_bits(i) * ENCODE_PRICE_BIT;
}

/*
 * Longer steps of one place, when any is cheaper than the best that is known. Of a match only its
 * last lengths are tried: cut shorter, it hardly ever pays.
 */
static void longer_steps(struct encode_optimal *optimal, uint32_t at, uint32_t most)
{
    const struct match_tree *tree = &optimal->tree;
    const struct encode_prices *prices = &optimal->steps.prices;
    const uint32_t *cost = optimal->steps.cost + at;
    uint32_t best = *cost, best_length = optimal->steps.length[at], length = MATCH_ROW_MOST + 1;

    for (uint32_t i = tree->first[at]; i < tree->first[at + 1] && length <= most; i++) {
        uint32_t longest = tree->match[i] >> 16, price, end;
        unsigned extra;

        if (longest < length)
            continue;
        longest = longest < most ? longest : most;
        price = prices->distance[encode_distance_code(tree->match[i] & 0xFFFF, &extra)];
        if (longest > ENCODE_MAX_SHORT && price + prices->long_length + cost[longest] < best) {
            /* Whole, or below as much of it as an ordinary length takes. */
            best = price + prices->long_length + cost[longest];
            best_length = longest;
        }
        end = longest < ENCODE_MAX_SHORT ? longest : ENCODE_MAX_SHORT;
        length = end > length + CUT_MOST ? end - CUT_MOST : length;
        for (; length <= end; length++) {
            uint32_t sum = price + prices->length[length] + cost[length];

            if (sum < best) {
                best = sum;
                best_length = length;
            }
        }
    }
    optimal->steps.cost[at] = best;
    optimal->steps.length[at] = (uint16_t)best_length;
}

/* Follows the cheapest steps from the front. */
static uint32_t follow(const struct encode_optimal *optimal, const uint8_t *raw, uint32_t first,
                       uint32_t end, encode_token *tokens, struct encode_counts *counts)
{
    const struct match_tree *tree = &optimal->tree;
    encode_token *token = tokens;

    memset(counts, 0, sizeof *counts);
    for (uint32_t at = first; at < end;) {
        uint32_t length = optimal->steps.length[at];
        const encode_token *match = &tree->match[tree->first[at]];
        unsigned extra;

        at += length;
        if (length == 1) {
            counts->litlen[raw[at - 1]]++;
            *token++ = raw[at - 1];
            continue;
        }
        while (*match >> 16 < length)
            match++;
        counts->litlen[encode_length_symbol(length)]++;
        counts->distance[encode_distance_code(*match & 0xFFFF, &extra)]++;
        *token++ = encode_match(length, *match & 0xFFFF);
    }
    counts->litlen[ENCODE_END_OF_BLOCK] = 1;
    return (uint32_t)(token - tokens);
}

uint32_t encode_parse_optimal(struct encode_optimal *optimal, const uint8_t *raw, uint32_t first,
                              uint32_t end, encode_token *tokens, struct encode_counts *counts)
{
    const struct match_tree *tree = &optimal->tree;
    struct encode_steps *steps = &optimal->steps;

    /* The vectors reach behind the end, where no step may lead. */
    steps->cost[end] = 0;
    for (uint32_t i = 1; i <= MATCH_ROW_MOST; i++)
        steps->cost[end + i] = ENCODE_NEVER;
    for (uint32_t at = end; at > first;) {
        at = optimal->walk(steps, tree, raw, first, at);
        if (tree->longer[at])
            longer_steps(optimal, at, end - at);
    }
    return follow(optimal, raw, first, end, tokens, counts);
}

void encode_optimal_init(struct encode_optimal *optimal, enum gdeflate_isa most)
{
    optimal->walk = encode_steps_best(most);
    optimal->tree.room = MATCH_ROOM;
}

/* SPDX-License-Identifier: MIT */
/* The cheapest way through a tile, found from its end. */
#include "gpu/codec/encode_optimal.h"
#include "gpu/codec/encode_log2.h"

enum { CUT_MOST = 8 };

uint32_t encode_parse_lazy(const struct match_tree *tree, const uint8_t *raw, uint32_t nbytes,
                           encode_token *tokens)
{
    encode_token *token = tokens;

    for (uint32_t at = 0; at < nbytes;) {
        const encode_token *end = &tree->match[tree->first[at + 1]];
        encode_token longest = end > &tree->match[tree->first[at]] ? end[-1] : 0, next = 0;
        uint32_t length = longest >> 16;

        if (at + 1 < nbytes && tree->first[at + 2] > tree->first[at + 1])
            next = tree->match[tree->first[at + 2] - 1];
        /* A match of three far away costs more than its literals; a longer one may come next. */
        if (length < ENCODE_MIN_MATCH || (length == ENCODE_MIN_MATCH && (longest & 0xFFFF) > 4096) ||
            next >> 16 > length) {
            *token++ = raw[at++];
        } else {
            *token++ = longest;
            at += length;
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
 * Longer steps of one place, when any is cheaper than the best that is known. Of a match only its last
 * lengths are tried: cut shorter, it hardly ever pays.
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

uint32_t encode_parse_optimal(struct encode_optimal *optimal, const uint8_t *raw, uint32_t first,
                              uint32_t end, encode_token *tokens)
{
    const struct match_tree *tree = &optimal->tree;
    struct encode_steps *steps = &optimal->steps;
    encode_token *token = tokens;

    /* The vectors reach behind the end, where no step may lead. */
    steps->cost[end] = 0;
    for (uint32_t i = 1; i <= MATCH_ROW_MOST; i++)
        steps->cost[end + i] = ENCODE_NEVER;
    for (uint32_t at = end; at > first;) {
        at = optimal->walk(steps, tree, raw, first, at);
        if (tree->longer[at])
            longer_steps(optimal, at, end - at);
    }
    for (uint32_t at = first; at < end; at += steps->length[at]) {
        uint32_t length = steps->length[at];
        const encode_token *match = &tree->match[tree->first[at]];

        if (length == 1) {
            *token++ = raw[at];
            continue;
        }
        while (*match >> 16 < length)
            match++;
        *token++ = encode_match(length, *match & 0xFFFF);
    }
    return (uint32_t)(token - tokens);
}

void encode_optimal_init(struct encode_optimal *optimal)
{
    optimal->walk = encode_steps_best();
}

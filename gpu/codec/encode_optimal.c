/* SPDX-License-Identifier: MIT */
/* The cheapest way through a tile, found from its end. */
#include "gpu/codec/encode_optimal.h"
#include "gpu/codec/encode_log2.h"

#include <stdbool.h>

enum {
    CUT_MOST = 8,      /* of a long match, so many lengths are tried */
    SAMPLE = 7,        /* one place of so many is looked at before there are prices */
    MATCH_NBITS = 8,   /* of a match, and about as many as its distance has */
    LEAST_LITERAL = 2, /* bits, beside matches */
};

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
 * How many places have a match that takes less than its bytes would as literals, if all were
 * literals; from some of the places.
 */
static uint32_t worthwhile(const struct match_tree *tree, const uint32_t *counts, uint32_t nbytes)
{
    float nbits = encode_log2_about((float)nbytes);
    uint32_t found = 0;

    for (unsigned i = 0; i < 256; i++)
        nbits -= (float)counts[i] * encode_log2_about((float)counts[i]) / (float)nbytes;
    nbits = nbits < (float)LEAST_LITERAL ? (float)LEAST_LITERAL : nbits;
    for (uint32_t at = 0; at < nbytes; at += SAMPLE) {
        uint32_t end = tree->first[at + 1];
        encode_token longest = end > tree->first[at] ? tree->match[end - 1] : 1;

        found +=
            nbits * (float)(longest >> 16) >= (float)(MATCH_NBITS + encode_log2(longest & 0xFFFF));
    }
    return found * SAMPLE < nbytes ? found * SAMPLE : nbytes;
}

/*
 * As if five of eight bytes where a match is worth it were inside of one, short ones being
 * likelier, and every distance code as likely as any other.
 */
void encode_prices_guess(struct encode_prices *prices, const struct match_tree *tree,
                         const uint8_t *raw, uint32_t nbytes, unsigned literal_eighths)
{
    struct encode_counts counts = {0};
    uint32_t matched, literals;

    for (uint32_t i = 0; i < nbytes; i++)
        counts.litlen[raw[i]]++;
    matched = worthwhile(tree, counts.litlen, nbytes);
    literals = (nbytes - matched * 5 / 8) * literal_eighths / 8;
    for (unsigned i = 0; i < 256; i++)
        counts.litlen[i] = (uint32_t)((uint64_t)counts.litlen[i] * literals / nbytes);
    counts.litlen[ENCODE_END_OF_BLOCK] = 1;
    for (uint32_t length = ENCODE_MIN_MATCH; length <= ENCODE_MAX_SHORT; length++)
        counts.litlen[encode_length_symbol(length)] += matched / (length * length) + 1;
    for (unsigned i = 0; i < ENCODE_DISTANCES; i++)
        counts.distance[i] = 1;
    encode_prices_set(prices, &counts);
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

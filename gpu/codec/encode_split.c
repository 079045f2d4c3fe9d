/* SPDX-License-Identifier: MIT */
/*
 * Stretches of tokens, joined from the bottom up: always the two neighbours that gain most by it.
 */
#include "gpu/codec/encode_split.h"
#include "gpu/codec/encode_log2.h"

/*
 * A block's header as a function of how many symbols it uses, about: fitted to what headers take.
 */
#define HEADER_NBITS 250.0f
#define SYMBOL_NBITS 2.45f
#define STORED_NBITS 19.0f

static float entropy(const uint32_t *counts, unsigned symbols, float *used_out)
{
    float total = 0, sum = 0, used = 0;

    for (unsigned i = 0; i < symbols; i++) {
        float count = (float)(int32_t)counts[i];

        total += count;
        sum += count * encode_log2_about(count);
        used += counts[i] ? 1.0f : 0.0f;
    }
    *used_out = used;
    return total * encode_log2_about(total) - sum;
}

float encode_split_nbits(const struct encode_counts *counts, uint32_t raw_nbytes)
{
    float litlens, distances, nbits, stored = STORED_NBITS + 8 * (float)raw_nbytes;
    uint32_t extra = 0;

    for (unsigned i = ENCODE_FIRST_LENGTH; i < ENCODE_LITLENS; i++)
        extra += counts->litlen[i] * encode_litlen_extra_bits(i);
    for (unsigned i = 0; i < ENCODE_DISTANCES; i++)
        extra += counts->distance[i] * encode_distance_extra_bits(i);
    nbits = entropy(counts->litlen, ENCODE_FIXED_LITLENS, &litlens);
    nbits += entropy(counts->distance, ENCODE_DISTANCES, &distances);
    nbits += (float)extra + HEADER_NBITS + SYMBOL_NBITS * (litlens + distances);
    return nbits < stored ? nbits : stored;
}

static void cut(struct encode_split *split, const encode_token *tokens, uint32_t count,
                uint32_t piece_nbytes)
{
    uint32_t at = 0;

    split->count = 0;
    do {
        struct encode_stretch *stretch = &split->stretch[split->count++];
        uint32_t nbytes = 0, start = at;

        memset(&stretch->counts, 0, sizeof stretch->counts);
        while (at < count && nbytes < piece_nbytes) {
            /* Literal or match is not branched on: neither is likelier. */
            uint32_t length = tokens[at] >> 16, low = tokens[at] & 0xFFFF, is_match = length != 0;
            unsigned symbol = encode_length_symbol(is_match ? length : ENCODE_MIN_MATCH), extra;

            stretch->counts.litlen[is_match ? symbol : low]++;
            stretch->counts.distance[encode_distance_code(low + 1 - is_match, &extra)] += is_match;
            nbytes += is_match ? length : 1;
            at++;
        }
        stretch->counts.litlen[ENCODE_END_OF_BLOCK] = 1;
        stretch->token_count = at - start;
        stretch->raw_nbytes = nbytes;
    } while (at < count);
}

static void join_counts(struct encode_counts *sum, const struct encode_counts *a,
                        const struct encode_counts *b)
{
    for (unsigned i = 0; i < ENCODE_FIXED_LITLENS; i++)
        sum->litlen[i] = a->litlen[i] + b->litlen[i];
    for (unsigned i = 0; i < ENCODE_DISTANCES; i++)
        sum->distance[i] = a->distance[i] + b->distance[i];
    sum->litlen[ENCODE_END_OF_BLOCK] = 1;
}

static void weigh(struct encode_split *split, uint32_t i)
{
    const struct encode_stretch *a = &split->stretch[i], *b = a + 1;

    join_counts(&split->joined, &a->counts, &b->counts);
    split->joined_nbits[i] = encode_split_nbits(&split->joined, a->raw_nbytes + b->raw_nbytes);
    split->gain[i] = a->nbits + b->nbits - split->joined_nbits[i];
}

static void join(struct encode_split *split, uint32_t i)
{
    struct encode_stretch *a = &split->stretch[i], *b = a + 1;
    uint32_t behind = split->count - i - 2;

    join_counts(&a->counts, &a->counts, &b->counts);
    a->token_count += b->token_count;
    a->raw_nbytes += b->raw_nbytes;
    a->nbits = split->joined_nbits[i];
    memmove(b, b + 1, behind * sizeof *b);
    if (behind) {
        memmove(&split->gain[i], &split->gain[i + 1], behind * sizeof split->gain[0]);
        memmove(&split->joined_nbits[i], &split->joined_nbits[i + 1],
                behind * sizeof split->joined_nbits[0]);
        weigh(split, i);
    }
    split->count--;
    if (i)
        weigh(split, i - 1);
}

void encode_split_join(struct encode_split *split)
{
    for (uint32_t i = 0; i < split->count; i++)
        split->stretch[i].nbits =
            encode_split_nbits(&split->stretch[i].counts, split->stretch[i].raw_nbytes);
    for (uint32_t i = 0; i + 1 < split->count; i++)
        weigh(split, i);
    while (split->count > 1) {
        uint32_t best = 0;

        for (uint32_t i = 1; i + 1 < split->count; i++)
            best = split->gain[i] > split->gain[best] ? i : best;
        if (split->gain[best] <= 0)
            break;
        join(split, best);
    }
}

void encode_split_tokens(struct encode_split *split, const encode_token *tokens, uint32_t count,
                         uint32_t piece_nbytes)
{
    cut(split, tokens, count, piece_nbytes);
    encode_split_join(split);
}

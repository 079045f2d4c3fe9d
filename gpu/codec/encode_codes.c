/* SPDX-License-Identifier: MIT */
/* Prefix codes: lengths from frequencies, canonical codewords, and what both cost. */
#include "gpu/codec/encode_codes.h"

/* ---- lengths ---- */

enum { SYMBOL_BITS = 9, SYMBOL_MASK = (1 << SYMBOL_BITS) - 1, MOST_COUNTED = 65535 };

/* Sorts by count, equal counts by symbol: two passes of eight bits each. */
static void sort_keys(uint32_t *keys, unsigned count, uint32_t *spare)
{
    for (unsigned shift = SYMBOL_BITS; shift <= SYMBOL_BITS + 8; shift += 8) {
        uint32_t starts[257] = {0};

        for (unsigned i = 0; i < count; i++)
            starts[(keys[i] >> shift & 255) + 1]++;
        if (shift > SYMBOL_BITS && starts[1] == count)
            return;
        for (unsigned i = 0; i < 255; i++)
            starts[i + 1] += starts[i];
        for (unsigned i = 0; i < count; i++)
            spare[starts[keys[i] >> shift & 255]++] = keys[i];
        memcpy(keys, spare, count * sizeof *keys);
    }
}

/*
 * How many leaves of Huffman's tree lie at each depth, for weights in ascending order. Leaves and
 * inner nodes are two queues that are both in order, so the two lightest stand at their heads.
 */
static void count_depths(const uint32_t *keys, unsigned leaves, unsigned limit, uint32_t *at_depth)
{
    uint32_t weight[ENCODE_FIXED_LITLENS];
    uint16_t leaf_parent[ENCODE_FIXED_LITLENS], parent[ENCODE_FIXED_LITLENS];
    uint8_t depth[ENCODE_FIXED_LITLENS];
    unsigned leaf = 0, inner = 0;

    for (unsigned made = 0; made < leaves - 1; made++) {
        uint32_t sum = 0;

        for (unsigned child = 0; child < 2; child++) {
            if (inner == made || (leaf < leaves && keys[leaf] >> SYMBOL_BITS <= weight[inner])) {
                sum += keys[leaf] >> SYMBOL_BITS;
                leaf_parent[leaf++] = (uint16_t)made;
            } else {
                sum += weight[inner];
                parent[inner++] = (uint16_t)made;
            }
        }
        weight[made] = sum;
    }
    depth[leaves - 2] = 0;
    for (unsigned i = leaves - 2; i-- > 0;)
        depth[i] = (uint8_t)(depth[parent[i]] + 1);
    memset(at_depth, 0, (limit + 1) * sizeof *at_depth);
    for (unsigned i = 0; i < leaves; i++) {
        unsigned deep = depth[leaf_parent[i]] + 1u;

        at_depth[deep < limit ? deep : limit]++;
    }
}

/*
 * Leaves that were pulled up to the limit make the tree too full by a number of places of the
 * lowest row. Each is won back by pushing a leaf one down: it then has room for one more from that
 * row.
 */
static void mend_depths(uint32_t *at_depth, unsigned limit)
{
    uint32_t places = 0;

    for (unsigned depth = 1; depth <= limit; depth++)
        places += at_depth[depth] << (limit - depth);
    for (; places > 1u << limit; places--) {
        unsigned depth = limit - 1;

        while (!at_depth[depth])
            depth--;
        at_depth[depth]--;
        at_depth[depth + 1] += 2;
        at_depth[limit]--;
    }
}

void encode_code_lengths(const uint32_t *counts, unsigned symbols, unsigned limit, uint8_t *nbits)
{
    uint32_t keys[ENCODE_FIXED_LITLENS], spare[ENCODE_FIXED_LITLENS], at_depth[16];
    unsigned used = 0;

    memset(nbits, 0, symbols);
    for (unsigned i = 0; i < symbols; i++) {
        uint32_t count = counts[i] < MOST_COUNTED ? counts[i] : MOST_COUNTED;

        keys[used] = count << SYMBOL_BITS | i;
        used += count != 0;
    }
    if (used < 2) {
        /* [I] Some decoders want a complete code even where one symbol or none is used. */
        unsigned symbol = used ? keys[0] & SYMBOL_MASK : 0;

        nbits[symbol] = 1;
        nbits[symbol ? 0 : 1] = 1;
        return;
    }
    sort_keys(keys, used, spare);
    count_depths(keys, used, limit, at_depth);
    mend_depths(at_depth, limit);
    for (unsigned depth = limit, i = 0; depth; depth--) {
        for (uint32_t left = at_depth[depth]; left; left--)
            nbits[keys[i++] & SYMBOL_MASK] = (uint8_t)depth;
    }
}

/* ---- codewords ---- */

static uint32_t reversed(uint32_t code, unsigned nbits)
{
    code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
    code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
    code = (code & 0x0F0F) << 4 | (code >> 4 & 0x0F0F);
    code = (code & 0x00FF) << 8 | (code >> 8 & 0x00FF);
    return code >> (16 - nbits);
}

void encode_codewords(const uint8_t *nbits, unsigned symbols, struct encode_bits *codewords)
{
    uint32_t of_length[16] = {0}, code[16] = {0};

    for (unsigned i = 0; i < symbols; i++)
        of_length[nbits[i]]++;
    of_length[0] = 0;
    for (unsigned length = 1; length < 16; length++)
        code[length] = (code[length - 1] + of_length[length - 1]) << 1;
    for (unsigned i = 0; i < symbols; i++) {
        codewords[i].count = nbits[i];
        codewords[i].bits = nbits[i] ? reversed(code[nbits[i]]++, nbits[i]) : 0;
    }
}

/* ---- the codes of a block ---- */

void encode_codes_dynamic(struct encode_codes *codes, const struct encode_counts *counts)
{
    encode_code_lengths(counts->litlen, ENCODE_FIXED_LITLENS, ENCODE_LITLEN_LIMIT,
                        codes->litlen_nbits);
    encode_code_lengths(counts->distance, ENCODE_DISTANCES, ENCODE_DISTANCE_LIMIT,
                        codes->distance_nbits);
}

void encode_codes_fixed(struct encode_codes *codes)
{
    memset(codes->litlen_nbits, 8, 144);
    memset(codes->litlen_nbits + 144, 9, 112);
    memset(codes->litlen_nbits + 256, 7, 24);
    memset(codes->litlen_nbits + 280, 8, 8);
    memset(codes->distance_nbits, 5, ENCODE_DISTANCES);
}

uint32_t encode_codes_cost(const struct encode_codes *codes, const struct encode_counts *counts)
{
    uint32_t nbits = 0;

    for (unsigned i = 0; i < ENCODE_LITLENS; i++)
        nbits += counts->litlen[i] * codes->litlen_nbits[i];
    for (unsigned i = ENCODE_FIRST_LENGTH; i < ENCODE_LITLENS; i++)
        nbits += counts->litlen[i] * encode_litlen_extra_bits(i);
    for (unsigned i = 0; i < ENCODE_DISTANCES; i++)
        nbits += counts->distance[i] * (codes->distance_nbits[i] + encode_distance_extra_bits(i));
    return nbits;
}

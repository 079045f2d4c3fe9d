/* SPDX-License-Identifier: MIT */
/* How a dynamic block describes its codes: code lengths as runs, runs as a code of their own. */
#include "gpu/codec/encode_codes.h"

enum { REPEAT = 16, ZEROS = 17, MANY_ZEROS = 18 };

static unsigned extra_of(unsigned symbol)
{
    return symbol < REPEAT ? 0 : symbol == REPEAT ? 2 : symbol == ZEROS ? 3 : 7;
}

static void add(struct encode_header *header, uint32_t *counts, unsigned symbol, uint32_t extra)
{
    /* Until the code is known: the symbol and its extra bits. */
    header->item[header->items++] = (struct encode_bits){extra, symbol};
    counts[symbol]++;
}

static void add_run(struct encode_header *header, uint32_t *counts, unsigned length, unsigned run)
{
    if (!length) {
        for (; run >= 11; run -= run < 138 ? run : 138)
            add(header, counts, MANY_ZEROS, (run < 138 ? run : 138) - 11);
        if (run >= 3) {
            add(header, counts, ZEROS, run - 3);
            run = 0;
        }
    } else {
        add(header, counts, length, 0);
        run--;
        /* 7 is 4 + 3, not 6 and a single one. */
        for (; run >= 3; run -= run == 7 ? 4 : run < 6 ? run : 6)
            add(header, counts, REPEAT, (run == 7 ? 4 : run < 6 ? run : 6) - 3);
    }
    for (; run; run--)
        add(header, counts, length, 0);
}

void encode_header_make(struct encode_header *header, const struct encode_codes *codes)
{
    static const uint8_t order[ENCODE_HEADER_SYMBOLS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                         11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[ENCODE_HEADER_ITEMS], nbits[ENCODE_HEADER_SYMBOLS];
    uint32_t counts[ENCODE_HEADER_SYMBOLS] = {0};
    struct encode_bits codewords[ENCODE_HEADER_SYMBOLS];
    unsigned total;

    header->litlens = ENCODE_LITLENS;
    while (header->litlens > 257 && !codes->litlen_nbits[header->litlens - 1])
        header->litlens--;
    header->distances = ENCODE_DISTANCES;
    while (header->distances > 1 && !codes->distance_nbits[header->distances - 1])
        header->distances--;
    memcpy(lengths, codes->litlen_nbits, header->litlens);
    memcpy(lengths + header->litlens, codes->distance_nbits, header->distances);
    total = header->litlens + header->distances;

    header->items = 0;
    for (unsigned i = 0, run; i < total; i += run) {
        run = 1;
        while (i + run < total && lengths[i + run] == lengths[i])
            run++;
        add_run(header, counts, lengths[i], run);
    }
    encode_code_lengths(counts, ENCODE_HEADER_SYMBOLS, ENCODE_HEADER_LIMIT, nbits);
    encode_codewords(nbits, ENCODE_HEADER_SYMBOLS, codewords);

    header->orders = ENCODE_HEADER_SYMBOLS;
    while (header->orders > 4 && !nbits[order[header->orders - 1]])
        header->orders--;
    for (unsigned i = 0; i < header->orders; i++)
        header->order[i] = (struct encode_bits){nbits[order[i]], 3};
    header->nbits = 14 + 3 * header->orders;
    for (unsigned i = 0; i < header->items; i++) {
        struct encode_bits *item = &header->item[i], code = codewords[item->count];

        *item = (struct encode_bits){code.bits | item->bits << code.count,
                                     code.count + extra_of(item->count)};
        header->nbits += item->count;
    }
}

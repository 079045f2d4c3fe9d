/* SPDX-License-Identifier: MIT */
/* A tile from its first word to its last byte: blocks, their headers, and stored ones. */
#include "gpu/codec/decode_priv.h"

/* ---- which decoder ---- */

struct decoder_isa {
    const char *name;
    gd_symbols *symbols;
    gd_copier *copy;
    gd_stored *stored;
};

static const struct decoder_isa isas[GDEFLATE_ISA_COUNT] = {
    [GDEFLATE_SCALAR] = {"scalar", gd_symbols_scalar, gd_copy_scalar, gd_stored_scalar},
#ifdef __x86_64__
    [GDEFLATE_AVX2] = {"avx2", gd_symbols_avx2, gd_copy_avx2, gd_stored_scalar},
    [GDEFLATE_AVX512] = {"avx512", gd_symbols_avx512, gd_copy_avx2, gd_stored_avx512},
#else
    [GDEFLATE_AVX2] = {.name = "avx2"},
    [GDEFLATE_AVX512] = {.name = "avx512"},
#endif
};

const char *gdeflate_isa_name(enum gdeflate_isa isa)
{
    return (unsigned)isa < GDEFLATE_ISA_COUNT ? isas[isa].name : "?";
}

int gdeflate_isa_usable(enum gdeflate_isa isa)
{
#ifdef __x86_64__
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");

    if (isa == GDEFLATE_AVX2) {
        return avx2;
    }
    if (isa == GDEFLATE_AVX512) {
        return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    }
#endif
    return isa == GDEFLATE_SCALAR;
}

enum gdeflate_isa gdeflate_best_isa(void)
{
    enum gdeflate_isa best = GDEFLATE_ISA_COUNT - 1;

    while (!gdeflate_isa_usable(best)) {
        best--;
    }
    return best;
}

/* ---- blocks ---- */

/*
 * A stored block: byte i is eight bits of lane i mod 32. In four rounds a lane gives four bytes,
 * its low word, and takes one word, in the round in which its count falls below 32; which round
 * that is, only the count tells, and after four rounds that is what it was. So it takes the word of
 * the same place among the 32 of each four rounds.
 */
static void find_places(const struct gd_decoder *d, uint32_t places[LANES])
{
    uint32_t taken = 0;

    for (uint32_t round = 0; round < 4; round++) {
        for (uint32_t lane = 0; lane < LANES; lane++) {
            if ((d->count[lane] - 32) / 8 == round) {
                places[lane] = taken++;
            }
        }
    }
}

enum gdeflate_status gd_stored_scalar(struct gd_decoder *d, const uint32_t places[LANES],
                                      uint32_t four_rounds)
{
    for (; four_rounds; four_rounds--, d->position += 4 * LANES, d->at += LANES) {
        uint8_t *out = d->out + d->position;
        const uint8_t *in;

        if (gd_need_words(d)) {
            return GDEFLATE_SHORT_TILE;
        }
        in = d->words + 4 * (size_t)d->at;
        for (uint32_t lane = 0; lane < LANES; lane++) {
            uint64_t bits = d->bits[lane], word = gd_load32(in + 4 * places[lane]);

            out[lane] = (uint8_t)bits;
            out[lane + LANES] = (uint8_t)(bits >> 8);
            out[lane + 2 * LANES] = (uint8_t)(bits >> 16);
            out[lane + 3 * LANES] = (uint8_t)(bits >> 24);
            d->bits[lane] = bits >> 32 | word << (d->count[lane] - 32);
        }
    }
    return GDEFLATE_OK;
}

static enum gdeflate_status stored_block(struct gd_decoder *d, gd_stored *stored)
{
    uint32_t nbytes = gd_turn(d, 0, 16), left = nbytes % (4 * LANES);
    uint32_t places[LANES];

    if (nbytes > d->raw_nbytes - d->position) {
        return GDEFLATE_TOO_LONG;
    }
    find_places(d, places);
    if (stored(d, places, nbytes / (4 * LANES))) {
        return GDEFLATE_SHORT_TILE;
    }
    for (uint32_t i = 0; i < left; i++) {
        d->out[d->position++] = (uint8_t)gd_turn(d, i % LANES, 8);
    }
    return GDEFLATE_OK;
}

static void make_fixed_tables(struct gd_decoder *d)
{
    uint8_t lengths[MAX_SYMBOLS + MAX_DISTANCES];

    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    memset(lengths + MAX_SYMBOLS, 5, MAX_DISTANCES);
    gd_make_tables(d, lengths, MAX_SYMBOLS, MAX_DISTANCES); /* these are a code */
}

static enum gdeflate_status decode_blocks(struct gd_decoder *d, const struct decoder_isa *isa)
{
    uint32_t header;

    do {
        enum gdeflate_status status;

        header = gd_turn(d, 0, 3);
        switch (header >> 1) {
        case 0:
            status = stored_block(d, isa->stored);
            break;
        case 1:
            make_fixed_tables(d);
            status = isa->symbols(d);
            break;
        case 2:
            status = gd_read_code_lengths(d);
            if (!status) {
                status = isa->symbols(d);
            }
            break;
        default:
            status = GDEFLATE_BAD_BLOCK;
        }
        /* Bits that were not there are zeros, and whatever they led to follows from that. */
        if (d->at > d->word_count) {
            return GDEFLATE_SHORT_TILE;
        }
        if (status) {
            return status;
        }
    } while (!(header & 1));
    return d->position == d->raw_nbytes ? GDEFLATE_OK : GDEFLATE_TOO_SHORT;
}

enum gdeflate_status gdeflate_decode_tile(enum gdeflate_isa isa, const struct gdeflate_tile *tile,
                                          uint8_t *out)
{
    struct gd_decoder
        d; /* most of it queues and tables, of which nothing is read before it is set */

    if (tile->nbytes < 4 * LANES || tile->nbytes % 4) {
        return GDEFLATE_SHORT_TILE;
    }
    for (uint32_t lane = 0; lane < LANES; lane++) {
        d.bits[lane] = gd_load32(tile->bytes + 4 * lane);
        d.count[lane] = 32;
        d.table_at[lane] = LITERAL_TABLE;
    }
    d.words = tile->bytes;
    d.at = LANES;
    d.word_count = tile->nbytes / 4;
    d.out = out;
    d.position = 0;
    d.raw_nbytes = tile->raw_nbytes;
    d.copy = isas[isa].copy;
    d.literal_count = d.match_count = d.distance_count = 0;
    return decode_blocks(&d, &isas[isa]);
}

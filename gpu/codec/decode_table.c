/* SPDX-License-Identifier: MIT */
/* Prefix codes: from the lengths of the codewords, as the blocks give them, to tables. */
#include "gpu/codec/decode_priv.h"

#define QUARTERS 4u

/* Symbols in the order of their codewords, and how many there are of each length. */
struct code {
    uint16_t sorted[MAX_SYMBOLS + 1];
    uint32_t counts[MAX_CODE_NBITS + 1];
};

/* Codes that may leave code space: none, that of one codeword of one bit, and the empty one. */
enum partial { NO_PARTIAL, ONE_CODEWORD, ONE_OR_NONE };

/* next: where the next symbol of each length goes; those of length 0 go over each other. */
static inline void sort_in(struct code *code, uint16_t *next, const uint8_t *lengths,
                           uint32_t symbol)
{
    uint32_t nbits = lengths[symbol];

    code->sorted[next[nbits]] = (uint16_t)symbol;
    next[nbits] = (uint16_t)(next[nbits] + (nbits != 0));
}

/*
 * Says GDEFLATE_BAD_CODE unless the codewords fill the code space, or leave it as they may.
 * Symbols are counted and sorted in quarters: of one list each would wait for its neighbour, as
 * they mostly have the same length.
 */
static enum gdeflate_status sort_code(struct code *code, const uint8_t *lengths, uint32_t count,
                                      enum partial partial)
{
    uint16_t next[QUARTERS][MAX_CODE_NBITS + 1] = {{0}};
    uint32_t quarter = count / QUARTERS, total = 0;
    int32_t space = 1; /* codewords of this length that are left */

    for (uint32_t i = 0; i < quarter; i++) {
        next[0][lengths[i]]++;
        next[1][lengths[quarter + i]]++;
        next[2][lengths[2 * quarter + i]]++;
        next[3][lengths[3 * quarter + i]]++;
    }
    for (uint32_t i = QUARTERS * quarter; i < count; i++) {
        next[3][lengths[i]]++;
    }
    for (uint32_t nbits = 1; nbits <= MAX_CODE_NBITS; nbits++) {
        uint32_t first = total;

        for (uint32_t q = 0; q < QUARTERS; q++) {
            uint16_t of_quarter = next[q][nbits];

            next[q][nbits] = (uint16_t)total;
            total += of_quarter;
        }
        code->counts[nbits] = total - first;
        space = 2 * space - (int32_t)(total - first);
        if (space < 0) {
            return GDEFLATE_BAD_CODE;
        }
    }
    if (space && !(partial != NO_PARTIAL && total == 1 && code->counts[1]) &&
        !(partial == ONE_OR_NONE && !total)) {
        return GDEFLATE_BAD_CODE;
    }
    /* Symbols without a code go behind all others. */
    for (uint32_t q = 0; q < QUARTERS; q++) {
        next[q][0] = MAX_SYMBOLS;
    }
    for (uint32_t i = 0; i < quarter; i++) {
        sort_in(code, next[0], lengths, i);
        sort_in(code, next[1], lengths, quarter + i);
        sort_in(code, next[2], lengths, 2 * quarter + i);
        sort_in(code, next[3], lengths, 3 * quarter + i);
    }
    for (uint32_t i = QUARTERS * quarter; i < count; i++) {
        sort_in(code, next[3], lengths, i);
    }
    return GDEFLATE_OK;
}

/* Bytes with their bits in the other direction. */
#define REVERSED_4(high) (high), (high) + 128, (high) + 64, (high) + 192
#define REVERSED_16(high) \
    REVERSED_4(high), REVERSED_4((high) + 32), REVERSED_4((high) + 16), REVERSED_4((high) + 48)
#define REVERSED_64(high) \
    REVERSED_16(high), REVERSED_16((high) + 8), REVERSED_16((high) + 4), REVERSED_16((high) + 12)

static const uint8_t reversed[256] = {
    REVERSED_64(0), REVERSED_64(2), REVERSED_64(1), REVERSED_64(3),
};

/* A codeword as it stands in the stream: its first bit lowest. */
static inline uint32_t as_read(uint32_t codeword, uint32_t nbits)
{
    return ((uint32_t)reversed[codeword & 255] << 8 | reversed[codeword >> 8]) >> (16 - nbits);
}

/* Codewords of more than TABLE_BITS: the table leads to a second one, by their last bits. */
static uint32_t make_second_tables(uint32_t *table, uint32_t first, uint32_t second_at,
                                   const struct code *code, const uint16_t *sorted,
                                   uint32_t codeword, const uint32_t *infos)
{
    uint32_t prefix = UINT32_MAX;

    for (uint32_t nbits = TABLE_BITS + 1; nbits <= MAX_CODE_NBITS; nbits++) {
        codeword <<= 1;
        for (uint32_t left = code->counts[nbits]; left; left--, codeword++) {
            uint32_t entry = infos[*sorted++] + nbits * ENTRY_PER_BIT;
            uint32_t bits = as_read(codeword, nbits);

            /* Codewords of one prefix follow each other. */
            if ((bits & (TABLE_SIZE - 1)) != prefix) {
                prefix = bits & (TABLE_SIZE - 1);
                table[first + prefix] = ENTRY_OTHER | ENTRY_SECOND | second_at << 16;
                second_at += SECOND_SIZE;
            }
            for (uint32_t i = bits >> TABLE_BITS; i < SECOND_SIZE;
                 i += 1u << (nbits - TABLE_BITS)) {
                table[second_at - SECOND_SIZE + i] = entry;
            }
        }
    }
    return second_at;
}

/*
 * Makes the table at `first`, of 2^table_nbits entries, of the lengths of a code. infos are the
 * symbols' entries without their codes; second_at is where the next second table goes. Codewords
 * may be longer than table_nbits only if that is TABLE_BITS.
 */
static enum gdeflate_status make_table(uint32_t *table, uint32_t first, uint32_t table_nbits,
                                       uint32_t *second_at, const uint8_t *lengths, uint32_t count,
                                       const uint32_t *infos, enum partial partial)
{
    uint32_t *entries = table + first;
    struct code code;
    const uint16_t *sorted = code.sorted;
    uint32_t codeword = 0;

    if (sort_code(&code, lengths, count, partial)) {
        return GDEFLATE_BAD_CODE;
    }
    /* Only a code of one symbol or none leaves entries that nothing below writes. */
    entries[0] = entries[1] = ENTRY_OTHER;
    for (uint32_t nbits = 1; nbits <= table_nbits; nbits++) {
        /* A table for one more bit is the table so far, twice. */
        if (nbits > 1) {
            memcpy(entries + (1u << (nbits - 1)), entries, (1u << (nbits - 1)) * sizeof(*entries));
        }
        codeword <<= 1;
        for (uint32_t left = code.counts[nbits]; left; left--, codeword++) {
            entries[as_read(codeword, nbits)] = infos[*sorted++] + nbits * ENTRY_PER_BIT;
        }
    }
    if (table_nbits == TABLE_BITS) {
        *second_at = make_second_tables(table, first, *second_at, &code, sorted, codeword, infos);
    }
    return GDEFLATE_OK;
}

/* ---- the symbols of the format, without their codes ---- */

#define LITERAL(byte) (ENTRY_LITERAL | (uint32_t)(byte) << 16)
#define LITERALS_4(byte) \
    LITERAL(byte), LITERAL((byte) + 1), LITERAL((byte) + 2), LITERAL((byte) + 3)
#define LITERALS_16(byte) \
    LITERALS_4(byte), LITERALS_4((byte) + 4), LITERALS_4((byte) + 8), LITERALS_4((byte) + 12)
#define LITERALS_64(byte) \
    LITERALS_16(byte), LITERALS_16((byte) + 16), LITERALS_16((byte) + 32), LITERALS_16((byte) + 48)
/* The least length of a symbol, and its extra bits. */
#define LENGTH(least, extra) (ENTRY_LENGTH | ((least) - 3u) << 16 | (extra))
#define LENGTHS_4(least, extra) \
    LENGTH(least, extra), LENGTH((least) + (1u << (extra)), extra), \
    LENGTH((least) + (2u << (extra)), extra), LENGTH((least) + (3u << (extra)), extra)
#define DISTANCE(least, extra) (((least) - 1u) << 16 | (extra))
/* Both symbols of that many extra bits. */
#define DISTANCES_2(extra) \
    DISTANCE((2u << (extra)) + 1, extra), DISTANCE((3u << (extra)) + 1, extra)

static const uint32_t literal_infos[MAX_SYMBOLS] = {
    LITERALS_64(0), LITERALS_64(64), LITERALS_64(128), LITERALS_64(192),
    ENTRY_END,
    LENGTHS_4(3, 0), LENGTHS_4(7, 0), LENGTHS_4(11, 1), LENGTHS_4(19, 2), LENGTHS_4(35, 3),
    LENGTHS_4(67, 4), LENGTHS_4(131, 5),
    LENGTH(3, 16), /* as in DEFLATE64 */
    ENTRY_OTHER, ENTRY_OTHER,
};

static const uint32_t distance_infos[MAX_DISTANCES] = {
    DISTANCE(1, 0), DISTANCE(2, 0), DISTANCES_2(0), DISTANCES_2(1), DISTANCES_2(2), DISTANCES_2(3),
    DISTANCES_2(4), DISTANCES_2(5), DISTANCES_2(6), DISTANCES_2(7), DISTANCES_2(8), DISTANCES_2(9),
    DISTANCES_2(10), DISTANCES_2(11), DISTANCES_2(12), DISTANCES_2(13), DISTANCES_2(14),
};

/* Of the lengths of codes: the length, or PREVIOUS, and how many there are of it at least. */
#define PREVIOUS 255u
#define PRECODE(length, times, extra) (((uint32_t)(length) << 8 | (times)) << 16 | (extra))
#define PRECODE_BITS 7u
#define PRECODE_SYMBOLS 19u

static const uint32_t precode_infos[PRECODE_SYMBOLS] = {
    PRECODE(0, 1, 0), PRECODE(1, 1, 0), PRECODE(2, 1, 0), PRECODE(3, 1, 0), PRECODE(4, 1, 0),
    PRECODE(5, 1, 0), PRECODE(6, 1, 0), PRECODE(7, 1, 0), PRECODE(8, 1, 0), PRECODE(9, 1, 0),
    PRECODE(10, 1, 0), PRECODE(11, 1, 0), PRECODE(12, 1, 0), PRECODE(13, 1, 0), PRECODE(14, 1, 0),
    PRECODE(15, 1, 0), PRECODE(PREVIOUS, 3, 2), PRECODE(0, 3, 3), PRECODE(0, 11, 7),
};

enum gdeflate_status gd_make_tables(struct gd_decoder *d, const uint8_t *lengths,
                                    uint32_t literal_count, uint32_t distance_count)
{
    uint32_t second_at = SECOND_TABLES;

    if (!lengths[256]) {
        return GDEFLATE_BAD_CODE;
    }
    if (make_table(d->table, LITERAL_TABLE, TABLE_BITS, &second_at, lengths, literal_count,
                   literal_infos, ONE_CODEWORD)) {
        return GDEFLATE_BAD_CODE;
    }
    return make_table(d->table, DISTANCE_TABLE, TABLE_BITS, &second_at, lengths + literal_count,
                      distance_count, distance_infos, ONE_OR_NONE);
}

/* The lengths of a dynamic block's codes, which are themselves coded. */
enum gdeflate_status gd_read_code_lengths(struct gd_decoder *d)
{
    static const uint8_t order[PRECODE_SYMBOLS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                   11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint32_t counts = gd_turn(d, 0, 14);
    uint32_t literal_count = (counts & 31) + 257, distance_count = (counts >> 5 & 31) + 1;
    uint32_t precode_count = (counts >> 10) + 4, total = literal_count + distance_count, done = 0;
    uint8_t lengths[MAX_SYMBOLS + MAX_DISTANCES + 8], precode[PRECODE_SYMBOLS] = {0};
    uint32_t table[1u << PRECODE_BITS], unused = 0, length = PREVIOUS;

    for (uint32_t lane = 0; lane < precode_count; lane++) {
        precode[order[lane]] = (uint8_t)gd_turn(d, lane, 3);
    }
    /* A precode of one symbol could only make all lengths the same, and such codes are none. */
    if (make_table(table, 0, PRECODE_BITS, &unused, precode, PRECODE_SYMBOLS, precode_infos,
                   NO_PARTIAL)) {
        return GDEFLATE_BAD_CODE;
    }
    while (done < total) {
        const uint8_t *in;

        if (gd_need_words(d)) {
            return GDEFLATE_SHORT_TILE;
        }
        in = d->words + 4 * (size_t)d->at;
        for (uint32_t lane = 0; lane < LANES && done < total; lane++) {
            uint64_t bits = d->bits[lane];
            uint32_t entry = table[bits & ((1u << PRECODE_BITS) - 1)];
            uint32_t value = gd_turn_by(d, lane, bits, entry, &in), times = value & 255;

            length = value >> 8 == PREVIOUS ? length : value >> 8;
            if (times > total - done || length == PREVIOUS) {
                return GDEFLATE_BAD_CODE;
            }
            /* Eight at once, of which those too many are written again; seldom are there more. */
            memset(lengths + done, (int)length, 8);
            if (times > 8) {
                memset(lengths + done, (int)length, times);
            }
            done += times;
        }
        d->at = (uint32_t)((size_t)(in - d->words) / 4);
    }
    return gd_make_tables(d, lengths, literal_count, distance_count);
}

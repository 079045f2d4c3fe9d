/* SPDX-License-Identifier: MIT */
/* Prefix codes: from the lengths of the codewords, as the blocks give them, to tables. */
#include "gpu/codec/decode_priv.h"

/* Symbols in the order of their codewords, and how many there are of each length. */
struct code {
    uint16_t sorted[MAX_SYMBOLS];
    uint16_t counts[MAX_CODE_NBITS + 1];
};

/* Codes that may leave code space: none, that of one codeword of one bit, and the empty one. */
enum partial { NO_PARTIAL, ONE_CODEWORD, ONE_OR_NONE };

/* Says GDEFLATE_BAD_CODE unless the codewords fill the code space, or leave it as they may. */
static enum gdeflate_status sort_code(struct code *code, const uint8_t *lengths, uint32_t count,
                                      enum partial partial)
{
    uint16_t next[MAX_CODE_NBITS + 2];
    int32_t space = 1; /* codewords of this length that are left */
    uint32_t total;

    memset(code->counts, 0, sizeof(code->counts));
    for (uint32_t i = 0; i < count; i++) {
        code->counts[lengths[i]]++;
    }
    next[1] = 0;
    for (uint32_t nbits = 1; nbits <= MAX_CODE_NBITS; nbits++) {
        space = 2 * space - code->counts[nbits];
        if (space < 0) {
            return GDEFLATE_BAD_CODE;
        }
        next[nbits + 1] = next[nbits] + code->counts[nbits];
    }
    total = next[MAX_CODE_NBITS + 1];
    if (space && !(partial != NO_PARTIAL && total == 1 && code->counts[1]) &&
        !(partial == ONE_OR_NONE && !total)) {
        return GDEFLATE_BAD_CODE;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (lengths[i]) {
            code->sorted[next[lengths[i]]++] = (uint16_t)i;
        }
    }
    return GDEFLATE_OK;
}

/* The next codeword of nbits bits, first bit lowest; only while there is one. */
static uint32_t next_codeword(uint32_t codeword, uint32_t nbits)
{
    uint32_t bit = 1u << (nbits - 1);

    while (codeword & bit) {
        codeword ^= bit;
        bit >>= 1;
    }
    return codeword | bit;
}

/* Codewords of more than table_nbits bits: the table leads to a second one, by their last bits. */
static uint32_t make_second_tables(uint32_t *table, uint32_t first, uint32_t second_at,
                                   const struct code *code, uint32_t sorted_at, uint32_t codeword,
                                   const uint32_t *infos)
{
    uint32_t prefix = UINT32_MAX, left;

    for (uint32_t nbits = TABLE_BITS + 1; nbits <= MAX_CODE_NBITS; nbits++) {
        for (left = code->counts[nbits]; left; left--) {
            uint32_t entry = infos[code->sorted[sorted_at++]] + nbits * ENTRY_PER_BIT;

            /* Codewords of one prefix follow each other. */
            if ((codeword & (TABLE_SIZE - 1)) != prefix) {
                prefix = codeword & (TABLE_SIZE - 1);
                table[first + prefix] = ENTRY_OTHER | ENTRY_SECOND | second_at << 16;
                second_at += SECOND_SIZE;
            }
            for (uint32_t i = codeword >> TABLE_BITS; i < SECOND_SIZE; i += 1u << (nbits - TABLE_BITS)) {
                table[second_at - SECOND_SIZE + i] = entry;
            }
            codeword = next_codeword(codeword, nbits);
        }
        /* The same codeword one bit longer: as the first bit is lowest, the number is the same. */
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
    uint32_t codeword = 0, sorted_at = 0;
    struct code code;

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
        for (uint32_t left = code.counts[nbits]; left; left--) {
            entries[codeword] = infos[code.sorted[sorted_at++]] + nbits * ENTRY_PER_BIT;
            codeword = next_codeword(codeword, nbits);
        }
    }
    if (table_nbits == TABLE_BITS) {
        *second_at = make_second_tables(table, first, *second_at, &code, sorted_at, codeword, infos);
    }
    return GDEFLATE_OK;
}

/* ---- the symbols of the format, without their codes ---- */

#define LITERAL(byte) (ENTRY_LITERAL | (uint32_t)(byte) << 16)
#define LITERALS_4(byte) LITERAL(byte), LITERAL((byte) + 1), LITERAL((byte) + 2), LITERAL((byte) + 3)
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

/* Of the lengths of codes: the value is the symbol. */
#define PRECODE(symbol, extra) ((uint32_t)(symbol) << 16 | (extra))
#define PRECODE_BITS 7u
#define PRECODE_SYMBOLS 19u

static const uint32_t precode_infos[PRECODE_SYMBOLS] = {
    PRECODE(0, 0), PRECODE(1, 0), PRECODE(2, 0), PRECODE(3, 0), PRECODE(4, 0), PRECODE(5, 0),
    PRECODE(6, 0), PRECODE(7, 0), PRECODE(8, 0), PRECODE(9, 0), PRECODE(10, 0), PRECODE(11, 0),
    PRECODE(12, 0), PRECODE(13, 0), PRECODE(14, 0), PRECODE(15, 0),
    PRECODE(16, 2), PRECODE(17, 3), PRECODE(18, 7),
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
    uint8_t lengths[MAX_SYMBOLS + MAX_DISTANCES], precode[PRECODE_SYMBOLS] = {0};
    uint32_t table[1u << PRECODE_BITS], unused = 0;

    for (uint32_t lane = 0; lane < precode_count; lane++) {
        precode[order[lane]] = (uint8_t)gd_turn(d, lane, 3);
    }
    /* A precode of one symbol could only give all codes' lengths alike, and none of these is a code. */
    if (make_table(table, 0, PRECODE_BITS, &unused, precode, PRECODE_SYMBOLS, precode_infos,
                   NO_PARTIAL)) {
        return GDEFLATE_BAD_CODE;
    }
    for (uint32_t lane = 0; done < total; lane = (lane + 1) % LANES) {
        uint32_t entry = table[d->bits[lane] & ((1u << PRECODE_BITS) - 1)];
        uint32_t symbol = ENTRY_VALUE(entry), repeat = 1, extra;

        extra = gd_turn(d, lane, ENTRY_TAKES(entry)) >> ENTRY_CODE_NBITS(entry);
        if (symbol >= 16) {
            repeat = extra + (symbol == 18 ? 11 : 3);
            if (repeat > total - done || (symbol == 16 && !done)) {
                return GDEFLATE_BAD_CODE;
            }
            symbol = symbol == 16 ? lengths[done - 1] : 0;
        }
        memset(lengths + done, (int)symbol, repeat);
        done += repeat;
    }
    return gd_make_tables(d, lengths, literal_count, distance_count);
}

/* SPDX-License-Identifier: MIT */
/* The judge of tiles: thirty-two bit strings, taken apart one bit after the other. */
#include "gpu/codec/tests/judge.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct lane {
    uint64_t bits;
    unsigned count;
    uint32_t owed_length, owed_at; /* a match without its distance */
};

struct code {
    uint16_t first[16], count[16], offset[16]; /* of each length: first codeword, how many, where */
    uint16_t symbol[288];
};

struct judge {
    const uint8_t *tile;
    size_t words, cursor;
    struct lane lane[32];
    uint8_t *out;
    uint32_t room, at;
    struct code literal, distance;
    struct judge_facts facts;
    jmp_buf refuse;
    const char *reason;
};

static void require(struct judge *j, bool holds, const char *reason)
{
    if (!holds) {
        j->reason = reason;
        longjmp(j->refuse, 1);
    }
}

static void refill(struct judge *j, unsigned k)
{
    struct lane *lane = &j->lane[k];

    if (lane->count >= 32)
        return;
    require(j, j->cursor < j->words, "the words ran out");
    const uint8_t *w = j->tile + 4 * j->cursor++;
    uint64_t word = w[0] | (uint64_t)w[1] << 8 | (uint64_t)w[2] << 16 | (uint64_t)w[3] << 24;

    lane->bits |= word << lane->count;
    lane->count += 32;
}

static uint32_t take(struct judge *j, unsigned k, unsigned count)
{
    struct lane *lane = &j->lane[k];
    uint32_t value = (uint32_t)(lane->bits & ((UINT64_C(1) << count) - 1));

    require(j, lane->count >= count, "a turn of more bits than a lane has");
    lane->bits >>= count;
    lane->count -= count;
    return value;
}

static void make_code(struct judge *j, struct code *code, const uint8_t *lengths, unsigned symbols)
{
    uint32_t space = 0, next = 0;
    uint16_t place = 0;

    memset(code, 0, sizeof *code);
    for (unsigned i = 0; i < symbols; i++)
        code->count[lengths[i]]++;
    code->count[0] = 0;
    for (unsigned length = 1; length < 16; length++) {
        next = (next + code->count[length - 1]) << 1;
        code->first[length] = (uint16_t)next;
        code->offset[length] = place;
        place = (uint16_t)(place + code->count[length]);
        space += (uint32_t)code->count[length] << (15 - length);
        for (unsigned i = 0, at = code->offset[length]; i < symbols; i++) {
            if (lengths[i] == length)
                code->symbol[at++] = (uint16_t)i;
        }
    }
    require(j, space == 1u << 15, "a code that is not complete");
}

static unsigned decode(struct judge *j, const struct code *code, unsigned k)
{
    unsigned word = 0;

    for (unsigned length = 1; length < 16; length++) {
        word = word << 1 | take(j, k, 1);
        if (word >= code->first[length] && word < code->first[length] + code->count[length])
            return code->symbol[code->offset[length] + word - code->first[length]];
    }
    require(j, false, "no such codeword");
    return 0;
}

static void stored(struct judge *j)
{
    uint32_t length = take(j, 0, 16);

    j->facts.stored++;
    refill(j, 0);
    require(j, length <= j->room - j->at, "stored bytes past the tile");
    for (uint32_t i = 0; i < length; i++) {
        j->out[j->at++] = (uint8_t)take(j, i % 32, 8);
        refill(j, i % 32);
    }
}

static void fixed_codes(struct judge *j)
{
    uint8_t lengths[288], distances[32];

    for (unsigned i = 0; i < 288; i++)
        lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    memset(distances, 5, sizeof distances);
    make_code(j, &j->literal, lengths, 288);
    make_code(j, &j->distance, distances, 32);
    j->facts.fixed++;
}

static void dynamic_codes(struct judge *j)
{
    static const uint8_t order[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                    11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint32_t literals = take(j, 0, 5) + 257, distances = take(j, 0, 5) + 1,
             orders = take(j, 0, 4) + 4;
    uint8_t of_lengths[19] = {0}, lengths[288 + 32];
    struct code code;
    uint32_t have = 0;

    refill(j, 0);
    for (unsigned i = 0; i < orders; i++) {
        of_lengths[order[i]] = (uint8_t)take(j, i, 3);
        refill(j, i);
    }
    make_code(j, &code, of_lengths, 19);
    for (unsigned k = 0; have < literals + distances; k = (k + 1) % 32) {
        unsigned symbol = decode(j, &code, k);
        unsigned run = symbol < 16    ? 1
                       : symbol == 16 ? 3 + take(j, k, 2)
                       : symbol == 17 ? 3 + take(j, k, 3)
                                      : 11 + take(j, k, 7);

        refill(j, k);
        require(j, symbol != 16 || have, "a repeat of nothing");
        require(j, run <= literals + distances - have, "code lengths past their number");
        memset(lengths + have,
               symbol < 16    ? (int)symbol
               : symbol == 16 ? lengths[have - 1]
                              : 0,
               run);
        have += run;
    }
    require(j, lengths[256] != 0, "no end of block");
    for (unsigned i = 0; i < literals; i++) {
        if (lengths[i] > j->facts.longest_literal_code)
            j->facts.longest_literal_code = lengths[i];
    }
    make_code(j, &j->literal, lengths, literals);
    make_code(j, &j->distance, lengths + literals, distances);
    j->facts.dynamic++;
}

static void owed_distance(struct judge *j, unsigned k)
{
    struct lane *lane = &j->lane[k];
    unsigned code = decode(j, &j->distance, k);
    uint32_t distance = code + 1;

    if (code >= 4) {
        unsigned extra = code / 2 - 1;

        distance = ((2 + (code & 1)) << extra) + 1 + take(j, k, extra);
    }
    refill(j, k);
    require(j, distance <= lane->owed_at, "a distance before the tile");
    for (uint32_t i = 0; i < lane->owed_length; i++)
        j->out[lane->owed_at + i] = j->out[lane->owed_at + i - distance];
    if (distance > j->facts.farthest)
        j->facts.farthest = distance;
    lane->owed_length = 0;
}

static void begin_match(struct judge *j, unsigned k, unsigned symbol)
{
    uint32_t length;

    if (symbol == 285) {
        length = 3 + take(j, k, 16);
    } else if (symbol < 265) {
        length = symbol - 254;
    } else {
        unsigned extra = (symbol - 261) / 4;

        length = ((4 + (symbol - 265) % 4) << extra) + 3 + take(j, k, extra);
    }
    require(j, length <= j->room - j->at, "a match past the tile");
    j->lane[k].owed_length = length;
    j->lane[k].owed_at = j->at;
    j->at += length;
    j->facts.matches++;
    if (length > j->facts.longest_match)
        j->facts.longest_match = length;
}

static void symbols(struct judge *j)
{
    unsigned end = 32;

    for (unsigned k = 0; end == 32; k = (k + 1) % 32) {
        if (j->lane[k].owed_length) {
            owed_distance(j, k);
            continue;
        }
        unsigned symbol = decode(j, &j->literal, k);

        require(j, symbol < 286, "a length without meaning");
        if (symbol < 256) {
            require(j, j->at < j->room, "a literal past the tile");
            j->out[j->at++] = (uint8_t)symbol;
        } else if (symbol == 256) {
            end = k;
        } else {
            begin_match(j, k, symbol);
        }
        refill(j, k);
    }
    for (unsigned i = 1; i < 32; i++) {
        unsigned k = end + i < 32 ? end + i : end + i - 32;

        if (j->lane[k].owed_length)
            owed_distance(j, k);
    }
}

static void whole_tile(struct judge *j)
{
    bool final;

    for (unsigned k = 0; k < 32; k++)
        refill(j, k);
    do {
        final = take(j, 0, 1);
        unsigned type = take(j, 0, 2);

        refill(j, 0);
        require(j, type != 3, "block type 3");
        if (type == 0) {
            stored(j);
            continue;
        }
        if (type == 1)
            fixed_codes(j);
        else
            dynamic_codes(j);
        symbols(j);
    } while (!final);
    require(j, j->at == j->room, "ended too early");
    require(j, j->cursor == j->words, "words that no lane takes");
    for (unsigned k = 0; k < 32; k++)
        require(j, !j->lane[k].bits, "bits that mean nothing and are not 0");
}

const char *judge_tile(const uint8_t *tile, size_t tile_nbytes, const uint8_t *raw,
                       uint32_t raw_nbytes, struct judge_facts *facts)
{
    struct judge *j = calloc(1, sizeof *j);
    const char *reason;

    if (!j)
        abort();
    j->tile = tile;
    j->words = tile_nbytes / 4;
    j->room = raw_nbytes;
    j->out = malloc(raw_nbytes ? raw_nbytes : 1);
    if (facts)
        j->facts = *facts;
    if (!j->out)
        abort();
    if (tile_nbytes % 4) {
        j->reason = "a size that is not a multiple of four";
    } else if (!setjmp(j->refuse)) {
        whole_tile(j);
        if (memcmp(j->out, raw, raw_nbytes))
            j->reason = "other bytes";
    }
    if (facts)
        *facts = j->facts;
    reason = j->reason;
    free(j->out);
    free(j);
    return reason;
}

/* SPDX-License-Identifier: MIT */
/* Tiles of every awkward kind: each decodes to what it was made of, and keeps within its bound. */
#include <criterion/criterion.h>

#include "gpu/codec/encode.h"
#include "gpu/codec/tests/guard.h"
#include "gpu/codec/tests/judge.h"

#define TILE GDEFLATE_TILE_NBYTES

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* Encodes between guard pages, judges the tile, returns its size. */
static uint32_t encode_judged(struct gdeflate_encoder *encoder, const uint8_t *raw, uint32_t nbytes,
                              struct judge_facts *facts)
{
    struct guarded in = guarded_new(nbytes, raw),
                   out = guarded_new(GDEFLATE_STORED_TILE_NBYTES, NULL);
    uint32_t tile_nbytes = gdeflate_encode_tile(encoder, in.bytes, nbytes, out.bytes);
    const char *wrong;

    cr_assert_leq(tile_nbytes, GDEFLATE_STORED_TILE_NBYTES);
    cr_assert_eq(tile_nbytes % 4, 0u);
    wrong = judge_tile(out.bytes, tile_nbytes, raw, nbytes, facts);
    cr_assert_null(wrong, "%u bytes: %s", nbytes, wrong);
    guarded_free(&in);
    guarded_free(&out);
    return tile_nbytes;
}

/* What stored blocks need: the words of each lane, from the rule. */
static uint32_t stored_nbytes(uint32_t nbytes)
{
    uint32_t nbits[32] = {19}, words = 0;

    for (uint32_t i = 0; i < nbytes; i++)
        nbits[i == TILE - 1 ? 0 : i % 32] += 8; /* the last byte of all is a block of its own */
    nbits[0] += nbytes == TILE ? 19 : 0;
    for (uint32_t lane = 0; lane < 32; lane++)
        words += 1 + (nbits[lane] + 31) / 32;
    return 4 * words;
}

/* The same bytes at every level. */
static void each_level(const uint8_t *raw, uint32_t nbytes, struct judge_facts *facts)
{
    for (int level = 0; level < GDEFLATE_LEVEL_COUNT; level++) {
        struct gdeflate_encoder *encoder = gdeflate_encoder_new((enum gdeflate_level)level);
        uint32_t tile_nbytes;

        cr_assert_not_null(encoder);
        tile_nbytes = encode_judged(encoder, raw, nbytes, facts);
        cr_assert_leq(tile_nbytes, stored_nbytes(nbytes));
        gdeflate_encoder_free(encoder);
    }
}

/* Whether the library's decoder takes it too. */
static void expect_decoded(const uint8_t *bytes, uint32_t nbytes, const uint8_t *raw,
                           uint32_t raw_nbytes)
{
    struct gdeflate_tile tile = {bytes, nbytes, raw_nbytes};
    static uint8_t out[TILE];

    cr_assert_eq(gdeflate_decode_tile(gdeflate_best_isa(), &tile, out), GDEFLATE_OK);
    cr_assert_arr_eq(out, raw, raw_nbytes);
}

Test(encode, every_small_size)
{
    uint64_t state = 1;
    uint8_t same[64], random[64], few[64];

    for (uint32_t nbytes = 1; nbytes <= 64; nbytes++) {
        for (uint32_t i = 0; i < nbytes; i++) {
            same[i] = 'A';
            random[i] = (uint8_t)next_random(&state);
            few[i] = "ab"[next_random(&state) & 1];
        }
        each_level(same, nbytes, NULL);
        each_level(random, nbytes, NULL);
        each_level(few, nbytes, NULL);
    }
}

static const uint32_t big_sizes[] = {TILE - 1, TILE, TILE - 3, 32768, 32769};

Test(encode, random_bytes_are_stored)
{
    static uint8_t raw[TILE];
    uint64_t state = 2;

    for (uint32_t i = 0; i < TILE; i++)
        raw[i] = (uint8_t)(next_random(&state) >> 3);
    for (int i = 0; i < 5; i++) {
        struct judge_facts facts = {0};

        each_level(raw, big_sizes[i], &facts);
        cr_assert_eq(facts.dynamic, 0u);
        cr_assert_eq(facts.stored, big_sizes[i] == TILE ? 6u : 3u);
    }
}

Test(encode, one_value_is_one_match)
{
    static uint8_t raw[TILE];
    struct judge_facts facts = {0};

    for (int value = 0; value < 256; value += 51) {
        memset(raw, value, TILE);
        for (int i = 0; i < 5; i++)
            each_level(raw, big_sizes[i], &facts);
    }
    /* A full tile may be one literal and one match of everything else. */
    cr_assert_eq(facts.longest_match, 65535u);
    cr_assert_eq(facts.stored, 0u);
}

/* Symbol i as often as the i-th Fibonacci number: codes as deep as they get without a limit. */
Test(encode, codewords_keep_their_limit)
{
    static uint8_t raw[TILE];
    struct judge_facts facts = {0};
    uint64_t state = 3;
    uint32_t filled = 0;

    for (uint32_t symbol = 0, a = 1, b = 1; filled < TILE; symbol++) {
        for (uint32_t i = 0; i < a && filled < TILE; i++)
            raw[filled++] = (uint8_t)(symbol * 7);
        b += a;
        a = b - a;
    }
    for (uint32_t i = TILE - 1; i; i--) { /* shuffled, or it would be all matches */
        uint32_t other = next_random(&state) % (i + 1);
        uint8_t byte = raw[i];

        raw[i] = raw[other];
        raw[other] = byte;
    }
    each_level(raw, TILE, &facts);
    cr_assert_geq(facts.longest_literal_code, 13u);
    cr_assert_leq(facts.longest_literal_code, 14u);
}

Test(encode, periods)
{
    static uint8_t raw[TILE];
    uint64_t state = 4;

    for (uint32_t period = 1; period < TILE; period = period * 5 / 3 + 1) {
        for (uint32_t i = 0; i < TILE; i++)
            raw[i] = i < period ? (uint8_t)next_random(&state) : raw[i - period];
        each_level(raw, TILE, NULL);
        each_level(raw, TILE - 1, NULL);
    }
}

/* Repeats at the farthest distances, which only this format's last two codes reach. */
Test(encode, far_matches)
{
    static uint8_t raw[TILE];
    struct judge_facts facts = {0};
    uint64_t state = 5;

    for (uint32_t i = 0; i < TILE; i++)
        raw[i] = (uint8_t)(next_random(&state) >> 5);
    memcpy(raw + TILE - 300, raw, 300);
    memcpy(raw + 40000, raw + 100, 6000);
    each_level(raw, TILE, &facts);
    cr_assert_eq(facts.farthest, TILE - 300);
    cr_assert_geq(facts.longest_match, 5900u);
}

/* A tile depends on its bytes and the level only. */
Test(encode, nothing_is_remembered)
{
    static uint8_t raw[3][TILE], first[GDEFLATE_STORED_TILE_NBYTES],
        again[GDEFLATE_STORED_TILE_NBYTES];
    uint64_t state = 6;

    for (uint32_t i = 0; i < TILE; i++) {
        raw[0][i] = "the quick brown fox "[next_random(&state) % 20];
        raw[1][i] = (uint8_t)next_random(&state);
        raw[2][i] = (uint8_t)(i / 100);
    }
    for (int level = 0; level < GDEFLATE_LEVEL_COUNT; level++) {
        struct gdeflate_encoder *one = gdeflate_encoder_new((enum gdeflate_level)level);
        uint32_t nbytes = gdeflate_encode_tile(one, raw[0], TILE, first);

        for (int other = 0; other < 3; other++) {
            gdeflate_encode_tile(one, raw[other], TILE - 17, again);
            memset(again, 0xA5, sizeof again);
            cr_assert_eq(gdeflate_encode_tile(one, raw[0], TILE, again), nbytes);
            cr_assert_arr_eq(first, again, nbytes);
            cr_assert_eq(again[nbytes], 0xA5);
        }
        gdeflate_encoder_free(one);
    }
}

static void fill(uint8_t *raw, int kind)
{
    uint64_t state = 70 + (uint64_t)kind;

    for (uint32_t i = 0; i < TILE; i++) {
        uint32_t number = next_random(&state);

        switch (kind) {
        case 0: /* words */
            raw[i] = (uint8_t) "etaoin shrdlu,cmfwyp"[number % 7 * (number >> 8) % 20];
            break;
        case 1: /* bits of which one is rare: long matches of every length, at every place */
            raw[i] = number % 10 == 0;
            break;
        case 2: /* records: short matches, near */
            raw[i] = i % 8 < 5 ? (uint8_t)(i >> (i % 8 * 3)) : (uint8_t)(number & 15);
            break;
        case 3: /* noise between texts */
            raw[i] = i < 16384 || i >= 49152 ? (uint8_t) "ab cd"[number % 5] : (uint8_t)number;
            break;
        default: /* skewed bytes: literals */
            raw[i] = (uint8_t)((number & 255) * (number >> 8 & 255) >> 8);
            break;
        }
    }
}

/* Vectors of every width find the same tile. */
Test(encode, instruction_sets_agree)
{
    static uint8_t raw[TILE], tile[GDEFLATE_ISA_COUNT][GDEFLATE_STORED_TILE_NBYTES];
    static const uint32_t sizes[] = {1, 100, 3000, 5000, TILE - 1, TILE};

    for (int kind = 0; kind < 5; kind++) {
        fill(raw, kind);
        for (int i = 0; i < 6 * GDEFLATE_LEVEL_COUNT; i++) {
            struct gdeflate_encoder *encoder = gdeflate_encoder_new((enum gdeflate_level)(i % 3));
            uint32_t size = sizes[i / 3], first = 0;

            for (int isa = 0; isa < GDEFLATE_ISA_COUNT; isa++) {
                uint32_t nbytes;

                encode_use_isa(encoder, (enum gdeflate_isa)isa);
                nbytes = gdeflate_encode_tile(encoder, raw, size, tile[isa]);
                first = isa ? first : nbytes;
                cr_assert_eq(nbytes, first, "kind %d size %u level %d isa %d", kind, size, i % 3,
                             isa);
                cr_assert_arr_eq(tile[isa], tile[0], nbytes);
            }
            expect_decoded(tile[0], first, raw, size);
            gdeflate_encoder_free(encoder);
        }
    }
}

/*
 * What is found at all places together has its limit; the tile is right even so, and smaller with
 * more.
 */
Test(encode, more_matches_than_there_is_room_for)
{
    static uint8_t raw[TILE];
    uint32_t last = 0;

    fill(raw, 1);
    for (uint32_t room = 0; room <= 600000; room += 100000) {
        struct gdeflate_encoder *encoder = gdeflate_encoder_new(GDEFLATE_DEFAULT);
        uint32_t nbytes;

        encode_use_room(encoder, room < 500000 ? room : 500000);
        nbytes = encode_judged(encoder, raw, TILE, NULL);
        cr_assert(!last || nbytes <= last, "%u of more room, %u of less", nbytes, last);
        last = nbytes;
        gdeflate_encoder_free(encoder);
    }
}

/* Blocks of a tile are of the type that is shortest for each. */
Test(encode, types_are_mixed)
{
    static uint8_t raw[TILE];
    struct judge_facts facts = {0};

    fill(raw, 3);
    each_level(raw, TILE, &facts);
    cr_assert_geq(facts.stored, 3u);
    cr_assert_geq(facts.dynamic, 3u);
}

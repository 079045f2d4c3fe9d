/* SPDX-License-Identifier: MIT */
/*
 * Tiles that no encoder makes: random codes of up to 15 bits, every symbol, any mixture of blocks.
 * They decode to what was meant; damaged ones give one answer from all decoders.
 */
#include <criterion/criterion.h>

#include "gpu/codec/tests/fuzz_tile.h"

#define LANES GDEFLATE_LANES
#define MAX_WORDS 65536u
#define TILES 300
#define DAMAGES 8

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    uint64_t z = (state += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ (z >> 31)) % below);
}

/* ---- bits into lanes ---- */

struct lane {
    uint32_t slots[MAX_WORDS / 8]; /* which words are its own */
    uint32_t slot_count, nbits;
};

static struct lane lanes[LANES];
static uint8_t tile[MAX_WORDS * 4];
static uint32_t word_count;

static void own_word(struct lane *lane)
{
    cr_assert(word_count < MAX_WORDS && lane->slot_count < MAX_WORDS / 8);
    lane->slots[lane->slot_count++] = word_count++;
}

static void put(uint32_t at, uint32_t value, uint32_t nbits)
{
    struct lane *lane = &lanes[at];

    for (uint32_t i = 0; i < nbits; i++, lane->nbits++) {
        uint32_t word = lane->slots[lane->nbits / 32], bit = lane->nbits % 32;

        tile[word * 4 + bit / 8] |= (uint8_t)((value >> i & 1) << bit % 8);
    }
}

static void end_turn(uint32_t at)
{
    if (32 * lanes[at].slot_count - lanes[at].nbits < 32) {
        own_word(&lanes[at]);
    }
}

/* ---- codes ---- */

struct code {
    uint32_t count;
    uint8_t lengths[288];
    uint16_t words[288]; /* first bit lowest */
    uint16_t used[288];
    uint32_t used_count;
};

static void name_codewords(struct code *code)
{
    uint32_t next = 0;

    code->used_count = 0;
    for (uint32_t nbits = 1; nbits <= 15; nbits++, next <<= 1) {
        for (uint32_t i = 0; i < code->count; i++) {
            if (code->lengths[i] != nbits) {
                continue;
            }
            code->words[i] = 0;
            for (uint32_t bit = 0; bit < nbits; bit++) {
                code->words[i] |= (uint16_t)((next >> bit & 1) << (nbits - 1 - bit));
            }
            code->used[code->used_count++] = (uint16_t)i;
            next++;
        }
    }
}

/* A random tree of `leaves` leaves; deep ones are split more readily when skewed. */
static void make_code(struct code *code, uint32_t count, uint32_t leaves, uint32_t max_nbits,
                      int always)
{
    uint8_t depths[288] = {0};
    uint32_t made = 1, skew = draw(3);

    memset(code, 0, sizeof(*code));
    code->count = count;
    while (made < leaves) {
        uint32_t at = skew && draw(4) < skew + 1 ? made - 1 : draw(made);

        if (depths[at] < max_nbits) {
            depths[at]++;
            depths[made] = depths[at];
            made++;
        }
    }
    if (leaves == 1) {
        depths[0] = 1;
    }
    for (uint32_t i = 0; i < leaves; i++) {
        uint32_t symbol = !i && always >= 0 ? (uint32_t)always : draw(count);

        while (code->lengths[symbol]) {
            symbol = (symbol + 1) % count;
        }
        code->lengths[symbol] = depths[i];
    }
    name_codewords(code);
}

static void put_symbol(uint32_t lane, const struct code *code, uint32_t symbol)
{
    cr_assert(code->lengths[symbol]);
    put(lane, code->words[symbol], code->lengths[symbol]);
}

static void put_code_lengths(const struct code *literals, const struct code *distances)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                      11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint32_t total = literals->count + distances->count, lane = 0, repeat;
    uint8_t lengths[320];
    struct code precode;

    memcpy(lengths, literals->lengths, literals->count);
    memcpy(lengths + literals->count, distances->lengths, distances->count);
    make_code(&precode, 19, 19, 7, -1);
    put(0, literals->count - 257, 5);
    put(0, distances->count - 1, 5);
    put(0, 15, 4);
    end_turn(0);
    for (uint32_t i = 0; i < 19; i++) {
        put(i, precode.lengths[order[i]], 3);
        end_turn(i);
    }
    for (uint32_t i = 0; i < total; i += repeat, lane = (lane + 1) % LANES) {
        uint32_t run = 1;

        while (i + run < total && lengths[i + run] == lengths[i]) {
            run++;
        }
        repeat = 1;
        if (i && lengths[i] == lengths[i - 1] && run >= 3 && draw(2)) {
            repeat = 3 + draw((run > 6 ? 6 : run) - 2);
            put_symbol(lane, &precode, 16);
            put(lane, repeat - 3, 2);
        } else if (!lengths[i] && run >= 11 && draw(4)) {
            repeat = 11 + draw((run > 138 ? 138 : run) - 10);
            put_symbol(lane, &precode, 18);
            put(lane, repeat - 11, 7);
        } else if (!lengths[i] && run >= 3 && draw(4)) {
            repeat = 3 + draw((run > 10 ? 10 : run) - 2);
            put_symbol(lane, &precode, 17);
            put(lane, repeat - 3, 3);
        } else {
            put_symbol(lane, &precode, lengths[i]);
        }
        end_turn(lane);
    }
}

/* ---- blocks ---- */

static uint8_t raw[GDEFLATE_TILE_NBYTES];
static uint32_t raw_nbytes;

static struct {
    uint32_t symbol, extra, extra_nbits;
    int owed;
} owed[LANES];

static void put_owed(uint32_t lane, const struct code *distances)
{
    put_symbol(lane, distances, owed[lane].symbol);
    put(lane, owed[lane].extra, owed[lane].extra_nbits);
    owed[lane].owed = 0;
    end_turn(lane);
}

/* A length symbol with its extra bits, and the distance for later; 0 when it would not fit. */
static int put_match(uint32_t lane, const struct code *literals, const struct code *distances,
                     uint32_t symbol)
{
    static const uint8_t bits_of_length[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                               2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 16};
    uint32_t length = 3, nbits, extra, distance, code;

    for (uint32_t i = 257; i < symbol && symbol < 285; i++) {
        length += 1u << bits_of_length[i - 257];
    }
    nbits = bits_of_length[symbol - 257];
    extra = draw(1u << nbits);
    if (nbits == 16 && draw(2)) {
        extra &= 255;
    }
    length += extra;
    if (!distances->used_count) {
        return 0;
    }
    code = distances->used[draw(distances->used_count)];
    owed[lane].extra_nbits = code < 4 ? 0 : code / 2 - 1;
    owed[lane].extra = draw(1u << owed[lane].extra_nbits);
    distance = code < 4 ? code + 1 : ((2 + (code & 1)) << owed[lane].extra_nbits) + 1;
    distance += owed[lane].extra;
    if (distance > raw_nbytes || length > GDEFLATE_TILE_NBYTES - raw_nbytes) {
        return 0;
    }
    put_symbol(lane, literals, symbol);
    put(lane, extra, nbits);
    owed[lane].symbol = code;
    owed[lane].owed = 1;
    for (; length; length--, raw_nbytes++) {
        raw[raw_nbytes] = raw[raw_nbytes - distance];
    }
    return 1;
}

static void put_symbols(const struct code *literals, const struct code *distances, uint32_t tokens)
{
    uint32_t lane = 0;

    while (tokens) {
        uint32_t symbol = literals->used[draw(literals->used_count)];

        if (owed[lane].owed) {
            put_owed(lane, distances);
            lane = (lane + 1) % LANES;
            continue;
        }
        tokens--;
        if (symbol < 256 && raw_nbytes < GDEFLATE_TILE_NBYTES) {
            put_symbol(lane, literals, symbol);
            raw[raw_nbytes++] = (uint8_t)symbol;
        } else if (symbol < 257 || symbol > 285 || !put_match(lane, literals, distances, symbol)) {
            continue;
        }
        end_turn(lane);
        lane = (lane + 1) % LANES;
    }
    /* The end of the block goes to the first lane that owes nothing. */
    while (owed[lane].owed) {
        put_owed(lane, distances);
        lane = (lane + 1) % LANES;
    }
    put_symbol(lane, literals, 256);
    end_turn(lane);
    for (uint32_t i = 1; i < LANES; i++) {
        if (owed[(lane + i) % LANES].owed) {
            put_owed((lane + i) % LANES, distances);
        }
    }
}

static void put_stored(void)
{
    uint32_t nbytes = draw(2) ? draw(40) : draw(3000);

    nbytes =
        nbytes < GDEFLATE_TILE_NBYTES - raw_nbytes ? nbytes : GDEFLATE_TILE_NBYTES - raw_nbytes;
    put(0, nbytes, 16);
    end_turn(0);
    for (uint32_t i = 0; i < nbytes; i++) {
        raw[raw_nbytes] = (uint8_t)draw(256);
        put(i % LANES, raw[raw_nbytes++], 8);
        end_turn(i % LANES);
    }
}

static void fixed_codes(struct code *literals, struct code *distances)
{
    memset(literals, 0, sizeof(*literals));
    memset(distances, 0, sizeof(*distances));
    literals->count = 288;
    distances->count = 32;
    for (uint32_t i = 0; i < 288; i++) {
        literals->lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    }
    memset(distances->lengths, 5, 32);
    name_codewords(literals);
    name_codewords(distances);
}

static void put_block(int final)
{
    uint32_t type = draw(4), tokens = draw(3) ? draw(200) : draw(16000);
    struct code literals, distances;

    type = type == 3 ? 2 : type;
    put(0, (uint32_t) final | type << 1, 3);
    end_turn(0);
    if (!type) {
        put_stored();
        return;
    }
    if (type == 1) {
        fixed_codes(&literals, &distances);
    } else {
        uint32_t symbols = 257 + draw(32), distance_symbols = 1 + draw(32);

        make_code(&literals, symbols, 1 + draw(draw(2) ? 12 : symbols), 15, 256);
        make_code(&distances, distance_symbols, 1 + draw(distance_symbols), 15, -1);
        if (!draw(8)) {
            memset(distances.lengths, 0, sizeof(distances.lengths));
            name_codewords(&distances);
        }
        put_code_lengths(&literals, &distances);
    }
    put_symbols(&literals, &distances, literals.used_count > 1 ? tokens : 0);
}

static void begin_tile(void)
{
    memset(tile, 0, sizeof(tile));
    word_count = raw_nbytes = 0;
    for (uint32_t i = 0; i < LANES; i++) {
        lanes[i].slot_count = lanes[i].nbits = 0;
        own_word(&lanes[i]);
    }
    /* Something first, as a tile is not empty, and for distances to lead to. */
    put(0, 0, 3);
    end_turn(0);
    put(0, 1, 16);
    end_turn(0);
    raw[raw_nbytes++] = 'x';
    put(0, 'x', 8);
    end_turn(0);
}

static void make_tile(void)
{
    uint32_t blocks = 1 + draw(6);

    begin_tile();
    while (blocks--) {
        put_block(!blocks);
    }
}

Test(decode_made, all_agree_with_what_was_meant)
{
    static uint8_t out[GDEFLATE_TILE_NBYTES];

    for (uint32_t seed = 0; seed < TILES; seed++) {
        enum gdeflate_status status;

        state = seed;
        make_tile();
        status = decode_by_all(tile, word_count * 4, raw_nbytes, out);
        cr_assert_eq(status, GDEFLATE_OK, "seed %u: %s", seed, gdeflate_reason(status));
        cr_assert(!memcmp(out, raw, raw_nbytes), "seed %u differs", seed);
        /* No word is there that is not needed, and no byte comes that was not asked for. */
        cr_assert_neq(decode_by_all(tile, word_count * 4 - 4, raw_nbytes, out), GDEFLATE_OK);
        cr_assert_neq(decode_by_all(tile, word_count * 4, raw_nbytes - 1 ? raw_nbytes - 1 : 2, out),
                      GDEFLATE_OK);
    }
}

Test(decode_made, all_agree_on_damaged_ones)
{
    static uint8_t out[GDEFLATE_TILE_NBYTES];
    uint32_t met[GDEFLATE_STATUS_COUNT] = {0};

    for (uint32_t seed = 0; seed < TILES; seed++) {
        state = seed;
        make_tile();
        for (uint32_t i = 0; i < DAMAGES; i++) {
            uint32_t nbytes = word_count * 4 - (draw(4) ? 0 : draw(word_count / 2) * 4);
            uint32_t bit = draw(nbytes < 1024 || draw(2) ? nbytes * 8 : 8192);
            uint32_t asked = draw(4) ? raw_nbytes : 1 + draw(GDEFLATE_TILE_NBYTES);

            tile[bit / 8] ^= (uint8_t)(1u << bit % 8);
            met[decode_by_all(tile, nbytes, asked, out)]++;
        }
    }
    for (int status = GDEFLATE_SHORT_TILE; status <= GDEFLATE_TOO_SHORT; status++) {
        cr_expect_gt(met[status], 0u, "no damage leads to \"%s\"", gdeflate_reason(status));
    }
}

/* A code of one codeword leaves another that stands for nothing, here for a distance owed last. */
Test(decode_made, no_distance_at_the_end_of_a_block)
{
    static uint8_t out[GDEFLATE_TILE_NBYTES];

    for (uint32_t bad = 0; bad < 2; bad++) {
        struct code literals = {.count = 258}, distances = {.count = 1};

        state = bad;
        begin_tile();
        put(0, 1 | 2 << 1, 3);
        end_turn(0);
        literals.lengths[256] = literals.lengths[257] = 1;
        distances.lengths[0] = 1;
        name_codewords(&literals);
        name_codewords(&distances);
        put_code_lengths(&literals, &distances);
        put_symbol(0, &literals, 257);
        end_turn(0);
        put_symbol(1, &literals, 256);
        end_turn(1);
        put(0, bad, 1);
        end_turn(0);
        cr_assert_eq(decode_by_all(tile, word_count * 4, 4, out),
                     bad ? GDEFLATE_BAD_SYMBOL : GDEFLATE_OK);
        cr_assert(bad || !memcmp(out, "xxxx", 4));
    }
}

/* The queues fill and are emptied within one block, and what is wrong there is found there. */
Test(decode_made, a_long_block_that_is_too_long)
{
    static uint8_t out[GDEFLATE_TILE_NBYTES];
    struct code literals, distances;

    state = 1;
    begin_tile();
    put(0, 1 | 1 << 1, 3);
    end_turn(0);
    fixed_codes(&literals, &distances);
    for (uint32_t i = 0; i < 40000; i++) {
        put_symbol(i % LANES, &literals, i % 256);
        end_turn(i % LANES);
    }
    put_symbol(0, &literals, 256);
    end_turn(0);
    cr_assert_eq(decode_by_all(tile, word_count * 4, 40001, out), GDEFLATE_OK);
    cr_assert_eq(decode_by_all(tile, word_count * 4, 100, out), GDEFLATE_TOO_LONG);
    cr_assert_eq(decode_by_all(tile, word_count * 4, 40002, out), GDEFLATE_TOO_SHORT);
}

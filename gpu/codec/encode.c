/* SPDX-License-Identifier: MIT */
/*
 * A tile: parsed into tokens, tokens into blocks; stored as it is where that is shorter.
 *
 * The thorough levels know all matches of the tile before they choose any. Prices of a block come
 * from its tokens, tokens from prices, blocks from the tokens of the whole; it begins with a guess
 * at prices and goes round until little changes.
 */
#include "gpu/codec/encode.h"
#include "gpu/codec/encode_block.h"
#include "gpu/codec/encode_optimal.h"
#include "gpu/codec/encode_parse.h"
#include "gpu/codec/encode_split.h"

#include <stdlib.h>

enum {
    /*
     * No block is longer than it would be stored, so blocks in any number exceed a stored tile by
     * their headers at most: 19 bits each, and a word a lane.
     */
    ROOM_NBYTES = GDEFLATE_STORED_TILE_NBYTES + 4 * (GDEFLATE_LANES + ENCODE_STRETCHES),
    /* Below, a word more or less counts, and there is time to try: guesses, one block. */
    SMALL_NBYTES = 4096,
    SMALL_QUICK_NBYTES = 1024, /* the same for the quick level */
    SMALL_PASSES = 3,
    /*
     * Matches are favoured at first: where one is not taken its symbols become dear, and then it
     * stays away. How much is fitted to what comes out.
     */
    FAVOUR = 3,
};

struct effort {
    uint32_t piece_nbytes; /* what blocks are put together from */
    struct match_effort match;
    unsigned passes;  /* over each block, at most */
    unsigned settled; /* when less than one bit in so many was saved, another is not worth it */
};

static const struct effort efforts[GDEFLATE_LEVEL_COUNT] = {
    [GDEFLATE_FASTEST] = {8192, {24, 64}, 0, 0},
    [GDEFLATE_DEFAULT] = {2048, {24, 64}, 3, 30},
    [GDEFLATE_BEST] = {2048, {32, 64}, 3, 120},
};

/* One allocation. What a level does not use is never touched, so it costs addresses only. */
struct gdeflate_encoder {
    enum gdeflate_level level;
    struct encode_writer writer;
    struct encode_split split;
    struct match_hash hash;
    encode_token tokens[GDEFLATE_TILE_NBYTES];
    uint8_t room[4 + ROOM_NBYTES];
    struct encode_optimal optimal;
};

struct gdeflate_encoder *gdeflate_encoder_new(enum gdeflate_level level)
{
    struct gdeflate_encoder *encoder = malloc(sizeof *encoder);

    if (!encoder)
        return NULL;
    encoder->level = level;
    encode_writer_init(&encoder->writer);
    encode_use_isa(encoder, GDEFLATE_AVX512);
    return encoder;
}

void encode_use_isa(struct gdeflate_encoder *encoder, enum gdeflate_isa most)
{
    encode_turns_init(&encoder->writer.turns, most);
    encode_optimal_init(&encoder->optimal, most);
}

void encode_use_room(struct gdeflate_encoder *encoder, uint32_t matches)
{
    encoder->optimal.tree.room = matches;
}

void gdeflate_encoder_free(struct gdeflate_encoder *encoder)
{
    free(encoder);
}

/* The blocks that are split, from their tokens, into the room; returns the tile's size. */
static uint32_t write_blocks(struct gdeflate_encoder *encoder, const uint8_t *raw)
{
    struct encode_block block = {encoder->tokens, 0, raw, 0};

    encode_lanes_start(&encoder->writer.lanes, encoder->room);
    for (uint32_t i = 0; i < encoder->split.count; i++) {
        const struct encode_stretch *stretch = &encoder->split.stretch[i];

        block.token_count = stretch->token_count;
        block.raw_nbytes = stretch->raw_nbytes;
        encode_block_write(&encoder->writer, &block, &stretch->counts,
                           i + 1 == encoder->split.count);
        block.tokens += block.token_count;
        block.raw += block.raw_nbytes;
    }
    return encode_lanes_finish(&encoder->writer.lanes);
}

/*
 * Keeps the tile that is in the room if it is smaller than the one in out; returns the smaller
 * size.
 */
static uint32_t keep(const struct gdeflate_encoder *encoder, uint32_t nbytes, uint32_t best,
                     uint8_t *out)
{
    if (nbytes >= best)
        return best;
    memcpy(out, encoder->room + 4, nbytes);
    return nbytes;
}

/* Finds the tokens of one block again, for prices from those that it has; returns bits saved. */
static float parse_again(struct gdeflate_encoder *encoder, struct encode_stretch *stretch,
                         const uint8_t *raw, uint32_t first, encode_token *tokens)
{
    float before = stretch->nbits;

    encode_prices_set(&encoder->optimal.steps.prices, &stretch->counts);
    stretch->token_count = encode_parse_optimal(
        &encoder->optimal, raw, first, first + stretch->raw_nbytes, tokens, &stretch->counts);
    stretch->nbits = encode_split_nbits(&stretch->counts, stretch->raw_nbytes);
    return before - stretch->nbits;
}

/* Leaves blocks for prices that were guessed; the tree has the tile's matches. */
static void parse_guessing(struct gdeflate_encoder *encoder, const uint8_t *raw, uint32_t nbytes,
                           unsigned literal_eighths, uint32_t piece_nbytes)
{
    struct encode_optimal *optimal = &encoder->optimal;
    struct encode_counts counts;
    uint32_t count;

    encode_prices_guess(&optimal->steps.prices, &optimal->tree, raw, nbytes, literal_eighths);
    count = encode_parse_optimal(optimal, raw, 0, nbytes, encoder->tokens, &counts);
    encode_split_tokens(&encoder->split, encoder->tokens, count, piece_nbytes);
}

static void parse_thorough(struct gdeflate_encoder *encoder, const uint8_t *raw, uint32_t nbytes)
{
    const struct effort *effort = &efforts[encoder->level];
    struct encode_split *split = &encoder->split;
    encode_token *tokens = encoder->tokens;
    uint32_t first = 0;

    match_tree_fill(&encoder->optimal.tree, effort->match, raw, nbytes);
    parse_guessing(encoder, raw, nbytes, FAVOUR, effort->piece_nbytes);
    for (uint32_t i = 0; i < split->count; i++) {
        struct encode_stretch *stretch = &split->stretch[i];

        for (unsigned pass = 0; pass < effort->passes; pass++) {
            float saved = parse_again(encoder, stretch, raw, first, tokens);

            if (saved * (float)effort->settled < stretch->nbits)
                break;
        }
        tokens += stretch->token_count;
        first += stretch->raw_nbytes;
    }
}

static void parse_quick(struct gdeflate_encoder *encoder, const uint8_t *raw, uint32_t nbytes)
{
    encode_parse_fast(&encoder->hash, raw, nbytes, encoder->tokens, &encoder->split,
                      efforts[GDEFLATE_FASTEST].piece_nbytes);
    encode_split_join(&encoder->split);
}

/*
 * One block from either kind of parse and several guesses, written after every pass: one that saves
 * bits may still cost a word.
 */
static uint32_t encode_small(struct gdeflate_encoder *encoder, const uint8_t *raw, uint32_t nbytes,
                             uint32_t best, uint8_t *out)
{
    struct encode_split *split = &encoder->split;

    parse_quick(encoder, raw, nbytes);
    best = keep(encoder, write_blocks(encoder, raw), best, out);
    match_tree_fill(&encoder->optimal.tree, efforts[GDEFLATE_BEST].match, raw, nbytes);
    for (unsigned eighths = 1; eighths <= 8; eighths += 2) {
        parse_guessing(encoder, raw, nbytes, eighths, nbytes);
        for (unsigned pass = 0; pass < SMALL_PASSES; pass++) {
            best = keep(encoder, write_blocks(encoder, raw), best, out);
            parse_again(encoder, &split->stretch[0], raw, 0, encoder->tokens);
        }
        best = keep(encoder, write_blocks(encoder, raw), best, out);
    }
    return best;
}

uint32_t gdeflate_encode_tile(struct gdeflate_encoder *encoder, const uint8_t *raw,
                              uint32_t raw_nbytes, uint8_t *out)
{
    bool quick = encoder->level == GDEFLATE_FASTEST;
    uint32_t stored_nbytes = encode_stored_nbytes(raw_nbytes), best = stored_nbytes;

    if (quick)
        parse_quick(encoder, raw, raw_nbytes);
    else
        parse_thorough(encoder, raw, raw_nbytes);
    best = keep(encoder, write_blocks(encoder, raw), best, out);
    if (raw_nbytes <= (quick ? (uint32_t)SMALL_QUICK_NBYTES : (uint32_t)SMALL_NBYTES))
        best = encode_small(encoder, raw, raw_nbytes, best, out);
    if (best == stored_nbytes) {
        encode_lanes_start(&encoder->writer.lanes, encoder->room);
        encode_stored_write(&encoder->writer.lanes, raw, raw_nbytes, true);
        encode_lanes_finish(&encoder->writer.lanes);
        memcpy(out, encoder->room + 4, best);
    }
    return best;
}

/* SPDX-License-Identifier: MIT */
/* A tile: parsed into tokens, tokens into blocks; stored as it is where that is shorter. */
#include "gpu/codec/encode_block.h"
#include "gpu/codec/encode_optimal.h"
#include "gpu/codec/encode_parse.h"
#include "gpu/codec/encode_split.h"

#include <stdlib.h>

/* Blocks fall back to stored ones each for itself, so a tile of several exceeds a stored tile by
 * their headers at most: three bits a block and one more word a lane. */
enum { ROOM_NBYTES = GDEFLATE_STORED_TILE_NBYTES + 4096 };

struct effort {
    uint32_t piece_nbytes; /* what blocks are put together from */
    struct match_effort match;
    unsigned rounds, passes; /* of passes each; none: one quick parse */
};

static const struct effort efforts[GDEFLATE_LEVEL_COUNT] = {
    [GDEFLATE_FASTEST] = {8192, {0, 0}, 0, 0},
    [GDEFLATE_DEFAULT] = {2048, {24, 64}, 1, 2},
    [GDEFLATE_BEST] = {2048, {40, 128}, 2, 2},
};

struct gdeflate_encoder {
    enum gdeflate_level level;
    struct encode_writer writer;
    struct encode_split split;
    union {
        struct match_hash hash;         /* GDEFLATE_FASTEST */
        struct encode_optimal *optimal; /* the others; behind the structure */
    } finder;
    encode_token tokens[GDEFLATE_TILE_NBYTES];
    uint8_t room[4 + ROOM_NBYTES];
};

struct gdeflate_encoder *gdeflate_encoder_new(enum gdeflate_level level)
{
    size_t behind = level == GDEFLATE_FASTEST ? 0 : sizeof(struct encode_optimal);
    struct gdeflate_encoder *encoder = malloc(sizeof *encoder + behind);

    if (!encoder)
        return NULL;
    encoder->level = level;
    encode_writer_init(&encoder->writer);
    if (behind) {
        encoder->finder.optimal = (struct encode_optimal *)(void *)(encoder + 1);
        encode_optimal_init(encoder->finder.optimal);
    }
    return encoder;
}

void gdeflate_encoder_free(struct gdeflate_encoder *encoder)
{
    free(encoder);
}

static void write_blocks(struct gdeflate_encoder *encoder, const uint8_t *raw)
{
    struct encode_block block = {encoder->tokens, 0, raw, 0};

    for (uint32_t i = 0; i < encoder->split.count; i++) {
        const struct encode_stretch *stretch = &encoder->split.stretch[i];

        block.token_count = stretch->token_count;
        block.raw_nbytes = stretch->raw_nbytes;
        encode_block_write(&encoder->writer, &block, &stretch->counts, i + 1 == encoder->split.count);
        block.tokens += block.token_count;
        block.raw += block.raw_nbytes;
    }
}

/*
 * Prices of a block come from its tokens, the blocks from the tokens of the whole: first from those of
 * a quick parse, then from the cheapest for the last prices, as often as the level says.
 */
static void parse_thorough(struct gdeflate_encoder *encoder, const struct effort *effort,
                           const uint8_t *raw, uint32_t nbytes)
{
    struct encode_optimal *optimal = encoder->finder.optimal;
    struct encode_split *split = &encoder->split;
    uint32_t count;

    match_tree_fill(&optimal->tree, effort->match, raw, nbytes);
    count = encode_parse_lazy(&optimal->tree, raw, nbytes, encoder->tokens);
    for (unsigned round = 0; round < effort->rounds; round++) {
        uint32_t first = 0;

        encode_split_tokens(split, encoder->tokens, count, effort->piece_nbytes);
        count = 0;
        for (uint32_t i = 0; i < split->count; i++) {
            struct encode_stretch *stretch = &split->stretch[i];
            encode_token *tokens = encoder->tokens + count;

            for (unsigned pass = 0; pass < effort->passes; pass++) {
                encode_prices_set(&optimal->steps.prices, &stretch->counts);
                stretch->token_count = encode_parse_optimal(
                    optimal, raw, first, first + stretch->raw_nbytes, tokens, &stretch->counts);
            }
            count += stretch->token_count;
            first += stretch->raw_nbytes;
        }
    }
}

static void parse_quick(struct gdeflate_encoder *encoder, const struct effort *effort,
                        const uint8_t *raw, uint32_t nbytes)
{
    encode_parse_fast(&encoder->finder.hash, raw, nbytes, encoder->tokens, &encoder->split,
                      effort->piece_nbytes);
    encode_split_join(&encoder->split);
}

uint32_t gdeflate_encode_tile(struct gdeflate_encoder *encoder, const uint8_t *raw,
                              uint32_t raw_nbytes, uint8_t *out)
{
    const struct effort *effort = &efforts[encoder->level];
    struct encode_lanes *lanes = &encoder->writer.lanes;
    uint32_t nbytes;

    if (effort->passes)
        parse_thorough(encoder, effort, raw, raw_nbytes);
    else
        parse_quick(encoder, effort, raw, raw_nbytes);
    encode_lanes_start(lanes, encoder->room);
    write_blocks(encoder, raw);
    nbytes = encode_lanes_finish(lanes);
    if (nbytes > encode_stored_nbytes(raw_nbytes)) {
        encode_lanes_start(lanes, encoder->room);
        encode_stored_write(lanes, raw, raw_nbytes, true);
        nbytes = encode_lanes_finish(lanes);
    }
    memcpy(out, encoder->room + 4, nbytes);
    return nbytes;
}

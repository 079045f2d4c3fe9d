/* SPDX-License-Identifier: MIT */
/* A tile: parsed into tokens, tokens into blocks; stored as it is where that is shorter. */
#include "gpu/codec/encode_block.h"
#include "gpu/codec/encode_parse.h"

#include <stdlib.h>

/* Blocks fall back to stored ones each for itself, so a tile of several exceeds a stored tile by
 * their headers at most: three bits a block and one more word a lane. */
enum { ROOM_NBYTES = GDEFLATE_STORED_TILE_NBYTES + 4096 };

struct gdeflate_encoder {
    enum gdeflate_level level;
    struct encode_writer writer;
    struct encode_counts counts;
    struct match_hash finder;
    encode_token tokens[GDEFLATE_TILE_NBYTES];
    uint8_t room[4 + ROOM_NBYTES];
};

struct gdeflate_encoder *gdeflate_encoder_new(enum gdeflate_level level)
{
    struct gdeflate_encoder *encoder = malloc(sizeof *encoder);

    if (!encoder)
        return NULL;
    encoder->level = level;
    encode_writer_init(&encoder->writer);
    return encoder;
}

void gdeflate_encoder_free(struct gdeflate_encoder *encoder)
{
    free(encoder);
}

static void count_tokens(struct encode_counts *counts, const encode_token *tokens, uint32_t count)
{
    memset(counts, 0, sizeof *counts);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t length = tokens[i] >> 16;
        unsigned extra;

        if (length) {
            counts->litlen[encode_length_symbol(length)]++;
            counts->distance[encode_distance_code(tokens[i] & 0xFFFF, &extra)]++;
        } else {
            counts->litlen[tokens[i]]++;
        }
    }
    counts->litlen[ENCODE_END_OF_BLOCK]++;
}

uint32_t gdeflate_encode_tile(struct gdeflate_encoder *encoder, const uint8_t *raw,
                              uint32_t raw_nbytes, uint8_t *out)
{
    struct encode_block block = {encoder->tokens, 0, raw, raw_nbytes};
    uint32_t nbytes;

    block.token_count = encode_parse_fast(&encoder->finder, raw, raw_nbytes, encoder->tokens);
    count_tokens(&encoder->counts, encoder->tokens, block.token_count);
    encode_lanes_start(&encoder->writer.lanes, encoder->room);
    encode_block_write(&encoder->writer, &block, &encoder->counts, 1);
    nbytes = encode_lanes_finish(&encoder->writer.lanes);
    if (nbytes > encode_stored_nbytes(raw_nbytes)) {
        encode_lanes_start(&encoder->writer.lanes, encoder->room);
        encode_stored_write(&encoder->writer.lanes, raw, raw_nbytes, 1);
        nbytes = encode_lanes_finish(&encoder->writer.lanes);
    }
    memcpy(out, encoder->room + 4, nbytes);
    return nbytes;
}

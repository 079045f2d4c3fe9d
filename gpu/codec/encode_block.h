/* SPDX-License-Identifier: MIT */
/* Blocks of a tile: what each type of block costs, and its turns. */
#ifndef GPU_CODEC_ENCODE_BLOCK_H
#define GPU_CODEC_ENCODE_BLOCK_H

#include "gpu/codec/encode_turns.h"

#include <stdbool.h>

/* What writes blocks; belongs to one encoder. */
struct encode_writer {
    struct encode_lanes lanes;
    struct encode_codes dynamic, fixed;
    struct encode_header header;
    struct encode_turns turns;
};

/* A block's tokens and the bytes that they stand for. */
struct encode_block {
    const encode_token *tokens;
    uint32_t token_count;
    const uint8_t *raw;
    uint32_t raw_nbytes;
};

/* Once for a writer. */
void encode_writer_init(struct encode_writer *writer);
/* Writes the block in the type that is shortest. counts: of its tokens and one end of block. */
void encode_block_write(struct encode_writer *writer, const struct encode_block *block,
                        const struct encode_counts *counts, bool final);
/* 1..65536 bytes in stored blocks, as if no other type were known. */
void encode_stored_write(struct encode_lanes *lanes, const uint8_t *raw, uint32_t nbytes,
                         bool final);
/* The size of a tile that was made so. */
uint32_t encode_stored_nbytes(uint32_t nbytes);

#endif

/* SPDX-License-Identifier: MIT */
/* A block: which type is shortest, its header, its bytes or symbols. */
#include "gpu/codec/encode_block.h"

enum { STORED, FIXED, DYNAMIC };
enum { STORED_MOST = 65535, TYPE_NBITS = 3, LEN_NBITS = 16 };

void encode_writer_init(struct encode_writer *writer)
{
    encode_codes_fixed(&writer->fixed);
    encode_codewords(writer->fixed.litlen_nbits, ENCODE_FIXED_LITLENS, writer->fixed.litlen);
    encode_codewords(writer->fixed.distance_nbits, ENCODE_DISTANCES, writer->fixed.distance);
}

/* ---- stored ---- */

static uint32_t stored_cost(uint32_t nbytes)
{
    uint32_t blocks = nbytes > STORED_MOST ? 2 : 1;

    return blocks * (TYPE_NBITS + LEN_NBITS) + 8 * nbytes;
}

void encode_stored_write(struct encode_lanes *lanes, const uint8_t *raw, uint32_t nbytes,
                         bool final)
{
    while (nbytes) {
        uint32_t count = nbytes < STORED_MOST ? nbytes : STORED_MOST;

        encode_turn(lanes, 0, (struct encode_bits){final && count == nbytes, TYPE_NBITS});
        encode_turn(lanes, 0, (struct encode_bits){count, LEN_NBITS});
        for (uint32_t i = 0; i < count; i++)
            encode_turn(lanes, i % GDEFLATE_LANES, (struct encode_bits){raw[i], 8});
        raw += count;
        nbytes -= count;
    }
}

uint32_t encode_stored_nbytes(uint32_t nbytes)
{
    uint32_t words = 0;

    for (uint32_t lane = 0; lane < GDEFLATE_LANES; lane++) {
        /* The last byte of a full tile is a second block's only one, so it is lane 0's. */
        uint32_t bytes =
            (nbytes - (nbytes > STORED_MOST) + GDEFLATE_LANES - 1 - lane) / GDEFLATE_LANES;
        uint32_t nbits = 8 * bytes;

        if (!lane)
            nbits = stored_cost(nbytes) - 8 * (nbytes - (nbytes > STORED_MOST) - bytes);
        words += 1 + (nbits + 31) / 32;
    }
    return 4 * words;
}

/* ---- fixed and dynamic ---- */

static void write_header(struct encode_lanes *lanes, const struct encode_header *header)
{
    struct encode_bits sizes = {
        (header->litlens - 257) | (header->distances - 1) << 5 | (header->orders - 4) << 10, 14};

    encode_turn(lanes, 0, sizes);
    for (uint32_t i = 0; i < header->orders; i++)
        encode_turn(lanes, i, header->order[i]);
    for (uint32_t i = 0; i < header->items; i++)
        encode_turn(lanes, i % GDEFLATE_LANES, header->item[i]);
}

void encode_block_write(struct encode_writer *writer, const struct encode_block *block,
                        const struct encode_counts *counts, bool final)
{
    struct encode_lanes *lanes = &writer->lanes;
    uint32_t fixed, dynamic, stored = stored_cost(block->raw_nbytes);

    encode_codes_dynamic(&writer->dynamic, counts);
    encode_header_make(&writer->header, &writer->dynamic);
    fixed = TYPE_NBITS + encode_codes_cost(&writer->fixed, counts);
    dynamic = TYPE_NBITS + writer->header.nbits + encode_codes_cost(&writer->dynamic, counts);

    if (stored <= fixed && stored <= dynamic) {
        encode_stored_write(lanes, block->raw, block->raw_nbytes, final);
    } else if (fixed <= dynamic) {
        encode_turn(lanes, 0, (struct encode_bits){(uint32_t) final | FIXED << 1, TYPE_NBITS});
        encode_turns_write(&writer->turns, lanes, &writer->fixed, block->tokens,
                           block->token_count);
    } else {
        encode_codewords(writer->dynamic.litlen_nbits, ENCODE_FIXED_LITLENS,
                         writer->dynamic.litlen);
        encode_codewords(writer->dynamic.distance_nbits, ENCODE_DISTANCES,
                         writer->dynamic.distance);
        encode_turn(lanes, 0, (struct encode_bits){(uint32_t) final | DYNAMIC << 1, TYPE_NBITS});
        write_header(lanes, &writer->header);
        encode_turns_write(&writer->turns, lanes, &writer->dynamic, block->tokens,
                           block->token_count);
    }
}

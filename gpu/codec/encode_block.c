/* SPDX-License-Identifier: MIT */
/*
 * The turns of a block. A token goes to the next lane that is free; a lane that took a match is
 * visited once more for its distance. Matches are taken in the order of their lanes and so are the
 * distances a round later, hence both are plain queues, and a mask says which lanes owe.
 */
#include "gpu/codec/encode_block.h"

enum { STORED, FIXED, DYNAMIC };
enum { STORED_MOST = 65535, TYPE_NBITS = 3, LEN_NBITS = 16 };

/* A turn in one word: bits, their number, and whether the lane owes a distance afterwards. */
#define TURN(bits, count) ((uint64_t)(count) << 32 | (bits))
#define OWES (UINT64_C(1) << 40)

static struct encode_bits bits_of(uint64_t turn)
{
    return (struct encode_bits){(uint32_t)turn, turn >> 32 & 63};
}

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

void encode_stored_write(struct encode_lanes *lanes, const uint8_t *raw, uint32_t nbytes, bool final)
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
        uint32_t bytes = (nbytes - (nbytes > STORED_MOST) + GDEFLATE_LANES - 1 - lane) / GDEFLATE_LANES;
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
    struct encode_bits sizes = {(header->litlens - 257) | (header->distances - 1) << 5 |
                                    (header->orders - 4) << 10,
                                14};

    encode_turn(lanes, 0, sizes);
    for (uint32_t i = 0; i < header->orders; i++)
        encode_turn(lanes, i, header->order[i]);
    for (uint32_t i = 0; i < header->items; i++)
        encode_turn(lanes, i % GDEFLATE_LANES, header->item[i]);
}

static void make_turns(struct encode_writer *writer, const struct encode_codes *codes)
{
    for (unsigned byte = 0; byte < 256; byte++)
        writer->literal[byte] = TURN(codes->litlen[byte].bits, codes->litlen[byte].count);
    for (uint32_t length = ENCODE_MIN_MATCH; length <= ENCODE_MAX_SHORT; length++) {
        unsigned extra;
        struct encode_bits code = codes->litlen[encode_length_code(length, &extra)];
        uint32_t low = (length - ENCODE_MIN_MATCH) & ((1u << extra) - 1);

        writer->length[length] = TURN(code.bits | low << code.count, code.count + extra) | OWES;
    }
}

static uint64_t long_length_turn(const struct encode_codes *codes, uint32_t length)
{
    struct encode_bits code = codes->litlen[ENCODE_LONG_LENGTH];

    return TURN(code.bits | (length - ENCODE_MIN_MATCH) << code.count, code.count + 16) | OWES;
}

static uint64_t distance_turn(const struct encode_codes *codes, uint32_t distance)
{
    unsigned extra;
    struct encode_bits code = codes->distance[encode_distance_code(distance, &extra)];
    uint32_t low = (distance - 1) & ((1u << extra) - 1);

    return TURN(code.bits | low << code.count, code.count + extra);
}

/* Fills the queues with the turns of count tokens. */
static void queue_tokens(struct encode_writer *writer, const struct encode_codes *codes,
                         const encode_token *tokens, uint32_t count)
{
    struct encode_queue *queue = &writer->queue;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t length = tokens[i] >> 16;

        if (!length) {
            queue->symbol[i] = writer->literal[tokens[i]];
            continue;
        }
        queue->symbol[i] = length <= ENCODE_MAX_SHORT ? writer->length[length]
                                                      : long_length_turn(codes, length);
        queue->distance[queue->distances++] = distance_turn(codes, tokens[i] & 0xFFFF);
    }
}

/* Where the walk over the lanes stands. */
struct walk {
    unsigned lane;
    uint32_t owing; /* a bit a lane */
};

/* Spends `symbols` symbols, and the distances that fall due before the last of them. */
static void spend(struct encode_writer *writer, struct walk *walk, uint32_t symbols)
{
    struct encode_queue *queue = &writer->queue;
    const uint64_t *symbol = queue->symbol, *symbol_end = symbol + symbols;
    const uint64_t *distance = queue->distance;
    uint32_t owing = walk->owing;
    unsigned lane = walk->lane;

    while (symbol < symbol_end) {
        uint32_t owes = owing >> lane & 1;
        /* Which of both is as good as random: chosen, not branched to. */
        uint64_t turn = *(owes ? distance : symbol);

        distance += owes;
        symbol += !owes;
        encode_turn(&writer->lanes, lane, bits_of(turn));
        owing = (owing & ~(1u << lane)) | (uint32_t)(turn >> 40) << lane;
        lane = (lane + 1) % GDEFLATE_LANES;
    }
    walk->lane = lane;
    walk->owing = owing;
    queue->distances -= (uint32_t)(distance - queue->distance);
    memmove(queue->distance, distance, queue->distances * sizeof *distance);
}

static void write_symbols(struct encode_writer *writer, const struct encode_codes *codes,
                          const struct encode_block *block)
{
    struct walk walk = {0, 0};
    struct encode_bits end = codes->litlen[ENCODE_END_OF_BLOCK];
    uint32_t at = 0, count;

    make_turns(writer, codes);
    writer->queue.distances = 0;
    do {
        count = block->token_count - at < ENCODE_PIECE ? block->token_count - at : ENCODE_PIECE;
        queue_tokens(writer, codes, block->tokens + at, count);
        at += count;
        if (at == block->token_count)
            writer->queue.symbol[count++] = TURN(end.bits, end.count);
        spend(writer, &walk, count);
    } while (at < block->token_count);

    /* Owed distances: the lanes behind the one that had the end of the block, then from lane 0. */
    for (uint32_t i = 0; i < writer->queue.distances; i++) {
        while (!(walk.owing >> walk.lane & 1))
            walk.lane = (walk.lane + 1) % GDEFLATE_LANES;
        encode_turn(&writer->lanes, walk.lane, bits_of(writer->queue.distance[i]));
        walk.owing &= ~(1u << walk.lane);
    }
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
        encode_turn(lanes, 0, (struct encode_bits){(uint32_t)final | FIXED << 1, TYPE_NBITS});
        write_symbols(writer, &writer->fixed, block);
    } else {
        encode_codewords(writer->dynamic.litlen_nbits, ENCODE_FIXED_LITLENS, writer->dynamic.litlen);
        encode_codewords(writer->dynamic.distance_nbits, ENCODE_DISTANCES,
                         writer->dynamic.distance);
        encode_turn(lanes, 0, (struct encode_bits){(uint32_t)final | DYNAMIC << 1, TYPE_NBITS});
        write_header(lanes, &writer->header);
        write_symbols(writer, &writer->dynamic, block);
    }
}

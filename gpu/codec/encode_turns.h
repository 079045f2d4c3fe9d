/* SPDX-License-Identifier: MIT */
/*
 * From the tokens of a block to turns of lanes. A token goes to the next lane that is free; a lane
 * that took a match is visited once more for its distance. Matches are taken in the order of their
 * lanes and so are the distances a round later, hence both are plain queues, and a mask says which
 * lanes owe.
 */
#ifndef GPU_CODEC_ENCODE_TURNS_H
#define GPU_CODEC_ENCODE_TURNS_H

#include "gpu/codec/encode_codes.h"

/* Tokens are brought to turns in pieces of this many, which stay in the first cache. */
enum { ENCODE_PIECE = 512, ENCODE_VECTOR = 16 };

/* How many bits a turn has, and whether its lane owes a distance afterwards. */
enum { ENCODE_TURN_NBITS = 63, ENCODE_TURN_OWES = 64 };

/* Turns in waiting, with room for vectors that reach behind the last. */
struct encode_queue {
    uint32_t bits[ENCODE_PIECE + 4 * ENCODE_VECTOR];
    uint32_t kind[ENCODE_PIECE + 4 * ENCODE_VECTOR];
    uint32_t count;
};

struct encode_turns {
    struct encode_queue symbols, distances;
    unsigned lane;  /* whose turn it is */
    uint32_t owing; /* a bit a lane */
    /* The first turn of a token: of literals, then of lengths to 258. */
    uint32_t bits[256 + ENCODE_MAX_SHORT + 1];
    uint32_t kind[256 + ENCODE_MAX_SHORT + 1];
    struct encode_bits long_length, end, distance[ENCODE_DISTANCES];
    void (*spend)(struct encode_turns *turns, struct encode_lanes *lanes);
};

/* Once, and for instructions not beyond `most`. */
void encode_turns_init(struct encode_turns *turns, enum gdeflate_isa most);
/* All turns of a block but its header; codes have their codewords. */
void encode_turns_write(struct encode_turns *turns, struct encode_lanes *lanes,
                        const struct encode_codes *codes, const encode_token *tokens,
                        uint32_t count);

#endif

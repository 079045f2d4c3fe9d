/* SPDX-License-Identifier: MIT */
/*
 * What the decoder's files share. A tile is decoded block by block: decode.c reads headers and
 * stored blocks, decode_table.c makes tables of code lengths, and one of the decode_<isa>.c turns
 * the bits of a compressed block into tokens (literal bytes; matches; distances), from which
 * decode_copy.h makes the output.
 *
 * Invariants, between any two turns:
 * - a lane holds 32..63 bits, of which a turn takes at most 31, so one word refills it at most;
 * - `at` counts the words that were taken. It may pass `word_count`: what is taken there is zero,
 *   and the next look says GDEFLATE_SHORT_TILE;
 * - matches and distances are queues of the same order, as a lane's distance comes at its next turn
 *   after the match and lanes are visited in order: the k-th match has the k-th distance.
 */
#ifndef GPU_CODEC_DECODE_PRIV_H
#define GPU_CODEC_DECODE_PRIV_H

#include "gpu/codec/gdeflate.h"

#include <string.h>

#define LANES GDEFLATE_LANES

/*
 * A table entry has all that a turn needs:
 *   bits 0-4    bits that the turn takes, code and extra together
 *   bits 6-9    of these, the code's
 *   bit 10      a literal
 *   bit 11      a length: as a number DISTANCE_TABLE, where the lane's next turn looks
 *   bit 12      neither these nor a distance: bit 13, the value, and nothing else count
 *   bit 13      the code is longer than TABLE_BITS, and value the index of its second table
 *   bits 16-31  value: the byte; the least length, less 3; the least distance, less 1
 */
#define ENTRY_TAKES(entry) ((entry)&31u)
#define ENTRY_CODE_NBITS(entry) ((entry) >> 6 & 15u)
#define ENTRY_VALUE(entry) ((entry) >> 16)
#define ENTRY_LITERAL (1u << 10)
#define ENTRY_LENGTH (1u << 11)
#define ENTRY_OTHER (1u << 12)
#define ENTRY_SECOND (1u << 13)
/* Added to a symbol's entry for each bit of its code. */
#define ENTRY_PER_BIT ((1u << 6) | 1u)
/* Codes that stand for nothing have ENTRY_OTHER alone, the end of the block this. */
#define ENTRY_END (ENTRY_OTHER | 1u << 16)

#define MAX_CODE_NBITS 15
#define TABLE_BITS 11
#define TABLE_SIZE (1u << TABLE_BITS)
#define SECOND_BITS (MAX_CODE_NBITS - TABLE_BITS)
#define SECOND_SIZE (1u << SECOND_BITS)

/* One array, so that a lane's table is an offset. */
#define LITERAL_TABLE 0u
#define DISTANCE_TABLE TABLE_SIZE
#define SECOND_TABLES (2 * TABLE_SIZE)
/* A second table exists only for a prefix that two codes share at least. */
#define MAX_SYMBOLS 288u
#define MAX_DISTANCES 32u
#define TABLE_ENTRIES (SECOND_TABLES + (MAX_SYMBOLS + MAX_DISTANCES) / 2 * SECOND_SIZE)

_Static_assert(ENTRY_LENGTH == DISTANCE_TABLE,
               "a length's flag is the table of its lane's next turn");
_Static_assert(TABLE_ENTRIES <= 65536, "a second table's index is a value");

/* Tokens wait in queues for the copying: small enough to stay in the nearest cache. */
#define MAX_LITERALS 8192u
#define MAX_MATCHES 2048u
/* Copying and the decoders write or read whole vectors; what is too much falls here. */
#define QUEUE_SLACK 64u

struct gd_decoder;

/* Makes output of the tokens that are complete; after an error the decoder's state is as before. */
typedef enum gdeflate_status gd_copier(struct gd_decoder *d);

struct gd_decoder {
    /* lanes */
    uint64_t bits[LANES];
    uint32_t count[LANES];
    uint32_t table_at[LANES]; /* DISTANCE_TABLE when the lane owes a distance, else LITERAL_TABLE */

    /* the words, which the lanes share */
    const uint8_t *words; /* the tile's, or tail */
    uint32_t at, word_count;
    /* The last words, then zeros: a round's reads need no look at the end. */
    uint8_t tail[2 * LANES * 4];

    /* output */
    uint8_t *out;
    uint32_t position, raw_nbytes;
    gd_copier *copy;

    /* token queues; a match is its length less 3, and above, how many literals were before it */
    uint32_t literal_count, match_count, distance_count;
    uint8_t literals[MAX_LITERALS + QUEUE_SLACK];
    uint32_t matches[MAX_MATCHES + QUEUE_SLACK];
    uint16_t distances[MAX_MATCHES + QUEUE_SLACK];

    uint32_t table[TABLE_ENTRIES];
};

static inline uint32_t gd_load32(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Takes bits of a lane, 1..31 of them, and refills it: one turn. Looks at the end at each word. */
static inline uint32_t gd_turn(struct gd_decoder *d, uint32_t lane, uint32_t nbits)
{
    uint32_t taken = (uint32_t)d->bits[lane] & ((1u << nbits) - 1);

    d->bits[lane] >>= nbits;
    d->count[lane] -= nbits;
    if (d->count[lane] < 32) {
        uint32_t word = d->at < d->word_count ? gd_load32(d->words + 4 * (size_t)d->at) : 0;

        d->bits[lane] |= (uint64_t)word << d->count[lane];
        d->count[lane] += 32;
        d->at++;
    }
    return taken;
}

/*
 * Before a round: after this each lane may take a word from words[at] on without a look. Says
 * GDEFLATE_SHORT_TILE when more words were taken than there are.
 */
static inline enum gdeflate_status gd_need_words(struct gd_decoder *d)
{
    uint32_t left = d->word_count - d->at;

    if (d->at > d->word_count) {
        return GDEFLATE_SHORT_TILE;
    }
    /* Of the tail at most LANES - 1 words are left, and as many words as lanes follow at least. */
    if (left < LANES && d->words != d->tail) {
        memcpy(d->tail, d->words + 4 * (size_t)d->at, 4 * (size_t)left);
        memset(d->tail + 4 * (size_t)left, 0, sizeof(d->tail) - 4 * (size_t)left);
        d->words = d->tail;
        d->at = 0;
        d->word_count = left;
    }
    return GDEFLATE_OK;
}

/*
 * A turn as an entry says, without a look at the end, so only after gd_need_words: moves *in by the
 * word of a refill, returns the entry's value with the extra bits added. bits are the lane's.
 */
static inline __attribute__((always_inline)) uint32_t
gd_turn_by(struct gd_decoder *d, uint32_t lane, uint64_t bits, uint32_t entry, const uint8_t **in)
{
    uint32_t takes = ENTRY_TAKES(entry), count = d->count[lane] - takes;
    uint32_t extra = ((uint32_t)bits & ((1u << takes) - 1)) >> ENTRY_CODE_NBITS(entry);
    /* Below 32 is bit 5 clear, as the count is at most 63; refilled it is set. */
    uint32_t need = ~count >> 5 & 1;

    d->bits[lane] = bits >> takes | (uint64_t)(gd_load32(*in) & -need) << (count & 31);
    d->count[lane] = count | 32;
    *in += 4 * need;
    return ENTRY_VALUE(entry) + extra;
}

/* Words are taken too slowly and unevenly for the processor to see a stream in it. */
static inline void gd_prefetch_words(const uint8_t *in)
{
    /* Not a pointer's arithmetic, as this may be behind the tile; a prefetch cannot fault. */
    __builtin_prefetch((const void *)((uintptr_t)in + 768));
}

/* Are the queues too full for one more round? */
static inline int gd_queues_full(uint32_t literal_count, uint32_t match_count)
{
    return literal_count > MAX_LITERALS - LANES || match_count > MAX_MATCHES - LANES;
}

/* Both tables of a block; lengths are the literals' and, from literal_count on, the distances'. */
enum gdeflate_status gd_make_tables(struct gd_decoder *d, const uint8_t *lengths,
                                    uint32_t literal_count, uint32_t distance_count);
enum gdeflate_status gd_read_code_lengths(struct gd_decoder *d);

/*
 * The symbols of one block up to its end, with what lanes owe afterwards, and the copying. Each may
 * leave the block at any round's start to gd_symbols_scalar, which goes on from the same state.
 */
typedef enum gdeflate_status gd_symbols(struct gd_decoder *d);
gd_symbols gd_symbols_scalar, gd_symbols_avx2, gd_symbols_avx512;
gd_copier gd_copy_scalar, gd_copy_avx2;

/*
 * Four rounds of a stored block, some times; places: which of the 32 words of each time a lane
 * takes. Refuses a tile that has too few words, and nothing else.
 */
typedef enum gdeflate_status gd_stored(struct gd_decoder *d, const uint32_t places[LANES],
                                       uint32_t four_rounds);
gd_stored gd_stored_scalar, gd_stored_avx512;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * GDeflate, the format in which DirectStorage ships assets: a stream is a small header, a table, and
 * tiles of at most 64 KiB, each compressed for itself in 32 interleaved lanes. Here: the header, one
 * tile in, one tile out. Streams over many threads are stream.h.
 */
#ifndef GPU_CODEC_GDEFLATE_H
#define GPU_CODEC_GDEFLATE_H

#include <stddef.h>
#include <stdint.h>

#define GDEFLATE_TILE_NBYTES 65536u
#define GDEFLATE_MAX_TILES 65535u
#define GDEFLATE_LANES 32u
/* One tile in stored blocks: what no tile of ours exceeds. */
#define GDEFLATE_STORED_TILE_NBYTES 65672u

/* Why a stream was refused; 0 is success. Names and sentences: gdeflate_reason(). */
enum gdeflate_status {
    GDEFLATE_OK,
    GDEFLATE_SHORT_HEADER,   /* fewer than 8 bytes, or the table is not all there */
    GDEFLATE_BAD_MAGIC,      /* the second byte is not the first one's complement */
    GDEFLATE_BAD_TILE_SIZE,  /* tiles that are not of 64 KiB, or a stream of none */
    GDEFLATE_BAD_TABLE,      /* offsets that do not ascend, or lead outside */
    GDEFLATE_SHORT_TILE,     /* less than the first word of each lane, or bits ran out */
    GDEFLATE_BAD_BLOCK,      /* block type 3 */
    GDEFLATE_BAD_CODE,       /* lengths of codes that make no prefix code */
    GDEFLATE_BAD_SYMBOL,     /* 286, 287, or a code that nothing was given */
    GDEFLATE_BAD_DISTANCE,   /* before the tile's first byte */
    GDEFLATE_TOO_LONG,       /* more bytes than the tile has */
    GDEFLATE_TOO_SHORT,      /* ended before the tile was full */
    GDEFLATE_SIZE_MISMATCH,  /* the stream's size is not the one that was asked for */
    GDEFLATE_NO_ROOM,        /* the destination cannot take it */
    GDEFLATE_NO_MEMORY,
    GDEFLATE_STATUS_COUNT
};

struct gdeflate_stream {
    const uint8_t *bytes; /* the caller's */
    size_t nbytes;
    uint32_t tile_count;
    uint64_t raw_nbytes; /* of all tiles together */
    uint8_t id;
};

struct gdeflate_tile {
    const uint8_t *bytes;
    uint32_t nbytes;
    uint32_t raw_nbytes; /* 1..65536 */
};

/* Checks header and whole table, so that any tile below tile_count lies inside. stream.c */
enum gdeflate_status gdeflate_open(struct gdeflate_stream *stream, const void *bytes, size_t nbytes);
struct gdeflate_tile gdeflate_tile_at(const struct gdeflate_stream *stream, uint32_t index);

/* The decoders that there are, slowest first; all give the same bytes and the same status. */
enum gdeflate_isa { GDEFLATE_SCALAR, GDEFLATE_AVX2, GDEFLATE_AVX512, GDEFLATE_ISA_COUNT };

const char *gdeflate_isa_name(enum gdeflate_isa isa);
/* Can this processor run it? */
int gdeflate_isa_usable(enum gdeflate_isa isa);
enum gdeflate_isa gdeflate_best_isa(void);

/*
 * Decodes one tile into exactly raw_nbytes bytes at out, strictly; touches nothing else of out. What
 * lies in out after a refusal is not specified. Ends after a time that is bounded by the sizes.
 * isa must be usable. Takes about 50 KiB of stack, and no other memory.
 */
enum gdeflate_status gdeflate_decode_tile(enum gdeflate_isa isa, const struct gdeflate_tile *tile,
                                          uint8_t *out);

/* The three levels of DirectStorage: near-greedy, near-optimal, best. */
enum gdeflate_level { GDEFLATE_FASTEST, GDEFLATE_DEFAULT, GDEFLATE_BEST, GDEFLATE_LEVEL_COUNT };

/* Working memory of one encoding thread; NULL without memory. */
struct gdeflate_encoder;
struct gdeflate_encoder *gdeflate_encoder_new(enum gdeflate_level level);
void gdeflate_encoder_free(struct gdeflate_encoder *encoder);
/*
 * Encodes 1..65536 bytes; returns the tile's size, a multiple of 4 and at most
 * GDEFLATE_STORED_TILE_NBYTES, which is the room that out must have.
 */
uint32_t gdeflate_encode_tile(struct gdeflate_encoder *encoder, const uint8_t *raw, uint32_t raw_nbytes,
                              uint8_t *out);

/* "distance before the tile's first byte"; never NULL. */
const char *gdeflate_reason(enum gdeflate_status status);

#endif

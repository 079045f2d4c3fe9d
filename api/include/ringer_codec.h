/* SPDX-License-Identifier: MIT */
/*
 * Compression as DirectStorage has it, for tools and programs on Linux: GDeflate streams of tiles, and
 * zstd frames, in memory, over as many threads as the caller gives. Needs no Windows header. C and C++;
 * stable from 0.1 on, new members of structs come at their end.
 *
 * Streams from anywhere may be given: every check of the format is made, no byte outside a destination
 * is written, and the time is bounded by the sizes. GDeflate has no checksum, and zstd only where the
 * maker of a frame put one: damage that leaves a valid stream is not noticed. Any function may run in
 * any number of threads at once. Memory that is read must not change while a call runs. Numbers of formats and levels are those
 * of dstorage.h [D] DSTORAGE_COMPRESSION_FORMAT, DSTORAGE_COMPRESSION.
 */
#ifndef RINGER_CODEC_H
#define RINGER_CODEC_H

#include <stddef.h>
#include <stdint.h>

#ifndef RINGER_API
#    ifdef _WIN32
#        define RINGER_API
#    else
#        define RINGER_API __attribute__((visibility("default")))
#    endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum ringer_codec_format {
    RINGER_CODEC_GDEFLATE = 1,
    RINGER_CODEC_ZSTD = 2, /* one ordinary frame; no dictionary */
};

enum ringer_codec_level {
    RINGER_CODEC_FASTEST = -1,
    RINGER_CODEC_DEFAULT = 0,
    RINGER_CODEC_BEST = 1,
};

/* How a call ended. ringer_codec_status_text has a sentence for each. */
enum ringer_codec_status {
    RINGER_CODEC_OK = 0,
    RINGER_CODEC_BAD_ARGUMENT, /* NULL, or a number that is no format, level or instruction set */
    RINGER_CODEC_NOT_BUILT, /* this library was built without that format */
    RINGER_CODEC_NO_MEMORY,
    RINGER_CODEC_NO_ROOM, /* compress: the result is larger than the destination */
    RINGER_CODEC_EMPTY, /* compress: GDeflate has no stream of 0 bytes */
    RINGER_CODEC_TOO_LARGE, /* compress: more than the format can hold */
    RINGER_CODEC_WRONG_SIZE, /* decompress: the stream is not of the size that was asked for */
    RINGER_CODEC_UNKNOWN_SIZE, /* info: the frame does not say how large its content is */
    /* What is wrong with a stream. */
    RINGER_CODEC_SHORT_HEADER,
    RINGER_CODEC_BAD_MAGIC,
    RINGER_CODEC_BAD_TILE_SIZE,
    RINGER_CODEC_BAD_TABLE,
    RINGER_CODEC_SHORT_TILE,
    RINGER_CODEC_BAD_BLOCK,
    RINGER_CODEC_BAD_CODE,
    RINGER_CODEC_BAD_SYMBOL,
    RINGER_CODEC_BAD_DISTANCE,
    RINGER_CODEC_TILE_TOO_LONG,
    RINGER_CODEC_TILE_TOO_SHORT,
    RINGER_CODEC_BAD_FRAME, /* zstd: whatever libzstd refuses */
    RINGER_CODEC_STATUS_COUNT
};

/* The instructions that GDeflate is decoded with. All give the same bytes and the same status. */
enum ringer_codec_isa {
    RINGER_CODEC_ISA_BEST = 0, /* the fastest that this processor has */
    RINGER_CODEC_ISA_SCALAR,
    RINGER_CODEC_ISA_AVX2,
    RINGER_CODEC_ISA_AVX512,
    RINGER_CODEC_ISA_COUNT
};

/*
 * Threads to work with: a program may lend its own job system. The struct is the caller's and must stay
 * while a call uses it.
 */
struct ringer_codec_pool {
    void *context;    /* handed to run */
    unsigned threads; /* how many tasks can run at once; 0 is taken as 1 */
    /*
     * Calls task(arg, i) once for each i below count, in any threads and any order, also one after
     * another, and returns when all have returned. Calls may come from several threads at once.
     */
    void (*run)(void *context, size_t count, void (*task)(void *arg, size_t index), void *arg);
};

/* What may be said to a call; all 0, or a NULL in its place, is the default of everything. */
struct ringer_codec_options {
    size_t size;                          /* of this struct in bytes; 0 is taken as the whole */
    enum ringer_codec_level level;        /* compress */
    enum ringer_codec_isa isa;            /* decompress */
    const struct ringer_codec_pool *pool; /* NULL: in the calling thread. zstd: not used */
    /*
     * Told how many of total tiles are ready: never two calls at once, done never falls, in any thread
     * of the pool. A call that succeeds ends with done == total, in the calling thread. zstd: once.
     */
    void (*progress)(void *context, size_t done, size_t total);
    void *progress_context;
};

/* What a stream says of itself, checked. */
struct ringer_codec_info {
    uint64_t raw_nbytes;    /* of what it decompresses to */
    uint64_t stream_nbytes; /* header, table and tiles, or the frame; what lies behind is ignored */
    uint32_t tile_count;    /* GDeflate; 0 for zstd, as the members below */
    uint32_t tile_nbytes;   /* of each tile but the last, when decompressed: 65536 */
    uint32_t last_nbytes;   /* of the last tile, when decompressed: 1..65536 */
    uint32_t id;            /* first byte: 4 by Microsoft's encoder, 0xFE seen in a game's files */
};

/*
 * Is the format there? libzstd is optional when the library is built.
 * format: RINGER_CODEC_GDEFLATE or RINGER_CODEC_ZSTD.
 * Returns 1, or 0 when the library was built without it or it is no format.
 * Source: [I].
 */
RINGER_API int ringer_codec_available(enum ringer_codec_format format);

/*
 * A sentence about a status, without a full stop.
 * status: any number.
 * Returns text that is never freed; cannot fail.
 * Source: [I].
 */
RINGER_API const char *ringer_codec_status_text(enum ringer_codec_status status);

/*
 * The most bytes that so many can take when compressed. GDeflate: 66404 a tile, for 0 bytes one tile, and
 * 16, which is what DirectStorage's published codec answers; no result of ours comes near it.
 * format: RINGER_CODEC_GDEFLATE or RINGER_CODEC_ZSTD.
 * raw_nbytes: bytes to be compressed.
 * bound_out: the caller's; bytes; untouched on failure.
 * Returns RINGER_CODEC_OK; RINGER_CODEC_BAD_ARGUMENT (format; bound_out is NULL); RINGER_CODEC_NOT_BUILT;
 *   RINGER_CODEC_TOO_LARGE for more than 65535 tiles, which is 4294901760 bytes (zstd: its own limit).
 * Source: [I].
 */
RINGER_API enum ringer_codec_status ringer_codec_bound(enum ringer_codec_format format,
                                                       uint64_t raw_nbytes, uint64_t *bound_out);

/*
 * Compresses memory to memory. The result depends on the bytes, the format and the level only, not on the
 * threads. With room of ringer_codec_bound no copy is made; with less, the result is made aside and
 * copied if it fits. Like DirectStorage's published encoder it has no stream for 0 bytes.
 * format: RINGER_CODEC_GDEFLATE or RINGER_CODEC_ZSTD.
 * options: level, pool and progress, isa is not used; the caller's, NULL for the defaults.
 * raw: what is compressed; the caller's, must not change meanwhile.
 * raw_nbytes: bytes at raw.
 * out: the destination, the caller's, apart from raw; unspecified on failure.
 * out_nbytes: room at out in bytes.
 * written_out: the caller's; bytes of the result, 0 on failure.
 * Returns RINGER_CODEC_OK; RINGER_CODEC_BAD_ARGUMENT (a pointer is NULL, format, level);
 *   RINGER_CODEC_NOT_BUILT; RINGER_CODEC_NO_MEMORY; RINGER_CODEC_NO_ROOM; RINGER_CODEC_EMPTY for 0 bytes
 *   (GDeflate); RINGER_CODEC_TOO_LARGE for more than 65535 tiles, or a result beyond its table.
 * Source: [I].
 */
RINGER_API enum ringer_codec_status
ringer_codec_compress(enum ringer_codec_format format, const struct ringer_codec_options *options,
                      const void *raw, size_t raw_nbytes, void *out, size_t out_nbytes,
                      size_t *written_out);

/*
 * Decompresses memory to memory, all of it or with a failure. With several bad tiles the first in the
 * stream decides, however many threads there are. Stricter than DirectStorage's published decoder, which
 * does not bound what it reads.
 * format: RINGER_CODEC_GDEFLATE or RINGER_CODEC_ZSTD.
 * options: isa, pool and progress, level is not used; the caller's, NULL for the defaults.
 * stream: what is decompressed; the caller's, must not change meanwhile.
 * stream_nbytes: bytes at stream; those behind the last tile, or the frame, are ignored.
 * out: the destination, the caller's, apart from stream; unspecified on failure.
 * out_nbytes: room at out in bytes; exactly raw_nbytes of ringer_codec_info.
 * fault_out: the caller's, or NULL; index of the bad tile, SIZE_MAX when no tile is at fault.
 * Returns RINGER_CODEC_OK; RINGER_CODEC_BAD_ARGUMENT (a pointer is NULL, format, an instruction set that
 *   the processor lacks); RINGER_CODEC_NOT_BUILT; RINGER_CODEC_NO_MEMORY; RINGER_CODEC_WRONG_SIZE; and
 *   every status from RINGER_CODEC_SHORT_HEADER on, which says what is wrong with the stream.
 * Source: [I].
 */
RINGER_API enum ringer_codec_status
ringer_codec_decompress(enum ringer_codec_format format, const struct ringer_codec_options *options,
                        const void *stream, size_t stream_nbytes, void *out, size_t out_nbytes,
                        size_t *fault_out);

/*
 * What a stream says of itself. Header and table are checked; the data of tiles is not looked at.
 * format: RINGER_CODEC_GDEFLATE or RINGER_CODEC_ZSTD.
 * stream: the caller's.
 * stream_nbytes: bytes at stream.
 * info_out: the caller's; untouched on failure.
 * Returns RINGER_CODEC_OK; RINGER_CODEC_BAD_ARGUMENT (a pointer is NULL, format);
 *   RINGER_CODEC_NOT_BUILT; RINGER_CODEC_UNKNOWN_SIZE (zstd); RINGER_CODEC_SHORT_HEADER,
 *   RINGER_CODEC_BAD_MAGIC, RINGER_CODEC_BAD_TILE_SIZE, RINGER_CODEC_BAD_TABLE, RINGER_CODEC_SHORT_TILE;
 *   RINGER_CODEC_BAD_FRAME (zstd).
 * Source: [I].
 */
RINGER_API enum ringer_codec_status ringer_codec_info(enum ringer_codec_format format,
                                                      const void *stream, size_t stream_nbytes,
                                                      struct ringer_codec_info *info_out);

/*
 * A pool of threads, of which the calling one is one. Any number of threads may use it at once, and a
 * task may use its own. Idle threads sleep, and take no signals.
 * threads: how many threads, 0 for one each processor that the process may use; fewer when the system
 *   gives fewer.
 * Returns the pool, the caller's, for ringer_codec_pool_free; NULL without memory.
 * Source: [I].
 */
RINGER_API struct ringer_codec_pool *ringer_codec_pool_new(unsigned threads);

/*
 * Ends the threads of a pool and frees it. No call may be using it.
 * pool: of ringer_codec_pool_new; NULL does nothing.
 * Source: [I].
 */
RINGER_API void ringer_codec_pool_free(struct ringer_codec_pool *pool);

/*
 * The name of an instruction set: "best", "scalar", "avx2", "avx512".
 * isa: any number.
 * Returns text that is never freed; NULL when isa is none.
 * Source: [I].
 */
RINGER_API const char *ringer_codec_isa_name(enum ringer_codec_isa isa);

/*
 * Has this processor the instruction set?
 * isa: any number.
 * Returns 1, for RINGER_CODEC_ISA_BEST and RINGER_CODEC_ISA_SCALAR always; 0 when not, or isa is none.
 * Source: [I].
 */
RINGER_API int ringer_codec_isa_usable(enum ringer_codec_isa isa);

#ifdef __cplusplus
}
#endif

#endif

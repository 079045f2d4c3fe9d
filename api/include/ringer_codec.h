/* SPDX-License-Identifier: MIT */
/*
 * Compression as DirectStorage has it, for tools and programs on Linux: GDeflate streams of tiles, and
 * zstd frames, in memory, over as many threads as the caller gives. Needs no Windows header. C and C++;
 * stable from 0.1 on, new members of structs come at their end.
 *
 * Streams from anywhere may be given: every check of the format is made, no byte outside a destination
 * is written, and the time is bounded by the sizes. Any function may run in any number of threads at
 * once. Memory that is read must not change while a call runs. Numbers of formats and levels are those
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
 * Is the format there? 1, or 0 when the library was built without it or format is none.
 * [I] libzstd is optional at build time.
 */
RINGER_API int ringer_codec_available(enum ringer_codec_format format);

/*
 * A sentence without a full stop about status, never NULL, never freed. [I]
 */
RINGER_API const char *ringer_codec_status_text(enum ringer_codec_status status);

/*
 * The most bytes that raw_nbytes bytes can take compressed in format, in *bound_out.
 * GDeflate: max(1, raw_nbytes / 65536 rounded up) * 66404 + 16, for 0 bytes, too. [D] DirectStorage's
 * published codec answers so; no result of ours is near it.
 * BAD_ARGUMENT (format, or bound_out NULL), NOT_BUILT, TOO_LARGE (more than 65535 tiles, 4294901760
 * bytes; zstd: its own limit); *bound_out is then untouched.
 */
RINGER_API enum ringer_codec_status ringer_codec_bound(enum ringer_codec_format format,
                                                       uint64_t raw_nbytes, uint64_t *bound_out);

/*
 * Compresses the raw_nbytes bytes at raw into the out_nbytes bytes at out, in format, as options say
 * (NULL: defaults); the size of the result is in *written_out. The result depends on raw, format and
 * level only, not on threads. With room of ringer_codec_bound no copy is made; with less, the result is
 * made aside and copied if it fits. On failure *written_out is 0 and what lies in out unspecified.
 * BAD_ARGUMENT (a pointer is NULL, format, level), NOT_BUILT, NO_MEMORY, NO_ROOM, EMPTY (GDeflate),
 * TOO_LARGE. [D] DirectStorage's published encoder refuses 0 bytes and more than 65535 tiles.
 */
RINGER_API enum ringer_codec_status
ringer_codec_compress(enum ringer_codec_format format, const struct ringer_codec_options *options,
                      const void *raw, size_t raw_nbytes, void *out, size_t out_nbytes,
                      size_t *written_out);

/*
 * Decompresses the stream of stream_nbytes bytes at stream into out, whose out_nbytes must be the
 * stream's raw_nbytes exactly (ringer_codec_info), in format, as options say (NULL: defaults). With
 * several bad tiles the first in the stream decides, however many threads there are; its index is in
 * *fault_out unless that is NULL (SIZE_MAX: no tile is at fault). On failure what lies in out is
 * unspecified. BAD_ARGUMENT (a pointer is NULL, format, an instruction set that the processor lacks),
 * NOT_BUILT, NO_MEMORY, WRONG_SIZE, and everything that is wrong with a stream.
 * [I] stricter than DirectStorage's published decoder, which does not bound what it reads.
 */
RINGER_API enum ringer_codec_status
ringer_codec_decompress(enum ringer_codec_format format, const struct ringer_codec_options *options,
                        const void *stream, size_t stream_nbytes, void *out, size_t out_nbytes,
                        size_t *fault_out);

/*
 * What the stream of stream_nbytes bytes at stream, in format, says of itself, in *info_out. Header and
 * table are checked, the data of tiles is not looked at.
 * BAD_ARGUMENT (a pointer is NULL, format), NOT_BUILT, UNKNOWN_SIZE, and what is wrong with header or
 * table; *info_out is then untouched. [D] layout of the tile stream: DirectStorage's published codec.
 */
RINGER_API enum ringer_codec_status ringer_codec_info(enum ringer_codec_format format,
                                                      const void *stream, size_t stream_nbytes,
                                                      struct ringer_codec_info *info_out);

/*
 * A pool of so many threads, of which the calling one is one; threads 0: one for each processor that the
 * process may use. Fewer when the system gives fewer. Any number of threads may use one pool at once, and
 * a task may use its own. Idle threads sleep. NULL without memory. Freed by ringer_codec_pool_free. [I]
 */
RINGER_API struct ringer_codec_pool *ringer_codec_pool_new(unsigned threads);
/* Ends the threads of pool, of ringer_codec_pool_new, and frees it; no call may be using it. NULL: nothing. [I] */
RINGER_API void ringer_codec_pool_free(struct ringer_codec_pool *pool);

/*
 * "best", "scalar", "avx2", "avx512": the name of isa; NULL when it is none. Never freed. [I]
 */
RINGER_API const char *ringer_codec_isa_name(enum ringer_codec_isa isa);
/* Has this processor isa? 1 or 0; ISA_BEST and ISA_SCALAR always. [I] */
RINGER_API int ringer_codec_isa_usable(enum ringer_codec_isa isa);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Decompression on all cores: requests side by side, and the tiles of a large one among whoever is
 * idle.
 */
#ifndef DS_POOL_H
#define DS_POOL_H

#include "api/dstorage/object.h"

#include <ringer_codec.h>

struct ds_runtime;
struct ds_entry;

struct ds_pool {
    SRWLOCK lock;
    CONDITION_VARIABLE work, left;
    struct emu_list jobs;  /* of ds_entry.link; lock */
    struct emu_list loops; /* pool.c; lock */
    unsigned idle;         /* lock */
    bool stopping;         /* lock */
    bool simulated;        /* no threads: jobs are put off */
    HANDLE *threads;
    unsigned count;
    struct ringer_codec_pool lent; /* this pool, as the codec sees it */
};

void ds_pool_init(struct ds_pool *pool);
/* threads: 0 for one a processor. */
HRESULT ds_pool_start(struct ds_pool *pool, unsigned threads);
void ds_pool_stop(struct ds_pool *pool);
/* It was started: who adds a request will see it done. */
static inline bool ds_pool_works(const struct ds_pool *pool)
{
    return pool->count || pool->simulated;
}
void ds_pool_add(struct ds_pool *pool, struct ds_entry *entry);
/* A request that nobody has begun, for the program itself; NULL when there is none. */
struct ds_entry *ds_pool_steal(struct ds_pool *pool);

/* decompress.c */
bool ds_format_known(unsigned format);
bool ds_format_builtin(unsigned format);
HRESULT ds_decompress(struct ds_pool *pool, unsigned format, const void *source,
                      size_t source_nbytes, void *to, size_t nbytes);
/*
 * The same for a caller who does not know the size: RINGER_CODEC_NO_ROOM when it is above nbytes.
 * to must be memory that can be written. pool may be NULL.
 */
enum ringer_codec_status ds_decompress_up_to(const struct ringer_codec_pool *pool, unsigned format,
                                             const void *source, size_t source_nbytes, void *to,
                                             size_t nbytes, size_t *written_out);
HRESULT ds_codec_create(DSTORAGE_COMPRESSION_FORMAT format, UINT32 threads, REFIID riid,
                        void **ppv);

#endif

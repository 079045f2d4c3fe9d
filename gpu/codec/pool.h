/* SPDX-License-Identifier: MIT */
/* Work for whatever threads the caller gave, and how far it is. */
#ifndef GPU_CODEC_POOL_H
#define GPU_CODEC_POOL_H

#include <ringer_codec.h>

#include <pthread.h>
#include <stdatomic.h>

/*
 * Runs work(arg) in as many threads as the pool has and count has parts, once in each; in this thread
 * without a pool. A pool that is slower than it says runs some of them after the others, when nothing is
 * left to do: whoever takes parts takes them from a counter until there are none.
 */
void codec_pool_share(const struct ringer_codec_pool *pool, size_t count, void (*work)(void *arg),
                      void *arg);

/* How many parts are ready, told to the caller of the API. The lock covers told and the call. */
struct codec_progress {
    void (*tell)(void *context, size_t done, size_t total);
    void *context;
    size_t total, told;
    atomic_size_t done;
    pthread_mutex_t lock;
};

void codec_progress_init(struct codec_progress *progress, const struct ringer_codec_options *options,
                         size_t total);
/* One part more, from any thread; never waits for another's call. */
void codec_progress_step(struct codec_progress *progress);
/* The last word, when all went well. */
void codec_progress_end(struct codec_progress *progress);
void codec_progress_fini(struct codec_progress *progress);

#endif

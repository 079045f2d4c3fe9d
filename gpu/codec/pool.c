/* SPDX-License-Identifier: MIT */
/*
 * A pool of threads. Each run is a job on its caller's stack, in a list; idle threads enter the first one
 * and take tasks from its counter until none is left, as does the caller. So a run needs no thread of the
 * pool to make progress, several runs share what there is, and a task may start a run of its own.
 */
#include "gpu/codec/pool.h"

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct job {
    void (*task)(void *arg, size_t index);
    void *arg;
    size_t count;
    atomic_size_t next; /* index of the task that nobody has taken */
    /* Under the pool's lock. */
    unsigned inside; /* threads of the pool that may still touch the job */
    bool listed;
    struct job *link;
};

struct pool {
    struct ringer_codec_pool open; /* first: what the API hands out */
    pthread_mutex_t lock;
    pthread_cond_t work; /* a job was listed, or stopping */
    pthread_cond_t left; /* a thread has left a job as the last one */
    /* Under lock. */
    struct job *jobs;
    bool stopping;
    /* Constant once made. */
    unsigned thread_count;
    pthread_t threads[];
};

static void run_tasks(struct job *job)
{
    size_t index;

    /* Only the index matters here; what tasks wrote is ordered by the pool's lock. */
    while ((index = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed)) < job->count)
        job->task(job->arg, index);
}

/* A job without tasks to take is no longer for others. */
static void unlist_locked(struct pool *pool, struct job *job)
{
    struct job **at = &pool->jobs;

    if (!job->listed)
        return;
    while (*at != job)
        at = &(*at)->link;
    *at = job->link;
    job->listed = false;
}

static void list_locked(struct pool *pool, struct job *job)
{
    struct job **at = &pool->jobs;

    while (*at)
        at = &(*at)->link;
    *at = job;
    job->listed = true;
}

static void *serve(void *arg)
{
    struct pool *pool = arg;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        struct job *job = pool->jobs;

        if (pool->stopping)
            break;
        if (!job) {
            pthread_cond_wait(&pool->work, &pool->lock);
            continue;
        }
        job->inside++;
        pthread_mutex_unlock(&pool->lock);
        run_tasks(job);
        pthread_mutex_lock(&pool->lock);
        unlist_locked(pool, job);
        /* The job is gone as soon as its caller sees 0, hence not touched after this. */
        if (!--job->inside)
            pthread_cond_broadcast(&pool->left);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void run(void *context, size_t count, void (*task)(void *arg, size_t index), void *arg)
{
    struct pool *pool = context;
    struct job job = {.task = task, .arg = arg, .count = count};

    if (count > 1 && pool->thread_count) {
        pthread_mutex_lock(&pool->lock);
        list_locked(pool, &job);
        pthread_cond_broadcast(&pool->work);
        pthread_mutex_unlock(&pool->lock);
    }
    run_tasks(&job);
    pthread_mutex_lock(&pool->lock);
    unlist_locked(pool, &job);
    while (job.inside)
        pthread_cond_wait(&pool->left, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

static unsigned usable_processors(void)
{
    cpu_set_t set;
    long online;

    if (!sched_getaffinity(0, sizeof set, &set))
        return (unsigned)CPU_COUNT(&set);
    online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (unsigned)online : 1;
}

/* Signals of the program are not for these threads. */
static void start_threads(struct pool *pool, unsigned wanted)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (pool->thread_count < wanted &&
           !pthread_create(&pool->threads[pool->thread_count], NULL, serve, pool))
        pool->thread_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct ringer_codec_pool *ringer_codec_pool_new(unsigned threads)
{
    struct pool *pool;

    if (!threads)
        threads = usable_processors();
    /* More would only be stacks. */
    if (threads > 1024)
        threads = 1024;
    pool = calloc(1, sizeof *pool + (threads - 1) * sizeof pool->threads[0]);
    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->left, NULL);
    start_threads(pool, threads - 1);
    pool->open = (struct ringer_codec_pool){pool, pool->thread_count + 1, run};
    return &pool->open;
}

void ringer_codec_pool_free(struct ringer_codec_pool *open)
{
    struct pool *pool = (struct pool *)open;

    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->left);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

struct shared {
    void (*work)(void *arg);
    void *arg;
};

static void work_once(void *arg, size_t index)
{
    struct shared *shared = arg;

    shared->work(shared->arg);
}

void codec_pool_share(const struct ringer_codec_pool *pool, size_t count, void (*work)(void *arg),
                      void *arg)
{
    struct shared shared = {work, arg};

    if (pool && pool->threads < count)
        count = pool->threads;
    if (pool && count > 1)
        pool->run(pool->context, count, work_once, &shared);
    else
        work(arg);
}

void codec_progress_init(struct codec_progress *progress, const struct ringer_codec_options *options,
                         size_t total)
{
    *progress = (struct codec_progress){
        .tell = options->progress, .context = options->progress_context, .total = total};
    pthread_mutex_init(&progress->lock, NULL);
}

void codec_progress_step(struct codec_progress *progress)
{
    size_t done = atomic_fetch_add_explicit(&progress->done, 1, memory_order_relaxed) + 1;

    if (!progress->tell || pthread_mutex_trylock(&progress->lock))
        return;
    /* The end is told by codec_progress_end alone. */
    if (done > progress->told && done < progress->total) {
        progress->told = done;
        progress->tell(progress->context, done, progress->total);
    }
    pthread_mutex_unlock(&progress->lock);
}

void codec_progress_end(struct codec_progress *progress)
{
    if (progress->tell)
        progress->tell(progress->context, progress->total, progress->total);
}

void codec_progress_fini(struct codec_progress *progress)
{
    pthread_mutex_destroy(&progress->lock);
}

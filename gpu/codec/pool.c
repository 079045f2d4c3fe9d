/* SPDX-License-Identifier: MIT */
/*
 * A pool of threads. Each run is a job on its caller's stack, in a list; idle threads enter the first one
 * and take tasks from its counter until none is left, as does the caller. So a run needs no thread of the
 * pool to make progress, several runs share what there is, and a task may start a run of its own.
 *
 * To sleep and be woken may take longer than a task. So whoever has nothing to do looks around for a
 * moment first: a thread for the next run, a caller for the end of the last task.
 */
#include "gpu/codec/pool.h"

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    CACHE_LINE = 64,
    SPIN_NS = 100000, /* a few times what a sleeper takes to wake */
    SPIN_ROUND = 64,  /* looks between two looks at the clock */
};

struct job {
    void (*task)(void *arg, size_t index);
    void *arg;
    size_t count;
    /* Under the pool's lock; inside is looked at without, and then again with it. */
    atomic_uint inside; /* threads of the pool that may still touch the job */
    bool listed;
    struct job *link;
    /* Written by all at every task, so nothing that they read stands beside it. */
    _Alignas(CACHE_LINE) atomic_size_t next; /* index of the task that nobody has taken */
};

struct pool {
    struct ringer_codec_pool open; /* first: what the API hands out */
    pthread_mutex_t lock;
    pthread_cond_t work; /* a job was listed, or stopping */
    pthread_cond_t left; /* a thread has left a job as the last one */
    /* Under lock; looked at without, and then again with it. */
    struct job *_Atomic jobs;
    atomic_bool stopping;
    /* Constant once made. */
    bool spins; /* there is a processor for every thread */
    unsigned thread_count;
    pthread_t threads[];
};

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static bool has_work(const struct pool *pool, const struct job *job)
{
    /* What is found is looked at again under the lock, which orders it. */
    return atomic_load_explicit(&pool->jobs, memory_order_relaxed) ||
           atomic_load_explicit(&pool->stopping, memory_order_relaxed);
}

static bool has_ended(const struct pool *pool, const struct job *job)
{
    return !atomic_load_explicit(&job->inside, memory_order_relaxed);
}

/* Without the lock, until it is so or the moment is over. */
static void spin(const struct pool *pool, const struct job *job,
                 bool (*is_so)(const struct pool *pool, const struct job *job))
{
    uint64_t end;

    if (!pool->spins)
        return;
    end = now_ns() + SPIN_NS;
    do {
        for (int i = 0; i < SPIN_ROUND; i++) {
            if (is_so(pool, job))
                return;
            pause_briefly();
        }
    } while (now_ns() < end);
}

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
    struct job *before = pool->jobs;

    if (!job->listed)
        return;
    if (before == job) {
        pool->jobs = job->link;
    } else {
        while (before->link != job)
            before = before->link;
        before->link = job->link;
    }
    job->listed = false;
}

static void list_locked(struct pool *pool, struct job *job)
{
    struct job *last = pool->jobs;

    if (!last) {
        pool->jobs = job;
    } else {
        while (last->link)
            last = last->link;
        last->link = job;
    }
    job->listed = true;
}

static void *serve(void *arg)
{
    struct pool *pool = arg;
    bool spun = true; /* nothing tells that a run is near */

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        struct job *job = pool->jobs;

        if (pool->stopping)
            break;
        if (!job && !spun) {
            pthread_mutex_unlock(&pool->lock);
            spin(pool, NULL, has_work);
            pthread_mutex_lock(&pool->lock);
            spun = true;
            continue;
        }
        if (!job) {
            pthread_cond_wait(&pool->work, &pool->lock);
            continue;
        }
        spun = false;
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
    if (job.inside) {
        pthread_mutex_unlock(&pool->lock);
        spin(pool, &job, has_ended);
        pthread_mutex_lock(&pool->lock);
    }
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
    pool->spins = threads <= usable_processors();
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

/* SPDX-License-Identifier: MIT */
/* The pool: every task once, whoever runs it; many users, also from within. */
#include <criterion/criterion.h>

#include "gpu/codec/pool.h"

#include <signal.h>

#define TASKS 5000

struct counts {
    const struct ringer_codec_pool *pool;
    atomic_uint done[TASKS];
};

static void count(void *arg, size_t index)
{
    struct counts *counts = arg;

    atomic_fetch_add_explicit(&counts->done[index], 1, memory_order_relaxed);
}

static void expect_each(const struct counts *counts, size_t tasks, unsigned times)
{
    for (size_t i = 0; i < TASKS; i++)
        cr_assert_eq(counts->done[i], i < tasks ? times : 0, "task %zu", i);
}

Test(pool, every_task_once)
{
    static const unsigned sizes[] = {1, 2, 3, 16};
    static const size_t tasks[] = {0, 1, 2, 3, 100, TASKS};

    for (size_t s = 0; s < 4; s++) {
        struct ringer_codec_pool *pool = ringer_codec_pool_new(sizes[s]);

        cr_assert(pool);
        cr_assert_eq(pool->threads, sizes[s]);
        for (size_t t = 0; t < 6; t++) {
            struct counts counts = {0};

            pool->run(pool->context, tasks[t], count, &counts);
            expect_each(&counts, tasks[t], 1);
        }
        ringer_codec_pool_free(pool);
    }
}

Test(pool, one_a_processor)
{
    struct ringer_codec_pool *pool = ringer_codec_pool_new(0);

    cr_assert(pool);
    cr_assert_geq(pool->threads, 1u);
    ringer_codec_pool_free(pool);
    ringer_codec_pool_free(NULL);
}

static void *use(void *arg)
{
    struct counts *counts = arg;

    for (int i = 0; i < 20; i++)
        counts->pool->run(counts->pool->context, TASKS, count, counts);
    return NULL;
}

Test(pool, many_users_at_once)
{
    struct ringer_codec_pool *pool = ringer_codec_pool_new(3);
    struct counts counts = {.pool = pool};
    pthread_t users[4];

    for (int i = 0; i < 4; i++)
        cr_assert(!pthread_create(&users[i], NULL, use, &counts));
    for (int i = 0; i < 4; i++)
        pthread_join(users[i], NULL);
    expect_each(&counts, TASKS, 80);
    ringer_codec_pool_free(pool);
}

static void nest(void *arg, size_t index)
{
    struct counts *counts = arg;

    counts->pool->run(counts->pool->context, 100, count, counts);
}

Test(pool, a_task_may_use_its_pool)
{
    struct ringer_codec_pool *pool = ringer_codec_pool_new(3);
    struct counts counts = {.pool = pool};

    pool->run(pool->context, 50, nest, &counts);
    expect_each(&counts, 100, 50);
    ringer_codec_pool_free(pool);
}

/* What tasks wrote without atomics is there for the caller; ThreadSanitizer watches. */
static void write_plain(void *arg, size_t index)
{
    ((size_t *)arg)[index] = index * 3;
}

Test(pool, what_tasks_wrote_is_seen)
{
    struct ringer_codec_pool *pool = ringer_codec_pool_new(4);
    static size_t values[TASKS];

    for (int round = 0; round < 50; round++) {
        memset(values, 0xff, sizeof values);
        pool->run(pool->context, TASKS, write_plain, values);
        for (size_t i = 0; i < TASKS; i++)
            cr_assert_eq(values[i], i * 3);
    }
    ringer_codec_pool_free(pool);
}

struct caller {
    pthread_t thread;
    atomic_uint open; /* tasks in other threads that would take the signal */
};

static void look_at_signals(void *arg, size_t index)
{
    struct caller *caller = arg;
    sigset_t set;

    pthread_sigmask(SIG_SETMASK, NULL, &set);
    if (!pthread_equal(pthread_self(), caller->thread) && !sigismember(&set, SIGUSR1))
        atomic_fetch_add(&caller->open, 1);
}

Test(pool, signals_of_the_program_are_not_for_it)
{
    struct ringer_codec_pool *pool = ringer_codec_pool_new(4);
    struct caller caller = {.thread = pthread_self()};
    sigset_t set;

    pool->run(pool->context, TASKS, look_at_signals, &caller);
    cr_assert_eq(caller.open, 0u);
    pthread_sigmask(SIG_SETMASK, NULL, &set);
    cr_assert(!sigismember(&set, SIGUSR1), "the caller's own mask is as it was");
    ringer_codec_pool_free(pool);
}

struct share {
    atomic_uint runs;
};

static void note(void *arg)
{
    atomic_fetch_add(&((struct share *)arg)->runs, 1);
}

/* A caller's own: one after another, backwards. */
static void run_backwards(void *context, size_t tasks, void (*task)(void *arg, size_t index), void *arg)
{
    *(size_t *)context = tasks;
    while (tasks--)
        task(arg, tasks);
}

Test(pool, no_more_shares_than_threads_or_parts)
{
    size_t asked = 0;
    struct ringer_codec_pool pool = {&asked, 4, run_backwards};
    static const struct {
        unsigned threads;
        size_t parts, shares;
    } rows[] = {{4, 9, 4}, {4, 3, 3}, {4, 1, 1}, {0, 9, 1}, {1, 9, 1}};

    for (size_t i = 0; i < 5; i++) {
        struct share share = {0};

        pool.threads = rows[i].threads;
        codec_pool_share(&pool, rows[i].parts, note, &share);
        cr_assert_eq(share.runs, rows[i].shares);
    }
    struct share share = {0};

    codec_pool_share(NULL, 100, note, &share);
    cr_assert_eq(share.runs, 1u);
}

struct told {
    size_t last, calls;
    atomic_uint inside;
    bool wrong;
};

static void tell(void *context, size_t done, size_t total)
{
    struct told *told = context;

    if (atomic_fetch_add(&told->inside, 1) || done < told->last || done > total || total != TASKS)
        told->wrong = true;
    told->last = done;
    told->calls++;
    atomic_fetch_sub(&told->inside, 1);
}

static void step(void *arg, size_t index)
{
    codec_progress_step(arg);
}

Test(pool, progress_never_falls)
{
    struct ringer_codec_pool *pool = ringer_codec_pool_new(4);
    struct told told = {0};
    struct ringer_codec_options options = {.progress = tell, .progress_context = &told};
    struct codec_progress progress;

    codec_progress_init(&progress, &options, TASKS);
    pool->run(pool->context, TASKS, step, &progress);
    cr_assert_lt(told.last, TASKS, "the end is told at the end");
    codec_progress_end(&progress);
    codec_progress_fini(&progress);
    cr_assert(!told.wrong);
    cr_assert_eq(told.last, TASKS);
    cr_assert_geq(told.calls, 2u);
    ringer_codec_pool_free(pool);
}

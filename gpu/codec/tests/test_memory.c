/* SPDX-License-Identifier: MIT */
/* The n-th allocation fails, n = 1, 2, 3, … until none did: a failure is said, or made up for; nothing is lost. */
#include <criterion/criterion.h>

#include <ringer_codec.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define RAW_NBYTES (5 * 65536u)

/* The linker puts these between the codec and the C library. Allocations that are left until one fails; < 0: none does. */
static atomic_long left = -1;
static atomic_bool failed;

void *__real_malloc(size_t nbytes);
void *__real_calloc(size_t count, size_t nbytes);
void *__real_aligned_alloc(size_t alignment, size_t nbytes);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg);
void *__wrap_malloc(size_t nbytes);
void *__wrap_calloc(size_t count, size_t nbytes);
void *__wrap_aligned_alloc(size_t alignment, size_t nbytes);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg);

static bool fails(void)
{
    if (atomic_load(&left) < 0 || atomic_fetch_sub(&left, 1) != 0)
        return false;
    atomic_store(&failed, true);
    return true;
}

void *__wrap_malloc(size_t nbytes)
{
    return fails() ? NULL : __real_malloc(nbytes);
}

void *__wrap_calloc(size_t count, size_t nbytes)
{
    return fails() ? NULL : __real_calloc(count, nbytes);
}

void *__wrap_aligned_alloc(size_t alignment, size_t nbytes)
{
    return fails() ? NULL : __real_aligned_alloc(alignment, nbytes);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
    return fails() ? 11 : __real_pthread_create(thread, attr, run, arg);
}

/* True when something failed. */
static bool armed(long n, bool (*act)(void *arg), void *arg)
{
    atomic_store(&failed, false);
    atomic_store(&left, n);
    cr_assert(act(arg), "failure %ld", n);
    atomic_store(&left, -1);
    return atomic_load(&failed);
}

static unsigned until_none(bool (*act)(void *arg), void *arg)
{
    unsigned n = 0;

    while (armed(n, act, arg))
        n++;
    return n;
}

static uint8_t raw[RAW_NBYTES], out[RAW_NBYTES + 65536], back[RAW_NBYTES];

static void run_backwards(void *context, size_t tasks, void (*task)(void *arg, size_t index), void *arg)
{
    while (tasks--)
        task(arg, tasks);
}

/* With so little room, the tiles are made aside. */
static bool compress(void *arg)
{
    const struct ringer_codec_options *options = arg;
    size_t written = 1;
    enum ringer_codec_status status = ringer_codec_compress(RINGER_CODEC_GDEFLATE, options, raw, RAW_NBYTES, out,
                                                            RAW_NBYTES, &written);

    if (status == RINGER_CODEC_NO_MEMORY)
        return written == 0;
    atomic_store(&left, -1);
    return status == RINGER_CODEC_OK &&
           ringer_codec_decompress(RINGER_CODEC_GDEFLATE, NULL, out, written, back, RAW_NBYTES, NULL) ==
               RINGER_CODEC_OK &&
           !memcmp(raw, back, RAW_NBYTES);
}

static void fill(void)
{
    for (size_t i = 0; i < RAW_NBYTES; i++)
        raw[i] = (uint8_t)(i * i >> 9);
}

Test(memory, compress)
{
    struct ringer_codec_pool pool = {NULL, 3, run_backwards};
    struct ringer_codec_options options = {.level = RINGER_CODEC_FASTEST};

    fill();
    cr_assert_geq(until_none(compress, &options), 3u);
    /* One thread of three without memory: the others do its work. */
    options.pool = &pool;
    cr_assert_geq(until_none(compress, &options), 5u);
}

static bool decompress(void *arg)
{
    return ringer_codec_decompress(RINGER_CODEC_GDEFLATE, arg, out, *(size_t *)raw, back, RAW_NBYTES, NULL) ==
           RINGER_CODEC_OK;
}

Test(memory, decompress_needs_none)
{
    struct ringer_codec_options options = {.level = RINGER_CODEC_FASTEST};
    size_t written;

    fill();
    cr_assert_eq(ringer_codec_compress(RINGER_CODEC_GDEFLATE, &options, raw, RAW_NBYTES, out, sizeof out, &written),
                 RINGER_CODEC_OK);
    memcpy(raw, &written, sizeof written);
    cr_assert_eq(until_none(decompress, &options), 0u);
}

static bool make_pool(void *arg)
{
    struct ringer_codec_pool *pool = ringer_codec_pool_new(4);
    bool right = !pool || (pool->threads >= 1 && pool->threads <= 4);

    ringer_codec_pool_free(pool);
    return right;
}

Test(memory, pool)
{
    cr_assert_eq(until_none(make_pool, NULL), 4u, "the pool itself and three threads");
}

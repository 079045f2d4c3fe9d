/* SPDX-License-Identifier: MIT */
/*
 * ringer_ds.h: eight threads at one runtime, which enqueue reads, writes, chains, hopeless requests
 * and late ones, while others cancel, submit, take and look. Each request ends once.
 */
#include "api/dstorage/tests/plain_test.h"

#define THREADS 8u
#define EACH 400u

static atomic_uint ends[THREADS * EACH * 2], running, wrong;
static unsigned char room[THREADS][8192];
static atomic_uint ended;

static void count_end(const struct ringer_ds_result *result)
{
    uintptr_t index = (uintptr_t)result->user;

    atomic_fetch_add(index < THREADS * EACH * 2 ? &ends[index] : &wrong, 1);
    atomic_fetch_add(&ended, 1);
    if ((result->status == RINGER_DS_OK) != (result->error == 0))
        atomic_fetch_add(&wrong, 1);
}

static void told(void *context, const struct ringer_ds_result *result)
{
    (void)context;
    count_end(result);
}

static void told_error(void *context, const struct ringer_ds_error *error)
{
    (void)context;
    if (!error->subsystem || !error->file || !error->line)
        atomic_fetch_add(&wrong, 1);
}

static struct ringer_ds_request some_request(unsigned thread, unsigned i)
{
    struct ringer_ds_request request = to_read(i * 37 % 60000, 1 + i % 5000, room[thread]);

    request.tag = i;
    request.user = (void *)(uintptr_t)((thread * EACH + i) * 2);
    if (i % 5 == 0) {
        request.kind = RINGER_DS_REQUEST_WRITE;
        request.offset = FILE_NBYTES + thread * 8192; /* nobody reads there */
    }
    if (i % 11 == 0)
        request.offset = (uint64_t)FILE_NBYTES * 2; /* fails, or writes there */
    if (i % 13 == 0 && request.kind == RINGER_DS_REQUEST_READ) {
        request.compression = RINGER_DS_GDEFLATE; /* fails later */
        request.raw_nbytes = 4096;
    }
    if (i % 17 == 0)
        request.timeout_ns = 1 + i * 1000;
    return request;
}

static void *enqueue_many(void *context)
{
    unsigned thread = (unsigned)(uintptr_t)context;

    for (unsigned i = 0; i < EACH; i++) {
        struct ringer_ds_request two[2] = {some_request(thread, i), some_request(thread, i)};

        two[1].flags = RINGER_DS_CHAINED;
        two[1].user = (char *)two[1].user + 1;
        if (ringer_ds_enqueue(ds, two, 2, NULL) != 0)
            atomic_fetch_add(&wrong, 1);
        if (i % 7 == 0)
            ringer_ds_submit_all(ds);
    }
    ringer_ds_submit_all(ds);
    atomic_fetch_sub(&running, 1);
    return NULL;
}

static void *disturb(void *context)
{
    unsigned i = (unsigned)(uintptr_t)context;

    for (; atomic_load(&running); i++) {
        struct ringer_ds_result results[16];
        struct ringer_ds_counters now;
        int count;

        ringer_ds_cancel(ds, 0xFF, i % 256);
        count = ringer_ds_take_completed(ds, results, 16, sizeof results[0]);
        for (int k = 0; k < count; k++)
            count_end(&results[k]);
        ringer_ds_get_counters(ds, &now, sizeof now);
        if (now.enqueued !=
            now.completed + now.failed + now.cancelled + now.timed_out + now.queued + now.in_flight)
            atomic_fetch_add(&wrong, 1);
        ringer_ds_in_flight(ds);
        usleep(200);
    }
    return NULL;
}

static void storm(struct ringer_ds_params params)
{
    pthread_t threads[THREADS + 2];
    struct ringer_ds_result result;
    struct ringer_ds_counters now;

    setup(params, RINGER_DS_READ | RINGER_DS_WRITE);
    atomic_store(&running, THREADS);
    for (unsigned i = 0; i < THREADS + 2; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, i < THREADS ? enqueue_many : disturb,
                                    (void *)(uintptr_t)i),
                     0);
    for (unsigned i = 0; i < THREADS + 2; i++)
        pthread_join(threads[i], NULL);
    cr_assert_eq(ringer_ds_wait_all(ds, WAIT_NS), 0);
    while (ringer_ds_take_completed(ds, &result, 1, sizeof result) == 1)
        count_end(&result);
    now = counters();
    cr_assert_eq(now.enqueued, THREADS * EACH * 2);
    cr_assert_eq(now.completed + now.failed + now.cancelled + now.timed_out, now.enqueued);
    cr_assert_eq(now.in_flight + now.queued + now.untaken, 0);
    cr_assert_eq(wrong, 0);
    for (unsigned i = 0; i < THREADS * EACH * 2; i++)
        cr_assert_eq(ends[i], 1, "request %u ended %u times", i, ends[i]);
    teardown();
}

Test(plain_threads, storm_taking, .timeout = 120)
{
    storm((struct ringer_ds_params){.workers = 3, .decompressors = 2, .failed = told_error});
}

Test(plain_threads, storm_told, .timeout = 120)
{
    storm((struct ringer_ds_params){
        .workers = 2, .decompressors = 2, .completed = told, .failed = told_error});
}

/* Closed in the middle: what was taken ends, what comes is refused. */
static void *enqueue_until_closed(void *context)
{
    unsigned thread = (unsigned)(uintptr_t)context;

    for (unsigned i = 0; i < EACH; i++) {
        struct ringer_ds_request request = some_request(thread, i);

        if (ringer_ds_enqueue(ds, &request, 1, NULL) == -ESHUTDOWN)
            break;
        ringer_ds_submit_all(ds);
    }
    return NULL;
}

Test(plain_threads, closed_in_the_middle, .timeout = 120)
{
    pthread_t threads[THREADS];
    struct ringer_ds_counters now;

    setup((struct ringer_ds_params){.workers = 2, .decompressors = 1, .completed = told},
          RINGER_DS_READ | RINGER_DS_WRITE);
    for (unsigned i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, enqueue_until_closed, (void *)(uintptr_t)i),
                     0);
    while (atomic_load(&ended) < 50)
        usleep(100);
    cr_assert_eq(ringer_ds_close(ds), 0);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    now = counters();
    cr_assert_eq(now.in_flight + now.queued, 0);
    cr_assert_eq(now.completed + now.failed + now.cancelled + now.timed_out, now.enqueued);
    cr_assert_eq(ended, now.enqueued);
    teardown();
}

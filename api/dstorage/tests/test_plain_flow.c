/* SPDX-License-Identifier: MIT */
/*
 * ringer_ds.h: chains, cancelling, time-outs, closing, and who is told what; on a backend that
 * keeps what it is given until the test lets it go on.
 */
#include "api/dstorage/tests/plain_test.h"

#define TOLD_MAX 64u

static struct memory memory;
static struct ringer_ds_result told[TOLD_MAX];
static atomic_uint told_count, error_count;
static int inside[4];

static void note(void *context, const struct ringer_ds_result *result)
{
    unsigned i = atomic_fetch_add(&told_count, 1);

    (void)context;
    if (i < TOLD_MAX)
        told[i] = *result;
}

static void note_error(void *context, const struct ringer_ds_error *error)
{
    (void)context;
    (void)error;
    atomic_fetch_add(&error_count, 1);
}

static struct ringer_ds_request tagged(uint64_t tag, unsigned flags)
{
    static unsigned char to[64][64];
    struct ringer_ds_request request = to_read(tag * 64, 64, to[tag % 64]);

    request.tag = tag;
    request.flags = flags;
    return request;
}

Test(plain_flow, a_chain_goes_one_by_one)
{
    struct ringer_ds_request requests[4];

    setup_memory(&memory, (struct ringer_ds_params){.workers = 2, .completed = note}, true);
    for (unsigned i = 0; i < 4; i++)
        requests[i] = tagged(i, i ? RINGER_DS_CHAINED : 0);
    cr_assert_eq(ringer_ds_enqueue(ds, requests, 4, NULL), 0);
    cr_assert_eq(ringer_ds_submit_all(ds), 4);
    for (unsigned i = 0; i < 4; i++) {
        memory_wait_kept(&memory, 1);
        cr_assert_eq(memory.started, i + 1);
        cr_assert_eq(memory.kept[0]->offset, i * 64u);
        cr_assert_eq(ringer_ds_in_flight(ds), 4 - i);
        memory_release(&memory, true);
    }
    cr_assert_eq(ringer_ds_wait_all(ds, WAIT_NS), 0);
    for (unsigned i = 0; i < 4; i++) {
        cr_assert_eq(told[i].tag, i);
        cr_assert_eq(told[i].status, RINGER_DS_OK);
        cr_assert(bytes_are(requests[i].memory, i * 64, 64));
    }
    teardown_memory(&memory);
}

Test(plain_flow, a_failure_cancels_the_rest_of_its_chain)
{
    struct ringer_ds_request requests[6];

    setup_memory(&memory, (struct ringer_ds_params){.completed = note, .failed = note_error},
                 false);
    for (unsigned i = 0; i < 6; i++)
        requests[i] = tagged(i, i && i != 4 ? RINGER_DS_CHAINED : 0); /* two chains: 0-3, 4-5 */
    requests[1].offset = memory.nbytes;                               /* fails: there is nothing */
    cr_assert_eq(ringer_ds_enqueue(ds, requests, 6, NULL), 0);
    submit_and_wait();
    cr_assert_eq(told_count, 6);
    for (unsigned i = 0; i < 6; i++) {
        const struct ringer_ds_result *result = &told[i];
        static const enum ringer_ds_status ends[] = {RINGER_DS_OK,        RINGER_DS_FAILED,
                                                     RINGER_DS_CANCELLED, RINGER_DS_CANCELLED,
                                                     RINGER_DS_OK,        RINGER_DS_OK};

        cr_assert_eq(result->status, ends[result->tag], "%u", (unsigned)result->tag);
        if (result->status == RINGER_DS_CANCELLED)
            cr_assert_eq(result->error, ECANCELED);
    }
    cr_assert_eq(memory.started, 4); /* of the cancelled nothing was asked */
    cr_assert_eq(error_count, 1);
    cr_assert_eq(counters().cancelled, 2);
    teardown_memory(&memory);
}

/* A link that was not reached is taken out: what is before it goes on, what is behind does not. */
Test(plain_flow, cancelling_the_middle_of_a_chain)
{
    struct ringer_ds_request requests[3];

    setup_memory(&memory, (struct ringer_ds_params){0}, true);
    for (unsigned i = 0; i < 3; i++)
        requests[i] = tagged(i, i ? RINGER_DS_CHAINED : 0);
    cr_assert_eq(ringer_ds_enqueue(ds, requests, 3, NULL), 0);
    cr_assert_eq(ringer_ds_submit_all(ds), 3);
    memory_wait_kept(&memory, 1);
    cr_assert_eq(ringer_ds_cancel(ds, UINT64_MAX, 1), 1);
    cr_assert_eq(ringer_ds_in_flight(ds), 1);
    cr_assert_eq(take().tag, 1);
    cr_assert_eq(take().status, RINGER_DS_CANCELLED);
    memory_release(&memory, false);
    cr_assert_eq(ringer_ds_wait_all(ds, WAIT_NS), 0);
    cr_assert_eq(take().status, RINGER_DS_OK);
    cr_assert_eq(memory.started, 1);
    teardown_memory(&memory);
}

Test(plain_flow, cancel_by_tag)
{
    struct ringer_ds_counters now;
    unsigned ends[RINGER_DS_STATUS_COUNT] = {0};

    setup_memory(&memory, (struct ringer_ds_params){0}, true);
    for (unsigned i = 0; i < 8; i++)
        enqueue(tagged(0x10 + i, 0));
    cr_assert_eq(ringer_ds_submit_all(ds), 8);
    memory_wait_kept(&memory, 8);
    for (unsigned i = 0; i < 4; i++)
        enqueue(tagged(0x20 + i, 0));                  /* not submitted */
    cr_assert_eq(ringer_ds_cancel(ds, 0x31, 0x11), 4); /* the odd ones in flight */
    cr_assert_eq(ringer_ds_cancel(ds, 0x30, 0x20), 4);
    cr_assert_eq(counters().queued, 0);
    memory_release(&memory, false);
    cr_assert_eq(ringer_ds_wait_all(ds, WAIT_NS), 0);
    for (unsigned i = 0; i < 12; i++) {
        struct ringer_ds_result result = take();
        bool cancelled = result.tag >= 0x20 || result.tag & 1;

        ends[result.status]++;
        /* An odd one may have been let go on before its worker came to cancel it. */
        cr_assert_eq(result.status, cancelled ? RINGER_DS_CANCELLED : RINGER_DS_OK);
    }
    cr_assert_eq(ends[RINGER_DS_OK], 4);
    cr_assert_eq(ends[RINGER_DS_CANCELLED], 8);
    now = counters();
    cr_assert_eq(now.enqueued, 12);
    cr_assert_eq(now.submitted, 8);
    cr_assert_eq(now.completed, 4);
    cr_assert_eq(now.cancelled, 8);
    cr_assert_eq(now.untaken, 0);
    cr_assert_eq(ringer_ds_cancel_all(ds), 0);
    teardown_memory(&memory);
}

Test(plain_flow, cancel_reaches_the_backend)
{
    setup_memory(&memory, (struct ringer_ds_params){0}, true);
    enqueue(tagged(1, 0));
    cr_assert_eq(ringer_ds_submit_all(ds), 1);
    memory_wait_kept(&memory, 1);
    cr_assert_eq(ringer_ds_cancel_all(ds), 1);
    cr_assert_eq(ringer_ds_wait_all(ds, WAIT_NS), 0); /* nobody else lets it go */
    cr_assert_eq(memory.cancels, 1);
    cr_assert_eq(take().status, RINGER_DS_CANCELLED);
    teardown_memory(&memory);
}

Test(plain_flow, time_outs, .timeout = 60)
{
    struct ringer_ds_request requests[3];
    struct ringer_ds_result result;

    setup_memory(&memory, (struct ringer_ds_params){.failed = note_error}, true);
    for (unsigned i = 0; i < 3; i++) {
        requests[i] = tagged(i, i == 2 ? RINGER_DS_CHAINED : 0);
        requests[i].timeout_ns = i == 1 ? 10 * MS : WAIT_NS;
    }
    cr_assert_eq(ringer_ds_enqueue(ds, requests, 3, NULL), 0);
    cr_assert_eq(ringer_ds_submit_all(ds), 3);
    while (counters().timed_out + counters().cancelled < 2)
        usleep(1000); /* 0 is kept; 1 is late; 2 is behind 1 */
    result = take();
    cr_assert_eq(result.tag, 1);
    cr_assert_eq(result.status, RINGER_DS_TIMED_OUT);
    cr_assert_eq(result.error, ETIMEDOUT);
    result = take();
    cr_assert_eq(result.tag, 2);
    cr_assert_eq(result.status, RINGER_DS_CANCELLED);
    cr_assert_eq(ringer_ds_in_flight(ds), 1);
    memory_release(&memory, false);
    cr_assert_eq(ringer_ds_wait_all(ds, WAIT_NS), 0);
    cr_assert_eq(take().status, RINGER_DS_OK);
    cr_assert_eq(error_count, 1);
    teardown_memory(&memory);
}

/* Behind something that does not end: it was never begun, and its time is over all the same. */
Test(plain_flow, time_out_of_what_waits_in_a_chain, .timeout = 60)
{
    struct ringer_ds_request requests[2] = {tagged(0, 0), tagged(1, RINGER_DS_CHAINED)};

    setup_memory(&memory, (struct ringer_ds_params){0}, true);
    requests[0].file = requests[1].file = file;
    requests[1].timeout_ns = 5 * MS;
    cr_assert_eq(ringer_ds_enqueue(ds, requests, 2, NULL), 0);
    cr_assert_eq(ringer_ds_submit_all(ds), 2);
    while (!counters().timed_out)
        usleep(1000);
    cr_assert_eq(take().tag, 1);
    memory_release(&memory, false);
    cr_assert_eq(ringer_ds_wait_all(ds, WAIT_NS), 0);
    cr_assert_eq(memory.started, 1);
    teardown_memory(&memory);
}

Test(plain_flow, closing_ends_everything)
{
    struct ringer_ds_request request;
    struct ringer_ds_file *other;
    uint64_t nbytes;

    setup_memory(&memory, (struct ringer_ds_params){.failed = note_error}, true);
    for (unsigned i = 0; i < 5; i++)
        enqueue(tagged(i, 0));
    cr_assert_eq(ringer_ds_submit_all(ds), 5);
    memory_wait_kept(&memory, 5);
    enqueue(tagged(5, 0));
    cr_assert_eq(ringer_ds_close(ds), 0);
    cr_assert_eq(ringer_ds_close(ds), 0);
    for (unsigned i = 0; i < 6; i++)
        cr_assert_eq(take().status, RINGER_DS_CANCELLED);
    cr_assert_eq(error_count, 0);
    request = tagged(1, 0);
    cr_assert_eq(ringer_ds_enqueue(ds, &request, 1, NULL), -ESHUTDOWN);
    cr_assert_eq(ringer_ds_submit_all(ds), -ESHUTDOWN);
    cr_assert_eq(ringer_ds_open(ds, "memory", RINGER_DS_READ, &other), -ESHUTDOWN);
    cr_assert_eq(ringer_ds_file_nbytes(file, &nbytes), 0);
    cr_assert_eq(ringer_ds_file_close(file), 0);
    cr_assert_eq(ringer_ds_file_close(file), -EBADF);
    teardown_memory(&memory);
}

Test(plain_flow, freed_with_everything_in_flight)
{
    setup_memory(&memory, (struct ringer_ds_params){.completed = note}, true);
    for (unsigned i = 0; i < 5; i++)
        enqueue(tagged(i, 0));
    cr_assert_eq(ringer_ds_submit_all(ds), 5);
    cr_assert_eq(ringer_ds_file_close(file), 0); /* they have it */
    cr_assert_eq(memory.closed, 0);
    teardown_memory(&memory);
    cr_assert_eq(told_count, 5);
}

static void from_inside(void *context, const struct ringer_ds_result *result)
{
    struct ringer_ds *mine = *(struct ringer_ds **)context;

    note(NULL, result);
    if (result->tag)
        return;
    inside[0] = ringer_ds_wait_all(mine, 0);
    inside[1] = ringer_ds_close(mine);
    inside[2] = ringer_ds_free(mine);
    enqueue(tagged(1, 0));
    inside[3] = ringer_ds_submit_all(mine);
}

Test(plain_flow, a_callback_goes_on_but_does_not_wait)
{
    setup_memory(&memory, (struct ringer_ds_params){.completed = from_inside, .context = &ds},
                 false);
    enqueue(tagged(0, 0));
    submit_and_wait(); /* what a callback submitted is waited for as well */
    cr_assert_eq(inside[0], -EDEADLK);
    cr_assert_eq(inside[1], -EDEADLK);
    cr_assert_eq(inside[2], -EDEADLK);
    cr_assert_eq(inside[3], 1);
    cr_assert_eq(told_count, 2);
    cr_assert_eq(counters().untaken, 0);
    teardown_memory(&memory);
}

Test(plain_flow, results_come_in_their_order)
{
    struct ringer_ds_result results[3];

    setup_memory(&memory, (struct ringer_ds_params){0}, true);
    for (unsigned i = 0; i < 4; i++)
        enqueue(tagged(i, 0));
    cr_assert_eq(ringer_ds_submit_all(ds), 4);
    memory_wait_kept(&memory, 4);
    memory_release(&memory, false); /* the last first */
    cr_assert_eq(ringer_ds_wait_all(ds, WAIT_NS), 0);
    cr_assert_eq(ringer_ds_take_completed(ds, results, 3, sizeof results[0]), 3);
    for (unsigned i = 0; i < 3; i++)
        cr_assert_eq(results[i].tag, 3 - i);
    cr_assert_eq(ringer_ds_take_completed(ds, results, 3, sizeof results[0]), 1);
    cr_assert_eq(results[0].tag, 0);
    cr_assert_eq(ringer_ds_take_completed(ds, results, 3, sizeof results[0]), 0);
    teardown_memory(&memory);
}

Test(plain_flow, no_more_than_was_said)
{
    struct ringer_ds_request request;

    setup_memory(&memory, (struct ringer_ds_params){.max_requests = 2}, false);
    enqueue(tagged(0, 0));
    enqueue(tagged(1, 0));
    request = tagged(2, 0);
    cr_assert_eq(ringer_ds_enqueue(ds, &request, 1, NULL), -EAGAIN);
    submit_and_wait();
    cr_assert_eq(ringer_ds_enqueue(ds, &request, 1, NULL), -EAGAIN, "not taken yet");
    take();
    cr_assert_eq(ringer_ds_enqueue(ds, &request, 1, NULL), 0);
    teardown_memory(&memory);
}

Test(plain_flow, the_backend_says_what_failed)
{
    struct ringer_ds_result result;
    struct ringer_ds_file *other;
    unsigned char bytes[64] = "written";
    uint64_t nbytes;

    setup_memory(&memory, (struct ringer_ds_params){0}, false);
    cr_assert_str_eq(ringer_ds_backend_name(ds), "memory");
    cr_assert_eq(counters().rings, 0);
    cr_assert_eq(ringer_ds_open(ds, "nothing", RINGER_DS_READ, &other), -ENOENT);
    cr_assert_eq(ringer_ds_adopt(ds, 0, RINGER_DS_READ, &other), -ENOTSUP);
    cr_assert_eq(ringer_ds_file_nbytes(file, &nbytes), 0);
    cr_assert_eq(nbytes, memory.nbytes);
    cr_assert_eq(run(to_write(100, 64, bytes)).status, RINGER_DS_OK);
    cr_assert_eq(memcmp(memory.bytes + 100, bytes, 64), 0);
    memory.error = ESTALE; /* a number that Windows does not know comes back as it was */
    result = run(tagged(0, 0));
    cr_assert_eq(result.status, RINGER_DS_FAILED);
    cr_assert_eq(result.error, ESTALE);
    memory.error = ECANCELED; /* and this without anybody having asked */
    result = run(tagged(0, 0));
    cr_assert_eq(result.status, RINGER_DS_FAILED);
    cr_assert_eq(result.error, ECANCELED);
    memory.error = 0;
    teardown_memory(&memory);
}

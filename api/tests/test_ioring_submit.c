/* SPDX-License-Identifier: MIT */
/* SubmitIoRing: what it asks of the kernel, how it counts, what it says. */
#include "api/tests/ioring_fake.h"

#include <criterion/criterion.h>

TestSuite(ioring_submit, .init = fake_reset);

static void build(HIORING ring, UINT32 count)
{
    IORING_HANDLE_REF file = IoRingHandleRefFromIndex(0);

    for (UINT32 i = 0; i < count; i++)
        cr_assert_eq(kb_BuildIoRingCancelRequest(ring, file, 0, i), S_OK);
}

Test(ioring_submit, waits)
{
    static const struct {
        UINT32 wait, ms;
        int timed;
        INT64 timeout;
    } rows[] = {
        {0, 0, 0, 0},
        {0, 5000, 0, 0},
        {0, INFINITE, 0, 0},
        {1, 0, 1, 0},
        {1, 5000, 1, -50000000},
        {1, INFINITE, 0, 0},
        {IORING_SUBMIT_WAIT_ALL, INFINITE, 0, 0},
        {2, 0xFFFFFFFE, 1, -42949672940000},
    };
    HIORING ring = fake_create();

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(kb_SubmitIoRing(ring, rows[i].wait, rows[i].ms, NULL), S_OK);
        cr_expect_eq(fake.submit_wait, rows[i].wait);
        cr_expect_eq(fake.submit_timed, rows[i].timed, "row %zu", i);
        cr_expect_eq(fake.submit_timeout, rows[i].timeout, "row %zu", i);
        cr_expect_eq(fake.submit_flags, 0);
    }
    kb_CloseIoRing(ring);
}

/* [R] IB6, IC1 */
Test(ioring_submit, counts)
{
    HIORING ring = fake_create();
    UINT32 submitted = 99;

    cr_assert_eq(kb_SubmitIoRing(ring, 0, 0, &submitted), S_OK);
    cr_assert_eq(submitted, 0);
    build(ring, 8);
    cr_assert_eq(kb_SubmitIoRing(ring, 0, 0, &submitted), S_OK);
    cr_assert_eq(submitted, 8);
    kb_CloseIoRing(ring);
}

/* [D] all entries remain queued, and a later submit runs them */
Test(ioring_submit, refusal_keeps_the_entries)
{
    HIORING ring = fake_create();
    UINT32 submitted = 99;

    build(ring, 3);
    fake.submit_status = (NTSTATUS)0xC0460006;
    fake.submit_takes = 0;
    cr_assert_eq(kb_SubmitIoRing(ring, 1, 1000, &submitted), IORING_E_SUBMIT_IN_PROGRESS);
    cr_assert_eq(submitted, 0);
    build(ring, 1);
    fake.submit_status = 0;
    fake.submit_takes = UINT32_MAX;
    cr_assert_eq(kb_SubmitIoRing(ring, 0, 0, &submitted), S_OK);
    cr_assert_eq(submitted, 4);
    kb_CloseIoRing(ring);
}

Test(ioring_submit, partly_taken)
{
    HIORING ring = fake_create();
    UINT32 submitted = 99;

    build(ring, 5);
    fake.submit_takes = 2;
    fake.submit_status = (NTSTATUS)0xC0460008;
    cr_assert_eq(kb_SubmitIoRing(ring, 0, 0, &submitted), IORING_E_COMPLETION_QUEUE_TOO_FULL);
    cr_assert_eq(submitted, 2);
    fake.submit_takes = UINT32_MAX;
    fake.submit_status = 0;
    cr_assert_eq(kb_SubmitIoRing(ring, 0, 0, &submitted), S_OK);
    cr_assert_eq(submitted, 3);
    kb_CloseIoRing(ring);
}

/* [R] IB25, IS5: the wait ran out, the entries were submitted all the same */
Test(ioring_submit, timeout_counts)
{
    HIORING ring = fake_create();
    UINT32 submitted = 99;

    build(ring, 2);
    fake.submit_status = 0x102;
    cr_assert_eq(kb_SubmitIoRing(ring, 1, 5, &submitted), IORING_E_WAIT_TIMEOUT);
    cr_assert_eq(submitted, 2);
    kb_CloseIoRing(ring);
}

/* Head is in the user's memory: what he writes there is his loss, not a crash or a wild count. */
Test(ioring_submit, scribbled_head)
{
    HIORING ring = fake_create();
    UINT32 submitted = 99;

    build(ring, 2);
    fake.submit_takes = 0;
    fake.submit_status = (NTSTATUS)0xC0460007;
    fake.ring->sq.queue.Head += 12345;
    cr_assert_eq(kb_SubmitIoRing(ring, 0, 0, &submitted), IORING_E_CORRUPT);
    cr_assert_leq(submitted, 2);
    for (int i = 0; i < 100; i++)
        kb_BuildIoRingRegisterBuffers(ring, 0, NULL, 0);
    kb_CloseIoRing(ring);
}

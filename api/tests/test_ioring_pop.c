/* SPDX-License-Identifier: MIT */
/* PopIoRingCompletion over a queue that a fake kernel fills. */
#include "api/tests/ioring_fake.h"

#include <criterion/criterion.h>

#include <string.h>

TestSuite(ioring_pop, .init = fake_reset);

Test(ioring_pop, empty_leaves_the_entry_alone)
{
    HIORING ring = fake_create();
    IORING_CQE cqe, poison;

    memset(&poison, 0xA5, sizeof poison);
    cqe = poison;
    cr_assert_eq(kb_PopIoRingCompletion(ring, &cqe), S_FALSE); /* [R] IC1 */
    cr_assert_arr_eq(&cqe, &poison, sizeof cqe);
    cr_assert_eq(fake.polls, 1);
    cr_assert_eq(kb_PopIoRingCompletion(ring, NULL), E_INVALIDARG);
    kb_CloseIoRing(ring);
}

Test(ioring_pop, first_in_first_out_over_the_wrap)
{
    HIORING ring = fake_create();
    IORING_CQE cqe;
    UINT64 posted = 0, popped = 0;

    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 64; i++, posted++)
            fake_post(fake.ring, posted, 0, posted * 3);
        for (int i = 0; i < 64; i++, popped++) {
            cr_assert_eq(kb_PopIoRingCompletion(ring, &cqe), S_OK);
            cr_assert_eq(cqe.UserData, popped);
            cr_assert_eq(cqe.Information, popped * 3);
            cr_assert_eq(cqe.ResultCode, S_OK);
        }
    }
    cr_assert_eq(fake.polls, 0); /* only an empty queue is worth the call */
    cr_assert_eq(kb_PopIoRingCompletion(ring, &cqe), S_FALSE);
    kb_CloseIoRing(ring);
}

Test(ioring_pop, poll_brings_in_what_had_finished)
{
    HIORING ring = fake_create();
    IORING_CQE cqe;

    fake.poll_posts = 2;
    cr_assert_eq(kb_PopIoRingCompletion(ring, &cqe), S_OK);
    cr_assert_eq(cqe.UserData, 1002);
    cr_assert_eq(kb_PopIoRingCompletion(ring, &cqe), S_OK);
    cr_assert_eq(fake.polls, 1);
    cr_assert_eq(kb_PopIoRingCompletion(ring, &cqe), S_FALSE);
    fake.poll_status = (NTSTATUS)0xC0000008; /* e.g. the parent's ring, after a fork */
    cr_assert_eq(kb_PopIoRingCompletion(ring, &cqe), E_HANDLE);
    kb_CloseIoRing(ring);
}

Test(ioring_pop, results)
{
    HIORING ring = fake_create();
    IORING_CQE cqe;

    fake_post(fake.ring, 1, (NTSTATUS)0xC0000011, 0);
    fake_post(fake.ring, 2, (NTSTATUS)0xC0000120, 0);
    fake_post(fake.ring, 3, (NTSTATUS)0x80000005, 16);
    kb_PopIoRingCompletion(ring, &cqe);
    cr_assert_eq(cqe.ResultCode, (HRESULT)0x80070026);
    kb_PopIoRingCompletion(ring, &cqe);
    cr_assert_eq(cqe.ResultCode, E_ABORT);
    kb_PopIoRingCompletion(ring, &cqe);
    cr_assert_eq(cqe.ResultCode, (HRESULT)0x800700EA); /* ERROR_MORE_DATA, with its bytes */
    cr_assert_eq(cqe.Information, 16);
    kb_CloseIoRing(ring);
}

Test(ioring_pop, scribbled_indices)
{
    static const UINT32 heads[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 12345};
    HIORING ring = fake_create();
    IORING_CQE cqe;

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        fake.ring->cq.queue.Head = heads[i];
        fake.ring->cq.queue.Tail = heads[i] + 65;
        cr_expect_eq(kb_PopIoRingCompletion(ring, &cqe), IORING_E_CORRUPT);
        fake.ring->cq.queue.Tail = heads[i] + 64;
        cr_expect_eq(kb_PopIoRingCompletion(ring, &cqe), S_OK);
    }
    kb_CloseIoRing(ring);
}

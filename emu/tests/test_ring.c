/* SPDX-License-Identifier: MIT */
/*
 * Rings through the door, as an NT-level client that writes its entries by hand: what the public
 * functions cannot reach. Everything public is a scenario in conformance/.
 */
#include "emu/tests/ring_client.h"

#include <pthread.h>
#include <sys/mman.h>

Test(ring, nops_complete_in_order)
{
    struct client client = client_open(8, 16);
    NT_IORING_CQE cqe;

    for (uint64_t i = 0; i < 8; i++)
        entry(&client, IORING_OP_NOP, 100 + i);
    cr_assert_eq(submit(&client, 0, -1), STATUS_SUCCESS);
    cr_assert_eq(client.info.SubmissionQueue->Head, 8);
    for (uint64_t i = 0; i < 8; i++) {
        cr_assert(pop(&client, &cqe));
        cr_assert_eq(cqe.UserData, 100 + i);
        cr_assert_eq(cqe.IoStatus.Status, STATUS_SUCCESS);
    }
    cr_assert_not(pop(&client, &cqe));
    cr_assert_eq(emu_nt_close(client.ring), STATUS_SUCCESS);
}

Test(ring, a_full_completion_queue_refuses_the_whole_submit)
{
    struct client client = client_open(4, 8);
    NT_IORING_CQE cqe;

    for (int batch = 0; batch < 2; batch++) {
        for (int i = 0; i < 4; i++)
            entry(&client, IORING_OP_NOP, 0);
        cr_assert_eq(submit(&client, 0, -1), STATUS_SUCCESS);
    }
    entry(&client, IORING_OP_NOP, 7);
    cr_assert_eq(submit(&client, 0, -1), STATUS_IORING_COMPLETION_QUEUE_TOO_FULL);
    cr_assert_eq(client.info.SubmissionQueue->Head, 8, "nothing was consumed");
    for (int i = 0; i < 8; i++)
        cr_assert(pop(&client, &cqe));
    cr_assert_eq(submit(&client, 1, 1000), STATUS_SUCCESS);
    cr_assert(pop(&client, &cqe));
    cr_assert_eq(cqe.UserData, 7);
    emu_nt_close(client.ring);
}

Test(ring, hostile_indices_are_a_status)
{
    struct client client = client_open(4, 8);

    client.info.SubmissionQueue->Tail = 0x80000000u;
    cr_assert_eq(submit(&client, 0, -1), STATUS_IORING_CORRUPT);
    client.info.SubmissionQueue->Tail = client.info.SubmissionQueue->Head;
    client.info.CompletionQueue->Head = 77;
    entry(&client, IORING_OP_NOP, 0);
    cr_assert_eq(submit(&client, 0, -1), STATUS_IORING_CORRUPT);
    emu_nt_close(client.ring);
}

Test(ring, a_user_may_unmap_his_view)
{
    struct client client = client_open(4, 8);
    void *mine;

    entry(&client, IORING_OP_NOP, 0);
    cr_assert_eq(munmap(client.info.SubmissionQueue, 4096), 0);
    mine = mmap(client.info.SubmissionQueue, 4096, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    memset(mine, 0xAB, 4096);
    cr_assert_eq(submit(&client, 1, 1000), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_close(client.ring), STATUS_SUCCESS);
    cr_assert_eq(((unsigned char *)mine)[0], 0xAB, "closing unmaps nothing that is not ours");
}

Test(ring, unknown_operations_and_flags_complete_with_an_error)
{
    struct client client = client_open(4, 8);
    NT_IORING_CQE cqe;

    entry(&client, 0xDEAD, 1);
    entry(&client, IORING_OP_NOP, 2)->Flags = 0x80;
    entry(&client, IORING_OP_READ, 3)->Read.CommonOpFlags = 0x10;
    cr_assert_eq(submit(&client, 3, 1000), STATUS_SUCCESS);
    for (int i = 0; i < 3; i++) {
        cr_assert(pop(&client, &cqe));
        cr_assert_lt(cqe.IoStatus.Status, 0);
    }
    emu_nt_close(client.ring);
}

Test(ring, a_drain_holds_itself_and_its_successors)
{
    struct client client = client_open(8, 16);
    char to[2][4];
    NT_IORING_CQE cqe;
    int peer;
    emu_handle file = pending_file(&peer);

    read_entry(&client, file, to[0], 4, 1);
    entry(&client, IORING_OP_NOP, 2)->Flags = NT_IORING_SQE_FLAG_DRAIN_PRECEDING_OPS;
    entry(&client, IORING_OP_NOP, 3);
    cr_assert_eq(submit(&client, 0, -1), STATUS_SUCCESS);
    cr_assert_eq(client.info.SubmissionQueue->Head, 3, "held entries are consumed");
    cr_assert_not(pop(&client, &cqe));
    entry(&client, IORING_OP_NOP, 4);
    cr_assert_eq(submit(&client, 0, -1), STATUS_SUCCESS);
    cr_assert_not(pop(&client, &cqe), "a later submit stands behind them");
    cr_assert_eq(write(peer, "abcd", 4), 4);
    cr_assert_eq(submit(&client, IORING_SUBMIT_WAIT_ALL, 5000), STATUS_SUCCESS);
    for (uint64_t i = 1; i <= 4; i++) {
        cr_assert(pop(&client, &cqe));
        cr_assert_eq(cqe.UserData, i);
    }
    emu_nt_close(client.ring);
    emu_nt_close(file);
    close(peer);
}

Test(ring, waits_count_what_nobody_has_taken)
{
    struct client client = client_open(4, 8);
    NT_IORING_CQE cqe;
    char to[4];
    int peer;
    emu_handle file = pending_file(&peer);

    cr_assert_eq(submit(&client, 1, 1000), STATUS_INVALID_PARAMETER, "IC7: nothing at all");
    cr_assert_eq(submit(&client, IORING_SUBMIT_WAIT_ALL, -1), STATUS_SUCCESS);
    read_entry(&client, file, to, 4, 1);
    cr_assert_eq(submit(&client, 1, 5), STATUS_TIMEOUT);
    cr_assert_eq(submit(&client, 2, 5), STATUS_INVALID_PARAMETER);
    cr_assert_eq(write(peer, "x", 1), 1);
    cr_assert_eq(submit(&client, 1, 5000), STATUS_SUCCESS);
    cr_assert_eq(submit(&client, 1, 0), STATUS_SUCCESS, "IB28: unpopped, and it counts");
    cr_assert(pop(&client, &cqe));
    cr_assert_eq(cqe.IoStatus.Information, 1);
    emu_nt_close(client.ring);
    emu_nt_close(file);
    close(peer);
}

struct waiter {
    struct client *client;
    uint32_t count;
    NTSTATUS status;
};

static void *wait_main(void *arg)
{
    struct waiter *waiter = arg;

    waiter->status = submit(waiter->client, waiter->count, 20000);
    return NULL;
}

Test(ring, one_waiter_for_two_does_not_keep_one_waiter_for_one)
{
    struct client client = client_open(8, 16);
    struct waiter one = {&client, 1, 0}, two = {&client, 2, 0};
    pthread_t threads[2];
    char to[2][4];
    int peers[2];
    emu_handle files[2] = {pending_file(&peers[0]), pending_file(&peers[1])};

    emu_nt_poll_ioring(client.ring); /* popped: the waiters drive */
    read_entry(&client, files[0], to[0], 4, 1);
    read_entry(&client, files[1], to[1], 4, 2);
    cr_assert_eq(submit(&client, 0, -1), STATUS_SUCCESS);
    pthread_create(&threads[0], NULL, wait_main, &two);
    pthread_create(&threads[1], NULL, wait_main, &one);
    cr_assert_eq(write(peers[0], "x", 1), 1);
    pthread_join(threads[1], NULL);
    cr_assert(one.status == STATUS_SUCCESS || one.status == STATUS_IORING_SUBMIT_IN_PROGRESS);
    cr_assert_eq(write(peers[1], "x", 1), 1);
    pthread_join(threads[0], NULL);
    cr_assert(two.status == STATUS_SUCCESS || two.status == STATUS_IORING_SUBMIT_IN_PROGRESS);
    emu_nt_close(client.ring);
    for (int i = 0; i < 2; i++) {
        emu_nt_close(files[i]);
        close(peers[i]);
    }
}

static void *submit_and_exit(void *arg)
{
    cr_assert_eq(submit(arg, 0, -1), STATUS_SUCCESS);
    return NULL;
}

Test(ring, an_operation_outlives_the_thread_that_submitted_it)
{
    struct client client = client_open(4, 8);
    NT_IORING_CQE cqe;
    pthread_t thread;
    char to[4];
    int peer;
    emu_handle file = pending_file(&peer);

    read_entry(&client, file, to, 4, 1);
    pthread_create(&thread, NULL, submit_and_exit, &client);
    pthread_join(thread, NULL);
    cr_assert_eq(submit(&client, 1, 50), STATUS_TIMEOUT, "the kernel's own cancel is undone");
    cr_assert_eq(write(peer, "data", 4), 4);
    cr_assert_eq(submit(&client, 1, 5000), STATUS_SUCCESS);
    cr_assert(pop(&client, &cqe));
    cr_assert_eq(cqe.IoStatus.Status, STATUS_SUCCESS);
    cr_assert_eq(cqe.IoStatus.Information, 4);
    emu_nt_close(client.ring);
    emu_nt_close(file);
    close(peer);
}

Test(ring, cancel_ends_a_pending_read_and_no_other)
{
    struct client client = client_open(8, 16);
    NT_IORING_CQE cqe;
    char to[2][4];
    int peer;
    emu_handle file = pending_file(&peer);

    read_entry(&client, file, to[0], 4, 0xAA);
    read_entry(&client, file, to[1], 4, 0xBB);
    cr_assert_eq(submit(&client, 0, -1), STATUS_SUCCESS);
    cancel_entry(&client, file, 0xAA, 0xC0);
    cr_assert_eq(submit(&client, 2, 5000), STATUS_SUCCESS);
    for (int i = 0; i < 2; i++) {
        cr_assert(pop(&client, &cqe));
        cr_assert_eq(cqe.IoStatus.Status, cqe.UserData == 0xAA ? STATUS_CANCELLED : STATUS_SUCCESS);
        cr_assert_neq(cqe.UserData, 0xBB);
    }
    cr_assert_eq(submit(&client, 1, 20), STATUS_TIMEOUT, "the sibling lives");
    cr_assert_eq(write(peer, "kept", 4), 4);
    cr_assert_eq(submit(&client, 1, 5000), STATUS_SUCCESS);
    cr_assert(pop(&client, &cqe));
    cr_assert_eq(cqe.UserData, 0xBB);
    cr_assert_eq(cqe.IoStatus.Information, 4);
    emu_nt_close(client.ring);
    emu_nt_close(file);
    close(peer);
}

/* SPDX-License-Identifier: MIT */
/* An NT-level client of a ring: writes its entries by hand, takes its completions by hand. */
#ifndef EMU_TESTS_RING_CLIENT_H
#define EMU_TESTS_RING_CLIENT_H

#include "emu/syscall.h"

#include <criterion/criterion.h>
#include <ioringnt.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
    emu_handle ring;
    NT_IORING_INFO info;
};

static inline struct client client_open(uint32_t sq, uint32_t cq)
{
    NT_IORING_STRUCTV1 params = {400, sq, cq, {0, 0}};
    struct client client = {0};

    cr_assert_eq(emu_nt_create_ioring(&client.ring, sizeof params, &params, sizeof client.info,
                                      &client.info),
                 STATUS_SUCCESS);
    return client;
}

static inline NT_IORING_SQE *entry(struct client *client, uint32_t op, uint64_t user_data)
{
    NT_IORING_SUBMISSION_QUEUE *sq = client->info.SubmissionQueue;
    NT_IORING_SQE *sqe =
        &NtIoRingSubmissionEntries(sq)[sq->Tail & client->info.SubmissionQueueRingMask];

    memset(sqe, 0, sizeof *sqe);
    sqe->OpCode = op;
    sqe->UserData = user_data;
    __atomic_store_n(&sq->Tail, sq->Tail + 1, __ATOMIC_RELEASE);
    return sqe;
}

static inline NT_IORING_SQE *read_entry(struct client *client, emu_handle file, void *to,
                                        uint32_t nbytes, uint64_t user_data)
{
    NT_IORING_SQE *sqe = entry(client, IORING_OP_READ, user_data);

    sqe->Read.File.Handle = (HANDLE)(uintptr_t)file;
    sqe->Read.Buffer.Address = to;
    sqe->Read.Length = nbytes;
    return sqe;
}

static inline void cancel_entry(struct client *client, emu_handle file, uint64_t target,
                                uint64_t user_data)
{
    NT_IORING_SQE *sqe = entry(client, IORING_OP_CANCEL, user_data);

    sqe->Cancel.File.Handle = (HANDLE)(uintptr_t)file;
    sqe->Cancel.CancelId = target;
}

/* ms < 0: for ever. */
static inline NTSTATUS submit(struct client *client, uint32_t wait, int64_t ms)
{
    int64_t timeout = -ms * 10000;

    return emu_nt_submit_ioring(client->ring, 0, wait, ms < 0 ? NULL : &timeout);
}

static inline bool pop(struct client *client, NT_IORING_CQE *cqe)
{
    NT_IORING_COMPLETION_QUEUE *cq = client->info.CompletionQueue;
    uint32_t head = cq->Head;

    if (__atomic_load_n(&cq->Tail, __ATOMIC_ACQUIRE) == head)
        return false;
    *cqe = NtIoRingCompletionEntries(cq)[head & client->info.CompletionQueueRingMask];
    __atomic_store_n(&cq->Head, head + 1, __ATOMIC_RELEASE);
    return true;
}

/* A socket whose reads pend until somebody writes to *peer. */
static inline emu_handle pending_file(int *peer)
{
    emu_handle handle;
    int pair[2];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    cr_assert_eq(emu_nt_adopt_fd(&handle, pair[0], FILE_READ_DATA | FILE_WRITE_DATA, 0),
                 STATUS_SUCCESS);
    *peer = pair[1];
    return handle;
}

#endif

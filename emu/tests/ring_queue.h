/* SPDX-License-Identifier: MIT */
/* The two queues of a ring as an NT-level client has them: entries and completions by hand. */
#ifndef EMU_TESTS_RING_QUEUE_H
#define EMU_TESTS_RING_QUEUE_H

#include "emu/syscall.h"

#include <ioringnt.h>
#include <stdbool.h>
#include <string.h>

struct client {
    emu_handle ring;
    NT_IORING_INFO info;
};

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

#endif

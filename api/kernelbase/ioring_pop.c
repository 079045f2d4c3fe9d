/* SPDX-License-Identifier: MIT */
/* PopIoRingCompletion: user-mode code over the shared completion queue. */
#include "api/kernelbase/ioring.h"

#include "api/kernelbase/ioring_api.h"
#include "api/ntdll/ioring.h"
#include "emu/base/mutant.h"

/*
 * Is the queue really empty? The poster stores Tail, fences, and reads Head to see whether it just
 * filled an empty queue (then it sets the completion event). We stored Head when we popped the last
 * entry; with a full fence between that store and this load of Tail, at least one side sees the
 * other: either we find the entry, or the poster finds the queue empty and sets the event. Without
 * it both could miss, and a client that pops until S_FALSE and then waits would sleep for ever.
 */
static bool is_empty(struct kb_ring *ring, UINT32 head, UINT32 *tail_out)
{
    atomic_thread_fence(memory_order_seq_cst);
    *tail_out = kb_ring_load(&ring->cq->Tail);
    return *tail_out == head;
}

/* Out of line, as pop_late. */
static __attribute__((noinline)) HRESULT failed(NTSTATUS status, IORING_CQE *cqe)
{
    cqe->ResultCode = kb_ioring_failure_hresult(status);
    return S_OK;
}

static inline HRESULT take(struct kb_ring *ring, NT_IORING_COMPLETION_QUEUE *cq, UINT32 head,
                           UINT32 tail, IORING_CQE *cqe)
{
    const NT_IORING_CQE *entry = &NtIoRingCompletionEntries(cq)[head & ring->cq_mask];
    NTSTATUS status = entry->IoStatus.Status;

    /* Somebody wrote over Head or Tail. The mask kept us inside the queue even so. */
    if (tail - head > ring->cq_size)
        return IORING_E_CORRUPT; /* [I] ioring.md 3: from the message text */
    cqe->UserData = (UINT_PTR)entry->UserData;
    if (EMU_MUTANT(user_data_32_bits))
        cqe->UserData = (UINT32)entry->UserData;
    cqe->Information = (ULONG_PTR)entry->IoStatus.Information;
    cqe->ResultCode = S_OK;
    /* Release: the poster may reuse the entry once it sees Head behind it. */
    kb_ring_store(&cq->Head, head + 1);
    return status < 0 ? failed(status, cqe) : S_OK;
}

/* Out of line, so that the usual case saves no registers: nothing was there at first sight. */
static __attribute__((noinline)) HRESULT pop_late(struct kb_ring *ring, UINT32 head,
                                                  IORING_CQE *cqe)
{
    UINT32 tail;

    if (is_empty(ring, head, &tail)) {
        /* Finished operations may still sit with the engine, when nobody drives this ring. */
        NTSTATUS status = nt_poll_ioring(ring->handle);

        if (status < 0)
            return kb_ioring_call_hresult(status);
        if (is_empty(ring, head, &tail)) {
            if (EMU_MUTANT(pop_empty_clears))
                *cqe = (IORING_CQE){0};
            return EMU_MUTANT(pop_empty_is_ok) ? S_OK : S_FALSE; /* [D] and *cqe is not touched */
        }
    }
    return take(ring, ring->cq, head, tail, cqe);
}

HRESULT WINAPI kb_PopIoRingCompletion(HIORING ioRing, IORING_CQE *cqe)
{
    struct kb_ring *ring = kb_ring_lookup(ioRing);
    NT_IORING_COMPLETION_QUEUE *cq;
    UINT32 head, tail;

    if (!ring)
        return E_HANDLE;
    if (!cqe)
        return E_INVALIDARG; /* [I] decision: no public record */

    cq = ring->cq;
    head = atomic_load_explicit((_Atomic UINT32 *)&cq->Head, memory_order_relaxed);
    tail = kb_ring_load(&cq->Tail);
    if (__builtin_expect(tail == head, 0))
        return pop_late(ring, head, cqe);
    return take(ring, cq, head, tail, cqe);
}

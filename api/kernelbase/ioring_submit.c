/* SPDX-License-Identifier: MIT */
/* SubmitIoRing: shows the built entries to the kernel and reports how many it took. */
#include "api/kernelbase/ioring.h"

#include "api/kernelbase/ioring_api.h"
#include "emu/base/mutant.h"
/* 100 ns units in a millisecond, relative: negative. */
#define NT_MILLISECOND (-10000ll)

HRESULT WINAPI kb_SubmitIoRing(HIORING ioRing, UINT32 waitOperations, UINT32 milliseconds,
                               UINT32 *submittedEntries)
{
    struct kb_ring *ring = kb_ring_lookup(ioRing);
    LARGE_INTEGER timeout, *wait_until = NULL;
    UINT32 before, built, taken;
    NTSTATUS status;

    if (!ring)
        return E_HANDLE;

    if (waitOperations && milliseconds != INFINITE) { /* [D] no wait: milliseconds is ignored */
        timeout.QuadPart = NT_MILLISECOND * milliseconds;
        wait_until = &timeout;
    }
    if (!waitOperations && EMU_MUTANT(wait_zero_waits))
        waitOperations = IORING_SUBMIT_WAIT_ALL;
    before = kb_ring_load(&ring->sq->Head);
    built = kb_ring_peek(&ring->sq_tail) - before;
    /* Release: Head..Tail are complete entries for the kernel, and for a hook in NtSubmitIoRing. */
    kb_ring_store(&ring->sq->Tail, kb_ring_peek(&ring->sq_tail));
    status = NtSubmitIoRing(ring->handle, 0, waitOperations, wait_until);

    /*
     * [R] IB25 [D] A wait that ran out had submitted its entries; [D] a refusal leaves all of them
     * in the queue. Either way the count is how far Head moved. Never more than we showed: another
     * thread may have submitted while this one waited, and Head is in memory the user can write.
     */
    taken = kb_ring_load(&ring->sq->Head) - before;
    if (taken > built)
        taken = built > ring->sq_size ? 0 : built;
    kb_ring_set_head(ring, before + taken);
    if (EMU_MUTANT(sq_freed_late))
        kb_ring_set_head(ring, ring->sq_first + kb_ring_load(&ring->cq->Tail) - ring->cq_first);
    kb_ring_files_trim(ring);
    if (submittedEntries)
        *submittedEntries = taken && EMU_MUTANT(submitted_one_less) ? taken - 1 : taken;
    return kb_ioring_call_hresult(status);
}

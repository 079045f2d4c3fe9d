/* SPDX-License-Identifier: MIT */
/* Completions: from the system and from providers into one queue, its event, those who wait for it.
 */
#include "hooks/plugins/refvfs/ring.h"
#include "hooks/plugins/layer/mutant.h"

#include <stdlib.h>

HRESULT(WINAPI *vl_original_PopIoRingCompletion)(HIORING, IORING_CQE *);

/* As PopIoRingCompletion makes it of the system's own. */
HRESULT rv_hresult(NTSTATUS status)
{
    UINT32 code;

    if (status >= 0)
        return S_OK;
    if (status == VL_CANCELLED)
        return E_ABORT;
    code = ((UINT32)status & 0xFFFF0000u) == 0xC0070000u ? (UINT32)status & 0xFFFFu
                                                         : RtlNtStatusToDosError(status);
    return (HRESULT)(0x80070000u | (code & 0xFFFF));
}

/* One more, and the edge: only the first in an empty queue sets the event. */
static void put_locked(struct rv_ring *ring, bool is_virtual, UINT_PTR user_data, HRESULT hr,
                       ULONG_PTR information)
{
    bool was_empty = ring->posted == ring->popped;
    UINT64 at = ring->posted;
    UINT32 size = ring->info.CompletionQueueSize;

    for (; is_virtual && at > ring->popped && VL_MUTANT(virtual_first); at--)
        ring->cq[at % size] = ring->cq[(at - 1) % size];
    ring->cq[at % size] = (IORING_CQE){user_data, hr, information};
    ring->posted++;
    if (ring->event && (was_empty || VL_MUTANT(event_each)) && !VL_MUTANT(event_never)) {
        ringer_bypass_enter();
        SetEvent(ring->event);
        ringer_bypass_leave();
    }
    WakeAllConditionVariable(&ring->wake);
    /* Whoever waits for the system in all our names looks at our count, too. */
    if (ring->waiting) {
        ringer_bypass_enter();
        SetEvent(ring->real_event);
        ringer_bypass_leave();
    }
}

/* The old table goes with the operation that brought the new one. */
void rv_take_table_locked(struct rv_op *op)
{
    struct rv_ring *ring = op->ring;

    if (!op->count && VL_MUTANT(empty_table_kept))
        return;
    if (op->taken)
        return;
    op->taken = true;
    if (op->code == IORING_OP_REGISTER_FILES) {
        struct rv_file *old = ring->files;
        UINT32 count = ring->file_count;

        ring->files = op->files;
        ring->file_count = op->files ? op->count : 0;
        op->files = old;
        op->count = count;
    } else {
        IORING_BUFFER_INFO *old = ring->buffers;

        ring->buffers = op->infos;
        ring->buffer_count = op->infos ? op->count : 0;
        op->infos = old;
    }
}

void rv_post_locked(struct rv_op *op, HRESULT hr, ULONG_PTR information)
{
    struct rv_ring *ring = op->ring;

    if (op->code == IORING_OP_REGISTER_FILES || op->code == IORING_OP_REGISTER_BUFFERS) {
        ring->registering = false;
        if (SUCCEEDED(hr))
            rv_take_table_locked(op);
    }
    ring->outstanding--;
    if (op->is_virtual && SUCCEEDED(hr) && VL_MUTANT(count_as_asked))
        information = op->length;
    put_locked(ring, op->is_virtual,
               op->code == IORING_OP_REGISTER_FILES && VL_MUTANT(registration_anonymous)
                   ? 0
                   : op->user_data,
               hr, information);
    rv_op_bury_locked(op);
}

void rv_post(struct rv_op *op, HRESULT hr, ULONG_PTR information)
{
    struct rv_ring *ring = op->ring;

    AcquireSRWLockExclusive(&ring->lock);
    rv_post_locked(op, hr, information);
    ReleaseSRWLockExclusive(&ring->lock);
}

/* A part of a cancel is no completion of the program's; with the last of them the whole is. */
static void part_done_locked(struct rv_op *part, HRESULT hr)
{
    struct rv_op *whole = part->parent;

    if (SUCCEEDED(hr) || FAILED(whole->answer))
        whole->answer = SUCCEEDED(whole->answer) ? whole->answer : hr;
    rv_op_give_locked(part);
    if (!--whole->parts)
        rv_post_locked(whole, whole->answer, 0);
}

void rv_answer_locked(struct rv_op *op, HRESULT hr, ULONG_PTR information)
{
    if (op->parent)
        part_done_locked(op, hr);
    else
        rv_post_locked(op, hr, information);
}

static void pumped_locked(struct rv_ring *ring, struct rv_op *op, const IORING_CQE *cqe)
{
    if (op) {
        rv_answer_locked(op, cqe->ResultCode, cqe->Information);
    } else { /* from before the turn: with the program's own number */
        if (ring->outstanding)
            ring->outstanding--;
        put_locked(ring, false, cqe->UserData, cqe->ResultCode, cqe->Information);
    }
}

void rv_pump(struct rv_ring *ring)
{
    IORING_CQE cqe;

    AcquireSRWLockExclusive(&ring->pump);
    while (vl_original_PopIoRingCompletion(atomic_load(&ring->handle), &cqe) == S_OK) {
        struct rv_op *op;

        AcquireSRWLockExclusive(&ring->lock);
        op = rv_op_numbered_locked(ring, cqe.UserData);
        ReleaseSRWLockExclusive(&ring->lock);
        /* A table is taken over with the completion, and what it replaces is swept away. */
        if (op && !op->files && !op->infos)
            rv_let_go(op);
        AcquireSRWLockExclusive(&ring->lock);
        pumped_locked(ring, op, &cqe);
        ReleaseSRWLockExclusive(&ring->lock);
    }
    ReleaseSRWLockExclusive(&ring->pump);
    rv_sweep(ring);
}

/* ---- whoever may call the system with this ring ---- */

bool rv_enter(struct rv_ring *ring)
{
    bool open;

    AcquireSRWLockExclusive(&ring->lock);
    open = !ring->closed;
    ring->active += open;
    ReleaseSRWLockExclusive(&ring->lock);
    return open;
}

void rv_leave(struct rv_ring *ring)
{
    AcquireSRWLockExclusive(&ring->lock);
    if (!--ring->active && ring->closed)
        WakeAllConditionVariable(&ring->wake);
    ReleaseSRWLockExclusive(&ring->lock);
}

/* ---- waiting ---- */

static DWORD left_until(UINT64 deadline)
{
    UINT64 now = GetTickCount64();

    return deadline == UINT64_MAX ? INFINITE : deadline > now ? (DWORD)(deadline - now) : 0;
}

/*
 * One of those who wait does so for the system, and takes over what comes; the others wait for him.
 * With something built that the system did not take, it is tried again soon.
 */
static void wait_for_system(struct rv_ring *ring, DWORD left)
{
    bool retry = ring->real_built || ring->ready.count;

    ring->waiting = true;
    ReleaseSRWLockExclusive(&ring->lock);
    ringer_bypass_enter();
    WaitForSingleObject(ring->real_event, retry && left > 1 ? 1 : left);
    ringer_bypass_leave();
    rv_pump(ring);
    rv_process(ring);
    AcquireSRWLockExclusive(&ring->lock);
    ring->waiting = false;
    WakeAllConditionVariable(&ring->wake);
}

HRESULT rv_wait(struct rv_ring *ring, UINT64 target, UINT32 milliseconds)
{
    UINT64 deadline = milliseconds == INFINITE ? UINT64_MAX : GetTickCount64() + milliseconds;
    HRESULT hr = S_OK;

    AcquireSRWLockExclusive(&ring->lock);
    while (ring->posted < target && !ring->closed) {
        DWORD left = left_until(deadline);

        if (!left) {
            hr = VL_MUTANT(timeout_is_success) ? S_OK : IORING_E_WAIT_TIMEOUT;
            break;
        }
        if (ring->waiting)
            SleepConditionVariableSRW(&ring->wake, &ring->lock, left, 0);
        else
            wait_for_system(ring, left);
    }
    if (ring->closed)
        hr = E_HANDLE;
    ReleaseSRWLockExclusive(&ring->lock);
    return hr;
}

static DWORD WINAPI watch(LPVOID argument)
{
    struct rv_ring *ring = argument;

    rv_wait(ring, UINT64_MAX, INFINITE);
    rv_leave(ring);
    rv_ring_release(ring);
    return 0;
}

void rv_watch(struct rv_ring *ring)
{
    HANDLE thread;
    bool first;

    AcquireSRWLockExclusive(&ring->lock);
    first = !ring->watched && !ring->closed;
    ring->watched = true;
    ring->active += first;
    ReleaseSRWLockExclusive(&ring->lock);
    if (!first)
        return;
    rv_ring_hold(ring);
    ringer_bypass_enter();
    thread = CreateThread(NULL, 0, watch, ring, 0, NULL);
    if (thread)
        CloseHandle(thread);
    ringer_bypass_leave();
    if (thread)
        return;
    AcquireSRWLockExclusive(&ring->lock);
    ring->watched = false;
    ReleaseSRWLockExclusive(&ring->lock);
    rv_leave(ring);
    rv_ring_release(ring);
}

/* ---- PopIoRingCompletion ---- */

/* Straight through. The turn waits until nobody is in here. */
static bool pop_through(struct rv_ring *ring, IORING_CQE *cqe, HRESULT *hr)
{
    bool mixed;

    atomic_store(&ring->popping,
                 true); /* then the load: rv_ring_mix does both the other way round */
    mixed = atomic_load(&ring->mixed);
    if (!mixed) {
        *hr = vl_original_PopIoRingCompletion(
            atomic_load_explicit(&ring->handle, memory_order_relaxed), cqe);
        if (*hr == S_OK)
            atomic_store_explicit(
                &ring->popped_through,
                atomic_load_explicit(&ring->popped_through, memory_order_relaxed) + 1,
                memory_order_relaxed);
    }
    atomic_store_explicit(&ring->popping, false, memory_order_release);
    return !mixed;
}

static bool has_work(struct rv_ring *ring)
{
    return ring->held.count || ring->ready.count || ring->real_built;
}

static HRESULT pop(struct rv_ring *ring, IORING_CQE *cqe)
{
    HRESULT hr = S_FALSE;
    bool work;

    if (!cqe && !VL_MUTANT(pop_null_loses))
        return E_INVALIDARG;
    rv_pump(ring);
    AcquireSRWLockExclusive(&ring->lock);
    work = has_work(ring);
    ReleaseSRWLockExclusive(&ring->lock);
    if (work)
        rv_process(ring);
    AcquireSRWLockExclusive(&ring->lock);
    if (ring->posted != ring->popped) {
        const IORING_CQE *from = &ring->cq[ring->popped++ % ring->info.CompletionQueueSize];

        if (cqe)
            *cqe = *from;
        hr = S_OK;
    }
    ReleaseSRWLockExclusive(&ring->lock);
    return hr;
}

static HRESULT WINAPI detour_PopIoRingCompletion(HIORING handle, IORING_CQE *cqe)
{
    struct rv_ring *ring = ringer_bypass_active() ? NULL : rv_ring_find(handle);
    HRESULT hr;

    if (!ring)
        return vl_original_PopIoRingCompletion(handle, cqe);
    if (pop_through(ring, cqe, &hr))
        return hr;
    if (!rv_enter(ring))
        return E_HANDLE;
    hr = pop(ring, cqe);
    rv_leave(ring);
    if (atomic_load_explicit(&rv_detaching, memory_order_relaxed))
        rv_detach_if_idle();
    return hr;
}

const struct vl_detour rv_complete_detours[] = {
    VL_DETOUR("kernelbase", PopIoRingCompletion),
    VL_DETOUR_END,
};

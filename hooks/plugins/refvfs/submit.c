/* SPDX-License-Identifier: MIT */
/*
 * From our queue to providers and to the system's ring.
 *
 * Entries start in the order of the queue. One that is flagged DRAIN waits until nothing that
 * started before it is outstanding, and what stands behind it waits with it; behind a registration
 * all waits until it is complete.
 */
#include "hooks/plugins/refvfs/ring.h"
#include "hooks/plugins/layer/mutant.h"

#include <stdlib.h>
#include <string.h>

HRESULT(WINAPI *vl_original_SubmitIoRing)(HIORING, UINT32, UINT32, UINT32 *);

/* The system's queue is as long as ours was: when it is full, it is handed over. */
static bool flush(struct rv_ring *ring)
{
    HRESULT hr = vl_original_SubmitIoRing(atomic_load(&ring->handle), 0, 0, NULL);

    if (FAILED(hr))
        return false; /* [D] everything is still there: another time */
    AcquireSRWLockExclusive(&ring->lock);
    ring->real_built = 0;
    ReleaseSRWLockExclusive(&ring->lock);
    rv_pump(ring);
    return true;
}

/* False: the system takes nothing at the moment. */
static bool build_real(struct rv_op *op)
{
    struct rv_ring *ring = op->ring;
    bool cancelled;
    HRESULT hr;

    AcquireSRWLockExclusive(&ring->lock);
    op->state = RV_REAL;
    if (op->cancelled)
        rv_answer_locked(op, E_ABORT, 0);
    cancelled = op->cancelled;
    ReleaseSRWLockExclusive(&ring->lock);
    if (cancelled)
        return true;
    hr = rv_build_real(op);
    if (hr == IORING_E_SUBMISSION_QUEUE_FULL && flush(ring))
        hr = rv_build_real(op);
    AcquireSRWLockExclusive(&ring->lock);
    if (SUCCEEDED(hr)) {
        ring->real_built++;
    } else if (hr == IORING_E_SUBMISSION_QUEUE_FULL) {
        op->state = RV_READY;
        rv_list_push(&ring->ready, op);
    } else {
        rv_answer_locked(op, hr, 0); /* a mistake in an entry is its completion's */
    }
    ReleaseSRWLockExclusive(&ring->lock);
    return hr != IORING_E_SUBMISSION_QUEUE_FULL;
}

static void fetched(struct vl_fill *fill, NTSTATUS status)
{
    struct rv_op *op = (struct rv_op *)((char *)fill - offsetof(struct rv_op, fill));
    struct rv_ring *ring = op->ring;
    bool closed;

    if (VL_MUTANT(provider_failure_lost))
        status = VL_SUCCESS;
    if (VL_MUTANT(failure_poisons)) {
        static _Atomic NTSTATUS first;

        status = status < 0 ? (atomic_store(&first, status), status) : atomic_load(&first);
    }
    if (op->buffer.Kind == IORING_REF_RAW && status >= 0 && VL_MUTANT(copied_by_us))
        *(volatile char *)op->buffer.Buffer.Address = 0;
    AcquireSRWLockExclusive(&ring->lock);
    closed = ring->closed;
    if (!closed && (op->cancelled || status < 0)) {
        op->cancelled = status >= 0 || op->cancelled;
        op->state = RV_REAL; /* no cancel looks at it any more */
        ReleaseSRWLockExclusive(&ring->lock);
        rv_let_go(op);
        AcquireSRWLockExclusive(&ring->lock);
    }
    if (closed) {
        rv_op_bury_locked(op);
    } else if (op->cancelled || status < 0) {
        rv_post_locked(op, rv_hresult(op->cancelled ? VL_CANCELLED : status), 0);
    } else {
        op->state = RV_READY;
        rv_list_append(&ring->ready, op);
    }
    ReleaseSRWLockExclusive(&ring->lock);
    if (!closed)
        rv_process(ring);
    rv_ring_release(ring);
}

static bool is_read(const struct rv_op *op)
{
    return op->code == IORING_OP_READ || op->code == (IORING_OP_CODE)IORING_OP_READ_SCATTER;
}

/* The virtual file that a read names now, with references of its own. open NULL: not virtual. */
static struct rv_file file_of(struct rv_ring *ring, IORING_HANDLE_REF ref)
{
    struct rv_file file = {0};
    HANDLE handle = ref.Handle.Handle;

    if (ref.Kind == IORING_REF_RAW) {
        file.open = vl_open_acquire(handle);
    } else {
        /* Only whoever processes replaces the table, and that is us. */
        AcquireSRWLockShared(&ring->lock);
        handle = NULL;
        if (ring->file_count && VL_MUTANT(index_wraps))
            ref.Handle.Index %= ring->file_count;
        if (ref.Handle.Index < ring->file_count && !VL_MUTANT(index_not_virtual)) {
            file.open = ring->files[ref.Handle.Index].open;
            handle = ring->files[ref.Handle.Index].own;
        }
        if (file.open && VL_MUTANT(registered_by_number) &&
            !vl_is_virtual(ring->files[ref.Handle.Index].number))
            file.open = NULL;
        if (file.open)
            vl_open_hold(file.open);
        ReleaseSRWLockShared(&ring->lock);
    }
    if (file.open)
        file.own = rv_own_copy(handle);
    return file;
}

/*
 * The tables that hold when a read starts are those that it means; while it is with its provider
 * they may be replaced. So it goes on with an address. False: the system is to refuse it, now.
 */
static bool fix_buffer(struct rv_op *op)
{
    struct rv_ring *ring = op->ring;
    IORING_REGISTERED_BUFFER ref = op->buffer.Buffer.IndexAndOffset;
    bool good = op->buffer.Kind == IORING_REF_RAW;

    if (good || op->code != IORING_OP_READ)
        return true;
    AcquireSRWLockShared(&ring->lock);
    good = !ring->buffers; /* registered before the turn, or not at all: the system knows */
    if (ref.BufferIndex < ring->buffer_count) {
        const IORING_BUFFER_INFO *info = &ring->buffers[ref.BufferIndex];

        good = info->Address && (UINT64)ref.Offset + op->length <= info->Length;
        if (good || VL_MUTANT(bounds_unchecked)) {
            op->buffer.Kind = IORING_REF_RAW;
            op->buffer.Buffer.Address =
                (char *)info->Address + (VL_MUTANT(buffer_offset_lost) ? 0 : ref.Offset);
            good = true;
        }
    }
    ReleaseSRWLockShared(&ring->lock);
    return good;
}

bool rv_note_tables(struct rv_op *op)
{
    if (op->code == IORING_OP_REGISTER_FILES && op->copy && op->count) {
        op->files = calloc(op->count, sizeof *op->files);
        for (UINT32 i = 0; op->files && i < op->count; i++) {
            op->files[i].open = vl_open_acquire(op->copy[i]);
            op->files[i].own = op->files[i].open ? rv_own_copy(op->copy[i]) : NULL;
            op->files[i].number = op->copy[i];
        }
        return op->files != NULL;
    }
    if (op->code == IORING_OP_REGISTER_BUFFERS && op->count && op->count <= 65536 && op->array &&
        rv_is_readable(op->array, op->count * sizeof *op->infos)) {
        op->infos = malloc(op->count * sizeof *op->infos);
        if (op->infos)
            memcpy(op->infos, op->array, op->count * sizeof *op->infos);
        return op->infos != NULL;
    }
    return true;
}

static bool is_registration(const struct rv_op *op)
{
    return op->code == IORING_OP_REGISTER_FILES || op->code == IORING_OP_REGISTER_BUFFERS;
}

static void move_position(HANDLE file, UINT64 to)
{
    LARGE_INTEGER where = {.QuadPart = (LONGLONG)to};

    ringer_bypass_enter();
    SetFilePointerEx(file, where, NULL, FILE_BEGIN);
    ringer_bypass_leave();
}

/*
 * What a read needs to be fetched. At the position, those that were started before it may have moved
 * the position by then, or not: the range holds wherever it will be.
 */
static void range_of(struct rv_op *op, UINT64 *from_out, UINT64 *length_out)
{
    LARGE_INTEGER given = {.QuadPart = (LONGLONG)op->offset};

    *length_out = op->length;
    if (vl_moves_position(op->open, &given)) {
        op->ahead = op->length;
        *length_out += atomic_fetch_add(&op->open->ahead, op->ahead);
    }
    /* Refused by the system: nothing is fetched. */
    if (!vl_read_from(op->own, op->open, &given, from_out))
        *from_out = *length_out = 0;
}

/* False: the system takes nothing at the moment, and the operation waits among those that are
 * ready. */
static bool start(struct rv_op *op)
{
    struct rv_ring *ring = op->ring;
    struct rv_file file = {0};
    UINT64 from, length;

    if (op->code == IORING_OP_CANCEL) {
        if (ring->real_built && !flush(ring)) { /* its target must be there */
            AcquireSRWLockExclusive(&ring->lock);
            rv_list_push(&ring->held, op);
            ring->outstanding--;
            ReleaseSRWLockExclusive(&ring->lock);
            return false;
        }
        rv_start_cancel(op);
        return true;
    }
    if (is_registration(op)) {
        if (!op->files && !op->infos && !rv_note_tables(op)) {
            rv_post(op, E_OUTOFMEMORY, 0);
            return true;
        }
        AcquireSRWLockExclusive(&ring->lock);
        ring->registering = true;
        ReleaseSRWLockExclusive(&ring->lock);
        return build_real(op) && flush(ring);
    }
    if (VL_MUTANT(write_swallowed) && op->code == IORING_OP_WRITE) {
        rv_post(op, S_OK, op->length);
        return true;
    }
    if (op->kept)
        file = (struct rv_file){.open = op->open, .own = op->own};
    else if (is_read(op))
        file = file_of(ring, op->file);
    if (file.own && VL_MUTANT(position_moved))
        move_position(file.own, op->offset + op->length);
    AcquireSRWLockExclusive(&ring->lock);
    op->open = file.open;
    op->own = file.own;
    op->is_virtual = file.open != NULL;
    ReleaseSRWLockExclusive(&ring->lock);
    if (!file.open || !file.own || !is_read(op) || !fix_buffer(op))
        return build_real(op);
    range_of(op, &from, &length);
    AcquireSRWLockExclusive(&ring->lock);
    if (!VL_MUTANT(programs_handle))
        op->file = (IORING_HANDLE_REF){IORING_REF_RAW, {file.own}};
    op->state = RV_FETCHING;
    ReleaseSRWLockExclusive(&ring->lock);
    op->fill.done = fetched;
    rv_ring_hold(ring);
    if (VL_MUTANT(submit_fetches))
        vl_fill_wait(file.open, from, length);
    if (VL_MUTANT(lock_across_provider))
        AcquireSRWLockExclusive(&ring->lock);
    vl_fill(file.open, from, length, RINGER_VREAD_ASYNC, &op->fill);
    return true;
}

static bool may_start_locked(const struct rv_ring *ring)
{
    const struct rv_op *op = ring->held.first;

    return op && !ring->registering && (!op->drain || !ring->outstanding);
}

/* One step. False: nothing can be done now. */
static bool step(struct rv_ring *ring)
{
    struct rv_op *op;
    UINT32 real_built;

    AcquireSRWLockExclusive(&ring->lock);
    op = rv_list_take(&ring->ready);
    if (!op && may_start_locked(ring)) {
        op = rv_list_take(&ring->held);
        op->state = RV_BUILT;
        ring->outstanding++;
    }
    real_built = ring->real_built;
    ReleaseSRWLockExclusive(&ring->lock);
    if (op)
        return op->state == RV_READY ? build_real(op) : start(op);
    return real_built && flush(ring);
}

/* ring->processing is ours, and the lock; both are still after. */
static void run_locked(struct rv_ring *ring)
{
    do {
        bool more = true;

        ring->again = false;
        while (more && !ring->closed) {
            ReleaseSRWLockExclusive(&ring->lock);
            more = step(ring);
            AcquireSRWLockExclusive(&ring->lock);
        }
    } while (ring->again && !ring->closed);
}

static void stop_locked(struct rv_ring *ring)
{
    ring->processing = false;
    WakeAllConditionVariable(&ring->wake);
}

void rv_process(struct rv_ring *ring)
{
    if (!rv_enter(ring))
        return;
    AcquireSRWLockExclusive(&ring->lock);
    if (ring->processing) {
        ring->again = true; /* whoever does it looks once more before he stops */
    } else {
        ring->processing = true;
        run_locked(ring);
        stop_locked(ring);
    }
    ReleaseSRWLockExclusive(&ring->lock);
    rv_sweep(ring);
    rv_leave(ring);
}

/*
 * What a handle means is settled by the submit, also for an entry that has to wait. We process, and
 * nobody else changes the list.
 */
static void keep_files(struct rv_ring *ring)
{
    for (struct rv_op *op = ring->held.first; op; op = op->next) {
        if (op->kept || is_registration(op) || op->file.Kind != IORING_REF_RAW)
            continue;
        op->kept = true;
        op->own = rv_own_copy(op->file.Handle.Handle);
        op->open = op->own ? vl_open_acquire(op->file.Handle.Handle) : NULL;
        if (op->own)
            op->file.Handle.Handle = op->own;
    }
}

/* ---- SubmitIoRing ---- */

/* May this submit be? *target_out: how many completions the wait is for, counted from the first. */
static HRESULT admit_locked(struct rv_ring *ring, UINT32 wait, UINT64 *target_out)
{
    UINT64 unpopped = ring->posted - ring->popped;
    UINT64 built = (UINT64)ring->built.count + ring->raw_built;
    UINT64 pending = (UINT64)ring->outstanding + ring->held.count;

    if (built && built + pending + unpopped > ring->info.CompletionQueueSize &&
        !VL_MUTANT(cq_unbounded))
        return IORING_E_COMPLETION_QUEUE_TOO_FULL;
    *target_out =
        wait == IORING_SUBMIT_WAIT_ALL ? ring->posted + pending + built : ring->popped + wait;
    if (wait != IORING_SUBMIT_WAIT_ALL && wait > built + pending + unpopped)
        return E_INVALIDARG;
    return S_OK;
}

/* What was built before the turn goes with the first submit behind it. */
static void take_built_locked(struct rv_ring *ring, UINT32 raw)
{
    struct rv_op *op;

    while ((op = rv_list_take(&ring->built))) {
        op->state = RV_HELD;
        rv_list_append(&ring->held, op);
    }
    ring->raw_built -= raw;
    ring->outstanding += raw;
}

/*
 * The system may refuse for reasons of its own. It is asked before anything of ours begins, so that
 * all stays built; with the same call it takes what was built before the turn.
 */
static HRESULT hand_over(struct rv_ring *ring, UINT32 *submitted_out)
{
    UINT32 raw = 0;
    HRESULT hr;

    AcquireSRWLockExclusive(&ring->lock);
    while (ring->processing)
        SleepConditionVariableSRW(&ring->wake, &ring->lock, INFINITE, 0);
    ring->processing = true;
    ReleaseSRWLockExclusive(&ring->lock);
    hr = vl_original_SubmitIoRing(atomic_load(&ring->handle), 0, 0, &raw);
    AcquireSRWLockExclusive(&ring->lock);
    if (SUCCEEDED(hr) || VL_MUTANT(before_the_system)) {
        raw = raw < ring->raw_built ? raw : ring->raw_built;
        ring->real_built = 0;
        *submitted_out = VL_MUTANT(submitted_real_only) ? raw : ring->built.count + raw;
        take_built_locked(ring, raw);
        run_locked(ring);
        ReleaseSRWLockExclusive(&ring->lock);
        keep_files(ring);
        AcquireSRWLockExclusive(&ring->lock);
        run_locked(ring); /* what was left to us meanwhile */
    }
    stop_locked(ring);
    ReleaseSRWLockExclusive(&ring->lock);
    return hr;
}

static HRESULT submit(struct rv_ring *ring, UINT32 wait, UINT32 milliseconds, UINT32 *submitted_out)
{
    UINT64 target = 0;
    HRESULT hr;
    bool owing;

    *submitted_out = 0;
    rv_pump(ring);
    AcquireSRWLockExclusive(&ring->lock);
    hr = ring->submitting ? IORING_E_SUBMIT_IN_PROGRESS : admit_locked(ring, wait, &target);
    if (SUCCEEDED(hr))
        ring->submitting = true;
    ReleaseSRWLockExclusive(&ring->lock);
    if (FAILED(hr))
        return hr;
    hr = hand_over(ring, submitted_out);
    AcquireSRWLockExclusive(&ring->lock);
    ring->submitting = false;
    owing = ring->held.count != 0;
    ReleaseSRWLockExclusive(&ring->lock);
    rv_sweep(ring);
    if (FAILED(hr))
        return hr;
    if (owing)
        rv_watch(ring); /* what is held starts without anybody calling */
    if (wait && VL_MUTANT(system_waits))
        return vl_original_SubmitIoRing(atomic_load(&ring->handle), wait, milliseconds, NULL);
    if (wait > 1 && VL_MUTANT(wait_one_less))
        target--;
    return wait ? rv_wait(ring, target, milliseconds) : S_OK;
}

static HRESULT WINAPI detour_SubmitIoRing(HIORING handle, UINT32 wait, UINT32 milliseconds,
                                          UINT32 *submitted)
{
    struct rv_ring *ring = ringer_bypass_active() ? NULL : rv_ring_find(handle);
    UINT32 count = 0;
    HRESULT hr;

    if (!ring)
        return vl_original_SubmitIoRing(handle, wait, milliseconds, submitted);
    if (!atomic_load_explicit(&ring->mixed, memory_order_acquire)) {
        hr = vl_original_SubmitIoRing(handle, wait, milliseconds, &count);
        /* Nobody else builds or submits meanwhile; who waits in here adds nothing. */
        if (count) {
            atomic_fetch_sub_explicit(&ring->built_through, count, memory_order_relaxed);
            atomic_fetch_add_explicit(&ring->submitted_through, count, memory_order_relaxed);
        }
    } else {
        if (!rv_enter(ring))
            return E_HANDLE;
        hr = submit(ring, wait, milliseconds, &count);
        rv_leave(ring);
    }
    if (submitted)
        *submitted = count;
    return hr;
}

const struct vl_detour rv_submit_detours[] = {
    VL_DETOUR("kernelbase", SubmitIoRing),
    VL_DETOUR_END,
};

/* SPDX-License-Identifier: MIT */
/*
 * Cancel requests. A read that is still with its provider is told to the provider; one that the
 * system has is told to the system, by the number that it has there. Both kinds may carry the same
 * user data.
 */
#include "hooks/plugins/refvfs/ring.h"
#include "hooks/plugins/layer/mutant.h"

#include <stdlib.h>

/* Tells providers; returns how many were found. file NULL: any. id 0: any. */
static UINT32 cancel_fetching(struct rv_ring *ring, const struct vl_open *open, UINT_PTR id)
{
    UINT32 found = 0;

    AcquireSRWLockExclusive(&ring->lock);
    for (UINT32 i = 0; i < ring->chunk_count * RV_CHUNK; i++) {
        struct rv_op *op = &ring->chunks[i / RV_CHUNK][i % RV_CHUNK];
        struct vl_open *of;

        /* Of others, whoever has them may be letting go of what they hold. */
        if (op->state != RV_FETCHING && op->state != RV_READY)
            continue;
        of = op->open;
        if (of != open || (id && op->user_data != id) || op->cancelled)
            continue;
        found++;
        op->cancelled = true;
        if (op->state == RV_READY)
            continue;
        op->pins++;
        vl_open_hold(of);
        ReleaseSRWLockExclusive(&ring->lock);
        ringer_vfile_cancel(of->file, &op->fill.read);
        vl_open_release(of);
        AcquireSRWLockExclusive(&ring->lock);
        if (!--op->pins && op->unpinned)
            rv_op_give_locked(op);
    }
    ReleaseSRWLockExclusive(&ring->lock);
    return found;
}

static bool is_transfer(const struct rv_op *op)
{
    return op->code != IORING_OP_CANCEL && op->code != IORING_OP_REGISTER_FILES &&
           op->code != IORING_OP_REGISTER_BUFFERS;
}

/* A cancel of one operation that the system has. Lock held; it is built without. NULL: no memory.
 */
static struct rv_op *part_locked(struct rv_op *whole, UINT_PTR number)
{
    struct rv_op *part = rv_op_take_locked(whole->ring);

    if (!part)
        return NULL;
    part->code = IORING_OP_CANCEL;
    part->file = whole->file;
    part->cancel_id = number;
    part->parent = whole;
    part->state = RV_READY;
    rv_list_append(&whole->ring->ready, part);
    whole->parts++;
    return part;
}

void rv_start_cancel(struct rv_op *op)
{
    struct rv_ring *ring = op->ring;
    struct vl_open *open = NULL;
    UINT32 found = 0;

    if (op->kept) {
        open = op->open;
        if (open)
            vl_open_hold(open);
    } else if (op->file.Kind == IORING_REF_RAW) {
        open = vl_open_acquire(op->file.Handle.Handle);
    } else {
        AcquireSRWLockShared(&ring->lock);
        if (op->file.Handle.Index < ring->file_count)
            open = ring->files[op->file.Handle.Index].open;
        if (open)
            vl_open_hold(open);
        ReleaseSRWLockShared(&ring->lock);
    }
    if (open)
        found = cancel_fetching(ring, open, op->cancel_id);
    if (open && !op->cancel_id)
        found += vl_async_cancel(open, NULL);
    vl_open_release(open);

    AcquireSRWLockExclusive(&ring->lock);
    op->answer =
        found ? S_OK : (HRESULT)0x80070490; /* ERROR_NOT_FOUND, unless the system says better */
    op->state = RV_REAL; /* its parts are on their way; no number of the system's is its own */
    op->parts = 1;
    if (!op->cancel_id) {
        part_locked(op, 0);
    } else {
        for (UINT32 i = 0, most = ring->chunk_count * RV_CHUNK; i < most; i++) {
            const struct rv_op *target = &ring->chunks[i / RV_CHUNK][i % RV_CHUNK];

            if (target->state == RV_REAL && target != op && !target->parent &&
                is_transfer(target) && target->user_data == op->cancel_id)
                part_locked(op, target->number);
        }
        /* From before the turn, with its own number; and where nothing is, the system says what it
         * says. */
        part_locked(op, op->cancel_id);
    }
    if (!--op->parts)
        rv_post_locked(op, op->answer, 0);
    ReleaseSRWLockExclusive(&ring->lock);
}

struct by_open {
    struct vl_open *open;
    UINT32 found;
};

static void cancel_each(struct rv_ring *ring, void *arg)
{
    struct by_open *by = arg;

    if (atomic_load(&ring->mixed) && rv_enter(ring)) {
        by->found += cancel_fetching(ring, by->open, 0);
        rv_leave(ring);
    }
}

bool rv_cancel_open(struct vl_open *open)
{
    struct by_open by = {open, 0};

    rv_rings_each(cancel_each, &by);
    return by.found != 0;
}

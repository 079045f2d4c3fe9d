// SPDX-License-Identifier: MIT
/* One entry: from what the user wrote to an operation on a file, or straight to a result. */
#include "emu/base/fault.h"
#include "emu/base/mutant.h"
#include "emu/base/status.h"
#include "emu/base/sim.h"
#include "emu/base/usermem.h"
#include "emu/host.h"
#include "emu/ring/entry.h"
#include "emu/ring/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_NBYTES 4096u

#define SPARE_REFERENCES 64u

void emu_ring_forget_file(struct emu_ring *ring)
{
    struct emu_ring_last_file *last = &ring->last;

    if (!last->file)
        return;
    emu_ring_end_turn(last);
    /* Relaxed: not the last of ours; emu_object_release orders that one. */
    atomic_fetch_sub_explicit(&last->file->obj.references, last->spare - 1, memory_order_relaxed);
    emu_object_release(&last->file->obj);
    last->file = NULL;
    last->match_flags = EMU_RING_NO_MATCH;
}

static bool names_handle(const NT_IORING_SQE *sqe)
{
    return sqe->OpCode != IORING_OP_NOP && sqe->OpCode != IORING_OP_REGISTER_FILES &&
           sqe->OpCode != IORING_OP_REGISTER_BUFFERS &&
           !(sqe->Read.CommonOpFlags & NT_IORING_OP_FLAG_REGISTERED_FILE);
}

void emu_ring_hold_file(struct emu_ring_held *held)
{
    held->file = NULL;
    /* A bad handle is found again, and reported, when the entry starts. */
    if (names_handle(&held->sqe) &&
        emu_status_failed(emu_host->file_from_handle(
            (uint64_t)(uintptr_t)held->sqe.Read.File.Handle, &held->file, &held->access)))
        held->file = NULL;
}

/* [R] IC13: a handle that is bound to a completion port is refused. Acquire: set once. */
static bool is_bound(const struct emu_file *file)
{
    return __atomic_load_n(&file->port, __ATOMIC_ACQUIRE) && !EMU_MUTANT(port_bound_taken);
}

static void made_last(struct emu_ring_last_file *last, uint64_t key)
{
    const struct emu_file *file = last->file;
    bool may = emu_file_may(last->access & file->access, EMU_IO_READ) && !is_bound(file) &&
               !EMU_MUTANT(sync_uses_position) && !emu_sim && !emu_fault_planned();

    last->key = key;
    last->spare = 1;
    last->read_now = may ? __atomic_load_n(&file->read_now, __ATOMIC_RELAXED) : NULL;
    last->match_flags = EMU_RING_NO_MATCH;
    last->wants_turn = file->synchronous;
    last->has_turn = false;
}

void emu_ring_use_held_file(struct emu_ring *ring, const struct emu_ring_held *held)
{
    if (!held->file)
        return;
    emu_ring_forget_file(ring);
    emu_object_acquire(&held->file->obj);
    ring->last.file = held->file;
    ring->last.access = held->access;
    made_last(&ring->last, (uint64_t)(uintptr_t)held->sqe.Read.File.Handle);
}

static NTSTATUS registered_file(struct emu_ring *ring, uint32_t index, struct emu_file **file_out,
                                uint32_t *access_out)
{
    if (ring->files && index >= ring->files->count && EMU_MUTANT(file_index_wraps))
        index %= ring->files->count;
    if (!ring->files || index >= ring->files->count)
        return EMU_RING_INDEX_OUT_OF_RANGE;
    /* [I] ioring.md 4: an operation on a sparse slot names no file. */
    if (!ring->files->slots[index].file)
        return STATUS_INVALID_HANDLE;
    *file_out = ring->files->slots[index].file;
    *access_out = ring->files->slots[index].access;
    emu_object_acquire(&(*file_out)->obj);
    return STATUS_SUCCESS;
}

NTSTATUS emu_ring_next_file(struct emu_ring *ring, uint64_t key)
{
    struct emu_ring_last_file *last = &ring->last;
    NTSTATUS status;

    emu_ring_forget_file(ring);
    status = key & EMU_RING_KEY_REGISTERED
                 ? registered_file(ring, (uint32_t)key, &last->file, &last->access)
                 : emu_host->file_from_handle(key, &last->file, &last->access);
    if (emu_status_failed(status)) {
        last->file = NULL;
        return status;
    }
    made_last(last, key);
    return STATUS_SUCCESS;
}

bool emu_ring_match(struct emu_ring *ring, uint32_t common_flags, NT_IORING_HANDLE_REF ref)
{
    struct emu_ring_last_file *last = &ring->last;

    if ((common_flags & ~EMU_RING_COMMON_FLAGS) ||
        emu_status_failed(emu_ring_find_file(ring, common_flags, ref)) || !last->read_now)
        return false;
    last->match_flags = common_flags & NT_IORING_OP_FLAG_REGISTERED_FILE;
    last->match_handle = ref.HandleIndex; /* all 64 bits, of a handle and of an index */
    return true;
}

/* A reference for an operation: from those that were taken in bulk; one of them stays the cache's. */
static void lend_file(struct emu_ring_last_file *last)
{
    if (last->spare < 2) {
        atomic_fetch_add_explicit(&last->file->obj.references, SPARE_REFERENCES,
                                  memory_order_relaxed);
        last->spare += SPARE_REFERENCES;
    }
    last->spare--;
}

static NTSTATUS resolve_buffer(struct emu_ring *ring, uint32_t common_flags,
                               NT_IORING_BUFFER_REF ref, struct emu_io *io)
{
    NTSTATUS status;

    if (!(common_flags & NT_IORING_OP_FLAG_REGISTERED_BUFFER)) {
        io->buffer = ref.Address;
        return STATUS_SUCCESS;
    }
    status = emu_ring_registered_buffer(ring, ref.FixedBuffer, io->length, &io->buffer);
    if (!emu_status_failed(status) && ref.FixedBuffer.BufferIndex < ring->buffers->fixed) {
        io->flags |= EMU_IO_FIXED_BUFFER;
        io->fixed_buffer = ref.FixedBuffer.BufferIndex;
    }
    return status;
}

/*
 * Offsets below zero mean what they mean to NtReadFile, and the file sees to that. [I] A read at -1 is
 * taken as "the file position": one program uses it so, without a published result (ioring.md 12).
 */
static void resolve_offset(struct emu_io *io, uint64_t offset)
{
    if (offset == UINT64_MAX && io->op == EMU_IO_READ && io->file->synchronous)
        io->flags |= EMU_IO_USE_POSITION;
    if (io->op == EMU_IO_READ && io->file->synchronous && EMU_MUTANT(sync_uses_position))
        io->flags |= EMU_IO_USE_POSITION;
    io->offset = offset;
}

/* [D] One page a segment, page-aligned, on a handle without buffering; the last may be partial. */
static NTSTATUS resolve_segments(struct emu_ring_op *op, const FILE_SEGMENT_ELEMENT *user,
                                 uint32_t count)
{
    uint64_t left = op->io.length;
    FILE_SEGMENT_ELEMENT *copy;
    NTSTATUS status = STATUS_SUCCESS;

    if (!op->io.file->unbuffered || count < (left + PAGE_NBYTES - 1) / PAGE_NBYTES || !left)
        return STATUS_INVALID_PARAMETER;
    count = (uint32_t)((left + PAGE_NBYTES - 1) / PAGE_NBYTES);
    copy = malloc((size_t)count * sizeof *copy);
    op->segments = malloc((size_t)count * sizeof *op->segments);
    if (!copy || !op->segments)
        status = STATUS_INSUFFICIENT_RESOURCES;
    else if (!emu_copy_from_user(copy, user, (size_t)count * sizeof *copy))
        status = STATUS_ACCESS_VIOLATION;
    for (uint32_t i = 0; !emu_status_failed(status) && i < count; i++) {
        uint64_t base;

        memcpy(&base, &copy[i], sizeof base);
        if (base % PAGE_NBYTES && !EMU_MUTANT(segments_misaligned))
            status = STATUS_INVALID_PARAMETER;
        op->segments[i] = (struct iovec){(void *)(uintptr_t)base,
                                         left < PAGE_NBYTES ? (size_t)left : PAGE_NBYTES};
        left -= op->segments[i].iov_len;
    }
    free(copy);
    op->io.segments = op->segments;
    op->io.segment_count = count;
    return status;
}

static NTSTATUS write_flags(struct emu_io *io, uint32_t flags)
{
    if (flags & ~NT_WRITE_FLAG_WRITE_THROUGH)
        return STATUS_INVALID_PARAMETER;
    if (flags & NT_WRITE_FLAG_WRITE_THROUGH)
        io->flags |= EMU_IO_WRITE_THROUGH;
    return STATUS_SUCCESS;
}

/* [R] IB15: all four of FILE_FLUSH_DEFAULT, _DATA, _MIN_METADATA, _NO_SYNC (0 to 3) succeed. */
static NTSTATUS flush_mode(struct emu_io *io, uint32_t mode)
{
    static const uint32_t flags[] = {0, EMU_IO_DATA_ONLY, EMU_IO_DATA_ONLY, EMU_IO_NO_SYNC};

    if (mode >= sizeof flags / sizeof flags[0])
        return STATUS_INVALID_PARAMETER;
    io->flags |= flags[mode];
    return STATUS_SUCCESS;
}

/* The part of an entry that its kind says; op->io.file is resolved. */
static NTSTATUS fill(struct emu_ring *ring, const NT_IORING_SQE *sqe, struct emu_ring_op *op)
{
    uint32_t flags = sqe->Read.CommonOpFlags; /* at the same place in every kind */
    struct emu_io *io = &op->io;
    NTSTATUS status;

    switch (sqe->OpCode) {
    case IORING_OP_READ:
        io->length = sqe->Read.Length;
        resolve_offset(io, sqe->Read.Offset);
        return resolve_buffer(ring, flags, sqe->Read.Buffer, io);
    case IORING_OP_WRITE:
        io->length = sqe->Write.Length;
        resolve_offset(io, sqe->Write.Offset);
        status = resolve_buffer(ring, flags, sqe->Write.Buffer, io);
        return emu_status_failed(status) ? status : write_flags(io, sqe->Write.WriteFlags);
    case IORING_OP_FLUSH:
        return flush_mode(io, sqe->Flush.FlushMode);
    case IORING_OP_READ_SCATTER:
        io->length = sqe->ReadScatter.Length;
        resolve_offset(io, sqe->ReadScatter.Offset);
        return resolve_segments(op, sqe->ReadScatter.Segments, sqe->ReadScatter.SegmentCount);
    default:
        io->length = sqe->WriteGather.Length;
        resolve_offset(io, sqe->WriteGather.Offset);
        status = resolve_segments(op, sqe->WriteGather.Segments, sqe->WriteGather.SegmentCount);
        return emu_status_failed(status) ? status : write_flags(io, sqe->WriteGather.WriteFlags);
    }
}

static enum emu_io_op io_op(uint32_t opcode)
{
    if (opcode == IORING_OP_FLUSH)
        return EMU_IO_FLUSH;
    return opcode == IORING_OP_READ || opcode == IORING_OP_READ_SCATTER ? EMU_IO_READ
                                                                        : EMU_IO_WRITE;
}

static enum emu_ring_step done(struct emu_ring_result *result, NTSTATUS status,
                               uint64_t information)
{
    result->status = status;
    result->information = information;
    return EMU_RING_DONE;
}

static void use_fixed_file(struct emu_ring *ring, const NT_IORING_SQE *sqe, struct emu_io *io)
{
    uint32_t index = (uint32_t)sqe->Read.File.HandleIndex;

    if ((sqe->Read.CommonOpFlags & NT_IORING_OP_FLAG_REGISTERED_FILE) &&
        index < ring->files->fixed && !io->file->synchronous && io->file->kind == EMU_FILE_DISK) {
        io->flags |= EMU_IO_FIXED_FILE;
        io->fixed_file = index;
    }
}

static enum emu_ring_step start_transfer(struct emu_ring *ring, const NT_IORING_SQE *sqe,
                                         struct emu_ring_op *op, struct emu_ring_result *result)
{
    struct emu_io *io = &op->io;
    NTSTATUS status = emu_ring_find_file(ring, sqe->Read.CommonOpFlags, sqe->Read.File);
    struct emu_file *file = ring->last.file;
    enum emu_io_start started = EMU_IO_DONE;

    if (emu_status_failed(status))
        return done(result, status, 0);
    memset(io, 0, sizeof *io);
    op->segments = NULL;
    io->file = file;
    io->owner = ring;
    io->tag = sqe->UserData;
    io->complete = emu_ring_op_complete;
    io->op = io_op(sqe->OpCode);
    io->queue = ring->queue;
    /* [I] As NtReadFile does with an offset: the position ends behind the transfer. */
    if (file->synchronous)
        io->flags |= EMU_IO_SET_POSITION;
    if (ring->not_cached) /* emu_ring_read_now just asked */
        io->flags |= EMU_IO_NOT_CACHED;
    ring->not_cached = false;
    use_fixed_file(ring, sqe, io);
    if (is_bound(file))
        status = STATUS_INVALID_PARAMETER;
    else if (!emu_file_may(ring->last.access, io->op))
        status = STATUS_ACCESS_DENIED;
    else
        status = fill(ring, sqe, op);
    if (!emu_status_failed(status)) {
        emu_order_started(ring, io);
        lend_file(&ring->last); /* before anybody can complete it */
        started = emu_io_start(io);
        if (started != EMU_IO_DONE)
            return started == EMU_IO_PENDING ? EMU_RING_PENDING : EMU_RING_ENGINE;
        ring->last.spare++;
        status = io->status;
        if (io->op == EMU_IO_READ && io->information && EMU_MUTANT(byte_past_count))
            ((char *)io->buffer)[io->information] = 0;
    }
    free(op->segments);
    return done(result, status, io->information);
}

void emu_ring_op_complete(struct emu_io *io)
{
    struct emu_ring_op *op = EMU_CONTAINER(io, struct emu_ring_op, io);
    struct emu_ring_completion completion = {io->tag, {io->status, io->information}};
    struct emu_file *file = io->file;
    struct emu_ring *ring = op->ring;

    if (io->op == EMU_IO_READ && !op->segments && io->information && EMU_MUTANT(byte_past_count))
        ((char *)io->buffer)[io->information] = 0;
    free(op->segments);
    if (emu_order_ended(op, &completion) && !EMU_MUTANT_ARMED(timeout_drops))
        emu_ring_post(ring, &completion, 1, op);
    emu_object_release(&file->obj);
    /* After the post: what a drain releases starts behind a completion that can be seen. */
    atomic_fetch_sub(&ring->outstanding, 1);
    emu_ring_process(ring);
    emu_object_release(&ring->obj);
}

struct cancel_match {
    const struct emu_ring *ring;
    uint64_t id;
};

/*
 * [R] IC5: id 0 means every operation on the file, of any ring and of none; another id names this
 * ring's operations with that userData (all of them [I]).
 */
static bool cancel_matches(const struct emu_io *io, void *arg)
{
    const struct cancel_match *match = arg;

    return (match->id == 0 && !EMU_MUTANT(cancel_zero_literal)) ||
           (io->owner == match->ring && io->tag == match->id) || EMU_MUTANT(cancel_all_of_file) ||
           emu_order_cancels(match->ring, io, match->id);
}

static void sim_cancels(struct emu_file *file, uint64_t id)
{
#ifdef RINGER_MUTANTS
    id = 0; /* a rule that is broken may reach any of them */
#endif
    emu_io_sim_cancels(file, id == UINT64_MAX ? id - 1 : id, id && id < UINT64_MAX ? id + 1 : UINT64_MAX);
}

static NTSTATUS cancel(struct emu_ring *ring, const NT_IORING_OP_CANCEL *request)
{
    struct cancel_match match = {ring, request->CancelId};
    NTSTATUS status = emu_ring_find_file(ring, request->CommonOpFlags, request->File);
    uint32_t cached;
    bool found;

    if (emu_status_failed(status))
        return status;
    cached = emu_order_pending(ring, -1);
    sim_cancels(ring->last.file, match.id);
    found = emu_io_cancel_asked(ring->last.file, cancel_matches, &match);
    if (found && cached) {
        found = !EMU_MUTANT(order_cancel_says_nothing);
        EMU_MUTANT_ARM(order_cancel_silent);
    }
    /* [D] Two pages, two orders: the target may complete before the cancel does. */
    emu_sim_before(RINGER_SIM_CALL_CANCEL, false);
    /* [R] IB27: nothing to cancel is ERROR_NOT_FOUND, in the cancel's own completion. */
    return found || EMU_MUTANT(cancel_nothing_succeeds) ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

/* [I] ioring.md 10: what a ring can do follows its version, also for entries written by hand. */
static bool supported(const struct emu_ring *ring, uint32_t opcode)
{
    if (opcode <= IORING_OP_CANCEL)
        return true;
    if (opcode <= IORING_OP_FLUSH)
        return ring->version >= IORING_VERSION_3;
    return opcode <= IORING_OP_WRITE_GATHER && ring->version >= IORING_VERSION_4;
}

enum emu_ring_step emu_ring_start(struct emu_ring *ring, const NT_IORING_SQE *sqe,
                                  struct emu_ring_op *op, struct emu_ring_result *result_out)
{
    emu_ring_end_turn(&ring->last);
    if (sqe->Flags & ~NT_IORING_SQE_FLAG_DRAIN_PRECEDING_OPS)
        return done(result_out, STATUS_IORING_REQUIRED_FLAG_NOT_SUPPORTED, 0);
    if (!supported(ring, sqe->OpCode))
        return done(result_out,
                    EMU_MUTANT(unknown_op_succeeds) ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED, 0);
    if (sqe->OpCode != IORING_OP_NOP &&
        (sqe->Read.CommonOpFlags & ~EMU_RING_COMMON_FLAGS))
        return done(result_out, STATUS_INVALID_PARAMETER, 0);
    switch (sqe->OpCode) {
    case IORING_OP_NOP:
        return done(result_out, STATUS_SUCCESS, 0);
    case IORING_OP_REGISTER_FILES:
        return done(result_out, emu_ring_register_files(ring, &sqe->RegisterFiles), 0);
    case IORING_OP_REGISTER_BUFFERS:
        return done(result_out, emu_ring_register_buffers(ring, &sqe->RegisterBuffers), 0);
    case IORING_OP_CANCEL:
        return done(result_out, cancel(ring, &sqe->Cancel), 0);
    default:
        return start_transfer(ring, sqe, op, result_out);
    }
}

// SPDX-License-Identifier: MIT
/* An operation's way through the house: start, pending list, cancel, finish. */
#include "emu/object/io.h"

#include "emu/base/fault.h"
#include "emu/base/sim.h"
#include "emu/engine/engine.h"
#include "emu/object/disk.h"
#include "emu/object/request.h"

/* What ends inside its start, without an engine. */
static EMU_RARE void sim_started(struct emu_io *io)
{
    struct emu_file *file = io->file;

    if (file->kind != EMU_FILE_PIPE && !file->synchronous)
        return;
    emu_file_sim_touch(file, io->op != EMU_IO_READ || file->kind == EMU_FILE_PIPE);
    if (io->op == EMU_IO_READ || io->op == EMU_IO_WRITE)
        emu_sim_touch(RINGER_SIM_MEMORY, io->op == EMU_IO_READ, 0,
                      io->segments ? 0 : (uintptr_t)io->buffer,
                      io->segments ? UINT64_MAX : (uintptr_t)io->buffer + io->length);
}

/* A number that pends begins or ceases to be one that a cancel could find. */
EMU_RARE void emu_io_sim_found(const struct emu_io *io)
{
    uint64_t from = io->tag < UINT64_MAX ? io->tag : io->tag - 1;

    emu_sim_touch(RINGER_SIM_PENDING, false, emu_sim->bytes(io->file), from, from + 1);
}

void emu_io_sim_cancels(struct emu_file *file, uint64_t from, uint64_t to)
{
    if (emu_sim)
        emu_sim_touch(RINGER_SIM_PENDING, true, emu_sim->bytes(file), from, to);
}

enum emu_io_start emu_io_start(struct emu_io *io)
{
    struct emu_file *file = io->file;

    if (emu_sim)
        sim_started(io);
    io->is_pending = false;
    io->done_nbytes = 0;
    /* Relaxed: nobody else can reach the io yet. */
    atomic_store_explicit(&io->cancel_requested, false, memory_order_relaxed);
    if (!emu_file_may(file->access, io->op))
        return emu_io_done(io, STATUS_ACCESS_DENIED, 0);
    return file->ops->start(io);
}

static NTSTATUS next_fault(enum emu_fault_what what, const struct emu_file *file,
                           const struct emu_io *entry)
{
    struct emu_fault_subject subject = {
        .what = what,
        .path = file->ops == &emu_disk_ops ? emu_disk_path(file) : NULL,
        .on_disk = file->kind == EMU_FILE_DISK && !emu_file_is_stream(file),
        .has_user_data = entry && entry->owner != &emu_request_owner,
        .user_data = entry ? entry->tag : 0,
    };

    return emu_fault_next(&subject);
}

bool emu_io_faulted(struct emu_io *io)
{
    static const uint8_t whats[] = {[EMU_IO_READ] = EMU_FAULT_READ,
                                    [EMU_IO_WRITE] = EMU_FAULT_WRITE,
                                    [EMU_IO_FLUSH] = EMU_FAULT_FLUSH};
    NTSTATUS status;

    if (!emu_fault_planned())
        return false;
    status = next_fault(whats[io->op], io->file, io);
    if (status == STATUS_SUCCESS)
        return false;
    emu_io_done(io, status, 0);
    return true;
}

void emu_io_pend_locked(struct emu_io *io)
{
    struct emu_file *file = io->file;

    if (emu_sim)
        emu_io_sim_found(io);
    emu_list_append(&file->pending, &io->pending);
    io->is_pending = true;
    atomic_fetch_add_explicit(&file->pending_count, 1, memory_order_relaxed);
}

void emu_io_unpend_locked(struct emu_io *io)
{
    if (!io->is_pending)
        return;
    if (emu_sim)
        emu_io_sim_found(io);
    emu_list_remove(&io->pending);
    io->is_pending = false;
    atomic_fetch_sub_explicit(&io->file->pending_count, 1, memory_order_relaxed);
}

enum emu_io_start emu_io_to_engine(struct emu_io *io)
{
    emu_lock_acquire(&io->file->pending_lock);
    emu_io_pend_locked(io);
    emu_lock_release(&io->file->pending_lock);
    return EMU_IO_ENGINE;
}

void emu_io_finish(struct emu_io *io, NTSTATUS status, uint64_t information)
{
    struct emu_file *file = io->file;

    /* After this lock no canceller can reach the io, and complete() may free it. */
    emu_lock_acquire(&file->pending_lock);
    emu_io_unpend_locked(io);
    emu_lock_release(&file->pending_lock);
    io->status = status;
    io->information = information;
    io->complete(io);
}

void emu_io_cancel_in_engine(struct emu_io *io, struct emu_list *finished)
{
    (void)finished;
    /* Not submitted yet, or submitted at this moment: the engine looks at cancel_requested then. */
    /* After cancel_requested was set: pairs with emu_engine_move, then the new engine's look at it. */
    struct emu_engine_queue *queue = __atomic_load_n(&io->queue, __ATOMIC_SEQ_CST);

    if (queue)
        queue->ops->cancel(queue, io);
}

/* deaf: those that match are counted, and hear nothing. */
static uint32_t cancel(struct emu_file *file, bool (*match)(const struct emu_io *io, void *arg),
                       void *arg, bool deaf)
{
    struct emu_list finished, *pos, *next;
    uint32_t asked = 0;

    emu_list_init(&finished);
    emu_lock_acquire(&file->pending_lock);
    emu_list_for_each_safe(pos, next, &file->pending) {
        struct emu_io *io = EMU_CONTAINER(pos, struct emu_io, pending);

        if (!match(io, arg))
            continue;
        asked++;
        if (deaf)
            continue;
        atomic_store(&io->cancel_requested, true);
        file->ops->cancel(io, &finished);
    }
    emu_lock_release(&file->pending_lock);

    while ((pos = emu_list_take_first(&finished))) {
        struct emu_io *io = EMU_CONTAINER(pos, struct emu_io, link);

        emu_io_finish(io, io->status, io->information);
    }
    return asked;
}

uint32_t emu_io_cancel(struct emu_file *file, bool (*match)(const struct emu_io *io, void *arg),
                       void *arg)
{
    return cancel(file, match, arg, false);
}

uint32_t emu_io_cancel_asked(struct emu_file *file,
                             bool (*match)(const struct emu_io *io, void *arg), void *arg)
{
    bool deaf = emu_fault_planned() && next_fault(EMU_FAULT_CANCEL, file, NULL) != STATUS_SUCCESS;

    return cancel(file, match, arg, deaf);
}

// SPDX-License-Identifier: MIT
/* A pipe's end as a file object: operations begin, wait, are cancelled; the end closes. */
#include "emu/object/pipe.h"

#include "emu/base/mutant.h"

#include <stdlib.h>
#include <winternl.h>

struct pipe_link *pipe_link_of(const struct pipe_end *end)
{
    return end->is_server ? end->instance->link : end->link;
}

struct pipe_queue *pipe_incoming(struct pipe_end *end)
{
    return &pipe_link_of(end)->queue[end->is_server ? PIPE_INBOUND : PIPE_OUTBOUND];
}

static struct pipe_queue *outgoing(struct pipe_end *end)
{
    return &pipe_link_of(end)->queue[end->is_server ? PIPE_OUTBOUND : PIPE_INBOUND];
}

static bool peer_gone(const struct pipe_end *end)
{
    const struct pipe_link *link = pipe_link_of(end);

    return end->is_server ? link->client_gone : link->server_gone;
}

void pipe_finish_all(struct emu_list *finished)
{
    struct emu_list *pos;

    while ((pos = emu_list_take_first(finished))) {
        struct emu_io *io = EMU_CONTAINER(pos, struct emu_io, link);

        emu_io_finish(io, io->status, io->information);
    }
}

/* STATUS_SUCCESS: there is a link. */
static NTSTATUS transfer_state(const struct pipe_end *end)
{
    if (end->is_closed)
        return STATUS_PIPE_BROKEN; /* [I] a ring still had the file after its last handle went */
    if (end->is_server && end->instance->state == FILE_PIPE_LISTENING_STATE) /* [R] IC17 */
        return EMU_MUTANT(pipe_listening_is_broken) ? STATUS_PIPE_BROKEN : STATUS_PIPE_LISTENING;
    if (end->is_server && end->instance->state == FILE_PIPE_DISCONNECTED_STATE)
        return STATUS_PIPE_DISCONNECTED;
    return pipe_link_of(end)->disconnected ? STATUS_PIPE_DISCONNECTED : STATUS_SUCCESS;
}

static void begin_listen_locked(struct pipe_end *end, struct emu_io *io, struct emu_list *finished)
{
    struct pipe_instance *instance = end->instance;
    uint32_t before = instance->state;
    NTSTATUS status = STATUS_SUCCESS;

    if (!end->is_server)
        status = STATUS_ILLEGAL_FUNCTION;
    else if (end->is_closed)
        status = STATUS_PIPE_BROKEN;
    else if (before == FILE_PIPE_CONNECTED_STATE)
        status = STATUS_PIPE_CONNECTED;
    else if (before == FILE_PIPE_CLOSING_STATE)
        status = STATUS_PIPE_CLOSING;
    else if (end->nonblocking && before == FILE_PIPE_LISTENING_STATE)
        status = STATUS_PIPE_LISTENING;
    if (status == STATUS_SUCCESS)
        instance->state = FILE_PIPE_LISTENING_STATE;
    /* [D] ConnectNamedPipe with PIPE_NOWAIT: success says "listening again". */
    if (status != STATUS_SUCCESS || end->nonblocking)
        pipe_end_io(io, status, 0, finished);
    else
        emu_list_append(&instance->listens, &io->link);
}

static void begin_locked(struct pipe_end *end, struct emu_io *io, struct emu_list *finished)
{
    bool messages = end->instance->messages;
    NTSTATUS status = transfer_state(end);

    if (io->offset && EMU_MUTANT(pipe_offset_honoured))
        status = STATUS_INVALID_PARAMETER;
    if (status != STATUS_SUCCESS) {
        pipe_end_io(io, status, 0, finished);
    } else if (io->op == EMU_IO_READ) {
        struct pipe_queue *q = pipe_incoming(end);

        /* What the peer wrote before it went can still be read. */
        if (emu_list_empty(&q->packets) && peer_gone(end))
            pipe_end_io(io, EMU_MUTANT(pipe_broken_is_eof) ? STATUS_END_OF_FILE : STATUS_PIPE_BROKEN,
                        0, finished);
        else if (emu_list_empty(&q->packets) &&
                 (end->nonblocking || EMU_MUTANT(pipe_read_does_not_pend)))
            pipe_end_io(io, STATUS_PIPE_EMPTY, 0, finished);
        else
            pipe_queue_read(q, io, messages && end->read_messages, finished);
    } else if (peer_gone(end) && io->op == EMU_IO_WRITE && EMU_MUTANT(pipe_write_to_nobody)) {
        pipe_end_io(io, STATUS_SUCCESS, io->length, finished);
    } else if (peer_gone(end)) {
        pipe_end_io(io, io->op == EMU_IO_WRITE ? STATUS_PIPE_CLOSING : STATUS_PIPE_BROKEN, 0,
                    finished);
    } else if (io->op == EMU_IO_WRITE) {
        pipe_queue_write(outgoing(end), io, messages, end->nonblocking, finished);
    } else {
        pipe_queue_flush(outgoing(end), io, finished);
    }
}

/*
 * [R-] IS5, IC5: an operation of a ring on a synchronous pipe end does not block the ring, so nothing
 * blocks here; NtReadFile waits by itself.
 */
static enum emu_io_start pipe_start(struct emu_io *io)
{
    struct pipe_end *end = pipe_end_of(io->file);
    struct emu_file *file = io->file;
    struct emu_list finished;
    bool listen = io->op == EMU_IO_LISTEN, pending;

    if (io->segments)
        return emu_io_done(io, STATUS_INVALID_PARAMETER, 0);
    if (!listen && emu_io_faulted(io))
        return EMU_IO_DONE;
    emu_list_init(&finished);
    emu_lock_acquire(&file->pending_lock);
    emu_lock_acquire(&end->instance->lock);
    io->status = STATUS_PENDING;
    io->information = 0;
    emu_list_init(&io->link);
    emu_io_pend_locked(io);
    if (listen)
        begin_listen_locked(end, io, &finished);
    else
        begin_locked(end, io, &finished);
    pending = io->status == STATUS_PENDING;
    if (!pending) {
        emu_list_remove(&io->link); /* not for finish: the caller has the outcome */
        emu_io_unpend_locked(io);
    }
    emu_lock_release(&end->instance->lock);
    emu_lock_release(&file->pending_lock);
    /* A pending io may be gone by now. */
    pipe_finish_all(&finished);
    if (listen)
        pipe_name_changed();
    return pending ? EMU_IO_PENDING : EMU_IO_DONE;
}

static void pipe_cancel(struct emu_io *io, struct emu_list *finished)
{
    struct pipe_end *end = pipe_end_of(io->file);

    emu_lock_acquire(&end->instance->lock);
    /* Anything else: it has ended already, and waits to be finished by another thread. */
    if (io->status == STATUS_PENDING) {
        if (io->op == EMU_IO_READ && io->length && EMU_MUTANT(cancelled_read_touches))
            *(char *)io->buffer = 0;
        pipe_end_io(io, STATUS_CANCELLED, 0, finished);
        if (io->op == EMU_IO_WRITE)
            pipe_queue_forget(outgoing(end), io, finished);
    }
    emu_lock_release(&end->instance->lock);
}

static void close_link_locked(struct pipe_end *end, struct emu_list *finished)
{
    struct pipe_link *link = pipe_link_of(end);

    if (!link || link->disconnected)
        return;
    /* Nobody reads what came for this end any more; what it wrote stays for the peer. */
    pipe_queue_break(pipe_incoming(end), STATUS_PIPE_BROKEN, true, finished);
    pipe_queue_break(outgoing(end), STATUS_PIPE_BROKEN, false, finished);
    if (end->is_server)
        link->server_gone = true;
    else
        link->client_gone = true;
    if (!end->is_server && end->instance->link == link)
        end->instance->state = FILE_PIPE_CLOSING_STATE;
}

static void pipe_close(struct emu_file *file)
{
    struct pipe_end *end = pipe_end_of(file);
    struct pipe_instance *instance = end->instance;
    struct emu_list finished;

    emu_file_sim_touch(file, true);
    emu_list_init(&finished);
    if (end->is_server)
        pipe_name_forget(instance);
    emu_lock_acquire(&instance->lock);
    end->is_closed = true;
    close_link_locked(end, &finished);
    while (end->is_server && !emu_list_empty(&instance->listens))
        pipe_end_io(EMU_CONTAINER(instance->listens.next, struct emu_io, link), STATUS_PIPE_BROKEN,
                    0, &finished);
    emu_lock_release(&instance->lock);
    pipe_finish_all(&finished);
}

void pipe_instance_release(struct pipe_instance *instance)
{
    bool last;

    emu_lock_acquire(&instance->lock);
    last = --instance->references == 0;
    emu_lock_release(&instance->lock);
    if (!last)
        return;
    if (instance->link)
        pipe_link_release_locked(instance->link); /* nobody else knows the instance any more */
    emu_lock_fini(&instance->lock);
    free(instance);
}

static void pipe_destroy(struct emu_file *file)
{
    struct pipe_end *end = pipe_end_of(file);

    if (end->link) {
        emu_lock_acquire(&end->instance->lock);
        pipe_link_release_locked(end->link);
        emu_lock_release(&end->instance->lock);
    }
    pipe_instance_release(end->instance);
}

const struct emu_file_ops emu_pipe_ops = {
    .start = pipe_start,
    .cancel = pipe_cancel,
    .close = pipe_close,
    .destroy = pipe_destroy,
};

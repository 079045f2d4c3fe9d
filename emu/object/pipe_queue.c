// SPDX-License-Identifier: MIT
/*
 * One way of a pipe. Invariant: there are never both packets and waiting reads, and a writer is
 * pending exactly while its packet reaches beyond the quota.
 *
 * [I] A write ends when its last byte fits the quota or has been read; a zero-length read waits for
 * a packet like any other.
 */
#include "emu/object/pipe.h"

#include "emu/base/mutant.h"
#include "emu/base/usermem.h"

#include <stdlib.h>
#include <winternl.h>

static struct pipe_packet *first_packet(struct pipe_queue *q)
{
    return emu_list_empty(&q->packets) ? NULL
                                       : EMU_CONTAINER(q->packets.next, struct pipe_packet, link);
}

static struct emu_io *first_io(struct emu_list *list)
{
    return emu_list_empty(list) ? NULL : EMU_CONTAINER(list->next, struct emu_io, link);
}

void pipe_end_io(struct emu_io *io, NTSTATUS status, uint64_t information,
                 struct emu_list *finished)
{
    emu_list_remove(&io->link);
    io->status = status;
    io->information = information;
    emu_list_append(finished, &io->link);
}

struct pipe_link *pipe_link_create(const struct pipe_instance *instance)
{
    struct pipe_link *link = calloc(1, sizeof *link);

    if (!link)
        return NULL;
    link->references = 1;
    for (int way = 0; way < 2; way++) {
        emu_list_init(&link->queue[way].packets);
        emu_list_init(&link->queue[way].reads);
        emu_list_init(&link->queue[way].flushes);
        link->queue[way].quota = instance->quota[way];
    }
    return link;
}

static void remove_packet(struct pipe_queue *q, struct pipe_packet *packet,
                          struct emu_list *finished)
{
    if (packet->writer)
        pipe_end_io(packet->writer, STATUS_SUCCESS, packet->nbytes, finished);
    emu_list_remove(&packet->link);
    free(packet);
    q->removed++;
}

/* [R] IB22, IC17: a flush ends when the peer has read what was written before it. */
static void end_flushes(struct pipe_queue *q, struct emu_list *finished)
{
    struct emu_io *io;

    while ((io = first_io(&q->flushes)) &&
           (q->removed >= io->offset || EMU_MUTANT(pipe_flush_at_once)))
        pipe_end_io(io, STATUS_SUCCESS, 0, finished);
}

static void end_writers(struct pipe_queue *q, struct emu_list *finished)
{
    uint64_t unread = 0;
    struct emu_list *pos;

    emu_list_for_each(pos, &q->packets) {
        struct pipe_packet *packet = EMU_CONTAINER(pos, struct pipe_packet, link);

        unread += packet->nbytes - packet->taken;
        if (unread > q->quota)
            return;
        if (packet->writer) {
            pipe_end_io(packet->writer, STATUS_SUCCESS, packet->nbytes, finished);
            packet->writer = NULL;
        }
    }
}

/* Moves what a read gets; false: its buffer is bad. */
static bool take_bytes(struct pipe_queue *q, struct emu_io *io, bool messages, uint32_t *got_out,
                       bool *cut_out, struct emu_list *finished)
{
    uint32_t got = 0;
    struct pipe_packet *packet;

    *cut_out = false;
    while ((packet = first_packet(q))) {
        uint32_t n = packet->nbytes - packet->taken;

        if (n > io->length - got)
            n = io->length - got;
        if (!emu_copy_to_user((void *)((uintptr_t)io->buffer + got), packet->bytes + packet->taken, n))
            return false;
        packet->taken += n;
        got += n;
        if (packet->taken == packet->nbytes)
            remove_packet(q, packet, finished);
        else
            *cut_out = messages; /* [D] ERROR_MORE_DATA: the rest of the message stays */
        if (messages || got == io->length)
            break;
    }
    *got_out = got;
    return true;
}

static void serve_read(struct pipe_queue *q, struct emu_io *io, bool messages,
                       struct emu_list *finished)
{
    uint32_t got;
    bool cut;

    if (!take_bytes(q, io, messages, &got, &cut, finished))
        pipe_end_io(io, STATUS_ACCESS_VIOLATION, 0, finished);
    else
        pipe_end_io(io, cut ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS, got, finished);
    end_writers(q, finished);
    end_flushes(q, finished);
}

void pipe_queue_read(struct pipe_queue *q, struct emu_io *io, bool messages,
                     struct emu_list *finished)
{
    /* The reader's mode at the time it asked; offset means nothing on a pipe ([R] IB20). */
    io->offset = messages;
    emu_list_append(&q->reads, &io->link);
    if (!emu_list_empty(&q->packets))
        serve_read(q, io, messages, finished);
}

void pipe_queue_write(struct pipe_queue *q, struct emu_io *io, bool messages, bool nonblocking,
                      struct emu_list *finished)
{
    struct pipe_packet *packet;
    struct emu_io *reader;

    emu_list_init(&io->link);
    if (io->length == 0 && !messages) { /* a stream has no empty packets */
        pipe_end_io(io, STATUS_SUCCESS, 0, finished);
        return;
    }
    /* [D] PIPE_NOWAIT: a write that does not fit ends at once, with nothing written. */
    if (nonblocking && pipe_queue_unread(q) + (uint64_t)io->length > q->quota &&
        emu_list_empty(&q->reads)) {
        pipe_end_io(io, STATUS_SUCCESS, 0, finished);
        return;
    }
    packet = malloc(sizeof *packet + io->length);
    if (!packet) {
        pipe_end_io(io, STATUS_INSUFFICIENT_RESOURCES, 0, finished);
        return;
    }
    if (!emu_copy_from_user(packet->bytes, io->buffer, io->length)) {
        free(packet);
        pipe_end_io(io, STATUS_ACCESS_VIOLATION, 0, finished);
        return;
    }
    packet->nbytes = io->length;
    packet->taken = 0;
    packet->writer = io;
    emu_list_append(&q->packets, &packet->link);
    q->appended++;
    while (!emu_list_empty(&q->packets) && (reader = first_io(&q->reads)))
        serve_read(q, reader, reader->offset, finished);
    end_writers(q, finished);
}

void pipe_queue_flush(struct pipe_queue *q, struct emu_io *io, struct emu_list *finished)
{
    io->offset = q->appended;
    emu_list_append(&q->flushes, &io->link);
    end_flushes(q, finished);
}

void pipe_queue_forget(struct pipe_queue *q, struct emu_io *io, struct emu_list *finished)
{
    struct emu_list *pos, *next;

    /* Data of a write that is taken back goes with it, also the part that nobody has read yet. */
    emu_list_for_each_safe(pos, next, &q->packets) {
        struct pipe_packet *packet = EMU_CONTAINER(pos, struct pipe_packet, link);

        if (packet->writer == io) {
            packet->writer = NULL;
            remove_packet(q, packet, finished);
        }
    }
    end_flushes(q, finished);
}

void pipe_queue_break(struct pipe_queue *q, NTSTATUS status, bool drop, struct emu_list *finished)
{
    struct emu_list *pos, *next;
    struct emu_io *io;

    while ((io = first_io(&q->reads)))
        pipe_end_io(io, status, 0, finished);
    emu_list_for_each_safe(pos, next, &q->packets) {
        struct pipe_packet *packet = EMU_CONTAINER(pos, struct pipe_packet, link);

        if (!drop)
            continue;
        if (packet->writer)
            pipe_end_io(packet->writer, status, 0, finished);
        packet->writer = NULL;
        remove_packet(q, packet, finished);
    }
    while (drop && (io = first_io(&q->flushes)))
        pipe_end_io(io, status, 0, finished);
}

uint32_t pipe_queue_unread(const struct pipe_queue *q)
{
    uint32_t unread = 0;
    struct emu_list *pos;

    emu_list_for_each(pos, &q->packets) {
        struct pipe_packet *packet = EMU_CONTAINER(pos, struct pipe_packet, link);

        unread += packet->nbytes - packet->taken;
    }
    return unread;
}

void pipe_link_release_locked(struct pipe_link *link)
{
    struct emu_list none;

    if (--link->references)
        return;
    emu_list_init(&none); /* both ends are closed: nobody waits any more */
    for (int way = 0; way < 2; way++)
        pipe_queue_break(&link->queue[way], STATUS_PIPE_BROKEN, true, &none);
    free(link);
}

// SPDX-License-Identifier: MIT
/* What is asked of a pipe besides reading and writing: disconnect, peek, modes, state. */
#include "emu/object/pipe.h"

#include "emu/base/usermem.h"

#include <stddef.h>
#include <string.h>
#include <winternl.h>

NTSTATUS pipe_disconnect(struct pipe_end *end)
{
    struct pipe_instance *instance = end->instance;
    NTSTATUS status = STATUS_SUCCESS;
    struct emu_list finished;

    if (!end->is_server)
        return STATUS_ILLEGAL_FUNCTION;
    emu_file_sim_look(&end->file, true);
    emu_list_init(&finished);
    emu_lock_acquire(&instance->lock);
    if (instance->state == FILE_PIPE_DISCONNECTED_STATE)
        status = STATUS_PIPE_DISCONNECTED;
    while (!emu_list_empty(&instance->listens))
        pipe_end_io(EMU_CONTAINER(instance->listens.next, struct emu_io, link),
                    STATUS_PIPE_DISCONNECTED, 0, &finished);
    if (instance->link) {
        /* [D] DisconnectNamedPipe: what the client has not read is lost. */
        instance->link->disconnected = true;
        for (int way = 0; way < 2; way++)
            pipe_queue_break(&instance->link->queue[way], STATUS_PIPE_DISCONNECTED, true,
                             &finished);
        pipe_link_release_locked(instance->link);
        instance->link = NULL;
    }
    instance->state = FILE_PIPE_DISCONNECTED_STATE;
    emu_lock_release(&instance->lock);
    pipe_finish_all(&finished);
    return status;
}

static uint32_t end_state_locked(const struct pipe_end *end)
{
    const struct pipe_link *link = pipe_link_of(end);

    if (end->is_server)
        return end->instance->state;
    if (link->disconnected)
        return FILE_PIPE_DISCONNECTED_STATE;
    return link->server_gone ? FILE_PIPE_CLOSING_STATE : FILE_PIPE_CONNECTED_STATE;
}

/* Copies without taking: from one message only when the reader reads messages. */
static bool copy_ahead(struct pipe_queue *q, bool messages, char *to, uint32_t room,
                       uint32_t *copied_out)
{
    struct emu_list *pos;
    uint32_t copied = 0;

    emu_list_for_each(pos, &q->packets) {
        struct pipe_packet *packet = EMU_CONTAINER(pos, struct pipe_packet, link);
        uint32_t n = packet->nbytes - packet->taken;

        if (n > room - copied)
            n = room - copied;
        if (!emu_copy_to_user(to + copied, packet->bytes + packet->taken, n))
            return false;
        copied += n;
        if (messages)
            break;
    }
    *copied_out = copied;
    return true;
}

static NTSTATUS peek_locked(struct pipe_end *end, void *output, uint32_t room,
                            uint64_t *information_out)
{
    bool messages = end->instance->messages;
    FILE_PIPE_PEEK_BUFFER head = {.NamedPipeState = end_state_locked(end)};
    struct pipe_queue *q;
    struct emu_list *pos;
    uint32_t copied;

    if (head.NamedPipeState == FILE_PIPE_DISCONNECTED_STATE)
        return STATUS_PIPE_DISCONNECTED;
    if (head.NamedPipeState == FILE_PIPE_LISTENING_STATE)
        return STATUS_INVALID_PIPE_STATE;
    q = pipe_incoming(end);
    if (head.NamedPipeState == FILE_PIPE_CLOSING_STATE && emu_list_empty(&q->packets))
        return STATUS_PIPE_BROKEN;
    head.ReadDataAvailable = pipe_queue_unread(q);
    if (messages && !emu_list_empty(&q->packets)) {
        struct pipe_packet *first = EMU_CONTAINER(q->packets.next, struct pipe_packet, link);

        head.MessageLength = first->nbytes - first->taken;
        emu_list_for_each(pos, &q->packets)
            head.NumberOfMessages++;
    }
    if (!copy_ahead(q, messages && end->read_messages,
                    (char *)output + offsetof(FILE_PIPE_PEEK_BUFFER, Data), room, &copied) ||
        !emu_copy_to_user(output, &head, offsetof(FILE_PIPE_PEEK_BUFFER, Data)))
        return STATUS_ACCESS_VIOLATION;
    *information_out = offsetof(FILE_PIPE_PEEK_BUFFER, Data) + copied;
    return copied < (messages ? head.MessageLength : head.ReadDataAvailable)
               ? STATUS_BUFFER_OVERFLOW
               : STATUS_SUCCESS;
}

NTSTATUS pipe_peek(struct pipe_end *end, void *output, uint32_t output_nbytes,
                   uint64_t *information_out)
{
    NTSTATUS status;

    *information_out = 0;
    if (output_nbytes < offsetof(FILE_PIPE_PEEK_BUFFER, Data))
        return STATUS_INVALID_PARAMETER;
    if (!(end->file.access & FILE_READ_DATA))
        return STATUS_ACCESS_DENIED;
    emu_file_sim_look(&end->file, false);
    emu_lock_acquire(&end->instance->lock);
    status = peek_locked(end, output,
                         output_nbytes - (uint32_t)offsetof(FILE_PIPE_PEEK_BUFFER, Data),
                         information_out);
    emu_lock_release(&end->instance->lock);
    return status;
}

static void describe_locked(const struct pipe_end *end, FILE_PIPE_LOCAL_INFORMATION *local)
{
    struct pipe_instance *instance = end->instance;
    struct pipe_link *link = pipe_link_of(end);
    int in = end->is_server ? PIPE_INBOUND : PIPE_OUTBOUND;

    local->NamedPipeType = instance->messages;
    local->InboundQuota = instance->quota[PIPE_INBOUND];
    local->OutboundQuota = instance->quota[PIPE_OUTBOUND];
    local->NamedPipeState = end_state_locked(end);
    local->NamedPipeEnd = end->is_server ? FILE_PIPE_SERVER_END : FILE_PIPE_CLIENT_END;
    local->WriteQuotaAvailable = instance->quota[!in];
    if (link) {
        uint32_t unread = pipe_queue_unread(&link->queue[!in]);

        local->ReadDataAvailable = pipe_queue_unread(&link->queue[in]);
        local->WriteQuotaAvailable -=
            unread < local->WriteQuotaAvailable ? unread : local->WriteQuotaAvailable;
    }
}

NTSTATUS pipe_query(struct pipe_end *end, uint32_t information_class, void *info,
                    uint32_t info_nbytes, uint32_t *written_out)
{
    FILE_PIPE_LOCAL_INFORMATION local = {0};
    FILE_PIPE_INFORMATION modes;
    uint32_t configuration, max, count;

    if (information_class == FilePipeInformation) {
        if (info_nbytes < sizeof modes)
            return STATUS_INFO_LENGTH_MISMATCH;
        emu_lock_acquire(&end->instance->lock);
        modes = (FILE_PIPE_INFORMATION){end->read_messages, end->nonblocking};
        emu_lock_release(&end->instance->lock);
        memcpy(info, &modes, sizeof modes);
        *written_out = sizeof modes;
        return STATUS_SUCCESS;
    }
    if (info_nbytes < sizeof local)
        return STATUS_INFO_LENGTH_MISMATCH;
    pipe_name_describe(end->instance, &configuration, &max, &count);
    local.NamedPipeConfiguration = configuration;
    local.MaximumInstances = max;
    local.CurrentInstances = count;
    emu_lock_acquire(&end->instance->lock);
    describe_locked(end, &local);
    emu_lock_release(&end->instance->lock);
    memcpy(info, &local, sizeof local);
    *written_out = sizeof local;
    return STATUS_SUCCESS;
}

NTSTATUS pipe_set_modes(struct pipe_end *end, uint32_t read_mode, uint32_t completion_mode)
{
    if (read_mode > 1 || completion_mode > 1 || (read_mode && !end->instance->messages))
        return STATUS_INVALID_PARAMETER;
    emu_lock_acquire(&end->instance->lock);
    end->read_messages = read_mode;
    end->nonblocking = completion_mode;
    emu_lock_release(&end->instance->lock);
    return STATUS_SUCCESS;
}

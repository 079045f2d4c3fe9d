// SPDX-License-Identifier: MIT
#include "emu/object/request.h"

#include "emu/base/clock.h"
#include "emu/base/sim.h"
#include "emu/base/usermem.h"
#include "emu/engine/engine.h"
#include "emu/object/handle.h"
#include "emu/object/thread.h"

#include <stdlib.h>
#include <winternl.h>

#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x1
#define FILE_SKIP_SET_EVENT_ON_HANDLE 0x2

const char emu_request_owner;

static bool is_error(NTSTATUS status)
{
    return ((uint32_t)status >> 30) == 3;
}

void emu_request_release(struct emu_request *request)
{
    if (atomic_fetch_sub(&request->references, 1) != 1)
        return;
    if (request->event)
        emu_object_release(emu_event_object(request->event));
    if (request->packet)
        emu_port_packet_free(request->packet);
    emu_apc_free(request->apc);
    if (request->thread)
        emu_object_release(request->thread);
    emu_object_release(&request->io.file->obj);
    free(request->segments);
    free(request);
}

static void signal_done(struct emu_request *request)
{
    struct emu_file *file = request->io.file;

    if (request->event)
        emu_event_set(request->event);
    else if (!(file->port_modes & FILE_SKIP_SET_EVENT_ON_HANDLE))
        emu_file_set_signalled(file, true);
}

static void post(struct emu_request *request)
{
    struct emu_port_packet *packet = request->packet;

    if (!packet)
        return;
    request->packet = NULL;
    packet->status = request->io.status;
    packet->information = request->io.information;
    emu_port_post_packet(request->io.file->port, packet);
}

static void call(struct emu_request *request)
{
    struct emu_apc *apc = request->apc;

    request->apc = NULL;
    if (apc && !emu_apc_post(emu_thread_apc_queue_of(request->thread), apc))
        emu_apc_free(apc); /* nobody is left to be called */
}

/* The order is NT's: the block first, so that whoever is woken finds it. */
static void tell(struct emu_request *request)
{
    /* Memory that went away meanwhile is the user's loss. */
    if (request->iosb) {
        emu_sim_touch_memory(request->iosb, sizeof *request->iosb);
        (void)emu_write_iosb(request->iosb, request->io.status, request->io.information);
    }
    signal_done(request);
    post(request);
    call(request);
}

static void complete(struct emu_io *io)
{
    struct emu_request *request = EMU_CONTAINER(io, struct emu_request, io);

    tell(request);
    if (request->waits) {
        atomic_store(&request->finished, 1);
        emu_futex_wake(&request->finished, 1);
    }
    emu_request_release(request);
}

static NTSTATUS prepare_packet(struct emu_request *request, uint64_t apc_context)
{
    struct emu_file *file = request->io.file;
    uint64_t key;
    bool has_port;

    if (file->synchronous)
        return STATUS_SUCCESS; /* such a file can have no port */
    emu_lock_acquire(&file->pending_lock);
    has_port = file->port;
    key = file->port_key;
    emu_lock_release(&file->pending_lock);
    if (!has_port || !apc_context) /* [D] no context, no packet */
        return STATUS_SUCCESS;
    request->packet = emu_port_packet_alloc();
    if (!request->packet)
        return STATUS_INSUFFICIENT_RESOURCES;
    request->packet->key = key;
    request->packet->apc_context = apc_context;
    return STATUS_SUCCESS;
}

NTSTATUS emu_request_call(struct emu_request *request, uint64_t routine, uint64_t context)
{
    struct emu_file *file = request->io.file;
    bool has_port;

    emu_lock_acquire(&file->pending_lock);
    has_port = file->port;
    emu_lock_release(&file->pending_lock);
    if (has_port)
        return STATUS_INVALID_PARAMETER;
    request->thread = emu_thread_current();
    request->apc = request->thread ? emu_apc_alloc() : NULL;
    if (!request->apc)
        return STATUS_INSUFFICIENT_RESOURCES;
    request->apc->call = (struct emu_apc_call){routine, {context, (uintptr_t)request->iosb, 0}};
    return STATUS_SUCCESS;
}

static NTSTATUS take_event(struct emu_request *request, emu_handle event)
{
    struct emu_object *obj;
    NTSTATUS status;

    if (!event)
        return STATUS_SUCCESS;
    status = emu_handle_lookup(event, 2 /* EVENT_MODIFY_STATE */, &emu_event_ops, &obj, NULL);
    if (status == STATUS_SUCCESS)
        request->event = (struct emu_event *)obj;
    return status;
}

NTSTATUS emu_request_create(struct emu_file *file, uint8_t op, emu_handle event,
                            uint64_t apc_context, struct emu_iosb *iosb,
                            struct emu_request **request_out)
{
    struct emu_request *request;
    NTSTATUS status;

    if (!emu_probe_user(iosb, sizeof *iosb))
        return STATUS_ACCESS_VIOLATION;
    request = calloc(1, sizeof *request);
    if (!request)
        return STATUS_INSUFFICIENT_RESOURCES;
    atomic_init(&request->references, 1);
    emu_object_acquire(&file->obj);
    request->io.file = file;
    request->io.op = op;
    request->io.owner = &emu_request_owner;
    request->io.tag = (uintptr_t)iosb;
    request->io.complete = complete;
    request->iosb = iosb;
    request->waits = file->synchronous;
    status = take_event(request, event);
    if (status == STATUS_SUCCESS)
        status = prepare_packet(request, apc_context);
    /* A synchronous disk file never gets to an engine, so none is woken up for it. */
    if (status == STATUS_SUCCESS && op != EMU_IO_INLINE && file->kind != EMU_FILE_PIPE &&
        (!file->synchronous || emu_file_is_stream(file))) {
        request->io.queue = emu_engine_shared_queue();
        if (!request->io.queue)
            status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (status != STATUS_SUCCESS) {
        emu_request_release(request);
        return status;
    }
    *request_out = request;
    return STATUS_SUCCESS;
}

/* [D] An error that is returned at once tells nobody but the caller. */
static NTSTATUS done_at_once(struct emu_request *request)
{
    NTSTATUS status = request->io.status;
    bool skip = request->io.file->port_modes & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;

    if (is_error(status)) {
        emu_apc_free(request->apc);
        request->apc = NULL;
    }
    if (request->packet && (is_error(status) || skip)) {
        emu_port_packet_free(request->packet);
        request->packet = NULL;
    }
    if (!is_error(status))
        tell(request);
    else if (request->iosb) /* [I] helps whoever looks there; NT does so on some paths only */
        (void)emu_write_iosb(request->iosb, status, request->io.information);
    emu_request_release(request);
    return status;
}

void emu_request_tell_now(struct emu_request *request)
{
    (void)done_at_once(request);
}

NTSTATUS emu_request_ended(struct emu_request *request, NTSTATUS status, uint64_t information)
{
    if (request->event)
        emu_event_reset(request->event);
    emu_io_done(&request->io, status, information);
    return done_at_once(request);
}

static NTSTATUS wait_for(struct emu_request *request)
{
    NTSTATUS status;

    while (!atomic_load(&request->finished))
        emu_futex_wait(&request->finished, 0, EMU_FOREVER);
    status = request->io.status;
    emu_request_release(request);
    return status;
}

NTSTATUS emu_request_run(struct emu_request *request)
{
    struct emu_engine_queue *queue = request->io.queue;
    bool waits = request->waits;
    enum emu_io_start outcome;

    if (request->event)
        emu_event_reset(request->event);
    else
        emu_file_set_signalled(request->io.file, false);
    atomic_fetch_add(&request->references, 1); /* complete()'s; it may run before start returns */
    outcome = emu_io_start(&request->io);
    if (outcome == EMU_IO_DONE) {
        atomic_fetch_sub(&request->references, 1); /* complete() will not run */
        return done_at_once(request);
    }
    if (outcome == EMU_IO_ENGINE) {
        struct emu_list batch;

        emu_list_init(&batch);
        emu_list_append(&batch, &request->io.link);
        queue->ops->submit(queue, &batch);
    }
    if (waits)
        return wait_for(request);
    emu_request_release(request);
    return STATUS_PENDING;
}

// SPDX-License-Identifier: MIT
/*
 * Completion ports: packets leave in the order in which they came, waiting threads are served
 * youngest first. A packet that meets a waiting thread is given to that thread directly, so the
 * queue and the list of waiters are never both non-empty.
 */
#include "emu/object/port.h"

#include "emu/base/clock.h"
#include "emu/base/lock.h"
#include "emu/base/sim.h"
#include "emu/object/file.h"
#include "emu/object/handle.h"
#include "emu/object/thread.h"
#include "emu/object/wait.h"

#include <assert.h>
#include <stdlib.h>

#define IO_COMPLETION_MODIFY_STATE 0x0002u
#define IO_COMPLETION_ALL_ACCESS 0x001F0003u

struct port_waiter {
    struct emu_list link;           /* in port->waiters; port lock */
    struct emu_port_packet *packet; /* set before woken: what this thread was given, or NULL */
    bool resolved;                  /* port lock: off the list, packet is final */
    _Atomic uint32_t *woken;        /* its thread's word */
};

struct emu_port {
    struct emu_object obj; /* first */
    struct emu_lock lock;
    struct emu_list packets; /* oldest first; lock */
    struct emu_list waiters; /* oldest first, served from the end; lock */
    bool closed;             /* lock */
    _Atomic bool has_packets; /* written under lock; read for waits on the port as an object */
};

static _Thread_local _Atomic uint32_t thread_word;

static struct emu_port *port_of(struct emu_object *obj)
{
    assert(obj->ops == &emu_port_ops);
    return (struct emu_port *)obj;
}

static void wake(struct port_waiter *waiter)
{
    _Atomic uint32_t *woken = waiter->woken;

    /* Release: pairs with the acquire in sleep_until; the waiter is gone after this. */
    atomic_store_explicit(woken, EMU_WOKEN, memory_order_release);
    emu_futex_wake(woken, 1);
}

static struct emu_port_packet *packet_of(struct emu_list *link)
{
    return EMU_CONTAINER(link, struct emu_port_packet, link);
}

static void port_close(struct emu_object *obj)
{
    struct emu_port *port = port_of(obj);
    struct emu_list woken, dropped, *pos;

    emu_list_init(&woken);
    emu_list_init(&dropped);
    emu_lock_acquire(&port->lock);
    port->closed = true;
    emu_list_splice(&woken, &port->waiters);
    emu_list_for_each(pos, &woken)
        EMU_CONTAINER(pos, struct port_waiter, link)->resolved = true;
    emu_list_splice(&dropped, &port->packets);
    atomic_store(&port->has_packets, false);
    emu_lock_release(&port->lock);
    while ((pos = emu_list_take_first(&woken)))
        wake(EMU_CONTAINER(pos, struct port_waiter, link));
    while ((pos = emu_list_take_first(&dropped)))
        emu_port_packet_free(packet_of(pos));
}

static void port_destroy(struct emu_object *obj)
{
    struct emu_port *port = port_of(obj);
    struct emu_list *pos;

    while ((pos = emu_list_take_first(&port->packets)))
        emu_port_packet_free(packet_of(pos));
    emu_lock_fini(&port->lock);
    free(port);
}

/* [I] As for any queue of NT's: signalled while a packet could be had. A wait takes none. */
static bool port_signalled(struct emu_object *obj)
{
    return atomic_load(&port_of(obj)->has_packets);
}

const struct emu_object_ops emu_port_ops = {
    .type = "IoCompletion",
    .close = port_close,
    .destroy = port_destroy,
    .signalled = port_signalled,
    .satisfy = emu_no_satisfy,
    .waitable = true,
};

struct emu_object *emu_port_object(struct emu_port *port)
{
    return &port->obj;
}

struct emu_port_packet *emu_port_packet_alloc(void)
{
    struct emu_port_packet *packet = calloc(1, sizeof *packet);

    if (packet)
        emu_list_init(&packet->link);
    return packet;
}

void emu_port_packet_free(struct emu_port_packet *packet)
{
    free(packet);
}

static void became_signalled(struct emu_port *port)
{
    emu_dispatcher_acquire();
    emu_wait_signal_locked(&port->obj);
    emu_dispatcher_release();
}

void emu_port_post_packet(struct emu_port *port, struct emu_port_packet *packet)
{
    struct port_waiter *waiter = NULL;
    bool first = false, closed;

    emu_sim_touch_object(&port->obj.sim_id, false); /* packets are in an order */
    emu_lock_acquire(&port->lock);
    closed = port->closed;
    if (closed) {
        /* nobody can ever remove it */
    } else if (!emu_list_empty(&port->waiters)) {
        /* [D] Threads that block are released last-in first-out. */
        waiter = EMU_CONTAINER(port->waiters.prev, struct port_waiter, link);
        emu_list_remove(&waiter->link);
        waiter->packet = packet;
        waiter->resolved = true;
    } else {
        first = emu_list_empty(&port->packets);
        emu_list_append(&port->packets, &packet->link);
        if (first)
            atomic_store(&port->has_packets, true);
    }
    emu_lock_release(&port->lock);
    if (closed)
        emu_port_packet_free(packet);
    else if (waiter)
        wake(waiter);
    else if (first)
        became_signalled(port);
}

NTSTATUS emu_port_post(struct emu_port *port, uint64_t key, uint64_t apc_context, NTSTATUS status,
                       uint64_t information)
{
    struct emu_port_packet *packet = emu_port_packet_alloc();

    if (!packet)
        return STATUS_NO_MEMORY;
    packet->key = key;
    packet->apc_context = apc_context;
    packet->status = status;
    packet->information = information;
    emu_port_post_packet(port, packet);
    return STATUS_SUCCESS;
}

NTSTATUS emu_port_associate(struct emu_file *file, struct emu_port *port, uint64_t key)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (file->synchronous)
        return STATUS_INVALID_PARAMETER; /* [D] only handles opened for overlapped I/O */
    emu_lock_acquire(&file->pending_lock);
    if (file->port) {
        status = STATUS_INVALID_PARAMETER; /* [D] once for the life of the file object */
    } else {
        emu_object_acquire(&port->obj);
        file->port_key = key;
        file->port = port;
    }
    emu_lock_release(&file->pending_lock);
    return status;
}

/* ---- taking packets out ---- */

static uint32_t take_locked(struct emu_port *port, struct emu_list *taken, uint32_t capacity)
{
    struct emu_list *pos;
    uint32_t count = 0;

    while (count < capacity && (pos = emu_list_take_first(&port->packets))) {
        emu_list_append(taken, pos);
        count++;
    }
    if (count && emu_list_empty(&port->packets))
        atomic_store(&port->has_packets, false);
    return count;
}

/* STATUS_TIMEOUT, STATUS_USER_APC, or the waiter is final. Afterwards it is off the list. */
static NTSTATUS sleep_until(struct emu_port *port, struct port_waiter *waiter, uint64_t deadline_ns)
{
    bool resolved = false;

    for (;;) {
        /* Acquire: pairs with the release in wake(). */
        uint32_t word = atomic_load_explicit(waiter->woken, memory_order_acquire);

        if (word == EMU_WOKEN)
            return STATUS_SUCCESS;
        if ((resolved || word == EMU_ASLEEP) && emu_futex_wait(waiter->woken, word, deadline_ns))
            continue;
        emu_lock_acquire(&port->lock);
        resolved = waiter->resolved;
        if (!resolved)
            emu_list_remove(&waiter->link);
        emu_lock_release(&port->lock);
        if (!resolved)
            return word == EMU_ALERTED ? STATUS_USER_APC : STATUS_TIMEOUT;
        deadline_ns = EMU_FOREVER; /* the waker is on its way and still needs the waiter */
    }
}

/* At least one packet to *taken, oldest first. */
static NTSTATUS remove_packets(struct emu_port *port, struct emu_list *taken, uint32_t capacity,
                               uint64_t deadline_ns, bool alertable)
{
    struct port_waiter waiter = {.woken = &thread_word};
    NTSTATUS status;

    emu_lock_acquire(&port->lock);
    if (take_locked(port, taken, capacity)) {
        emu_lock_release(&port->lock);
        return STATUS_SUCCESS;
    }
    if (port->closed) {
        emu_lock_release(&port->lock);
        return STATUS_ABANDONED_WAIT_0;
    }
    atomic_store_explicit(&thread_word, EMU_ASLEEP, memory_order_relaxed); /* published by the lock */
    if (alertable && !emu_alert_begin(&thread_word)) {
        emu_lock_release(&port->lock);
        return STATUS_USER_APC;
    }
    if (deadline_ns != EMU_FOREVER && deadline_ns <= emu_clock_now_ns()) {
        if (alertable)
            emu_alert_end();
        emu_lock_release(&port->lock);
        return STATUS_TIMEOUT;
    }
    emu_list_append(&port->waiters, &waiter.link);
    emu_lock_release(&port->lock);

    status = sleep_until(port, &waiter, deadline_ns);
    if (alertable)
        emu_alert_end();
    if (status != STATUS_SUCCESS)
        return status;
    if (!waiter.packet)
        return STATUS_ABANDONED_WAIT_0; /* [D] ERROR_ABANDONED_WAIT_0: the port was closed */
    emu_list_append(taken, &waiter.packet->link);
    if (capacity > 1) {
        emu_lock_acquire(&port->lock);
        take_locked(port, taken, capacity - 1);
        emu_lock_release(&port->lock);
    }
    return STATUS_SUCCESS;
}

/* ---- the services ---- */

NTSTATUS emu_nt_create_io_completion(emu_handle *port_out, uint32_t access, uint32_t concurrency)
{
    struct emu_port *port = calloc(1, sizeof *port);
    NTSTATUS status;

    /* Linux's scheduler decides how many threads run; concurrency is a hint that is not followed. */
    (void)concurrency;
    if (!port)
        return STATUS_NO_MEMORY;
    if (access & 0x12000000u) /* GENERIC_ALL, MAXIMUM_ALLOWED */
        access = IO_COMPLETION_ALL_ACCESS;
    emu_object_init(&port->obj, &emu_port_ops);
    emu_lock_init(&port->lock);
    emu_list_init(&port->packets);
    emu_list_init(&port->waiters);
    status = emu_handle_create(&port->obj, access & IO_COMPLETION_ALL_ACCESS, port_out);
    emu_object_release(&port->obj);
    return status;
}

NTSTATUS emu_nt_set_io_completion(emu_handle handle, uint64_t key, uint64_t apc_context,
                                  NTSTATUS status, uint64_t information)
{
    struct emu_object *obj;
    NTSTATUS result =
        emu_handle_lookup(handle, IO_COMPLETION_MODIFY_STATE, &emu_port_ops, &obj, NULL);

    if (result != STATUS_SUCCESS)
        return result;
    result = emu_port_post(port_of(obj), key, apc_context, status, information);
    emu_object_release(obj);
    return result;
}

NTSTATUS emu_nt_remove_io_completion(emu_handle handle, struct emu_completion_packet *packets,
                                     uint32_t capacity, uint32_t *removed_out,
                                     const int64_t *timeout_100ns, uint32_t alertable)
{
    uint64_t deadline_ns = emu_clock_deadline(timeout_100ns);
    struct emu_list taken, *pos;
    struct emu_object *obj;
    uint32_t count = 0;
    NTSTATUS status;

    if (!packets || !removed_out)
        return STATUS_ACCESS_VIOLATION;
    if (!capacity)
        return STATUS_INVALID_PARAMETER;
    *removed_out = 0;
    status = emu_handle_lookup(handle, IO_COMPLETION_MODIFY_STATE, &emu_port_ops, &obj, NULL);
    if (status != STATUS_SUCCESS)
        return status;
    if (alertable && !emu_thread_apc_queue()) { /* made now if it has to be */
        emu_object_release(obj);
        return STATUS_NO_MEMORY;
    }
    emu_list_init(&taken);
    if (emu_sim)
        emu_sim_before_object(RINGER_SIM_CALL_WAIT,
                              !atomic_load(&port_of(obj)->has_packets) &&
                                  deadline_ns <= emu_clock_now_ns(),
                              &obj->sim_id);
    status = remove_packets(port_of(obj), &taken, capacity, deadline_ns, alertable);
    emu_object_release(obj);
    while ((pos = emu_list_take_first(&taken))) {
        struct emu_port_packet *packet = packet_of(pos);

        packets[count].key = packet->key;
        packets[count].apc_context = packet->apc_context;
        packets[count].iosb.pointer = NULL; /* the union's upper half */
        packets[count].iosb.status = packet->status;
        packets[count].iosb.information = packet->information;
        count++;
        emu_port_packet_free(packet);
    }
    *removed_out = count;
    return status;
}

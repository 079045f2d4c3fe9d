// SPDX-License-Identifier: MIT
/*
 * Waits: one dispatcher lock, a waiter a blocked thread, a block for each object it waits on.
 *
 * A waiter lives on its thread's stack and is resolved once, under the dispatcher lock, by whoever
 * makes its condition true: that one satisfies the objects, takes the blocks off the lists and puts
 * the waiter on the wake list. The word on which the thread sleeps changes only after the lock was
 * dropped, and is the last thing that anybody touches of the waiter, but for the futex call, which
 * takes an address and needs no memory behind it. A wake that comes late hits a later wait of the
 * same thread and is one of the empty wakes that every loop bears.
 */
#include "emu/object/wait.h"

#include "emu/base/clock.h"
#include "emu/base/lock.h"
#include "emu/base/sim.h"
#include "emu/object/handle.h"
#include "emu/object/thread.h"

struct wait_block {
    struct emu_list link; /* in object->waiters, oldest first; dispatcher lock */
    struct waiter *waiter;
    uint32_t index;
};

struct waiter {
    struct waiter *next_wake; /* dispatcher lock, then the waker */
    struct emu_object *const *objs;
    uint32_t count;
    bool all;
    bool resolved;         /* dispatcher lock */
    NTSTATUS status;       /* dispatcher lock; the thread reads it after woken */
    _Atomic uint32_t *woken; /* its thread's word: not EMU_WOKEN until the waker is done with the waiter */
    struct wait_block blocks[EMU_WAIT_MAX];
};

static struct emu_lock dispatcher = EMU_LOCK_INIT;
static struct waiter *wake_first, **wake_end = &wake_first; /* dispatcher lock */
static _Thread_local _Atomic uint32_t thread_word;

void emu_dispatcher_acquire(void)
{
    emu_lock_acquire(&dispatcher);
}

void emu_dispatcher_release(void)
{
    struct waiter *wake = wake_first;

    if (wake) {
        wake_first = NULL;
        wake_end = &wake_first;
    }
    emu_lock_release(&dispatcher);
    while (wake) {
        struct waiter *next = wake->next_wake;
        _Atomic uint32_t *woken = wake->woken;

        /* Release: pairs with the acquire in sleep_until; the waiter is gone after this. */
        atomic_store_explicit(woken, EMU_WOKEN, memory_order_release);
        emu_futex_wake(woken, 1);
        wake = next;
    }
}

static bool all_signalled_locked(struct emu_object *const *objs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!objs[i]->ops->signalled(objs[i]))
            return false;
    return true;
}

/* Ends the wait at once if it can; then status_out is its result and the objects are satisfied. */
static bool try_locked(struct emu_object *const *objs, uint32_t count, bool all,
                       NTSTATUS *status_out)
{
    if (all) {
        if (!all_signalled_locked(objs, count))
            return false;
        for (uint32_t i = 0; i < count; i++)
            objs[i]->ops->satisfy(objs[i]);
        *status_out = STATUS_WAIT_0;
        return true;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!objs[i]->ops->signalled(objs[i]))
            continue;
        objs[i]->ops->satisfy(objs[i]);
        *status_out = STATUS_WAIT_0 + (NTSTATUS)i;
        return true;
    }
    return false;
}

static void unlink_locked(struct waiter *waiter)
{
    for (uint32_t i = 0; i < waiter->count; i++)
        emu_list_remove(&waiter->blocks[i].link);
}

static void resolve_locked(struct waiter *waiter, NTSTATUS status)
{
    unlink_locked(waiter);
    waiter->status = status;
    waiter->resolved = true;
    waiter->next_wake = NULL;
    *wake_end = waiter;
    wake_end = &waiter->next_wake;
}

/* One block's waiter, now that its object is signalled. False: it needs other objects too. */
static bool offer_locked(struct wait_block *block)
{
    struct waiter *waiter = block->waiter;
    struct emu_object *obj = waiter->objs[block->index];

    for (uint32_t i = 0; emu_sim && waiter->all && i < waiter->count; i++)
        emu_sim_touch_object(&waiter->objs[i]->sim_id, false);
    if (!waiter->all) {
        obj->ops->satisfy(obj);
        resolve_locked(waiter, STATUS_WAIT_0 + (NTSTATUS)block->index);
        return true;
    }
    if (!all_signalled_locked(waiter->objs, waiter->count))
        return false;
    for (uint32_t i = 0; i < waiter->count; i++)
        waiter->objs[i]->ops->satisfy(waiter->objs[i]);
    resolve_locked(waiter, STATUS_WAIT_0);
    return true;
}

void emu_wait_signal_locked(struct emu_object *obj)
{
    struct emu_list *pos = obj->waiters.next;

    while (pos != &obj->waiters && obj->ops->signalled(obj)) {
        struct wait_block *block = EMU_CONTAINER(pos, struct wait_block, link);

        /*
         * A resolved waiter takes all its blocks with it, and may have had several on this list
         * (one object named twice in a wait for any): start again. Those that stay are waits for
         * all, so what is passed over again is short.
         */
        pos = offer_locked(block) ? obj->waiters.next : pos->next;
    }
}

static void enqueue_locked(struct waiter *waiter)
{
    for (uint32_t i = 0; i < waiter->count; i++) {
        struct wait_block *block = &waiter->blocks[i];

        block->waiter = waiter;
        block->index = i;
        emu_list_append(&waiter->objs[i]->waiters, &block->link);
    }
}

/* Sleeps until woken; or alerted, or until the deadline has passed, and nobody has resolved the waiter. */
static NTSTATUS sleep_until(struct waiter *waiter, uint64_t deadline_ns)
{
    bool resolved = false;

    for (;;) {
        /* Acquire: pairs with the release in emu_dispatcher_release. */
        uint32_t word = atomic_load_explicit(waiter->woken, memory_order_acquire);

        if (word == EMU_WOKEN)
            return waiter->status;
        if ((resolved || word == EMU_ASLEEP) && emu_futex_wait(waiter->woken, word, deadline_ns))
            continue;
        emu_dispatcher_acquire();
        resolved = waiter->resolved;
        if (!resolved)
            unlink_locked(waiter);
        emu_dispatcher_release();
        if (!resolved)
            return word == EMU_ALERTED ? STATUS_USER_APC : STATUS_TIMEOUT;
        deadline_ns = EMU_FOREVER; /* the waker is on its way and still needs the waiter */
    }
}

static NTSTATUS validate(struct emu_object *const *objs, uint32_t count, bool all)
{
    if (count == 0 || count > EMU_WAIT_MAX)
        return STATUS_INVALID_PARAMETER_1; /* [I] the first parameter is the bad one */
    for (uint32_t i = 0; i < count; i++)
        if (!objs[i]->ops->waitable)
            return STATUS_OBJECT_TYPE_MISMATCH;
    if (!all)
        return STATUS_SUCCESS;
    /* [D] WaitForMultipleObjects: one object twice with bWaitAll is ERROR_INVALID_PARAMETER. */
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (objs[i] == objs[k])
                return STATUS_INVALID_PARAMETER_MIX;
    return STATUS_SUCCESS;
}

/* A point: what the objects are may change here, and does so in the caller's sight. */
static EMU_RARE void sim_point(struct emu_object *const *objs, uint32_t count, bool idle)
{
    struct ringer_sim_access accesses[EMU_WAIT_MAX];

    for (uint32_t i = 0; i < count; i++)
        accesses[i] = (struct ringer_sim_access){RINGER_SIM_EVENT, true, /* it may reset there */
                                                 emu_sim->id(&objs[i]->sim_id), 0, 1};
    emu_sim->before(RINGER_SIM_CALL_WAIT, idle, accesses, count);
}

/* Would a wait end at once? A wait that sleeps has its points while it sleeps. */
static bool would_end(struct emu_object *const *objs, uint32_t count, bool all)
{
    bool any = false;

    emu_dispatcher_acquire();
    for (uint32_t i = 0; i < count && !any; i++)
        any = objs[i]->ops->signalled(objs[i]);
    if (all)
        any = all_signalled_locked(objs, count);
    emu_dispatcher_release();
    return any;
}

static NTSTATUS wait_for(struct emu_object *const *objs, uint32_t count, bool all,
                         uint64_t deadline_ns, bool alertable)
{
    NTSTATUS status = validate(objs, count, all);
    struct waiter waiter;

    if (status != STATUS_SUCCESS)
        return status;
    if (emu_sim) {
        bool ends = would_end(objs, count, all);

        if (ends || deadline_ns <= emu_clock_now_ns())
            sim_point(objs, count, !ends);
    }
    emu_dispatcher_acquire();
    if (try_locked(objs, count, all, &status)) {
        emu_dispatcher_release();
        return status;
    }
    /* [I] The objects come first, then the calls, then the time. */
    atomic_store_explicit(&thread_word, EMU_ASLEEP, memory_order_relaxed); /* published by the lock */
    if (alertable && !emu_alert_begin(&thread_word)) {
        emu_dispatcher_release();
        return STATUS_USER_APC;
    }
    if (deadline_ns != EMU_FOREVER && deadline_ns <= emu_clock_now_ns()) {
        if (alertable)
            emu_alert_end();
        emu_dispatcher_release();
        return STATUS_TIMEOUT;
    }
    waiter.objs = objs;
    waiter.count = count;
    waiter.all = all;
    waiter.resolved = false;
    waiter.woken = &thread_word;
    enqueue_locked(&waiter);
    emu_dispatcher_release();
    status = sleep_until(&waiter, deadline_ns);
    if (alertable)
        emu_alert_end();
    if (emu_sim)
        sim_point(objs, count, false);
    return status;
}

NTSTATUS emu_wait(struct emu_object *const *objs, uint32_t count, bool all, uint64_t deadline_ns)
{
    return wait_for(objs, count, all, deadline_ns, false);
}

NTSTATUS emu_wait_alertably(struct emu_object *const *objs, uint32_t count, bool all,
                            uint64_t deadline_ns)
{
    /* Made now if it has to be: under the dispatcher lock is no place for that. */
    if (!emu_thread_apc_queue())
        return STATUS_NO_MEMORY;
    emu_sim_before(RINGER_SIM_CALL_WAIT, false);
    return wait_for(objs, count, all, deadline_ns, true);
}

/* ---- the service ---- */

#define SYNCHRONIZE_ACCESS 0x00100000u

static void release_all(struct emu_object **objs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        emu_object_release(objs[i]);
}

NTSTATUS emu_nt_wait_for_multiple_objects(uint32_t count, const emu_handle *handles,
                                          uint32_t wait_any, uint32_t alertable,
                                          const int64_t *timeout_100ns)
{
    uint64_t deadline_ns = emu_clock_deadline(timeout_100ns);
    struct emu_object *objs[EMU_WAIT_MAX];
    NTSTATUS status;

    if (count == 0 || count > EMU_WAIT_MAX)
        return STATUS_INVALID_PARAMETER_1;
    for (uint32_t i = 0; i < count; i++) {
        status = emu_handle_lookup(handles[i], SYNCHRONIZE_ACCESS, NULL, &objs[i], NULL);
        if (status != STATUS_SUCCESS) {
            release_all(objs, i);
            return status;
        }
    }
    status = (alertable ? emu_wait_alertably : emu_wait)(objs, count, !wait_any, deadline_ns);
    release_all(objs, count);
    return status;
}

/* SPDX-License-Identifier: MIT */
/*
 * Waiting on one or many objects. One dispatcher lock covers every object's signal state and waiter
 * list: simple, right for wait-all, and off the ring's fast path (rings count completions instead).
 */
#ifndef EMU_OBJECT_WAIT_H
#define EMU_OBJECT_WAIT_H

#include "emu/object/object.h"

#include <ntstatus.h>

#define EMU_WAIT_MAX 64 /* MAXIMUM_WAIT_OBJECTS */

void emu_dispatcher_acquire(void);
void emu_dispatcher_release(void);

/*
 * The object may have become signalled: offers it to its waiters, in order, until it no longer is.
 * Dispatcher lock held; wakes threads, calls no one back.
 */
void emu_wait_signal_locked(struct emu_object *obj);

/*
 * Waits until one (index returned as STATUS_WAIT_0 + i) or all objects are signalled, or the
 * deadline passes (STATUS_TIMEOUT). The caller holds a reference on each.
 */
NTSTATUS emu_wait(struct emu_object *const *objs, uint32_t count, bool all, uint64_t deadline_ns);

/* The same; an asynchronous procedure call ends it, too: STATUS_USER_APC. */
NTSTATUS emu_wait_alertably(struct emu_object *const *objs, uint32_t count, bool all,
                            uint64_t deadline_ns);

#endif

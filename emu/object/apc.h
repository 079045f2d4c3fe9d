/* SPDX-License-Identifier: MIT */
/*
 * Asynchronous procedure calls: calls that a thread makes when it waits and has said that it may be
 * interrupted. They are made by the layers above; here they wait for their thread, and end its sleep.
 */
#ifndef EMU_OBJECT_APC_H
#define EMU_OBJECT_APC_H

#include "emu/base/list.h"
#include "emu/object/object.h"
#include "emu/syscall.h"

struct emu_apc {
    struct emu_list link; /* its thread's, from queue on */
    struct emu_apc_call call;
};

/* The calls of one thread; part of its object. */
struct emu_apc_queue;

/* NULL without memory. Either queued or freed. */
struct emu_apc *emu_apc_alloc(void);
void emu_apc_free(struct emu_apc *apc);

struct emu_apc_queue *emu_apc_queue_create(void);
/* What is still there is never called; from now on nothing is taken. Any number of times. */
void emu_apc_queue_close(struct emu_apc_queue *queue);
void emu_apc_queue_destroy(struct emu_apc_queue *queue);

/* Takes the apc, or returns false when its thread has ended. Any thread; the queue's lock is a leaf. */
bool emu_apc_post(struct emu_apc_queue *queue, struct emu_apc *apc);

/* What a thread's sleeping word holds: whoever wakes it for another reason stores EMU_WOKEN. */
enum { EMU_ASLEEP, EMU_WOKEN, EMU_ALERTED };

/*
 * This thread is about to sleep on word, which holds EMU_ASLEEP: a call that comes makes it EMU_ALERTED and
 * wakes. False: one is there already, or there is no memory for a queue; then nothing is to be ended.
 * Both may be called with the dispatcher lock held, or a port's.
 */
bool emu_alert_begin(_Atomic uint32_t *word);
void emu_alert_end(void);

#endif

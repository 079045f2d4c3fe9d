/* SPDX-License-Identifier: MIT */
/*
 * Threads and the process as objects that can be named by a handle and waited on. The threads
 * themselves are made by the layers above: an object is only told that its thread has ended.
 */
#ifndef EMU_OBJECT_THREAD_H
#define EMU_OBJECT_THREAD_H

#include "emu/object/apc.h"
#include "emu/object/object.h"

extern const struct emu_object_ops emu_thread_ops;
extern const struct emu_object_ops emu_process_ops;

/* A reference on the calling thread's object, made on first use; NULL without memory. */
struct emu_object *emu_thread_current(void);

/*
 * Where the calls for a thread wait: the calling thread's (NULL without memory, and only before the first
 * success), and that of a thread object. As long as the object.
 */
struct emu_apc_queue *emu_thread_apc_queue(void);
struct emu_apc_queue *emu_thread_apc_queue_of(struct emu_object *thread);

/* A reference on the one process there is. Never signalled: whoever asks is running. */
struct emu_object *emu_process_current(void);

#endif

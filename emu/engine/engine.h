/* SPDX-License-Identifier: MIT */
/*
 * Mechanism: how an io reaches the kernel and comes back. An engine is one const table; the registry
 * probes them in order of preference. Policy (order, drain, counting, events) lives in emu/ring and
 * never here.
 *
 * A queue is one stream of work: each ring has its own, OVERLAPPED I/O shares one. A driven queue
 * (uring) makes progress only while somebody drives it: a thread inside emu_engine_drive, or the
 * reaper thread once emu_engine_watch was called. An undriven one (threads) finishes ios by itself.
 */
#ifndef EMU_ENGINE_ENGINE_H
#define EMU_ENGINE_ENGINE_H

#include "emu/object/io.h"

#include <stddef.h>

#define EMU_ENGINE_VERSION 1

struct emu_engine_ops;

struct emu_engine_queue {
    const struct emu_engine_ops *ops;
    _Atomic uint32_t in_flight; /* ios given to the engine and not yet finished */
    /* Not everything ends in drive() any more: who wants to wait watches, and sleeps on his own. */
    _Atomic bool undriven;
};

struct emu_engine_buffer {
    void *address; /* NULL: unused slot */
    uint32_t length;
};

struct emu_engine_ops {
    uint32_t version;
    const char *name;
    bool driven;
    /* 0, or a negative errno with one line of reason: a set-up, NOP round trip and register. */
    int (*probe)(char *reason, size_t reason_nbytes);
    void (*chosen)(void); /* NULL, or: this is the process's engine from now on */
    struct emu_engine_queue *(*queue_create)(uint32_t depth); /* NULL: no resources */
    /* Nothing in flight. */
    void (*queue_destroy)(struct emu_engine_queue *queue);
    /*
     * Takes every io of the list (io.link); none is refused: one that cannot start finishes. io.queue
     * was set before emu_io_start, so that a canceller finds it at any time.
     */
    void (*submit)(struct emu_engine_queue *queue, struct emu_list *batch);
    /*
     * As submit, but the caller promises to drive next, so the kernel may hear of the batch only
     * then: submitting and waiting become one call.
     */
    void (*push)(struct emu_engine_queue *queue, struct emu_list *batch);
    /* Best effort; called under io's file's pending lock while io is pending on this queue. */
    void (*cancel)(struct emu_engine_queue *queue, struct emu_io *io);
    /*
     * Driven queues: enters what was pushed and finishes what has completed; with a min_count it
     * blocks until about so many have completed, or the deadline, or for a while. Others: nothing. One driver at a
     * time: returns at once when another thread drives, or the reaper does.
     */
    void (*drive)(struct emu_engine_queue *queue, uint32_t min_count, uint64_t deadline_ns);
    /*
     * From now on the reaper drives this queue whenever it has work. Sticky. False: no reaper is to be
     * had; whoever sleeps in drive() comes back to look.
     */
    bool (*watch)(struct emu_engine_queue *queue);
    /*
     * Offers tables for FIXED_FILE / FIXED_BUFFER ios. Returns how many slots the engine took from
     * the start (0: it does without; the ring then leaves the flags off). A count of 0 lets go of an
     * earlier table.
     */
    uint32_t (*register_files)(struct emu_engine_queue *queue, const int *fds, uint32_t count);
    uint32_t (*register_buffers)(struct emu_engine_queue *queue,
                                 const struct emu_engine_buffer *buffers, uint32_t count);
};

/* Gives a pending io to another queue than its maker chose, when that one can go on no more. */
static inline void emu_engine_move(struct emu_io *io, struct emu_engine_queue *queue)
{
    if (io->queue != queue)
        __atomic_store_n(&io->queue, queue, __ATOMIC_SEQ_CST); /* a canceller may be reading it */
}

/* The engine of this process: RINGER_ENGINE or the best that probes well, chosen on first use. */
const struct emu_engine_ops *emu_engine(void);

/* The shared queue of OVERLAPPED I/O, watched; NULL only when out of resources. */
struct emu_engine_queue *emu_engine_shared_queue(void);

/* One row an engine, also those that cannot run, with the reason. */
struct emu_engine_info {
    const char *name;
    bool usable;
    bool chosen;
    char reason[128];
};
size_t emu_engine_list(struct emu_engine_info *rows, size_t capacity);

#endif

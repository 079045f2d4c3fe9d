/* SPDX-License-Identifier: MIT */
/* Shared by the files of the io_uring engine only. */
#ifndef EMU_ENGINE_URING_PRIV_H
#define EMU_ENGINE_URING_PRIV_H

#include "emu/base/lock.h"
#include "emu/engine/engines.h"
#include "emu/engine/reaper.h"

#include <liburing.h>

/* user_data of entries that are no io. An io's user_data is its address (so a multiple of 8). */
#define URING_IGNORE 1u   /* cancel, kick */
#define URING_POLL_BIT 2u /* readiness of a non-blocking stream, for the io at the address */

struct uring_queue {
    struct emu_engine_queue base; /* first */
    struct emu_list link;         /* in every live queue's list; live lock */
    struct emu_lock lock;         /* both sides of ring, and all below */
    struct io_uring ring;
    struct emu_io **slot_io; /* by submission slot: whose entry it is, NULL for none */
    bool broken;             /* the kernel refuses io_uring_enter: everything goes to threads */
    bool watched;
    bool dead; /* a forked child's copy of the parent's queue: nothing of it may be touched */
    uint32_t driver_min; /* completions a thread in io_uring_enter waits for; 0: nobody there */
    /*
     * A driver enters without the lock: until the kernel has taken what lies before entering_tail, or
     * he is back, nobody else enters and nobody takes back.
     */
    _Atomic bool entering;
    unsigned entering_tail;
    struct emu_reaper_entry *reaper_entry;
    uint32_t file_slots, buffer_slots; /* sparse tables registered with the kernel; 0: none */
    uint32_t files_used, buffers_used; /* what of them the last registration filled */
};

static inline struct uring_queue *uring_queue_from(struct emu_engine_queue *queue)
{
    return (struct uring_queue *)queue;
}

/* The uring_io.c half of the ops table. */
void uring_submit(struct emu_engine_queue *queue, struct emu_list *batch);
void uring_push(struct emu_engine_queue *queue, struct emu_list *batch);
void uring_cancel(struct emu_engine_queue *queue, struct emu_io *io);
void uring_drive(struct emu_engine_queue *queue, uint32_t min_count, uint64_t deadline_ns);
/* Best effort, without dealing with a refusal (the next enter does): lock held. */
void uring_enter_pushed_locked(struct uring_queue *q);
/* Lets a thread that waits in io_uring_enter come back; lock held. */
void uring_kick_locked(struct uring_queue *q);
/* Finishes everything that has completed; blocks for nothing. */
void uring_reap(struct uring_queue *q);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The two shared queues of a ring: one memory file mapped twice. The user may scribble over, protect
 * or unmap his view; the emulator reads and writes its own, with private sizes and masks.
 */
#ifndef EMU_RING_QUEUES_H
#define EMU_RING_QUEUES_H

#include "emu/base/tsan.h"

#include <ioringnt.h>
#include <ntstatus.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct emu_ring_result {
    NTSTATUS status;
    uint64_t information;
};

struct emu_ring_completion {
    uint64_t user_data;
    struct emu_ring_result result;
};

struct emu_ring_queues {
    int fd;
    uint64_t inode; /* of fd: is what lies at user still ours? */
    size_t nbytes;
    char *own, *user;
    char *entries, *completions; /* what follows the two headers in our own view */
    size_t completion_offset; /* of the completion queue in both views */
    uint32_t sq_size, sq_mask, cq_size, cq_mask;
    uint32_t cq_tail; /* the truth; the shared copy is write-only for us. Ring's post lock */
};

NTSTATUS emu_queues_create(struct emu_ring_queues *queues, uint32_t sq_size, uint32_t cq_size);
/* Unmaps both views; the user's only if our memory is still what is mapped there. */
void emu_queues_destroy(struct emu_ring_queues *queues);
/* In a forked child: both views become private copies, so nothing reaches the parent's. */
void emu_queues_after_fork(struct emu_ring_queues *queues);
/* Likewise: memory that was kept for the next ring is the parent's. */
void emu_queues_forget_kept(void);

/* ---- the shared words: plain UINT32 in the public layout, every access of ours is atomic ---- */

static inline NT_IORING_SUBMISSION_QUEUE *emu_queues_sq(char *view)
{
    return (NT_IORING_SUBMISSION_QUEUE *)(void *)view;
}

static inline NT_IORING_COMPLETION_QUEUE *emu_queues_cq(const struct emu_ring_queues *queues,
                                                        char *view)
{
    return (NT_IORING_COMPLETION_QUEUE *)(void *)(view + queues->completion_offset);
}

/* What the user says: entries built, entries taken back. Believe after checking. */
static inline uint32_t emu_queues_sq_tail(const struct emu_ring_queues *queues)
{
    /* Acquire: pairs with the builder's release store of Tail; the entries below are whole. */
    uint32_t tail = __atomic_load_n(&emu_queues_sq(queues->own)->Tail, __ATOMIC_ACQUIRE);

    emu_tsan_acquire(&emu_queues_sq(queues->user)->Tail);
    return tail;
}

static inline uint32_t emu_queues_sq_head(const struct emu_ring_queues *queues)
{
    return __atomic_load_n(&emu_queues_sq(queues->own)->Head, __ATOMIC_RELAXED);
}

static inline uint32_t emu_queues_cq_head(const struct emu_ring_queues *queues)
{
    /* Acquire: pairs with the popper's release; he has read the slots that we write again. */
    return __atomic_load_n(&emu_queues_cq(queues, queues->own)->Head, __ATOMIC_ACQUIRE);
}

/* Gives entries up to head back to the user. */
static inline void emu_queues_set_sq_head(struct emu_ring_queues *queues, uint32_t head)
{
    emu_tsan_release(&emu_queues_sq(queues->user)->Head);
    /* Release: pairs with the builder's acquire of Head before he writes a slot again. */
    __atomic_store_n(&emu_queues_sq(queues->own)->Head, head, __ATOMIC_RELEASE);
}

/* ---- entries ---- */

typedef uint64_t __attribute__((may_alias)) emu_queue_word;

/* Where entry index lies. In memory the user writes: through emu_queues_snapshot only. */
static inline const emu_queue_word *emu_queues_entry(const struct emu_ring_queues *queues,
                                                     uint32_t index)
{
    return (const emu_queue_word *)(void *)(queues->entries +
                                            (size_t)(index & queues->sq_mask) *
                                                sizeof(NT_IORING_SQE));
}

/* A private copy of one entry, taken once: what another thread writes later is not seen. */
static inline void emu_queues_snapshot(const emu_queue_word *entry, NT_IORING_SQE *copy)
{
    emu_queue_word *to = (emu_queue_word *)(void *)copy;

    /* Relaxed: a thread that scribbles meanwhile gives any mixture, but each word is read once. */
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++)
        to[i] = __atomic_load_n(&entry[i], __ATOMIC_RELAXED);
}

/* Where the completion after the next n ones goes. */
static inline emu_queue_word *emu_queues_slot(const struct emu_ring_queues *queues, uint32_t n)
{
    return (emu_queue_word *)(void *)(queues->completions +
                                      (size_t)((queues->cq_tail + n) & queues->cq_mask) *
                                          sizeof(NT_IORING_CQE));
}

/* Relaxed words: a user who reads ahead of Tail sees rubbish, not undefined behaviour. */
static inline void emu_queues_write(emu_queue_word *slot, uint64_t user_data, NTSTATUS status,
                                    uint64_t information)
{
    __atomic_store_n(&slot[0], user_data, __ATOMIC_RELAXED);
    __atomic_store_n(&slot[1], (uint32_t)status, __ATOMIC_RELAXED);
    __atomic_store_n(&slot[2], information, __ATOMIC_RELAXED);
}

/* Post lock held. Writes completions; visible only after emu_queues_publish. */
void emu_queues_put(struct emu_ring_queues *queues, const struct emu_ring_completion *completions,
                    uint32_t count);
/* Makes the completions visible; true when the queue was empty before the first of them. */
bool emu_queues_publish(struct emu_ring_queues *queues, uint32_t tail_before);

#endif

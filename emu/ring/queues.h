/* SPDX-License-Identifier: MIT */
/*
 * The two shared queues of a ring: one memory file mapped twice. The user may scribble over, protect
 * or unmap his view; the emulator reads and writes its own, with private sizes and masks.
 */
#ifndef EMU_RING_QUEUES_H
#define EMU_RING_QUEUES_H

#include <ioringnt.h>
#include <ntstatus.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct emu_ring_queues {
    int fd;
    uint64_t inode; /* of fd: is what lies at user still ours? */
    size_t nbytes;
    char *own, *user;
    size_t completion_offset; /* of the completion queue in both views */
    uint32_t sq_size, sq_mask, cq_size, cq_mask;
    uint32_t cq_tail; /* the truth; the shared copy is write-only for us. Ring's post lock */
};

NTSTATUS emu_queues_create(struct emu_ring_queues *queues, uint32_t sq_size, uint32_t cq_size);
/* Unmaps both views; the user's only if our memory is still what is mapped there. */
void emu_queues_destroy(struct emu_ring_queues *queues);
/* In a forked child: both views become private copies, so nothing reaches the parent's. */
void emu_queues_after_fork(struct emu_ring_queues *queues);

/* What the user says: entries built, entries taken back. Believe after checking. */
uint32_t emu_queues_sq_tail(const struct emu_ring_queues *queues);
uint32_t emu_queues_sq_head(const struct emu_ring_queues *queues);
uint32_t emu_queues_cq_head(const struct emu_ring_queues *queues);

/* A private copy of one entry, taken once: what another thread writes later is not seen. */
void emu_queues_snapshot(const struct emu_ring_queues *queues, uint32_t index, NT_IORING_SQE *copy);
/* Gives entries up to head back to the user. */
void emu_queues_set_sq_head(struct emu_ring_queues *queues, uint32_t head);

/* Post lock held. Writes one completion; visible only after emu_queues_publish. */
void emu_queues_put(struct emu_ring_queues *queues, uint64_t user_data, NTSTATUS status,
                    uint64_t information);
/* Makes the completions visible; true when the queue was empty before the first of them. */
bool emu_queues_publish(struct emu_ring_queues *queues, uint32_t tail_before);

#endif

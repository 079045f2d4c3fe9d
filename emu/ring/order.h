/* SPDX-License-Identifier: MIT */
/*
 * Mutants of order, in one place: each breaks a rule only for cached transfers of overlapped disk
 * files that pend. Linux hardly ever lets one pend, so no suite on a real engine sees them; a search
 * over what may happen does. Nothing of this is in a build for use.
 */
#ifndef EMU_RING_ORDER_H
#define EMU_RING_ORDER_H

#include "emu/base/mutant.h"
#include "emu/ring/ring.h"

#ifdef RINGER_MUTANTS

/* Such operations of the ring that pend, of one kind or of all (-1). */
uint32_t emu_order_pending(const struct emu_ring *ring, int op);
/* An operation has ended; false: its completion never comes. */
bool emu_order_ended(struct emu_ring_op *op, struct emu_ring_completion *completion);
/* How many of those that are outstanding do not hold a drained entry back. */
uint32_t emu_order_not_draining(const struct emu_ring *ring, uint32_t outstanding);
/* What to add to the number of completions that a wait is for. */
int32_t emu_order_wait(const struct emu_ring *ring, bool all, uint32_t pending_before);
/* Is the event of this completion forgotten? */
bool emu_order_silent(const struct emu_ring *ring);
/* A cancel would not have reached this operation, but does. */
bool emu_order_cancels(const struct emu_ring *ring, const struct emu_io *io, uint64_t id);
/* A new operation and those that pend get in each other's way. */
void emu_order_started(struct emu_ring *ring, struct emu_io *io);
/* Other tables, while operations pend. */
void emu_order_registered(struct emu_ring *ring);

#else

static inline uint32_t emu_order_pending(const struct emu_ring *ring, int op)
{
    return (void)ring, (void)op, 0;
}

static inline bool emu_order_ended(struct emu_ring_op *op, struct emu_ring_completion *completion)
{
    return (void)op, (void)completion, true;
}

static inline uint32_t emu_order_not_draining(const struct emu_ring *ring, uint32_t outstanding)
{
    return (void)ring, (void)outstanding, 0;
}

static inline int32_t emu_order_wait(const struct emu_ring *ring, bool all, uint32_t pending_before)
{
    return (void)ring, (void)all, (void)pending_before, 0;
}

static inline bool emu_order_silent(const struct emu_ring *ring)
{
    return (void)ring, false;
}

static inline bool emu_order_cancels(const struct emu_ring *ring, const struct emu_io *io, uint64_t id)
{
    return (void)ring, (void)io, (void)id, false;
}

static inline void emu_order_started(struct emu_ring *ring, struct emu_io *io)
{
    (void)ring, (void)io;
}

static inline void emu_order_registered(struct emu_ring *ring)
{
    (void)ring;
}

#endif
#endif

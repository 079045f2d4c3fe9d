// SPDX-License-Identifier: MIT
#include "emu/ring/order.h"

/* What the thread at hand is completing: a cached transfer that pended. */
static _Thread_local bool pended_now;

static bool is_cached(const struct emu_io *io)
{
    return io->file->kind == EMU_FILE_DISK && !io->file->unbuffered && !io->file->synchronous;
}

static bool pends(const struct emu_io *io)
{
    return io->file && io->is_pending && is_cached(io);
}

static struct emu_io *other_pending(const struct emu_ring *ring)
{
    for (uint32_t i = 0; i < ring->pool_used; i++)
        if (pends(&ring->pool[i].io))
            return &ring->pool[i].io;
    return NULL;
}

uint32_t emu_order_pending(const struct emu_ring *ring, int op)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < ring->pool_used; i++)
        count += pends(&ring->pool[i].io) && (op < 0 || ring->pool[i].io.op == op);
    return count;
}

static void end_wrongly(struct emu_io *io, struct emu_ring_completion *completion)
{
    struct emu_ring_result *result = &completion->result;

    if (io->op != EMU_IO_FLUSH && result->status == STATUS_SUCCESS) {
        if (atomic_load(&io->cancel_requested) && EMU_MUTANT(order_done_called_cancelled))
            *result = (struct emu_ring_result){STATUS_CANCELLED, 0};
        else if (EMU_MUTANT(order_information_lost))
            result->information = 0;
        else if (io->op == EMU_IO_READ && EMU_MUTANT(order_short_claims_all))
            result->information = io->length;
        else if (io->op == EMU_IO_READ && EMU_MUTANT(order_last_byte_missing))
            ((char *)io->buffer)[result->information - 1] ^= 0x55;
    } else if (result->status == STATUS_CANCELLED && EMU_MUTANT(order_cancelled_called_done)) {
        *result = (struct emu_ring_result){STATUS_SUCCESS, io->length};
    } else if (result->status == STATUS_END_OF_FILE && EMU_MUTANT(order_eof_is_success)) {
        *result = (struct emu_ring_result){STATUS_SUCCESS, 0};
    }
    if (!atomic_load(&io->file->obj.handles) && EMU_MUTANT(order_handle_needed))
        *result = (struct emu_ring_result){STATUS_CANCELLED, 0};
}

bool emu_order_ended(struct emu_ring_op *op, struct emu_ring_completion *completion)
{
    struct emu_io *other;

    pended_now = is_cached(&op->io);
    if (!pended_now)
        return true;
    end_wrongly(&op->io, completion);
    if (completion->result.status == STATUS_CANCELLED && EMU_MUTANT(order_cancelled_lost))
        return false;
    other = other_pending(op->ring);
    if (other && EMU_MUTANT(order_user_data_of_other)) {
        completion->user_data = other->tag;
        other->tag = op->io.tag;
    }
    if (other && EMU_MUTANT(order_doubled))
        emu_ring_post(op->ring, completion, 1, NULL);
    return !(other && EMU_MUTANT(order_lost_when_overtaking)) &&
           !(!other && op->ring->queues.cq_tail && EMU_MUTANT(order_last_lost));
}

uint32_t emu_order_not_draining(const struct emu_ring *ring, uint32_t outstanding)
{
    uint32_t count = 0;

    if (EMU_MUTANT(order_drain_passes_reads))
        count += emu_order_pending(ring, EMU_IO_READ);
    if (EMU_MUTANT(order_drain_passes_writes))
        count += emu_order_pending(ring, EMU_IO_WRITE);
    if (outstanding == 1 && EMU_MUTANT(order_drain_passes_last))
        count += emu_order_pending(ring, EMU_IO_READ) + emu_order_pending(ring, EMU_IO_WRITE);
    return count;
}

int32_t emu_order_wait(const struct emu_ring *ring, bool all, uint32_t pending_before)
{
    int32_t pending = (int32_t)emu_order_pending(ring, -1), change = 0;

    if (EMU_MUTANT(order_wait_passes_cached))
        change -= pending;
    if (pending && EMU_MUTANT(order_wait_one_short))
        change -= 1;
    if (pending > 1 && EMU_MUTANT(order_wait_one_long))
        change += 1;
    if (all && EMU_MUTANT(order_wait_all_of_batch))
        change -= (int32_t)pending_before;
    return change;
}

bool emu_order_silent(const struct emu_ring *ring)
{
    return (pended_now && EMU_MUTANT(order_event_silent)) ||
           (pended_now && emu_order_pending(ring, -1) && EMU_MUTANT(order_event_when_last)) ||
           (pended_now && ring->queues.cq_tail > 1 && EMU_MUTANT(order_event_once));
}

bool emu_order_cancels(const struct emu_ring *ring, const struct emu_io *io, uint64_t id)
{
    if (!pends(io))
        return false;
    return EMU_MUTANT(order_cancel_reaches_all) ||
           (io->owner != ring && io->tag == id && EMU_MUTANT(order_cancel_other_ring)) ||
           (io->owner == ring && io->tag > id && EMU_MUTANT(order_cancel_newer));
}

void emu_order_started(struct emu_ring *ring, struct emu_io *io)
{
    struct emu_io *other = other_pending(ring);

    if (!other || other == io)
        return;
    if (EMU_MUTANT(order_start_takes_place))
        other->tag = io->tag;
    if (other->op == EMU_IO_READ && io->op == EMU_IO_READ && EMU_MUTANT(order_start_shares_buffer))
        io->buffer = other->buffer;
    if (EMU_MUTANT(order_start_shares_offset))
        other->offset = io->offset;
    if (EMU_MUTANT(order_start_shares_length))
        other->length = io->length;
}

static bool every(const struct emu_io *io, void *arg)
{
    return (void)io, (void)arg, true;
}

void emu_order_registered(struct emu_ring *ring)
{
    for (uint32_t i = 0; i < ring->pool_used; i++) {
        struct emu_io *io = &ring->pool[i].io;

        if (!pends(io))
            continue;
        if (EMU_MUTANT(order_registration_cancels))
            (void)emu_io_cancel(io->file, every, NULL);
        else if (ring->buffers && ring->buffers->count && EMU_MUTANT(order_registration_moves))
            io->buffer = ring->buffers->slots[0].address;
    }
}

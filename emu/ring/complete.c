// SPDX-License-Identifier: MIT
/* Completions: posting, the event's edge, waiting, and who drives the engine meanwhile. */
#include "emu/base/clock.h"
#include "emu/base/mutant.h"
#include "emu/base/sim.h"
#include "emu/base/status.h"
#include "emu/host.h"
#include "emu/ring/order.h"

/* Its address says which thread. */
static _Thread_local char self;

/*
 * Wakes whoever sleeps on the count. The fence pairs with wait_once: a sleeper announces himself
 * before he reads the count, we change the count before we look for sleepers.
 */
static void wake_sleepers(struct emu_ring *ring)
{
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&ring->sleepers, memory_order_relaxed)) {
        atomic_fetch_add(&ring->wait_word, 1);
        emu_futex_wake(&ring->wait_word, UINT32_MAX);
    }
}

/*
 * A driver sleeps until the engine has finished as many as were missing when he looked. What another
 * thread posts meanwhile makes that number wrong: from then on the reaper drives. The load pairs with
 * drive(): count, then driver here; driver, then count there.
 */
static void recall_driver(struct emu_ring *ring)
{
    uintptr_t driver = atomic_load(&ring->driver);

    if (driver && driver != (uintptr_t)&self)
        emu_ring_watch(ring);
}

/* True: the simulation sets the event later. Post lock held. */
static EMU_RARE bool sim_posted(struct emu_ring *ring, uint32_t before, bool edge)
{
    struct ringer_sim_access access = {RINGER_SIM_QUEUE, true, emu_sim->id(&ring->obj.sim_id), before,
                                       ring->queues.cq_tail};

    emu_sim->touched(&access);
    emu_sim_touch(RINGER_SIM_RING, false, access.id, 0, 1);
    if (!ring->event)
        return false;
    /* Whether there was an edge depends on what was popped: the same event either way. */
    emu_sim_touch_object(&ring->event->sim_id, true);
    return edge && emu_sim->hold_event(ring->event, emu_host->set_event);
}

static inline __attribute__((always_inline)) void publish_locked(struct emu_ring *ring,
                                                                 uint32_t before)
{
    bool edge;

    /*
     * [R] IB34, IC12: the event is an edge. It is set when the queue goes from empty to non-empty and
     * at no other time; [R] IB7: also for completions inside Submit.
     */
    edge = emu_queues_publish(&ring->queues, before);
    if (!(emu_sim && sim_posted(ring, before, edge)) && edge && ring->event &&
        !(atomic_load(&ring->submitting) && EMU_MUTANT(event_not_inline)) && !emu_order_silent(ring))
        emu_host->set_event(ring->event);
    atomic_store(&ring->completed, ring->queues.cq_tail);
}

void emu_ring_post(struct emu_ring *ring, const struct emu_ring_completion *completions,
                   uint32_t count, struct emu_ring_op *done)
{
    uint32_t before;

    if (!count)
        return;
    emu_lock_acquire(&ring->post_lock);
    before = ring->queues.cq_tail;
    emu_queues_put(&ring->queues, completions, count);
    publish_locked(ring, before);
    if (done) {
        done->next_free = ring->free_ops;
        ring->free_ops = done;
    }
    emu_lock_release(&ring->post_lock);
    wake_sleepers(ring);
    recall_driver(ring);
}

void emu_ring_post_written(struct emu_ring *ring, uint32_t count)
{
    uint32_t before;

    if (!count)
        return;
    emu_lock_acquire(&ring->post_lock);
    before = ring->queues.cq_tail;
    ring->queues.cq_tail += count;
    publish_locked(ring, before);
    emu_lock_release(&ring->post_lock);
    wake_sleepers(ring);
    recall_driver(ring);
}

struct emu_ring_op *emu_ring_op_take(struct emu_ring *ring)
{
    struct emu_ring_op *op;

    if (!ring->spare_ops) { /* all that have come back, for one lock */
        emu_lock_acquire(&ring->post_lock);
        ring->spare_ops = ring->free_ops;
        ring->free_ops = NULL;
        emu_lock_release(&ring->post_lock);
    }
    op = ring->spare_ops;
    if (op)
        ring->spare_ops = op->next_free;
    else if (ring->pool_used < ring->pool_size)
        op = &ring->pool[ring->pool_used++];
    if (op)
        op->ring = ring;
    return op;
}

void emu_ring_op_give(struct emu_ring *ring, struct emu_ring_op *op)
{
    op->next_free = ring->spare_ops;
    ring->spare_ops = op;
}

bool emu_ring_watch(struct emu_ring *ring)
{
    if (atomic_load(&ring->watched))
        return true;
    if (!ring->queue->ops->watch(ring->queue))
        return false;
    if (!atomic_exchange(&ring->watched, true))
        wake_sleepers(ring);
    return true;
}

bool emu_ring_reached(const struct emu_ring *ring, uint32_t target)
{
    return (int32_t)(atomic_load(&ring->completed) - target) >= 0;
}

static void drive(struct emu_ring *ring, uint32_t target, uint64_t deadline_ns)
{
    int32_t missing;

    atomic_store(&ring->driver, (uintptr_t)&self);
    missing = (int32_t)(target - atomic_load(&ring->completed));
    if (missing > 0 && !atomic_load(&ring->closed))
        ring->queue->ops->drive(ring->queue, (uint32_t)missing, deadline_ns);
    atomic_store(&ring->driver, 0);
}

/* Without a reaper several waiters take turns: each looks, and sleeps for a moment. */
#define TURN_NS UINT64_C(1000000)

static uint64_t end_of_turn(uint64_t deadline_ns)
{
    uint64_t end = emu_clock_now_ns() + TURN_NS;

    return end < deadline_ns ? end : deadline_ns;
}

/*
 * Sleeps in the kernel when this thread may drive, on the count otherwise. Two waiters on one ring
 * make it the reaper's: a driver that waits for eight must not keep one who waits for one.
 */
static bool wait_once(struct emu_ring *ring, uint32_t target, uint64_t deadline_ns)
{
    struct emu_engine_queue *queue = ring->queue;
    uint64_t until = deadline_ns;
    bool slept = true;
    uint32_t word;

    if (queue->ops->driven && !atomic_load(&ring->watched)) {
        if (atomic_load(&ring->waiters) > 1 || atomic_load(&queue->undriven)) {
            if (!emu_ring_watch(ring)) {
                queue->ops->drive(queue, 0, 0);
                until = end_of_turn(deadline_ns);
            }
        } else if (atomic_load(&queue->in_flight)) {
            drive(ring, target, deadline_ns);
            return deadline_ns == EMU_FOREVER || emu_clock_now_ns() < deadline_ns;
        }
    }
    /* Sequentially consistent, as the loads that follow: pairs with wake_sleepers. */
    atomic_fetch_add(&ring->sleepers, 1);
    word = atomic_load(&ring->wait_word);
    if (!emu_ring_reached(ring, target) && !atomic_load(&ring->closed))
        slept = emu_futex_wait(&ring->wait_word, word, until);
    atomic_fetch_sub(&ring->sleepers, 1);
    if (emu_sim && !slept)
        return false; /* also one without a limit, when nothing is left that could end it */
    return deadline_ns == EMU_FOREVER || emu_clock_now_ns() < deadline_ns;
}

NTSTATUS emu_ring_wait(struct emu_ring *ring, uint32_t target, uint64_t deadline_ns)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (emu_ring_reached(ring, target))
        return STATUS_SUCCESS;
    atomic_fetch_add(&ring->waiters, 1);
    while (!emu_ring_reached(ring, target)) {
        /* [I] closing a ring ends the waits of other threads on it: nobody else could. */
        if (atomic_load(&ring->closed)) {
            status = STATUS_INVALID_HANDLE;
            break;
        }
        if (!wait_once(ring, target, deadline_ns) && !emu_ring_reached(ring, target)) {
            EMU_MUTANT_ARM(timeout_drops);
            status = STATUS_TIMEOUT;
            break;
        }
    }
    atomic_fetch_sub(&ring->waiters, 1);
    return status;
}

static EMU_RARE void sim_poll(struct emu_ring *ring)
{
    uint32_t tail = ring->queues.cq_tail;
    bool empty = tail == emu_queues_cq_head(&ring->queues);
    struct ringer_sim_access access = {RINGER_SIM_QUEUE, false, emu_sim->id(&ring->obj.sim_id), tail,
                                       (uint64_t)tail + 1};

    emu_sim->before(RINGER_SIM_CALL_POP, empty, &access, empty);
}

void emu_ring_poll(struct emu_ring *ring)
{
    struct emu_engine_queue *queue = ring->queue;

    if (emu_sim)
        sim_poll(ring);
    if (!atomic_load_explicit(&ring->polled, memory_order_relaxed))
        atomic_store_explicit(&ring->polled, true, memory_order_relaxed);
    if (queue->ops->driven && atomic_load_explicit(&queue->in_flight, memory_order_relaxed))
        queue->ops->drive(queue, 0, 0);
}

void emu_ring_sim_alone(struct emu_ring *ring)
{
    if (emu_sim)
        emu_sim_touch(RINGER_SIM_RING, true, emu_sim->id(&ring->obj.sim_id), 0, 1);
}

NTSTATUS emu_ring_set_event(struct emu_ring *ring, uint64_t handle)
{
    struct emu_object *event = NULL, *old;

    if (handle) {
        /* [D] The ring keeps its own reference: closing the handle changes nothing; [R] IB35. */
        NTSTATUS status = emu_host->event_from_handle(handle, &event);

        if (emu_status_failed(status))
            return status;
        if (!emu_ring_watch(ring)) { /* the event must come without anybody calling */
            emu_object_release(event);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    emu_ring_sim_alone(ring);
    emu_lock_acquire(&ring->post_lock);
    /* [R] IC12: the second replaces the first; a backlog signals neither. */
    old = ring->event;
    ring->event = event;
    if (old && (event ? EMU_MUTANT(event_not_replaced) : EMU_MUTANT(event_null_ignored))) {
        ring->event = old;
        old = event;
    }
    if (event && ring->queues.cq_tail != emu_queues_cq_head(&ring->queues) &&
        EMU_MUTANT(event_set_at_attach))
        emu_host->set_event(event);
    emu_lock_release(&ring->post_lock);
    if (old)
        emu_object_release(old);
    return STATUS_SUCCESS;
}

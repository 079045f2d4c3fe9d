// SPDX-License-Identifier: MIT
/*
 * NtSubmitIoRing: admission, order, drain.
 *
 * Entries start in queue order. A flagged entry (DRAIN_PRECEDING_OPS) waits until nothing started
 * before it is outstanding; it and what stands behind it are held meanwhile, and then start together:
 * the flag orders the flagged operation behind its predecessors and nothing else.
 * [R] IC11: 0 of about 4,500 trials broke the first half, 0.03-0.8 % showed the second. [I] That its
 * successors wait with it: without a flag 28 of 32 overtook (IC10), behind one hardly any.
 */
#include "emu/base/clock.h"
#include "emu/base/fault.h"
#include "emu/base/lock.h"
#include "emu/base/mutant.h"
#include "emu/base/sim.h"
#include "emu/base/status.h"
#include "emu/ring/entry.h"
#include "emu/ring/order.h"

#include <stddef.h>
#include <stdlib.h>

#define DONE_MOST 64u

/* One pass of the processor: completions that came inline and ios for the engine, each in bulk. */
struct run {
    struct emu_ring *ring;
    struct emu_ring_op *op; /* free: for the next entry */
    uint32_t started;       /* operations that are on their way: each keeps one reference on ring */
    uint32_t done_count;
    struct emu_ring_completion done[DONE_MOST];
    struct emu_list batch;
};

static void run_init(struct run *run, struct emu_ring *ring)
{
    run->ring = ring;
    run->op = NULL;
    run->started = 0;
    run->done_count = 0;
    emu_list_init(&run->batch);
}

static void run_post(struct run *run)
{
    emu_ring_post(run->ring, run->done, run->done_count, NULL);
    run->done_count = 0;
}

/* Completions first: what the engine starts now must not be seen before what ended already. */
static void run_flush(struct run *run)
{
    run_post(run);
    if (!emu_list_empty(&run->batch))
        run->ring->queue->ops->submit(run->ring->queue, &run->batch);
}

/*
 * will_drive: the caller waits next, so that one call to the kernel can do for both. Returns whether
 * there is something to drive for.
 */
static bool run_end(struct run *run, bool will_drive)
{
    bool push = will_drive && !emu_list_empty(&run->batch);

    if (push) {
        run_post(run);
        run->ring->queue->ops->push(run->ring->queue, &run->batch);
    }
    run_flush(run);
    if (run->op)
        emu_ring_op_give(run->ring, run->op);
    run->op = NULL;
    return push;
}

static void run_done(struct run *run, uint64_t user_data, struct emu_ring_result result)
{
    if (run->done_count == DONE_MOST)
        run_post(run);
    run->done[run->done_count++] = (struct emu_ring_completion){user_data, result};
}

/* May the entry start? If not, whoever completes the last predecessor goes on from here. */
static bool drained(struct run *run)
{
    struct emu_ring *ring = run->ring;
    uint32_t outstanding;

    run_flush(run);
    /* The order store, load pairs with emu_ring_op_complete's subtract, then process. */
    atomic_store(&ring->stalled, 1);
    outstanding = atomic_load(&ring->outstanding);
    if (outstanding != emu_order_not_draining(ring, outstanding))
        return false;
    atomic_store(&ring->stalled, 0);
    return true;
}

static bool is_registration(const NT_IORING_SQE *sqe)
{
    return sqe->OpCode == IORING_OP_REGISTER_FILES || sqe->OpCode == IORING_OP_REGISTER_BUFFERS;
}

/* False: the entry must wait. */
static bool run_entry(struct run *run, const NT_IORING_SQE *sqe)
{
    struct emu_ring *ring = run->ring;
    struct emu_ring_result result = {STATUS_INSUFFICIENT_RESOURCES, 0};
    enum emu_ring_step step = EMU_RING_DONE;

    if ((sqe->Flags & NT_IORING_SQE_FLAG_DRAIN_PRECEDING_OPS) && !EMU_MUTANT(drain_ignored) &&
        !drained(run))
        return false;
    /* What stands before a registration uses the old tables; a cancel must find its target. */
    if (is_registration(sqe) || sqe->OpCode == IORING_OP_CANCEL)
        run_flush(run);
    if (!run->op)
        run->op = emu_ring_op_take(ring);
    if (run->op)
        step = emu_ring_start(ring, sqe, run->op, &result);
    if (step == EMU_RING_DONE) {
        if (sqe->OpCode == IORING_OP_CANCEL &&
            (EMU_MUTANT(cancel_without_completion) || EMU_MUTANT_ARMED(order_cancel_silent)))
            return true;
        if (is_registration(sqe) && EMU_MUTANT(registration_without_completion))
            return true;
        if (emu_status_failed(result.status))
            EMU_MUTANT_ARM(entry_error_fails_submit);
        run_done(run, sqe->UserData, result);
        /* [D] What follows does not start before the registration is complete. */
        if (is_registration(sqe))
            run_post(run);
        return true;
    }
    run->started++;
    atomic_fetch_add(&ring->outstanding, 1);
    if (step == EMU_RING_ENGINE)
        emu_list_append(&run->batch, &run->op->io.link);
    else
        emu_ring_watch(ring); /* it ends without the engine: nobody may sleep in the kernel */
    run->op = NULL;
    return true;
}

/* ---- held entries ---- */

static void hold(struct emu_ring *ring, struct emu_ring_held *held)
{
    emu_lock_acquire(&ring->post_lock);
    emu_list_append(&ring->held, &held->link);
    emu_lock_release(&ring->post_lock);
    atomic_fetch_add(&ring->held_count, 1);
}

static struct emu_ring_held *first_held(struct emu_ring *ring)
{
    struct emu_ring_held *held = NULL;

    emu_lock_acquire(&ring->post_lock);
    if (!emu_list_empty(&ring->held))
        held = EMU_CONTAINER(ring->held.next, struct emu_ring_held, link);
    emu_lock_release(&ring->post_lock);
    return held;
}

static void unhold(struct emu_ring *ring, struct emu_ring_held *held)
{
    emu_lock_acquire(&ring->post_lock);
    emu_list_remove(&held->link);
    emu_lock_release(&ring->post_lock);
    atomic_fetch_sub(&ring->held_count, 1);
    if (held->file)
        emu_object_release(&held->file->obj);
    free(held);
}

/* Processor. Every held entry has a reference on the ring, which goes on to its operation. */
static void run_held(struct emu_ring *ring)
{
    struct emu_ring_held *held;
    uint32_t taken = 0;
    struct run run;

    emu_ring_sim_alone(ring);
    run_init(&run, ring);
    while ((held = first_held(ring))) {
        emu_ring_use_held_file(ring, held);
        if (!run_entry(&run, &held->sqe))
            break;
        unhold(ring, held);
        taken++;
        if (emu_order_pending(ring, -1) && EMU_MUTANT(order_held_lost) && (held = first_held(ring))) {
            unhold(ring, held);
            taken++;
        }
    }
    run_end(&run, false);
    /* The caller of emu_ring_process holds one of its own: this is never the last. */
    for (uint32_t i = run.started; i < taken; i++)
        emu_object_release(&ring->obj);
}

/* What a pass kept for its next entry is the processor's, so it goes before the role does. */
static void stop_processing(struct emu_ring *ring)
{
    emu_ring_forget_file(ring);
    atomic_store(&ring->processing, 0);
}

void emu_ring_process(struct emu_ring *ring)
{
    while (atomic_load(&ring->held_count)) {
        if (atomic_load(&ring->stalled) && atomic_load(&ring->outstanding))
            return; /* the one who completes the last of them comes by */
        if (atomic_exchange(&ring->processing, 1))
            return; /* the processor looks again after it has let go */
        run_held(ring);
        stop_processing(ring);
    }
}

/* ---- from the submission queue ---- */

/* Nothing of an entry is lost: without memory to hold it, it completes with that status. */
static void hold_or_fail(struct run *run, const NT_IORING_SQE *sqe)
{
    struct emu_ring_held *held = malloc(sizeof *held);

    if (held) {
        held->sqe = *sqe;
        emu_ring_hold_file(held);
        hold(run->ring, held);
        run->started++; /* keeps its reference */
    } else {
        run_done(run, sqe->UserData, (struct emu_ring_result){STATUS_INSUFFICIENT_RESOURCES, 0});
    }
}

#define ENTRY_WORDS (sizeof(NT_IORING_SQE) / sizeof(emu_queue_word))

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

_Static_assert(sizeof(struct emu_ring_completion) == sizeof(NT_IORING_CQE) &&
                   offsetof(struct emu_ring_completion, result.information) ==
                       offsetof(NT_IORING_CQE, IoStatus.Information),
               "run_reads writes either");

/*
 * Reads that stand first and end at once; returns how many, perhaps fewer than there are. A loop of
 * its own: it is the hot one. While nothing is outstanding the completions go straight to where the
 * user will find them.
 */
static uint32_t run_reads(struct run *run, uint32_t head, uint32_t count)
{
    struct emu_ring *ring = run->ring;
    const struct emu_ring_queues *queues = &ring->queues;
    const emu_queue_word *first = emu_queues_entry(queues, head), *entry = first, *end;
    bool alone = !atomic_load(&ring->outstanding);
    emu_queue_word *to;
    uint32_t n;

    if (alone || run->done_count == DONE_MOST)
        run_post(run);
    to = alone ? emu_queues_slot(queues, 0)
               : (emu_queue_word *)(void *)&run->done[run->done_count];
    /* Up to the end of either queue's memory, and no more than the user may have to wait for. */
    count = least(count, queues->sq_size - (head & queues->sq_mask));
    if (alone)
        count = least(count, queues->cq_size - (queues->cq_tail & queues->cq_mask));
    count = least(count, DONE_MOST - run->done_count);
    for (end = first + count * ENTRY_WORDS; entry < end; entry += ENTRY_WORDS) {
        NT_IORING_SQE sqe;

        emu_queues_snapshot(entry, &sqe);
        if (!emu_ring_read_now(ring, &sqe))
            break;
        emu_queues_write(to, sqe.UserData, STATUS_SUCCESS, sqe.Read.Length);
        to += sizeof(NT_IORING_CQE) / sizeof *to;
    }
    n = (uint32_t)((size_t)(entry - first) / ENTRY_WORDS);
    if (alone)
        emu_ring_post_written(ring, n);
    else
        run->done_count += n;
    return n;
}

/* False: it is held, and so is what follows. */
static bool consume_one(struct run *run, uint32_t index, bool holding)
{
    NT_IORING_SQE sqe;

    emu_queues_snapshot(emu_queues_entry(&run->ring->queues, index), &sqe);
    if ((!holding || (is_registration(&sqe) && EMU_MUTANT(registration_at_once))) &&
        run_entry(run, &sqe))
        return !holding;
    hold_or_fail(run, &sqe);
    return false;
}

/* Returns whether the engine has something that it was not told to start: the caller drives. */
static bool consume(struct emu_ring *ring, uint32_t head, uint32_t count, bool will_drive)
{
    bool processor = !atomic_exchange(&ring->processing, 1);
    bool holding = !processor || atomic_load(&ring->held_count);
    struct run run;

    run_init(&run, ring);
    /* One reference for each, in bulk; what ended inline gives its own back below. */
    atomic_fetch_add_explicit(&ring->obj.references, count, memory_order_relaxed);
    for (uint32_t i = 0; i < count;) {
        uint32_t reads = holding ? 0 : run_reads(&run, head + i, count - i);

        i += reads;
        if (!reads)
            holding = !consume_one(&run, head + i++, holding);
    }
    emu_queues_set_sq_head(&ring->queues, head + count);
    if (holding)
        emu_ring_watch(ring); /* held entries start without anybody calling */
    will_drive = run_end(&run, will_drive);
    if (processor)
        stop_processing(ring);
    /* The submitter holds a reference of its own: this is never the last. */
    atomic_fetch_sub_explicit(&ring->obj.references, count - run.started, memory_order_relaxed);
    emu_ring_process(ring);
    return will_drive;
}

/* How many completions were posted, and how many of them nobody has taken. */
static void count_posted(struct emu_ring *ring, uint32_t *completed_out, uint32_t *unpopped_out)
{
    uint32_t completed = atomic_load(&ring->completed);
    uint32_t unpopped = completed - emu_queues_cq_head(&ring->queues);

    /* A user may have popped what is published and not yet counted; under the lock it is. */
    if (unpopped > ring->queues.cq_size) {
        emu_lock_acquire(&ring->post_lock);
        completed = ring->queues.cq_tail;
        unpopped = completed - emu_queues_cq_head(&ring->queues);
        emu_lock_release(&ring->post_lock);
    }
    *completed_out = completed;
    *unpopped_out = unpopped;
}

/*
 * Room for every completion, or nothing starts: so none is ever lost. [I] ioring.md 3: no public
 * record says when COMPLETION_QUEUE_TOO_FULL is returned.
 */
static inline __attribute__((always_inline)) NTSTATUS
admit(struct emu_ring *ring, uint32_t built, uint32_t wait_count, uint32_t *target_out)
{
    uint32_t completed, unpopped, pending;

    count_posted(ring, &completed, &unpopped);
    pending = atomic_load(&ring->submitted) - completed;
    if (EMU_MUTANT(order_room_for_pending))
        pending -= emu_order_pending(ring, -1);
    if (built > ring->queues.sq_size || unpopped > ring->queues.cq_size)
        return STATUS_IORING_CORRUPT;
    if ((uint64_t)built + pending + unpopped > ring->queues.cq_size && built &&
        !EMU_MUTANT(cq_overflow_taken))
        return STATUS_IORING_COMPLETION_QUEUE_TOO_FULL;
    if (wait_count == IORING_SUBMIT_WAIT_ALL) {
        /* [D] Everything submitted so far; [I] nothing at all is success. */
        *target_out = completed + (EMU_MUTANT(wait_all_own_only) ? 0 : pending) + built;
        return STATUS_SUCCESS;
    }
    /*
     * A wait of N ends when N completions have come that nobody had taken when it began. [R] IB28: one
     * that lies there unpopped counts; [R-] IC7: with nothing at all it is E_INVALIDARG.
     */
    if (wait_count > (uint64_t)built + pending + unpopped && !EMU_MUTANT(wait_idle_blocks))
        return STATUS_INVALID_PARAMETER;
    *target_out = completed - unpopped + wait_count;
    return STATUS_SUCCESS;
}

/* An NT-level client never polls, and of a closed ring nobody does: such work must end by itself. */
static void watch_if_unpolled(struct emu_ring *ring)
{
    if ((!atomic_load_explicit(&ring->polled, memory_order_relaxed) || atomic_load(&ring->closed)) &&
        atomic_load(&ring->queue->in_flight))
        emu_ring_watch(ring);
}

/* Inlined: it has one place that is often reached, and one that is not. */
static inline __attribute__((always_inline)) NTSTATUS
submit(struct emu_ring *ring, uint32_t wait_count, uint64_t deadline_ns)
{
    uint32_t head, built, target = 0, pending = emu_order_pending(ring, -1);
    bool will_drive = false;
    NTSTATUS status;

    if (atomic_load(&ring->dead))
        return STATUS_INVALID_HANDLE;
    /* [D] by its name: one submitter at a time. [I] The wait is not part of it. */
    if ((pending && EMU_MUTANT(order_submit_stays_busy)) || atomic_exchange(&ring->submitting, 1))
        return STATUS_IORING_SUBMIT_IN_PROGRESS;
    head = emu_queues_sq_head(&ring->queues);
    built = emu_queues_sq_tail(&ring->queues) - head;
    status = admit(ring, built, wait_count, &target);
    if (wait_count != IORING_SUBMIT_WAIT_ALL && EMU_MUTANT(wait_ignores_unpopped))
        target = atomic_load(&ring->completed) + wait_count;
    if (!emu_status_failed(status) && built) {
        atomic_fetch_add(&ring->submitted, built);
        will_drive = consume(ring, head, built, wait_count && !atomic_load(&ring->watched));
    }
    atomic_store(&ring->submitting, 0);
    if (emu_status_failed(status))
        return status;
    watch_if_unpolled(ring);
    /* What was pushed must be entered even if nobody drives after all; watching enters, too. */
    if (will_drive && (atomic_load(&ring->watched) || emu_ring_reached(ring, target)))
        ring->queue->ops->drive(ring->queue, 0, 0);
    if (EMU_MUTANT_ARMED(entry_error_fails_submit))
        return STATUS_INVALID_PARAMETER;
    if (!wait_count)
        return STATUS_SUCCESS;
    target += (uint32_t)emu_order_wait(ring, wait_count == IORING_SUBMIT_WAIT_ALL, pending);
    if (EMU_MUTANT(wait_one_early))
        target--;
    if (EMU_MUTANT(wait_one_more))
        target++;
    return emu_ring_wait(ring, target, deadline_ns);
}

/*
 * Does it matter to this Submit how many are outstanding? To an entry with DRAIN, to what stands behind
 * one that is held, to a wait that may run out. To the rest it does not: what an end takes from those that
 * pend it adds to those that were not popped.
 */
static bool counts_outstanding(const struct emu_ring *ring, uint32_t wait_count, uint64_t deadline_ns)
{
    uint32_t head = emu_queues_sq_head(&ring->queues),
             built = emu_queues_sq_tail(&ring->queues) - head;

#ifdef RINGER_MUTANTS
    return true; /* rules that are broken may look at anything */
#endif
    if ((wait_count && deadline_ns != EMU_FOREVER) || atomic_load(&ring->held_count))
        return true;
    for (uint32_t i = 0; i < built && i < ring->queues.sq_size; i++) {
        NT_IORING_SQE sqe;

        emu_queues_snapshot(emu_queues_entry(&ring->queues, head + i), &sqe);
        if (sqe.Flags & NT_IORING_SQE_FLAG_DRAIN_PRECEDING_OPS)
            return true;
    }
    return false;
}

/*
 * The same with the points of the simulation: something may happen before the entries are taken, and
 * again before the caller goes on. What he pops then is nothing that we see, so it happens here.
 */
static EMU_RARE NTSTATUS submit_simulated(struct emu_ring *ring, uint32_t wait_count, uint64_t deadline_ns)
{
    NTSTATUS status;

    emu_sim_before(RINGER_SIM_CALL_SUBMIT, false);
    emu_sim_touch(RINGER_SIM_RING, counts_outstanding(ring, wait_count, deadline_ns),
                  emu_sim->id(&ring->obj.sim_id), 0, 1);
    /* [D] SubmitIoRing: with any failure but the wait's all entries stay where they are. */
    if (emu_sim->refuse_submit())
        return STATUS_INSUFFICIENT_RESOURCES;
    status = submit(ring, wait_count, deadline_ns);
    emu_sim_before(RINGER_SIM_CALL_SUBMIT, false);
    return status;
}

static EMU_RARE NTSTATUS submit_anyhow(struct emu_ring *ring, uint32_t wait_count, uint64_t deadline_ns)
{
    return emu_sim ? submit_simulated(ring, wait_count, deadline_ns)
                   : submit(ring, wait_count, deadline_ns);
}

static bool deals(enum emu_fault_what what)
{
    return emu_fault_next(&(struct emu_fault_subject){.what = what}) != STATUS_SUCCESS;
}

/* A wait that has a limit, and whose condition does not hold already: only that can run out. */
static EMU_RARE bool may_expire(struct emu_ring *ring, uint32_t wait_count, uint64_t deadline_ns)
{
    uint32_t built = emu_queues_sq_tail(&ring->queues) - emu_queues_sq_head(&ring->queues), target;

    return wait_count && deadline_ns != EMU_FOREVER &&
           !emu_status_failed(admit(ring, built, wait_count, &target)) &&
           !emu_ring_reached(ring, target);
}

/* A wait that runs out by plan runs out when its time is over, and not before. */
static EMU_RARE NTSTATUS submit_planned(struct emu_ring *ring, uint32_t wait_count, uint64_t deadline_ns)
{
    NTSTATUS status;

    if (atomic_load(&ring->dead))
        return STATUS_INVALID_HANDLE;
    if (deals(EMU_FAULT_SUBMIT))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!may_expire(ring, wait_count, deadline_ns) || !deals(EMU_FAULT_WAIT))
        return submit_anyhow(ring, wait_count, deadline_ns);
    status = submit_anyhow(ring, 0, deadline_ns);
    if (emu_status_failed(status))
        return status;
    emu_sleep_until(deadline_ns);
    return STATUS_TIMEOUT;
}

NTSTATUS emu_ring_submit(struct emu_ring *ring, uint32_t wait_count, uint64_t deadline_ns)
{
    if (__builtin_expect(emu_fault_planned(), 0))
        return submit_planned(ring, wait_count, deadline_ns);
    if (__builtin_expect(emu_sim != NULL, 0))
        return submit_simulated(ring, wait_count, deadline_ns);
    return submit(ring, wait_count, deadline_ns);
}

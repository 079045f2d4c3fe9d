/* SPDX-License-Identifier: MIT */
/* Sizes of the queues, and when a build is refused for want of room. */
#include "conformance/oracle/rule.h"

#include <inttypes.h>

static bool can_judge(const struct ora_ring *ring)
{
    /* An NT ring's queue is filled by hand: nobody refuses. */
    return ring->record && ring->sq && !ring->nt && !ring->wild && !ring->racy;
}

static void check_full(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->refusal_count; i++) {
        const struct ora_refusal *refusal = &model->refusals[i];
        const struct ora_ring *ring = &model->rings[refusal->ring];

        if (!can_judge(ring) || refusal->record->call.value != HR_QUEUE_FULL)
            continue;
        ora_use(judge);
        if (refusal->queued < ring->sq)
            ora_violation(judge, refusal->record, "ring %s: full at %" PRIu64 " of %" PRIu64,
                          ring->sym, refusal->queued, ring->sq);
    }
    for (size_t i = 0; i < model->op_count; i++) {
        const struct ora_op *op = &model->ops[i];
        const struct ora_ring *ring = &model->rings[op->ring];

        if (!can_judge(ring) || op->queued + 1 < ring->sq)
            continue; /* a build far from the limit says nothing about it */
        ora_use(judge);
        if (op->queued >= ring->sq)
            ora_violation(judge, op->record,
                          "ring %s: took an entry beyond the %" PRIu64 " of its queue", ring->sym,
                          ring->sq);
    }
}

const struct ora_rule ora_rule_queue_full = {
    {"queue.full", "R", "ci-assertion", "IB10 IB11 IC1",
     "The submission queue is full at exactly the size that GetIoRingInfo reports."},
    check_full,
};

static bool is_power_of_two(uint64_t value)
{
    return value && !(value & (value - 1));
}

static void check_sizes(struct ora_judge *judge)
{
    for (size_t i = 0; i < judge->model->ring_count; i++) {
        const struct ora_ring *ring = &judge->model->rings[i];

        if (!ring->record || !ring->sq || !ring->cq)
            continue;
        ora_use(judge);
        if (!is_power_of_two(ring->sq) || ring->sq < ring->asked_sq)
            ora_violation(judge, ring->record, "ring %s: %" PRIu64 " entries asked, %" PRIu64
                          " given", ring->sym, ring->asked_sq, ring->sq);
        if (!is_power_of_two(ring->cq) || ring->cq < ring->asked_cq || ring->cq < 2 * ring->sq)
            ora_violation(judge, ring->record, "ring %s: completion queue of %" PRIu64 " for %"
                          PRIu64 " asked and a submission queue of %" PRIu64, ring->sym, ring->cq,
                          ring->asked_cq, ring->sq);
    }
}

const struct ora_rule ora_rule_queue_sizes = {
    {"queue.sizes", "D", "documented", "MS:CreateIoRing W7 IC3",
     "Sizes are powers of two, at least what was asked; the completion queue at least twice the other."},
    check_sizes,
};

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
     "The submission queue is full at exactly the size that GetIoRingInfo reports.",
     {"sq.full"}},
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
     "Sizes are powers of two, at least what was asked; the completion queue at least twice the other.",
     {"ring.sizes"}},
    check_sizes,
};

/* ---- what the indexes in shared memory say ---- */

struct indexes {
    uint64_t sq_head, sq_tail, cq_head, cq_tail;
};

static bool read_indexes(const struct cf_record *call, struct indexes *indexes)
{
    return cf_out_u64(call, "sqhead", &indexes->sq_head) &&
           cf_out_u64(call, "sqtail", &indexes->sq_tail) &&
           cf_out_u64(call, "cqhead", &indexes->cq_head) &&
           cf_out_u64(call, "cqtail", &indexes->cq_tail);
}

/* Whether completions that do not fit wait elsewhere is open; in the queue they are not. */
static void check_held(struct ora_judge *judge, const struct ora_ring *ring,
                       const struct ora_refusal *peek)
{
    struct indexes at;

    if (!read_indexes(peek->record, &at))
        return;
    ora_use(judge);
    if ((uint32_t)(at.cq_tail - at.cq_head) > ring->cq)
        ora_violation(judge, peek->record, "ring %s: %" PRIu32 " completions in a queue of %" PRIu64,
                      ring->sym, (uint32_t)(at.cq_tail - at.cq_head), ring->cq);
}

static void check_peek(struct ora_judge *judge, const struct ora_ring *ring,
                       const struct ora_refusal *peek)
{
    struct indexes at;

    if (!read_indexes(peek->record, &at))
        return;
    ora_use(judge);
    if ((uint32_t)(at.sq_tail - at.sq_head) != peek->queued)
        ora_violation(judge, peek->record, "ring %s: %" PRIu32 " entries are queued by the indexes, %"
                      PRIu64 " were written and not submitted", ring->sym,
                      (uint32_t)(at.sq_tail - at.sq_head), peek->queued);
}

static void for_each_peek(struct ora_judge *judge,
                          void (*check)(struct ora_judge *judge, const struct ora_ring *ring,
                                        const struct ora_refusal *peek))
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->peek_count; i++) {
        const struct ora_refusal *peek = &model->peeks[i];
        const struct ora_ring *ring = &model->rings[peek->ring];

        if (ring->record && ring->cq && !ring->wild && !ring->racy &&
            ora_live(ring, &peek->span))
            check(judge, ring, peek);
    }
}

static void check_overflow(struct ora_judge *judge)
{
    for_each_peek(judge, check_held);
}

const struct ora_rule ora_rule_queue_overflow = {
    {"queue.overflow", "S", "machine-output", "IA5 ioring.md:3",
     "The completion queue never holds more entries than its size.",
     {"cq.too-full"}},
    check_overflow,
};

static void check_indexes(struct ora_judge *judge)
{
    for_each_peek(judge, check_peek);
}

const struct ora_rule ora_rule_queue_indexes = {
    {"queue.indexes", "S", "machine-output", "IA6 LWR:ioringnt.h ioring.md:1.5",
     "Heads and tails count: what was written and not submitted.",
     {"nt.indices"}},
    check_indexes,
};

/* SPDX-License-Identifier: MIT */
/*
 * The two orders that queue positions impose. Completions are popped in the order in which they were
 * posted, so "completes before" can be seen in pops. Of entries with equal user data the earlier one
 * is given the earlier completion, which is the reading that accuses least.
 */
#include "conformance/oracle/rule.h"

#include <inttypes.h>

/* Which of two entries was popped later; one that never was beats all. */
static size_t later(const struct ora_model *model, size_t a, size_t b)
{
    const struct ora_span *left, *right;

    if (a == NONE || b == NONE)
        return a == NONE ? b : a;
    if (model->ops[a].cqe == NONE || model->ops[b].cqe == NONE)
        return model->ops[a].cqe == NONE ? a : b;
    left = &model->cqes[model->ops[a].cqe].span;
    right = &model->cqes[model->ops[b].cqe].span;
    if (left->t0 != right->t0)
        return left->t0 > right->t0 ? a : b;
    return left->n > right->n ? a : b;
}

static bool overtook(const struct ora_model *model, const struct ora_op *op, size_t before)
{
    const struct ora_op *other = &model->ops[before];

    return other->cqe == NONE ||
           ora_before(&model->cqes[op->cqe].span, &model->cqes[other->cqe].span);
}

static bool is_registration(const struct ora_op *op)
{
    return op->kind == ORA_REGISTER_FILES || op->kind == ORA_REGISTER_BUFFERS;
}

static bool can_judge(const struct ora_ring *ring)
{
    return ring->record && !ring->wild && !ring->racy;
}

static void check_drain(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t r = 0; r < model->ring_count; r++) {
        size_t last = NONE; /* among those ahead */

        if (!can_judge(&model->rings[r]))
            continue;
        for (size_t i = model->rings[r].first_op; i != NONE; i = model->ops[i].next) {
            const struct ora_op *op = &model->ops[i];

            if (op->drain && op->cqe != NONE && op->exact && last != NONE) {
                ora_use(judge);
                if (overtook(model, op, last))
                    ora_violation(judge, model->cqes[op->cqe].record,
                                  "the drained entry 0x%" PRIx64 " completed before 0x%" PRIx64
                                  " (line %zu), which was ahead of it", op->user_data,
                                  model->ops[last].user_data, model->ops[last].record->line);
            }
            if (op->submit != NONE)
                last = later(model, last, i);
        }
    }
}

const struct ora_rule ora_rule_drain_order = {
    {"drain.order", "R", "ci-assertion", "IB36 IC11 IB16 M3",
     "A drained entry never completes before one that was ahead of it on the ring.",
     {"drain.one-sided"}},
    check_drain,
};

static void check_registration(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t r = 0; r < model->ring_count; r++) {
        size_t last = NONE; /* among the registrations ahead */

        if (!can_judge(&model->rings[r]))
            continue;
        for (size_t i = model->rings[r].first_op; i != NONE; i = model->ops[i].next) {
            const struct ora_op *op = &model->ops[i];

            if (op->cqe != NONE && op->exact && last != NONE) {
                ora_use(judge);
                if (overtook(model, op, last))
                    ora_violation(judge, model->cqes[op->cqe].record,
                                  "0x%" PRIx64 " completed before the registration in line %zu, "
                                  "which was ahead of it", op->user_data,
                                  model->ops[last].record->line);
            }
            if (op->submit != NONE && is_registration(op))
                last = later(model, last, i);
        }
    }
}

const struct ora_rule ora_rule_register_order = {
    {"register.order", "D", "documented", "SDK:IORING_OP_CODE ioring.md:4",
     "No entry starts before the registrations ahead of it have completed.",
     {"reg.same-batch"}},
    check_registration,
};

/* SPDX-License-Identifier: MIT */
/* Cancel requests, their targets, and operations that end as aborted. */
#include "conformance/oracle/names.h"
#include "conformance/oracle/rule.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_BACK = 64 }; /* entries with one user data that are looked at before giving up */

/* Who may have aborted what, over all rings: whether a cancel reaches another ring is open. */
struct cancels {
    struct ora_names by_target; /* target -> last cancel; ("op", ud) -> last other entry */
    size_t *previous;           /* by entry: the one before with the same key */
    uint64_t count_of_all;      /* cancels with target 0 */
    const struct cf_record *outside; /* the first call that may abort without the ring, or NULL */
};

static bool may_abort(enum cf_fn id)
{
    static const enum cf_fn fns[] = {CF_FN_CancelIo,       CF_FN_CancelIoEx,
                                     CF_FN_CancelSynchronousIo, CF_FN_CloseHandle,
                                     CF_FN_NtClose,        CF_FN_NtCancelIoFile,
                                     CF_FN_NtCancelIoFileEx, CF_FN_DisconnectNamedPipe,
                                     CF_FN_ExitThread,     CF_FN_TerminateThread,
                                     CF_FN_closesocket,    CF_FN_shutdown};

    for (size_t i = 0; i < sizeof(fns) / sizeof(fns[0]); i++) {
        if (fns[i] == id)
            return true;
    }
    return false;
}

static bool cancels_init(struct cancels *cancels, const struct ora_model *model)
{
    memset(cancels, 0, sizeof(*cancels));
    cancels->previous = ora_take(model->space, model->op_count + 1, sizeof(size_t));
    if (!cancels->previous)
        return false;
    ora_names_init(&cancels->by_target, model->space);
    for (size_t i = 0; i < model->op_count; i++) {
        const struct ora_op *op = &model->ops[i];
        bool is_cancel = op->kind == ORA_CANCEL;
        struct ora_name *name = ora_names_at(&cancels->by_target, is_cancel ? "cancel" : "op", 0,
                                             is_cancel ? op->target : op->user_data);

        cancels->previous[i] = name->value;
        name->value = i;
        cancels->count_of_all += is_cancel && !op->target;
    }
    for (size_t i = 0; i < model->item_count && !cancels->outside; i++) {
        const struct cf_record *record = model->items[i].record;

        if (record->type == CF_CALL && may_abort(record->call.id))
            cancels->outside = record;
    }
    return !cancels->by_target.failed;
}

static size_t last_op(struct cancels *cancels, uint64_t user_data)
{
    return ora_names_at(&cancels->by_target, "op", 0, user_data)->value;
}

static void for_each(struct ora_judge *judge,
                     void (*check)(struct ora_judge *judge, struct cancels *cancels, size_t op))
{
    struct cancels cancels;

    if (!judge->model->cancel_count && !judge->model->abort_count)
        return;
    if (!cancels_init(&cancels, judge->model)) {
        ora_out_of_memory(judge);
    } else {
        for (size_t i = 0; i < judge->model->op_count; i++) {
            const struct ora_op *op = &judge->model->ops[i];
            const struct ora_ring *ring = &judge->model->rings[op->ring];

            if (op->cqe != NONE && op->exact && !ring->nt && !ring->wild && ring->record)
                check(judge, &cancels, i);
        }
    }
}

/* ---- which codes a cancel may give ---- */

static void check_cancel_code(struct ora_judge *judge, struct cancels *cancels, size_t i)
{
    const struct ora_op *op = &judge->model->ops[i];
    const struct cf_record *cqe = judge->model->cqes[op->cqe].record;

    (void)cancels;
    if (op->kind != ORA_CANCEL)
        return;
    ora_use(judge);
    if (ora_failed(cqe->cqe.hr) && cqe->cqe.hr != HR_NOT_FOUND &&
        ora_good_handle(judge->model, cf_in_string(op->record, "file")))
        ora_violation(judge, cqe, "the cancel 0x%" PRIx64 " completed with 0x%08" PRIx32,
                      op->user_data, cqe->cqe.hr);
}

static void check_codes(struct ora_judge *judge)
{
    for_each(judge, check_cancel_code);
}

const struct ora_rule ora_rule_cancel_codes = {
    {"cancel.codes", "R", "ci-assertion", "IB9 IB27 M1",
     "A cancel on a good file completes with success or with 0x80070490 (not found).",
     {"cancel.two-completions"}},
    check_codes,
};

/* ---- a cancel that cannot have found anything ---- */

/* May the target have been in flight while the cancel ran? */
static bool may_be_in_flight(const struct ora_model *model, const struct ora_op *cancel,
                             const struct ora_op *target)
{
    const struct ora_ring *ring = &model->rings[target->ring];

    if (ring->racy || model->rings[cancel->ring].racy)
        return true;
    if (target->submit == NONE ||
        ora_before(&model->cqes[cancel->cqe].span, &model->submits[target->submit].span))
        return false;
    /* With equal user data in flight its completion may be a later one. */
    return target->cqe == NONE || !target->exact || cancel->submit == NONE ||
           !ora_before(&model->cqes[target->cqe].span, &model->submits[cancel->submit].span);
}

static void check_cancel_nothing(struct ora_judge *judge, struct cancels *cancels, size_t i)
{
    const struct ora_model *model = judge->model;
    const struct ora_op *op = &model->ops[i];
    const struct cf_record *cqe = model->cqes[op->cqe].record;
    size_t target;
    unsigned seen = 0;

    /* [R] IC5: target 0 is everything on the file, OVERLAPPED operations perhaps included. */
    if (op->kind != ORA_CANCEL || !op->target)
        return;
    for (target = last_op(cancels, op->target); target != NONE && seen < LOOK_BACK; seen++) {
        if (may_be_in_flight(model, op, &model->ops[target]))
            return;
        target = cancels->previous[target];
    }
    if (target != NONE)
        return;
    ora_use(judge);
    if (!ora_failed(cqe->cqe.hr))
        ora_violation(judge, cqe, "the cancel 0x%" PRIx64 " succeeded, but nothing in flight had "
                      "user data 0x%" PRIx64, op->user_data, op->target);
}

static void check_nothing(struct ora_judge *judge)
{
    for_each(judge, check_cancel_nothing);
}

const struct ora_rule ora_rule_cancel_nothing = {
    {"cancel.nothing", "R", "ci-assertion", "IB27 IC1 M7",
     "A cancel whose target is not in flight does not succeed.",
     {"cancel.not-found"}},
    check_nothing,
};

/* ---- aborted operations ---- */

static bool is_aborted(const struct ora_model *model, const struct ora_op *op)
{
    return op->kind != ORA_CANCEL && op->cqe != NONE &&
           model->cqes[op->cqe].record->cqe.hr == HR_ABORT;
}

/* Two raw handles that stay what they are and differ; indexes and duplicates may be anything. */
static bool other_file(const struct ora_model *model, const struct ora_op *a, const struct ora_op *b)
{
    const char *left = cf_in_string(a->record, "file"), *right = cf_in_string(b->record, "file");

    return left && right && strcmp(left, right) && ora_good_handle(model, left) &&
           ora_good_handle(model, right);
}

/* Is there a cancel with this target that may have reached the entry before it was popped? */
static bool may_have_reached(struct cancels *cancels, const struct ora_model *model,
                             const struct ora_op *op, uint64_t target)
{
    const struct ora_span *popped = &model->cqes[op->cqe].span;
    size_t cancel = ora_names_at(&cancels->by_target, "cancel", 0, target)->value;

    for (unsigned seen = 0; cancel != NONE; seen++, cancel = cancels->previous[cancel]) {
        size_t submit = model->ops[cancel].submit;

        if (seen == LOOK_BACK)
            return true; /* gives up */
        if (other_file(model, op, &model->ops[cancel]))
            continue;
        if (model->rings[model->ops[cancel].ring].racy ||
            (submit != NONE && !ora_before(popped, &model->submits[submit].span)))
            return true;
    }
    return false;
}

static void check_aborted(struct ora_judge *judge, struct cancels *cancels, size_t i)
{
    const struct ora_model *model = judge->model;
    const struct ora_op *op = &model->ops[i];

    if (!is_aborted(model, op))
        return;
    ora_use(judge);
    if (cancels->outside && cancels->outside->call.t0_ns <= model->cqes[op->cqe].span.t1)
        return;
    if (!may_have_reached(cancels, model, op, op->user_data) &&
        (!op->user_data || !may_have_reached(cancels, model, op, 0)))
        ora_violation(judge, model->cqes[op->cqe].record,
                      "0x%" PRIx64 " was aborted, but nobody cancelled it", op->user_data);
}

static void check_spontaneous(struct ora_judge *judge)
{
    for_each(judge, check_aborted);
}

const struct ora_rule ora_rule_cancel_spontaneous = {
    {"cancel.spontaneous", "R", "ci-assertion", "IB24 W19 IC5",
     "Only what a cancel names is aborted; its siblings live on.",
     {"cancel.precise"}},
    check_spontaneous,
};

static void check_cancel_joint(struct ora_judge *judge, struct cancels *cancels, size_t i)
{
    const struct ora_model *model = judge->model;
    const struct ora_op *op = &model->ops[i];
    const struct cf_record *cqe = model->cqes[op->cqe].record;
    size_t target;

    if (op->kind != ORA_CANCEL || !op->target || cancels->count_of_all || cancels->outside)
        return;
    target = last_op(cancels, op->target);
    /* Only one entry of that name, and only one cancel: else somebody else may have done it. */
    if (target == NONE || cancels->previous[target] != NONE || cancels->previous[i] != NONE ||
        ora_names_at(&cancels->by_target, "cancel", 0, op->target)->value != i ||
        model->ops[target].ring != op->ring || !model->ops[target].exact ||
        other_file(model, &model->ops[target], op))
        return;
    ora_use(judge);
    if (cqe->cqe.hr == HR_NOT_FOUND && is_aborted(model, &model->ops[target]))
        ora_violation(judge, cqe, "the cancel found nothing, but its target 0x%" PRIx64
                      " was aborted by nobody else", op->target);
}

static void check_joint(struct ora_judge *judge)
{
    for_each(judge, check_cancel_joint);
}

const struct ora_rule ora_rule_cancel_joint = {
    {"cancel.joint", "I", "inferred", "IB9 ioring.md:9",
     "A cancel says 'not found' only if it aborted nothing.",
     {"cancel.two-completions"}},
    check_joint,
};

/* ---- a cancel that missed what was there ---- */

/* Was the entry in flight while the cancel ran, for certain? An empty queue later proves it. */
static bool was_in_flight(const struct ora_model *model, const struct ora_op *cancel,
                          const struct ora_op *op)
{
    size_t empty = model->cqes[cancel->cqe].empty_after;

    if (op->submit == NONE || cancel->submit == NONE || empty == NONE || other_file(model, op, cancel))
        return false;
    if (op->cqe != NONE &&
        (!op->exact || !ora_before(&model->empties[empty].span, &model->cqes[op->cqe].span)))
        return false;
    return ora_before(&model->submits[op->submit].span, &model->submits[cancel->submit].span) &&
           ora_before(&model->cqes[cancel->cqe].span, &model->empties[empty].span);
}

static void check_missed(struct ora_judge *judge, struct cancels *cancels, size_t i)
{
    const struct ora_model *model = judge->model;
    const struct ora_op *op = &model->ops[i];
    const struct ora_ring *ring = &model->rings[op->ring];
    const char *file = cf_in_string(op->record, "file"), *other;
    unsigned seen = 0;

    (void)cancels;
    /*
     * What a drain holds back may not have been there to be found, nor what waits for its turn on a
     * synchronous handle.
     */
    if (op->kind != ORA_CANCEL || ring->drains || ring->racy || ring->pop_racy ||
        !ora_good_handle(model, file) || !ora_names_find(&model->overlapped, file, 0, 0))
        return;
    for (size_t t = i; t-- > 0 && seen < LOOK_BACK; seen++) {
        const struct ora_op *target = &model->ops[t];

        other = cf_in_string(target->record, "file");
        if (target->ring != op->ring || (target->kind != ORA_READ && target->kind != ORA_WRITE) || !other || strcmp(other, file) ||
            (op->target && target->user_data != op->target) || !was_in_flight(model, op, target))
            continue;
        ora_use(judge);
        if (model->cqes[op->cqe].record->cqe.hr == HR_NOT_FOUND)
            ora_violation(judge, model->cqes[op->cqe].record, "the cancel of 0x%" PRIx64
                          " found nothing, but 0x%" PRIx64 " (line %zu) was in flight", op->target,
                          target->user_data, target->record->line);
        return;
    }
}

static void check_all_missed(struct ora_judge *judge)
{
    for_each(judge, check_missed);
}

const struct ora_rule ora_rule_cancel_missed = {
    {"cancel.missed", "R", "statement", "IB24 IC5 W20",
     "A cancel finds what is in flight: the entry it names, or with 0 every one of that file.",
     {"cancel.precise"}},
    check_all_missed,
};

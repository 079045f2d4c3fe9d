/* SPDX-License-Identifier: MIT */
/* What a builder may refuse and what it must. Which further checks builders make is not documented. */
#include "conformance/oracle/rule.h"

#include <inttypes.h>
#include <string.h>

#define HR_UNKNOWN_FLAG 0x80460001u  /* IORING_E_REQUIRED_FLAG_NOT_SUPPORTED */
#define HR_NOT_SUPPORTED 0x80004021u /* CO_E_NOT_SUPPORTED */
#define HR_NO_MEMORY 0x8007000eu
#define SKIP_PARAM_CHECKS 1u
#define KNOWN_ENTRY_FLAGS 1u
#define REQUIRED_ENTRY_FLAGS 0xffffu /* whether the upper half is advisory is open */

static bool can_judge(const struct ora_ring *ring)
{
    return ring->record && !ring->nt && !ring->wild;
}

static uint64_t entry_flags(const struct cf_record *build)
{
    uint64_t flags = 0;

    cf_in_u64(build, "sqe", &flags);
    return flags;
}

/* ---- refused although nothing speaks against it ---- */

static bool good_cancel(const struct ora_model *model, const struct cf_record *build)
{
    const char *file;

    if (build->call.id != CF_FN_BuildIoRingCancelRequest)
        return false;
    file = cf_in_string(build, "file");
    return ora_names_find(&model->introduced, file ? file : "", 0, 0) &&
           ora_good_handle(model, file);
}

/* An array of buffers is read when the entry runs; with count 0 the pointer may be anything but NULL. */
static bool good_registration(const struct ora_ring *ring, const struct cf_record *build)
{
    uint64_t count;
    const char *pointer;

    if (build->call.id != CF_FN_BuildIoRingRegisterBuffers || !cf_in_u64(build, "count", &count))
        return false;
    pointer = cf_in_string(build, "bufs");
    if (!count)
        return pointer && !strcmp(pointer, "nonnull") && ring->version >= 400; /* [R] IB8; else open */
    for (size_t i = 0; i < cf_in_count(build, "bufs"); i++) {
        if (!cf_in_string_at(build, "bufs", i))
            return false;
    }
    return count <= 1024 && count == cf_in_count(build, "bufs");
}

static void check_accepted(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->op_count; i++) { /* what was accepted */
        enum ora_kind kind = model->ops[i].kind;

        if ((kind == ORA_CANCEL || kind == ORA_REGISTER_BUFFERS) &&
            can_judge(&model->rings[model->ops[i].ring]) &&
            (good_registration(&model->rings[model->ops[i].ring], model->ops[i].record) ||
             good_cancel(model, model->ops[i].record)))
            ora_use(judge);
    }
    for (size_t i = 0; i < model->refusal_count; i++) {
        const struct ora_refusal *refusal = &model->refusals[i];
        const struct cf_record *build = refusal->record;
        const struct ora_ring *ring = &model->rings[refusal->ring];

        if (!can_judge(ring) || !ora_live(ring, &refusal->span) || build->call.value == HR_QUEUE_FULL ||
            build->call.value == HR_NO_MEMORY ||
            (!good_cancel(model, build) && !good_registration(ring, build)))
            continue;
        ora_use(judge);
        ora_violation(judge, build, "ring %s: %s refused with 0x%08" PRIx64, ring->sym,
                      build->call.fn, build->call.value);
    }
}

const struct ora_rule ora_rule_build_accepted = {
    {"build.accepted", "R", "ci-assertion", "IB8 IB27 IB18 M7",
     "With room in the queue a cancel of anything and a registration of buffers are accepted.",
     {"submit.entry-errors"}},
    check_accepted,
};

/* ---- flags ---- */

static void check_flags(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->op_count; i++) {
        const struct ora_op *op = &model->ops[i];
        const struct ora_ring *ring = &model->rings[op->ring];

        if (!can_judge(ring) || ring->advisory & SKIP_PARAM_CHECKS ||
            !(op->flags & REQUIRED_ENTRY_FLAGS & ~KNOWN_ENTRY_FLAGS))
            continue;
        ora_use(judge);
        ora_violation(judge, op->record, "ring %s: flags 0x%" PRIx64 " were accepted", ring->sym,
                      op->flags);
    }
    for (size_t i = 0; i < model->refusal_count; i++) {
        const struct ora_refusal *refusal = &model->refusals[i];
        const struct ora_ring *ring = &model->rings[refusal->ring];
        uint64_t flags = entry_flags(refusal->record), write = 0;

        cf_in_u64(refusal->record, "write", &write);
        if (!can_judge(ring) || refusal->record->call.value != HR_UNKNOWN_FLAG)
            continue;
        ora_use(judge);
        if (!(flags & ~(uint64_t)KNOWN_ENTRY_FLAGS) && !(write & ~(uint64_t)1) &&
            (!flags || ring->version >= 300))
            ora_violation(judge, refusal->record, "ring %s: flags 0x%" PRIx64 " are called unknown",
                          ring->sym, flags);
    }
}

const struct ora_rule ora_rule_build_flags = {
    {"build.flags", "D", "documented", "MS:BuildIoRingReadFile SDK:IOSQE_FLAGS",
     "A builder refuses an unknown entry flag, and no known one, as a required flag.",
     {"open.build.sqe-flag-2"}},
    check_flags,
};

/* ---- operations by version of the ring ---- */

static uint64_t needed_version(enum ora_kind kind, bool drain)
{
    if (kind == ORA_SCATTER || kind == ORA_GATHER)
        return 400;
    return kind == ORA_WRITE || kind == ORA_FLUSH || drain ? 300 : 1;
}

static void check_version(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->op_count; i++) {
        const struct ora_op *op = &model->ops[i];
        const struct ora_ring *ring = &model->rings[op->ring];
        uint64_t needed = needed_version(op->kind, false); /* a drain may be ignored there: open */

        if (!can_judge(ring) || !ring->version || needed <= 1 || op->kind == ORA_OTHER ||
            op->cqe == NONE || !op->exact)
            continue;
        ora_use(judge);
        if (ring->version < needed && !ora_failed(model->cqes[op->cqe].record->cqe.hr))
            ora_violation(judge, model->cqes[op->cqe].record, "ring %s of version %" PRIu64
                          ": 0x%" PRIx64 " needs %" PRIu64 " and succeeded", ring->sym,
                          ring->version, op->user_data, needed);
    }
    for (size_t i = 0; i < model->refusal_count; i++) {
        const struct ora_refusal *refusal = &model->refusals[i];
        const struct ora_ring *ring = &model->rings[refusal->ring];
        enum ora_kind kind;
        uint64_t needed;

        if (!can_judge(ring) || !ring->version || !ora_build_kind(refusal->record, &kind) ||
            refusal->record->call.value != HR_NOT_SUPPORTED)
            continue;
        needed = needed_version(kind, entry_flags(refusal->record) & 1);
        ora_use(judge);
        if (ring->version >= needed)
            ora_violation(judge, refusal->record, "ring %s of version %" PRIu64
                          ": refused, but needs only %" PRIu64, ring->sym, ring->version, needed);
    }
}

const struct ora_rule ora_rule_build_version = {
    {"build.version", "R-", "statement", "hooks.md:R12 IC1 SDK:IORING_OP_CODE",
     "Writes, flushes and drains need a ring of version 3, scatter and gather of version 4.",
     {"op.by-ring-version"}},
    check_version,
};

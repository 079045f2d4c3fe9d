/* SPDX-License-Identifier: MIT */
/* What a completion and a pop may say. */
#include "conformance/oracle/rule.h"

#include <inttypes.h>
#include <string.h>

static bool transfers(const struct ora_op *op)
{
    return op->kind == ORA_READ || op->kind == ORA_WRITE || op->kind == ORA_SCATTER ||
           op->kind == ORA_GATHER;
}

static void check_information(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->op_count; i++) {
        const struct ora_op *op = &model->ops[i];
        const struct cf_record *cqe;

        if (op->cqe == NONE || !op->exact || !transfers(op) || model->rings[op->ring].wild)
            continue;
        cqe = model->cqes[op->cqe].record;
        if (ora_failed(cqe->cqe.hr))
            continue;
        ora_use(judge);
        if (cqe->cqe.information > op->nbytes)
            ora_violation(judge, cqe, "0x%" PRIx64 ": %" PRIu64 " bytes transferred of %" PRIu64,
                          op->user_data, cqe->cqe.information, op->nbytes);
    }
}

const struct ora_rule ora_rule_result_information = {
    {"result.information", "R", "ci-assertion", "IB12 IB13 IB26 IB30",
     "Information is the number of bytes transferred, never more than asked.",
     {"read.accounting"}},
    check_information,
};

static void check_code(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->cqe_count; i++) {
        const struct cf_record *cqe = model->cqes[i].record;
        const struct ora_ring *ring = &model->rings[model->cqes[i].ring];

        if (ring->nt || ring->wild || !ring->record || !ora_failed(cqe->cqe.hr))
            continue;
        ora_use(judge);
        if (cqe->cqe.hr >> 28 != 8)
            ora_violation(judge, cqe, "0x%08" PRIx32 " is a status of NT, not an HRESULT",
                          cqe->cqe.hr);
        else if (cqe->cqe.hr == 0x800703e3) /* ERROR_OPERATION_ABORTED */
            ora_violation(judge, cqe, "an aborted entry says E_ABORT, not 0x800703e3");
    }
}

const struct ora_rule ora_rule_result_code = {
    {"result.code", "R-", "suite-assertion", "IB9 IS12 ioring.md:6.3",
     "Results are plain HRESULTs (never 0xC..., never 0xD...), an aborted entry's is E_ABORT.",
     {"submit.entry-errors"}},
    check_code,
};

static void check_untouched(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;
    uint64_t untouched;

    for (size_t i = 0; i < model->empty_count; i++) {
        if (!cf_out_u64(model->empties[i].record, "untouched", &untouched))
            continue;
        ora_use(judge);
        if (!untouched)
            ora_violation(judge, model->empties[i].record, "S_FALSE, but the completion was written");
    }
}

const struct ora_rule ora_rule_pop_untouched = {
    {"pop.untouched", "D", "documented", "MS:PopIoRingCompletion",
     "A pop that finds nothing leaves the caller's structure alone.",
     {"pop.empty"}},
    check_untouched,
};

static void check_status(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->cqe_count; i++) {
        const struct cf_record *cqe = model->cqes[i].record;
        const struct ora_ring *ring = &model->rings[model->cqes[i].ring];

        if (!ring->nt || ring->wild || !ring->record || !ora_failed(cqe->cqe.hr))
            continue;
        ora_use(judge);
        /* Errors are 0xc...; the few warnings have facility 0. */
        if (cqe->cqe.hr >> 28 != 0xc && cqe->cqe.hr >> 16 != 0x8000)
            ora_violation(judge, cqe, "0x%08" PRIx32 " is no status of NT", cqe->cqe.hr);
    }
}

const struct ora_rule ora_rule_result_status = {
    {"result.status", "S", "machine-output", "IA6 ioring.md:1.5",
     "What lies in the completion queue itself is an NTSTATUS.",
     {"nt.status"}},
    check_status,
};

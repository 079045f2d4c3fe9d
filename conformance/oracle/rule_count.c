/* SPDX-License-Identifier: MIT */
/* Every entry that was taken yields exactly one completion with its user data. */
#include "conformance/oracle/rule.h"
#include "conformance/oracle/waits.h"

#include <inttypes.h>

static void check_once(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->cqe_count; i++) {
        const struct ora_cqe *cqe = &model->cqes[i];
        const struct ora_ring *ring = &model->rings[cqe->ring];
        uint64_t user_data = cqe->record->cqe.user_data;

        if (ring->wild || !ring->record)
            continue;
        ora_use(judge);
        if (cqe->op == NONE && cqe->known)
            ora_violation(judge, cqe->record,
                          "ring %s: one completion too many with user data 0x%" PRIx64, ring->sym,
                          user_data);
        else if (cqe->op == NONE)
            ora_violation(judge, cqe->record,
                          "ring %s: no entry had user data 0x%" PRIx64, ring->sym, user_data);
        else if (cqe->early)
            ora_violation(judge, cqe->record,
                          "ring %s: user data 0x%" PRIx64 " completed before it was submitted",
                          ring->sym, user_data);
    }
}

const struct ora_rule ora_rule_count_once = {
    {"count.once", "R", "ci-assertion", "IB26 IB5 W9 ioring.md:6.1",
     "A completion belongs to exactly one submitted entry and carries its user data.",
     {"submit.count"}},
    check_once,
};

static void check_submitted(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;
    uint64_t submitted;

    for (size_t i = 0; i < model->submit_count; i++) {
        const struct ora_submit *submit = &model->submits[i];
        const struct ora_ring *ring = &model->rings[submit->ring];

        /* On expiry the count is unknown: `ioring.md` 17. */
        if (ring->wild || ring->racy || !ring->record || !submit->took || submit->timed_out ||
            !cf_out_u64(submit->record, "submitted", &submitted))
            continue;
        ora_use(judge);
        if (submitted != submit->queued)
            ora_violation(judge, submit->record,
                          "ring %s: %" PRIu64 " entries were built, %" PRIu64 " reported submitted",
                          ring->sym, submit->queued, submitted);
    }
}

const struct ora_rule ora_rule_count_submitted = {
    {"count.submitted", "R", "ci-assertion", "IB6 IS2 M1",
     "A successful SubmitIoRing reports as many entries as were built since the last one.",
     {"submit.count"}},
    check_submitted,
};

static void check_lost(struct ora_judge *judge)
{
    ora_check_waits(judge, true);
}

const struct ora_rule ora_rule_count_lost = {
    {"count.lost", "R", "ci-assertion", "IB26 IB10 IB11 IS2",
     "After a wait for everything that was submitted, every completion can be popped.",
     {"submit.count"}},
    check_lost,
};

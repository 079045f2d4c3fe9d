/* SPDX-License-Identifier: MIT */
/* What a wait in SubmitIoRing may answer. */
#include "conformance/oracle/rule.h"
#include "conformance/oracle/waits.h"

#include <inttypes.h>

static void check_enough(struct ora_judge *judge)
{
    ora_check_waits(judge, false);
}

const struct ora_rule ora_rule_wait_enough = {
    {"wait.enough", "R", "ci-assertion", "IB26 IB28 IB5",
     "A wait for N that succeeds is followed by at least N completions.",
     {"submit.count"}},
    check_enough,
};

/* A timer may fire one tick of the system clock early. */
#define TICK_MS 16

static void check_expiry(struct ora_judge *judge, const struct ora_submit *submit,
                         uint64_t popped_before, bool nt)
{
    uint64_t elapsed_ms = (submit->span.t1 - submit->span.t0) / 1000000;

    if (!submit->wait)
        ora_violation(judge, submit->record, "expired without a wait");
    else if (submit->ms == WAIT_FOR_ALL)
        ora_violation(judge, submit->record, "expired, but the wait had no limit");
    else if (popped_before >= submit->taken_after && !nt) /* a service may wait in vain: open */
        ora_violation(judge, submit->record, "expired with nothing in flight");
    else if (submit->ms != NONE && submit->span.t1 && elapsed_ms + TICK_MS < submit->ms)
        ora_violation(judge, submit->record, "expired after %" PRIu64 " of %" PRIu64 " ms",
                      elapsed_ms, submit->ms);
}

static void check_timeout(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t r = 0; r < model->ring_count; r++) {
        const struct ora_ring *ring = &model->rings[r];
        size_t cqe = ring->first_cqe;
        uint64_t popped = 0;

        if (ring->wild || ring->racy || !ring->record)
            continue;
        for (size_t i = ring->first_submit; i != NONE; i = model->submits[i].next) {
            const struct ora_submit *submit = &model->submits[i];

            while (cqe != NONE && ora_before(&model->cqes[cqe].span, &submit->span)) {
                popped++;
                cqe = model->cqes[cqe].next;
            }
            if (!submit->timed_out)
                continue;
            ora_use(judge);
            check_expiry(judge, submit, popped, ring->nt);
        }
    }
}

const struct ora_rule ora_rule_wait_timeout = {
    {"wait.timeout", "D", "documented", "MS:SubmitIoRing IC3 IS5 M11",
     "Only a wait with a limit expires, not before the limit, and only with something in flight.",
     {"wait.timeout"}},
    check_timeout,
};

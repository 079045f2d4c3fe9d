/* SPDX-License-Identifier: MIT */
/* When SubmitIoRing may refuse, and with which code. */
#include "conformance/oracle/rule.h"

#include <inttypes.h>

#define HR_IN_PROGRESS 0x80460006u  /* IORING_E_SUBMIT_IN_PROGRESS */
#define HR_CORRUPT 0x80460007u      /* IORING_E_CORRUPT */
#define HR_INVALID_HANDLE 0x80070006u

/* Completions popped for certain before each submit of a ring began; asked in their order. */
struct popped {
    size_t cqe;
    uint64_t count;
};

static uint64_t popped_before(struct popped *popped, const struct ora_model *model,
                              const struct ora_span *span)
{
    while (popped->cqe != NONE && ora_before(&model->cqes[popped->cqe].span, span)) {
        popped->count++;
        popped->cqe = model->cqes[popped->cqe].next;
    }
    return popped->count;
}

typedef void (*submit_check)(struct ora_judge *judge, const struct ora_ring *ring, size_t submit,
                             uint64_t popped);

static void for_each_submit(struct ora_judge *judge, submit_check check)
{
    const struct ora_model *model = judge->model;

    for (size_t r = 0; r < model->ring_count; r++) {
        const struct ora_ring *ring = &model->rings[r];
        struct popped popped = {.cqe = ring->first_cqe};

        if (!ring->record || ring->wild)
            continue;
        for (size_t i = ring->first_submit; i != NONE; i = model->submits[i].next) {
            uint64_t count = popped_before(&popped, model, &model->submits[i].span);

            if (ora_live(ring, &model->submits[i].span))
                check(judge, ring, i, count);
        }
    }
}

/* The code as an HRESULT, whichever world it came from; statuses that have no twin here as they are. */
static uint32_t code_of(const struct ora_ring *ring, const struct ora_submit *submit)
{
    uint32_t value = (uint32_t)submit->record->call.value;

    if (!ring->nt)
        return value;
    if (value >> 16 == 0xc046)
        return value & ~0x40000000u;
    return value == 0xc000000d ? HR_INVALID_ARGUMENT : value == 0xc0000008 ? HR_INVALID_HANDLE : value;
}

/* ---- refused although nothing speaks against it ---- */

static void check_one_accepted(struct ora_judge *judge, const struct ora_ring *ring, size_t i,
                               uint64_t popped)
{
    const struct ora_submit *submit = &judge->model->submits[i];
    uint32_t code = code_of(ring, submit);
    uint64_t flags = 0;

    (void)popped;
    cf_in_u64(submit->record, "flags", &flags);
    /* More than is queued may be more than there is; a wait for everything on an idle ring is open. */
    if (ring->racy || flags ||
        (submit->wait && (!submit->queued || (submit->wait != WAIT_FOR_ALL &&
                                              submit->wait > submit->queued))))
        return;
    ora_use(judge);
    if (code == HR_INVALID_ARGUMENT || code == HR_INVALID_HANDLE)
        ora_violation(judge, submit->record, "ring %s: SubmitIoRing failed with 0x%08" PRIx64 ", %" PRIu64
                      " entries queued, wait for %" PRIu64, ring->sym, submit->record->call.value,
                      submit->queued, submit->wait);
}

static void check_accepted(struct ora_judge *judge)
{
    for_each_submit(judge, check_one_accepted);
}

const struct ora_rule ora_rule_submit_accepted = {
    {"submit.accepted", "R", "ci-assertion", "IB26 IB6 IB10 IC16 M5",
     "A submit that waits for no more than it submits is not called invalid; nor is an empty one.",
     {"submit.count"}},
    check_accepted,
};

/* ---- another submit in progress ---- */

/* A submit of another thread that overlapped, or a call that never ended and may be one. */
static bool may_be_busy(const struct ora_model *model, const struct ora_submit *submit)
{
    const struct ora_submit *next = submit->next == NONE ? NULL : &model->submits[submit->next];

    /* They stand in the order in which they began, and one thread's do not overlap. */
    return submit->overlapped || model->first_gap < submit->span.n ||
           (next && next->span.thread != submit->span.thread && next->span.t0 <= submit->span.t1);
}

static void check_one_busy(struct ora_judge *judge, const struct ora_ring *ring, size_t i,
                           uint64_t popped)
{
    const struct ora_submit *submit = &judge->model->submits[i];

    (void)popped;
    if (code_of(ring, submit) != HR_IN_PROGRESS)
        return;
    ora_use(judge);
    if (!may_be_busy(judge->model, submit))
        ora_violation(judge, submit->record, "ring %s: no other thread was submitting", ring->sym);
}

static void check_busy(struct ora_judge *judge)
{
    for_each_submit(judge, check_one_busy);
}

const struct ora_rule ora_rule_submit_busy = {
    {"submit.busy", "D", "documented", "SDK:IORING_E_SUBMIT_IN_PROGRESS ioring.md:5",
     "A submit is refused as in progress only while another thread is inside a submit of that ring.",
     {"submit.one-at-a-time"}},
    check_busy,
};

/* ---- no room for the completions, or memory that somebody wrote ---- */

static void check_one_full(struct ora_judge *judge, const struct ora_ring *ring, size_t i,
                           uint64_t popped)
{
    const struct ora_submit *submit = &judge->model->submits[i];
    uint64_t outstanding = submit->taken_after + submit->queued - popped;

    if (code_of(ring, submit) != HR_CQ_TOO_FULL || !ring->cq || ring->racy)
        return;
    ora_use(judge);
    if (submit->taken_after + submit->queued < popped || outstanding <= ring->cq)
        ora_violation(judge, submit->record, "ring %s: %" PRIu64 " completions at most are to come or "
                      "to be popped, the queue holds %" PRIu64, ring->sym, outstanding, ring->cq);
}

static void check_full(struct ora_judge *judge)
{
    for_each_submit(judge, check_one_full);
}

const struct ora_rule ora_rule_submit_full = {
    {"submit.full", "I", "inferred", "ioring.md:3 SDK:IORING_E_COMPLETION_QUEUE_TOO_FULL",
     "A submit is refused for a full completion queue only if the completions would not fit.",
     {"cq.too-full"}},
    check_full,
};

static void check_one_corrupt(struct ora_judge *judge, const struct ora_ring *ring, size_t i,
                              uint64_t popped)
{
    const struct ora_submit *submit = &judge->model->submits[i];

    (void)popped;
    if (ring->nt) /* its queues are the program's to spoil, unseen */
        return;
    ora_use(judge);
    if (code_of(ring, submit) == HR_CORRUPT)
        ora_violation(judge, submit->record, "ring %s: nobody wrote into its queues", ring->sym);
}

static void check_corrupt(struct ora_judge *judge)
{
    for_each_submit(judge, check_one_corrupt);
}

const struct ora_rule ora_rule_submit_corrupt = {
    {"submit.corrupt", "I", "inferred", "ioring.md:3 SDK:IORING_E_CORRUPT",
     "The queues are called corrupt only if somebody wrote into them.",
     {"submit.count"}},
    check_corrupt,
};

/* ---- a wait with nothing to wait for ---- */

/* No memory, no resources, quotas: any call may meet these. */
static bool is_shortage(uint32_t code)
{
    return code == 0x8007000e || code == 0x800705aa || code == 0x800705ad || code == 0x80070718 ||
           code == 0xc0000017 || code == 0xc000009a || code == 0xc0000044 || code == 0xc00000a1;
}

static void check_one_idle(struct ora_judge *judge, const struct ora_ring *ring, size_t i,
                           uint64_t popped)
{
    const struct ora_submit *submit = &judge->model->submits[i];
    uint32_t code = code_of(ring, submit);

    /* An expiry is wait.timeout's. */
    if (ring->racy || !submit->wait || submit->queued || popped < submit->taken_after ||
        submit->timed_out || code == HR_IN_PROGRESS)
        return;
    ora_use(judge);
    if (ora_failed(code) && code != HR_INVALID_ARGUMENT && !is_shortage(code))
        ora_violation(judge, submit->record, "ring %s: a wait with nothing in flight gave 0x%08" PRIx64,
                      ring->sym, submit->record->call.value);
}

static void check_idle(struct ora_judge *judge)
{
    for_each_submit(judge, check_one_idle);
}

const struct ora_rule ora_rule_wait_idle = {
    {"wait.idle", "R-", "statement", "IC7 IB28 IC3",
     "A wait with nothing queued or in flight returns with success or with E_INVALIDARG.",
     {"wait.idle"}},
    check_idle,
};

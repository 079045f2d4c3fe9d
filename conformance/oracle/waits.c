/* SPDX-License-Identifier: MIT */
/*
 * A wait for N that succeeds has seen at least N completions beyond those popped before it began,
 * however unpopped ones are counted; a pop that then finds nothing means that they were all popped.
 */
#include "conformance/oracle/waits.h"

#include <inttypes.h>

struct walk {
    size_t submit, cqe_before, cqe_until; /* cursors in the ring's lists */
    uint64_t popped_before, popped_until;
    uint64_t promised;
    const struct ora_submit *by;
};

/* Completions popped for certain before the wait began. */
static uint64_t popped_before(struct walk *walk, const struct ora_model *model,
                              const struct ora_span *span)
{
    while (walk->cqe_before != NONE && ora_before(&model->cqes[walk->cqe_before].span, span)) {
        walk->popped_before++;
        walk->cqe_before = model->cqes[walk->cqe_before].next;
    }
    return walk->popped_before;
}

static uint64_t popped_until(struct walk *walk, const struct ora_model *model,
                             const struct ora_span *span)
{
    while (walk->cqe_until != NONE && !ora_before(span, &model->cqes[walk->cqe_until].span)) {
        walk->popped_until++;
        walk->cqe_until = model->cqes[walk->cqe_until].next;
    }
    return walk->popped_until;
}

static void take_wait(struct walk *walk, const struct ora_model *model,
                      const struct ora_submit *submit, bool all)
{
    uint64_t popped = popped_before(walk, model, &submit->span), promise;
    uint64_t left = submit->taken_after > popped ? submit->taken_after - popped : 0;
    bool covers = submit->wait == WAIT_FOR_ALL || submit->wait >= left;

    if (!submit->took || submit->timed_out || !submit->wait || covers != all)
        return;
    promise = popped + (covers ? left : submit->wait);
    if (promise > walk->promised) {
        walk->promised = promise;
        walk->by = submit;
    }
}

static void check_ring(struct ora_judge *judge, const struct ora_ring *ring, bool all)
{
    const struct ora_model *model = judge->model;
    struct walk walk = {.submit = ring->first_submit, .cqe_before = ring->first_cqe,
                        .cqe_until = ring->first_cqe};
    const struct ora_submit *accused = NULL;

    for (size_t i = ring->first_empty; i != NONE; i = model->empties[i].next) {
        const struct ora_empty *empty = &model->empties[i];
        uint64_t popped;

        while (walk.submit != NONE && ora_before(&model->submits[walk.submit].span, &empty->span)) {
            take_wait(&walk, model, &model->submits[walk.submit], all);
            walk.submit = model->submits[walk.submit].next;
        }
        if (!walk.by)
            continue;
        popped = popped_until(&walk, model, &empty->span);
        ora_use(judge);
        if (popped < walk.promised && accused != walk.by) {
            ora_violation(judge, empty->record,
                          "ring %s: empty after %" PRIu64 " completions, but the wait in line %zu "
                          "had seen %" PRIu64, ring->sym, popped, walk.by->record->line,
                          walk.promised);
            accused = walk.by; /* once a wait, not once a pop */
        }
    }
}

void ora_check_waits(struct ora_judge *judge, bool all)
{
    for (size_t i = 0; i < judge->model->ring_count; i++) {
        const struct ora_ring *ring = &judge->model->rings[i];

        if (!ring->wild && !ring->racy && !ring->pop_racy && ring->record)
            check_ring(judge, ring, all);
    }
}

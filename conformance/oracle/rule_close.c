/* SPDX-License-Identifier: MIT */
/* The end of a ring. */
#include "conformance/oracle/rule.h"

#include <inttypes.h>
#include <string.h>

static void check_result(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->item_count; i++) {
        const struct ora_item *item = &model->items[i];
        const struct ora_ring *ring;

        if (item->ring == NONE || item->record->type != CF_CALL ||
            item->record->call.id != CF_FN_CloseIoRing)
            continue;
        ring = &model->rings[item->ring];
        /* A second close is a program's mistake, with undefined results on Windows (W13). */
        if (ring->closed != NONE && &model->trace->records[ring->closed] != item->record)
            continue;
        ora_use(judge);
        if (item->record->call.value)
            ora_violation(judge, item->record, "ring %s: 0x%08" PRIx64, ring->sym,
                          item->record->call.value);
    }
}

const struct ora_rule ora_rule_close_result = {
    {"close.result", "D", "documented", "MS:CloseIoRing IC16",
     "CloseIoRing of a live ring succeeds, whatever is in flight.",
     {"ring.life"}},
    check_result,
};

static void check_silent(struct ora_judge *judge)
{
    const struct ora_model *model = judge->model;

    for (size_t i = 0; i < model->ring_count; i++) {
        const struct ora_ring *ring = &model->rings[i];

        if (ring->closed == NONE)
            continue;
        ora_use(judge);
        for (size_t c = ring->first_cqe; c != NONE; c = model->cqes[c].next) {
            if (ora_before(&ring->close_span, &model->cqes[c].span)) {
                ora_violation(judge, model->cqes[c].record, "ring %s was closed in line %zu",
                              ring->sym, model->trace->records[ring->closed].line);
                break;
            }
        }
    }
}

const struct ora_rule ora_rule_close_silent = {
    {"close.silent", "I", "inferred", "ioring.md:11 W13",
     "No completion is popped from a ring after it was closed.",
     {"ring.life"}},
    check_silent,
};

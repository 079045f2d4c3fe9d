/* SPDX-License-Identifier: MIT */
/* Conflicts between accesses, and who wakes whom. */
#include "conformance/explore/depend.h"

uint32_t cf_popped(const struct cf_area *area, uint32_t ring)
{
    for (uint32_t i = 0; i < area->ring_count; i++)
        if (area->rings[i].id == ring)
            return area->rings[i].popped;
    return UINT32_MAX;
}

static bool queue_conflict(const struct cf_area *area, const struct ringer_sim_access *a,
                           const struct ringer_sim_access *b)
{
    /* A look that found nothing matters to the write of that very slot. */
    if (a->write != b->write)
        return a->from == b->from;
    /* Who came first is seen only by popping the earlier of the two slots. */
    return !area || (a->from < b->from ? a->from : b->from) < cf_popped(area, a->id);
}

static bool conflict(const struct cf_area *area, const struct ringer_sim_access *a,
                     const struct ringer_sim_access *b)
{
    if (a->resource == RINGER_SIM_ANYTHING || b->resource == RINGER_SIM_ANYTHING)
        return true;
    if (a->resource != b->resource || !(a->write || b->write))
        return false;
    switch ((enum ringer_sim_resource)a->resource) {
    case RINGER_SIM_QUEUE:
        return a->id == b->id && queue_conflict(area, a, b);
    case RINGER_SIM_FILE:
    case RINGER_SIM_PENDING:
    case RINGER_SIM_STATE:
        return a->id == b->id && a->from < b->to && b->from < a->to;
    case RINGER_SIM_MEMORY:
        return a->from < b->to && b->from < a->to;
    case RINGER_SIM_TIME:
    case RINGER_SIM_ANYTHING:
        return true;
    case RINGER_SIM_EVENT:
    case RINGER_SIM_OPERATION:
    case RINGER_SIM_RING:
        break;
    }
    return a->id == b->id;
}

bool cf_accesses_conflict(const struct cf_area *area, const struct ringer_sim_access *a,
                          size_t a_count, const struct ringer_sim_access *b, size_t b_count)
{
    for (size_t i = 0; i < a_count; i++)
        for (size_t k = 0; k < b_count; k++)
            if (conflict(area, &a[i], &b[k]))
                return true;
    return false;
}

bool cf_access_to_memory(const struct ringer_sim_access *access)
{
    return access->resource == RINGER_SIM_MEMORY ||
           (access->resource == RINGER_SIM_QUEUE && access->write);
}

static bool touches_memory(const struct ringer_sim_access *accesses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cf_access_to_memory(&accesses[i]))
            return true;
    return false;
}

static bool of_thread(struct cf_mover mover)
{
    return mover.kind == CF_MOVER_THREAD || mover.kind == CF_MOVER_EXPIRY;
}

enum cf_sleep cf_sleeper_meets(const struct cf_sleeper *sleeper,
                               const struct ringer_sim_access *accesses, bool opaque,
                               const struct cf_area_step *step,
                               const struct ringer_sim_access *step_accesses)
{
    struct cf_mover mover = cf_mover_of(&step->option, step->thread);
    bool inner = mover.kind == CF_MOVER_INNER;

    if (cf_mover_same(sleeper->mover, mover) && sleeper->outcome == step->option.outcome)
        return CF_REPEATS;
    /* What a thread's move brings about within it belongs to the thread. */
    if (inner)
        mover = (struct cf_mover){CF_MOVER_THREAD, step->thread};
    if (sleeper->mover.subject == mover.subject &&
        (sleeper->mover.kind == mover.kind || (of_thread(sleeper->mover) && of_thread(mover))))
        return CF_WAKES;
    if (of_thread(sleeper->mover) && of_thread(mover) && !inner)
        return CF_WAKES; /* of two threads: what they do to each other's variables is not seen */
    if (sleeper->mover.kind == CF_MOVER_OPERATION && inner &&
        step->option.subject == sleeper->mover.subject &&
        (step->option.act == RINGER_SIM_PEND || step->option.act == RINGER_SIM_INLINE))
        return CF_WAKES;
    /* Before the waiting thread goes on another may take what it waits for; afterwards not. */
    if (sleeper->turn != UINT32_MAX && of_thread(mover) && mover.subject != sleeper->turn)
        return CF_WAKES;
    if (opaque &&
        ((mover.kind == CF_MOVER_THREAD && touches_memory(accesses, sleeper->access_count)) ||
         (sleeper->mover.kind == CF_MOVER_THREAD &&
          touches_memory(step_accesses, step->access_count))))
        return CF_WAKES;
    return cf_accesses_conflict(NULL, accesses, sleeper->access_count, step_accesses,
                                step->access_count)
               ? CF_WAKES
               : CF_SLEEPS;
}

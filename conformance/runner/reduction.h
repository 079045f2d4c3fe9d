/* SPDX-License-Identifier: MIT */
/*
 * `ringer explore --check-reduction`: what a target can see in all schedules against what it can see in
 * those that the reduction makes. A run is what its trace says.
 */
#ifndef RUN_REDUCTION_H
#define RUN_REDUCTION_H

#include "conformance/explore/target.h"

struct run_reduction {
    uint64_t executed[2]; /* without, with */
    size_t seen[2];       /* different traces */
    size_t missed;        /* seen without it only */
    /* Both searches made everything there is: what a bound leaves out depends on the order. */
    bool complete;
    size_t extra;         /* seen with it only: where both are complete no reduction explains that */
};

/* search: prepared for the target; used for both. False: a run failed or could not be made. */
bool run_reduction_check(struct cf_target *target, const struct cf_search *search,
                         struct run_reduction *found);

#endif

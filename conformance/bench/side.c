/* SPDX-License-Identifier: MIT */
/* Opening and closing of a side. */
#include "conformance/bench/side.h"

#include "conformance/runner/cmd.h"

#include <stdio.h>
#include <stdlib.h>

struct bench_side *bench_side_open(const struct bench_side_ops *ops, const struct bench_work *work,
                                   char *error)
{
    struct bench_side *side = run_xalloc(ops->nbytes);

    side->ops = ops;
    side->flight.work = work;
    for (uint32_t i = 0; i < work->depth; i++)
        side->flight.free[side->flight.free_count++] = (uint16_t)(work->depth - 1 - i);
    if (ops->open(side))
        return side;
    snprintf(error, sizeof(side->error), "%s", side->error);
    free(side);
    return NULL;
}

void bench_side_close(struct bench_side *side)
{
    if (!side)
        return;
    side->ops->close(side);
    free(side);
}

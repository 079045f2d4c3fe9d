/* SPDX-License-Identifier: MIT */
/* Medians and how sure they are. */
#include "conformance/bench/stats.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), by_value);
    return count ? values[count / 2] : 0;
}

double bench_spread(const double *values, size_t count)
{
    double middle = values[count / 2], off[BENCH_MOST_PAIRS];

    for (size_t i = 0; i < count; i++)
        off[i] = fabs(values[i] - middle);
    return 1.253 * 1.483 * bench_median(off, count) / sqrt((double)count) / middle;
}

/* SPDX-License-Identifier: MIT */
/* What many measurements of one thing come to. */
#ifndef CF_BENCH_STATS_H
#define CF_BENCH_STATS_H

#include <stddef.h>

#define BENCH_MOST_PAIRS 255

/* Puts the values in order; 0 of none. */
double bench_median(double *values, size_t count);
/*
 * How far the median of such values is from that of endlessly many: by the median deviation, which a few
 * wild pairs do not move, as for a normal distribution. As a part of the median; values are in order, one
 * at least, BENCH_MOST_PAIRS at most.
 */
double bench_spread(const double *values, size_t count);

#endif

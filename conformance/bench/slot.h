/* SPDX-License-Identifier: MIT */
/* What the slot behind an exported function costs. */
#ifndef CF_BENCH_SLOT_H
#define CF_BENCH_SLOT_H

#include <stdbool.h>

/* Medians, in nanoseconds a call: ns_out[0] through the stub, [1] straight to the implementation. */
bool bench_slot_measure(unsigned us, double ns_out[2], char *error);

#endif

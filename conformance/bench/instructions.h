/* SPDX-License-Identifier: MIT */
/* User instructions a read, counted from outside by callgrind, or by the processor where it is allowed. */
#ifndef CF_BENCH_INSTRUCTIONS_H
#define CF_BENCH_INSTRUCTIONS_H

#include "conformance/bench/bench.h"

/*
 * Runs this program's counted mode for N and for 2 N reads: the difference holds no start-up. False with
 * error (160 bytes) when nothing here can count.
 */
bool bench_instructions(const struct bench_row *row, const char *engine, const char *path,
                        bool quick, double *ours_out, double *peer_out, char *error);

/* The same of any program: those of all its threads, from its beginning to its end. */
bool bench_count_instructions(char *const argv[], const char *engine, uint64_t *count_out);

#endif

/* SPDX-License-Identifier: MIT */
/* Two processes that do the same in one thread each, at once: what two threads are held against. */
#ifndef CF_BENCH_CODEC_PAIR_H
#define CF_BENCH_CODEC_PAIR_H

#include "conformance/bench/codec_side.h"

#include <sys/types.h>

struct codec_pair {
    struct {
        pid_t pid;
        int fd; /* one end of a socket pair; -1: there is none */
    } half[2];
};

/*
 * Starts both, each with a side of its own like `side`, which is not open, without its pool; what it
 * works on is borrowed. False when a process could not be had; close it in any case.
 */
bool codec_pair_open(struct codec_pair *pair, const struct codec_side *side);
/*
 * Both make so many passes at once. Nanoseconds for one pass over one input, as both together get
 * them done: half of what a pass of either took in the mean. *bad is set when one failed.
 */
double codec_pair_ns(struct codec_pair *pair, unsigned passes, bool *bad);
/* Ends both and waits for them. */
void codec_pair_close(struct codec_pair *pair);

#endif

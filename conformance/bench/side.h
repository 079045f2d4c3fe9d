/* SPDX-License-Identifier: MIT */
/*
 * One way of reading a file, seen by the worker: it is opened for a piece of work and does rounds. A
 * round builds a batch, submits it and takes as many completions; with a depth above the batch, the
 * difference stays in flight between rounds.
 */
#ifndef CF_BENCH_SIDE_H
#define CF_BENCH_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "conformance/bench/bench.h"

#define BENCH_MAX_DEPTH 256
#define BENCH_BATCH 32
#define BENCH_OFFSETS 16384 /* a power of two */

/* What is read and how. Borrowed by the sides; the same for all of a row. */
struct bench_work {
    const char *path;
    uint32_t size, depth, batch;
    bool direct, overlapped, registered;
    bool stamped; /* every 4 KiB of the file begin with their offset */
    enum bench_wait wait;
    void *memory;
    size_t memory_nbytes;
    size_t slots;                           /* buffers; fewer than depth when they are large */
    unsigned char *buffer[BENCH_MAX_DEPTH]; /* by operation; [i] and [i + slots] are the same */
    uint64_t offset[BENCH_OFFSETS];
};

/* Operations under way, kept alike by all sides: which buffers are free, and when each began. */
struct bench_flight {
    const struct bench_work *work;
    uint32_t next_offset;
    uint32_t free_count;
    uint16_t free[BENCH_MAX_DEPTH];
    uint64_t began[BENCH_MAX_DEPTH];
    uint64_t at[BENCH_MAX_DEPTH]; /* offset of the operation that used the buffer last */
    uint64_t bad;                 /* completions that were no full reads */
    /* Latencies, when asked for. */
    uint32_t *samples;
    size_t sample_count, sample_room;
};

struct bench_side {
    const struct bench_side_ops *ops;
    struct bench_flight flight;
    char error[160];
};

struct bench_side_ops {
    const char *name;
    size_t nbytes; /* of the side's own struct, which begins with struct bench_side */
    int setup;     /* the side's own: which variant */
    /* flight and work are filled in. False with error; close is not called then. */
    bool (*open)(struct bench_side *side);
    /* False with error: the side is beyond use. */
    bool (*round)(struct bench_side *side);
    void (*close)(struct bench_side *side);
};

extern const struct bench_side_ops bench_ours;
/* The set-ups of liburing that compete for being the peer. */
extern const struct bench_side_ops bench_peers[];
extern const size_t bench_peer_count;

static inline uint64_t bench_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* When a round begins; 0 while nobody asks for latencies. */
static inline uint64_t bench_flight_clock(const struct bench_flight *f)
{
    return f->samples ? bench_now_ns() : 0;
}

/* Takes a free operation and the next offset. There is one: a round never exceeds the depth. */
static inline uint32_t bench_flight_start(struct bench_flight *f, uint64_t now,
                                          uint64_t *offset_out)
{
    uint32_t slot = f->free[--f->free_count];

    *offset_out = f->at[slot] = f->work->offset[f->next_offset++ & (BENCH_OFFSETS - 1)];
    if (now)
        f->began[slot] = now;
    return slot;
}

static inline void bench_flight_end(struct bench_flight *f, uint32_t slot, bool good)
{
    f->free[f->free_count++] = (uint16_t)slot;
    f->bad += !good;
    if (f->samples && f->began[slot] && f->sample_count < f->sample_room)
        f->samples[f->sample_count++] = (uint32_t)(bench_now_ns() - f->began[slot]);
}

/* NULL with error, which has at least 160 bytes. */
struct bench_side *bench_side_open(const struct bench_side_ops *ops, const struct bench_work *work,
                                   char *error);
void bench_side_close(struct bench_side *side);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A child that reads on command: it has one engine and one affinity for life, since both are settled by
 * the first call of the API. Ours and all peers live in it side by side. The parent calls the emulator
 * never, waits for each answer, and so leaves the processors to whoever is measured.
 */
#ifndef CF_BENCH_WORKER_H
#define CF_BENCH_WORKER_H

#include "conformance/bench/side.h"

#include <sys/types.h>

#define BENCH_OURS (-1) /* else an index of bench_peers */

struct bench_worker {
    pid_t pid; /* 0: none */
    int channel;
};

/*
 * What a slice of work came to. Other programs on the machine make a thread wait for a processor; that
 * time is no part of ns. What threads of the same process cost each other is: it is of their making.
 */
struct bench_slice {
    uint64_t ops, ns;
    uint64_t away_ns;      /* taken out of ns */
    uint64_t cpu_ns;       /* of the whole process */
    double p50_ns, p99_ns; /* only of a timed slice; nothing is taken out of these */
};

/* cpu < 0: not pinned. False when there is no process. */
bool bench_worker_start(struct bench_worker *worker, const char *engine, int cpu);
void bench_worker_stop(struct bench_worker *worker);

/* The rest are false with error (160 bytes) when the worker refused or died; then stop it. */
/*
 * Opens the row on our side and on each peer, one round each, checked.
 * usable_out: a bit a peer; for those that have none, error says why.
 */
bool bench_worker_open(struct bench_worker *worker, const struct bench_row *row, const char *path,
                       uint64_t file_nbytes, bool stamped, bool with_peers, unsigned *usable_out,
                       char *error);
bool bench_worker_slice(struct bench_worker *worker, int side, unsigned us, bool timed,
                        struct bench_slice *slice_out, char *error);
bool bench_worker_close(struct bench_worker *worker, char *error);
/* Nanoseconds a call of an exported function, through its stub (ns_out[0]) and not ([1]). */
bool bench_worker_slot(struct bench_worker *worker, unsigned us, double ns_out[2], char *error);

#endif

/* SPDX-License-Identifier: MIT */
/* Where the files of a run lie, and that they do not stay there. */
#ifndef CF_BENCH_PLACE_H
#define CF_BENCH_PLACE_H

#include "conformance/bench/bench.h"

struct bench_file_at {
    char *path; /* NULL: cannot be had, see why */
    char file_system[16];
    char why[160];
    uint64_t nbytes;
    bool stamped; /* made here: every block begins with its offset, and drop removes it */
};

/* TMPDIR and the usual places: the first on ext4 or xfs, else the first that can be written to. */
const char *bench_place_choose(void);
/* The file also goes when a signal ends the process. At most two at a time. */
void bench_place_make(struct bench_file_at *at, const char *dir, uint64_t nbytes);
/* A file of the user's; it is only read. */
void bench_place_given(struct bench_file_at *at, const char *file);
void bench_place_drop(struct bench_file_at *at);
/* Whether a requirement for such rows holds on this file system. */
bool bench_place_right(enum bench_place place, const char *file_system);

#endif

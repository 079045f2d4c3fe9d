/* SPDX-License-Identifier: MIT */
/* Which engines there are and which can run here, asked in children of their own. */
#ifndef CF_RUNNER_ENGINES_H
#define CF_RUNNER_ENGINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUN_MAX_ENGINES 8

struct run_engine_row {
    const char *name; /* static */
    bool usable;
    bool chosen; /* what a program gets that asks for nothing */
    char reason[160];
    uint32_t max_version, max_sq, max_cq, features; /* QueryIoRingCapabilities under it */
};

/* Fills at most RUN_MAX_ENGINES rows, the preferred first. */
size_t run_engines_probe(struct run_engine_row *rows);

#endif

/* SPDX-License-Identifier: MIT */
/* A child with what it prints, found on PATH, for which nothing is emulated. */
#ifndef CF_BENCH_DSTORAGE_PROCESS_H
#define CF_BENCH_DSTORAGE_PROCESS_H

#include <stdbool.h>

/*
 * Runs argv and waits for it. *out_out is what it printed, on both streams unless it ended well; owned
 * by the caller, never NULL. False: it ended otherwise than with 0, and note (160 bytes) says how.
 */
bool dstorage_run(char *const argv[], const char *engine, char **out_out, char *note);

#endif

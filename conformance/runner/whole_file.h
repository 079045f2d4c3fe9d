/* SPDX-License-Identifier: MIT */
/* Files taken whole into memory, and written so that a failure leaves what was there. */
#ifndef CF_RUNNER_WHOLE_FILE_H
#define CF_RUNNER_WHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_bytes {
    uint8_t *items; /* owned; free() */
    size_t count;
};

/* "-" is stdin. At most `most` bytes and one more are read. 0, or errno with nothing owned. */
int run_read_whole(const char *path, size_t most, struct run_bytes *bytes_out);

/*
 * "-" is stdout. A regular file is written beside its place and then put there; it keeps its mode. Anything
 * else that is there (a device, a pipe) is written into. 0 or errno.
 */
int run_write_whole(const char *path, const void *bytes, size_t count);

#endif

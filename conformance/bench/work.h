/* SPDX-License-Identifier: MIT */
/* The file that is read and the memory it is read into. */
#ifndef CF_BENCH_WORK_H
#define CF_BENCH_WORK_H

#include "conformance/bench/side.h"

#define BENCH_FILE_NBYTES (64u << 20) /* as the bench of the ring makes it */

/*
 * Makes the file: every 4 KiB block begins with its offset. It is written through to the device and
 * then read once, so that it is both cached and readable without the cache. errno on failure.
 */
bool bench_file_make(const char *path, uint64_t nbytes); /* whole MiB */
/* Whether these bytes are what such a file has there. */
bool bench_file_holds(const unsigned char *bytes, uint64_t offset, size_t nbytes);
/* "ext4", "tmpfs", …, or a number when the type has no name here. */
void bench_file_system(const char *path, char *name_out, size_t nbytes);

/* Memory and offsets for a row; fails only without memory. stamped: bench_file_make made the file. */
bool bench_work_init(struct bench_work *work, const struct bench_row *row, const char *path,
                     uint64_t file_nbytes, bool stamped);
void bench_work_fini(struct bench_work *work);
/* Whether the buffers that no operation uses hold what the file has there. */
bool bench_work_holds(const struct bench_work *work, const struct bench_flight *flight);

#endif

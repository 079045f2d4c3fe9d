/* SPDX-License-Identifier: MIT */
/*
 * What a game loads, drawn anew but always alike. [R] DC3: 11,448 requests into memory, 1.23 GB, the
 * largest 82 MB, and 1,373 tile requests, 798 MB, the largest 16 MB; one request an archive's entry.
 * [R] DC4: 5 requests a Submit, median. How sizes lie between, and in what order, nobody published.
 */
#ifndef CF_BENCH_DSTORAGE_LOAD_H
#define CF_BENCH_DSTORAGE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

struct dstorage_request {
    uint64_t offset;
    uint32_t nbytes;
};

struct dstorage_load {
    struct dstorage_request *requests; /* in the order of loading */
    uint16_t *batches;                 /* requests of each Submit */
    uint32_t count, batch_count;
    uint64_t nbytes;
    uint32_t largest, batch_median;
};

/*
 * parts: 1 for all of it, n for about the n-th part, without the largest ones. packed: entries begin at
 * any byte, else at a page. A file of 128 MiB or more.
 */
void dstorage_load_make(struct dstorage_load *load, uint32_t parts, bool packed,
                        uint64_t file_nbytes);
/* Requests of one size, scattered over the file, in batches of one length. */
void dstorage_load_scatter(struct dstorage_load *load, uint32_t size, uint32_t batch,
                           uint32_t count, uint64_t file_nbytes);
void dstorage_load_fini(struct dstorage_load *load);

#endif

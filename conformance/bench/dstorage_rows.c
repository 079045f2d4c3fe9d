/* SPDX-License-Identifier: MIT */
/* What is measured. */
#include "conformance/bench/dstorage.h"
#include "conformance/runner/cmd.h"

/* [D] issue: 0.95 of fio with 64 KiB and 1 MiB; the rest is shown. */
static const struct dstorage_row all[] = {
    {"64k", DSTORAGE_READS, DSTORAGE_RING, 64 << 10, 32, 8, false, 0.95},
    {"1m", DSTORAGE_READS, DSTORAGE_RING, 1 << 20, 32, 8, false, 0.95},
    {"4k", DSTORAGE_READS, DSTORAGE_RING, 4 << 10, 32, 8, false, 0},
    {"4k.d256", DSTORAGE_READS, DSTORAGE_RING, 4 << 10, 256, 32, false, 0},
    {"stream", DSTORAGE_STREAM, DSTORAGE_RING, 0, 0, 0, false, 0},
    {"stream.packed", DSTORAGE_STREAM, DSTORAGE_RING, 0, 0, 0, true, 0},
    {"mapping.64k", DSTORAGE_READS, DSTORAGE_MAPPING, 64 << 10, 32, 8, false, 0},
    {"mapping.1m", DSTORAGE_READS, DSTORAGE_MAPPING, 1 << 20, 32, 8, false, 0},
    {"mapping.4k", DSTORAGE_READS, DSTORAGE_MAPPING, 4 << 10, 32, 8, false, 0},
    {"mapping.stream", DSTORAGE_STREAM, DSTORAGE_MAPPING, 0, 0, 0, false, 0},
    {"buffered.64k", DSTORAGE_READS, DSTORAGE_BUFFERED, 64 << 10, 32, 8, false, 0},
    {"instructions.4k", DSTORAGE_INSTRUCTIONS, DSTORAGE_RING, 4 << 10, 32, 8, false, 0},
    {"instructions.mapping.4k", DSTORAGE_INSTRUCTIONS, DSTORAGE_MAPPING, 4 << 10, 32, 8, false, 0},
};
#define ROWS (sizeof(all) / sizeof(all[0]))

const char *dstorage_way_name(enum dstorage_way way)
{
    static const char *const names[] = {"ring", "mapping", "buffered"};

    return names[way];
}

static const char *name_at(const void *rows, size_t index)
{
    return ((const struct dstorage_row *)rows)[index].name;
}

struct dstorage_row *dstorage_rows(const struct bench_options *options, size_t *count_out)
{
    struct dstorage_row *rows = run_xalloc(sizeof(all));
    bool exact = bench_all_are_names(options, all, ROWS, name_at);

    *count_out = 0;
    for (size_t i = 0; i < ROWS; i++)
        if (bench_wanted(options, all[i].name, exact))
            rows[(*count_out)++] = all[i];
    return rows;
}

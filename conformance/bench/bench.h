/* SPDX-License-Identifier: MIT */
/*
 * The bench of the ring: rows (what is measured), results, and what is done with them. Our side is
 * called through the Windows API only, the peer is liburing as its own manual would have it used.
 */
#ifndef CF_BENCH_BENCH_H
#define CF_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bench_place { BENCH_CACHED, BENCH_DIRECT, BENCH_TMPFS };
enum bench_wait { BENCH_WAIT, BENCH_POLL, BENCH_HYBRID };
enum bench_kind {
    BENCH_READS,        /* ours against the peer; judged by the ratio of operations a second */
    BENCH_INSTRUCTIONS, /* user instructions a read, ours minus the peer's */
    BENCH_SLOT,         /* nanoseconds that an exported stub adds to a call */
};

struct bench_row {
    char name[48];
    enum bench_kind kind;
    enum bench_place place;
    enum bench_wait wait;
    bool overlapped, registered;
    uint32_t size, depth;
    double target; /* 0: shown, never judged */
};

enum bench_state { BENCH_MEASURED, BENCH_CANNOT, BENCH_FAILED };

struct bench_result {
    const struct bench_row *row;
    enum bench_state state;
    bool judged;    /* measured well enough, where the requirement holds, and there is a target */
    char note[200]; /* why not measured, or not judged; empty otherwise */
    char file_system[16];
    double ours_ops, peer_ops, threads_ops; /* a second; 0: unknown */
    const char *peer_setup;                 /* static */
    bool pinned;
    unsigned pairs;
    double ratio_median, ratio_min, ratio_max;
    double spread;           /* standard error of the median, as a part of it */
    double away;             /* part of the time that other programs had, and which is taken out */
    double cpu_ratio_median; /* the same by processor time of the process */
    double p50_ns, p99_ns, peer_p50_ns, peer_p99_ns;
    double ours_each, peer_each; /* instructions or nanoseconds, by kind */
    double value;                /* what is held against the target */
    bool met;
};

struct bench_results {
    struct bench_result *items;
    size_t count;
};

struct bench_options {
    const char *dir, *file; /* where the file is made; a file to read instead */
    const char *engine;     /* of our side: "uring" or "threads" */
    const char **filters;   /* a row is wanted when its name contains one of them; none: all */
    size_t filter_count;
    bool quick, full;
    unsigned pairs; /* 0: as many as the row needs */
};

/* A row by its name; exact: a filter is the whole name of the one row that it means. */
bool bench_wanted(const struct bench_options *options, const char *name, bool exact);
/* There are filters, and each is the whole name of one of these rows. */
bool bench_all_are_names(const struct bench_options *options, const void *rows, size_t count,
                         const char *(*name_at)(const void *rows, size_t index));

/* Rows as wanted; the default matrix, or all combinations. Owned by the caller. */
struct bench_row *bench_rows(const struct bench_options *options, size_t *count_out);
/* A row by its name, of the full matrix, too; false: no such name. */
bool bench_row_parse(const char *name, struct bench_row *row_out);
/* More is better for ratios, less for the other kinds. */
bool bench_meets(const struct bench_row *row, double value);
const char *bench_wait_name(enum bench_wait wait);
const char *bench_place_name(enum bench_place place);

/* Measures the rows. False with *error_out, owned by the caller: nothing can be measured here. */
bool bench_run(const struct bench_options *options, const struct bench_row *rows, size_t count,
               struct bench_results *results_out, char **error_out);
void bench_results_fini(struct bench_results *results);

/*
 * The body of a process that is being counted by another program: reads on one side, as SIDE:N:ROW
 * with SIDE ours or peer, N how many, ROW a name. An exit code.
 */
int bench_counted(const char *spec, const char *file);

#endif

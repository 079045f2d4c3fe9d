/* SPDX-License-Identifier: MIT */
/*
 * The bench of DirectStorage: from a file into memory, through dstorage.h, and fio's io_uring on the
 * same file. The sides are processes that run in turn; the tool itself calls nothing that is emulated.
 */
#ifndef CF_BENCH_DSTORAGE_H
#define CF_BENCH_DSTORAGE_H

#include "conformance/bench/bench.h"

#include <jansson.h>

enum dstorage_kind {
    DSTORAGE_READS,        /* one size, one depth, anywhere in the file */
    DSTORAGE_STREAM,       /* what a game loads: dstorage_load */
    DSTORAGE_INSTRUCTIONS, /* user instructions a request */
};

/* How the reads get to the file. */
enum dstorage_way {
    DSTORAGE_RING,
    DSTORAGE_MAPPING,  /* ForceMappingLayer */
    DSTORAGE_BUFFERED, /* ForceFileBuffering */
};

struct dstorage_row {
    char name[32];
    enum dstorage_kind kind;
    enum dstorage_way way;
    uint32_t size, depth, batch; /* not of a stream */
    bool packed;                 /* a stream whose entries begin at any byte */
    double target;               /* 0: shown, never judged */
};

/* Rows that are wanted; owned by the caller. */
struct dstorage_row *dstorage_rows(const struct bench_options *options, size_t *count_out);
const char *dstorage_way_name(enum dstorage_way way);

/* What a process does, ours or fio. */
struct dstorage_work {
    const struct dstorage_row *row;
    const char *path, *engine;
    uint64_t file_nbytes;
    bool stamped;    /* bench_file_make made the file: what is read is looked at first */
    uint32_t count;  /* requests; of a stream: one of so many parts of it */
    const char *log; /* fio: the requests of a stream, as dstorage_fio_log wrote them */
};

struct dstorage_took {
    uint64_t requests, nbytes, ns, cpu_ns;
};

/* dstorage_fio.c. The peers differ in how they take completions. */
#define DSTORAGE_PEERS 2
/* argv for execvp, and the same as a text; run_free_argv. */
char **dstorage_fio_argv(const struct dstorage_work *work, unsigned peer);
void dstorage_free_argv(char **argv);
/* The part of them that a row tells; owned by the caller. */
char *dstorage_fio_told(char **argv);
bool dstorage_fio_log(const struct dstorage_work *work, const char *path);
/* False with note (160 bytes). */
bool dstorage_fio_read(const char *json, struct dstorage_took *took, char *note);

/* dstorage_client.c: argv of our side; the child, which prints four numbers. An exit code. */
char **dstorage_client_argv(const struct dstorage_work *work);
int dstorage_client(const char *spec);

/* The document of a run, a new reference; NULL with *error_out, owned by the caller. */
json_t *dstorage_bench(const struct bench_options *options, const struct dstorage_row *rows,
                       size_t count, char **error_out);
void dstorage_print(const json_t *document);

#endif

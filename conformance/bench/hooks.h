/* SPDX-License-Identifier: MIT */
/*
 * The bench of the hooks: what the slots cost, what one hook costs, and how fast a program reads its
 * real files with a layer of virtual files loaded. All of it runs in children: the tool itself calls
 * nothing that is emulated.
 */
#ifndef CF_BENCH_HOOKS_H
#define CF_BENCH_HOOKS_H

#include "conformance/bench/bench.h"

#include <jansson.h>

enum hooks_kind {
    HOOKS_CALL,        /* nanoseconds that something adds to a call */
    HOOKS_READS,       /* reads a second of processor time, with the layer to without */
    HOOKS_ALLOCATIONS, /* calls of the allocator an operation, with the layer */
};

struct hooks_row {
    char name[32];
    enum hooks_kind kind;
    const char *client; /* what the child does: hooks_client */
    bool judged;
    double target;
};

/* Rows that are wanted; owned by the caller. */
struct hooks_row *hooks_rows(const struct bench_options *options, size_t *count_out);
/* The document of a run, a new reference; NULL with *error_out, owned by the caller. */
json_t *hooks_bench(const struct bench_options *options, const struct hooks_row *rows, size_t count,
                    char **error_out);
void hooks_print(const json_t *document);

/*
 * The child: "slot", "hook", "watched" or "bypass" and a time, "hook:MS"; or "sync", "overlapped", a
 * time and a file, "sync:MS:PATH". Prints numbers. An exit code.
 */
int hooks_client(const char *spec);

#endif

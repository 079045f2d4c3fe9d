/* SPDX-License-Identifier: MIT */
/* The peer: fio's io_uring on the same file, with the same size, depth and batch. */
#include "conformance/bench/dstorage.h"
#include "conformance/bench/dstorage_load.h"
#include "conformance/runner/cmd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_ARGS 32
#define PAGE 4096u
/* A stream's requests, as fio gets them: in pieces, so many at a time. */
#define PIECE (1u << 20)
#define PIECES 64u

struct args {
    char **argv;
    unsigned count;
};

static void add(struct args *args, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct args *args, const char *format, ...)
{
    char text[4400];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    args->argv[args->count++] = run_format("%s", text);
}

/* fio takes a comma or a colon in a name for the end of it, unless told. */
static void add_file(struct args *args, const char *path)
{
    char text[4400];
    size_t at = 0;

    for (; *path && at < sizeof(text) - 3; path++) {
        if (*path == ':' || *path == '\\')
            text[at++] = '\\';
        text[at++] = *path;
    }
    text[at] = '\0';
    add(args, "--filename=%s", text);
}

/*
 * First the same shape as ours: so many are submitted together, so many taken together. Then as they
 * come, which keeps the device busier and costs more calls.
 */
static void add_batches(struct args *args, const struct dstorage_row *row, unsigned peer)
{
    bool stream = row->kind == DSTORAGE_STREAM;
    uint32_t batch = stream ? 8 : row->batch;

    add(args, "--iodepth=%u", stream ? PIECES : row->depth);
    add(args, "--iodepth_batch_submit=%u", batch);
    add(args, "--iodepth_batch_complete_min=%u", peer ? 1 : batch);
    add(args, "--iodepth_batch_complete_max=%u", batch);
}

char **dstorage_fio_argv(const struct dstorage_work *work, unsigned peer)
{
    const struct dstorage_row *row = work->row;
    struct args args = {run_xalloc(MOST_ARGS * sizeof(char *)), 0};

    add(&args, "fio");
    add(&args, "--output-format=json");
    add(&args, "--name=peer");
    add(&args, "--ioengine=io_uring");
    add(&args, "--direct=%d", row->way != DSTORAGE_BUFFERED);
    add_batches(&args, row, peer);
    if (row->kind == DSTORAGE_STREAM) {
        add(&args, "--bs=%u", PIECE);
        add(&args, "--read_iolog=%s", work->log);
        add(&args, "--replay_no_stall=1");
    } else {
        add(&args, "--rw=randread");
        add(&args, "--norandommap");
        add(&args, "--bs=%u", row->size);
        add(&args, "--size=%llu", (unsigned long long)(work->file_nbytes / row->size * row->size));
        add(&args, "--io_size=%llu", (unsigned long long)row->size * work->count);
        add_file(&args, work->path);
    }
    add(&args, "--gtod_reduce=1");
    add(&args, "--thread");
    add(&args, "--readonly");
    add(&args, "--allow_file_create=0");
    add(&args, "--invalidate=0");
    return args.argv;
}

void dstorage_free_argv(char **argv)
{
    for (size_t i = 0; argv && argv[i]; i++)
        free(argv[i]);
    free(argv);
}

char *dstorage_fio_told(char **argv)
{
    char *told = run_format("%s", argv[0]);

    for (size_t i = 3; argv[i]; i++) { /* without the output's and the job's names */
        char *longer;

        if (!strncmp(argv[i], "--filename", 10) || !strncmp(argv[i], "--read_iolog", 12))
            continue;
        longer = run_format("%s %s", told, argv[i]);
        free(told);
        told = longer;
    }
    return told;
}

/* Whole pages, as reads without the cache must have them; pieces in the order of loading. */
bool dstorage_fio_log(const struct dstorage_work *work, const char *path)
{
    struct dstorage_load load;
    FILE *file = fopen(path, "w");
    bool good = file;

    if (!file)
        return false;
    dstorage_load_make(&load, work->count, work->row->packed, work->file_nbytes);
    fprintf(file, "fio version 2 iolog\n%s add\n%s open\n", work->path, work->path);
    for (uint32_t i = 0; i < load.count; i++) {
        uint64_t at = load.requests[i].offset / PAGE * PAGE;
        uint64_t end = load.requests[i].offset + load.requests[i].nbytes;

        for (end = (end + PAGE - 1) / PAGE * PAGE; at < end; at += PIECE)
            fprintf(file, "%s read %llu %llu\n", work->path, (unsigned long long)at,
                    (unsigned long long)(end - at < PIECE ? end - at : PIECE));
    }
    fprintf(file, "%s close\n", work->path);
    good = !ferror(file);
    dstorage_load_fini(&load);
    return !fclose(file) && good;
}

/* Before the document fio prints what it has to remark. */
bool dstorage_fio_read(const char *text, struct dstorage_took *took, char *note)
{
    const char *begin = strchr(text, '{');
    json_t *document = begin ? json_loads(begin, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
    const json_t *job = json_array_get(json_object_get(document, "jobs"), 0);
    const json_t *read = json_object_get(job, "read");
    double ms = json_number_value(json_object_get(read, "runtime"));
    double cpu = json_number_value(json_object_get(job, "usr_cpu")) +
                 json_number_value(json_object_get(job, "sys_cpu"));

    took->requests = (uint64_t)json_integer_value(json_object_get(read, "total_ios"));
    took->nbytes = (uint64_t)json_integer_value(json_object_get(read, "io_bytes"));
    took->ns = (uint64_t)(ms * 1e6);
    took->cpu_ns = (uint64_t)(ms * 1e4 * cpu);
    if (!took->requests || !took->ns || json_integer_value(json_object_get(job, "error"))) {
        snprintf(note, 160, "fio: %.100s", begin == text ? "nothing was read" : text);
        note[strcspn(note, "\n")] = '\0';
        json_decref(document);
        return false;
    }
    json_decref(document);
    return true;
}

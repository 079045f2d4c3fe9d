/* SPDX-License-Identifier: MIT */
/*
 * What the tests of ringer_ds.h share: a file of known bytes, short ways to make requests, and a
 * backend whose files are memory, and which can keep what it is given until it is told.
 */
#ifndef PLAIN_TEST_H
#define PLAIN_TEST_H

#include "api/tests/temp.h"

#include <criterion/criterion.h>

#include <ringer_codec.h>
#include <ringer_ds.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAYBE_UNUSED __attribute__((unused))
#define WAIT_NS (UINT64_C(60) * 1000000000)
#define MS UINT64_C(1000000)
#define FILE_NBYTES ((size_t)5 << 20)

static struct ringer_ds *ds MAYBE_UNUSED;
static struct ringer_ds_file *file MAYBE_UNUSED;
static char file_path[TEMP_MAX] MAYBE_UNUSED;

static inline unsigned char byte_at(uint64_t i)
{
    return (unsigned char)(i * 131 + (i >> 12) + 7);
}

static inline bool bytes_are(const void *data, uint64_t offset, size_t nbytes)
{
    const unsigned char *at = data;

    for (size_t i = 0; i < nbytes; i++) {
        if (at[i] != byte_at(offset + i))
            return false;
    }
    return true;
}

static inline void *page_aligned(size_t nbytes)
{
    void *memory = NULL;

    cr_assert_eq(posix_memalign(&memory, 4096, nbytes), 0);
    memset(memory, 0xd5, nbytes);
    return memory;
}

static inline void write_all(int fd, const void *bytes, size_t nbytes)
{
    for (size_t at = 0; at < nbytes;) {
        ssize_t n = write(fd, (const char *)bytes + at, nbytes - at);

        cr_assert(n > 0);
        at += (size_t)n;
    }
}

static inline void make_file(size_t nbytes)
{
    unsigned char *bytes = malloc(nbytes ? nbytes : 1);
    int fd = mkstemp(temp_template(file_path, "plain"));

    cr_assert(fd >= 0);
    for (size_t i = 0; i < nbytes; i++)
        bytes[i] = byte_at(i);
    write_all(fd, bytes, nbytes);
    close(fd);
    free(bytes);
}

static inline void create(struct ringer_ds_params params)
{
    params.size = sizeof params;
    cr_assert_eq(ringer_ds_create(&params, &ds), 0);
}

/* A runtime, and a file of FILE_NBYTES known bytes. */
static inline void setup(struct ringer_ds_params params, unsigned flags)
{
    make_file(FILE_NBYTES);
    create(params);
    cr_assert_eq(ringer_ds_open(ds, file_path, flags, &file), 0);
}

static inline void teardown(void)
{
    cr_assert_eq(ringer_ds_free(ds), 0);
    unlink(file_path);
}

static inline struct ringer_ds_request to_read(uint64_t offset, uint64_t nbytes, void *to)
{
    return (struct ringer_ds_request){.size = sizeof(struct ringer_ds_request),
                                      .file = file,
                                      .offset = offset,
                                      .nbytes = nbytes,
                                      .memory = to};
}

static inline struct ringer_ds_request to_write(uint64_t offset, uint64_t nbytes, void *from)
{
    struct ringer_ds_request request = to_read(offset, nbytes, from);

    request.kind = RINGER_DS_REQUEST_WRITE;
    return request;
}

static inline void enqueue(struct ringer_ds_request request)
{
    cr_assert_eq(ringer_ds_enqueue(ds, &request, 1, NULL), 0);
}

static inline void submit_and_wait(void)
{
    cr_assert(ringer_ds_submit_all(ds) >= 0);
    cr_assert_eq(ringer_ds_wait_all(ds, WAIT_NS), 0);
}

static inline struct ringer_ds_result take(void)
{
    struct ringer_ds_result result;

    memset(&result, 0xd5, sizeof result);
    cr_assert_eq(ringer_ds_take_completed(ds, &result, 1, sizeof result), 1);
    return result;
}

/* One request, whole. */
static inline struct ringer_ds_result run(struct ringer_ds_request request)
{
    enqueue(request);
    submit_and_wait();
    return take();
}

static inline struct ringer_ds_counters counters(void)
{
    struct ringer_ds_counters now;

    cr_assert_eq(ringer_ds_get_counters(ds, &now, sizeof now), 0);
    return now;
}

#define KEPT_MAX 64u
struct memory {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned char *bytes;
    size_t nbytes;
    bool keep;                           /* ops stay until release; lock, as the rest */
    struct ringer_ds_op *kept[KEPT_MAX]; /* in the order in which they came */
    unsigned kept_count, started, cancels, opened, closed;
    int error; /* of each op, when it is not 0 */
};

static inline int memory_open(void *context, const char *path, unsigned flags, void **file_out)
{
    struct memory *memory = context;

    (void)flags;
    if (strcmp(path, "memory") != 0)
        return ENOENT;
    pthread_mutex_lock(&memory->lock);
    memory->opened++;
    pthread_mutex_unlock(&memory->lock);
    *file_out = memory;
    return 0;
}

static inline void memory_close(void *context, void *opened)
{
    struct memory *memory = context;

    pthread_mutex_lock(&memory->lock);
    memory->closed += opened == memory;
    pthread_mutex_unlock(&memory->lock);
}

static inline int memory_nbytes(void *context, void *opened, uint64_t *nbytes_out)
{
    (void)opened;
    *nbytes_out = ((struct memory *)context)->nbytes;
    return 0;
}

static inline void memory_move(struct memory *memory, struct ringer_ds_op *op)
{
    size_t left = op->offset < memory->nbytes ? memory->nbytes - (size_t)op->offset : 0;
    size_t nbytes = op->nbytes < left ? op->nbytes : left;
    unsigned char *at = memory->bytes + (left ? op->offset : 0);

    if (!memory->error)
        op->kind == RINGER_DS_REQUEST_WRITE ? memcpy(at, op->memory, nbytes)
                                            : memcpy(op->memory, at, nbytes);
    ringer_ds_op_done(op, memory->error, memory->error ? 0 : nbytes);
}

static inline int memory_start(void *context, struct ringer_ds_op *op)
{
    struct memory *memory = context;

    pthread_mutex_lock(&memory->lock);
    memory->started++;
    if (memory->keep && memory->kept_count < KEPT_MAX)
        memory->kept[memory->kept_count++] = op;
    else
        memory_move(memory, op);
    pthread_cond_broadcast(&memory->changed);
    pthread_mutex_unlock(&memory->lock);
    return 0;
}

static inline void memory_cancel(void *context, struct ringer_ds_op *op)
{
    struct memory *memory = context;

    pthread_mutex_lock(&memory->lock);
    memory->cancels++;
    for (unsigned i = 0; i < memory->kept_count; i++) {
        if (memory->kept[i] != op)
            continue;
        memory->kept[i] = memory->kept[--memory->kept_count];
        ringer_ds_op_done(op, ECANCELED, 0);
        break;
    }
    pthread_mutex_unlock(&memory->lock);
}

static inline void memory_wait_kept(struct memory *memory, unsigned count)
{
    pthread_mutex_lock(&memory->lock);
    while (memory->kept_count < count)
        pthread_cond_wait(&memory->changed, &memory->lock);
    pthread_mutex_unlock(&memory->lock);
}

/* What is kept goes on, and what comes is kept or not. */
static inline void memory_release(struct memory *memory, bool keep)
{
    pthread_mutex_lock(&memory->lock);
    memory->keep = keep;
    while (memory->kept_count)
        memory_move(memory, memory->kept[--memory->kept_count]);
    pthread_mutex_unlock(&memory->lock);
}

static inline struct ringer_ds_backend memory_backend(struct memory *memory)
{
    return (struct ringer_ds_backend){.size = sizeof(struct ringer_ds_backend),
                                      .name = "memory",
                                      .context = memory,
                                      .open = memory_open,
                                      .close = memory_close,
                                      .nbytes = memory_nbytes,
                                      .start = memory_start,
                                      .cancel = memory_cancel};
}

static inline void memory_init(struct memory *memory, size_t nbytes, bool keep)
{
    *memory = (struct memory){.nbytes = nbytes, .keep = keep};
    pthread_mutex_init(&memory->lock, NULL);
    pthread_cond_init(&memory->changed, NULL);
    memory->bytes = malloc(nbytes);
    for (size_t i = 0; i < nbytes; i++)
        memory->bytes[i] = byte_at(i);
}

/* A runtime over it, with its file open. */
static inline void setup_memory(struct memory *memory, struct ringer_ds_params params, bool keep)
{
    struct ringer_ds_backend backend = memory_backend(memory);

    memory_init(memory, 1 << 20, keep);
    params.backend = &backend;
    create(params);
    cr_assert_eq(ringer_ds_open(ds, "memory", RINGER_DS_READ | RINGER_DS_WRITE, &file), 0);
}

static inline void teardown_memory(struct memory *memory)
{
    cr_assert_eq(ringer_ds_free(ds), 0);
    cr_assert_eq(memory->opened, memory->closed);
    free(memory->bytes);
}

#endif

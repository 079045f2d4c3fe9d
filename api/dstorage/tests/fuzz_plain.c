/* SPDX-License-Identifier: MIT */
/*
 * ringer_ds.h under a program that does anything: requests whose every field is hostile, chains,
 * time-outs, cancelling, closing and files closed in flight, a backend that ends early, late, with
 * any error and any size. Every request that was taken ends once, nothing beside its memory
 * changes, and the counters agree.
 *
 * With a number as argument, so many inputs out of seeds; libFuzzer has no main of ours.
 */
#include "api/tests/temp.h"

#include <ringer_codec.h>
#include <ringer_ds.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

#define ROOM 200000u
#define SIDE 4096u /* before and behind the room, where nothing may change */
#define FILE_NBYTES 100000u
#define RAW_NBYTES 70000u
#define REQUESTS 512u
#define FOREVER (UINT64_C(120) * 1000000000)

static struct {
    const uint8_t *at, *end;
} input;

static struct ringer_ds *ds;
static struct ringer_ds_file *files[3]; /* read, read and write, closed */
static unsigned char *memory, *room;    /* room: memory + SIDE */
static char path[TEMP_MAX];
static unsigned char packed[2 * RAW_NBYTES];
static size_t packed_nbytes;
static atomic_uint ends[REQUESTS];
static unsigned taken_in;
static bool mine; /* the backend */

static struct {
    pthread_mutex_t lock;
    struct ringer_ds_op *kept[256];
    unsigned count, turn; /* turn: what the next op gets */
    uint8_t plan[16];
} backend = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

static uint64_t number(unsigned nbytes)
{
    uint64_t value = 0;

    while (nbytes-- && input.at < input.end)
        value = value << 8 | *input.at++;
    return value;
}

static int backend_open(void *context, const char *name, unsigned flags, void **file_out)
{
    (void)context;
    (void)flags;
    *file_out = &backend;
    return name[0] == 'n' ? ENOENT : 0;
}

/* As its plan says: at once, kept, refused, with an error, with fewer or more bytes than are. */
static int backend_start(void *context, struct ringer_ds_op *op)
{
    uint8_t plan;

    (void)context;
    pthread_mutex_lock(&backend.lock);
    plan = backend.plan[backend.turn++ % sizeof backend.plan];
    if (plan % 4 == 0 && backend.count < 256) {
        backend.kept[backend.count++] = op;
        pthread_mutex_unlock(&backend.lock);
        return 0;
    }
    pthread_mutex_unlock(&backend.lock);
    if (plan % 16 == 1)
        return plan;
    if (op->kind == RINGER_DS_REQUEST_READ)
        memset(op->memory, plan, op->nbytes);
    ringer_ds_op_done(op, plan % 8 == 2 ? plan : 0, plan % 8 == 3 ? plan : SIZE_MAX);
    if (plan % 32 == 5)
        ringer_ds_op_done(NULL, 0, 0);
    return 0;
}

static void backend_end(unsigned at, int error)
{
    struct ringer_ds_op *op = backend.kept[at];

    backend.kept[at] = backend.kept[--backend.count];
    ringer_ds_op_done(op, error, error ? 0 : op->nbytes);
}

static void backend_cancel(void *context, struct ringer_ds_op *op)
{
    (void)context;
    pthread_mutex_lock(&backend.lock);
    for (unsigned i = 0; i < backend.count; i++) {
        if (backend.kept[i] == op) {
            backend_end(i, ECANCELED);
            break;
        }
    }
    pthread_mutex_unlock(&backend.lock);
}

static void backend_let_go(unsigned most)
{
    pthread_mutex_lock(&backend.lock);
    while (backend.count && most--)
        backend_end(backend.count - 1, 0);
    pthread_mutex_unlock(&backend.lock);
}

/* What is kept goes on, and what comes ends at once: without a cancel nothing else would end it. */
static void backend_calm(void)
{
    pthread_mutex_lock(&backend.lock);
    memset(backend.plan, 7, sizeof backend.plan);
    pthread_mutex_unlock(&backend.lock);
    backend_let_go(256);
}

static void count_end(const struct ringer_ds_result *result)
{
    if (result->id >= REQUESTS || (unsigned)result->status >= RINGER_DS_STATUS_COUNT ||
        (result->status == RINGER_DS_OK) != (result->error == 0) ||
        (result->error == 0) != (result->code == 0) || result->bytes_transferred > ROOM)
        die("a result that says nonsense");
    if (atomic_fetch_add(&ends[result->id], 1))
        die("a request ended twice");
}

static void told(void *context, const struct ringer_ds_result *result)
{
    (void)context;
    count_end(result);
}

static void told_error(void *context, const struct ringer_ds_error *error)
{
    (void)context;
    if (!error->subsystem || !error->operation || !error->file || !error->line || error->error <= 0)
        die("an error that says nothing");
}

/* A request that is right, but for its bytes. */
static struct ringer_ds_request good_request(void)
{
    unsigned bits = (unsigned)number(1);
    struct ringer_ds_request request = {.size = sizeof request,
                                        .kind = (enum ringer_ds_kind)(bits % 4 == 0),
                                        .file = files[bits % 4 == 0 || bits & 4],
                                        .offset = number(3) % (FILE_NBYTES + 1000),
                                        .nbytes = number(2) * 2 % (ROOM / 2),
                                        .memory = room + number(2)};

    if (bits % 8 == 1) { /* a stream, or what is none */
        request.compression = RINGER_DS_GDEFLATE;
        request.offset = FILE_NBYTES + (bits & 0x10 ? number(1) : 0);
        request.nbytes = packed_nbytes;
        request.raw_nbytes = RAW_NBYTES - (bits & 0x20 ? number(1) : 0);
    } else if (bits & 0x20) {
        request.flags = RINGER_DS_MAY_END;
    }
    if (bits > 0xE0)
        request.timeout_ns = 1 + number(3);
    request.tag = number(1);
    return request;
}

/* At times one field of it is anything; but more than the room is never asked for in earnest. */
static struct ringer_ds_request some_request(void)
{
    struct ringer_ds_request request = good_request();

    switch (number(1) % 64) {
    case 0:
        request.kind = (enum ringer_ds_kind)number(1);
        break;
    case 1:
        request.compression = (enum ringer_ds_compression)(number(1) % 4);
        break;
    case 2:
        request.file = files[2];
        break;
    case 3:
        request.file = (struct ringer_ds_file *)(uintptr_t)number(8);
        break;
    case 4:
        if (!mine) /* our own backend would follow it */
            request.memory = (void *)(uintptr_t)number(1);
        break;
    case 5:
        request.flags = (unsigned)number(1);
        break;
    case 6:
        request.memory_kind = (enum ringer_ds_memory_kind)number(1);
        break;
    case 7:
        request.nbytes = number(8) | (uint64_t)1 << 40;
        break;
    case 8:
        request.offset = number(8);
        break;
    case 9:
        request.raw_nbytes = number(8) | (uint64_t)1 << 40;
        break;
    case 10:
        request.size = number(1);
        break;
    default:
        break;
    }
    return request;
}

static void enqueue_some(void)
{
    struct ringer_ds_request requests[4];
    size_t count = 1 + number(1) % 4;
    uint64_t first;

    for (size_t i = 0; i < count; i++) {
        requests[i] = some_request();
        if (i && number(1) & 1)
            requests[i].flags |= RINGER_DS_CHAINED;
    }
    if (taken_in + count > REQUESTS || ringer_ds_enqueue(ds, requests, count, &first) != 0)
        return;
    if (first != taken_in)
        die("ids are not in order");
    taken_in += (unsigned)count;
}

static void take_some(unsigned most)
{
    struct ringer_ds_result results[8];
    int count = ringer_ds_take_completed(ds, results, most < 8 ? most : 8, sizeof results[0]);

    for (int i = 0; i < count; i++)
        count_end(&results[i]);
}

static void step(void)
{
    unsigned what = (unsigned)number(1);

    switch (what % 16) {
    case 10:
        ringer_ds_cancel(ds, number(1), number(1));
        break;
    case 11:
        take_some(what);
        break;
    case 12:
        backend_let_go(what);
        break;
    case 13:
        if (what > 240) {
            backend_calm();
            ringer_ds_close(ds);
        } else if (what > 200 && ringer_ds_file_close(files[what & 1]) == 0) {
            ringer_ds_file_close(files[what & 1]); /* once is enough */
        }
        break;
    case 14:
        ringer_ds_wait_all(ds, what > 128 ? 1000000 : 0);
        break;
    case 15:
    case 9:
        ringer_ds_submit_all(ds);
        break;
    default:
        enqueue_some();
    }
}

static void check_counters(void)
{
    struct ringer_ds_counters now;

    if (ringer_ds_get_counters(ds, &now, sizeof now) != 0 || now.enqueued != taken_in ||
        now.enqueued !=
            now.completed + now.failed + now.cancelled + now.timed_out + now.queued + now.in_flight)
        die("counters do not agree");
}

static bool open_all(const char *name)
{
    struct ringer_ds_file *none;

    if (ringer_ds_open(ds, name, RINGER_DS_READ, &files[0]) ||
        ringer_ds_open(ds, name, RINGER_DS_READ | RINGER_DS_WRITE, &files[1]) ||
        ringer_ds_open(ds, name, RINGER_DS_READ, &files[2]) || ringer_ds_file_close(files[2]))
        return false;
    ringer_ds_open(ds, "nowhere", (unsigned)number(1), &none);
    return true;
}

static void make_file(void)
{
    static unsigned char bytes[FILE_NBYTES];
    int fd = mkstemp(temp_template(path, "fuzz-plain"));

    if (fd < 0 || write(fd, bytes, sizeof bytes) != sizeof bytes ||
        write(fd, packed, packed_nbytes) != (ssize_t)packed_nbytes)
        die("no file");
    close(fd);
}

static void init(void)
{
    static unsigned char raw[RAW_NBYTES];

    memory = malloc(ROOM + 2 * SIDE);
    room = memory + SIDE;
    for (size_t i = 0; i < sizeof raw; i++)
        raw[i] = (unsigned char)(i / 50);
    if (!memory || ringer_codec_compress(RINGER_CODEC_GDEFLATE, NULL, raw, sizeof raw, packed,
                                         sizeof packed, &packed_nbytes) != RINGER_CODEC_OK)
        die("nothing to begin with");
}

static void check_sides(void)
{
    for (size_t i = 0; i < SIDE; i++) {
        if (memory[i] != 0xa7 || memory[SIDE + ROOM + i] != 0xa7)
            die("memory beside the room was written");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
    struct ringer_ds_backend own = {
        .size = sizeof own, .name = "fuzz", .open = backend_open, .start = backend_start};
    struct ringer_ds_params params = {.size = sizeof params, .failed = told_error};
    unsigned kind;

    if (!memory)
        init();
    input.at = data;
    input.end = data + nbytes;
    kind = (unsigned)number(1);
    memset(memory, 0xa7, ROOM + 2 * SIDE);
    memset(ends, 0, sizeof ends);
    taken_in = 0;
    make_file();
    for (size_t i = 0; i < sizeof backend.plan; i++)
        backend.plan[i] = (uint8_t)number(1);
    params.workers = 1 + kind % 3;
    params.decompressors = 1 + kind / 3 % 2;
    params.way = kind & 16 ? RINGER_DS_WAY_PORT : RINGER_DS_WAY_BEST;
    params.completed = kind & 32 ? told : NULL;
    mine = kind & 64;
    params.backend = mine ? &own : NULL;
    own.cancel = kind & 128 ? backend_cancel : NULL;
    if (ringer_ds_create(&params, &ds) || !open_all(params.backend ? "file" : path))
        die("no runtime");
    while (input.at < input.end)
        step();
    check_counters();
    backend_calm();
    if (ringer_ds_submit_all(ds) >= 0 && ringer_ds_wait_all(ds, FOREVER) != 0)
        die("requests did not end");
    ringer_ds_close(ds);
    for (unsigned i = 0; i < REQUESTS / 8; i++)
        take_some(8);
    check_counters();
    if (ringer_ds_free(ds) != 0)
        die("not freed");
    for (unsigned i = 0; i < taken_in; i++) {
        if (ends[i] != 1)
            die("a request did not end");
    }
    check_sides();
    unlink(path);
    return 0;
}

#ifndef RINGER_LIBFUZZER
int main(int argc, char **argv)
{
    static uint8_t data[1500];
    uint64_t seed = 0x9e3779b97f4a7c15;
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 0) : 100;

    for (unsigned long i = 0; i < count; i++) {
        size_t nbytes = 64 + (size_t)(seed >> 8) % (sizeof data - 64);

        for (size_t k = 0; k < nbytes; k++) {
            seed = seed * 6364136223846793005 + 1442695040888963407;
            data[k] = (uint8_t)(seed >> 56);
        }
        LLVMFuzzerTestOneInput(data, nbytes);
    }
    return 0;
}
#endif

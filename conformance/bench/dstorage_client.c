/* SPDX-License-Identifier: MIT */
/*
 * Our side: a program for Windows that keeps requests in flight. Each batch ends with an event; memory
 * is a ring of its own, from which what a batch reads is cut and given back in order.
 */
#include "conformance/bench/dstorage.h"
#include "conformance/bench/dstorage_load.h"
#include "conformance/bench/side.h"
#include "conformance/bench/work.h"
#include "conformance/runner/cmd.h"

#include <windows.h>

#include <dstorage.h>

#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <uchar.h>
#include <unistd.h>

#define PAGE 4096u
#define MOST_BATCHES 64u
#define STREAM_BATCHES 16u                 /* in flight, of a stream */
#define STREAM_MEMORY ((size_t)192 << 20)  /* more than the largest entry twice */
#define STREAM_STAGING ((uint32_t)1 << 30) /* [R] DC3: what the game asks for */
#define CAPACITY 8192                      /* [R] DC3, DC1 */

struct flight {
    uint32_t first, count; /* requests */
    size_t end;            /* in memory, a position that counts on */
    HANDLE event;
};

struct client {
    struct dstorage_load load;
    IDStorageFactory *factory;
    IDStorageQueue1 *queue;
    IDStorageStatusArray *status;
    IDStorageFile *file;
    unsigned char *memory;
    size_t memory_nbytes, used_from, used_to; /* positions that count on */
    unsigned char **to;                       /* a request's destination */
    struct flight flights[MOST_BATCHES];      /* a ring: batch i at i % window */
    uint32_t window, begun, ended;            /* batches */
    bool looks;                               /* at what was read */
    char error[120];
};

static bool fail(struct client *c, const char *what, HRESULT hr)
{
    snprintf(c->error, sizeof(c->error), "%s: 0x%08x", what, (unsigned)hr);
    return false;
}

/* The path as Windows has it. False: it is too long, or no UTF-8. */
static bool widen(const char *path, WCHAR wide[PATH_MAX])
{
    mbstate_t state = {0};
    size_t left = strlen(path), at = 0;

    setlocale(LC_CTYPE, "C.UTF-8");
    while (at < PATH_MAX - 1) {
        char16_t unit;
        size_t used = mbrtoc16(&unit, path, left, &state);

        if (!left && used != (size_t)-3)
            break;
        if (used == (size_t)-1 || used == (size_t)-2)
            return false;
        if (used != (size_t)-3) {
            path += used;
            left -= used;
        }
        wide[at++] = (WCHAR)unit;
    }
    wide[at] = 0;
    return !left;
}

static bool open_queue(struct client *c)
{
    DSTORAGE_QUEUE_DESC desc = {.SourceType = DSTORAGE_REQUEST_SOURCE_FILE,
                                .Capacity = CAPACITY,
                                .Priority = DSTORAGE_PRIORITY_NORMAL,
                                .Name = "bench"};
    HRESULT hr = c->factory->lpVtbl->CreateQueue(c->factory, &desc, &IID_IDStorageQueue1,
                                                 (void **)&c->queue);

    if (SUCCEEDED(hr))
        hr = c->factory->lpVtbl->CreateStatusArray(c->factory, MOST_BATCHES, "bench",
                                                   &IID_IDStorageStatusArray, (void **)&c->status);
    for (uint32_t i = 0; SUCCEEDED(hr) && i < c->window; i++) {
        c->flights[i].event = CreateEventW(NULL, FALSE, FALSE, NULL);
        if (!c->flights[i].event)
            hr = HRESULT_FROM_WIN32(GetLastError());
    }
    return SUCCEEDED(hr) || fail(c, "CreateQueue", hr);
}

static bool open_all(struct client *c, enum dstorage_way way, bool stream, const char *path)
{
    DSTORAGE_CONFIGURATION1 config = {.ForceMappingLayer = way == DSTORAGE_MAPPING,
                                      .DisableBypassIO = way == DSTORAGE_BUFFERED,
                                      .ForceFileBuffering = way == DSTORAGE_BUFFERED};
    WCHAR wide[PATH_MAX];
    HRESULT hr = DStorageSetConfiguration1(&config);

    if (SUCCEEDED(hr))
        hr = DStorageGetFactory(&IID_IDStorageFactory, (void **)&c->factory);
    if (SUCCEEDED(hr) && stream)
        hr = c->factory->lpVtbl->SetStagingBufferSize(c->factory, STREAM_STAGING);
    if (FAILED(hr))
        return fail(c, "DStorageGetFactory", hr);
    hr = widen(path, wide)
             ? c->factory->lpVtbl->OpenFile(c->factory, wide, &IID_IDStorageFile, (void **)&c->file)
             : E_INVALIDARG;
    return SUCCEEDED(hr) ? open_queue(c) : fail(c, "OpenFile", hr);
}

static void close_all(struct client *c)
{
    c->queue->lpVtbl->Close(c->queue);
    c->queue->lpVtbl->Release(c->queue);
    c->status->lpVtbl->Release(c->status);
    c->file->lpVtbl->Release(c->file);
    c->factory->lpVtbl->Release(c->factory);
    for (uint32_t i = 0; i < c->window; i++)
        CloseHandle(c->flights[i].event);
}

/* ---- the work ---- */

static size_t room_of(uint32_t nbytes)
{
    return ((size_t)nbytes + PAGE - 1) / PAGE * PAGE;
}

/* Waits for the oldest batch. */
static bool end_one(struct client *c)
{
    struct flight *flight = &c->flights[c->ended % c->window];
    HRESULT hr;

    if (WaitForSingleObject(flight->event, INFINITE) != WAIT_OBJECT_0)
        return fail(c, "WaitForSingleObject", HRESULT_FROM_WIN32(GetLastError()));
    hr = c->status->lpVtbl->GetHResult(c->status, c->ended % c->window);
    if (hr != S_OK)
        return fail(c, "a request", hr);
    for (uint32_t i = flight->first; c->looks && i < flight->first + flight->count; i++)
        if (!bench_file_holds(c->to[i], c->load.requests[i].offset, c->load.requests[i].nbytes))
            return fail(c, "what was read is not what lies there", S_FALSE);
    c->used_from = flight->end;
    c->ended++;
    return true;
}

/* Where the next request goes, when everything up to it fits; used_to is behind it then. */
static bool cut(struct client *c, uint32_t nbytes, unsigned char **to_out)
{
    size_t at = c->used_to % c->memory_nbytes, room = room_of(nbytes);
    size_t skip = at + room > c->memory_nbytes ? c->memory_nbytes - at : 0;

    if (c->used_to + skip + room - c->used_from > c->memory_nbytes)
        return false;
    c->used_to += skip + room;
    *to_out = c->memory + (c->used_to - room) % c->memory_nbytes;
    return true;
}

static void enqueue(struct client *c, uint32_t i)
{
    DSTORAGE_REQUEST request = {0};

    request.Options.SourceType = DSTORAGE_REQUEST_SOURCE_FILE;
    request.Options.DestinationType = DSTORAGE_REQUEST_DESTINATION_MEMORY;
    request.Source.File.Source = c->file;
    request.Source.File.Offset = c->load.requests[i].offset;
    request.Source.File.Size = request.Destination.Memory.Size = c->load.requests[i].nbytes;
    request.UncompressedSize = c->load.requests[i].nbytes;
    request.Destination.Memory.Buffer = c->to[i];
    c->queue->lpVtbl->EnqueueRequest(c->queue, &request);
}

/* Submits what is enqueued as a batch of its own. */
static void submit(struct client *c, uint32_t first, uint32_t end)
{
    uint32_t slot = c->begun++ % c->window;
    struct flight *flight = &c->flights[slot];

    flight->first = first;
    flight->count = end - first;
    flight->end = c->used_to;
    c->queue->lpVtbl->EnqueueStatus(c->queue, c->status, slot);
    c->queue->lpVtbl->EnqueueSetEvent(c->queue, flight->event);
    c->queue->lpVtbl->Submit(c->queue);
}

/* A batch that does not fit into memory as a whole goes in parts. */
static bool begin_batch(struct client *c, uint32_t first, uint32_t count)
{
    uint32_t part = first;

    if (c->begun - c->ended == c->window && !end_one(c))
        return false;
    for (uint32_t i = first; i < first + count; i++) {
        while (!cut(c, c->load.requests[i].nbytes, &c->to[i])) {
            if (i > part) {
                submit(c, part, i);
                part = i;
            }
            if (!end_one(c))
                return false;
        }
        enqueue(c, i);
    }
    submit(c, part, first + count);
    return true;
}

static bool run_batches(struct client *c, uint32_t count)
{
    for (uint32_t i = 0, first = 0; i < count; first += c->load.batches[i++])
        if (!begin_batch(c, first, c->load.batches[i]))
            return false;
    while (c->ended < c->begun)
        if (!end_one(c))
            return false;
    return true;
}

static uint64_t processor_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Some batches first, looked at, and not in the time. */
static bool run(struct client *c, bool looks)
{
    uint32_t warm = 2 * c->window < c->load.batch_count ? 2 * c->window : c->load.batch_count;
    uint64_t start, cpu;

    c->looks = looks;
    if (!run_batches(c, warm))
        return false;
    c->looks = false;
    cpu = processor_ns();
    start = bench_now_ns();
    if (!run_batches(c, c->load.batch_count))
        return false;
    start = bench_now_ns() - start;
    printf("%u %llu %llu %llu\n", c->load.count, (unsigned long long)c->load.nbytes,
           (unsigned long long)start, (unsigned long long)(processor_ns() - cpu));
    return true;
}

/* ---- the child ---- */

char **dstorage_client_argv(const struct dstorage_work *work)
{
    const struct dstorage_row *row = work->row;
    char **argv = run_xalloc(5 * sizeof(*argv)), self[PATH_MAX];
    ssize_t nchars = readlink("/proc/self/exe", self, sizeof(self) - 1);

    self[nchars > 0 ? nchars : 0] = '\0';
    argv[0] = run_format("%s", self);
    argv[1] = run_format("bench");
    argv[2] = run_format("dstorage");
    argv[3] =
        run_format("--client=%d:%d:%u:%u:%u:%u:%llu:%d:%d:%s", row->kind == DSTORAGE_STREAM,
                   row->way, row->size, row->depth, row->batch, work->count,
                   (unsigned long long)work->file_nbytes, row->packed, work->stamped, work->path);
    return argv;
}

int dstorage_client(const char *spec)
{
    static struct client c;
    int stream, way, packed, stamped, at = 0;
    unsigned size, depth, batch, count;
    unsigned long long file_nbytes;
    bool good;

    if (sscanf(spec, "%d:%d:%u:%u:%u:%u:%llu:%d:%d:%n", &stream, &way, &size, &depth, &batch,
               &count, &file_nbytes, &packed, &stamped, &at) != 9 ||
        !at || (!stream && (!batch || !size || depth / batch > MOST_BATCHES)) || !count)
        return RUN_USAGE;
    if (stream)
        dstorage_load_make(&c.load, count, packed, file_nbytes);
    else
        dstorage_load_scatter(&c.load, size, batch, count, file_nbytes);
    c.window = stream ? STREAM_BATCHES : depth / batch;
    c.memory_nbytes = stream ? STREAM_MEMORY : (size_t)depth * size;
    c.to = run_xalloc(c.load.count * sizeof(*c.to));
    c.memory = mmap(NULL, c.memory_nbytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (c.memory == MAP_FAILED)
        return run_cannot("no memory for what is read");
    good = open_all(&c, (enum dstorage_way)way, stream, spec + at) && run(&c, stamped);
    if (good)
        close_all(&c);
    else
        fprintf(stderr, "%s\n", c.error);
    dstorage_load_fini(&c.load);
    free(c.to);
    return good ? RUN_PASS : RUN_FAIL;
}

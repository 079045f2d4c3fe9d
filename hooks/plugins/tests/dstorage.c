/* SPDX-License-Identifier: MIT */
/*
 * DirectStorage over real and virtual files under a hook: two threads with a queue each, random
 * batches of requests of both kinds, some beyond the end, some cancelled by tag. Every batch must
 * end, its status and record must say what the first bad request says, and every byte must be right.
 *
 * dstorage PLUGIN ROUNDS [SEED]
 */
#include "hooks/plugins/tests/files.h"

#define COBJMACROS
#include <dstorage.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 8u
#define LENGTH 70000u
#define FILE_NBYTES 300000u
#define FILES 4u
#define THREADS 2u
#define PATIENCE 60000 /* ms; nothing here takes a thousandth of it */
#define POISON 0xD5

static const char *const hows[FILES] = {NULL, "inline", "worker", "early"};
static struct pf_files files = {.hows = hows, .count = FILES, .nbytes = FILE_NBYTES};
static unsigned rounds, first_seed;
static IDStorageFactory *factory;
static IDStorageFile *opened[FILES];

struct request {
    unsigned file;
    uint64_t offset;
    UINT32 nbytes;
    UINT64 tag;
    char buffer[LENGTH + 2]; /* a guard at either end */
};

struct worker {
    HANDLE thread, event;
    unsigned seed, count;
    IDStorageQueue1 *queue;
    IDStorageStatusArray *status;
    struct request requests[DEPTH];
};

static unsigned pick(struct worker *worker, unsigned below)
{
    return (unsigned)rand_r(&worker->seed) % below;
}

static void check(HRESULT hr, const char *what)
{
    if (FAILED(hr))
        pf_fail(what, (unsigned long)hr);
}

static bool is_beyond(const struct request *request)
{
    return request->offset + request->nbytes > FILE_NBYTES;
}

static void enqueue(struct worker *worker, struct request *request)
{
    DSTORAGE_REQUEST asked = {0};

    request->file = pick(worker, FILES);
    request->nbytes = 1 + pick(worker, LENGTH);
    request->offset = pick(worker, 8) ? pick(worker, FILE_NBYTES - request->nbytes)
                                      : FILE_NBYTES - pick(worker, request->nbytes);
    request->tag = pick(worker, 2);
    memset(request->buffer, POISON, sizeof request->buffer);
    asked.Options.SourceType = DSTORAGE_REQUEST_SOURCE_FILE;
    asked.Source.File.Source = opened[request->file];
    asked.Source.File.Offset = request->offset;
    asked.Source.File.Size = asked.Destination.Memory.Size = request->nbytes;
    asked.Destination.Memory.Buffer = request->buffer + 1;
    asked.CancellationTag = request->tag;
    IDStorageQueue1_EnqueueRequest(worker->queue, &asked);
}

static void judge_bytes(const struct request *request, bool cancelled)
{
    const unsigned char *at = (const unsigned char *)request->buffer;

    if (at[0] != POISON || at[request->nbytes + 1] != POISON)
        pf_fail("a byte beside the destination", (unsigned long)request->offset);
    for (UINT32 i = 0; i < request->nbytes && !cancelled && !is_beyond(request); i++)
        if (at[i + 1] != pf_byte(request->file, request->offset + i))
            pf_fail("a wrong byte", (unsigned long)(request->offset + i));
}

/* A cancelled request may have failed before. The others are owed. */
static void judge(struct worker *worker, bool cancelled)
{
    const struct request *first = NULL;
    DSTORAGE_ERROR_RECORD record;
    HRESULT hr;
    bool may = false;

    for (unsigned i = 0; i < worker->count; i++) {
        const struct request *request = &worker->requests[i];
        bool was_cancelled = cancelled && request->tag;

        judge_bytes(request, was_cancelled);
        may |= is_beyond(request);
        if (is_beyond(request) && !was_cancelled && !first)
            first = request;
    }
    hr = IDStorageStatusArray_GetHResult(worker->status, 0);
    IDStorageQueue1_RetrieveErrorRecord(worker->queue, &record);
    if (hr != (first ? E_DSTORAGE_END_OF_FILE : S_OK) && !(may && cancelled))
        pf_fail("a wrong status", (unsigned long)hr);
    if (record.FirstFailure.HResult != hr)
        pf_fail("a record that says another thing", (unsigned long)record.FirstFailure.HResult);
    if (first && !cancelled &&
        record.FirstFailure.Request.Request.Source.File.Offset != first->offset)
        pf_fail("a record of another request",
                (unsigned long)record.FirstFailure.Request.Request.Source.File.Offset);
}

static DWORD WINAPI run(LPVOID context)
{
    struct worker *worker = context;

    for (unsigned round = 0; round < rounds; round++) {
        bool cancelled = !pick(worker, 4);

        worker->count = 1 + pick(worker, DEPTH);
        for (unsigned i = 0; i < worker->count; i++)
            enqueue(worker, &worker->requests[i]);
        IDStorageQueue1_EnqueueStatus(worker->queue, worker->status, 0);
        IDStorageQueue1_EnqueueSetEvent(worker->queue, worker->event);
        IDStorageQueue1_Submit(worker->queue);
        if (cancelled)
            IDStorageQueue1_CancelRequestsWithTag(worker->queue, 1, 1);
        if (WaitForSingleObject(worker->event, PATIENCE) != WAIT_OBJECT_0)
            pf_fail("a batch that does not end", round);
        judge(worker, cancelled);
    }
    return 0;
}

static void open_all(void)
{
    DSTORAGE_CONFIGURATION1 configuration = {.NumSubmitThreads = 1 + first_seed % 2};
    BY_HANDLE_FILE_INFORMATION info;
    char path[512];
    WCHAR wide[512];

    if (first_seed % 4 < 2) /* else nobody configures */
        check(DStorageSetConfiguration1(&configuration), "it cannot be configured");
    check(DStorageGetFactory(&IID_IDStorageFactory, (void **)&factory), "no factory");
    for (unsigned i = 0; i < FILES; i++) {
        pf_path(&files, i, path, sizeof path);
        MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 512);
        check(IDStorageFactory_OpenFile(factory, wide, &IID_IDStorageFile, (void **)&opened[i]),
              "a file cannot be opened");
        check(IDStorageFile_GetFileInformation(opened[i], &info), "a file says nothing of itself");
        if (info.nFileSizeLow != FILE_NBYTES || info.nFileSizeHigh)
            pf_fail("a wrong size", info.nFileSizeLow);
    }
}

static void start(struct worker *worker, unsigned number)
{
    DSTORAGE_QUEUE_DESC desc = {.SourceType = DSTORAGE_REQUEST_SOURCE_FILE, .Capacity = 0x80};

    worker->seed = first_seed * THREADS + number;
    worker->event = CreateEventW(NULL, FALSE, FALSE, NULL);
    check(
        IDStorageFactory_CreateQueue(factory, &desc, &IID_IDStorageQueue1, (void **)&worker->queue),
        "no queue");
    check(IDStorageFactory_CreateStatusArray(factory, 1, NULL, &IID_IDStorageStatusArray,
                                             (void **)&worker->status),
          "no status array");
    worker->thread = CreateThread(NULL, 0, run, worker, 0, NULL);
}

static void finish(struct worker *worker)
{
    WaitForSingleObject(worker->thread, INFINITE);
    CloseHandle(worker->thread);
    CloseHandle(worker->event);
    IDStorageQueue1_Release(worker->queue);
    IDStorageStatusArray_Release(worker->status);
}

int main(int argc, char **argv)
{
    static struct worker workers[THREADS];

    if (argc < 3) {
        fprintf(stderr, "usage: dstorage PLUGIN ROUNDS [SEED]\n");
        return 2;
    }
    pf_start(&files, argv);
    rounds = (unsigned)atoi(argv[2]);
    first_seed = argc > 3 ? (unsigned)atoi(argv[3]) : 1;
    open_all();
    for (unsigned i = 0; i < THREADS; i++)
        start(&workers[i], i);
    for (unsigned i = 0; i < THREADS; i++)
        finish(&workers[i]);
    for (unsigned i = 0; i < FILES; i++)
        IDStorageFile_Release(opened[i]);
    if (IDStorageFactory_Release(factory))
        pf_fail("a factory that somebody has", 0);
    pf_end(&files);
    printf("%u rounds on each of %u threads, seed %u\n", rounds, THREADS, first_seed);
    return 0;
}

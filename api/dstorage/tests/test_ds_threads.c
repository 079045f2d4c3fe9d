/* SPDX-License-Identifier: MIT */
/*
 * Many threads at one thing: eight enqueue on four queues while others cancel, close and read the
 * errors.
 */
#include "api/dstorage/tests/ds_test.h"

#define QUEUES 4u
#define ENQUEUERS 8u
#define EACH 600u
#define DISTURBERS 4u

#define MEMORY (QUEUES - 1) /* the place of a queue for memory; the others are for files */
#define ROOMS 16u

static IDStorageQueue3 *queues[QUEUES]; /* one after the other at each place; places */
static unsigned generation;             /* of the memory queue; places */
static SRWLOCK places = SRWLOCK_INIT;
static IDStorageStatusArray *status, *memory_status;
/*
 * Where an enqueuer's memory goes: free when its status is complete, or its queue was closed. Two
 * writers of one place would be the program's own race.
 */
static struct room {
    unsigned char to[4096];
    unsigned generation; /* 0: unused */
} rooms[ENQUEUERS][ROOMS];
static volatile LONG running, closed, cancelled, retrieved, failures;
static unsigned char targets[ENQUEUERS][8192];
static unsigned char packed[1024];
static UINT32 packed_nbytes;
static struct test_fence *fence;
static DWORD seconds; /* 0: EACH times */

/* With a reference: whoever closes it meanwhile lets go of another. */
static IDStorageQueue3 *queue_at(unsigned place, unsigned *generation_out)
{
    IDStorageQueue3 *queue;

    AcquireSRWLockShared(&places);
    queue = queues[place % QUEUES];
    if (generation_out)
        *generation_out = generation;
    IDStorageQueue3_AddRef(queue);
    ReleaseSRWLockShared(&places);
    return queue;
}

static DSTORAGE_REQUEST some_file(unsigned thread, unsigned i)
{
    DSTORAGE_REQUEST request = file_request(i * 37 % 60000, 1 + i % 5000, targets[thread]);

    request.CancellationTag = i;
    if (i % 11 == 0)
        request.Source.File.Offset = 1 << 20; /* fails */
    if (i % 13 == 0) {
        request.Options.CompressionFormat = DSTORAGE_COMPRESSION_FORMAT_GDEFLATE; /* fails later */
        request.UncompressedSize = request.Destination.Memory.Size;
    }
    return request;
}

static void enqueue_memory(unsigned thread, unsigned i)
{
    unsigned now, index = thread * ROOMS + i / QUEUES % ROOMS;
    IDStorageQueue3 *queue = queue_at(MEMORY, &now);
    struct room *room = &rooms[thread][i / QUEUES % ROOMS];
    DSTORAGE_REQUEST request = memory_request(packed, packed_nbytes, room->to);

    if (room->generation != now || IDStorageStatusArray_IsComplete(memory_status, index)) {
        room->generation = now;
        request.CancellationTag = i;
        if (i % 3 == 0) {
            request.Options.CompressionFormat = DSTORAGE_COMPRESSION_FORMAT_GDEFLATE;
            request.Destination.Memory.Size = i % 5 ? 4096 : 4095; /* fails */
            request.UncompressedSize = request.Destination.Memory.Size;
        }
        IDStorageQueue3_EnqueueRequest(queue, &request);
        IDStorageQueue3_EnqueueStatus(queue, memory_status, index);
    }
    IDStorageQueue3_Submit(queue);
    IDStorageQueue3_Release(queue);
}

static void enqueue_file(unsigned thread, unsigned i)
{
    IDStorageQueue3 *queue = queue_at(thread + i, NULL);
    DSTORAGE_REQUEST request = some_file(thread, i);

    if (i % 17 == 0)
        IDStorageQueue3_EnqueueRequests(queue, &request, 1, (ID3D12Fence *)fence, i / 3, i % 3);
    else
        IDStorageQueue3_EnqueueRequest(queue, &request);
    if (i % 7 == 0)
        IDStorageQueue3_EnqueueStatus(queue, status, i % 64);
    if (i % 29 == 0)
        fence->lpVtbl->Signal(fence, i);
    if (i % 23 == 0)
        IDStorageQueue3_EnqueueSignal(queue, (ID3D12Fence *)fence, i);
    if (i % 31 == 0)
        IDStorageQueue3_Submit(queue);
    IDStorageQueue3_Release(queue);
}

static DWORD WINAPI enqueue(void *context)
{
    unsigned thread = (unsigned)(uintptr_t)context;
    ULONGLONG end = GetTickCount64() + 1000ull * seconds;

    for (unsigned i = 0; seconds ? GetTickCount64() < end : i < EACH; i++) {
        if ((thread + i) % QUEUES == MEMORY)
            enqueue_memory(thread, i);
        else
            enqueue_file(thread, i);
    }
    if (InterlockedDecrement(&running) == 0)
        fence->lpVtbl->Signal(fence, UINT64_MAX);
    return 0;
}

static IDStorageQueue3 *another_queue(unsigned place)
{
    return make_queue(place % QUEUES == MEMORY ? MEMORY_QUEUE : FILE_QUEUE, 0x80);
}

/*
 * Others are inside the queue, perhaps waiting for a slot or a fence; a new one takes its place.
 * The memory queue's rooms are free when it has closed, and not before.
 */
static void close_one(unsigned place)
{
    IDStorageQueue3 *fresh = another_queue(place), *old;

    AcquireSRWLockExclusive(&places);
    old = queues[place % QUEUES];
    queues[place % QUEUES] = fresh;
    if (place % QUEUES == MEMORY) {
        IDStorageQueue3_Close(old);
        generation++;
    }
    ReleaseSRWLockExclusive(&places);
    IDStorageQueue3_Close(old);
    IDStorageQueue3_Release(old);
    InterlockedIncrement(&closed);
}

static void retrieve_one(unsigned place)
{
    IDStorageQueue3 *queue = queue_at(place, NULL);
    DSTORAGE_ERROR_RECORD record;
    DSTORAGE_QUEUE_INFO info;

    if (place % 8 ||
        WaitForSingleObject(IDStorageQueue3_GetErrorEvent(queue), 0) == WAIT_OBJECT_0) {
        IDStorageQueue3_RetrieveErrorRecord(queue, &record);
        InterlockedExchangeAdd(&failures, (LONG)record.FailureCount);
        cr_assert_eq(record.FailureCount != 0, FAILED(record.FirstFailure.HResult));
    }
    IDStorageQueue3_Query(queue, &info);
    cr_assert(info.EmptySlotCount < 0x80);
    IDStorageStatusArray_IsComplete(status, place % 64);
    IDStorageQueue3_Release(queue);
    InterlockedIncrement(&retrieved);
}

static void cancel_one(unsigned place)
{
    IDStorageQueue3 *queue = queue_at(place, NULL);

    IDStorageQueue3_CancelRequestsWithTag(queue, 0xFF, place % 256);
    /* An enqueuer may wait for room behind what waits for the fence. */
    fence->lpVtbl->Signal(fence, UINT64_MAX / 2);
    IDStorageQueue3_Release(queue);
    InterlockedIncrement(&cancelled);
}

static DWORD WINAPI disturb(void *context)
{
    static void (*const ways[])(unsigned) = {cancel_one, retrieve_one, close_one, retrieve_one};
    unsigned thread = (unsigned)(uintptr_t)context;

    for (unsigned i = 0; InterlockedCompareExchange(&running, 0, 0); i++) {
        ways[thread](i * 5 + i / 64);
        SwitchToThread();
    }
    return 0;
}

static void make_packed(void)
{
    IDStorageCompressionCodec *codec;
    unsigned char raw[4096] = {0};
    size_t nbytes;

    for (unsigned i = 0; i < sizeof raw; i++)
        raw[i] = (unsigned char)(i / 64);
    cr_assert_eq(DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT_GDEFLATE, 1,
                                                &IID_IDStorageCompressionCodec, (void **)&codec),
                 S_OK);
    cr_assert_eq(
        codec->lpVtbl->CompressBuffer(codec, raw, sizeof raw, 0, packed, sizeof packed, &nbytes),
        S_OK);
    packed_nbytes = (UINT32)nbytes;
    IDStorageCompressionCodec_Release(codec);
}

/* RINGER_STORM_SECONDS: so long, rather than so often. */
Test(ds_threads, storm, .timeout = 600)
{
    DSTORAGE_CONFIGURATION config = {.NumSubmitThreads = 2, .NumBuiltInCpuDecompressionThreads = 2};
    HANDLE threads[ENQUEUERS + DISTURBERS];
    DWORD handles = ringer_handle_count();

    seconds = getenv("RINGER_STORM_SECONDS") ? (DWORD)atoi(getenv("RINGER_STORM_SECONDS")) : 0;
    cr_assert_eq(DStorageSetConfiguration(&config), S_OK);
    setup_file(65536);
    make_packed();
    fence = make_fence(0);
    status = make_status(64);
    memory_status = make_status(ENQUEUERS * ROOMS);
    generation = 1;
    for (unsigned i = 0; i < QUEUES; i++)
        queues[i] = another_queue(i);
    running = ENQUEUERS;
    for (unsigned i = 0; i < ENQUEUERS + DISTURBERS; i++)
        threads[i] = CreateThread(NULL, 0, i < ENQUEUERS ? enqueue : disturb,
                                  (void *)(uintptr_t)(i < ENQUEUERS ? i : i - ENQUEUERS), 0, NULL);
    for (unsigned i = 0; i < ENQUEUERS + DISTURBERS; i++) {
        cr_assert_eq(WaitForSingleObject(threads[i], 2 * WAIT_MS + 1000 * seconds), WAIT_OBJECT_0);
        CloseHandle(threads[i]);
    }
    cr_assert(closed && cancelled && retrieved);
    for (unsigned i = 0; i < QUEUES; i++) {
        finish(queues[i]);
        cr_assert_eq(IDStorageQueue3_Release(queues[i]), 0);
    }
    cr_assert_eq(IDStorageStatusArray_Release(status), 0);
    cr_assert_eq(IDStorageStatusArray_Release(memory_status), 0);
    teardown_all();
    cr_assert_eq(fence->lpVtbl->Release(fence), 0);
    cr_assert_eq(ringer_handle_count(), handles);
    if (seconds)
        fprintf(stderr, "%d closed, %d cancels, %d records with %d failures\n", (int)closed,
                (int)cancelled, (int)retrieved, (int)failures);
}

/* The factory comes and goes under many hands. */
static DWORD WINAPI come_and_go(void *context)
{
    for (unsigned i = 0; i < 60; i++) {
        IDStorageFactory *own;
        IDStorageQueue3 *queue;
        DSTORAGE_QUEUE_DESC desc = {.SourceType = MEMORY_QUEUE, .Capacity = 0x80};
        unsigned char from = (unsigned char)i, to = (unsigned char)~i;
        DSTORAGE_REQUEST request = memory_request(&from, 1, &to);

        cr_assert_eq(DStorageGetFactory(&IID_IDStorageFactory, (void **)&own), S_OK);
        cr_assert_eq(
            IDStorageFactory_CreateQueue(own, &desc, &IID_IDStorageQueue3, (void **)&queue), S_OK);
        IDStorageFactory_Release(own);
        IDStorageQueue3_EnqueueRequest(queue, &request);
        finish(queue);
        cr_assert_eq(to, from);
        IDStorageQueue3_Release(queue);
    }
    return 0;
}

Test(ds_threads, factories, .timeout = 120)
{
    HANDLE threads[4];

    for (unsigned i = 0; i < 4; i++)
        threads[i] = CreateThread(NULL, 0, come_and_go, NULL, 0, NULL);
    for (unsigned i = 0; i < 4; i++) {
        cr_assert_eq(WaitForSingleObject(threads[i], 2 * WAIT_MS), WAIT_OBJECT_0);
        CloseHandle(threads[i]);
    }
}

static volatile LONG posts;
static BOOL(WINAPI *next_take)(HANDLE, LPOVERLAPPED_ENTRY, ULONG, PULONG, DWORD, BOOL);
static BOOL(WINAPI *next_post)(HANDLE, DWORD, ULONG_PTR, LPOVERLAPPED);

static BOOL WINAPI take_late(HANDLE port, LPOVERLAPPED_ENTRY packets, ULONG count, PULONG taken,
                             DWORD ms, BOOL alertable)
{
    while (InterlockedCompareExchange(&posts, 0, 0) < 4)
        SwitchToThread();
    return next_take(port, packets, count, taken, ms, alertable);
}

static BOOL WINAPI post_counted(HANDLE port, DWORD nbytes, ULONG_PTR key, LPOVERLAPPED overlapped)
{
    BOOL good = next_post(port, nbytes, key, overlapped);

    InterlockedIncrement(&posts);
    return good;
}

/* Threads that share a port take each other's wakes, here one all of them; each ends anyhow. */
Test(ds_threads, one_takes_all_wakes, .timeout = 120)
{
    DSTORAGE_CONFIGURATION config = {.NumSubmitThreads = 4, .ForceMappingLayer = TRUE};
    IDStorageQueue3 *queue;

    next_take = ringer_slot_get("kernelbase", "GetQueuedCompletionStatusEx");
    next_post = ringer_slot_get("kernelbase", "PostQueuedCompletionStatus");
    ringer_slot_swap("kernelbase", "GetQueuedCompletionStatusEx", (void *)take_late);
    ringer_slot_swap("kernelbase", "PostQueuedCompletionStatus", (void *)post_counted);
    cr_assert_eq(DStorageSetConfiguration(&config), S_OK);
    get_factory();
    queue = make_queue(MEMORY_QUEUE, 0x80);
    cr_assert_eq(IDStorageQueue3_Release(queue), 0);
    teardown_all();
}

/* SPDX-License-Identifier: MIT */
/*
 * Many threads at one thing: eight enqueue on four queues while others cancel, close and read the
 * errors.
 */
#include "api/dstorage/tests/ds_test.h"

#define QUEUES 4u
#define ENQUEUERS 8u
#define EACH 600u

static IDStorageQueue3 *queues[QUEUES];
static IDStorageStatusArray *status;
static volatile LONG running;
static unsigned char targets[ENQUEUERS][8192];
static struct test_fence *fence;

static DSTORAGE_REQUEST some_request(unsigned thread, unsigned i)
{
    DSTORAGE_REQUEST request = file_request(i * 37 % 60000, 1 + i % 5000, targets[thread]);

    request.CancellationTag = i;
    if (i % 11 == 0)
        request.Source.File.Offset = 1 << 20; /* fails */
    if (i % 13 == 0)
        request.Options.CompressionFormat = DSTORAGE_COMPRESSION_FORMAT_GDEFLATE; /* fails later */
    return request;
}

static DWORD WINAPI enqueue(void *context)
{
    unsigned thread = (unsigned)(uintptr_t)context;

    for (unsigned i = 0; i < EACH; i++) {
        IDStorageQueue3 *queue = queues[(thread + i) % QUEUES];
        DSTORAGE_REQUEST request = some_request(thread, i);

        if (i % 17 == 0)
            IDStorageQueue3_EnqueueRequests(queue, &request, 1, (ID3D12Fence *)fence, i / 3, i % 3);
        else
            IDStorageQueue3_EnqueueRequest(queue, &request);
        if (i % 7 == 0)
            IDStorageQueue3_EnqueueStatus(queue, status, i % 64);
        if (i % 29 == 0)
            fence->lpVtbl->Signal(fence, i);
        if (i % 31 == 0)
            IDStorageQueue3_Submit(queue);
    }
    fence->lpVtbl->Signal(fence, UINT64_MAX);
    InterlockedDecrement(&running);
    return 0;
}

static DWORD WINAPI disturb(void *context)
{
    unsigned thread = (unsigned)(uintptr_t)context;

    for (unsigned i = 0; InterlockedCompareExchange(&running, 0, 0); i++) {
        IDStorageQueue3 *queue = queues[(thread + i) % QUEUES];
        DSTORAGE_ERROR_RECORD record;
        DSTORAGE_QUEUE_INFO info;

        IDStorageQueue3_CancelRequestsWithTag(queue, 0xFF, i % 256);
        IDStorageQueue3_RetrieveErrorRecord(queue, &record);
        IDStorageQueue3_Query(queue, &info);
        cr_assert(info.EmptySlotCount < 0x80);
        IDStorageStatusArray_IsComplete(status, i % 64);
        if (thread == 1 && i == 400)
            IDStorageQueue3_Close(queues[3]);
        SwitchToThread();
    }
    return 0;
}

Test(ds_threads, storm, .timeout = 120)
{
    DSTORAGE_CONFIGURATION config = {.NumSubmitThreads = 2, .NumBuiltInCpuDecompressionThreads = 2};
    HANDLE threads[ENQUEUERS + 2];

    cr_assert_eq(DStorageSetConfiguration(&config), S_OK);
    setup_file(65536);
    fence = make_fence(0);
    status = make_status(64);
    for (unsigned i = 0; i < QUEUES; i++)
        queues[i] = make_queue(FILE_QUEUE, 0x80);
    running = ENQUEUERS;
    for (unsigned i = 0; i < ENQUEUERS + 2; i++)
        threads[i] = CreateThread(NULL, 0, i < ENQUEUERS ? enqueue : disturb,
                                  (void *)(uintptr_t)(i < ENQUEUERS ? i : i - ENQUEUERS), 0, NULL);
    for (unsigned i = 0; i < ENQUEUERS + 2; i++) {
        cr_assert_eq(WaitForSingleObject(threads[i], 2 * WAIT_MS), WAIT_OBJECT_0);
        CloseHandle(threads[i]);
    }
    for (unsigned i = 0; i < 3; i++)
        finish(queues[i]);
    for (unsigned i = 0; i < QUEUES; i++)
        cr_assert_eq(IDStorageQueue3_Release(queues[i]), 0);
    cr_assert_eq(IDStorageStatusArray_Release(status), 0);
    teardown_all();
    cr_assert_eq(fence->lpVtbl->Release(fence), 0);
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

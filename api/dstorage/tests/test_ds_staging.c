/* SPDX-License-Identifier: MIT */
/* Who waits for staging memory, and who need not. */
#include "api/dstorage/tests/ds_test.h"

#define MIB (1u << 20)
#define AHEAD DSTORAGE_ENQUEUE_REQUEST_FLAG_FENCE_WAIT_BEFORE_GPU_WORK

static unsigned char *memory_of(size_t nbytes)
{
    unsigned char *memory = aligned_alloc(4096, nbytes);

    cr_assert(memory);
    memset(memory, 0, nbytes);
    return memory;
}

/* A program's own format: its source lies whole in staging memory until the program answers. */
static DSTORAGE_REQUEST custom_request(UINT64 offset, UINT32 nbytes, void *to)
{
    DSTORAGE_REQUEST request = file_request(offset, nbytes, to);

    request.Options.CompressionFormat = DSTORAGE_CUSTOM_COMPRESSION_0;
    request.UncompressedSize = nbytes;
    return request;
}

static IDStorageCustomDecompressionQueue *get_work(HANDLE *event_out)
{
    IDStorageCustomDecompressionQueue *work;

    cr_assert_eq(IDStorageFactory_QueryInterface(factory, &IID_IDStorageCustomDecompressionQueue,
                                                 (void **)&work),
                 S_OK);
    *event_out = work->lpVtbl->GetEvent(work);
    return work;
}

/* Waits for one request, looks at its source, and answers it. */
static void answer_one(IDStorageCustomDecompressionQueue *work, HANDLE event, UINT64 offset)
{
    DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST got;
    DSTORAGE_CUSTOM_DECOMPRESSION_RESULT result = {0};
    UINT32 count = 0;

    cr_assert_eq(WaitForSingleObject(event, WAIT_MS), WAIT_OBJECT_0);
    cr_assert_eq(work->lpVtbl->GetRequests(work, 1, &got, &count), S_OK);
    cr_assert_eq(count, 1);
    cr_assert(bytes_are(got.SrcBuffer, offset, got.SrcSize));
    result.Id = got.Id;
    cr_assert_eq(work->lpVtbl->SetRequestResults(work, 1, &result), S_OK);
}

/* 2 of 4 MiB are held until the fence comes. */
static struct test_fence *hold_half(IDStorageQueue3 *queue, unsigned char *to)
{
    struct test_fence *fence = make_fence(0);
    DSTORAGE_REQUEST request = file_request(0, 2 * MIB, to);

    IDStorageQueue3_EnqueueRequests(queue, &request, 1, (ID3D12Fence *)fence, 1, AHEAD);
    IDStorageQueue3_Submit(queue);
    return fence;
}

/*
 * What needs all of the memory waits for the fence, and what stands behind it does not: read directly,
 * over a bounce, or whole. The fence might need it.
 */
Test(ds_staging, who_waits_holds_up_nobody)
{
    unsigned char *held = memory_of(2 * MIB), *large = memory_of(4 * MIB), *to = memory_of(MIB);
    IDStorageQueue3 *first, *second, *third;
    IDStorageCustomDecompressionQueue *work;
    struct test_fence *fence;
    DSTORAGE_REQUEST request;
    HANDLE event;

    setup_file(FILE_NBYTES);
    cr_assert_eq(IDStorageFactory_SetStagingBufferSize(factory, 4 * MIB), S_OK);
    work = get_work(&event);
    first = make_queue(FILE_QUEUE, 0x80);
    second = make_queue(FILE_QUEUE, 0x80);
    third = make_queue(FILE_QUEUE, 0x80);
    fence = hold_half(first, held);
    request = file_request(4096, 4096, to); /* after it the first was begun: one thread, in order */
    IDStorageQueue3_EnqueueRequest(third, &request);
    finish(third);
    request = custom_request(0, 4 * MIB, large);
    IDStorageQueue3_EnqueueRequest(second, &request);
    IDStorageQueue3_Submit(second);
    for (unsigned i = 0; i < 200; i++) {
        UINT64 offset = i % 2 ? 4096 * i : 4096 * i + 5;

        request = file_request(offset, 65536, to);
        IDStorageQueue3_EnqueueRequest(third, &request);
        finish(third);
        cr_assert(bytes_are(to, offset, 65536));
    }
    cr_assert_eq(WaitForSingleObject(event, 0), WAIT_TIMEOUT, "there was no room for it");
    request = custom_request(MIB, MIB, to);
    IDStorageQueue3_EnqueueRequest(third, &request);
    IDStorageQueue3_Submit(third);
    answer_one(work, event, MIB);
    cr_assert_eq(held[0], 0);
    cr_assert_eq(fence->lpVtbl->Signal(fence, 1), S_OK);
    answer_one(work, event, 0);
    finish(first);
    finish(second);
    finish(third);
    cr_assert(bytes_are(held, 0, 2 * MIB));
    no_errors(first);
    no_errors(second);
    no_errors(third);
    cr_assert_eq(IDStorageQueue3_Release(first), 0);
    cr_assert_eq(IDStorageQueue3_Release(second), 0);
    cr_assert_eq(IDStorageQueue3_Release(third), 0);
    work->lpVtbl->Release(work);
    CloseHandle(event);
    teardown_all();
    cr_assert_eq(fence->lpVtbl->Release(fence), 0);
    free(held);
    free(large);
    free(to);
}

/* A stream of small ones that always finds some memory does not keep a large one from its turn. */
Test(ds_staging, first_come_first_served)
{
    unsigned char *large = memory_of(2 * MIB), *to = memory_of(MIB);
    IDStorageQueue3 *small, *big;
    IDStorageCustomDecompressionQueue *work;
    UINT64 until = GetTickCount64() + WAIT_MS;
    DSTORAGE_REQUEST request;
    unsigned enqueued = 0;
    HANDLE event;

    setup_file(FILE_NBYTES);
    cr_assert_eq(IDStorageFactory_SetStagingBufferSize(factory, 2 * MIB), S_OK);
    work = get_work(&event);
    small = make_queue(FILE_QUEUE, 0x1000);
    big = make_queue(FILE_QUEUE, 0x80);
    while (WaitForSingleObject(event, 0) == WAIT_TIMEOUT) {
        DSTORAGE_QUEUE_INFO info;

        cr_assert_lt(GetTickCount64(), until, "never its turn");
        /* When it has come they all wait for it to be answered: so nobody waits for a slot here. */
        IDStorageQueue3_Query(small, &info);
        if (info.EmptySlotCount < 2) {
            SwitchToThread();
            continue;
        }
        request = file_request(1 + enqueued % 64, 65536, to + enqueued % 15 * 65536);
        IDStorageQueue3_EnqueueRequest(small, &request);
        IDStorageQueue3_Submit(small);
        if (++enqueued == 1000) {
            request = custom_request(0, 2 * MIB, large);
            IDStorageQueue3_EnqueueRequest(big, &request);
            IDStorageQueue3_Submit(big);
        }
    }
    answer_one(work, event, 0);
    finish(small);
    finish(big);
    no_errors(small);
    no_errors(big);
    cr_assert_eq(IDStorageQueue3_Release(small), 0);
    cr_assert_eq(IDStorageQueue3_Release(big), 0);
    work->lpVtbl->Release(work);
    CloseHandle(event);
    teardown_all();
    free(large);
    free(to);
}

/* Cancelled, or closed, while it waits for memory; then nothing is held of the budget. */
Test(ds_staging, cancelled_while_it_waits)
{
    unsigned char *held = memory_of(2 * MIB), *large = memory_of(4 * MIB);
    IDStorageQueue3 *first, *second;
    IDStorageCustomDecompressionQueue *work;
    struct test_fence *fence;
    DSTORAGE_REQUEST request;
    HANDLE event;

    setup_file(FILE_NBYTES);
    cr_assert_eq(IDStorageFactory_SetStagingBufferSize(factory, 4 * MIB), S_OK);
    work = get_work(&event);
    first = make_queue(FILE_QUEUE, 0x80);
    fence = hold_half(first, held);
    for (unsigned i = 0; i < 100; i++) {
        second = make_queue(FILE_QUEUE, 0x80);
        request = custom_request(0, 4 * MIB, large);
        request.CancellationTag = 7;
        IDStorageQueue3_EnqueueRequest(second, &request);
        IDStorageQueue3_EnqueueRequest(second, &request);
        IDStorageQueue3_Submit(second);
        if (i % 2) {
            IDStorageQueue3_CancelRequestsWithTag(second, 7, 7);
            finish(second);
        }
        cr_assert_eq(IDStorageQueue3_Release(second), 0);
    }
    cr_assert_eq(fence->lpVtbl->Signal(fence, 1), S_OK);
    finish(first);
    cr_assert(bytes_are(held, 0, 2 * MIB));
    IDStorageQueue3_EnqueueRequest(first, &request);
    IDStorageQueue3_Submit(first);
    answer_one(work, event, 0);
    finish(first);
    no_errors(first);
    cr_assert_eq(IDStorageQueue3_Release(first), 0);
    work->lpVtbl->Release(work);
    CloseHandle(event);
    teardown_all();
    cr_assert_eq(fence->lpVtbl->Release(fence), 0);
    free(held);
    free(large);
}

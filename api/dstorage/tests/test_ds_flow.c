/* SPDX-License-Identifier: MIT */
/* Fences to wait for, cancellation, closing, custom decompression. */
#include "api/dstorage/tests/ds_test.h"

static const UINT32 modes[] = {DSTORAGE_ENQUEUE_REQUEST_FLAG_NONE,
                               DSTORAGE_ENQUEUE_REQUEST_FLAG_FENCE_WAIT_BEFORE_GPU_WORK,
                               DSTORAGE_ENQUEUE_REQUEST_FLAG_FENCE_WAIT_BEFORE_SOURCE_ACCESS};

/* Reads of the file that were begun: what a hook of either way sees. */
static volatile LONG reads, odd_reads;
static HRESULT(WINAPI *next_build)(HIORING, IORING_HANDLE_REF, IORING_BUFFER_REF, UINT32, UINT64,
                                   UINT_PTR, IORING_SQE_FLAGS);
static BOOL(WINAPI *next_read)(HANDLE, LPVOID, DWORD, LPDWORD, LPOVERLAPPED);

static volatile LONG reader, readers; /* the thread that began the first; how many others did */

static void note_read(DWORD nbytes, UINT64 offset)
{
    LONG own = (LONG)GetCurrentThreadId(), first = InterlockedCompareExchange(&reader, own, 0);

    if (first && first != own)
        InterlockedIncrement(&readers);
    InterlockedIncrement(&reads);
    if (nbytes > 1u << 20 || nbytes % 4096 || offset % 4096)
        InterlockedIncrement(&odd_reads);
}

static HRESULT WINAPI count_build(HIORING ring, IORING_HANDLE_REF ref, IORING_BUFFER_REF buffer,
                                  UINT32 nbytes, UINT64 offset, UINT_PTR data,
                                  IORING_SQE_FLAGS flags)
{
    cr_assert_eq(ref.Kind, IORING_REF_RAW);
    cr_assert_eq(buffer.Kind, IORING_REF_RAW);
    note_read(nbytes, offset);
    return next_build(ring, ref, buffer, nbytes, offset, data, flags);
}

static BOOL WINAPI count_read(HANDLE handle, LPVOID to, DWORD nbytes, LPDWORD done,
                              LPOVERLAPPED overlapped)
{
    note_read(nbytes, (UINT64)overlapped->OffsetHigh << 32 | overlapped->Offset);
    return next_read(handle, to, nbytes, done, overlapped);
}

static void count_reads(void)
{
    next_build = ringer_slot_get("kernelbase", "BuildIoRingReadFile");
    next_read = ringer_slot_get("kernelbase", "ReadFile");
    ringer_slot_swap("kernelbase", "BuildIoRingReadFile", (void *)count_build);
    ringer_slot_swap("kernelbase", "ReadFile", (void *)count_read);
}

/* [D] Nothing is written before the value; in the last mode nothing is read either. */
static void fenced(UINT32 mode)
{
    static unsigned char to[8][70000], other[64];
    DSTORAGE_REQUEST requests[8], plain;
    struct test_fence *fence = make_fence(4), *done = make_fence(0);
    IDStorageQueue3 *queue, *second;

    count_reads();
    setup_file(FILE_NBYTES);
    queue = make_queue(FILE_QUEUE, 0x80);
    second = make_queue(FILE_QUEUE, 0x80);
    for (unsigned i = 0; i < 8; i++)
        requests[i] = file_request(i * 70000, 70000, to[i]);
    IDStorageQueue3_EnqueueRequests(queue, requests, 8, (ID3D12Fence *)fence, 5, mode);
    IDStorageQueue3_EnqueueSignal(queue, (ID3D12Fence *)done, 1);
    IDStorageQueue3_Submit(queue);
    /* Another queue goes on, through the same threads. */
    plain = file_request(1, 64, other);
    IDStorageQueue3_EnqueueRequest(second, &plain);
    finish(second);
    cr_assert(bytes_are(other, 1, 64));
    if (mode == DSTORAGE_ENQUEUE_REQUEST_FLAG_FENCE_WAIT_BEFORE_SOURCE_ACCESS)
        cr_assert_eq(InterlockedCompareExchange(&reads, 0, 0), 1, "the source was read");
    for (unsigned i = 0; i < 8; i++)
        cr_assert_eq(to[i][0], 0, "the destination was written");
    cr_assert_eq(done->lpVtbl->GetCompletedValue(done), 0);
    cr_assert_eq(fence->lpVtbl->Signal(fence, 5), S_OK);
    fence_wait(done, 1);
    for (unsigned i = 0; i < 8; i++)
        cr_assert(bytes_are(to[i], i * 70000, 70000));
    no_errors(queue);
    IDStorageQueue3_Release(queue);
    IDStorageQueue3_Release(second);
    cr_assert_eq(fence->lpVtbl->Release(fence), 0);
    cr_assert_eq(done->lpVtbl->Release(done), 0);
    teardown_all();
}

/* [I] U18: pages, and no more than a mebibyte of them. */
/* [I] A fence may go back before anybody has looked: the value was reached all the same. */
Test(ds_flow, fence_goes_back)
{
    static unsigned char to[512];
    struct test_fence *fence = make_fence(0);
    DSTORAGE_REQUEST request;
    IDStorageQueue3 *queue;

    setup_file(FILE_NBYTES);
    queue = make_queue(FILE_QUEUE, 0x80);
    for (unsigned i = 0; i < 300; i++) {
        request = file_request(i * 512, sizeof to, to);
        IDStorageQueue3_EnqueueRequests(queue, &request, 1, (ID3D12Fence *)fence, 5, modes[i % 3]);
        IDStorageQueue3_Submit(queue);
        fence->lpVtbl->Signal(fence, 5);
        fence->lpVtbl->Signal(fence, 0);
        finish(queue);
    }
    no_errors(queue);
    cr_assert_eq(IDStorageQueue3_Release(queue), 0);
    teardown_all();
    cr_assert_eq(fence->lpVtbl->Release(fence), 0);
}

Test(ds_flow, how_reads_are_cut)
{
    unsigned char *to = malloc(FILE_NBYTES);
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST request;

    count_reads();
    setup_file(FILE_NBYTES);
    queue = make_queue(FILE_QUEUE, 0x80);
    request = file_request(1, 1, to);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    finish(queue);
    cr_assert_eq(InterlockedCompareExchange(&reads, 0, 0), 1);
    request = file_request(4095, 5 << 20, to);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    finish(queue);
    cr_assert_eq(InterlockedCompareExchange(&reads, 0, 0), 1 + 6);
    cr_assert_eq(InterlockedCompareExchange(&odd_reads, 0, 0), 0);
    cr_assert(bytes_are(to, 4095, 5 << 20));
    IDStorageQueue3_Release(queue);
    teardown_all();
    free(to);
}

/* [R] DA5: one worker thread reads for all queues, and [D] GUIDE not the one that submits. */
Test(ds_flow, one_thread_reads)
{
    static unsigned char to[64][4096];
    IDStorageQueue3 *queues[2];

    count_reads();
    setup_file(FILE_NBYTES);
    for (unsigned i = 0; i < 2; i++)
        queues[i] = make_queue(FILE_QUEUE, 0x80);
    for (unsigned i = 0; i < 64; i++) {
        DSTORAGE_REQUEST request = file_request(i * 4096, 4096, to[i]);

        IDStorageQueue3_EnqueueRequest(queues[i % 2], &request);
        IDStorageQueue3_Submit(queues[i % 2]);
    }
    for (unsigned i = 0; i < 2; i++) {
        finish(queues[i]);
        no_errors(queues[i]);
        IDStorageQueue3_Release(queues[i]);
    }
    cr_assert_neq(reader, 0);
    cr_assert_neq(reader, (LONG)GetCurrentThreadId());
    cr_assert_eq(readers, 0);
    teardown_all();
}

static volatile LONG threads_made;
static HANDLE(WINAPI *next_create)(LPSECURITY_ATTRIBUTES, SIZE_T, LPTHREAD_START_ROUTINE, LPVOID,
                                   DWORD, LPDWORD);

static HANDLE WINAPI count_thread(LPSECURITY_ATTRIBUTES attributes, SIZE_T stack,
                                  LPTHREAD_START_ROUTINE start, LPVOID context, DWORD flags,
                                  LPDWORD id)
{
    InterlockedIncrement(&threads_made);
    return next_create(attributes, stack, start, context, flags, id);
}

/* [R] DA5: one worker thread for all queues, unless more are asked for; here one decompresses. */
Test(ds_flow, one_worker)
{
    static unsigned char to[64][4096];
    const char *engine = getenv("RINGER_ENGINE");

    if (engine && !strcmp(engine, "sim"))
        cr_skip_test("a simulation has no threads of its own");
    next_create = ringer_slot_get("kernelbase", "CreateThread");
    ringer_slot_swap("kernelbase", "CreateThread", (void *)count_thread);
    for (LONG workers = 1; workers <= 3; workers += 2) {
        DSTORAGE_CONFIGURATION config = {.NumSubmitThreads = workers > 1 ? (UINT32)workers : 0,
                                         .NumBuiltInCpuDecompressionThreads = 1};
        IDStorageQueue3 *queues[2];

        cr_assert_eq(DStorageSetConfiguration(&config), S_OK);
        setup_file(FILE_NBYTES);
        InterlockedExchange(&threads_made, 0);
        for (unsigned i = 0; i < 2; i++)
            queues[i] = make_queue(FILE_QUEUE, 0x80);
        for (unsigned i = 0; i < 64; i++) {
            DSTORAGE_REQUEST request = file_request(i * 4096, 4096, to[i]);

            IDStorageQueue3_EnqueueRequest(queues[i % 2], &request);
        }
        for (unsigned i = 0; i < 2; i++) {
            finish(queues[i]);
            no_errors(queues[i]);
            IDStorageQueue3_Release(queues[i]);
        }
        cr_assert_eq(threads_made, workers + 1);
        teardown_all();
    }
}

Test(ds_flow, fence_before_destination)
{
    fenced(modes[0]);
}

Test(ds_flow, fence_before_gpu_work)
{
    fenced(modes[1]);
}

Test(ds_flow, fence_before_source)
{
    fenced(modes[2]);
}

/* A value that is there, no fence at all, no request at all. */
Test(ds_flow, fence_not_waited_for)
{
    unsigned char to[3][64];
    DSTORAGE_REQUEST requests[3];
    struct test_fence *fence = make_fence(5);
    IDStorageQueue3 *queue;
    HRESULT hr;
    DSTORAGE_ERROR_RECORD record;

    setup_file(4096);
    queue = make_queue(FILE_QUEUE, 0x80);
    for (unsigned i = 0; i < 3; i++)
        requests[i] = file_request(i * 64, 64, to[i]);
    for (unsigned i = 0; i < 3; i++) {
        memset(to, 0, sizeof to);
        IDStorageQueue3_EnqueueRequests(queue, requests, 3, (ID3D12Fence *)fence, 5, modes[i]);
        finish(queue);
        cr_assert(bytes_are(to, 0, sizeof to));
        memset(to, 0, sizeof to);
        IDStorageQueue3_EnqueueRequests(queue, requests, 3, NULL, 9, modes[i]);
        IDStorageQueue3_EnqueueRequests(queue, requests, 0, (ID3D12Fence *)fence, 9, modes[i]);
        IDStorageQueue3_EnqueueRequests(queue, NULL, 0, NULL, 0, modes[i]);
        finish(queue);
        cr_assert(bytes_are(to, 0, sizeof to));
    }
    no_errors(queue);
    IDStorageQueue3_EnqueueRequests(queue, requests, 3, (ID3D12Fence *)(uintptr_t)64, 9, 0);
    finish(queue);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    hr = record.FirstFailure.HResult;
    cr_assert_eq(hr, E_DSTORAGE_INVALID_FENCE, "0x%08x", (unsigned)hr);
    cr_assert_eq(record.FailureCount, 3);
    IDStorageQueue3_Release(queue);
    cr_assert_eq(fence->lpVtbl->Release(fence), 0);
    teardown_all();
}

/* [D] By tag; what was cancelled is no failure, and later notifications come. */
Test(ds_flow, cancel)
{
    static unsigned char to[100][64];
    struct test_fence *fence = make_fence(0);
    IDStorageStatusArray *status;
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST requests[100];

    setup_file(65536);
    status = make_status(1);
    queue = make_queue(FILE_QUEUE, 0x100);
    for (unsigned i = 0; i < 100; i++) {
        requests[i] = file_request(i * 64, 64, to[i]);
        requests[i].CancellationTag = i % 2 ? 0xF1 : 0xF0;
    }
    IDStorageQueue3_EnqueueRequests(queue, requests, 100, (ID3D12Fence *)fence, 1, modes[2]);
    IDStorageQueue3_EnqueueStatus(queue, status, 0);
    IDStorageQueue3_Submit(queue);
    IDStorageQueue3_CancelRequestsWithTag(queue, 0xF, 1);
    cr_assert_not(IDStorageStatusArray_IsComplete(status, 0));
    fence->lpVtbl->Signal(fence, 1);
    finish(queue);
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 0), S_OK);
    for (unsigned i = 0; i < 100; i++)
        cr_assert_eq(bytes_are(to[i], i * 64, 64), i % 2 == 0, "request %u", i);
    no_errors(queue);
    /* All of them, before the fence: they end without it. Not submitted: they end when they are. */
    memset(to, 0, sizeof to);
    IDStorageQueue3_EnqueueRequests(queue, requests, 100, (ID3D12Fence *)fence, 2, modes[0]);
    IDStorageQueue3_Submit(queue);
    IDStorageQueue3_EnqueueRequest(queue, &requests[0]);
    IDStorageQueue3_CancelRequestsWithTag(queue, 0, 0);
    finish(queue);
    no_errors(queue);
    for (unsigned i = 0; i < 100; i++)
        cr_assert_eq(to[i][0], 0);
    IDStorageQueue3_Release(queue);
    IDStorageStatusArray_Release(status);
    teardown_all();
    cr_assert_eq(fence->lpVtbl->Release(fence), 0);
}

/* [D] After Close nothing completes. [I] What is enqueued then is an error. */
Test(ds_flow, close_queue)
{
    static unsigned char to[64];
    struct test_fence *fence = make_fence(0), *never = make_fence(0);
    IDStorageStatusArray *status;
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST request;
    DSTORAGE_ERROR_RECORD record;

    setup_file(65536);
    status = make_status(1);
    queue = make_queue(FILE_QUEUE, 0x80);
    request = file_request(0, 64, to);
    IDStorageQueue3_EnqueueRequests(queue, &request, 1, (ID3D12Fence *)never, 1, modes[2]);
    IDStorageQueue3_EnqueueStatus(queue, status, 0);
    IDStorageQueue3_EnqueueSignal(queue, (ID3D12Fence *)fence, 1);
    IDStorageQueue3_Submit(queue);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    IDStorageQueue3_Close(queue);
    never->lpVtbl->Signal(never, 1);
    cr_assert_eq(fence->lpVtbl->GetCompletedValue(fence), 0);
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 0), E_PENDING);
    cr_assert_eq(to[0], 0);
    no_errors(queue);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    IDStorageQueue3_EnqueueStatus(queue, status, 0);
    IDStorageQueue3_EnqueueSignal(queue, (ID3D12Fence *)fence, 1);
    IDStorageQueue3_EnqueueSetEvent(queue, NULL);
    IDStorageQueue3_Submit(queue);
    IDStorageQueue3_Close(queue);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FailureCount, 4);
    cr_assert_eq(record.FirstFailure.HResult, E_DSTORAGE_QUEUE_CLOSED);
    cr_assert_eq(IDStorageQueue3_Release(queue), 0);
    IDStorageStatusArray_Release(status);
    teardown_all();
    cr_assert_eq(fence->lpVtbl->Release(fence), 0);
    cr_assert_eq(never->lpVtbl->Release(never), 0);
}

/* A file whose reads never end, as a hook may have one: a pipe stands in for it. */
static HANDLE pipe_server, pipe_client;
static HRESULT(WINAPI *next_cancel)(HIORING, IORING_HANDLE_REF, UINT_PTR, UINT_PTR);
static BOOL(WINAPI *next_cancel_io)(HANDLE, LPOVERLAPPED);
static HANDLE(WINAPI *next_port)(HANDLE, HANDLE, ULONG_PTR, DWORD);

static HRESULT WINAPI pend_build(HIORING ring, IORING_HANDLE_REF ref, IORING_BUFFER_REF buffer,
                                 UINT32 nbytes, UINT64 offset, UINT_PTR data,
                                 IORING_SQE_FLAGS flags)
{
    InterlockedIncrement(&reads);
    return next_build(ring, IoRingHandleRefFromHandle(pipe_server), buffer, nbytes, offset, data,
                      flags);
}

static HRESULT WINAPI pend_cancel(HIORING ring, IORING_HANDLE_REF ref, UINT_PTR target,
                                  UINT_PTR data)
{
    return next_cancel(ring, IoRingHandleRefFromHandle(pipe_server), target, data);
}

static BOOL WINAPI pend_read(HANDLE handle, LPVOID to, DWORD nbytes, LPDWORD done,
                             LPOVERLAPPED overlapped)
{
    InterlockedIncrement(&reads);
    return next_read(pipe_server, to, nbytes, done, overlapped);
}

static BOOL WINAPI pend_cancel_io(HANDLE handle, LPOVERLAPPED overlapped)
{
    return next_cancel_io(pipe_server, overlapped);
}

static HANDLE WINAPI pend_port(HANDLE handle, HANDLE port, ULONG_PTR key, DWORD threads)
{
    return next_port(handle == INVALID_HANDLE_VALUE ? handle : pipe_server, port, key, threads);
}

static void pend_reads(void)
{
    pipe_server = CreateNamedPipeW(u"\\\\.\\pipe\\ringer-ds-pending",
                                   PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1,
                                   4096, 4096, 0, NULL);
    cr_assert_neq(pipe_server, INVALID_HANDLE_VALUE);
    pipe_client = CreateFileW(u"\\\\.\\pipe\\ringer-ds-pending", GENERIC_WRITE, 0, NULL,
                              OPEN_EXISTING, 0, NULL);
    cr_assert_neq(pipe_client, INVALID_HANDLE_VALUE);
    next_build = ringer_slot_swap("kernelbase", "BuildIoRingReadFile", (void *)pend_build);
    next_cancel = ringer_slot_swap("kernelbase", "BuildIoRingCancelRequest", (void *)pend_cancel);
    next_read = ringer_slot_swap("kernelbase", "ReadFile", (void *)pend_read);
    next_cancel_io = ringer_slot_swap("kernelbase", "CancelIoEx", (void *)pend_cancel_io);
    next_port = ringer_slot_swap("kernelbase", "CreateIoCompletionPort", (void *)pend_port);
}

static void wait_for_read(void)
{
    while (!InterlockedCompareExchange(&reads, 0, 0))
        SwitchToThread();
}

/* [D] Neither waits for what is in flight to come by itself. */
Test(ds_flow, reads_that_never_end, .timeout = 120)
{
    unsigned char to[64] = {0};
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST request;

    pend_reads();
    setup_file(4096);
    queue = make_queue(FILE_QUEUE, 0x80);
    request = file_request(0, 64, to);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    IDStorageQueue3_Submit(queue);
    wait_for_read();
    IDStorageQueue3_CancelRequestsWithTag(queue, 0, 0);
    finish(queue);
    no_errors(queue);
    InterlockedExchange(&reads, 0);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    IDStorageQueue3_Submit(queue);
    wait_for_read();
    IDStorageQueue3_Close(queue);
    cr_assert_eq(to[0], 0);
    cr_assert_eq(IDStorageQueue3_Release(queue), 0);
    teardown_all();
    CloseHandle(pipe_client);
    CloseHandle(pipe_server);
}

/* Somebody waits for a slot that will never be free. */
static DWORD WINAPI fill(void *context)
{
    static unsigned char to[64];
    IDStorageQueue3 *queue = context;
    DSTORAGE_REQUEST request = file_request(0, 64, to);

    for (unsigned i = 0; i < 200; i++)
        IDStorageQueue3_EnqueueRequest(queue, &request);
    return 0;
}

Test(ds_flow, close_wakes_who_waits)
{
    static unsigned char to[64];
    struct test_fence *never = make_fence(0);
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST requests[0x7F];
    DSTORAGE_QUEUE_INFO info;
    DSTORAGE_ERROR_RECORD record;
    HANDLE thread;

    setup_file(65536);
    queue = make_queue(FILE_QUEUE, 0x80);
    for (unsigned i = 0; i < 0x7F; i++)
        requests[i] = file_request(0, 64, to);
    IDStorageQueue3_EnqueueRequests(queue, requests, 0x7F, (ID3D12Fence *)never, 1, modes[2]);
    IDStorageQueue3_Query(queue, &info);
    cr_assert_eq(info.EmptySlotCount, 0);
    thread = CreateThread(NULL, 0, fill, queue, 0, NULL);
    cr_assert_eq(WaitForSingleObject(thread, 20), WAIT_TIMEOUT, "it waits");
    IDStorageQueue3_Close(queue);
    cr_assert_eq(WaitForSingleObject(thread, WAIT_MS), WAIT_OBJECT_0);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FailureCount, 200);
    IDStorageQueue3_Release(queue);
    CloseHandle(thread);
    teardown_all();
    never->lpVtbl->Release(never);
}

/* The program's own decompression: upper case of what the file has. */
static void custom(bool builtin_too)
{
    DSTORAGE_CONFIGURATION config = {.NumBuiltInCpuDecompressionThreads =
                                         builtin_too ? DSTORAGE_DISABLE_BUILTIN_CPU_DECOMPRESSION
                                                     : 1};
    IDStorageCustomDecompressionQueue1 *work;
    DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST got[16];
    DSTORAGE_CUSTOM_DECOMPRESSION_RESULT results[16];
    static unsigned char to[12][1000];
    struct test_fence *fence = make_fence(0);
    DSTORAGE_GET_REQUEST_FLAGS flags = builtin_too ? DSTORAGE_GET_REQUEST_FLAG_SELECT_ALL
                                                   : DSTORAGE_GET_REQUEST_FLAG_SELECT_CUSTOM;
    IDStorageQueue3 *queue;
    DSTORAGE_ERROR_RECORD record;
    HANDLE event, again;
    UINT32 count = 77, done = 0;

    cr_assert_eq(DStorageSetConfiguration(&config), S_OK);
    setup_file(65536);
    cr_assert_eq(DStorageGetFactory(&IID_IDStorageCustomDecompressionQueue1, (void **)&work), S_OK);
    event = IDStorageCustomDecompressionQueue1_GetEvent(work);
    again = IDStorageCustomDecompressionQueue1_GetEvent(work);
    cr_assert_neq(event, again, "[I] the caller's own");
    CloseHandle(again);
    cr_assert_eq(work->lpVtbl->GetRequests(work, 16, got, &count), S_OK);
    cr_assert_eq(count, 0);
    queue = make_queue(FILE_QUEUE, 0x80);
    for (unsigned i = 0; i < 12; i++) {
        DSTORAGE_REQUEST request = file_request(i * 900 + 1, 900, to[i]);

        request.Options.CompressionFormat = builtin_too && i % 2 ? 1 : 0x80 + i;
        request.Destination.Memory.Size = request.UncompressedSize = 1000;
        IDStorageQueue3_EnqueueRequest(queue, &request);
    }
    IDStorageQueue3_EnqueueSignal(queue, (ID3D12Fence *)fence, 1);
    IDStorageQueue3_Submit(queue);
    while (done < 12) {
        cr_assert_eq(WaitForSingleObject(event, WAIT_MS), WAIT_OBJECT_0);
        cr_assert_eq(work->lpVtbl->GetRequests1(work, flags, 5, got, &count), S_OK);
        cr_assert(count <= 5);
        for (UINT32 i = 0; i < count; i++) {
            cr_assert_eq(got[i].SrcSize, 900);
            cr_assert_eq(got[i].DstSize, 1000);
            cr_assert_eq(got[i].Flags, DSTORAGE_CUSTOM_DECOMPRESSION_FLAG_NONE);
            memset(got[i].DstBuffer, 0xEE, 1000);
            memcpy(got[i].DstBuffer, got[i].SrcBuffer, 900);
            /* In any order; the last one fails. */
            results[count - 1 - i].Id = got[i].Id;
            results[count - 1 - i].Result = done + i == 11 ? E_ABORT : S_OK;
        }
        cr_assert_eq(fence->lpVtbl->GetCompletedValue(fence), 0);
        cr_assert_eq(work->lpVtbl->SetRequestResults(work, count, results), S_OK);
        done += count;
    }
    fence_wait(fence, 1);
    for (unsigned i = 0; i < 12; i++)
        cr_assert(bytes_are(to[i], i * 900 + 1, 900) && to[i][999] == 0xEE);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FailureCount, 1);
    cr_assert_eq(record.FirstFailure.HResult, E_ABORT);
    cr_assert_eq(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    results[0].Id = 4711;
    cr_assert_eq(work->lpVtbl->SetRequestResults(work, 1, results), E_INVALIDARG);
    cr_assert_eq(work->lpVtbl->GetRequests1(work, 0, 5, got, &count), E_INVALIDARG);
    cr_assert_eq(work->lpVtbl->GetRequests1(work, 1, 5, NULL, &count), E_POINTER);
    IDStorageQueue3_Release(queue);
    work->lpVtbl->Release(work);
    CloseHandle(event);
    fence->lpVtbl->Release(fence);
    teardown_all();
}

Test(ds_flow, custom)
{
    custom(false);
}

Test(ds_flow, custom_and_builtin)
{
    custom(true);
}

/* What the program has taken outlives the queue; so does its source. */
Test(ds_flow, custom_across_close)
{
    IDStorageCustomDecompressionQueue1 *work;
    DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST got;
    DSTORAGE_CUSTOM_DECOMPRESSION_RESULT result = {0};
    unsigned char to[900];
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST request;
    HANDLE event;
    UINT32 count;

    setup_file(65536);
    cr_assert_eq(DStorageGetFactory(&IID_IDStorageCustomDecompressionQueue1, (void **)&work), S_OK);
    event = IDStorageCustomDecompressionQueue1_GetEvent(work);
    queue = make_queue(FILE_QUEUE, 0x80);
    request = file_request(5, 900, to);
    request.Options.CompressionFormat = 0xFF;
    request.UncompressedSize = 900;
    IDStorageQueue3_EnqueueRequest(queue, &request);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    IDStorageQueue3_Submit(queue);
    cr_assert_eq(WaitForSingleObject(event, WAIT_MS), WAIT_OBJECT_0);
    cr_assert_eq(work->lpVtbl->GetRequests(work, 1, &got, &count), S_OK);
    cr_assert_eq(count, 1);
    IDStorageQueue3_Close(queue);
    cr_assert_eq(IDStorageQueue3_Release(queue), 0);
    cr_assert(bytes_are(got.SrcBuffer, 5, 900));
    cr_assert_eq(WaitForSingleObject(event, 0), WAIT_TIMEOUT, "the other one is gone");
    result.Id = got.Id;
    cr_assert_eq(work->lpVtbl->SetRequestResults(work, 1, &result), S_OK);
    cr_assert_eq(work->lpVtbl->SetRequestResults(work, 1, &result), E_INVALIDARG);
    work->lpVtbl->Release(work);
    CloseHandle(event);
    teardown_all();
}

/* SPDX-License-Identifier: MIT */
/*
 * Every failure that can be provoked: its code, where it shows, and that nothing is held back by
 * it.
 */
#include "api/dstorage/tests/ds_test.h"

#include <sys/mman.h>

static unsigned char to[65536];
static IDStorageQueue3 *queue;
static IDStorageStatusArray *status;

/*
 * Makes the request, and something behind it; returns the code, which record and status agree
 * about.
 */
static HRESULT run(const DSTORAGE_REQUEST *request)
{
    DSTORAGE_ERROR_RECORD record;

    IDStorageQueue3_EnqueueRequest(queue, request);
    IDStorageQueue3_EnqueueStatus(queue, status, 0);
    finish(queue);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FailureCount, FAILED(record.FirstFailure.HResult));
    cr_assert_eq(record.FirstFailure.HResult, IDStorageStatusArray_GetHResult(status, 0));
    if (record.FailureCount) {
        cr_assert_eq(record.FirstFailure.CommandType, DSTORAGE_COMMAND_TYPE_REQUEST);
        cr_assert_eq(memcmp(&record.FirstFailure.Request.Request, request, sizeof *request), 0);
    }
    return record.FirstFailure.HResult;
}

#define RUNS(expected)                                                   \
    do {                                                                 \
        HRESULT hr_ = run(&request);                                     \
        cr_assert_eq(hr_, (HRESULT)(expected), "0x%08x", (unsigned)hr_); \
        request = file_request(0, 64, to);                               \
    } while (0)

static void begin(DSTORAGE_REQUEST_SOURCE_TYPE type)
{
    setup_file(65536);
    queue = make_queue(type, 0x80);
    status = make_status(1);
}

static void end(void)
{
    cr_assert_eq(IDStorageQueue3_Release(queue), 0);
    cr_assert_eq(IDStorageStatusArray_Release(status), 0);
    teardown_all();
}

Test(ds_errors, files)
{
    DSTORAGE_REQUEST request;
    IDStorageFile *other;

    begin(FILE_QUEUE);
    request = file_request(0, 64, to);
    RUNS(S_OK);
    request.Source.File.Source = NULL;
    RUNS(E_DSTORAGE_INVALID_FILE_HANDLE);
    request.Source.File.Source = (IDStorageFile *)(uintptr_t)0x1234567;
    RUNS(E_DSTORAGE_INVALID_FILE_HANDLE);
    request.Source.File.Source = (IDStorageFile *)queue;
    RUNS(E_DSTORAGE_INVALID_FILE_HANDLE);
    request.Source.File.Source = (IDStorageFile *)status;
    RUNS(E_DSTORAGE_INVALID_FILE_HANDLE);
    cr_assert_eq(IDStorageFactory_OpenFile(factory, file_name, &IID_IDStorageFile, (void **)&other),
                 S_OK);
    IDStorageFile_Close(other);
    request.Source.File.Source = other;
    RUNS(E_DSTORAGE_FILE_NOT_OPEN);
    IDStorageFile_Release(other);
    request.Source.File.Source = other;
    RUNS(E_DSTORAGE_INVALID_FILE_HANDLE);
    end();
}

Test(ds_errors, end_of_file)
{
    DSTORAGE_REQUEST request;

    begin(FILE_QUEUE);
    request = file_request(65536 - 64, 64, to);
    RUNS(S_OK);
    request.Source.File.Offset = 65536 - 63;
    RUNS(E_DSTORAGE_END_OF_FILE);
    request.Source.File.Offset = 65536;
    RUNS(E_DSTORAGE_END_OF_FILE);
    request.Source.File.Offset = UINT64_MAX;
    RUNS(E_DSTORAGE_END_OF_FILE);
    request.Source.File.Offset = UINT64_MAX - 63;
    RUNS(E_DSTORAGE_END_OF_FILE);
    request = file_request(65536, 0, to);
    RUNS(S_OK);
    request = file_request(65537, 0, to);
    RUNS(E_DSTORAGE_END_OF_FILE);
    cr_assert_eq(truncate(file_path, 70000), 0);
    request.Source.File.Offset = 69000;
    RUNS(S_OK); /* it has grown */
    cr_assert_eq(truncate(file_path, 1000), 0);
    request = file_request(900, 200, to);
    RUNS(E_DSTORAGE_END_OF_FILE); /* it has shrunk */
    request = file_request(8192, 200, to);
    RUNS(E_DSTORAGE_END_OF_FILE);
    request = file_request(0, 65536, to);
    RUNS(E_DSTORAGE_END_OF_FILE);
    request = file_request(900, 100, to);
    RUNS(S_OK);
    end();
}

Test(ds_errors, sizes_and_kinds)
{
    DSTORAGE_REQUEST request;

    begin(FILE_QUEUE);
    request = file_request(0, 64, to);
    request.Destination.Memory.Size = 65;
    RUNS(E_DSTORAGE_INVALID_DESTINATION_SIZE);
    request.UncompressedSize = 64;
    RUNS(S_OK);
    request.UncompressedSize = 63;
    RUNS(E_DSTORAGE_INVALID_DESTINATION_SIZE);
    request.Options.CompressionFormat = DSTORAGE_COMPRESSION_FORMAT_GDEFLATE;
    request.UncompressedSize = 63;
    RUNS(E_DSTORAGE_INVALID_DESTINATION_SIZE);
    request.Options.CompressionFormat = DSTORAGE_COMPRESSION_FORMAT_ZSTD;
    RUNS(E_INVALIDARG);
    request.Options.CompressionFormat = 0x7F;
    RUNS(E_INVALIDARG);
    for (unsigned type = 1; type < 128; type += type < 6 ? 1 : 61) {
        request.Options.DestinationType = type;
        RUNS(E_DSTORAGE_INVALID_DESTINATION_TYPE); /* [R] DC14 */
    }
    request.Options.SourceType = DSTORAGE_REQUEST_SOURCE_MEMORY;
    RUNS(E_DSTORAGE_INVALID_SOURCE_TYPE);
    memset(request.Options.Reserved1, 0xFF, sizeof request.Options.Reserved1);
    request.Options.Reserved = 0xFFFFFFFFFFFF;
    RUNS(S_OK); /* [I] shipping programs leave them uninitialised */
    end();
}

Test(ds_errors, memory)
{
    unsigned char *none = mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    DSTORAGE_REQUEST request;

    begin(FILE_QUEUE);
    request = file_request(0, 64, NULL);
    RUNS(E_DSTORAGE_ACCESS_VIOLATION);
    request = file_request(0, 4096, none);
    RUNS(E_DSTORAGE_ACCESS_VIOLATION);
    request = file_request(1, 4096, none);
    RUNS(E_DSTORAGE_ACCESS_VIOLATION);
    cr_assert_eq(mprotect(none, 4096, PROT_READ), 0);
    request = file_request(0, 65536, none);
    RUNS(E_DSTORAGE_ACCESS_VIOLATION);
    request = file_request(0, 64, to);
    request.Options.CompressionFormat = DSTORAGE_COMPRESSION_FORMAT_GDEFLATE;
    request.Destination.Memory = (DSTORAGE_DESTINATION_MEMORY){none, 65536};
    request.UncompressedSize = 65536;
    RUNS(E_DSTORAGE_ACCESS_VIOLATION);
    end();
}

Test(ds_errors, memory_source)
{
    unsigned char from[64] = {0};
    DSTORAGE_REQUEST request;

    begin(MEMORY_QUEUE);
    request = file_request(0, 64, to);
    RUNS(E_DSTORAGE_INVALID_SOURCE_TYPE);
    request = memory_request(NULL, 64, to);
    RUNS(HRESULT_FROM_WIN32(ERROR_NOACCESS));
    request = memory_request(from, 64, NULL);
    RUNS(E_DSTORAGE_ACCESS_VIOLATION);
    request = memory_request(NULL, 64, to);
    request.Options.CompressionFormat = DSTORAGE_COMPRESSION_FORMAT_GDEFLATE;
    request.UncompressedSize = 64;
    RUNS(HRESULT_FROM_WIN32(ERROR_NOACCESS));
    end();
}

/* Damage of every kind is told, and stays within the destination. */
Test(ds_errors, corrupt_streams)
{
    IDStorageCompressionCodec *codec;
    unsigned char raw[4096], packed[70000], *guarded;
    size_t nbytes;
    DSTORAGE_REQUEST request;

    for (unsigned i = 0; i < sizeof raw; i++)
        raw[i] = (unsigned char)(i * i >> 3);
    DStorageCreateCompressionCodec(1, 1, &IID_IDStorageCompressionCodec, (void **)&codec);
    cr_assert_eq(
        codec->lpVtbl->CompressBuffer(codec, raw, sizeof raw, 0, packed, sizeof packed, &nbytes),
        S_OK);
    IDStorageCompressionCodec_Release(codec);
    guarded = mmap(NULL, 12288, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(guarded + 4096, 4096, PROT_READ | PROT_WRITE);
    begin(MEMORY_QUEUE);
    request = memory_request(packed, (UINT32)nbytes, guarded + 4096);
    request.Options.CompressionFormat = DSTORAGE_COMPRESSION_FORMAT_GDEFLATE;
    request.Destination.Memory.Size = request.UncompressedSize = 4096;
    cr_assert_eq(run(&request), S_OK);
    cr_assert_eq(memcmp(raw, guarded + 4096, 4096), 0);
    request.Destination.Memory.Size = request.UncompressedSize = 4095;
    cr_assert_eq(run(&request), E_DSTORAGE_DECOMPRESSION_ERROR);
    request.Destination.Memory.Size = request.UncompressedSize = 4096;
    request.Source.Memory.Size = 0;
    cr_assert_eq(run(&request), E_DSTORAGE_DECOMPRESSION_ERROR);
    request.Source.Memory.Size = (UINT32)nbytes / 2;
    cr_assert_eq(run(&request), E_DSTORAGE_DECOMPRESSION_ERROR);
    request.Source.Memory.Size = (UINT32)nbytes;
    packed[1] ^= 1;
    cr_assert_eq(run(&request), E_DSTORAGE_DECOMPRESSION_ERROR);
    packed[1] ^= 1;
    for (size_t i = 8; i < nbytes; i += 7) {
        HRESULT hr;

        packed[i] ^= 0x55;
        hr = run(&request);
        cr_assert(hr == S_OK || hr == E_DSTORAGE_DECOMPRESSION_ERROR);
        packed[i] ^= 0x55;
    }
    end();
}

Test(ds_errors, notifications)
{
    DSTORAGE_ERROR_RECORD record;

    begin(FILE_QUEUE);
    IDStorageQueue3_EnqueueStatus(queue, NULL, 0);
    finish(queue);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FirstFailure.HResult, E_DSTORAGE_INVALID_STATUS_ARRAY);
    cr_assert_eq(record.FirstFailure.CommandType, DSTORAGE_COMMAND_TYPE_STATUS);
    IDStorageQueue3_EnqueueStatus(queue, (IDStorageStatusArray *)file, 0);
    finish(queue);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FirstFailure.HResult, E_DSTORAGE_INVALID_STATUS_ARRAY);
    cr_assert_eq((void *)record.FirstFailure.Status.StatusArray, (void *)file);
    IDStorageQueue3_EnqueueStatus(queue, status, 1);
    finish(queue);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FirstFailure.HResult, E_DSTORAGE_INDEX_BOUND);
    cr_assert_eq(record.FirstFailure.Status.Index, 1);
    IDStorageQueue3_EnqueueSignal(queue, NULL, 7);
    finish(queue);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FirstFailure.HResult, E_DSTORAGE_INVALID_FENCE);
    cr_assert_eq(record.FirstFailure.CommandType, DSTORAGE_COMMAND_TYPE_SIGNAL);
    cr_assert_eq(record.FirstFailure.Signal.Value, 7);
    IDStorageQueue3_EnqueueSetEvent(queue, NULL);
    finish(queue);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FirstFailure.HResult, HRESULT_FROM_WIN32(ERROR_INVALID_HANDLE));
    cr_assert_eq(record.FirstFailure.CommandType, DSTORAGE_COMMAND_TYPE_EVENT);
    end();
}

/* A request that cannot even be read has no slot; it is told of like any other. [I] U2, U16 */
Test(ds_errors, requests_that_are_not_there)
{
    struct test_fence *fence = make_fence(1);
    unsigned char *map = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    DSTORAGE_REQUEST *requests;
    DSTORAGE_ERROR_RECORD record;

    cr_assert_eq(mprotect(map, 4096, PROT_READ | PROT_WRITE), 0);
    requests = (DSTORAGE_REQUEST *)(map + 4096) - 2;
    begin(FILE_QUEUE);
    requests[0] = requests[1] = file_request(0, 64, to);
    for (unsigned i = 0; i < 4; i++) {
        ID3D12Fence *waited = i % 2 ? (ID3D12Fence *)fence : NULL;

        /* Of 4294967295 only two are there: neither as many failures, nor hours. */
        if (i < 2)
            IDStorageQueue3_EnqueueRequests(queue, requests, UINT32_MAX, waited, 1, 0);
        else if (i == 2)
            IDStorageQueue3_EnqueueRequest(queue, NULL);
        else
            IDStorageQueue3_EnqueueRequests(queue, NULL, 2, waited, 1, 0);
        IDStorageQueue3_EnqueueStatus(queue, status, 0);
        finish(queue);
        IDStorageQueue3_RetrieveErrorRecord(queue, &record);
        cr_assert_eq(record.FailureCount, 1);
        cr_assert_eq(record.FirstFailure.HResult, E_POINTER);
        cr_assert_eq(record.FirstFailure.CommandType, DSTORAGE_COMMAND_TYPE_REQUEST);
        cr_assert_eq(IDStorageStatusArray_GetHResult(status, 0), E_POINTER);
        cr_assert(bytes_are(to, 0, 64));
    }
    IDStorageQueue3_EnqueueStatus(queue, status, 0);
    finish(queue);
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 0), S_OK, "told once");
    end();
    cr_assert_eq(fence->lpVtbl->Release(fence), 0, "nobody holds it");
    munmap(map, 8192);
}

/* [D] Count, first by the order of enqueuing, names; [R] DA1 the fence comes all the same. */
Test(ds_errors, record)
{
    struct test_fence *fence = make_fence(0);
    DSTORAGE_ERROR_RECORD record;
    DSTORAGE_REQUEST request;
    HANDLE event;

    begin(FILE_QUEUE);
    no_errors(queue);
    event = IDStorageQueue3_GetErrorEvent(queue);
    cr_assert_eq(event, IDStorageQueue3_GetErrorEvent(queue));
    cr_assert_eq(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    for (unsigned i = 0; i < 20; i++) {
        request = file_request(i < 5 ? 0 : 70000 + i, 16, to);
        request.CancellationTag = i;
        request.Name = "a name that is longer than the sixty-three characters which a record keeps";
        IDStorageQueue3_EnqueueRequest(queue, &request);
    }
    IDStorageQueue3_EnqueueSignal(queue, (ID3D12Fence *)fence, 1);
    IDStorageQueue3_Submit(queue);
    fence_wait(fence, 1);
    cr_assert_eq(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    memset(&record, 0xd5, sizeof record);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FailureCount, 15);
    cr_assert_eq(record.FirstFailure.Request.Request.CancellationTag, 5);
    cr_assert_eq(strlen(record.FirstFailure.Request.RequestName), DSTORAGE_REQUEST_MAX_NAME - 1);
    cr_assert_eq(memcmp(record.FirstFailure.Request.RequestName, request.Name, 63), 0);
    for (unsigned i = 0; i == 0 || file_name[i - 1]; i++)
        cr_assert_eq(record.FirstFailure.Request.Filename[i], file_name[i]);
    cr_assert_eq(WaitForSingleObject(event, 0), WAIT_TIMEOUT, "[I] reset with the record");
    no_errors(queue);
    request = file_request(70000, 16, to);
    request.Name = (const char *)(uintptr_t)0x10; /* garbage is not followed */
    IDStorageQueue3_EnqueueRequest(queue, &request);
    finish(queue);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FailureCount, 1);
    cr_assert_str_eq(record.FirstFailure.Request.RequestName, "");
    fence->lpVtbl->Release(fence);
    end();
}

static char said[4][400];
static volatile LONG said_count;

static void WINAPI hear(LPCSTR words)
{
    LONG n = InterlockedIncrement(&said_count) - 1;

    if (n < 4)
        snprintf(said[n], sizeof said[n], "%s", words);
}

/* [D] SHOW_ERRORS: failures, and since 1.1 reserved fields and bad capacities. */
Test(ds_errors, words_to_a_debugger)
{
    DSTORAGE_QUEUE_DESC desc = {.Capacity = 1};
    DSTORAGE_REQUEST request;
    void *out;

    ringer_slot_swap("kernelbase", "OutputDebugStringA", (void *)hear);
    begin(FILE_QUEUE);
    request = file_request(70000, 16, to);
    RUNS(E_DSTORAGE_END_OF_FILE);
    request.Options.Reserved = 1;
    RUNS(S_OK);
    cr_assert_eq(said_count, 0, "not unless asked");
    IDStorageFactory_SetDebugFlags(factory, DSTORAGE_DEBUG_SHOW_ERRORS);
    request = file_request(70000, 16, to);
    request.Name = "far away";
    RUNS(E_DSTORAGE_END_OF_FILE);
    request.Options.Reserved = 1;
    RUNS(S_OK);
    request.Options.Reserved1[6] = 1;
    RUNS(S_OK);
    RUNS(S_OK);
    cr_assert_eq(IDStorageFactory_CreateQueue(factory, &desc, &IID_IDStorageQueue, &out),
                 E_DSTORAGE_INVALID_QUEUE_CAPACITY);
    cr_assert_eq(said_count, 4);
    cr_assert_not_null(strstr(said[0], "a request failed with 0x89240007, E_DSTORAGE_END_OF_FILE"));
    cr_assert_not_null(strstr(said[0], ": 16 bytes at 70000, 'far away', of "));
    cr_assert_not_null(strstr(said[1], "reserved"));
    cr_assert_not_null(strstr(said[2], "reserved"));
    cr_assert_str_eq(said[3], "DirectStorage: a queue has a bad capacity, 1\n");
    end();
}

/* [D] Without a debugger nothing stops, with words or not. */
Test(ds_errors, debug_flags)
{
    DSTORAGE_REQUEST request;

    begin(FILE_QUEUE);
    IDStorageFactory_SetDebugFlags(factory,
                                   DSTORAGE_DEBUG_SHOW_ERRORS | DSTORAGE_DEBUG_BREAK_ON_ERROR);
    request = file_request(70000, 16, to);
    RUNS(E_DSTORAGE_END_OF_FILE);
    end();
}

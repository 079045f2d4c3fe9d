/* SPDX-License-Identifier: MIT */
/*
 * Failure injection (emu/tests/fail.h) under DirectStorage: a session of all it has, through a ring
 * and through a port. Whatever fails, everything that was enqueued comes to an end, a request that
 * succeeded has its data, and nothing is left when all is released.
 */
#include "api/tests/fail_codes.h"

#define COBJMACROS
#include <dstorage.h>
#include <ringer_d3d12.h>

#include <string.h>

#define NBYTES 300000u
#define REQUESTS 8u

struct fence {
    const struct {
        void *unknown[2];
        ULONG (*Release)(struct fence *);
        void *other[5];
        UINT64 (*GetCompletedValue)(struct fence *);
        void *set_event;
        HRESULT (*Signal)(struct fence *, UINT64);
    } * lpVtbl;
};

static const IID iid_fence = {
    0x0a753dcf, 0xc4d8, 0x4b91, {0xad, 0xf6, 0xbe, 0x5a, 0x60, 0xd9, 0x5a, 0x76}};

static WCHAR path[MAX_PATH];
static unsigned char raw[NBYTES], packed[2 * NBYTES], to[REQUESTS][NBYTES];
static size_t packed_nbytes;

static struct {
    IDStorageFactory *factory;
    IDStorageCustomDecompressionQueue1 *custom;
    IDStorageFile *file;
    IDStorageStatusArray *status;
    IDStorageQueue3 *files, *memory;
    struct fence *fence;
} own;

/* And what stands for a failing call: a file could not be asked, memory not be looked at. */
static bool plausible(HRESULT hr)
{
    return documented_hresult(hr) || hr == E_DSTORAGE_ACCESS_VIOLATION ||
           hr == E_DSTORAGE_END_OF_FILE || hr == E_DSTORAGE_INVALID_FENCE || hr == E_POINTER;
}

static void make_file(void)
{
    HANDLE file;
    DWORD done;

    fail_pause(true);
    MUST(GetTempPathW(MAX_PATH, path) && GetTempFileNameW(path, u"fds", 0, path));
    file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    MUST(file != INVALID_HANDLE_VALUE);
    for (unsigned i = 0; i < NBYTES; i++)
        raw[i] = (unsigned char)(i * i >> 9);
    MUST(WriteFile(file, raw, NBYTES, &done, NULL) && done == NBYTES);
    MUST(CloseHandle(file));
    memset(to, 0, sizeof to);
    fail_pause(false);
}

static void remove_file(void)
{
    fail_pause(true);
    MUST(DeleteFileW(path));
    fail_pause(false);
}

/* The stream that requests are given, whether or not this codec object could be made. */
static void make_stream(bool strict)
{
    IDStorageCompressionCodec *codec;
    size_t got = 0;

    if (!HR(DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT_GDEFLATE, 2,
                                           &IID_IDStorageCompressionCodec, (void **)&codec)))
        return;
    if (HR(codec->lpVtbl->CompressBuffer(codec, raw, NBYTES, DSTORAGE_COMPRESSION_FASTEST, packed,
                                         sizeof packed, &packed_nbytes)) &&
        HR(codec->lpVtbl->DecompressBuffer(codec, packed, packed_nbytes, to[0], NBYTES, &got)))
        MUST(got == NBYTES && !memcmp(to[0], raw, NBYTES));
    MUST(IDStorageCompressionCodec_Release(codec) == 0);
    memset(to[0], 0, NBYTES);
}

static IDStorageQueue3 *make_queue(DSTORAGE_REQUEST_SOURCE_TYPE type, bool strict)
{
    DSTORAGE_QUEUE_DESC desc = {.SourceType = type, .Capacity = 0x80};
    IDStorageQueue3 *queue;

    return HR(IDStorageFactory_CreateQueue(own.factory, &desc, &IID_IDStorageQueue3,
                                           (void **)&queue))
               ? queue
               : NULL;
}

/* False: not all of it could be had. */
static bool make_objects(bool mapping, bool strict)
{
    DSTORAGE_CONFIGURATION config = {.NumSubmitThreads = 2,
                                     .NumBuiltInCpuDecompressionThreads = 2,
                                     .ForceMappingLayer = mapping};

    memset(&own, 0, sizeof own);
    return HR(DStorageSetConfiguration(&config)) &&
           HR(DStorageGetFactory(&IID_IDStorageFactory, (void **)&own.factory)) &&
           HR(DStorageGetFactory(&IID_IDStorageCustomDecompressionQueue1, (void **)&own.custom)) &&
           HR(IDStorageFactory_SetStagingBufferSize(own.factory, 1 << 20)) &&
           HR(IDStorageFactory_OpenFile(own.factory, path, &IID_IDStorageFile,
                                        (void **)&own.file)) &&
           HR(IDStorageFactory_CreateStatusArray(own.factory, REQUESTS, NULL,
                                                 &IID_IDStorageStatusArray,
                                                 (void **)&own.status)) &&
           HR(RingerCreateFence(0, &iid_fence, (void **)&own.fence)) &&
           (own.files = make_queue(DSTORAGE_REQUEST_SOURCE_FILE, strict)) &&
           (own.memory = make_queue(DSTORAGE_REQUEST_SOURCE_MEMORY, strict));
}

static void release_objects(void)
{
    if (own.memory)
        MUST(IDStorageQueue3_Release(own.memory) == 0);
    if (own.files)
        MUST(IDStorageQueue3_Release(own.files) == 0);
    if (own.status)
        MUST(IDStorageStatusArray_Release(own.status) == 0);
    if (own.file)
        MUST(IDStorageFile_Release(own.file) == 0);
    if (own.custom)
        own.custom->lpVtbl->Release(own.custom);
    if (own.factory)
        MUST(IDStorageFactory_Release(own.factory) == 0);
    if (own.fence) /* a batch that was closed over may have it until the runtime ends */
        MUST(own.fence->lpVtbl->Release(own.fence) == 0);
}

static DSTORAGE_REQUEST request_of(const void *source, UINT64 offset, UINT32 nbytes, unsigned index)
{
    DSTORAGE_REQUEST request = {0};

    if (source) {
        request.Options.SourceType = DSTORAGE_REQUEST_SOURCE_MEMORY;
        request.Source.Memory = (DSTORAGE_SOURCE_MEMORY){source, nbytes};
    } else {
        request.Source.File = (DSTORAGE_SOURCE_FILE){own.file, offset, nbytes};
    }
    request.Destination.Memory = (DSTORAGE_DESTINATION_MEMORY){to[index], nbytes};
    return request;
}

static void compressed(DSTORAGE_REQUEST *request, unsigned format)
{
    request->Options.CompressionFormat = (DSTORAGE_COMPRESSION_FORMAT)format;
    request->Destination.Memory.Size = request->UncompressedSize = NBYTES;
}

/*
 * The program's part: it copies; until it is given the one that there is, or that has failed.
 * False: it cannot be given any.
 */
static bool decompress_custom(bool strict)
{
    ULONGLONG end = GetTickCount64() + FAIL_PATIENCE_MS;
    UINT32 count = 0;

    while (!count && !IDStorageStatusArray_IsComplete(own.status, 5)) {
        DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST got;
        DSTORAGE_CUSTOM_DECOMPRESSION_RESULT result = {0};

        MUST(GetTickCount64() < end);
        if (!HR(own.custom->lpVtbl->GetRequests(own.custom, 1, &got, &count)))
            return false;
        if (!count) {
            SwitchToThread();
            continue;
        }
        MUST(got.SrcSize == got.DstSize);
        memcpy(got.DstBuffer, got.SrcBuffer, got.DstSize);
        result.Id = got.Id;
        MUST(own.custom->lpVtbl->SetRequestResults(own.custom, 1, &result) == S_OK);
    }
    return true;
}

static void status_wait(unsigned index)
{
    ULONGLONG end = GetTickCount64() + FAIL_PATIENCE_MS;

    while (!IDStorageStatusArray_IsComplete(own.status, index)) {
        MUST(GetTickCount64() < end);
        SwitchToThread();
    }
}

static void enqueue(IDStorageQueue3 *queue, const DSTORAGE_REQUEST *request, unsigned index)
{
    IDStorageQueue3_EnqueueRequest(queue, request);
    IDStorageQueue3_EnqueueStatus(queue, own.status, index);
}

/* Direct, through a bounce, whole for a fence, compressed from either side, the program's own. */
static void enqueue_all(void)
{
    DSTORAGE_REQUEST request = request_of(NULL, 0, NBYTES, 0);

    enqueue(own.files, &request, 0);
    request = request_of(NULL, 4097, 4096, 1);
    enqueue(own.files, &request, 1);
    for (UINT32 mode = 0; mode < 3; mode += 2) {
        request = request_of(NULL, 100, 70000, 2 + mode / 2);
        IDStorageQueue3_EnqueueRequests(own.files, &request, 1, (ID3D12Fence *)own.fence, 1,
                                        (DSTORAGE_ENQUEUE_REQUEST_FLAGS)mode);
        IDStorageQueue3_EnqueueStatus(own.files, own.status, 2 + mode / 2);
    }
    request = request_of(NULL, 0, NBYTES, 5);
    compressed(&request, DSTORAGE_CUSTOM_COMPRESSION_0);
    enqueue(own.files, &request, 5);
    IDStorageQueue3_EnqueueSignal(own.files, (ID3D12Fence *)own.fence, 7);
    request = request_of(raw, 0, NBYTES, 4);
    enqueue(own.memory, &request, 4);
    request = request_of(packed, 0, (UINT32)packed_nbytes, 6);
    compressed(&request, DSTORAGE_COMPRESSION_FORMAT_GDEFLATE);
    enqueue(own.memory, &request, 6);
    IDStorageQueue3_Submit(own.memory);
    IDStorageQueue3_Submit(own.files);
}

static void check(unsigned index, UINT64 offset, UINT32 nbytes, bool strict)
{
    HRESULT hr = IDStorageStatusArray_GetHResult(own.status, index);

    if (SUCCEEDED(hr)) {
        MUST(!memcmp(to[index], raw + offset, nbytes));
    } else if (strict || !plausible(hr)) {
        fprintf(stderr, "request %u: %08x\n", index, (unsigned)hr);
        abort();
    }
}

static void use_objects(bool strict)
{
    static const UINT64 offsets[REQUESTS] = {0, 4097, 100, 100, 0, 0, 0};
    static const UINT32 sizes[REQUESTS] = {NBYTES, 4096, 70000, 70000, NBYTES, NBYTES, NBYTES};
    HANDLE error = IDStorageQueue3_GetErrorEvent(own.files);
    DSTORAGE_ERROR_RECORD record;
    bool taken;

    MUST(error || !strict);
    enqueue_all();
    own.fence->lpVtbl->Signal(own.fence, 1);
    taken = decompress_custom(strict);
    if (!taken)
        IDStorageQueue3_Close(own.files); /* what was not taken would stay */
    for (unsigned i = 0; i < 7; i++) {
        if (!taken && i != 4 && i != 6 && !IDStorageStatusArray_IsComplete(own.status, i))
            continue;
        status_wait(i);
        check(i, offsets[i], sizes[i], strict);
    }
    IDStorageQueue3_RetrieveErrorRecord(own.files, &record);
    MUST(!record.FailureCount == !FAILED(record.FirstFailure.HResult));
    MUST(!strict || !record.FailureCount);
}

static void session(bool mapping, bool strict)
{
    make_file();
    make_stream(strict);
    if (packed_nbytes && make_objects(mapping, strict))
        use_objects(strict);
    release_objects();
    memset(&own, 0, sizeof own);
    remove_file();
}

static void ring(bool strict)
{
    session(false, strict);
}

static void port(bool strict)
{
    session(true, strict);
}

static const struct fail_workload workloads[] = {
    {"DirectStorage through a ring", ring, false},
    /* Threads are woken by packets; where none can be made ever again, nobody is woken. */
    {"DirectStorage through a port", port, true},
};

int main(int argc, char **argv)
{
    return fail_main(argc, argv, workloads, sizeof workloads / sizeof workloads[0]);
}

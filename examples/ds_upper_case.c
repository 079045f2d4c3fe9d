/* SPDX-License-Identifier: MIT */
/*
 * DirectStorage with a stage of the program's own: prints a file as it is and then in upper case.
 * Both are read by one queue at once; what becomes upper case is marked with a custom compression
 * format, so its bytes go through IDStorageCustomDecompressionQueue, where a thread of ours does the
 * work.
 *     cc ds_upper_case.c $(pkg-config --cflags --libs ringer-dstorage) -o ds_upper_case
 *     ./ds_upper_case README.md
 */
#define COBJMACROS
#include <windows.h>
#include <dstorage.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = 64 * 1024, TAKE = 16 };

#define UPPER_CASE DSTORAGE_CUSTOM_COMPRESSION_0

struct stage {
    IDStorageCustomDecompressionQueue *queue;
    HANDLE work, stop, thread;
};

static int fail(const char *what, HRESULT hr)
{
    fprintf(stderr, "%s: 0x%08x\n", what, (unsigned)hr);
    return 1;
}

/* What a decoder does: SrcSize bytes in, exactly DstSize bytes out. */
static HRESULT upper_case(const DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *request)
{
    const char *from = request->SrcBuffer;
    char *to = request->DstBuffer;

    if (request->CompressionFormat != UPPER_CASE || request->SrcSize != request->DstSize)
        return E_INVALIDARG;
    for (UINT64 i = 0; i < request->SrcSize; i++)
        to[i] = (char)toupper((unsigned char)from[i]);
    return S_OK;
}

/* The event is set while there is something to be taken. Results may be given in any order. */
static DWORD WINAPI stage_main(void *context)
{
    struct stage *stage = context;
    HANDLE either[2] = {stage->stop, stage->work};

    while (WaitForMultipleObjects(2, either, FALSE, INFINITE) == WAIT_OBJECT_0 + 1) {
        DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST requests[TAKE];
        DSTORAGE_CUSTOM_DECOMPRESSION_RESULT results[TAKE];
        UINT32 count = 0;
        HRESULT hr =
            IDStorageCustomDecompressionQueue_GetRequests(stage->queue, TAKE, requests, &count);

        for (UINT32 i = 0; SUCCEEDED(hr) && i < count; i++) {
            results[i].Id = requests[i].Id;
            results[i].Result = upper_case(&requests[i]);
        }
        if (SUCCEEDED(hr) && count)
            IDStorageCustomDecompressionQueue_SetRequestResults(stage->queue, count, results);
    }
    return 0;
}

static HRESULT stage_start(struct stage *stage, IDStorageFactory *factory)
{
    HRESULT hr = IDStorageFactory_QueryInterface(factory, &IID_IDStorageCustomDecompressionQueue,
                                                 (void **)&stage->queue);

    if (FAILED(hr))
        return hr;
    stage->work = IDStorageCustomDecompressionQueue_GetEvent(stage->queue); /* ours to close */
    stage->stop = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (stage->work && stage->stop)
        stage->thread = CreateThread(NULL, 0, stage_main, stage, 0, NULL);
    return stage->thread ? S_OK : HRESULT_FROM_WIN32(GetLastError());
}

static void stage_end(struct stage *stage)
{
    if (stage->thread) {
        SetEvent(stage->stop);
        WaitForSingleObject(stage->thread, INFINITE);
        CloseHandle(stage->thread);
    }
    if (stage->stop)
        CloseHandle(stage->stop);
    if (stage->work)
        CloseHandle(stage->work);
    if (stage->queue)
        IDStorageCustomDecompressionQueue_Release(stage->queue);
}

/* The same piece of the file twice: as it is, and through the stage. */
static void enqueue_both(IDStorageQueue *queue, IDStorageFile *file, UINT64 offset, UINT32 nbytes,
                         char *raw, char *upper)
{
    DSTORAGE_REQUEST request = {0};

    request.Options.SourceType = DSTORAGE_REQUEST_SOURCE_FILE;
    request.Options.DestinationType = DSTORAGE_REQUEST_DESTINATION_MEMORY;
    request.Source.File.Source = file;
    request.Source.File.Offset = offset;
    request.Source.File.Size = nbytes;
    request.Destination.Memory.Buffer = raw + offset;
    request.Destination.Memory.Size = nbytes;
    request.UncompressedSize = nbytes;
    request.Name = "raw";
    IDStorageQueue_EnqueueRequest(queue, &request);
    request.Options.CompressionFormat = UPPER_CASE;
    request.Destination.Memory.Buffer = upper + offset;
    request.Name = "upper case";
    IDStorageQueue_EnqueueRequest(queue, &request);
}

/* A status entry completes behind all requests before it, with the first failure among them. */
static HRESULT read_both(IDStorageFactory *factory, IDStorageFile *file, UINT64 nbytes, char *raw,
                         char *upper)
{
    DSTORAGE_QUEUE_DESC desc = {0};
    IDStorageQueue1 *queue = NULL;
    IDStorageStatusArray *status = NULL;
    HANDLE done = CreateEventW(NULL, FALSE, FALSE, NULL);
    HRESULT hr;

    desc.SourceType = DSTORAGE_REQUEST_SOURCE_FILE;
    desc.Capacity = DSTORAGE_MIN_QUEUE_CAPACITY; /* a full queue holds up who enqueues */
    desc.Priority = DSTORAGE_PRIORITY_NORMAL;
    hr = IDStorageFactory_CreateQueue(factory, &desc, &IID_IDStorageQueue1, (void **)&queue);
    if (SUCCEEDED(hr))
        hr = IDStorageFactory_CreateStatusArray(factory, 1, NULL, &IID_IDStorageStatusArray,
                                                (void **)&status);
    if (SUCCEEDED(hr)) {
        for (UINT64 at = 0; at < nbytes; at += CHUNK)
            enqueue_both((IDStorageQueue *)queue, file, at,
                         (UINT32)(nbytes - at < CHUNK ? nbytes - at : CHUNK), raw, upper);
        IDStorageQueue1_EnqueueStatus(queue, status, 0);
        IDStorageQueue1_EnqueueSetEvent(queue, done);
        IDStorageQueue1_Submit(queue);
        WaitForSingleObject(done, INFINITE);
        hr = IDStorageStatusArray_GetHResult(status, 0);
    }
    if (status)
        IDStorageStatusArray_Release(status);
    if (queue)
        IDStorageQueue1_Release(queue);
    CloseHandle(done);
    return hr;
}

static int print_both(IDStorageFactory *factory, IDStorageFile *file)
{
    BY_HANDLE_FILE_INFORMATION info;
    HRESULT hr = IDStorageFile_GetFileInformation(file, &info);
    UINT64 nbytes = SUCCEEDED(hr) ? (UINT64)info.nFileSizeHigh << 32 | info.nFileSizeLow : 0;
    char *raw = malloc((size_t)nbytes + 1), *upper = malloc((size_t)nbytes + 1);

    if (SUCCEEDED(hr) && (!raw || !upper))
        hr = E_OUTOFMEMORY;
    if (SUCCEEDED(hr))
        hr = read_both(factory, file, nbytes, raw, upper);
    if (SUCCEEDED(hr)) {
        fwrite(raw, 1, (size_t)nbytes, stdout);
        fwrite(upper, 1, (size_t)nbytes, stdout);
    }
    free(raw);
    free(upper);
    return FAILED(hr) ? fail("read", hr) : 0;
}

int main(int argc, char **argv)
{
    WCHAR path[MAX_PATH];
    struct stage stage = {0};
    IDStorageFactory *factory;
    IDStorageFile *file;
    HRESULT hr;
    int failed;

    if (argc != 2 || !MultiByteToWideChar(CP_UTF8, 0, argv[1], -1, path, MAX_PATH)) {
        fprintf(stderr, "usage: %s FILE\n", argv[0]);
        return 2;
    }
    hr = DStorageGetFactory(&IID_IDStorageFactory, (void **)&factory);
    if (FAILED(hr))
        return fail("DStorageGetFactory", hr);
    hr = IDStorageFactory_OpenFile(factory, path, &IID_IDStorageFile, (void **)&file);
    if (FAILED(hr)) {
        IDStorageFactory_Release(factory);
        return fail(argv[1], hr);
    }
    hr = stage_start(&stage, factory);
    failed = FAILED(hr) ? fail("the stage", hr) : print_both(factory, file);
    stage_end(&stage);
    IDStorageFile_Release(file);
    IDStorageFactory_Release(factory);
    return failed;
}

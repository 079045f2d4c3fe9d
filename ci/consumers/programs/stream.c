// SPDX-License-Identifier: MIT
/* Reads test.txt with DirectStorage, part of it twice. C and C++. */
#include <windows.h>
#include <dstorage.h>
#include <stdio.h>
#include <string.h>

#ifdef RINGER_CHAR16
#define NAME u"test.txt"
#else
#define NAME L"test.txt"
#endif
#ifdef __cplusplus
#define CALL(object, method, ...) (object)->method(__VA_ARGS__)
#define ID(type) __uuidof(type)
#else
#define CALL(object, method, ...) (object)->lpVtbl->method(object, ##__VA_ARGS__)
#define ID(type) &IID_##type
#endif

static int failed(const char *what, HRESULT hr)
{
    fprintf(stderr, "%s: 0x%08x\n", what, (unsigned)hr);
    return 1;
}

int main(void)
{
    IDStorageFactory *factory = NULL;
    IDStorageQueue1 *queue = NULL;
    IDStorageFile *file = NULL;
    DSTORAGE_QUEUE_DESC desc;
    DSTORAGE_REQUEST request;
    DSTORAGE_ERROR_RECORD record;
    char text[19];
    HANDLE done = CreateEventW(NULL, FALSE, FALSE, NULL);
    HRESULT hr = DStorageGetFactory(ID(IDStorageFactory), (void **)&factory);

    if (FAILED(hr))
        return failed("DStorageGetFactory", hr);
    hr = CALL(factory, OpenFile, NAME, ID(IDStorageFile), (void **)&file);
    if (FAILED(hr))
        return failed("OpenFile", hr);
    memset(&desc, 0, sizeof(desc));
    desc.SourceType = DSTORAGE_REQUEST_SOURCE_FILE;
    desc.Capacity = DSTORAGE_MIN_QUEUE_CAPACITY;
    hr = CALL(factory, CreateQueue, &desc, ID(IDStorageQueue1), (void **)&queue);
    if (FAILED(hr))
        return failed("CreateQueue", hr);
    memset(&request, 0, sizeof(request));
    memset(text, 0, sizeof(text));
    request.Options.SourceType = DSTORAGE_REQUEST_SOURCE_FILE;
    request.Source.File.Source = file;
    request.Source.File.Size = 12;
    request.Destination.Memory.Buffer = text;
    request.Destination.Memory.Size = 12;
    CALL(queue, EnqueueRequest, &request);
    request.Source.File.Offset = 6;
    request.Source.File.Size = 6;
    request.Destination.Memory.Buffer = text + 12;
    request.Destination.Memory.Size = 6;
    CALL(queue, EnqueueRequest, &request);
    CALL(queue, EnqueueSetEvent, done);
    CALL(queue, Submit);
    WaitForSingleObject(done, INFINITE);
    CALL(queue, RetrieveErrorRecord, &record);
    if (record.FailureCount)
        return failed("a request", record.FirstFailure.HResult);
    CALL(queue, Release);
    CALL(file, Release);
    CALL(factory, Release);
    CloseHandle(done);
    puts(text);
    return strcmp(text, "hello ringerringer") != 0;
}

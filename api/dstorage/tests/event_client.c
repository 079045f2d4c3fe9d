/* SPDX-License-Identifier: MIT */
/*
 * A program to be logged: event_client FILE REQUESTS THREADS [OFFSET [die]]. Each thread (or, with
 * 0, the main one) reads REQUESTS pieces of 64 bytes from OFFSET on, through one queue, with a
 * status after each ten. 0 when all that was read is right.
 */
#define COBJMACROS
#include <dstorage.h>
#include <ringer.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NBYTES 64u
#define THREADS_MOST 8u
#define REQUESTS_MOST 400u

static IDStorageQueue1 *queue;
static IDStorageFile *file;
static IDStorageStatusArray *status;
static unsigned requests, offset;
static unsigned char to[THREADS_MOST][REQUESTS_MOST][NBYTES];

static DWORD WINAPI enqueue(void *context)
{
    unsigned thread = (unsigned)(uintptr_t)context;

    for (unsigned i = 0; i < requests; i++) {
        DSTORAGE_REQUEST request = {0};

        request.Source.File.Source = file;
        request.Source.File.Offset = offset + i;
        request.Source.File.Size = NBYTES;
        request.Destination.Memory.Buffer = to[thread][i];
        request.Destination.Memory.Size = NBYTES;
        request.Name = "piece";
        IDStorageQueue1_EnqueueRequest(queue, &request);
        if (i % 10 == 9)
            IDStorageQueue1_EnqueueStatus(queue, status, thread * REQUESTS_MOST + i);
    }
    return 0;
}

static bool right(unsigned threads, const unsigned char *bytes)
{
    for (unsigned thread = 0; thread < threads; thread++) {
        for (unsigned i = 0; i < requests; i++) {
            if (memcmp(to[thread][i], bytes + offset + i, NBYTES))
                return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    static unsigned char bytes[4096];
    DSTORAGE_QUEUE_DESC desc = {.Capacity = 0x80, .Name = "client"};
    IDStorageFactory *factory;
    HANDLE threads[THREADS_MOST], done = CreateEventW(NULL, FALSE, FALSE, NULL);
    WCHAR path[MAX_PATH] = {0};
    unsigned count;
    FILE *plain;
    bool ok;

    if (argc < 4 || strlen(argv[1]) >= MAX_PATH || !(plain = fopen(argv[1], "rb")))
        return 2;
    if (fread(bytes, 1, sizeof bytes, plain) != sizeof bytes)
        return 2;
    fclose(plain);
    for (size_t i = 0; argv[1][i]; i++)
        path[i] = (unsigned char)argv[1][i];
    requests = (unsigned)atoi(argv[2]);
    count = (unsigned)atoi(argv[3]);
    offset = argc > 4 ? (unsigned)atoi(argv[4]) : 0;
    if (requests > REQUESTS_MOST || count > THREADS_MOST || offset > 1024)
        return 2;
    if (DStorageGetFactory(&IID_IDStorageFactory, (void **)&factory) ||
        IDStorageFactory_OpenFile(factory, path, &IID_IDStorageFile, (void **)&file) ||
        IDStorageFactory_CreateStatusArray(factory, THREADS_MOST * REQUESTS_MOST, NULL,
                                           &IID_IDStorageStatusArray, (void **)&status) ||
        IDStorageFactory_CreateQueue(factory, &desc, &IID_IDStorageQueue1, (void **)&queue))
        return 2;
    for (unsigned i = 0; i < count; i++)
        threads[i] = CreateThread(NULL, 0, enqueue, (void *)(uintptr_t)i, 0, NULL);
    for (unsigned i = 0; i < count; i++) {
        WaitForSingleObject(threads[i], INFINITE);
        CloseHandle(threads[i]);
    }
    if (!count)
        enqueue(NULL);
    IDStorageQueue1_EnqueueSetEvent(queue, done);
    IDStorageQueue1_Submit(queue);
    WaitForSingleObject(done, INFINITE);
    ok = right(count ? count : 1, bytes);
    if (argc > 5)
        abort();
    IDStorageQueue1_Release(queue);
    IDStorageStatusArray_Release(status);
    IDStorageFile_Release(file);
    IDStorageFactory_Release(factory);
    CloseHandle(done);
    return !ok;
}

/* SPDX-License-Identifier: MIT */
/*
 * What the clients of DirectStorage share: a file of chunks that can be told apart, a factory, a
 * queue, and requests for chunks. Each client has one mistake that works by luck; -DFIXED builds its
 * twin without.
 */
#ifndef DS_CLIENT_H
#define DS_CLIENT_H

#include <windows.h>
#define COBJMACROS
#include <dstorage.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 4096, MOST_CHUNKS = 3 }; /* a page: it goes straight to its destination */

static IDStorageFactory *factory;
static IDStorageQueue1 *queue;
static IDStorageFile *file;
static IDStorageStatusArray *statuses;
static _Alignas(CHUNK) char buffers[MOST_CHUNKS][CHUNK];

static inline int fail(const char *what)
{
    printf("%s\n", what);
    return 1;
}

/* Every byte of chunk n. */
static inline char mark(unsigned n)
{
    return (char)('A' + n);
}

static inline bool holds(const char *buffer, unsigned n)
{
    for (unsigned i = 0; i < CHUNK; i++)
        if (buffer[i] != mark(n))
            return false;
    return true;
}

static inline bool make_file(const char *name, unsigned chunks)
{
    static char content[MOST_CHUNKS * CHUNK];
    HANDLE handle = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    DWORD done = 0;
    BOOL good;

    for (unsigned n = 0; n < chunks; n++)
        memset(content + n * CHUNK, mark(n), CHUNK);
    good = handle != INVALID_HANDLE_VALUE &&
           WriteFile(handle, content, chunks * CHUNK, &done, NULL) && done == chunks * CHUNK;
    if (handle != INVALID_HANDLE_VALUE)
        CloseHandle(handle);
    return good;
}

/* argv: the file, and "mapping" for a runtime that reads without a ring. */
static inline bool begin(int argc, char **argv, unsigned chunks)
{
    const char *name = argc > 1 ? argv[1] : "ds_client.tmp";
    DSTORAGE_CONFIGURATION config = {.ForceMappingLayer = argc > 2 && !strcmp(argv[2], "mapping")};
    DSTORAGE_QUEUE_DESC desc = {.SourceType = DSTORAGE_REQUEST_SOURCE_FILE,
                                .Capacity = DSTORAGE_MIN_QUEUE_CAPACITY,
                                .Priority = DSTORAGE_PRIORITY_NORMAL};
    WCHAR wide[MAX_PATH] = {0};

    for (unsigned i = 0; name[i] && i + 1 < MAX_PATH; i++)
        wide[i] = (WCHAR)name[i];
    return make_file(name, chunks) && SUCCEEDED(DStorageSetConfiguration(&config)) &&
           SUCCEEDED(DStorageGetFactory(&IID_IDStorageFactory, (void **)&factory)) &&
           SUCCEEDED(
               IDStorageFactory_OpenFile(factory, wide, &IID_IDStorageFile, (void **)&file)) &&
           SUCCEEDED(IDStorageFactory_CreateQueue(factory, &desc, &IID_IDStorageQueue1,
                                                  (void **)&queue)) &&
           SUCCEEDED(IDStorageFactory_CreateStatusArray(
               factory, MOST_CHUNKS, "client", &IID_IDStorageStatusArray, (void **)&statuses));
}

static inline void end(void)
{
    IDStorageQueue1_Release(queue);
    IDStorageStatusArray_Release(statuses);
    IDStorageFile_Release(file);
    IDStorageFactory_Release(factory);
}

/* Chunk n of the file into a buffer. */
static inline void read_chunk(char *buffer, unsigned n)
{
    DSTORAGE_REQUEST request = {
        .Options = {.SourceType = DSTORAGE_REQUEST_SOURCE_FILE,
                    .DestinationType = DSTORAGE_REQUEST_DESTINATION_MEMORY},
        .Source = {.File = {.Source = file, .Offset = n * CHUNK, .Size = CHUNK}},
        .Destination = {.Memory = {.Buffer = buffer, .Size = CHUNK}},
        .UncompressedSize = CHUNK,
        .CancellationTag = n + 1,
    };

    IDStorageQueue1_EnqueueRequest(queue, &request);
}

/* Submits, and waits until that status is there. */
static inline void wait_for_status(unsigned index)
{
    IDStorageQueue1_Submit(queue);
    while (!IDStorageStatusArray_IsComplete(statuses, index))
        Sleep(1);
}

#endif

/* SPDX-License-Identifier: MIT */
/* What the tests of DirectStorage share: a factory, a file of known bytes, and ways to wait. */
#ifndef DS_TEST_H
#define DS_TEST_H

#include "api/tests/temp.h"

#include <criterion/criterion.h>

#define COBJMACROS
#include <dstorage.h>
#include <ioringapi.h>
#include <ringer.h>
#include <ringer_d3d12.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 60000
#define FILE_NBYTES (8u << 20)
#define MEMORY_QUEUE DSTORAGE_REQUEST_SOURCE_MEMORY
#define FILE_QUEUE DSTORAGE_REQUEST_SOURCE_FILE

/* As much of ID3D12Fence as tests call, by the order of its table. */
struct test_fence {
    const struct test_fence_vtbl {
        HRESULT (*QueryInterface)(struct test_fence *, REFIID, void **);
        ULONG (*AddRef)(struct test_fence *);
        ULONG (*Release)(struct test_fence *);
        void *other[5];
        UINT64 (*GetCompletedValue)(struct test_fence *);
        HRESULT (*SetEventOnCompletion)(struct test_fence *, UINT64, HANDLE);
        HRESULT (*Signal)(struct test_fence *, UINT64);
    } * lpVtbl;
};

static const IID iid_fence RINGER_MAYBE_UNUSED = {
    0x0a753dcf, 0xc4d8, 0x4b91, {0xad, 0xf6, 0xbe, 0x5a, 0x60, 0xd9, 0x5a, 0x76}};

static IDStorageFactory *factory;
static IDStorageFile *file;
static WCHAR file_name[MAX_PATH];
static char file_path[TEMP_MAX];

/* [R] The bytes of Microsoft's test files. */
static inline unsigned char byte_at(uint64_t i)
{
    return (unsigned char)(i * 131 + 7);
}

static inline bool bytes_are(const void *data, uint64_t offset, size_t nbytes)
{
    const unsigned char *at = data;

    for (size_t i = 0; i < nbytes; i++) {
        if (at[i] != byte_at(offset + i))
            return false;
    }
    return true;
}

static inline void path_of(WCHAR *wide, const char *path)
{
    do
        *wide++ = (unsigned char)*path;
    while (*path++);
}

static inline void write_file(int fd, const void *bytes, size_t nbytes)
{
    for (size_t at = 0; at < nbytes;) {
        ssize_t n = write(fd, (const char *)bytes + at, nbytes - at);

        cr_assert(n > 0);
        at += (size_t)n;
    }
}

static inline void get_factory(void)
{
    cr_assert_eq(DStorageGetFactory(&IID_IDStorageFactory, (void **)&factory), S_OK);
}

/* A factory and a file of nbytes known bytes. */
static inline void setup_file(size_t nbytes)
{
    unsigned char *bytes = malloc(nbytes);
    int fd = mkstemp(temp_template(file_path, "ds"));

    cr_assert(fd >= 0);
    for (size_t i = 0; i < nbytes; i++)
        bytes[i] = byte_at(i);
    write_file(fd, bytes, nbytes);
    close(fd);
    free(bytes);
    path_of(file_name, file_path);
    if (!factory)
        get_factory();
    cr_assert_eq(IDStorageFactory_OpenFile(factory, file_name, &IID_IDStorageFile, (void **)&file),
                 S_OK);
}

/* Everything is given back, and then no thread and no handle is left. */
static inline void teardown_all(void)
{
    if (file)
        cr_assert_eq(IDStorageFile_Release(file), 0);
    if (factory)
        cr_assert_eq(IDStorageFactory_Release(factory), 0);
    file = NULL;
    factory = NULL;
    unlink(file_path);
}

static inline IDStorageQueue3 *make_queue(DSTORAGE_REQUEST_SOURCE_TYPE type, UINT16 capacity)
{
    DSTORAGE_QUEUE_DESC desc = {.SourceType = type, .Capacity = capacity, .Name = "test"};
    IDStorageQueue3 *queue;

    cr_assert_eq(
        IDStorageFactory_CreateQueue(factory, &desc, &IID_IDStorageQueue3, (void **)&queue), S_OK);
    return queue;
}

static inline IDStorageStatusArray *make_status(UINT32 capacity)
{
    IDStorageStatusArray *status;

    cr_assert_eq(IDStorageFactory_CreateStatusArray(factory, capacity, NULL,
                                                    &IID_IDStorageStatusArray, (void **)&status),
                 S_OK);
    return status;
}

static inline struct test_fence *make_fence(UINT64 value)
{
    struct test_fence *fence;

    cr_assert_eq(RingerCreateFence(value, &iid_fence, (void **)&fence), S_OK);
    return fence;
}

static inline DSTORAGE_REQUEST file_request(UINT64 offset, UINT32 nbytes, void *to)
{
    DSTORAGE_REQUEST request = {0};

    request.Options.SourceType = DSTORAGE_REQUEST_SOURCE_FILE;
    request.Source.File.Source = file;
    request.Source.File.Offset = offset;
    request.Source.File.Size = nbytes;
    request.Destination.Memory.Buffer = to;
    request.Destination.Memory.Size = nbytes;
    return request;
}

static inline DSTORAGE_REQUEST memory_request(const void *from, UINT32 nbytes, void *to)
{
    DSTORAGE_REQUEST request = {0};

    request.Options.SourceType = DSTORAGE_REQUEST_SOURCE_MEMORY;
    request.Source.Memory.Source = from;
    request.Source.Memory.Size = nbytes;
    request.Destination.Memory.Buffer = to;
    request.Destination.Memory.Size = nbytes;
    return request;
}

static inline void fence_wait(struct test_fence *fence, UINT64 value)
{
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);

    cr_assert_eq(fence->lpVtbl->SetEventOnCompletion(fence, value, event), S_OK);
    cr_assert_eq(WaitForSingleObject(event, WAIT_MS), WAIT_OBJECT_0);
    CloseHandle(event);
}

/* Submits what is there and waits until all of it has completed. */
static inline void finish(IDStorageQueue3 *queue)
{
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);

    IDStorageQueue3_EnqueueSetEvent(queue, event);
    IDStorageQueue3_Submit(queue);
    cr_assert_eq(WaitForSingleObject(event, WAIT_MS), WAIT_OBJECT_0);
    CloseHandle(event);
}

/* The record must be of no failure. */
static inline void no_errors(IDStorageQueue3 *queue)
{
    DSTORAGE_ERROR_RECORD record;

    memset(&record, 0xd5, sizeof record);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FailureCount, 0, "0x%08x", (unsigned)record.FirstFailure.HResult);
    cr_assert_eq(record.FirstFailure.HResult, S_OK);
    cr_assert_eq(record.FirstFailure.CommandType, DSTORAGE_COMMAND_TYPE_NONE);
}

#endif

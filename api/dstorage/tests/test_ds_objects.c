/* SPDX-License-Identifier: MIT */
/* Factory, file, status array, codec, configuration: identities, counts, arguments, versions. */
#include "api/dstorage/tests/ds_test.h"

#include <malloc.h>

#include <ringer_codec.h>

static IUnknown *query(void *object, REFIID riid, HRESULT expected)
{
    IUnknown *out = (IUnknown *)&out;
    HRESULT hr = ((IUnknown *)object)->lpVtbl->QueryInterface(object, riid, (void **)&out);

    cr_assert_eq(hr, expected, "0x%08x", (unsigned)hr);
    cr_assert_eq(out != NULL, SUCCEEDED(expected));
    return out;
}

/* Takes and gives back a reference. */
static void has(void *object, REFIID riid)
{
    IUnknown *out = query(object, riid, S_OK);

    out->lpVtbl->Release(out);
}

Test(ds_objects, factory_is_one)
{
    IDStorageFactory *other;
    IDStorageCustomDecompressionQueue1 *custom;
    IUnknown *a, *b;
    DWORD handles = ringer_handle_count();

    get_factory();
    cr_assert_eq(DStorageGetFactory(&IID_IDStorageFactory, (void **)&other), S_OK);
    cr_assert_eq(other, factory);
    cr_assert_eq(DStorageGetFactory(&IID_IDStorageCustomDecompressionQueue1, (void **)&custom),
                 S_OK);
    a = query(custom, &IID_IUnknown, S_OK);
    b = query(factory, &IID_IUnknown, S_OK);
    cr_assert_eq(a, b, "one identity");
    has(factory, &IID_IDStorageCustomDecompressionQueue);
    has(custom, &IID_IDStorageFactory);
    query(factory, &IID_IDStorageQueue, E_NOINTERFACE);
    a->lpVtbl->Release(a);
    b->lpVtbl->Release(b);
    cr_assert_eq(IDStorageFactory_Release(other), 2);
    cr_assert_eq(custom->lpVtbl->Release(custom), 1);
    teardown_all();
    cr_assert_eq(ringer_handle_count(), handles);
    get_factory(); /* it comes back */
    teardown_all();
}

Test(ds_objects, factory_arguments)
{
    void *out = &out;

    cr_assert_eq(DStorageGetFactory(&IID_IDStorageFactory, NULL), E_POINTER);
    cr_assert_eq(DStorageGetFactory(&IID_IDStorageQueue, &out), E_NOINTERFACE);
    cr_assert_null(out);
    cr_assert_eq(DStorageGetFactory(NULL, &out), E_INVALIDARG);
    get_factory();
    cr_assert_eq(IDStorageFactory_OpenFile(factory, NULL, &IID_IDStorageFile, &out), E_INVALIDARG);
    cr_assert_eq(IDStorageFactory_OpenFile(factory, u"/nonexistent/file", &IID_IDStorageFile, &out),
                 HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND));
    cr_assert_eq(
        IDStorageFactory_OpenFile(factory, u"/tmp/ringer-no-such-file", &IID_IDStorageFile, &out),
        HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND));
    cr_assert_eq(IDStorageFactory_OpenFile(factory, u"/tmp", &IID_IDStorageFile, &out),
                 HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED));
    cr_assert_eq(
        IDStorageFactory_CreateStatusArray(factory, 0, NULL, &IID_IDStorageStatusArray, &out),
        E_INVALIDARG);
    cr_assert_eq(IDStorageFactory_CreateStatusArray(factory, 1, NULL, &IID_IDStorageFile, &out),
                 E_NOINTERFACE);
    cr_assert_eq(IDStorageFactory_CreateQueue(factory, NULL, &IID_IDStorageQueue, &out),
                 E_INVALIDARG);
    teardown_all();
}

Test(ds_objects, queue_descriptions)
{
    static const struct {
        DSTORAGE_QUEUE_DESC desc;
        HRESULT hr;
    } rows[] = {
        {{.Capacity = 0x80}, S_OK},
        {{.Capacity = 0x81}, S_OK},
        {{.Capacity = 0x2000}, S_OK},
        {{.Capacity = 0x7F}, E_DSTORAGE_INVALID_QUEUE_CAPACITY},
        {{.Capacity = 0}, E_DSTORAGE_INVALID_QUEUE_CAPACITY},
        {{.Capacity = 0x2001}, E_DSTORAGE_INVALID_QUEUE_CAPACITY},
        {{.Capacity = 0x80, .Priority = -2}, E_DSTORAGE_INVALID_QUEUE_PRIORITY},
        {{.Capacity = 0x80, .Priority = 3}, E_DSTORAGE_INVALID_QUEUE_PRIORITY},
        {{.Capacity = 0x80, .Priority = -1}, S_OK},
        {{.Capacity = 0x80, .Priority = 2}, S_OK},
        {{.SourceType = 1, .Capacity = 0x80, .Priority = 0}, S_OK},
        {{.SourceType = 1, .Capacity = 0x80, .Priority = 2}, S_OK},
        {{.SourceType = 2, .Capacity = 0x80}, E_DSTORAGE_INVALID_SOURCE_TYPE},
    };

    get_factory();
    for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
        IDStorageQueue *queue = (IDStorageQueue *)&queue;
        HRESULT hr = IDStorageFactory_CreateQueue(factory, &rows[i].desc, &IID_IDStorageQueue,
                                                  (void **)&queue);

        cr_assert_eq(hr, rows[i].hr, "row %zu: 0x%08x", i, (unsigned)hr);
        cr_assert_eq(queue != NULL, SUCCEEDED(hr));
        if (queue)
            cr_assert_eq(IDStorageQueue_Release(queue), 0);
    }
    teardown_all();
}

/* [R] DC6 */
Test(ds_objects, interfaces_by_version)
{
    static const IID *const ids[] = {&IID_IDStorageQueue, &IID_IDStorageQueue1,
                                     &IID_IDStorageQueue2, &IID_IDStorageQueue3};

    for (unsigned minor = 0; minor < 5; minor++) {
        pid_t child = fork();
        int status;

        if (child == 0) {
            DSTORAGE_QUEUE_DESC desc = {.Capacity = 0x80};
            char version[] = "1.0";
            void *queue, *out;
            unsigned wrong = 0;

            version[2] = (char)('0' + minor);
            setenv("RINGER_DSTORAGE", version, 1);
            wrong += FAILED(DStorageGetFactory(&IID_IDStorageFactory, (void **)&factory));
            for (unsigned i = 0; i < 4; i++) {
                HRESULT hr = IDStorageFactory_CreateQueue(factory, &desc, ids[i], &queue);

                wrong += hr != (i <= minor ? S_OK : E_NOINTERFACE);
            }
            out = NULL;
            wrong += (DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT_GDEFLATE, 1,
                                                     &IID_IDStorageCompressionCodec,
                                                     &out) == S_OK) != (minor >= 1);
            wrong += (DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT_ZSTD, 1,
                                                     &IID_IDStorageCompressionCodec, &out) ==
                      S_OK) != (minor >= 4 && ringer_codec_available(RINGER_CODEC_ZSTD));
            wrong += SUCCEEDED(DStorageSetConfiguration2(NULL)) ||
                     (minor < 4 && DStorageSetConfiguration2(NULL) != E_NOTIMPL);
            _exit((int)wrong);
        }
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "1.%u: %d wrong", minor,
                  status >> 8);
    }
}

Test(ds_objects, configuration)
{
    DSTORAGE_CONFIGURATION plain = {0};
    DSTORAGE_CONFIGURATION1 more = {.ForceFileBuffering = TRUE};
    IDStorageQueue3 *queue;

    cr_assert_eq(DStorageSetConfiguration(NULL), E_INVALIDARG);
    plain.NumBuiltInCpuDecompressionThreads = -2;
    cr_assert_eq(DStorageSetConfiguration(&plain), E_INVALIDARG);
    plain.NumBuiltInCpuDecompressionThreads = 1;
    cr_assert_eq(DStorageSetConfiguration(&plain), S_OK);
    cr_assert_eq(DStorageSetConfiguration1(&more),
                 E_DSTORAGE_FILEBUFFERING_REQUIRES_DISABLED_BYPASSIO);
    more.DisableBypassIO = TRUE;
    cr_assert_eq(DStorageSetConfiguration1(&more), S_OK);
    get_factory();
    cr_assert_eq(DStorageSetConfiguration(&plain), E_DSTORAGE_STAGING_BUFFER_LOCKED);
    queue = make_queue(MEMORY_QUEUE, 0x80);
    cr_assert_eq(IDStorageFactory_Release(factory), 0);
    cr_assert_eq(DStorageSetConfiguration(&plain), E_DSTORAGE_STAGING_BUFFER_LOCKED,
                 "a queue lives");
    cr_assert_eq(IDStorageQueue3_Release(queue), 0);
    cr_assert_eq(DStorageSetConfiguration(&plain), S_OK, "[R] DA1: between cases");
}

Test(ds_objects, staging_is_locked_by_queues)
{
    IDStorageQueue3 *queue;

    setup_file(4096);
    cr_assert_eq(IDStorageFactory_SetStagingBufferSize(factory, 16 << 20), S_OK,
                 "[R] DA1: a file is open");
    queue = make_queue(FILE_QUEUE, 0x80);
    cr_assert_eq(IDStorageFactory_SetStagingBufferSize(factory, 32 << 20),
                 E_DSTORAGE_STAGING_BUFFER_LOCKED);
    IDStorageQueue3_Release(queue);
    cr_assert_eq(IDStorageFactory_SetStagingBufferSize(factory, 0), S_OK);
    teardown_all();
}

Test(ds_objects, file)
{
    BY_HANDLE_FILE_INFORMATION info;

    setup_file(10000);
    has(file, &IID_IUnknown);
    query(file, &IID_IDStorageFactory, E_NOINTERFACE);
    cr_assert_eq(IDStorageFile_GetFileInformation(file, &info), S_OK);
    cr_assert_eq(info.nFileSizeLow, 10000);
    cr_assert_eq(IDStorageFile_GetFileInformation(file, NULL), E_POINTER);
    IDStorageFile_Close(file);
    IDStorageFile_Close(file);
    cr_assert_eq(IDStorageFile_GetFileInformation(file, &info), E_DSTORAGE_FILE_NOT_OPEN);
    teardown_all();
}

Test(ds_objects, status_array)
{
    IDStorageStatusArray *status;

    get_factory();
    status = make_status(2);
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 0), E_PENDING);
    cr_assert_not(IDStorageStatusArray_IsComplete(status, 1));
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 2), E_DSTORAGE_INDEX_BOUND);
    cr_assert(IDStorageStatusArray_IsComplete(status, 2), "the same as not pending");
    cr_assert_eq(IDStorageStatusArray_Release(status), 0);
    teardown_all();
}

/* Sanitizers note each byte, and so use all of it. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MOST_STATUSES (1u << 24)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MOST_STATUSES (1u << 24)
#endif
#endif
#ifndef MOST_STATUSES
#define MOST_STATUSES UINT32_MAX
#endif

/* [D] No limit is documented. One of 16 GiB takes what is used of it, or there is no room for it. */
Test(ds_objects, status_array_of_any_size)
{
    IDStorageStatusArray *status;
    HRESULT hr;

    mallopt(M_PERTURB, 0); /* MALLOC_PERTURB_, which meson sets, would use all of it */
    get_factory();
    hr = IDStorageFactory_CreateStatusArray(factory, MOST_STATUSES, "huge",
                                            &IID_IDStorageStatusArray, (void **)&status);
    if (SUCCEEDED(hr)) {
        cr_assert_eq(IDStorageStatusArray_GetHResult(status, MOST_STATUSES - 1), E_PENDING);
        cr_assert_eq(IDStorageStatusArray_GetHResult(status, MOST_STATUSES),
                     E_DSTORAGE_INDEX_BOUND);
        cr_assert_eq(IDStorageStatusArray_Release(status), 0);
    } else {
        cr_assert_eq(hr, E_OUTOFMEMORY);
    }
    teardown_all();
}

static void round_trip(UINT32 threads, size_t nbytes)
{
    IDStorageCompressionCodec *codec;
    unsigned char *raw = malloc(nbytes), *out = malloc(nbytes + 1), *packed;
    size_t bound, packed_nbytes = 0, out_nbytes = 0;

    for (size_t i = 0; i < nbytes; i++)
        raw[i] = (unsigned char)(i / 64);
    cr_assert_eq(DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT_GDEFLATE, threads,
                                                &IID_IDStorageCompressionCodec, (void **)&codec),
                 S_OK);
    bound = IDStorageCompressionCodec_CompressBufferBound(codec, nbytes);
    packed = malloc(bound);
    cr_assert_eq(codec->lpVtbl->CompressBuffer(codec, raw, nbytes, DSTORAGE_COMPRESSION_DEFAULT,
                                               packed, bound, &packed_nbytes),
                 S_OK);
    cr_assert(packed_nbytes > 0 && packed_nbytes < nbytes);
    cr_assert_eq(packed[0], 4, "[R] DC14: 04 fb");
    cr_assert_eq(packed[1], 0xfb);
    cr_assert_eq(
        codec->lpVtbl->DecompressBuffer(codec, packed, packed_nbytes, out, nbytes + 1, &out_nbytes),
        S_OK);
    cr_assert_eq(out_nbytes, nbytes);
    cr_assert_eq(memcmp(raw, out, nbytes), 0);
    cr_assert_eq(
        codec->lpVtbl->DecompressBuffer(codec, packed, packed_nbytes, out, nbytes - 1, &out_nbytes),
        HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER));
    cr_assert_eq(
        codec->lpVtbl->DecompressBuffer(codec, packed, packed_nbytes / 2, out, nbytes, &out_nbytes),
        E_DSTORAGE_DECOMPRESSION_ERROR);
    cr_assert_eq(codec->lpVtbl->CompressBuffer(codec, raw, nbytes, 0, packed, 16, &packed_nbytes),
                 HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER));
    cr_assert_eq(codec->lpVtbl->CompressBuffer(codec, NULL, nbytes, 0, packed, 16, &packed_nbytes),
                 E_POINTER);
    cr_assert_eq(IDStorageCompressionCodec_Release(codec), 0);
    free(raw);
    free(out);
    free(packed);
}

Test(ds_objects, codec)
{
    void *out = &out;

    round_trip(1, 65536);
    round_trip(0, 1000003);
    round_trip(3, 1 << 20);
    cr_assert_eq(DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT_ZSTD, 1,
                                                &IID_IDStorageCompressionCodec, &out),
                 E_NOTIMPL);
    cr_assert_eq(DStorageCreateCompressionCodec(0x80, 1, &IID_IDStorageCompressionCodec, &out),
                 E_NOTIMPL);
    cr_assert_eq(DStorageCreateCompressionCodec(1, 1, &IID_IDStorageFile, &out), E_NOINTERFACE);
    cr_assert_null(out);
}

/* The forwarder calls the core through its slot. */
static HRESULT WINAPI refuse(REFIID riid, void **ppv)
{
    *ppv = NULL;
    return E_ACCESSDENIED;
}

Test(ds_objects, forwarder)
{
    struct ringer_export row;
    void *out;

    cr_assert(ringer_export_find("DSTORAGE.DLL", "DStorageGetFactory", &row));
    cr_assert_eq(row.function, (void *)DStorageGetFactory);
    cr_assert_not_null(
        GetProcAddress(GetModuleHandleA("dstoragecore.dll"), "DStorageGetFactoryCore"));
    cr_assert_not_null(ringer_slot_swap("dstoragecore", "DStorageGetFactoryCore", (void *)refuse));
    cr_assert_eq(DStorageGetFactory(&IID_IDStorageFactory, &out), E_ACCESSDENIED);
}

/* [R] DC2: a program that falls back to its own reading does so by this code. */
Test(ds_objects, without_a_core)
{
    DSTORAGE_CONFIGURATION1 more = {0};
    DSTORAGE_CONFIGURATION plain = {0};
    void *out = &out;

    setenv("RINGER_DSTORAGE", "none", 1);
    cr_assert_eq(DStorageGetFactory(&IID_IDStorageFactory, &out), E_NOTIMPL);
    cr_assert_null(out);
    cr_assert_eq(DStorageSetConfiguration(&plain), E_NOTIMPL);
    cr_assert_eq(DStorageSetConfiguration1(&more), E_NOTIMPL);
    cr_assert_eq(DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT_GDEFLATE, 1,
                                                &IID_IDStorageCompressionCodec, &out),
                 E_NOTIMPL);
    setenv("RINGER_DSTORAGE", "1.3", 1);
    get_factory(); /* it is looked for at the call */
    teardown_all();
}

/* [R] E7: a game has more than 26 queues. [I] There is no limit but the system's. */
Test(ds_objects, many_queues_and_files)
{
    enum { QUEUES = 200, FILES = 300 };
    static IDStorageQueue3 *queues[QUEUES];
    static IDStorageFile *files[FILES];
    static unsigned char to[QUEUES][64];

    setup_file(65536);
    for (unsigned i = 0; i < FILES; i++)
        cr_assert_eq(
            IDStorageFactory_OpenFile(factory, file_name, &IID_IDStorageFile, (void **)&files[i]),
            S_OK);
    for (unsigned i = 0; i < QUEUES; i++) {
        DSTORAGE_QUEUE_DESC desc = {.Capacity = 0x80,
                                    .Priority = i % 2 ? DSTORAGE_PRIORITY_REALTIME : 0};
        DSTORAGE_REQUEST request = file_request(i * 64, 64, to[i]);

        cr_assert_eq(IDStorageFactory_CreateQueue(factory, &desc, &IID_IDStorageQueue3,
                                                  (void **)&queues[i]),
                     S_OK);
        request.Source.File.Source = files[i];
        IDStorageQueue3_EnqueueRequest(queues[i], &request);
    }
    for (unsigned i = 0; i < QUEUES; i++) {
        finish(queues[i]);
        no_errors(queues[i]);
        cr_assert(bytes_are(to[i], i * 64, 64));
        cr_assert_eq(IDStorageQueue3_Release(queues[i]), 0);
    }
    for (unsigned i = 0; i < FILES; i++)
        cr_assert_eq(IDStorageFile_Release(files[i]), 0);
    teardown_all();
}

/* [R] DA3, E9: what others' encoders made of these sizes fits, which one reference's bound denied. */
Test(ds_objects, codec_bound)
{
    IDStorageCompressionCodec *codec;

    cr_assert_eq(DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT_GDEFLATE, 1,
                                                &IID_IDStorageCompressionCodec, (void **)&codec),
                 S_OK);
    cr_assert_geq(IDStorageCompressionCodec_CompressBufferBound(codec, 65536), 65736);
    cr_assert_geq(IDStorageCompressionCodec_CompressBufferBound(codec, 2640207), 2640632);
    cr_assert_gt(IDStorageCompressionCodec_CompressBufferBound(codec, 4294901760), 4294901760);
    cr_assert_lt(IDStorageCompressionCodec_CompressBufferBound(codec, 4294901760), SIZE_MAX);
    cr_assert_eq(IDStorageCompressionCodec_CompressBufferBound(codec, 4294901761), SIZE_MAX);
    cr_assert_eq(IDStorageCompressionCodec_CompressBufferBound(codec, SIZE_MAX), SIZE_MAX);
    cr_assert_eq(IDStorageCompressionCodec_Release(codec), 0);
}

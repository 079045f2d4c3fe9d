/* SPDX-License-Identifier: MIT */
/* Queues: slots, submission, order, status segments, and that bytes arrive. */
#include "api/dstorage/tests/ds_test.h"

/* [R] DS1 */
Test(ds_queue, single_read)
{
    unsigned char to[512];
    IDStorageQueue3 *queue;
    IDStorageStatusArray *status;
    DSTORAGE_REQUEST request;

    setup_file(1024);
    queue = make_queue(FILE_QUEUE, 0x80);
    status = make_status(1);
    request = file_request(256, 512, to);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    memset(&request, 0xd5, sizeof request); /* [D] copied */
    IDStorageQueue3_EnqueueStatus(queue, status, 0);
    cr_assert_not(IDStorageStatusArray_IsComplete(status, 0), "nothing was submitted");
    finish(queue);
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 0), S_OK);
    cr_assert(bytes_are(to, 256, 512));
    no_errors(queue);
    cr_assert_eq(IDStorageQueue3_Release(queue), 0);
    cr_assert_eq(IDStorageStatusArray_Release(status), 0);
    teardown_all();
}

/* Every alignment of offset, size and memory, below and above what one read takes. */
static void reads_of_all_kinds(void)
{
    static const UINT64 offsets[] = {0, 1, 512, 4095, 4096, 4097, 1u << 20, (1u << 20) + 13};
    static const UINT32 sizes[] = {1, 511, 4096, 4097, 65536, 70000, (1u << 20) + 5, 3u << 20};
    static const unsigned shifts[] = {0, 1, 512};
    unsigned char *memory;
    IDStorageQueue3 *queue = make_queue(FILE_QUEUE, 0x80);

    cr_assert_eq(posix_memalign((void **)&memory, 4096, (4u << 20) + 8192), 0);
    for (size_t o = 0; o < ARRAYSIZE(offsets); o++) {
        for (size_t s = 0; s < ARRAYSIZE(sizes); s++) {
            for (size_t m = 0; m < ARRAYSIZE(shifts); m++) {
                unsigned char *to = memory + 4096 + shifts[m];
                DSTORAGE_REQUEST request = file_request(offsets[o], sizes[s], to);

                to[-1] = to[sizes[s]] = 0xd5;
                to[0] = (unsigned char)~byte_at(offsets[o]);
                IDStorageQueue3_EnqueueRequest(queue, &request);
                finish(queue);
                no_errors(queue);
                cr_assert(bytes_are(to, offsets[o], sizes[s]), "%zu %zu %zu", o, s, m);
                cr_assert(to[-1] == 0xd5 && to[sizes[s]] == 0xd5, "bytes outside were written");
            }
        }
    }
    free(memory);
    IDStorageQueue3_Release(queue);
}

Test(ds_queue, alignments)
{
    setup_file(FILE_NBYTES);
    reads_of_all_kinds();
    teardown_all();
}

Test(ds_queue, alignments_buffered)
{
    DSTORAGE_CONFIGURATION1 config = {.ForceFileBuffering = TRUE, .DisableBypassIO = TRUE};

    cr_assert_eq(DStorageSetConfiguration1(&config), S_OK);
    setup_file(FILE_NBYTES);
    reads_of_all_kinds();
    teardown_all();
}

Test(ds_queue, alignments_mapping_layer)
{
    DSTORAGE_CONFIGURATION config = {.ForceMappingLayer = TRUE, .NumSubmitThreads = 3};

    cr_assert_eq(DStorageSetConfiguration(&config), S_OK);
    setup_file(FILE_NBYTES);
    reads_of_all_kinds();
    teardown_all();
}

/* [R] DS2, DS3: an odd end of the file included. */
Test(ds_queue, many_reads_several_threads)
{
    DSTORAGE_CONFIGURATION config = {.NumSubmitThreads = 4};
    unsigned char *to = malloc(1000003);
    IDStorageQueue3 *queue;

    cr_assert_eq(DStorageSetConfiguration(&config), S_OK);
    setup_file(1000003);
    queue = make_queue(FILE_QUEUE, 0x100);
    for (UINT32 at = 0; at < 1000003; at += 1009) {
        UINT32 nbytes = 1000003 - at < 1009 ? 1000003 - at : 1009;
        DSTORAGE_REQUEST request = file_request(at, nbytes, to + at);

        IDStorageQueue3_EnqueueRequest(queue, &request); /* blocks, and submits by itself */
    }
    finish(queue);
    no_errors(queue);
    cr_assert(bytes_are(to, 0, 1000003));
    free(to);
    IDStorageQueue3_Release(queue);
    teardown_all();
}

/* [R] DS3 */
Test(ds_queue, two_files)
{
    unsigned char one[64], two[64], text[128];
    IDStorageFile *second;
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST request;
    char name[TEMP_MAX];
    WCHAR wide[TEMP_MAX];
    int fd;

    setup_file(4096);
    fd = mkstemp(temp_template(name, "ds-second"));
    cr_assert(fd >= 0);
    path_of(wide, name);
    memset(text, 'x', sizeof text);
    write_file(fd, text, sizeof text);
    close(fd);
    cr_assert_eq(IDStorageFactory_OpenFile(factory, wide, &IID_IDStorageFile, (void **)&second),
                 S_OK);
    queue = make_queue(FILE_QUEUE, 0x80);
    request = file_request(64, 64, one);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    request = file_request(64, 64, two);
    request.Source.File.Source = second;
    IDStorageQueue3_EnqueueRequest(queue, &request);
    cr_assert_eq(IDStorageFile_Release(second), 0, "before its turn has come");
    finish(queue);
    no_errors(queue);
    cr_assert(bytes_are(one, 64, 64));
    cr_assert_eq(memcmp(two, text, 64), 0);
    IDStorageQueue3_Release(queue);
    unlink(name);
    teardown_all();
}

/* [I] U17: a hint; whoever is low has his turn beside a flood of those who are high. */
Test(ds_queue, priorities)
{
    static unsigned char to[4][100][4096];
    IDStorageQueue3 *queues[4];

    setup_file(FILE_NBYTES);
    for (int i = 0; i < 4; i++) {
        DSTORAGE_QUEUE_DESC desc = {.Capacity = 0x100, .Priority = (DSTORAGE_PRIORITY)(i - 1)};

        cr_assert_eq(
            IDStorageFactory_CreateQueue(factory, &desc, &IID_IDStorageQueue3, (void **)&queues[i]),
            S_OK);
        for (unsigned k = 0; k < 100; k++) {
            DSTORAGE_REQUEST request = file_request(k * 5000 + i, 4096, to[i][k]);

            IDStorageQueue3_EnqueueRequest(queues[i], &request);
        }
    }
    for (int i = 0; i < 4; i++)
        IDStorageQueue3_Submit(queues[i]);
    for (int i = 0; i < 4; i++) {
        finish(queues[i]);
        no_errors(queues[i]);
        for (unsigned k = 0; k < 100; k++)
            cr_assert(bytes_are(to[i][k], k * 5000 + i, 4096));
        IDStorageQueue3_Release(queues[i]);
    }
    teardown_all();
}

/* [R] DS9; [D] without staging memory */
Test(ds_queue, memory_to_memory)
{
    unsigned char from[512], to[512] = {0};
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST request;

    for (unsigned i = 0; i < sizeof from; i++)
        from[i] = byte_at(i);
    get_factory();
    cr_assert_eq(IDStorageFactory_SetStagingBufferSize(factory, 0), S_OK);
    queue = make_queue(MEMORY_QUEUE, 0x80);
    request = memory_request(from, 512, to);
    request.UncompressedSize = 512;
    IDStorageQueue3_EnqueueRequest(queue, &request);
    request = memory_request(NULL, 0, NULL);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    finish(queue);
    no_errors(queue);
    cr_assert(bytes_are(to, 0, 512));
    IDStorageQueue3_Release(queue);
    teardown_all();
}

static DSTORAGE_QUEUE_INFO info_of(IDStorageQueue3 *queue)
{
    DSTORAGE_QUEUE_INFO info;

    IDStorageQueue3_Query(queue, &info);
    return info;
}

/* [R] DS12: set-events do not count. [D] One slot is dead. */
Test(ds_queue, auto_submit)
{
    unsigned char from[8] = "1234567", to[8] = {0};
    DSTORAGE_REQUEST request = memory_request(from, 8, to);
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
    IDStorageStatusArray *status;
    IDStorageQueue3 *queue;

    get_factory();
    status = make_status(1);
    queue = make_queue(MEMORY_QUEUE, 0x80);
    cr_assert_eq(info_of(queue).EmptySlotCount, 0x7F);
    cr_assert_eq(info_of(queue).RequestCountUntilAutoSubmit, 0x40);
    cr_assert_str_eq(info_of(queue).Desc.Name, "test");
    IDStorageQueue3_EnqueueSetEvent(queue, event);
    cr_assert_eq(info_of(queue).RequestCountUntilAutoSubmit, 0x40);
    cr_assert_eq(info_of(queue).EmptySlotCount, 0x7E);
    IDStorageQueue3_EnqueueStatus(queue, status, 0);
    cr_assert_eq(info_of(queue).RequestCountUntilAutoSubmit, 0x3F, "[I] a status counts");
    while (info_of(queue).RequestCountUntilAutoSubmit > 1)
        IDStorageQueue3_EnqueueRequest(queue, &request);
    cr_assert_eq(WaitForSingleObject(event, 0), WAIT_TIMEOUT, "nothing was submitted yet");
    IDStorageQueue3_EnqueueRequest(queue, &request);
    cr_assert_eq(info_of(queue).RequestCountUntilAutoSubmit, 0x40);
    cr_assert_eq(WaitForSingleObject(event, WAIT_MS), WAIT_OBJECT_0);
    finish(queue);
    cr_assert_eq(memcmp(from, to, 8), 0);
    IDStorageQueue3_Release(queue);
    IDStorageStatusArray_Release(status);
    CloseHandle(event);
    teardown_all();
}

/* [I] U1: a queue full of set-events submits itself, else it would wait for ever. */
Test(ds_queue, full_of_events)
{
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
    IDStorageQueue3 *queue;

    get_factory();
    queue = make_queue(MEMORY_QUEUE, 0x80);
    for (unsigned i = 0; i < 1000; i++)
        IDStorageQueue3_EnqueueSetEvent(queue, event);
    finish(queue);
    no_errors(queue);
    IDStorageQueue3_Release(queue);
    CloseHandle(event);
    teardown_all();
}

/* [R] DS5, DS7, DS8: each fires once, in order, behind what was before it. */
Test(ds_queue, notifications_in_order)
{
    static unsigned char to[1 << 20];
    struct test_fence *fence = make_fence(0);
    HANDLE events[2] = {CreateEventW(NULL, FALSE, FALSE, NULL),
                        CreateEventW(NULL, FALSE, FALSE, NULL)};
    IDStorageStatusArray *status;
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST request;

    setup_file(FILE_NBYTES);
    status = make_status(8);
    queue = make_queue(FILE_QUEUE, 0x80);
    request = file_request(100, sizeof to, to);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    IDStorageQueue3_EnqueueSetEvent(queue, events[0]);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    for (unsigned i = 0; i < 3; i++)
        IDStorageQueue3_EnqueueStatus(queue, status, i);
    IDStorageQueue3_EnqueueSetEvent(queue, events[1]);
    for (unsigned i = 1; i <= 3; i++)
        IDStorageQueue3_EnqueueSignal(queue, (ID3D12Fence *)fence, i);
    IDStorageQueue3_Submit(queue);
    fence_wait(fence, 3);
    cr_assert(bytes_are(to, 100, sizeof to));
    cr_assert_eq(WaitForSingleObject(events[0], 0), WAIT_OBJECT_0);
    cr_assert_eq(WaitForSingleObject(events[1], 0), WAIT_OBJECT_0);
    for (unsigned i = 0; i < 3; i++)
        cr_assert_eq(IDStorageStatusArray_GetHResult(status, i), S_OK);
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 3), E_PENDING);
    no_errors(queue);
    IDStorageQueue3_Release(queue);
    IDStorageStatusArray_Release(status);
    cr_assert_eq(fence->lpVtbl->Release(fence), 0, "the queue holds nothing back");
    CloseHandle(events[0]);
    CloseHandle(events[1]);
    teardown_all();
}

/* [D] A status tells of the requests since the one before it. */
Test(ds_queue, status_segments)
{
    unsigned char to[64];
    IDStorageStatusArray *status;
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST good, large, beyond;

    setup_file(4096);
    status = make_status(4);
    queue = make_queue(FILE_QUEUE, 0x80);
    good = file_request(0, 64, to);
    beyond = file_request(4095, 64, to);
    large = file_request(0, 64, to);
    large.Destination.Memory.Size = 63;
    IDStorageQueue3_EnqueueRequest(queue, &good);
    IDStorageQueue3_EnqueueStatus(queue, status, 0);
    IDStorageQueue3_EnqueueRequest(queue, &good);
    IDStorageQueue3_EnqueueRequest(queue, &beyond);
    IDStorageQueue3_EnqueueRequest(queue, &large);
    IDStorageQueue3_EnqueueStatus(queue, status, 1);
    IDStorageQueue3_EnqueueStatus(queue, status, 2);
    IDStorageQueue3_EnqueueRequest(queue, &large);
    IDStorageQueue3_Submit(queue);
    IDStorageQueue3_EnqueueStatus(queue, status, 3);
    finish(queue);
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 0), S_OK);
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 1), E_DSTORAGE_END_OF_FILE,
                 "the first enqueued");
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 2), S_OK);
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 3), E_DSTORAGE_INVALID_DESTINATION_SIZE);
    IDStorageQueue3_Release(queue);
    IDStorageStatusArray_Release(status);
    teardown_all();
}

/* [R] DS11, and a stream of many tiles from memory. */
static void decompress(UINT32 nbytes, bool from_file, INT32 threads)
{
    DSTORAGE_CONFIGURATION config = {.NumBuiltInCpuDecompressionThreads = threads};
    IDStorageCompressionCodec *codec;
    unsigned char *raw = malloc(nbytes), *to = calloc(1, nbytes), *packed;
    size_t bound, packed_nbytes;
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST request;

    cr_assert_eq(DStorageSetConfiguration(&config), S_OK);
    for (size_t i = 0; i < nbytes; i++)
        raw[i] = (unsigned char)(i / 64);
    DStorageCreateCompressionCodec(1, 0, &IID_IDStorageCompressionCodec, (void **)&codec);
    bound = IDStorageCompressionCodec_CompressBufferBound(codec, nbytes);
    packed = malloc(bound);
    cr_assert_eq(
        codec->lpVtbl->CompressBuffer(codec, raw, nbytes, 0, packed, bound, &packed_nbytes), S_OK);
    IDStorageCompressionCodec_Release(codec);
    get_factory();
    if (from_file) {
        int fd = mkstemp(temp_template(file_path, "ds"));

        write_file(fd, "odd", 3);
        write_file(fd, packed, packed_nbytes);
        close(fd);
        path_of(file_name, file_path);
        cr_assert_eq(
            IDStorageFactory_OpenFile(factory, file_name, &IID_IDStorageFile, (void **)&file),
            S_OK);
        request = file_request(3, (UINT32)packed_nbytes, to);
    } else {
        request = memory_request(packed, (UINT32)packed_nbytes, to);
    }
    request.Options.CompressionFormat = DSTORAGE_COMPRESSION_FORMAT_GDEFLATE;
    request.Destination.Memory.Size = request.UncompressedSize = nbytes;
    queue = make_queue(from_file ? FILE_QUEUE : MEMORY_QUEUE, 0x80);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    finish(queue);
    no_errors(queue);
    cr_assert_eq(memcmp(raw, to, nbytes), 0);
    cr_assert_eq(IDStorageQueue3_GetCompressionSupport(queue, DSTORAGE_COMPRESSION_FORMAT_GDEFLATE),
                 DSTORAGE_COMPRESSION_SUPPORT_CPU_FALLBACK);
    IDStorageQueue3_Release(queue);
    teardown_all();
    free(raw);
    free(to);
    free(packed);
}

Test(ds_queue, gdeflate_from_file)
{
    decompress(65536, true, 0);
}

Test(ds_queue, gdeflate_many_tiles)
{
    decompress(5000000, false, 3);
}

/* [R] DA1, DC1: equal passes, one more does not; from a file and into memory. */
Test(ds_queue, staging_limit)
{
    unsigned char *to = malloc(FILE_NBYTES);
    DSTORAGE_ERROR_RECORD record;
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST request;

    setup_file(FILE_NBYTES);
    cr_assert_eq(IDStorageFactory_SetStagingBufferSize(factory, 1 << 20), S_OK);
    queue = make_queue(FILE_QUEUE, 0x80);
    request = file_request(77, 1 << 20, to);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    finish(queue);
    no_errors(queue);
    cr_assert(bytes_are(to, 77, 1 << 20));
    request = file_request(13, (1 << 20) + 1, to);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    finish(queue);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FailureCount, 1);
    cr_assert_eq(record.FirstFailure.HResult, (HRESULT)0x89240008);
    cr_assert_eq(record.FirstFailure.Request.Request.Source.File.Offset, 13);
    cr_assert_eq(record.FirstFailure.Request.Request.Source.File.Size, (1 << 20) + 1);
    IDStorageQueue3_Release(queue);
    teardown_all();
    free(to);
}

/* A staging memory smaller than what is asked for at once: everybody comes to his turn. */
Test(ds_queue, little_staging)
{
    unsigned char *to = malloc(FILE_NBYTES);
    IDStorageQueue3 *queue;

    setup_file(FILE_NBYTES);
    cr_assert_eq(IDStorageFactory_SetStagingBufferSize(factory, 70000), S_OK);
    queue = make_queue(FILE_QUEUE, 0x80);
    for (UINT32 at = 0; at + 70000 <= FILE_NBYTES; at += 70000) {
        DSTORAGE_REQUEST request = file_request(at, 70000, to + at);

        IDStorageQueue3_EnqueueRequest(queue, &request);
    }
    finish(queue);
    no_errors(queue);
    cr_assert(bytes_are(to, 0, FILE_NBYTES / 70000 * 70000));
    IDStorageQueue3_Release(queue);
    teardown_all();
    free(to);
}

/* [R] DC15: files need staging memory. [D] Memory to memory uncompressed does not. */
Test(ds_queue, no_staging)
{
    static unsigned char to[65536], from[65536];
    DSTORAGE_ERROR_RECORD record;
    DSTORAGE_REQUEST request;
    IDStorageQueue3 *queue;

    setup_file(65536);
    cr_assert_eq(IDStorageFactory_SetStagingBufferSize(factory, 0), S_OK);
    queue = make_queue(FILE_QUEUE, 0x80);
    request = file_request(0, 65536, to);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    finish(queue);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FirstFailure.HResult, E_DSTORAGE_REQUEST_TOO_LARGE);
    IDStorageQueue3_Release(queue);
    queue = make_queue(MEMORY_QUEUE, 0x80);
    memset(from, 'x', sizeof from);
    request = memory_request(from, 65536, to);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    finish(queue);
    no_errors(queue);
    cr_assert_eq(memcmp(from, to, sizeof to), 0);
    IDStorageQueue3_Release(queue);
    teardown_all();
}

/* [R] DC3, DC4: a capacity of 8192, five requests a Submit, 82 MB with a staging size of 128 MiB. */
Test(ds_queue, load_of_a_game)
{
    enum { COUNT = 1000, ROOM = 8192 };
    const UINT32 largest = 82000000;
    unsigned char *to = malloc(COUNT * ROOM), *large = malloc(largest);
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST request;

    setup_file(FILE_NBYTES);
    cr_assert_eq(truncate(file_path, largest), 0); /* zeros behind what is known */
    cr_assert_eq(IDStorageFactory_SetStagingBufferSize(factory, 128 << 20), S_OK);
    queue = make_queue(FILE_QUEUE, 0x2000);
    memset(large, 'x', largest);
    request = file_request(0, largest, large);
    IDStorageQueue3_EnqueueRequest(queue, &request);
    for (unsigned i = 0; i < COUNT; i++) {
        request = file_request(i * 7919u, 1 + i * 13u % ROOM, to + i * ROOM);
        IDStorageQueue3_EnqueueRequest(queue, &request);
        if (i % 5 == 4)
            IDStorageQueue3_Submit(queue);
    }
    finish(queue);
    no_errors(queue);
    for (unsigned i = 0; i < COUNT; i++)
        cr_assert(bytes_are(to + i * ROOM, i * 7919u, 1 + i * 13u % ROOM));
    cr_assert(bytes_are(large, 0, FILE_NBYTES));
    cr_assert_eq(large[FILE_NBYTES], 0);
    cr_assert_eq(large[largest - 1], 0);
    IDStorageQueue3_Release(queue);
    teardown_all();
    free(to);
    free(large);
}

/* [I] The same bytes with BypassIO disabled, allowed, and without buffering or with it. */
Test(ds_queue, bypassio_changes_nothing)
{
    for (unsigned i = 0; i < 3; i++) {
        DSTORAGE_CONFIGURATION1 config = {.DisableBypassIO = i > 0, .ForceFileBuffering = i > 1};
        static unsigned char to[5000];
        IDStorageQueue3 *queue;
        DSTORAGE_REQUEST request;

        cr_assert_eq(DStorageSetConfiguration1(&config), S_OK);
        setup_file(65536);
        queue = make_queue(FILE_QUEUE, 0x80);
        memset(to, 0, sizeof to);
        request = file_request(4095, sizeof to, to);
        IDStorageQueue3_EnqueueRequest(queue, &request);
        finish(queue);
        no_errors(queue);
        cr_assert(bytes_are(to, 4095, sizeof to));
        IDStorageQueue3_Release(queue);
        teardown_all();
    }
}

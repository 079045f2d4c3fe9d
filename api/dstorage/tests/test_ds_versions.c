/* SPDX-License-Identifier: MIT */
/* What the pretended version changes: formats, zstd and the fields of the 1.4 preview. */
#include "api/dstorage/tests/ds_test.h"

#include <ringer_codec.h>

static unsigned char to[65536];
static IDStorageQueue3 *queue;

static void begin(const char *version)
{
    setenv("RINGER_DSTORAGE", version, 1);
    get_factory();
}

static void begin_zstd(void)
{
    if (!ringer_codec_available(RINGER_CODEC_ZSTD))
        cr_skip_test("built without zstd");
    begin("1.4");
    queue = make_queue(MEMORY_QUEUE, 0x80);
}

static void end(void)
{
    if (queue)
        cr_assert_eq(IDStorageQueue3_Release(queue), 0);
    teardown_all();
}

static HRESULT run(const DSTORAGE_REQUEST *request)
{
    DSTORAGE_ERROR_RECORD record;

    IDStorageQueue3_EnqueueRequest(queue, request);
    finish(queue);
    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    return record.FirstFailure.HResult;
}

/* A request for to_nbytes, of which a byte on either side is watched. */
static HRESULT run_stream(const void *stream, size_t nbytes, UINT32 to_nbytes)
{
    DSTORAGE_REQUEST request = memory_request(stream, (UINT32)nbytes, to + 1);
    HRESULT hr;

    memset(to, 0xA7, sizeof to);
    request.Options.CompressionFormat = DSTORAGE_COMPRESSION_FORMAT_ZSTD;
    request.Destination.Memory.Size = request.UncompressedSize = to_nbytes;
    hr = run(&request);
    cr_assert_eq(to[0], 0xA7);
    cr_assert_eq(to[1 + to_nbytes], 0xA7);
    return hr;
}

#define RUNS(stream, nbytes, to_nbytes, expected)                        \
    do {                                                                 \
        HRESULT hr_ = run_stream(stream, nbytes, to_nbytes);             \
        cr_assert_eq(hr_, (HRESULT)(expected), "0x%08x", (unsigned)hr_); \
    } while (0)

/* ---- frames by hand: a header, one raw block ---- */

#define MAGIC 0x28, 0xb5, 0x2f, 0xfd
#define RAW_LAST(n) ((n) << 3 | 1), 0, 0

static const unsigned char known[] = {MAGIC, 0x20, 4, RAW_LAST(4), 'a', 'b', 'c', 'd'};
static const unsigned char unknown[] = {MAGIC, 0x00, 0x00, RAW_LAST(4), 'e', 'f', 'g', 'h'};
static const unsigned char dictionary[] = {MAGIC, 0x21, 7, 4, RAW_LAST(4), 'a', 'b', 'c', 'd'};
/* A window of 2 GiB, of which nothing is used; and one that no decoder has. */
static const unsigned char wide_window[] = {MAGIC, 0x00, 21 << 3, RAW_LAST(1), 'w'};
static const unsigned char no_window[] = {MAGIC, 0x00, 31 << 3, RAW_LAST(1), 'w'};
static const unsigned char skippable[] = {0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3};
static const unsigned char skips_too_far[] = {0x5a, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff, 1};
static const unsigned char empty[] = {MAGIC, 0x20, 0, RAW_LAST(0)};

static unsigned char joined[256];

static size_t join(size_t at, const void *frame, size_t nbytes)
{
    memcpy(joined + at, frame, nbytes);
    return at + nbytes;
}
#define JOIN(at, frame) join(at, frame, sizeof(frame))

/* [I] U22 */
Test(ds_versions, zstd_frames)
{
    size_t n;

    begin_zstd();
    RUNS(known, sizeof known, 4, S_OK);
    cr_assert_eq(memcmp(to + 1, "abcd", 4), 0);
    RUNS(known, sizeof known, 3, E_DSTORAGE_DECOMPRESSION_ERROR);
    RUNS(known, sizeof known, 5, E_DSTORAGE_DECOMPRESSION_ERROR);
    RUNS(known, sizeof known - 1, 4, E_DSTORAGE_DECOMPRESSION_ERROR);
    RUNS(unknown, sizeof unknown, 4, S_OK);
    RUNS(unknown, sizeof unknown, 5, E_DSTORAGE_DECOMPRESSION_ERROR);
    n = JOIN(JOIN(JOIN(JOIN(0, skippable), known), skippable), unknown);
    RUNS(joined, n, 8, S_OK);
    cr_assert_eq(memcmp(to + 1, "abcdefgh", 8), 0);
    RUNS(joined, n, 4, E_DSTORAGE_DECOMPRESSION_ERROR);
    RUNS(joined, n, 9, E_DSTORAGE_DECOMPRESSION_ERROR);
    n = JOIN(JOIN(JOIN(0, known), empty), known);
    RUNS(joined, n, 8, S_OK);
    memset(joined + n, 0, 16); /* padding */
    RUNS(joined, n + 16, 8, S_OK);
    RUNS(joined, n + 16, 9, E_DSTORAGE_DECOMPRESSION_ERROR);
    RUNS(skippable, sizeof skippable, 4, E_DSTORAGE_DECOMPRESSION_ERROR);
    RUNS(joined + n, 16, 4, E_DSTORAGE_DECOMPRESSION_ERROR);
    RUNS("abcd", 4, 4, E_DSTORAGE_DECOMPRESSION_ERROR);
    end();
}

/* [I] U22 */
Test(ds_versions, zstd_limits)
{
    size_t n;

    begin_zstd();
    RUNS(dictionary, sizeof dictionary, 4, E_DSTORAGE_DECOMPRESSION_ERROR);
    RUNS(wide_window, sizeof wide_window, 1, S_OK);
    RUNS(no_window, sizeof no_window, 1, E_DSTORAGE_DECOMPRESSION_ERROR);
    RUNS(skips_too_far, sizeof skips_too_far, 4, E_DSTORAGE_DECOMPRESSION_ERROR);
    n = JOIN(JOIN(0, known), skips_too_far);
    RUNS(joined, n, 8, E_DSTORAGE_DECOMPRESSION_ERROR);
    cr_assert_eq(IDStorageQueue3_GetCompressionSupport(queue, DSTORAGE_COMPRESSION_FORMAT_ZSTD),
                 DSTORAGE_COMPRESSION_SUPPORT_CPU_FALLBACK);
    end();
}

/* There and back, by the codec object and by a file's request. */
Test(ds_versions, zstd_codec)
{
    static unsigned char raw[60000], packed[70000], out[60001];
    IDStorageCompressionCodec *codec;
    IDStorageQueue3 *files;
    DSTORAGE_REQUEST request;
    size_t nbytes, got = 0;
    int fd;

    begin_zstd();
    for (unsigned i = 0; i < sizeof raw; i++)
        raw[i] = (unsigned char)(i / 64);
    cr_assert_eq(DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT_ZSTD, 0,
                                                &IID_IDStorageCompressionCodec, (void **)&codec),
                 S_OK);
    cr_assert_leq(IDStorageCompressionCodec_CompressBufferBound(codec, sizeof raw), sizeof packed);
    for (int level = -1; level <= 1; level++) {
        cr_assert_eq(codec->lpVtbl->CompressBuffer(codec, raw, sizeof raw,
                                                   (DSTORAGE_COMPRESSION)level, packed,
                                                   sizeof packed, &nbytes),
                     S_OK);
        cr_assert_lt(nbytes, sizeof raw);
        cr_assert_eq(codec->lpVtbl->DecompressBuffer(codec, packed, nbytes, out, sizeof out, &got),
                     S_OK);
        cr_assert_eq(got, sizeof raw);
        cr_assert_eq(memcmp(raw, out, sizeof raw), 0);
    }
    cr_assert_eq(
        codec->lpVtbl->DecompressBuffer(codec, packed, nbytes, out, sizeof raw - 1, &got),
        HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER));
    cr_assert_eq(got, 0);
    cr_assert_eq(codec->lpVtbl->DecompressBuffer(codec, packed, nbytes / 2, out, sizeof out, &got),
                 E_DSTORAGE_DECOMPRESSION_ERROR);
    cr_assert_eq(codec->lpVtbl->CompressBuffer(codec, raw, sizeof raw, 0, packed, 10, &nbytes),
                 HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER));
    cr_assert_eq(codec->lpVtbl->CompressBuffer(codec, raw, sizeof raw, (DSTORAGE_COMPRESSION)7,
                                               packed, sizeof packed, &nbytes),
                 E_INVALIDARG);
    cr_assert_eq(codec->lpVtbl->CompressBuffer(codec, raw, sizeof raw, 0, packed, sizeof packed,
                                               &nbytes),
                 S_OK);
    cr_assert_eq(IDStorageCompressionCodec_Release(codec), 0);

    setup_file(1);
    fd = open(file_path, O_WRONLY | O_APPEND);
    write_file(fd, packed, nbytes);
    close(fd);
    files = make_queue(FILE_QUEUE, 0x80);
    request = file_request(1, (UINT32)nbytes, out);
    request.Options.CompressionFormat = DSTORAGE_COMPRESSION_FORMAT_ZSTD;
    request.Destination.Memory.Size = request.UncompressedSize = sizeof raw;
    memset(out, 0, sizeof out);
    IDStorageQueue3_EnqueueRequest(files, &request);
    finish(files);
    no_errors(files);
    cr_assert_eq(memcmp(raw, out, sizeof raw), 0);
    cr_assert_eq(IDStorageQueue3_Release(files), 0);
    end();
}

static DSTORAGE_REQUEST transformed(UINT8 format, UINT8 type)
{
    static const unsigned char from[4] = "four";
    DSTORAGE_REQUEST request = memory_request(from, 4, to);

    request.Options.CompressionFormat = (DSTORAGE_COMPRESSION_FORMAT)format;
    request.UncompressedSize = 4;
    ((UINT8 *)&request.Options)[1] = type; /* [S] its place */
    return request;
}

/* [I] U22: nothing here undoes a transform, and to pass the data on as it is would be a lie. */
Test(ds_versions, gacl_transform)
{
    DSTORAGE_REQUEST request;

    begin("1.4");
    queue = make_queue(MEMORY_QUEUE, 0x80);
    for (unsigned type = DSTORAGE_GACL_SHUFFLE_TRANSFORM_BC1; type < 24; type++) {
        request = transformed(DSTORAGE_COMPRESSION_FORMAT_GDEFLATE, (UINT8)type);
        cr_assert_eq(run(&request), E_DSTORAGE_INVALID_GACL_SHUFFLE_TRANSFORM_TYPE);
    }
    request = transformed(DSTORAGE_COMPRESSION_FORMAT_NONE, DSTORAGE_GACL_SHUFFLE_TRANSFORM_BC5);
    cr_assert_eq(run(&request), E_DSTORAGE_INVALID_GACL_SHUFFLE_TRANSFORM_TYPE);
    request = transformed(DSTORAGE_COMPRESSION_FORMAT_NONE, DSTORAGE_GACL_SHUFFLE_TRANSFORM_NONE);
    cr_assert_eq(run(&request), S_OK);
    end();
}

Test(ds_versions, before_gacl)
{
    DSTORAGE_REQUEST request = transformed(DSTORAGE_COMPRESSION_FORMAT_NONE, 1);

    begin("1.3");
    queue = make_queue(MEMORY_QUEUE, 0x80);
    cr_assert_eq(run(&request), S_OK, "a reserved byte like the others");
    request = transformed(DSTORAGE_COMPRESSION_FORMAT_ZSTD, 0);
    cr_assert_eq(run(&request), E_INVALIDARG);
    cr_assert_eq(IDStorageQueue3_GetCompressionSupport(queue, DSTORAGE_COMPRESSION_FORMAT_ZSTD),
                 DSTORAGE_COMPRESSION_SUPPORT_NONE);
    end();
}

/* [D] 1.1 has it first. The interface of a queue that 1.0 has is as far as it goes. */
Test(ds_versions, before_gdeflate)
{
    DSTORAGE_QUEUE_DESC desc = {.SourceType = MEMORY_QUEUE, .Capacity = 0x80};
    DSTORAGE_REQUEST request = transformed(DSTORAGE_COMPRESSION_FORMAT_GDEFLATE, 0);
    IDStorageStatusArray *status;
    IDStorageQueue *old;

    begin("1.0");
    cr_assert_eq(IDStorageFactory_CreateQueue(factory, &desc, &IID_IDStorageQueue, (void **)&old),
                 S_OK);
    status = make_status(1);
    IDStorageQueue_EnqueueRequest(old, &request);
    IDStorageQueue_EnqueueStatus(old, status, 0);
    IDStorageQueue_Submit(old);
    while (!IDStorageStatusArray_IsComplete(status, 0))
        SwitchToThread();
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 0), E_INVALIDARG);
    IDStorageStatusArray_Release(status);
    IDStorageQueue_Release(old);
    end();
}

/* [D] The same struct, longer; [I] CreatorID says nothing without Direct3D. */
Test(ds_versions, configuration2)
{
    DSTORAGE_CONFIGURATION2 config = {.NumSubmitThreads = 1, .ForceFileBuffering = TRUE};

    setenv("RINGER_DSTORAGE", "1.4", 1);
    cr_assert_eq(DStorageSetConfiguration2(NULL), E_INVALIDARG);
    cr_assert_eq(DStorageSetConfiguration2(&config),
                 E_DSTORAGE_FILEBUFFERING_REQUIRES_DISABLED_BYPASSIO);
    config.DisableBypassIO = TRUE;
    cr_assert_eq(DStorageSetConfiguration2(&config), S_OK);
    get_factory();
    cr_assert_eq(DStorageSetConfiguration2(&config), E_DSTORAGE_STAGING_BUFFER_LOCKED);
    teardown_all();
    cr_assert_eq(DStorageSetConfiguration2(&config), S_OK);
}

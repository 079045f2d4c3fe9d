/* SPDX-License-Identifier: MIT */
/*
 * Streams that are none, through requests: DECOMPRESSION_ERROR in status and record, and no byte
 * beside the destination. The codec itself, called directly, says what each stream must come to.
 */
#include "api/dstorage/tests/ds_test.h"

#include <dirent.h>
#include <ringer_codec.h>
#include <sys/mman.h>

#define PAGE ((size_t)4096)
#define ROOM ((size_t)204800) /* of a destination, with pages that are nobody's around it */
#define SLOTS 60u
#define BEFORE 0xA7 /* lies in a destination, and beside it */

struct item {
    unsigned char *stream, *room, *to;
    UINT32 stream_nbytes, to_nbytes;
    HRESULT expected;
    unsigned char *content; /* when S_OK is expected */
};

static struct item items[SLOTS];
static IDStorageQueue3 *queue;
static IDStorageStatusArray *status;
static UINT8 format = DSTORAGE_COMPRESSION_FORMAT_GDEFLATE;
static uint64_t state = 88172645463325252u;
static unsigned failed, succeeded;

static uint32_t random_below(uint32_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % limit;
}

static void rooms_make(void)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        unsigned char *map = mmap(NULL, ROOM + 2 * PAGE, PROT_NONE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

        cr_assert_neq((void *)map, MAP_FAILED);
        cr_assert_eq(mprotect(map + PAGE, ROOM, PROT_READ | PROT_WRITE), 0);
        items[i].room = map + PAGE;
    }
}

/* What the codec says of zstd is said of one frame; the streams here are of one. */
static void expect(struct item *item)
{
    enum ringer_codec_status said = RINGER_CODEC_WRONG_SIZE;

    item->content = malloc(item->to_nbytes + 1u);
    if (item->stream_nbytes && item->to_nbytes)
        said = ringer_codec_decompress((enum ringer_codec_format)format, NULL, item->stream,
                                       item->stream_nbytes, item->content, item->to_nbytes, NULL);
    item->expected = said == RINGER_CODEC_OK ? S_OK : E_DSTORAGE_DECOMPRESSION_ERROR;
}

/* The item takes the stream; the destination touches the page in front of it, or the one behind. */
static void item_set(struct item *item, const void *stream, size_t nbytes, UINT32 to_nbytes,
                     bool at_end)
{
    cr_assert(to_nbytes <= ROOM);
    item->stream = malloc(nbytes + 1);
    memcpy(item->stream, stream, nbytes);
    item->stream_nbytes = (UINT32)nbytes;
    item->to_nbytes = to_nbytes;
    item->to = at_end ? item->room + ROOM - to_nbytes : item->room;
    memset(item->room, BEFORE, ROOM);
    expect(item);
}

static bool untouched(const unsigned char *from, const unsigned char *end)
{
    for (; from < end; from++) {
        if (*from != BEFORE)
            return false;
    }
    return true;
}

static void item_check(const struct item *item, HRESULT hr)
{
    cr_assert_eq(hr, item->expected, "0x%08x, not 0x%08x", (unsigned)hr, (unsigned)item->expected);
    cr_assert(untouched(item->room, item->to), "written in front of the destination");
    cr_assert(untouched(item->to + item->to_nbytes, item->room + ROOM),
              "written behind the destination");
    if (SUCCEEDED(hr))
        cr_assert_eq(memcmp(item->to, item->content, item->to_nbytes), 0);
    failed += FAILED(hr);
    succeeded += SUCCEEDED(hr);
}

/* One behind the other, at whatever offsets that gives. */
static void streams_to_file(unsigned count)
{
    int fd = open(file_path, O_WRONLY | O_TRUNC);

    cr_assert(fd >= 0);
    for (unsigned i = 0; i < count; i++)
        write_file(fd, items[i].stream, items[i].stream_nbytes);
    close(fd);
}

static void record_check(unsigned count, unsigned failures, const DSTORAGE_REQUEST *requests)
{
    DSTORAGE_ERROR_RECORD record;
    unsigned first = 0;

    IDStorageQueue3_RetrieveErrorRecord(queue, &record);
    cr_assert_eq(record.FailureCount, failures);
    if (!failures)
        return;
    while (first < count && items[first].expected == S_OK)
        first++;
    cr_assert_eq(record.FirstFailure.HResult, E_DSTORAGE_DECOMPRESSION_ERROR);
    cr_assert_eq(record.FirstFailure.CommandType, DSTORAGE_COMMAND_TYPE_REQUEST);
    cr_assert_eq(memcmp(&record.FirstFailure.Request.Request, &requests[first], sizeof *requests),
                 0, "the first by the order of enqueuing");
}

static void batch(unsigned count, bool from_file)
{
    DSTORAGE_REQUEST requests[SLOTS];
    unsigned failures = 0;
    UINT64 at = 0;

    if (from_file)
        streams_to_file(count);
    for (unsigned i = 0; i < count; i++) {
        struct item *item = &items[i];

        requests[i] = from_file ? file_request(at, item->stream_nbytes, item->to)
                                : memory_request(item->stream, item->stream_nbytes, item->to);
        requests[i].Options.CompressionFormat = (DSTORAGE_COMPRESSION_FORMAT)format;
        requests[i].Destination.Memory.Size = requests[i].UncompressedSize = item->to_nbytes;
        IDStorageQueue3_EnqueueRequest(queue, &requests[i]);
        IDStorageQueue3_EnqueueStatus(queue, status, i);
        at += item->stream_nbytes;
    }
    finish(queue);
    for (unsigned i = 0; i < count; i++) {
        HRESULT hr = IDStorageStatusArray_GetHResult(status, i);

        item_check(&items[i], hr);
        failures += FAILED(hr);
        free(items[i].stream);
        free(items[i].content);
    }
    record_check(count, failures, requests);
}

static void begin(bool from_file, UINT32 threads)
{
    DSTORAGE_CONFIGURATION config = {.NumSubmitThreads = 2,
                                     .NumBuiltInCpuDecompressionThreads = (INT32)threads};

    cr_assert_eq(DStorageSetConfiguration(&config), S_OK);
    setup_file(PAGE);
    rooms_make();
    queue = make_queue(from_file ? FILE_QUEUE : MEMORY_QUEUE, 0x100);
    status = make_status(SLOTS);
}

static void end(void)
{
    cr_assert_eq(IDStorageQueue3_Release(queue), 0);
    cr_assert_eq(IDStorageStatusArray_Release(status), 0);
    teardown_all();
    for (unsigned i = 0; i < SLOTS; i++)
        munmap(items[i].room - PAGE, ROOM + 2 * PAGE);
}

static size_t vector_read(const char *name, unsigned char *bytes, size_t room)
{
    const char *folder = getenv("RINGER_GDEFLATE_VECTORS");
    char path[1024];
    FILE *stream;
    size_t nbytes;

    snprintf(path, sizeof path, "%s/%s", folder ? folder : "fixtures/data/gdeflate", name);
    stream = fopen(path, "rb");
    cr_assert_not_null(stream, "%s", path);
    nbytes = fread(bytes, 1, room, stream);
    fclose(stream);
    cr_assert_lt(nbytes, room);
    return nbytes;
}

/* The size that the header claims, whatever else is wrong with it. */
static UINT32 claimed(const unsigned char *stream, size_t nbytes)
{
    UINT32 tiles, last;

    if (nbytes < 8)
        return 0;
    tiles = stream[2] | (UINT32)stream[3] << 8;
    last = ((stream[4] | (UINT32)stream[5] << 8 | (UINT32)stream[6] << 16) >> 2) & 0x3FFFF;
    return tiles ? (tiles - 1) * 65536 + (last ? last : 65536) : 0;
}

/* Every malformed stream of the codec's tests, at its claimed size, and at two others. */
static void malformed(bool from_file)
{
    const char *folder = getenv("RINGER_GDEFLATE_VECTORS");
    char path[1024], name[300];
    static unsigned char stream[1 << 18];
    unsigned seen = 0;
    struct dirent *row;
    DIR *dir;

    snprintf(path, sizeof path, "%s/malformed", folder ? folder : "fixtures/data/gdeflate");
    dir = opendir(path);
    cr_assert_not_null(dir, "%s", path);
    begin(from_file, 2);
    while ((row = readdir(dir))) {
        UINT32 sizes[3], count = 0;
        size_t nbytes;

        if (row->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "malformed/%s", row->d_name);
        nbytes = vector_read(name, stream, sizeof stream);
        sizes[0] = claimed(stream, nbytes) <= ROOM ? claimed(stream, nbytes) : 65536;
        sizes[1] = 65536;
        sizes[2] = 1;
        for (unsigned i = 0; i < 6; i++)
            item_set(&items[count++], stream, nbytes, sizes[i / 2], i % 2);
        for (unsigned i = 0; i < count; i++)
            cr_assert_eq(items[i].expected, E_DSTORAGE_DECOMPRESSION_ERROR, "%s", name);
        batch(count, from_file);
        seen++;
    }
    closedir(dir);
    cr_assert_eq(seen, 28);
    cr_assert_eq(failed, 28 * 6);
    end();
}

Test(ds_hostile, malformed_from_memory)
{
    malformed(false);
}

Test(ds_hostile, malformed_from_file)
{
    malformed(true);
}

/* Some bytes others, some missing, some more; or another size asked for. */
static void mutate(struct item *item, const unsigned char *good, size_t good_nbytes, UINT32 size)
{
    unsigned char *bytes = malloc(good_nbytes + 64);
    size_t nbytes = good_nbytes;

    memcpy(bytes, good, good_nbytes);
    for (unsigned i = random_below(4); i--;) {
        /* Every other hit is near the front, where headers and codes are. */
        uint32_t limit = random_below(2) && nbytes > 200 ? 200 : (uint32_t)nbytes;

        bytes[random_below(limit)] ^= (unsigned char)(1u << random_below(8));
    }
    if (!random_below(4))
        nbytes -= random_below((uint32_t)nbytes);
    else if (!random_below(4))
        for (unsigned i = random_below(64); i--;)
            bytes[nbytes++] = (unsigned char)random_below(256);
    if (!random_below(8))
        size += random_below(2) ? 1 : -1u;
    item_set(item, bytes, nbytes, size, random_below(2));
    free(bytes);
}

struct good {
    unsigned char bytes[1 << 18];
    size_t nbytes;
    UINT32 raw_nbytes;
};

static void mutations(struct good *good, unsigned kinds, bool from_file, unsigned batches)
{
    begin(from_file, 3);
    for (unsigned i = 0; i < batches; i++) {
        for (unsigned k = 0; k < SLOTS; k++) {
            struct good *one = &good[random_below(kinds)];

            mutate(&items[k], one->bytes, one->nbytes, one->raw_nbytes);
        }
        batch(SLOTS, from_file);
    }
    end();
    cr_assert(failed > batches * 6, "%u", failed);
    cr_assert(succeeded > batches * 6, "%u", succeeded);
}

static unsigned batches(void)
{
    const char *text = getenv("RINGER_HOSTILE_BATCHES");

    return text ? (unsigned)atoi(text) : 40;
}

static void gdeflate(bool from_file)
{
    static const char *const names[] = {"hand-two-tiles.gdef",     "hand-dependent-matches.gdef",
                                        "hand-sym285.gdef",        "small-700.gdef",
                                        "text-65537.default.gdef", "bytes-3-same.gdef",
                                        "hand-stored-zero.gdef",   "runs-short.best.gdef"};
    static struct good good[ARRAYSIZE(names)];

    for (unsigned i = 0; i < ARRAYSIZE(names); i++) {
        good[i].nbytes = vector_read(names[i], good[i].bytes, sizeof good[i].bytes);
        good[i].raw_nbytes = claimed(good[i].bytes, good[i].nbytes);
    }
    mutations(good, ARRAYSIZE(names), from_file, batches());
}

Test(ds_hostile, mutations_from_memory, .timeout = 300)
{
    gdeflate(false);
}

Test(ds_hostile, mutations_from_file, .timeout = 300)
{
    gdeflate(true);
}

static void zstd(bool from_file)
{
    static const UINT32 sizes[] = {1, 700, 65537, 200000};
    static struct good good[ARRAYSIZE(sizes)];
    unsigned char *raw = malloc(200000);

    if (!ringer_codec_available(RINGER_CODEC_ZSTD))
        cr_skip_test("built without zstd");
    setenv("RINGER_DSTORAGE", "1.4", 1);
    format = DSTORAGE_COMPRESSION_FORMAT_ZSTD;
    for (unsigned i = 0; i < ARRAYSIZE(sizes); i++) {
        for (UINT32 k = 0; k < sizes[i]; k++)
            raw[k] = (unsigned char)(k * k >> 9 ^ k % 7);
        cr_assert_eq(ringer_codec_compress(RINGER_CODEC_ZSTD, NULL, raw, sizes[i], good[i].bytes,
                                           sizeof good[i].bytes, &good[i].nbytes),
                     RINGER_CODEC_OK);
        good[i].raw_nbytes = sizes[i];
    }
    free(raw);
    mutations(good, ARRAYSIZE(sizes), from_file, batches());
}

Test(ds_hostile, zstd_from_memory, .timeout = 300)
{
    zstd(false);
}

Test(ds_hostile, zstd_from_file, .timeout = 300)
{
    zstd(true);
}

/* SPDX-License-Identifier: MIT */
/*
 * A program that does anything: requests whose every field is hostile, files that shrink between
 * reads and during them, closing, cancelling and releasing in flight, fences, the program's own
 * decompression, calls with any argument. Nothing beside a destination changes, everything that is
 * enqueued comes to an end when the queue is released, and no handle is left.
 *
 * With a number as argument, so many inputs out of seeds; libFuzzer has no main of ours.
 */
#include "api/tests/temp.h"

#include <dstorage.h>
#include <ringer.h>
#include <ringer_codec.h>
#include <ringer_d3d12.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

#define ROOM (128u << 10) /* of the destination, with a page that is nobody's at either end */
#define PAGE 4096u
#define FILE_NBYTES 100000
#define QUEUES 3u
#define RAW 70000
#define STATUSES 8u

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

static struct {
    const uint8_t *at, *end;
} input;

static unsigned char *room;
static struct stream {
    unsigned char *bytes;
    size_t nbytes;
} streams[2]; /* GDeflate, zstd (or the same again) */
static char path[TEMP_MAX];
static WCHAR wide[TEMP_MAX];
static int fd;
static IDStorageFactory *factory;
static IDStorageCustomDecompressionQueue1 *custom;
static IDStorageFile *files[2]; /* open, closed */
static IDStorageStatusArray *status;
static IDStorageQueue3 *queues[QUEUES];
static struct fence *fence;
static HANDLE event, shaker;
static volatile LONG shaking;

static void die(const char *what)
{
    fprintf(stderr, "fuzz_requests: %s\n", what);
    abort();
}

static uint8_t byte(void)
{
    return input.at < input.end ? *input.at++ : 0;
}

static uint64_t number(unsigned nbytes)
{
    uint64_t value = 0;

    while (nbytes--)
        value = value << 8 | byte();
    return value;
}

/* No address of ours: what the compiler's comparisons tell the fuzzer may be one. */
static void *nobodys_pointer(void)
{
    uint64_t value = number(8);

    return (void *)(uintptr_t)(value & 1 ? value | 1ull << 63 : value & 0xFFFE);
}

/* Mostly of a size that fits, sometimes anything. */
static uint32_t size(void)
{
    uint8_t kind = byte();

    return kind < 200   ? (uint32_t)number(2)
           : kind < 230 ? (uint32_t)number(3) & 0x3FFFF
                        : (uint32_t)number(4);
}

static void *pointer(void)
{
    switch (byte() % 8) {
    case 0:
        return NULL;
    case 1:
        return room - PAGE; /* nobody's */
    case 2:
        return room + ROOM - (byte() + 1u); /* runs out of it */
    case 3:
        return nobodys_pointer();
    default:
        return room + number(2);
    }
}

static IDStorageFile *some_file(void)
{
    switch (byte() % 12) {
    case 0:
        return NULL;
    case 1:
        return files[1];
    case 2:
        return (IDStorageFile *)status;
    case 3:
        return (IDStorageFile *)queues[0];
    case 4:
        return nobodys_pointer();
    default:
        return files[0];
    }
}

static DSTORAGE_REQUEST some_request(void)
{
    static const unsigned char formats[] = {0, 0, 0, 0, 1, 1, 1, 2, 3, 0x7F, 0x80, 0xFF};
    DSTORAGE_REQUEST request = {0};

    if (byte() % 16 == 0) {
        uint64_t bits = number(6);

        memcpy(request.Options.Reserved1, &bits, sizeof request.Options.Reserved1);
        request.Options.Reserved = bits;
    }
    request.Options.CompressionFormat = formats[byte() % sizeof formats];
    request.Options.SourceType = byte() % 3 == 0;
    request.Options.DestinationType = byte() % 8 ? 0 : byte();
    if (request.Options.SourceType == DSTORAGE_REQUEST_SOURCE_FILE) {
        request.Source.File.Source = some_file();
        request.Source.File.Offset = byte() % 8 ? number(2) : number(8);
        request.Source.File.Size = size();
    } else if (byte() % 2) {
        const struct stream *stream = &streams[request.Options.CompressionFormat == 2];
        size_t at = number(2) % stream->nbytes;

        /*
         * A stream, damaged by what the input says; other requests may be reading it: that is
         * allowed.
         */
        if (byte() % 2)
            stream->bytes[at] ^= byte();
        request.Source.Memory.Source = stream->bytes;
        request.Source.Memory.Size = (uint32_t)stream->nbytes - (byte() % 4 ? 0 : byte() & 0x1F);
    } else {
        request.Source.Memory.Source = pointer();
        request.Source.Memory.Size = size();
    }
    request.Destination.Memory.Buffer = pointer();
    request.Destination.Memory.Size = byte() % 4 ? request.Source.File.Size : size();
    if (request.Options.SourceType == DSTORAGE_REQUEST_SOURCE_MEMORY && byte() % 4)
        request.Destination.Memory.Size =
            request.Options.CompressionFormat ? RAW : request.Source.Memory.Size;
    request.UncompressedSize = byte() % 4 ? request.Destination.Memory.Size : size();
    request.CancellationTag = byte();
    request.Name = byte() % 8 ? "name" : pointer();
    return request;
}

static IDStorageQueue3 *make_queue(DSTORAGE_REQUEST_SOURCE_TYPE type)
{
    DSTORAGE_QUEUE_DESC desc = {
        .SourceType = type, .Capacity = 0x80, .Priority = (DSTORAGE_PRIORITY)(byte() % 4 - 1)};
    IDStorageQueue3 *queue;

    if (factory->lpVtbl->CreateQueue(factory, &desc, &IID_IDStorageQueue3, (void **)&queue) != S_OK)
        die("no queue");
    return queue;
}

static void answer_some(void)
{
    DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST got[4];
    DSTORAGE_CUSTOM_DECOMPRESSION_RESULT results[4];
    UINT32 count = 0, keep = byte() % 4;

    if (custom->lpVtbl->GetRequests1(custom, byte() % 5, byte() % 5, got, &count) != S_OK)
        return;
    for (UINT32 i = 0; i < count; i++) {
        results[i].Id = byte() % 16 ? got[i].Id : number(8);
        results[i].Result = byte() % 4 ? S_OK : (HRESULT)number(4);
    }
    custom->lpVtbl->SetRequestResults(custom, keep < count ? keep : count, results);
}

/*
 * Half of the capacity may wait for the fence; more would block this thread, which is the one that
 * signals.
 */
static void enqueue_fenced(IDStorageQueue3 *queue)
{
    DSTORAGE_REQUEST requests[3];
    DSTORAGE_QUEUE_INFO info;
    UINT32 count = byte() % 4, flags = byte() % 4;

    queue->lpVtbl->Query(queue, &info);
    if (info.EmptySlotCount < 0x40)
        return;
    for (UINT32 i = 0; i < count; i++)
        requests[i] = some_request();
    queue->lpVtbl->EnqueueRequests(queue, requests, count, byte() % 8 ? (ID3D12Fence *)fence : NULL,
                                   byte(), flags);
}

static bool room_for_one(IDStorageQueue3 *queue)
{
    DSTORAGE_QUEUE_INFO info;

    queue->lpVtbl->Query(queue, &info);
    if (info.EmptySlotCount)
        return true;
    fence->lpVtbl->Signal(fence, UINT64_MAX); /* nothing else may come to make room */
    answer_some();
    queue->lpVtbl->CancelRequestsWithTag(queue, 0, 0);
    return true;
}

static void change_file(void)
{
    off_t nbytes = (off_t)(number(3) % (2 * FILE_NBYTES));

    if (ftruncate(fd, nbytes) != 0)
        die("ftruncate");
}

/* From the end of what is there: some requests of whatever lies in memory, then nobody's page. */
static void enqueue_too_many(IDStorageQueue3 *queue)
{
    DSTORAGE_QUEUE_INFO info;
    unsigned count = byte() % 4;
    const DSTORAGE_REQUEST *requests = (const DSTORAGE_REQUEST *)(room + ROOM) - count;

    queue->lpVtbl->Query(queue, &info);
    if (info.EmptySlotCount < 0x40)
        return;
    queue->lpVtbl->EnqueueRequests(queue, requests, count + (uint32_t)number(4) / 2,
                                   byte() % 2 ? (ID3D12Fence *)fence : NULL, byte(), byte() % 4);
}

static void ask(IDStorageQueue3 *queue)
{
    DSTORAGE_QUEUE_INFO info;

    queue->lpVtbl->Query(queue, &info);
    queue->lpVtbl->GetCompressionSupport(queue, (DSTORAGE_COMPRESSION_FORMAT)byte());
    status->lpVtbl->IsComplete(status, (uint32_t)number(4));
    status->lpVtbl->GetHResult(status, byte() % (STATUSES + 1));
    WaitForSingleObject(queue->lpVtbl->GetErrorEvent(queue), 0);
}

static void other_queue(void)
{
    DSTORAGE_QUEUE_DESC desc = {.SourceType = byte() % 3,
                                .Capacity = (uint16_t)number(2),
                                .Priority = (DSTORAGE_PRIORITY)(int8_t)byte(),
                                .Name = byte() % 2 ? "name" : NULL};
    IUnknown *made = NULL;

    if (SUCCEEDED(factory->lpVtbl->CreateQueue(factory, &desc, &IID_IDStorageQueue,
                                               byte() % 8 ? (void **)&made : NULL)) &&
        made->lpVtbl->Release(made) != 0)
        die("a queue that nobody has");
}

static void other_interface(void)
{
    static const IID *const ids[] = {&IID_IUnknown,
                                     &IID_IDStorageFile,
                                     &IID_IDStorageFactory,
                                     &IID_IDStorageStatusArray,
                                     &IID_IDStorageQueue,
                                     &IID_IDStorageQueue2,
                                     &IID_IDStorageQueue3,
                                     &IID_IDStorageCustomDecompressionQueue,
                                     &IID_IDStorageCompressionCodec,
                                     NULL};
    IUnknown *const objects[] = {(IUnknown *)factory,  (IUnknown *)custom,    (IUnknown *)files[0],
                                 (IUnknown *)files[1], (IUnknown *)queues[0], (IUnknown *)status};
    IUnknown *from = objects[byte() % ARRAYSIZE(objects)], *got = NULL;

    if (SUCCEEDED(from->lpVtbl->QueryInterface(from, ids[byte() % ARRAYSIZE(ids)], (void **)&got)))
        got->lpVtbl->Release(got);
    else if (got)
        die("a failed QueryInterface gave something");
}

static void decompress_directly(void)
{
    unsigned which = byte() % 2, nbytes = (unsigned)number(3) % (2 * RAW);
    IDStorageCompressionCodec *codec;
    unsigned char *to = malloc(nbytes + 1u);
    size_t got = 1;

    if (SUCCEEDED(DStorageCreateCompressionCodec((DSTORAGE_COMPRESSION_FORMAT)(1 + which),
                                                 byte() % 4, &IID_IDStorageCompressionCodec,
                                                 (void **)&codec))) {
        codec->lpVtbl->DecompressBuffer(codec, streams[which].bytes, streams[which].nbytes, to,
                                        nbytes, &got);
        if (got > nbytes)
            die("more than there is room for");
        codec->lpVtbl->Release(codec);
    }
    free(to);
}

static void open_file(unsigned which)
{
    if (FAILED(factory->lpVtbl->OpenFile(factory, wide, &IID_IDStorageFile,
                                         (void **)&files[which])))
        die("file");
}

static void make_status(void)
{
    if (FAILED(factory->lpVtbl->CreateStatusArray(factory, STATUSES, NULL,
                                                  &IID_IDStorageStatusArray, (void **)&status)))
        die("status");
}

/* Requests and statuses in flight hold what they were given. */
static void replace_something(void)
{
    BY_HANDLE_FILE_INFORMATION info;
    DWORD kind = byte() % 4;

    if (kind == 0) {
        status->lpVtbl->Release(status);
        make_status();
        return;
    }
    files[0]->lpVtbl->GetFileInformation(files[0], &info);
    if (kind != 1)
        files[0]->lpVtbl->Close(files[0]);
    files[0]->lpVtbl->Release(files[0]);
    open_file(0);
}

static void set_something(void)
{
    factory->lpVtbl->SetStagingBufferSize(factory, size());
    factory->lpVtbl->SetDebugFlags(factory, byte() & ~(uint32_t)DSTORAGE_DEBUG_BREAK_ON_ERROR);
    DStorageSetConfiguration(NULL);
}

static void step(void)
{
    unsigned which = byte() % QUEUES;
    IDStorageQueue3 *queue = queues[which];
    DSTORAGE_ERROR_RECORD record;
    DSTORAGE_REQUEST request;
    uint64_t mask;

    switch (byte() % 40) {
    default:
        request = some_request();
        if (room_for_one(queue))
            queue->lpVtbl->EnqueueRequest(queue, &request);
        break;
    case 0:
        if (room_for_one(queue))
            queue->lpVtbl->EnqueueStatus(
                queue, byte() % 8 ? status : (IDStorageStatusArray *)files[byte() % 2], byte() % 9);
        break;
    case 1:
        if (room_for_one(queue))
            queue->lpVtbl->EnqueueSignal(
                queue,
                (ID3D12Fence *)(byte() % 8 ? (void *)fence : byte() % 2 ? room - PAGE : NULL),
                byte());
        break;
    case 2:
        if (room_for_one(queue))
            queue->lpVtbl->EnqueueSetEvent(queue,
                                           byte() % 8 ? event : (HANDLE)(uintptr_t)number(3));
        break;
    case 3:
    case 4:
        queue->lpVtbl->Submit(queue);
        break;
    case 5:
        mask = number(1);
        queue->lpVtbl->CancelRequestsWithTag(queue, mask, number(1));
        break;
    case 6:
        queue->lpVtbl->Close(queue);
        break;
    case 7:
        queue->lpVtbl->Release(queue);
        queues[which] = make_queue(which == 0);
        break;
    case 8:
        queue->lpVtbl->RetrieveErrorRecord(queue, &record);
        break;
    case 9:
        enqueue_fenced(queue);
        break;
    case 10:
        fence->lpVtbl->Signal(fence, byte());
        break;
    case 11:
        answer_some();
        break;
    case 12:
        change_file();
        break;
    case 13:
        enqueue_too_many(queue);
        break;
    case 14:
        ask(queue);
        break;
    case 15:
        other_queue();
        break;
    case 16:
        other_interface();
        break;
    case 17:
        decompress_directly();
        break;
    case 18:
        replace_something();
        break;
    case 19:
        set_something();
        break;
    }
}

static void must(HRESULT hr, const char *what)
{
    if (FAILED(hr))
        die(what);
}

static void make_streams(void)
{
    static struct stream made[2];
    unsigned char *raw = malloc(RAW);

    for (unsigned i = 0; i < RAW; i++)
        raw[i] = (unsigned char)(i * i >> 7);
    for (unsigned i = 0; i < 2; i++) {
        bool zstd = i && ringer_codec_available(RINGER_CODEC_ZSTD);
        enum ringer_codec_format format = zstd ? RINGER_CODEC_ZSTD : RINGER_CODEC_GDEFLATE;

        if (!made[i].bytes) {
            made[i].bytes = malloc(3 * RAW);
            if (ringer_codec_compress(format, NULL, raw, RAW, made[i].bytes, 3 * RAW,
                                      &made[i].nbytes) != RINGER_CODEC_OK)
                die("compress");
        }
        streams[i].nbytes = made[i].nbytes;
        streams[i].bytes = malloc(made[i].nbytes);
        memcpy(streams[i].bytes, made[i].bytes, made[i].nbytes);
    }
    free(raw);
}

/* Takes the end of the file away while it is read, and gives it back. */
static DWORD WINAPI shake(void *context)
{
    for (off_t nbytes = FILE_NBYTES; InterlockedCompareExchange(&shaking, 0, 0); SwitchToThread()) {
        nbytes = nbytes * 7 % FILE_NBYTES;
        if (ftruncate(fd, nbytes) != 0 || ftruncate(fd, FILE_NBYTES) != 0)
            die("ftruncate");
    }
    return 0;
}

static void remove_file(void)
{
    unlink(path);
}

/* Once: what every input finds. */
static void prepare(void)
{
    room = mmap(NULL, ROOM + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED || mprotect(room + PAGE, ROOM, PROT_READ | PROT_WRITE) != 0)
        die("mmap");
    room += PAGE;
    fd = mkstemp(temp_template(path, "ds-fuzz"));
    for (unsigned i = 0; i == 0 || path[i - 1]; i++)
        wide[i] = (unsigned char)path[i];
    if (fd < 0)
        die("mkstemp");
    atexit(remove_file);
}

static void begin(void)
{
    DSTORAGE_CONFIGURATION1 config = {0};
    uint8_t kind = byte();

    config.NumSubmitThreads = kind % 3;
    config.NumBuiltInCpuDecompressionThreads = kind / 3 % 3 - 1;
    config.ForceMappingLayer = kind / 9 % 2;
    config.ForceFileBuffering = config.DisableBypassIO = kind / 18 % 2;
    if (ftruncate(fd, FILE_NBYTES) != 0)
        die("ftruncate");
    make_streams();
    must(DStorageSetConfiguration1(&config), "configuration");
    must(DStorageGetFactory(&IID_IDStorageFactory, (void **)&factory), "factory");
    must(DStorageGetFactory(&IID_IDStorageCustomDecompressionQueue1, (void **)&custom),
         "custom queue");
    must(factory->lpVtbl->SetStagingBufferSize(factory, 1u << (10 + byte() % 12)), "staging");
    open_file(0);
    open_file(1);
    files[1]->lpVtbl->Close(files[1]);
    make_status();
    must(RingerCreateFence(0, &iid_fence, (void **)&fence), "fence");
    event = CreateEventW(NULL, FALSE, FALSE, NULL);
    for (unsigned i = 0; i < QUEUES; i++)
        queues[i] = make_queue(i == 0);
    shaking = kind / 36 % 3 == 2;
    shaker = shaking ? CreateThread(NULL, 0, shake, NULL, 0, NULL) : NULL;
}

static void end(void)
{
    unsigned left = 0;

    if (shaker) {
        InterlockedExchange(&shaking, 0);
        WaitForSingleObject(shaker, INFINITE);
        CloseHandle(shaker);
    }
    for (unsigned i = 0; i < QUEUES; i++)
        left += queues[i]->lpVtbl->Release(queues[i]);
    for (unsigned i = 0; i < 2; i++)
        left += files[i]->lpVtbl->Release(files[i]);
    left += status->lpVtbl->Release(status);
    custom->lpVtbl->Release(custom);
    left += factory->lpVtbl->Release(factory);
    left += fence->lpVtbl->Release(fence);
    if (left)
        die("a reference is left");
    CloseHandle(event);
    for (unsigned i = 0; i < 2; i++)
        free(streams[i].bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
    static DWORD handles;

    if (!room) {
        prepare();
        handles = ringer_handle_count();
    }
    input.at = data;
    input.end = data + nbytes;
    begin();
    while (input.at < input.end)
        step();
    end();
    if (ringer_handle_count() != handles)
        die("a handle is left");
    return 0;
}

#ifndef RINGER_LIBFUZZER
int main(int argc, char **argv)
{
    unsigned count = argc > 1 ? (unsigned)atoi(argv[1]) : 100;
    uint64_t state = 88172645463325252u;

    for (unsigned i = 0; i < count; i++) {
        uint8_t bytes[2048];
        size_t nbytes = 64 + i * 37 % (sizeof bytes - 64);

        for (size_t k = 0; k < nbytes; k++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes[k] = (uint8_t)(state >> 32);
        }
        if (getenv("RINGER_FUZZ_LOUD"))
            fprintf(stderr, "%u\n", i);
        LLVMFuzzerTestOneInput(bytes, nbytes);
    }
    printf("%u inputs\n", count);
    return 0;
}
#endif

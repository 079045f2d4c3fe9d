/* SPDX-License-Identifier: MIT */
/*
 * DirectStorage's part of the call graph: every method is called under counting hooks, once with
 * those calls counted that the caller's own thread makes, once with those of the runtime's threads.
 * What was reached of files, rings and ports is what the rows say: none missing, none more. With
 * RINGER_TEST_MAPPING the program asks for ForceMappingLayer, and the rows are the same on every profile.
 */
#include "hooks/tests/hook_test.h"

#define COBJMACROS
#include <dstorage.h>
#include <dstoragecore_x.h>
#include <ioringapi.h>

#define WAIT_MS 60000
#define NBYTES 65536u

static struct ringer_export rows[HOOK_TEST_DETOURS];
static size_t row_count;
/* By the program's thread, in a call of one of the names; by the runtime's threads, at any time. */
static struct {
    const char *name;
    bool seen[HOOK_TEST_DETOURS];
} callers[32];
static size_t caller_count;
static bool workers_seen[HOOK_TEST_DETOURS];
static bool workers; /* whose calls are counted */

static HANDLE(WINAPI *next_thread)(LPSECURITY_ATTRIBUTES, SIZE_T, LPTHREAD_START_ROUTINE, LPVOID,
                                   DWORD, LPDWORD);
static HRESULT(WINAPI *next_build)(HIORING, IORING_HANDLE_REF, IORING_BUFFER_REF, UINT32, UINT64,
                                   UINT_PTR, IORING_SQE_FLAGS);
static BOOL(WINAPI *next_read)(HANDLE, LPVOID, DWORD, LPDWORD, LPOVERLAPPED);
static HRESULT(WINAPI *next_pop)(HIORING, IORING_CQE *);
static HRESULT(WINAPI *next_build_cancel)(HIORING, IORING_HANDLE_REF, UINT_PTR, UINT_PTR);
static BOOL(WINAPI *next_packets)(HANDLE, LPOVERLAPPED_ENTRY, ULONG, PULONG, DWORD, BOOL);
static BOOL(WINAPI *next_cancel)(HANDLE, LPOVERLAPPED);

struct start {
    LPTHREAD_START_ROUTINE routine;
    LPVOID argument;
};

static DWORD WINAPI start_counted(LPVOID context)
{
    struct start start = *(struct start *)context;

    free(context);
    hook_test_counting = workers;
    return start.routine(start.argument);
}

static HANDLE WINAPI create_counted(LPSECURITY_ATTRIBUTES security, SIZE_T stack,
                                    LPTHREAD_START_ROUTINE routine, LPVOID argument, DWORD flags,
                                    LPDWORD id)
{
    struct start *start = malloc(sizeof *start);

    *start = (struct start){routine, argument};
    return next_thread(security, stack, start_counted, start, flags, id);
}

/* Held, a read is under way until it is cancelled: a ring has nothing to pop, a port to hand out. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool held, begun, started; /* mutex */

static void hold(bool on)
{
    pthread_mutex_lock(&mutex);
    held = on;
    begun = started = false;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

static void begin(void)
{
    pthread_mutex_lock(&mutex);
    begun = held;
    pthread_mutex_unlock(&mutex);
}

/* From the next read on: what was asked for before may still be looked for. */
static bool is_held(void)
{
    bool is;

    pthread_mutex_lock(&mutex);
    is = held && begun;
    if (is) {
        started = true;
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&mutex);
    return is;
}

static HRESULT WINAPI build_begins(HIORING ring, IORING_HANDLE_REF file, IORING_BUFFER_REF to,
                                   UINT32 nbytes, UINT64 offset, UINT_PTR user_data,
                                   IORING_SQE_FLAGS flags)
{
    begin();
    return next_build(ring, file, to, nbytes, offset, user_data, flags);
}

static BOOL WINAPI read_begins(HANDLE file, LPVOID to, DWORD nbytes, LPDWORD count,
                               LPOVERLAPPED overlapped)
{
    begin();
    return next_read(file, to, nbytes, count, overlapped);
}

static HRESULT WINAPI pop_held(HIORING ring, IORING_CQE *cqe)
{
    return is_held() ? S_FALSE : next_pop(ring, cqe);
}

static HRESULT WINAPI build_cancel_releases(HIORING ring, IORING_HANDLE_REF file, UINT_PTR target,
                                            UINT_PTR user_data)
{
    hold(false);
    return next_build_cancel(ring, file, target, user_data);
}

static BOOL WINAPI packets_held(HANDLE port, LPOVERLAPPED_ENTRY packets, ULONG count,
                                PULONG removed, DWORD milliseconds, BOOL alertable)
{
    if (is_held()) {
        pthread_mutex_lock(&mutex);
        while (held)
            pthread_cond_wait(&changed, &mutex);
        pthread_mutex_unlock(&mutex);
    }
    return next_packets(port, packets, count, removed, milliseconds, alertable);
}

static BOOL WINAPI cancel_releases(HANDLE file, LPOVERLAPPED overlapped)
{
    BOOL done = next_cancel(file, overlapped);

    hold(false);
    return done;
}

#define ATTACH(function, detour, next)                                                             \
    cr_assert_eq(ringer_hook_attach((void *)(function), (void *)(detour), (void **)&(next), NULL), \
                 0)

static void attach_all(void)
{
    for (; ringer_export_info(row_count, &rows[row_count]); row_count++)
        ATTACH(rows[row_count].function, hook_test_counters[row_count], hook_test_next[row_count]);
    ATTACH(CreateThread, create_counted, next_thread);
    ATTACH(BuildIoRingReadFile, build_begins, next_build);
    ATTACH(ReadFile, read_begins, next_read);
    ATTACH(PopIoRingCompletion, pop_held, next_pop);
    ATTACH(BuildIoRingCancelRequest, build_cancel_releases, next_build_cancel);
    ATTACH(GetQueuedCompletionStatusEx, packets_held, next_packets);
    ATTACH(CancelIoEx, cancel_releases, next_cancel);
}

/* What the contract is about. */
static bool is_of_io(const char *module, const char *name)
{
    static const char *const words[] = {"File", "IoRing", "Completion", "Overlapped", "CancelIo"};

    if (!strncmp(module, "dstorage", 8) || !strcmp(name, "CloseHandle"))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (!strcmp(module, "kernelbase") && strstr(name, words[i]))
            return true;
    return false;
}

static void note(const char *name)
{
    size_t caller = 0;

    while (caller < caller_count && strcmp(callers[caller].name, name))
        caller++;
    if (caller == caller_count)
        callers[caller_count++].name = name;
    for (size_t i = 0; i < row_count; i++) {
        bool is_itself = !strcmp(rows[i].name, name);

        if (!is_itself && atomic_exchange(&hook_test_counts[i], 0) &&
            is_of_io(rows[i].module, rows[i].name))
            callers[caller].seen[i] = true;
    }
}

/* Arguments must call nothing that is exported. */
#define SEE(name, call)                                       \
    do {                                                      \
        for (size_t at = 0; !workers && at < row_count; at++) \
            atomic_store(&hook_test_counts[at], 0);           \
        hook_test_counting = !workers;                        \
        call;                                                 \
        hook_test_counting = 0;                               \
        if (!workers)                                         \
            note(name);                                       \
    } while (0)
#define WORKS(name, call)                                         \
    do {                                                          \
        HRESULT hr;                                               \
        SEE(name, hr = call);                                     \
        cr_assert_eq(hr, S_OK, "%s: 0x%08x", name, (unsigned)hr); \
    } while (0)

static bool is_forced(void)
{
    const char *forced = getenv("RINGER_TEST_MAPPING");

    return forced && *forced;
}

static void configure(void)
{
    DSTORAGE_CONFIGURATION first = {.ForceMappingLayer = is_forced()};
    DSTORAGE_CONFIGURATION1 second = {.ForceMappingLayer = is_forced()};
    DSTORAGE_CONFIGURATION2 third = {.ForceMappingLayer = is_forced()};

    WORKS("DStorageSetConfiguration", DStorageSetConfiguration(&first));
    WORKS("DStorageSetConfiguration2", DStorageSetConfiguration2(&third));
    WORKS("DStorageSetConfiguration1", DStorageSetConfiguration1(&second));
}

static void wait_started(void)
{
    pthread_mutex_lock(&mutex);
    while (!started)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
}

static char buffer[NBYTES] __attribute__((aligned(4096)));

static void read_and_cancel(IDStorageQueue1 *queue, IDStorageFile *file)
{
    DSTORAGE_REQUEST request = {0};
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);

    request.Source.File.Source = file;
    request.Source.File.Offset = 100; /* by a bounce, too */
    request.Source.File.Size = request.Destination.Memory.Size = NBYTES - 200;
    request.Destination.Memory.Buffer = buffer;
    request.CancellationTag = 1;
    for (int cancelled = 0; cancelled < 2; cancelled++) {
        SEE("IDStorageQueue::EnqueueRequest", IDStorageQueue_EnqueueRequest(queue, &request));
        SEE("IDStorageQueue::EnqueueSetEvent", IDStorageQueue1_EnqueueSetEvent(queue, event));
        if (cancelled)
            hold(true);
        SEE("IDStorageQueue::Submit", IDStorageQueue_Submit(queue));
        if (cancelled) {
            wait_started();
            SEE("IDStorageQueue::CancelRequestsWithTag",
                IDStorageQueue_CancelRequestsWithTag(queue, UINT64_MAX, 1));
        }
        cr_assert_eq(WaitForSingleObject(event, WAIT_MS), WAIT_OBJECT_0);
    }
    CloseHandle(event);
}

static void see_all(const WCHAR *path)
{
    DSTORAGE_QUEUE_DESC desc = {.SourceType = DSTORAGE_REQUEST_SOURCE_FILE, .Capacity = 0x80};
    BY_HANDLE_FILE_INFORMATION info;
    IDStorageCompressionCodec *codec;
    DSTORAGE_ERROR_RECORD record;
    IDStorageFactory *factory;
    IDStorageStatusArray *status;
    IDStorageQueue1 *queue;
    IDStorageFile *file;

    configure();
    WORKS("DStorageGetFactory", DStorageGetFactory(&IID_IDStorageFactory, (void **)&factory));
    SEE("IDStorageFactory::Release", IDStorageFactory_Release(factory));
    WORKS("DStorageGetFactoryCore",
          DStorageGetFactoryCore(&IID_IDStorageFactory, (void **)&factory));
    WORKS("IDStorageFactory::OpenFile",
          IDStorageFactory_OpenFile(factory, path, &IID_IDStorageFile, (void **)&file));
    WORKS("IDStorageFile::GetFileInformation", IDStorageFile_GetFileInformation(file, &info));
    cr_assert_eq(info.nFileSizeLow, NBYTES);
    WORKS("IDStorageFactory::CreateQueue",
          IDStorageFactory_CreateQueue(factory, &desc, &IID_IDStorageQueue1, (void **)&queue));
    WORKS("IDStorageFactory::CreateStatusArray",
          IDStorageFactory_CreateStatusArray(factory, 8, NULL, &IID_IDStorageStatusArray,
                                             (void **)&status));
    read_and_cancel(queue, file);
    SEE("IDStorageQueue::RetrieveErrorRecord", IDStorageQueue_RetrieveErrorRecord(queue, &record));
    cr_assert_eq(record.FailureCount, 0, "0x%08x", (unsigned)record.FirstFailure.HResult);
    SEE("IDStorageQueue::Close", IDStorageQueue_Close(queue));
    SEE("IDStorageQueue::Release", IDStorageQueue_Release(queue));
    SEE("IDStorageStatusArray::Release", IDStorageStatusArray_Release(status));
    SEE("IDStorageFile::Close", IDStorageFile_Close(file));
    SEE("IDStorageFile::Release", IDStorageFile_Release(file));
    SEE("IDStorageFactory::Release", IDStorageFactory_Release(factory));
    WORKS("DStorageCreateCompressionCodec",
          DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT_GDEFLATE, 1,
                                         &IID_IDStorageCompressionCodec, (void **)&codec));
    SEE("IDStorageCompressionCodec::Release", IDStorageCompressionCodec_Release(codec));
}

static uint32_t way, profile = RINGER_GRAPH_WIN11;

/* On the other thread the work of any method may be done. */
static bool row_is_seen(const struct ringer_hook_edge *edge)
{
    for (size_t i = 0; i < row_count; i++) {
        if (strcmp(rows[i].name, edge->callee))
            continue;
        for (size_t c = 0; c < caller_count; c++)
            if (!strcmp(callers[c].name, edge->caller) && callers[c].seen[i])
                return true;
        return workers_seen[i];
    }
    return false;
}

/* caller NULL: any. Over another of DirectStorage's own perhaps. */
static bool is_declared(const char *caller, const char *callee)
{
    struct ringer_hook_edge edge;

    for (size_t i = 0; ringer_hook_edge(i, &edge); i++) {
        bool dstorage = !strncmp(edge.caller_module, "dstorage", 8);

        if (!dstorage || !(edge.profiles & way) || (caller && strcmp(edge.caller, caller)))
            continue;
        if (!strcmp(edge.callee, callee) ||
            (caller && strstr(edge.callee, "Core") && is_declared(edge.callee, callee)))
            return true;
    }
    return false;
}

static size_t check_seen(const char *caller, const bool *seen)
{
    size_t wrong = 0;

    for (size_t i = 0; i < row_count; i++) {
        /* That there are no rings is found by asking; with the mapping layer nobody asks. */
        bool is_probe =
            !is_forced() && !(ringer_hook_profiles(rows[i].module, rows[i].name) & profile);

        if (!seen[i] || is_probe || !is_of_io(rows[i].module, rows[i].name) ||
            is_declared(caller, rows[i].name))
            continue;
        fprintf(stderr, "%s reaches %s, which no row says\n", caller ? caller : "a thread",
                rows[i].name);
        wrong++;
    }
    return wrong;
}

static void make_file(WCHAR *path)
{
    WCHAR base[MAX_PATH];
    DWORD count;
    HANDLE file;

    OK(GetTempPathW(MAX_PATH, base));
    OK(GetTempFileNameW(base, u"grd", 0, path));
    file = CreateFileW(path, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    OK(file != INVALID_HANDLE_VALUE);
    OK(WriteFile(file, buffer, NBYTES, &count, NULL));
    CloseHandle(file);
}

Test(graph, directstorage, .timeout = 120)
{
    const char *name = getenv("RINGER_PROFILE");
    struct ringer_hook_edge edge;
    WCHAR path[MAX_PATH];
    size_t wrong = 0;

    if (!hook_test_answers[0])
        cr_skip_test("no assembly for this processor");
    if (name && strncmp(name, "win11", 5))
        profile = !strcmp(name, "wine") ? RINGER_GRAPH_WINE : RINGER_GRAPH_WIN10;
    way = is_forced() ? RINGER_GRAPH_MAPPING : profile;
    make_file(path);
    attach_all();
    see_all(path);
    workers = true;
    for (size_t i = 0; i < row_count; i++)
        atomic_store(&hook_test_counts[i], 0);
    see_all(path);
    for (size_t i = 0; i < row_count; i++)
        workers_seen[i] = atomic_load(&hook_test_counts[i]) != 0;
    DeleteFileW(path);
    for (size_t i = 0; ringer_hook_edge(i, &edge); i++) {
        if (strncmp(edge.caller_module, "dstorage", 8) || !(edge.profiles & way) ||
            row_is_seen(&edge))
            continue;
        fprintf(stderr, "%s does not reach %s\n", edge.caller, edge.callee);
        wrong++;
    }
    for (size_t c = 0; c < caller_count; c++)
        wrong += check_seen(callers[c].name, callers[c].seen);
    wrong += check_seen(NULL, workers_seen);
    cr_assert_eq(wrong, 0, "%zu edges are wrong", wrong);
}

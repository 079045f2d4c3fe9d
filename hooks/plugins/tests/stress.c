/* SPDX-License-Identifier: MIT */
/*
 * Rings of several threads over real and virtual files at once, under refvfs: every byte is looked
 * at, every operation completes once. Meanwhile another hook goes in and out of the chains.
 *
 * stress PLUGIN SECONDS: makes its files, and runs itself again with the plugin.
 */
#include <MinHook.h>
#include <ioringapi.h>
#include <windows.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define THREADS 8
#define DEPTH 16
#define MOST 70000u
#define FILE_NBYTES 1000000u
#define FILES 4

static const char *const hows[FILES] = {NULL, "inline", "worker", "early"}; /* NULL: a real one */
static const char *folder;
static atomic_ullong reads;
static atomic_bool stop;

static void __attribute__((noreturn)) fail(const char *what, unsigned long value)
{
    fprintf(stderr, "stress: %s (0x%lx)\n", what, value);
    exit(1);
}

static unsigned char byte_of(unsigned file, uint64_t at)
{
    return (unsigned char)(0x20 + (at * 7 + at / 95 + file) % 95);
}

static void path_of(unsigned file, char *path, size_t nbytes)
{
    snprintf(path, nbytes, "%s/%u.bin", folder, file);
}

/* One operation; user data is its place and how often that was used. */
struct slot {
    unsigned file, length;
    uint64_t offset, round;
    bool busy;
    char buffer[MOST];
};

struct worker {
    HIORING ring;
    HANDLE files[FILES], event;
    unsigned in_flight, seed;
    struct slot slots[DEPTH];
};

static unsigned pick(struct worker *worker, unsigned below)
{
    return (unsigned)rand_r(&worker->seed) % below;
}

static void build(struct worker *worker, unsigned index)
{
    struct slot *slot = &worker->slots[index];
    IORING_HANDLE_REF file;
    HRESULT hr;

    slot->file = pick(worker, FILES);
    slot->offset = pick(worker, FILE_NBYTES + 1000);
    slot->length = pick(worker, 8) ? pick(worker, 4096) + 1 : pick(worker, MOST) + 1;
    slot->round++;
    slot->busy = true;
    if (pick(worker, 2))
        file = IoRingHandleRefFromIndex(slot->file);
    else
        file = IoRingHandleRefFromHandle(worker->files[slot->file]);
    hr = BuildIoRingReadFile(worker->ring, file, IoRingBufferRefFromPointer(slot->buffer),
                             slot->length, slot->offset, (UINT_PTR)(slot->round * DEPTH + index),
                             pick(worker, 16) ? IOSQE_FLAGS_NONE : IOSQE_FLAGS_DRAIN_PRECEDING_OPS);
    if (FAILED(hr))
        fail("a read cannot be built", (unsigned long)hr);
    worker->in_flight++;
}

static void judge(struct worker *worker, const IORING_CQE *cqe)
{
    struct slot *slot = &worker->slots[cqe->UserData % DEPTH];
    uint64_t left = slot->offset < FILE_NBYTES ? FILE_NBYTES - slot->offset : 0;
    uint64_t want = left < slot->length ? left : slot->length;

    if (!slot->busy || cqe->UserData / DEPTH != slot->round)
        fail("a completion that nobody waits for", (unsigned long)cqe->UserData);
    if (cqe->ResultCode != (want ? S_OK : (HRESULT)0x80070026) || cqe->Information != want)
        fail("a wrong result", (unsigned long)cqe->ResultCode);
    for (uint64_t i = 0; i < want; i++)
        if ((unsigned char)slot->buffer[i] != byte_of(slot->file, slot->offset + i))
            fail("a wrong byte", (unsigned long)(slot->offset + i));
    slot->busy = false;
    worker->in_flight--;
    atomic_fetch_add(&reads, 1);
}

static unsigned pop_all(struct worker *worker)
{
    unsigned count = 0;
    IORING_CQE cqe;

    for (; PopIoRingCompletion(worker->ring, &cqe) == S_OK; count++)
        judge(worker, &cqe);
    return count;
}

static void round_of(struct worker *worker)
{
    bool by_event = pick(worker, 2);
    UINT32 submitted, built = 0;
    HRESULT hr;

    for (unsigned i = 0; i < DEPTH; i++)
        if (!worker->slots[i].busy && pick(worker, 3)) {
            build(worker, i);
            built++;
        }
    if (!worker->in_flight)
        return;
    hr = SubmitIoRing(worker->ring, by_event ? 0 : 1, INFINITE, &submitted);
    if (FAILED(hr) || submitted != built)
        fail("a submit", (unsigned long)hr);
    /* Drain to empty, then wait: an edge that is lost hangs here. */
    while (!pop_all(worker))
        if (by_event && WaitForSingleObject(worker->event, INFINITE) != WAIT_OBJECT_0)
            fail("the event", GetLastError());
}

/* The same bytes through a view, which outlives its section. */
static void judge_view(struct worker *worker, unsigned file)
{
    HANDLE section = CreateFileMappingW(worker->files[file], NULL, PAGE_READONLY, 0, 0, NULL);
    const unsigned char *view = section ? MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0) : NULL;

    if (!view)
        fail("a file cannot be mapped", GetLastError());
    CloseHandle(section);
    for (unsigned i = 0; i < 1000; i++) {
        unsigned at = pick(worker, FILE_NBYTES);

        if (view[at] != byte_of(file, at))
            fail("a wrong byte in a view", at);
    }
    UnmapViewOfFile((void *)(uintptr_t)view);
}

static void *work(void *arg)
{
    struct worker *worker = calloc(1, sizeof *worker);
    IORING_CREATE_FLAGS flags = {0};
    IORING_CQE cqe;
    char path[512];

    worker->seed = (unsigned)(uintptr_t)arg;
    if (FAILED(CreateIoRing(IORING_VERSION_3, flags, 2 * DEPTH, 4 * DEPTH, &worker->ring)))
        fail("no ring", 0);
    worker->event = CreateEventW(NULL, FALSE, FALSE, NULL);
    if (FAILED(SetIoRingCompletionEvent(worker->ring, worker->event)))
        fail("no event", 0);
    for (unsigned i = 0; i < FILES; i++) {
        path_of(i, path, sizeof path);
        worker->files[i] = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                                       FILE_FLAG_OVERLAPPED, NULL);
        if (worker->files[i] == INVALID_HANDLE_VALUE)
            fail("a file cannot be opened", GetLastError());
        judge_view(worker, i);
    }
    BuildIoRingRegisterFileHandles(worker->ring, FILES, worker->files, 0);
    SubmitIoRing(worker->ring, 1, INFINITE, NULL);
    if (PopIoRingCompletion(worker->ring, &cqe) != S_OK || FAILED(cqe.ResultCode))
        fail("files cannot be registered", (unsigned long)cqe.ResultCode);
    while (!atomic_load(&stop))
        round_of(worker);
    while (worker->in_flight) {
        SubmitIoRing(worker->ring, 1, INFINITE, NULL);
        pop_all(worker);
    }
    CloseIoRing(worker->ring);
    for (unsigned i = 0; i < FILES; i++)
        CloseHandle(worker->files[i]);
    CloseHandle(worker->event);
    free(worker);
    return NULL;
}

/* ---- a hook that comes and goes ---- */

static HRESULT(WINAPI *original_pop)(HIORING, IORING_CQE *);

static HRESULT WINAPI passing_pop(HIORING ring, IORING_CQE *cqe)
{
    return original_pop(ring, cqe);
}

static void come_and_go(unsigned seconds)
{
    time_t end = time(NULL) + (time_t)seconds;

    if (MH_Initialize() != MH_OK || MH_CreateHook((void *)PopIoRingCompletion, (void *)passing_pop,
                                                  (void **)&original_pop) != MH_OK)
        fail("no hook", 0);
    while (time(NULL) < end) {
        MH_EnableHook(MH_ALL_HOOKS);
        usleep(500);
        MH_DisableHook(MH_ALL_HOOKS);
        usleep(500);
    }
    MH_Uninitialize();
}

/* ---- files ---- */

static void set_up(char **argv)
{
    char template[] = "/tmp/ringer-stress-XXXXXX", path[512], hooks[1024];
    FILE *file, *manifest;

    folder = mkdtemp(template);
    snprintf(path, sizeof path, "%s/manifest", folder);
    manifest = fopen(path, "w");
    setenv("RINGER_VFS", path, 1);
    fprintf(manifest, "ringer-vfs 1\n");
    for (unsigned i = 0; i < FILES; i++) {
        path_of(i, path, sizeof path);
        if (hows[i]) {
            fprintf(manifest, "file name=f%u size=%u gen=ascii seed=%u how=%s path=%s\n", i,
                    FILE_NBYTES, i, hows[i], path);
            continue;
        }
        file = fopen(path, "wb");
        for (uint64_t at = 0; at < FILE_NBYTES; at++)
            fputc(byte_of(i, at), file);
        fclose(file);
    }
    fclose(manifest);
    snprintf(hooks, sizeof hooks, "%s", argv[1]);
    setenv("RINGER_HOOKS", hooks, 1);
    setenv("STRESS_FOLDER", folder, 1);
    execv("/proc/self/exe", argv);
    fail("exec", 0);
}

static void clean_up(void)
{
    char path[512];

    path_of(0, path, sizeof path);
    unlink(path);
    snprintf(path, sizeof path, "%s/manifest", folder);
    unlink(path);
    rmdir(folder);
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];

    if (argc != 3)
        return 2;
    folder = getenv("STRESS_FOLDER");
    if (!folder)
        set_up(argv);
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)(i + 1));
    come_and_go((unsigned)atoi(argv[2]));
    atomic_store(&stop, true);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    clean_up();
    printf("%llu reads\n", (unsigned long long)atomic_load(&reads));
    return atomic_load(&reads) == 0;
}

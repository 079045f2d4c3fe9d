/* SPDX-License-Identifier: MIT */
/*
 * Rings of several threads over real and virtual files at once, under refvfs: every byte is looked
 * at, every operation completes once. Meanwhile another hook goes in and out of the chains.
 *
 * stress PLUGIN SECONDS
 */
#include "hooks/plugins/tests/files.h"

#include <MinHook.h>
#include <ioringapi.h>

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
static struct pf_files files = {.hows = hows, .count = FILES, .nbytes = FILE_NBYTES};
static atomic_ullong reads;
static atomic_bool stop;

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
        pf_fail("a read cannot be built", (unsigned long)hr);
    worker->in_flight++;
}

static void judge(struct worker *worker, const IORING_CQE *cqe)
{
    struct slot *slot = &worker->slots[cqe->UserData % DEPTH];
    uint64_t left = slot->offset < FILE_NBYTES ? FILE_NBYTES - slot->offset : 0;
    uint64_t want = left < slot->length ? left : slot->length;

    if (!slot->busy || cqe->UserData / DEPTH != slot->round)
        pf_fail("a completion that nobody waits for", (unsigned long)cqe->UserData);
    if (cqe->ResultCode != (want ? S_OK : (HRESULT)0x80070026) || cqe->Information != want)
        pf_fail("a wrong result", (unsigned long)cqe->ResultCode);
    for (uint64_t i = 0; i < want; i++)
        if ((unsigned char)slot->buffer[i] != pf_byte(slot->file, slot->offset + i))
            pf_fail("a wrong byte", (unsigned long)(slot->offset + i));
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
        pf_fail("a submit", (unsigned long)hr);
    /* Drain to empty, then wait: an edge that is lost hangs here. */
    while (!pop_all(worker))
        if (by_event && WaitForSingleObject(worker->event, INFINITE) != WAIT_OBJECT_0)
            pf_fail("the event", GetLastError());
}

/* The same bytes through a view, which outlives its section. */
static void judge_view(struct worker *worker, unsigned file)
{
    HANDLE section = CreateFileMappingW(worker->files[file], NULL, PAGE_READONLY, 0, 0, NULL);
    const unsigned char *view = section ? MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0) : NULL;

    if (!view)
        pf_fail("a file cannot be mapped", GetLastError());
    CloseHandle(section);
    for (unsigned i = 0; i < 1000; i++) {
        unsigned at = pick(worker, FILE_NBYTES);

        if (view[at] != pf_byte(file, at))
            pf_fail("a wrong byte in a view", at);
    }
    UnmapViewOfFile((void *)(uintptr_t)view);
}

static void *work(void *arg)
{
    struct worker *worker = calloc(1, sizeof *worker);
    IORING_CREATE_FLAGS flags = {0};
    IORING_CQE cqe;

    worker->seed = (unsigned)(uintptr_t)arg;
    if (FAILED(CreateIoRing(IORING_VERSION_3, flags, 2 * DEPTH, 4 * DEPTH, &worker->ring)))
        pf_fail("no ring", 0);
    worker->event = CreateEventW(NULL, FALSE, FALSE, NULL);
    if (FAILED(SetIoRingCompletionEvent(worker->ring, worker->event)))
        pf_fail("no event", 0);
    for (unsigned i = 0; i < FILES; i++) {
        worker->files[i] = pf_open(&files, i);
        judge_view(worker, i);
    }
    BuildIoRingRegisterFileHandles(worker->ring, FILES, worker->files, 0);
    SubmitIoRing(worker->ring, 1, INFINITE, NULL);
    if (PopIoRingCompletion(worker->ring, &cqe) != S_OK || FAILED(cqe.ResultCode))
        pf_fail("files cannot be registered", (unsigned long)cqe.ResultCode);
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
        pf_fail("no hook", 0);
    while (time(NULL) < end || !atomic_load(&reads)) { /* a slow machine has not begun yet */
        MH_EnableHook(MH_ALL_HOOKS);
        usleep(500);
        MH_DisableHook(MH_ALL_HOOKS);
        usleep(500);
    }
    MH_Uninitialize();
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];

    if (argc != 3)
        return 2;
    pf_start(&files, argv);
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)(i + 1));
    come_and_go((unsigned)atoi(argv[2]));
    atomic_store(&stop, true);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pf_end(&files);
    printf("%llu reads\n", (unsigned long long)atomic_load(&reads));
    return atomic_load(&reads) == 0;
}

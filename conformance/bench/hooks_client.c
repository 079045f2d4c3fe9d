/* SPDX-License-Identifier: MIT */
/* What is measured, from inside: calls through a slot and through a hook; reads of a real file. */
#include "conformance/bench/hooks.h"

#include "conformance/bench/side.h"
#include "conformance/bench/slot.h"

#include <windows.h>

#include <ioringapi.h>
#include <ringer.h>
#include <ringer_hook.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 32, NBYTES = 4096, ROUNDS = 15 };

/* ---- calls ---- */

typedef DWORD WINAPI last_error_fn(void);

static last_error_fn *next;

static DWORD WINAPI pass_on(void)
{
    return next();
}

static double each(last_error_fn *function, uint64_t calls)
{
    uint64_t start = bench_now_ns();

    for (uint64_t i = 0; i < calls; i++) {
        DWORD code = function();

        __asm__ volatile("" : : "r"(code) : "memory");
    }
    return (double)(bench_now_ns() - start) / (double)calls;
}

/* The least of some rounds: nothing makes a call faster than it is. */
static double least(last_error_fn *function, unsigned ms)
{
    uint64_t calls = 1000 + (uint64_t)(ms * 1e6 / ROUNDS / each(function, 100000));
    double best = each(function, calls);

    for (int i = 1; i < ROUNDS; i++) {
        double ns = each(function, calls);

        best = ns < best ? ns : best;
    }
    return best;
}

static int measure_slot(unsigned ms)
{
    char error[160];
    double ns[2];

    if (!bench_slot_measure(ms * 1000 / 40, ns, error)) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    printf("%.4f\n", ns[0] - ns[1]);
    return 0;
}

static int measure_hook(unsigned ms, bool watched, uint32_t flags)
{
    struct ringer_hook_options options = {.size = sizeof options, .flags = flags};
    struct ringer_hook *hook;
    double plain = least(GetLastError, ms / 2);

    if (ringer_hook_create((void *)GetLastError, (void *)pass_on, &options, (void **)&next, &hook) ||
        (watched && !ringer_hook_watch(1)) || ringer_hook_enable(hook)) {
        fputs("no such stubs for this processor\n", stderr);
        return 77;
    }
    printf("%.4f\n", least(GetLastError, ms / 2) - plain);
    return 0;
}

/* ---- reads ---- */

static char buffers[BATCH][NBYTES] __attribute__((aligned(NBYTES)));

static double processor_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static bool read_batch(HIORING ring, HANDLE file, UINT64 offset)
{
    IORING_HANDLE_REF from = IoRingHandleRefFromHandle(file);
    IORING_CQE cqe;

    for (UINT32 i = 0; i < BATCH; i++)
        if (FAILED(BuildIoRingReadFile(ring, from, IoRingBufferRefFromPointer(buffers[i]), NBYTES,
                                       (offset + i) % 256 * NBYTES, i, IOSQE_FLAGS_NONE)))
            return false;
    if (FAILED(SubmitIoRing(ring, BATCH, INFINITE, NULL)))
        return false;
    for (UINT32 i = 0; i < BATCH; i++)
        if (PopIoRingCompletion(ring, &cqe) != S_OK || FAILED(cqe.ResultCode) ||
            cqe.Information != NBYTES)
            return false;
    return true;
}

/* How many, in how much processor time, and what the allocator was asked meanwhile (-1: unknown). */
static int measure_reads(const char *path, DWORD flags, unsigned ms)
{
    uint64_t (*allocations)(void) = (uint64_t(*)(void))dlsym(RTLD_DEFAULT, "bench_allocations");
    IORING_CREATE_FLAGS create = {0};
    uint64_t reads = 0, end, before;
    double begun;
    HIORING ring;
    HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, flags, NULL);

    if (file == INVALID_HANDLE_VALUE || FAILED(CreateIoRing(IORING_VERSION_3, create, 64, 128, &ring))) {
        fprintf(stderr, "%s: error %u\n", path, (unsigned)GetLastError());
        return 1;
    }
    for (int i = 0; i < 64; i++)
        if (!read_batch(ring, file, (UINT64)i * BATCH))
            return 1;
    before = allocations ? allocations() : 0;
    begun = processor_ns();
    end = bench_now_ns() + ms * UINT64_C(1000000);
    for (; bench_now_ns() < end; reads += BATCH)
        if (!read_batch(ring, file, reads))
            return 1;
    begun = processor_ns() - begun;
    printf("%llu %.0f %lld\n", (unsigned long long)reads, begun,
           allocations ? (long long)(allocations() - before) : -1);
    CloseIoRing(ring);
    CloseHandle(file);
    return 0;
}

int hooks_client(const char *spec)
{
    char what[16], path[4096] = "";
    unsigned ms;

    if (sscanf(spec, "%15[^:]:%u:%4095[^\n]", what, &ms, path) < 2)
        return 2;
    if (!strcmp(what, "slot"))
        return measure_slot(ms);
    if (!strcmp(what, "hook"))
        return measure_hook(ms, false, 0);
    if (!strcmp(what, "bypass"))
        return measure_hook(ms, false, RINGER_HOOK_BYPASS);
    if (!strcmp(what, "watched"))
        return measure_hook(ms, true, 0);
    if (!strcmp(what, "sync"))
        return measure_reads(path, 0, ms);
    if (!strcmp(what, "overlapped"))
        return measure_reads(path, FILE_FLAG_OVERLAPPED, ms);
    return 2;
}

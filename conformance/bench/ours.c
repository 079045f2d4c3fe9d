/* SPDX-License-Identifier: MIT */
/* Our side: a program for Windows, as its author would write it. */
#include "conformance/bench/side.h"

#include <stdio.h>
#include <string.h>

#include <windows.h>

#include <ioringapi.h>

struct ours {
    struct bench_side side;
    HIORING ring;
    HANDLE file;
    IORING_HANDLE_REF file_ref;
    IORING_BUFFER_REF buffer_ref[BENCH_MAX_DEPTH];
};

static bool fail(struct bench_side *side, const char *what, HRESULT hr)
{
    snprintf(side->error, sizeof(side->error), "%s: 0x%08x", what, (unsigned)hr);
    return false;
}

static inline bool build(struct ours *o, uint64_t now)
{
    const struct bench_work *work = o->side.flight.work;
    uint64_t offset;
    uint32_t slot = bench_flight_start(&o->side.flight, now, &offset);
    HRESULT hr = BuildIoRingReadFile(o->ring, o->file_ref, o->buffer_ref[slot], work->size, offset,
                                     slot, IOSQE_FLAGS_NONE);

    return SUCCEEDED(hr) || fail(&o->side, "BuildIoRingReadFile", hr);
}

/* Pops at most count; what came. */
static inline uint32_t pop(struct ours *o, uint32_t count)
{
    const struct bench_work *work = o->side.flight.work;
    uint32_t popped = 0;
    IORING_CQE cqe;

    while (popped < count && PopIoRingCompletion(o->ring, &cqe) == S_OK) {
        bench_flight_end(&o->side.flight, (uint32_t)cqe.UserData,
                         SUCCEEDED(cqe.ResultCode) && cqe.Information == work->size);
        popped++;
    }
    return popped;
}

/* Submits what is built and takes count completions, in the way that the row names. */
static bool collect(struct ours *o, uint32_t count)
{
    enum bench_wait wait = o->side.flight.work->wait;
    HRESULT hr = wait == BENCH_WAIT ? SubmitIoRing(o->ring, count, INFINITE, NULL)
                                    : SubmitIoRing(o->ring, 0, 0, NULL);
    uint32_t popped = 0;

    if (FAILED(hr))
        return fail(&o->side, "SubmitIoRing", hr);
    popped = pop(o, count);
    while (popped < count) {
        if (wait != BENCH_POLL &&
            FAILED(hr = SubmitIoRing(o->ring, count - popped, INFINITE, NULL)))
            return fail(&o->side, "SubmitIoRing", hr);
        popped += pop(o, count - popped);
    }
    return true;
}

static bool ours_round(struct bench_side *side)
{
    struct ours *o = (struct ours *)side;
    uint32_t batch = side->flight.work->batch;
    uint64_t now = bench_flight_clock(&side->flight);

    for (uint32_t i = 0; i < batch; i++)
        if (!build(o, now))
            return false;
    return collect(o, batch);
}

/* Registers file and buffers, in one submit. */
static bool enrol(struct ours *o)
{
    const struct bench_work *work = o->side.flight.work;
    IORING_BUFFER_INFO infos[BENCH_MAX_DEPTH];
    IORING_CQE cqe;
    HRESULT hr;

    for (size_t i = 0; i < work->slots; i++)
        infos[i] = (IORING_BUFFER_INFO){work->buffer[i], work->size};
    if (FAILED(hr = BuildIoRingRegisterFileHandles(o->ring, 1, &o->file, 0)) ||
        FAILED(hr = BuildIoRingRegisterBuffers(o->ring, (UINT32)work->slots, infos, 1)) ||
        FAILED(hr = SubmitIoRing(o->ring, 2, INFINITE, NULL)))
        return fail(&o->side, "registration", hr);
    for (int i = 0; i < 2; i++)
        if (PopIoRingCompletion(o->ring, &cqe) != S_OK || FAILED(hr = cqe.ResultCode))
            return fail(&o->side, "registration", hr);
    o->file_ref = IoRingHandleRefFromIndex(0);
    for (uint32_t i = 0; i < work->depth; i++)
        o->buffer_ref[i] = IoRingBufferRefFromIndexAndOffset((UINT32)(i % work->slots), 0);
    return true;
}

static bool prepare(struct ours *o)
{
    const struct bench_work *work = o->side.flight.work;
    HRESULT hr;

    o->file_ref = IoRingHandleRefFromHandle(o->file);
    for (uint32_t i = 0; i < work->depth; i++)
        o->buffer_ref[i] = IoRingBufferRefFromPointer(work->buffer[i]);
    if (work->registered && !enrol(o))
        return false;
    for (uint32_t i = work->batch; i < work->depth; i++)
        if (!build(o, 0))
            return false;
    hr = SubmitIoRing(o->ring, 0, 0, NULL);
    return SUCCEEDED(hr) || fail(&o->side, "SubmitIoRing", hr);
}

static bool ours_open(struct bench_side *side)
{
    struct ours *o = (struct ours *)side;
    const struct bench_work *work = side->flight.work;
    IORING_CREATE_FLAGS flags = {0};
    UINT32 sq = work->depth < 2 ? 2 : work->depth;
    HRESULT hr;

    o->file = CreateFileA(
        work->path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
        (work->overlapped ? FILE_FLAG_OVERLAPPED : 0) | (work->direct ? FILE_FLAG_NO_BUFFERING : 0),
        NULL);
    if (o->file == INVALID_HANDLE_VALUE)
        return fail(side, "CreateFile", HRESULT_FROM_WIN32(GetLastError()));
    hr = CreateIoRing(IORING_VERSION_3, flags, sq, 2 * sq, &o->ring);
    if (FAILED(hr)) {
        CloseHandle(o->file);
        return fail(side, "CreateIoRing", hr);
    }
    if (prepare(o))
        return true;
    CloseIoRing(o->ring);
    CloseHandle(o->file);
    return false;
}

static void ours_close(struct bench_side *side)
{
    struct ours *o = (struct ours *)side;

    collect(o, side->flight.work->depth - side->flight.free_count);
    CloseIoRing(o->ring);
    CloseHandle(o->file);
}

const struct bench_side_ops bench_ours = {
    .name = "ours",
    .nbytes = sizeof(struct ours),
    .open = ours_open,
    .round = ours_round,
    .close = ours_close,
};

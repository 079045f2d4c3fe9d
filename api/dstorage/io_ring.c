/* SPDX-License-Identifier: MIT */
/*
 * Reading through a ring: this thread pops, it and others build and submit; two events wake it.
 * References are raw.
 */
#include "api/dstorage/io.h"

#include "api/dstorage/queue.h"

#define COMPLETED 0
#define WAKE 1
#define SUBMIT_AGAIN_MS 10 /* after a refused submit */

static void ring_close(struct ds_io *io)
{
    if (io->ring)
        CloseIoRing(io->ring);
    for (unsigned i = 0; i < 2; i++) {
        if (io->events[i])
            CloseHandle(io->events[i]);
    }
}

static HRESULT ring_open(struct ds_io *io)
{
    IORING_CREATE_FLAGS flags = {IORING_CREATE_REQUIRED_FLAGS_NONE,
                                 IORING_CREATE_ADVISORY_FLAGS_NONE};
    IORING_CAPABILITIES caps;
    HRESULT hr = QueryIoRingCapabilities(&caps);

    if (SUCCEEDED(hr))
        hr = CreateIoRing(caps.MaxVersion, flags, 2 * DS_READ_DEPTH, 4 * DS_READ_DEPTH, &io->ring);
    if (FAILED(hr))
        return hr;
    for (unsigned i = 0; i < 2 && SUCCEEDED(hr); i++) {
        io->events[i] = CreateEventW(NULL, FALSE, FALSE, NULL);
        if (!io->events[i])
            hr = HRESULT_FROM_WIN32(GetLastError());
    }
    if (SUCCEEDED(hr))
        hr = SetIoRingCompletionEvent(io->ring, io->events[COMPLETED]);
    if (FAILED(hr))
        ring_close(io);
    return hr;
}

static HRESULT build(struct ds_io *io, struct ds_read *read)
{
    if (read->entry->write)
        return BuildIoRingWriteFile(
            io->ring, IoRingHandleRefFromHandle(read->file), IoRingBufferRefFromPointer(read->to),
            read->nbytes, read->offset, FILE_WRITE_FLAGS_NONE, (UINT_PTR)read, IOSQE_FLAGS_NONE);
    return BuildIoRingReadFile(io->ring, IoRingHandleRefFromHandle(read->file),
                               IoRingBufferRefFromPointer(read->to), read->nbytes, read->offset,
                               (UINT_PTR)read, IOSQE_FLAGS_NONE);
}

static HRESULT ring_start(struct ds_io *io, struct ds_read *read)
{
    HRESULT hr;

    AcquireSRWLockExclusive(&io->building);
    hr = build(io, read);
    if (SUCCEEDED(hr))
        InterlockedIncrement(&io->built);
    ReleaseSRWLockExclusive(&io->building);
    return hr;
}

static bool submit(struct ds_io *io)
{
    bool good = true;

    if (!ds_get(&io->built))
        return true;
    AcquireSRWLockExclusive(&io->building);
    if (ds_get(&io->built)) {
        good = SUCCEEDED(SubmitIoRing(io->ring, 0, 0, NULL));
        if (good)
            InterlockedExchange(&io->built, 0);
    }
    ReleaseSRWLockExclusive(&io->building);
    return good;
}

static bool pop_all(struct ds_io *io)
{
    IORING_CQE cqe;
    bool some = false;

    while (PopIoRingCompletion(io->ring, &cqe) == S_OK) {
        some = true;
        if (!cqe.UserData)
            continue; /* a cancel's own */
        ds_io_ended((struct ds_read *)cqe.UserData, cqe.ResultCode, (UINT32)cqe.Information);
    }
    return some;
}

static void ring_wait(struct ds_io *io, bool block)
{
    bool built = ds_get(&io->built) != 0, submitted = submit(io);

    if ((built || !block) && pop_all(io))
        return;
    if (!block)
        return;
    /* What came since the queue was last found empty has set the event. */
    WaitForMultipleObjects(2, io->events, FALSE, submitted ? INFINITE : SUBMIT_AGAIN_MS);
    pop_all(io);
}

static void ring_wake(struct ds_io *io)
{
    SetEvent(io->events[WAKE]);
}

/* What was refused the thread submits again. */
static void ring_enter(struct ds_io *io)
{
    if (!submit(io))
        ring_wake(io);
}

/*
 * Refused when the queue is full: then the reads' own ends make room, and the next wake comes by
 * again.
 */
static void ring_cancel(struct ds_io *io, struct ds_read *read, HANDLE file)
{
    HRESULT hr;

    AcquireSRWLockExclusive(&io->building);
    hr = BuildIoRingCancelRequest(io->ring, IoRingHandleRefFromHandle(file), (UINT_PTR)read, 0);
    if (SUCCEEDED(hr))
        InterlockedIncrement(&io->built);
    ReleaseSRWLockExclusive(&io->building);
    if (FAILED(hr))
        InterlockedExchange(&io->cancel, 1);
}

const struct ds_io_ops ds_io_ring = {ring_open, ring_close,  ring_start, ring_wait,
                                     ring_wake, ring_cancel, ring_enter};

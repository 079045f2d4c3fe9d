/* SPDX-License-Identifier: MIT */
/*
 * Reading through a ring: this thread builds, submits and pops; two events wake it. References are
 * raw.
 */
#include "api/dstorage/io.h"

#include "api/dstorage/queue.h"

#define COMPLETED 0
#define WAKE 1
#define SUBMIT_AGAIN_MS 10 /* after a refused submit */
/* Looks before it sleeps, and pauses between them: ten to twenty microseconds together. */
#define LOOKS 40u
#define PAUSES 8u

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

static HRESULT ring_start(struct ds_io *io, struct ds_read *read)
{
    HRESULT hr;

    if (read->entry->write)
        hr = BuildIoRingWriteFile(io->ring, IoRingHandleRefFromHandle(read->file),
                                  IoRingBufferRefFromPointer(read->to), read->nbytes, read->offset,
                                  FILE_WRITE_FLAGS_NONE, (UINT_PTR)read, IOSQE_FLAGS_NONE);
    else
        hr = BuildIoRingReadFile(io->ring, IoRingHandleRefFromHandle(read->file),
                                 IoRingBufferRefFromPointer(read->to), read->nbytes, read->offset,
                                 (UINT_PTR)read, IOSQE_FLAGS_NONE);
    if (SUCCEEDED(hr))
        io->built++;
    return hr;
}

static bool submit(struct ds_io *io)
{
    if (!io->built)
        return true;
    if (FAILED(SubmitIoRing(io->ring, 0, 0, NULL)))
        return false;
    io->built = 0;
    return true;
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

/*
 * Sleep and wake take longer than most of what is waited for: while requests flow, the next one or the
 * next end is there before. True: there may be something to do.
 */
static bool linger(struct ds_io *io)
{
    for (unsigned i = 0; i < LOOKS && !ds_simulated(); i++) {
        if (!ds_get(&io->sleeping) || pop_all(io))
            return true;
        for (unsigned k = 0; k < PAUSES; k++)
            YieldProcessor();
    }
    return false;
}

static void ring_wait(struct ds_io *io, bool block)
{
    bool built = io->built != 0, submitted = submit(io);

    if ((built || !block) && pop_all(io))
        return;
    if (!block || (submitted && linger(io)))
        return;
    /* What came since the queue was last found empty has set the event. */
    WaitForMultipleObjects(2, io->events, FALSE, submitted ? INFINITE : SUBMIT_AGAIN_MS);
    pop_all(io);
}

static void ring_wake(struct ds_io *io)
{
    SetEvent(io->events[WAKE]);
}

/*
 * Refused when the queue is full: then the reads' own ends make room, and the next wake comes by
 * again.
 */
static void ring_cancel(struct ds_io *io, struct ds_read *read, HANDLE file)
{
    if (SUCCEEDED(
            BuildIoRingCancelRequest(io->ring, IoRingHandleRefFromHandle(file), (UINT_PTR)read, 0)))
        io->built++;
    else
        InterlockedExchange(&io->cancel, 1);
}

const struct ds_io_ops ds_io_ring = {ring_open, ring_close, ring_start,
                                     ring_wait, ring_wake,  ring_cancel};

/* SPDX-License-Identifier: MIT */
/*
 * Reading through ReadFile and the port that all threads share: whoever is free takes the next end.
 */
#include "api/dstorage/io.h"
#include "api/dstorage/queue.h"
#include "api/dstorage/runtime.h"

#define TAKE 32u

static HRESULT port_open(struct ds_io *io)
{
    (void)io; /* the port is the runtime's */
    return S_OK;
}

static void port_close(struct ds_io *io)
{
    (void)io;
}

static HRESULT port_start(struct ds_io *io, struct ds_read *read)
{
    BOOL done;

    (void)io;
    read->overlapped = (OVERLAPPED){0};
    read->overlapped.Offset = (DWORD)read->offset;
    read->overlapped.OffsetHigh = (DWORD)(read->offset >> 32);
    /* A read that ends in the call queues a packet all the same. */
    done = read->entry->write
               ? WriteFile(read->file, read->to, read->nbytes, NULL, &read->overlapped)
               : ReadFile(read->file, read->to, read->nbytes, NULL, &read->overlapped);
    if (done || GetLastError() == ERROR_IO_PENDING)
        return S_OK;
    return HRESULT_FROM_WIN32(GetLastError());
}

static void ended(const OVERLAPPED_ENTRY *packet)
{
    struct ds_read *read = (struct ds_read *)packet->lpOverlapped;
    DWORD nbytes = 0;
    HRESULT hr = S_OK;

    if (!GetOverlappedResult(read->file, &read->overlapped, &nbytes, FALSE))
        hr = HRESULT_FROM_WIN32(GetLastError());
    ds_io_ended(read, hr, nbytes);
}

static void port_wait(struct ds_io *io, bool block)
{
    OVERLAPPED_ENTRY packets[TAKE];
    ULONG count = 0;

    if (!GetQueuedCompletionStatusEx(io->runtime->port, packets, TAKE, &count, block ? INFINITE : 0,
                                     FALSE))
        return;
    for (ULONG i = 0; i < count; i++) {
        if (packets[i].lpOverlapped) /* a wake has none */
            ended(&packets[i]);
    }
}

static void port_wake(struct ds_io *io)
{
    PostQueuedCompletionStatus(io->runtime->port, 0, 0, NULL);
}

static void port_cancel(struct ds_io *io, struct ds_read *read, HANDLE file)
{
    (void)io;
    CancelIoEx(file, &read->overlapped);
}

const struct ds_io_ops ds_io_port = {port_open, port_close, port_start,
                                     port_wait, port_wake,  port_cancel};

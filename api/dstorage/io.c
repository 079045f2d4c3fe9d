/* SPDX-License-Identifier: MIT */
/* The submit threads. */
#include "api/dstorage/io.h"

#include "api/dstorage/later.h"
#include "api/dstorage/queue.h"
#include "api/dstorage/runtime.h"

#include <stdlib.h>

#define BEGIN_AT_ONCE 32u

/*
 * [I] U18, design: a ring where the machine has one, ReadFile and a completion port elsewhere and
 * where the program asks for that. [D] ForceMappingLayer
 */
HRESULT ds_io_choose(struct ds_runtime *runtime)
{
    IORING_CAPABILITIES caps;

    runtime->mapping = runtime->config.ForceMappingLayer ||
                       FAILED(QueryIoRingCapabilities(&caps)) || caps.MaxVersion == 0;
    runtime->io_ops = runtime->mapping ? &ds_io_port : &ds_io_ring;
    if (!runtime->mapping)
        return S_OK;
    ds_own();
    runtime->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    ds_disown();
    return runtime->port ? S_OK : HRESULT_FROM_WIN32(GetLastError());
}

HRESULT ds_io_attach(struct ds_runtime *runtime, HANDLE file)
{
    if (runtime->mapping && !CreateIoCompletionPort(file, runtime->port, 1, 0))
        return HRESULT_FROM_WIN32(GetLastError());
    return S_OK;
}

/* How many entries went on. */
static unsigned begin_some(struct ds_io *io)
{
    unsigned begun = 0;

    while (begun < BEGIN_AT_ONCE) {
        struct ds_entry *entry = ds_schedule_take(&io->runtime->schedule);

        if (!entry)
            break;
        if (!ds_load_step(io, entry)) {
            ds_schedule_resume_one(io->runtime, entry);
            break;
        }
        begun++;
    }
    return begun;
}

/*
 * A read that is given back here, and used again before the system hears of it, may be hit in its
 * place: it is then begun again (load.c). Under the lock a read that has an entry keeps it.
 */
void ds_io_cancel_read(struct ds_read *read)
{
    struct ds_io *io = read->io;
    HANDLE file = NULL;

    AcquireSRWLockExclusive(&io->lock);
    if (read->entry && ds_get(&read->entry->cancelled))
        file = read->file;
    ReleaseSRWLockExclusive(&io->lock);
    if (file)
        io->ops->cancel(io, read, file);
}

static void cancel_some(struct ds_io *io)
{
    for (unsigned i = 0; i < DS_READ_DEPTH; i++)
        ds_io_cancel_read(&io->reads[i]);
}

/*
 * sleeping is set before the last look at the schedule: whoever submits after that look takes it
 * back and wakes, and a wake is remembered until the wait.
 */
static DWORD WINAPI io_main(void *context)
{
    struct ds_io *io = context;

    for (;;) {
        InterlockedExchange(&io->sleeping, 1);
        if (ds_simulated())
            ds_run_due(io->runtime);
        if (InterlockedExchange(&io->cancel, 0)) {
            cancel_some(io);
            ds_schedule_sweep(io->runtime); /* of what we had in hand when the canceller swept */
        }
        if (begin_some(io)) {
            io->ops->wait(io, false);
            continue;
        }
        if (ds_schedule_stopping(&io->runtime->schedule))
            break;
        if (ds_get(&io->cancel)) {
            io->ops->wait(io, false); /* what was built makes room when it is submitted */
            continue;
        }
        io->ops->wait(io, true);
    }
    /* With one port for all we may have taken another's wake as well: it gets one of ours. */
    io->ops->wake(io);
    return 0;
}

static HRESULT io_open(struct ds_runtime *runtime, struct ds_io *io)
{
    HRESULT hr;

    io->runtime = runtime;
    io->ops = runtime->io_ops;
    InitializeSRWLock(&io->lock);
    emu_list_init(&io->free);
    for (unsigned i = 0; i < DS_READ_DEPTH; i++) {
        io->reads[i].io = io;
        emu_list_append(&io->free, &io->reads[i].link);
    }
    hr = io->ops->open(io);
    if (FAILED(hr))
        return hr;
    io->thread = CreateThread(NULL, 0, io_main, io, 0, NULL);
    if (io->thread)
        return S_OK;
    hr = HRESULT_FROM_WIN32(GetLastError());
    io->ops->close(io);
    return hr;
}

/* [D] NumSubmitThreads 0: the system's choice, of which GUIDE says that it is one. */
HRESULT ds_io_start(struct ds_runtime *runtime)
{
    unsigned wanted = runtime->config.NumSubmitThreads ? runtime->config.NumSubmitThreads : 1;
    HRESULT hr = S_OK;

    if (wanted > 64)
        wanted = 64; /* [I] */
    runtime->io = calloc(wanted, sizeof *runtime->io);
    if (!runtime->io)
        return E_OUTOFMEMORY;
    while (runtime->io_count < wanted) {
        hr = io_open(runtime, &runtime->io[runtime->io_count]);
        if (FAILED(hr))
            break;
        runtime->io_count++;
    }
    if (runtime->io_count)
        return S_OK; /* fewer than wanted do the work, too */
    free(runtime->io);
    runtime->io = NULL; /* the next queue tries again */
    return hr;
}

void ds_io_stop(struct ds_runtime *runtime)
{
    AcquireSRWLockExclusive(&runtime->schedule.lock);
    runtime->schedule.stopping = true;
    ReleaseSRWLockExclusive(&runtime->schedule.lock);
    for (unsigned i = 0; i < runtime->io_count; i++)
        runtime->io[i].ops->wake(&runtime->io[i]);
    for (unsigned i = 0; i < runtime->io_count; i++) {
        struct ds_io *io = &runtime->io[i];

        WaitForSingleObject(io->thread, INFINITE);
        CloseHandle(io->thread);
    }
    for (unsigned i = 0; i < runtime->io_count; i++)
        runtime->io[i].ops->close(&runtime->io[i]);
    free(runtime->io);
    runtime->io = NULL;
    runtime->io_count = 0;
    if (runtime->port)
        CloseHandle(runtime->port);
}

void ds_io_wake(struct ds_runtime *runtime, UINT32 count)
{
    for (unsigned i = 0; i < runtime->io_count && count; i++) {
        struct ds_io *io = &runtime->io[i];

        if (InterlockedExchange(&io->sleeping, 0)) {
            io->ops->wake(io);
            count--;
        }
    }
}

void ds_io_cancel(struct ds_runtime *runtime)
{
    for (unsigned i = 0; i < runtime->io_count; i++) {
        struct ds_io *io = &runtime->io[i];

        /* A port's wake may be taken by another thread; there anybody can cancel. */
        if (runtime->mapping)
            cancel_some(io);
        InterlockedExchange(&io->cancel, 1);
        io->ops->wake(io);
    }
}

void ds_io_ended(struct ds_read *read, HRESULT hr, UINT32 nbytes)
{
    ds_load_read_ended(read, hr, nbytes);
}

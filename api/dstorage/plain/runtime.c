/* SPDX-License-Identifier: MIT */
/* The life of a runtime without COM, its counters, and who is inside a callback. */
#include "api/dstorage/io.h"
#include "api/dstorage/plain/plain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DECOMPRESSORS 256u
#define MAX_REQUESTS 65536u

static _Thread_local struct ds_plain_frame *innermost;

void ds_plain_enter(struct ds_plain_frame *frame, struct ringer_ds *ds)
{
    frame->ds = ds;
    frame->outer = innermost;
    innermost = frame;
}

void ds_plain_leave(struct ds_plain_frame *frame)
{
    innermost = frame->outer;
}

bool ds_plain_inside(const struct ringer_ds *ds)
{
    for (const struct ds_plain_frame *frame = innermost; frame; frame = frame->outer) {
        if (frame->ds == ds)
            return true;
    }
    return false;
}

uint64_t ds_plain_now(void)
{
    LARGE_INTEGER now, each;

    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&each);
    return (uint64_t)(now.QuadPart / each.QuadPart) * UINT64_C(1000000000) +
           (uint64_t)(now.QuadPart % each.QuadPart) * UINT64_C(1000000000) /
               (uint64_t)each.QuadPart;
}

DWORD ds_plain_ms(uint64_t ns)
{
    uint64_t ms = ns / 1000000 + (ns % 1000000 != 0);

    return ms < INFINITE ? (DWORD)ms : INFINITE - 1;
}

bool ds_plain_all_zero(const void *from, size_t known, size_t nbytes)
{
    const unsigned char *bytes = from;

    for (size_t i = known; i < nbytes; i++) {
        if (bytes[i])
            return false;
    }
    return true;
}

static bool copy_sized(void *to, size_t known, const void *from, size_t nbytes)
{
    if (!ds_plain_all_zero(from, known, nbytes))
        return false;
    memset(to, 0, known);
    memcpy(to, from, nbytes < known ? nbytes : known);
    return true;
}

static bool params_read(struct ringer_ds *ds, const struct ringer_ds_params *params)
{
    struct ringer_ds_params *mine = &ds->params;

    if (params && (params->size < sizeof params->size ||
                   !copy_sized(mine, sizeof *mine, params, params->size)))
        return false;
    if (mine->backend) {
        if (mine->backend->size < sizeof mine->backend->size ||
            !copy_sized(&ds->backend, sizeof ds->backend, mine->backend, mine->backend->size))
            return false;
        mine->backend = &ds->backend;
    }
    return true;
}

static bool params_good(struct ringer_ds *ds)
{
    struct ringer_ds_params *mine = &ds->params;

    if (!mine->workers)
        mine->workers = 1;
    if (!mine->max_requests)
        mine->max_requests = MAX_REQUESTS;
    if (!mine->staging_nbytes)
        mine->staging_nbytes = DS_STAGING_DEFAULT;
    if (mine->backend && (!ds->backend.name || !ds->backend.open || !ds->backend.start))
        return false;
    return mine->workers <= RINGER_DS_MAX_WORKERS && mine->decompressors <= MAX_DECOMPRESSORS &&
           mine->staging_nbytes <= UINT32_MAX && (unsigned)mine->way <= RINGER_DS_WAY_PORT;
}

/* Rings that cannot write are of no use: those of the first Windows that had any. */
static bool rings_write(void)
{
    IORING_CAPABILITIES caps;

    return SUCCEEDED(QueryIoRingCapabilities(&caps)) && caps.MaxVersion >= IORING_VERSION_3;
}

static HRESULT choose_way(struct ds_runtime *runtime, void *context)
{
    struct ringer_ds *ds = context;
    HRESULT hr;

    if (ds->params.backend) {
        runtime->program = ds->params.backend;
        runtime->io_ops = &ds_io_program;
        return S_OK;
    }
    runtime->config.ForceMappingLayer = ds->params.way == RINGER_DS_WAY_PORT || !rings_write();
    hr = ds_io_choose(runtime);
    if (SUCCEEDED(hr) && ds->params.way == RINGER_DS_WAY_RING && runtime->mapping) {
        CloseHandle(runtime->port);
        hr = HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED);
    }
    return hr;
}

/* In a simulation nothing has to be decompressed by a thread. */
static bool all_there(const struct ringer_ds *ds)
{
    const struct ds_pool *pool = &ds->runtime->pool;

    return ds->runtime->io_count >= ds->params.workers &&
           (pool->count >= ds->params.decompressors || pool->simulated);
}

/* All the threads that were asked for, or none. */
static HRESULT start(struct ringer_ds *ds)
{
    DSTORAGE_CONFIGURATION1 config = {
        .NumSubmitThreads = ds->params.workers,
        .NumBuiltInCpuDecompressionThreads = (INT32)ds->params.decompressors,
    };
    HRESULT hr = ds_runtime_new(&config, choose_way, ds, &ds->runtime);

    if (FAILED(hr))
        return hr;
    ds_staging_resize(&ds->runtime->staging, (size_t)ds->params.staging_nbytes);
    hr = ds_runtime_start(ds->runtime);
    if (SUCCEEDED(hr) && !all_there(ds))
        hr = HRESULT_FROM_WIN32(ERROR_NO_SYSTEM_RESOURCES);
    if (FAILED(hr))
        ds_runtime_free(ds->runtime);
    return hr;
}

static void init(struct ringer_ds *ds)
{
    InitializeSRWLock(&ds->lock);
    InitializeConditionVariable(&ds->changed);
    InitializeConditionVariable(&ds->timer.sooner);
    ds->timer.next_ns = UINT64_MAX;
    emu_list_init(&ds->live);
    emu_list_init(&ds->queued);
    emu_list_init(&ds->done);
    emu_list_init(&ds->spare);
    emu_list_init(&ds->files);
}

int ringer_ds_create(const struct ringer_ds_params *params, struct ringer_ds **ds_out)
{
    struct ringer_ds *ds;
    HRESULT hr;
    int error = 0;

    if (!ds_out)
        return -EINVAL;
    *ds_out = NULL;
    ds = calloc(1, sizeof *ds);
    if (!ds)
        return -ENOMEM;
    init(ds);
    if (!params_read(ds, params)) {
        free(ds);
        return -EINVAL;
    }
    if (!params_good(ds)) {
        error = DS_PLAIN_REFUSE(ds, "runtime", "create", EINVAL, NULL);
    } else if (FAILED(hr = start(ds))) {
        error = DS_PLAIN_FAIL(ds, "runtime", "create", hr, NULL);
    } else {
        ds->queue.front = &ds_plain_front;
        ds->queue.runtime = ds->runtime;
        ds->queue.desc.Priority = DSTORAGE_PRIORITY_NORMAL;
        *ds_out = ds;
        return 0;
    }
    free(ds);
    return error;
}

int ringer_ds_close(struct ringer_ds *ds)
{
    if (!ds)
        return -EINVAL;
    if (ds_plain_inside(ds))
        return -EDEADLK;
    AcquireSRWLockExclusive(&ds->lock);
    ds->closed = true;
    ReleaseSRWLockExclusive(&ds->lock);
    ringer_ds_cancel_all(ds);
    AcquireSRWLockExclusive(&ds->lock);
    while (ds->counters.queued || ds->counters.in_flight)
        SleepConditionVariableSRW(&ds->changed, &ds->lock, INFINITE, 0);
    ReleaseSRWLockExclusive(&ds->lock);
    return 0;
}

static void requests_free(struct emu_list *list)
{
    for (struct emu_list *node; (node = emu_list_take_first(list));)
        free(EMU_CONTAINER(node, struct ds_plain_request, link));
}

int ringer_ds_free(struct ringer_ds *ds)
{
    int error = ringer_ds_close(ds);

    if (error)
        return error;
    ds_plain_timer_stop(ds);
    ds_plain_files_close(ds);
    ds_runtime_free(ds->runtime); /* waits for every worker */
    requests_free(&ds->done);
    requests_free(&ds->spare);
    free(ds);
    return 0;
}

size_t ringer_ds_in_flight(struct ringer_ds *ds)
{
    size_t count;

    if (!ds)
        return 0;
    AcquireSRWLockShared(&ds->lock);
    count = (size_t)ds->counters.in_flight;
    ReleaseSRWLockShared(&ds->lock);
    return count;
}

int ringer_ds_get_counters(struct ringer_ds *ds, struct ringer_ds_counters *counters_out,
                           size_t counters_nbytes)
{
    struct ringer_ds_counters counters;

    if (!ds || !counters_out || !counters_nbytes)
        return -EINVAL;
    AcquireSRWLockShared(&ds->lock);
    counters = ds->counters;
    ReleaseSRWLockShared(&ds->lock);
    counters.workers = ds->runtime->io_count;
    counters.rings = ds->runtime->io_ops == &ds_io_ring ? ds->runtime->io_count : 0;
    counters.decompressors = ds->runtime->pool.count;
    memset(counters_out, 0, counters_nbytes);
    memcpy(counters_out, &counters,
           counters_nbytes < sizeof counters ? counters_nbytes : sizeof counters);
    return 0;
}

const char *ringer_ds_backend_name(struct ringer_ds *ds)
{
    if (!ds)
        return NULL;
    if (ds->params.backend)
        return ds->backend.name;
    return ds->runtime->mapping ? "port" : "ring";
}

/* SPDX-License-Identifier: MIT */
/* The runtime's life, and the configuration that the next one gets. */
#include "api/dstorage/runtime.h"

#include "api/dstorage/event_log.h"
#include "api/dstorage/exports.h"
#include "api/dstorage/factory.h"
#include "api/dstorage/io.h"
#include "api/dstorage/later.h"
#include "api/dstorage/queue.h"

#include <stdlib.h>

/* Held over the making and the end of a runtime; threads of a runtime never take it. */
static SRWLOCK lock = SRWLOCK_INIT;
static struct ds_runtime *current;            /* lock */
static DSTORAGE_CONFIGURATION1 configuration; /* lock */

HRESULT ds_runtime_new(const DSTORAGE_CONFIGURATION1 *config,
                       HRESULT (*choose)(struct ds_runtime *runtime, void *context), void *context,
                       struct ds_runtime **runtime_out)
{
    struct ds_runtime *runtime = calloc(1, sizeof *runtime);
    HRESULT hr;

    if (!runtime)
        return E_OUTOFMEMORY;
    ds_choose_engine();
    runtime->config = *config;
    InitializeSRWLock(&runtime->starting);
    ds_staging_init(&runtime->staging, DS_STAGING_DEFAULT);
    ds_schedule_init(&runtime->schedule);
    emu_list_init(&runtime->due);
    ds_fences_init(&runtime->fences);
    ds_pool_init(&runtime->pool);
    if (!ds_custom_init(&runtime->custom)) {
        hr = HRESULT_FROM_WIN32(GetLastError());
        free(runtime);
        return hr;
    }
    hr = choose(runtime, context);
    if (FAILED(hr)) {
        ds_custom_fini(runtime);
        free(runtime);
        return hr;
    }
    *runtime_out = runtime;
    return S_OK;
}

/* Nobody holds anything: no queue is open, so nothing is in flight. */
void ds_runtime_free(struct ds_runtime *runtime)
{
    ds_io_stop(runtime);
    ds_pool_stop(&runtime->pool);
    ds_fences_fini(&runtime->fences);
    ds_custom_fini(runtime);
    ds_staging_fini(&runtime->staging);
    free(runtime);
}

void ds_runtime_enter(struct ds_runtime *runtime)
{
    InterlockedIncrement(&runtime->alive);
}

void ds_runtime_leave(struct ds_runtime *runtime)
{
    ds_own();
    AcquireSRWLockExclusive(&lock);
    if (InterlockedDecrement(&runtime->alive) == 0) {
        current = NULL;
        ds_log_close();
        ds_runtime_free(runtime);
    }
    ReleaseSRWLockExclusive(&lock);
    ds_disown();
}

HRESULT ds_runtime_start(struct ds_runtime *runtime)
{
    HRESULT hr = S_OK;

    ds_own();
    AcquireSRWLockExclusive(&runtime->starting);
    if (!runtime->io_count) {
        if (runtime->config.NumBuiltInCpuDecompressionThreads >= 0 && !ds_pool_works(&runtime->pool))
            hr = ds_pool_start(&runtime->pool,
                               (unsigned)runtime->config.NumBuiltInCpuDecompressionThreads);
        if (SUCCEEDED(hr))
            hr = ds_io_start(runtime);
    }
    ReleaseSRWLockExclusive(&runtime->starting);
    ds_disown();
    return hr;
}

struct ds_staging_block *ds_runtime_stage(struct ds_entry *entry, size_t nbytes, unsigned quarters,
                                          bool waits, bool *later)
{
    struct ds_runtime *runtime = entry->queue->runtime; /* the entry may be gone afterwards */
    struct ds_staging_block *block;
    struct emu_list resumed;

    emu_list_init(&resumed);
    block = ds_staging_take(&runtime->staging, entry, nbytes, quarters, waits, later, &resumed);
    ds_schedule_resume(runtime, &resumed);
    return block;
}

void ds_runtime_unstage(struct ds_runtime *runtime, struct ds_staging_block *block)
{
    struct emu_list resumed;

    emu_list_init(&resumed);
    ds_staging_give(&runtime->staging, block, &resumed);
    ds_schedule_resume(runtime, &resumed);
}

void ds_runtime_lend(struct ds_entry *entry, bool lent)
{
    struct ds_runtime *runtime = entry->queue->runtime;
    struct emu_list resumed;

    if (!entry->block || entry->block->lent == lent)
        return;
    emu_list_init(&resumed);
    ds_staging_lend(&runtime->staging, entry->block, lent, &resumed);
    ds_schedule_resume(runtime, &resumed);
}

void ds_runtime_forgo(struct ds_entry *entry)
{
    struct emu_list resumed;

    emu_list_init(&resumed);
    ds_staging_forgo(&entry->queue->runtime->staging, entry, &resumed);
    ds_schedule_resume(entry->queue->runtime, &resumed);
}

void ds_runtime_sweep(struct ds_runtime *runtime)
{
    struct emu_list resumed;

    emu_list_init(&resumed);
    ds_staging_sweep(&runtime->staging, &resumed);
    ds_schedule_resume(runtime, &resumed);
}

static HRESULT choose_way(struct ds_runtime *runtime, void *context)
{
    (void)context;
    return ds_io_choose(runtime);
}

static HRESULT runtime_create_locked(struct ds_runtime **runtime_out)
{
    HRESULT hr = ds_runtime_new(&configuration, choose_way, NULL, runtime_out);

    if (SUCCEEDED(hr)) {
        ds_factory_init(*runtime_out);
        ds_log_open();
    }
    return hr;
}

HRESULT WINAPI dsc_DStorageGetFactoryCore(REFIID riid, void **ppv)
{
    struct ds_runtime *runtime;
    HRESULT hr = S_OK;

    if (!ppv)
        return E_POINTER;
    *ppv = NULL;
    AcquireSRWLockExclusive(&lock);
    runtime = current;
    if (!runtime)
        hr = runtime_create_locked(&runtime);
    if (SUCCEEDED(hr)) {
        hr = ds_factory_get(runtime, riid, ppv);
        if (SUCCEEDED(hr)) {
            current = runtime;
        } else if (!current) {
            ds_log_close();
            ds_runtime_free(runtime);
        }
    }
    ReleaseSRWLockExclusive(&lock);
    return hr;
}

/*
 * [D] Before the first factory. [R] DA1: again when all of it is gone; [D] else the text of error
 * 1F.
 */
HRESULT WINAPI dsc_DStorageSetConfigurationCore(const DSTORAGE_CONFIGURATION1 *config)
{
    HRESULT hr = S_OK;

    if (!config ||
        config->NumBuiltInCpuDecompressionThreads < DSTORAGE_DISABLE_BUILTIN_CPU_DECOMPRESSION)
        return E_INVALIDARG; /* [I] */
    if (config->ForceFileBuffering && !config->DisableBypassIO)
        return E_DSTORAGE_FILEBUFFERING_REQUIRES_DISABLED_BYPASSIO; /* [D] */
    AcquireSRWLockExclusive(&lock);
    if (current)
        hr = E_DSTORAGE_STAGING_BUFFER_LOCKED;
    else
        configuration = *config;
    ReleaseSRWLockExclusive(&lock);
    return hr;
}

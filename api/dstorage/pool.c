/* SPDX-License-Identifier: MIT */
/* The threads that decompress. */
#include "api/dstorage/pool.h"

#include "api/dstorage/io.h"
#include "api/dstorage/queue.h"
#include "api/dstorage/runtime.h"

#include <stdlib.h>

/* One call of the codec's run: on its caller's stack, in pool->loops while indices are left. */
struct loop {
    struct emu_list link;
    size_t count, next; /* pool->lock */
    unsigned helpers;   /* inside task; pool->lock */
    void (*task)(void *arg, size_t index);
    void *arg;
};

/* The next index, or false; the loop leaves the list with the last. */
static bool loop_take_locked(struct loop *loop, size_t *index)
{
    if (loop->next >= loop->count)
        return false;
    *index = loop->next++;
    if (loop->next == loop->count)
        emu_list_remove(&loop->link);
    return true;
}

/* The calling thread works, and whoever has nothing else to do helps. */
static void pool_run(void *context, size_t count, void (*task)(void *arg, size_t index), void *arg)
{
    struct ds_pool *pool = context;
    struct loop loop = {.count = count, .task = task, .arg = arg};
    size_t index;

    emu_list_init(&loop.link);
    AcquireSRWLockExclusive(&pool->lock);
    if (count > 1) {
        emu_list_append(&pool->loops, &loop.link);
        if (pool->idle)
            WakeAllConditionVariable(&pool->work);
    }
    while (loop_take_locked(&loop, &index)) {
        ReleaseSRWLockExclusive(&pool->lock);
        task(arg, index);
        AcquireSRWLockExclusive(&pool->lock);
    }
    while (loop.helpers)
        SleepConditionVariableSRW(&pool->left, &pool->lock, INFINITE, 0);
    ReleaseSRWLockExclusive(&pool->lock);
}

static void help_locked(struct ds_pool *pool, struct loop *loop)
{
    size_t index;

    loop->helpers++;
    while (loop_take_locked(loop, &index)) {
        ReleaseSRWLockExclusive(&pool->lock);
        loop->task(loop->arg, index);
        AcquireSRWLockExclusive(&pool->lock);
    }
    if (--loop->helpers == 0)
        WakeAllConditionVariable(&pool->left);
}

static void work_on(struct ds_pool *pool, struct ds_entry *entry)
{
    const DSTORAGE_DESTINATION_MEMORY *to = &entry->request.Destination.Memory;
    const DSTORAGE_SOURCE *source = &entry->request.Source;
    size_t nbytes = entry->request.Options.SourceType == DSTORAGE_REQUEST_SOURCE_FILE
                        ? source->File.Size
                        : source->Memory.Size;
    HRESULT hr = S_OK;

    if (!ds_get(&entry->cancelled))
        hr = ds_decompress(pool, entry->request.Options.CompressionFormat, entry->source, nbytes,
                           to->Buffer, to->Size);
    ds_load_end(entry, hr);
}

/* Tiles of what was begun come before what was not. */
static DWORD WINAPI pool_main(void *context)
{
    struct ds_pool *pool = context;

    AcquireSRWLockExclusive(&pool->lock);
    for (;;) {
        struct emu_list *node;

        if (!emu_list_empty(&pool->loops)) {
            help_locked(pool, EMU_CONTAINER(pool->loops.next, struct loop, link));
        } else if ((node = emu_list_take_first(&pool->jobs))) {
            ReleaseSRWLockExclusive(&pool->lock);
            work_on(pool, EMU_CONTAINER(node, struct ds_entry, link));
            AcquireSRWLockExclusive(&pool->lock);
        } else if (pool->stopping) {
            break;
        } else {
            pool->idle++;
            SleepConditionVariableSRW(&pool->work, &pool->lock, INFINITE, 0);
            pool->idle--;
        }
    }
    ReleaseSRWLockExclusive(&pool->lock);
    return 0;
}

void ds_pool_init(struct ds_pool *pool)
{
    InitializeSRWLock(&pool->lock);
    InitializeConditionVariable(&pool->work);
    InitializeConditionVariable(&pool->left);
    emu_list_init(&pool->jobs);
    emu_list_init(&pool->loops);
    pool->idle = pool->count = 0;
    pool->stopping = pool->simulated = false;
    pool->threads = NULL;
    pool->lent = (struct ringer_codec_pool){.context = pool, .threads = 1, .run = pool_run};
}

HRESULT ds_pool_start(struct ds_pool *pool, unsigned threads)
{
    SYSTEM_INFO system;
    HRESULT hr;

    if (ds_simulated()) {
        pool->simulated = true;
        return S_OK;
    }
    if (!threads) {
        GetSystemInfo(&system);
        threads = system.dwNumberOfProcessors;
    }
    if (threads > 256)
        threads = 256; /* [I] */
    pool->threads = calloc(threads, sizeof *pool->threads);
    if (!pool->threads)
        return E_OUTOFMEMORY;
    pool->lent.threads = threads;
    while (pool->count < threads) {
        pool->threads[pool->count] = CreateThread(NULL, 0, pool_main, pool, 0, NULL);
        if (!pool->threads[pool->count])
            break;
        pool->count++;
    }
    if (pool->count)
        return S_OK;
    hr = HRESULT_FROM_WIN32(GetLastError());
    free(pool->threads);
    pool->threads = NULL; /* who wants them may try again */
    return hr;
}

void ds_pool_stop(struct ds_pool *pool)
{
    AcquireSRWLockExclusive(&pool->lock);
    pool->stopping = true;
    ReleaseSRWLockExclusive(&pool->lock);
    WakeAllConditionVariable(&pool->work);
    for (unsigned i = 0; i < pool->count; i++) {
        WaitForSingleObject(pool->threads[i], INFINITE);
        CloseHandle(pool->threads[i]);
    }
    free(pool->threads);
    pool->threads = NULL;
    pool->count = 0;
}

/* Simulated: any job may be the next that is done. */
static void do_job(struct ds_later *later)
{
    struct ds_entry *entry = EMU_CONTAINER(later, struct ds_entry, later);
    struct ds_pool *pool = &later->runtime->pool;

    AcquireSRWLockExclusive(&pool->lock);
    emu_list_remove(&entry->link);
    ReleaseSRWLockExclusive(&pool->lock);
    work_on(pool, entry);
}

void ds_pool_add(struct ds_pool *pool, struct ds_entry *entry)
{
    AcquireSRWLockExclusive(&pool->lock);
    emu_list_append(&pool->jobs, &entry->link);
    ReleaseSRWLockExclusive(&pool->lock);
    if (ds_simulated()) {
        entry->later.run = do_job;
        ds_put_off(entry->queue->runtime, &entry->later);
        return;
    }
    WakeConditionVariable(&pool->work);
}

struct ds_entry *ds_pool_steal(struct ds_pool *pool)
{
    struct emu_list *node;

    AcquireSRWLockExclusive(&pool->lock);
    node = emu_list_take_first(&pool->jobs);
    ReleaseSRWLockExclusive(&pool->lock);
    if (node && ds_simulated())
        ds_call_off(&EMU_CONTAINER(node, struct ds_entry, link)->later);
    return node ? EMU_CONTAINER(node, struct ds_entry, link) : NULL;
}

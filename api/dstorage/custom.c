/* SPDX-License-Identifier: MIT */
/* IDStorageCustomDecompressionQueue and its successor: work that the program takes and answers. */
#include "api/dstorage/custom.h"

#include "api/dstorage/factory.h"
#include "api/dstorage/io.h"
#include "api/dstorage/queue.h"
#include "api/dstorage/request.h"
#include "api/dstorage/runtime.h"

#include <stdlib.h>

/*
 * What the program has. entry is NULL when its queue was closed; then the source is kept until the
 * answer.
 */
struct taken {
    struct emu_list link;
    UINT64 id;
    struct ds_entry *entry;
    struct ds_staging_block *block;
};

static struct ds_runtime *runtime_of(IDStorageCustomDecompressionQueue1 *iface)
{
    return EMU_CONTAINER(iface, struct ds_runtime, custom.lpVtbl);
}

static HRESULT STDMETHODCALLTYPE ds_custom_QueryInterface(IDStorageCustomDecompressionQueue1 *iface,
                                                          REFIID riid, void **ppv)
{
    return ds_runtime_query(runtime_of(iface), riid, ppv);
}

static ULONG STDMETHODCALLTYPE ds_custom_AddRef(IDStorageCustomDecompressionQueue1 *iface)
{
    return ds_object_add_ref(&runtime_of(iface)->factory);
}

static ULONG STDMETHODCALLTYPE ds_custom_Release(IDStorageCustomDecompressionQueue1 *iface)
{
    return ds_factory_release(runtime_of(iface));
}

/* [I] U4: samples close what they are given, so each call gives a handle of the caller's own. */
static HANDLE STDMETHODCALLTYPE ds_custom_GetEvent(IDStorageCustomDecompressionQueue1 *iface)
{
    HANDLE own = NULL, process = GetCurrentProcess();

    if (!DuplicateHandle(process, runtime_of(iface)->custom.event, process, &own, 0, FALSE,
                         DUPLICATE_SAME_ACCESS))
        return NULL;
    return own;
}

static void event_update_locked(struct ds_custom *custom)
{
    if (emu_list_empty(&custom->waiting) && emu_list_empty(&custom->builtin))
        ResetEvent(custom->event);
    else
        SetEvent(custom->event);
}

/*
 * [D] Of the built-in formats: what waits for the program, and what threads of ours have not begun.
 */
static struct ds_entry *next_locked(struct ds_runtime *runtime, unsigned flags)
{
    struct ds_custom *custom = &runtime->custom;
    struct emu_list *node = NULL;
    struct ds_entry *entry;

    if (flags & DSTORAGE_GET_REQUEST_FLAG_SELECT_CUSTOM)
        node = emu_list_take_first(&custom->waiting);
    if (!node && flags & DSTORAGE_GET_REQUEST_FLAG_SELECT_BUILTIN)
        node = emu_list_take_first(&custom->builtin);
    if (node)
        return EMU_CONTAINER(node, struct ds_entry, link);
    entry = flags & DSTORAGE_GET_REQUEST_FLAG_SELECT_BUILTIN ? ds_pool_steal(&runtime->pool) : NULL;
    if (entry)
        ds_runtime_lend(entry, true);
    return entry;
}

static void describe(const struct ds_entry *entry, UINT64 id,
                     DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *out)
{
    const DSTORAGE_REQUEST *request = &entry->request;

    *out = (DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST){
        .Id = id,
        .CompressionFormat = request->Options.CompressionFormat,
        .Flags = DSTORAGE_CUSTOM_DECOMPRESSION_FLAG_NONE,
        .SrcSize = ds_request_source_nbytes(request),
        .SrcBuffer = entry->source,
        .DstSize = request->Destination.Memory.Size,
        .DstBuffer = request->Destination.Memory.Buffer,
    };
}

static HRESULT STDMETHODCALLTYPE ds_custom_GetRequests1(
    IDStorageCustomDecompressionQueue1 *iface, DSTORAGE_GET_REQUEST_FLAGS flags, UINT32 maxRequests,
    DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *requests, UINT32 *numRequests)
{
    struct ds_runtime *runtime = runtime_of(iface);
    struct ds_custom *custom = &runtime->custom;
    UINT32 count = 0;
    bool memory = true;

    if (!numRequests || (maxRequests && !requests))
        return E_POINTER;
    *numRequests = 0;
    if (!flags || flags & ~(UINT32)DSTORAGE_GET_REQUEST_FLAG_SELECT_ALL)
        return E_INVALIDARG;
    ds_look(&runtime->factory, emu_list_empty(&custom->waiting) && emu_list_empty(&custom->builtin),
            true, 0);
    ds_quiet();
    AcquireSRWLockExclusive(&custom->lock);
    while (count < maxRequests) {
        struct taken *taken = malloc(sizeof *taken);
        struct ds_entry *entry = taken ? next_locked(runtime, flags) : NULL;

        memory = taken != NULL;
        if (!entry) {
            free(taken);
            break;
        }
        *taken = (struct taken){.id = ++custom->next_id, .entry = entry};
        emu_list_append(&custom->taken, &taken->link);
        describe(entry, taken->id, &requests[count++]);
    }
    event_update_locked(custom);
    ReleaseSRWLockExclusive(&custom->lock);
    ds_leave();
    *numRequests = count;
    return count || memory ? S_OK : E_OUTOFMEMORY;
}

/* [I] The first version selects what is custom. */
static HRESULT STDMETHODCALLTYPE
ds_custom_GetRequests(IDStorageCustomDecompressionQueue1 *iface, UINT32 maxRequests,
                      DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *requests, UINT32 *numRequests)
{
    return ds_custom_GetRequests1(iface, DSTORAGE_GET_REQUEST_FLAG_SELECT_CUSTOM, maxRequests,
                                  requests, numRequests);
}

static struct taken *find_locked(struct ds_custom *custom, UINT64 id)
{
    struct emu_list *node;

    emu_list_for_each(node, &custom->taken) {
        struct taken *taken = EMU_CONTAINER(node, struct taken, link);

        if (taken->id == id)
            return taken;
    }
    return NULL;
}

static bool answer(struct ds_runtime *runtime, const DSTORAGE_CUSTOM_DECOMPRESSION_RESULT *result)
{
    struct taken *taken;

    AcquireSRWLockExclusive(&runtime->custom.lock);
    taken = find_locked(&runtime->custom, result->Id);
    if (taken)
        emu_list_remove(&taken->link);
    ReleaseSRWLockExclusive(&runtime->custom.lock);
    if (!taken)
        return false;
    if (taken->entry)
        ds_load_end(taken->entry, FAILED(result->Result) ? result->Result : S_OK);
    else if (taken->block)
        ds_runtime_unstage(runtime, taken->block);
    free(taken);
    return true;
}

/* [D] In any order, from any thread. [I] The rest counts even if an id is none. */
static HRESULT STDMETHODCALLTYPE
ds_custom_SetRequestResults(IDStorageCustomDecompressionQueue1 *iface, UINT32 numResults,
                            DSTORAGE_CUSTOM_DECOMPRESSION_RESULT *results)
{
    HRESULT hr = S_OK;

    if (numResults && !results)
        return E_POINTER;
    ds_enter();
    for (UINT32 i = 0; i < numResults; i++) {
        if (!answer(runtime_of(iface), &results[i]))
            hr = E_INVALIDARG;
    }
    ds_leave();
    return hr;
}

static const IDStorageCustomDecompressionQueue1Vtbl vtbl = {
    ds_custom_QueryInterface, ds_custom_AddRef,      ds_custom_Release,
    ds_custom_GetEvent,       ds_custom_GetRequests, ds_custom_SetRequestResults,
    ds_custom_GetRequests1,
};

bool ds_custom_init(struct ds_custom *custom)
{
    custom->lpVtbl = &vtbl;
    InitializeSRWLock(&custom->lock);
    emu_list_init(&custom->waiting);
    emu_list_init(&custom->builtin);
    emu_list_init(&custom->taken);
    custom->next_id = 0;
    custom->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    return custom->event != NULL;
}

void ds_custom_fini(struct ds_runtime *runtime)
{
    for (struct emu_list *node; (node = emu_list_take_first(&runtime->custom.taken));) {
        struct taken *taken = EMU_CONTAINER(node, struct taken, link);

        if (taken->block)
            ds_runtime_unstage(runtime, taken->block);
        free(taken);
    }
    CloseHandle(runtime->custom.event);
}

void ds_custom_add(struct ds_runtime *runtime, struct ds_entry *entry)
{
    struct ds_custom *custom = &runtime->custom;
    bool builtin = ds_format_builtin(entry->request.Options.CompressionFormat), gone;

    ds_runtime_lend(entry, true); /* the program keeps it for as long as it likes */
    ds_touch(&runtime->factory, true, 0);
    AcquireSRWLockExclusive(&custom->lock);
    /* A sweep comes after the flag is set and takes this lock: one of the two sees the other. */
    gone = ds_get(&entry->cancelled) != 0;
    if (!gone) {
        emu_list_append(builtin ? &custom->builtin : &custom->waiting, &entry->link);
        event_update_locked(custom);
    }
    ReleaseSRWLockExclusive(&custom->lock);
    if (gone)
        ds_load_end(entry, S_OK);
}

static void sweep_list_locked(struct emu_list *list, struct emu_list *cancelled)
{
    struct emu_list *node, *next;

    emu_list_for_each_safe(node, next, list) {
        if (ds_get(&EMU_CONTAINER(node, struct ds_entry, link)->cancelled)) {
            emu_list_remove(node);
            emu_list_append(cancelled, node);
        }
    }
}

void ds_custom_sweep(struct ds_runtime *runtime, const struct ds_queue *closing)
{
    struct ds_custom *custom = &runtime->custom;
    struct emu_list cancelled, *node;

    emu_list_init(&cancelled);
    AcquireSRWLockExclusive(&custom->lock);
    sweep_list_locked(&custom->waiting, &cancelled);
    sweep_list_locked(&custom->builtin, &cancelled);
    event_update_locked(custom);
    emu_list_for_each(node, &custom->taken) {
        struct taken *taken = EMU_CONTAINER(node, struct taken, link);

        if (closing && taken->entry && taken->entry->queue == closing) {
            emu_list_append(&cancelled, &taken->entry->link);
            taken->block = taken->entry->block;
            taken->entry->block = NULL;
            taken->entry = NULL;
        }
    }
    ReleaseSRWLockExclusive(&custom->lock);
    while ((node = emu_list_take_first(&cancelled)))
        ds_load_end(EMU_CONTAINER(node, struct ds_entry, link), S_OK);
}

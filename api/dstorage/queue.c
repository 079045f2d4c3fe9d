/* SPDX-License-Identifier: MIT */
/* IDStorageQueue to IDStorageQueue3: the methods, and the queue's life. */
#include "api/dstorage/queue.h"

#include "api/dstorage/codes.h"
#include "api/dstorage/event_log.h"
#include "api/dstorage/pool.h"
#include "api/dstorage/runtime.h"
#include "api/dstorage/user_memory.h"

#include <stdio.h>
#include <stdlib.h>

static struct ds_queue *queue_of(IDStorageQueue3 *iface)
{
    return (struct ds_queue *)iface;
}

static const struct ds_interface interfaces[] = {
    {&IID_IUnknown, 0},          {&IID_IDStorageQueue, 0},    {&IID_IDStorageQueue1, 100},
    {&IID_IDStorageQueue2, 200}, {&IID_IDStorageQueue3, 300},
};

static HRESULT STDMETHODCALLTYPE ds_queue_QueryInterface(IDStorageQueue3 *iface, REFIID riid,
                                                         void **ppv)
{
    return ds_object_query(&queue_of(iface)->object, interfaces, ARRAYSIZE(interfaces), riid, ppv);
}

static ULONG STDMETHODCALLTYPE ds_queue_AddRef(IDStorageQueue3 *iface)
{
    return ds_object_add_ref(&queue_of(iface)->object);
}

static ULONG STDMETHODCALLTYPE ds_queue_Release(IDStorageQueue3 *iface)
{
    return ds_object_release(&queue_of(iface)->object);
}

/* NULL: the error was recorded. */
static const DSTORAGE_REQUEST *request_read(struct ds_queue *queue, const DSTORAGE_REQUEST *request,
                                            DSTORAGE_REQUEST *copy)
{
    if (request && ds_copy_in(copy, request, sizeof *copy))
        return copy;
    ds_queue_fail_call(queue, DSTORAGE_COMMAND_TYPE_REQUEST, DS_E_NULL_REQUEST);
    return NULL;
}

static void STDMETHODCALLTYPE ds_queue_EnqueueRequest(IDStorageQueue3 *iface,
                                                      const DSTORAGE_REQUEST *request)
{
    DSTORAGE_REQUEST copy;

    ds_enter();
    if (request_read(queue_of(iface), request, &copy))
        ds_queue_enqueue_request(queue_of(iface), &copy, NULL);
    ds_leave();
}

static void STDMETHODCALLTYPE ds_queue_EnqueueStatus(IDStorageQueue3 *iface,
                                                     IDStorageStatusArray *statusArray,
                                                     UINT32 index)
{
    ds_enter();
    ds_queue_enqueue_status(queue_of(iface), statusArray, index);
    ds_leave();
}

static void STDMETHODCALLTYPE ds_queue_EnqueueSignal(IDStorageQueue3 *iface, ID3D12Fence *fence,
                                                     UINT64 value)
{
    ds_enter();
    ds_queue_enqueue_signal(queue_of(iface), fence, value);
    ds_leave();
}

static void STDMETHODCALLTYPE ds_queue_Submit(IDStorageQueue3 *iface)
{
    ds_enter();
    ds_queue_submit(queue_of(iface));
    ds_leave();
}

static void STDMETHODCALLTYPE ds_queue_CancelRequestsWithTag(IDStorageQueue3 *iface, UINT64 mask,
                                                             UINT64 value)
{
    ds_enter();
    ds_queue_cancel(queue_of(iface), mask, value);
    ds_leave();
}

static void STDMETHODCALLTYPE ds_queue_Close(IDStorageQueue3 *iface)
{
    ds_enter();
    ds_queue_close(queue_of(iface));
    ds_leave();
}

static HANDLE STDMETHODCALLTYPE ds_queue_GetErrorEvent(IDStorageQueue3 *iface)
{
    return ds_queue_error_event(queue_of(iface));
}

static void STDMETHODCALLTYPE ds_queue_RetrieveErrorRecord(IDStorageQueue3 *iface,
                                                           DSTORAGE_ERROR_RECORD *record)
{
    if (record)
        ds_queue_error_record(queue_of(iface), record);
}

/* [D] A copy of the description, and the room that is left. */
static void STDMETHODCALLTYPE ds_queue_Query(IDStorageQueue3 *iface, DSTORAGE_QUEUE_INFO *info)
{
    struct ds_queue *queue = queue_of(iface);

    if (!info)
        return;
    ds_look(&queue->object, queue->live_count && queue->queried == queue->free_count, true,
            DS_PART_SLOTS);
    if (ds_simulated())
        queue->queried = queue->free_count;
    AcquireSRWLockShared(&queue->lock);
    info->Desc = queue->desc;
    info->EmptySlotCount = (UINT16)queue->free_count;
    info->RequestCountUntilAutoSubmit = (UINT16)ds_queue_until_auto_submit_locked(queue);
    ReleaseSRWLockShared(&queue->lock);
}

static void STDMETHODCALLTYPE ds_queue_EnqueueSetEvent(IDStorageQueue3 *iface, HANDLE handle)
{
    ds_enter();
    ds_queue_enqueue_event(queue_of(iface), handle);
    ds_leave();
}

/*
 * [I] U13: what the processor decompresses is a fallback of the GPU's; of the rest there is nothing
 * to say.
 */
static DSTORAGE_COMPRESSION_SUPPORT STDMETHODCALLTYPE
ds_queue_GetCompressionSupport(IDStorageQueue3 *iface, DSTORAGE_COMPRESSION_FORMAT format)
{
    (void)iface;
    return ds_format_builtin(format) ? DSTORAGE_COMPRESSION_SUPPORT_CPU_FALLBACK
                                     : DSTORAGE_COMPRESSION_SUPPORT_NONE;
}

/* [I] U16: one request takes its slot after the other; without a fence the flags say nothing. */
static void enqueue_requests(struct ds_queue *queue, const DSTORAGE_REQUEST *requests,
                             UINT32 numRequests, ID3D12Fence *fence, UINT64 fenceValue,
                             DSTORAGE_ENQUEUE_REQUEST_FLAGS flags)
{
    struct ds_group *group = NULL;
    bool before_source = flags == DSTORAGE_ENQUEUE_REQUEST_FLAG_FENCE_WAIT_BEFORE_SOURCE_ACCESS;

    if (!numRequests)
        return;
    if (!requests) {
        ds_queue_fail_call(queue, DSTORAGE_COMMAND_TYPE_REQUEST, DS_E_NULL_REQUEST);
        return;
    }
    if (fence) {
        group = ds_group_create(queue->runtime, fence, fenceValue, before_source);
        if (!group) {
            ds_queue_fail_call(queue, DSTORAGE_COMMAND_TYPE_REQUEST, E_OUTOFMEMORY);
            return;
        }
    }
    for (UINT32 i = 0; i < numRequests; i++) {
        DSTORAGE_REQUEST copy;

        /* One failure for the rest: behind memory that is not there is no request. [I] U16 */
        if (!request_read(queue, &requests[i], &copy))
            break;
        if (group)
            ds_group_hold(group);
        ds_queue_enqueue_request(queue, &copy, group);
    }
    if (group)
        ds_group_drop(group);
}

static void STDMETHODCALLTYPE ds_queue_EnqueueRequests(IDStorageQueue3 *iface,
                                                       const DSTORAGE_REQUEST *requests,
                                                       UINT32 numRequests, ID3D12Fence *fence,
                                                       UINT64 fenceValue,
                                                       DSTORAGE_ENQUEUE_REQUEST_FLAGS flags)
{
    ds_enter();
    enqueue_requests(queue_of(iface), requests, numRequests, fence, fenceValue, flags);
    ds_leave();
}

static const IDStorageQueue3Vtbl vtbl = {
    ds_queue_QueryInterface,
    ds_queue_AddRef,
    ds_queue_Release,
    ds_queue_EnqueueRequest,
    ds_queue_EnqueueStatus,
    ds_queue_EnqueueSignal,
    ds_queue_Submit,
    ds_queue_CancelRequestsWithTag,
    ds_queue_Close,
    ds_queue_GetErrorEvent,
    ds_queue_RetrieveErrorRecord,
    ds_queue_Query,
    ds_queue_EnqueueSetEvent,
    ds_queue_GetCompressionSupport,
    ds_queue_EnqueueRequests,
};

/* [I] U7: letting go is closing. */
static void queue_released(struct ds_object *object)
{
    struct ds_queue *queue = (struct ds_queue *)object;

    ds_enter();
    ds_queue_close(queue);
    ds_leave();
    InterlockedDecrement(&queue->runtime->queues);
    ds_runtime_leave(queue->runtime);
}

static void queue_free(struct ds_queue *queue)
{
    ds_call_off(&queue->error.telling);
    if (queue->error.event)
        CloseHandle(queue->error.event);
    if (queue->desc.Device)
        ((IUnknown *)queue->desc.Device)->lpVtbl->Release((IUnknown *)queue->desc.Device);
    free(queue->entries);
    free(queue->segments);
    free(queue);
}

static void queue_destroy(struct ds_object *object)
{
    queue_free((struct ds_queue *)object);
}

/* When it is bad, *what and *value are what is bad. */
static HRESULT check_description(const DSTORAGE_QUEUE_DESC *desc, const char **what, int *value)
{
    *what = "capacity";
    *value = desc->Capacity;
    if (desc->Capacity < DSTORAGE_MIN_QUEUE_CAPACITY ||
        desc->Capacity > DSTORAGE_MAX_QUEUE_CAPACITY)
        return E_DSTORAGE_INVALID_QUEUE_CAPACITY; /* [D] */
    *what = "priority";
    *value = desc->Priority;
    if (desc->Priority < DSTORAGE_PRIORITY_FIRST || desc->Priority > DSTORAGE_PRIORITY_LAST)
        return E_DSTORAGE_INVALID_QUEUE_PRIORITY;
    *what = "source type";
    *value = (int)desc->SourceType;
    if (desc->SourceType > DSTORAGE_REQUEST_SOURCE_MEMORY)
        return DS_E_SOURCE_KIND;
    /* A memory queue may have any priority: [R] DS9, DC3, against the text of error 24. */
    return S_OK;
}

static bool queue_fill(struct ds_queue *queue)
{
    UINT32 slots = queue->desc.Capacity - 1u;

    InitializeSRWLock(&queue->lock);
    InitializeConditionVariable(&queue->changed);
    emu_list_init(&queue->free);
    emu_list_init(&queue->live);
    queue->entries = calloc(slots, sizeof *queue->entries);
    /* One for each status that can be live, and the open one. */
    queue->segments = calloc(slots + 1, sizeof *queue->segments);
    if (!queue->entries || !queue->segments)
        return false;
    for (UINT32 i = 0; i < slots; i++) {
        queue->entries[i].queue = queue;
        emu_list_init(&queue->entries[i].live);
        emu_list_append(&queue->free, &queue->entries[i].link);
        queue->segments[i].next_free = queue->free_segments;
        queue->free_segments = &queue->segments[i];
    }
    queue->open = &queue->segments[slots];
    queue->free_count = slots;
    queue->error.record.FirstFailure.CommandType = DSTORAGE_COMMAND_TYPE_NONE;
    return true;
}

HRESULT ds_queue_create(struct ds_runtime *runtime, const DSTORAGE_QUEUE_DESC *desc, REFIID riid,
                        void **ppv)
{
    struct ds_queue *queue;
    const char *what;
    int value;
    HRESULT hr = check_description(desc, &what, &value);

    if (FAILED(hr)) {
        char line[96];

        snprintf(line, sizeof line, "DirectStorage: a queue has a bad %s, %d\n", what, value);
        ds_warn(runtime, line);
        return hr;
    }
    hr = ds_runtime_start(runtime);
    if (FAILED(hr))
        return hr;
    queue = calloc(1, sizeof *queue);
    if (!queue)
        return E_OUTOFMEMORY;
    queue->front = &ds_queue_front;
    queue->runtime = runtime;
    queue->desc = *desc;
    if (desc->Device)
        ((IUnknown *)desc->Device)->lpVtbl->AddRef((IUnknown *)desc->Device);
    if (!queue_fill(queue)) {
        queue_free(queue);
        return E_OUTOFMEMORY;
    }
    ds_object_init(&queue->object, DS_QUEUE, &vtbl, queue_released, queue_destroy);
    ds_runtime_enter(runtime);
    InterlockedIncrement(&runtime->queues);
    if (ds_log_on())
        ds_log_queue_created(queue);
    return ds_object_give(&queue->object, interfaces, ARRAYSIZE(interfaces), riid, ppv);
}

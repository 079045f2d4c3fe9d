/* SPDX-License-Identifier: MIT */
/*
 * Into the queue: a slot, or a wait for one; and submission, asked for or when half the queue is
 * full.
 */
#include "api/dstorage/codes.h"
#include "api/dstorage/event_log.h"
#include "api/dstorage/fence.h"
#include "api/dstorage/queue.h"
#include "api/dstorage/runtime.h"
#include "emu/base/mutant.h"

#include <string.h>

/*
 * [R] DS12: requests count, set-events do not. [I] U1: statuses and signals do, as documented of
 * all.
 */
static bool counts(DSTORAGE_COMMAND_TYPE type)
{
    return type != DSTORAGE_COMMAND_TYPE_EVENT;
}

/* [D] Half the capacity. [R] DS12: at 1 the next request submits. */
UINT32 ds_queue_until_auto_submit_locked(const struct ds_queue *queue)
{
    UINT32 half = queue->desc.Capacity / 2u;

    return queue->unsubmitted < half ? half - queue->unsubmitted : 0;
}

/* Marks what is there as submitted, and collects the requests of it in *ready. */
static void submit_locked(struct ds_queue *queue, struct emu_list *ready, bool automatic)
{
    struct emu_list *node = queue->live.prev;

    if (ds_log_on())
        ds_log_submitted(queue, automatic);
    for (UINT32 left = queue->waiting; left; left--, node = node->prev) {
        struct ds_entry *entry = EMU_CONTAINER(node, struct ds_entry, live);

        entry->submitted = true;
        if (entry->type == DSTORAGE_COMMAND_TYPE_REQUEST)
            emu_list_insert_before(ready->next, &entry->link);
    }
    queue->waiting = 0;
    queue->unsubmitted = 0;
}

static void start(struct ds_queue *queue, struct emu_list *ready)
{
    ds_schedule_submit(queue->runtime, ready, queue->desc.Priority);
    ds_queue_retire(queue);
}

/* [I] A Submit with nothing to submit does nothing. */
void ds_queue_submit(struct ds_queue *queue)
{
    struct emu_list ready;
    bool closed;

    emu_list_init(&ready);
    AcquireSRWLockExclusive(&queue->lock);
    closed = queue->closed;
    if (!closed)
        submit_locked(queue, &ready, false);
    ReleaseSRWLockExclusive(&queue->lock);
    if (!closed)
        start(queue, &ready);
}

/*
 * A slot, at the end of the queue; the lock is held then. NULL: the queue is closed, or was while
 * we waited, and the lock is not held. When only entries that nobody submitted hold the slots, they
 * are submitted: set-events alone would else wait for ever ([I] U1).
 */
static struct ds_entry *take_slot(struct ds_queue *queue, DSTORAGE_COMMAND_TYPE type)
{
    struct ds_entry *entry;

    AcquireSRWLockExclusive(&queue->lock);
    while (!queue->closed && !queue->free_count) {
        if (queue->waiting == queue->desc.Capacity - 1u) {
            struct emu_list ready;

            emu_list_init(&ready);
            submit_locked(queue, &ready, true);
            ReleaseSRWLockExclusive(&queue->lock);
            start(queue, &ready);
            AcquireSRWLockExclusive(&queue->lock);
            continue;
        }
        SleepConditionVariableSRW(&queue->changed, &queue->lock, INFINITE, 0);
    }
    if (queue->closed) {
        ReleaseSRWLockExclusive(&queue->lock);
        ds_queue_fail_call(queue, type, DS_E_CLOSED);
        return NULL;
    }
    entry = EMU_CONTAINER(emu_list_take_first(&queue->free), struct ds_entry, link);
    queue->free_count--;
    entry->type = type;
    entry->sequence = ++queue->sequence;
    entry->submitted = false;
    entry->cancelled = 0;
    entry->file = NULL;
    entry->group = NULL;
    entry->block = NULL;
    entry->stage = DS_STAGE_NEW;
    return entry;
}

/* The entry is whole. Releases the lock. */
static void put_in_locked(struct ds_queue *queue, struct ds_entry *entry)
{
    struct emu_list ready;
    bool full;

    if (ds_log_on())
        ds_log_enqueued(entry);
    entry->behind_request = queue->last_is_request;
    queue->last_is_request = entry->type == DSTORAGE_COMMAND_TYPE_REQUEST;
    emu_list_append(&queue->live, &entry->live);
    queue->live_count++;
    queue->waiting++;
    if (counts(entry->type))
        queue->unsubmitted++;
    full = counts(entry->type) && queue->unsubmitted >= queue->desc.Capacity / 2u &&
           !(queue->unsubmitted == queue->desc.Capacity / 2u && EMU_MUTANT(ds_auto_submit_late));
    emu_list_init(&ready);
    if (full)
        submit_locked(queue, &ready, true);
    ReleaseSRWLockExclusive(&queue->lock);
    if (full)
        start(queue, &ready);
}

/* [D] 1.1 warns of them. [I] It goes on: shipping programs leave them uninitialised. */
static void look_at_reserved(struct ds_queue *queue, const DSTORAGE_REQUEST_OPTIONS *options)
{
    UINT64 low;

    memcpy(&low, options, sizeof low);
    low >>= 8; /* the format */
    if (low && ds_version() >= 400)
        low >>= 8; /* GaclTransformType */
    if (low || options->Reserved)
        ds_warn(queue->runtime, "DirectStorage: a request has reserved fields that are not 0\n");
}

/* [D] The request is copied. The file is held, so that it may be released before its turn: [I]. */
void ds_queue_enqueue_request(struct ds_queue *queue, const DSTORAGE_REQUEST *request,
                              struct ds_group *group)
{
    struct ds_file *file = NULL;
    struct ds_entry *entry;

    look_at_reserved(queue, &request->Options);
    if (request->Options.SourceType == DSTORAGE_REQUEST_SOURCE_FILE)
        file = (struct ds_file *)ds_live_hold(request->Source.File.Source, DS_FILE);
    entry = take_slot(queue, DSTORAGE_COMMAND_TYPE_REQUEST);
    if (!entry) {
        if (file)
            ds_object_drop(&file->object);
        if (group)
            ds_group_drop(group);
        return;
    }
    entry->request = *request;
    entry->file = file;
    entry->group = group;
    entry->segment = queue->open;
    put_in_locked(queue, entry);
}

void ds_queue_enqueue_status(struct ds_queue *queue, IDStorageStatusArray *named, UINT32 index)
{
    struct ds_status_array *array = (struct ds_status_array *)ds_live_hold(named, DS_STATUS_ARRAY);
    struct ds_entry *entry = take_slot(queue, DSTORAGE_COMMAND_TYPE_STATUS);

    if (!entry) {
        if (array)
            ds_object_drop(&array->object);
        return;
    }
    entry->notify.status.array = array;
    entry->notify.status.named = named;
    entry->notify.status.index = index;
    if (array && index < array->capacity)
        ds_status_array_set(array, index, E_PENDING);
    /* [D] It tells of what was enqueued since the last one. */
    entry->segment = queue->open;
    queue->open = queue->free_segments;
    queue->free_segments = queue->open->next_free;
    queue->open->hr = S_OK;
    put_in_locked(queue, entry);
}

void ds_queue_enqueue_signal(struct ds_queue *queue, void *fence, UINT64 value)
{
    bool good = ds_fence_take(fence);
    struct ds_entry *entry = take_slot(queue, DSTORAGE_COMMAND_TYPE_SIGNAL);

    if (!entry) {
        if (good)
            ds_fence_put(fence);
        return;
    }
    entry->notify.signal.fence = good ? fence : NULL;
    entry->notify.signal.named = fence;
    entry->notify.signal.value = value;
    put_in_locked(queue, entry);
}

void ds_queue_enqueue_event(struct ds_queue *queue, HANDLE event)
{
    struct ds_entry *entry = take_slot(queue, DSTORAGE_COMMAND_TYPE_EVENT);

    if (!entry)
        return;
    entry->notify.event = event;
    put_in_locked(queue, entry);
}

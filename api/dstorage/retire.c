/* SPDX-License-Identifier: MIT */
/*
 * Out of the queue: requests in the order in which they end; notifications when they are the
 * oldest, by one thread at a time, which performs them without the lock. Cancelling and closing.
 */
#include "api/dstorage/codes.h"
#include "api/dstorage/custom.h"
#include "api/dstorage/event_log.h"
#include "api/dstorage/fence.h"
#include "api/dstorage/io.h"
#include "api/dstorage/queue.h"
#include "api/dstorage/request.h"
#include "api/dstorage/runtime.h"
#include "emu/base/mutant.h"

/* What an entry keeps alive, to be let go of without the lock. */
struct kept {
    struct ds_file *file;
    struct ds_group *group;
    struct ds_status_array *array;
    void *fence;
};

static struct kept kept_of(const struct ds_entry *entry)
{
    struct kept kept = {.file = entry->file, .group = entry->group};

    if (entry->type == DSTORAGE_COMMAND_TYPE_STATUS)
        kept.array = entry->notify.status.array;
    if (entry->type == DSTORAGE_COMMAND_TYPE_SIGNAL)
        kept.fence = entry->notify.signal.fence;
    return kept;
}

static void let_go(const struct kept *kept)
{
    if (kept->file)
        ds_object_drop(&kept->file->object);
    if (kept->group)
        ds_group_drop(kept->group);
    if (kept->array)
        ds_object_drop(&kept->array->object);
    if (kept->fence)
        ds_fence_put(kept->fence);
}

/* The slot is free again. */
static void free_locked(struct ds_queue *queue, struct ds_entry *entry)
{
    if (entry->type == DSTORAGE_COMMAND_TYPE_STATUS) {
        entry->segment->next_free = queue->free_segments;
        queue->free_segments = entry->segment;
    }
    emu_list_append(&queue->free, &entry->link);
    queue->free_count++;
    WakeAllConditionVariable(&queue->changed);
}

/* [D] The first failure by the order of enqueuing. */
static void note_locked(const struct ds_entry *entry, HRESULT hr)
{
    struct ds_segment *segment = entry->segment;

    if (FAILED(segment->hr) && segment->first < entry->sequence)
        return;
    segment->hr = hr;
    segment->first = entry->sequence;
}

static void retire_and_release(struct ds_queue *queue, bool together);

/* [D] What was cancelled is no failure. */
static bool has_failed(const struct ds_entry *entry, HRESULT hr)
{
    struct ds_queue *queue = entry->queue;
    bool failed;

    AcquireSRWLockExclusive(&queue->lock);
    failed = !entry->cancelled;
    if (failed)
        note_locked(entry, hr);
    ReleaseSRWLockExclusive(&queue->lock);
    return failed;
}

void ds_queue_end(struct ds_entry *entry, HRESULT hr)
{
    struct ds_queue *queue = entry->queue;
    struct kept kept = kept_of(entry);
    bool failed;

    /* Nobody may close and free the queue between its last entry and our last use of it. */
    ds_object_hold(&queue->object);
    for (UINT32 part = 0; part < DS_PART_COUNT; part++)
        if (part != DS_PART_FAILURES || FAILED(hr))
            ds_touch(&queue->object, false, part);
    failed = FAILED(hr) && has_failed(entry, hr);
    if (failed)
        ds_queue_fail(queue, entry, hr);
    let_go(&kept);
    AcquireSRWLockExclusive(&queue->lock);
    if (ds_log_on())
        /* [I] U6: with which code a cancelled request ends. */
        ds_log_completed(entry, failed || SUCCEEDED(hr) ? hr : E_ABORT);
    if (!failed && FAILED(entry->segment->hr) && EMU_MUTANT(ds_status_of_last))
        entry->segment->hr = S_OK;
    emu_list_remove(&entry->live);
    queue->live_count--;
    free_locked(queue, entry);
    if (failed && EMU_MUTANT(ds_failure_holds_fence))
        ReleaseSRWLockExclusive(&queue->lock);
    else
        retire_and_release(queue, !failed);
    ds_object_drop(&queue->object);
}

const struct ds_front ds_queue_front = {.check = ds_request_check, .end = ds_queue_end};

static HRESULT check_status(const struct ds_entry *entry)
{
    if (!entry->notify.status.array)
        return DS_E_STATUS_ARRAY;
    if (entry->notify.status.index >= entry->notify.status.array->capacity)
        return DS_E_STATUS_INDEX;
    return S_OK;
}

/* Before anybody can see that it has completed. */
static void tell_log(const struct ds_entry *entry)
{
    HRESULT hr = S_OK;

    if (entry->type == DSTORAGE_COMMAND_TYPE_STATUS) {
        hr = check_status(entry);
        if (SUCCEEDED(hr))
            hr = entry->segment->hr;
    }
    ds_log_completed(entry, hr);
}

static HRESULT perform(struct ds_entry *entry)
{
    HRESULT hr;

    switch (entry->type) {
    case DSTORAGE_COMMAND_TYPE_STATUS:
        hr = check_status(entry);
        /* Nothing is left that could fail in this segment. */
        if (SUCCEEDED(hr))
            ds_status_array_set(entry->notify.status.array, entry->notify.status.index,
                                entry->segment->hr);
        return hr;
    case DSTORAGE_COMMAND_TYPE_SIGNAL:
        if (!entry->notify.signal.fence ||
            FAILED(ds_fence_signal(entry->notify.signal.fence, entry->notify.signal.value)))
            return DS_E_FENCE;
        return S_OK;
    default:
        return SetEvent(entry->notify.event) ? S_OK : HRESULT_FROM_WIN32(GetLastError());
    }
}

/*
 * The oldest entry, when it is a notification whose turn has come, or NULL. [D] After Close there is none:
 * those that it has not yet taken out may stand behind a request that ended because of it.
 */
static struct ds_entry *due_locked(const struct ds_queue *queue)
{
    struct emu_list *node = queue->live.next;
    struct ds_entry *entry = EMU_CONTAINER(node, struct ds_entry, live);
    UINT64 before = 0;

    if (queue->closed)
        return NULL;
    while (node != &queue->live && entry->type == DSTORAGE_COMMAND_TYPE_REQUEST &&
           EMU_MUTANT(ds_notify_overtakes)) {
        before = entry->sequence;
        node = node->next;
        entry = EMU_CONTAINER(node, struct ds_entry, live);
    }
    if (node == &queue->live || !entry->submitted || entry->type == DSTORAGE_COMMAND_TYPE_REQUEST ||
        (before && before + 1 == entry->sequence))
        return NULL;
    return entry;
}

/* Taken out of the order, not yet of its slot. */
static struct ds_entry *take_due_locked(struct ds_queue *queue)
{
    struct ds_entry *entry = due_locked(queue);

    if (!entry)
        return NULL;
    emu_list_remove(&entry->live);
    queue->live_count--;
    return entry;
}

static void retire(struct ds_queue *queue, bool together)
{
    AcquireSRWLockExclusive(&queue->lock);
    retire_and_release(queue, together);
}

static void notify(struct ds_later *later)
{
    struct ds_queue *queue = EMU_CONTAINER(later, struct ds_queue, notifying);

    queue->may_notify = true;
    retire(queue, true);
    ds_object_drop(&queue->object);
}

/*
 * Simulated, what is due is told in its own time, each by itself. together: at the end of a request, which
 * was no failure that somebody could see before. What comes right behind a request may then be told in the
 * same step: were it not, it would look as if the request were under way.
 */
static bool put_off_locked(struct ds_queue *queue, bool together)
{
    bool may = queue->may_notify;
    const struct ds_entry *entry;

    if (!ds_simulated())
        return false;
    queue->may_notify = false;
    entry = due_locked(queue);
    if (may || !entry || (together && entry->behind_request))
        return false;
    if (!ds_is_put_off(&queue->notifying)) {
        ds_object_hold(&queue->object);
        queue->notifying.run = notify;
        ds_put_off(queue->runtime, &queue->notifying);
    }
    return true;
}

/* Called with the lock. Who retires looks again before it stops. */
static void retire_and_release(struct ds_queue *queue, bool together)
{
    struct ds_entry *entry = NULL;

    if (!queue->retiring && !put_off_locked(queue, together))
        entry = take_due_locked(queue);
    if (!entry) {
        ReleaseSRWLockExclusive(&queue->lock);
        return;
    }
    queue->retiring = true;
    queue->retirer = GetCurrentThreadId();
    while (entry) {
        struct kept kept = kept_of(entry);
        HRESULT hr;

        ReleaseSRWLockExclusive(&queue->lock);
        if (ds_log_on())
            tell_log(entry);
        ds_touch(&queue->object, false, DS_PART_SLOTS);
        hr = perform(entry);
        if (FAILED(hr))
            ds_queue_fail(queue, entry, hr);
        let_go(&kept);
        AcquireSRWLockExclusive(&queue->lock);
        free_locked(queue, entry);
        entry = put_off_locked(queue, together) ? NULL : take_due_locked(queue);
    }
    queue->retiring = false;
    queue->retirer = 0;
    WakeAllConditionVariable(&queue->changed);
    ReleaseSRWLockExclusive(&queue->lock);
}

void ds_queue_retire(struct ds_queue *queue)
{
    retire(queue, false);
}

static void mark_locked(struct ds_queue *queue, UINT64 mask, UINT64 value)
{
    struct emu_list *node;

    emu_list_for_each(node, &queue->live) {
        struct ds_entry *entry = EMU_CONTAINER(node, struct ds_entry, live);

        if (entry->type == DSTORAGE_COMMAND_TYPE_REQUEST &&
            (entry->request.CancellationTag & mask) == value)
            InterlockedExchange(&entry->cancelled, 1);
    }
}

/*
 * What waits for a fence or the program would else stay; the rest is seen when its next step comes.
 */
static void sweep(struct ds_queue *queue, const struct ds_queue *closing)
{
    ds_groups_sweep(queue->runtime);
    ds_custom_sweep(queue->runtime, closing);
    ds_io_cancel(queue->runtime);
    ds_schedule_sweep(queue->runtime);
}

/* [D] Of requests enqueued before, submitted or not ([I]: those end when they are submitted). */
void ds_queue_cancel(struct ds_queue *queue, UINT64 mask, UINT64 value)
{
    ds_touch(&queue->object, true, DS_PART_CANCELLED);
    AcquireSRWLockExclusive(&queue->lock);
    mark_locked(queue, mask, value);
    ReleaseSRWLockExclusive(&queue->lock);
    sweep(queue, NULL);
}

/* Takes out what will never happen: notifications, and requests that were not submitted. */
static struct ds_entry *take_hopeless_locked(struct ds_queue *queue)
{
    struct emu_list *node;

    emu_list_for_each(node, &queue->live) {
        struct ds_entry *entry = EMU_CONTAINER(node, struct ds_entry, live);

        if (entry->type != DSTORAGE_COMMAND_TYPE_REQUEST || !entry->submitted) {
            emu_list_remove(&entry->live);
            queue->live_count--;
            return entry;
        }
    }
    return NULL;
}

void ds_queue_close(struct ds_queue *queue)
{
    struct ds_entry *entry;
    bool first, mine;

    for (UINT32 part = 0; part < DS_PART_COUNT; part++)
        ds_touch(&queue->object, true, part);
    AcquireSRWLockExclusive(&queue->lock);
    first = !queue->closed;
    queue->closed = true;
    mark_locked(queue, 0, 0);
    queue->waiting = queue->unsubmitted = 0;
    while ((entry = take_hopeless_locked(queue))) {
        struct kept kept = kept_of(entry);

        ReleaseSRWLockExclusive(&queue->lock);
        let_go(&kept);
        AcquireSRWLockExclusive(&queue->lock);
        free_locked(queue, entry);
    }
    WakeAllConditionVariable(&queue->changed);
    ReleaseSRWLockExclusive(&queue->lock);
    if (ds_call_off(&queue->notifying))
        ds_object_drop(&queue->object);
    sweep(queue, queue);
    AcquireSRWLockExclusive(&queue->lock);
    /* A fence that closes the queue from within Signal is the thread that retires. */
    mine = queue->retiring && queue->retirer == GetCurrentThreadId();
    while (queue->live_count || (queue->retiring && !mine))
        SleepConditionVariableSRW(&queue->changed, &queue->lock, INFINITE, 0);
    if (first && ds_log_on())
        ds_log_queue_closed(queue);
    ReleaseSRWLockExclusive(&queue->lock);
}

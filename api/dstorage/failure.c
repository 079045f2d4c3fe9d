/* SPDX-License-Identifier: MIT */
/*
 * What a program hears of failures, the calls being void: the record with its count and the first
 * one, the event, and words to a debugger. [D] First by the order of enqueuing, not of failing.
 */
#include "api/dstorage/event_log.h"
#include "api/dstorage/queue.h"
#include "api/dstorage/runtime.h"
#include "api/dstorage/user_memory.h"
#include "emu/base/mutant.h"

#include <stdio.h>
#include <string.h>

/* The program's string may be gone, or never have been one. */
void ds_name_copy(char *to, size_t nbytes, const char *user)
{
    size_t length = 0;

    memset(to, 0, nbytes);
    if (!user)
        return;
    if (!ds_copy_in(to, user, nbytes - 1)) {
        memset(to, 0, nbytes);
        while (length + 1 < nbytes && ds_copy_in(&to[length], ds_address(user, length), 1) &&
               to[length])
            length++;
    }
    to[nbytes - 1] = 0;
    length = strlen(to);
    memset(to + length, 0, nbytes - length); /* what lay behind it is nobody's business */
}

static void describe(DSTORAGE_ERROR_FIRST_FAILURE *failure, const struct ds_entry *entry)
{
    switch (entry->type) {
    case DSTORAGE_COMMAND_TYPE_REQUEST:
        if (entry->file)
            memcpy(failure->Request.Filename, entry->file->path, sizeof failure->Request.Filename);
        ds_name_copy(failure->Request.RequestName, sizeof failure->Request.RequestName,
                     entry->request.Name);
        failure->Request.Request = entry->request;
        break;
    case DSTORAGE_COMMAND_TYPE_STATUS:
        failure->Status.StatusArray = entry->notify.status.named;
        failure->Status.Index = entry->notify.status.index;
        break;
    case DSTORAGE_COMMAND_TYPE_SIGNAL:
        failure->Signal.Fence = entry->notify.signal.named;
        failure->Signal.Value = entry->notify.signal.value;
        break;
    default:
        failure->Event.Handle = entry->notify.event;
        break;
    }
}

void ds_warn(struct ds_runtime *runtime, const char *words)
{
    if (ds_get(&runtime->debug) & DSTORAGE_DEBUG_SHOW_ERRORS)
        OutputDebugStringA(words);
}

/* [D] SHOW_ERRORS, BREAK_ON_ERROR; [R] DA1: without a debugger the process goes on. */
static void tell(struct ds_queue *queue, DSTORAGE_COMMAND_TYPE type, HRESULT hr)
{
    static const char *const words[] = {"request", "status", "signal", "event"};
    LONG debug = ds_get(&queue->runtime->debug);
    char line[96];

    snprintf(line, sizeof line, "DirectStorage: a %s failed with 0x%08x\n", words[type],
             (unsigned)hr);
    ds_warn(queue->runtime, line);
    if (debug & DSTORAGE_DEBUG_BREAK_ON_ERROR && IsDebuggerPresent())
        DebugBreak();
}

static void tell_event(struct ds_later *later)
{
    SetEvent(EMU_CONTAINER(later, struct ds_queue, error.telling)->error.event);
}

/* [I] Nobody says that it comes before the status, nor after: simulated, it is set in its own time. */
static void set_event_locked(struct ds_queue *queue)
{
    if (!ds_simulated()) {
        SetEvent(queue->error.event);
    } else if (!ds_is_put_off(&queue->error.telling)) {
        queue->error.telling.run = tell_event;
        ds_put_off(queue->runtime, &queue->error.telling);
    }
}

/* One more; failure is the new first one when its sequence says so. */
static void count_in(struct ds_queue *queue, UINT64 sequence,
                     const DSTORAGE_ERROR_FIRST_FAILURE *failure)
{
    DSTORAGE_ERROR_RECORD *record = &queue->error.record;

    AcquireSRWLockExclusive(&queue->lock);
    if (!record->FailureCount ||
        (sequence < queue->error.first && !EMU_MUTANT(ds_record_of_time))) {
        record->FirstFailure = *failure;
        queue->error.first = sequence;
    }
    record->FailureCount++;
    if (queue->error.event)
        set_event_locked(queue);
    ReleaseSRWLockExclusive(&queue->lock);
    tell(queue, failure->CommandType, failure->HResult);
}

void ds_queue_fail(struct ds_queue *queue, const struct ds_entry *entry, HRESULT hr)
{
    DSTORAGE_ERROR_FIRST_FAILURE failure;

    memset(&failure, 0, sizeof failure);
    failure.HResult = hr;
    failure.CommandType = entry->type;
    describe(&failure, entry);
    count_in(queue, entry->sequence, &failure);
}

void ds_queue_fail_call(struct ds_queue *queue, DSTORAGE_COMMAND_TYPE type, HRESULT hr)
{
    DSTORAGE_ERROR_FIRST_FAILURE failure;
    UINT64 sequence;

    memset(&failure, 0, sizeof failure);
    failure.HResult = hr;
    failure.CommandType = type;
    AcquireSRWLockExclusive(&queue->lock);
    sequence = ++queue->sequence;
    /* [D] Requests that failed since the last status are told by the next. */
    if (type == DSTORAGE_COMMAND_TYPE_REQUEST && !FAILED(queue->open->hr)) {
        queue->open->hr = hr;
        queue->open->first = sequence;
    }
    if (type == DSTORAGE_COMMAND_TYPE_REQUEST && !queue->closed && ds_log_on())
        ds_log_refused(queue, hr);
    ReleaseSRWLockExclusive(&queue->lock);
    count_in(queue, sequence, &failure);
}

/* [I] U4: one handle, the queue's own; set from a failure until the record is retrieved. */
HANDLE ds_queue_error_event(struct ds_queue *queue)
{
    HANDLE event;

    AcquireSRWLockExclusive(&queue->lock);
    if (!queue->error.event)
        queue->error.event = CreateEventW(NULL, TRUE, queue->error.record.FailureCount != 0, NULL);
    event = queue->error.event;
    ReleaseSRWLockExclusive(&queue->lock);
    return event;
}

/* [D] What failed since the last time. [R] DA4: without a failure it is no failing HResult. */
void ds_queue_error_record(struct ds_queue *queue, DSTORAGE_ERROR_RECORD *record)
{
    DSTORAGE_ERROR_RECORD *own = &queue->error.record;

    ds_look(&queue->object, !own->FailureCount && queue->live_count, true, DS_PART_FAILURES);
    AcquireSRWLockExclusive(&queue->lock);
    *record = *own;
    memset(own, 0, sizeof *own);
    own->FirstFailure.CommandType = DSTORAGE_COMMAND_TYPE_NONE;
    ds_call_off(&queue->error.telling);
    if (queue->error.event)
        ResetEvent(queue->error.event);
    ReleaseSRWLockExclusive(&queue->lock);
}

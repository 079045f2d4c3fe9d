/* SPDX-License-Identifier: MIT */
/*
 * What a program hears of failures, the calls being void: the record with its count and the first
 * one, the event, and words to a debugger. [D] First by the order of enqueuing, not of failing.
 */
#include "api/dstorage/codes.h"
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

/* ": 16 bytes at 70000, 'name', of PATH"; nothing of a call that was refused before it was looked at. */
static void name_request(char *words, size_t nbytes, const DSTORAGE_ERROR_PARAMETERS_REQUEST *failed)
{
    const DSTORAGE_REQUEST *request = &failed->Request;
    bool named = failed->RequestName[0] != 0;
    char path[3 * MAX_PATH] = "";

    if (request->Options.SourceType == DSTORAGE_REQUEST_SOURCE_MEMORY) {
        snprintf(words, nbytes, ": %u bytes of memory%s%s%s", (unsigned)request->Source.Memory.Size,
                 named ? ", '" : "", failed->RequestName, named ? "'" : "");
        return;
    }
    WideCharToMultiByte(CP_UTF8, 0, failed->Filename, -1, path, sizeof path, NULL, NULL);
    snprintf(words, nbytes, ": %u bytes at %llu%s%s%s%s%s", (unsigned)request->Source.File.Size,
             (unsigned long long)request->Source.File.Offset, named ? ", '" : "",
             failed->RequestName, named ? "'" : "", *path ? ", of " : "", path);
}

static void show(struct ds_runtime *runtime, const DSTORAGE_ERROR_FIRST_FAILURE *failure,
                 bool described)
{
    static const char *const kinds[] = {"a request", "a status", "a signal", "an event"};
    char words[3 * MAX_PATH + 160] = "", line[sizeof words + 160];

    if (described && failure->CommandType == DSTORAGE_COMMAND_TYPE_REQUEST)
        name_request(words, sizeof words, &failure->Request);
    else if (described && failure->CommandType == DSTORAGE_COMMAND_TYPE_STATUS)
        snprintf(words, sizeof words, ": index %u", (unsigned)failure->Status.Index);
    else if (described && failure->CommandType == DSTORAGE_COMMAND_TYPE_SIGNAL)
        snprintf(words, sizeof words, ": value %llu", (unsigned long long)failure->Signal.Value);
    snprintf(line, sizeof line, "DirectStorage: %s failed with 0x%08x, %s%s\n",
             kinds[failure->CommandType], (unsigned)failure->HResult,
             ds_code_name(failure->HResult), words);
    ds_warn(runtime, line);
}

/* [D] SHOW_ERRORS, BREAK_ON_ERROR; [R] DA1: without a debugger the process goes on. */
static void tell(struct ds_queue *queue, const DSTORAGE_ERROR_FIRST_FAILURE *failure, bool described)
{
    LONG debug = ds_get(&queue->runtime->debug);

    if (debug & DSTORAGE_DEBUG_SHOW_ERRORS)
        show(queue->runtime, failure, described);
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

/* One more; failure is the new first one when its sequence says so. described: it says of what. */
static void count_in(struct ds_queue *queue, UINT64 sequence,
                     const DSTORAGE_ERROR_FIRST_FAILURE *failure, bool described)
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
    tell(queue, failure, described);
}

void ds_queue_fail(struct ds_queue *queue, const struct ds_entry *entry, HRESULT hr)
{
    DSTORAGE_ERROR_FIRST_FAILURE failure;

    memset(&failure, 0, sizeof failure);
    failure.HResult = hr;
    failure.CommandType = entry->type;
    describe(&failure, entry);
    count_in(queue, entry->sequence, &failure, true);
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
    count_in(queue, sequence, &failure, false);
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

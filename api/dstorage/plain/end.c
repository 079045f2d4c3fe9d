/* SPDX-License-Identifier: MIT */
/* The end of requests: by themselves, a cancel, a time-out, a failed chain; taking the results. */
#include "api/dstorage/codes.h"
#include "api/dstorage/io.h"
#include "api/dstorage/plain/plain.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static void result_set(struct ds_plain_request *request, enum ringer_ds_status status, HRESULT hr)
{
    struct ringer_ds_result *result = &request->result;

    result->status = status;
    result->code = status == RINGER_DS_OK ? 0 : ds_plain_public(hr);
    result->error = status == RINGER_DS_OK ? 0 : ds_plain_error_of(hr);
    if (!request->said.compression)
        result->bytes_transferred = (uint64_t)InterlockedExchangeAdd64(&request->moved, 0);
    else
        result->bytes_transferred = status == RINGER_DS_OK ? request->said.raw_nbytes : 0;
}

static HRESULT code_of(enum ringer_ds_status status)
{
    return status == RINGER_DS_TIMED_OUT ? HRESULT_FROM_WIN32(ERROR_TIMEOUT) : E_ABORT;
}

/* Ends what is not with the engine: it goes from where it is into the list. */
static void condemn_locked(struct ds_plain_request *request, enum ringer_ds_status status,
                           struct emu_list *ending)
{
    if (request->prev)
        request->prev->next = NULL;
    request->prev = NULL;
    if (request->state == DS_PLAIN_QUEUED)
        emu_list_remove(&request->entry.link);
    request->state = DS_PLAIN_ENDING;
    result_set(request, status, code_of(status));
    emu_list_remove(&request->link);
    emu_list_append(ending, &request->link);
}

bool ds_plain_stop_locked(struct ds_plain_request *request, enum ringer_ds_status status,
                          struct ds_origin origin, struct emu_list *ending)
{
    if (request->stop != RINGER_DS_OK)
        return false;
    request->stop = status;
    request->stop_origin = origin;
    if (request->state != DS_PLAIN_RUNNING) {
        condemn_locked(request, status, ending);
        return false;
    }
    InterlockedExchange(&request->entry.cancelled, 1);
    return true;
}

/* What lies ready or is being read ends; what is decompressed does so of itself. */
void ds_plain_interrupt(struct ringer_ds *ds)
{
    ds_io_cancel(ds->runtime);
    ds_schedule_sweep(ds->runtime);
}

static void count_locked(struct ringer_ds *ds, const struct ds_plain_request *request)
{
    struct ringer_ds_counters *counters = &ds->counters;

    switch (request->result.status) {
    case RINGER_DS_OK:
        counters->completed++;
        if (request->said.kind == RINGER_DS_REQUEST_WRITE) {
            counters->bytes_written += request->result.bytes_transferred;
        } else if (request->said.compression) {
            counters->bytes_read += request->said.nbytes;
            counters->bytes_raw += request->result.bytes_transferred;
        } else {
            counters->bytes_read += request->result.bytes_transferred;
        }
        break;
    case RINGER_DS_FAILED:
        counters->failed++;
        break;
    case RINGER_DS_TIMED_OUT:
        counters->timed_out++;
        break;
    default:
        counters->cancelled++;
    }
}

static const char *operation_of(const struct ds_plain_request *request)
{
    if ((HRESULT)request->result.code == DS_E_CORRUPT)
        return "decompress";
    return request->said.kind == RINGER_DS_REQUEST_WRITE ? "write" : "read";
}

static void tell_failure(struct ringer_ds *ds, struct ds_plain_request *request)
{
    const struct ringer_ds_file *file = (const struct ringer_ds_file *)request->entry.file;
    const struct ringer_ds_result *result = &request->result;
    struct ds_origin origin =
        result->status == RINGER_DS_TIMED_OUT ? request->stop_origin : request->entry.origin;
    struct ringer_ds_error told = {
        .subsystem = (HRESULT)result->code == DS_E_CORRUPT ? "codec" : "io",
        .operation = operation_of(request),
        .file = origin.file,
        .line = origin.line,
        .error = result->error,
        .code = result->code,
        .path = file->path,
        .fd = file->fd,
        .offset = request->said.offset,
        .nbytes = request->said.nbytes,
        .memory = request->said.memory,
        .memory_kind = request->said.memory_kind,
        .id = result->id,
        .tag = result->tag,
        .user = result->user,
    };

    ds_plain_tell(ds, &told);
}

static void tell(struct ringer_ds *ds, struct ds_plain_request *request)
{
    struct ds_plain_frame frame;

    if (request->result.status == RINGER_DS_FAILED || request->result.status == RINGER_DS_TIMED_OUT)
        tell_failure(ds, request);
    if (!ds->params.completed)
        return;
    ds_plain_enter(&frame, ds);
    ds->params.completed(ds->params.context, &request->result);
    ds_plain_leave(&frame);
}

/* Begins what was chained behind it, or condemns that. */
static void go_on_locked(struct ringer_ds *ds, struct ds_plain_request *request,
                         struct emu_list *ready, struct emu_list *ending)
{
    struct ds_plain_request *next = request->next;

    request->next = NULL;
    if (!next)
        return;
    next->prev = NULL;
    if (request->result.status != RINGER_DS_OK) {
        condemn_locked(next, RINGER_DS_CANCELLED, ending);
        return;
    }
    next->state = DS_PLAIN_RUNNING;
    emu_list_append(ready, &next->entry.link);
}

/* From the moment at which nothing is in flight any more the runtime may be freed. */
static void put_away_locked(struct ringer_ds *ds, struct ds_plain_request *request)
{
    bool kept = !ds->params.completed;

    count_locked(ds, request);
    if (request->submitted)
        ds->counters.in_flight--;
    else
        ds->counters.queued--;
    if (kept)
        ds->counters.untaken++;
    emu_list_append(kept ? &ds->done : &ds->spare, &request->link);
    if (!ds->counters.in_flight)
        WakeAllConditionVariable(&ds->changed);
}

void ds_plain_end(struct ringer_ds *ds, struct emu_list *ending)
{
    struct emu_list ready, *node;

    while ((node = emu_list_take_first(ending))) {
        struct ds_plain_request *request = EMU_CONTAINER(node, struct ds_plain_request, link);

        tell(ds, request);
        ds_plain_file_drop((struct ringer_ds_file *)request->entry.file);
        emu_list_init(&ready);
        AcquireSRWLockExclusive(&ds->lock);
        go_on_locked(ds, request, &ready, ending);
        put_away_locked(ds, request);
        ReleaseSRWLockExclusive(&ds->lock);
        if (!emu_list_empty(&ready)) /* then it is in flight, and the runtime there */
            ds_schedule_submit(ds->runtime, &ready, DSTORAGE_PRIORITY_NORMAL);
    }
}

/* The front's end: who was told to stop it before this says how it ended. */
void ds_plain_ended(struct ds_entry *entry, HRESULT hr)
{
    struct ds_plain_request *request = (struct ds_plain_request *)entry;
    struct ringer_ds *ds = (struct ringer_ds *)entry->queue;
    enum ringer_ds_status status;
    struct emu_list ending;

    emu_list_init(&ending);
    AcquireSRWLockExclusive(&ds->lock);
    status = request->stop;
    if (status != RINGER_DS_OK)
        hr = code_of(status);
    else if (FAILED(hr))
        status = RINGER_DS_FAILED;
    request->state = DS_PLAIN_ENDING;
    result_set(request, status, hr);
    emu_list_remove(&request->link);
    emu_list_append(&ending, &request->link);
    ReleaseSRWLockExclusive(&ds->lock);
    ds_plain_end(ds, &ending);
}

int ringer_ds_cancel(struct ringer_ds *ds, uint64_t mask, uint64_t value)
{
    struct emu_list ending, *node, *next;
    bool running = false;
    size_t met = 0;

    if (!ds)
        return -EINVAL;
    emu_list_init(&ending);
    AcquireSRWLockExclusive(&ds->lock);
    emu_list_for_each_safe(node, next, &ds->live) {
        struct ds_plain_request *request = EMU_CONTAINER(node, struct ds_plain_request, link);

        if ((request->said.tag & mask) != value)
            continue;
        met++;
        running |=
            ds_plain_stop_locked(request, RINGER_DS_CANCELLED, (struct ds_origin){0}, &ending);
    }
    ReleaseSRWLockExclusive(&ds->lock);
    if (running)
        ds_plain_interrupt(ds);
    ds_plain_end(ds, &ending);
    return met < INT_MAX ? (int)met : INT_MAX;
}

int ringer_ds_cancel_all(struct ringer_ds *ds)
{
    return ringer_ds_cancel(ds, 0, 0);
}

int ringer_ds_wait_all(struct ringer_ds *ds, uint64_t timeout_ns)
{
    uint64_t now, until;
    bool ended;

    if (!ds)
        return -EINVAL;
    if (ds_plain_inside(ds))
        return -EDEADLK;
    now = ds_plain_now();
    until = timeout_ns < UINT64_MAX - now ? now + timeout_ns : UINT64_MAX;
    AcquireSRWLockExclusive(&ds->lock);
    while (ds->counters.in_flight && (until == UINT64_MAX || (now = ds_plain_now()) < until))
        SleepConditionVariableSRW(&ds->changed, &ds->lock,
                                  until == UINT64_MAX ? INFINITE : ds_plain_ms(until - now), 0);
    ended = !ds->counters.in_flight;
    ReleaseSRWLockExclusive(&ds->lock);
    return ended ? 0 : -ETIMEDOUT;
}

int ringer_ds_take_completed(struct ringer_ds *ds, struct ringer_ds_result *results, size_t count,
                             size_t result_nbytes)
{
    size_t known = result_nbytes < sizeof *results ? result_nbytes : sizeof *results;
    char *at = (char *)results;
    struct emu_list *node;
    int taken = 0;

    if (!ds || (count && !results) || !result_nbytes)
        return -EINVAL;
    AcquireSRWLockExclusive(&ds->lock);
    while ((size_t)taken < count && taken < INT_MAX && (node = emu_list_take_first(&ds->done))) {
        struct ds_plain_request *request = EMU_CONTAINER(node, struct ds_plain_request, link);

        memset(at, 0, result_nbytes);
        memcpy(at, &request->result, known);
        at += result_nbytes;
        taken++;
        ds->counters.untaken--;
        emu_list_append(&ds->spare, node);
    }
    ReleaseSRWLockExclusive(&ds->lock);
    return taken;
}

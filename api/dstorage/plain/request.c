/* SPDX-License-Identifier: MIT */
/* Taking requests: what is refused, and what the engine is told of the rest. */
#include "api/dstorage/io.h"
#include "api/dstorage/plain/plain.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* All was checked when it was taken. What the file holds shows when it is read. */
static HRESULT no_check(const struct ds_entry *entry)
{
    (void)entry;
    return S_OK;
}

const struct ds_front ds_plain_front = {
    .check = no_check, .end = ds_plain_ended, .all_formats = true};

/* Why a request is not taken, and the line that saw it. */
struct fault {
    int error;
    unsigned line;
};
#define FAULT(error) ((struct fault){error, __LINE__})
static const struct fault good;

static struct fault check_words(const struct ringer_ds_request *request)
{
    if ((unsigned)request->kind > RINGER_DS_REQUEST_WRITE)
        return FAULT(EINVAL);
    if ((unsigned)request->compression > RINGER_DS_ZSTD)
        return FAULT(EINVAL);
    if ((unsigned)request->memory_kind > RINGER_DS_MEMORY_GPU)
        return FAULT(EINVAL);
    if (request->flags & ~(RINGER_DS_CHAINED | RINGER_DS_MAY_END))
        return FAULT(EINVAL);
    if (request->memory_kind == RINGER_DS_MEMORY_GPU)
        return FAULT(ENOTSUP);
    if (request->compression && request->kind == RINGER_DS_REQUEST_WRITE)
        return FAULT(EINVAL);
    if (request->compression &&
        !ringer_codec_available((enum ringer_codec_format)request->compression))
        return FAULT(ENOTSUP);
    return good;
}

static struct fault check_sizes(const struct ringer_ds *ds, const struct ringer_ds_request *request)
{
    uint64_t most = request->compression ? ds->params.staging_nbytes : RINGER_DS_MAX_NBYTES;

    if (request->nbytes > most)
        return FAULT(EMSGSIZE);
    if (request->raw_nbytes > most)
        return FAULT(EMSGSIZE);
    if (request->offset > INT64_MAX || request->offset + request->nbytes > INT64_MAX)
        return FAULT(EINVAL);
    if (!request->compression && request->raw_nbytes && request->raw_nbytes != request->nbytes)
        return FAULT(EINVAL);
    if (!request->memory && (request->compression ? request->raw_nbytes : request->nbytes))
        return FAULT(EINVAL);
    return good;
}

static struct fault check_file(const struct ringer_ds_file *file,
                               const struct ringer_ds_request *request)
{
    bool writes = request->kind == RINGER_DS_REQUEST_WRITE;

    if (!(file->flags & (writes ? RINGER_DS_WRITE : RINGER_DS_READ)))
        return FAULT(EACCES);
    if (file->base.stream && request->offset)
        return FAULT(ESPIPE);
    if (writes && file->base.unbuffered &&
        (request->offset | request->nbytes | (uintptr_t)request->memory) % DS_PAGE)
        return FAULT(EINVAL);
    return good;
}

static void fill_entry(struct ringer_ds *ds, struct ds_plain_request *request)
{
    const struct ringer_ds_request *said = &request->said;
    struct ds_entry *entry = &request->entry;
    UINT32 raw = (UINT32)(said->compression ? said->raw_nbytes : said->nbytes);

    entry->queue = &ds->queue;
    entry->type = DSTORAGE_COMMAND_TYPE_REQUEST;
    entry->submitted = true;
    entry->stage = DS_STAGE_NEW;
    entry->request.Options.SourceType = DSTORAGE_REQUEST_SOURCE_FILE;
    entry->request.Options.CompressionFormat = (UINT8)said->compression;
    entry->request.Source.File.Offset = said->offset;
    entry->request.Source.File.Size = (UINT32)said->nbytes;
    entry->request.Destination.Memory.Buffer = said->memory;
    entry->request.Destination.Memory.Size = raw;
    entry->request.UncompressedSize = raw;
    entry->write = said->kind == RINGER_DS_REQUEST_WRITE;
    entry->may_end = !said->compression && said->flags & RINGER_DS_MAY_END;
    entry->nbytes = said->compression ? NULL : &request->moved;
}

static struct ds_plain_request *request_new(struct ringer_ds *ds)
{
    struct emu_list *node;
    struct ds_plain_request *request;

    AcquireSRWLockExclusive(&ds->lock);
    node = emu_list_take_first(&ds->spare);
    ReleaseSRWLockExclusive(&ds->lock);
    request = node ? EMU_CONTAINER(node, struct ds_plain_request, link) : malloc(sizeof *request);
    if (request)
        *request = (struct ds_plain_request){.deadline_ns = UINT64_MAX};
    return request;
}

static struct fault check(const struct ringer_ds *ds, const struct ringer_ds_request *said)
{
    struct fault fault;

    if (!ds_plain_all_zero(said, sizeof *said, said->size))
        return FAULT(EINVAL);
    fault = check_words(said);
    return fault.error ? fault : check_sizes(ds, said);
}

/* A request with a hold on its file. */
static struct fault request_make(struct ringer_ds *ds, const struct ringer_ds_request *said,
                                 struct ds_plain_request **request_out)
{
    struct ringer_ds_file *file;
    struct ds_plain_request *request = NULL;
    struct fault fault = check(ds, said);

    if (fault.error)
        return fault;
    file = ds_plain_file_hold(ds, said->file);
    if (!file)
        return FAULT(EBADF);
    fault = check_file(file, said);
    if (!fault.error && !(request = request_new(ds)))
        fault = FAULT(ENOMEM);
    if (fault.error) {
        ds_plain_file_drop(file);
        return fault;
    }
    request->said = *said;
    request->entry.file = &file->base;
    request->result.tag = said->tag;
    request->result.user = said->user;
    fill_entry(ds, request);
    *request_out = request;
    return good;
}

/* Which request of a call was refused, and what it said. */
static int refuse(struct ringer_ds *ds, const struct ringer_ds_request *said, size_t index,
                  struct fault fault)
{
    struct ringer_ds_error told = {
        .subsystem = "request",
        .operation = "enqueue",
        .file = DS_FILE_NAME,
        .line = fault.line,
        .error = fault.error,
        .code = ds_plain_hresult_of(fault.error),
        .fd = -1,
        .index = index,
    };
    struct ringer_ds_file *file = said ? ds_plain_file_hold(ds, said->file) : NULL;

    if (said) {
        told.offset = said->offset;
        told.nbytes = said->nbytes;
        told.memory = said->memory;
        told.memory_kind = said->memory_kind;
        told.tag = said->tag;
        told.user = said->user;
    }
    if (file) {
        told.path = file->path;
        told.fd = file->fd;
    }
    ds_plain_tell(ds, &told);
    if (file)
        ds_plain_file_drop(file);
    return -fault.error;
}

static void unmake(struct ringer_ds *ds, struct emu_list *made)
{
    for (struct emu_list *node; (node = emu_list_take_first(made));) {
        struct ds_plain_request *request = EMU_CONTAINER(node, struct ds_plain_request, link);

        ds_plain_file_drop((struct ringer_ds_file *)request->entry.file);
        AcquireSRWLockExclusive(&ds->lock);
        emu_list_append(&ds->spare, &request->link);
        ReleaseSRWLockExclusive(&ds->lock);
    }
}

/* Into the runtime, all at once, so that chains of several threads do not mix. */
static struct fault publish(struct ringer_ds *ds, struct emu_list *made, size_t count,
                            uint64_t *first_id_out)
{
    struct ringer_ds_counters *counters = &ds->counters;
    struct ds_plain_request *before = NULL;
    struct fault fault = good;

    AcquireSRWLockExclusive(&ds->lock);
    if (ds->closed)
        fault = FAULT(ESHUTDOWN);
    else if (counters->queued + counters->in_flight + counters->untaken + count >
             ds->params.max_requests)
        fault = FAULT(EAGAIN);
    if (!fault.error && first_id_out)
        *first_id_out = ds->next_id;
    for (struct emu_list *node; !fault.error && (node = emu_list_take_first(made));) {
        struct ds_plain_request *request = EMU_CONTAINER(node, struct ds_plain_request, link);

        request->result.id = ds->next_id++;
        request->state = DS_PLAIN_QUEUED;
        if (request->said.flags & RINGER_DS_CHAINED) {
            request->prev = before;
            before->next = request;
        }
        before = request;
        emu_list_append(&ds->live, &request->link);
        emu_list_append(&ds->queued, &request->entry.link);
        counters->enqueued++;
        counters->queued++;
    }
    ReleaseSRWLockExclusive(&ds->lock);
    return fault;
}

/* The i-th of a call, whose elements are as long as the first. */
static struct fault take(struct ringer_ds *ds, const struct ringer_ds_request *said, size_t i,
                         size_t nbytes, struct ds_plain_request **request_out)
{
    if (said->size != nbytes)
        return FAULT(EINVAL);
    if (!i && said->flags & RINGER_DS_CHAINED)
        return FAULT(EINVAL);
    return request_make(ds, said, request_out);
}

int ringer_ds_enqueue(struct ringer_ds *ds, const struct ringer_ds_request *requests, size_t count,
                      uint64_t *first_id_out)
{
    const char *at = (const char *)requests;
    struct emu_list made;
    struct fault fault;

    if (!ds)
        return -EINVAL;
    if (!count)
        return 0;
    if (!requests)
        return refuse(ds, NULL, 0, FAULT(EINVAL));
    if (requests->size < sizeof *requests || requests->size % _Alignof(uint64_t))
        return refuse(ds, NULL, 0, FAULT(EINVAL));
    if (count > ds->params.max_requests)
        return refuse(ds, requests, 0, FAULT(EAGAIN));
    emu_list_init(&made);
    for (size_t i = 0; i < count; i++, at += requests->size) {
        const struct ringer_ds_request *said = (const void *)at;
        struct ds_plain_request *request;

        fault = take(ds, said, i, requests->size, &request);
        if (fault.error) {
            unmake(ds, &made);
            return refuse(ds, said, i, fault);
        }
        emu_list_append(&made, &request->link);
    }
    fault = publish(ds, &made, count, first_id_out);
    if (!fault.error)
        return 0;
    unmake(ds, &made);
    return refuse(ds, requests, 0, fault);
}

static void submit_locked(struct ringer_ds *ds, struct ds_plain_request *request,
                          struct emu_list *ready, uint64_t now)
{
    uint64_t timeout = request->said.timeout_ns;

    request->submitted = true;
    if (timeout) {
        request->deadline_ns = timeout < UINT64_MAX - now ? now + timeout : UINT64_MAX;
        if (request->deadline_ns < ds->timer.next_ns) {
            ds->timer.next_ns = request->deadline_ns;
            WakeConditionVariable(&ds->timer.sooner);
        }
    }
    request->state = request->prev ? DS_PLAIN_WAITING : DS_PLAIN_RUNNING;
    if (request->state == DS_PLAIN_RUNNING)
        emu_list_append(ready, &request->entry.link);
    ds->counters.queued--;
    ds->counters.in_flight++;
    ds->counters.submitted++;
}

static bool timed_locked(const struct ringer_ds *ds)
{
    const struct emu_list *node;

    emu_list_for_each(node, &ds->queued) {
        if (EMU_CONTAINER(node, struct ds_plain_request, entry.link)->said.timeout_ns)
            return true;
    }
    return false;
}

int ringer_ds_submit_all(struct ringer_ds *ds)
{
    struct emu_list ready, *node;
    uint64_t now = ds_plain_now();
    int count = 0, error = 0;

    if (!ds)
        return -EINVAL;
    emu_list_init(&ready);
    AcquireSRWLockExclusive(&ds->lock);
    if (ds->closed)
        error = ESHUTDOWN;
    else if (!ds->timer.thread && timed_locked(ds))
        error = ds_plain_timer_start_locked(ds);
    while (!error && count < INT_MAX && (node = emu_list_take_first(&ds->queued))) {
        submit_locked(ds, EMU_CONTAINER(node, struct ds_plain_request, entry.link), &ready, now);
        count++;
    }
    ReleaseSRWLockExclusive(&ds->lock);
    if (error)
        return DS_PLAIN_REFUSE(ds, "runtime", "submit", error, NULL);
    ds_schedule_submit(ds->runtime, &ready, DSTORAGE_PRIORITY_NORMAL);
    return count;
}

/* SPDX-License-Identifier: MIT */
/*
 * A request's way: looked at, read, delivered. What is uncompressed goes to its destination
 * directly where file, offset and memory are aligned for an unbuffered read, and else through a
 * bounce of the same pages. What is compressed, or has to wait with its destination for a fence, is
 * read whole into staging memory.
 */
#include "api/dstorage/codes.h"
#include "api/dstorage/io.h"
#include "api/dstorage/request.h"
#include "api/dstorage/runtime.h"
#include "api/dstorage/user_memory.h"

#define WHOLE 4u                        /* quarters of the staging memory */
#define AHEAD_OF_FENCE 2u               /* the rest is for requests that nothing holds back */
#define DIRECT_WORTH ((UINT64)64 << 10) /* a shorter head is not worth a read of its own */

#define AGAIN 3u

static bool cancelled(struct ds_entry *entry)
{
    return ds_get(&entry->cancelled) != 0;
}

void ds_load_end_from(struct ds_entry *entry, HRESULT hr, const char *file, unsigned line)
{
    if (entry->block)
        ds_runtime_unstage(entry->queue->runtime, entry->block);
    entry->block = NULL;
    if (entry->wish.granted)
        ds_runtime_forgo(entry);
    entry->is_due = false;
    if (FAILED(hr) && !entry->origin.file)
        entry->origin = (struct ds_origin){file, line};
    entry->queue->front->end(entry, hr);
}

static HRESULT copy_to_destination(const DSTORAGE_DESTINATION_MEMORY *to, const void *from,
                                   bool users)
{
    if (!to->Size)
        return S_OK;
    if (!users)
        return ds_copy_out(to->Buffer, from, to->Size) ? S_OK : DS_E_DESTINATION_MEMORY;
    if (!ds_can_fill(to->Buffer, to->Size))
        return DS_E_DESTINATION_MEMORY;
    return ds_copy_in(to->Buffer, from, to->Size) ? S_OK : DS_E_SOURCE_MEMORY;
}

void ds_load_deliver(struct ds_entry *entry)
{
    struct ds_runtime *runtime = entry->queue->runtime;
    unsigned format = entry->request.Options.CompressionFormat;

    ds_runtime_lend(entry, false);
    if (format == DSTORAGE_COMPRESSION_FORMAT_NONE)
        ds_load_end(entry, copy_to_destination(&entry->request.Destination.Memory, entry->source,
                                               !entry->block));
    else if (entry->queue->front->all_formats || (ds_format_builtin(format) && ds_pool_works(&runtime->pool)))
        ds_pool_add(&runtime->pool, entry);
    else
        ds_custom_add(runtime, entry);
}

/* The source is at entry->source. The destination may have to wait for a fence. */
static void loaded(struct ds_entry *entry)
{
    struct ds_runtime *runtime = entry->queue->runtime;

    entry->stage = DS_STAGE_LOADED;
    if (cancelled(entry)) {
        ds_load_end(entry, S_OK);
        return;
    }
    if (entry->group && !ds_group_is_ready(runtime, entry->group)) {
        ds_runtime_lend(entry, true);
        if (ds_group_park(runtime, entry->group, &entry->link))
            return;
    }
    ds_load_deliver(entry);
}

/* A memory source. Compressed data is taken a copy of: the decoder must not see it change. */
static void from_memory(struct ds_entry *entry)
{
    const DSTORAGE_SOURCE_MEMORY *source = &entry->request.Source.Memory;
    bool later;

    entry->source = source->Source;
    if (ds_format_builtin(entry->request.Options.CompressionFormat) && source->Size) {
        struct ds_staging_block *block = ds_runtime_stage(entry, source->Size, WHOLE, true, &later);

        if (!block && later)
            return;
        entry->block = block;
        if (!block) {
            ds_load_end(entry, E_OUTOFMEMORY);
            return;
        }
        entry->source = entry->block->memory;
        if (!ds_copy_in(entry->block->memory, source->Source, source->Size)) {
            ds_load_end(entry, DS_E_SOURCE_MEMORY);
            return;
        }
    }
    loaded(entry);
}

/* NULL: as much is under way as may be. */
static struct ds_read *read_take(struct ds_io *io)
{
    struct emu_list *node = NULL;
    struct ds_read *read;

    AcquireSRWLockExclusive(&io->lock);
    if (io->in_flight_nbytes < DS_READ_NBYTES)
        node = emu_list_take_first(&io->free);
    ReleaseSRWLockExclusive(&io->lock);
    if (!node)
        return NULL;
    read = EMU_CONTAINER(node, struct ds_read, link);
    read->nbytes = 0;
    return read;
}

static void read_give(struct ds_read *read)
{
    struct ds_io *io = read->io;

    if (read->bounce)
        ds_runtime_unstage(io->runtime, read->bounce);
    read->bounce = NULL;
    AcquireSRWLockExclusive(&io->lock);
    read->entry = NULL;
    io->in_flight_nbytes -= read->nbytes;
    emu_list_append(&io->free, &read->link);
    ReleaseSRWLockExclusive(&io->lock);
}

static UINT64 page_down(UINT64 offset)
{
    return offset & ~(UINT64)(DS_PAGE - 1);
}

static UINT64 page_up(UINT64 offset)
{
    return page_down(offset + DS_PAGE - 1);
}

/* The bytes of the next read that go straight to the destination; 0 when it needs a bounce. */
static UINT32 direct_nbytes(const struct ds_entry *entry, UINT64 begin, UINT64 end)
{
    const char *to = entry->request.Destination.Memory.Buffer;
    UINT64 at = entry->next_offset, left = end - at, whole = page_down(left);

    if (!entry->file->unbuffered)
        whole = left;
    else if (at < begin || at % DS_PAGE || ((uintptr_t)to + (at - begin)) % DS_PAGE ||
             (whole < left && whole < DIRECT_WORTH))
        return 0;
    return (UINT32)(whole < DS_READ_MAX ? whole : DS_READ_MAX);
}

static UINT32 most_nbytes(const struct ds_entry *entry)
{
    UINT64 left = entry->read_end - entry->next_offset;

    return (UINT32)(left < DS_READ_MAX ? left : DS_READ_MAX);
}

/* Fills in the next read: so many bytes straight to the destination, over bounce, or into the block. */
static void read_plan(struct ds_read *read, struct ds_entry *entry, UINT32 direct,
                      struct ds_staging_block *bounce)
{
    const DSTORAGE_SOURCE_FILE *source = &entry->request.Source.File;
    UINT64 begin = source->Offset, end = begin + source->Size, at = entry->next_offset;
    char *destination = entry->request.Destination.Memory.Buffer;

    read->nbytes = direct ? direct : most_nbytes(entry);
    AcquireSRWLockExclusive(&read->io->lock); /* who cancels looks */
    read->entry = entry;
    read->file = entry->file->handle;
    read->io->in_flight_nbytes += read->nbytes;
    ReleaseSRWLockExclusive(&read->io->lock);
    read->again = 0;
    read->offset = at;
    read->bounce = bounce;
    read->skip = 0;
    if (direct) {
        read->to = ds_address(destination, at - begin);
    } else if (bounce) {
        read->to = bounce->memory;
        read->skip = at < begin ? (UINT32)(begin - at) : 0;
        read->user = ds_address(destination, at + read->skip - begin);
    } else {
        read->to =
            entry->block->memory + (at - (entry->file->unbuffered ? page_down(begin) : begin));
    }
    read->needed = (UINT32)(end - at < read->nbytes ? end - at : read->nbytes);
    read->rest = entry->file->serial ? (UINT32)(end - at) - read->needed : 0;
    read->user_nbytes = read->needed - (bounce ? read->skip : 0);
}

static void reads_done(struct ds_entry *entry)
{
    HRESULT hr = ds_get(&entry->result);

    if (FAILED(hr) || cancelled(entry) || !entry->block) {
        ds_load_end(entry, hr);
        return;
    }
    loaded(entry);
}

static void fail_once_from(struct ds_entry *entry, HRESULT hr, unsigned line)
{
    if (InterlockedCompareExchange(&entry->result, hr, S_OK) == S_OK)
        entry->origin = (struct ds_origin){DS_FILE_NAME, line};
}
#define fail_once(entry, hr) fail_once_from(entry, hr, __LINE__)

/* Less came, or went, than was asked for: the file shrank, or ends there, or could not grow. */
static HRESULT too_short(const struct ds_entry *entry)
{
    if (entry->write)
        return HRESULT_FROM_WIN32(ERROR_DISK_FULL);
    return entry->may_end ? S_OK : DS_E_BEYOND_END;
}

static void count(const struct ds_read *read, UINT32 nbytes)
{
    if (read->entry->nbytes)
        InterlockedExchangeAdd64(read->entry->nbytes, nbytes);
}

/*
 * Of what was cancelled, or failed on a stream: it is in the program's memory and nowhere else, or
 * with the peer.
 */
static void count_anyway(const struct ds_read *read, HRESULT hr, UINT32 nbytes)
{
    if (!read->bounce && (SUCCEEDED(hr) || read->entry->file->stream))
        count(read, nbytes < read->needed ? nbytes : read->needed);
}

static HRESULT outcome(const struct ds_read *read, HRESULT hr, UINT32 nbytes)
{
    UINT32 come = read->user_nbytes;

    if (FAILED(hr))
        count_anyway(read, hr, nbytes);

    /* The kernel met a bad address: only the destination can be one. */
    if (hr == HRESULT_FROM_WIN32(ERROR_NOACCESS))
        return DS_E_DESTINATION_MEMORY;
    if (hr == HRESULT_FROM_WIN32(ERROR_HANDLE_EOF) || (SUCCEEDED(hr) && nbytes < read->needed)) {
        nbytes = FAILED(hr) ? 0 : nbytes;
        come = nbytes > read->skip ? nbytes - read->skip : 0;
        hr = too_short(read->entry);
        if (FAILED(hr))
            count_anyway(read, hr, nbytes);
    }
    if (FAILED(hr))
        return hr;
    if (read->bounce && !ds_copy_out(read->user, read->to + read->skip, come))
        return DS_E_DESTINATION_MEMORY;
    count(read, come);
    return S_OK;
}

/* As a ring says it, and as ReadFile does. */
static bool aborted(HRESULT hr)
{
    return hr == E_ABORT || hr == HRESULT_FROM_WIN32(ERROR_OPERATION_ABORTED);
}

/* The next part of a serial file, behind what came or went. */
static void move_on(struct ds_read *read, UINT32 nbytes)
{
    UINT32 left = read->needed - nbytes + read->rest;
    UINT32 part = left < DS_READ_MAX ? left : DS_READ_MAX;

    count(read, nbytes);
    AcquireSRWLockExclusive(&read->io->lock);
    read->io->in_flight_nbytes += part;
    read->io->in_flight_nbytes -= read->nbytes;
    read->nbytes = part;
    ReleaseSRWLockExclusive(&read->io->lock);
    read->needed = read->user_nbytes = part;
    read->rest = left - part;
    read->to += nbytes;
    read->offset += nbytes;
}

/*
 * Is another step due? A stream gives what it has: that is enough for who said so, others want all. A
 * cancel may have been meant for the read that was here before.
 */
static bool goes_on(struct ds_read *read, HRESULT hr, UINT32 nbytes)
{
    struct ds_entry *entry = read->entry;
    bool serial = entry->file && entry->file->serial;

    if (cancelled(entry) || (nbytes > read->needed && serial))
        return false;
    if (aborted(hr)) {
        if (read->again++ >= AGAIN)
            return false;
        if (serial && nbytes)
            move_on(read, nbytes);
        return true;
    }
    if (!serial || FAILED(hr) || !nbytes || (UINT64)read->needed + read->rest == nbytes ||
        (entry->may_end && !entry->write))
        return false;
    move_on(read, nbytes);
    return true;
}

void ds_load_read_ended(struct ds_read *read, HRESULT hr, UINT32 nbytes)
{
    struct ds_entry *entry = read->entry;

    ds_touch(&entry->queue->object, false, DS_PART_CANCELLED);
    if (goes_on(read, hr, nbytes)) {
        hr = read->io->ops->start(read->io, read);
        if (SUCCEEDED(hr)) {
            ds_io_cancel_read(read); /* who cancelled between the two found nothing under way */
            return;
        }
        nbytes = 0;
    }
    if (!cancelled(entry))
        hr = outcome(read, hr, nbytes);
    else
        count_anyway(read, hr, nbytes);
    if (FAILED(hr))
        fail_once(entry, hr);
    read_give(read);
    if (InterlockedDecrement(&entry->reads) == 0)
        reads_done(entry);
}

/*
 * Issues what can be issued. False: no read is free, and the entry is to be given another turn. An
 * entry that waits for staging memory is with those that do, and comes back by the schedule.
 */
static bool issue(struct ds_io *io, struct ds_entry *entry)
{
    while (entry->next_offset < entry->read_end && !FAILED(ds_get(&entry->result)) &&
           !cancelled(entry)) {
        const DSTORAGE_SOURCE_FILE *source = &entry->request.Source.File;
        UINT32 direct =
            entry->block ? 0 : direct_nbytes(entry, source->Offset, source->Offset + source->Size);
        struct ds_staging_block *bounce = NULL;
        struct ds_read *read = read_take(io);
        bool later = false;
        HRESULT hr;

        if (!read)
            return false;
        if (!direct && !entry->block)
            bounce = ds_runtime_stage(entry, most_nbytes(entry), WHOLE, true, &later);
        if (later) {
            read_give(read);
            return true;
        }
        if (!direct && !entry->block && !bounce) {
            read_give(read);
            fail_once(entry, E_OUTOFMEMORY);
            break;
        }
        read_plan(read, entry, direct, bounce);
        entry->next_offset += (UINT64)read->nbytes + read->rest;
        if (entry->next_offset >=
            entry->request.Source.File.Offset + entry->request.Source.File.Size)
            entry->next_offset = entry->read_end;
        InterlockedIncrement(&entry->reads);
        hr = io->ops->start(io, read);
        if (FAILED(hr))
            ds_load_read_ended(read, hr, 0);
    }
    if (InterlockedDecrement(&entry->reads) == 0)
        reads_done(entry);
    return true;
}

static bool begin_new(struct ds_io *io, struct ds_entry *entry);

/* ahead: the fence has not come yet, by which the destination may be written. */
static bool from_file(struct ds_io *io, struct ds_entry *entry, bool whole, bool ahead)
{
    const DSTORAGE_SOURCE_FILE *source = &entry->request.Source.File;
    UINT64 begin = source->Offset, end = begin + source->Size;

    if (entry->file->unbuffered) {
        begin = page_down(begin);
        end = page_up(end);
    }
    if (whole) {
        bool later;
        struct ds_staging_block *block = ds_runtime_stage(
            entry, end - begin, ahead ? AHEAD_OF_FENCE : WHOLE, !ahead, &later);

        /* [D] Reading ahead of the fence is allowed, not owed: others need the memory. */
        if (!block && later)
            return !ahead || ds_group_park(entry->queue->runtime, entry->group, &entry->link) ||
                   begin_new(io, entry);
        entry->block = block;
        if (!block) {
            ds_load_end(entry, E_OUTOFMEMORY);
            return true;
        }
        entry->source = entry->block->memory + (source->Offset - begin);
    }
    entry->next_offset = begin;
    entry->read_end = end;
    entry->result = S_OK;
    entry->reads = 1;
    entry->stage = DS_STAGE_READ;
    return issue(io, entry);
}

static bool begin_new(struct ds_io *io, struct ds_entry *entry)
{
    struct ds_runtime *runtime = entry->queue->runtime;
    HRESULT hr = entry->queue->front->check(entry);
    bool waits, whole;

    if (SUCCEEDED(hr) && entry->group && entry->group->bad)
        hr = DS_E_FENCE;
    if (FAILED(hr)) {
        ds_load_end(entry, hr);
        return true;
    }
    waits = entry->group && !ds_group_is_ready(runtime, entry->group);
    if (waits && entry->group->before_source && ds_group_park(runtime, entry->group, &entry->link))
        return true;
    waits = waits && !entry->group->before_source;
    if (entry->request.Options.SourceType == DSTORAGE_REQUEST_SOURCE_MEMORY) {
        from_memory(entry);
        return true;
    }
    if (!entry->request.Source.File.Size) {
        loaded(entry); /* nothing to read; what is no stream is the decoder's to say */
        return true;
    }
    whole = waits || entry->request.Options.CompressionFormat != DSTORAGE_COMPRESSION_FORMAT_NONE;
    return from_file(io, entry, whole, waits);
}

static void step_again(struct ds_later *later)
{
    struct ds_entry *entry = EMU_CONTAINER(later, struct ds_entry, later);

    entry->is_due = true;
    ds_schedule_resume_one(later->runtime, entry);
}

/* What reads no file would be over at once, before all that does. Simulated, it takes its time, too. */
static bool put_off(struct ds_entry *entry)
{
    bool reads = entry->request.Options.SourceType == DSTORAGE_REQUEST_SOURCE_FILE &&
                 entry->request.Source.File.Size && !cancelled(entry) &&
                 !(entry->group && entry->group->bad) &&
                 SUCCEEDED(entry->queue->front->check(entry));

    if (reads || entry->is_due)
        return false;
    entry->later.run = step_again;
    ds_put_off(entry->queue->runtime, &entry->later);
    return true;
}

bool ds_load_step(struct ds_io *io, struct ds_entry *entry)
{
    switch (entry->stage) {
    case DS_STAGE_READ:
        return issue(io, entry);
    case DS_STAGE_LOADED:
        if (cancelled(entry))
            ds_load_end(entry, S_OK);
        else
            ds_load_deliver(entry);
        return true;
    default:
        if (ds_simulated() && put_off(entry))
            return true;
        if (!cancelled(entry))
            return begin_new(io, entry);
        ds_load_end(entry, S_OK);
        return true;
    }
}

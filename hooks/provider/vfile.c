/* SPDX-License-Identifier: MIT */
/* Virtual files and reading them: sizes are kept, short answers are completed, everything ends
 * once. */
#include "hooks/provider/vfs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ringer_vfile *rp_vfile_new(const WCHAR *path, struct ringer_source *source, void *file,
                                  const struct ringer_file_info *info)
{
    size_t nchars = rp_length(path) + 1;
    struct ringer_vfile *vfile = malloc(sizeof *vfile + nchars * sizeof *path);

    if (!vfile)
        return NULL;
    *vfile = (struct ringer_vfile){.source = source, .file = file, .info = *info};
    atomic_init(&vfile->references, 1);
    memcpy(vfile->path, path, nchars * sizeof *path);
    ringer_source_acquire(source);
    return vfile;
}

void ringer_vfile_acquire(struct ringer_vfile *file)
{
    atomic_fetch_add(&file->references, 1);
}

void ringer_vfile_release(struct ringer_vfile *file)
{
    if (!file || atomic_fetch_sub(&file->references, 1) != 1)
        return;
    rp_source_close(file->source, file->file);
    ringer_source_release(file->source);
    free(file);
}

const WCHAR *ringer_vfile_path(const struct ringer_vfile *file)
{
    return file->path;
}

void ringer_vfile_info(const struct ringer_vfile *file, struct ringer_file_info *info_out)
{
    *info_out = file->info;
}

UINT64 ringer_vfile_size(const struct ringer_vfile *file)
{
    return file->info.size;
}

UINT32 ringer_vfile_flags(const struct ringer_vfile *file)
{
    return file->source->provider->flags;
}

static struct ringer_vread *read_of(struct ringer_call *call)
{
    return (struct ringer_vread *)((char *)call - offsetof(struct ringer_vread, call));
}

/* The read is the caller's again, and the file may go: last. */
static void finish(struct ringer_vread *read, NTSTATUS status)
{
    struct ringer_vfile *file = read->file;

    read->done(read, status, status >= 0 ? read->got : 0);
    ringer_vfile_release(file);
}

static void ask_rest(struct ringer_vread *read)
{
    rp_source_read(read->file->source, read->file->file, read->offset + read->got,
                   read->buffer + read->got, read->length - read->got, &read->call);
}

/*
 * A provider that gives little at a time is asked again. It may answer before it returns, and then
 * we are inside our own question: the loop that asked goes on, so that the stack does not grow.
 */
static void answered(struct ringer_call *call, NTSTATUS status, UINT32 count)
{
    struct ringer_vread *read = read_of(call);
    UINT32 asking = RP_READ_ASKING;

    read->got += status >= 0 ? count : 0;
    read->status = status;
    if (status < 0 || !count || read->got == read->length)
        read->over = 1;
    /* Pairs with ask_all: whoever comes second goes on. */
    if (__atomic_compare_exchange_n(&read->state, &asking, RP_READ_ANSWERED, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return;
    rp_ask_all(read);
}

void rp_ask_all(struct ringer_vread *read)
{
    while (!read->over) {
        UINT32 asking = RP_READ_ASKING;

        __atomic_store_n(&read->state, RP_READ_ASKING, __ATOMIC_RELEASE);
        ask_rest(read);
        if (__atomic_compare_exchange_n(&read->state, &asking, RP_READ_LEFT, 0, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE))
            return; /* the answer comes later, and goes on from there */
    }
    /* Nothing where the size says there is something: the file has become shorter. */
    finish(read, read->status >= 0 && !read->got ? RP_END_OF_FILE : read->status);
}

struct ask_job {
    struct rp_job job;
    struct ringer_vread *read;
};

static void run_ask(struct rp_job *job)
{
    struct ringer_vread *read = ((struct ask_job *)(void *)job)->read;

    free(job);
    rp_ask_all(read);
}

static bool ask_elsewhere(struct ringer_vread *read)
{
    struct ask_job *job = malloc(sizeof *job);

    if (!job)
        return false;
    *job = (struct ask_job){.job.run = run_ask, .read = read};
    if (rp_job_post(&job->job, 0))
        return true;
    free(job);
    return false;
}

void ringer_vfile_read(struct ringer_vfile *file, UINT64 offset, void *buffer, UINT32 length,
                       UINT32 flags, struct ringer_vread *read)
{
    DWORD error = GetLastError();
    int saved = errno;

    ringer_vfile_acquire(file);
    *read = (struct ringer_vread){.done = read->done,
                                  .call.answered = answered,
                                  .file = file,
                                  .offset = offset,
                                  .buffer = buffer,
                                  .length = length,
                                  .flags = flags};
    if (!length) {
        finish(read, RP_SUCCESS);
    } else if (offset >= file->info.size) {
        finish(read, RP_END_OF_FILE);
    } else {
        if (length > file->info.size - offset)
            read->length = (UINT32)(file->info.size - offset);
        if (!(flags & RINGER_VREAD_ASYNC) ||
            !(ringer_vfile_flags(file) & RINGER_PROVIDER_MAY_BLOCK) || !ask_elsewhere(read))
            rp_ask_all(read);
    }
    errno = saved;
    SetLastError(error);
}

struct waited {
    struct ringer_vread read;
    SRWLOCK lock;
    CONDITION_VARIABLE wake;
    bool over;
    NTSTATUS status;
    UINT32 count;
};

static void waited_done(struct ringer_vread *read, NTSTATUS status, UINT32 count)
{
    struct waited *waited = (struct waited *)(void *)read;

    AcquireSRWLockExclusive(&waited->lock);
    waited->status = status;
    waited->count = count;
    waited->over = true;
    WakeConditionVariable(&waited->wake);
    ReleaseSRWLockExclusive(&waited->lock);
}

NTSTATUS ringer_vfile_read_wait(struct ringer_vfile *file, UINT64 offset, void *buffer,
                                UINT32 length, UINT32 *count_out)
{
    struct waited waited = {
        .read.done = waited_done, .lock = SRWLOCK_INIT, .wake = CONDITION_VARIABLE_INIT};
    DWORD error = GetLastError();

    ringer_vfile_read(file, offset, buffer, length, RINGER_VREAD_INLINE, &waited.read);
    AcquireSRWLockExclusive(&waited.lock);
    while (!waited.over)
        SleepConditionVariableSRW(&waited.wake, &waited.lock, INFINITE, 0);
    ReleaseSRWLockExclusive(&waited.lock);
    *count_out = waited.count;
    SetLastError(error);
    return waited.status;
}

void ringer_vfile_cancel(struct ringer_vfile *file, struct ringer_vread *read)
{
    rp_source_cancel(file->source, file->file, &read->call);
}

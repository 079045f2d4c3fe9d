/* SPDX-License-Identifier: MIT */
/* Sources made of other sources or of a real file. */
#include "hooks/provider/provider.h"

#include <stdlib.h>
#include <string.h>

struct part {
    struct ringer_source *source;
    UINT64 from;   /* in the source */
    UINT64 nbytes; /* that the whole takes of it */
};

struct composed {
    size_t count;
    UINT32 flags;
    struct part parts[];
};

static NTSTATUS composed_query(void *context, void *file, struct ringer_file_info *info_out)
{
    const struct composed *composed = context;

    for (size_t i = 0; i < composed->count; i++)
        info_out->size += composed->parts[i].nbytes;
    return RP_SUCCESS;
}

/*
 * Only what lies in the part where the read begins: the layer asks again for the rest. The parts
 * have no file of their own open, so they are sources that need none.
 */
static NTSTATUS composed_read(void *context, void *file, UINT64 offset, void *buffer, UINT32 length,
                              ringer_read_token token, UINT32 *done_out)
{
    const struct composed *composed = context;

    for (size_t i = 0; i < composed->count; i++) {
        const struct part *part = &composed->parts[i];

        if (offset < part->nbytes) {
            UINT64 here = part->nbytes - offset;

            return part->source->provider->read(part->source->context, NULL, part->from + offset,
                                                buffer, here < length ? (UINT32)here : length,
                                                token, done_out);
        }
        offset -= part->nbytes;
    }
    *done_out = 0;
    return RP_SUCCESS;
}

static void composed_cancel(void *context, void *file, ringer_read_token token)
{
    const struct composed *composed = context;

    for (size_t i = 0; i < composed->count; i++)
        if (composed->parts[i].source->provider->cancel)
            composed->parts[i].source->provider->cancel(composed->parts[i].source->context, NULL,
                                                        token);
}

static void composed_destroy(void *context)
{
    struct composed *composed = context;

    for (size_t i = 0; i < composed->count; i++)
        ringer_source_release(composed->parts[i].source);
    free(composed);
}

static const struct ringer_provider composed_provider = {
    .size = sizeof(struct ringer_provider),
    .version = RINGER_PROVIDER_VERSION,
    .flags = RINGER_PROVIDER_THREAD_SAFE | RINGER_PROVIDER_IMMUTABLE | RINGER_PROVIDER_MAY_BLOCK,
    .query = composed_query,
    .read = composed_read,
    .cancel = composed_cancel,
    .destroy = composed_destroy,
};

struct ringer_source *ringer_source_concat(struct ringer_source *const parts[], size_t count)
{
    struct composed *composed = calloc(1, sizeof *composed + count * sizeof composed->parts[0]);
    struct ringer_source *source = NULL;
    bool good = composed != NULL;

    for (size_t i = 0; good && i < count; i++) {
        struct ringer_file_info info;

        good = parts[i] && !parts[i]->provider->open && rp_source_query(parts[i], NULL, &info) >= 0;
        if (good)
            composed->parts[composed->count++] = (struct part){parts[i], 0, info.size};
    }
    if (good)
        source = ringer_source_create(&composed_provider, composed);
    if (!source) {
        free(composed);
        for (size_t i = 0; i < count; i++)
            ringer_source_release(parts[i]);
    }
    return source;
}

struct ringer_source *ringer_source_slice(struct ringer_source *inner, UINT64 offset, UINT64 nbytes)
{
    struct ringer_source *source = ringer_source_concat(&inner, 1);
    struct part *part;

    if (!source)
        return NULL;
    part = ((struct composed *)source->context)->parts;
    if (offset > part->nbytes)
        offset = part->nbytes;
    part->from = offset;
    part->nbytes = nbytes < part->nbytes - offset ? nbytes : part->nbytes - offset;
    return source;
}

/* ---- a real file ---- */

struct real {
    HANDLE handle; /* opened for OVERLAPPED, so reads have no position to fight for */
    UINT64 offset, nbytes;
};

static NTSTATUS real_query(void *context, void *file, struct ringer_file_info *info_out)
{
    const struct real *real = context;

    info_out->size = real->nbytes;
    return RP_SUCCESS;
}

static NTSTATUS real_read(void *context, void *file, UINT64 offset, void *buffer, UINT32 length,
                          ringer_read_token token, UINT32 *done_out)
{
    const struct real *real = context;
    OVERLAPPED overlapped = {0};
    DWORD count = 0;
    BOOL good;

    offset += real->offset;
    overlapped.Offset = (DWORD)offset;
    overlapped.OffsetHigh = (DWORD)(offset >> 32);
    /* An event for each: the file's own would wake whoever reads beside us. */
    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!overlapped.hEvent)
        return RP_NO_MEMORY;
    good = ReadFile(real->handle, buffer, length, NULL, &overlapped);
    if (good || GetLastError() == ERROR_IO_PENDING)
        good = GetOverlappedResult(real->handle, &overlapped, &count, TRUE);
    else if (GetLastError() == ERROR_HANDLE_EOF)
        good = TRUE;
    CloseHandle(overlapped.hEvent);
    *done_out = count;
    return good ? RP_SUCCESS : (NTSTATUS)(0xC0070000u | (GetLastError() & 0xFFFF));
}

static void real_destroy(void *context)
{
    struct real *real = context;

    ringer_bypass_enter();
    CloseHandle(real->handle);
    ringer_bypass_leave();
    free(real);
}

static const struct ringer_provider real_provider = {
    .size = sizeof(struct ringer_provider),
    .version = RINGER_PROVIDER_VERSION,
    .flags = RINGER_PROVIDER_THREAD_SAFE | RINGER_PROVIDER_MAY_BLOCK,
    .query = real_query,
    .read = real_read,
    .destroy = real_destroy,
};

struct ringer_source *ringer_source_file(const WCHAR *path, UINT64 offset, UINT64 nbytes)
{
    struct real *real = calloc(1, sizeof *real);
    struct ringer_source *source = NULL;
    LARGE_INTEGER size;

    if (!real)
        return NULL;
    ringer_bypass_enter();
    real->handle = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                               OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    if (real->handle != INVALID_HANDLE_VALUE && GetFileSizeEx(real->handle, &size) &&
        offset <= (UINT64)size.QuadPart) {
        real->offset = offset;
        real->nbytes = (UINT64)size.QuadPart - offset;
        if (nbytes < real->nbytes)
            real->nbytes = nbytes;
        source = ringer_source_create(&real_provider, real);
    }
    if (!source && real->handle != INVALID_HANDLE_VALUE)
        CloseHandle(real->handle);
    ringer_bypass_leave();
    if (!source)
        free(real);
    return source;
}

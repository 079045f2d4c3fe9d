// SPDX-License-Identifier: MIT
/*
 * Registered files and buffers. A registration takes effect where it stands in the queue: the
 * processor replaces the whole table, so every later entry sees the new one and none the old.
 */
#include "emu/base/mutant.h"
#include "emu/base/status.h"
#include "emu/base/usermem.h"
#include "emu/host.h"
#include "emu/ring/order.h"

#include <stdlib.h>

/* [R] GRI (hooks.md R2) reached 65,536; [I] that this is the limit. */
#define MOST_ENTRIES 65536u

/*
 * Zero entries. Conflict row IB8 <-> IS4 and the documentation: with a pointer, E_INVALIDARG was seen;
 * with NULL the CQE was no failure. Until a machine settles it the pointer decides [I]: NULL empties
 * the table.
 */
static NTSTATUS empty_registration(const void *user)
{
    if (user)
        return EMU_MUTANT(zero_count_taken) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    return EMU_MUTANT(zero_count_null_refused) ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

/* Copies a user's array; *copy_out is the caller's to free. */
static NTSTATUS copy_array(const void *user, uint32_t count, size_t entry_nbytes, void **copy_out)
{
    void *copy;

    if (count > MOST_ENTRIES)
        return STATUS_INVALID_PARAMETER;
    copy = malloc(count * entry_nbytes);
    if (!copy)
        return STATUS_INSUFFICIENT_RESOURCES;
    /* [R] IC9: an array that is gone when the registration runs is ERROR_NOACCESS in its CQE. */
    if (!emu_copy_from_user(copy, user, count * entry_nbytes)) {
        free(copy);
        return STATUS_ACCESS_VIOLATION;
    }
    *copy_out = copy;
    return STATUS_SUCCESS;
}

void emu_ring_files_free(struct emu_ring_files *files)
{
    for (uint32_t i = 0; files && i < files->count; i++)
        if (files->slots[i].file)
            emu_object_release(&files->slots[i].file->obj);
    free(files);
}

/* [D] INVALID_HANDLE_VALUE leaves a slot unused. [I] Any other bad handle fails the whole request. */
static NTSTATUS resolve_files(const uint64_t *handles, uint32_t count, struct emu_ring_files **out)
{
    struct emu_ring_files *files =
        calloc(1, sizeof *files + (size_t)count * sizeof files->slots[0]);

    if (!files)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (; files->count < count; files->count++) {
        struct emu_ring_file *slot = &files->slots[files->count];
        NTSTATUS status;

        if (handles[files->count] == UINT64_MAX && !EMU_MUTANT(sparse_refused))
            continue;
        /* The table holds its own reference: closing the handle later changes nothing [I]. */
        status = emu_host->file_from_handle(handles[files->count], &slot->file, &slot->access);
        if (emu_status_failed(status)) {
            emu_ring_files_free(files);
            return status;
        }
    }
    *out = files;
    return STATUS_SUCCESS;
}

/* Lets the engine know the files it can address by index; what it declines goes by descriptor. */
static void offer_files(struct emu_ring *ring, struct emu_ring_files *files)
{
    int *fds = malloc((files->count ? files->count : 1) * sizeof *fds);
    bool any = false;

    for (uint32_t i = 0; fds && i < files->count; i++) {
        const struct emu_file *file = files->slots[i].file;

        fds[i] = file && !file->synchronous && file->kind == EMU_FILE_DISK ? file->fd : -1;
        any |= fds[i] >= 0;
    }
    if (any)
        files->fixed = ring->queue->ops->register_files(ring->queue, fds, files->count);
    else
        ring->queue->ops->register_files(ring->queue, NULL, 0);
    free(fds);
}

NTSTATUS emu_ring_register_files(struct emu_ring *ring, const NT_IORING_OP_REGISTER_FILES *request)
{
    struct emu_ring_files *files = NULL;
    NTSTATUS status;
    void *handles;

    if (request->Flags.Required)
        return STATUS_IORING_REQUIRED_FLAG_NOT_SUPPORTED;
    if (!request->Count) {
        status = empty_registration(request->Handles);
    } else {
        status = copy_array(request->Handles, request->Count, sizeof(uint64_t), &handles);
        if (!emu_status_failed(status)) {
            status = resolve_files(handles, request->Count, &files);
            free(handles);
        }
    }
    /* [I] A registration that fails leaves the table as it was. */
    if (emu_status_failed(status))
        return status;
    if (ring->files && EMU_MUTANT(files_not_replaced)) {
        emu_ring_files_free(files);
        return STATUS_SUCCESS;
    }
    if (files)
        offer_files(ring, files);
    else
        ring->queue->ops->register_files(ring->queue, NULL, 0);
    if (!EMU_MUTANT(files_stale))
        emu_ring_forget_file(ring); /* its index may mean another file now */
    emu_ring_files_free(ring->files);
    ring->files = files;
    emu_order_registered(ring);
    return STATUS_SUCCESS;
}

NTSTATUS emu_ring_register_buffers(struct emu_ring *ring,
                                   const NT_IORING_OP_REGISTER_BUFFERS *request)
{
    struct emu_ring_buffers *buffers = NULL;
    IORING_BUFFER_INFO *infos;
    NTSTATUS status;
    void *copy;

    if (request->Flags.Required)
        return STATUS_IORING_REQUIRED_FLAG_NOT_SUPPORTED;
    if (!request->Count) {
        status = empty_registration(request->Buffers);
        if (emu_status_failed(status))
            return status;
        ring->queue->ops->register_buffers(ring->queue, NULL, 0);
    } else {
        status = copy_array(request->Buffers, request->Count, sizeof *infos, &copy);
        if (emu_status_failed(status))
            return status;
        infos = copy;
        buffers = calloc(1, sizeof *buffers + request->Count * sizeof buffers->slots[0]);
        for (uint32_t i = 0; buffers && i < request->Count; i++)
            /* [D] NULL with length 0 leaves a slot unused; [R] a length of 0 alone is accepted. */
            buffers->slots[i] = (struct emu_engine_buffer){infos[i].Address, infos[i].Length};
        free(infos);
        if (!buffers)
            return STATUS_INSUFFICIENT_RESOURCES;
        buffers->count = request->Count;
        if (ring->buffers && ring->buffers->count > buffers->count && EMU_MUTANT(buffers_merged)) {
            for (uint32_t i = 0; i < buffers->count; i++)
                ring->buffers->slots[i] = buffers->slots[i];
            ring->buffers->fixed = 0;
            free(buffers);
            return STATUS_SUCCESS;
        }
        buffers->fixed =
            ring->queue->ops->register_buffers(ring->queue, buffers->slots, buffers->count);
    }
    free(ring->buffers);
    ring->buffers = buffers;
    emu_order_registered(ring);
    return STATUS_SUCCESS;
}

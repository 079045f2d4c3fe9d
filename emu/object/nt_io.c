// SPDX-License-Identifier: MIT
/* NtReadFile, NtWriteFile, their kind with segments, NtFlushBuffersFile, NtCancelIoFileEx. */
#include "emu/object/disk.h"
#include "emu/object/file_access.h"
#include "emu/object/handle.h"
#include "emu/object/request.h"

#include "emu/base/sim.h"
#include "emu/base/usermem.h"

#include <stdlib.h>
#include <winternl.h>

#define OFFSET_END (-1)      /* FILE_WRITE_TO_END_OF_FILE */
#define OFFSET_POSITION (-2) /* FILE_USE_FILE_POINTER_POSITION */

/* A handle may have less access than its file. */
static NTSTATUS lookup_for(emu_handle handle, uint8_t op, struct emu_file **file_out)
{
    struct emu_object *obj;
    uint32_t access;
    NTSTATUS status = emu_handle_lookup(handle, EMU_ACCESS_ANY, &emu_file_object_ops, &obj, &access);

    if (status != STATUS_SUCCESS)
        return status;
    if (!emu_file_may(access, op)) {
        emu_object_release(obj);
        return STATUS_ACCESS_DENIED;
    }
    *file_out = emu_file_from_object(obj);
    return STATUS_SUCCESS;
}

static NTSTATUS set_offset(struct emu_io *io, const int64_t *user_offset)
{
    struct emu_file *file = io->file;
    int64_t offset = OFFSET_POSITION;

    if (emu_file_is_stream(file)) {
        io->offset = 0;
        return STATUS_SUCCESS;
    }
    if (user_offset && !emu_copy_from_user(&offset, user_offset, sizeof offset))
        return STATUS_ACCESS_VIOLATION;
    if (io->op == EMU_IO_WRITE && offset == OFFSET_END) {
        io->flags |= EMU_IO_APPEND | EMU_IO_SET_POSITION;
    } else if (offset == OFFSET_POSITION) {
        /* [D] Only a synchronous file object has a position. */
        if (!file->synchronous)
            return STATUS_INVALID_PARAMETER;
        io->flags |= EMU_IO_USE_POSITION;
    } else if (offset < 0) {
        return STATUS_INVALID_PARAMETER;
    } else {
        io->offset = (uint64_t)offset;
        io->flags |= EMU_IO_SET_POSITION;
    }
    return STATUS_SUCCESS;
}

/* [D] One page a segment, page-aligned, on a handle without buffering; the last may be partial. */
static NTSTATUS take_segments(struct emu_request *request, const uint64_t *user, uint32_t nbytes)
{
    const uint32_t page_nbytes = 4096;
    uint32_t count = (uint32_t)(((uint64_t)nbytes + page_nbytes - 1) / page_nbytes);
    uint64_t *pages;

    if (!request->io.file->unbuffered)
        return STATUS_INVALID_PARAMETER;
    pages = malloc((count + 1) * sizeof *pages);
    request->segments = malloc((count + 1) * sizeof *request->segments);
    if (!pages || !request->segments) {
        free(pages);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (!emu_copy_from_user(pages, user, count * sizeof *pages)) {
        free(pages);
        return STATUS_ACCESS_VIOLATION;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t left = nbytes - i * page_nbytes;

        request->segments[i] = (struct iovec){(void *)(uintptr_t)pages[i],
                                              left < page_nbytes ? left : page_nbytes};
    }
    free(pages);
    request->io.segments = request->segments;
    request->io.segment_count = count;
    return STATUS_SUCCESS;
}

static NTSTATUS fill(struct emu_request *request, const struct emu_transfer *t)
{
    NTSTATUS status = STATUS_SUCCESS;

    request->io.buffer = t->buffer;
    request->io.length = t->nbytes;
    if (t->apc_routine)
        status = emu_request_call(request, t->apc_routine, t->apc_context);
    if (status == STATUS_SUCCESS && t->segments)
        status = take_segments(request, t->segments, t->nbytes);
    return status == STATUS_SUCCESS ? set_offset(&request->io, t->offset) : status;
}

NTSTATUS emu_nt_transfer_file(emu_handle handle, uint32_t write, const struct emu_transfer *t)
{
    uint8_t op = write ? EMU_IO_WRITE : EMU_IO_READ;
    struct emu_request *request;
    struct emu_file *file;
    NTSTATUS status = lookup_for(handle, op, &file);

    if (status != STATUS_SUCCESS)
        return status;
    emu_sim_before(RINGER_SIM_CALL_FILE, false);
    /* [D] The context is the routine's where there is one, else a packet's. */
    status = emu_request_create(file, op, t->event, t->apc_routine ? 0 : t->apc_context, t->iosb,
                                &request);
    if (status == STATUS_SUCCESS) {
        status = fill(request, t);
        if (status == STATUS_SUCCESS)
            status = emu_request_run(request);
        else
            emu_request_release(request);
    }
    emu_object_release(&file->obj);
    return status;
}

NTSTATUS emu_nt_read_file(emu_handle file, emu_handle event, uint64_t apc_context,
                          struct emu_iosb *iosb, void *buffer, uint32_t nbytes,
                          const int64_t *offset, const uint32_t *key)
{
    struct emu_transfer t = {event, 0, apc_context, iosb, buffer, NULL, nbytes, offset};

    (void)key; /* byte-range locks are not built, so no key ever matters */
    return emu_nt_transfer_file(file, 0, &t);
}

NTSTATUS emu_nt_write_file(emu_handle file, emu_handle event, uint64_t apc_context,
                           struct emu_iosb *iosb, const void *buffer, uint32_t nbytes,
                           const int64_t *offset, const uint32_t *key)
{
    struct emu_transfer t = {event, 0, apc_context, iosb, (void *)(uintptr_t)buffer, NULL, nbytes,
                             offset};

    (void)key;
    return emu_nt_transfer_file(file, 1, &t);
}

NTSTATUS emu_nt_flush_buffers_file(emu_handle handle, struct emu_iosb *iosb)
{
    struct emu_request *request;
    struct emu_file *file;
    NTSTATUS status = lookup_for(handle, EMU_IO_FLUSH, &file);

    if (status != STATUS_SUCCESS)
        return status;
    status = emu_request_create(file, EMU_IO_FLUSH, 0, 0, iosb, &request);
    if (status == STATUS_SUCCESS) {
        request->waits = true; /* [D] a flush returns when it is done, whatever the handle */
        status = emu_request_run(request);
    }
    emu_object_release(&file->obj);
    return status;
}

static bool match_iosb(const struct emu_io *io, void *arg)
{
    /* NULL: all, those of rings too [D]. Else only ours: a ring entry's tag is the user's number. */
    return !arg || (io->owner == &emu_request_owner && io->tag == (uintptr_t)arg);
}

NTSTATUS emu_nt_cancel_io_file_ex(emu_handle handle, const struct emu_iosb *iosb_to_cancel,
                                  struct emu_iosb *iosb)
{
    struct emu_file *file;
    NTSTATUS status;

    if (!emu_probe_user(iosb, sizeof *iosb))
        return STATUS_ACCESS_VIOLATION;
    status = emu_file_lookup(handle, EMU_ACCESS_ANY, &file);
    if (status != STATUS_SUCCESS)
        return status;
    emu_sim_before(RINGER_SIM_CALL_CANCEL, false);
    emu_io_sim_cancels(file, iosb_to_cancel ? (uintptr_t)iosb_to_cancel : 0,
                       iosb_to_cancel ? (uintptr_t)iosb_to_cancel + 1 : UINT64_MAX);
    if (!emu_io_cancel_asked(file, match_iosb, (void *)(uintptr_t)iosb_to_cancel))
        status = STATUS_NOT_FOUND;
    emu_object_release(&file->obj);
    (void)emu_write_iosb(iosb, status, 0);
    return status;
}

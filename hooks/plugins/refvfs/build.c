/* SPDX-License-Identifier: MIT */
/* The Build functions: straight through, or into our queue with the refusals that the system makes.
 */
#include "hooks/plugins/refvfs/ring.h"
#include "hooks/plugins/layer/mutant.h"

#include <stdlib.h>
#include <string.h>

#ifndef CO_E_NOT_SUPPORTED
#    define CO_E_NOT_SUPPORTED ((HRESULT)0x80004021)
#endif

#define RING HIORING
#define FILE_REF IORING_HANDLE_REF
#define BUFFER_REF IORING_BUFFER_REF

static HRESULT(WINAPI *vl_original_BuildIoRingReadFile)(RING, FILE_REF, BUFFER_REF, UINT32, UINT64,
                                                        UINT_PTR, IORING_SQE_FLAGS);
static HRESULT(WINAPI *vl_original_BuildIoRingWriteFile)(RING, FILE_REF, BUFFER_REF, UINT32, UINT64,
                                                         FILE_WRITE_FLAGS, UINT_PTR,
                                                         IORING_SQE_FLAGS);
static HRESULT(WINAPI *vl_original_BuildIoRingFlushFile)(RING, FILE_REF, FILE_FLUSH_MODE, UINT_PTR,
                                                         IORING_SQE_FLAGS);
static HRESULT(WINAPI *vl_original_BuildIoRingCancelRequest)(RING, FILE_REF, UINT_PTR, UINT_PTR);
static HRESULT(WINAPI *vl_original_BuildIoRingRegisterFileHandles)(RING, UINT32, HANDLE const *,
                                                                   UINT_PTR);
static HRESULT(WINAPI *vl_original_BuildIoRingRegisterBuffers)(RING, UINT32,
                                                               IORING_BUFFER_INFO const *,
                                                               UINT_PTR);
static HRESULT(WINAPI *vl_original_BuildIoRingReadFileScatter)(RING, FILE_REF, UINT32,
                                                               FILE_SEGMENT_ELEMENT *, UINT32,
                                                               UINT64, UINT_PTR, IORING_SQE_FLAGS);
static HRESULT(WINAPI *vl_original_BuildIoRingWriteFileGather)(RING, FILE_REF, UINT32,
                                                               FILE_SEGMENT_ELEMENT *, UINT32,
                                                               UINT64, FILE_WRITE_FLAGS, UINT_PTR,
                                                               IORING_SQE_FLAGS);
static BOOL(WINAPI *vl_original_IsIoRingOpSupported)(RING, IORING_OP_CODE);

HRESULT rv_build_real(struct rv_op *op)
{
    HIORING ring = atomic_load(&op->ring->handle);
    IORING_SQE_FLAGS flags = (IORING_SQE_FLAGS)op->flags;

    switch ((int)op->code) {
    case IORING_OP_READ:
        return vl_original_BuildIoRingReadFile(ring, op->file, op->buffer, op->length, op->offset,
                                               op->number, flags);
    case IORING_OP_WRITE:
        return vl_original_BuildIoRingWriteFile(ring, op->file, op->buffer, op->length, op->offset,
                                                (FILE_WRITE_FLAGS)op->mode, op->number, flags);
    case IORING_OP_FLUSH:
        return vl_original_BuildIoRingFlushFile(ring, op->file, (FILE_FLUSH_MODE)op->mode,
                                                op->number, flags);
    case IORING_OP_CANCEL:
        return vl_original_BuildIoRingCancelRequest(ring, op->file, op->cancel_id, op->number);
    case IORING_OP_REGISTER_FILES:
        return vl_original_BuildIoRingRegisterFileHandles(ring, op->count, op->array, op->number);
    case IORING_OP_REGISTER_BUFFERS:
        return vl_original_BuildIoRingRegisterBuffers(ring, op->count, op->array, op->number);
    case IORING_OP_READ_SCATTER:
        return vl_original_BuildIoRingReadFileScatter(ring, op->file, op->count, (void *)op->array,
                                                      op->length, op->offset, op->number, flags);
    default:
        return vl_original_BuildIoRingWriteFileGather(
            ring, op->file, op->count, (void *)op->array, op->length, op->offset,
            (FILE_WRITE_FLAGS)op->mode, op->number, flags);
    }
}

/* ---- which way ---- */

static bool names_virtual(FILE_REF file)
{
    return file.Kind == IORING_REF_RAW && vl_is_virtual(file.Handle.Handle);
}

/*
 * The ring, when the entry goes into our queue: it was turned, or is by this. Rings that we did not
 * see being made may have an event and operations that we do not know: they stay the system's.
 */
static struct rv_ring *ours(RING handle, bool is_virtual)
{
    struct rv_ring *ring = ringer_bypass_active() || rv_by_handle ? NULL : rv_ring_find(handle);

    if (!ring || (!atomic_load_explicit(&ring->mixed, memory_order_acquire) &&
                  (!is_virtual || !rv_ring_mix(ring))))
        return NULL;
    return ring;
}

static HRESULT through(RING handle, HRESULT hr)
{
    struct rv_ring *ring = SUCCEEDED(hr) && !ringer_bypass_active() ? rv_ring_find(handle) : NULL;

    if (ring) /* one builder at a time: no read-modify-write */
        atomic_store_explicit(&ring->built_through,
                              atomic_load_explicit(&ring->built_through, memory_order_relaxed) + 1,
                              memory_order_relaxed);
    return hr;
}

/* Straight through to a virtual file: fetched here and now, unless the service will see to it. */
static HRESULT fetch_now(RING handle, FILE_REF file, UINT64 offset, UINT32 length)
{
    bool later = rv_by_handle && rv_ring_find(handle);
    struct vl_open *open = later || ringer_bypass_active() || file.Kind != IORING_REF_RAW
                               ? NULL
                               : vl_open_acquire(file.Handle.Handle);
    LARGE_INTEGER given = {.QuadPart = (LONGLONG)offset};
    NTSTATUS status = open && vl_read_from(file.Handle.Handle, open, &given, &offset)
                          ? vl_fill_wait(open, offset, length)
                          : VL_SUCCESS;

    vl_open_release(open);
    return status < 0 ? rv_hresult(status) : S_OK;
}

/* The system's checks, in the system's order. */
static HRESULT check(struct rv_ring *ring, IORING_OP_CODE code, UINT32 flags, UINT32 file_kind,
                     UINT32 buffer_kind)
{
    bool unchecked =
        (ring->info.Flags.Advisory & 1) != 0; /* IORING_CREATE_SKIP_BUILDER_PARAM_CHECKS */

    if (VL_MUTANT(build_unchecked))
        return S_OK;
    if (!vl_original_IsIoRingOpSupported(atomic_load(&ring->handle), code))
        return CO_E_NOT_SUPPORTED;
    if (flags == 1 && (int)ring->info.IoRingVersion < 300)
        return CO_E_NOT_SUPPORTED;
    if ((flags & ~1u) && !unchecked)
        return IORING_E_REQUIRED_FLAG_NOT_SUPPORTED;
    if (ring->built.count + ring->raw_built >= ring->info.SubmissionQueueSize &&
        !VL_MUTANT(no_room_taken))
        return IORING_E_SUBMISSION_QUEUE_FULL;
    if ((file_kind > 1 || buffer_kind > 1) && !unchecked)
        return E_INVALIDARG;
    return S_OK;
}

/* Defects of those who look at Build at what is meant when the entry starts. */
static void resolve_early(struct rv_op *op)
{
    HANDLE *handle = &op->file.Handle.Handle;

    if (op->code == IORING_OP_READ && op->file.Kind == IORING_REF_REGISTERED &&
        op->file.Handle.Index < op->ring->file_count && VL_MUTANT(index_at_build))
        op->file = (FILE_REF){IORING_REF_RAW, {op->ring->files[op->file.Handle.Index].number}};
    if (op->code == IORING_OP_READ && op->file.Kind == IORING_REF_RAW &&
        VL_MUTANT(handle_at_build)) {
        struct vl_open *open = vl_open_acquire(*handle);

        if (open && DuplicateHandle(GetCurrentProcess(), *handle, GetCurrentProcess(), handle, 0,
                                    FALSE, DUPLICATE_SAME_ACCESS))
            vl_handle_add(*handle, open);
        else
            vl_open_release(open);
    }
    if (op->code == IORING_OP_REGISTER_FILES && VL_MUTANT(table_at_build) && rv_note_tables(op)) {
        AcquireSRWLockExclusive(&op->ring->lock);
        rv_take_table_locked(op);
        ReleaseSRWLockExclusive(&op->ring->lock);
    }
}

static HRESULT add(struct rv_ring *ring, const struct rv_op *values)
{
    HRESULT hr = check(ring, values->code, values->flags, (UINT32)values->file.Kind,
                       (UINT32)values->buffer.Kind);
    struct rv_op *op, *next;
    UINT_PTR number;

    if (FAILED(hr))
        return hr;
    AcquireSRWLockExclusive(&ring->lock);
    op = rv_op_take_locked(ring);
    if (op) {
        next = op->next;
        number = op->number;
        *op = *values;
        op->next = next;
        op->number = number;
        op->ring = ring;
        op->state = RV_BUILT;
        op->drain = (values->flags & 1) && !VL_MUTANT(drain_ignored);
        op->flags = values->flags & ~1u;
        rv_list_append(&ring->built, op);
    }
    ReleaseSRWLockExclusive(&ring->lock);
    if (op)
        resolve_early(op);
    return op ? S_OK : E_OUTOFMEMORY;
}

/* ---- the functions ---- */

static HRESULT WINAPI detour_BuildIoRingReadFile(RING handle, FILE_REF file, BUFFER_REF buffer,
                                                 UINT32 nbytes, UINT64 offset, UINT_PTR user_data,
                                                 IORING_SQE_FLAGS flags)
{
    bool is_virtual = names_virtual(file);
    struct rv_ring *ring = ours(handle, is_virtual);
    HRESULT hr = ring || !is_virtual ? S_OK : fetch_now(handle, file, offset, nbytes);

    if (ring)
        return add(ring, &(struct rv_op){.code = IORING_OP_READ,
                                         .file = file,
                                         .buffer = buffer,
                                         .length = nbytes,
                                         .offset = offset,
                                         .user_data = user_data,
                                         .flags = (UINT32)flags});
    if (is_virtual && VL_MUTANT(ring_unknown))
        return S_OK;
    if (FAILED(hr))
        return hr; /* there is no completion that could say it */
    return through(handle, vl_original_BuildIoRingReadFile(handle, file, buffer, nbytes, offset,
                                                           user_data, flags));
}

static HRESULT WINAPI detour_BuildIoRingWriteFile(RING handle, FILE_REF file, BUFFER_REF buffer,
                                                  UINT32 nbytes, UINT64 offset,
                                                  FILE_WRITE_FLAGS mode, UINT_PTR user_data,
                                                  IORING_SQE_FLAGS flags)
{
    struct rv_ring *ring = ours(handle, names_virtual(file));

    if (ring)
        return add(ring, &(struct rv_op){.code = IORING_OP_WRITE,
                                         .file = file,
                                         .buffer = buffer,
                                         .length = nbytes,
                                         .offset = offset,
                                         .mode = (UINT32)mode,
                                         .user_data = user_data,
                                         .flags = (UINT32)flags});
    return through(handle, vl_original_BuildIoRingWriteFile(handle, file, buffer, nbytes, offset,
                                                            mode, user_data, flags));
}

static HRESULT WINAPI detour_BuildIoRingFlushFile(RING handle, FILE_REF file, FILE_FLUSH_MODE mode,
                                                  UINT_PTR user_data, IORING_SQE_FLAGS flags)
{
    struct rv_ring *ring = ours(handle, names_virtual(file));

    if (ring)
        return add(ring, &(struct rv_op){.code = IORING_OP_FLUSH,
                                         .file = file,
                                         .mode = (UINT32)mode,
                                         .user_data = user_data,
                                         .flags = (UINT32)flags});
    return through(handle, vl_original_BuildIoRingFlushFile(handle, file, mode, user_data, flags));
}

static HRESULT WINAPI detour_BuildIoRingCancelRequest(RING handle, FILE_REF file, UINT_PTR target,
                                                      UINT_PTR user_data)
{
    struct rv_ring *ring = VL_MUTANT(cancel_passed_on) ? NULL : ours(handle, names_virtual(file));

    if (ring)
        return add(ring, &(struct rv_op){.code = IORING_OP_CANCEL,
                                         .file = file,
                                         .cancel_id = target,
                                         .user_data = user_data});
    return through(handle, vl_original_BuildIoRingCancelRequest(handle, file, target, user_data));
}

#define MOST_FILES 65536u

bool rv_is_readable(const void *bytes, size_t nbytes)
{
    const char *at = bytes, *end = at + nbytes;

    while (at < end) {
        MEMORY_BASIC_INFORMATION info;

        if (!VirtualQuery(at, &info, sizeof info) || info.State != MEM_COMMIT ||
            (info.Protect & (PAGE_NOACCESS | PAGE_GUARD)))
            return false;
        at = (const char *)info.BaseAddress + info.RegionSize;
    }
    return true;
}

static bool any_virtual(HANDLE const *handles, UINT32 count)
{
    for (UINT32 i = 0; i < count; i++)
        if (vl_is_virtual(handles[i]))
            return true;
    return false;
}

static HRESULT WINAPI detour_BuildIoRingRegisterFileHandles(RING handle, UINT32 count,
                                                            HANDLE const handles[],
                                                            UINT_PTR user_data)
{
    bool readable =
        count && handles && count <= MOST_FILES && rv_is_readable(handles, count * sizeof *handles);
    struct rv_ring *ring = ours(handle, readable && any_virtual(handles, count));
    struct rv_op values = {
        .code = IORING_OP_REGISTER_FILES, .count = count, .array = handles, .user_data = user_data};
    HRESULT hr;

    if (!ring)
        return through(
            handle, vl_original_BuildIoRingRegisterFileHandles(handle, count, handles, user_data));
    if (readable) {
        values.copy = malloc(count * sizeof *values.copy);
        if (!values.copy)
            return E_OUTOFMEMORY;
        memcpy(values.copy, handles, count * sizeof *values.copy);
        values.array = values.copy;
    }
    hr = add(ring, &values);
    if (FAILED(hr) && VL_MUTANT(table_before_check)) {
        values.ring = ring;
        rv_note_tables(&values);
        AcquireSRWLockExclusive(&ring->lock);
        rv_take_table_locked(&values);
        ReleaseSRWLockExclusive(&ring->lock);
    }
    if (FAILED(hr))
        free(values.copy);
    return hr;
}

static HRESULT WINAPI detour_BuildIoRingRegisterBuffers(RING handle, UINT32 count,
                                                        IORING_BUFFER_INFO const buffers[],
                                                        UINT_PTR user_data)
{
    /* Those defects need the table from before the turn. */
    struct rv_ring *ring =
        ours(handle, VL_MUTANT(buffer_offset_lost) || VL_MUTANT(bounds_unchecked));

    if (ring)
        return add(ring, &(struct rv_op){.code = IORING_OP_REGISTER_BUFFERS,
                                         .count = count,
                                         .array = buffers,
                                         .user_data = user_data});
    return through(handle,
                   vl_original_BuildIoRingRegisterBuffers(handle, count, buffers, user_data));
}

static HRESULT WINAPI detour_BuildIoRingReadFileScatter(RING handle, FILE_REF file, UINT32 count,
                                                        FILE_SEGMENT_ELEMENT segments[],
                                                        UINT32 nbytes, UINT64 offset,
                                                        UINT_PTR user_data, IORING_SQE_FLAGS flags)
{
    bool is_virtual = names_virtual(file) && !VL_MUTANT(scatter_not_hooked);
    struct rv_ring *ring = ours(handle, is_virtual);
    HRESULT hr = ring || !is_virtual ? S_OK : fetch_now(handle, file, offset, nbytes);

    if (ring)
        return add(ring, &(struct rv_op){.code = IORING_OP_READ_SCATTER,
                                         .file = file,
                                         .count = count,
                                         .array = segments,
                                         .length = nbytes,
                                         .offset = offset,
                                         .user_data = user_data,
                                         .flags = (UINT32)flags});
    if (FAILED(hr))
        return hr;
    return through(handle, vl_original_BuildIoRingReadFileScatter(
                               handle, file, count, segments, nbytes, offset, user_data, flags));
}

static HRESULT WINAPI detour_BuildIoRingWriteFileGather(RING handle, FILE_REF file, UINT32 count,
                                                        FILE_SEGMENT_ELEMENT segments[],
                                                        UINT32 nbytes, UINT64 offset,
                                                        FILE_WRITE_FLAGS mode, UINT_PTR user_data,
                                                        IORING_SQE_FLAGS flags)
{
    struct rv_ring *ring = ours(handle, names_virtual(file));

    if (ring)
        return add(ring, &(struct rv_op){.code = IORING_OP_WRITE_GATHER,
                                         .file = file,
                                         .count = count,
                                         .array = segments,
                                         .length = nbytes,
                                         .offset = offset,
                                         .mode = (UINT32)mode,
                                         .user_data = user_data,
                                         .flags = (UINT32)flags});
    return through(handle,
                   vl_original_BuildIoRingWriteFileGather(handle, file, count, segments, nbytes,
                                                          offset, mode, user_data, flags));
}

const struct vl_detour rv_build_detours[] = {
    {VL_W("kernelbase"), "IsIoRingOpSupported", NULL, (void **)&vl_original_IsIoRingOpSupported},
    VL_DETOUR("kernelbase", BuildIoRingReadFile),
    VL_DETOUR("kernelbase", BuildIoRingWriteFile),
    VL_DETOUR("kernelbase", BuildIoRingFlushFile),
    VL_DETOUR("kernelbase", BuildIoRingCancelRequest),
    VL_DETOUR("kernelbase", BuildIoRingRegisterFileHandles),
    VL_DETOUR("kernelbase", BuildIoRingRegisterBuffers),
    VL_DETOUR("kernelbase", BuildIoRingReadFileScatter),
    VL_DETOUR("kernelbase", BuildIoRingWriteFileGather),
    VL_DETOUR_END,
};

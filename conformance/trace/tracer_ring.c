/* SPDX-License-Identifier: MIT */
/* Wrappers of ioringapi.h. */
#include "conformance/trace/tracer.h"

#include <stdlib.h>

TRACER_REAL(QueryIoRingCapabilities);
TRACER_REAL(IsIoRingOpSupported);
TRACER_REAL(CreateIoRing);
TRACER_REAL(GetIoRingInfo);
TRACER_REAL(SubmitIoRing);
TRACER_REAL(CloseIoRing);
TRACER_REAL(PopIoRingCompletion);
TRACER_REAL(SetIoRingCompletionEvent);
TRACER_REAL(BuildIoRingCancelRequest);
TRACER_REAL(BuildIoRingReadFile);
TRACER_REAL(BuildIoRingWriteFile);
TRACER_REAL(BuildIoRingFlushFile);
TRACER_REAL(BuildIoRingRegisterFileHandles);
TRACER_REAL(BuildIoRingRegisterBuffers);
TRACER_REAL(BuildIoRingReadFileScatter);
TRACER_REAL(BuildIoRingWriteFileGather);

enum { ARRAY_LIMIT = 4096 }; /* elements of an array argument that are written down */

static void in_ring(struct cf_trace_call *call, HIORING ring)
{
    char sym[TRACER_SYM];

    cf_trace_in_sym(call, "ring", tracer_name(ring, sym));
}

static void in_file(struct cf_trace_call *call, IORING_HANDLE_REF file)
{
    char sym[TRACER_SYM];

    if (file.Kind == IORING_REF_REGISTERED)
        cf_trace_in_u64(call, "file_index", file.Handle.Index);
    else
        cf_trace_in_sym(call, "file", tracer_name(file.Handle.Handle, sym));
}

static void in_buffer(struct cf_trace_call *call, IORING_BUFFER_REF buffer, UINT32 nbytes)
{
    char sym[TRACER_SYM];

    if (buffer.Kind == IORING_REF_REGISTERED) {
        cf_trace_in_u64(call, "buf_index", buffer.Buffer.IndexAndOffset.BufferIndex);
        cf_trace_in_u64(call, "buf_off", buffer.Buffer.IndexAndOffset.Offset);
    } else {
        cf_trace_in_sym(call, "buf", tracer_buffer(buffer.Buffer.Address, nbytes, sym));
        cf_trace_in_u64(call, "buf_off", 0);
    }
}

static HRESULT trace_QueryIoRingCapabilities(IORING_CAPABILITIES *capabilities)
{
    struct cf_trace_call call;
    HRESULT hr;

    if (!tracer_enter(&call, "QueryIoRingCapabilities"))
        return real_QueryIoRingCapabilities(capabilities);
    hr = real_QueryIoRingCapabilities(capabilities);
    if (SUCCEEDED(hr)) {
        cf_trace_out_u64(&call, "ver", (uint64_t)capabilities->MaxVersion);
        cf_trace_out_u64(&call, "sq", capabilities->MaxSubmissionQueueSize);
        cf_trace_out_u64(&call, "cq", capabilities->MaxCompletionQueueSize);
        cf_trace_out_hex32(&call, "features", (uint32_t)capabilities->FeatureFlags);
    }
    tracer_leave(&call, hr);
    return hr;
}

static BOOL trace_IsIoRingOpSupported(HIORING ring, IORING_OP_CODE op)
{
    struct cf_trace_call call;
    BOOL ret;

    if (!tracer_enter(&call, "IsIoRingOpSupported"))
        return real_IsIoRingOpSupported(ring, op);
    in_ring(&call, ring);
    cf_trace_in_u64(&call, "op", (uint32_t)op);
    ret = real_IsIoRingOpSupported(ring, op);
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

static HRESULT trace_CreateIoRing(IORING_VERSION version, IORING_CREATE_FLAGS flags, UINT32 sq,
                                  UINT32 cq, HIORING *ring)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    HRESULT hr;

    if (!tracer_enter(&call, "CreateIoRing"))
        return real_CreateIoRing(version, flags, sq, cq, ring);
    cf_trace_in_u64(&call, "ver", (uint32_t)version);
    cf_trace_in_hex32(&call, "required", (uint32_t)flags.Required);
    cf_trace_in_hex32(&call, "advisory", (uint32_t)flags.Advisory);
    cf_trace_in_u64(&call, "sq", sq);
    cf_trace_in_u64(&call, "cq", cq);
    hr = real_CreateIoRing(version, flags, sq, cq, ring);
    cf_trace_call_stop(&call);
    if (SUCCEEDED(hr))
        cf_trace_out_sym(&call, "ring", tracer_introduce(*ring, 'r', NULL, 0, sym));
    tracer_leave(&call, hr);
    return hr;
}

static HRESULT trace_GetIoRingInfo(HIORING ring, IORING_INFO *info)
{
    struct cf_trace_call call;
    HRESULT hr;

    if (!tracer_enter(&call, "GetIoRingInfo"))
        return real_GetIoRingInfo(ring, info);
    in_ring(&call, ring);
    hr = real_GetIoRingInfo(ring, info);
    if (SUCCEEDED(hr)) {
        cf_trace_out_u64(&call, "ver", (uint32_t)info->IoRingVersion);
        cf_trace_out_hex32(&call, "required", (uint32_t)info->Flags.Required);
        cf_trace_out_hex32(&call, "advisory", (uint32_t)info->Flags.Advisory);
        cf_trace_out_u64(&call, "sq", info->SubmissionQueueSize);
        cf_trace_out_u64(&call, "cq", info->CompletionQueueSize);
    }
    tracer_leave(&call, hr);
    return hr;
}

static HRESULT trace_SubmitIoRing(HIORING ring, UINT32 wait, UINT32 ms, UINT32 *submitted)
{
    struct cf_trace_call call;
    HRESULT hr;

    if (!tracer_enter(&call, "SubmitIoRing"))
        return real_SubmitIoRing(ring, wait, ms, submitted);
    in_ring(&call, ring);
    cf_trace_in_u64(&call, "wait", wait);
    cf_trace_in_u64(&call, "ms", ms);
    tracer_watch_submit(ring);
    cf_trace_call_start(&call);
    hr = real_SubmitIoRing(ring, wait, ms, submitted);
    cf_trace_call_stop(&call);
    if (submitted && SUCCEEDED(hr))
        cf_trace_out_u64(&call, "submitted", *submitted);
    tracer_leave(&call, hr);
    return hr;
}

static HRESULT trace_CloseIoRing(HIORING ring)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    HRESULT hr;

    if (!tracer_enter(&call, "CloseIoRing"))
        return real_CloseIoRing(ring);
    in_ring(&call, ring);
    tracer_forget(ring, sym); /* another thread may be given the same address at once */
    tracer_watch_close(ring);
    hr = real_CloseIoRing(ring);
    if (FAILED(hr))
        tracer_remember(ring, sym);
    tracer_leave(&call, hr);
    return hr;
}

static HRESULT trace_PopIoRingCompletion(HIORING ring, IORING_CQE *cqe)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    HRESULT hr;
    uint64_t n;

    if (!tracer_enter(&call, "PopIoRingCompletion"))
        return real_PopIoRingCompletion(ring, cqe);
    in_ring(&call, ring);
    hr = real_PopIoRingCompletion(ring, cqe);
    n = tracer_leave(&call, hr);
    if (hr == S_OK) {
        /* order is left to the reader: the lines of two threads' pops may change places here. */
        cf_trace_cqe(tracer_writer(), tracer_name(ring, sym), cqe->UserData, cqe->ResultCode,
                     cqe->Information, 0, n);
        tracer_watch_pop(ring, cqe->UserData, n);
    }
    return hr;
}

static HRESULT trace_SetIoRingCompletionEvent(HIORING ring, HANDLE event)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    HRESULT hr;

    if (!tracer_enter(&call, "SetIoRingCompletionEvent"))
        return real_SetIoRingCompletionEvent(ring, event);
    in_ring(&call, ring);
    cf_trace_in_sym(&call, "event", tracer_name(event, sym));
    hr = real_SetIoRingCompletionEvent(ring, event);
    tracer_leave(&call, hr);
    return hr;
}

static HRESULT trace_BuildIoRingCancelRequest(HIORING ring, IORING_HANDLE_REF file,
                                              UINT_PTR target, UINT_PTR user_data)
{
    struct cf_trace_call call;
    HRESULT hr;

    if (!tracer_enter(&call, "BuildIoRingCancelRequest"))
        return real_BuildIoRingCancelRequest(ring, file, target, user_data);
    in_ring(&call, ring);
    in_file(&call, file);
    cf_trace_in_hex64(&call, "target", target);
    cf_trace_in_hex64(&call, "ud", user_data);
    hr = real_BuildIoRingCancelRequest(ring, file, target, user_data);
    tracer_leave(&call, hr);
    return hr;
}

static HRESULT trace_BuildIoRingReadFile(HIORING ring, IORING_HANDLE_REF file,
                                         IORING_BUFFER_REF buffer, UINT32 nbytes, UINT64 offset,
                                         UINT_PTR user_data, IORING_SQE_FLAGS flags)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    HRESULT hr;

    if (!tracer_enter(&call, "BuildIoRingReadFile"))
        return real_BuildIoRingReadFile(ring, file, buffer, nbytes, offset, user_data, flags);
    in_ring(&call, ring);
    in_file(&call, file);
    in_buffer(&call, buffer, nbytes);
    cf_trace_in_u64(&call, "len", nbytes);
    cf_trace_in_u64(&call, "off", offset);
    cf_trace_in_hex64(&call, "ud", user_data);
    cf_trace_in_hex32(&call, "sqe", (uint32_t)flags);
    hr = real_BuildIoRingReadFile(ring, file, buffer, nbytes, offset, user_data, flags);
    if (SUCCEEDED(hr) && buffer.Kind == IORING_REF_RAW)
        tracer_watch_build(ring, user_data, buffer.Buffer.Address, nbytes,
                           tracer_buffer(buffer.Buffer.Address, nbytes, sym));
    tracer_leave(&call, hr);
    return hr;
}

static HRESULT trace_BuildIoRingWriteFile(HIORING ring, IORING_HANDLE_REF file,
                                          IORING_BUFFER_REF buffer, UINT32 nbytes, UINT64 offset,
                                          FILE_WRITE_FLAGS write_flags, UINT_PTR user_data,
                                          IORING_SQE_FLAGS flags)
{
    struct cf_trace_call call;
    HRESULT hr;

    if (!tracer_enter(&call, "BuildIoRingWriteFile"))
        return real_BuildIoRingWriteFile(ring, file, buffer, nbytes, offset, write_flags, user_data,
                                         flags);
    in_ring(&call, ring);
    in_file(&call, file);
    in_buffer(&call, buffer, nbytes);
    cf_trace_in_u64(&call, "len", nbytes);
    cf_trace_in_u64(&call, "off", offset);
    cf_trace_in_hex32(&call, "write", (uint32_t)write_flags);
    cf_trace_in_hex64(&call, "ud", user_data);
    cf_trace_in_hex32(&call, "sqe", (uint32_t)flags);
    hr = real_BuildIoRingWriteFile(ring, file, buffer, nbytes, offset, write_flags, user_data,
                                   flags);
    tracer_leave(&call, hr);
    return hr;
}

static HRESULT trace_BuildIoRingFlushFile(HIORING ring, IORING_HANDLE_REF file,
                                          FILE_FLUSH_MODE mode, UINT_PTR user_data,
                                          IORING_SQE_FLAGS flags)
{
    struct cf_trace_call call;
    HRESULT hr;

    if (!tracer_enter(&call, "BuildIoRingFlushFile"))
        return real_BuildIoRingFlushFile(ring, file, mode, user_data, flags);
    in_ring(&call, ring);
    in_file(&call, file);
    cf_trace_in_u64(&call, "mode", (uint32_t)mode);
    cf_trace_in_hex64(&call, "ud", user_data);
    cf_trace_in_hex32(&call, "sqe", (uint32_t)flags);
    hr = real_BuildIoRingFlushFile(ring, file, mode, user_data, flags);
    tracer_leave(&call, hr);
    return hr;
}

/* Arrays are read only after the call took them: a bad pointer is then the program's own fault. */
static void in_files(struct cf_trace_call *call, UINT32 count, HANDLE const handles[])
{
    char (*syms)[TRACER_SYM] = calloc(count, sizeof(*syms));
    const char **names = calloc(count, sizeof(*names));

    for (UINT32 i = 0; syms && names && i < count; i++)
        names[i] = tracer_name(handles[i], syms[i]);
    if (syms && names)
        cf_trace_in_syms(call, "files", names, count);
    free(names);
    free(syms);
}

static HRESULT trace_BuildIoRingRegisterFileHandles(HIORING ring, UINT32 count,
                                                    HANDLE const handles[], UINT_PTR user_data)
{
    struct cf_trace_call call;
    HRESULT hr;

    if (!tracer_enter(&call, "BuildIoRingRegisterFileHandles"))
        return real_BuildIoRingRegisterFileHandles(ring, count, handles, user_data);
    in_ring(&call, ring);
    cf_trace_in_u64(&call, "count", count);
    hr = real_BuildIoRingRegisterFileHandles(ring, count, handles, user_data);
    cf_trace_call_stop(&call);
    /* [R] IC9: the files array was read by the build. */
    if (SUCCEEDED(hr) && count && handles && count <= ARRAY_LIMIT)
        in_files(&call, count, handles);
    cf_trace_in_hex64(&call, "ud", user_data);
    tracer_leave(&call, hr);
    return hr;
}

/* A copy, made without a fault: a program that passes a bad array gets an error, not our crash. */
static void *copied(const void *array, size_t nbytes)
{
    void *copy = malloc(nbytes);

    if (copy && tracer_copy(copy, array, nbytes))
        return copy;
    free(copy);
    return NULL;
}

static void in_buffers(struct cf_trace_call *call, UINT32 count, IORING_BUFFER_INFO const array[])
{
    IORING_BUFFER_INFO *buffers = copied(array, count * sizeof(*buffers));
    char (*syms)[TRACER_SYM] = calloc(count, sizeof(*syms));
    const char **names = calloc(count, sizeof(*names));
    uint64_t *numbers = calloc(2 * (size_t)count, sizeof(*numbers));

    if (!buffers || !syms || !names || !numbers)
        goto out;
    for (UINT32 i = 0; i < count; i++) {
        names[i] = tracer_buffer(buffers[i].Address, buffers[i].Length, syms[i]);
        numbers[count + i] = buffers[i].Length;
        tracer_watch_register(buffers[i].Address, buffers[i].Length);
    }
    cf_trace_in_syms(call, "bufs", names, count);
    cf_trace_in_u64s(call, "buf_offs", numbers, count);
    cf_trace_in_u64s(call, "lens", numbers + count, count);
out:
    free(numbers);
    free(names);
    free(syms);
    free(buffers);
}

static HRESULT trace_BuildIoRingRegisterBuffers(HIORING ring, UINT32 count,
                                                IORING_BUFFER_INFO const buffers[],
                                                UINT_PTR user_data)
{
    struct cf_trace_call call;
    HRESULT hr;

    if (!tracer_enter(&call, "BuildIoRingRegisterBuffers"))
        return real_BuildIoRingRegisterBuffers(ring, count, buffers, user_data);
    in_ring(&call, ring);
    cf_trace_in_u64(&call, "count", count);
    hr = real_BuildIoRingRegisterBuffers(ring, count, buffers, user_data);
    cf_trace_call_stop(&call);
    if (SUCCEEDED(hr) && count && buffers && count <= ARRAY_LIMIT)
        in_buffers(&call, count, buffers);
    cf_trace_in_hex64(&call, "ud", user_data);
    tracer_leave(&call, hr);
    return hr;
}

/* Segments are pages, one of the array's elements each; the last element may be NULL. */
static void in_segments(struct cf_trace_call *call, UINT32 count, const FILE_SEGMENT_ELEMENT *array)
{
    FILE_SEGMENT_ELEMENT *segments = copied(array, count * sizeof(*segments));
    char (*syms)[TRACER_SYM] = calloc(count, sizeof(*syms));
    const char **names = calloc(count, sizeof(*names));
    uint64_t *zeros = calloc(count, sizeof(*zeros));

    if (segments && syms && names && zeros) {
        for (UINT32 i = 0; i < count; i++)
            names[i] = tracer_buffer((void *)(uintptr_t)segments[i].Alignment, 4096, syms[i]);
        cf_trace_in_syms(call, "bufs", names, count);
        cf_trace_in_u64s(call, "buf_offs", zeros, count);
    }
    free(zeros);
    free(names);
    free(syms);
    free(segments);
}

static HRESULT trace_BuildIoRingReadFileScatter(HIORING ring, IORING_HANDLE_REF file, UINT32 count,
                                                FILE_SEGMENT_ELEMENT segments[], UINT32 nbytes,
                                                UINT64 offset, UINT_PTR user_data,
                                                IORING_SQE_FLAGS flags)
{
    struct cf_trace_call call;
    HRESULT hr;

    if (!tracer_enter(&call, "BuildIoRingReadFileScatter"))
        return real_BuildIoRingReadFileScatter(ring, file, count, segments, nbytes, offset,
                                               user_data, flags);
    in_ring(&call, ring);
    in_file(&call, file);
    if (count && segments && count <= ARRAY_LIMIT)
        in_segments(&call, count, segments);
    cf_trace_in_u64(&call, "len", nbytes);
    cf_trace_in_u64(&call, "off", offset);
    cf_trace_in_hex64(&call, "ud", user_data);
    cf_trace_in_hex32(&call, "sqe", (uint32_t)flags);
    hr = real_BuildIoRingReadFileScatter(ring, file, count, segments, nbytes, offset, user_data,
                                         flags);
    tracer_leave(&call, hr);
    return hr;
}

static HRESULT trace_BuildIoRingWriteFileGather(HIORING ring, IORING_HANDLE_REF file, UINT32 count,
                                                FILE_SEGMENT_ELEMENT segments[], UINT32 nbytes,
                                                UINT64 offset, FILE_WRITE_FLAGS write_flags,
                                                UINT_PTR user_data, IORING_SQE_FLAGS flags)
{
    struct cf_trace_call call;
    HRESULT hr;

    if (!tracer_enter(&call, "BuildIoRingWriteFileGather"))
        return real_BuildIoRingWriteFileGather(ring, file, count, segments, nbytes, offset,
                                               write_flags, user_data, flags);
    in_ring(&call, ring);
    in_file(&call, file);
    if (count && segments && count <= ARRAY_LIMIT)
        in_segments(&call, count, segments);
    cf_trace_in_u64(&call, "len", nbytes);
    cf_trace_in_u64(&call, "off", offset);
    cf_trace_in_hex32(&call, "write", (uint32_t)write_flags);
    cf_trace_in_hex64(&call, "ud", user_data);
    cf_trace_in_hex32(&call, "sqe", (uint32_t)flags);
    hr = real_BuildIoRingWriteFileGather(ring, file, count, segments, nbytes, offset, write_flags,
                                         user_data, flags);
    tracer_leave(&call, hr);
    return hr;
}

const struct tracer_hook tracer_ring_hooks[] = {
    TRACER_HOOK(kernelbase, QueryIoRingCapabilities),
    TRACER_HOOK(kernelbase, IsIoRingOpSupported),
    TRACER_HOOK(kernelbase, CreateIoRing),
    TRACER_HOOK(kernelbase, GetIoRingInfo),
    TRACER_HOOK(kernelbase, SubmitIoRing),
    TRACER_HOOK(kernelbase, CloseIoRing),
    TRACER_HOOK(kernelbase, PopIoRingCompletion),
    TRACER_HOOK(kernelbase, SetIoRingCompletionEvent),
    TRACER_HOOK(kernelbase, BuildIoRingCancelRequest),
    TRACER_HOOK(kernelbase, BuildIoRingReadFile),
    TRACER_HOOK(kernelbase, BuildIoRingWriteFile),
    TRACER_HOOK(kernelbase, BuildIoRingFlushFile),
    TRACER_HOOK(kernelbase, BuildIoRingRegisterFileHandles),
    TRACER_HOOK(kernelbase, BuildIoRingRegisterBuffers),
    TRACER_HOOK(kernelbase, BuildIoRingReadFileScatter),
    TRACER_HOOK(kernelbase, BuildIoRingWriteFileGather),
    {0},
};

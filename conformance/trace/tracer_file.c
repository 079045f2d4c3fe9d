/* SPDX-License-Identifier: MIT */
/* Wrappers of files, pipes and overlapped calls. */
#include "conformance/trace/tracer.h"

#include <namedpipeapi.h>
#include <string.h>

TRACER_REAL(CreateFileW);
TRACER_REAL(CreateFileA);
TRACER_REAL(CreateFile2);
TRACER_REAL(CreateNamedPipeW);
TRACER_REAL(CreatePipe);
TRACER_REAL(ConnectNamedPipe);
TRACER_REAL(DisconnectNamedPipe);
TRACER_REAL(ReadFile);
TRACER_REAL(WriteFile);
TRACER_REAL(GetOverlappedResult);
TRACER_REAL(CancelIoEx);
TRACER_REAL(CancelIo);

static void in_open(struct cf_trace_call *call, DWORD access, DWORD share, DWORD disposition,
                    DWORD flags)
{
    cf_trace_in_hex32(call, "access", access);
    cf_trace_in_hex32(call, "share", share);
    cf_trace_in_u64(call, "disp", disposition);
    cf_trace_in_hex32(call, "flags", flags);
}

static void in_file(struct cf_trace_call *call, HANDLE file)
{
    char sym[TRACER_SYM];

    cf_trace_in_sym(call, "file", tracer_name(file, sym));
}

/* An OVERLAPPED has no life of its own; "nonnull" tells a waiting call from one that may go on. */
static void in_overlapped(struct cf_trace_call *call, const OVERLAPPED *overlapped)
{
    char sym[TRACER_SYM];
    OVERLAPPED copy;

    cf_trace_in_sym(call, "ov", overlapped ? "nonnull" : NULL);
    if (!overlapped || !tracer_copy(&copy, overlapped, sizeof(copy)))
        return;
    /* The lowest bit keeps the operation from a completion port; it is no part of the handle. */
    cf_trace_in_sym(call, "event", tracer_name((HANDLE)((uintptr_t)copy.hEvent & ~(uintptr_t)1), sym));
    cf_trace_in_u64(call, "off", (uint64_t)copy.OffsetHigh << 32 | copy.Offset);
}

static const char *introduce_file(HANDLE file, DWORD flags, char sym[TRACER_SYM])
{
    bool pipe = file && file != INVALID_HANDLE_VALUE && GetFileType(file) == FILE_TYPE_PIPE;

    return tracer_introduce(file, pipe ? 'p' : 'f', pipe ? "pipe" : "file", flags, sym);
}

static HANDLE trace_CreateFileW(LPCWSTR path, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD disposition, DWORD flags, HANDLE template)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    HANDLE ret;

    if (!tracer_enter(&call, "CreateFileW"))
        return real_CreateFileW(path, access, share, security, disposition, flags, template);
    cf_trace_in_str16(&call, "path", (const uint16_t *)path);
    in_open(&call, access, share, disposition, flags);
    ret = real_CreateFileW(path, access, share, security, disposition, flags, template);
    cf_trace_call_stop(&call);
    cf_trace_out_sym(&call, "file", introduce_file(ret, flags, sym));
    tracer_leave_ret(&call, ret && ret != INVALID_HANDLE_VALUE);
    return ret;
}

static HANDLE trace_CreateFileA(LPCSTR path, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD disposition, DWORD flags, HANDLE template)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    HANDLE ret;

    if (!tracer_enter(&call, "CreateFileA"))
        return real_CreateFileA(path, access, share, security, disposition, flags, template);
    cf_trace_in_str(&call, "path", path);
    in_open(&call, access, share, disposition, flags);
    ret = real_CreateFileA(path, access, share, security, disposition, flags, template);
    cf_trace_call_stop(&call);
    cf_trace_out_sym(&call, "file", introduce_file(ret, flags, sym));
    tracer_leave_ret(&call, ret && ret != INVALID_HANDLE_VALUE);
    return ret;
}

static HANDLE trace_CreateFile2(LPCWSTR path, DWORD access, DWORD share, DWORD disposition, LPCREATEFILE2_EXTENDED_PARAMETERS more)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    HANDLE ret;

    if (!tracer_enter(&call, "CreateFile2"))
        return real_CreateFile2(path, access, share, disposition, more);
    cf_trace_in_str16(&call, "path", (const uint16_t *)path);
    in_open(&call, access, share, disposition, more ? more->dwFileFlags | more->dwFileAttributes : 0);
    ret = real_CreateFile2(path, access, share, disposition, more);
    cf_trace_call_stop(&call);
    cf_trace_out_sym(&call, "file", introduce_file(ret, more ? more->dwFileFlags : 0, sym));
    tracer_leave_ret(&call, ret && ret != INVALID_HANDLE_VALUE);
    return ret;
}

static HANDLE trace_CreateNamedPipeW(LPCWSTR path, DWORD open_mode, DWORD pipe_mode, DWORD instances, DWORD out_size, DWORD in_size, DWORD timeout, LPSECURITY_ATTRIBUTES security)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    HANDLE ret;

    if (!tracer_enter(&call, "CreateNamedPipeW"))
        return real_CreateNamedPipeW(path, open_mode, pipe_mode, instances, out_size, in_size, timeout, security);
    cf_trace_in_str16(&call, "path", (const uint16_t *)path);
    cf_trace_in_hex32(&call, "open", open_mode);
    cf_trace_in_hex32(&call, "mode", pipe_mode);
    ret = real_CreateNamedPipeW(path, open_mode, pipe_mode, instances, out_size, in_size, timeout, security);
    cf_trace_call_stop(&call);
    cf_trace_out_sym(&call, "file", tracer_introduce(ret, 'p', "pipe", open_mode, sym));
    tracer_leave_ret(&call, ret && ret != INVALID_HANDLE_VALUE);
    return ret;
}

static BOOL trace_CreatePipe(PHANDLE read_end, PHANDLE write_end, LPSECURITY_ATTRIBUTES security, DWORD size)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    BOOL ret;

    if (!tracer_enter(&call, "CreatePipe"))
        return real_CreatePipe(read_end, write_end, security, size);
    ret = real_CreatePipe(read_end, write_end, security, size);
    cf_trace_call_stop(&call);
    if (ret) {
        cf_trace_out_sym(&call, "read", tracer_introduce(*read_end, 'p', "pipe", 0, sym));
        cf_trace_out_sym(&call, "write", tracer_introduce(*write_end, 'p', "pipe", 0, sym));
    }
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

static BOOL trace_ConnectNamedPipe(HANDLE file, LPOVERLAPPED overlapped)
{
    struct cf_trace_call call;
    BOOL ret;

    if (!tracer_enter(&call, "ConnectNamedPipe"))
        return real_ConnectNamedPipe(file, overlapped);
    in_file(&call, file);
    in_overlapped(&call, overlapped);
    ret = real_ConnectNamedPipe(file, overlapped);
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

static BOOL trace_DisconnectNamedPipe(HANDLE file)
{
    struct cf_trace_call call;
    BOOL ret;

    if (!tracer_enter(&call, "DisconnectNamedPipe"))
        return real_DisconnectNamedPipe(file);
    in_file(&call, file);
    ret = real_DisconnectNamedPipe(file);
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

static BOOL trace_ReadFile(HANDLE file, LPVOID buffer, DWORD nbytes, LPDWORD done, LPOVERLAPPED overlapped)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    BOOL ret;

    if (!tracer_enter(&call, "ReadFile"))
        return real_ReadFile(file, buffer, nbytes, done, overlapped);
    in_file(&call, file);
    cf_trace_in_sym(&call, "buf", tracer_buffer(buffer, nbytes, sym));
    cf_trace_in_u64(&call, "buf_off", 0);
    cf_trace_in_u64(&call, "len", nbytes);
    in_overlapped(&call, overlapped);
    cf_trace_call_start(&call);
    ret = real_ReadFile(file, buffer, nbytes, done, overlapped);
    cf_trace_call_stop(&call);
    if (done && ret)
        cf_trace_out_u64(&call, "done", *done);
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

static BOOL trace_WriteFile(HANDLE file, LPCVOID buffer, DWORD nbytes, LPDWORD done, LPOVERLAPPED overlapped)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    BOOL ret;

    if (!tracer_enter(&call, "WriteFile"))
        return real_WriteFile(file, buffer, nbytes, done, overlapped);
    in_file(&call, file);
    cf_trace_in_sym(&call, "buf", tracer_buffer(buffer, nbytes, sym));
    cf_trace_in_u64(&call, "buf_off", 0);
    cf_trace_in_u64(&call, "len", nbytes);
    in_overlapped(&call, overlapped);
    cf_trace_call_start(&call);
    ret = real_WriteFile(file, buffer, nbytes, done, overlapped);
    cf_trace_call_stop(&call);
    if (done && ret)
        cf_trace_out_u64(&call, "done", *done);
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

static BOOL trace_GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD done, BOOL wait)
{
    struct cf_trace_call call;
    BOOL ret;

    if (!tracer_enter(&call, "GetOverlappedResult"))
        return real_GetOverlappedResult(file, overlapped, done, wait);
    in_file(&call, file);
    in_overlapped(&call, overlapped);
    cf_trace_in_u64(&call, "wait", wait != 0);
    cf_trace_call_start(&call);
    ret = real_GetOverlappedResult(file, overlapped, done, wait);
    cf_trace_call_stop(&call);
    if (done && ret)
        cf_trace_out_u64(&call, "done", *done);
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

static BOOL trace_CancelIoEx(HANDLE file, LPOVERLAPPED overlapped)
{
    struct cf_trace_call call;
    BOOL ret;

    if (!tracer_enter(&call, "CancelIoEx"))
        return real_CancelIoEx(file, overlapped);
    in_file(&call, file);
    in_overlapped(&call, overlapped);
    ret = real_CancelIoEx(file, overlapped);
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

static BOOL trace_CancelIo(HANDLE file)
{
    struct cf_trace_call call;
    BOOL ret;

    if (!tracer_enter(&call, "CancelIo"))
        return real_CancelIo(file);
    in_file(&call, file);
    ret = real_CancelIo(file);
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

const struct tracer_hook tracer_file_hooks[] = {
    TRACER_HOOK(kernelbase, CreateFileW),
    TRACER_HOOK(kernelbase, CreateFileA),
    TRACER_HOOK(kernelbase, CreateFile2),
    TRACER_HOOK(kernelbase, CreateNamedPipeW),
    TRACER_HOOK(kernelbase, CreatePipe),
    TRACER_HOOK(kernelbase, ConnectNamedPipe),
    TRACER_HOOK(kernelbase, DisconnectNamedPipe),
    TRACER_HOOK(kernelbase, ReadFile),
    TRACER_HOOK(kernelbase, WriteFile),
    TRACER_HOOK(kernelbase, GetOverlappedResult),
    TRACER_HOOK(kernelbase, CancelIoEx),
    TRACER_HOOK(kernelbase, CancelIo),
    {0},
};

/* SPDX-License-Identifier: MIT */
/* Named and anonymous pipes. */
#include "api/kernelbase/kernelbase.h"

#include <stdatomic.h>
#include <unistd.h>

static bool is_pipe_name(const UNICODE_STRING *name)
{
    static const char prefix[] = "\\??\\pipe\\";

    if (name->Length <= (sizeof prefix - 1) * sizeof(WCHAR))
        return false;
    for (size_t i = 0; i < sizeof prefix - 1; i++) {
        WCHAR c = name->Buffer[i];

        if (c != (unsigned char)prefix[i] && c + 32 != (unsigned char)prefix[i])
            return false;
    }
    return true;
}

HANDLE WINAPI kb_CreateNamedPipeW(LPCWSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode,
                                  DWORD nMaxInstances, DWORD nOutBufferSize, DWORD nInBufferSize,
                                  DWORD nDefaultTimeOut, LPSECURITY_ATTRIBUTES lpSecurityAttributes)
{
    static const struct {
        ACCESS_MASK access;
        ULONG share;
    } modes[] = {
        [PIPE_ACCESS_INBOUND] = {GENERIC_READ, FILE_SHARE_WRITE},
        [PIPE_ACCESS_OUTBOUND] = {GENERIC_WRITE, FILE_SHARE_READ},
        [PIPE_ACCESS_DUPLEX] = {GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE},
    };
    DWORD direction = dwOpenMode & PIPE_ACCESS_DUPLEX;
    OBJECT_ATTRIBUTES attributes;
    HANDLE pipe = INVALID_HANDLE_VALUE;
    LARGE_INTEGER timeout;
    UNICODE_STRING name;
    IO_STATUS_BLOCK iosb;
    ULONG options = 0;
    NTSTATUS status;

    /* [D] CreateNamedPipe: 1 to 255 instances; no other mode bits; message reads need message type. */
    if (direction == 0 || nMaxInstances == 0 || nMaxInstances > PIPE_UNLIMITED_INSTANCES ||
        dwPipeMode & ~(DWORD)(PIPE_NOWAIT | PIPE_READMODE_MESSAGE | PIPE_TYPE_MESSAGE |
                              PIPE_REJECT_REMOTE_CLIENTS) ||
        (dwPipeMode & PIPE_READMODE_MESSAGE && !(dwPipeMode & PIPE_TYPE_MESSAGE))) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return INVALID_HANDLE_VALUE;
    }
    if (!lpName || !lpName[0]) {
        kb_fail(ERROR_PATH_NOT_FOUND);
        return INVALID_HANDLE_VALUE;
    }
    status = kb_file_attributes(lpName, lpSecurityAttributes, &name, &attributes);
    if (status < 0) {
        kb_set_status(status);
        return INVALID_HANDLE_VALUE;
    }
    if (!is_pipe_name(&name)) {
        RtlFreeUnicodeString(&name);
        kb_fail(ERROR_INVALID_NAME);
        return INVALID_HANDLE_VALUE;
    }
    if (!(dwOpenMode & FILE_FLAG_OVERLAPPED))
        options |= FILE_SYNCHRONOUS_IO_NONALERT;
    if (dwOpenMode & FILE_FLAG_WRITE_THROUGH)
        options |= FILE_WRITE_THROUGH;
    /* [D] 0 is 50 ms. NMPWAIT_WAIT_FOREVER is as far away as NT can say. */
    timeout.QuadPart = nDefaultTimeOut == NMPWAIT_WAIT_FOREVER
                           ? INT64_MIN
                           : -(LONGLONG)(nDefaultTimeOut ? nDefaultTimeOut : 50) * 10000;
    status = NtCreateNamedPipeFile(
        &pipe, modes[direction].access | SYNCHRONIZE | FILE_CREATE_PIPE_INSTANCE, &attributes,
        &iosb, modes[direction].share,
        dwOpenMode & FILE_FLAG_FIRST_PIPE_INSTANCE ? FILE_CREATE : FILE_OPEN_IF, options,
        dwPipeMode & PIPE_TYPE_MESSAGE ? FILE_PIPE_MESSAGE_TYPE : FILE_PIPE_BYTE_STREAM_TYPE,
        dwPipeMode & PIPE_READMODE_MESSAGE ? FILE_PIPE_MESSAGE_MODE : FILE_PIPE_BYTE_STREAM_MODE,
        dwPipeMode & PIPE_NOWAIT ? FILE_PIPE_COMPLETE_OPERATION : FILE_PIPE_QUEUE_OPERATION,
        nMaxInstances == PIPE_UNLIMITED_INSTANCES ? 0xFFFFFFFF : nMaxInstances, nInBufferSize,
        nOutBufferSize, &timeout);
    RtlFreeUnicodeString(&name);
    if (status < 0) {
        /* [D] FILE_FLAG_FIRST_PIPE_INSTANCE: a second one is ERROR_ACCESS_DENIED. */
        if (status == STATUS_OBJECT_NAME_COLLISION)
            kb_fail(ERROR_ACCESS_DENIED);
        else
            kb_set_status(status);
        return INVALID_HANDLE_VALUE;
    }
    return pipe;
}

HANDLE WINAPI kb_CreateNamedPipeA(LPCSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode,
                                  DWORD nMaxInstances, DWORD nOutBufferSize, DWORD nInBufferSize,
                                  DWORD nDefaultTimeOut, LPSECURITY_ATTRIBUTES lpSecurityAttributes)
{
    WCHAR *wide = kb_wide(lpName);
    HANDLE pipe = INVALID_HANDLE_VALUE;

    if (wide)
        pipe = kb_CreateNamedPipeW(wide, dwOpenMode, dwPipeMode, nMaxInstances, nOutBufferSize,
                                   nInBufferSize, nDefaultTimeOut, lpSecurityAttributes);
    free(wide);
    return pipe;
}

BOOL WINAPI kb_ConnectNamedPipe(HANDLE hNamedPipe, LPOVERLAPPED lpOverlapped)
{
    IO_STATUS_BLOCK own = {0}, *iosb = lpOverlapped ? (PIO_STATUS_BLOCK)lpOverlapped : &own;
    NTSTATUS status;

    if (lpOverlapped) {
        lpOverlapped->Internal = STATUS_PENDING;
        lpOverlapped->InternalHigh = 0;
    }
    status = NtFsControlFile(hNamedPipe, lpOverlapped ? kb_overlapped_event(lpOverlapped) : NULL,
                             NULL, lpOverlapped ? kb_overlapped_context(lpOverlapped) : NULL, iosb,
                             FSCTL_PIPE_LISTEN, NULL, 0, NULL, 0);
    if (status == STATUS_PENDING && !lpOverlapped) {
        status = NtWaitForSingleObject(hNamedPipe, FALSE, NULL);
        if (status >= 0)
            status = own.Status;
    }
    return status == STATUS_SUCCESS ? TRUE : kb_set_status(status);
}

BOOL WINAPI kb_DisconnectNamedPipe(HANDLE hNamedPipe)
{
    IO_STATUS_BLOCK iosb;

    return kb_done(NtFsControlFile(hNamedPipe, NULL, NULL, NULL, &iosb, FSCTL_PIPE_DISCONNECT, NULL,
                                   0, NULL, 0));
}

BOOL WINAPI kb_PeekNamedPipe(HANDLE hNamedPipe, LPVOID lpBuffer, DWORD nBufferSize,
                             LPDWORD lpBytesRead, LPDWORD lpTotalBytesAvail,
                             LPDWORD lpBytesLeftThisMessage)
{
    size_t at = offsetof(FILE_PIPE_PEEK_BUFFER, Data);
    FILE_PIPE_PEEK_BUFFER *peek;
    IO_STATUS_BLOCK iosb = {0};
    NTSTATUS status;
    DWORD got;

    if (!lpBuffer)
        nBufferSize = 0;
    if (nBufferSize > 0x7FFFFFFF)
        nBufferSize = 0x7FFFFFFF;
    peek = calloc(1, at + nBufferSize);
    if (!peek)
        return kb_fail(ERROR_NOT_ENOUGH_MEMORY);
    status = NtFsControlFile(hNamedPipe, NULL, NULL, NULL, &iosb, FSCTL_PIPE_PEEK, NULL, 0, peek,
                             (ULONG)(at + nBufferSize));
    if (status == STATUS_BUFFER_OVERFLOW)
        status = STATUS_SUCCESS; /* [D] more than fits is no error here */
    if (status != STATUS_SUCCESS) {
        free(peek);
        return kb_set_status(status);
    }
    got = iosb.Information > at ? (DWORD)(iosb.Information - at) : 0;
    if (got > nBufferSize)
        got = nBufferSize;
    if (got)
        memcpy(lpBuffer, peek->Data, got);
    if (lpBytesRead)
        *lpBytesRead = got;
    if (lpTotalBytesAvail)
        *lpTotalBytesAvail = peek->ReadDataAvailable;
    if (lpBytesLeftThisMessage)
        *lpBytesLeftThisMessage = peek->MessageLength > got ? peek->MessageLength - got : 0;
    free(peek);
    return TRUE;
}

BOOL WINAPI kb_SetNamedPipeHandleState(HANDLE hNamedPipe, LPDWORD lpMode,
                                       LPDWORD lpMaxCollectionCount, LPDWORD lpCollectDataTimeout)
{
    FILE_PIPE_INFORMATION info;
    IO_STATUS_BLOCK iosb;

    /* [D] The other two are for remote pipes and must be NULL on the pipe's own machine. */
    if (lpMaxCollectionCount || lpCollectDataTimeout)
        return kb_fail(ERROR_INVALID_PARAMETER);
    if (!lpMode)
        return TRUE;
    if (*lpMode & ~(DWORD)(PIPE_READMODE_MESSAGE | PIPE_NOWAIT))
        return kb_fail(ERROR_INVALID_PARAMETER);
    info.ReadMode = *lpMode & PIPE_READMODE_MESSAGE ? FILE_PIPE_MESSAGE_MODE
                                                    : FILE_PIPE_BYTE_STREAM_MODE;
    info.CompletionMode = *lpMode & PIPE_NOWAIT ? FILE_PIPE_COMPLETE_OPERATION
                                                : FILE_PIPE_QUEUE_OPERATION;
    return kb_done(NtSetInformationFile(hNamedPipe, &iosb, &info, sizeof info, FilePipeInformation));
}

BOOL WINAPI kb_GetNamedPipeInfo(HANDLE hNamedPipe, LPDWORD lpFlags, LPDWORD lpOutBufferSize,
                                LPDWORD lpInBufferSize, LPDWORD lpMaxInstances)
{
    FILE_PIPE_LOCAL_INFORMATION info;
    IO_STATUS_BLOCK iosb;
    NTSTATUS status = NtQueryInformationFile(hNamedPipe, &iosb, &info, sizeof info,
                                             FilePipeLocalInformation);

    if (status < 0)
        return kb_set_status(status);
    if (lpFlags) {
        *lpFlags = (info.NamedPipeEnd == FILE_PIPE_SERVER_END ? PIPE_SERVER_END : PIPE_CLIENT_END) |
                   (info.NamedPipeType == FILE_PIPE_MESSAGE_TYPE ? PIPE_TYPE_MESSAGE : 0);
    }
    if (lpOutBufferSize)
        *lpOutBufferSize = info.OutboundQuota;
    if (lpInBufferSize)
        *lpInBufferSize = info.InboundQuota;
    if (lpMaxInstances)
        *lpMaxInstances = info.MaximumInstances == 0xFFFFFFFF ? PIPE_UNLIMITED_INSTANCES
                                                              : info.MaximumInstances;
    return TRUE;
}

BOOL WINAPI kb_WaitNamedPipeW(LPCWSTR lpNamedPipeName, DWORD nTimeOut)
{
    static const WCHAR root_name[] = u"\\??\\pipe\\";
    size_t prefix = ARRAYSIZE(root_name) - 1, nbytes;
    UNICODE_STRING name, root;
    OBJECT_ATTRIBUTES attributes;
    FILE_PIPE_WAIT_FOR_BUFFER *wait;
    IO_STATUS_BLOCK iosb;
    HANDLE directory;
    NTSTATUS status;

    if (!lpNamedPipeName || !lpNamedPipeName[0])
        return kb_fail(ERROR_INVALID_NAME);
    status = RtlDosPathNameToNtPathName_U_WithStatus(lpNamedPipeName, &name, NULL, NULL);
    if (status < 0)
        return kb_set_status(status);
    if (!is_pipe_name(&name)) {
        RtlFreeUnicodeString(&name);
        return kb_fail(ERROR_INVALID_NAME);
    }
    nbytes = offsetof(FILE_PIPE_WAIT_FOR_BUFFER, Name) + name.Length;
    wait = calloc(1, nbytes);
    if (!wait) {
        RtlFreeUnicodeString(&name);
        return kb_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    wait->NameLength = (ULONG)(name.Length - prefix * sizeof(WCHAR));
    memcpy(wait->Name, name.Buffer + prefix, wait->NameLength);
    RtlFreeUnicodeString(&name);
    wait->TimeoutSpecified = nTimeOut != NMPWAIT_USE_DEFAULT_WAIT;
    wait->Timeout.QuadPart = nTimeOut == NMPWAIT_WAIT_FOREVER ? INT64_MIN
                             : nTimeOut == NMPWAIT_NOWAIT     ? 0
                                                              : -(LONGLONG)nTimeOut * 10000;
    /* The wait goes to the pipes' root directory, as on Windows. */
    RtlInitUnicodeString(&root, root_name);
    InitializeObjectAttributes(&attributes, &root, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtOpenFile(&directory, FILE_READ_ATTRIBUTES | SYNCHRONIZE, &attributes, &iosb,
                        FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_SYNCHRONOUS_IO_NONALERT);
    if (status >= 0) {
        status = NtFsControlFile(directory, NULL, NULL, NULL, &iosb, FSCTL_PIPE_WAIT, wait,
                                 (ULONG)nbytes, NULL, 0);
        NtClose(directory);
    }
    free(wait);
    return kb_done(status);
}

BOOL WINAPI kb_WaitNamedPipeA(LPCSTR lpNamedPipeName, DWORD nTimeOut)
{
    WCHAR *wide = kb_wide(lpNamedPipeName);
    BOOL ok = wide && kb_WaitNamedPipeW(wide, nTimeOut);

    free(wide);
    return ok;
}

/* \??\pipe\Win32Pipes.<process>.<serial> */
static void anonymous_name(WCHAR out[64])
{
    static const WCHAR prefix[] = u"\\??\\pipe\\Win32Pipes.";
    static atomic_uint serial;
    DWORD numbers[2] = {(DWORD)getpid(), atomic_fetch_add(&serial, 1) + 1};
    size_t at = ARRAYSIZE(prefix) - 1;

    memcpy(out, prefix, sizeof prefix);
    for (int n = 0; n < 2; n++) {
        for (int shift = 28; shift >= 0; shift -= 4)
            out[at++] = (unsigned char)"0123456789abcdef"[numbers[n] >> shift & 15];
        out[at++] = n == 0 ? u'.' : 0;
    }
}

/* [D] As Windows makes it: a pipe with a name of its own, and one client. Both ends are synchronous. */
BOOL WINAPI kb_CreatePipe(PHANDLE hReadPipe, PHANDLE hWritePipe,
                          LPSECURITY_ATTRIBUTES lpPipeAttributes, DWORD nSize)
{
    LARGE_INTEGER timeout = {.QuadPart = -INT64_C(1200000000)};
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    HANDLE reader, writer;
    IO_STATUS_BLOCK iosb;
    NTSTATUS status;
    WCHAR chars[64];

    if (!hReadPipe || !hWritePipe)
        return kb_fail(ERROR_INVALID_PARAMETER);
    anonymous_name(chars);
    RtlInitUnicodeString(&name, chars);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (lpPipeAttributes && lpPipeAttributes->bInheritHandle)
        attributes.Attributes |= OBJ_INHERIT;
    nSize = nSize ? nSize : 4096;
    status = NtCreateNamedPipeFile(&reader, GENERIC_READ | FILE_WRITE_ATTRIBUTES | SYNCHRONIZE,
                                   &attributes, &iosb, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                   FILE_CREATE, FILE_SYNCHRONOUS_IO_NONALERT,
                                   FILE_PIPE_BYTE_STREAM_TYPE, FILE_PIPE_BYTE_STREAM_MODE,
                                   FILE_PIPE_QUEUE_OPERATION, 1, nSize, nSize, &timeout);
    if (status < 0)
        return kb_set_status(status);
    status = NtOpenFile(&writer, GENERIC_WRITE | FILE_READ_ATTRIBUTES | SYNCHRONIZE, &attributes,
                        &iosb, FILE_SHARE_READ,
                        FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE);
    if (status < 0) {
        NtClose(reader);
        return kb_set_status(status);
    }
    *hReadPipe = reader;
    *hWritePipe = writer;
    return TRUE;
}

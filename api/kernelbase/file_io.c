/* SPDX-License-Identifier: MIT */
/* ReadFile's family: one NtReadFile each, and what its status means to a Win32 caller. */
#include "api/kernelbase/kernelbase.h"

#define OFFSET_OF(overlapped)                                                                      \
    ((LONGLONG)(((ULONGLONG)(overlapped)->OffsetHigh << 32) | (overlapped)->Offset))

/*
 * A synchronous handle in use by a caller without OVERLAPPED. Such a handle never pends; when one was
 * opened for OVERLAPPED and used without, Windows waits on the handle, and so do we.
 */
static NTSTATUS wait_done(HANDLE file, NTSTATUS status, IO_STATUS_BLOCK *iosb)
{
    if (status != STATUS_PENDING)
        return status;
    status = NtWaitForSingleObject(file, FALSE, NULL);
    return status < 0 ? status : iosb->Status;
}

/* What both directions do with an OVERLAPPED's outcome. [D] ReadFile */
static BOOL overlapped_result(OVERLAPPED *overlapped, NTSTATUS status, LPDWORD count)
{
    /* Warnings too: STATUS_BUFFER_OVERFLOW of a message pipe is ERROR_MORE_DATA. */
    if (status == STATUS_PENDING) {
        if (count)
            *count = 0;
        return kb_set_status(status);
    }
    if (count)
        *count = NT_ERROR(status) ? 0 : (DWORD)overlapped->InternalHigh;
    return status == STATUS_SUCCESS ? TRUE : kb_set_status(status);
}

BOOL WINAPI kb_ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
                        LPDWORD lpNumberOfBytesRead, LPOVERLAPPED lpOverlapped)
{
    IO_STATUS_BLOCK iosb = {0};
    LARGE_INTEGER offset;
    NTSTATUS status;

    if (lpNumberOfBytesRead)
        *lpNumberOfBytesRead = 0;
    if (lpOverlapped) {
        offset.QuadPart = OFFSET_OF(lpOverlapped);
        lpOverlapped->Internal = STATUS_PENDING;
        lpOverlapped->InternalHigh = 0;
        status = NtReadFile(hFile, kb_overlapped_event(lpOverlapped), NULL,
                            kb_overlapped_context(lpOverlapped), (PIO_STATUS_BLOCK)lpOverlapped,
                            lpBuffer, nNumberOfBytesToRead, &offset, NULL);
        return overlapped_result(lpOverlapped, status, lpNumberOfBytesRead);
    }
    /* [D] Without OVERLAPPED the count has to go somewhere: Windows faults here. */
    if (!lpNumberOfBytesRead)
        return kb_fail(ERROR_NOACCESS);
    status = wait_done(hFile,
                       NtReadFile(hFile, NULL, NULL, NULL, &iosb, lpBuffer, nNumberOfBytesToRead,
                                  NULL, NULL),
                       &iosb);
    /* [D] Testing for the end of a file: a synchronous read there succeeds with no bytes. */
    if (status == STATUS_END_OF_FILE)
        return TRUE;
    if (NT_ERROR(status))
        return kb_set_status(status);
    *lpNumberOfBytesRead = (DWORD)iosb.Information;
    return status == STATUS_SUCCESS ? TRUE : kb_set_status(status);
}

BOOL WINAPI kb_WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                         LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped)
{
    IO_STATUS_BLOCK iosb = {0};
    LARGE_INTEGER offset;
    NTSTATUS status;

    if (lpNumberOfBytesWritten)
        *lpNumberOfBytesWritten = 0;
    if (lpOverlapped) {
        offset.QuadPart = OFFSET_OF(lpOverlapped);
        lpOverlapped->Internal = STATUS_PENDING;
        lpOverlapped->InternalHigh = 0;
        status = NtWriteFile(hFile, kb_overlapped_event(lpOverlapped), NULL,
                             kb_overlapped_context(lpOverlapped), (PIO_STATUS_BLOCK)lpOverlapped,
                             (PVOID)lpBuffer, nNumberOfBytesToWrite, &offset, NULL);
        return overlapped_result(lpOverlapped, status, lpNumberOfBytesWritten);
    }
    if (!lpNumberOfBytesWritten)
        return kb_fail(ERROR_NOACCESS);
    status = wait_done(hFile,
                       NtWriteFile(hFile, NULL, NULL, NULL, &iosb, (PVOID)lpBuffer,
                                   nNumberOfBytesToWrite, NULL, NULL),
                       &iosb);
    if (NT_ERROR(status))
        return kb_set_status(status);
    *lpNumberOfBytesWritten = (DWORD)iosb.Information;
    return status == STATUS_SUCCESS ? TRUE : kb_set_status(status);
}

/* What ntdll calls for ReadFileEx: the program's routine is the context, its OVERLAPPED the block. */
static VOID NTAPI call_routine(PVOID context, PIO_STATUS_BLOCK iosb, ULONG reserved)
{
    LPOVERLAPPED_COMPLETION_ROUTINE routine = (LPOVERLAPPED_COMPLETION_ROUTINE)context;
    NTSTATUS status = iosb->Status;

    routine(status == STATUS_SUCCESS ? ERROR_SUCCESS : RtlNtStatusToDosError(status),
            NT_ERROR(status) ? 0 : (DWORD)iosb->Information, (LPOVERLAPPED)iosb);
}

/* [D] ReadFileEx: what fails at once calls nobody; a warning is a success with a last error. */
static BOOL extended_result(NTSTATUS status)
{
    if (NT_ERROR(status))
        return kb_set_status(status);
    kb_SetLastError(status == STATUS_SUCCESS || status == STATUS_PENDING
                        ? ERROR_SUCCESS
                        : RtlNtStatusToDosError(status));
    return TRUE;
}

BOOL WINAPI kb_ReadFileEx(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
                          LPOVERLAPPED lpOverlapped,
                          LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    LARGE_INTEGER offset;

    if (!lpOverlapped || !lpCompletionRoutine)
        return kb_fail(ERROR_INVALID_PARAMETER);
    offset.QuadPart = OFFSET_OF(lpOverlapped);
    lpOverlapped->Internal = STATUS_PENDING;
    lpOverlapped->InternalHigh = 0;
    return extended_result(NtReadFile(hFile, NULL, call_routine, (PVOID)lpCompletionRoutine,
                                      (PIO_STATUS_BLOCK)lpOverlapped, lpBuffer,
                                      nNumberOfBytesToRead, &offset, NULL));
}

BOOL WINAPI kb_WriteFileEx(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                           LPOVERLAPPED lpOverlapped,
                           LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    LARGE_INTEGER offset;

    if (!lpOverlapped || !lpCompletionRoutine)
        return kb_fail(ERROR_INVALID_PARAMETER);
    offset.QuadPart = OFFSET_OF(lpOverlapped);
    lpOverlapped->Internal = STATUS_PENDING;
    lpOverlapped->InternalHigh = 0;
    return extended_result(NtWriteFile(hFile, NULL, call_routine, (PVOID)lpCompletionRoutine,
                                       (PIO_STATUS_BLOCK)lpOverlapped, (PVOID)lpBuffer,
                                       nNumberOfBytesToWrite, &offset, NULL));
}

BOOL WINAPI kb_ReadFileScatter(HANDLE hFile, FILE_SEGMENT_ELEMENT aSegmentArray[],
                               DWORD nNumberOfBytesToRead, LPDWORD lpReserved,
                               LPOVERLAPPED lpOverlapped)
{
    LARGE_INTEGER offset;
    NTSTATUS status;

    if (!lpOverlapped || !aSegmentArray)
        return kb_fail(ERROR_INVALID_PARAMETER);
    offset.QuadPart = OFFSET_OF(lpOverlapped);
    lpOverlapped->Internal = STATUS_PENDING;
    lpOverlapped->InternalHigh = 0;
    status = NtReadFileScatter(hFile, kb_overlapped_event(lpOverlapped), NULL,
                               kb_overlapped_context(lpOverlapped), (PIO_STATUS_BLOCK)lpOverlapped,
                               aSegmentArray, nNumberOfBytesToRead, &offset, NULL);
    return overlapped_result(lpOverlapped, status, NULL);
}

BOOL WINAPI kb_WriteFileGather(HANDLE hFile, FILE_SEGMENT_ELEMENT aSegmentArray[],
                               DWORD nNumberOfBytesToWrite, LPDWORD lpReserved,
                               LPOVERLAPPED lpOverlapped)
{
    LARGE_INTEGER offset;
    NTSTATUS status;

    if (!lpOverlapped || !aSegmentArray)
        return kb_fail(ERROR_INVALID_PARAMETER);
    offset.QuadPart = OFFSET_OF(lpOverlapped);
    lpOverlapped->Internal = STATUS_PENDING;
    lpOverlapped->InternalHigh = 0;
    status = NtWriteFileGather(hFile, kb_overlapped_event(lpOverlapped), NULL,
                               kb_overlapped_context(lpOverlapped), (PIO_STATUS_BLOCK)lpOverlapped,
                               aSegmentArray, nNumberOfBytesToWrite, &offset, NULL);
    return overlapped_result(lpOverlapped, status, NULL);
}

BOOL WINAPI kb_FlushFileBuffers(HANDLE hFile)
{
    IO_STATUS_BLOCK iosb;

    return kb_done(NtFlushBuffersFile(hFile, &iosb));
}

BOOL WINAPI kb_LockFileEx(HANDLE hFile, DWORD dwFlags, DWORD dwReserved,
                          DWORD nNumberOfBytesToLockLow, DWORD nNumberOfBytesToLockHigh,
                          LPOVERLAPPED lpOverlapped)
{
    EMU_FIXME("file/lock", "LockFileEx: byte-range locks");
    return kb_fail(ERROR_CALL_NOT_IMPLEMENTED);
}

BOOL WINAPI kb_UnlockFileEx(HANDLE hFile, DWORD dwReserved, DWORD nNumberOfBytesToUnlockLow,
                            DWORD nNumberOfBytesToUnlockHigh, LPOVERLAPPED lpOverlapped)
{
    EMU_FIXME("file/lock", "UnlockFileEx: byte-range locks");
    return kb_fail(ERROR_NOT_LOCKED);
}

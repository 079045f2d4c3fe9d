/* SPDX-License-Identifier: MIT */
/* Completion ports. */
#include "api/kernelbase/kernelbase.h"

HANDLE WINAPI kb_CreateIoCompletionPort(HANDLE FileHandle, HANDLE ExistingCompletionPort,
                                        ULONG_PTR CompletionKey, DWORD NumberOfConcurrentThreads)
{
    FILE_COMPLETION_INFORMATION info;
    HANDLE port = ExistingCompletionPort;
    IO_STATUS_BLOCK iosb;
    NTSTATUS status;

    /* [D] A port alone cannot be made out of one that exists. */
    if (FileHandle == INVALID_HANDLE_VALUE && port) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (!port) {
        status = NtCreateIoCompletion(&port, IO_COMPLETION_ALL_ACCESS, NULL,
                                      NumberOfConcurrentThreads);
        if (status < 0) {
            kb_set_status(status);
            return NULL;
        }
    }
    if (FileHandle == INVALID_HANDLE_VALUE)
        return port;
    info.Port = port;
    info.Key = (PVOID)CompletionKey;
    status = NtSetInformationFile(FileHandle, &iosb, &info, sizeof info, FileCompletionInformation);
    if (status < 0) {
        if (!ExistingCompletionPort)
            NtClose(port);
        kb_set_status(status);
        return NULL;
    }
    return port;
}

BOOL WINAPI kb_GetQueuedCompletionStatus(HANDLE CompletionPort, LPDWORD lpNumberOfBytesTransferred,
                                         PULONG_PTR lpCompletionKey, LPOVERLAPPED *lpOverlapped,
                                         DWORD dwMilliseconds)
{
    IO_STATUS_BLOCK iosb = {0};
    PVOID key = NULL, context = NULL;
    LARGE_INTEGER space;
    NTSTATUS status;

    if (!lpNumberOfBytesTransferred || !lpCompletionKey || !lpOverlapped)
        return kb_fail(ERROR_INVALID_PARAMETER);
    status = NtRemoveIoCompletion(CompletionPort, &key, &context, &iosb,
                                  kb_timeout(dwMilliseconds, &space));
    if (status != STATUS_SUCCESS) {
        *lpOverlapped = NULL; /* [D] that no packet came shows here */
        if (status == STATUS_TIMEOUT)
            return kb_fail(WAIT_TIMEOUT);
        if (status == STATUS_ABANDONED_WAIT_0)
            return kb_fail(ERROR_ABANDONED_WAIT_0);
        return kb_set_status(status);
    }
    *lpNumberOfBytesTransferred = (DWORD)iosb.Information;
    *lpCompletionKey = (ULONG_PTR)key;
    *lpOverlapped = context;
    /* [D] A packet of a failed operation: FALSE, and the operation's error. */
    return NT_SUCCESS(iosb.Status) ? TRUE : kb_set_status(iosb.Status);
}

BOOL WINAPI kb_GetQueuedCompletionStatusEx(HANDLE CompletionPort,
                                           LPOVERLAPPED_ENTRY lpCompletionPortEntries,
                                           ULONG ulCount, PULONG ulNumEntriesRemoved,
                                           DWORD dwMilliseconds, BOOL fAlertable)
{
    _Static_assert(sizeof(OVERLAPPED_ENTRY) == sizeof(FILE_IO_COMPLETION_INFORMATION),
                   "ntdll fills Win32's array");
    LARGE_INTEGER space;
    NTSTATUS status;

    if (!lpCompletionPortEntries || ulCount == 0 || !ulNumEntriesRemoved)
        return kb_fail(ERROR_INVALID_PARAMETER);
    *ulNumEntriesRemoved = 0;
    status = NtRemoveIoCompletionEx(CompletionPort,
                                    (PFILE_IO_COMPLETION_INFORMATION)lpCompletionPortEntries,
                                    ulCount, ulNumEntriesRemoved,
                                    kb_timeout(dwMilliseconds, &space), fAlertable != 0);
    if (status == STATUS_TIMEOUT)
        return kb_fail(WAIT_TIMEOUT);
    if (status == STATUS_USER_APC)
        return kb_fail(WAIT_IO_COMPLETION);
    if (status == STATUS_ABANDONED_WAIT_0)
        return kb_fail(ERROR_ABANDONED_WAIT_0);
    if (status < 0)
        return kb_set_status(status);
    /* The status shares its eight bytes with a pointer: clear what is not status. */
    for (ULONG i = 0; i < *ulNumEntriesRemoved; i++)
        lpCompletionPortEntries[i].Internal = (DWORD)lpCompletionPortEntries[i].Internal;
    return TRUE;
}

BOOL WINAPI kb_PostQueuedCompletionStatus(HANDLE CompletionPort, DWORD dwNumberOfBytesTransferred,
                                          ULONG_PTR dwCompletionKey, LPOVERLAPPED lpOverlapped)
{
    return kb_done(NtSetIoCompletion(CompletionPort, (PVOID)dwCompletionKey, lpOverlapped,
                                     STATUS_SUCCESS, dwNumberOfBytesTransferred));
}

/* SPDX-License-Identifier: MIT */
/* Events, and the names of events. */
#include "api/kernelbase/kernelbase.h"

/* \BaseNamedObjects\name; the caller frees name->Buffer. */
static NTSTATUS object_attributes(const WCHAR *name, const SECURITY_ATTRIBUTES *security,
                                  UNICODE_STRING *full, OBJECT_ATTRIBUTES *attributes)
{
    static const WCHAR directory[] = u"\\BaseNamedObjects\\";
    size_t prefix = ARRAYSIZE(directory) - 1, length;

    *full = (UNICODE_STRING){0};
    InitializeObjectAttributes(attributes, NULL, OBJ_OPENIF, NULL, NULL);
    if (security && security->bInheritHandle)
        attributes->Attributes |= OBJ_INHERIT;
    if (!name || !name[0])
        return STATUS_SUCCESS;
    length = kb_length(name);
    if (length > MAX_PATH)
        return STATUS_NAME_TOO_LONG; /* [D] CreateEvent: MAX_PATH characters */
    full->Buffer = malloc((prefix + length) * sizeof(WCHAR));
    if (!full->Buffer)
        return STATUS_NO_MEMORY;
    memcpy(full->Buffer, directory, prefix * sizeof(WCHAR));
    memcpy(full->Buffer + prefix, name, length * sizeof(WCHAR));
    full->Length = full->MaximumLength = (USHORT)((prefix + length) * sizeof(WCHAR));
    attributes->ObjectName = full;
    return STATUS_SUCCESS;
}

static HANDLE create_event(const SECURITY_ATTRIBUTES *security, const WCHAR *name, bool manual,
                           bool initial, DWORD access)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING full;
    HANDLE event = NULL;
    NTSTATUS status = object_attributes(name, security, &full, &attributes);

    if (status >= 0) {
        status = NtCreateEvent(&event, access, &attributes,
                               manual ? NotificationEvent : SynchronizationEvent, initial);
        free(full.Buffer);
    }
    if (status < 0) {
        kb_set_status(status);
        return NULL;
    }
    /* [D] A named event that was there is opened, and the last error says so. */
    kb_SetLastError(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    return event;
}

HANDLE WINAPI kb_CreateEventW(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset,
                              BOOL bInitialState, LPCWSTR lpName)
{
    return create_event(lpEventAttributes, lpName, bManualReset, bInitialState, EVENT_ALL_ACCESS);
}

HANDLE WINAPI kb_CreateEventExW(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCWSTR lpName,
                                DWORD dwFlags, DWORD dwDesiredAccess)
{
    if (dwFlags & ~(DWORD)(CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET)) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    return create_event(lpEventAttributes, lpName, (dwFlags & CREATE_EVENT_MANUAL_RESET) != 0,
                        (dwFlags & CREATE_EVENT_INITIAL_SET) != 0, dwDesiredAccess);
}

HANDLE WINAPI kb_CreateEventExA(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCSTR lpName,
                                DWORD dwFlags, DWORD dwDesiredAccess)
{
    WCHAR *wide = lpName ? kb_wide(lpName) : NULL;
    HANDLE event = NULL;

    if (wide || !lpName)
        event = kb_CreateEventExW(lpEventAttributes, wide, dwFlags, dwDesiredAccess);
    free(wide);
    return event;
}

HANDLE WINAPI kb_CreateEventA(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset,
                              BOOL bInitialState, LPCSTR lpName)
{
    return kb_CreateEventExA(lpEventAttributes, lpName,
                             (bManualReset ? CREATE_EVENT_MANUAL_RESET : 0u) |
                                 (bInitialState ? CREATE_EVENT_INITIAL_SET : 0u),
                             EVENT_ALL_ACCESS);
}

HANDLE WINAPI kb_OpenEventW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING full;
    HANDLE event = NULL;
    NTSTATUS status;

    if (!lpName) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    status = object_attributes(lpName, NULL, &full, &attributes);
    if (status >= 0) {
        status = NtOpenEvent(&event, dwDesiredAccess, &attributes);
        free(full.Buffer);
    }
    if (status < 0) {
        kb_set_status(status);
        return NULL;
    }
    return event;
}

BOOL WINAPI kb_SetEvent(HANDLE hEvent)
{
    return kb_done(NtSetEvent(hEvent, NULL));
}

/* [D] ResetEvent is NtClearEvent or NtResetEvent; which one no Win32 program can tell. */
BOOL WINAPI kb_ResetEvent(HANDLE hEvent)
{
    return kb_done(NtResetEvent(hEvent, NULL));
}

/* Semaphores and mutexes are no part of file I/O; they are declared so that programs compile. */
HANDLE WINAPI kb_CreateSemaphoreW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                                  LONG lMaximumCount, LPCWSTR lpName)
{
    EMU_FIXME("sync/semaphore", "CreateSemaphore");
    kb_fail(ERROR_CALL_NOT_IMPLEMENTED);
    return NULL;
}

BOOL WINAPI kb_ReleaseSemaphore(HANDLE hSemaphore, LONG lReleaseCount, LPLONG lpPreviousCount)
{
    return kb_fail(ERROR_INVALID_HANDLE); /* no handle here is a semaphore */
}

HANDLE WINAPI kb_CreateMutexW(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner,
                              LPCWSTR lpName)
{
    EMU_FIXME("sync/mutex", "CreateMutex");
    kb_fail(ERROR_CALL_NOT_IMPLEMENTED);
    return NULL;
}

BOOL WINAPI kb_ReleaseMutex(HANDLE hMutex)
{
    return kb_fail(ERROR_INVALID_HANDLE); /* no handle here is a mutex */
}

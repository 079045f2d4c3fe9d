/* SPDX-License-Identifier: MIT */
/* Handles of any kind. */
#include "api/kernelbase/thread.h"

BOOL WINAPI kb_CloseHandle(HANDLE hObject)
{
    /* [D] Closing a pseudo handle does nothing. */
    if (hObject == kb_GetCurrentProcess() || hObject == kb_GetCurrentThread())
        return TRUE;
    kb_thread_forget(hObject);
    return kb_done(NtClose(hObject));
}

BOOL WINAPI kb_DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle,
                               HANDLE hTargetProcessHandle, LPHANDLE lpTargetHandle,
                               DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwOptions)
{
    return kb_done(NtDuplicateObject(hSourceProcessHandle, hSourceHandle, hTargetProcessHandle,
                                     lpTargetHandle, dwDesiredAccess,
                                     bInheritHandle ? OBJ_INHERIT : 0, dwOptions));
}

static NTSTATUS is_open(HANDLE object)
{
    HANDLE copy;
    NTSTATUS status = NtDuplicateObject(kb_GetCurrentProcess(), object, kb_GetCurrentProcess(), &copy, 0,
                                        0, DUPLICATE_SAME_ACCESS);

    if (status >= 0)
        NtClose(copy);
    return status;
}

/* No child of this process ever inherits a handle, so the flags are always clear. */
BOOL WINAPI kb_GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags)
{
    NTSTATUS status = is_open(hObject);

    if (status < 0)
        return kb_set_status(status);
    if (!lpdwFlags)
        return kb_fail(ERROR_INVALID_PARAMETER);
    *lpdwFlags = 0;
    return TRUE;
}

BOOL WINAPI kb_SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags)
{
    NTSTATUS status = is_open(hObject);

    if (status < 0)
        return kb_set_status(status);
    if (dwMask & dwFlags) {
        EMU_FIXME("handle/flags", "SetHandleInformation 0x%x", dwMask & dwFlags);
        return kb_fail(ERROR_NOT_SUPPORTED);
    }
    return TRUE;
}

BOOL WINAPI kb_CompareObjectHandles(HANDLE hFirstObjectHandle, HANDLE hSecondObjectHandle)
{
    if (hFirstObjectHandle == hSecondObjectHandle)
        return is_open(hFirstObjectHandle) >= 0;
    EMU_FIXME("handle/compare", "CompareObjectHandles of two handles");
    return kb_fail(ERROR_CALL_NOT_IMPLEMENTED);
}

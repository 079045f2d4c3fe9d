/* SPDX-License-Identifier: MIT */
/* Handles of any kind. */
#ifndef _APISETHANDLE_
#define _APISETHANDLE_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)
#define HANDLE_FLAG_INHERIT 0x00000001
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 0x00000002
#define DUPLICATE_CLOSE_SOURCE 0x00000001
#define DUPLICATE_SAME_ACCESS 0x00000002

/*
 * Closes a handle; its number may come again. Operations in flight through a file handle go on, but
 * the last handle of a pipe end breaks the pipe. A standard handle closed here stays closed.
 * hObject: a handle, not an HIORING. The pseudo handles of process and thread succeed and do
 *   nothing.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE.
 * Source: [D] CloseHandle; [I] open.handle.close-in-flight, open.handle.closed-disk-in-flight.
 */
WINBASEAPI BOOL WINAPI CloseHandle(HANDLE hObject);

/*
 * A second handle of the same object, in this process.
 * hSourceProcessHandle: GetCurrentProcess(), or a handle made of it.
 * hSourceHandle: the handle; a pseudo handle gives a real one.
 * hTargetProcessHandle: GetCurrentProcess(), or a handle made of it.
 * lpTargetHandle: out; the new handle, which the caller owns. NULL closes the new one at once.
 * dwDesiredAccess: a mask of the object's access rights, taken as it is; ignored with
 *   DUPLICATE_SAME_ACCESS.
 * bInheritHandle: accepted; no child inherits.
 * dwOptions: DUPLICATE_SAME_ACCESS, DUPLICATE_CLOSE_SOURCE; others are ERROR_INVALID_PARAMETER.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER or
 *   ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] DuplicateHandle; [I].
 */
WINBASEAPI BOOL WINAPI DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle,
                                       HANDLE hTargetProcessHandle, LPHANDLE lpTargetHandle,
                                       DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwOptions);

/*
 * The flags of a handle: always none, as no child inherits and none is protected.
 * hObject: a handle.
 * lpdwFlags: out; 0. NULL is ERROR_INVALID_PARAMETER.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE or ERROR_INVALID_PARAMETER.
 * Source: [D] GetHandleInformation; [I].
 */
WINBASEAPI BOOL WINAPI GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags);

/*
 * Clears flags of a handle; setting one is not built.
 * hObject: a handle.
 * dwMask: a mask of HANDLE_FLAG_INHERIT and HANDLE_FLAG_PROTECT_FROM_CLOSE to change.
 * dwFlags: 0 for those to clear; a flag that is also in dwMask is ERROR_NOT_SUPPORTED.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE or ERROR_NOT_SUPPORTED.
 * Source: [D] SetHandleInformation; [I].
 */
WINBASEAPI BOOL WINAPI SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags);

/*
 * Whether two handles name one object; told only of one and the same handle.
 * hFirstObjectHandle: a handle.
 * hSecondObjectHandle: a handle.
 * Returns TRUE for an open handle and itself, FALSE for a closed one and itself; for two different
 *   ones FALSE and the last error ERROR_CALL_NOT_IMPLEMENTED.
 * Source: [D] CompareObjectHandles; [I].
 */
WINBASEAPI BOOL WINAPI CompareObjectHandles(HANDLE hFirstObjectHandle, HANDLE hSecondObjectHandle);

RINGER_EXTERN_C_END

#endif

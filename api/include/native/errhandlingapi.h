/* SPDX-License-Identifier: MIT */
/* The last error. */
#ifndef _ERRHANDLING_H_
#define _ERRHANDLING_H_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

#define SEM_FAILCRITICALERRORS 0x0001
#define SEM_NOGPFAULTERRORBOX 0x0002

/*
 * The calling thread's last error.
 * Returns ERROR_*; cannot fail. A function that succeeds may leave it or set it to ERROR_SUCCESS.
 * Source: [D] GetLastError.
 */
WINBASEAPI DWORD WINAPI GetLastError(void);

/*
 * Sets the calling thread's last error.
 * dwErrCode: ERROR_*, or any number.
 * Source: [D] SetLastError.
 */
WINBASEAPI void WINAPI SetLastError(DWORD dwErrCode);

/*
 * Remembers a mode; there are no boxes to suppress.
 * uMode: SEM_*.
 * Returns the mode before, 0 at first; cannot fail.
 * Source: [D] SetErrorMode; [I].
 */
WINBASEAPI UINT WINAPI SetErrorMode(UINT uMode);

RINGER_EXTERN_C_END

#endif

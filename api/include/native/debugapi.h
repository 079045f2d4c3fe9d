/* SPDX-License-Identifier: MIT */
/* Debugger output. */
#ifndef _APISETDEBUG_
#define _APISETDEBUG_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

/*
 * Whether a tracer, such as gdb or strace, is attached to this process.
 * Returns TRUE or FALSE, FALSE also when /proc cannot be read; cannot fail.
 * Source: [D] IsDebuggerPresent; [I].
 */
WINBASEAPI BOOL WINAPI IsDebuggerPresent(void);

/*
 * Traps: a debugger stops here, without one the process dies.
 * Source: [D] DebugBreak.
 */
WINBASEAPI void WINAPI DebugBreak(void);

/*
 * OutputDebugStringA, OutputDebugStringW: writes to Ringer's log, at its debug level.
 * lpOutputString: text, in UTF-8 for OutputDebugStringA; NULL does nothing, and wide text of more
 *   than 1023 bytes of UTF-8 is dropped.
 * Source: [D] OutputDebugStringW; [I].
 */
WINBASEAPI void WINAPI OutputDebugStringA(LPCSTR lpOutputString);
WINBASEAPI void WINAPI OutputDebugStringW(LPCWSTR lpOutputString);
#ifdef UNICODE
#define OutputDebugString OutputDebugStringW
#else
#define OutputDebugString OutputDebugStringA
#endif

RINGER_EXTERN_C_END

#endif

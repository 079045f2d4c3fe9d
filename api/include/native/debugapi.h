/* SPDX-License-Identifier: MIT */
/* Debugger output. */
#ifndef _APISETDEBUG_
#define _APISETDEBUG_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

WINBASEAPI BOOL WINAPI IsDebuggerPresent(void);
WINBASEAPI void WINAPI DebugBreak(void);
WINBASEAPI void WINAPI OutputDebugStringA(LPCSTR lpOutputString);
WINBASEAPI void WINAPI OutputDebugStringW(LPCWSTR lpOutputString);
#ifdef UNICODE
#define OutputDebugString OutputDebugStringW
#else
#define OutputDebugString OutputDebugStringA
#endif

RINGER_EXTERN_C_END

#endif

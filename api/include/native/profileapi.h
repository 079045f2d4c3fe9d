/* SPDX-License-Identifier: MIT */
/* The performance counter. */
#ifndef _PROFILEAPI_H_
#define _PROFILEAPI_H_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

WINBASEAPI BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *lpPerformanceCount);
WINBASEAPI BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *lpFrequency);

RINGER_EXTERN_C_END

#endif

/* SPDX-License-Identifier: MIT */
/* The performance counter. */
#ifndef _PROFILEAPI_H_
#define _PROFILEAPI_H_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

/*
 * A clock that only goes forward, in ticks of 100 ns.
 * lpPerformanceCount: out; ticks. NULL is ERROR_NOACCESS.
 * Returns TRUE; or FALSE and the last error ERROR_NOACCESS.
 * Source: [D] QueryPerformanceCounter.
 */
WINBASEAPI BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *lpPerformanceCount);

/*
 * How many ticks a second has: 10,000,000.
 * lpFrequency: out; ticks a second. NULL is ERROR_NOACCESS.
 * Returns TRUE; or FALSE and the last error ERROR_NOACCESS.
 * Source: [D] QueryPerformanceFrequency.
 */
WINBASEAPI BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *lpFrequency);

RINGER_EXTERN_C_END

#endif

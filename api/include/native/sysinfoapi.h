/* SPDX-License-Identifier: MIT */
/* The machine and its clocks. */
#ifndef _SYSINFOAPI_H_
#define _SYSINFOAPI_H_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

typedef struct _SYSTEM_INFO {
    __extension__ union {
        DWORD dwOemId;
        __extension__ struct {
            WORD wProcessorArchitecture;
            WORD wReserved;
        };
    };
    DWORD dwPageSize;
    LPVOID lpMinimumApplicationAddress;
    LPVOID lpMaximumApplicationAddress;
    DWORD_PTR dwActiveProcessorMask;
    DWORD dwNumberOfProcessors;
    DWORD dwProcessorType;
    DWORD dwAllocationGranularity;
    WORD wProcessorLevel;
    WORD wProcessorRevision;
} SYSTEM_INFO, *LPSYSTEM_INFO;

/*
 * The machine: pages of 4096 bytes, granules of 64 KiB, its processors.
 * lpSystemInfo: out; the caller's. Members that say more of the processor are 0.
 * Source: [D] GetSystemInfo; [I].
 */
WINBASEAPI void WINAPI GetSystemInfo(LPSYSTEM_INFO lpSystemInfo);

/*
 * The same.
 * lpSystemInfo: out; the caller's.
 * Source: [D] GetNativeSystemInfo.
 */
WINBASEAPI void WINAPI GetNativeSystemInfo(LPSYSTEM_INFO lpSystemInfo);

/*
 * Milliseconds since the machine started, its sleep included; starts over after 49.7 days.
 * Returns it; cannot fail.
 * Source: [D] GetTickCount.
 */
WINBASEAPI DWORD WINAPI GetTickCount(void);

/*
 * Milliseconds since the machine started, its sleep included.
 * Returns it; cannot fail.
 * Source: [D] GetTickCount64.
 */
WINBASEAPI ULONGLONG WINAPI GetTickCount64(void);

/*
 * The time of day, UTC, in 100 ns units since 1601; as precise as the next.
 * lpSystemTimeAsFileTime: out; the caller's.
 * Source: [D] GetSystemTimeAsFileTime; [I].
 */
WINBASEAPI void WINAPI GetSystemTimeAsFileTime(LPFILETIME lpSystemTimeAsFileTime);

/*
 * The time of day, UTC, in 100 ns units since 1601.
 * lpSystemTimeAsFileTime: out; the caller's.
 * Source: [D] GetSystemTimePreciseAsFileTime.
 */
WINBASEAPI void WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME lpSystemTimeAsFileTime);

/*
 * The time of day, UTC, by its parts, down to milliseconds.
 * lpSystemTime: out; the caller's.
 * Source: [D] GetSystemTime.
 */
WINBASEAPI void WINAPI GetSystemTime(LPSYSTEMTIME lpSystemTime);

RINGER_EXTERN_C_END

#endif

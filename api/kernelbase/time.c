/* SPDX-License-Identifier: MIT */
/* Clocks. */
#include "api/kernelbase/kernelbase.h"

#include "emu/base/clock.h"
#include "emu/base/sim.h"

#include <time.h>

/* [D] Since Windows 10 the counter runs at 10 MHz. */
#define TICKS_PER_SECOND 10000000
/* Between 1601-01-01 and 1970-01-01. */
#define UNIX_EPOCH_100NS INT64_C(116444736000000000)

BOOL WINAPI kb_QueryPerformanceCounter(LARGE_INTEGER *lpPerformanceCount)
{
    if (!lpPerformanceCount)
        return kb_fail(ERROR_NOACCESS);
    lpPerformanceCount->QuadPart = (LONGLONG)(emu_clock_now_ns() / 100);
    return TRUE;
}

BOOL WINAPI kb_QueryPerformanceFrequency(LARGE_INTEGER *lpFrequency)
{
    if (!lpFrequency)
        return kb_fail(ERROR_NOACCESS);
    lpFrequency->QuadPart = TICKS_PER_SECOND;
    return TRUE;
}

/* Milliseconds since the machine started, sleep included. [D] */
ULONGLONG WINAPI kb_GetTickCount64(void)
{
    struct timespec now;

    if (emu_sim) /* its time is the only one there */
        return emu_sim->now_ns() / 1000000;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (ULONGLONG)now.tv_sec * 1000 + (ULONGLONG)now.tv_nsec / 1000000;
}

DWORD WINAPI kb_GetTickCount(void)
{
    return (DWORD)kb_GetTickCount64();
}

void WINAPI kb_GetSystemTimePreciseAsFileTime(LPFILETIME lpSystemTimeAsFileTime)
{
    int64_t now = emu_clock_system_time();

    lpSystemTimeAsFileTime->dwLowDateTime = (DWORD)now;
    lpSystemTimeAsFileTime->dwHighDateTime = (DWORD)(now >> 32);
}

void WINAPI kb_GetSystemTimeAsFileTime(LPFILETIME lpSystemTimeAsFileTime)
{
    kb_GetSystemTimePreciseAsFileTime(lpSystemTimeAsFileTime);
}

void WINAPI kb_GetSystemTime(LPSYSTEMTIME lpSystemTime)
{
    int64_t now = emu_clock_system_time() - UNIX_EPOCH_100NS;
    time_t seconds = (time_t)(now / TICKS_PER_SECOND);
    struct tm utc;

    gmtime_r(&seconds, &utc);
    *lpSystemTime = (SYSTEMTIME){
        .wYear = (WORD)(utc.tm_year + 1900),
        .wMonth = (WORD)(utc.tm_mon + 1),
        .wDayOfWeek = (WORD)utc.tm_wday,
        .wDay = (WORD)utc.tm_mday,
        .wHour = (WORD)utc.tm_hour,
        .wMinute = (WORD)utc.tm_min,
        .wSecond = (WORD)utc.tm_sec,
        .wMilliseconds = (WORD)(now / 10000 % 1000),
    };
}

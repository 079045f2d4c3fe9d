/* SPDX-License-Identifier: MIT */
/* Waits and sleeps. */
#include "api/kernelbase/kernelbase.h"
#include "emu/base/sim.h"

#include <sched.h>

LARGE_INTEGER *kb_timeout(DWORD milliseconds, LARGE_INTEGER *space)
{
    if (milliseconds == INFINITE)
        return NULL;
    space->QuadPart = -(LONGLONG)milliseconds * 10000;
    return space;
}

static DWORD wait_result(NTSTATUS status)
{
    if (status < 0) {
        kb_set_status(status);
        return WAIT_FAILED;
    }
    return (DWORD)status; /* WAIT_OBJECT_0 + i, WAIT_TIMEOUT and WAIT_IO_COMPLETION are NT's numbers */
}

DWORD WINAPI kb_WaitForSingleObjectEx(HANDLE hHandle, DWORD dwMilliseconds, BOOL bAlertable)
{
    LARGE_INTEGER space;

    return wait_result(NtWaitForSingleObject(hHandle, bAlertable != 0,
                                             kb_timeout(dwMilliseconds, &space)));
}

DWORD WINAPI kb_WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds)
{
    return kb_WaitForSingleObjectEx(hHandle, dwMilliseconds, FALSE);
}

DWORD WINAPI kb_WaitForMultipleObjectsEx(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll,
                                         DWORD dwMilliseconds, BOOL bAlertable)
{
    LARGE_INTEGER space;

    /* [D] MAXIMUM_WAIT_OBJECTS at most, none is not allowed. */
    if (nCount == 0 || nCount > MAXIMUM_WAIT_OBJECTS || !lpHandles) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return WAIT_FAILED;
    }
    return wait_result(NtWaitForMultipleObjects(nCount, (HANDLE *)lpHandles,
                                                bWaitAll ? WaitAll : WaitAny, bAlertable != 0,
                                                kb_timeout(dwMilliseconds, &space)));
}

DWORD WINAPI kb_WaitForMultipleObjects(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll,
                                       DWORD dwMilliseconds)
{
    return kb_WaitForMultipleObjectsEx(nCount, lpHandles, bWaitAll, dwMilliseconds, FALSE);
}

/* Not one step as on Windows; of the objects there are, only events can be signalled this way. */
DWORD WINAPI kb_SignalObjectAndWait(HANDLE hObjectToSignal, HANDLE hObjectToWaitOn,
                                    DWORD dwMilliseconds, BOOL bAlertable)
{
    if (!kb_SetEvent(hObjectToSignal))
        return WAIT_FAILED;
    return kb_WaitForSingleObjectEx(hObjectToWaitOn, dwMilliseconds, bAlertable);
}

DWORD WINAPI kb_SleepEx(DWORD dwMilliseconds, BOOL bAlertable)
{
    LARGE_INTEGER space;

    if (dwMilliseconds == 0 && !bAlertable) {
        emu_sim_before(RINGER_SIM_CALL_OTHER, true);
        sched_yield(); /* [D] gives the rest of the time slice away */
        return 0;
    }
    if (dwMilliseconds == INFINITE)
        space.QuadPart = INT64_MIN; /* [I] as far away as NT can say */
    else
        space.QuadPart = -(LONGLONG)dwMilliseconds * 10000;
    return NtDelayExecution(bAlertable != 0, &space) == STATUS_USER_APC ? WAIT_IO_COMPLETION : 0;
}

void WINAPI kb_Sleep(DWORD dwMilliseconds)
{
    kb_SleepEx(dwMilliseconds, FALSE);
}

BOOL WINAPI kb_SwitchToThread(void)
{
    emu_sim_before(RINGER_SIM_CALL_OTHER, true);
    return sched_yield() == 0;
}

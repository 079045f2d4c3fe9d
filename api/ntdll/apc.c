/* SPDX-License-Identifier: MIT */
/* Asynchronous procedure calls, where ntdll makes them: behind the service that they interrupted. */
#include "api/ntdll/ntdll.h"

#include "api/ntdll/ioring.h" /* nt_copy_in */
#include "api/ntdll/thread.h"

/*
 * [D] QueueUserAPC: all of them, oldest first, before the wait returns. One that waits alertably itself has
 * those behind it made there. All routines have three arguments, those of I/O a ULONG for the third.
 */
NTSTATUS nt_make_calls(NTSTATUS status)
{
    struct emu_apc_call call;

    while (status == STATUS_USER_APC && emu_nt_take_apc(&call))
        ((PPS_APC_ROUTINE)(ULONG_PTR)call.routine)((PVOID)(ULONG_PTR)call.arguments[0],
                                                   (PVOID)(ULONG_PTR)call.arguments[1],
                                                   (PVOID)(ULONG_PTR)call.arguments[2]);
    return status;
}

NTSTATUS NTAPI nt_NtQueueApcThread(HANDLE ThreadHandle, PPS_APC_ROUTINE ApcRoutine,
                                   PVOID ApcArgument1, PVOID ApcArgument2, PVOID ApcArgument3)
{
    struct emu_apc_call call = {(ULONG_PTR)ApcRoutine,
                                {(ULONG_PTR)ApcArgument1, (ULONG_PTR)ApcArgument2,
                                 (ULONG_PTR)ApcArgument3}};

    if (!ApcRoutine)
        return STATUS_INVALID_PARAMETER; /* [I] there is nothing to call */
    return emu_nt_queue_apc_thread(nt_number(ThreadHandle), &call);
}

NTSTATUS NTAPI nt_NtTestAlert(void)
{
    nt_make_calls(STATUS_USER_APC);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI nt_NtDelayExecution(BOOLEAN Alertable, PLARGE_INTEGER DelayInterval)
{
    LARGE_INTEGER interval;

    if (!DelayInterval || !nt_copy_in(&interval, DelayInterval, sizeof interval))
        return STATUS_ACCESS_VIOLATION;
    return nt_make_calls(emu_nt_delay_execution(Alertable != 0, &interval.QuadPart));
}

/* SPDX-License-Identifier: MIT */
/* The outcome of OVERLAPPED operations, and their cancellation. */
#include "api/kernelbase/kernelbase.h"
#include "emu/base/sim.h"

/* Internal as the system leaves it: complete once it is not STATUS_PENDING. */
static NTSTATUS overlapped_status(const OVERLAPPED *overlapped)
{
    /* Acquire: the bytes of a finished read are there. Pairs with the emulator's release store. */
    return (NTSTATUS)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
}

static BOOL overlapped_wait(HANDLE file, OVERLAPPED *overlapped, LPDWORD count, DWORD milliseconds,
                            BOOL alertable)
{
    NTSTATUS status = overlapped_status(overlapped);
    LARGE_INTEGER space;

    if (emu_sim && (status != STATUS_PENDING || milliseconds == 0)) {
        const struct ringer_sim_access outcome = {RINGER_SIM_MEMORY, 0, 0, (uintptr_t)overlapped,
                                                  (uintptr_t)overlapped + sizeof(IO_STATUS_BLOCK)};

        emu_sim->before(RINGER_SIM_CALL_WAIT, status == STATUS_PENDING, &outcome, 1);
        status = overlapped_status(overlapped);
    }
    if (status == STATUS_PENDING) {
        HANDLE object = overlapped->hEvent ? kb_overlapped_event(overlapped) : file;

        if (milliseconds == 0)
            return kb_fail(ERROR_IO_INCOMPLETE);
        status = NtWaitForSingleObject(object, (BOOLEAN)alertable, kb_timeout(milliseconds, &space));
        if (status == STATUS_TIMEOUT)
            return kb_fail(WAIT_TIMEOUT); /* [D] GetOverlappedResultEx */
        if (status == STATUS_USER_APC)
            return kb_fail(WAIT_IO_COMPLETION);
        if (status < 0)
            return kb_set_status(status);
        status = overlapped_status(overlapped);
        /* The handle was signalled for another operation. [D] That is why one uses an event. */
        if (status == STATUS_PENDING)
            return kb_fail(ERROR_IO_INCOMPLETE);
    }
    if (count)
        *count = (DWORD)overlapped->InternalHigh;
    return status == STATUS_SUCCESS ? TRUE : kb_set_status(status);
}

BOOL WINAPI kb_GetOverlappedResult(HANDLE hFile, LPOVERLAPPED lpOverlapped,
                                   LPDWORD lpNumberOfBytesTransferred, BOOL bWait)
{
    if (!lpOverlapped)
        return kb_fail(ERROR_INVALID_PARAMETER);
    return overlapped_wait(hFile, lpOverlapped, lpNumberOfBytesTransferred, bWait ? INFINITE : 0,
                           FALSE);
}

BOOL WINAPI kb_GetOverlappedResultEx(HANDLE hFile, LPOVERLAPPED lpOverlapped,
                                     LPDWORD lpNumberOfBytesTransferred, DWORD dwMilliseconds,
                                     BOOL bAlertable)
{
    if (!lpOverlapped)
        return kb_fail(ERROR_INVALID_PARAMETER);
    return overlapped_wait(hFile, lpOverlapped, lpNumberOfBytesTransferred, dwMilliseconds,
                           bAlertable != 0);
}

BOOL WINAPI kb_CancelIo(HANDLE hFile)
{
    IO_STATUS_BLOCK iosb;

    return kb_done(NtCancelIoFile(hFile, &iosb));
}

BOOL WINAPI kb_CancelIoEx(HANDLE hFile, LPOVERLAPPED lpOverlapped)
{
    IO_STATUS_BLOCK iosb;

    return kb_done(NtCancelIoFileEx(hFile, (PIO_STATUS_BLOCK)lpOverlapped, &iosb));
}

BOOL WINAPI kb_CancelSynchronousIo(HANDLE hThread)
{
    EMU_FIXME("overlapped/cancel_synchronous", "CancelSynchronousIo");
    return kb_fail(ERROR_NOT_FOUND);
}

BOOL WINAPI kb_DeviceIoControl(HANDLE hDevice, DWORD dwIoControlCode, LPVOID lpInBuffer,
                               DWORD nInBufferSize, LPVOID lpOutBuffer, DWORD nOutBufferSize,
                               LPDWORD lpBytesReturned, LPOVERLAPPED lpOverlapped)
{
    bool fs = dwIoControlCode >> 16 == 0x0009 || dwIoControlCode >> 16 == 0x0011;
    IO_STATUS_BLOCK own = {0}, *iosb = lpOverlapped ? (PIO_STATUS_BLOCK)lpOverlapped : &own;
    HANDLE event = lpOverlapped ? kb_overlapped_event(lpOverlapped) : NULL;
    void *context = lpOverlapped ? kb_overlapped_context(lpOverlapped) : NULL;
    NTSTATUS status;

    if (!lpOverlapped && !lpBytesReturned)
        return kb_fail(ERROR_NOACCESS);
    if (lpOverlapped)
        iosb->Status = STATUS_PENDING;
    /* [D] File-system and pipe codes go one way, device codes another. */
    status = (fs ? NtFsControlFile : NtDeviceIoControlFile)(
        hDevice, event, NULL, context, iosb, dwIoControlCode, lpInBuffer, nInBufferSize,
        lpOutBuffer, nOutBufferSize);
    if (status == STATUS_PENDING && !lpOverlapped) {
        status = NtWaitForSingleObject(hDevice, FALSE, NULL);
        if (status >= 0)
            status = own.Status;
    }
    if (lpBytesReturned)
        *lpBytesReturned = NT_ERROR(status) || status == STATUS_PENDING ? 0 : (DWORD)iosb->Information;
    return status == STATUS_SUCCESS ? TRUE : kb_set_status(status);
}

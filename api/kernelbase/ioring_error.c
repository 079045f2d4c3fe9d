/* SPDX-License-Identifier: MIT */
/*
 * Where NTSTATUS becomes IoRing's HRESULT. The rule is
 * HRESULT_FROM_WIN32(RtlNtStatusToDosError(s)); the rows are what does not follow it, or what the
 * ntdll below may be too old to know. Statuses are numbers here because mingw's headers, unlike
 * ours, spread them over two that exclude each other.
 */
#include "api/kernelbase/ioring.h"

#include "emu/base/mutant.h"

#define FACILITY_OF(status) ((UINT32)(status) >> 16)
#define NT_IORING_FACILITY 0xC046u /* STATUS_IORING_x -> IORING_E_x: same facility, same number */
#define NT_WIN32_FACILITY 0xC007u  /* a Win32 code that has no NTSTATUS of its own */
#define HR(code) ((HRESULT)(UINT32)(code))

static HRESULT from_win32(UINT32 code)
{
    return code ? HR(0x80070000u | (code & 0xFFFFu)) : S_OK;
}

HRESULT kb_ioring_failure_hresult(NTSTATUS status)
{
    switch ((UINT32)status) {
    case 0xC0000120: /* STATUS_CANCELLED. [R] IB9, IS12: E_ABORT, not ERROR_OPERATION_ABORTED */
        return EMU_MUTANT(cancelled_code_of_win32) ? HR(0x800703E3) : E_ABORT;
    case 0xC00000BB: /* STATUS_NOT_SUPPORTED. [R-] write and flush on an old ring; ioring.md head */
        return CO_E_NOT_SUPPORTED;
    }
    if (FACILITY_OF(status) == NT_IORING_FACILITY)
        return HR(0x80460000u | ((UINT32)status & 0xFFFFu)); /* [D] winerror.h; [R] IB10 saw one */
    if (FACILITY_OF(status) == NT_WIN32_FACILITY)
        return from_win32((UINT32)status & 0xFFFFu);
    return from_win32(RtlNtStatusToDosError(status));
}

HRESULT kb_ioring_call_hresult(NTSTATUS status)
{
    if (status == 0x102 && !EMU_MUTANT(timeout_is_success)) /* STATUS_TIMEOUT */
        return HR(0x800705B4); /* [R] IS5 IORING_E_WAIT_TIMEOUT = ERROR_TIMEOUT */
    return kb_ioring_cqe_hresult(status);
}

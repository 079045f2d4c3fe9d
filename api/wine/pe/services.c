/* SPDX-License-Identifier: MIT */
/*
 * The ntdll services that kernelbase's half calls by their public names. Natively those are
 * dispatch slots; in the PE build they are these functions, which the DLL also exports, because the
 * ntdll of Wine has none of the four (and its NtClose would not know what hangs on a ring's
 * handle).
 */
#include "api/ntdll/ioring.h"

#include "emu/syscall.h"

NTSTATUS NTAPI NtCreateIoRing(PHANDLE ring_out, ULONG params_nbytes, PVOID params,
                              ULONG info_nbytes, PVOID info)
{
    return nt_NtCreateIoRing(ring_out, params_nbytes, params, info_nbytes, info);
}

NTSTATUS NTAPI NtSubmitIoRing(HANDLE ring, ULONG flags, ULONG wait_count, PLARGE_INTEGER timeout)
{
    return nt_NtSubmitIoRing(ring, flags, wait_count, timeout);
}

NTSTATUS NTAPI NtQueryIoRingCapabilities(SIZE_T nbytes, PVOID caps)
{
    return nt_NtQueryIoRingCapabilities(nbytes, caps);
}

NTSTATUS NTAPI NtSetInformationIoRing(HANDLE ring, ULONG information_class, ULONG nbytes,
                                      PVOID info)
{
    return nt_NtSetInformationIoRing(ring, information_class, nbytes, info);
}

NTSTATUS NTAPI NtClose(HANDLE handle)
{
    return emu_nt_close((emu_handle)(ULONG_PTR)handle);
}

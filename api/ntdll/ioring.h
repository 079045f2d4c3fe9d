/* SPDX-License-Identifier: MIT */
/* The four ring services of ntdll, and the calls below them that no hook sees. */
#ifndef NT_IORING_H
#define NT_IORING_H

#include <windows.h>
#include <ioringapi.h>
#include <ioringnt.h>

NTSTATUS NTAPI nt_NtCreateIoRing(PHANDLE IoRingHandle, ULONG CreateParametersLength,
                                 PVOID CreateParameters, ULONG OutputParametersLength,
                                 PVOID OutputParameters);
NTSTATUS NTAPI nt_NtSubmitIoRing(HANDLE IoRingHandle, ULONG Flags, ULONG WaitOperations,
                                 PLARGE_INTEGER Timeout);
NTSTATUS NTAPI nt_NtQueryIoRingCapabilities(SIZE_T CapabilitiesLength, PVOID Capabilities);
NTSTATUS NTAPI nt_NtSetInformationIoRing(HANDLE IoRingHandle, ULONG IoRingInformationClass,
                                         ULONG IoRingInformationLength, PVOID IoRingInformation);

/*
 * Moves finished operations into the completion queue. Windows has no such service (its kernel
 * needs no help), so this has no slot and is never traced. Kernelbase calls it when the queue looks
 * empty.
 */
NTSTATUS nt_poll_ioring(HANDLE ring);

/*
 * Copies from memory that the caller of the API named and that may be bad; FALSE instead of a
 * fault. Native: user_memory.c; under Wine: api/wine/pe/user_memory.c.
 */
BOOL nt_copy_in(void *to, const void *user, SIZE_T nbytes);

#endif

/* SPDX-License-Identifier: MIT */
/* The four ring services of ntdll, and the one call below them that no hook sees. */
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

#endif

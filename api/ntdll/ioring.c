/* SPDX-License-Identifier: MIT */
/* The ring services of ntdll: Windows' argument types in, the emulator's door behind. */
#include "api/ntdll/ioring.h"

#include "emu/syscall.h"

static emu_handle ring_number(HANDLE ring)
{
    return (emu_handle)(ULONG_PTR)ring;
}

NTSTATUS NTAPI nt_NtCreateIoRing(PHANDLE IoRingHandle, ULONG CreateParametersLength,
                                 PVOID CreateParameters, ULONG OutputParametersLength,
                                 PVOID OutputParameters)
{
    emu_handle ring = 0;
    NTSTATUS status;

    /* [I] Pointers are the kernel's to probe: it answers with a status, never with a fault. */
    if (sizeof(HANDLE) == sizeof ring)
        return emu_nt_create_ioring((emu_handle *)(void *)IoRingHandle, CreateParametersLength,
                                    CreateParameters, OutputParametersLength, OutputParameters);
    if (!IoRingHandle)
        return STATUS_ACCESS_VIOLATION;
    status = emu_nt_create_ioring(&ring, CreateParametersLength, CreateParameters,
                                  OutputParametersLength, OutputParameters);
    if (status >= 0)
        *IoRingHandle = (HANDLE)(ULONG_PTR)ring;
    return status;
}

NTSTATUS NTAPI nt_NtSubmitIoRing(HANDLE IoRingHandle, ULONG Flags, ULONG WaitOperations,
                                 PLARGE_INTEGER Timeout)
{
    return emu_nt_submit_ioring(ring_number(IoRingHandle), Flags, WaitOperations,
                                (const int64_t *)(const void *)Timeout);
}

NTSTATUS NTAPI nt_NtQueryIoRingCapabilities(SIZE_T CapabilitiesLength, PVOID Capabilities)
{
    return emu_nt_query_ioring_capabilities(CapabilitiesLength, Capabilities);
}

NTSTATUS NTAPI nt_NtSetInformationIoRing(HANDLE IoRingHandle, ULONG IoRingInformationClass,
                                         ULONG IoRingInformationLength, PVOID IoRingInformation)
{
    HANDLE handle;
    emu_handle event;

    if (IoRingInformationClass != IoRingRegisterUserCompletionEventClass ||
        IoRingInformationLength != sizeof(HANDLE) || !IoRingInformation) {
        return emu_nt_set_information_ioring(ring_number(IoRingHandle), IoRingInformationClass,
                                             IoRingInformationLength, IoRingInformation);
    }
    /* A HANDLE is as wide as a pointer, the door's is always 64 bits. */
    if (!nt_copy_in(&handle, IoRingInformation, sizeof handle))
        return STATUS_ACCESS_VIOLATION;
    event = (emu_handle)(ULONG_PTR)handle;
    return emu_nt_set_information_ioring(ring_number(IoRingHandle), IoRingInformationClass,
                                         sizeof event, &event);
}

NTSTATUS nt_poll_ioring(HANDLE ring)
{
    return emu_nt_poll_ioring(ring_number(ring));
}

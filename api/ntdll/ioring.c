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

    if (!IoRingHandle)
        return STATUS_ACCESS_VIOLATION; /* [I] what the kernel's probe of a pointer gives */
    status = emu_nt_create_ioring(&ring, CreateParametersLength, CreateParameters,
                                  OutputParametersLength, OutputParameters);
    if (status >= 0)
        *IoRingHandle = (HANDLE)(ULONG_PTR)ring;
    return status;
}

NTSTATUS NTAPI nt_NtSubmitIoRing(HANDLE IoRingHandle, ULONG Flags, ULONG WaitOperations,
                                 PLARGE_INTEGER Timeout)
{
    int64_t timeout = Timeout ? Timeout->QuadPart : 0;

    return emu_nt_submit_ioring(ring_number(IoRingHandle), Flags, WaitOperations,
                                Timeout ? &timeout : NULL);
}

NTSTATUS NTAPI nt_NtQueryIoRingCapabilities(SIZE_T CapabilitiesLength, PVOID Capabilities)
{
    return emu_nt_query_ioring_capabilities(CapabilitiesLength, Capabilities);
}

NTSTATUS NTAPI nt_NtSetInformationIoRing(HANDLE IoRingHandle, ULONG IoRingInformationClass,
                                         ULONG IoRingInformationLength, PVOID IoRingInformation)
{
    NTSTATUS status;

    if (IoRingInformationClass != IoRingRegisterUserCompletionEventClass ||
        IoRingInformationLength != sizeof(HANDLE) || !IoRingInformation) {
        return emu_nt_set_information_ioring(ring_number(IoRingHandle), IoRingInformationClass,
                                             IoRingInformationLength, IoRingInformation);
    }
    /* A HANDLE is as wide as a pointer, the door's is always 64 bits. */
    emu_handle event = (emu_handle)(ULONG_PTR) * (HANDLE *)IoRingInformation;
    status = emu_nt_set_information_ioring(ring_number(IoRingHandle), IoRingInformationClass,
                                           sizeof event, &event);
    return status;
}

NTSTATUS nt_poll_ioring(HANDLE ring)
{
    return emu_nt_poll_ioring(ring_number(ring));
}

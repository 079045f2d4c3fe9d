/* SPDX-License-Identifier: MIT */
/* Virtual memory of this process; another process' is refused. */
#include "api/ntdll/ntdll.h"

#define THIS_PROCESS ((HANDLE)(LONG_PTR)-1)

NTSTATUS NTAPI nt_NtAllocateVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress,
                                          ULONG_PTR ZeroBits, PSIZE_T RegionSize,
                                          ULONG AllocationType, ULONG Protect)
{
    uint64_t nbytes;
    NTSTATUS status;

    if (ProcessHandle != THIS_PROCESS)
        return STATUS_INVALID_HANDLE;
    if (!BaseAddress || !RegionSize)
        return STATUS_ACCESS_VIOLATION;
    nbytes = *RegionSize;
    status = emu_nt_allocate_virtual_memory(BaseAddress, &nbytes, AllocationType, Protect);
    if (status >= 0)
        *RegionSize = nbytes;
    return status;
}

NTSTATUS NTAPI nt_NtFreeVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress, PSIZE_T RegionSize,
                                      ULONG FreeType)
{
    uint64_t nbytes;
    NTSTATUS status;

    if (ProcessHandle != THIS_PROCESS)
        return STATUS_INVALID_HANDLE;
    if (!BaseAddress || !RegionSize)
        return STATUS_ACCESS_VIOLATION;
    nbytes = *RegionSize;
    status = emu_nt_free_virtual_memory(BaseAddress, &nbytes, FreeType);
    if (status >= 0)
        *RegionSize = nbytes;
    return status;
}

NTSTATUS NTAPI nt_NtProtectVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress,
                                         PSIZE_T RegionSize, ULONG NewProtect, PULONG OldProtect)
{
    uint64_t nbytes;
    NTSTATUS status;

    if (ProcessHandle != THIS_PROCESS)
        return STATUS_INVALID_HANDLE;
    if (!BaseAddress || !RegionSize || !OldProtect)
        return STATUS_ACCESS_VIOLATION;
    nbytes = *RegionSize;
    status = emu_nt_protect_virtual_memory(BaseAddress, &nbytes, NewProtect, OldProtect);
    if (status >= 0)
        *RegionSize = nbytes;
    return status;
}

NTSTATUS NTAPI nt_NtQueryVirtualMemory(HANDLE ProcessHandle, PVOID BaseAddress,
                                       ULONG MemoryInformationClass, PVOID MemoryInformation,
                                       SIZE_T Length, PSIZE_T ResultLength)
{
    uint64_t length = 0;
    NTSTATUS status;

    if (ProcessHandle != THIS_PROCESS)
        return STATUS_INVALID_HANDLE;
    status = emu_nt_query_virtual_memory(BaseAddress, MemoryInformationClass, MemoryInformation,
                                         Length, &length);
    if (status >= 0 && ResultLength)
        *ResultLength = length;
    return status;
}

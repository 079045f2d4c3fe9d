/* SPDX-License-Identifier: MIT */
/* Sections and views of this process; another process' are refused. */
#include "api/ntdll/ntdll.h"

#include "api/ntdll/ioring.h" /* nt_copy_in */
#include "emu/base/log.h"
#include "emu/base/usermem.h"

#define THIS_PROCESS ((HANDLE)(LONG_PTR)-1)

NTSTATUS NTAPI nt_NtCreateSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                  POBJECT_ATTRIBUTES ObjectAttributes, PLARGE_INTEGER MaximumSize,
                                  ULONG SectionPageProtection, ULONG AllocationAttributes,
                                  HANDLE FileHandle)
{
    struct emu_object_name name;
    NTSTATUS status = nt_object_name(ObjectAttributes, &name);

    if (status < 0)
        return status;
    if (!SectionHandle)
        return STATUS_ACCESS_VIOLATION;
    if (name.nbytes) {
        EMU_FIXME("nt/section-name", "sections with names");
        return STATUS_NOT_SUPPORTED;
    }
    return emu_nt_create_section((emu_handle *)SectionHandle, DesiredAccess, nt_time(MaximumSize),
                                 SectionPageProtection, AllocationAttributes,
                                 nt_number(FileHandle));
}

/* All that comes back, or nothing: a view that nobody can name would stay for ever. */
static NTSTATUS give_back(const struct emu_map_params *params, PVOID *base, LARGE_INTEGER *offset,
                          SIZE_T *nbytes)
{
    if (emu_copy_to_user(base, &params->base, sizeof params->base) &&
        emu_copy_to_user(nbytes, &params->nbytes, sizeof params->nbytes) &&
        (!offset || emu_copy_to_user(offset, &params->offset, sizeof params->offset)))
        return STATUS_SUCCESS;
    (void)emu_nt_unmap_view_of_section(params->base);
    return STATUS_ACCESS_VIOLATION;
}

NTSTATUS NTAPI nt_NtMapViewOfSection(HANDLE SectionHandle, HANDLE ProcessHandle, PVOID *BaseAddress,
                                     ULONG_PTR ZeroBits, SIZE_T CommitSize,
                                     PLARGE_INTEGER SectionOffset, PSIZE_T ViewSize,
                                     SECTION_INHERIT InheritDisposition, ULONG AllocationType,
                                     ULONG Win32Protect)
{
    struct emu_map_params params = {
        .inherit = InheritDisposition, .type = AllocationType, .protect = Win32Protect};
    NTSTATUS status;

    if (ProcessHandle != THIS_PROCESS)
        return STATUS_INVALID_HANDLE;
    if (!nt_copy_in(&params.base, BaseAddress, sizeof params.base) ||
        !nt_copy_in(&params.nbytes, ViewSize, sizeof params.nbytes) ||
        (SectionOffset && !nt_copy_in(&params.offset, SectionOffset, sizeof params.offset)))
        return STATUS_ACCESS_VIOLATION;
    status = emu_nt_map_view_of_section(nt_number(SectionHandle), &params);
    return status < 0 ? status : give_back(&params, BaseAddress, SectionOffset, ViewSize);
}

NTSTATUS NTAPI nt_NtUnmapViewOfSection(HANDLE ProcessHandle, PVOID BaseAddress)
{
    return ProcessHandle == THIS_PROCESS ? emu_nt_unmap_view_of_section((ULONG_PTR)BaseAddress)
                                         : STATUS_INVALID_HANDLE;
}

NTSTATUS NTAPI nt_NtUnmapViewOfSectionEx(HANDLE ProcessHandle, PVOID BaseAddress, ULONG Flags)
{
    if (Flags & ~(ULONG)MEM_UNMAP_WITH_TRANSIENT_BOOST)
        return STATUS_INVALID_PARAMETER;
    return nt_NtUnmapViewOfSection(ProcessHandle, BaseAddress);
}

NTSTATUS NTAPI nt_NtFlushVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress, PSIZE_T RegionSize,
                                       PIO_STATUS_BLOCK IoStatus)
{
    uint64_t base, nbytes;
    NTSTATUS status;

    if (ProcessHandle != THIS_PROCESS)
        return STATUS_INVALID_HANDLE;
    if (!nt_copy_in(&base, BaseAddress, sizeof base) ||
        !nt_copy_in(&nbytes, RegionSize, sizeof nbytes) || !IoStatus)
        return STATUS_ACCESS_VIOLATION;
    status = emu_nt_flush_virtual_memory(&base, &nbytes);
    if (!emu_write_iosb(IoStatus, status, 0) ||
        (status >= 0 && (!emu_copy_to_user(BaseAddress, &base, sizeof base) ||
                         !emu_copy_to_user(RegionSize, &nbytes, sizeof nbytes))))
        return STATUS_ACCESS_VIOLATION;
    return status;
}

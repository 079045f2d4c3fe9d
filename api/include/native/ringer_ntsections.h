/* SPDX-License-Identifier: MIT */
/* Part of winternl.h: sections and their views. */
#ifndef RINGER_NTSECTIONS_H
#define RINGER_NTSECTIONS_H

#include <winternl.h>

RINGER_EXTERN_C_BEGIN

typedef enum _SECTION_INHERIT { ViewShare = 1, ViewUnmap = 2 } SECTION_INHERIT;

#define MEM_UNMAP_WITH_TRANSIENT_BOOST 0x00000001
#define MEM_PRESERVE_PLACEHOLDER 0x00000002

/*
 * Makes a section, over a file or over memory of its own.
 * SectionHandle: out; receives the handle, which the caller owns.
 * DesiredAccess: a mask: SECTION_MAP_READ, SECTION_MAP_WRITE, SECTION_MAP_EXECUTE, SECTION_QUERY,
 *   SECTION_ALL_ACCESS, GENERIC_*.
 * ObjectAttributes: may be NULL; sections have no names here: STATUS_NOT_SUPPORTED for one.
 * MaximumSize: bytes; NULL or 0 is the file's size. More makes a file larger that the section may write.
 * SectionPageProtection: PAGE_READONLY, PAGE_READWRITE, PAGE_WRITECOPY and their PAGE_EXECUTE_* kin:
 *   the most that a view may have.
 * AllocationAttributes: SEC_COMMIT or SEC_RESERVE, which are alike here; SEC_IMAGE is
 *   STATUS_NOT_SUPPORTED.
 * FileHandle: a file with read access, with write and execute access as the protection asks; NULL for
 *   memory.
 * Returns STATUS_SUCCESS; STATUS_MAPPED_FILE_SIZE_ZERO for an empty file, STATUS_SECTION_TOO_BIG,
 *   STATUS_INVALID_FILE_FOR_SECTION for what is no file on a disk, STATUS_INVALID_PAGE_PROTECTION,
 *   STATUS_INVALID_PARAMETER_4 for the size, STATUS_INVALID_PARAMETER_6 for the attributes,
 *   STATUS_PRIVILEGE_NOT_HELD for large pages, STATUS_ACCESS_DENIED, STATUS_INVALID_HANDLE,
 *   STATUS_OBJECT_TYPE_MISMATCH, STATUS_DISK_FULL, STATUS_NO_MEMORY, STATUS_ACCESS_VIOLATION.
 * Source: [D] NtCreateSection, CreateFileMappingW; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtCreateSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                        POBJECT_ATTRIBUTES ObjectAttributes,
                                        PLARGE_INTEGER MaximumSize, ULONG SectionPageProtection,
                                        ULONG AllocationAttributes, HANDLE FileHandle);

/*
 * Maps a part of a section. The view lasts longer than the handles of section and file.
 * SectionHandle: a section with SECTION_MAP_READ and what the protection asks for.
 * ProcessHandle: NtCurrentProcess(), -1.
 * BaseAddress: in and out; where, a multiple of 64 KiB, or NULL in it for anywhere.
 * ZeroBits: ignored.
 * CommitSize: bytes; ignored.
 * SectionOffset: in and out; bytes, a multiple of 64 KiB. NULL is 0.
 * ViewSize: in and out; bytes, 0 for the rest; rounded up to pages.
 * InheritDisposition: ViewShare or ViewUnmap; not used beyond that check.
 * AllocationType: 0, MEM_TOP_DOWN or MEM_RESERVE, which change nothing.
 * Win32Protect: PAGE_READONLY and so on, no more than the section has.
 * Returns STATUS_SUCCESS; STATUS_MAPPED_ALIGNMENT, STATUS_INVALID_VIEW_SIZE beyond the section,
 *   STATUS_SECTION_PROTECTION, STATUS_INVALID_PAGE_PROTECTION, STATUS_CONFLICTING_ADDRESSES,
 *   STATUS_INVALID_PARAMETER_8, STATUS_INVALID_PARAMETER_9, STATUS_ACCESS_DENIED,
 *   STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_NO_MEMORY,
 *   STATUS_ACCESS_VIOLATION.
 * Source: [D] NtMapViewOfSection, MapViewOfFileEx; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtMapViewOfSection(HANDLE SectionHandle, HANDLE ProcessHandle,
                                           PVOID *BaseAddress, ULONG_PTR ZeroBits,
                                           SIZE_T CommitSize, PLARGE_INTEGER SectionOffset,
                                           PSIZE_T ViewSize, SECTION_INHERIT InheritDisposition,
                                           ULONG AllocationType, ULONG Win32Protect);

/*
 * Takes a view away.
 * ProcessHandle: NtCurrentProcess(), -1.
 * BaseAddress: any address in it.
 * Returns STATUS_SUCCESS; STATUS_NOT_MAPPED_VIEW, STATUS_INVALID_HANDLE for another process.
 * Source: [D] NtUnmapViewOfSection; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE ProcessHandle, PVOID BaseAddress);

/*
 * The same with flags.
 * ProcessHandle: NtCurrentProcess(), -1.
 * BaseAddress: any address in it.
 * Flags: 0, or MEM_UNMAP_WITH_TRANSIENT_BOOST, which changes nothing; there are no placeholders:
 *   MEM_PRESERVE_PLACEHOLDER is STATUS_INVALID_PARAMETER, as others are.
 * Returns STATUS_SUCCESS; STATUS_NOT_MAPPED_VIEW, STATUS_INVALID_PARAMETER, STATUS_INVALID_HANDLE for
 *   another process.
 * Source: [D] NtUnmapViewOfSection; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtUnmapViewOfSectionEx(HANDLE ProcessHandle, PVOID BaseAddress, ULONG Flags);

/*
 * Writes what views have changed to their file.
 * ProcessHandle: NtCurrentProcess(), -1.
 * BaseAddress: in and out; in a view.
 * RegionSize: in and out; bytes, 0 up to the end of the view.
 * IoStatus: out; Status.
 * Returns STATUS_SUCCESS; STATUS_NOT_MAPPED_VIEW, STATUS_INVALID_HANDLE for another process,
 *   STATUS_ACCESS_VIOLATION.
 * Source: [D] FlushViewOfFile; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtFlushVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress,
                                             PSIZE_T RegionSize, PIO_STATUS_BLOCK IoStatus);

RINGER_EXTERN_C_END

#endif

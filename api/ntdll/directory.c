/* SPDX-License-Identifier: MIT */
/* What lies in a directory. */
#include "api/ntdll/ntdll.h"

#include "api/ntdll/ioring.h" /* nt_copy_in */
#include "api/ntdll/thread.h"

static NTSTATUS query(HANDLE file, HANDLE event, PIO_APC_ROUTINE routine, PVOID context,
                      PIO_STATUS_BLOCK iosb, PVOID info, ULONG length,
                      FILE_INFORMATION_CLASS information_class, ULONG flags,
                      const UNICODE_STRING *pattern)
{
    struct emu_object_name name = {0};
    UNICODE_STRING given;

    if (pattern) {
        if (!nt_copy_in(&given, pattern, sizeof given))
            return STATUS_ACCESS_VIOLATION;
        name.chars = (const uint16_t *)given.Buffer;
        name.nbytes = given.Length;
        if (given.Length && !given.Buffer)
            return STATUS_ACCESS_VIOLATION;
    }
    return emu_nt_query_directory_file(nt_number(file), nt_number(event), (ULONG_PTR)routine,
                                       (ULONG_PTR)context,
                                       nt_iosb(iosb), info, length, information_class, flags,
                                       &name);
}

NTSTATUS NTAPI nt_NtQueryDirectoryFileEx(HANDLE FileHandle, HANDLE Event,
                                         PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                         PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation,
                                         ULONG Length, FILE_INFORMATION_CLASS FileInformationClass,
                                         ULONG QueryFlags, PUNICODE_STRING FileName)
{
    if (nt_family() == NT_WINE)
        return STATUS_NOT_IMPLEMENTED;
    return query(FileHandle, Event, ApcRoutine, ApcContext, IoStatusBlock, FileInformation, Length,
                 FileInformationClass, QueryFlags, FileName);
}

/* [I] hooks.md 1.3: from Windows 10 1709 on this one calls the other, through its slot as it seems. */
NTSTATUS NTAPI nt_NtQueryDirectoryFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                       PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                       PVOID FileInformation, ULONG Length,
                                       FILE_INFORMATION_CLASS FileInformationClass,
                                       BOOLEAN ReturnSingleEntry, PUNICODE_STRING FileName,
                                       BOOLEAN RestartScan)
{
    ULONG flags =
        (ReturnSingleEntry ? SL_RETURN_SINGLE_ENTRY : 0) | (RestartScan ? SL_RESTART_SCAN : 0);

    if (nt_family() == NT_WINE)
        return query(FileHandle, Event, ApcRoutine, ApcContext, IoStatusBlock, FileInformation,
                     Length, FileInformationClass, flags, FileName);
    return NtQueryDirectoryFileEx(FileHandle, Event, ApcRoutine, ApcContext, IoStatusBlock,
                                  FileInformation, Length, FileInformationClass, flags, FileName);
}

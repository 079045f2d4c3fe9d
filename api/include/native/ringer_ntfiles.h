/* SPDX-License-Identifier: MIT */
/* Part of winternl.h: files by name and directories, what Windows declares in ntifs.h. */
#ifndef RINGER_NTFILES_H
#define RINGER_NTFILES_H

#include <winternl.h>

RINGER_EXTERN_C_BEGIN

/*
 * Attributes and times of what has a name. Sharing does not stand against it.
 * ObjectAttributes: the name, as for NtCreateFile.
 * FileInformation: out.
 * Returns STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND,
 *   STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_PATH_SYNTAX_BAD, STATUS_DELETE_PENDING,
 *   STATUS_ACCESS_DENIED, STATUS_INVALID_PARAMETER, STATUS_ACCESS_VIOLATION.
 * Source: [D] NtQueryAttributesFile; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtQueryAttributesFile(POBJECT_ATTRIBUTES ObjectAttributes,
                                              PFILE_BASIC_INFORMATION FileInformation);

/*
 * The same, with the sizes.
 * ObjectAttributes: the name, as for NtCreateFile.
 * FileInformation: out.
 * Returns STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND,
 *   STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_PATH_SYNTAX_BAD, STATUS_DELETE_PENDING,
 *   STATUS_ACCESS_DENIED, STATUS_INVALID_PARAMETER, STATUS_ACCESS_VIOLATION.
 * Source: [D] NtQueryFullAttributesFile; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtQueryFullAttributesFile(POBJECT_ATTRIBUTES ObjectAttributes,
                                                  PFILE_NETWORK_OPEN_INFORMATION FileInformation);

/*
 * What a class says of a file that nobody has to open. RINGER_PROFILE=wine does not have it.
 * ObjectAttributes: the name, as for NtCreateFile.
 * IoStatusBlock: out; Status and bytes written.
 * FileInformation: out; the class's struct.
 * Length: bytes of it.
 * FileInformationClass: FileStatInformation, FileStatBasicInformation, FileCaseSensitiveInformation.
 * Returns STATUS_SUCCESS; STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH,
 *   STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_NAME_INVALID,
 *   STATUS_DELETE_PENDING, STATUS_ACCESS_DENIED, STATUS_INVALID_PARAMETER,
 *   STATUS_ACCESS_VIOLATION; STATUS_NOT_IMPLEMENTED where it is missing.
 * Source: [D] NtQueryInformationByName; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtQueryInformationByName(POBJECT_ATTRIBUTES ObjectAttributes,
                                                 PIO_STATUS_BLOCK IoStatusBlock,
                                                 PVOID FileInformation, ULONG Length,
                                                 FILE_INFORMATION_CLASS FileInformationClass);

typedef struct _FILE_DIRECTORY_INFORMATION {
    ULONG NextEntryOffset;
    ULONG FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    ULONG FileAttributes;
    ULONG FileNameLength;
    WCHAR FileName[1];
} FILE_DIRECTORY_INFORMATION, *PFILE_DIRECTORY_INFORMATION;

typedef struct _FILE_FULL_DIR_INFORMATION {
    ULONG NextEntryOffset;
    ULONG FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    ULONG FileAttributes;
    ULONG FileNameLength;
    ULONG EaSize;
    WCHAR FileName[1];
} FILE_FULL_DIR_INFORMATION, *PFILE_FULL_DIR_INFORMATION;

typedef struct _FILE_ID_FULL_DIR_INFORMATION {
    ULONG NextEntryOffset;
    ULONG FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    ULONG FileAttributes;
    ULONG FileNameLength;
    ULONG EaSize;
    LARGE_INTEGER FileId;
    WCHAR FileName[1];
} FILE_ID_FULL_DIR_INFORMATION, *PFILE_ID_FULL_DIR_INFORMATION;

typedef struct _FILE_BOTH_DIR_INFORMATION {
    ULONG NextEntryOffset;
    ULONG FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    ULONG FileAttributes;
    ULONG FileNameLength;
    ULONG EaSize;
    CCHAR ShortNameLength;
    WCHAR ShortName[12];
    WCHAR FileName[1];
} FILE_BOTH_DIR_INFORMATION, *PFILE_BOTH_DIR_INFORMATION;

typedef struct _FILE_ID_BOTH_DIR_INFORMATION {
    ULONG NextEntryOffset;
    ULONG FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    ULONG FileAttributes;
    ULONG FileNameLength;
    ULONG EaSize;
    CCHAR ShortNameLength;
    WCHAR ShortName[12];
    LARGE_INTEGER FileId;
    WCHAR FileName[1];
} FILE_ID_BOTH_DIR_INFORMATION, *PFILE_ID_BOTH_DIR_INFORMATION;

typedef struct _FILE_NAMES_INFORMATION {
    ULONG NextEntryOffset;
    ULONG FileIndex;
    ULONG FileNameLength;
    WCHAR FileName[1];
} FILE_NAMES_INFORMATION, *PFILE_NAMES_INFORMATION;

typedef struct _FILE_ID_EXTD_DIR_INFORMATION {
    ULONG NextEntryOffset;
    ULONG FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    ULONG FileAttributes;
    ULONG FileNameLength;
    ULONG EaSize;
    ULONG ReparsePointTag;
    FILE_ID_128 FileId;
    WCHAR FileName[1];
} FILE_ID_EXTD_DIR_INFORMATION, *PFILE_ID_EXTD_DIR_INFORMATION;

typedef struct _FILE_ID_EXTD_BOTH_DIR_INFORMATION {
    ULONG NextEntryOffset;
    ULONG FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    ULONG FileAttributes;
    ULONG FileNameLength;
    ULONG EaSize;
    ULONG ReparsePointTag;
    FILE_ID_128 FileId;
    CCHAR ShortNameLength;
    WCHAR ShortName[12];
    WCHAR FileName[1];
} FILE_ID_EXTD_BOTH_DIR_INFORMATION, *PFILE_ID_EXTD_BOTH_DIR_INFORMATION;

#define SL_RESTART_SCAN 0x00000001
#define SL_RETURN_SINGLE_ENTRY 0x00000002
#define SL_INDEX_SPECIFIED 0x00000004
#define SL_RETURN_ON_DISK_ENTRIES_ONLY 0x00000008
#define SL_NO_CURSOR_UPDATE_QUERY 0x00000010

/*
 * The next entries of a directory, as many as fit, each 8-byte aligned: "." and ".." (not of a drive's
 *   root), then the others by name without case. The first call on a file object decides which ones.
 *   A scan sees the directory as it was when it began.
 * FileHandle: a directory with FILE_LIST_DIRECTORY.
 * Event: set at the end; may be NULL.
 * ApcRoutine: what this thread calls at the end, when it waits alertably; NULL calls nothing.
 * ApcContext: for the routine, or the packet of a completion port, where NULL queues none.
 * IoStatusBlock: out; Status and bytes written.
 * FileInformation: out; the class's structs, linked by NextEntryOffset. Short names are empty.
 * Length: bytes of it, for the class's struct at least.
 * FileInformationClass: FileDirectoryInformation, FileFullDirectoryInformation,
 *   FileBothDirectoryInformation, FileNamesInformation, FileIdBothDirectoryInformation,
 *   FileIdFullDirectoryInformation, FileIdExtdDirectoryInformation,
 *   FileIdExtdBothDirectoryInformation.
 * ReturnSingleEntry: one entry only.
 * FileName: a search expression, without case: * and ?, and <, > and " for DOS' kinds of them; NULL or
 *   empty finds everything. Ignored after the first call.
 * RestartScan: from the first entry again.
 * Returns STATUS_SUCCESS, on a later call also with no bytes when not even one entry fits;
 *   STATUS_BUFFER_OVERFLOW with part of a name when the first entry of the first call does not;
 *   STATUS_NO_SUCH_FILE when nothing matches, STATUS_NO_MORE_FILES at the end;
 *   STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH, STATUS_OBJECT_NAME_INVALID,
 *   STATUS_INVALID_PARAMETER for what is no directory, STATUS_ACCESS_DENIED,
 *   STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_VIOLATION.
 * Source: [D] NtQueryDirectoryFile, FindFirstFileW; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtQueryDirectoryFile(HANDLE FileHandle, HANDLE Event,
                                             PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                             PIO_STATUS_BLOCK IoStatusBlock,
                                             PVOID FileInformation, ULONG Length,
                                             FILE_INFORMATION_CLASS FileInformationClass,
                                             BOOLEAN ReturnSingleEntry, PUNICODE_STRING FileName,
                                             BOOLEAN RestartScan);

/*
 * The same with flags; NtQueryDirectoryFile calls it. RINGER_PROFILE=wine does not have it.
 * FileHandle: a directory with FILE_LIST_DIRECTORY.
 * Event: set at the end; may be NULL.
 * ApcRoutine: what this thread calls at the end, when it waits alertably; NULL calls nothing.
 * ApcContext: for the routine, or the packet of a completion port, where NULL queues none.
 * IoStatusBlock: out; Status and bytes written.
 * FileInformation: out; the class's structs.
 * Length: bytes of it.
 * FileInformationClass: one of those of NtQueryDirectoryFile.
 * QueryFlags: a mask: SL_RESTART_SCAN, SL_RETURN_SINGLE_ENTRY, SL_NO_CURSOR_UPDATE_QUERY, which stays
 *   where the scan is; SL_INDEX_SPECIFIED and SL_RETURN_ON_DISK_ENTRIES_ONLY change nothing.
 * FileName: a search expression; NULL finds everything.
 * Returns STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW, STATUS_NO_SUCH_FILE, STATUS_NO_MORE_FILES and the
 *   failures of NtQueryDirectoryFile; STATUS_INVALID_PARAMETER for other flags;
 *   STATUS_NOT_IMPLEMENTED where it is missing.
 * Source: [D] NtQueryDirectoryFileEx; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtQueryDirectoryFileEx(HANDLE FileHandle, HANDLE Event,
                                               PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                               PIO_STATUS_BLOCK IoStatusBlock,
                                               PVOID FileInformation, ULONG Length,
                                               FILE_INFORMATION_CLASS FileInformationClass,
                                               ULONG QueryFlags, PUNICODE_STRING FileName);

RINGER_EXTERN_C_END

#endif

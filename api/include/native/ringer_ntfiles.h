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
 *   STATUS_ACCESS_VIOLATION.
 * Source: [D] NtQueryInformationByName; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtQueryInformationByName(POBJECT_ATTRIBUTES ObjectAttributes,
                                                 PIO_STATUS_BLOCK IoStatusBlock,
                                                 PVOID FileInformation, ULONG Length,
                                                 FILE_INFORMATION_CLASS FileInformationClass);

RINGER_EXTERN_C_END

#endif

/* SPDX-License-Identifier: MIT */
/* GetFileInformationByHandleEx and SetFileInformationByHandle: Win32's classes are ntdll's by another number. */
#include "api/kernelbase/kernelbase.h"

enum service { FILE_CLASS, VOLUME_CLASS, DIRECTORY_CLASS, RESTART_CLASS };

/* nbytes: the least that Win32's struct needs; they are laid out as ntdll's. */
static const struct {
    ULONG nt, nbytes;
    enum service service;
} get_classes[MaximumFileInfoByHandleClass] = {
    [FileBasicInfo] = {FileBasicInformation, sizeof(FILE_BASIC_INFO), FILE_CLASS},
    [FileStandardInfo] = {FileStandardInformation, sizeof(FILE_STANDARD_INFO), FILE_CLASS},
    [FileNameInfo] = {FileNameInformation, sizeof(ULONG), FILE_CLASS},
    [FileStreamInfo] = {FileStreamInformation, sizeof(FILE_STREAM_INFO), FILE_CLASS},
    [FileCompressionInfo] = {FileCompressionInformation, sizeof(FILE_COMPRESSION_INFO), FILE_CLASS},
    [FileAttributeTagInfo] = {FileAttributeTagInformation, sizeof(FILE_ATTRIBUTE_TAG_INFO),
                              FILE_CLASS},
    [FileIdBothDirectoryInfo] = {FileIdBothDirectoryInformation, sizeof(FILE_ID_BOTH_DIR_INFO),
                                 DIRECTORY_CLASS},
    [FileIdBothDirectoryRestartInfo] = {FileIdBothDirectoryInformation,
                                        sizeof(FILE_ID_BOTH_DIR_INFO), RESTART_CLASS},
    [FileRemoteProtocolInfo] = {FileRemoteProtocolInformation, 0, FILE_CLASS},
    [FileFullDirectoryInfo] = {FileFullDirectoryInformation, sizeof(FILE_FULL_DIR_INFO),
                               DIRECTORY_CLASS},
    [FileFullDirectoryRestartInfo] = {FileFullDirectoryInformation, sizeof(FILE_FULL_DIR_INFO),
                                      RESTART_CLASS},
    [FileStorageInfo] = {FileFsSectorSizeInformation, sizeof(FILE_STORAGE_INFO), VOLUME_CLASS},
    [FileAlignmentInfo] = {FileAlignmentInformation, sizeof(FILE_ALIGNMENT_INFO), FILE_CLASS},
    [FileIdInfo] = {FileIdInformation, sizeof(FILE_ID_INFO), FILE_CLASS},
    [FileIdExtdDirectoryInfo] = {FileIdExtdDirectoryInformation, sizeof(FILE_ID_EXTD_DIR_INFO),
                                 DIRECTORY_CLASS},
    [FileIdExtdDirectoryRestartInfo] = {FileIdExtdDirectoryInformation,
                                        sizeof(FILE_ID_EXTD_DIR_INFO), RESTART_CLASS},
    [FileCaseSensitiveInfo] = {FileCaseSensitiveInformation, sizeof(FILE_CASE_SENSITIVE_INFO),
                               FILE_CLASS},
    [FileNormalizedNameInfo] = {FileNormalizedNameInformation, sizeof(ULONG), FILE_CLASS},
};

BOOL WINAPI kb_GetFileInformationByHandleEx(HANDLE hFile,
                                            FILE_INFO_BY_HANDLE_CLASS FileInformationClass,
                                            LPVOID lpFileInformation, DWORD dwBufferSize)
{
    IO_STATUS_BLOCK iosb = {0};
    NTSTATUS status;
    ULONG nt;

    if ((unsigned)FileInformationClass >= MaximumFileInfoByHandleClass)
        return kb_fail(ERROR_INVALID_PARAMETER);
    if (!lpFileInformation)
        return kb_fail(ERROR_NOACCESS);
    nt = get_classes[FileInformationClass].nt;
    if (!nt) /* [D] those that can only be set */
        return kb_fail(ERROR_INVALID_PARAMETER);
    if (dwBufferSize < get_classes[FileInformationClass].nbytes)
        return kb_fail(ERROR_BAD_LENGTH);
    switch (get_classes[FileInformationClass].service) {
    case FILE_CLASS:
        status = NtQueryInformationFile(hFile, &iosb, lpFileInformation, dwBufferSize,
                                        (FILE_INFORMATION_CLASS)nt);
        break;
    case VOLUME_CLASS:
        status = NtQueryVolumeInformationFile(hFile, &iosb, lpFileInformation, dwBufferSize,
                                              (FS_INFORMATION_CLASS)nt);
        break;
    default:
        status = NtQueryDirectoryFile(hFile, NULL, NULL, NULL, &iosb, lpFileInformation,
                                      dwBufferSize, (FILE_INFORMATION_CLASS)nt, FALSE, NULL,
                                      get_classes[FileInformationClass].service == RESTART_CLASS);
        if (status == STATUS_PENDING) { /* somebody who answers for the directory */
            status = NtWaitForSingleObject(hFile, FALSE, NULL);
            status = status >= 0 ? iosb.Status : status;
        }
        if (status == STATUS_SUCCESS && !iosb.Information)
            return kb_fail(ERROR_MORE_DATA); /* [I] not one entry fits */
    }
    return kb_done(status);
}

/* ---- setting ---- */

static NTSTATUS set(HANDLE file, void *info, ULONG nbytes, FILE_INFORMATION_CLASS which)
{
    IO_STATUS_BLOCK iosb;

    return NtSetInformationFile(file, &iosb, info, nbytes, which);
}

static const struct {
    FILE_INFORMATION_CLASS nt;
    ULONG nbytes;
} set_classes[MaximumFileInfoByHandleClass] = {
    [FileBasicInfo] = {FileBasicInformation, sizeof(FILE_BASIC_INFO)},
    [FileRenameInfo] = {FileRenameInformation, sizeof(FILE_RENAME_INFO)},
    [FileDispositionInfo] = {FileDispositionInformation, sizeof(FILE_DISPOSITION_INFO)},
    [FileAllocationInfo] = {FileAllocationInformation, sizeof(FILE_ALLOCATION_INFO)},
    [FileEndOfFileInfo] = {FileEndOfFileInformation, sizeof(FILE_END_OF_FILE_INFO)},
    [FileIoPriorityHintInfo] = {FileIoPriorityHintInformation, sizeof(FILE_IO_PRIORITY_HINT_INFO)},
    [FileDispositionInfoEx] = {FileDispositionInformationEx, sizeof(FILE_DISPOSITION_INFO_EX)},
    [FileRenameInfoEx] = {FileRenameInformationEx, sizeof(FILE_RENAME_INFO)},
};

NTSTATUS kb_rename(HANDLE file, HANDLE root, const WCHAR *name, size_t name_nbytes, DWORD flags,
                   bool extended)
{
    const size_t head = offsetof(FILE_RENAME_INFORMATION, FileName);
    FILE_RENAME_INFORMATION *rename = calloc(1, head + name_nbytes + sizeof(LONGLONG));
    NTSTATUS status;

    if (!rename)
        return STATUS_NO_MEMORY;
    if (extended)
        rename->Flags = flags;
    else
        rename->ReplaceIfExists = flags & FILE_RENAME_REPLACE_IF_EXISTS;
    rename->RootDirectory = root;
    rename->FileNameLength = (ULONG)name_nbytes;
    memcpy(rename->FileName, name, name_nbytes);
    status = set(file, rename, (ULONG)(head + name_nbytes + sizeof(LONGLONG)),
                 extended ? FileRenameInformationEx : FileRenameInformation);
    free(rename);
    return status;
}

/* [D] FILE_RENAME_INFO holds a Win32 name, unless it lies below a directory's handle; ntdll's an NT one. */
static NTSTATUS set_name(HANDLE file, const FILE_RENAME_INFO *info, DWORD nbytes, bool extended)
{
    DWORD flags = extended                ? info->Flags
                  : info->ReplaceIfExists ? FILE_RENAME_REPLACE_IF_EXISTS
                                          : 0;
    UNICODE_STRING target;
    NTSTATUS status;
    WCHAR *name;

    if (!info->FileNameLength ||
        info->FileNameLength > nbytes - offsetof(FILE_RENAME_INFO, FileName))
        return STATUS_INVALID_PARAMETER;
    if (info->RootDirectory)
        return kb_rename(file, info->RootDirectory, info->FileName, info->FileNameLength, flags,
                         extended);
    name = calloc(1, info->FileNameLength + sizeof *name);
    if (!name)
        return STATUS_NO_MEMORY;
    memcpy(name, info->FileName, info->FileNameLength);
    status = RtlDosPathNameToNtPathName_U_WithStatus(name, &target, NULL, NULL);
    free(name);
    if (status < 0)
        return status;
    status = kb_rename(file, NULL, target.Buffer, target.Length, flags, extended);
    RtlFreeUnicodeString(&target);
    return status;
}

BOOL WINAPI kb_SetFileInformationByHandle(HANDLE hFile,
                                          FILE_INFO_BY_HANDLE_CLASS FileInformationClass,
                                          LPVOID lpFileInformation, DWORD dwBufferSize)
{
    if ((unsigned)FileInformationClass >= MaximumFileInfoByHandleClass || !lpFileInformation)
        return kb_fail(ERROR_INVALID_PARAMETER);
    if (!set_classes[FileInformationClass].nt) {
        EMU_FIXME("file/info_classes", "SetFileInformationByHandle(%d)", (int)FileInformationClass);
        return kb_fail(ERROR_INVALID_PARAMETER);
    }
    if (dwBufferSize < set_classes[FileInformationClass].nbytes)
        return kb_fail(ERROR_BAD_LENGTH);
    if (FileInformationClass == FileRenameInfo || FileInformationClass == FileRenameInfoEx)
        return kb_done(set_name(hFile, lpFileInformation, dwBufferSize,
                                FileInformationClass == FileRenameInfoEx));
    return kb_done(set(hFile, lpFileInformation, set_classes[FileInformationClass].nbytes,
                       set_classes[FileInformationClass].nt));
}

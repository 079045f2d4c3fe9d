/* SPDX-License-Identifier: MIT */
/* Attributes by name, and the names of open files. */
#include "api/kernelbase/kernelbase.h"

/* [D] An empty name is no path. On success the caller frees name. */
static NTSTATUS name_of(const WCHAR *file, UNICODE_STRING *name, OBJECT_ATTRIBUTES *attributes)
{
    return file && file[0] ? kb_file_attributes(file, NULL, name, attributes)
                           : STATUS_OBJECT_PATH_NOT_FOUND;
}

DWORD WINAPI kb_GetFileAttributesW(LPCWSTR lpFileName)
{
    OBJECT_ATTRIBUTES attributes;
    FILE_BASIC_INFORMATION info;
    UNICODE_STRING name;
    NTSTATUS status = name_of(lpFileName, &name, &attributes);

    if (status >= 0) {
        status = NtQueryAttributesFile(&attributes, &info);
        RtlFreeUnicodeString(&name);
    }
    if (status < 0) {
        kb_set_status(status);
        return INVALID_FILE_ATTRIBUTES;
    }
    return info.FileAttributes;
}

DWORD WINAPI kb_GetFileAttributesA(LPCSTR lpFileName)
{
    WCHAR *wide = kb_wide(lpFileName);
    DWORD attributes = wide ? kb_GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;

    free(wide);
    return attributes;
}

static FILETIME filetime(LARGE_INTEGER time)
{
    return (FILETIME){time.LowPart, (DWORD)time.HighPart};
}

BOOL WINAPI kb_GetFileAttributesExW(LPCWSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId,
                                    LPVOID lpFileInformation)
{
    WIN32_FILE_ATTRIBUTE_DATA *data = lpFileInformation;
    FILE_NETWORK_OPEN_INFORMATION info;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    NTSTATUS status;

    if (fInfoLevelId != GetFileExInfoStandard || !data)
        return kb_fail(ERROR_INVALID_PARAMETER);
    status = name_of(lpFileName, &name, &attributes);
    if (status >= 0) {
        status = NtQueryFullAttributesFile(&attributes, &info);
        RtlFreeUnicodeString(&name);
    }
    if (status < 0)
        return kb_set_status(status);
    data->dwFileAttributes = info.FileAttributes;
    data->ftCreationTime = filetime(info.CreationTime);
    data->ftLastAccessTime = filetime(info.LastAccessTime);
    data->ftLastWriteTime = filetime(info.LastWriteTime);
    data->nFileSizeHigh = (DWORD)info.EndOfFile.HighPart;
    data->nFileSizeLow = info.EndOfFile.LowPart;
    return TRUE;
}

BOOL WINAPI kb_GetFileAttributesExA(LPCSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId,
                                    LPVOID lpFileInformation)
{
    WCHAR *wide = kb_wide(lpFileName);
    BOOL ok = wide && kb_GetFileAttributesExW(wide, fInfoLevelId, lpFileInformation);

    free(wide);
    return ok;
}

BOOL WINAPI kb_SetFileAttributesW(LPCWSTR lpFileName, DWORD dwFileAttributes)
{
    FILE_BASIC_INFORMATION info = {.FileAttributes =
                                       dwFileAttributes ? dwFileAttributes : FILE_ATTRIBUTE_NORMAL};
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    UNICODE_STRING name;
    HANDLE handle;
    NTSTATUS status = name_of(lpFileName, &name, &attributes);

    if (status < 0)
        return kb_set_status(status);
    status = NtOpenFile(&handle, FILE_WRITE_ATTRIBUTES | SYNCHRONIZE, &attributes, &iosb,
                        FILE_SHARE_VALID_FLAGS,
                        FILE_OPEN_FOR_BACKUP_INTENT | FILE_SYNCHRONOUS_IO_NONALERT);
    RtlFreeUnicodeString(&name);
    if (status < 0)
        return kb_set_status(status);
    status = NtSetInformationFile(handle, &iosb, &info, sizeof info, FileBasicInformation);
    NtClose(handle);
    return kb_done(status);
}

BOOL WINAPI kb_SetFileAttributesA(LPCSTR lpFileName, DWORD dwFileAttributes)
{
    WCHAR *wide = kb_wide(lpFileName);
    BOOL ok = wide && kb_SetFileAttributesW(wide, dwFileAttributes);

    free(wide);
    return ok;
}

/* ---- the name of an open file ---- */

#define DEVICE u"\\Device\\HarddiskVolume1"
#define DEVICE_LENGTH (sizeof DEVICE / sizeof(WCHAR) - 1)

/* [I] One volume, so one name for it. */
#define VOLUME u"\\\\?\\Volume{72696e67-6572-0000-0000-000000000001}"

/* The NT name, terminated; the caller frees. */
static NTSTATUS object_name(HANDLE object, WCHAR **name_out)
{
    ULONG nbytes = 1024, needed = 0;
    OBJECT_NAME_INFORMATION *info = NULL;
    NTSTATUS status = STATUS_NO_MEMORY;

    for (int round = 0; round < 4; round++) { /* it may be renamed meanwhile */
        free(info);
        info = calloc(1, nbytes + sizeof(WCHAR));
        if (!info)
            return STATUS_NO_MEMORY;
        status = NtQueryObject(object, ObjectNameInformation, info, nbytes, &needed);
        if ((status != STATUS_BUFFER_OVERFLOW && status != STATUS_INFO_LENGTH_MISMATCH) ||
            needed <= nbytes)
            break;
        nbytes = needed;
    }
    if (status >= 0 && !info->Name.Length)
        status = STATUS_INVALID_DEVICE_REQUEST; /* [I] nothing that a path leads to */
    if (status >= 0) {
        *name_out = calloc(1, info->Name.Length + sizeof(WCHAR));
        if (*name_out)
            memcpy(*name_out, info->Name.Buffer, info->Name.Length);
        else
            status = STATUS_NO_MEMORY;
    }
    free(info);
    return status;
}

/* The path below the volume, terminated; the caller frees. */
static NTSTATUS path_below(HANDLE file, bool opened, WCHAR **path_out)
{
    const ULONG nbytes = sizeof(FILE_NAME_INFORMATION) + 0xFFFE;
    FILE_NAME_INFORMATION *info = calloc(1, nbytes + sizeof(WCHAR));
    IO_STATUS_BLOCK iosb;
    NTSTATUS status = STATUS_NO_MEMORY;

    if (info)
        status =
            NtQueryInformationFile(file, &iosb, info, nbytes,
                                   opened ? FileNameInformation : FileNormalizedNameInformation);
    if (status >= 0) {
        *path_out = calloc(1, info->FileNameLength + sizeof(WCHAR));
        if (*path_out)
            memcpy(*path_out, info->FileName, info->FileNameLength);
        else
            status = STATUS_NO_MEMORY;
    }
    free(info);
    return status;
}

/* What stands in front of the path below the volume; NULL without such a form. */
static const WCHAR *volume_prefix(DWORD form)
{
    switch (form) {
    case VOLUME_NAME_DOS:
        return u"\\\\?\\Z:";
    case VOLUME_NAME_GUID:
        return VOLUME;
    case VOLUME_NAME_NT:
        return DEVICE;
    case VOLUME_NAME_NONE:
        return u"";
    default:
        return NULL;
    }
}

/* The caller frees. */
static WCHAR *joined(const WCHAR *head, const WCHAR *rest)
{
    size_t length = kb_length(head), more = kb_length(rest);
    WCHAR *whole = malloc((length + more + 1) * sizeof *whole);

    if (whole) {
        memcpy(whole, head, length * sizeof *whole);
        memcpy(whole + length, rest, (more + 1) * sizeof *whole);
    } else {
        kb_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    return whole;
}

/*
 * The caller frees; NULL: last error set. [I] hooks.md 1.4: Windows asks the object for its whole name
 * and the file for its path; the device is what the one has in front of the other. Here the device is
 * known, so that the path only has to be there, and the whole name stands where somebody answers for one
 * of the two alone.
 */
static WCHAR *final_name(HANDLE file, DWORD flags)
{
    const WCHAR *prefix = volume_prefix(flags & ~(DWORD)FILE_NAME_OPENED);
    WCHAR *name = NULL, *path = NULL, *whole = NULL;
    NTSTATUS status;

    if (!prefix) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    status = object_name(file, &name);
    if (status >= 0)
        status = path_below(file, flags & FILE_NAME_OPENED, &path);
    if (status < 0)
        kb_set_status(status);
    else if (kb_length(name) <= DEVICE_LENGTH || name[DEVICE_LENGTH] != u'\\' ||
             memcmp(name, DEVICE, DEVICE_LENGTH * sizeof(WCHAR)) != 0)
        kb_fail(ERROR_INVALID_FUNCTION); /* a pipe, a device: no volume */
    else
        whole = joined(prefix, name + DEVICE_LENGTH);
    free(path);
    free(name);
    return whole;
}

DWORD WINAPI kb_GetFinalPathNameByHandleW(HANDLE hFile, LPWSTR lpszFilePath, DWORD cchFilePath,
                                          DWORD dwFlags)
{
    WCHAR *name = final_name(hFile, dwFlags);
    size_t length = name ? kb_length(name) : 0;

    /* [D] Characters without the terminator, or the size needed with it. */
    if (name && lpszFilePath && length < cchFilePath)
        memcpy(lpszFilePath, name, (length + 1) * sizeof *name);
    else if (name)
        length++;
    free(name);
    return (DWORD)length;
}

DWORD WINAPI kb_GetFinalPathNameByHandleA(HANDLE hFile, LPSTR lpszFilePath, DWORD cchFilePath,
                                          DWORD dwFlags)
{
    WCHAR *name = final_name(hFile, dwFlags);
    int needed = name ? kb_WideCharToMultiByte(CP_UTF8, 0, name, -1, NULL, 0, NULL, NULL) : 0;
    DWORD length = needed > 0 ? (DWORD)needed : 0;

    if (length && lpszFilePath && length <= cchFilePath) {
        kb_WideCharToMultiByte(CP_UTF8, 0, name, -1, lpszFilePath, needed, NULL, NULL);
        length--;
    }
    free(name);
    return length;
}

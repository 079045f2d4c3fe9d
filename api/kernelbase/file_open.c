/* SPDX-License-Identifier: MIT */
/* Opening and deleting files by name: Win32's flags become NtCreateFile's. */
#include "api/kernelbase/kernelbase.h"

NTSTATUS kb_file_attributes(const WCHAR *file, const SECURITY_ATTRIBUTES *security,
                            UNICODE_STRING *name, OBJECT_ATTRIBUTES *attributes)
{
    NTSTATUS status = RtlDosPathNameToNtPathName_U_WithStatus(file, name, NULL, NULL);

    if (status < 0)
        return status;
    InitializeObjectAttributes(attributes, name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (security && security->bInheritHandle)
        attributes->Attributes |= OBJ_INHERIT;
    return STATUS_SUCCESS;
}

static ULONG create_options(DWORD flags)
{
    ULONG options = 0;

    if (!(flags & FILE_FLAG_OVERLAPPED))
        options |= FILE_SYNCHRONOUS_IO_NONALERT;
    if (flags & FILE_FLAG_WRITE_THROUGH)
        options |= FILE_WRITE_THROUGH;
    if (flags & FILE_FLAG_NO_BUFFERING)
        options |= FILE_NO_INTERMEDIATE_BUFFERING;
    if (flags & FILE_FLAG_RANDOM_ACCESS)
        options |= FILE_RANDOM_ACCESS;
    if (flags & FILE_FLAG_SEQUENTIAL_SCAN)
        options |= FILE_SEQUENTIAL_ONLY;
    if (flags & FILE_FLAG_DELETE_ON_CLOSE)
        options |= FILE_DELETE_ON_CLOSE;
    if (flags & FILE_FLAG_OPEN_REPARSE_POINT)
        options |= FILE_OPEN_REPARSE_POINT;
    if (flags & FILE_FLAG_OPEN_NO_RECALL)
        options |= FILE_OPEN_NO_RECALL;
    /* [D] A directory opens only for those who ask for backup semantics. */
    if (flags & FILE_FLAG_BACKUP_SEMANTICS) {
        options |= FILE_OPEN_FOR_BACKUP_INTENT;
    } else {
        options |= FILE_NON_DIRECTORY_FILE;
    }
    return options;
}

static HANDLE create_file(const WCHAR *file, DWORD access, DWORD share,
                          const SECURITY_ATTRIBUTES *security, DWORD disposition, DWORD flags)
{
    static const ULONG dispositions[] = {
        [CREATE_NEW] = FILE_CREATE,         [CREATE_ALWAYS] = FILE_OVERWRITE_IF,
        [OPEN_EXISTING] = FILE_OPEN,        [OPEN_ALWAYS] = FILE_OPEN_IF,
        [TRUNCATE_EXISTING] = FILE_OVERWRITE,
    };
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb = {0};
    UNICODE_STRING name, near;
    WCHAR chars[128];
    HANDLE handle = INVALID_HANDLE_VALUE;
    NTSTATUS status;

    if (!file || !file[0]) {
        kb_fail(ERROR_PATH_NOT_FOUND); /* [D] as an empty path */
        return INVALID_HANDLE_VALUE;
    }
    if (disposition < CREATE_NEW || disposition > TRUNCATE_EXISTING) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return INVALID_HANDLE_VALUE;
    }
    /* [D] TRUNCATE_EXISTING needs GENERIC_WRITE. */
    if (disposition == TRUNCATE_EXISTING && !(access & (GENERIC_WRITE | GENERIC_ALL))) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return INVALID_HANDLE_VALUE;
    }
    status = kb_file_attributes(file, security, &name, &attributes);
    if (status < 0) {
        kb_set_status(status);
        return INVALID_HANDLE_VALUE;
    }
    if (name.Length <= sizeof chars) { /* what lies on the stack is read without the kernel's help */
        memcpy(chars, name.Buffer, name.Length);
        near = (UNICODE_STRING){name.Length, sizeof chars, chars};
        attributes.ObjectName = &near;
    }
    access |= SYNCHRONIZE | FILE_READ_ATTRIBUTES;
    if (flags & FILE_FLAG_DELETE_ON_CLOSE)
        access |= DELETE;
    status = NtCreateFile(&handle, access, &attributes, &iosb, NULL, flags & 0x7FB7u, share,
                          dispositions[disposition], create_options(flags), NULL, 0);
    RtlFreeUnicodeString(&name);
    if (status < 0) {
        if (status == STATUS_OBJECT_NAME_COLLISION) {
            kb_fail(ERROR_FILE_EXISTS); /* [D] CreateFile: CREATE_NEW */
        } else if (status == STATUS_FILE_IS_A_DIRECTORY) {
            kb_fail(ERROR_ACCESS_DENIED);
        } else {
            kb_set_status(status);
        }
        return INVALID_HANDLE_VALUE;
    }
    /* [D] CREATE_ALWAYS and OPEN_ALWAYS say in the last error whether the file was there. */
    kb_SetLastError((disposition == CREATE_ALWAYS && iosb.Information == FILE_OVERWRITTEN) ||
                            (disposition == OPEN_ALWAYS && iosb.Information == FILE_OPENED)
                        ? ERROR_ALREADY_EXISTS
                        : ERROR_SUCCESS);
    return handle;
}

HANDLE WINAPI kb_CreateFileW(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                             LPSECURITY_ATTRIBUTES lpSecurityAttributes,
                             DWORD dwCreationDisposition, DWORD dwFlagsAndAttributes,
                             HANDLE hTemplateFile)
{
    return create_file(lpFileName, dwDesiredAccess, dwShareMode, lpSecurityAttributes,
                       dwCreationDisposition, dwFlagsAndAttributes);
}

HANDLE WINAPI kb_CreateFileA(LPCSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                             LPSECURITY_ATTRIBUTES lpSecurityAttributes,
                             DWORD dwCreationDisposition, DWORD dwFlagsAndAttributes,
                             HANDLE hTemplateFile)
{
    WCHAR *wide;
    HANDLE handle;

    if (!lpFileName)
        return create_file(NULL, 0, 0, NULL, dwCreationDisposition, 0);
    wide = kb_wide(lpFileName);
    if (!wide)
        return INVALID_HANDLE_VALUE;
    handle = create_file(wide, dwDesiredAccess, dwShareMode, lpSecurityAttributes,
                         dwCreationDisposition, dwFlagsAndAttributes);
    free(wide);
    return handle;
}

HANDLE WINAPI kb_CreateFile2(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                             DWORD dwCreationDisposition,
                             LPCREATEFILE2_EXTENDED_PARAMETERS pCreateExParams)
{
    const SECURITY_ATTRIBUTES *security = NULL;
    DWORD flags = 0;

    if (pCreateExParams) {
        if (pCreateExParams->dwSize < sizeof *pCreateExParams) {
            kb_fail(ERROR_INVALID_PARAMETER);
            return INVALID_HANDLE_VALUE;
        }
        flags = pCreateExParams->dwFileAttributes | pCreateExParams->dwFileFlags;
        security = pCreateExParams->lpSecurityAttributes;
    }
    return create_file(lpFileName, dwDesiredAccess, dwShareMode, security, dwCreationDisposition,
                       flags);
}

HANDLE WINAPI kb_ReOpenFile(HANDLE hOriginalFile, DWORD dwDesiredAccess, DWORD dwShareMode,
                            DWORD dwFlagsAndAttributes)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name = {0};
    IO_STATUS_BLOCK iosb;
    HANDLE handle;
    NTSTATUS status;

    /* An empty name below a file handle opens that file again. */
    InitializeObjectAttributes(&attributes, &name, 0, hOriginalFile, NULL);
    status = NtCreateFile(&handle, dwDesiredAccess | SYNCHRONIZE | FILE_READ_ATTRIBUTES,
                          &attributes, &iosb, NULL, 0, dwShareMode, FILE_OPEN,
                          create_options(dwFlagsAndAttributes), NULL, 0);
    if (status < 0) {
        kb_set_status(status);
        return INVALID_HANDLE_VALUE;
    }
    return handle;
}

/* Opens what is there with one access; the caller closes with NtClose. */
static NTSTATUS open_for(const WCHAR *file, ACCESS_MASK access, ULONG options, HANDLE *handle_out)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    UNICODE_STRING name;
    NTSTATUS status;

    if (!file || !file[0])
        return STATUS_OBJECT_PATH_NOT_FOUND;
    status = kb_file_attributes(file, NULL, &name, &attributes);
    if (status < 0)
        return status;
    status = NtOpenFile(handle_out, access | SYNCHRONIZE, &attributes, &iosb,
                        FILE_SHARE_VALID_FLAGS, options | FILE_SYNCHRONOUS_IO_NONALERT);
    RtlFreeUnicodeString(&name);
    return status;
}

/* [I] hooks.md 1.4: before it changes anything Windows asks for the tag of a reparse point; here is none. */
NTSTATUS kb_open_to_change(const WCHAR *file, ULONG options, HANDLE *handle_out)
{
    FILE_ATTRIBUTE_TAG_INFO tag;
    IO_STATUS_BLOCK iosb;
    NTSTATUS status = open_for(file, DELETE | FILE_READ_ATTRIBUTES,
                               options | FILE_OPEN_REPARSE_POINT | FILE_OPEN_FOR_BACKUP_INTENT,
                               handle_out);

    if (status < 0)
        return status;
    status = NtQueryInformationFile(*handle_out, &iosb, &tag, sizeof tag,
                                    FileAttributeTagInformation);
    if (status < 0)
        NtClose(*handle_out);
    return status;
}

/* [D] As Windows does it: open for DELETE, mark, close. */
static BOOL delete_named(const WCHAR *file, ULONG options)
{
    FILE_DISPOSITION_INFORMATION disposition = {TRUE};
    IO_STATUS_BLOCK iosb;
    HANDLE handle;
    NTSTATUS status = kb_open_to_change(file, options, &handle);

    if (status < 0)
        return kb_set_status(status);
    status = NtSetInformationFile(handle, &iosb, &disposition, sizeof disposition,
                                  FileDispositionInformation);
    NtClose(handle);
    return kb_done(status);
}

BOOL WINAPI kb_DeleteFileW(LPCWSTR lpFileName)
{
    return delete_named(lpFileName, FILE_NON_DIRECTORY_FILE);
}

BOOL WINAPI kb_DeleteFileA(LPCSTR lpFileName)
{
    WCHAR *wide = kb_wide(lpFileName);
    BOOL ok = wide && kb_DeleteFileW(wide);

    free(wide);
    return ok;
}

BOOL WINAPI kb_RemoveDirectoryW(LPCWSTR lpPathName)
{
    return delete_named(lpPathName, FILE_DIRECTORY_FILE);
}

BOOL WINAPI kb_RemoveDirectoryA(LPCSTR lpPathName)
{
    WCHAR *wide = kb_wide(lpPathName);
    BOOL ok = wide && kb_RemoveDirectoryW(wide);

    free(wide);
    return ok;
}

BOOL WINAPI kb_CreateDirectoryW(LPCWSTR lpPathName, LPSECURITY_ATTRIBUTES lpSecurityAttributes)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    UNICODE_STRING name;
    HANDLE handle;
    NTSTATUS status;

    if (!lpPathName || !lpPathName[0])
        return kb_fail(ERROR_PATH_NOT_FOUND);
    status = kb_file_attributes(lpPathName, lpSecurityAttributes, &name, &attributes);
    if (status < 0)
        return kb_set_status(status);
    status = NtCreateFile(&handle, FILE_LIST_DIRECTORY | SYNCHRONIZE, &attributes, &iosb, NULL,
                          FILE_ATTRIBUTE_NORMAL, FILE_SHARE_VALID_FLAGS, FILE_CREATE,
                          FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    RtlFreeUnicodeString(&name);
    if (status < 0)
        return kb_set_status(status);
    NtClose(handle);
    return TRUE;
}

BOOL WINAPI kb_CreateDirectoryA(LPCSTR lpPathName, LPSECURITY_ATTRIBUTES lpSecurityAttributes)
{
    WCHAR *wide = kb_wide(lpPathName);
    BOOL ok = wide && kb_CreateDirectoryW(wide, lpSecurityAttributes);

    free(wide);
    return ok;
}

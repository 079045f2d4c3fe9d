/* SPDX-License-Identifier: MIT */
/* Moving files: a new name, or across file systems a copy. */
#include "api/kernelbase/kernelbase.h"

#define CHUNK_NBYTES 65536u

/* False: last error set. */
static bool copy_bytes(HANDLE from, HANDLE to)
{
    char *chunk = malloc(CHUNK_NBYTES);
    DWORD nbytes = 1, written;
    bool ok = chunk || kb_fail(ERROR_NOT_ENOUGH_MEMORY);

    while (ok && nbytes)
        ok = kb_ReadFile(from, chunk, CHUNK_NBYTES, &nbytes, NULL) &&
             (!nbytes || (kb_WriteFile(to, chunk, nbytes, &written, NULL) && written == nbytes));
    free(chunk);
    return ok;
}

/* Content, times and attributes; what is half made goes again. */
static BOOL copy_file(const WCHAR *from, const WCHAR *to, bool replace)
{
    FILE_DISPOSITION_INFORMATION disposition = {TRUE};
    FILE_BASIC_INFORMATION basic;
    IO_STATUS_BLOCK iosb;
    HANDLE source, target;
    NTSTATUS status = STATUS_SUCCESS;
    bool ok;

    source = kb_CreateFileW(from, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                            OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    if (source == INVALID_HANDLE_VALUE)
        return FALSE;
    target = kb_CreateFileW(to, GENERIC_WRITE | DELETE, 0, NULL,
                            replace ? CREATE_ALWAYS : CREATE_NEW, 0, NULL);
    if (target == INVALID_HANDLE_VALUE) {
        NtClose(source);
        return FALSE;
    }
    ok = copy_bytes(source, target);
    if (ok) {
        status = NtQueryInformationFile(source, &iosb, &basic, sizeof basic, FileBasicInformation);
        if (status >= 0)
            status =
                NtSetInformationFile(target, &iosb, &basic, sizeof basic, FileBasicInformation);
        ok = kb_done(status);
    }
    if (!ok) {
        DWORD error = kb_GetLastError();

        (void)NtSetInformationFile(target, &iosb, &disposition, sizeof disposition,
                                   FileDispositionInformation);
        kb_SetLastError(error);
    }
    NtClose(target);
    NtClose(source);
    return ok;
}

BOOL WINAPI kb_MoveFileExW(LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName, DWORD dwFlags)
{
    bool replace = dwFlags & MOVEFILE_REPLACE_EXISTING;
    UNICODE_STRING target;
    HANDLE handle;
    NTSTATUS status;

    if (dwFlags & ~(DWORD)(MOVEFILE_REPLACE_EXISTING | MOVEFILE_COPY_ALLOWED |
                           MOVEFILE_WRITE_THROUGH | MOVEFILE_FAIL_IF_NOT_TRACKABLE) ||
        !lpNewFileName) {
        if (!lpNewFileName)
            EMU_FIXME("file/move_at_restart", "MoveFileEx without a new name");
        return kb_fail(ERROR_INVALID_PARAMETER);
    }
    status = RtlDosPathNameToNtPathName_U_WithStatus(lpNewFileName, &target, NULL, NULL);
    if (status < 0)
        return kb_set_status(status);
    status = kb_open_to_change(lpExistingFileName, 0, &handle);
    if (status >= 0) {
        status = kb_rename(handle, NULL, target.Buffer, target.Length,
                           replace ? FILE_RENAME_REPLACE_IF_EXISTS : 0, false);
        NtClose(handle);
    }
    RtlFreeUnicodeString(&target);
    /* [D] MOVEFILE_COPY_ALLOWED: to another volume it is a copy, and the original goes. */
    if (status == STATUS_NOT_SAME_DEVICE && (dwFlags & MOVEFILE_COPY_ALLOWED))
        return copy_file(lpExistingFileName, lpNewFileName, replace) &&
               kb_DeleteFileW(lpExistingFileName);
    return kb_done(status);
}

BOOL WINAPI kb_MoveFileExA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName, DWORD dwFlags)
{
    WCHAR *from = kb_wide(lpExistingFileName);
    WCHAR *to = from ? kb_wide(lpNewFileName) : NULL;
    BOOL ok = to && kb_MoveFileExW(from, to, dwFlags);

    free(from);
    free(to);
    return ok;
}

BOOL WINAPI kb_MoveFileW(LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName)
{
    return kb_MoveFileExW(lpExistingFileName, lpNewFileName, MOVEFILE_COPY_ALLOWED);
}

BOOL WINAPI kb_MoveFileA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName)
{
    return kb_MoveFileExA(lpExistingFileName, lpNewFileName, MOVEFILE_COPY_ALLOWED);
}

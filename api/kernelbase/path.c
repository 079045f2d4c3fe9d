/* SPDX-License-Identifier: MIT */
/* Full names, the current directory, temporary files. */
#include "api/kernelbase/kernelbase.h"

#include "emu/base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

/* [D] Characters copied without the terminator, or the size needed with it. */
static DWORD copy_out(const WCHAR *chars, DWORD capacity, WCHAR *out)
{
    size_t length = kb_length(chars);

    if (!out || length + 1 > capacity)
        return (DWORD)length + 1;
    memcpy(out, chars, (length + 1) * sizeof *chars);
    return (DWORD)length;
}

/* The same for narrow callers: converts and measures in bytes. */
static DWORD copy_out_narrow(const WCHAR *chars, DWORD capacity, char *out)
{
    int needed = kb_WideCharToMultiByte(CP_UTF8, 0, chars, -1, NULL, 0, NULL, NULL);

    if (needed <= 0)
        return 0;
    if (!out || (DWORD)needed > capacity)
        return (DWORD)needed;
    kb_WideCharToMultiByte(CP_UTF8, 0, chars, -1, out, needed, NULL, NULL);
    return (DWORD)needed - 1;
}

DWORD WINAPI kb_GetFullPathNameW(LPCWSTR lpFileName, DWORD nBufferLength, LPWSTR lpBuffer,
                                 LPWSTR *lpFilePart)
{
    ULONG nbytes;

    if (!lpFileName || !lpFileName[0])
        return kb_fail(ERROR_INVALID_NAME);
    if (nBufferLength > 0x7FFF)
        nBufferLength = 0x7FFF;
    nbytes = RtlGetFullPathName_U(lpFileName, nBufferLength * (ULONG)sizeof(WCHAR), lpBuffer,
                                  lpFilePart);
    if (nbytes == 0)
        return kb_fail(ERROR_INVALID_NAME);
    return nbytes / (ULONG)sizeof(WCHAR);
}

/* The caller frees. NULL: last error set. */
static WCHAR *full_name(const WCHAR *name)
{
    DWORD count = kb_GetFullPathNameW(name, 0, NULL, NULL);
    WCHAR *full = count ? malloc(count * sizeof *full) : NULL;

    if (!full)
        return NULL;
    kb_GetFullPathNameW(name, count, full, NULL);
    return full;
}

DWORD WINAPI kb_GetFullPathNameA(LPCSTR lpFileName, DWORD nBufferLength, LPSTR lpBuffer,
                                 LPSTR *lpFilePart)
{
    WCHAR *wide = kb_wide(lpFileName), *full = wide ? full_name(wide) : NULL;
    DWORD length = full ? copy_out_narrow(full, nBufferLength, lpBuffer) : 0;

    if (length && length < nBufferLength && lpBuffer && lpFilePart) {
        char *last = strrchr(lpBuffer, '\\');

        *lpFilePart = last && last[1] ? last + 1 : NULL;
    }
    free(full);
    free(wide);
    return length;
}

DWORD WINAPI kb_GetCurrentDirectoryW(DWORD nBufferLength, LPWSTR lpBuffer)
{
    return kb_GetFullPathNameW(u".", nBufferLength, lpBuffer, NULL);
}

DWORD WINAPI kb_GetCurrentDirectoryA(DWORD nBufferLength, LPSTR lpBuffer)
{
    return kb_GetFullPathNameA(".", nBufferLength, lpBuffer, NULL);
}

/* Where a Win32 directory lies on Linux, for chdir: Z: is "/", C: and others as the emulator has them. */
static char *linux_directory(const WCHAR *full)
{
    char variable[] = "RINGER_DRIVE_C", *path, *rest;
    const char *root = "";
    int nbytes;

    if (full[0] == u'\\' || full[1] != u':') {
        kb_fail(ERROR_INVALID_NAME);
        return NULL;
    }
    if (full[0] != u'Z') {
        variable[sizeof variable - 2] = (char)full[0];
        root = getenv(variable);
        if (!root && full[0] != u'C') {
            kb_fail(ERROR_PATH_NOT_FOUND);
            return NULL;
        }
        root = root ? root : "";
    }
    nbytes = kb_WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, full + 2, -1, NULL, 0, NULL, NULL);
    path = nbytes ? malloc(strlen(root) + (size_t)nbytes + 1) : NULL;
    if (!path)
        return NULL;
    strcpy(path, root);
    rest = path + strlen(path);
    kb_WideCharToMultiByte(CP_UTF8, 0, full + 2, -1, rest, nbytes, NULL, NULL);
    for (; *rest; rest++)
        *rest = *rest == '\\' ? '/' : *rest;
    return path;
}

BOOL WINAPI kb_SetCurrentDirectoryW(LPCWSTR lpPathName)
{
    WCHAR *full = lpPathName ? full_name(lpPathName) : NULL;
    char *path = full ? linux_directory(full) : NULL;
    DWORD attributes;
    BOOL ok = FALSE;

    if (!lpPathName) {
        kb_fail(ERROR_INVALID_PARAMETER);
    } else if (path) {
        attributes = kb_GetFileAttributesW(full);
        if (attributes == INVALID_FILE_ATTRIBUTES)
            ok = FALSE; /* last error set */
        else if (!(attributes & FILE_ATTRIBUTE_DIRECTORY))
            kb_fail(ERROR_DIRECTORY);
        else
            ok = chdir(path) == 0 ? TRUE : kb_fail(ERROR_ACCESS_DENIED);
    }
    free(path);
    free(full);
    return ok;
}

BOOL WINAPI kb_SetCurrentDirectoryA(LPCSTR lpPathName)
{
    WCHAR *wide = kb_wide(lpPathName);
    BOOL ok = wide && kb_SetCurrentDirectoryW(wide);

    free(wide);
    return ok;
}

/* TMPDIR or /tmp, as a Win32 name that ends in a separator. [D] It need not exist. */
static WCHAR *temp_path(void)
{
    const char *tmpdir = getenv("TMPDIR");
    WCHAR *wide = kb_wide(tmpdir && *tmpdir ? tmpdir : "/tmp");
    WCHAR *full = wide ? full_name(wide) : NULL, *grown = NULL;
    size_t length;

    free(wide);
    if (!full)
        return NULL;
    length = kb_length(full);
    if (full[length - 1] == u'\\')
        return full;
    grown = realloc(full, (length + 2) * sizeof *grown);
    if (!grown) {
        free(full);
        kb_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    grown[length] = u'\\';
    grown[length + 1] = 0;
    return grown;
}

DWORD WINAPI kb_GetTempPathW(DWORD nBufferLength, LPWSTR lpBuffer)
{
    WCHAR *path = temp_path();
    DWORD length = path ? copy_out(path, nBufferLength, lpBuffer) : 0;

    free(path);
    return length;
}

DWORD WINAPI kb_GetTempPathA(DWORD nBufferLength, LPSTR lpBuffer)
{
    WCHAR *path = temp_path();
    DWORD length = path ? copy_out_narrow(path, nBufferLength, lpBuffer) : 0;

    free(path);
    return length;
}

/* path\preXXXX.tmp into a MAX_PATH buffer; false when it does not fit. */
static bool temp_name(const WCHAR *path, const WCHAR *prefix, UINT unique, WCHAR *out)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t length = kb_length(path), at;
    char hex[9];
    int count = 0;

    if (length + 14 > MAX_PATH)
        return false;
    memcpy(out, path, length * sizeof *out);
    at = length;
    if (at && out[at - 1] != u'\\' && out[at - 1] != u'/')
        out[at++] = u'\\';
    for (int i = 0; i < 3 && prefix && prefix[i]; i++)
        out[at++] = prefix[i];
    do {
        hex[count++] = digits[unique & 15];
    } while (unique >>= 4);
    while (count)
        out[at++] = (unsigned char)hex[--count];
    memcpy(out + at, u".tmp", 5 * sizeof *out);
    return true;
}

UINT WINAPI kb_GetTempFileNameW(LPCWSTR lpPathName, LPCWSTR lpPrefixString, UINT uUnique,
                                LPWSTR lpTempFileName)
{
    static atomic_uint counter;
    WCHAR folder[MAX_PATH]; /* a copy: the caller's two pointers may be one */
    UINT first, unique;
    size_t length = 0;

    if (!lpPathName || !lpTempFileName)
        return kb_fail(ERROR_INVALID_PARAMETER);
    while (length < MAX_PATH && (folder[length] = lpPathName[length]))
        length++;
    if (length == MAX_PATH)
        return kb_fail(ERROR_BUFFER_OVERFLOW);
    if (uUnique & 0xFFFF) {
        /* [D] A number given: only the name is made. */
        return temp_name(folder, lpPrefixString, uUnique & 0xFFFF, lpTempFileName)
                   ? uUnique & 0xFFFF
                   : kb_fail(ERROR_BUFFER_OVERFLOW);
    }
    first = (UINT)(emu_clock_now_ns() >> 20) + atomic_fetch_add(&counter, 1) + (UINT)getpid();
    for (UINT tries = 0; tries < 0xFFFF; tries++) {
        HANDLE file;

        unique = (first + tries) & 0xFFFF;
        if (unique == 0)
            continue;
        if (!temp_name(folder, lpPrefixString, unique, lpTempFileName))
            return kb_fail(ERROR_BUFFER_OVERFLOW);
        file = kb_CreateFileW(lpTempFileName, GENERIC_READ, 0, NULL, CREATE_NEW,
                              FILE_ATTRIBUTE_NORMAL, NULL);
        if (file != INVALID_HANDLE_VALUE) {
            NtClose(file);
            return unique;
        }
        if (kb_GetLastError() != ERROR_FILE_EXISTS && kb_GetLastError() != ERROR_SHARING_VIOLATION)
            return kb_GetLastError() == ERROR_PATH_NOT_FOUND ? kb_fail(ERROR_DIRECTORY) : 0;
    }
    return kb_fail(ERROR_FILE_EXISTS);
}

UINT WINAPI kb_GetTempFileNameA(LPCSTR lpPathName, LPCSTR lpPrefixString, UINT uUnique,
                                LPSTR lpTempFileName)
{
    WCHAR *path = kb_wide(lpPathName);
    WCHAR *prefix = path && lpPrefixString ? kb_wide(lpPrefixString) : NULL;
    WCHAR name[MAX_PATH];
    UINT unique = 0;

    if (path && (prefix || !lpPrefixString) && lpTempFileName) {
        unique = kb_GetTempFileNameW(path, prefix, uUnique, name);
        if (unique && !kb_WideCharToMultiByte(CP_UTF8, 0, name, -1, lpTempFileName, MAX_PATH, NULL,
                                              NULL))
            unique = 0;
    }
    free(prefix);
    free(path);
    return unique;
}

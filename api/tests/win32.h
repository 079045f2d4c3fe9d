/* SPDX-License-Identifier: MIT */
/* What the tests of the Win32 surface share: Criterion, public headers, a file of their own. */
#ifndef TEST_WIN32_H
#define TEST_WIN32_H

#include <criterion/criterion.h>

#include <ntstatus.h>
#include <windows.h>
#include <winternl.h>
#include <ringer.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define OK(call) cr_assert((call), #call ": error %u", GetLastError())
/* The call fails with this last error, which it sets itself. */
#define FAILS(call, expected)                                                                      \
    do {                                                                                           \
        SetLastError(0xDEAD);                                                                      \
        cr_assert_not(call, #call);                                                                \
        cr_assert_eq(GetLastError(), (DWORD)(expected), #call ": error %u", GetLastError());       \
    } while (0)

/* A fresh file's name in path (MAX_PATH); the file exists and is empty. */
static inline WCHAR *temp_file(WCHAR *path)
{
    WCHAR directory[MAX_PATH];

    OK(GetTempPathW(MAX_PATH, directory));
    OK(GetTempFileNameW(directory, u"rgr", 0, path));
    return path;
}

static inline HANDLE temp_open(WCHAR *path, DWORD flags)
{
    HANDLE file = CreateFileW(temp_file(path), GENERIC_READ | GENERIC_WRITE | DELETE,
                              FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, CREATE_ALWAYS,
                              flags | FILE_FLAG_DELETE_ON_CLOSE, NULL);

    cr_assert_neq(file, INVALID_HANDLE_VALUE, "error %u", GetLastError());
    return file;
}

#endif

/* SPDX-License-Identifier: MIT */
/* Files by CreateFile, ReadFile, WriteFile on synchronous handles, and what they say of themselves. */
#include "api/tests/temp.h"
#include "api/tests/win32.h"

#include <unistd.h>

static WCHAR path[MAX_PATH];

Test(file, write_seek_read_and_end)
{
    HANDLE file = temp_open(path, 0);
    char buffer[16];
    DWORD count;

    memset(buffer, 0xCD, sizeof buffer);
    OK(WriteFile(file, "hello world", 11, &count, NULL));
    cr_assert_eq(count, 11);
    cr_assert_eq(SetFilePointer(file, 6, NULL, FILE_BEGIN), 6);
    OK(ReadFile(file, buffer, sizeof buffer, &count, NULL));
    cr_assert_eq(count, 5);
    cr_assert_eq(memcmp(buffer, "world\xCD", 6), 0);
    /* A synchronous read at the end succeeds with no bytes. */
    count = 77;
    OK(ReadFile(file, buffer, sizeof buffer, &count, NULL));
    cr_assert_eq(count, 0);
    OK(CloseHandle(file));
}

Test(file, overlapped_on_synchronous_handle_takes_its_offset)
{
    HANDLE file = temp_open(path, 0);
    OVERLAPPED overlapped = {.Offset = 2};
    char buffer[4] = {0};
    DWORD count;

    OK(WriteFile(file, "abcdef", 6, &count, NULL));
    OK(ReadFile(file, buffer, 3, &count, &overlapped));
    cr_assert_eq(count, 3);
    cr_assert_eq(memcmp(buffer, "cde", 3), 0);
    cr_assert_eq(overlapped.InternalHigh, 3);
    /* It moved the position behind itself. */
    OK(ReadFile(file, buffer, 3, &count, NULL));
    cr_assert_eq(count, 1);
    cr_assert_eq(buffer[0], 'f');
    overlapped.Offset = 100;
    FAILS(ReadFile(file, buffer, 3, &count, &overlapped), ERROR_HANDLE_EOF);
    CloseHandle(file);
}

Test(file, dispositions)
{
    HANDLE file;

    temp_file(path);
    file = CreateFileW(path, GENERIC_READ, 0, NULL, CREATE_NEW, 0, NULL);
    cr_assert_eq(file, INVALID_HANDLE_VALUE);
    cr_assert_eq(GetLastError(), ERROR_FILE_EXISTS);
    file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    cr_assert_eq(GetLastError(), ERROR_ALREADY_EXISTS);
    CloseHandle(file);
    file = CreateFileW(path, GENERIC_READ, 0, NULL, TRUNCATE_EXISTING, 0, NULL);
    cr_assert_eq(file, INVALID_HANDLE_VALUE);
    cr_assert_eq(GetLastError(), ERROR_INVALID_PARAMETER);
    file = CreateFileW(path, GENERIC_READ, 0, NULL, 6, 0, NULL);
    cr_assert_eq(GetLastError(), ERROR_INVALID_PARAMETER);
    OK(DeleteFileW(path));
    FAILS(DeleteFileW(path), ERROR_FILE_NOT_FOUND);
    file = CreateFileW(path, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    cr_assert_eq(file, INVALID_HANDLE_VALUE);
    cr_assert_eq(GetLastError(), ERROR_FILE_NOT_FOUND);
    file = CreateFileW(path, GENERIC_WRITE, 0, NULL, OPEN_ALWAYS, 0, NULL);
    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    cr_assert_eq(GetLastError(), ERROR_SUCCESS);
    CloseHandle(file);
    OK(DeleteFileW(path));
    file = CreateFileW(u"Z:\\no\\such\\directory\\x", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    cr_assert_eq(file, INVALID_HANDLE_VALUE);
    cr_assert_eq(GetLastError(), ERROR_PATH_NOT_FOUND);
    file = CreateFileW(u"", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    cr_assert_eq(GetLastError(), ERROR_PATH_NOT_FOUND);
}

Test(file, sharing_and_access)
{
    HANDLE file = temp_open(path, 0), other;
    char byte = 0;
    DWORD count;

    other = CreateFileW(path, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                        NULL, OPEN_EXISTING, 0, NULL);
    cr_assert_eq(other, INVALID_HANDLE_VALUE);
    cr_assert_eq(GetLastError(), ERROR_SHARING_VIOLATION);
    other = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                        NULL, OPEN_EXISTING, 0, NULL);
    cr_assert_neq(other, INVALID_HANDLE_VALUE, "error %u", GetLastError());
    FAILS(WriteFile(other, &byte, 1, &count, NULL), ERROR_ACCESS_DENIED);
    FAILS(FlushFileBuffers(other), ERROR_ACCESS_DENIED);
    CloseHandle(other);
    CloseHandle(file);
    cr_assert_eq(GetFileAttributesW(path), INVALID_FILE_ATTRIBUTES); /* deleted on close */
    cr_assert_eq(GetLastError(), ERROR_FILE_NOT_FOUND);
}

Test(file, size_position_and_end_of_file)
{
    HANDLE file = temp_open(path, 0);
    LARGE_INTEGER size = {.QuadPart = -1}, distance = {.QuadPart = 5000};

    OK(SetFilePointerEx(file, distance, &size, FILE_BEGIN));
    cr_assert_eq(size.QuadPart, 5000);
    OK(SetEndOfFile(file));
    OK(GetFileSizeEx(file, &size));
    cr_assert_eq(size.QuadPart, 5000);
    cr_assert_eq(GetFileSize(file, NULL), 5000);
    distance.QuadPart = -1;
    OK(SetFilePointerEx(file, distance, &size, FILE_END));
    cr_assert_eq(size.QuadPart, 4999);
    distance.QuadPart = -5000;
    FAILS(SetFilePointerEx(file, distance, &size, FILE_CURRENT), ERROR_NEGATIVE_SEEK);
    FAILS(SetFilePointerEx(file, distance, &size, 3), ERROR_INVALID_PARAMETER);
    cr_assert_eq(SetFilePointer(file, 0, NULL, FILE_CURRENT), 4999);
    CloseHandle(file);
}

Test(file, information)
{
    HANDLE file = temp_open(path, 0);
    BY_HANDLE_FILE_INFORMATION by_handle;
    FILE_STANDARD_INFO standard;
    FILE_END_OF_FILE_INFO end = {.EndOfFile.QuadPart = 123};
    WIN32_FILE_ATTRIBUTE_DATA data;
    FILE_BASIC_INFO basic;

    OK(SetFileInformationByHandle(file, FileEndOfFileInfo, &end, sizeof end));
    OK(GetFileInformationByHandle(file, &by_handle));
    cr_assert_eq(by_handle.nFileSizeLow, 123);
    cr_assert_eq(by_handle.nNumberOfLinks, 1);
    OK(GetFileInformationByHandleEx(file, FileStandardInfo, &standard, sizeof standard));
    cr_assert_eq(standard.EndOfFile.QuadPart, 123);
    cr_assert_not(standard.Directory);
    FAILS(GetFileInformationByHandleEx(file, FileStandardInfo, &standard, 4), ERROR_BAD_LENGTH);
    FAILS(GetFileInformationByHandleEx(file, 99, &standard, 4), ERROR_INVALID_PARAMETER);
    OK(GetFileInformationByHandleEx(file, FileBasicInfo, &basic, sizeof basic));
    cr_assert_gt(basic.LastWriteTime.QuadPart, 0);
    cr_assert_eq(GetFileType(file), FILE_TYPE_DISK);
    OK(GetFileAttributesExW(path, GetFileExInfoStandard, &data));
    cr_assert_eq(data.nFileSizeLow, 123);
    CloseHandle(file);
}

Test(file, bad_handles)
{
    LARGE_INTEGER size;
    char byte;
    DWORD count;

    FAILS(ReadFile(NULL, &byte, 1, &count, NULL), ERROR_INVALID_HANDLE);
    FAILS(WriteFile((HANDLE)0x123450, &byte, 1, &count, NULL), ERROR_INVALID_HANDLE);
    FAILS(GetFileSizeEx(INVALID_HANDLE_VALUE, &size), ERROR_INVALID_HANDLE);
    FAILS(CloseHandle((HANDLE)0x123450), ERROR_INVALID_HANDLE);
    FAILS(FlushFileBuffers(NULL), ERROR_INVALID_HANDLE);
    cr_assert_eq(GetFileType((HANDLE)0x123450), FILE_TYPE_UNKNOWN);
    cr_assert_eq(GetLastError(), ERROR_INVALID_HANDLE);
}

Test(file, directories)
{
    WCHAR directory[MAX_PATH], inside[MAX_PATH + 8];
    HANDLE file;

    temp_file(directory);
    OK(DeleteFileW(directory));
    OK(CreateDirectoryW(directory, NULL));
    FAILS(CreateDirectoryW(directory, NULL), ERROR_ALREADY_EXISTS);
    cr_assert(GetFileAttributesW(directory) & FILE_ATTRIBUTE_DIRECTORY);
    file = CreateFileW(directory, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    cr_assert_eq(file, INVALID_HANDLE_VALUE);
    cr_assert_eq(GetLastError(), ERROR_ACCESS_DENIED);
    memcpy(inside, directory, sizeof directory);
    memcpy(inside + lstrlenW(directory), u"\\x", 3 * sizeof(WCHAR));
    file = CreateFileW(inside, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    CloseHandle(file);
    FAILS(RemoveDirectoryW(directory), ERROR_DIR_NOT_EMPTY);
    FAILS(MoveFileExW(inside, directory, 16), ERROR_INVALID_PARAMETER);
    OK(DeleteFileW(inside));
    OK(RemoveDirectoryW(directory));
    FAILS(RemoveDirectoryW(directory), ERROR_FILE_NOT_FOUND);
}

Test(file, narrow_name_and_duplicate)
{
    char name[MAX_PATH], directory[MAX_PATH];
    HANDLE file, copy;
    DWORD count;

    OK(GetTempPathA(sizeof directory, directory));
    OK(GetTempFileNameA(directory, "rgr", 0, name));
    file = CreateFileA(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    OK(DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &copy, 0, FALSE,
                       DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
    FAILS(WriteFile(file, "x", 1, &count, NULL), ERROR_INVALID_HANDLE);
    OK(WriteFile(copy, "x", 1, &count, NULL));
    OK(CloseHandle(copy));
    OK(DeleteFileA(name));
    cr_assert_eq(ringer_handle_count(), 0);
}

/* The next names are taken, and the folder's text lies where the name goes. */
Test(file, a_temporary_name_in_the_buffer_of_its_folder)
{
    char own[TEMP_MAX]; /* where no other test takes names */
    WCHAR folder[MAX_PATH], taken[200][MAX_PATH];
    UINT first, found;

    OK(mkdtemp(temp_template(own, "names")));
    setenv("TMPDIR", own, 1);
    OK(GetTempPathW(MAX_PATH, folder));
    first = GetTempFileNameW(folder, u"rga", 0, path);
    OK(first);
    OK(DeleteFileW(path));
    for (UINT i = 0; i < 200; i++) {
        UINT number = (first + i) % 0xFFFF + 1; /* 0 would ask for any */
        HANDLE file;

        OK(GetTempFileNameW(folder, u"rga", number, taken[i]));
        file = CreateFileW(taken[i], GENERIC_READ, 0, NULL, CREATE_ALWAYS, 0, NULL);
        OK(file != INVALID_HANDLE_VALUE);
        OK(CloseHandle(file));
    }
    memcpy(path, folder, sizeof path);
    found = GetTempFileNameW(path, u"rga", 0, path);
    OK(found);
    OK(DeleteFileW(path));
    for (UINT i = 0; i < 200; i++)
        OK(DeleteFileW(taken[i]));
    cr_assert_eq(rmdir(own), 0);
}

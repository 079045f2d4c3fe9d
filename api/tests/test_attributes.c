/* SPDX-License-Identifier: MIT */
/* Files by name without a handle, the names of handles, and what a class says of a file in several ways. */
#include "api/tests/win32.h"

#include <stddef.h>
#include <sys/mman.h>

static void *const unmapped = (void *)64;

/* An NT name over memory that lasts as long as the test. */
static OBJECT_ATTRIBUTES *named(const WCHAR *dos)
{
    static OBJECT_ATTRIBUTES attributes;
    static UNICODE_STRING name;

    cr_assert(RtlDosPathNameToNtPathName_U_WithStatus(dos, &name, NULL, NULL) >= 0);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return &attributes;
}

static void fill(HANDLE file, DWORD nbytes)
{
    static char bytes[5000];
    DWORD n;

    OK(WriteFile(file, bytes, nbytes, &n, NULL));
}

/* One file, one answer: by handle, by name, whole or in part. */
Test(attributes, every_way_says_the_same)
{
    FILE_NETWORK_OPEN_INFORMATION full, by_handle;
    WIN32_FILE_ATTRIBUTE_DATA data;
    BY_HANDLE_FILE_INFORMATION win32;
    FILE_STAT_BASIC_INFORMATION more;
    FILE_BASIC_INFORMATION basic;
    FILE_STAT_INFORMATION stat;
    IO_STATUS_BLOCK iosb;
    WCHAR path[MAX_PATH];
    HANDLE file = temp_open(path, 0);
    char narrow[2 * MAX_PATH];

    fill(file, 4321);
    memset(&full, 0x5A, sizeof full);
    memset(&basic, 0x5A, sizeof basic);
    cr_assert_eq(NtQueryAttributesFile(named(path), &basic), STATUS_SUCCESS);
    cr_assert_eq(NtQueryFullAttributesFile(named(path), &full), STATUS_SUCCESS);
    cr_assert_eq(NtQueryInformationFile(file, &iosb, &by_handle, sizeof by_handle,
                                        FileNetworkOpenInformation),
                 STATUS_SUCCESS);
    cr_assert_eq(
        NtQueryInformationByName(named(path), &iosb, &stat, sizeof stat, FileStatInformation),
        STATUS_SUCCESS);
    cr_assert(iosb.Status == STATUS_SUCCESS && iosb.Information == 72);
    cr_assert_eq(
        NtQueryInformationByName(named(path), &iosb, &more, sizeof more, FileStatBasicInformation),
        STATUS_SUCCESS);
    cr_assert_eq(iosb.Information, 104);
    OK(GetFileAttributesExW(path, GetFileExInfoStandard, &data));
    OK(GetFileInformationByHandle(file, &win32));

    cr_assert_eq(full.EndOfFile.QuadPart, 4321);
    cr_assert_eq(stat.EndOfFile.QuadPart, 4321);
    cr_assert_eq(more.EndOfFile.QuadPart, 4321);
    cr_assert_eq(data.nFileSizeLow, 4321);
    cr_assert_eq(by_handle.EndOfFile.QuadPart, 4321);
    cr_assert_eq(full.AllocationSize.QuadPart, by_handle.AllocationSize.QuadPart);
    cr_assert_eq(full.LastWriteTime.QuadPart, by_handle.LastWriteTime.QuadPart);
    cr_assert_eq(full.CreationTime.QuadPart, basic.CreationTime.QuadPart);
    cr_assert_eq(stat.ChangeTime.QuadPart, basic.ChangeTime.QuadPart);
    cr_assert_eq(basic.FileAttributes, FILE_ATTRIBUTE_ARCHIVE);
    cr_assert_eq(full.FileAttributes, basic.FileAttributes);
    cr_assert_eq(stat.FileAttributes, basic.FileAttributes);
    cr_assert_eq(GetFileAttributesW(path), basic.FileAttributes);
    cr_assert_eq(stat.FileId.LowPart, win32.nFileIndexLow);
    cr_assert_eq(memcmp(&more.FileId128, &stat.FileId, 8), 0);
    cr_assert(stat.NumberOfLinks == 1 && stat.ReparseTag == 0);

    OK(WideCharToMultiByte(CP_UTF8, 0, path, -1, narrow, sizeof narrow, NULL, NULL));
    OK(GetFileAttributesExA(narrow, GetFileExInfoStandard, &data));
    cr_assert_eq(data.nFileSizeLow, 4321);
    OK(SetFileAttributesA(narrow, FILE_ATTRIBUTE_READONLY));
    cr_assert_eq(GetFileAttributesA(narrow), FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_ARCHIVE);
    OK(SetFileAttributesA(narrow, FILE_ATTRIBUTE_NORMAL));
    CloseHandle(file);
}

/* [D] Asking for attributes takes no part in sharing. */
Test(attributes, an_exclusive_opener_is_no_obstacle)
{
    WCHAR path[MAX_PATH];
    HANDLE file;

    temp_file(path);
    file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    cr_assert_eq(GetFileAttributesW(path), FILE_ATTRIBUTE_ARCHIVE);
    CloseHandle(file);
    OK(DeleteFileW(path));
}

Test(attributes, what_is_not_there)
{
    FILE_NETWORK_OPEN_INFORMATION full;
    FILE_BASIC_INFORMATION basic;
    FILE_STAT_INFORMATION stat;
    WIN32_FILE_ATTRIBUTE_DATA data;
    IO_STATUS_BLOCK iosb;
    WCHAR path[MAX_PATH];
    HANDLE file;

    temp_file(path);
    OK(DeleteFileW(path));
    cr_assert_eq(NtQueryAttributesFile(named(path), &basic), STATUS_OBJECT_NAME_NOT_FOUND);
    cr_assert_eq(NtQueryFullAttributesFile(named(u"Z:\\no-such-folder\\x"), &full),
                 STATUS_OBJECT_PATH_NOT_FOUND);
    cr_assert_eq(
        NtQueryInformationByName(named(path), &iosb, &stat, sizeof stat, FileStatInformation),
        STATUS_OBJECT_NAME_NOT_FOUND);
    cr_assert_eq(iosb.Status, STATUS_OBJECT_NAME_NOT_FOUND);
    SetLastError(0);
    cr_assert_eq(GetFileAttributesW(path), INVALID_FILE_ATTRIBUTES);
    cr_assert_eq(GetLastError(), ERROR_FILE_NOT_FOUND);
    cr_assert_eq(GetFileAttributesW(u"Z:\\no-such-folder\\x"), INVALID_FILE_ATTRIBUTES);
    cr_assert_eq(GetLastError(), ERROR_PATH_NOT_FOUND);
    cr_assert_eq(GetFileAttributesW(u""), INVALID_FILE_ATTRIBUTES);
    cr_assert_eq(GetLastError(), ERROR_PATH_NOT_FOUND);
    FAILS(GetFileAttributesExW(path, GetFileExInfoStandard, &data), ERROR_FILE_NOT_FOUND);
    FAILS(GetFileAttributesExW(path, GetFileExMaxInfoLevel, &data), ERROR_INVALID_PARAMETER);

    /* One that is about to go says so. */
    file = temp_open(path, 0);
    OK(DeleteFileW(path));
    cr_assert_eq(NtQueryAttributesFile(named(path), &basic), STATUS_DELETE_PENDING);
    CloseHandle(file);
    cr_assert_eq(NtQueryAttributesFile(named(path), &basic), STATUS_OBJECT_NAME_NOT_FOUND);
}

Test(attributes, wrong_arguments)
{
    FILE_NETWORK_OPEN_INFORMATION full;
    FILE_BASIC_INFORMATION basic;
    FILE_STAT_INFORMATION stat;
    OBJECT_ATTRIBUTES bad;
    UNICODE_STRING odd;
    IO_STATUS_BLOCK iosb;
    WCHAR path[MAX_PATH];
    HANDLE h, file = temp_open(path, 0);

    cr_assert_eq(NtQueryAttributesFile(NULL, &basic), STATUS_ACCESS_VIOLATION);
    cr_assert_eq(NtQueryAttributesFile(unmapped, &basic), STATUS_ACCESS_VIOLATION);
    cr_assert_eq(NtQueryAttributesFile(named(path), NULL), STATUS_ACCESS_VIOLATION);
    cr_assert_eq(NtQueryFullAttributesFile(named(path), unmapped), STATUS_ACCESS_VIOLATION);
    bad = *named(path);
    bad.Length = 1;
    cr_assert_eq(NtQueryFullAttributesFile(&bad, &full), STATUS_INVALID_PARAMETER);
    bad = *named(path);
    bad.ObjectName = unmapped;
    cr_assert_eq(NtQueryAttributesFile(&bad, &basic), STATUS_ACCESS_VIOLATION);
    odd = (UNICODE_STRING){7, 8, path};
    bad.ObjectName = &odd;
    cr_assert_eq(NtQueryAttributesFile(&bad, &basic), STATUS_OBJECT_NAME_INVALID);
    odd = (UNICODE_STRING){8, 8, unmapped};
    cr_assert_eq(NtQueryAttributesFile(&bad, &basic), STATUS_ACCESS_VIOLATION);
    odd = (UNICODE_STRING){8, 8, path}; /* no \??\ in front */
    cr_assert_eq(NtQueryAttributesFile(&bad, &basic), STATUS_OBJECT_PATH_SYNTAX_BAD);
    bad = *named(path);
    bad.RootDirectory = (HANDLE)0x12345678;
    cr_assert_lt(NtQueryAttributesFile(&bad, &basic), 0);

    cr_assert_eq(
        NtQueryInformationByName(named(path), &iosb, &stat, sizeof stat - 1, FileStatInformation),
        STATUS_INFO_LENGTH_MISMATCH);
    cr_assert_eq(
        NtQueryInformationByName(named(path), &iosb, &basic, sizeof basic, FileBasicInformation),
        STATUS_INVALID_INFO_CLASS);
    cr_assert_eq(
        NtQueryInformationByName(named(path), unmapped, &stat, sizeof stat, FileStatInformation),
        STATUS_ACCESS_VIOLATION);
    cr_assert_eq(
        NtQueryInformationByName(named(path), &iosb, unmapped, sizeof stat, FileStatInformation),
        STATUS_ACCESS_VIOLATION);

    cr_assert_eq(NtOpenFile(unmapped, FILE_READ_DATA, named(path), &iosb, 7, 0),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(NtOpenFile(&h, FILE_READ_DATA, unmapped, &iosb, 7, 0), STATUS_ACCESS_VIOLATION);
    cr_assert_eq(NtOpenFile(&h, FILE_READ_DATA, named(path), unmapped, 7, 0),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(NtOpenFile(&h, FILE_READ_DATA, named(path), &iosb, 0x100, 0),
                 STATUS_INVALID_PARAMETER);
    CloseHandle(file);
}

Test(attributes, name_and_type_of_an_object)
{
    union {
        OBJECT_NAME_INFORMATION name;
        PUBLIC_OBJECT_TYPE_INFORMATION type;
        char space[1024];
    } info;
    PUBLIC_OBJECT_BASIC_INFORMATION basic;
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL), second;
    WCHAR path[MAX_PATH];
    HANDLE file = temp_open(path, 0);
    ULONG needed = 0, again = 0;

    cr_assert_eq(NtQueryObject(file, ObjectNameInformation, &info, sizeof info, &needed),
                 STATUS_SUCCESS);
    cr_assert_eq(info.name.Name.Length, 2 * (23 + lstrlenW(path) - 2));
    cr_assert_eq(needed, sizeof(UNICODE_STRING) + info.name.Name.MaximumLength);
    cr_assert_eq((char *)info.name.Name.Buffer, info.space + sizeof(UNICODE_STRING));
    cr_assert_eq(memcmp(info.name.Name.Buffer, u"\\Device\\HarddiskVolume1\\", 2 * 24), 0);
    cr_assert_eq(memcmp(info.name.Name.Buffer + 23, path + 2, 2 * (size_t)(lstrlenW(path) - 2)), 0);
    cr_assert_eq(NtQueryObject(file, ObjectNameInformation, &info, needed - 1, &again),
                 STATUS_BUFFER_OVERFLOW);
    cr_assert_eq(again, needed);
    cr_assert_eq(NtQueryObject(file, ObjectNameInformation, &info, 4, &again),
                 STATUS_INFO_LENGTH_MISMATCH);
    cr_assert_eq(NtQueryObject(file, ObjectNameInformation, &info, needed, NULL), STATUS_SUCCESS);

    cr_assert_eq(NtQueryObject(event, ObjectNameInformation, &info, sizeof info, &needed),
                 STATUS_SUCCESS);
    cr_assert(info.name.Name.Length == 0 && needed == sizeof(UNICODE_STRING));
    cr_assert_eq(NtQueryObject(event, ObjectTypeInformation, &info, sizeof info, &needed),
                 STATUS_SUCCESS);
    cr_assert_eq(info.type.TypeName.Length, 10);
    cr_assert_eq(memcmp(info.type.TypeName.Buffer, u"Event", 10), 0);
    cr_assert_eq(NtQueryObject(event, ObjectTypeInformation, &info, 100, &needed),
                 STATUS_INFO_LENGTH_MISMATCH);

    cr_assert_eq(NtDuplicateObject(GetCurrentProcess(), event, GetCurrentProcess(), &second,
                                   SYNCHRONIZE, 0, 0),
                 STATUS_SUCCESS);
    cr_assert_eq(NtQueryObject(second, ObjectBasicInformation, &basic, sizeof basic, &needed),
                 STATUS_SUCCESS);
    cr_assert_eq(basic.GrantedAccess, SYNCHRONIZE);
    cr_assert_eq(basic.HandleCount, 2);
    cr_assert_eq(needed, 56);
    cr_assert_eq(NtQueryObject(second, ObjectBasicInformation, &basic, 64, &needed),
                 STATUS_INFO_LENGTH_MISMATCH);

    cr_assert_eq(NtQueryObject(file, 99, &info, sizeof info, &needed), STATUS_INVALID_INFO_CLASS);
    cr_assert_eq(NtQueryObject((HANDLE)0x1234, ObjectNameInformation, &info, sizeof info, NULL),
                 STATUS_INVALID_HANDLE);
    cr_assert_eq(NtQueryObject(file, ObjectNameInformation, unmapped, sizeof info, NULL),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(NtQueryObject(file, ObjectNameInformation, &info, sizeof info, unmapped),
                 STATUS_ACCESS_VIOLATION);
    CloseHandle(second);
    CloseHandle(event);
    CloseHandle(file);
}

Test(attributes, final_path)
{
    WCHAR path[MAX_PATH], name[MAX_PATH + 64];
    HANDLE again, file = temp_open(path, 0), event = CreateEventW(NULL, TRUE, FALSE, NULL);
    DWORD length = (DWORD)lstrlenW(path), n;
    char narrow[2 * MAX_PATH];

    n = GetFinalPathNameByHandleW(file, name, MAX_PATH, 0);
    cr_assert_eq(n, length + 4);
    cr_assert_eq(memcmp(name, u"\\\\?\\", 8), 0);
    cr_assert_eq(memcmp(name + 4, path, 2 * (length + 1)), 0);
    cr_assert_eq(GetFinalPathNameByHandleW(file, name, length + 4, 0), length + 5);
    cr_assert_eq(GetFinalPathNameByHandleW(file, NULL, 0, FILE_NAME_OPENED), length + 5);
    cr_assert_eq(GetFinalPathNameByHandleW(file, name, MAX_PATH, VOLUME_NAME_NONE), length - 2);
    cr_assert_eq(memcmp(name, path + 2, 2 * (length - 1)), 0);
    cr_assert_eq(GetFinalPathNameByHandleW(file, name, MAX_PATH, VOLUME_NAME_NT), length + 21);
    cr_assert_eq(GetFinalPathNameByHandleW(file, name, MAX_PATH, VOLUME_NAME_GUID), length + 46);
    cr_assert_eq(GetFinalPathNameByHandleA(file, narrow, sizeof narrow, 0), length + 4);
    cr_assert_eq(strlen(narrow), length + 4);
    cr_assert_eq(GetFinalPathNameByHandleA(file, narrow, length + 4, 0), length + 5);

    /* What it says opens the file. */
    n = GetFinalPathNameByHandleW(file, name, MAX_PATH, 0);
    again = CreateFileW(name, GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
    cr_assert_neq(again, INVALID_HANDLE_VALUE);
    CloseHandle(again);

    FAILS(GetFinalPathNameByHandleW(file, name, MAX_PATH, 3), ERROR_INVALID_PARAMETER);
    FAILS(GetFinalPathNameByHandleW(file, name, MAX_PATH, 0x10), ERROR_INVALID_PARAMETER);
    FAILS(GetFinalPathNameByHandleW((HANDLE)0x1234, name, MAX_PATH, 0), ERROR_INVALID_HANDLE);
    FAILS(GetFinalPathNameByHandleW(event, name, MAX_PATH, 0), ERROR_INVALID_FUNCTION);
    CloseHandle(event);
    CloseHandle(file);
}

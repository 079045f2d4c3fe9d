/* SPDX-License-Identifier: MIT */
/* New names for open files, deletion in its several kinds, what a directory's handle lists to Win32. */
#include "api/tests/temp.h"
#include "api/tests/win32.h"

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

static WCHAR folder[MAX_PATH], a[MAX_PATH], b[MAX_PATH];

static WCHAR *in_folder(WCHAR *to, const WCHAR *name)
{
    size_t n = (size_t)lstrlenW(folder);

    memcpy(to, folder, 2 * n);
    to[n] = u'\\';
    memcpy(to + n + 1, name, 2 * (size_t)(lstrlenW(name) + 1));
    return to;
}

static void begin(void)
{
    char narrow[TEMP_MAX];
    size_t n;

    cr_assert_not_null(mkdtemp(temp_template(narrow, "rename")));
    n = strlen(narrow);
    cr_assert_lt(n + 8, MAX_PATH);
    folder[0] = u'Z';
    folder[1] = u':';
    for (size_t i = 0; i <= n; i++)
        folder[2 + i] = narrow[i] == '/' ? u'\\' : (WCHAR)narrow[i];
    in_folder(a, u"a");
    in_folder(b, u"b");
}

static void end(void)
{
    char narrow[2 * MAX_PATH], command[2 * MAX_PATH + 32];

    WideCharToMultiByte(CP_UTF8, 0, folder + 2, -1, narrow, sizeof narrow, NULL, NULL);
    for (char *p = narrow; *p; p++)
        *p = *p == '\\' ? '/' : *p;
    snprintf(command, sizeof command, "rm -rf '%s'", narrow);
    cr_expect_eq(system(command), 0);
}

static HANDLE make(const WCHAR *path, const char *text)
{
    HANDLE file =
        CreateFileW(path, GENERIC_READ | GENERIC_WRITE | DELETE, 7, NULL, CREATE_NEW, 0, NULL);
    DWORD n;

    cr_assert_neq(file, INVALID_HANDLE_VALUE, "error %u", GetLastError());
    OK(WriteFile(file, text, (DWORD)strlen(text), &n, NULL));
    return file;
}

static void holds(const WCHAR *path, const char *text)
{
    HANDLE file = CreateFileW(path, GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
    char found[64] = "";
    DWORD n;

    cr_assert_neq(file, INVALID_HANDLE_VALUE, "error %u", GetLastError());
    OK(ReadFile(file, found, sizeof found - 1, &n, NULL));
    cr_assert_str_eq(found, text);
    CloseHandle(file);
}

static bool is_there(const WCHAR *path)
{
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

static NTSTATUS rename_to(HANDLE file, HANDLE root, const WCHAR *name, ULONG flags, bool ex)
{
    static union {
        FILE_RENAME_INFORMATION info;
        char space[1024];
    } u;
    ULONG nbytes = 2 * (ULONG)lstrlenW(name);
    IO_STATUS_BLOCK iosb;

    memset(&u, 0, sizeof u);
    u.info.Flags = flags;
    u.info.RootDirectory = root;
    u.info.FileNameLength = nbytes;
    memcpy(u.info.FileName, name, nbytes);
    return NtSetInformationFile(file, &iosb, &u,
                                offsetof(FILE_RENAME_INFORMATION, FileName) + nbytes + 4,
                                ex ? FileRenameInformationEx : FileRenameInformation);
}

Test(rename, an_open_file_goes_by_its_new_name)
{
    WCHAR name[MAX_PATH];
    HANDLE file, second;
    DWORD n;

    begin();
    file = make(a, "text");
    second = CreateFileW(a, GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
    OK(MoveFileExW(a, b, 0));
    cr_assert(!is_there(a) && is_there(b));
    holds(b, "text");
    for (int i = 0; i < 2; i++) {
        n = GetFinalPathNameByHandleW(i ? second : file, name, MAX_PATH, 0);
        cr_assert_eq(n, (DWORD)lstrlenW(b) + 4);
        cr_assert_eq(memcmp(name + 4, b, 2 * (n - 4)), 0);
    }
    /* A plain name is one in the same directory, one below a handle lies there. */
    cr_assert_eq(rename_to(file, NULL, u"c", 0, false), STATUS_SUCCESS);
    cr_assert(!is_there(b) && is_there(in_folder(name, u"c")));
    {
        HANDLE root = CreateFileW(folder, FILE_LIST_DIRECTORY, 7, NULL, OPEN_EXISTING,
                                  FILE_FLAG_BACKUP_SEMANTICS, NULL);

        cr_assert_eq(rename_to(file, root, u"d", 0, true), STATUS_SUCCESS);
        CloseHandle(root);
    }
    cr_assert(!is_there(name) && is_there(in_folder(name, u"d")));
    /* Deletion at the last close finds it where it is now. */
    OK(DeleteFileW(name));
    CloseHandle(file);
    CloseHandle(second);
    cr_assert_not(is_there(name));
    end();
}

Test(rename, a_name_that_is_taken)
{
    HANDLE file, other;

    begin();
    file = make(a, "new");
    other = make(b, "old");
    FAILS(MoveFileExW(a, b, 0), ERROR_ALREADY_EXISTS);
    FAILS(MoveFileW(a, b), ERROR_ALREADY_EXISTS);
    FAILS(MoveFileExW(a, b, MOVEFILE_REPLACE_EXISTING), ERROR_ACCESS_DENIED); /* it is open */
    cr_assert_eq(rename_to(file, NULL, u"b", 0, true), STATUS_OBJECT_NAME_COLLISION);
    cr_assert_eq(rename_to(file, NULL, u"b", FILE_RENAME_REPLACE_IF_EXISTS, true),
                 STATUS_ACCESS_DENIED);
    CloseHandle(other);
    OK(SetFileAttributesW(b, FILE_ATTRIBUTE_READONLY));
    FAILS(MoveFileExW(a, b, MOVEFILE_REPLACE_EXISTING), ERROR_ACCESS_DENIED);
    OK(SetFileAttributesW(b, FILE_ATTRIBUTE_NORMAL));
    OK(MoveFileExW(a, b, MOVEFILE_REPLACE_EXISTING));
    holds(b, "new");
    cr_assert_not(is_there(a));
    OK(MoveFileExW(b, b, 0)); /* its own name is nobody else's */

    /* [D] POSIX semantics take the name from an open file, which lives on without. */
    other = make(a, "other");
    cr_assert_eq(rename_to(file, NULL, u"a",
                           FILE_RENAME_REPLACE_IF_EXISTS | FILE_RENAME_POSIX_SEMANTICS, true),
                 STATUS_SUCCESS);
    holds(a, "new");
    CloseHandle(other);
    CloseHandle(file);
    holds(a, "new");
    end();
}

Test(rename, directories)
{
    HANDLE inside, directory;
    WCHAR below[MAX_PATH];

    begin();
    OK(CreateDirectoryW(a, NULL));
    inside = make(in_folder(below, u"a\\x"), "x");
    FAILS(MoveFileExW(a, b, 0), ERROR_ACCESS_DENIED); /* something in it is open */
    CloseHandle(inside);
    directory = CreateFileW(a, FILE_LIST_DIRECTORY | DELETE, 7, NULL, OPEN_EXISTING,
                            FILE_FLAG_BACKUP_SEMANTICS, NULL);
    OK(MoveFileExW(a, b, 0));
    cr_assert(!is_there(a) && is_there(in_folder(below, u"b\\x")));
    OK(CreateDirectoryW(a, NULL));
    FAILS(MoveFileExW(a, b, MOVEFILE_REPLACE_EXISTING), ERROR_ACCESS_DENIED);
    CloseHandle(directory);
    end();
}

Test(rename, wrong_arguments)
{
    FILE_RENAME_INFORMATION info = {.FileNameLength = 2, .FileName = {u'x'}};
    HANDLE file, plain;
    IO_STATUS_BLOCK iosb;

    begin();
    file = make(a, "");
    plain = CreateFileW(a, GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
#define SET(h, nbytes) NtSetInformationFile(h, &iosb, &info, nbytes, FileRenameInformation)
    cr_assert_eq(SET(plain, sizeof info), STATUS_ACCESS_DENIED);
    cr_assert_eq(SET(file, sizeof info - 1), STATUS_INFO_LENGTH_MISMATCH);
    info.FileNameLength = 0;
    cr_assert_eq(SET(file, sizeof info), STATUS_INVALID_PARAMETER);
    info.FileNameLength = 3;
    cr_assert_eq(SET(file, sizeof info), STATUS_INVALID_PARAMETER);
    info.FileNameLength = 600;
    cr_assert_eq(SET(file, sizeof info), STATUS_INVALID_PARAMETER);
    cr_assert_eq(NtSetInformationFile(file, &iosb, (void *)64, sizeof info, FileRenameInformation),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(rename_to(file, NULL, u"b", 0x1000, true), STATUS_INVALID_PARAMETER);
    cr_assert_eq(rename_to(file, NULL, u"x\\y", 0, false), STATUS_OBJECT_NAME_INVALID);
    cr_assert_eq(rename_to(file, NULL, u"x?y", 0, false), STATUS_OBJECT_NAME_INVALID);
    cr_assert_eq(rename_to(file, NULL, u"\\??\\Z:\\no-such-folder\\y", 0, false),
                 STATUS_OBJECT_PATH_NOT_FOUND);
    cr_assert_eq(rename_to(file, NULL, u"\\??\\pipe\\y", 0, false), STATUS_NOT_SAME_DEVICE);
    cr_assert_eq(rename_to(file, NULL, u"\\??\\Z:\\proc\\y", 0, false), STATUS_NOT_SAME_DEVICE);
    FAILS(MoveFileExW(b, a, 0), ERROR_FILE_NOT_FOUND);
    FAILS(MoveFileExW(a, NULL, 0), ERROR_INVALID_PARAMETER);
    FAILS(MoveFileW(NULL, a), ERROR_PATH_NOT_FOUND);
    cr_assert(is_there(a));
    CloseHandle(plain);
    CloseHandle(file);
    end();
}

/* [D] MOVEFILE_COPY_ALLOWED. /dev/shm is another file system wherever it is one. */
Test(rename, to_another_file_system_it_is_a_copy)
{
    WCHAR other[] = u"Z:\\dev\\shm\\ringer-move-XXXXXXXX";
    DWORD error;

    for (int i = 0, pid = getpid(); i < 8; i++, pid /= 10)
        other[lstrlenW(other) - 1 - i] = (WCHAR)(u'0' + pid % 10);
    begin();
    CloseHandle(make(a, "far"));
    SetLastError(0);
    if (MoveFileExW(a, other, 0)) {
        DeleteFileW(other);
        end();
        cr_skip_test("one file system");
    }
    error = GetLastError();
    if (error != ERROR_NOT_SAME_DEVICE) {
        end();
        cr_skip_test("no /dev/shm to write to");
    }
    OK(MoveFileW(a, other));
    holds(other, "far");
    cr_assert_not(is_there(a));
    FAILS(MoveFileW(other, folder), ERROR_ALREADY_EXISTS);
    OK(DeleteFileW(other));
    end();
}

Test(rename, by_win32_class)
{
    union {
        FILE_RENAME_INFO info;
        char space[1024];
    } u = {0};
    HANDLE file;

    begin();
    file = make(a, "x");
    u.info.FileNameLength = 2 * (DWORD)lstrlenW(b);
    memcpy(u.info.FileName, b, u.info.FileNameLength);
    OK(SetFileInformationByHandle(file, FileRenameInfo, &u, sizeof u));
    cr_assert(is_there(b) && !is_there(a));
    u.info.Flags = FILE_RENAME_FLAG_REPLACE_IF_EXISTS | FILE_RENAME_FLAG_POSIX_SEMANTICS;
    memcpy(u.info.FileName, a, u.info.FileNameLength);
    OK(SetFileInformationByHandle(file, FileRenameInfoEx, &u, sizeof u));
    cr_assert(is_there(a));
    FAILS(SetFileInformationByHandle(file, FileRenameInfo, &u, 8), ERROR_BAD_LENGTH);
    CloseHandle(file);
    end();
}

Test(disposition, flags)
{
    FILE_DISPOSITION_INFO_EX flags = {FILE_DISPOSITION_FLAG_DELETE |
                                      FILE_DISPOSITION_FLAG_POSIX_SEMANTICS};
    FILE_STANDARD_INFO standard;
    HANDLE file, other;

    begin();
    /* [D] The name goes with this handle, the file with the last. */
    file = make(a, "one");
    other = CreateFileW(a, GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
    OK(SetFileInformationByHandle(file, FileDispositionInfoEx, &flags, sizeof flags));
    OK(GetFileInformationByHandleEx(other, FileStandardInfo, &standard, sizeof standard));
    cr_assert(standard.DeletePending);
    CloseHandle(file);
    cr_assert_not(is_there(a));
    file = make(a, "two");
    CloseHandle(other);
    cr_assert(is_there(a)); /* another file has the name now */

    flags.Flags = FILE_DISPOSITION_FLAG_DELETE | FILE_DISPOSITION_FLAG_ON_CLOSE;
    OK(SetFileInformationByHandle(file, FileDispositionInfoEx, &flags, sizeof flags));
    flags.Flags = FILE_DISPOSITION_FLAG_ON_CLOSE;
    OK(SetFileInformationByHandle(file, FileDispositionInfoEx, &flags, sizeof flags));
    OK(SetFileAttributesW(a, FILE_ATTRIBUTE_READONLY));
    flags.Flags = FILE_DISPOSITION_FLAG_DELETE;
    FAILS(SetFileInformationByHandle(file, FileDispositionInfoEx, &flags, sizeof flags),
          ERROR_ACCESS_DENIED);
    flags.Flags = 0x80;
    FAILS(SetFileInformationByHandle(file, FileDispositionInfoEx, &flags, sizeof flags),
          ERROR_INVALID_PARAMETER);
    flags.Flags = FILE_DISPOSITION_FLAG_DELETE | FILE_DISPOSITION_FLAG_IGNORE_READONLY_ATTRIBUTE;
    OK(SetFileInformationByHandle(file, FileDispositionInfoEx, &flags, sizeof flags));
    CloseHandle(file);
    cr_assert_not(is_there(a));
    end();
}

Test(classes, of_win32)
{
    union {
        FILE_STREAM_INFO stream;
        FILE_STORAGE_INFO storage;
        FILE_COMPRESSION_INFO compression;
        FILE_CASE_SENSITIVE_INFO sensitive;
        FILE_NAME_INFO name;
        FILE_ID_BOTH_DIR_INFO both;
        FILE_ID_EXTD_DIR_INFO extended;
        FILE_FULL_DIR_INFO full;
        char space[4096];
    } u;
    FILE_IO_PRIORITY_HINT_INFO hint = {IoPriorityHintLow};
    HANDLE file, directory;

    begin();
    file = make(a, "12345");
    directory = CreateFileW(folder, FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES, 7, NULL,
                            OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
#define GET(h, which) GetFileInformationByHandleEx(h, which, &u, sizeof u)
    OK(GET(file, FileStreamInfo));
    cr_assert(u.stream.StreamSize.QuadPart == 5 && u.stream.StreamNameLength == 14 &&
              !memcmp(u.stream.StreamName, u"::$DATA", 14));
    FAILS(GET(directory, FileStreamInfo), ERROR_HANDLE_EOF);
    OK(GET(file, FileStorageInfo));
    cr_assert_geq(u.storage.LogicalBytesPerSector, 512);
    OK(GET(file, FileCompressionInfo));
    cr_assert_eq(u.compression.CompressionFormat, 0);
    OK(GET(directory, FileCaseSensitiveInfo));
    cr_assert_eq(u.sensitive.Flags, 0);
    OK(GET(file, FileNormalizedNameInfo));
    cr_assert_eq(u.name.FileNameLength, 2 * (DWORD)(lstrlenW(a) - 2));
    FAILS(GET(file, FileRemoteProtocolInfo), ERROR_INVALID_PARAMETER);
    FAILS(GET(file, FileRenameInfo), ERROR_INVALID_PARAMETER);
    FAILS(GET(file, FileIdBothDirectoryInfo), ERROR_INVALID_PARAMETER);
    FAILS(GetFileInformationByHandleEx(file, FileStreamInfo, &u, 4), ERROR_BAD_LENGTH);
    FAILS(GetFileInformationByHandleEx(file, FileStreamInfo, NULL, 4096), ERROR_NOACCESS);

    OK(GET(directory, FileIdBothDirectoryInfo));
    cr_assert(u.both.FileNameLength == 2 && u.both.FileName[0] == u'.');
    FAILS(GET(directory, FileIdBothDirectoryInfo), ERROR_NO_MORE_FILES);
    OK(GET(directory, FileFullDirectoryRestartInfo));
    cr_assert(u.full.FileNameLength == 2 && u.full.NextEntryOffset);
    OK(GET(directory, FileIdExtdDirectoryRestartInfo));
    OK(SetFileInformationByHandle(file, FileIoPriorityHintInfo, &hint, sizeof hint));
    hint.PriorityHint = (PRIORITY_HINT)99;
    FAILS(SetFileInformationByHandle(file, FileIoPriorityHintInfo, &hint, sizeof hint),
          ERROR_INVALID_PARAMETER);
    CloseHandle(directory);
    CloseHandle(file);
    end();
}

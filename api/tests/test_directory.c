/* SPDX-License-Identifier: MIT */
/* What lies in a directory: each class, page by page, by expression, and FindFirstFile over it. */
#include "api/tests/temp.h"
#include "api/tests/win32.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[TEMP_MAX];
static WCHAR wide_folder[TEMP_MAX];

static void make(const char *name, unsigned nbytes)
{
    char path[400];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (name[strlen(name) - 1] == '/') {
        cr_assert_eq(mkdir(path, 0777), 0);
        return;
    }
    file = fopen(path, "w");
    cr_assert_not_null(file);
    while (nbytes--)
        fputc('x', file);
    fclose(file);
}

static void begin(void)
{
    cr_assert_not_null(mkdtemp(temp_template(folder, "dir")));
    OK(MultiByteToWideChar(CP_UTF8, 0, folder, -1, wide_folder, TEMP_MAX));
}

static void end(void)
{
    char command[TEMP_MAX + 16];

    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_expect_eq(system(command), 0);
}

/* The folder's handle; empty name: itself. */
static HANDLE open_folder(const WCHAR *below, DWORD access, DWORD flags)
{
    WCHAR path[400] = {0};
    int n = lstrlenW(wide_folder);

    memcpy(path, wide_folder, 2 * (size_t)n);
    if (*below) {
        path[n] = u'/';
        memcpy(path + n + 1, below, 2 * (size_t)(lstrlenW(below) + 1));
    }
    return CreateFileW(path, access, 7, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | flags,
                       NULL);
}

static union {
    FILE_DIRECTORY_INFORMATION directory;
    FILE_FULL_DIR_INFORMATION full;
    FILE_ID_FULL_DIR_INFORMATION id_full;
    FILE_BOTH_DIR_INFORMATION both;
    FILE_ID_BOTH_DIR_INFORMATION id_both;
    FILE_NAMES_INFORMATION names;
    FILE_ID_EXTD_DIR_INFORMATION extended;
    char bytes[8192];
} page;

static IO_STATUS_BLOCK iosb;

static NTSTATUS query(HANDLE h, ULONG nbytes, FILE_INFORMATION_CLASS which, ULONG flags,
                      const WCHAR *expression)
{
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, expression);
    memset(&page, 0xA5, sizeof page);
    memset(&iosb, 0x5A, sizeof iosb);
    return NtQueryDirectoryFileEx(h, NULL, NULL, NULL, &iosb, &page, nbytes, which, flags,
                                  expression ? &name : NULL);
}

static const struct {
    FILE_INFORMATION_CLASS which;
    ULONG name_at, length_at, least, id_at;
} shapes[] = {
    {FileDirectoryInformation, 64, 60, 72, 0},
    {FileFullDirectoryInformation, 68, 60, 72, 0},
    {FileBothDirectoryInformation, 94, 60, 96, 0},
    {FileNamesInformation, 12, 8, 16, 0},
    {FileIdBothDirectoryInformation, 104, 60, 112, 96},
    {FileIdFullDirectoryInformation, 80, 60, 88, 72},
    {FileIdExtdDirectoryInformation, 88, 60, 96, 72},
    {FileIdExtdBothDirectoryInformation, 114, 60, 120, 72},
};
#define SHAPES (sizeof shapes / sizeof shapes[0])

/* The names of a page, each with a blank behind it. */
static const char *names_of(size_t shape)
{
    static char text[8192];
    char *out = text, *at = page.bytes;
    ULONG next;

    do {
        ULONG length;

        memcpy(&next, at, 4);
        memcpy(&length, at + shapes[shape].length_at, 4);
        for (ULONG i = 0; i < length / 2; i++) {
            WCHAR c;

            memcpy(&c, at + shapes[shape].name_at + 2 * i, 2);
            *out++ = c < 128 ? (char)c : '?';
        }
        *out++ = ' ';
        cr_assert_eq(next % 8, 0);
        at += next;
    } while (next);
    *out = 0;
    return text;
}

Test(directory, each_class_whole_and_one_by_one)
{
    HANDLE h, file;

    begin();
    make("b.txt", 11);
    make("A.txt", 7);
    make("sub/", 0);
    make("_x", 0);
    file = open_folder(u"A.txt", GENERIC_READ, 0);
    for (size_t i = 0; i < SHAPES; i++) {
        char all[256] = "";
        NTSTATUS status;

        h = open_folder(u"", FILE_LIST_DIRECTORY, 0);
        cr_assert_eq(query(h, sizeof page, shapes[i].which, 0, NULL), STATUS_SUCCESS);
        cr_assert_str_eq(names_of(i), ". .. A.txt b.txt sub _x ", "class %d", shapes[i].which);
        cr_assert_eq(iosb.Status, STATUS_SUCCESS);
        cr_assert(iosb.Information > 6 * shapes[i].name_at && iosb.Information < sizeof page);
        cr_assert_eq(page.bytes[iosb.Information], (char)0xA5); /* and nothing behind it */
        cr_assert_eq(query(h, sizeof page, shapes[i].which, 0, NULL), STATUS_NO_MORE_FILES);
        cr_assert_eq(iosb.Information, 0);

        status =
            query(h, sizeof page, shapes[i].which, SL_RESTART_SCAN | SL_RETURN_SINGLE_ENTRY, NULL);
        for (; status == STATUS_SUCCESS;
             status = query(h, sizeof page, shapes[i].which, SL_RETURN_SINGLE_ENTRY, NULL))
            strcat(all, names_of(i));
        cr_assert_eq(status, STATUS_NO_MORE_FILES);
        cr_assert_str_eq(all, ". .. A.txt b.txt sub _x ");

        /* What the entry says is what the handle says. */
        if (shapes[i].id_at) {
            FILE_INTERNAL_INFORMATION id;
            IO_STATUS_BLOCK own;

            CloseHandle(h);
            h = open_folder(u"", FILE_LIST_DIRECTORY, 0);
            cr_assert_eq(query(h, sizeof page, shapes[i].which, 0, u"a.TXT"), STATUS_SUCCESS);
            cr_assert_str_eq(names_of(i), "A.txt ");
            cr_assert_eq(
                NtQueryInformationFile(file, &own, &id, sizeof id, FileInternalInformation),
                STATUS_SUCCESS);
            cr_assert_eq(memcmp(page.bytes + shapes[i].id_at, &id, 8), 0);
            cr_assert_eq(page.directory.EndOfFile.QuadPart, 7);
            cr_assert_eq(page.directory.FileAttributes, FILE_ATTRIBUTE_ARCHIVE);
        }
        CloseHandle(h);
    }
    CloseHandle(file);
    end();
}

Test(directory, small_buffers)
{
    char all[2000] = "";
    NTSTATUS status;
    HANDLE h;

    begin();
    for (char name[] = "name-a"; name[5] <= 'z'; name[5]++)
        make(name, 1);
    make("a-rather-long-name-for-a-small-buffer", 1);
    for (size_t i = 0; i < SHAPES; i++) {
        h = open_folder(u"", FILE_LIST_DIRECTORY, 0);
        cr_assert_eq(query(h, shapes[i].least - 1, shapes[i].which, 0, u"a-*"),
                     STATUS_INFO_LENGTH_MISMATCH);
        /* [D] The first entry of all is cut when it has to be, and says how long its name is. */
        cr_assert_eq(query(h, shapes[i].least, shapes[i].which, 0, u"a-*"), STATUS_BUFFER_OVERFLOW);
        cr_assert(iosb.Information <= shapes[i].least && iosb.Information > shapes[i].name_at);
        cr_assert_eq(memcmp(page.bytes + shapes[i].length_at, &(ULONG){74}, 4), 0);
        cr_assert_eq(page.bytes[shapes[i].name_at], 'a');
        /* [D] A later call in which nothing fits succeeds without bytes, and loses nothing. */
        cr_assert_eq(query(h, shapes[i].least, shapes[i].which, 0, NULL), STATUS_SUCCESS);
        cr_assert_eq(iosb.Information, 0);
        cr_assert_eq(query(h, 400, shapes[i].which, 0, NULL), STATUS_SUCCESS);
        cr_assert_str_eq(names_of(i), "a-rather-long-name-for-a-small-buffer ");
        CloseHandle(h);
    }
    h = open_folder(u"", FILE_LIST_DIRECTORY, 0);
    while ((status = query(h, 400, FileFullDirectoryInformation, 0, u"name-?")) == STATUS_SUCCESS) {
        cr_assert(iosb.Information > 0 && iosb.Information <= 400);
        strcat(all, names_of(1));
    }
    cr_assert_eq(status, STATUS_NO_MORE_FILES);
    cr_assert_eq(strlen(all), 26 * 7);
    cr_assert_eq(memcmp(all, "name-a name-b ", 14), 0);
    CloseHandle(h);
    end();
}

Test(directory, expressions_and_restarts)
{
    HANDLE h;

    begin();
    make("one.txt", 1);
    make("two.txt", 2);
    make("three.doc", 3);
    h = open_folder(u"", FILE_LIST_DIRECTORY, 0);
    cr_assert_eq(query(h, sizeof page, FileNamesInformation, SL_RETURN_SINGLE_ENTRY, u"*.TXT"),
                 STATUS_SUCCESS);
    cr_assert_str_eq(names_of(3), "one.txt ");
    /* [D] The expression of the first call stays, without one and with another. */
    cr_assert_eq(query(h, sizeof page, FileNamesInformation, 0, NULL), STATUS_SUCCESS);
    cr_assert_str_eq(names_of(3), "two.txt ");
    cr_assert_eq(query(h, sizeof page, FileNamesInformation, SL_RESTART_SCAN, u"*.doc"),
                 STATUS_SUCCESS);
    cr_assert_str_eq(names_of(3), "one.txt two.txt ");
    /* A scan that starts again sees what came meanwhile; one that goes on leaves out what went. */
    make("more.txt", 1);
    cr_assert_eq(query(h, sizeof page, FileNamesInformation,
                       SL_RESTART_SCAN | SL_NO_CURSOR_UPDATE_QUERY, NULL),
                 STATUS_SUCCESS);
    cr_assert_str_eq(names_of(3), "more.txt one.txt two.txt ");
    cr_assert_eq(query(h, sizeof page, FileDirectoryInformation, SL_RETURN_SINGLE_ENTRY, NULL),
                 STATUS_SUCCESS);
    cr_assert_str_eq(names_of(0), "more.txt ");
    {
        char path[TEMP_MAX + 16];

        snprintf(path, sizeof path, "%s/one.txt", folder);
        cr_assert_eq(unlink(path), 0);
    }
    cr_assert_eq(query(h, sizeof page, FileDirectoryInformation, 0, NULL), STATUS_SUCCESS);
    cr_assert_str_eq(names_of(0), "two.txt ");
    CloseHandle(h);

    h = open_folder(u"", FILE_LIST_DIRECTORY, 0);
    cr_assert_eq(query(h, sizeof page, FileNamesInformation, 0, u"nothing*"), STATUS_NO_SUCH_FILE);
    cr_assert_eq(query(h, sizeof page, FileNamesInformation, 0, NULL), STATUS_NO_MORE_FILES);
    cr_assert_eq(query(h, sizeof page, FileNamesInformation, SL_RESTART_SCAN, NULL),
                 STATUS_NO_MORE_FILES);
    CloseHandle(h);
    h = open_folder(u"", FILE_LIST_DIRECTORY, 0);
    cr_assert_eq(query(h, sizeof page, FileNamesInformation, 0, u"a\\b"),
                 STATUS_OBJECT_NAME_INVALID);
    cr_assert_eq(query(h, sizeof page, FileNamesInformation, 0, u"two.txt"), STATUS_SUCCESS);
    CloseHandle(h);
    end();
}

/* Two handles of one directory have a scan each, a duplicate has the same one. */
Test(directory, a_scan_belongs_to_the_file_object)
{
    HANDLE a, b, c;

    begin();
    make("x", 0);
    a = open_folder(u"", FILE_LIST_DIRECTORY, 0);
    b = open_folder(u"", FILE_LIST_DIRECTORY, 0);
    OK(DuplicateHandle(GetCurrentProcess(), a, GetCurrentProcess(), &c, 0, FALSE,
                       DUPLICATE_SAME_ACCESS));
    cr_assert_eq(query(a, sizeof page, FileNamesInformation, 0, u"x"), STATUS_SUCCESS);
    cr_assert_eq(query(c, sizeof page, FileNamesInformation, 0, NULL), STATUS_NO_MORE_FILES);
    cr_assert_eq(query(b, sizeof page, FileNamesInformation, 0, NULL), STATUS_SUCCESS);
    cr_assert_str_eq(names_of(3), ". .. x ");
    CloseHandle(a);
    CloseHandle(b);
    CloseHandle(c);
    end();
}

Test(directory, how_it_ends_is_told)
{
    OVERLAPPED_ENTRY entry;
    HANDLE h, event = CreateEventW(NULL, TRUE, TRUE, NULL), port;
    ULONG n;

    begin();
    make("x", 0);
    h = open_folder(u"", FILE_LIST_DIRECTORY | SYNCHRONIZE, FILE_FLAG_OVERLAPPED);
    port = CreateIoCompletionPort(h, NULL, 9, 0);
    cr_assert_not_null(port);
    cr_assert_eq(NtQueryDirectoryFileEx(h, event, NULL, (void *)77, &iosb, &page, sizeof page,
                                        FileNamesInformation, 0, NULL),
                 STATUS_SUCCESS);
    cr_assert_eq(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    OK(GetQueuedCompletionStatusEx(port, &entry, 1, &n, 0, FALSE));
    cr_assert(entry.lpCompletionKey == 9 && (ULONG_PTR)entry.lpOverlapped == 77 &&
              entry.dwNumberOfBytesTransferred == iosb.Information);
    cr_assert_eq(NtQueryDirectoryFileEx(h, event, NULL, (void *)78, &iosb, &page, sizeof page,
                                        FileNamesInformation, 0, NULL),
                 STATUS_NO_MORE_FILES);
    OK(GetQueuedCompletionStatusEx(port, &entry, 1, &n, 0, FALSE)); /* a warning is no error */
    CloseHandle(h);
    CloseHandle(port);
    CloseHandle(event);
    end();
}

Test(directory, wrong_arguments)
{
    void *const unmapped = (void *)64;
    UNICODE_STRING name = {8, 8, unmapped};
    HANDLE h, file;

    begin();
    make("x", 0);
    h = open_folder(u"", FILE_LIST_DIRECTORY, 0);
    file = open_folder(u"x", GENERIC_READ, 0);
    cr_assert_eq(query((HANDLE)0x1234, sizeof page, FileNamesInformation, 0, NULL),
                 STATUS_INVALID_HANDLE);
    cr_assert_eq(query(file, sizeof page, FileNamesInformation, 0, NULL), STATUS_INVALID_PARAMETER);
    cr_assert_eq(query(h, sizeof page, FileBasicInformation, 0, NULL), STATUS_INVALID_INFO_CLASS);
    cr_assert_eq(query(h, sizeof page, FileNamesInformation, 0x80, NULL), STATUS_INVALID_PARAMETER);
    cr_assert_eq(query(h, 0, FileNamesInformation, 0, NULL), STATUS_INFO_LENGTH_MISMATCH);
    cr_assert_eq(NtQueryDirectoryFile(h, NULL, NULL, NULL, unmapped, &page, sizeof page,
                                      FileNamesInformation, FALSE, NULL, FALSE),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(NtQueryDirectoryFile(h, NULL, NULL, NULL, &iosb, &page, sizeof page,
                                      FileNamesInformation, FALSE, unmapped, FALSE),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(NtQueryDirectoryFile(h, NULL, NULL, NULL, &iosb, &page, sizeof page,
                                      FileNamesInformation, FALSE, &name, FALSE),
                 STATUS_ACCESS_VIOLATION);
    /* A page that cannot be written loses no entries. */
    cr_assert_eq(NtQueryDirectoryFile(h, NULL, NULL, NULL, &iosb, unmapped, sizeof page,
                                      FileNamesInformation, FALSE, NULL, FALSE),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(NtQueryDirectoryFile(h, NULL, NULL, NULL, &iosb, &page, sizeof page,
                                      FileNamesInformation, FALSE, NULL, FALSE),
                 STATUS_SUCCESS);
    cr_assert_str_eq(names_of(3), ". .. x ");
    CloseHandle(h);
    CloseHandle(file);
    h = open_folder(u"", FILE_READ_ATTRIBUTES, 0);
    cr_assert_eq(query(h, sizeof page, FileNamesInformation, 0, NULL), STATUS_ACCESS_DENIED);
    CloseHandle(h);
    end();
}

/* ---- Win32 ---- */

/* The names that a pattern finds, each with a blank behind it, or the last error as a number. */
static const char *found(const WCHAR *pattern, DWORD flags)
{
    static char text[4096];
    WIN32_FIND_DATAW data;
    WCHAR path[400] = {0};
    int n = lstrlenW(wide_folder);
    char *out = text;
    HANDLE search;

    memcpy(path, wide_folder, 2 * (size_t)n);
    path[n] = u'\\';
    memcpy(path + n + 1, pattern, 2 * (size_t)(lstrlenW(pattern) + 1));
    SetLastError(0xDEAD);
    search = FindFirstFileExW(path, FindExInfoBasic, &data, FindExSearchNameMatch, NULL, flags);
    if (search == INVALID_HANDLE_VALUE) {
        sprintf(text, "%u", GetLastError());
        return text;
    }
    do {
        for (int i = 0; data.cFileName[i]; i++)
            *out++ = (char)data.cFileName[i];
        *out++ = ' ';
    } while (FindNextFileW(search, &data));
    *out = 0;
    cr_assert_eq(GetLastError(), ERROR_NO_MORE_FILES);
    OK(FindClose(search));
    return text;
}

/* [D] The wildcards of DOS, as FindFirstFile translates them. */
Test(find, wildcards)
{
    begin();
    make("plain", 1);
    make("one.txt", 1);
    make("two.txt2", 1);
    make("a.b.c", 1);
    make("sub/", 0);
    cr_assert_str_eq(found(u"*", 0), ". .. a.b.c one.txt plain sub two.txt2 ");
    cr_assert_str_eq(found(u"*.*", 0), ". .. a.b.c one.txt plain sub two.txt2 ");
    cr_assert_str_eq(found(u"*.txt", FIND_FIRST_EX_LARGE_FETCH), "one.txt ");
    cr_assert_str_eq(found(u"*.txt*", 0), "one.txt two.txt2 ");
    cr_assert_str_eq(found(u"ONE.TXT", 0), "one.txt ");
    cr_assert_str_eq(found(u"plain.*", 0), "plain ");
    cr_assert_str_eq(found(u"p????????", 0), "plain ");
    cr_assert_str_eq(found(u"???", 0), "sub ");
    cr_assert_str_eq(found(u"one.???", 0), "one.txt ");
    cr_assert_str_eq(found(u"*.c", 0), "a.b.c ");
    cr_assert_str_eq(found(u"a.*.c", 0), "a.b.c ");
    cr_assert_str_eq(found(u"nothing*", 0), "2"); /* ERROR_FILE_NOT_FOUND */
    cr_assert_str_eq(found(u"", 0), "2");
    cr_assert_str_eq(found(u"sub\\", 0), "2");
    cr_assert_str_eq(found(u"sub\\*", 0), ". .. ");
    cr_assert_str_eq(found(u"no\\*", 0), "3");      /* ERROR_PATH_NOT_FOUND */
    cr_assert_str_eq(found(u"plain\\*", 0), "267"); /* ERROR_DIRECTORY */
    cr_assert_str_eq(found(u"plain", 0x100), "87"); /* ERROR_INVALID_PARAMETER */
    end();
}

Test(find, more_than_a_page)
{
    WIN32_FIND_DATAW data;
    WCHAR path[400];
    HANDLE search;
    int count = 1;

    begin();
    for (int i = 0; i < 300; i++) {
        char name[64];

        snprintf(name, sizeof name, "file-with-a-name-of-some-length-%03d", i);
        make(name, (unsigned)i % 5);
    }
    memcpy(path, wide_folder, sizeof wide_folder);
    memcpy(path + lstrlenW(path), u"\\file*", 14);
    search = FindFirstFileW(path, &data);
    cr_assert_neq(search, INVALID_HANDLE_VALUE);
    while (FindNextFileW(search, &data)) {
        cr_assert_eq(data.nFileSizeLow, (DWORD)count % 5);
        cr_assert_eq(data.cFileName[34], u'0' + count % 10);
        cr_assert(data.ftLastWriteTime.dwHighDateTime && !data.cAlternateFileName[0]);
        count++;
    }
    cr_assert_eq(count, 300);
    OK(FindClose(search));
    end();
}

Test(find, wrong_arguments)
{
    WIN32_FIND_DATAW data;
    WIN32_FIND_DATAA narrow;
    HANDLE search;
    char path[TEMP_MAX + 16];

    begin();
    make("\xC3\xA4.x", 3);
    snprintf(path, sizeof path, "%s/*.x", folder);
    search = FindFirstFileA(path, &narrow);
    cr_assert_neq(search, INVALID_HANDLE_VALUE);
    cr_assert_str_eq(narrow.cFileName, "\xC3\xA4.x");
    cr_assert_eq(narrow.nFileSizeLow, 3);
    FAILS(FindNextFileA(search, &narrow), ERROR_NO_MORE_FILES);
    FAILS(FindNextFileA(search, NULL), ERROR_INVALID_PARAMETER);
    FAILS(CloseHandle(search), ERROR_INVALID_HANDLE);
    OK(FindClose(search));
    FAILS(FindClose(search), ERROR_INVALID_HANDLE);
    FAILS(FindNextFileW(search, &data), ERROR_INVALID_HANDLE);
    FAILS(FindNextFileW((HANDLE)64, &data), ERROR_INVALID_HANDLE);
    FAILS(FindClose(INVALID_HANDLE_VALUE), ERROR_INVALID_HANDLE);
#define BAD(call, error) FAILS((call) != INVALID_HANDLE_VALUE, error)
    BAD(FindFirstFileExW(wide_folder, FindExInfoMaxInfoLevel, &data, FindExSearchNameMatch, NULL,
                         0),
        ERROR_INVALID_PARAMETER);
    BAD(FindFirstFileExW(wide_folder, FindExInfoStandard, &data, FindExSearchLimitToDevices, NULL,
                         0),
        ERROR_NOT_SUPPORTED);
    BAD(FindFirstFileExW(wide_folder, FindExInfoStandard, &data, FindExSearchMaxSearchOp, NULL, 0),
        ERROR_INVALID_PARAMETER);
    BAD(FindFirstFileExW(wide_folder, FindExInfoStandard, &data, FindExSearchNameMatch, &data, 0),
        ERROR_INVALID_PARAMETER);
    BAD(FindFirstFileW(wide_folder, NULL), ERROR_INVALID_PARAMETER);
    BAD(FindFirstFileW(u"", &data), ERROR_PATH_NOT_FOUND);
    BAD(FindFirstFileA("", &narrow), ERROR_PATH_NOT_FOUND);
    BAD(FindFirstFileW(u"Z:\\", &data), ERROR_FILE_NOT_FOUND);
    end();
}

/* A volume's root has neither "." nor "..". */
Test(find, the_root_has_no_dots)
{
    WIN32_FIND_DATAW data;
    HANDLE search;

    search = FindFirstFileW(u"Z:\\*", &data);
    cr_assert_neq(search, INVALID_HANDLE_VALUE);
    do
        cr_assert(data.cFileName[0] != u'.' || data.cFileName[1] != 0);
    while (FindNextFileW(search, &data));
    OK(FindClose(search));
    begin();
    make("x", 0);
    setenv("RINGER_DRIVE_Q", folder, 1);
    search = FindFirstFileW(u"Q:\\*", &data);
    cr_assert_neq(search, INVALID_HANDLE_VALUE);
    cr_assert_eq(data.cFileName[0], u'x');
    OK(FindClose(search));
    end();
}

/* What a profile does not have is not found, and says so to who is linked with it. */
Test(find, profiles)
{
    const char *profile = getenv("RINGER_PROFILE");
    bool wine = profile && !strcmp(profile, "wine");
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    FILE_STAT_INFORMATION stat;
    HANDLE h;

    begin();
    h = open_folder(u"", FILE_LIST_DIRECTORY, 0);
    cr_assert_eq(!GetProcAddress(ntdll, "NtQueryDirectoryFileEx"), wine);
    cr_assert_eq(!GetProcAddress(ntdll, "NtQueryInformationByName"), wine);
    cr_assert_not_null(GetProcAddress(ntdll, "NtQueryDirectoryFile"));
    cr_assert_eq(!GetProcAddress(ntdll, "NtSubmitIoRing"), profile && *profile);
    cr_assert_eq(!GetProcAddress(GetModuleHandleA("kernel32"), "CreateIoRing"),
                 profile && *profile);
    if (wine) {
        cr_assert_eq(query(h, sizeof page, FileNamesInformation, 0, NULL), STATUS_NOT_IMPLEMENTED);
        cr_assert_eq(NtQueryInformationByName(NULL, &iosb, &stat, sizeof stat, FileStatInformation),
                     STATUS_NOT_IMPLEMENTED);
    }
    cr_assert_eq(NtQueryDirectoryFile(h, NULL, NULL, NULL, &iosb, &page, sizeof page,
                                      FileNamesInformation, FALSE, NULL, FALSE),
                 STATUS_SUCCESS);
    cr_assert_str_eq(found(u"x", 0), "2");
    CloseHandle(h);
    end();
}

// SPDX-License-Identifier: MIT
#include "emu/tests/files.h"

static NTSTATUS resolve(const char *text, char *linux_out)
{
    struct test_name t;
    struct emu_path path;
    NTSTATUS status = emu_path_resolve(nt_name(&t, text), &path);

    strcpy(linux_out, "");
    if (status == STATUS_SUCCESS) {
        if (path.linux_path)
            strcpy(linux_out, path.linux_path);
        emu_path_fini(&path);
    }
    return status;
}

Test(path, drives)
{
    char got[300];

    unsetenv("RINGER_DRIVE_C");
    cr_assert_eq(resolve("\\??\\Z:\\tmp\\x.txt", got), STATUS_SUCCESS);
    cr_assert_str_eq(got, "/tmp/x.txt");
    cr_assert_eq(resolve("\\\\?\\c:\\tmp\\x.txt", got), STATUS_SUCCESS);
    cr_assert_eq(resolve("\\??\\q:\\tmp", got), STATUS_OBJECT_PATH_NOT_FOUND);
    setenv("RINGER_DRIVE_Q", "/srv/q", 1);
    cr_assert_eq(resolve("\\??\\q:\\tmp", got), STATUS_SUCCESS);
    cr_assert_str_eq(got, "/srv/q/tmp");
    setenv("RINGER_DRIVE_C", "/data", 1);
    cr_assert_eq(resolve("\\??\\C:\\", got), STATUS_SUCCESS);
    cr_assert_str_eq(got, "/data");
}

Test(path, what_is_no_file)
{
    char got[300];

    cr_assert_eq(resolve("\\??\\UNC\\server\\share\\x", got), STATUS_OBJECT_PATH_NOT_FOUND);
    cr_assert_eq(resolve("\\??\\PhysicalDrive0", got), STATUS_OBJECT_NAME_NOT_FOUND);
    cr_assert_eq(resolve("\\??\\C:x", got), STATUS_OBJECT_NAME_NOT_FOUND);
    cr_assert_eq(resolve("relative", got), STATUS_OBJECT_PATH_SYNTAX_BAD);
    cr_assert_eq(resolve("", got), STATUS_OBJECT_PATH_SYNTAX_BAD);
    cr_assert_eq(resolve("\\Registry\\Machine", got), STATUS_OBJECT_PATH_NOT_FOUND);
    cr_assert_eq(resolve("\\??\\NUL", got), STATUS_SUCCESS);
    cr_assert_str_eq(got, "/dev/null");
}

Test(path, bad_names)
{
    struct emu_object_name name = {.chars = (const uint16_t *)u"\\??\\Z:\\a\0b", .nbytes = 20};
    struct emu_path path;
    char got[300];

    cr_assert_eq(emu_path_resolve(&name, &path), STATUS_OBJECT_NAME_INVALID);
    name.chars = (const uint16_t *)u"\\??\\Z:\\a\xD800";
    name.nbytes = 18;
    cr_assert_eq(emu_path_resolve(&name, &path), STATUS_OBJECT_NAME_INVALID);
    name.nbytes = 17;
    cr_assert_eq(emu_path_resolve(&name, &path), STATUS_OBJECT_NAME_INVALID);
    name.nbytes = 70000;
    cr_assert_eq(emu_path_resolve(&name, &path), STATUS_OBJECT_NAME_INVALID);
    name.chars = (const uint16_t *)8;
    name.nbytes = 16;
    cr_assert_eq(emu_path_resolve(&name, &path), STATUS_ACCESS_VIOLATION);
    cr_assert_eq(resolve("\\??\\Z:\\a*b", got), STATUS_OBJECT_NAME_INVALID);
    cr_assert_eq(resolve("\\??\\Z:\\a:stream", got), STATUS_OBJECT_NAME_INVALID);
}

Test(path, utf_round_trip)
{
    const char *text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";
    uint16_t units[32];
    char back[64];
    size_t n = emu_utf16_from_utf8(units, text, strlen(text));

    cr_assert_eq(n, 6);
    cr_assert_eq(units[3], 0xD83D);
    back[emu_utf8_from_utf16(back, units, n)] = 0;
    cr_assert_str_eq(back, text);
    cr_assert_eq(emu_utf16_from_utf8(units, "\xC0\x80", 2), 2);
    cr_assert_eq(units[0], 0xFFFD);
}

Test(path, without_case)
{
    const char *folder = scratch();
    emu_handle h;
    struct emu_iosb iosb;

    put_file(folder, "MixedCase.Txt", "x", 1);
    cr_assert_eq(open_as(&h, folder, "mixedcase.txt", RW, SHARE_ALL, FILE_OPEN, SYNC, &iosb),
                 STATUS_OBJECT_NAME_NOT_FOUND);
    setenv("RINGER_CASE", "insensitive", 1);
    h = must_open(folder, "mixedcase.txt", RW, FILE_OPEN, SYNC);
    cr_assert_eq(emu_nt_close(h), STATUS_SUCCESS);
    scratch_remove(folder);
}

Test(path, relative_to_a_directory)
{
    const char *folder = scratch();
    emu_handle dir, h;
    struct emu_iosb iosb;
    struct test_name t;

    put_file(folder, "f", "x", 1);
    dir = must_open(folder, "", FILE_GENERIC_READ, FILE_OPEN, FILE_DIRECTORY_FILE | SYNC);
    nt_name(&t, "f")->root = dir;
    cr_assert_eq(emu_nt_create_file(&h, FILE_GENERIC_READ, &t.name, &iosb, NULL, 0, SHARE_ALL,
                                    FILE_OPEN, SYNC),
                 STATUS_SUCCESS);
    emu_nt_close(h);
    nt_name(&t, "\\f")->root = dir;
    cr_assert_eq(emu_nt_create_file(&h, FILE_GENERIC_READ, &t.name, &iosb, NULL, 0, SHARE_ALL,
                                    FILE_OPEN, SYNC),
                 STATUS_INVALID_PARAMETER);
    emu_nt_close(dir);
    scratch_remove(folder);
}

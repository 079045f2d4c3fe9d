/* SPDX-License-Identifier: MIT */
/* Paths: how they are spelled, which rule wins, where redirects lead. */
#include <ringer_provider.h>

#include <criterion/criterion.h>
#include <string.h>

#ifdef RINGER_CHAR16
#    define W(text) u##text
#else
#    define W(text) L##text
#endif

static UINT64 size_at(struct ringer_vfs *vfs, const WCHAR *path)
{
    struct ringer_file_info info;

    return ringer_vfs_query(vfs, path, &info) ? info.size : 0;
}

Test(vfs, spellings)
{
    struct ringer_vfs *vfs = ringer_vfs_create();

    cr_assert(ringer_vfs_is_empty(vfs));
    cr_assert_eq(size_at(vfs, W("C:\\a\\b.bin")), 0);
    cr_assert(ringer_vfs_add(vfs, W("C:\\a\\b.bin"), ringer_source_fill(1, 7), NULL));
    cr_assert_eq(size_at(vfs, W("C:\\a\\b.bin")), 7);
    cr_assert_eq(size_at(vfs, W("c:/A/./x/../B.BIN")), 7);
    cr_assert_eq(size_at(vfs, W("\\\\?\\C:\\a\\B.bin")), 7);
    cr_assert_eq(size_at(vfs, W("\\??\\c:\\a\\b.bin")), 7);
    cr_assert_eq(size_at(vfs, W("C:\\a\\b.bin2")), 0);
    cr_assert_eq(size_at(vfs, W("C:\\a")), 0);
    cr_assert_eq(size_at(vfs, W("")), 0);
    cr_assert_eq(size_at(vfs, W("\\\\.\\pipe\\b")), 0);
    ringer_vfs_destroy(vfs);
}

Test(vfs, later_wins)
{
    struct ringer_vfs *vfs = ringer_vfs_create();
    struct ringer_vfile *file;
    UINT64 newer;

    cr_assert(ringer_vfs_add(vfs, W("C:\\f"), ringer_source_fill(1, 1), NULL));
    newer = ringer_vfs_add(vfs, W("C:\\F"), ringer_source_fill(2, 2), NULL);
    cr_assert_eq(size_at(vfs, W("c:\\f")), 2);
    cr_assert_eq(ringer_vfs_open(vfs, W("c:\\f"), GENERIC_READ, 0, 1, &file), 0);
    cr_assert(ringer_vfs_remove(vfs, newer));
    cr_assert_not(ringer_vfs_remove(vfs, newer));
    cr_assert_eq(size_at(vfs, W("c:\\f")), 1);
    cr_assert_eq(ringer_vfile_size(file), 2, "whoever has it open keeps it");
    ringer_vfile_release(file);
    ringer_vfs_destroy(vfs);
}

Test(vfs, one_file_one_id)
{
    struct ringer_vfs *vfs = ringer_vfs_create();
    struct ringer_file_info a, b, again;

    cr_assert(ringer_vfs_add(vfs, W("C:\\f\\a"), ringer_source_fill(1, 1), NULL));
    cr_assert(ringer_vfs_add(vfs, W("C:\\f\\b"), ringer_source_fill(1, 1), NULL));
    cr_assert(ringer_vfs_query(vfs, W("C:\\f\\a"), &a));
    cr_assert(ringer_vfs_query(vfs, W("C:\\f\\b"), &b));
    cr_assert(ringer_vfs_query(vfs, W("c:\\F\\A"), &again));
    cr_assert_neq(a.id, b.id);
    cr_assert_eq(a.id, again.id);
    ringer_vfs_destroy(vfs);
}

static int count_names(void *arg, const WCHAR *name, const struct ringer_file_info *info)
{
    UINT64 *sum = arg;

    *sum += info->size;
    return 0;
}

Test(vfs, enumerate)
{
    struct ringer_vfs *vfs = ringer_vfs_create();
    UINT64 sum = 0;

    cr_assert(ringer_vfs_add(vfs, W("C:\\f\\a"), ringer_source_fill(1, 1), NULL));
    cr_assert(ringer_vfs_add(vfs, W("C:\\f\\A"), ringer_source_fill(1, 10), NULL));
    cr_assert(ringer_vfs_add(vfs, W("C:\\f\\b"), ringer_source_fill(1, 100), NULL));
    cr_assert(ringer_vfs_add(vfs, W("C:\\f\\deep\\c"), ringer_source_fill(1, 1000), NULL));
    cr_assert(ringer_vfs_add(vfs, W("C:\\fg\\d"), ringer_source_fill(1, 10000), NULL));
    ringer_vfs_enumerate(vfs, W("c:\\F\\"), count_names, &sum);
    cr_assert_eq(sum, 110);
    ringer_vfs_destroy(vfs);
}

static int leads_to(struct ringer_vfs *vfs, const WCHAR *from, const WCHAR *to)
{
    WCHAR got[512];
    size_t n = ringer_vfs_resolve(vfs, from, got, 512), length = 0;

    while (to[length])
        length++;
    return n == length && !memcmp(got, to, n * sizeof *to);
}

Test(vfs, redirect)
{
    struct ringer_vfs *vfs = ringer_vfs_create();
    UINT64 id;

    cr_assert(ringer_vfs_redirect_file(vfs, W("C:\\a"), W("C:\\nowhere\\x")));
    id = ringer_vfs_redirect_file(vfs, W("c:\\A"), W("D:/y"));
    cr_assert(leads_to(vfs, W("C:\\a"), W("\\??\\D:\\y")));
    cr_assert(ringer_vfs_remove(vfs, id));
    cr_assert(leads_to(vfs, W("C:\\a"), W("\\??\\C:\\nowhere\\x")), "its target need not exist");
    cr_assert(leads_to(vfs, W("C:\\b"), W("")));
    ringer_vfs_destroy(vfs);
}

static void touch(const WCHAR *path)
{
    HANDLE file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);

    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    CloseHandle(file);
}

Test(vfs, folder)
{
    struct ringer_vfs *vfs = ringer_vfs_create();
    WCHAR folder[MAX_PATH + 8], in[MAX_PATH + 8], got[MAX_PATH + 8];
    DWORD n = GetTempPathW(MAX_PATH, folder);
    UINT64 files;
    UINT i;

    cr_assert(GetTempFileNameW(folder, W("vfs"), 0, folder));
    DeleteFileW(folder);
    cr_assert(CreateDirectoryW(folder, NULL));
    for (n = 0; folder[n]; n++)
        in[n] = folder[n];
    for (i = 0; i < 3; i++)
        in[n + i] = W("\\f")[i];
    cr_assert(ringer_vfs_redirect_folder(vfs, W("C:\\game"), folder));
    cr_assert_not(ringer_vfs_resolve(vfs, W("C:\\game\\f"), got, MAX_PATH),
                  "not there: the original");
    touch(in);
    cr_assert(ringer_vfs_resolve(vfs, W("C:\\game\\f"), got, MAX_PATH));
    cr_assert_not(ringer_vfs_resolve(vfs, W("C:\\game\\other"), got, MAX_PATH));
    cr_assert_not(ringer_vfs_resolve(vfs, W("C:\\gamers\\f"), got, MAX_PATH));
    files = ringer_vfs_redirect_folder_as_files(vfs, W("D:\\mod"), folder);
    cr_assert(files);
    cr_assert(ringer_vfs_resolve(vfs, W("d:/MOD/f"), got, MAX_PATH));
    cr_assert(ringer_vfs_remove(vfs, files));
    cr_assert_not(ringer_vfs_resolve(vfs, W("d:/MOD/f"), got, MAX_PATH));
    cr_assert_not(
        ringer_vfs_redirect_folder_as_files(vfs, W("D:\\mod"), W("C:\\no\\such\\folder")));
    cr_assert(DeleteFileW(in));
    cr_assert(ringer_vfs_resolve(vfs, W("C:\\GAME\\F"), got, MAX_PATH),
              "once there, there for ever");
    cr_assert(RemoveDirectoryW(folder));
    ringer_vfs_destroy(vfs);
}

/* SPDX-License-Identifier: MIT */
/* The documented results of r3vfs, and its data callback. */
#include <r3vfs.h>
#include <ringer_provider.h>

#include <criterion/criterion.h>
#include <string.h>

#ifdef RINGER_CHAR16
#    define W(text) u##text
#else
#    define W(text) L##text
#endif

static int released_count;

static uint32_t count_up(void *context, uint64_t offset, void *buffer, uint32_t length)
{
    if (offset >= 100)
        return 1117; /* ERROR_IO_DEVICE */
    for (uint32_t i = 0; i < length; i++)
        ((uint8_t *)buffer)[i] = (uint8_t)(offset + i + *(uint8_t *)context);
    return 0;
}

static void released(void *context)
{
    released_count++;
}

Test(r3vfs, before_init)
{
    R3VFS_Metadata metadata = {.end_of_file = 1};
    R3VFS_VFileHandle file;
    bool value;

    cr_assert_eq(r3vfs_shutdown(), R3VFS_ERROR_NOT_INITIALIZED);
    cr_assert_eq(r3vfs_redirector_add_file("C:\\a", "C:\\b", NULL), R3VFS_ERROR_NOT_INITIALIZED);
    cr_assert_eq(r3vfs_vfile_register("C:\\a", &metadata, &file), R3VFS_ERROR_NOT_INITIALIZED);
    cr_assert_eq(r3vfs_settings_get(R3VFS_PRINT_OPEN, &value), R3VFS_ERROR_NOT_INITIALIZED);
    cr_assert_null(r3vfs_vfs());
    cr_assert_not(r3vfs_vfile_is_virtual_handle(NULL));
}

Test(r3vfs, redirects)
{
    R3VFS_RedirectHandle first, second;
    WCHAR to[64];

    cr_assert_eq(r3vfs_init(), R3VFS_OK);
    cr_assert_eq(r3vfs_init(), R3VFS_ERROR_ALREADY_EXISTS);
    cr_assert_eq(r3vfs_redirector_add_file("", "C:\\b", &first), R3VFS_ERROR_INVALID_PATH);
    cr_assert_eq(r3vfs_redirector_add_file("C:\\\xFF", "C:\\b", &first), R3VFS_ERROR_INVALID_PATH);
    cr_assert_eq(r3vfs_redirector_add_file("C:\\a", "C:\\b", &first), R3VFS_OK);
    cr_assert_eq(r3vfs_redirector_add_file("c:/A", "C:\\cc", &second), R3VFS_OK);
    cr_assert_eq(ringer_vfs_resolve(r3vfs_vfs(), W("C:\\a"), to, 64), 9);
    cr_assert_eq(r3vfs_redirector_remove_file(second), R3VFS_OK);
    cr_assert_eq(r3vfs_redirector_remove_file(second), R3VFS_ERROR_NOT_FOUND);
    cr_assert_eq(r3vfs_redirector_remove_file(NULL), R3VFS_ERROR_INVALID_HANDLE);
    cr_assert_eq(ringer_vfs_resolve(r3vfs_vfs(), W("C:\\a"), to, 64), 8);
    cr_assert_eq(r3vfs_redirector_add_folder_as_files("C:\\x", "C:\\no\\such", NULL),
                 R3VFS_ERROR_INVALID_PATH);
    cr_assert_eq(r3vfs_redirector_optimize(), R3VFS_OK);
    cr_assert_eq(r3vfs_disable(), R3VFS_OK);
    cr_assert_null(r3vfs_vfs());
    cr_assert_eq(r3vfs_enable(), R3VFS_OK);
    cr_assert_not_null(r3vfs_vfs());
    cr_assert_eq(r3vfs_shutdown(), R3VFS_OK);
}

Test(r3vfs, data)
{
    R3VFS_Metadata metadata = {.end_of_file = 110, .file_attributes = FILE_ATTRIBUTE_HIDDEN};
    uint8_t start = 7, buffer[200];
    struct ringer_file_info info;
    struct ringer_vfile *open;
    R3VFS_VFileHandle file;
    UINT32 count;

    cr_assert_eq(r3vfs_init(), R3VFS_OK);
    cr_assert_eq(r3vfs_vfile_register_data("C:\\v", &metadata, count_up, &start, released, &file),
                 R3VFS_OK);
    cr_assert_eq(r3vfs_vfile_register("c:/V", &metadata, NULL), R3VFS_ERROR_ALREADY_EXISTS);
    cr_assert(ringer_vfs_query(r3vfs_vfs(), W("C:\\V"), &info));
    cr_assert_eq(info.size, 110);
    cr_assert_eq(info.attributes, FILE_ATTRIBUTE_HIDDEN);
    cr_assert_eq(ringer_vfs_open(r3vfs_vfs(), W("C:\\v"), GENERIC_READ, 0, 1, &open), 0);
    cr_assert_eq(r3vfs_vfile_unregister(file), R3VFS_OK);
    cr_assert_not(ringer_vfs_query(r3vfs_vfs(), W("C:\\v"), &info));
    cr_assert_eq(ringer_vfile_read_wait(open, 3, buffer, 50, &count), 0);
    cr_assert_eq(count, 50);
    cr_assert_eq(buffer[49], 3 + 49 + 7);
    cr_assert_eq(ringer_vfile_read_wait(open, 100, buffer, 50, &count),
                 (NTSTATUS)(0xC0070000u | 1117));
    cr_assert_eq(released_count, 0);
    ringer_vfile_release(open);
    cr_assert_eq(released_count, 1);
    cr_assert_eq(r3vfs_shutdown(), R3VFS_OK);
}

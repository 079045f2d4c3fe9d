// SPDX-License-Identifier: MIT
#include "emu/tests/files.h"

Test(share, modes)
{
    const char *folder = scratch();
    struct emu_iosb iosb;
    static const struct {
        uint32_t access1, share1, access2, share2;
        bool allowed;
    } rows[] = {
        {GENERIC_READ, 0, GENERIC_READ, SHARE_ALL, false},
        {GENERIC_READ, FILE_SHARE_READ, GENERIC_READ, FILE_SHARE_READ, true},
        {GENERIC_READ, FILE_SHARE_READ, GENERIC_WRITE, SHARE_ALL, false},
        {GENERIC_WRITE, FILE_SHARE_READ, GENERIC_READ, FILE_SHARE_READ, false},
        {GENERIC_WRITE, FILE_SHARE_READ, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, true},
        {GENERIC_READ, SHARE_ALL, DELETE, SHARE_ALL, true},
        {GENERIC_READ, FILE_SHARE_READ, DELETE, SHARE_ALL, false},
        {GENERIC_READ, 0, FILE_READ_ATTRIBUTES, 0, true}, /* takes no part */
        {FILE_READ_ATTRIBUTES, 0, GENERIC_WRITE, 0, true},
    };

    put_file(folder, "f", "x", 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        emu_handle a, b;
        NTSTATUS status;

        cr_assert_eq(open_as(&a, folder, "f", rows[i].access1, rows[i].share1, FILE_OPEN, 0, &iosb),
                     STATUS_SUCCESS);
        status = open_as(&b, folder, "f", rows[i].access2, rows[i].share2, FILE_OPEN, 0, &iosb);
        cr_assert_eq(status, rows[i].allowed ? STATUS_SUCCESS : STATUS_SHARING_VIOLATION,
                     "row %zu: 0x%x", i, (unsigned)status);
        if (rows[i].allowed)
            emu_nt_close(b);
        emu_nt_close(a);
        /* Nothing stays behind. */
        cr_assert_eq(open_as(&a, folder, "f", GENERIC_ALL, 0, FILE_OPEN, 0, &iosb), STATUS_SUCCESS);
        emu_nt_close(a);
    }
    scratch_remove(folder);
}

Test(share, overwriting_needs_the_right_first)
{
    const char *folder = scratch();
    struct emu_iosb iosb;
    emu_handle a, b;
    char buffer[4];
    uint64_t got;

    put_file(folder, "f", "abc", 3);
    cr_assert_eq(open_as(&a, folder, "f", FILE_GENERIC_READ, FILE_SHARE_READ, FILE_OPEN, SYNC,
                         &iosb),
                 STATUS_SUCCESS);
    cr_assert_eq(open_as(&b, folder, "f", RW, SHARE_ALL, FILE_OVERWRITE_IF, SYNC, &iosb),
                 STATUS_SHARING_VIOLATION);
    cr_assert_eq(read_at(a, buffer, 4, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(got, 3);
    emu_nt_close(a);
    scratch_remove(folder);
}

Test(share, delete_on_close_and_delete_pending)
{
    const char *folder = scratch();
    struct emu_iosb iosb;
    struct test_name t;
    emu_handle a, b;
    unsigned char yes = 1;

    a = must_open(folder, "f", RW | DELETE, FILE_CREATE, SYNC | FILE_DELETE_ON_CLOSE);
    b = must_open(folder, "f", RW, FILE_OPEN, SYNC);
    emu_nt_close(a);
    cr_assert(exists(folder, "f"));
    cr_assert_eq(open_as(&a, folder, "f", RW, SHARE_ALL, FILE_OPEN, SYNC, &iosb),
                 STATUS_DELETE_PENDING);
    emu_nt_close(b);
    cr_assert_not(exists(folder, "f"));

    put_file(folder, "g", "x", 1);
    a = must_open(folder, "g", RW | DELETE, FILE_OPEN, SYNC);
    cr_assert_eq(emu_nt_set_information_file(a, &iosb, &yes, 1, FileDispositionInformation),
                 STATUS_SUCCESS);
    yes = 0;
    cr_assert_eq(emu_nt_set_information_file(a, &iosb, &yes, 1, FileDispositionInformation),
                 STATUS_SUCCESS);
    emu_nt_close(a);
    cr_assert(exists(folder, "g"));
    cr_assert_eq(emu_nt_delete_file(file_name(&t, folder, "g")), STATUS_SUCCESS);
    cr_assert_not(exists(folder, "g"));
    cr_assert_eq(emu_nt_delete_file(file_name(&t, folder, "g")), STATUS_OBJECT_NAME_NOT_FOUND);
    cr_assert_eq(emu_nt_handle_count(), 0);
    scratch_remove(folder);
}

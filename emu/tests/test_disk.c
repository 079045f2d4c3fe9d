// SPDX-License-Identifier: MIT
#include "emu/tests/files.h"

#include "emu/object/disk.h"

Test(disk, dispositions)
{
    const char *folder = scratch();
    struct emu_iosb iosb;
    emu_handle h;
    static const struct {
        uint32_t disposition;
        bool there;
        NTSTATUS status;
        uint64_t action;
    } rows[] = {
        {FILE_OPEN, false, STATUS_OBJECT_NAME_NOT_FOUND, 0},
        {FILE_OVERWRITE, false, STATUS_OBJECT_NAME_NOT_FOUND, 0},
        {FILE_CREATE, false, STATUS_SUCCESS, FILE_CREATED},
        {FILE_CREATE, true, STATUS_OBJECT_NAME_COLLISION, 0},
        {FILE_OPEN, true, STATUS_SUCCESS, FILE_OPENED},
        {FILE_OPEN_IF, true, STATUS_SUCCESS, FILE_OPENED},
        {FILE_OPEN_IF, false, STATUS_SUCCESS, FILE_CREATED},
        {FILE_OVERWRITE, true, STATUS_SUCCESS, FILE_OVERWRITTEN},
        {FILE_OVERWRITE_IF, true, STATUS_SUCCESS, FILE_OVERWRITTEN},
        {FILE_OVERWRITE_IF, false, STATUS_SUCCESS, FILE_CREATED},
        {FILE_SUPERSEDE, true, STATUS_SUCCESS, FILE_SUPERSEDED},
        {6, true, STATUS_INVALID_PARAMETER, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[200];
        struct stat st;
        NTSTATUS status;

        snprintf(path, sizeof path, "%s/f", folder);
        unlink(path);
        if (rows[i].there)
            put_file(folder, "f", "abc", 3);
        status = open_as(&h, folder, "f", FILE_GENERIC_READ, 0, rows[i].disposition, SYNC, &iosb);
        cr_assert_eq(status, rows[i].status, "row %zu: 0x%x", i, (unsigned)status);
        if (status != STATUS_SUCCESS)
            continue;
        cr_assert_eq(iosb.information, rows[i].action, "row %zu", i);
        cr_assert_eq(stat(path, &st), 0);
        cr_assert_eq(st.st_size, rows[i].action == FILE_OPENED ? 3 : 0, "row %zu", i);
        emu_nt_close(h);
    }
    cr_assert_eq(open_as(&h, folder, "no/f", RW, 0, FILE_OPEN, SYNC, &iosb),
                 STATUS_OBJECT_PATH_NOT_FOUND);
    cr_assert_eq(open_as(&h, folder, "", RW, 0, FILE_OPEN, FILE_NON_DIRECTORY_FILE | SYNC, &iosb),
                 STATUS_FILE_IS_A_DIRECTORY);
    put_file(folder, "g", "", 0);
    cr_assert_eq(open_as(&h, folder, "g", RW, 0, FILE_OPEN, FILE_DIRECTORY_FILE | SYNC, &iosb),
                 STATUS_NOT_A_DIRECTORY);
    cr_assert_eq(open_as(&h, folder, "d", RW, 0, FILE_CREATE, FILE_DIRECTORY_FILE | SYNC, &iosb),
                 STATUS_SUCCESS);
    emu_nt_close(h);
    cr_assert(exists(folder, "d"));
    scratch_remove(folder);
}

/* [R] IB12, IB13, IC3, on each kind of handle. */
Test(disk, read_accounting)
{
    const char *parents[] = {"/tmp", "/dev/shm"};
    uint32_t options[] = {SYNC, 0};

    for (int i = 0; i < 4; i++) {
        const char *folder = scratch_in(parents[i / 2]);
        char buffer[64];
        uint64_t got;
        emu_handle h;

        put_file(folder, "f", "0123456789", 10);
        h = must_open(folder, "f", RW, FILE_OPEN, options[i % 2]);
        cr_assert_eq(read_at(h, buffer, 10, 0, &got), STATUS_SUCCESS);
        cr_assert_eq(got, 10);
        cr_assert_eq(read_at(h, buffer, 32, 6, &got), STATUS_SUCCESS);
        cr_assert(got == 4 && !memcmp(buffer, "6789", 4));
        cr_assert_eq(read_at(h, buffer, 0, 0, &got), STATUS_SUCCESS);
        cr_assert_eq(got, 0);
        cr_assert_eq(read_at(h, buffer, 8, 100, &got), STATUS_END_OF_FILE);
        cr_assert_eq(got, 0);
        cr_assert_eq(read_at(h, buffer, 8, 10, &got), STATUS_END_OF_FILE);
        cr_assert_eq(read_at(h, (void *)16, 8, 0, &got), STATUS_ACCESS_VIOLATION);
        cr_assert_eq(write_at(h, (void *)16, 8, 0, &got), STATUS_ACCESS_VIOLATION);
        cr_assert_eq(write_at(h, "xyz", 3, 20, &got), STATUS_SUCCESS);
        cr_assert_eq(got, 3);
        cr_assert_eq(read_at(h, buffer, 64, 8, &got), STATUS_SUCCESS);
        cr_assert_eq(got, 15);
        cr_assert(!memcmp(buffer, "89\0\0\0\0\0\0\0\0\0\0xyz", 15));
        cr_assert_eq(read_at(h, buffer, 8, -3, &got), STATUS_INVALID_PARAMETER);
        cr_assert_eq(read_at(h, buffer, 8, INT64_MAX, &got), STATUS_INVALID_PARAMETER);
        emu_nt_close(h);
        scratch_remove(folder);
    }
    cr_assert_eq(emu_nt_handle_count(), 0);
}

Test(disk, position_of_synchronous_files)
{
    const char *folder = scratch();
    char buffer[16];
    uint64_t got;
    emu_handle h;

    put_file(folder, "f", "0123456789", 10);
    h = must_open(folder, "f", RW, FILE_OPEN, SYNC);
    cr_assert_eq(read_at(h, buffer, 4, INT64_MIN, &got), STATUS_SUCCESS);
    cr_assert(!memcmp(buffer, "0123", 4));
    cr_assert_eq(read_at(h, buffer, 4, -2, &got), STATUS_SUCCESS);
    cr_assert(!memcmp(buffer, "4567", 4));
    cr_assert_eq(read_at(h, buffer, 1, 1, &got), STATUS_SUCCESS); /* moves it to 2 */
    cr_assert_eq(read_at(h, buffer, 1, INT64_MIN, &got), STATUS_SUCCESS);
    cr_assert_eq(buffer[0], '2');
    cr_assert_eq(write_at(h, "END", 3, -1, &got), STATUS_SUCCESS);
    cr_assert_eq(read_at(h, buffer, 1, INT64_MIN, &got), STATUS_END_OF_FILE);
    cr_assert_eq(read_at(h, buffer, 3, 10, &got), STATUS_SUCCESS);
    cr_assert(!memcmp(buffer, "END", 3));
    emu_nt_close(h);
    /* An asynchronous file object has none. */
    h = must_open(folder, "f", RW, FILE_OPEN, 0);
    cr_assert_eq(read_at(h, buffer, 4, INT64_MIN, &got), STATUS_INVALID_PARAMETER);
    cr_assert_eq(write_at(h, "!", 1, -1, &got), STATUS_SUCCESS);
    cr_assert_eq(read_at(h, buffer, 9, 13, &got), STATUS_SUCCESS);
    cr_assert(got == 1 && buffer[0] == '!');
    emu_nt_close(h);
    scratch_remove(folder);
}

Test(disk, append_only)
{
    const char *folder = scratch();
    char buffer[16];
    uint64_t got;
    emu_handle h;

    put_file(folder, "f", "abc", 3);
    for (int sync = 0; sync < 2; sync++) {
        h = must_open(folder, "f", FILE_APPEND_DATA | FILE_READ_DATA | SYNCHRONIZE, FILE_OPEN,
                      sync ? SYNC : 0);
        cr_assert_eq(write_at(h, "+", 1, 0, &got), STATUS_SUCCESS);
        emu_nt_close(h);
    }
    h = must_open(folder, "f", RW, FILE_OPEN, SYNC);
    cr_assert_eq(read_at(h, buffer, 16, 0, &got), STATUS_SUCCESS);
    cr_assert(got == 5 && !memcmp(buffer, "abc++", 5));
    emu_nt_close(h);
    scratch_remove(folder);
}

Test(disk, access_is_checked)
{
    const char *folder = scratch();
    struct emu_iosb iosb;
    char buffer[4];
    uint64_t got;
    emu_handle h;

    put_file(folder, "f", "abcd", 4);
    h = must_open(folder, "f", FILE_GENERIC_READ, FILE_OPEN, SYNC);
    cr_assert_eq(write_at(h, "x", 1, 0, &got), STATUS_ACCESS_DENIED);
    cr_assert_eq(emu_nt_flush_buffers_file(h, &iosb), STATUS_ACCESS_DENIED); /* [R] IC14 */
    emu_nt_close(h);
    h = must_open(folder, "f", FILE_GENERIC_WRITE, FILE_OPEN, 0);
    cr_assert_eq(read_at(h, buffer, 4, 0, &got), STATUS_ACCESS_DENIED);
    cr_assert_eq(emu_nt_flush_buffers_file(h, &iosb), STATUS_SUCCESS);
    emu_nt_close(h);
    cr_assert_eq(open_as(&h, folder, "f", FILE_READ_DATA, SHARE_ALL, FILE_OPEN, SYNC, &iosb),
                 STATUS_INVALID_PARAMETER); /* no SYNCHRONIZE */
    scratch_remove(folder);
}

Test(disk, read_only_files)
{
    const char *folder = scratch();
    struct emu_iosb iosb;
    char path[200];
    emu_handle h;

    put_file(folder, "f", "abcd", 4);
    snprintf(path, sizeof path, "%s/f", folder);
    chmod(path, 0444);
    cr_assert_eq(open_as(&h, folder, "f", RW, SHARE_ALL, FILE_OPEN, SYNC, &iosb),
                 STATUS_ACCESS_DENIED);
    h = must_open(folder, "f", FILE_GENERIC_READ, FILE_OPEN, SYNC);
    emu_nt_close(h);
    cr_assert_eq(open_as(&h, folder, "f", DELETE, SHARE_ALL, FILE_OPEN, FILE_DELETE_ON_CLOSE, &iosb),
                 STATUS_CANNOT_DELETE);
    scratch_remove(folder);
}

static void unbuffered_rules(const char *folder, uint32_t options)
{
    char *page = aligned_alloc(4096, 12288);
    emu_handle h;
    uint64_t got;

    memset(page, 'p', 12288);
    h = must_open(folder, "u", GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, FILE_OVERWRITE_IF,
                  options | FILE_NO_INTERMEDIATE_BUFFERING);
    cr_assert_eq(write_at(h, page, 8192, 0, &got), STATUS_SUCCESS);
    cr_assert_eq(got, 8192);
    cr_assert_eq(write_at(h, page, 100, 0, &got), STATUS_INVALID_PARAMETER);
    cr_assert_eq(write_at(h, page, 4096, 100, &got), STATUS_INVALID_PARAMETER);
    cr_assert_eq(read_at(h, page + 1, 4096, 0, &got), STATUS_INVALID_PARAMETER);
    cr_assert_eq(read_at(h, page, 12288, 4096, &got), STATUS_SUCCESS); /* crosses the end */
    cr_assert_eq(got, 4096);
    cr_assert_eq(read_at(h, page, 4096, 8192, &got), STATUS_END_OF_FILE);
    cr_assert_eq(read_at(h, page, 4096, 65536, &got), STATUS_END_OF_FILE);
    cr_assert_eq(got, 0);
    emu_nt_close(h);
    free(page);
}

Test(disk, unbuffered)
{
    const char *parents[] = {"/tmp", "/dev/shm"};

    for (int i = 0; i < 4; i++) {
        const char *folder = scratch_in(parents[i / 2]);

        unbuffered_rules(folder, i % 2 ? SYNC : 0);
        scratch_remove(folder);
    }
}

/* [R] IB14, IC4: write-through of one write needs a handle that is not cached. */
Test(disk, write_through_of_one_write)
{
    const char *folder = scratch();
    char *page = aligned_alloc(4096, 4096);
    struct emu_disk_request request = {.access = RW, .disposition = FILE_OVERWRITE_IF,
                                       .share = SHARE_ALL};
    uint32_t options[] = {SYNC, SYNC | FILE_WRITE_THROUGH, SYNC | FILE_NO_INTERMEDIATE_BUFFERING};
    char path[200];

    memset(page, 1, 4096);
    snprintf(path, sizeof path, "%s/f", folder);
    request.path = path;
    for (int i = 0; i < 3; i++) {
        struct emu_file *file;
        uint64_t action;

        request.options = options[i];
        cr_assert_eq(emu_disk_open(&request, &file, &action), STATUS_SUCCESS);
        struct emu_io io = {.file = file, .op = EMU_IO_WRITE, .flags = EMU_IO_WRITE_THROUGH,
                            .buffer = page, .length = 4096};
        cr_assert_eq(emu_io_start(&io), EMU_IO_DONE);
        cr_assert_eq(io.status, i ? STATUS_SUCCESS : EMU_STATUS_CACHED_WRITE_THROUGH);
        file->ops->close(file);
        emu_object_release(&file->obj);
    }
    free(page);
    scratch_remove(folder);
}

Test(disk, null_device)
{
    struct test_name t;
    struct emu_iosb iosb;
    char buffer[4];
    uint64_t got;
    emu_handle h;

    cr_assert_eq(emu_nt_create_file(&h, RW, nt_name(&t, "\\??\\NUL"), &iosb, NULL, 0, SHARE_ALL,
                                    FILE_OPEN, SYNC),
                 STATUS_SUCCESS);
    cr_assert_eq(write_at(h, "abc", 3, INT64_MIN, &got), STATUS_SUCCESS);
    cr_assert_eq(got, 3);
    cr_assert_eq(read_at(h, buffer, 4, INT64_MIN, &got), STATUS_END_OF_FILE);
    emu_nt_close(h);
}

// SPDX-License-Identifier: MIT
#include "emu/base/status.h"

#include <criterion/criterion.h>
#include <errno.h>

Test(status, rows_that_programs_lean_on)
{
    static const struct {
        int err;
        NTSTATUS status;
    } rows[] = {
        {ENOENT, STATUS_OBJECT_NAME_NOT_FOUND}, {EACCES, STATUS_ACCESS_DENIED},
        {ENOTDIR, STATUS_OBJECT_PATH_NOT_FOUND}, {EEXIST, STATUS_OBJECT_NAME_COLLISION},
        {ENOSPC, STATUS_DISK_FULL},              {EMFILE, STATUS_TOO_MANY_OPENED_FILES},
        {ECANCELED, STATUS_CANCELLED},           {ENOMEM, STATUS_NO_MEMORY},
        {EFAULT, STATUS_ACCESS_VIOLATION},       {EIO, STATUS_IO_DEVICE_ERROR},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_eq(emu_status_from_errno(rows[i].err), rows[i].status, "errno %d", rows[i].err);
}

Test(status, no_errno_is_success)
{
    for (int err = 1; err < 200; err++)
        cr_expect(emu_status_failed(emu_status_from_errno(err)), "errno %d", err);
    cr_assert_eq(emu_status_from_errno(9999), STATUS_UNSUCCESSFUL);
}

Test(status, waits_are_not_failures)
{
    cr_assert(!emu_status_failed(STATUS_TIMEOUT));
    cr_assert(!emu_status_failed(STATUS_PENDING));
    cr_assert(emu_status_failed(STATUS_INVALID_HANDLE));
}

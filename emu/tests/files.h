/* SPDX-License-Identifier: MIT */
/* For tests of files: a scratch folder, opening by Linux path, one-line reads and writes. */
#ifndef EMU_TESTS_FILES_H
#define EMU_TESTS_FILES_H

#include <criterion/criterion.h>

#include "emu/base/usermem.h"
#include "emu/object/handle.h"
#include "emu/object/path.h"
#include "emu/syscall.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <winternl.h>

#define SYNC FILE_SYNCHRONOUS_IO_NONALERT
#define RW (FILE_GENERIC_READ | FILE_GENERIC_WRITE)
#define SHARE_ALL FILE_SHARE_VALID_FLAGS

/* A fresh folder under the given one, for this test; left to the caller to fill, removed by cleaner. */
static inline const char *scratch_in(const char *parent)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/ringer-test-XXXXXX", parent);
    cr_assert_not_null(mkdtemp(path));
    return path;
}

static inline const char *scratch(void)
{
    return scratch_in("/tmp");
}

static inline void scratch_remove(const char *folder)
{
    char command[256];

    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_expect_eq(system(command), 0);
}

static inline void put_file(const char *folder, const char *name, const void *bytes, size_t nbytes)
{
    char path[256];
    int fd;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, bytes, nbytes), (ssize_t)nbytes);
    close(fd);
}

static inline bool exists(const char *folder, const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

struct test_name {
    struct emu_object_name name;
    uint16_t chars[512];
};

/* An NT name: text taken as it is. */
static inline struct emu_object_name *nt_name(struct test_name *t, const char *text)
{
    memset(t, 0, sizeof *t);
    t->name.chars = t->chars;
    t->name.nbytes = (uint32_t)(2 * emu_utf16_from_utf8(t->chars, text, strlen(text)));
    t->name.attributes = OBJ_CASE_INSENSITIVE;
    return &t->name;
}

static inline struct emu_object_name *file_name(struct test_name *t, const char *folder,
                                                const char *name)
{
    char text[300];

    snprintf(text, sizeof text, "\\??\\Z:%s/%s", folder, name);
    for (char *p = text; *p; p++)
        if (*p == '/')
            *p = '\\';
    return nt_name(t, text);
}

static inline NTSTATUS open_as(emu_handle *h, const char *folder, const char *name,
                               uint32_t access, uint32_t share, uint32_t disposition,
                               uint32_t options, struct emu_iosb *iosb)
{
    struct test_name t;

    memset(iosb, 0xA5, sizeof *iosb);
    return emu_nt_create_file(h, access, file_name(&t, folder, name), iosb, NULL, 0, share,
                              disposition, options);
}

static inline emu_handle must_open(const char *folder, const char *name, uint32_t access,
                                   uint32_t disposition, uint32_t options)
{
    struct emu_iosb iosb;
    emu_handle h = 0;

    cr_assert_eq(open_as(&h, folder, name, access, SHARE_ALL, disposition, options, &iosb),
                 STATUS_SUCCESS);
    return h;
}

/* Waits on the handle or event when the service says PENDING. */
static inline NTSTATUS ended(NTSTATUS status, emu_handle wait_on, const struct emu_iosb *iosb)
{
    if (status != STATUS_PENDING)
        return status;
    cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &wait_on, 1, 0, NULL), STATUS_WAIT_0);
    return iosb->status;
}

static inline NTSTATUS read_at(emu_handle h, void *buffer, uint32_t nbytes, int64_t offset,
                               uint64_t *information_out)
{
    struct emu_iosb iosb = {.information = 0xA5A5};
    NTSTATUS status = emu_nt_read_file(h, 0, 0, &iosb, buffer, nbytes,
                                       offset == INT64_MIN ? NULL : &offset, NULL);

    status = ended(status, h, &iosb);
    *information_out = iosb.information;
    return status;
}

static inline NTSTATUS write_at(emu_handle h, const void *buffer, uint32_t nbytes, int64_t offset,
                                uint64_t *information_out)
{
    struct emu_iosb iosb = {.information = 0xA5A5};
    NTSTATUS status = emu_nt_write_file(h, 0, 0, &iosb, buffer, nbytes,
                                        offset == INT64_MIN ? NULL : &offset, NULL);

    status = ended(status, h, &iosb);
    *information_out = iosb.information;
    return status;
}

#endif

// SPDX-License-Identifier: MIT
#include "emu/tests/files.h"

#include <sys/socket.h>

#define EVENT_ALL 0x1F0003u

Test(nt_io, event_is_reset_and_set)
{
    const char *folder = scratch();
    char *page = aligned_alloc(4096, 4096);
    struct emu_iosb iosb;
    int64_t offset = 0;
    emu_handle h, event;
    NTSTATUS status;

    memset(page, 7, 4096);
    put_file(folder, "f", page, 4096);
    cr_assert_eq(emu_nt_create_event(&event, EVENT_ALL, NULL, 1, 1), STATUS_SUCCESS);
    for (int i = 0; i < 2; i++) {
        h = must_open(folder, "f", GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, FILE_OPEN,
                      i ? FILE_NO_INTERMEDIATE_BUFFERING : 0);
        memset(page, 0, 4096);
        memset(&iosb, 0xA5, sizeof iosb);
        status = emu_nt_read_file(h, event, 0, &iosb, page, 4096, &offset, NULL);
        if (i)
            cr_assert_eq(status, STATUS_PENDING);
        cr_assert_eq(ended(status, event, &iosb), STATUS_SUCCESS);
        cr_assert(iosb.status == STATUS_SUCCESS && iosb.information == 4096 && page[4095] == 7);
        offset = 4096;
        status = ended(emu_nt_read_file(h, event, 0, &iosb, page, 4096, &offset, NULL), event,
                       &iosb);
        cr_assert_eq(status, STATUS_END_OF_FILE);
        offset = 0;
        emu_nt_close(h);
    }
    emu_nt_close(event);
    cr_assert_eq(emu_nt_handle_count(), 0);
    free(page);
    scratch_remove(folder);
}

Test(nt_io, bad_pointers)
{
    const char *folder = scratch();
    char buffer[4];
    struct emu_iosb iosb;
    int64_t offset = 0;
    emu_handle h;

    put_file(folder, "f", "abcd", 4);
    h = must_open(folder, "f", RW, FILE_OPEN, SYNC);
    cr_assert_eq(emu_nt_read_file(h, 0, 0, NULL, buffer, 4, &offset, NULL),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(emu_nt_read_file(h, 0, 0, (void *)64, buffer, 4, &offset, NULL),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(emu_nt_read_file(h, 0, 0, &iosb, buffer, 4, (void *)64, NULL),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(emu_nt_read_file(h, 0x7770, 0, &iosb, buffer, 4, &offset, NULL),
                 STATUS_INVALID_HANDLE);
    cr_assert_eq(emu_nt_read_file(0x7770, 0, 0, &iosb, buffer, 4, &offset, NULL),
                 STATUS_INVALID_HANDLE);
    emu_nt_close(h);
    cr_assert_eq(emu_nt_handle_count(), 0);
    scratch_remove(folder);
}

Test(nt_io, completion_port)
{
    const char *folder = scratch();
    FILE_COMPLETION_INFORMATION completion;
    FILE_IO_COMPLETION_NOTIFICATION_INFORMATION skip = {1};
    struct emu_completion_packet packet;
    struct emu_iosb iosb;
    char buffer[8];
    int64_t offset = 0, now = 0;
    uint32_t removed;
    emu_handle h, port;
    NTSTATUS status;

    put_file(folder, "f", "abcd", 4);
    h = must_open(folder, "f", RW, FILE_OPEN, 0);
    cr_assert_eq(emu_nt_create_io_completion(&port, 0x1F0003, 0), STATUS_SUCCESS);
    completion = (FILE_COMPLETION_INFORMATION){(void *)(uintptr_t)port, (void *)0x42};
    cr_assert_eq(emu_nt_set_information_file(h, &iosb, &completion, sizeof completion,
                                             FileCompletionInformation),
                 STATUS_SUCCESS);
    status = emu_nt_read_file(h, 0, 0x99, &iosb, buffer, 8, &offset, NULL);
    cr_assert(status == STATUS_SUCCESS || status == STATUS_PENDING);
    cr_assert_eq(emu_nt_remove_io_completion(port, &packet, 1, &removed, NULL, 0), STATUS_SUCCESS);
    cr_assert(packet.key == 0x42 && packet.apc_context == 0x99 && packet.iosb.information == 4);
    /* No context, no packet; an error at once, no packet; skipped on success, no packet. */
    cr_assert_eq(ended(emu_nt_read_file(h, 0, 0, &iosb, buffer, 8, &offset, NULL), h, &iosb),
                 STATUS_SUCCESS);
    offset = 100;
    if (emu_nt_read_file(h, 0, 0x99, &iosb, buffer, 8, &offset, NULL) == STATUS_PENDING)
        cr_assert_eq(emu_nt_remove_io_completion(port, &packet, 1, &removed, NULL, 0), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_set_information_file(h, &iosb, &skip, sizeof skip,
                                             FileIoCompletionNotificationInformation),
                 STATUS_SUCCESS);
    offset = 0;
    if (emu_nt_read_file(h, 0, 0x99, &iosb, buffer, 8, &offset, NULL) == STATUS_PENDING)
        cr_assert_eq(emu_nt_remove_io_completion(port, &packet, 1, &removed, NULL, 0), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_remove_io_completion(port, &packet, 1, &removed, &now, 0), STATUS_TIMEOUT);
    emu_nt_close(h);
    emu_nt_close(port);
    cr_assert_eq(emu_nt_handle_count(), 0);
    scratch_remove(folder);
}

Test(nt_io, sockets)
{
    struct emu_iosb iosb = {.status = STATUS_PENDING}, cancel;
    char buffer[8];
    uint64_t got;
    emu_handle a, b, event;
    int fds[2];
    NTSTATUS status;

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    cr_assert_eq(emu_nt_adopt_fd(&a, fds[0], RW, 0), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_adopt_fd(&b, fds[1], RW, 0), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_create_event(&event, EVENT_ALL, NULL, 1, 0), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_read_file(a, event, 0, &iosb, buffer, 8, NULL, NULL), STATUS_PENDING);
    cr_assert_eq(write_at(b, "hello", 5, 99, &got), STATUS_SUCCESS);
    cr_assert_eq(ended(STATUS_PENDING, event, &iosb), STATUS_SUCCESS);
    cr_assert(iosb.information == 5 && !memcmp(buffer, "hello", 5));
    iosb.status = STATUS_PENDING;
    status = emu_nt_read_file(a, event, 0, &iosb, buffer, 8, NULL, NULL);
    cr_assert_eq(status, STATUS_PENDING);
    cr_assert_eq(emu_nt_cancel_io_file_ex(a, &iosb, &cancel), STATUS_SUCCESS);
    cr_assert_eq(ended(status, event, &iosb), STATUS_CANCELLED);
    emu_nt_close(b);
    cr_assert_eq(ended(emu_nt_read_file(a, event, 0, &iosb, buffer, 8, NULL, NULL), event, &iosb),
                 STATUS_SUCCESS);
    cr_assert_eq(iosb.information, 0);
    emu_nt_close(a);
    emu_nt_close(event);
    cr_assert_eq(emu_nt_handle_count(), 0);
    cr_assert_neq(emu_nt_adopt_fd(&a, 99999, RW, 0), STATUS_SUCCESS);
}

Test(nt_io, usermem)
{
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char here[16] = "0123456789abcde";

    mprotect(page + 4096, 4096, PROT_NONE);
    cr_assert(emu_copy_to_user(page + 4080, here, 16));
    cr_assert_not(emu_copy_to_user(page + 4088, here, 16));
    cr_assert_not(emu_copy_from_user(here, page + 4096, 1));
    cr_assert(emu_probe_user(page, 16));
    mprotect(page, 4096, PROT_READ);
    cr_assert_not(emu_probe_user(page, 16));
    cr_assert_not(emu_write_iosb(page, 0, 0));
    munmap(page, 8192);
}

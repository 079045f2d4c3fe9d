// SPDX-License-Identifier: MIT
/* Files, events and ports together: overlapped reads from eight threads, told in three ways. */
#include "emu/object/handle.h"
#include "emu/syscall.h"

#include "emu/tests/threads.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCK 4096u
#define BLOCKS 64u
#define READS 400u
#define READ_ACCESS 0x00120089u  /* FILE_GENERIC_READ */
#define EVENT_ACCESS 0x001F0003u
#define FILE_COMPLETION_INFORMATION 30u
#define FILE_OPEN 1u
#define FILE_NO_INTERMEDIATE_BUFFERING 0x08u
#define FILE_NON_DIRECTORY_FILE 0x40u

static void fill(int fd)
{
    unsigned char block[BLOCK];

    cr_assert(fd >= 0);
    /* Every block is filled with its own number. */
    for (unsigned i = 0; i < BLOCKS; i++) {
        memset(block, (int)i + 1, sizeof block);
        cr_assert_eq(write(fd, block, sizeof block), (ssize_t)sizeof block);
    }
}

/* In memory: its reads end inside the call. */
static emu_handle make_memory_file(void)
{
    emu_handle file = 0;
    int fd = memfd_create("stress", 0);

    fill(fd);
    cr_assert_eq(emu_nt_adopt_fd(&file, fd, READ_ACCESS, 0), STATUS_SUCCESS);
    return file;
}

/* Unbuffered: its reads go through the engine. */
static emu_handle make_file(void)
{
    char path[] = "/var/tmp/ringer-stress-XXXXXX", text[64];
    uint16_t chars[64];
    struct emu_object_name name = {chars, 0, 0x40, 0};
    struct emu_iosb iosb;
    emu_handle file = 0;
    int fd = mkstemp(path);

    fill(fd);
    close(fd);
    snprintf(text, sizeof text, "\\??\\Z:%s", path);
    for (char *c = text; *c; c++, name.nbytes += 2)
        chars[c - text] = *c == '/' ? '\\' : (uint16_t)*c;
    cr_assert_eq(emu_nt_create_file(&file, READ_ACCESS, &name, &iosb, NULL, 0, 7, FILE_OPEN,
                                    FILE_NO_INTERMEDIATE_BUFFERING | FILE_NON_DIRECTORY_FILE),
                 STATUS_SUCCESS);
    unlink(path);
    return file;
}

static void check_block(const unsigned char *buffer, const struct emu_iosb *iosb, unsigned number)
{
    cr_assert_eq(iosb->status, STATUS_SUCCESS);
    cr_assert_eq(iosb->information, BLOCK);
    for (unsigned i = 0; i < BLOCK; i++)
        cr_assert_eq(buffer[i], number + 1);
}

static emu_handle shared_file;

static void *read_by_event(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    unsigned char *buffer = aligned_alloc(BLOCK, BLOCK);
    emu_handle event;

    cr_assert_eq(emu_nt_create_event(&event, EVENT_ACCESS, NULL, seed % 2, 0), STATUS_SUCCESS);
    for (unsigned i = 0; i < READS; i++) {
        unsigned number = (seed * 7 + i) % BLOCKS;
        int64_t offset = (int64_t)number * BLOCK;
        struct emu_iosb iosb = {{.status = STATUS_PENDING}, 0};
        NTSTATUS status =
            emu_nt_read_file(shared_file, event, 0, &iosb, buffer, BLOCK, &offset, NULL);

        cr_assert(status == STATUS_PENDING || status == STATUS_SUCCESS, "0x%x", (unsigned)status);
        cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &event, 1, 0, NULL), STATUS_WAIT_0);
        check_block(buffer, &iosb, number);
    }
    emu_nt_close(event);
    free(buffer);
    return NULL;
}

/* One handle for each thread: its signal is of the last operation only. */
static void *read_by_handle(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    unsigned char *buffer = aligned_alloc(BLOCK, BLOCK);
    emu_handle file = seed % 2 ? make_memory_file() : make_file();

    for (unsigned i = 0; i < READS; i++) {
        unsigned number = (seed * 5 + i) % BLOCKS;
        int64_t offset = (int64_t)number * BLOCK;
        struct emu_iosb iosb = {{.status = STATUS_PENDING}, 0};
        NTSTATUS status = emu_nt_read_file(file, 0, 0, &iosb, buffer, BLOCK, &offset, NULL);

        cr_assert(status == STATUS_PENDING || status == STATUS_SUCCESS, "0x%x", (unsigned)status);
        cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &file, 1, 0, NULL), STATUS_WAIT_0);
        check_block(buffer, &iosb, number);
    }
    emu_nt_close(file);
    free(buffer);
    return NULL;
}

struct slot {
    _Alignas(BLOCK) unsigned char buffer[BLOCK];
    struct emu_iosb iosb;
    unsigned number;
};

static emu_handle port, port_file;
static _Atomic unsigned issued, arrived;

static void issue_next(struct slot *slot)
{
    unsigned i = atomic_fetch_add(&issued, 1);
    int64_t offset;
    NTSTATUS status;

    if (i >= 2 * READS)
        return;
    slot->number = i % BLOCKS;
    offset = (int64_t)slot->number * BLOCK;
    memset(slot->buffer, 0, BLOCK);
    status = emu_nt_read_file(port_file, 0, (uintptr_t)slot, &slot->iosb, slot->buffer, BLOCK,
                              &offset, NULL);
    cr_assert(status == STATUS_PENDING || status == STATUS_SUCCESS, "0x%x", (unsigned)status);
}

/* Starts four reads, then serves whatever arrives, also what others started. */
static void *read_by_port(void *arg)
{
    struct slot *slots = arg;

    for (unsigned i = 0; i < 4; i++)
        issue_next(&slots[i]);
    while (atomic_load(&arrived) < 2 * READS) {
        struct emu_completion_packet packet;
        int64_t while_others_finish = -100000;
        struct slot *slot;
        uint32_t count;

        if (emu_nt_remove_io_completion(port, &packet, 1, &count, &while_others_finish, 0) !=
            STATUS_SUCCESS)
            continue;
        slot = (struct slot *)(uintptr_t)packet.apc_context;
        cr_assert_eq(packet.key, 77);
        check_block(slot->buffer, &packet.iosb, slot->number);
        atomic_fetch_add(&arrived, 1);
        issue_next(slot);
    }
    return NULL;
}

static void start_port(struct test_threads *threads, struct slot *slots, unsigned count)
{
    struct {
        uint64_t port, key;
    } completion;
    struct emu_iosb iosb;

    port_file = make_file();
    cr_assert_eq(emu_nt_create_io_completion(&port, EVENT_ACCESS, 0), STATUS_SUCCESS);
    completion.port = port;
    completion.key = 77;
    cr_assert_eq(emu_nt_set_information_file(port_file, &iosb, &completion, sizeof completion,
                                             FILE_COMPLETION_INFORMATION),
                 STATUS_SUCCESS);
    for (unsigned i = 0; i < count; i++)
        test_threads_start(threads, read_by_port, &slots[4 * i]);
}

Test(stress, reads_by_event_handle_and_port)
{
    struct slot *slots = aligned_alloc(BLOCK, 12 * sizeof *slots);
    struct test_threads threads = {0};

    shared_file = make_file();
    for (uintptr_t i = 0; i < 3; i++)
        test_threads_start(&threads, read_by_event, (void *)i);
    for (uintptr_t i = 0; i < 2; i++)
        test_threads_start(&threads, read_by_handle, (void *)i);
    start_port(&threads, slots, 3);
    test_threads_join(&threads);
    cr_assert_eq(atomic_load(&arrived), 2 * READS);
    emu_nt_close(shared_file);
    emu_nt_close(port_file);
    emu_nt_close(port);
    cr_assert_eq(emu_handle_count(), 0);
    free(slots);
}

/* Neither sanitizer lets a child of a program with threads allocate or start threads safely. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CHILD_MAY_WORK 0
#else
#define CHILD_MAY_WORK 1
#endif

/* A child opens and reads while the parent's threads are in the middle of theirs. */
static void read_in_child(void)
{
    emu_handle file = make_file();
    static _Alignas(BLOCK) unsigned char buffer[BLOCK];
    struct emu_iosb iosb;
    int64_t offset = 3 * BLOCK;
    NTSTATUS status = emu_nt_read_file(file, 0, 0, &iosb, buffer, BLOCK, &offset, NULL);

    if (status == STATUS_PENDING)
        emu_nt_wait_for_multiple_objects(1, &file, 1, 0, NULL);
    _exit(iosb.status != STATUS_SUCCESS || buffer[9] != 4 || emu_nt_close(file));
}

Test(stress, fork_in_the_middle_of_reads, .timeout = 120)
{
    struct test_threads threads = {0};
    struct slot *slots;

    if (!CHILD_MAY_WORK)
        cr_skip_test("a sanitizer's own locks do not survive this fork");
    slots = aligned_alloc(BLOCK, 8 * sizeof *slots);
    shared_file = make_file();
    for (uintptr_t i = 0; i < 2; i++)
        test_threads_start(&threads, read_by_event, (void *)i);
    test_threads_start(&threads, read_by_handle, (void *)2);
    start_port(&threads, slots, 2);
    for (int i = 0; i < 30; i++) {
        int status = -1;
        pid_t child = fork();

        if (!child)
            read_in_child();
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_assert_eq(status, 0);
    }
    test_threads_join(&threads);
    emu_nt_close(shared_file);
    emu_nt_close(port_file);
    emu_nt_close(port);
    free(slots);
}

/* SPDX-License-Identifier: MIT */
/* The short way of a read that ends inside the submit: where it begins, where it stops. */
#include "emu/engine/engine.h"
#include "emu/tests/ring_client.h"

#include <dirent.h>
#include <sys/mman.h>
#include <winternl.h>

#define FILE_NBYTES 4096u

/* Byte i is i % 251. */
static emu_handle filled_file(uint32_t options)
{
    unsigned char bytes[FILE_NBYTES];
    emu_handle file;
    int fd = memfd_create("filled", MFD_CLOEXEC);

    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i % 251);
    cr_assert_eq(write(fd, bytes, sizeof bytes), (ssize_t)sizeof bytes);
    cr_assert_eq(emu_nt_adopt_fd(&file, fd, FILE_READ_DATA | FILE_WRITE_DATA, options),
                 STATUS_SUCCESS);
    return file;
}

static void read_at(struct client *client, emu_handle file, void *to, uint64_t offset,
                    uint64_t user_data)
{
    read_entry(client, file, to, 16, user_data)->Read.Offset = offset;
}

static void expect(struct client *client, uint64_t user_data, NTSTATUS status, uint64_t information)
{
    NT_IORING_CQE cqe;

    cr_assert(pop(client, &cqe));
    cr_assert_eq(cqe.UserData, user_data);
    cr_assert_eq(cqe.IoStatus.Status, status, "%llu: %x", (unsigned long long)user_data,
                 (unsigned)cqe.IoStatus.Status);
    cr_assert_eq(cqe.IoStatus.Information, information);
}

static void expect_bytes(const unsigned char *got, uint64_t offset)
{
    for (unsigned i = 0; i < 16; i++)
        cr_assert_eq(got[i], (offset + i) % 251);
}

/* Batches whose sizes share no factor with the queues': rows break at the end of either's memory. */
Test(ring_reads, rows_go_on_at_the_start_of_the_queues)
{
    static const uint32_t options[] = {0, FILE_SYNCHRONOUS_IO_NONALERT};

    for (int k = 0; k < 2; k++) {
        struct client client = client_open(4, 8);
        emu_handle file = filled_file(options[k]);
        unsigned char to[3][16];
        uint64_t made = 0;

        for (int batch = 0; batch < 20; batch++) {
            for (uint64_t i = 0; i < 3; i++)
                read_at(&client, file, to[i], (made + i) * 7, made + i);
            cr_assert_eq(submit(&client, 3, 1000), STATUS_SUCCESS);
            for (uint64_t i = 0; i < 3; i++) {
                expect(&client, made + i, STATUS_SUCCESS, 16);
                expect_bytes(to[i], (made + i) * 7);
            }
            made += 3;
        }
        emu_nt_close(client.ring);
        emu_nt_close(file);
    }
}

/* More than one row's worth, so that completions are shown in between. */
Test(ring_reads, a_batch_longer_than_a_row)
{
    struct client client = client_open(256, 512);
    emu_handle file = filled_file(0);
    unsigned char to[200][16];

    for (uint64_t i = 0; i < 200; i++)
        read_at(&client, file, to[i], i, i);
    cr_assert_eq(submit(&client, 200, 1000), STATUS_SUCCESS);
    for (uint64_t i = 0; i < 200; i++) {
        expect(&client, i, STATUS_SUCCESS, 16);
        expect_bytes(to[i], i);
    }
    emu_nt_close(client.ring);
    emu_nt_close(file);
}

/* What is out may end at any moment: then completions must not be written into their slots ahead. */
Test(ring_reads, beside_an_operation_that_pends)
{
    struct client client = client_open(8, 16);
    emu_handle file = filled_file(0), socket;
    unsigned char to[4][16], late[4];
    int peer;

    socket = pending_file(&peer);
    read_at(&client, file, to[0], 0, 1);
    read_entry(&client, socket, late, 4, 2);
    read_at(&client, file, to[1], 5, 3);
    read_at(&client, file, to[2], 9, 4);
    cr_assert_eq(submit(&client, 3, 1000), STATUS_SUCCESS);
    read_at(&client, file, to[3], 11, 5);
    cr_assert_eq(submit(&client, 4, 1000), STATUS_SUCCESS);
    expect(&client, 1, STATUS_SUCCESS, 16);
    expect(&client, 3, STATUS_SUCCESS, 16);
    expect(&client, 4, STATUS_SUCCESS, 16);
    expect(&client, 5, STATUS_SUCCESS, 16);
    expect_bytes(to[3], 11);
    cr_assert_eq(write(peer, "abcd", 4), 4);
    cr_assert_eq(submit(&client, 1, 5000), STATUS_SUCCESS);
    expect(&client, 2, STATUS_SUCCESS, 4);
    emu_nt_close(client.ring);
    emu_nt_close(file);
    emu_nt_close(socket);
    close(peer);
}

/* What is no whole read takes the long way, and what follows is short again. */
Test(ring_reads, among_reads_that_fail)
{
    static const uint32_t options[] = {0, FILE_SYNCHRONOUS_IO_NONALERT};

    for (int k = 0; k < 2; k++) {
        struct client client = client_open(8, 16);
        emu_handle file = filled_file(options[k]);
        unsigned char to[16];

        read_at(&client, file, to, FILE_NBYTES - 6, 1);
        read_at(&client, file, to, FILE_NBYTES, 2);
        read_at(&client, file, NULL, 0, 3);
        read_at(&client, file, to, UINT64_C(1) << 63, 4);
        read_entry(&client, file, to, 0, 5);
        read_entry(&client, file, to, 16, 6)->Flags = 2;
        read_at(&client, 0, to, 0, 7);
        read_at(&client, file, to, 3, 8);
        cr_assert_eq(submit(&client, 8, 1000), STATUS_SUCCESS);
        expect(&client, 1, STATUS_SUCCESS, 6);
        expect(&client, 2, STATUS_END_OF_FILE, 0);
        expect(&client, 3, STATUS_ACCESS_VIOLATION, 0);
        expect(&client, 4, STATUS_INVALID_PARAMETER, 0);
        expect(&client, 5, STATUS_SUCCESS, 0);
        expect(&client, 6, STATUS_IORING_REQUIRED_FLAG_NOT_SUPPORTED, 0);
        expect(&client, 7, STATUS_INVALID_HANDLE, 0);
        expect(&client, 8, STATUS_SUCCESS, 16);
        expect_bytes(to, 3);
        emu_nt_close(client.ring);
        emu_nt_close(file);
    }
}

/* A row of reads is one turn on a synchronous file; whatever else wants the file gets its own. */
Test(ring_reads, turns_on_a_synchronous_file_end, .timeout = 20)
{
    struct client client = client_open(8, 16);
    emu_handle file = filled_file(FILE_SYNCHRONOUS_IO_NONALERT);
    emu_handle other = filled_file(FILE_SYNCHRONOUS_IO_NONALERT);
    unsigned char to[4][16];
    NT_IORING_SQE *sqe;

    read_at(&client, file, to[0], 0, 1);
    sqe = entry(&client, IORING_OP_FLUSH, 2);
    sqe->Flush.File.Handle = (HANDLE)(uintptr_t)file;
    read_at(&client, file, to[1], 1, 3);
    read_at(&client, other, to[2], 2, 4);
    read_at(&client, file, to[3], 3, 5);
    cr_assert_eq(submit(&client, 5, 1000), STATUS_SUCCESS);
    expect(&client, 1, STATUS_SUCCESS, 16);
    expect(&client, 2, STATUS_SUCCESS, 0);
    expect(&client, 3, STATUS_SUCCESS, 16);
    expect(&client, 4, STATUS_SUCCESS, 16);
    expect(&client, 5, STATUS_SUCCESS, 16);
    for (unsigned i = 0; i < 4; i++)
        expect_bytes(to[i], i);
    emu_nt_close(client.ring);
    emu_nt_close(file);
    emu_nt_close(other);
}

static unsigned count_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    unsigned n = 0;

    while (readdir(tasks))
        n++;
    closedir(tasks);
    return n;
}

/* docs/decisions/0002: as long as a program waits for its own reads, there is no thread but its own. */
Test(ring_reads, who_waits_for_his_reads_stays_alone)
{
    struct client client = client_open(8, 16);
    emu_handle file = filled_file(0);
    unsigned before = count_threads();
    unsigned char to[16];

    if (!emu_engine()->driven)
        cr_skip_test("the engine has threads");
    emu_nt_poll_ioring(client.ring); /* as every client of kernelbase's */
    for (uint64_t i = 0; i < 10; i++) {
        read_at(&client, file, to, i, i);
        cr_assert_eq(submit(&client, 1, 1000), STATUS_SUCCESS);
        expect(&client, i, STATUS_SUCCESS, 16);
    }
    emu_nt_close(client.ring);
    emu_nt_close(file);
    cr_assert_eq(count_threads(), before);
}

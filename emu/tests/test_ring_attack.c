/* SPDX-License-Identifier: MIT */
/*
 * Clients that mean no good, or have several threads: what one does must neither wake another too
 * late nor not at all, and what the kernel refuses half-way is done once.
 */
#include "emu/engine/engine.h"
#include "emu/tests/ring_client.h"
#include "emu/tests/threads.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#define PATIENCE_MS 20000

/* Another builder may go on only when what was built is taken. */
static bool taken(const struct client *client)
{
    const NT_IORING_SUBMISSION_QUEUE *sq = client->info.SubmissionQueue;

    return __atomic_load_n(&sq->Head, __ATOMIC_ACQUIRE) ==
           __atomic_load_n(&sq->Tail, __ATOMIC_ACQUIRE);
}

static NTSTATUS submit_until_taken(struct client *client)
{
    NTSTATUS status;

    do
        status = submit(client, 0, -1);
    while (status == STATUS_IORING_SUBMIT_IN_PROGRESS);
    return status;
}

/* ---- somebody else's completion ends a wait ---- */

struct two_threads {
    struct client client;
    emu_handle socket;
    int peer;
    char to[8];
    _Atomic bool built;
    bool poll;
};

static void *submit_and_wait(void *arg)
{
    struct two_threads *two = arg;
    NTSTATUS status;

    read_entry(&two->client, two->socket, two->to, 8, 1);
    atomic_store(&two->built, true);
    status = submit(&two->client, 1, PATIENCE_MS);
    cr_assert_eq(status, STATUS_SUCCESS, "%x", (unsigned)status);
    return NULL;
}

Test(ring_attack, an_inline_completion_ends_the_wait_of_another_thread, .timeout = 100)
{
    for (int i = 0; i < 300; i++) {
        struct two_threads two = {.client = client_open(8, 16)};
        struct test_threads threads = {.count = 0};
        NT_IORING_CQE cqe;

        two.socket = pending_file(&two.peer);
        emu_nt_poll_ioring(two.client.ring);
        test_threads_start(&threads, submit_and_wait, &two);
        while (!atomic_load(&two.built) || !taken(&two.client))
            sched_yield();
        for (int turn = 0; turn < i % 64; turn++)
            sched_yield();
        entry(&two.client, IORING_OP_NOP, 2);
        cr_assert_eq(submit_until_taken(&two.client), STATUS_SUCCESS);
        test_threads_join(&threads);
        cr_assert(pop(&two.client, &cqe));
        cr_assert_eq(cqe.UserData, 2);
        emu_nt_close(two.client.ring);
        emu_nt_close(two.socket);
        close(two.peer);
    }
}

static void *wait_for_two(void *arg)
{
    struct two_threads *two = arg;
    NTSTATUS status;

    read_entry(&two->client, two->socket, two->to, 1, 1);
    read_entry(&two->client, two->socket, two->to + 1, 1, 2);
    atomic_store(&two->built, true);
    status = submit(&two->client, 2, PATIENCE_MS);
    cr_assert_eq(status, STATUS_SUCCESS, "%x", (unsigned)status);
    return NULL;
}

/* The poller takes a completion that the waiter counts on: he must not wait for one more. */
Test(ring_attack, a_poller_does_not_starve_a_waiter, .timeout = 100)
{
    for (int i = 0; i < 300; i++) {
        struct two_threads two = {.client = client_open(8, 16)};
        struct test_threads threads = {.count = 0};
        uint32_t popped = 0;
        NT_IORING_CQE cqe;

        two.socket = pending_file(&two.peer);
        emu_nt_poll_ioring(two.client.ring);
        test_threads_start(&threads, wait_for_two, &two);
        while (!atomic_load(&two.built) || !taken(&two.client))
            sched_yield();
        cr_assert_eq(write(two.peer, "1", 1), 1);
        while (popped < 1) {
            emu_nt_poll_ioring(two.client.ring);
            popped += pop(&two.client, &cqe);
        }
        cr_assert_eq(write(two.peer, "2", 1), 1);
        test_threads_join(&threads);
        emu_nt_close(two.client.ring);
        emu_nt_close(two.socket);
        close(two.peer);
    }
}

/* ---- held entries start in one thread while another submits ---- */

#define ROUNDS 400u

struct feeder {
    int peer;
    uint32_t count;
};

static void *feed_all(void *arg)
{
    struct feeder *feeder = arg;

    for (uint32_t i = 0; i < feeder->count; i++)
        cr_assert_eq(write(feeder->peer, "x", 1), 1);
    return NULL;
}

Test(ring_attack, submitting_while_another_thread_starts_what_was_held, .timeout = 100)
{
    struct client client = client_open(64, 128);
    struct test_threads threads = {.count = 0};
    struct feeder feeder = {.count = ROUNDS};
    uint32_t built = 0, popped = 0, batch = 0;
    emu_handle socket = pending_file(&feeder.peer), disks[2];
    char to[64], sink[ROUNDS];
    NT_IORING_CQE cqe;

    for (int i = 0; i < 2; i++) {
        int fd = memfd_create("data", MFD_CLOEXEC);

        cr_assert_eq(write(fd, "0123456789", 10), 10);
        cr_assert_eq(emu_nt_adopt_fd(&disks[i], fd, FILE_READ_DATA, 0), STATUS_SUCCESS);
    }
    test_threads_start(&threads, feed_all, &feeder);
    while (batch < ROUNDS || popped < built) {
        if (batch < ROUNDS && built - popped <= 100) {
            read_entry(&client, socket, &sink[batch], 1, ++built);
            for (int i = 0; i < 8; i++)
                read_entry(&client, disks[i & 1], to, 8, ++built)->Flags =
                    i ? 0 : NT_IORING_SQE_FLAG_DRAIN_PRECEDING_OPS;
            batch++;
            cr_assert_eq(submit(&client, 0, -1), STATUS_SUCCESS);
        } else {
            cr_assert_eq(submit(&client, 1, PATIENCE_MS), STATUS_SUCCESS);
        }
        while (pop(&client, &cqe)) {
            cr_assert_eq(cqe.IoStatus.Status, STATUS_SUCCESS);
            popped++;
        }
    }
    test_threads_join(&threads);
    emu_nt_close(client.ring);
    emu_nt_close(socket);
    for (int i = 0; i < 2; i++)
        emu_nt_close(disks[i]);
    close(feeder.peer);
}

/* ---- the kernel refuses when rings are at work ---- */

/* From now on this system call is EPERM in this thread. False: no filter to be had here. */
static bool refuse_with(int number, unsigned flags)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof code[0], code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == 0;
}

/* The same in every thread. */
static bool refuse(int number)
{
    return refuse_with(number, SECCOMP_FILTER_FLAG_TSYNC);
}

#define CHECK(condition)                                            \
    do {                                                            \
        if (!(condition)) {                                         \
            fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
            _exit(1);                                               \
        }                                                           \
    } while (0)

static emu_handle child_disk(void)
{
    int fd = memfd_create("data", MFD_CLOEXEC);
    emu_handle disk;

    CHECK(write(fd, "0123456789", 10) == 10);
    CHECK(emu_nt_adopt_fd(&disk, fd, FILE_READ_DATA | FILE_WRITE_DATA, 0) == STATUS_SUCCESS);
    return disk;
}

/* A filter stays for ever: each of these runs in a process of its own. */
static void in_child(void (*body)(void))
{
    int status = 0;
    pid_t pid = fork();

    cr_assert(pid >= 0);
    if (!pid) {
        alarm(60);
        body();
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert_eq(status, 0, "the child ended with %x", (unsigned)status);
}

/* What the kernel has comes back, what comes later goes through threads; nobody waits for ever. */
static void refused_mid_flight(bool poll)
{
    struct client client = client_open(8, 16);
    int peer;
    emu_handle socket = pending_file(&peer), disk = child_disk();
    char to[8] = "", first[8] = "";
    bool seen[4] = {false};
    NT_IORING_CQE cqe;

    if (poll)
        emu_nt_poll_ioring(client.ring);
    read_entry(&client, socket, first, 8, 1);
    CHECK(submit(&client, 0, -1) == STATUS_SUCCESS);
    if (!refuse(SYS_io_uring_enter))
        _exit(0);
    read_entry(&client, disk, to, 8, 2);
    CHECK(submit(&client, 1, PATIENCE_MS) == STATUS_SUCCESS);
    CHECK(pop(&client, &cqe) && cqe.UserData == 2 && cqe.IoStatus.Information == 8);
    CHECK(!memcmp(to, "01234567", 8));
    /* Both sides at once: the old one with the kernel, a new one with a worker. */
    read_entry(&client, socket, to, 4, 3);
    CHECK(submit(&client, 0, -1) == STATUS_SUCCESS);
    CHECK(submit(&client, 1, 1) == STATUS_TIMEOUT);
    CHECK(write(peer, "abcd", 4) == 4);
    CHECK(submit(&client, 1, PATIENCE_MS) == STATUS_SUCCESS);
    CHECK(pop(&client, &cqe) && cqe.IoStatus.Information == 4 && cqe.UserData != 2);
    seen[cqe.UserData] = true;
    CHECK(write(peer, "efgh", 4) == 4);
    CHECK(submit(&client, 1, PATIENCE_MS) == STATUS_SUCCESS);
    CHECK(pop(&client, &cqe) && cqe.IoStatus.Information == 4 && !seen[cqe.UserData]);
    /* A cancel reaches what is with the threads. */
    read_entry(&client, socket, to, 4, 7);
    cancel_entry(&client, socket, 7, 8);
    CHECK(submit(&client, 2, PATIENCE_MS) == STATUS_SUCCESS);
    emu_nt_close(client.ring);
    emu_nt_close(socket);
    emu_nt_close(disk);
}

static void refused_for_a_poller(void)
{
    refused_mid_flight(true);
}

static void refused_for_an_nt_client(void)
{
    refused_mid_flight(false);
}

Test(ring_attack, io_uring_is_refused_mid_flight, .timeout = 130)
{
    in_child(refused_for_a_poller);
    in_child(refused_for_an_nt_client);
}

/* ---- one thread may not enter, another one drives the same ring ---- */

struct mixed {
    struct client client;
    emu_handle socket;
    char to[8];
    _Atomic bool built, ended;
};

/* Allowed to enter: sleeps in the kernel for what the socket brings. */
static void *drive_a_read(void *arg)
{
    struct mixed *mixed = arg;

    read_entry(&mixed->client, mixed->socket, mixed->to, 4, 1);
    atomic_store(&mixed->built, true);
    CHECK(submit(&mixed->client, 1, PATIENCE_MS) == STATUS_SUCCESS);
    atomic_store(&mixed->ended, true);
    return NULL;
}

/* What the refused thread builds is done by threads, and ends the other's wait. */
static void one_thread_is_refused(bool poll, bool event)
{
    struct mixed mixed = {.client = client_open(8, 16)};
    struct test_threads threads = {.count = 0};
    emu_handle disk = child_disk(), made;
    char to[8] = "", more[8] = "";
    bool seen[8] = {false};
    NT_IORING_CQE cqe;
    int peer;

    mixed.socket = pending_file(&peer);
    if (poll)
        emu_nt_poll_ioring(mixed.client.ring);
    if (event) {
        CHECK(emu_nt_create_event(&made, 0x1F0003, NULL, 0, 0) == STATUS_SUCCESS);
        CHECK(emu_nt_set_information_ioring(mixed.client.ring, 1, 8, &made) == STATUS_SUCCESS);
    }
    test_threads_start(&threads, drive_a_read, &mixed);
    while (!atomic_load(&mixed.built) || !taken(&mixed.client))
        sched_yield();
    if (!refuse_with(SYS_io_uring_enter, 0))
        _exit(0);
    read_entry(&mixed.client, disk, to, 8, 2);
    entry(&mixed.client, IORING_OP_FLUSH, 3)->Flush.File.Handle = (HANDLE)(uintptr_t)disk;
    CHECK(submit_until_taken(&mixed.client) == STATUS_SUCCESS);
    test_threads_join(&threads);
    CHECK(atomic_load(&mixed.ended));
    /* The thread that submitted it is gone; the read is not. */
    CHECK(write(peer, "abcd", 4) == 4);
    for (int got = 0; got < 3; got++) {
        while (!pop(&mixed.client, &cqe))
            CHECK(submit(&mixed.client, 1, PATIENCE_MS) == STATUS_SUCCESS);
        CHECK(cqe.UserData <= 3 && !seen[cqe.UserData] && cqe.IoStatus.Status == STATUS_SUCCESS);
        seen[cqe.UserData] = true;
    }
    CHECK(!memcmp(to, "01234567", 8) && !memcmp(mixed.to, "abcd", 4));
    /* And the ring goes on, for what is refused and for what pends. */
    read_entry(&mixed.client, mixed.socket, more, 4, 4);
    CHECK(submit(&mixed.client, 0, -1) == STATUS_SUCCESS);
    CHECK(write(peer, "efgh", 4) == 4);
    CHECK(submit(&mixed.client, 1, PATIENCE_MS) == STATUS_SUCCESS);
    CHECK(pop(&mixed.client, &cqe) && cqe.UserData == 4 && !memcmp(more, "efgh", 4));
    emu_nt_close(mixed.client.ring);
}

static void one_thread_polled(void)
{
    one_thread_is_refused(true, false);
}

static void one_thread_unpolled(void)
{
    one_thread_is_refused(false, false);
}

static void one_thread_with_event(void)
{
    one_thread_is_refused(true, true);
}

Test(ring_attack, io_uring_is_refused_to_one_thread_of_two, .timeout = 190)
{
    in_child(one_thread_polled);
    in_child(one_thread_unpolled);
    in_child(one_thread_with_event);
}

/* ---- cancelling what the kernel holds after it refused to be entered ---- */

static void cancel_after_refusal(bool file_wide)
{
    struct client client = client_open(8, 16);
    struct emu_iosb iosb;
    bool cancelled = false;
    char to[8];
    NT_IORING_CQE cqe;
    int peer;
    emu_handle socket = pending_file(&peer);

    read_entry(&client, socket, to, 8, 1);
    CHECK(submit(&client, 0, -1) == STATUS_SUCCESS);
    if (!refuse(SYS_io_uring_enter))
        _exit(0);
    if (file_wide)
        CHECK(emu_nt_cancel_io_file_ex(socket, NULL, &iosb) == STATUS_SUCCESS);
    else
        cancel_entry(&client, socket, 1, 2);
    if (submit(&client, file_wide ? 1 : 2, 5000) == STATUS_TIMEOUT) {
        struct utsname host;

        CHECK(!uname(&host) && atoi(host.release) < 6); /* such a kernel cannot be asked */
        _exit(0);
    }
    while (pop(&client, &cqe)) {
        CHECK(cqe.IoStatus.Status == (cqe.UserData == 1 ? STATUS_CANCELLED : STATUS_SUCCESS));
        cancelled = cancelled || cqe.UserData == 1;
    }
    CHECK(cancelled);
    emu_nt_close(client.ring);
    emu_nt_close(socket);
}

static void cancel_entry_after_refusal(void)
{
    cancel_after_refusal(false);
}

static void cancel_file_after_refusal(void)
{
    cancel_after_refusal(true);
}

Test(ring_attack, a_cancel_after_the_refusal_reaches_the_kernel, .timeout = 130)
{
    in_child(cancel_entry_after_refusal);
    in_child(cancel_file_after_refusal);
}

/* The engine is chosen, then no queue can be made: rings and OVERLAPPED I/O use threads. */
static void no_new_queue(void)
{
    struct emu_iosb iosb = {0};
    struct client client;
    int peer;
    emu_handle socket;
    char to[8] = "";
    NT_IORING_CQE cqe;

    emu_engine();
    if (!refuse(SYS_io_uring_setup))
        _exit(0);
    socket = pending_file(&peer);
    CHECK(emu_nt_read_file(socket, 0, 0, &iosb, to, 4, NULL, NULL) == STATUS_PENDING);
    CHECK(write(peer, "abcd", 4) == 4);
    client = client_open(8, 16);
    read_entry(&client, socket, to + 4, 4, 1);
    CHECK(submit(&client, 0, -1) == STATUS_SUCCESS);
    CHECK(write(peer, "efgh", 4) == 4);
    CHECK(submit(&client, 1, PATIENCE_MS) == STATUS_SUCCESS);
    CHECK(pop(&client, &cqe) && cqe.UserData == 1 && cqe.IoStatus.Information == 4);
}

Test(ring_attack, io_uring_is_refused_before_the_shared_queue_is_made, .timeout = 100)
{
    in_child(no_new_queue);
}

/* ---- no descriptors left ---- */

static void no_descriptors(void)
{
    struct rlimit none;
    struct client client;
    emu_handle socket, event;
    int peer;
    char to[8];
    NT_IORING_CQE cqe;
    NT_IORING_STRUCTV1 params = {400, 8, 16, {0, 0}};
    NT_IORING_INFO info;
    emu_handle second;

    client = client_open(8, 16);
    socket = pending_file(&peer);
    CHECK(emu_nt_create_event(&event, 0x1F0003, NULL, 0, 0) == STATUS_SUCCESS);
    CHECK(!getrlimit(RLIMIT_NOFILE, &none));
    none.rlim_cur = 3;
    CHECK(!setrlimit(RLIMIT_NOFILE, &none));
    CHECK(emu_nt_create_ioring(&second, sizeof params, &params, sizeof info, &info) < 0);
    CHECK(emu_nt_set_information_ioring(client.ring, 1, 8, &event) == STATUS_SUCCESS);
    read_entry(&client, socket, to, 4, 1);
    CHECK(submit(&client, 0, -1) == STATUS_SUCCESS);
    CHECK(write(peer, "abcd", 4) == 4);
    CHECK(submit(&client, 1, PATIENCE_MS) == STATUS_SUCCESS);
    CHECK(pop(&client, &cqe) && cqe.IoStatus.Information == 4);
    read_entry(&client, socket, to, 4, 2);
    CHECK(submit(&client, 0, -1) == STATUS_SUCCESS);
    cancel_entry(&client, socket, 2, 3);
    CHECK(submit(&client, 2, PATIENCE_MS) == STATUS_SUCCESS);
    emu_nt_close(client.ring);
    emu_nt_close(socket);
}

Test(ring_attack, no_descriptors_left, .timeout = 100)
{
    in_child(no_descriptors);
}

/* ---- rings and files are closed under everybody's hands ---- */

struct doomed {
    struct client client;
    emu_handle socket;
    int peer;
    _Atomic uint32_t ready;
};

static void *wait_until_closed(void *arg)
{
    struct doomed *doomed = arg;
    NTSTATUS status;

    atomic_fetch_add(&doomed->ready, 1);
    do /* [I] closing ends waits */
        status = submit(&doomed->client, 1, PATIENCE_MS);
    while (status == STATUS_IORING_SUBMIT_IN_PROGRESS);
    cr_assert(status == STATUS_INVALID_HANDLE || status == STATUS_SUCCESS, "%x", (unsigned)status);
    return NULL;
}

static void *poll_until_closed(void *arg)
{
    struct doomed *doomed = arg;

    atomic_fetch_add(&doomed->ready, 1);
    while (emu_nt_poll_ioring(doomed->client.ring) == STATUS_SUCCESS)
        sched_yield();
    return NULL;
}

static void *cancel_until_closed(void *arg)
{
    struct doomed *doomed = arg;
    struct emu_iosb iosb;

    atomic_fetch_add(&doomed->ready, 1);
    while (emu_nt_cancel_io_file_ex(doomed->socket, NULL, &iosb) != STATUS_INVALID_HANDLE)
        sched_yield();
    return NULL;
}

Test(ring_attack, closed_under_everybodys_hands, .timeout = 100)
{
    static char to[8][8];

    for (int i = 0; i < 200; i++) {
        struct doomed doomed = {.client = client_open(8, 32)};
        struct test_threads threads = {.count = 0};

        doomed.socket = pending_file(&doomed.peer);
        for (int j = 0; j < 6; j++)
            read_entry(&doomed.client, doomed.socket, to[j], 8, (uint64_t)j + 1)->Flags = j == 4;
        cr_assert_eq(submit(&doomed.client, 0, -1), STATUS_SUCCESS);
        test_threads_start(&threads, wait_until_closed, &doomed);
        test_threads_start(&threads, wait_until_closed, &doomed);
        test_threads_start(&threads, poll_until_closed, &doomed);
        if (i & 1)
            test_threads_start(&threads, cancel_until_closed, &doomed);
        while (atomic_load(&doomed.ready) < (uint32_t)threads.count)
            sched_yield();
        for (int turn = 0; turn < i % 16; turn++)
            sched_yield();
        if (i & 2)
            (void)!write(doomed.peer, "12345678", 8);
        if (i & 4)
            emu_nt_close(doomed.socket);
        emu_nt_close(doomed.client.ring);
        if (!(i & 4))
            emu_nt_close(doomed.socket);
        test_threads_join(&threads);
        close(doomed.peer);
    }
}

/* ---- buffers at the end of the address space ---- */

Test(ring_attack, registered_buffers_that_wrap)
{
    struct client client = client_open(8, 16);
    IORING_BUFFER_INFO info = {(void *)(UINTPTR_MAX - 255), 4096};
    int fd = memfd_create("data", MFD_CLOEXEC);
    NT_IORING_SQE *sqe;
    emu_handle disk;
    NT_IORING_CQE cqe;

    cr_assert_eq(write(fd, "0123456789", 10), 10);
    cr_assert_eq(emu_nt_adopt_fd(&disk, fd, FILE_READ_DATA, 0), STATUS_SUCCESS);
    sqe = entry(&client, IORING_OP_REGISTER_BUFFERS, 1);
    sqe->RegisterBuffers.Count = 1;
    sqe->RegisterBuffers.Buffers = &info;
    sqe = read_entry(&client, disk, NULL, 8, 2);
    sqe->Read.CommonOpFlags = NT_IORING_OP_FLAG_REGISTERED_BUFFER;
    sqe->Read.Buffer.FixedBuffer.BufferIndex = 0;
    sqe->Read.Buffer.FixedBuffer.Offset = 1024;
    cr_assert_eq(submit(&client, 2, PATIENCE_MS), STATUS_SUCCESS);
    cr_assert(pop(&client, &cqe));
    cr_assert_eq(cqe.UserData, 1);
    cr_assert(pop(&client, &cqe));
    cr_assert_neq(cqe.IoStatus.Status, STATUS_SUCCESS);
    emu_nt_close(client.ring);
    emu_nt_close(disk);
}

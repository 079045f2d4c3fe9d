/* SPDX-License-Identifier: MIT */
/*
 * Many operations of every kind at once: each entry completes exactly once, whatever pends, is
 * cancelled, drains or ends inline, and whoever drives. Bounded counts, fixed seeds.
 */
#include "emu/object/event.h"
#include "emu/tests/ring_client.h"
#include "emu/tests/threads.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#define ENTRIES 6000u
#define SOCKETS 4

struct mix {
    struct client client;
    unsigned seed;
    emu_handle disk, sockets[SOCKETS];
    int peers[SOCKETS];
    uint32_t built, popped;
    uint8_t seen[ENTRIES + 1];
    char to[ENTRIES + 1][64]; /* one each: what is reused while in flight is the client's race */
    bool poll;
};

static emu_handle disk_file(void)
{
    char block[4096];
    emu_handle handle;
    int fd = memfd_create("data", MFD_CLOEXEC);

    memset(block, 'd', sizeof block);
    cr_assert_eq(write(fd, block, sizeof block), (ssize_t)sizeof block);
    cr_assert_eq(emu_nt_adopt_fd(&handle, fd, FILE_READ_DATA, 0), STATUS_SUCCESS);
    return handle;
}

static void mix_open(struct mix *mix, unsigned seed)
{
    memset(mix, 0, sizeof *mix);
    mix->seed = seed;
    mix->client = client_open(64, 256);
    mix->disk = disk_file();
    for (int i = 0; i < SOCKETS; i++)
        mix->sockets[i] = pending_file(&mix->peers[i]);
}

static void mix_close(struct mix *mix)
{
    emu_nt_close(mix->client.ring);
    emu_nt_close(mix->disk);
    for (int i = 0; i < SOCKETS; i++) {
        emu_nt_close(mix->sockets[i]);
        close(mix->peers[i]);
    }
}

static void take_all(struct mix *mix)
{
    NT_IORING_CQE cqe;

    if (mix->poll)
        emu_nt_poll_ioring(mix->client.ring);
    while (pop(&mix->client, &cqe)) {
        cr_assert(cqe.UserData >= 1 && cqe.UserData <= mix->built, "userData of nobody");
        cr_assert_eq(mix->seen[cqe.UserData]++, 0, "completed twice");
        mix->popped++;
    }
}

static void build_one(struct mix *mix)
{
    uint64_t id = ++mix->built;
    unsigned what = (unsigned)rand_r(&mix->seed) % 100;
    unsigned which = (unsigned)rand_r(&mix->seed) % SOCKETS;
    char *to = mix->to[id];

    if (what < 30)
        read_entry(&mix->client, mix->disk, to, 64, id);
    else if (what < 40)
        entry(&mix->client, IORING_OP_NOP, id)->Flags = NT_IORING_SQE_FLAG_DRAIN_PRECEDING_OPS;
    else if (what < 55)
        entry(&mix->client, IORING_OP_NOP, id);
    else if (what < 70)
        cancel_entry(&mix->client, mix->sockets[which], what < 58 ? 0 : id / 2, id);
    else
        read_entry(&mix->client, mix->sockets[which], to, 8, id);
}

/* Gives every socket something, so that what pends there ends sooner or later. */
static void feed(struct mix *mix)
{
    for (int i = 0; i < SOCKETS; i++)
        (void)!send(mix->peers[i], "12345678123456781234567812345678", 32, MSG_DONTWAIT);
}

static void *mix_run(void *arg)
{
    struct mix *mix = arg;

    while (mix->popped < ENTRIES) {
        uint32_t room = 200 - (mix->built - mix->popped);
        uint32_t n = (unsigned)rand_r(&mix->seed) % 32;
        NTSTATUS status;

        if (mix->built - mix->popped >= 200)
            n = 0;
        else if (n > room)
            n = room;
        for (uint32_t i = 0; i < n && mix->built < ENTRIES; i++)
            build_one(mix);
        status = submit(&mix->client, 0, -1);
        cr_assert_eq(status, STATUS_SUCCESS, "submit: %x", (unsigned)status);
        feed(mix);
        if (mix->built > mix->popped) {
            status = submit(&mix->client, 1, 200);
            cr_assert(status == STATUS_SUCCESS || status == STATUS_TIMEOUT, "%x", (unsigned)status);
        }
        take_all(mix);
    }
    for (uint32_t i = 1; i <= ENTRIES; i++)
        cr_assert_eq(mix->seen[i], 1, "entry %u completed %u times", i, mix->seen[i]);
    return NULL;
}

static void run_two(bool poll)
{
    struct mix *mixes = calloc(2, sizeof *mixes);
    struct test_threads threads = {.count = 0};

    for (unsigned i = 0; i < 2; i++) {
        mix_open(&mixes[i], 1000 + i);
        mixes[i].poll = poll;
        test_threads_start(&threads, mix_run, &mixes[i]);
    }
    test_threads_join(&threads);
    for (unsigned i = 0; i < 2; i++)
        mix_close(&mixes[i]);
    free(mixes);
}

Test(ring_stress, everything_once_when_the_reaper_drives, .timeout = 100)
{
    run_two(false);
}

Test(ring_stress, everything_once_when_the_popper_drives, .timeout = 100)
{
    run_two(true);
}

/* ---- the event is never missed: who sleeps on it is woken by every edge ---- */

struct edge {
    struct client client;
    emu_handle event, socket;
    int peer;
};

#define EDGES 3000u

static void *feed_one_by_one(void *arg)
{
    struct edge *edge = arg;

    for (uint32_t i = 0; i < EDGES; i++)
        cr_assert_eq(write(edge->peer, "x", 1), 1);
    return NULL;
}

Test(ring_stress, a_sleeper_on_the_event_misses_nothing, .timeout = 100)
{
    struct edge edge = {.client = client_open(16, 32)};
    struct test_threads threads = {.count = 0};
    int64_t patience = -20 * INT64_C(10000000);
    uint32_t popped = 0, built = 0;
    NT_IORING_CQE cqe;
    NTSTATUS status;
    char to[EDGES + 1];

    edge.socket = pending_file(&edge.peer);
    cr_assert_eq(emu_nt_create_event(&edge.event, 0x1F0003, NULL, 0, 0), STATUS_SUCCESS);
    cr_assert_eq(emu_nt_set_information_ioring(edge.client.ring, 1, 8, &edge.event),
                 STATUS_SUCCESS);
    test_threads_start(&threads, feed_one_by_one, &edge);
    while (popped < EDGES) {
        while (built < EDGES && built - popped < 8) {
            built++;
            read_entry(&edge.client, edge.socket, &to[built], 1, built);
        }
        status = submit(&edge.client, 0, -1);
        cr_assert_eq(status, STATUS_SUCCESS, "submit: %x", (unsigned)status);
        cr_assert_eq(emu_nt_wait_for_multiple_objects(1, &edge.event, 1, 0, &patience),
                     STATUS_WAIT_0, "popped %u of %u built", popped, built);
        for (;;) {
            while (pop(&edge.client, &cqe)) {
                cr_assert_eq(cqe.IoStatus.Status, STATUS_SUCCESS);
                popped++;
            }
            /* Pairs with the poster's fence, as PopIoRingCompletion's does. */
            atomic_thread_fence(memory_order_seq_cst);
            if (__atomic_load_n(&edge.client.info.CompletionQueue->Tail, __ATOMIC_ACQUIRE) ==
                edge.client.info.CompletionQueue->Head)
                break;
        }
    }
    test_threads_join(&threads);
    emu_nt_close(edge.client.ring);
    emu_nt_close(edge.socket);
    emu_nt_close(edge.event);
    close(edge.peer);
}

// SPDX-License-Identifier: MIT
/* The io_uring engine: probe, queues, registered tables. What happens to an io is in uring_io.c. */
#include "emu/base/fork.h"
#include "emu/base/log.h"
#include "emu/engine/uring_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Every queue of the process, so that a forked child can let go of them. */
static struct emu_lock live_lock = EMU_LOCK_INIT;
static struct emu_list live = {&live, &live};

/* Largest submission ring: a batch of this many ios costs one io_uring_enter. */
#define MOST_ENTRIES 32768u
/* The kernel's own limits on registered tables. */
#define MOST_FILES 32768u
#define MOST_BUFFERS 16384u

static int ring_init(struct io_uring *ring, uint32_t entries)
{
    int err;

    /* Before 5.12 rings count against RLIMIT_MEMLOCK: a smaller one is better than none. */
    do {
        err = io_uring_queue_init(entries, ring, IORING_SETUP_CLAMP);
        entries /= 2;
    } while (err == -ENOMEM && entries >= 8);
    if (err)
        return err;
    io_uring_ring_dontfork(ring);
    for (unsigned i = 0; i < *ring->sq.kring_entries; i++)
        ring->sq.array[i] = i;
    return 0;
}

static int probe_nop(struct io_uring *ring)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(ring);
    struct io_uring_cqe *cqe;
    int err;

    io_uring_prep_nop(sqe);
    err = io_uring_submit(ring);
    if (err < 0)
        return err;
    err = io_uring_wait_cqe(ring, &cqe);
    if (!err)
        io_uring_cqe_seen(ring, cqe);
    return err;
}

static int probe_register(struct io_uring *ring)
{
    struct io_uring_probe *probe = calloc(1, sizeof *probe + 256 * sizeof probe->ops[0]);
    static const unsigned char needed[] = {
        IORING_OP_READ, IORING_OP_WRITE, IORING_OP_READV,        IORING_OP_WRITEV,  IORING_OP_FSYNC,
        IORING_OP_SEND, IORING_OP_RECV,  IORING_OP_ASYNC_CANCEL, IORING_OP_POLL_ADD};
    int err;

    if (!probe)
        return -ENOMEM;
    err = io_uring_register_probe(ring, probe, 256);
    for (size_t i = 0; !err && i < sizeof needed; i++)
        if (!io_uring_opcode_supported(probe, needed[i]))
            err = -EOPNOTSUPP;
    free(probe);
    return err;
}

static void after_fork_child(void)
{
    struct emu_list *pos;

    /*
     * The rings are the parent's and their memory is not mapped here (dontfork). Only the
     * descriptors were inherited: closing ours does nothing to the parent's.
     */
    emu_lock_init(&live_lock);
    emu_list_for_each(pos, &live) {
        struct uring_queue *q = EMU_CONTAINER(pos, struct uring_queue, link);

        close(q->ring.ring_fd);
        q->broken = q->dead = true;
        emu_lock_init(&q->lock);
    }
    emu_list_init(&live);
    emu_reaper_after_fork();
}

/* Set-up, a NOP round trip, a register call: each of the three can be refused on its own. */
static int uring_probe(char *reason, size_t reason_nbytes)
{
    static atomic_flag registered = ATOMIC_FLAG_INIT;
    const char *call = "io_uring_setup";
    struct io_uring ring;
    int err = ring_init(&ring, 8);

    if (!err) {
        call = "io_uring_enter";
        err = probe_nop(&ring);
        if (!err) {
            call = "io_uring_register";
            err = probe_register(&ring);
        }
        io_uring_queue_exit(&ring);
    }
    if (err) {
        snprintf(reason, reason_nbytes, "%s: %s", call, strerror(-err));
        return err;
    }
    if (!atomic_flag_test_and_set(&registered))
        emu_fork_register(NULL, NULL, after_fork_child);
    if (reason_nbytes)
        reason[0] = '\0';
    return 0;
}

static struct emu_engine_queue *uring_queue_create(uint32_t depth)
{
    struct uring_queue *q = calloc(1, sizeof *q);
    int err;

    if (!q)
        return NULL;
    /* While it can be refused: later somebody would wait for a reaper that never comes. */
    if (!emu_reaper_prepare()) {
        emu_log(EMU_LOG_WARN, "no reaper for a new ring, it uses threads");
        free(q);
        return emu_engine_threads.queue_create(depth);
    }
    err = ring_init(&q->ring, depth > MOST_ENTRIES ? MOST_ENTRIES : depth < 8 ? 8 : depth);
    if (err) {
        emu_log(EMU_LOG_WARN, "no io_uring for a new ring (%s), it uses threads", strerror(-err));
        free(q);
        return emu_engine_threads.queue_create(depth);
    }
    q->slot_io = calloc(*q->ring.sq.kring_entries, sizeof *q->slot_io);
    if (!q->slot_io) {
        io_uring_queue_exit(&q->ring);
        free(q);
        return NULL;
    }
    q->base.ops = &emu_engine_uring;
    emu_lock_init(&q->lock);
    emu_lock_acquire(&live_lock);
    emu_list_append(&live, &q->link);
    emu_lock_release(&live_lock);
    return &q->base;
}

static void uring_queue_destroy(struct emu_engine_queue *queue)
{
    struct uring_queue *q = uring_queue_from(queue);

    if (q->dead) {
        free(q->slot_io);
        free(q);
        return;
    }
    if (q->reaper_entry)
        emu_reaper_remove(q->reaper_entry);
    emu_lock_acquire(&live_lock);
    emu_list_remove(&q->link);
    emu_lock_release(&live_lock);
    io_uring_queue_exit(&q->ring);
    emu_lock_fini(&q->lock);
    free(q->slot_io);
    free(q);
}

static void reap_watched(void *arg)
{
    uring_reap(arg);
}

/*
 * The reaper's thread starts with the first queue that needs it: while there is one thread only, the
 * kernel finds a descriptor without counting a reference, and a program that waits for its own reads
 * stays such a one.
 */
static bool uring_watch(struct emu_engine_queue *queue)
{
    struct uring_queue *q = uring_queue_from(queue);
    bool watched;

    emu_lock_acquire(&q->lock);
    if (!q->reaper_entry && !q->dead) { /* also a broken one: what the kernel has comes back */
        q->reaper_entry = emu_reaper_add(q->ring.ring_fd, reap_watched, q);
        q->watched = q->reaper_entry;
        uring_kick_locked(q);
    }
    watched = q->watched || q->dead;
    emu_lock_release(&q->lock);
    return watched;
}

/* Lets go of what an older, larger table left in the kernel's slots from..to. */
static void clear_files_locked(struct uring_queue *q, uint32_t from, uint32_t to)
{
    int none[64];

    memset(none, -1, sizeof none);
    for (; from < to; from += 64)
        io_uring_register_files_update(&q->ring, from, none, to - from < 64 ? to - from : 64);
}

static uint32_t uring_register_files(struct emu_engine_queue *queue, const int *fds, uint32_t count)
{
    struct uring_queue *q = uring_queue_from(queue);
    uint32_t taken = 0;

    emu_lock_acquire(&q->lock);
    /* With the tables they were made for; if they cannot enter now, the tables stay as they are. */
    uring_enter_pushed_locked(q);
    if (!q->broken && !io_uring_sq_ready(&q->ring)) {
        uint32_t slots = MOST_FILES;

        /* A sparse table needs 5.19; its size counts against RLIMIT_NOFILE. */
        while (count && !q->file_slots && slots >= 64) {
            if (io_uring_register_files_sparse(&q->ring, slots))
                slots /= 4;
            else
                q->file_slots = slots;
        }
        if (count && q->file_slots) {
            uint32_t n = count < q->file_slots ? count : q->file_slots;
            int done = io_uring_register_files_update(&q->ring, 0, fds, n);

            taken = done > 0 ? (uint32_t)done : 0;
        }
        clear_files_locked(q, taken, q->files_used);
        q->files_used = taken;
    }
    emu_lock_release(&q->lock);
    return taken;
}

/* Slots 0..count of the kernel's table, the rest up to used empty; how many of count it took. */
static uint32_t update_buffers_locked(struct uring_queue *q, const struct iovec *iov,
                                      uint32_t count, uint32_t used)
{
    __u64 *tags = calloc(used > count ? used : count, sizeof *tags); /* 0: tell us nothing */
    int done = 0;

    if (!tags)
        return 0;
    if (count)
        done = io_uring_register_buffers_update_tag(&q->ring, 0, iov, tags, count);
    if (done < 0)
        done = 0;
    if (used > (uint32_t)done) {
        struct iovec *none = calloc(used, sizeof *none);

        if (none)
            io_uring_register_buffers_update_tag(&q->ring, (unsigned)done, none, tags,
                                                 used - (unsigned)done);
        free(none);
    }
    free(tags);
    return (uint32_t)done;
}

static uint32_t uring_register_buffers(struct emu_engine_queue *queue,
                                       const struct emu_engine_buffer *buffers, uint32_t count)
{
    struct uring_queue *q = uring_queue_from(queue);
    uint32_t n = count < MOST_BUFFERS ? count : MOST_BUFFERS, taken = 0;
    struct iovec *iov = calloc(n ? n : 1, sizeof *iov);

    for (uint32_t i = 0; iov && i < n; i++)
        iov[i] = (struct iovec){buffers[i].address, buffers[i].address ? buffers[i].length : 0};
    emu_lock_acquire(&q->lock);
    uring_enter_pushed_locked(q); /* as above */
    if (iov && !q->broken && !io_uring_sq_ready(&q->ring)) {
        if (n && !q->buffer_slots && !io_uring_register_buffers_sparse(&q->ring, MOST_BUFFERS))
            q->buffer_slots = MOST_BUFFERS;
        if (q->buffer_slots && (n || q->buffers_used))
            taken = update_buffers_locked(q, iov, n, q->buffers_used);
        q->buffers_used = taken;
    }
    emu_lock_release(&q->lock);
    free(iov);
    return taken;
}

const struct emu_engine_ops emu_engine_uring = {
    .version = EMU_ENGINE_VERSION,
    .name = "uring",
    .driven = true,
    .probe = uring_probe,
    .queue_create = uring_queue_create,
    .queue_destroy = uring_queue_destroy,
    .submit = uring_submit,
    .push = uring_push,
    .cancel = uring_cancel,
    .drive = uring_drive,
    .watch = uring_watch,
    .register_files = uring_register_files,
    .register_buffers = uring_register_buffers,
};

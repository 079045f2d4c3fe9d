// SPDX-License-Identifier: MIT
/*
 * Moving ios through io_uring: prepare, enter, reap, cancel.
 *
 * Invariants, all under q->lock: an io that the kernel may own is reachable through slot_io (not
 * entered yet) or through its user_data (entered). An io leaves exactly once: reaped, or taken back
 * from slot_io when the kernel refuses to enter. Finished ios are collected in a list and finished
 * after the lock is dropped, because complete() may submit again.
 */
#include "emu/base/clock.h"
#include "emu/base/log.h"
#include "emu/base/tsan.h"
#include "emu/engine/transfer.h"
#include "emu/engine/uring_priv.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>

/* Where ios go that this kernel, or this thread's seccomp filter, refuses to enter. */
static struct emu_engine_queue fallback = {.ops = &emu_engine_threads};

/*
 * A driver sleeps no longer in one go. Whoever has news for him kicks him by an entry; a thread that
 * the kernel lets enter no more cannot.
 */
#define LONGEST_SLEEP_NS UINT64_C(250000000)

struct outcome {
    struct emu_list finished; /* status set: emu_io_finish after unlock */
    struct emu_list refused;  /* to the threads engine after unlock, as what may bring a signal */
};

static void outcome_init(struct outcome *out)
{
    emu_list_init(&out->finished);
    emu_list_init(&out->refused);
}

/* No lock held. */
static void outcome_deliver(struct outcome *out)
{
    struct emu_list *node;

    while ((node = emu_list_take_first(&out->finished))) {
        struct emu_io *io = EMU_CONTAINER(node, struct emu_io, link);

        emu_io_finish(io, io->status, io->information);
    }
    if (!emu_list_empty(&out->refused))
        emu_engine_threads.submit(&fallback, &out->refused);
}

static void finish_later(struct uring_queue *q, struct emu_io *io, struct outcome *out)
{
    atomic_fetch_sub_explicit(&q->base.in_flight, 1, memory_order_relaxed); /* under q->lock */
    emu_list_append(&out->finished, &io->link);
}

static void prep_stream(struct io_uring_sqe *sqe, const struct emu_io *io,
                        const struct emu_transfer *next)
{
    int fd = io->file->fd;

    /* A socket goes through send and recv: a dead peer is a status there, not a SIGPIPE. */
    if (next->segments) {
        if (io->op == EMU_IO_READ)
            io_uring_prep_readv(sqe, fd, next->segments, next->segment_count, UINT64_MAX);
        else
            io_uring_prep_writev(sqe, fd, next->segments, next->segment_count, UINT64_MAX);
    } else if (io->file->kind == EMU_FILE_SOCKET) {
        if (io->op == EMU_IO_READ)
            io_uring_prep_recv(sqe, fd, next->base, next->length, 0);
        else
            io_uring_prep_send(sqe, fd, next->base, next->length, MSG_NOSIGNAL);
    } else if (io->op == EMU_IO_READ) {
        io_uring_prep_read(sqe, fd, next->base, next->length, UINT64_MAX);
    } else {
        io_uring_prep_write(sqe, fd, next->base, next->length, UINT64_MAX);
    }
}

static void prep_disk(struct io_uring_sqe *sqe, const struct emu_io *io,
                      const struct emu_transfer *next)
{
    int fd = io->file->fd;
    bool read = io->op == EMU_IO_READ;

    if (next->segments && read)
        io_uring_prep_readv(sqe, fd, next->segments, next->segment_count, next->offset);
    else if (next->segments)
        io_uring_prep_writev(sqe, fd, next->segments, next->segment_count, next->offset);
    else if ((io->flags & EMU_IO_FIXED_BUFFER) && read)
        io_uring_prep_read_fixed(sqe, fd, next->base, next->length, next->offset,
                                 (int)io->fixed_buffer);
    else if (io->flags & EMU_IO_FIXED_BUFFER)
        io_uring_prep_write_fixed(sqe, fd, next->base, next->length, next->offset,
                                  (int)io->fixed_buffer);
    else if (read)
        io_uring_prep_read(sqe, fd, next->base, next->length, next->offset);
    else
        io_uring_prep_write(sqe, fd, next->base, next->length, next->offset);
    if (!read) {
        if (io->flags & EMU_IO_WRITE_THROUGH)
            sqe->rw_flags |= RWF_DSYNC;
        if (io->flags & EMU_IO_APPEND)
            sqe->rw_flags |= RWF_APPEND;
    }
}

static void prep(struct io_uring_sqe *sqe, struct emu_io *io)
{
    struct emu_transfer next;

    emu_transfer_next(io, &next);
    if (io->op == EMU_IO_FLUSH && (io->flags & EMU_IO_NO_SYNC))
        io_uring_prep_nop(sqe);
    else if (io->op == EMU_IO_FLUSH)
        io_uring_prep_fsync(sqe, io->file->fd,
                            (io->flags & EMU_IO_DATA_ONLY) ? IORING_FSYNC_DATASYNC : 0);
    else if (emu_file_is_stream(io->file))
        prep_stream(sqe, io, &next);
    else
        prep_disk(sqe, io, &next);
    if ((io->flags & EMU_IO_FIXED_FILE) && io->op != EMU_IO_FLUSH) {
        sqe->fd = (int)io->fixed_file;
        sqe->flags |= IOSQE_FIXED_FILE;
    }
    io_uring_sqe_set_data(sqe, io);
}

/*
 * Lets a driver who is just entering get through. Else both would submit the same entries, or one
 * would give them to threads while the other's kernel runs them. The driver needs no lock for it.
 */
static void let_driver_enter_locked(struct uring_queue *q)
{
    /* Acquire: pairs with the kernel's release of the head once it has taken the entries. */
    while (atomic_load(&q->entering) &&
           (int)(__atomic_load_n(q->ring.sq.khead, __ATOMIC_ACQUIRE) - q->entering_tail) < 0)
        sched_yield();
}

static int submit_locked(struct uring_queue *q)
{
    let_driver_enter_locked(q);
    return io_uring_sq_ready(&q->ring) ? io_uring_submit(&q->ring) : 0;
}

/* Takes back what was prepared but not entered. No driver is entering. */
static void take_back_locked(struct uring_queue *q, struct outcome *out)
{
    struct io_uring_sq *sq = &q->ring.sq;
    unsigned head = *sq->khead, mask = *sq->kring_mask;

    for (unsigned i = head; i != sq->sqe_tail; i++) {
        struct emu_io *io = q->slot_io[i & mask];

        if (!io)
            continue;
        atomic_fetch_sub_explicit(&q->base.in_flight, 1, memory_order_relaxed);
        emu_list_append(&out->refused, &io->link);
    }
    sq->sqe_head = sq->sqe_tail = head;
    *sq->ktail = head;
}

/* The kernel lets this thread enter no more: what it has comes back by itself, the rest goes on. */
static void refused_locked(struct uring_queue *q, int err, struct outcome *out)
{
    q->broken = true;
    atomic_store(&q->base.undriven, true);
    emu_log(EMU_LOG_WARN, "io_uring_enter refused (%s), going on with threads", strerror(err));
    take_back_locked(q, out);
}

static void reap_locked(struct uring_queue *q, struct outcome *out);

/* Enters everything prepared, without waiting. */
static void enter_locked(struct uring_queue *q, struct outcome *out)
{
    for (int tries = 0; io_uring_sq_ready(&q->ring);) {
        int n = submit_locked(q);

        if (n >= 0 || n == -EINTR)
            continue;
        if ((n == -EBUSY || n == -EAGAIN) && tries++ < 64) {
            reap_locked(q, out); /* the completion queue overflowed, or memory is short */
            continue;
        }
        if (n == -EBUSY || n == -EAGAIN)
            take_back_locked(q, out);
        else
            refused_locked(q, -n, out);
        return;
    }
}

/* NULL only when the kernel takes nothing more; then everything prepared was taken back. */
static struct io_uring_sqe *get_sqe_locked(struct uring_queue *q, struct emu_io *io,
                                           struct outcome *out)
{
    struct io_uring_sqe *sqe = q->broken ? NULL : io_uring_get_sqe(&q->ring);

    if (!sqe && !q->broken) {
        enter_locked(q, out);
        if (!q->broken)
            sqe = io_uring_get_sqe(&q->ring);
    }
    if (sqe)
        q->slot_io[(q->ring.sq.sqe_tail - 1) & *q->ring.sq.kring_mask] = io;
    return sqe;
}

static void push_locked(struct uring_queue *q, struct emu_io *io, struct outcome *out)
{
    struct io_uring_sqe *sqe;

    emu_engine_move(io, &q->base);
    atomic_fetch_add_explicit(&q->base.in_flight, 1, memory_order_relaxed);
    /* A cancel that came before this lock found nothing in the kernel; it left the flag. */
    if (atomic_load(&io->cancel_requested)) {
        io->status = STATUS_CANCELLED;
        io->information = emu_transfer_sent(io);
        finish_later(q, io, out);
        return;
    }
    if (emu_transfer_may_signal(io)) {
        atomic_store(&q->base.undriven, true);
        atomic_fetch_sub_explicit(&q->base.in_flight, 1, memory_order_relaxed);
        emu_list_append(&out->refused, &io->link);
        return;
    }
    emu_tsan_release(io);
    sqe = get_sqe_locked(q, io, out);
    if (sqe) {
        prep(sqe, io);
    } else {
        atomic_fetch_sub_explicit(&q->base.in_flight, 1, memory_order_relaxed);
        emu_list_append(&out->refused, &io->link);
    }
}

static void push_batch_locked(struct uring_queue *q, struct emu_list *batch, struct outcome *out)
{
    struct emu_list *node;

    while ((node = emu_list_take_first(batch)))
        push_locked(q, EMU_CONTAINER(node, struct emu_io, link), out);
}

/* A non-blocking stream that is not ready: wait for readiness, then try again. */
static void poll_locked(struct uring_queue *q, struct emu_io *io, struct outcome *out)
{
    struct io_uring_sqe *sqe = get_sqe_locked(q, io, out);

    if (!sqe) {
        atomic_fetch_sub_explicit(&q->base.in_flight, 1, memory_order_relaxed);
        emu_list_append(&out->refused, &io->link);
        return;
    }
    io_uring_prep_poll_add(sqe, io->file->fd, io->op == EMU_IO_WRITE ? POLLOUT : POLLIN);
    io_uring_sqe_set_data64(sqe, (uint64_t)(uintptr_t)io | URING_POLL_BIT);
}

static void step_locked(struct uring_queue *q, struct emu_io *io, bool polled, int result,
                        struct outcome *out)
{
    emu_tsan_acquire(io);
    if (polled) {
        if (result < 0 && emu_transfer_step(io, result)) {
            finish_later(q, io, out);
            return;
        }
    } else {
        if (emu_transfer_step(io, result)) {
            finish_later(q, io, out);
            return;
        }
        /* The tables may have changed since: what is left goes by descriptor and address. */
        io->flags &= ~(uint32_t)(EMU_IO_FIXED_FILE | EMU_IO_FIXED_BUFFER);
        if (result == -EAGAIN && emu_file_is_stream(io->file) &&
            !atomic_load(&io->cancel_requested)) {
            poll_locked(q, io, out);
            return;
        }
    }
    atomic_fetch_sub_explicit(&q->base.in_flight, 1, memory_order_relaxed);
    push_locked(q, io, out);
}

static void reap_locked(struct uring_queue *q, struct outcome *out)
{
    struct io_uring_cqe *cqes[64];
    unsigned n;

    while ((n = io_uring_peek_batch_cqe(&q->ring, cqes, 64)) > 0) {
        struct {
            uint64_t data;
            int result;
        } seen[64];

        /* Copied first: a step may enter, and a full completion queue must have room by then. */
        for (unsigned i = 0; i < n; i++) {
            seen[i].data = cqes[i]->user_data;
            seen[i].result = cqes[i]->res;
        }
        io_uring_cq_advance(&q->ring, n);
        for (unsigned i = 0; i < n; i++) {
            if (seen[i].data == URING_IGNORE)
                continue;
            step_locked(q, (struct emu_io *)(uintptr_t)(seen[i].data & ~(uint64_t)URING_POLL_BIT),
                        seen[i].data & URING_POLL_BIT, seen[i].result, out);
        }
    }
}

void uring_reap(struct uring_queue *q)
{
    struct outcome out;

    if (q->dead)
        return;
    outcome_init(&out);
    emu_lock_acquire(&q->lock);
    reap_locked(q, &out);
    enter_locked(q, &out); /* what goes on after a short step */
    if (q->driver_min)
        uring_kick_locked(q); /* the kick for the driver may be among what was reaped here */
    emu_lock_release(&q->lock);
    outcome_deliver(&out);
}

void uring_submit(struct emu_engine_queue *queue, struct emu_list *batch)
{
    struct uring_queue *q = uring_queue_from(queue);
    struct outcome out;

    outcome_init(&out);
    emu_lock_acquire(&q->lock);
    push_batch_locked(q, batch, &out);
    enter_locked(q, &out);
    emu_lock_release(&q->lock);
    outcome_deliver(&out);
}

void uring_push(struct emu_engine_queue *queue, struct emu_list *batch)
{
    struct uring_queue *q = uring_queue_from(queue);
    struct outcome out;

    outcome_init(&out);
    emu_lock_acquire(&q->lock);
    push_batch_locked(q, batch, &out);
    emu_lock_release(&q->lock);
    outcome_deliver(&out);
}

void uring_enter_pushed_locked(struct uring_queue *q)
{
    if (!q->broken)
        submit_locked(q);
}

/*
 * A helper entry (cancel, kick) from a caller that may hold a file's pending lock, so that nothing
 * may be reaped or taken back here: NULL, and the helper is dropped, when the ring has no room.
 */
static struct io_uring_sqe *get_helper_locked(struct uring_queue *q)
{
    struct io_uring_sqe *sqe = q->broken ? NULL : io_uring_get_sqe(&q->ring);

    if (!sqe && !q->broken && submit_locked(q) >= 0)
        sqe = io_uring_get_sqe(&q->ring);
    if (sqe)
        q->slot_io[(q->ring.sq.sqe_tail - 1) & *q->ring.sq.kring_mask] = NULL;
    return sqe;
}

/* By entries, which the kernel takes with the next enter. False: this thread may not enter. */
static bool cancel_by_entry_locked(struct uring_queue *q, uint64_t data, bool stream)
{
    for (int i = 0; i < (stream ? 2 : 1); i++) {
        struct io_uring_sqe *sqe = get_helper_locked(q);

        if (!sqe)
            return false;
        io_uring_prep_cancel64(sqe, i ? data | URING_POLL_BIT : data, 0);
        io_uring_sqe_set_data64(sqe, URING_IGNORE);
    }
    return submit_locked(q) >= 0;
}

/*
 * By a call of its own (Linux 6.0), because a sandbox that refuses to enter may allow to register.
 * Without it what the kernel has stays there until it ends by itself.
 */
static void cancel_by_call_locked(struct uring_queue *q, uint64_t data, bool stream)
{
    for (int i = 0; i < (stream ? 2 : 1); i++) {
        struct io_uring_sync_cancel_reg request = {
            .addr = i ? data | URING_POLL_BIT : data, .fd = -1, .timeout = {0, 0}};

        io_uring_register_sync_cancel(&q->ring, &request);
    }
}

void uring_cancel(struct emu_engine_queue *queue, struct emu_io *io)
{
    struct uring_queue *q = uring_queue_from(queue);
    uint64_t data = (uint64_t)(uintptr_t)io;
    bool stream = emu_file_is_stream(io->file);

    if (q->dead)
        return;
    atomic_store(&io->cancel_requested, true);
    emu_lock_acquire(&q->lock);
    if (!cancel_by_entry_locked(q, data, stream))
        cancel_by_call_locked(q, data, stream);
    emu_lock_release(&q->lock);
}

void uring_kick_locked(struct uring_queue *q)
{
    for (uint32_t i = 0; i < q->driver_min; i++) {
        struct io_uring_sqe *sqe = get_helper_locked(q);

        if (!sqe)
            return;
        io_uring_prep_nop(sqe);
        io_uring_sqe_set_data64(sqe, URING_IGNORE);
    }
    uring_enter_pushed_locked(q);
}

/* Makes what was prepared visible to the kernel; returns how many entries an enter should take. */
static unsigned flush_locked(struct uring_queue *q)
{
    struct io_uring_sq *sq = &q->ring.sq;

    sq->sqe_head = sq->sqe_tail;
    io_uring_smp_store_release(sq->ktail, sq->sqe_tail);
    return sq->sqe_tail - *sq->khead;
}

/* Kernel 5.10 has no time-out in the call: enter, then poll. */
static int enter_then_poll(struct uring_queue *q, unsigned to_submit,
                           const struct __kernel_timespec *left)
{
    struct pollfd fd = {.fd = q->ring.ring_fd, .events = POLLIN};
    struct timespec ts = {left->tv_sec, left->tv_nsec};
    int n = 0;

    if (to_submit)
        n = io_uring_enter((unsigned)q->ring.ring_fd, to_submit, 0, 0, NULL);
    atomic_store(&q->entering, false);
    if (n >= 0)
        ppoll(&fd, 1, &ts, NULL);
    return n;
}

/*
 * Sleeps in the kernel without the lock; to_submit entries go in with the same call. Returns what
 * io_uring_enter does.
 */
static int enter_and_wait(struct uring_queue *q, unsigned to_submit, unsigned min_count,
                          uint64_t deadline_ns)
{
    struct __kernel_timespec left = {0, 0};
    struct io_uring_getevents_arg arg = {0};
    uint64_t now = emu_clock_now_ns(), ns = deadline_ns > now ? deadline_ns - now : 0;

    if (ns > LONGEST_SLEEP_NS)
        ns = LONGEST_SLEEP_NS;
    left.tv_sec = (int64_t)(ns / 1000000000u);
    left.tv_nsec = (long long)(ns % 1000000000u);
    if (!(q->ring.features & IORING_FEAT_EXT_ARG))
        return enter_then_poll(q, to_submit, &left);
    arg.ts = (uint64_t)(uintptr_t)&left;
    return io_uring_enter2((unsigned)q->ring.ring_fd, to_submit, min_count,
                           IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, (sigset_t *)&arg,
                           sizeof arg);
}

void uring_drive(struct emu_engine_queue *queue, uint32_t min_count, uint64_t deadline_ns)
{
    struct uring_queue *q = uring_queue_from(queue);
    struct outcome out;
    bool wait = false;
    unsigned to_submit = 0;

    outcome_init(&out);
    emu_lock_acquire(&q->lock);
    reap_locked(q, &out);
    /* Sleep only when nothing came of it, and nobody else does: the caller looks again first. */
    if (min_count && !q->driver_min && !q->watched && !q->broken && emu_list_empty(&out.finished) &&
        emu_list_empty(&out.refused) && atomic_load(&q->base.in_flight)) {
        uint32_t in_flight = atomic_load(&q->base.in_flight);

        /* Never wait for more than can come: what was refused is with the threads. */
        if (min_count > in_flight)
            min_count = in_flight;
        q->driver_min = min_count;
        to_submit = flush_locked(q);
        q->entering_tail = q->ring.sq.sqe_tail;
        atomic_store(&q->entering, true);
        wait = true;
    } else {
        enter_locked(q, &out);
    }
    emu_lock_release(&q->lock);
    if (wait) {
        int n = enter_and_wait(q, to_submit, min_count, deadline_ns);

        atomic_store(&q->entering, false); /* before the lock: its owner may be waiting for this */
        emu_lock_acquire(&q->lock);
        q->driver_min = 0;
        if (n < 0 && n != -EINTR && n != -ETIME && n != -EAGAIN && n != -EBUSY)
            refused_locked(q, -n, &out);
        reap_locked(q, &out);
        enter_locked(q, &out);
        emu_lock_release(&q->lock);
    }
    outcome_deliver(&out);
}

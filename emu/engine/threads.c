// SPDX-License-Identifier: MIT
/*
 * The engine for places where io_uring is refused: worker threads that make the plain system calls.
 * Two pools, because a read of a socket may last for ever and must not keep a disk write waiting.
 */
#include "emu/base/fork.h"
#include "emu/base/tsan.h"
#include "emu/engine/engines.h"
#include "emu/engine/transfer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BLIND_POLL_MS 20

struct worker {
    struct emu_list link; /* in pool->busy while it runs an io; pool lock */
    struct emu_io *io;    /* what it runs; pool lock */
    int wake_fd;          /* eventfd that ends its poll; stream workers only */
};

/*
 * A plain mutex, not an emu_lock: workers sleep with it in hand, which the fork gate forbids, and a
 * forked child starts over with nothing of it.
 */
struct pool {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct emu_list queue; /* emu_io.link, in order of arrival */
    struct emu_list busy;
    uint32_t idle, workers, queued;
    const uint32_t most_workers;
    const bool streams;
};

/*
 * Disk work is bounded by the device, not by us: a few threads keep it busy. Streams need one each.
 */
static struct pool disk_pool = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                .work = PTHREAD_COND_INITIALIZER,
                                .queue = {&disk_pool.queue, &disk_pool.queue},
                                .busy = {&disk_pool.busy, &disk_pool.busy},
                                .most_workers = 16};
static struct pool stream_pool = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                  .work = PTHREAD_COND_INITIALIZER,
                                  .queue = {&stream_pool.queue, &stream_pool.queue},
                                  .busy = {&stream_pool.busy, &stream_pool.busy},
                                  .most_workers = 4096,
                                  .streams = true};

static struct pool *pool_of(const struct emu_io *io)
{
    return emu_file_is_stream(io->file) ? &stream_pool : &disk_pool;
}

/* Waits until the stream is ready, or somebody wakes this worker because of a cancel. */
static bool wait_ready(const struct worker *self, const struct emu_io *io)
{
    struct pollfd fds[2] = {
        {.fd = io->file->fd, .events = io->op == EMU_IO_WRITE ? POLLOUT : POLLIN},
        {.fd = self->wake_fd, .events = POLLIN},
    };

    /* Without a descriptor to be woken by it looks at the cancel flag now and then. */
    return poll(fds, 2, self->wake_fd < 0 ? BLIND_POLL_MS : -1) > 0;
}

static void run(struct worker *self, struct emu_io *io, bool stream)
{
    struct emu_engine_queue *queue = io->queue;
    bool over = false;

    emu_tsan_acquire(io);
    while (!over) {
        if (atomic_load(&io->cancel_requested)) {
            io->status = STATUS_CANCELLED;
            io->information = emu_transfer_sent(io);
            break;
        }
        if (stream && io->op != EMU_IO_FLUSH) {
            if (!wait_ready(self, io) || atomic_load(&io->cancel_requested))
                continue;
        }
        over = emu_transfer_step(io, emu_transfer_run(io));
    }
    /* Relaxed: a hint for the queue's owner, ordered by the completion that follows. */
    atomic_fetch_sub_explicit(&queue->in_flight, 1, memory_order_relaxed);
}

static void *worker_main(void *arg)
{
    struct pool *pool = arg;
    struct worker self = {.wake_fd = -1};
    struct emu_list *node;

    if (pool->streams)
        self.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!(node = emu_list_take_first(&pool->queue))) {
            pool->idle++;
            pthread_cond_wait(&pool->work, &pool->lock);
            pool->idle--;
        }
        pool->queued--;
        self.io = EMU_CONTAINER(node, struct emu_io, link);
        emu_list_append(&pool->busy, &self.link);
        pthread_mutex_unlock(&pool->lock);

        run(&self, self.io, pool->streams);

        /* Off the busy list before the io ends: a canceller must not find an io that is gone. */
        struct emu_io *io = self.io;
        eventfd_t drained;

        pthread_mutex_lock(&pool->lock);
        emu_list_remove(&self.link);
        pthread_mutex_unlock(&pool->lock);
        if (pool->streams)
            (void)!eventfd_read(self.wake_fd, &drained);
        emu_io_finish(io, io->status, io->information);
        pthread_mutex_lock(&pool->lock);
    }
    return NULL;
}

static void spawn_locked(struct pool *pool)
{
    sigset_t all, old;
    pthread_attr_t attr;
    pthread_t thread;

    sigfillset(&all);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, 256 * 1024);
    /* Signals are the application's: none is ever delivered to a thread it does not know. */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    if (!pthread_create(&thread, &attr, worker_main, pool))
        pool->workers++;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
}

/* False when there is no worker at all and none can be made. */
static bool enqueue(struct pool *pool, struct emu_io *io)
{
    bool taken;

    pthread_mutex_lock(&pool->lock);
    if (pool->queued >= pool->idle && pool->workers < pool->most_workers)
        spawn_locked(pool);
    taken = pool->workers > 0;
    if (taken) {
        emu_tsan_release(io);
        emu_list_append(&pool->queue, &io->link);
        pool->queued++;
        pthread_cond_signal(&pool->work);
    }
    pthread_mutex_unlock(&pool->lock);
    return taken;
}

static void threads_submit(struct emu_engine_queue *queue, struct emu_list *batch)
{
    struct emu_list *node;

    while ((node = emu_list_take_first(batch))) {
        struct emu_io *io = EMU_CONTAINER(node, struct emu_io, link);

        emu_engine_move(io, queue);
        io->flags &= ~(uint32_t)(EMU_IO_FIXED_FILE | EMU_IO_FIXED_BUFFER);
        atomic_fetch_add_explicit(&queue->in_flight, 1, memory_order_relaxed);
        if (!enqueue(pool_of(io), io)) {
            atomic_fetch_sub_explicit(&queue->in_flight, 1, memory_order_relaxed);
            emu_io_finish(io, STATUS_INSUFFICIENT_RESOURCES, 0);
        }
    }
}

static void threads_cancel(struct emu_engine_queue *queue, struct emu_io *io)
{
    struct pool *pool = pool_of(io);
    struct emu_list *pos;

    (void)queue;
    atomic_store(&io->cancel_requested, true);
    pthread_mutex_lock(&pool->lock);
    emu_list_for_each(pos, &pool->busy) {
        struct worker *worker = EMU_CONTAINER(pos, struct worker, link);

        if (worker->io == io && worker->wake_fd >= 0)
            (void)!eventfd_write(worker->wake_fd, 1);
    }
    pthread_mutex_unlock(&pool->lock);
    /* One that still waits for a worker ends when a worker picks it up and sees the flag. */
}

static struct emu_engine_queue *threads_queue_create(uint32_t depth)
{
    struct emu_engine_queue *queue = calloc(1, sizeof *queue);

    (void)depth;
    if (queue)
        queue->ops = &emu_engine_threads;
    return queue;
}

static void threads_queue_destroy(struct emu_engine_queue *queue)
{
    free(queue);
}

static bool threads_watch(struct emu_engine_queue *queue)
{
    (void)queue; /* the workers finish what they run: nobody needs to drive */
    return true;
}

static void pool_after_fork(struct pool *pool)
{
    /* The child has no workers, and what they ran is the parent's. */
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    emu_list_init(&pool->queue);
    emu_list_init(&pool->busy);
    pool->idle = pool->workers = pool->queued = 0;
}

static void after_fork_child(void)
{
    pool_after_fork(&disk_pool);
    pool_after_fork(&stream_pool);
}

static int threads_probe(char *reason, size_t reason_nbytes)
{
    static atomic_flag registered = ATOMIC_FLAG_INIT;

    if (!atomic_flag_test_and_set(&registered))
        emu_fork_register(NULL, NULL, after_fork_child);
    if (reason_nbytes)
        reason[0] = '\0';
    return 0;
}

const struct emu_engine_ops emu_engine_threads = {
    .version = EMU_ENGINE_VERSION,
    .name = "threads",
    .driven = false,
    .probe = threads_probe,
    .queue_create = threads_queue_create,
    .queue_destroy = threads_queue_destroy,
    .submit = threads_submit,
    .push = threads_submit,
    .cancel = threads_cancel,
    .drive = emu_engine_no_drive,
    .watch = threads_watch,
    .register_files = emu_engine_no_files,
    .register_buffers = emu_engine_no_buffers,
};

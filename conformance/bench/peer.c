/* SPDX-License-Identifier: MIT */
/*
 * The peer: liburing by the book. Each set-up registers the ring's own descriptor, sizes the ring to the
 * depth, takes completions in batches, and enters the kernel once a round.
 */
#include "conformance/bench/side.h"

#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

struct peer {
    struct bench_side side;
    struct io_uring ring;
    int fd;
};

enum { PEER_DEFAULT, PEER_COOP, PEER_DEFER };

static bool fail(struct bench_side *side, const char *what, int code)
{
    snprintf(side->error, sizeof(side->error), "%s: %s", what, strerror(code < 0 ? -code : code));
    return false;
}

static inline bool build(struct peer *p, uint64_t now)
{
    struct bench_flight *f = &p->side.flight;
    const struct bench_work *work = f->work;
    struct io_uring_sqe *sqe = io_uring_get_sqe(&p->ring);
    uint64_t offset;
    uint32_t slot;

    if (!sqe)
        return fail(&p->side, "io_uring_get_sqe", EBUSY);
    slot = bench_flight_start(f, now, &offset);
    if (work->registered) {
        io_uring_prep_read_fixed(sqe, 0, work->buffer[slot], work->size, offset,
                                 (int)(slot % work->slots));
        sqe->flags |= IOSQE_FIXED_FILE;
    } else {
        io_uring_prep_read(sqe, p->fd, work->buffer[slot], work->size, offset);
    }
    io_uring_sqe_set_data64(sqe, slot);
    return true;
}

static inline uint32_t reap(struct peer *p, uint32_t count)
{
    const struct bench_work *work = p->side.flight.work;
    struct io_uring_cqe *cqes[BENCH_BATCH];
    uint32_t reaped = 0;

    while (reaped < count) {
        uint32_t want = count - reaped < BENCH_BATCH ? count - reaped : BENCH_BATCH;
        uint32_t got = io_uring_peek_batch_cqe(&p->ring, cqes, want);

        for (uint32_t i = 0; i < got; i++)
            bench_flight_end(&p->side.flight, (uint32_t)cqes[i]->user_data,
                             cqes[i]->res == (int)work->size);
        io_uring_cq_advance(&p->ring, got);
        reaped += got;
        if (!got)
            break;
    }
    return reaped;
}

static bool collect(struct peer *p, uint32_t count)
{
    enum bench_wait wait = p->side.flight.work->wait;
    int result =
        wait == BENCH_WAIT ? io_uring_submit_and_wait(&p->ring, count) : io_uring_submit(&p->ring);
    uint32_t reaped;

    if (result < 0)
        return fail(&p->side, "io_uring_submit", result);
    reaped = reap(p, count);
    while (reaped < count) {
        if (wait != BENCH_POLL &&
            (result = io_uring_submit_and_wait(&p->ring, count - reaped)) < 0 && result != -EINTR)
            return fail(&p->side, "io_uring_submit_and_wait", result);
        reaped += reap(p, count - reaped);
    }
    return true;
}

static bool peer_round(struct bench_side *side)
{
    struct peer *p = (struct peer *)side;
    uint32_t batch = side->flight.work->batch;
    uint64_t now = bench_flight_clock(&side->flight);

    for (uint32_t i = 0; i < batch; i++)
        if (!build(p, now))
            return false;
    return collect(p, batch);
}

static unsigned setup_flags(int setup, enum bench_wait wait)
{
    /* Who polls must see that there is work to be run; who waits enters the kernel anyway. */
    unsigned seen = wait == BENCH_WAIT ? 0 : IORING_SETUP_TASKRUN_FLAG;

    switch (setup) {
    case PEER_COOP:
        return IORING_SETUP_COOP_TASKRUN | seen;
    case PEER_DEFER:
        return IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | seen;
    default:
        return 0;
    }
}

static bool prepare(struct peer *p)
{
    const struct bench_work *work = p->side.flight.work;
    struct iovec vectors[BENCH_MAX_DEPTH];
    int result;

    io_uring_register_ring_fd(&p->ring); /* a gain where the kernel has it, from 5.18 */
    if (work->registered) {
        for (size_t i = 0; i < work->slots; i++)
            vectors[i] = (struct iovec){work->buffer[i], work->size};
        if ((result = io_uring_register_files(&p->ring, &p->fd, 1)) < 0 ||
            (result = io_uring_register_buffers(&p->ring, vectors, (unsigned)work->slots)) < 0)
            return fail(&p->side, "registration", result);
    }
    for (uint32_t i = work->batch; i < work->depth; i++)
        if (!build(p, 0))
            return false;
    result = io_uring_submit(&p->ring);
    return result >= 0 || fail(&p->side, "io_uring_submit", result);
}

static bool peer_open(struct bench_side *side)
{
    struct peer *p = (struct peer *)side;
    const struct bench_work *work = side->flight.work;
    struct io_uring_params params = {.flags = setup_flags(side->ops->setup, work->wait)};
    int result;

    p->fd = open(work->path, O_RDONLY | O_CLOEXEC | (work->direct ? O_DIRECT : 0));
    if (p->fd < 0)
        return fail(side, work->path, errno);
    result = io_uring_queue_init_params(work->depth, &p->ring, &params);
    if (result < 0) {
        close(p->fd);
        return fail(side, "io_uring_setup", result);
    }
    if (prepare(p))
        return true;
    io_uring_queue_exit(&p->ring);
    close(p->fd);
    return false;
}

static void peer_close(struct bench_side *side)
{
    struct peer *p = (struct peer *)side;

    collect(p, side->flight.work->depth - side->flight.free_count);
    io_uring_queue_exit(&p->ring);
    close(p->fd);
}

#define PEER(its_name, its_setup)                                                               \
    {                                                                                           \
        .name = its_name, .nbytes = sizeof(struct peer), .setup = its_setup, .open = peer_open, \
        .round = peer_round, .close = peer_close,                                               \
    }

const struct bench_side_ops bench_peers[] = {
    PEER("default", PEER_DEFAULT),
    PEER("COOP_TASKRUN", PEER_COOP),
    PEER("SINGLE_ISSUER+DEFER_TASKRUN", PEER_DEFER),
};
const size_t bench_peer_count = sizeof(bench_peers) / sizeof(bench_peers[0]);

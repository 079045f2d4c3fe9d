// SPDX-License-Identifier: MIT
/*
 * The simulated engine itself: operations are kept until somebody chooses that they end; then the
 * transfer is made with plain system calls.
 */
#include "emu/engine/engines.h"
#include "emu/engine/sim.h"
#include "emu/engine/transfer.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/* How long, by the machine's clock, to wait for what others than this process do. */
#define OUTSIDE_MS 20

#define sim emu_sim_state

static void offer_outcomes(struct emu_sim_offer *offer, enum ringer_sim_act act,
                           const struct emu_io *io, uint32_t number)
{
    static const enum ringer_sim_outcome all[] = {RINGER_SIM_DEVICE_ERROR, RINGER_SIM_NO_MEMORY,
                                                  RINGER_SIM_DISK_FULL};

    emu_sim_offer(offer, act, RINGER_SIM_AS_IT_IS, number);
    if (atomic_load(&io->cancel_requested))
        emu_sim_offer(offer, act, RINGER_SIM_CANCELLED, number);
    for (size_t i = 0; emu_sim_faults_left() && i < sizeof all / sizeof all[0]; i++)
        if ((sim.params.faults & all[i]) &&
            (all[i] != RINGER_SIM_DISK_FULL || io->op == EMU_IO_WRITE))
            emu_sim_offer(offer, act, all[i], number);
}

/* A number of ours while the io is with us: no file is ever registered with this engine. */
static uint32_t *number_of(struct emu_io *io)
{
    return &io->fixed_file;
}

static struct pollfd poll_of(const struct emu_io *io)
{
    return (struct pollfd){io->file->fd, io->op == EMU_IO_WRITE ? POLLOUT : POLLIN, 0};
}

static bool is_ready(const struct emu_io *io)
{
    struct pollfd fd = poll_of(io);

    return !emu_file_is_stream(io->file) || io->op == EMU_IO_FLUSH ||
           atomic_load(&io->cancel_requested) || poll(&fd, 1, 0) > 0;
}

static NTSTATUS status_of(enum ringer_sim_outcome outcome)
{
    switch (outcome) {
    case RINGER_SIM_CANCELLED:
        return STATUS_CANCELLED;
    case RINGER_SIM_DEVICE_ERROR:
        return STATUS_IO_DEVICE_ERROR;
    case RINGER_SIM_NO_MEMORY:
        return STATUS_INSUFFICIENT_RESOURCES;
    default:
        return STATUS_DISK_FULL;
    }
}

static int64_t run(const struct emu_io *io)
{
    ssize_t n;

    /* Whether bytes are on the medium nobody can see, and it takes longer than all the rest. */
    if (io->op == EMU_IO_FLUSH && io->file->kind == EMU_FILE_DISK)
        return 0;
    if (io->op != EMU_IO_READ || io->segments || emu_file_is_stream(io->file))
        return emu_transfer_run(io);
    /* The most frequent by the shorter way: no list of pieces for the kernel to fetch. */
    n = pread(io->file->fd, (void *)((uintptr_t)io->buffer + io->done_nbytes),
              io->length - io->done_nbytes, (off_t)(io->offset + io->done_nbytes));
    return n < 0 ? -errno : n;
}

/* Sets the outcome. False: it cannot go on yet after all (a stream that somebody emptied). */
static bool transfer(struct emu_io *io, enum ringer_sim_outcome outcome)
{
    int64_t result;

    if (outcome != RINGER_SIM_AS_IT_IS) {
        io->status = status_of(outcome);
        io->information = emu_transfer_sent(io);
        return true;
    }
    do {
        if (!is_ready(io))
            return false;
        result = run(io);
    } while (!emu_transfer_step(io, result));
    return true;
}

static void touch_operation(struct emu_sim_step *step, struct emu_io *io, bool moves)
{
    uint64_t to = io->flags & EMU_IO_APPEND ? UINT64_MAX : io->offset + io->length;

    emu_sim_step_add(step, RINGER_SIM_OPERATION, true, *number_of(io), io->op, io->op + 1u);
    if (io->op == EMU_IO_FLUSH || !moves)
        return;
    if (emu_file_is_stream(io->file))
        emu_sim_step_add(step, RINGER_SIM_FILE, true, emu_sim_file_id(io->file), 0, UINT64_MAX);
    else
        emu_sim_step_add(step, RINGER_SIM_FILE, io->op == EMU_IO_WRITE, emu_sim_file_id(io->file),
                         io->offset, to);
    if (io->segments)
        emu_sim_step_add(step, RINGER_SIM_MEMORY, io->op == EMU_IO_READ, 0, 0, UINT64_MAX);
    else
        emu_sim_step_add(step, RINGER_SIM_MEMORY, io->op == EMU_IO_READ, 0, (uintptr_t)io->buffer,
                         (uintptr_t)io->buffer + io->length);
}

static void finish(struct emu_io *io, struct ringer_sim_option option)
{
    struct emu_engine_queue *queue = io->queue;
    struct emu_sim_step step;

    emu_sim_step_begin(&step, option, 0);
    touch_operation(&step, io, option.outcome == RINGER_SIM_AS_IT_IS);
    if (transfer(io, option.outcome)) {
        atomic_fetch_sub_explicit(&queue->in_flight, 1, memory_order_relaxed);
        emu_io_finish(io, io->status, io->information);
    } else {
        emu_list_append(&sim.pending, &io->link);
    }
    emu_sim_step_end(&step);
}

static void start(struct emu_engine_queue *queue, struct emu_io *io)
{
    bool pends = io->file->unbuffered || emu_file_is_stream(io->file);
    struct emu_sim_offer offer = {0};
    struct ringer_sim_option chosen;
    struct emu_sim_step step;

    emu_engine_move(io, queue);
    io->flags &= ~(uint32_t)(EMU_IO_FIXED_FILE | EMU_IO_FIXED_BUFFER);
    *number_of(io) = ++sim.operations;
    atomic_fetch_add_explicit(&queue->in_flight, 1, memory_order_relaxed);
    /* [R] IS14, IA1: cached transfers mostly end inside Submit, others mostly do not; either may. */
    if (emu_sim_self()->quiet) /* to end at once is to end next: a runtime's program cannot tell */
        pends = true;
    if (pends)
        emu_sim_offer(&offer, RINGER_SIM_PEND, 0, sim.operations);
    if (is_ready(io))
        offer_outcomes(&offer, RINGER_SIM_INLINE, io, sim.operations);
    if (!pends)
        emu_sim_offer(&offer, RINGER_SIM_PEND, 0, sim.operations);
    chosen = emu_sim_ask(RINGER_SIM_AT_START, &offer);
    if (chosen.act == RINGER_SIM_INLINE) {
        finish(io, chosen);
        return;
    }
    emu_sim_step_begin(&step, chosen, RINGER_SIM_CALL_SUBMIT);
    emu_sim_step_add(&step, RINGER_SIM_OPERATION, true, sim.operations, io->op, io->op + 1u);
    emu_io_sim_found(io); /* by what number its user knows it */
    emu_list_append(&sim.pending, &io->link);
    emu_sim_step_end(&step);
}

static struct emu_io *find_operation(uint32_t number)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &sim.pending) {
        struct emu_io *io = EMU_CONTAINER(pos, struct emu_io, link);

        if (*number_of(io) == number)
            return io;
    }
    return NULL;
}

void emu_sim_offer_operations(struct emu_sim_offer *offer)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &sim.pending) {
        struct emu_io *io = EMU_CONTAINER(pos, struct emu_io, link);

        if (is_ready(io))
            offer_outcomes(offer, RINGER_SIM_COMPLETE, io, *number_of(io));
    }
}

void emu_sim_complete(struct ringer_sim_option option)
{
    struct emu_io *io = find_operation(option.subject);

    if (io) {
        emu_list_remove(&io->link);
        finish(io, option);
    }
}

uint32_t emu_sim_cancel_pending(void)
{
    uint32_t count = 0;
    struct emu_list *pos;

    for (; (pos = emu_list_take_first(&sim.pending)); count++) {
        struct emu_io *io = EMU_CONTAINER(pos, struct emu_io, link);

        finish(io, (struct ringer_sim_option){RINGER_SIM_COMPLETE, RINGER_SIM_CANCELLED,
                                              *number_of(io)});
    }
    return count;
}

/* Peers outside of this process have their own time; only when nothing else can happen. */
bool emu_sim_outside(void)
{
    struct pollfd fds[EMU_SIM_OPTIONS];
    struct emu_list *pos;
    nfds_t count = 0;

    emu_list_for_each(pos, &sim.pending) {
        struct emu_io *io = EMU_CONTAINER(pos, struct emu_io, link);

        if (emu_file_is_stream(io->file) && count < EMU_SIM_OPTIONS)
            fds[count++] = poll_of(io);
    }
    return count && poll(fds, count, OUTSIDE_MS) > 0;
}

/* ---- the engine ---- */

static int sim_probe(char *reason, size_t reason_nbytes)
{
    if (reason_nbytes)
        reason[0] = '\0';
    return 0;
}

static void sim_chosen(void)
{
    emu_sim = &emu_sim_hooks;
}

static struct emu_engine_queue *sim_queue_create(uint32_t depth)
{
    struct emu_engine_queue *queue = calloc(1, sizeof *queue);

    (void)depth;
    if (queue)
        queue->ops = &emu_engine_sim;
    return queue;
}

static void sim_queue_destroy(struct emu_engine_queue *queue)
{
    free(queue);
}

static void sim_submit(struct emu_engine_queue *queue, struct emu_list *batch)
{
    struct emu_list *node;

    while ((node = emu_list_take_first(batch)))
        start(queue, EMU_CONTAINER(node, struct emu_io, link));
}

/* From now on it may end as cancelled, or as it would have. */
static void sim_cancel(struct emu_engine_queue *queue, struct emu_io *io)
{
    struct ringer_sim_access access = {RINGER_SIM_OPERATION, true, *number_of(io), 0, 1};

    (void)queue;
    emu_sim_touched(&access);
}

static bool sim_watch(struct emu_engine_queue *queue)
{
    (void)queue; /* whatever goes on goes on in whoever's turn it is */
    return true;
}

const struct emu_engine_ops emu_engine_sim = {
    .version = EMU_ENGINE_VERSION,
    .name = "sim",
    .driven = false,
    .probe = sim_probe,
    .chosen = sim_chosen,
    .queue_create = sim_queue_create,
    .queue_destroy = sim_queue_destroy,
    .submit = sim_submit,
    .push = sim_submit,
    .cancel = sim_cancel,
    .drive = emu_engine_no_drive,
    .watch = sim_watch,
    .register_files = emu_engine_no_files,
    .register_buffers = emu_engine_no_buffers,
};

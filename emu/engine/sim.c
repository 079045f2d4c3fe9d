// SPDX-License-Identifier: MIT
/*
 * The engine that does whatever Windows may do. Operations are kept until somebody chooses that they
 * end; then the transfer is made with plain system calls, so data comes from real files and nothing of
 * the machine's timing shows. What is offered where: docs/response-space.md.
 */
#include "emu/engine/sim.h"

#include "emu/base/mutant.h"
#include "emu/engine/engines.h"
#include "emu/engine/transfer.h"
#include "emu/syscall.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define START_NS UINT64_C(1000000000)
#define TICK_NS 100u /* a look at the clock: time passes, the same way each time */
#define MOST_ACCESSES 16u
#define MOST_FILES 64u
/* How long, by the machine's clock, to wait for what others than this process do. */
#define OUTSIDE_MS 20

struct held_signal {
    struct emu_list link;
    struct emu_object *event; /* a reference */
    void (*set)(struct emu_object *event);
    uint32_t id;
};

/* What happens now; what it leads to (a drain that ends, say) happens inside it. */
struct step {
    struct step *outer;
    struct ringer_sim_option option;
    enum ringer_sim_call call;
    uint32_t count;
    bool told;
    struct ringer_sim_access accesses[MOST_ACCESSES];
};

struct emu_sim emu_sim_state = {
    .now_ns = START_NS,
    .pending = {&emu_sim_state.pending, &emu_sim_state.pending},
    .signals = {&emu_sim_state.signals, &emu_sim_state.signals},
    .threads = {&emu_sim_state.threads, &emu_sim_state.threads},
};
#define sim emu_sim_state

static struct step *current;

/* Files by what they are, not by their handles: a second handle reaches the same bytes. */
static struct {
    dev_t dev;
    ino_t ino;
} files[MOST_FILES];
static uint32_t file_count;

/* ---- steps ---- */

static void tell(struct step *step)
{
    struct ringer_sim_step told = {
        .choice = sim.choices,
        .thread = emu_sim_self()->ordinal,
        .option = step->option,
        .call = step->call,
        .access_count = step->count,
        .accesses = step->accesses,
    };

    if (sim.running && sim.params.step)
        sim.params.step(sim.params.context, &told);
    step->told = true;
    step->count = 0;
}

static void begin(struct step *step, struct ringer_sim_option option, enum ringer_sim_call call)
{
    if (current && (current->count || !current->told))
        tell(current); /* in order: what it led to comes behind it */
    step->outer = current;
    step->option = option;
    step->call = call;
    step->count = 0;
    step->told = false;
    current = step;
}

static void end(struct step *step)
{
    if (step->count || !step->told)
        tell(step);
    current = step->outer;
}

static void add(struct step *step, enum ringer_sim_resource resource, bool write, uint32_t id,
                uint64_t from, uint64_t to)
{
    if (step->count == MOST_ACCESSES)
        tell(step);
    step->accesses[step->count++] =
        (struct ringer_sim_access){(uint16_t)resource, write, id, from, to};
}

static void touched(const struct ringer_sim_access *access)
{
    struct step step;

    if (current) {
        add(current, access->resource, access->write, access->id, access->from, access->to);
        return;
    }
    begin(&step, (struct ringer_sim_option){RINGER_SIM_GO_ON, 0, 0}, RINGER_SIM_CALL_OTHER);
    add(&step, access->resource, access->write, access->id, access->from, access->to);
    end(&step);
}

static uint32_t id_of(uint32_t *id)
{
    /* {generation : 8, number : 24}: what is left of an earlier run gets a new one. */
    if (*id >> 24 != (sim.generation & 0xFF) || !(*id & 0xFFFFFF))
        *id = (sim.generation & 0xFF) << 24 | (++sim.next_id & 0xFFFFFF);
    return *id & 0xFFFFFF;
}

static uint32_t file_number(const struct emu_file *file)
{
    struct stat st;
    uint32_t i = 0;

    if (file->fd < 0 || fstat(file->fd, &st) != 0)
        return 0;
    while (i < file_count && (files[i].dev != st.st_dev || files[i].ino != st.st_ino))
        i++;
    if (i == file_count && i < MOST_FILES) {
        files[i].dev = st.st_dev;
        files[i].ino = st.st_ino;
        file_count++;
    }
    return i + 1; /* those beyond the table count as one file */
}

static uint32_t file_id(struct emu_file *file)
{
    uint32_t *id = &file->obj.sim_id;

    /* Of this generation already? Else looked up once, as its bytes are not its handle's alone. */
    if (*id >> 24 != (sim.generation & 0xFF) || !(*id & 0xFFFFFF))
        *id = (sim.generation & 0xFF) << 24 | file_number(file);
    return *id & 0xFFFFFF;
}

/* ---- choices ---- */

void emu_sim_offer(struct emu_sim_offer *offer, enum ringer_sim_act act, uint32_t outcome,
                   uint32_t subject)
{
    if (offer->count < EMU_SIM_OPTIONS)
        offer->options[offer->count++] =
            (struct ringer_sim_option){(uint16_t)act, (uint16_t)outcome, subject};
}

static uint32_t faults_left(void)
{
    return sim.params.most_faults > sim.faults ? sim.params.most_faults - sim.faults : 0;
}

static bool is_fault(struct ringer_sim_option option)
{
    return option.act == RINGER_SIM_REFUSE || option.outcome > RINGER_SIM_CANCELLED;
}

struct ringer_sim_option emu_sim_ask(enum ringer_sim_where where, const struct emu_sim_offer *offer)
{
    struct ringer_sim_choice choice = {where, emu_sim_self()->ordinal, offer->count, faults_left(),
                                       offer->options};
    uint32_t i = 0;

    if (offer->count > 1 && sim.running && (sim.params.spaces & where)) {
        if (sim.params.choose)
            i = sim.params.choose(sim.params.context, &choice);
        if (i >= offer->count)
            i = 0;
        sim.choices++;
    }
    if (is_fault(offer->options[i]))
        sim.faults++;
    return offer->options[i];
}

static void offer_outcomes(struct emu_sim_offer *offer, enum ringer_sim_act act,
                           const struct emu_io *io, uint32_t number)
{
    static const enum ringer_sim_outcome all[] = {RINGER_SIM_DEVICE_ERROR, RINGER_SIM_NO_MEMORY,
                                                  RINGER_SIM_DISK_FULL};

    emu_sim_offer(offer, act, RINGER_SIM_AS_IT_IS, number);
    if (atomic_load(&io->cancel_requested))
        emu_sim_offer(offer, act, RINGER_SIM_CANCELLED, number);
    for (size_t i = 0; faults_left() && i < sizeof all / sizeof all[0]; i++)
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

/* ---- operations ---- */

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

/* Sets the outcome. False: it cannot go on yet after all (a stream that somebody emptied). */
static bool transfer(struct emu_io *io, enum ringer_sim_outcome outcome)
{
    int64_t result;

    if (outcome != RINGER_SIM_AS_IT_IS) {
        io->status = status_of(outcome);
        io->information = 0;
        return true;
    }
    do {
        if (!is_ready(io))
            return false;
        result = emu_transfer_run(io);
    } while (!emu_transfer_step(io, result));
    return true;
}

static void touch_operation(struct step *step, struct emu_io *io, bool moves)
{
    uint64_t to = io->flags & EMU_IO_APPEND ? UINT64_MAX : io->offset + io->length;

    add(step, RINGER_SIM_OPERATION, true, *number_of(io), 0, 1);
    if (io->op == EMU_IO_FLUSH || !moves)
        return;
    if (emu_file_is_stream(io->file))
        add(step, RINGER_SIM_FILE, true, file_id(io->file), 0, UINT64_MAX);
    else
        add(step, RINGER_SIM_FILE, io->op == EMU_IO_WRITE, file_id(io->file), io->offset, to);
    if (io->segments)
        add(step, RINGER_SIM_MEMORY, io->op == EMU_IO_READ, 0, 0, UINT64_MAX);
    else
        add(step, RINGER_SIM_MEMORY, io->op == EMU_IO_READ, 0, (uintptr_t)io->buffer,
            (uintptr_t)io->buffer + io->length);
}

static void finish(struct emu_io *io, struct ringer_sim_option option)
{
    struct emu_engine_queue *queue = io->queue;
    struct step step;

    begin(&step, option, 0);
    touch_operation(&step, io, option.outcome == RINGER_SIM_AS_IT_IS);
    if (transfer(io, option.outcome)) {
        atomic_fetch_sub_explicit(&queue->in_flight, 1, memory_order_relaxed);
        emu_io_finish(io, io->status, io->information);
    } else {
        emu_list_append(&sim.pending, &io->link);
    }
    end(&step);
}

static void start(struct emu_engine_queue *queue, struct emu_io *io)
{
    bool pends = io->file->unbuffered || emu_file_is_stream(io->file);
    struct emu_sim_offer offer = {0};
    struct ringer_sim_option chosen;
    struct step step;

    emu_engine_move(io, queue);
    io->flags &= ~(uint32_t)(EMU_IO_FIXED_FILE | EMU_IO_FIXED_BUFFER);
    *number_of(io) = ++sim.operations;
    atomic_fetch_add_explicit(&queue->in_flight, 1, memory_order_relaxed);
    /* [R] IS14, IA1: cached transfers mostly end inside Submit, others mostly do not; either may. */
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
    begin(&step, chosen, RINGER_SIM_CALL_SUBMIT);
    add(&step, RINGER_SIM_OPERATION, true, sim.operations, 0, 1);
    emu_list_append(&sim.pending, &io->link);
    end(&step);
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

/* ---- what may happen in the world ---- */

static void offer_operations(struct emu_sim_offer *offer)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &sim.pending) {
        struct emu_io *io = EMU_CONTAINER(pos, struct emu_io, link);

        if (is_ready(io))
            offer_outcomes(offer, RINGER_SIM_COMPLETE, io, *number_of(io));
    }
    emu_list_for_each(pos, &sim.signals) {
        struct held_signal *held = EMU_CONTAINER(pos, struct held_signal, link);

        emu_sim_offer(offer, RINGER_SIM_SIGNAL, 0, held->id);
    }
}

void emu_sim_offer_world(struct emu_sim_offer *offer)
{
    offer_operations(offer);
    emu_sim_offer_threads(offer);
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

static void signal_held(uint32_t id)
{
    struct emu_list *pos, *next;

    emu_list_for_each_safe(pos, next, &sim.signals) {
        struct held_signal *held = EMU_CONTAINER(pos, struct held_signal, link);

        if (held->id != id)
            continue;
        emu_list_remove(&held->link);
        held->set(held->event);
        emu_object_release(held->event);
        free(held);
        return;
    }
}

void emu_sim_do(struct ringer_sim_option option)
{
    struct emu_io *io;
    struct step step;

    switch (option.act) {
    case RINGER_SIM_COMPLETE:
        io = find_operation(option.subject);
        if (io) {
            emu_list_remove(&io->link);
            finish(io, option);
        }
        break;
    case RINGER_SIM_SIGNAL:
        begin(&step, option, 0);
        add(&step, RINGER_SIM_EVENT, true, option.subject, 0, 1);
        signal_held(option.subject);
        end(&step);
        break;
    case RINGER_SIM_SWITCH:
        emu_sim_switch_to(option.subject);
        break;
    case RINGER_SIM_EXPIRE:
        begin(&step, option, RINGER_SIM_CALL_WAIT);
        add(&step, RINGER_SIM_TIME, true, 0, 0, 1);
        emu_sim_expire(option.subject);
        end(&step);
        break;
    default:
        break;
    }
}

/* ---- the points ---- */

static void before(enum ringer_sim_call call, bool idle, const struct ringer_sim_access *accesses,
                   uint32_t count)
{
    const struct ringer_sim_option go_on = {RINGER_SIM_GO_ON, 0, 0};
    uint32_t most_idle = sim.params.most_idle ? sim.params.most_idle : 2;
    struct emu_sim_thread *self = emu_sim_self();
    struct step step;

    for (;;) {
        struct emu_sim_offer offer = {0};
        struct ringer_sim_option chosen;

        if (!idle)
            emu_sim_offer(&offer, RINGER_SIM_GO_ON, 0, 0);
        emu_sim_offer_world(&offer);
        /* Nobody looks for ever and finds nothing, while there is something to come. */
        if (idle && (!offer.count || self->idle < most_idle))
            emu_sim_offer(&offer, RINGER_SIM_GO_ON, 0, 0);
        chosen = emu_sim_ask(RINGER_SIM_AT_CALL, &offer);
        if (chosen.act == RINGER_SIM_GO_ON)
            break;
        emu_sim_do(chosen);
        self->idle = 0;
        idle = false;
        if (chosen.act == RINGER_SIM_SWITCH)
            break; /* whoever gets the turn makes his call: else two could pass it for ever */
    }
    if (idle)
        self->idle++;
    begin(&step, go_on, call);
    for (uint32_t i = 0; i < count; i++)
        add(&step, accesses[i].resource, accesses[i].write, accesses[i].id, accesses[i].from,
            accesses[i].to);
    end(&step);
}

static bool refuse_submit(void)
{
    struct emu_sim_offer offer = {0};

    if (!faults_left() || !(sim.params.faults & RINGER_SIM_REFUSALS))
        return false;
    emu_sim_offer(&offer, RINGER_SIM_ACCEPT, 0, 0);
    emu_sim_offer(&offer, RINGER_SIM_REFUSE, 0, 0);
    return emu_sim_ask(RINGER_SIM_AT_SUBMIT, &offer).act == RINGER_SIM_REFUSE;
}

static bool hold_event(struct emu_object *event, void (*set)(struct emu_object *event))
{
    struct emu_sim_offer offer = {0};
    uint32_t id = id_of(&event->sim_id);
    struct held_signal *held;

    emu_sim_offer(&offer, RINGER_SIM_AT_ONCE, 0, id);
    emu_sim_offer(&offer, RINGER_SIM_LATER, 0, id);
    if (emu_sim_ask(RINGER_SIM_AT_EVENT, &offer).act == RINGER_SIM_AT_ONCE)
        return false;
    held = malloc(sizeof *held);
    if (!held)
        return false;
    emu_object_acquire(event);
    *held = (struct held_signal){.event = event, .set = set, .id = id};
    emu_list_append(&sim.signals, &held->link);
    return true;
}

static bool retire_handle(void)
{
    struct emu_sim_offer offer = {0};

    emu_sim_offer(&offer, RINGER_SIM_REUSE, 0, 0);
    emu_sim_offer(&offer, RINGER_SIM_RETIRE, 0, 0);
    return emu_sim_ask(RINGER_SIM_AT_CLOSE, &offer).act == RINGER_SIM_RETIRE;
}

static uint64_t now_ns(void)
{
    return sim.now_ns += TICK_NS;
}

static void sleep_until(uint64_t deadline_ns)
{
    struct ringer_sim_access clock = {RINGER_SIM_TIME, true, 0, 0, 1};

    before(RINGER_SIM_CALL_OTHER, true, &clock, 1);
    if (deadline_ns != UINT64_MAX && deadline_ns > sim.now_ns)
        sim.now_ns = deadline_ns;
}

static const struct emu_sim_ops ops = {
    .wait = emu_sim_wait,
    .now_ns = now_ns,
    .sleep = sleep_until,
    .before = before,
    .touched = touched,
    .refuse_submit = refuse_submit,
    .hold_event = hold_event,
    .retire_handle = retire_handle,
    .id = id_of,
    .thread_made = emu_sim_thread_made,
    .thread_started = emu_sim_thread_started,
    .thread_ended = emu_sim_thread_ended,
};

/* ---- runs ---- */

int emu_nt_sim_begin(const struct ringer_sim_params *params)
{
    if (emu_engine() != &emu_engine_sim || sim.running || !params || params->size < sizeof *params)
        return 0;
    emu_sim_threads_reset();
    sim.params = *params;
    sim.running = true;
    sim.now_ns = START_NS;
    sim.choices = sim.operations = sim.faults = sim.stuck = 0;
    sim.next_id = 0;
    sim.generation++;
    file_count = 0;
    current = NULL;
    return 1;
}

int emu_nt_sim_end(struct ringer_sim_summary *summary)
{
    struct emu_list *pos;
    uint32_t pending = 0;

    if (!sim.running)
        return 0;
    sim.running = false;
    emu_list_for_each(pos, &sim.pending)
        pending++;
    if (summary && summary->size >= sizeof *summary)
        *summary = (struct ringer_sim_summary){summary->size, sim.choices,         sim.operations, sim.faults,
                                               pending,       sim.stuck, sim.now_ns - START_NS};
    while (!emu_list_empty(&sim.signals))
        signal_held(EMU_CONTAINER(sim.signals.next, struct held_signal, link)->id);
    while ((pos = emu_list_take_first(&sim.pending))) {
        struct emu_io *io = EMU_CONTAINER(pos, struct emu_io, link);

        finish(io, (struct ringer_sim_option){RINGER_SIM_COMPLETE, RINGER_SIM_CANCELLED, *number_of(io)});
    }
    return 1;
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
    emu_sim = &ops;
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
    touched(&access);
}

static void sim_drive(struct emu_engine_queue *queue, uint32_t min_count, uint64_t deadline_ns)
{
    (void)queue;
    (void)min_count;
    (void)deadline_ns;
}

static bool sim_watch(struct emu_engine_queue *queue)
{
    (void)queue; /* whatever goes on goes on in whoever's turn it is */
    return true;
}

static uint32_t sim_register_files(struct emu_engine_queue *queue, const int *fds, uint32_t count)
{
    (void)queue;
    (void)fds;
    (void)count;
    return 0;
}

static uint32_t sim_register_buffers(struct emu_engine_queue *queue,
                                     const struct emu_engine_buffer *buffers, uint32_t count)
{
    (void)queue;
    (void)buffers;
    (void)count;
    return 0;
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
    .drive = sim_drive,
    .watch = sim_watch,
    .register_files = sim_register_files,
    .register_buffers = sim_register_buffers,
};

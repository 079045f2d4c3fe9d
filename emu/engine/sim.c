// SPDX-License-Identifier: MIT
/*
 * The engine that does whatever Windows may do. Operations are kept until somebody chooses that they
 * end; then the transfer is made with plain system calls, so data comes from real files and nothing of
 * the machine's timing shows. What is offered where: docs/response-space.md.
 */
#include "emu/engine/sim.h"

#include "emu/engine/engines.h"
#include "emu/object/handle.h"
#include "emu/object/object.h"
#include "emu/syscall.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define START_NS UINT64_C(1000000000)
#define LEAST_SIZE offsetof(struct ringer_sim_params, stranger) /* what was added behind may be absent */
#define TICK_NS 100u /* a look at the clock: time passes, the same way each time */

struct held_signal {
    struct emu_list link;
    struct emu_object *event; /* a reference */
    void (*set)(struct emu_object *event);
    uint32_t id;
};

struct emu_sim emu_sim_state = {
    .now_ns = START_NS,
    .moves = 1, /* 0: nobody yielded then */
    .pending = {&emu_sim_state.pending, &emu_sim_state.pending},
    .signals = {&emu_sim_state.signals, &emu_sim_state.signals},
    .threads = {&emu_sim_state.threads, &emu_sim_state.threads},
    .later = {&emu_sim_state.later, &emu_sim_state.later},
};
#define sim emu_sim_state

/* ---- choices ---- */

void emu_sim_offer(struct emu_sim_offer *offer, enum ringer_sim_act act, uint32_t outcome,
                   uint32_t subject)
{
    if (offer->count < EMU_SIM_OPTIONS)
        offer->options[offer->count++] =
            (struct ringer_sim_option){(uint16_t)act, (uint16_t)outcome, subject};
}

uint32_t emu_sim_faults_left(void)
{
    return sim.params.most_faults > sim.faults ? sim.params.most_faults - sim.faults : 0;
}

static bool is_fault(struct ringer_sim_option option)
{
    return option.act == RINGER_SIM_REFUSE || option.outcome > RINGER_SIM_CANCELLED;
}

struct ringer_sim_option emu_sim_ask(enum ringer_sim_where where, const struct emu_sim_offer *offer)
{
    struct ringer_sim_choice choice = {where, emu_sim_self()->ordinal, offer->count,
                                       emu_sim_faults_left(), offer->options};
    uint32_t i = 0;

    /* Of a runtime's own calls only failures are anything that its program could tell apart. */
    if (offer->count > 1 && sim.running && (sim.params.spaces & where) &&
        (where == RINGER_SIM_AT_SUBMIT || where == RINGER_SIM_AT_WAIT || !emu_sim_self()->quiet)) {
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

/* ---- what may happen in the world ---- */

void emu_sim_offer_world(struct emu_sim_offer *offer)
{
    struct emu_list *pos;

    emu_sim_offer_operations(offer);
    emu_sim_offer_later(offer);
    emu_list_for_each(pos, &sim.signals) {
        struct held_signal *held = EMU_CONTAINER(pos, struct held_signal, link);

        emu_sim_offer(offer, RINGER_SIM_SIGNAL, 0, held->id);
    }
    emu_sim_offer_threads(offer);
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
    struct emu_sim_step step;

    sim.moves++;
    switch (option.act) {
    case RINGER_SIM_COMPLETE:
        if (!emu_sim_do_later(option))
            emu_sim_complete(option);
        break;
    case RINGER_SIM_SIGNAL:
        emu_sim_step_begin(&step, option, 0);
        emu_sim_step_add(&step, RINGER_SIM_EVENT, false, option.subject, 0, 1);
        signal_held(option.subject);
        emu_sim_step_end(&step);
        break;
    case RINGER_SIM_SWITCH:
        emu_sim_switch_to(option.subject);
        break;
    case RINGER_SIM_EXPIRE:
        emu_sim_step_begin(&step, option, RINGER_SIM_CALL_WAIT);
        emu_sim_step_add(&step, RINGER_SIM_TIME, true, 0, 0, 1);
        emu_sim_expire(option.subject);
        emu_sim_step_end(&step);
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
    struct emu_sim_step step;

    emu_sim_tell_uncalled();
    if (self->quiet) {
        for (uint32_t i = 0; i < count; i++)
            if (accesses[i].resource == RINGER_SIM_STATE)
                emu_sim_touched(&accesses[i]);
        if (self->serves && idle && call == RINGER_SIM_CALL_OTHER) /* it lets others go first */
            emu_sim_hand_on(self);
        return;
    }
    for (;;) {
        struct emu_sim_offer offer = {0};
        struct ringer_sim_option chosen;

        emu_sim_serve();

        if (!idle)
            emu_sim_offer(&offer, RINGER_SIM_GO_ON, 0, 0);
        emu_sim_offer_world(&offer);
        if (idle && !offer.count && emu_sim_newcomers())
            continue;
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
    sim.moves++;
    emu_sim_step_begin(&step, go_on, call);
    for (uint32_t i = 0; i < count; i++)
        emu_sim_step_add(&step, accesses[i].resource, accesses[i].write, accesses[i].id,
                         accesses[i].from, accesses[i].to);
    emu_sim_step_end(&step);
}

static void tell(enum ringer_sim_call call, const struct ringer_sim_access *access)
{
    struct emu_sim_step step;

    emu_sim_step_begin(&step, (struct ringer_sim_option){RINGER_SIM_GO_ON, 0, 0}, call);
    emu_sim_step_add(&step, access->resource, access->write, access->id, access->from, access->to);
    emu_sim_step_end(&step);
}

static bool refuse_submit(void)
{
    struct emu_sim_offer offer = {0};

    if (!emu_sim_faults_left() || !(sim.params.faults & RINGER_SIM_REFUSALS))
        return false;
    emu_sim_offer(&offer, RINGER_SIM_ACCEPT, 0, 0);
    emu_sim_offer(&offer, RINGER_SIM_REFUSE, 0, 0);
    return emu_sim_ask(RINGER_SIM_AT_SUBMIT, &offer).act == RINGER_SIM_REFUSE;
}

static bool hold_event(struct emu_object *event, void (*set)(struct emu_object *event))
{
    struct emu_sim_offer offer = {0};
    uint32_t id = emu_sim_id(&event->sim_id);
    struct held_signal *held;

    if (event->sim_id == EMU_SIM_OWN)
        return false;
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

const struct emu_sim_ops emu_sim_hooks = {
    .wait = emu_sim_wait,
    .now_ns = now_ns,
    .sleep = sleep_until,
    .before = before,
    .tell = tell,
    .touched = emu_sim_touched,
    .refuse_submit = refuse_submit,
    .hold_event = hold_event,
    .retire_handle = retire_handle,
    .id = emu_sim_id,
    .bytes = emu_sim_file_id,
    .thread_made = emu_sim_thread_made,
    .thread_started = emu_sim_thread_started,
    .thread_ended = emu_sim_thread_ended,
    .quiet = emu_sim_quiet,
    .unquiet = emu_sim_unquiet,
    .put_off = emu_sim_put_off,
    .call_off = emu_sim_call_off,
};

/* ---- runs ---- */

int emu_nt_sim_begin(const struct ringer_sim_params *params)
{
    if (emu_engine() != &emu_engine_sim || sim.running || !params || params->size < LEAST_SIZE)
        return 0;
    emu_sim_threads_reset();
    emu_handle_recall();
    sim.params = (struct ringer_sim_params){0};
    memcpy(&sim.params, params, params->size < sizeof *params ? params->size : sizeof *params);
    sim.running = true;
    sim.now_ns = START_NS;
    sim.choices = sim.operations = sim.faults = sim.stuck = 0;
    sim.next_id = 0;
    sim.generation++;
    emu_sim_steps_reset();
    return 1;
}

int emu_nt_sim_end(struct ringer_sim_summary *summary)
{
    struct ringer_sim_summary made = {
        .choices = sim.choices,
        .operations = sim.operations,
        .faults = sim.faults,
        .stuck = sim.stuck,
        .now_ns = sim.now_ns - START_NS,
    };

    if (!sim.running)
        return 0;
    sim.running = false;
    while (!emu_list_empty(&sim.signals))
        signal_held(EMU_CONTAINER(sim.signals.next, struct held_signal, link)->id);
    made.pending = emu_sim_cancel_pending();
    emu_sim_do_all_later();
    if (summary && summary->size >= sizeof *summary) {
        made.size = summary->size;
        *summary = made;
    }
    return 1;
}

// SPDX-License-Identifier: MIT
/*
 * Runtimes that are built on the kernel, as a simulation sees them: their threads have no turns of their
 * own but go on as soon as they can, and what they put off is an operation like those of rings, which
 * ends when somebody chooses that it does. So a program is offered what it can tell apart, no more.
 */
#include "emu/engine/sim.h"

#include <stdlib.h>

#define sim emu_sim_state
#define STEP_KIND 3u /* RINGER_SIM_OPERATION's */

struct put_off {
    struct emu_list link;
    uint32_t number;
    void (*due)(void *context);
    void *context;
};

void emu_sim_quiet(bool own)
{
    emu_sim_self()->quiet++;
    emu_sim_owning += own;
}

void emu_sim_unquiet(bool own)
{
    emu_sim_self()->quiet--;
    emu_sim_owning -= own;
}

/* ---- who serves ---- */

static struct emu_sim_thread *next(const struct emu_sim_thread *but)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &sim.threads) {
        struct emu_sim_thread *thread = EMU_CONTAINER(pos, struct emu_sim_thread, link);

        if (thread->serves && thread != but && thread->yielded != sim.moves &&
            emu_sim_can_run(thread))
            return thread;
    }
    return NULL;
}

void emu_sim_serve(void)
{
    struct emu_sim_thread *thread;

    if (!sim.servers)
        return;
    sim.served = emu_sim_self();
    while ((thread = next(NULL)))
        emu_sim_pass_to(thread);
}

bool emu_sim_unyield(void)
{
    sim.moves++;
    return next(NULL) != NULL;
}

struct emu_sim_thread *emu_sim_next_served(const struct emu_sim_thread *but)
{
    struct emu_sim_thread *thread = next(but);

    return thread ? thread : sim.served;
}

/* Until others have moved it is not asked again, unless it waits for something that comes. */
void emu_sim_hand_on(struct emu_sim_thread *thread)
{
    struct emu_sim_thread *to;

    if (!thread->waiting)
        thread->yielded = sim.moves;
    to = emu_sim_next_served(thread);
    emu_sim_pass_to(to);
}

/* ---- what is put off ---- */

uint32_t emu_sim_put_off(void (*due)(void *context), void *context)
{
    struct put_off *off = malloc(sizeof *off);
    struct emu_sim_step step;

    if (!off)
        abort(); /* there is no other way for it to go on */
    *off = (struct put_off){.number = ++sim.operations, .due = due, .context = context};
    emu_list_append(&sim.later, &off->link);
    emu_sim_step_begin(&step, (struct ringer_sim_option){RINGER_SIM_PEND, 0, off->number},
                       RINGER_SIM_CALL_OTHER);
    emu_sim_step_add(&step, RINGER_SIM_OPERATION, true, off->number, STEP_KIND, STEP_KIND + 1);
    emu_sim_step_end(&step);
    return off->number;
}

static struct put_off *find(uint32_t number)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &sim.later) {
        struct put_off *off = EMU_CONTAINER(pos, struct put_off, link);

        if (off->number == number)
            return off;
    }
    return NULL;
}

void emu_sim_call_off(uint32_t number)
{
    struct put_off *off = find(number);
    struct ringer_sim_access access = {RINGER_SIM_OPERATION, true, number, STEP_KIND,
                                       STEP_KIND + 1};

    emu_sim_touched(&access);
    if (off) {
        emu_list_remove(&off->link);
        free(off);
    }
}

void emu_sim_offer_later(struct emu_sim_offer *offer)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &sim.later)
        emu_sim_offer(offer, RINGER_SIM_COMPLETE, 0,
                      EMU_CONTAINER(pos, struct put_off, link)->number);
}

bool emu_sim_do_later(struct ringer_sim_option option)
{
    struct put_off *off = find(option.subject);
    struct emu_sim_step step;

    if (!off)
        return false;
    emu_list_remove(&off->link);
    emu_sim_step_begin(&step, option, 0);
    emu_sim_step_add(&step, RINGER_SIM_OPERATION, true, off->number, STEP_KIND, STEP_KIND + 1);
    emu_sim_quiet(false);
    off->due(off->context);
    emu_sim_unquiet(false);
    emu_sim_step_end(&step);
    free(off);
    return true;
}

void emu_sim_do_all_later(void)
{
    emu_sim_serve();
    while (!emu_list_empty(&sim.later)) {
        struct put_off *off = EMU_CONTAINER(sim.later.next, struct put_off, link);

        emu_sim_do_later((struct ringer_sim_option){RINGER_SIM_COMPLETE, 0, off->number});
        emu_sim_serve();
    }
}

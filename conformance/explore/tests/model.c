/* SPDX-License-Identifier: MIT */
/* The machine of the tests. */
#include "conformance/explore/tests/model.h"

#include "conformance/explore/player.h"

#include <stdio.h>
#include <string.h>

struct operation {
    bool pending, held, drains, may_inline, cancelled;
    uint8_t ring, cell, writes;
};

struct machine {
    const struct model *model;
    struct cf_player player;
    uint32_t choices, faults, thread;
    uint32_t at[MODEL_THREADS], idle[MODEL_THREADS];
    struct operation operations[MODEL_OPERATIONS + 1];
    uint32_t operation_count, buffers[MODEL_OPERATIONS + 1];
    uint32_t queue[MODEL_RINGS][MODEL_OPERATIONS], written[MODEL_RINGS], popped[MODEL_RINGS];
    bool closed[MODEL_RINGS];
    uint32_t cells[MODEL_CELLS];
    char seen[MODEL_THREADS + 1][128];
};

static void tell(struct machine *m, struct ringer_sim_option option, uint32_t call,
                 const struct ringer_sim_access *accesses, uint32_t count)
{
    cf_player_step(&m->player,
                   &(struct ringer_sim_step){m->choices, m->thread, option, call, count, accesses});
}

static struct ringer_sim_option ask(struct machine *m, uint32_t where,
                                    const struct ringer_sim_option *options, uint32_t count)
{
    struct ringer_sim_choice choice = {where, m->thread, count, m->model->most_faults - m->faults,
                                       options};
    uint32_t i = 0;

    if (count > 1) {
        i = cf_player_choose(&m->player, &choice);
        m->choices++;
    }
    m->faults += options[i].outcome > RINGER_SIM_CANCELLED;
    return options[i];
}

static void see(struct machine *m, uint32_t thread, const char *format, uint32_t value)
{
    size_t used = strlen(m->seen[thread]);

    snprintf(m->seen[thread] + used, sizeof(m->seen[thread]) - used, format, value);
}

static struct ringer_sim_access access(uint32_t resource, bool write, uint32_t id, uint64_t from)
{
    return (struct ringer_sim_access){(uint16_t)resource, write, id, from, from + 1};
}

static void start_held(struct machine *m, uint32_t ring);

static bool is_outstanding(const struct machine *m, uint32_t ring)
{
    for (uint32_t i = 1; i <= m->operation_count; i++)
        if (m->operations[i].pending && m->operations[i].ring == ring)
            return true;
    return false;
}

static bool is_holding(const struct machine *m, uint32_t ring)
{
    for (uint32_t i = 1; i <= m->operation_count; i++)
        if (m->operations[i].held && m->operations[i].ring == ring)
            return true;
    return false;
}

static void finish(struct machine *m, struct ringer_sim_option option)
{
    struct operation *op = &m->operations[option.subject];
    struct ringer_sim_access touched[8];
    uint32_t count = 0, ring = op->ring;

    touched[count++] = access(RINGER_SIM_OPERATION, true, option.subject, 0);
    touched[count++] = access(RINGER_SIM_PENDING, false, 1, option.subject);
    touched[count++] = access(RINGER_SIM_RING, false, ring + 1, 0);
    if (is_holding(m, ring)) /* it may be what they wait for */
        touched[count++] = access(RINGER_SIM_RING, true, ring + 1, 0);
    op->pending = false;
    if (!option.outcome) {
        touched[count++] = access(RINGER_SIM_FILE, op->writes, op->cell + 1u, 0);
        touched[count++] = access(RINGER_SIM_MEMORY, !op->writes, 0, option.subject);
        if (op->writes)
            m->cells[op->cell] = option.subject;
        else
            m->buffers[option.subject] = m->cells[op->cell] + 100;
    }
    if (!m->closed[ring]) {
        touched[count++] = access(RINGER_SIM_QUEUE, true, ring + 1, m->written[ring]);
        m->queue[ring][m->written[ring]++] = option.subject | (uint32_t)option.outcome << 8;
    }
    tell(m, option, 0, touched, count);
    if (!is_outstanding(m, ring))
        start_held(m, ring);
}

static bool can_run(const struct machine *m, uint32_t thread)
{
    const struct model_call *call = &m->model->calls[thread][m->at[thread]];

    return call->what != MODEL_END &&
           (call->what != MODEL_WAIT || m->written[call->a] - m->popped[call->a] >= call->b);
}

static uint32_t offer_world(const struct machine *m, struct ringer_sim_option *options)
{
    uint32_t count = 0;

    for (uint32_t i = 1; i <= m->operation_count; i++) {
        if (!m->operations[i].pending)
            continue;
        options[count++] = (struct ringer_sim_option){RINGER_SIM_COMPLETE, 0, i};
        if (m->operations[i].cancelled)
            options[count++] =
                (struct ringer_sim_option){RINGER_SIM_COMPLETE, RINGER_SIM_CANCELLED, i};
        if (m->faults < m->model->most_faults)
            options[count++] =
                (struct ringer_sim_option){RINGER_SIM_COMPLETE, RINGER_SIM_DEVICE_ERROR, i};
    }
    for (uint32_t t = 0; t < m->model->threads; t++)
        if (t != m->thread && can_run(m, t))
            options[count++] = (struct ringer_sim_option){RINGER_SIM_SWITCH, 0, t};
    return count;
}

/* False: somebody else's turn now. */
static bool does(struct machine *m, struct ringer_sim_option option)
{
    if (option.act == RINGER_SIM_COMPLETE)
        finish(m, option);
    else if (option.act == RINGER_SIM_SWITCH)
        m->thread = option.subject;
    return option.act != RINGER_SIM_SWITCH;
}

static bool before(struct machine *m, bool idle)
{
    const struct ringer_sim_option go_on = {RINGER_SIM_GO_ON, 0, 0};
    uint32_t self = m->thread;

    for (;;) {
        struct ringer_sim_option options[2 * MODEL_OPERATIONS + 8], chosen;
        uint32_t count = 0;

        if (!idle)
            options[count++] = go_on;
        count += offer_world(m, options + count);
        if (idle && (!count || m->idle[self] < MODEL_CALLS))
            options[count++] = go_on;
        chosen = ask(m, RINGER_SIM_AT_CALL, options, count);
        if (chosen.act == RINGER_SIM_GO_ON)
            break;
        m->idle[self] = 0;
        if (!does(m, chosen))
            return false;
        idle = false;
    }
    m->idle[self] += idle;
    return true;
}

static void begin(struct machine *m, uint32_t number)
{
    struct ringer_sim_option options[] = {{RINGER_SIM_PEND, 0, number},
                                          {RINGER_SIM_INLINE, 0, number}};
    struct operation *op = &m->operations[number];
    struct ringer_sim_option chosen;
    struct ringer_sim_access touched[] = {access(RINGER_SIM_OPERATION, true, number, 0),
                                          access(RINGER_SIM_PENDING, false, 1, number)};

    op->held = false;
    op->pending = true;
    chosen = op->may_inline ? ask(m, RINGER_SIM_AT_START, options, 2) : options[0];
    if (chosen.act == RINGER_SIM_INLINE)
        finish(m, chosen);
    else
        tell(m, chosen, 0, touched, 2);
}

/* In their order, up to the next that has to wait. */
static void start_held(struct machine *m, uint32_t ring)
{
    for (uint32_t i = 1; i <= m->operation_count; i++) {
        struct operation *op = &m->operations[i];

        if (!op->held || op->ring != ring)
            continue;
        if (op->drains && is_outstanding(m, ring))
            return;
        begin(m, i);
    }
}

static void start(struct machine *m, const struct model_call *call)
{
    uint32_t number = ++m->operation_count;
    bool drains = call->what == MODEL_DRAIN, waits = is_holding(m, call->a);
    struct ringer_sim_access counts =
        access(RINGER_SIM_RING, drains || waits, call->a + 1u, 0);

    m->operations[number] = (struct operation){.drains = drains,
                                               .held = true,
                                               .may_inline = call->what == MODEL_INLINE,
                                               .ring = call->a,
                                               .cell = call->b,
                                               .writes = call->c};
    m->buffers[number] = 99;
    tell(m, (struct ringer_sim_option){RINGER_SIM_GO_ON, 0, 0}, RINGER_SIM_CALL_SUBMIT, &counts, 1);
    if (!waits && !(drains && is_outstanding(m, call->a)))
        begin(m, number);
}

/* One call of the thread whose turn it is; false: it did not come to it. */
static bool make(struct machine *m, const struct model_call *call)
{
    const struct ringer_sim_option go_on = {RINGER_SIM_GO_ON, 0, 0};
    uint32_t self = m->thread, ring = call->a;
    struct ringer_sim_access touched;

    switch ((enum model_do)call->what) {
    case MODEL_START:
    case MODEL_INLINE:
    case MODEL_DRAIN:
        if (!m->model->batch && !before(m, false))
            return false;
        start(m, call);
        break;
    case MODEL_CANCEL:
        if (!before(m, false))
            return false;
        touched = access(RINGER_SIM_PENDING, true, 1, call->a);
        tell(m, go_on, RINGER_SIM_CALL_CANCEL, &touched, 1);
        m->operations[call->a].cancelled |= m->operations[call->a].pending;
        see(m, self, "x%u", m->operations[call->a].pending);
        break;
    case MODEL_POP:
        if (m->written[ring] == m->popped[ring]) {
            touched = access(RINGER_SIM_QUEUE, false, ring + 1, m->written[ring]);
            if (!before(m, true))
                return false;
            tell(m, go_on, RINGER_SIM_CALL_POP, &touched, 1);
        }
        if (m->written[ring] == m->popped[ring])
            see(m, self, "-", 0);
        else
            see(m, self, "p%u", m->queue[ring][m->popped[ring]++]);
        break;
    case MODEL_POINT:
    case MODEL_SHOUT:
        if (!before(m, false))
            return false;
        tell(m, go_on, RINGER_SIM_CALL_OTHER, NULL, 0);
        if (call->what == MODEL_SHOUT)
            see(m, MODEL_THREADS, "!%u", self);
        break;
    case MODEL_LOOK:
        if (!before(m, false))
            return false;
        touched = access(RINGER_SIM_MEMORY, false, 0, call->a);
        tell(m, go_on, RINGER_SIM_CALL_OTHER, &touched, !m->model->opaque);
        see(m, self, "m%u", m->buffers[call->a]);
        break;
    case MODEL_CELL:
        if (!before(m, false))
            return false;
        touched = access(RINGER_SIM_FILE, false, call->a + 1u, 0);
        tell(m, go_on, RINGER_SIM_CALL_FILE, &touched, 1);
        see(m, self, "c%u", m->cells[call->a]);
        break;
    case MODEL_CLOSE:
        if (!before(m, false))
            return false;
        touched = (struct ringer_sim_access){RINGER_SIM_QUEUE, 0, ring + 1, 0, m->popped[ring]};
        tell(m, go_on, RINGER_SIM_CALL_RING_END, &touched, 1);
        m->closed[ring] = true;
        break;
    case MODEL_WAIT:
    case MODEL_END:
        break;
    }
    return true;
}

/* The thread cannot go on: whatever can happen. False: nothing can. */
static bool wait_for_something(struct machine *m)
{
    struct ringer_sim_option options[2 * MODEL_OPERATIONS + 8];
    uint32_t count = offer_world(m, options);
    bool ended = m->model->calls[m->thread][m->at[m->thread]].what == MODEL_END;

    if (ended) { /* operations that nobody waits for end with the program */
        bool others = false;

        for (uint32_t t = 0; t < m->model->threads; t++)
            others |= m->model->calls[t][m->at[t]].what != MODEL_END;
        if (!others)
            return false;
    }
    if (!count)
        return false;
    does(m, ask(m, RINGER_SIM_AT_WAIT, options, count));
    return true;
}

void model_run(void *context, struct cf_area *area, struct cf_outcome_of_run *outcome)
{
    struct model *model = context;
    struct machine m = {.model = model};
    char text[1024] = "";

    if (model->runs_left && !--model->runs_left) {
        outcome->cannot = true;
        return;
    }
    cf_player_begin(&m.player, area);
    while (!area->asleep) {
        const struct model_call *call = &model->calls[m.thread][m.at[m.thread]];

        if (!can_run(&m, m.thread)) {
            if (!wait_for_something(&m))
                break;
        } else if (make(&m, call)) {
            m.at[m.thread]++;
        }
    }
    for (uint32_t r = 0; r < MODEL_RINGS; r++) {
        struct ringer_sim_access touched = {RINGER_SIM_QUEUE, 0, r + 1, 0, m.popped[r]};

        if (!m.closed[r] && !area->asleep)
            tell(&m, (struct ringer_sim_option){RINGER_SIM_GO_ON, 0, 0}, RINGER_SIM_CALL_RING_END,
                 &touched, 1);
    }
    area->ended = 1;
    for (uint32_t t = 0; t <= MODEL_THREADS; t++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s|", m.seen[t]);
    if (model->bad && strstr(text, model->bad)) {
        outcome->failed = true;
        snprintf(outcome->key, sizeof(outcome->key), "seen");
        snprintf(outcome->text, sizeof(outcome->text), "it saw %s", text);
    }
    if (model->seen && !area->asleep)
        model->seen(model->context, text);
}

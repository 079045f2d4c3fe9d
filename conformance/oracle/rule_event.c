/* SPDX-License-Identifier: MIT */
/*
 * The completion event is set when a completion enters an empty queue, and by nothing else. The rule
 * keeps, for each event, the last moment at which it was certainly unset and what was certain of its
 * ring then: from that follows whether an edge was possible, and whether one was unavoidable.
 */
#include "conformance/oracle/names.h"
#include "conformance/oracle/rule.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 100 }; /* a wait at least this long that finds nothing is no race */

/* What is certain of a ring at this point of the pass. */
struct ring_state {
    uint64_t taken;  /* entries that may have been started: counted from the submit's begin */
    uint64_t popped;
    uint64_t posted; /* completions posted at least */
    struct ora_span last; /* the call on the ring that ended last */
};

struct event {
    size_t ring; /* NONE: attached to none */
    bool vague;  /* shared by rings, duplicated or pulsed: not judged */
    bool manual, known;
    bool may_be_set, must_be_set;
    uint64_t set_ns; /* when the call began that has set it; 0: long ago */
    /* since it was unset, or attached */
    uint64_t popped_then, posted_then;
    bool quiet_then;
    bool was_empty; /* the queue was certainly empty at some moment since */
    uint64_t popped_at_empty;
};

struct events {
    struct ora_judge *judge;
    const struct ora_model *model;
    bool prompt; /* which of the two rules is asked */
    struct ora_names names;
    struct event *events;
    struct ring_state *rings;
    size_t *event_of_ring;
    size_t event_count, submit;
    bool foreign; /* an OVERLAPPED operation may set some event, the trace does not say which */
};

static struct event *event_of(struct events *events, const char *sym)
{
    struct ora_name *name;

    if (!sym)
        return NULL;
    name = ora_names_at(&events->names, sym, 0, 0);
    if (name->value == NONE) {
        name->value = events->event_count++;
        /* Not introduced: its state and kind are unknown until a reset. */
        events->events[name->value] = (struct event){.ring = NONE, .may_be_set = true};
    }
    return &events->events[name->value];
}

static bool is_quiet(const struct ring_state *ring, const struct ora_span *span)
{
    return !ring->last.n || ora_before(&ring->last, span) || ring->last.n == span->n;
}

static void restart(struct events *events, struct event *event, const struct ora_span *span)
{
    const struct ring_state *ring;

    event->was_empty = false;
    if (event->ring == NONE)
        return;
    ring = &events->rings[event->ring];
    event->popped_then = ring->popped;
    event->posted_then = ring->posted;
    event->quiet_then = is_quiet(ring, span);
    if (ring->taken == ring->popped && event->quiet_then) { /* nothing is left to post */
        event->was_empty = true;
        event->popped_at_empty = ring->popped;
    }
}

static bool edge_possible(const struct events *events, const struct event *event,
                          const struct ora_span *span)
{
    const struct ring_state *ring;

    if (event->ring == NONE)
        return false;
    ring = &events->rings[event->ring];
    if (ring->taken <= event->popped_then)
        return false; /* everything that was started had been popped by then */
    if (events->model->rings[event->ring].pop_racy || !event->quiet_then || !is_quiet(ring, span))
        return true;
    return event->posted_then <= ring->popped; /* else it has never been empty since */
}

static bool edge_certain(const struct events *events, const struct event *event,
                         const struct ora_span *span)
{
    const struct ring_state *ring;

    if (event->ring == NONE || !event->was_empty)
        return false;
    ring = &events->rings[event->ring];
    return is_quiet(ring, span) && !events->model->rings[event->ring].pop_racy &&
           ring->posted > event->popped_at_empty;
}

/* ---- observations ---- */

static void accuse(struct events *events, const struct ora_item *item, const char *what)
{
    ora_violation(events->judge, item->record, "event %s: %s", item->record->evt.sym, what);
}

static void judge_observation(struct events *events, const struct event *event,
                              const struct ora_item *item, uint64_t waited_ms)
{
    bool signalled = item->record->evt.signalled;
    /* A wait that ran out and a thread that then did not come to its next line saw nothing of it. */
    bool in_time = !event->set_ns || event->set_ns < item->span.t0 + waited_ms * 1000000;
    bool must = (event->must_be_set && in_time) || edge_certain(events, event, &item->span);
    bool may = must || event->may_be_set || events->foreign ||
               edge_possible(events, event, &item->span);
    bool patient = waited_ms >= PATIENCE_MS;

    if (events->prompt) {
        if (!must || patient)
            return;
        ora_use(events->judge);
        if (!signalled)
            accuse(events, item, "a completion has entered the empty queue, but it is not set yet");
        return;
    }
    if (!(must && patient) && may)
        return; /* both answers are right */
    ora_use(events->judge);
    if (signalled && !may)
        accuse(events, item, "set, but no completion can have entered an empty queue");
    else if (!signalled && must && patient)
        accuse(events, item, "a completion has entered the empty queue, but it was never set");
}

static uint64_t patience_of(const struct events *events, const struct ora_item *item, size_t at)
{
    uint64_t ms = 0;

    /* The wait is the call that the record comes after; it stands just before in order of time. */
    for (size_t back = 1; back <= 16 && back <= at; back++) {
        const struct cf_record *call = events->model->items[at - back].record;

        if (call->type == CF_CALL && call->call.n == item->span.n) {
            cf_in_u64(call, "ms", &ms);
            return ms;
        }
    }
    return 0;
}

static void take_observation(struct events *events, const struct ora_item *item, size_t at)
{
    struct event *event = event_of(events, item->record->evt.sym);

    /* Before version 2 an edge could be missed [D]; that is the ring's, so no rule of ours. */
    if (!event->vague && event->known &&
        !(event->ring != NONE && events->model->rings[event->ring].version < 2))
        judge_observation(events, event, item, patience_of(events, item, at));
    event->may_be_set = event->must_be_set = item->record->evt.signalled && event->manual;
    event->set_ns = 0;
    if (!event->may_be_set)
        restart(events, event, &item->span);
}

/* ---- calls ---- */

static void detach(struct events *events, size_t ring, const struct ora_span *span)
{
    size_t old = events->event_of_ring[ring];
    struct event *event;

    if (old == NONE)
        return;
    event = &events->events[old];
    if (edge_certain(events, event, span)) {
        event->must_be_set = true;
        event->set_ns = 0;
    }
    event->may_be_set |= event->must_be_set || edge_possible(events, event, span);
    event->ring = NONE;
    events->event_of_ring[ring] = NONE;
}

static void attach(struct events *events, const struct ora_item *item)
{
    struct event *event = event_of(events, cf_in_string(item->record, "event"));

    if (!ora_succeeded(item->record) || item->ring == NONE)
        return;
    if (event && events->event_of_ring[item->ring] == (size_t)(event - events->events))
        return;
    detach(events, item->ring, &item->span);
    if (!event)
        return;
    if (event->ring != NONE || events->model->rings[item->ring].wild ||
        events->model->rings[item->ring].raw)
        event->vague = true;
    event->ring = item->ring;
    events->event_of_ring[item->ring] = (size_t)(event - events->events);
    restart(events, event, &item->span);
}

static void take_event_call(struct events *events, const struct ora_item *item)
{
    const struct cf_record *call = item->record;
    enum cf_fn fn = call->call.id;
    struct event *event;
    uint64_t manual = 0, initial = 0;

    if (fn == CF_FN_CreateEventW || fn == CF_FN_CreateEventA || fn == CF_FN_CreateEventExW) {
        const char *sym = cf_out_string(call, "event");

        if (!sym)
            return;
        cf_in_u64(call, "manual", &manual);
        cf_in_u64(call, "initial", &initial);
        ora_names_at(&events->names, sym, 0, 0)->value = events->event_count;
        events->events[events->event_count++] =
            (struct event){.ring = NONE, .manual = manual, .known = true, .may_be_set = initial,
                           .must_be_set = initial};
    } else if (fn == CF_FN_SetEvent && (event = event_of(events, cf_in_string(call, "event")))) {
        event->may_be_set = event->must_be_set = true;
        event->set_ns = item->span.t0;
    } else if (fn == CF_FN_ResetEvent &&
               (event = event_of(events, cf_in_string(call, "event")))) {
        event->may_be_set = event->must_be_set = false;
        restart(events, event, &item->span);
    } else if (fn == CF_FN_SetIoRingCompletionEvent || fn == CF_FN_NtSetInformationIoRing) {
        attach(events, item);
    }
}

/* Functions that may change or share an event in a way that is not followed. */
static void take_other_call(struct events *events, const struct cf_record *call)
{
    static const char *const keys[] = {"event", "handle", "source", "obj", "ov_event"};
    struct event *event;

    if (cf_in_string(call, "ov") && !cf_in_has(call, "event"))
        events->foreign = true;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        event = event_of(events, cf_in_string(call, keys[i]));
        if (event)
            event->vague = true;
    }
    for (size_t i = 0; i < cf_in_count(call, "objs"); i++) {
        event = event_of(events, cf_in_string_at(call, "objs", i));
        if (event && !event->manual)
            event->vague = true;
    }
}

static bool is_event_call(enum cf_fn fn)
{
    return fn == CF_FN_CreateEventW || fn == CF_FN_CreateEventA || fn == CF_FN_CreateEventExW ||
           fn == CF_FN_SetEvent || fn == CF_FN_ResetEvent || fn == CF_FN_SetIoRingCompletionEvent ||
           fn == CF_FN_NtSetInformationIoRing;
}

static bool is_plain_wait(enum cf_fn fn)
{
    return fn == CF_FN_WaitForSingleObject || fn == CF_FN_WaitForSingleObjectEx ||
           fn == CF_FN_WAIT_FOR_SINGLE_OBJECT;
}

static void take_ring_call(struct events *events, const struct ora_item *item)
{
    const struct ora_model *model = events->model;
    struct ring_state *ring = &events->rings[item->ring];
    size_t event = events->event_of_ring[item->ring];
    uint64_t promise;

    if (events->submit < model->submit_count &&
        model->submits[events->submit].record == item->record) {
        const struct ora_submit *submit = &model->submits[events->submit++];

        promise = submit->wait;
        ring->taken = submit->taken_after;
        if (submit->took && !submit->timed_out && submit->wait) {
            if (submit->wait == WAIT_FOR_ALL || submit->wait > ring->taken - ring->popped)
                promise = ring->taken - ring->popped;
            if (ring->popped + promise > ring->posted)
                ring->posted = ring->popped + promise;
        }
    } else if (item->record->call.id == CF_FN_PopIoRingCompletion &&
               item->record->call.value == 1 && event != NONE) {
        struct event *seen = &events->events[event];

        if (!seen->was_empty && is_quiet(ring, &item->span)) {
            seen->was_empty = true;
            seen->popped_at_empty = ring->popped;
        }
    }
    if (item->span.t1 >= ring->last.t1)
        ring->last = item->span;
}

static void take_item(struct events *events, size_t at)
{
    const struct ora_item *item = &events->model->items[at];
    const struct cf_record *record = item->record;

    if (record->type == CF_EVT) {
        take_observation(events, item, at);
    } else if (record->type == CF_CQE && item->ring != NONE) {
        struct ring_state *ring = &events->rings[item->ring];

        if (++ring->popped > ring->posted)
            ring->posted = ring->popped;
    } else if (record->type == CF_CALL) {
        if (is_event_call(record->call.id))
            take_event_call(events, item);
        else if (!is_plain_wait(record->call.id) && record->call.id != CF_FN_CloseHandle)
            take_other_call(events, record);
        if (item->ring != NONE)
            take_ring_call(events, item);
    }
}

static void check(struct ora_judge *judge, bool prompt)
{
    const struct ora_model *model = judge->model;
    struct events events = {.judge = judge, .model = model, .prompt = prompt};
    size_t count = 6 * (model->item_count + 1);

    if (!model->evt_count)
        return;
    for (size_t i = 0; i < model->item_count; i++) {
        if (model->items[i].record->type == CF_CALL)
            count += cf_in_count(model->items[i].record, "objs");
    }
    events.events = ora_take(model->space, count, sizeof(*events.events));
    events.rings = ora_take(model->space, model->ring_count + 1, sizeof(*events.rings));
    events.event_of_ring = ora_take(model->space, model->ring_count + 1, sizeof(size_t));
    ora_names_init(&events.names, model->space);
    if (!events.events || !events.rings || !events.event_of_ring) {
        ora_out_of_memory(judge);
    } else {
        for (size_t i = 0; i < model->ring_count; i++)
            events.event_of_ring[i] = NONE;
        for (size_t i = 0; i < model->item_count; i++)
            take_item(&events, i);
    }
    if (events.names.failed)
        ora_out_of_memory(judge);
}

static void check_edge(struct ora_judge *judge)
{
    check(judge, false);
}

const struct ora_rule ora_rule_event_edge = {
    {"event.edge", "R", "ci-assertion", "IB34 IB35 IB7 IC12 M2",
     "The event is set exactly when a completion enters an empty queue: never else, never less.",
     {"event.edge"}},
    check_edge,
};

static void check_prompt(struct ora_judge *judge)
{
    check(judge, true);
}

const struct ora_rule ora_rule_event_prompt = {
    {"event.prompt", "I", "inferred", "IB7 IB34",
     "Once a completion is known to be in the queue its event is set, without delay.",
     {"event.inline"}},
    check_prompt,
};

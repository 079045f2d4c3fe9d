/* SPDX-License-Identifier: MIT */
/* Queues of DirectStorage by what a program saw: room, the automatic Submit, order, the end. */
#include "conformance/oracle/ds_model.h"
#include "conformance/oracle/rule.h"

#include <inttypes.h>
#include <string.h>

/* Each call on a queue whose order is known and that is open. */
static void each_call(struct ora_judge *judge, struct ora_dsm *dsm,
                      void (*look)(struct ora_judge *judge, struct ora_dsm *dsm, size_t queue,
                                   const struct cf_record *call))
{
    const struct cf_trace *trace = judge->model->trace;
    size_t trial = 0;

    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *call = &trace->records[i];
        size_t q;

        trial += call->type == CF_SCN;
        if (call->type != CF_CALL)
            continue;
        q = ora_dsm_queue(dsm, call, trial);
        if (q == NONE || dsm->queues[q].racy ||
            (dsm->queues[q].closed && dsm->queues[q].closed->call.n <= call->call.n))
            continue;
        look(judge, dsm, q, call);
    }
}

/* ---- room ---- */

static void look_query(struct ora_judge *judge, struct ora_dsm *dsm, size_t q,
                       const struct cf_record *call)
{
    const struct ora_dsm_queue *queue = &dsm->queues[q];
    uint64_t source, capacity, priority, empty, all = 0, held = 0;
    const char *made = cf_in_string(queue->record, "name"), *name = cf_out_string(call, "name");

    if (call->call.id != CF_FN_DsQuery || !cf_out_u64(call, "source", &source) ||
        !cf_out_u64(call, "capacity", &capacity) || !cf_out_u64(call, "priority", &priority) ||
        !cf_out_u64(call, "empty", &empty))
        return;
    ora_use(judge);
    if (source != queue->source || capacity != queue->capacity ||
        (priority & 0xff) != (queue->priority & 0xff) || !made != !name ||
        (made && strcmp(made, name)))
        ora_violation(judge, call, "the description is not that of line %zu", queue->record->line);
    for (size_t e = queue->first; e != NONE; e = dsm->entries[e].next) {
        const struct ora_dsm_entry *entry = &dsm->entries[e];

        if (entry->span.n > call->call.n)
            break;
        all++;
        held += !entry->start || entry->start->call.n > call->call.n;
    }
    if (empty + held > queue->capacity - 1 ||
        (all < queue->capacity && empty + all < queue->capacity - 1))
        ora_violation(judge, call,
                      "%" PRIu64 " of %" PRIu64 " slots are empty, %" PRIu64
                      " entries were enqueued and %" PRIu64 " of them not submitted",
                      empty, queue->capacity, all, held);
}

static void check_query(struct ora_judge *judge)
{
    struct ora_dsm dsm;

    if (ora_dsm_begin(judge, &dsm))
        each_call(judge, &dsm, look_query);
}

const struct ora_rule ora_rule_ds_query = {
    {"ds.query",
     "D",
     "documented",
     "HDR:DSTORAGE_QUEUE_INFO",
     "Query gives the description back; an empty queue has Capacity - 1 slots, and an entry has "
     "one until it has completed.",
     {"ds.queue.dead-slot"}},
    check_query,
};

/* ---- the automatic Submit ---- */

/* Do statuses (bit 0) and signals (bit 1) count? One answer must fit all that a queue says. */
enum { ANSWERS = 4, ALL_ANSWERS = 15 };

struct nearing {
    uint64_t counted[ANSWERS];
    uint64_t waiting; /* of any kind */
    unsigned answers;
    bool lost; /* a full queue may have submitted itself */
};

static void count_in(struct nearing *nearing, const struct ora_dsm_queue *queue, unsigned kinds,
                     uint64_t count)
{
    for (; count; count--) {
        nearing->waiting++;
        nearing->lost |= nearing->waiting >= queue->capacity - 1u;
        for (unsigned answer = 0; answer < ANSWERS; answer++)
            if ((kinds == 0 || answer & kinds) && ++nearing->counted[answer] >= queue->capacity / 2)
                nearing->counted[answer] = 0;
    }
}

static void judge_until(struct ora_judge *judge, struct nearing *nearing,
                        const struct ora_dsm_queue *queue, const struct cf_record *call)
{
    uint64_t until;

    if (nearing->lost || !cf_out_u64(call, "until", &until))
        return;
    ora_use(judge);
    for (unsigned answer = 0; answer < ANSWERS; answer++)
        if (until + nearing->counted[answer] != queue->capacity / 2)
            nearing->answers &= ~(1u << answer);
    if (nearing->answers)
        return;
    ora_violation(judge, call,
                  "%" PRIu64 " until the automatic Submit; %" PRIu64 " of %" PRIu64
                  " requests are there",
                  until, nearing->counted[0], queue->capacity / 2);
    nearing->answers = ALL_ANSWERS;
}

static void look_until(struct ora_judge *judge, struct ora_dsm *dsm, size_t q,
                       const struct cf_record *call, struct nearing *nearing)
{
    const struct ora_dsm_queue *queue = &dsm->queues[q];

    switch (call->call.id) {
    case CF_FN_EnqueueRequest:
        count_in(nearing, queue, 0, cf_in_has(call, "len"));
        break;
    case CF_FN_EnqueueRequests:
        count_in(nearing, queue, 0, cf_in_count(call, "lens"));
        break;
    case CF_FN_EnqueueStatus:
        count_in(nearing, queue, 1, 1);
        break;
    case CF_FN_EnqueueSignal:
        count_in(nearing, queue, 2, 1);
        break;
    case CF_FN_EnqueueSetEvent: /* [R] DS12: it does not count, and has a slot */
        nearing->waiting++;
        nearing->lost |= nearing->waiting >= queue->capacity - 1u;
        break;
    case CF_FN_DsSubmit:
        *nearing = (struct nearing){.answers = nearing->answers};
        break;
    case CF_FN_DsQuery:
        judge_until(judge, nearing, queue, call);
        break;
    default:
        break;
    }
}

static void check_until(struct ora_judge *judge)
{
    const struct cf_trace *trace = judge->model->trace;
    struct nearing *nearings;
    struct ora_dsm dsm;
    size_t trial = 0;

    if (!ora_dsm_begin(judge, &dsm))
        return;
    nearings = ora_take(judge->model->space, dsm.queue_count + 1, sizeof(*nearings));
    if (!nearings) {
        ora_out_of_memory(judge);
        return;
    }
    for (size_t q = 0; q < dsm.queue_count; q++)
        nearings[q].answers = ALL_ANSWERS;
    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *call = &trace->records[i];
        size_t q;

        trial += call->type == CF_SCN;
        q = call->type == CF_CALL ? ora_dsm_queue(&dsm, call, trial) : NONE;
        if (q != NONE && !dsm.queues[q].racy &&
            !(dsm.queues[q].closed && dsm.queues[q].closed->call.n <= call->call.n))
            look_until(judge, &dsm, q, call, &nearings[q]);
    }
}

const struct ora_rule ora_rule_ds_until = {
    {"ds.until",
     "D",
     "documented",
     "DS12 HDR:DSTORAGE_QUEUE_INFO",
     "RequestCountUntilAutoSubmit begins at half the capacity, falls with each request and not "
     "with "
     "a set-event, and begins again with a Submit.",
     {"ds.submit.auto", "ds.submit.event-does-not-count"}},
    check_until,
};

/* ---- nothing before a Submit ---- */

static void check_started(struct ora_judge *judge)
{
    struct ora_dsm dsm;

    if (!ora_dsm_begin(judge, &dsm))
        return;
    for (size_t e = 0; e < dsm.entry_count; e++) {
        const struct ora_dsm_entry *entry = &dsm.entries[e];

        if (entry->kind == ORA_DSK_REQUEST || dsm.queues[entry->queue].racy || !entry->seen_done)
            continue;
        ora_use(judge);
        if (!entry->start || entry->seen_done->call.t1_ns < entry->start->call.t0_ns)
            ora_violation(judge, entry->seen_done,
                          "what line %zu enqueued is done, and nobody submitted it",
                          entry->record->line);
    }
}

const struct ora_rule ora_rule_ds_started = {
    {"ds.started",
     "R",
     "suite-assertion",
     "DS1 DS2",
     "Nothing of a queue completes before Submit, or half the capacity, has started it.",
     {"ds.submit.starts"}},
    check_started,
};

/* ---- order ---- */

/* Could the fence have had the value when the call ended? */
static bool may_have(const struct ora_dsm *dsm, const struct ora_dsm_entry *entry)
{
    const struct ora_dsm_fence *fence = &dsm->fence_list[entry->fence];
    const char *sym = cf_in_string(entry->record, "fence");

    if (fence->initial >= entry->fence_value || fence->signals)
        return true;
    for (size_t e = 0; e < dsm->entry_count; e++)
        if (dsm->entries[e].kind == ORA_DSK_SIGNAL && sym && dsm->entries[e].object &&
            !strcmp(dsm->entries[e].object, sym) && dsm->entries[e].value >= entry->fence_value)
            return true;
    return false;
}

/* Is it certain that the request had not completed yet, whenever that was? */
static bool held_back(const struct ora_dsm *dsm, const struct ora_dsm_entry *entry)
{
    return entry->fence != NONE && entry->fate == ORA_FATE_GOOD && !entry->provided &&
           !entry->cancelled && !may_have(dsm, entry);
}

static void judge_order(struct ora_judge *judge, struct ora_dsm *dsm, size_t q)
{
    const struct ora_dsm_entry *waits = NULL, *last = NULL; /* held back; pending the longest */

    for (size_t e = dsm->queues[q].first; e != NONE; e = dsm->entries[e].next) {
        const struct ora_dsm_entry *entry = &dsm->entries[e];

        if (entry->seen_done) {
            ora_use(judge);
            if (waits)
                ora_violation(judge, entry->seen_done,
                              "done, and the request of line %zu waits for its fence",
                              waits->record->line);
            else if (last && entry->seen_done->call.t1_ns < last->seen_pending->call.t0_ns)
                ora_violation(judge, last->seen_pending,
                              "pending, and what line %zu enqueued later was done in line %zu",
                              entry->record->line, entry->seen_done->line);
        }
        if (held_back(dsm, entry))
            waits = entry;
        if (entry->seen_pending &&
            (!last || entry->seen_pending->call.t0_ns > last->seen_pending->call.t0_ns))
            last = entry;
    }
}

static void check_order(struct ora_judge *judge)
{
    struct ora_dsm dsm;

    if (!ora_dsm_begin(judge, &dsm))
        return;
    for (size_t q = 0; q < dsm.queue_count; q++)
        if (!dsm.queues[q].racy && !dsm.queues[q].closed)
            judge_order(judge, &dsm, q);
}

const struct ora_rule ora_rule_ds_order_seen = {
    {"ds.order",
     "R",
     "suite-assertion",
     "DS1 DS5 DS7",
     "Notifications complete in the order of enqueuing, behind every request before them.",
     {"ds.order.notifications"}},
    check_order,
};

/* ---- what comes at all ---- */

/* A read takes less on any machine; a wait that was shorter says nothing. */
#define PATIENCE_NS 10000000000u
#define WAITED_IN_VAIN 258 /* WAIT_TIMEOUT */

/* There a wait may end whenever that is legal, and the clock is none. */
static bool is_simulated(const struct cf_trace *trace)
{
    const char *engine = trace->records[0].type == CF_HDR
                             ? cf_record_string(&trace->records[0], NULL, "engine")
                             : NULL;

    return engine && !strcmp(engine, "sim");
}

/* Is it, with everything before it, submitted before the wait and bound to come by itself? */
static bool bound_to_come(const struct ora_dsm *dsm, const struct ora_dsm_entry *event,
                          const struct cf_record *wait)
{
    const struct ora_dsm_queue *queue = &dsm->queues[event->queue];

    if (queue->racy || queue->closed || !event->start ||
        event->start->call.t1_ns >= wait->call.t0_ns)
        return false;
    for (size_t e = queue->first; &dsm->entries[e] != event; e = dsm->entries[e].next) {
        const struct ora_dsm_entry *entry = &dsm->entries[e];

        if (entry->kind == ORA_DSK_REQUEST && !entry->cancelled &&
            (entry->fate == ORA_FATE_OPEN || entry->provided || entry->fence != NONE))
            return false;
    }
    return true;
}

static void check_comes(struct ora_judge *judge)
{
    const struct cf_trace *trace = judge->model->trace;
    struct ora_dsm dsm;
    size_t trial = 0;

    if (!ora_dsm_begin(judge, &dsm) || dsm.faults || is_simulated(trace))
        return;
    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *call = &trace->records[i];
        const struct ora_dsm_entry *entry;
        const struct ora_name *name;
        const char *event;
        uint64_t ms = 0;

        trial += call->type == CF_SCN;
        if (call->type != CF_CALL || call->call.id != CF_FN_WaitForSingleObject ||
            !(event = cf_in_string(call, "obj")) || !cf_in_u64(call, "ms", &ms))
            continue;
        name = ora_names_find(&dsm.events, event, trial, 1);
        entry = name && name->value < dsm.entry_count ? &dsm.entries[name->value] : NULL;
        if (!entry || entry->vague || entry->span.n > call->call.n ||
            (entry->seen_done && entry->seen_done->call.n < call->call.n) ||
            !bound_to_come(&dsm, entry, call))
            continue;
        ora_use(judge);
        if (call->call.value == WAITED_IN_VAIN &&
            call->call.t1_ns - call->call.t0_ns >= PATIENCE_NS)
            ora_violation(judge, call,
                          "nothing came in %" PRIu64
                          " ms, and all up to the set-event of line %zu was "
                          "submitted",
                          ms, entry->record->line);
    }
}

const struct ora_rule ora_rule_ds_comes = {
    {"ds.comes",
     "R",
     "machine-output",
     "DA1 MS#21",
     "A request that failed, or was cancelled, does not hold back what was enqueued behind it.",
     {"ds.error.fence-comes", "ds.cancel"}},
    check_comes,
};

/* ---- the end ---- */

static void check_close(struct ora_judge *judge)
{
    struct ora_dsm dsm;

    if (!ora_dsm_begin(judge, &dsm))
        return;
    for (size_t e = 0; e < dsm.entry_count; e++) {
        const struct ora_dsm_entry *entry = &dsm.entries[e];
        const struct cf_record *closed = dsm.queues[entry->queue].closed;

        if (!closed || !entry->seen_pending || entry->seen_pending->call.t0_ns < closed->call.t1_ns)
            continue;
        ora_use(judge);
        if (entry->seen_done && entry->seen_done->call.t0_ns > entry->seen_pending->call.t1_ns)
            ora_violation(judge, entry->seen_done,
                          "what line %zu enqueued was pending after the close of line %zu, and is "
                          "done",
                          entry->record->line, closed->line);
    }
}

const struct ora_rule ora_rule_ds_close = {
    {"ds.close",
     "D",
     "documented",
     "HDR:Close",
     "What has not completed when Close returns never does.",
     {"ds.queue.close"}},
    check_close,
};

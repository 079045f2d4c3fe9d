/* SPDX-License-Identifier: MIT */
/*
 * DirectStorage by its event log: each event stands where it happened, so what one queue did is
 * known exactly. Nothing is known of entries that were enqueued before the log began.
 */
#include "conformance/oracle/ds_events.h"
#include "conformance/oracle/rule.h"

#include <inttypes.h>

#define HR_ABORTED_OPERATION 0x800703e3u /* ERROR_OPERATION_ABORTED */
#define HR_CANCELLED 0x800704c7u         /* ERROR_CANCELLED */
#define HR_INDEX_BOUND 0x89240015u
#define HR_INVALID_STATUS_ARRAY 0x89240023u

struct seen {
    struct ora_judge *judge;
    struct ora_ds_walk *walk;
    struct ora_ds_queue *queue;
    const struct cf_record *record;
    enum ora_ds_id id;
    size_t entry; /* of a completion, what it completes; or NONE */
};

static bool completes(enum ora_ds_id id)
{
    return id == ORA_DS_REQUEST_DONE || id == ORA_DS_STATUS_DONE || id == ORA_DS_SIGNAL_DONE ||
           id == ORA_DS_EVENT_DONE;
}

static bool enqueues(enum ora_ds_id id)
{
    return id == ORA_DS_REQUEST || id == ORA_DS_STATUS || id == ORA_DS_SIGNAL || id == ORA_DS_EVENT;
}

static void walk_events(struct ora_judge *judge, void (*look)(const struct seen *seen))
{
    const struct cf_trace *trace = judge->model->trace;
    struct ora_ds_walk walk;
    bool failed;

    if (!judge->model->ds_event_count)
        return;
    if (!ora_ds_walk_init(&walk, trace, judge->model->space, &failed)) {
        if (failed)
            ora_out_of_memory(judge);
        return;
    }
    for (size_t i = 0; i < trace->count; i++) {
        struct seen seen = {judge, &walk, NULL, &trace->records[i], ORA_DS_SUBMIT, NONE};
        size_t queue;

        if (!ora_ds_event(seen.record, &seen.id))
            continue;
        queue = ora_ds_queue_of(&walk, seen.record, seen.id);
        if (queue == NONE)
            continue;
        seen.queue = &walk.queues[queue];
        if (completes(seen.id))
            seen.entry = ora_ds_find(&walk, queue, seen.record, seen.id);
        look(&seen);
        if (!ora_ds_take(&walk, queue, seen.entry, seen.record, seen.id)) {
            ora_out_of_memory(judge);
            return;
        }
    }
}

/* ---- once ---- */

static void look_once(const struct seen *seen)
{
    if (!completes(seen->id) || !seen->queue->record)
        return;
    ora_use(seen->judge);
    if (seen->entry == NONE)
        ora_violation(seen->judge, seen->record,
                      "completes what was not enqueued, or has completed before");
}

static void check_once(struct ora_judge *judge)
{
    walk_events(judge, look_once);
}

const struct ora_rule ora_rule_ds_once = {
    {"ds.event.once",
     "R",
     "suite-assertion",
     "DS2 DS5 DS8",
     "What is enqueued completes at most once, and nothing else does.",
     {"ds.read.all", "ds.order.notifications"}},
    check_once,
};

/* ---- submitted ---- */

static void look_submitted(const struct seen *seen)
{
    if (seen->entry == NONE)
        return;
    ora_use(seen->judge);
    if (!seen->walk->entries[seen->entry].submitted)
        ora_violation(seen->judge, seen->record, "entry %" PRIu64 " completes before a Submit",
                      seen->walk->entries[seen->entry].position);
}

static void check_submitted(struct ora_judge *judge)
{
    walk_events(judge, look_submitted);
}

const struct ora_rule ora_rule_ds_submitted = {
    {"ds.event.submitted",
     "R",
     "suite-assertion",
     "DS1 DS2",
     "Nothing completes before it was submitted.",
     {"ds.submit.starts"}},
    check_submitted,
};

/* ---- order ---- */

static void look_order(const struct seen *seen)
{
    const struct ora_ds_entry *open;

    if (seen->entry == NONE || seen->id == ORA_DS_REQUEST_DONE)
        return;
    ora_use(seen->judge);
    open = &seen->walk->entries[seen->queue->first_open];
    if (seen->queue->first_open != seen->entry)
        ora_violation(seen->judge, seen->record,
                      "entry %" PRIu64 " completes, and entry %" PRIu64 " (line %zu) has not",
                      seen->walk->entries[seen->entry].position, open->position,
                      open->record->line);
}

static void check_order(struct ora_judge *judge)
{
    walk_events(judge, look_order);
}

const struct ora_rule ora_rule_ds_order = {
    {"ds.event.order",
     "R",
     "suite-assertion",
     "DS1 DS5 DS7 DS8",
     "A status, signal or set-event completes when everything enqueued before it on its queue has.",
     {"ds.order.notifications"}},
    check_order,
};

/* ---- what a status says ---- */

static bool aborted(uint32_t hr)
{
    return hr == HR_ABORT || hr == HR_ABORTED_OPERATION || hr == HR_CANCELLED;
}

/*
 * What was cancelled is no failure, and which code it has is open (U6): aborted requests may or
 * may not be what a status tells of.
 */
static void look_status(const struct seen *seen)
{
    const struct ora_ds_entry *entries = seen->walk->entries;
    uint64_t result;
    uint32_t first = 0;
    bool may_abort = false;

    if (seen->entry == NONE || seen->id != ORA_DS_STATUS_DONE || !seen->queue->record ||
        !ora_ds_u64(seen->record, "Result", &result))
        return;
    if (result == HR_INDEX_BOUND || result == HR_INVALID_STATUS_ARRAY)
        return; /* the status itself is none */
    for (size_t e = entries[seen->entry].segment; e != seen->entry; e = entries[e].next) {
        if (entries[e].id != ORA_DS_REQUEST)
            continue;
        if (!entries[e].done)
            return; /* another rule's */
        if (aborted(entries[e].result))
            may_abort = true;
        else if (ora_failed(entries[e].result)) {
            first = entries[e].result;
            break;
        }
    }
    ora_use(seen->judge);
    if (result != first && !(may_abort && aborted((uint32_t)result)))
        ora_violation(seen->judge, seen->record,
                      "0x%08" PRIx64 ", and of the requests since the status before the first "
                      "failure is 0x%08" PRIx32,
                      result, first);
}

static void check_status(struct ora_judge *judge)
{
    walk_events(judge, look_status);
}

const struct ora_rule ora_rule_ds_status = {
    {"ds.event.status",
     "D",
     "documented",
     "HDR:EnqueueStatus DS1",
     "A status has the failure that was enqueued first since the status before it, or success.",
     {"ds.status.segment"}},
    check_status,
};

/* ---- the automatic Submit ---- */

static bool full(const struct ora_ds_queue *queue)
{
    return queue->live + 1 >= queue->capacity;
}

/* Answers that this event refutes. */
static unsigned refuted(const struct seen *seen, bool automatic)
{
    const struct ora_ds_queue *queue = seen->queue;
    unsigned mask = 0;

    if (seen->id == ORA_DS_SUBMIT && automatic) {
        /* A full queue of which nothing was submitted would else wait for ever (U1). */
        if (full(queue) && queue->waiting == queue->live)
            return 0;
        return ORA_DS_ALL_ANSWERS & ~queue->due;
    }
    /*
     * By these a Submit had to come first; a call of it may have been quicker than the enqueuing
     * one.
     */
    if (enqueues(seen->id))
        mask = queue->due;
    return mask;
}

static void look_auto(const struct seen *seen)
{
    struct ora_ds_queue *queue = seen->queue;
    uint64_t automatic = 0;

    if (!queue->record || !queue->capacity || queue->closed ||
        (seen->id != ORA_DS_SUBMIT && !enqueues(seen->id)))
        return;
    if (seen->id == ORA_DS_SUBMIT)
        ora_ds_u64(seen->record, "IsAutoSubmit", &automatic);
    if (!automatic && !(enqueues(seen->id) && queue->due))
        return; /* says nothing */
    ora_use(seen->judge);
    queue->answers &= ~refuted(seen, automatic != 0);
    if (queue->answers)
        return;
    if (automatic)
        ora_violation(seen->judge, seen->record,
                      "an automatic Submit at %" PRIu64 " requests, %" PRIu64
                      " with notifications, of a capacity of %" PRIu64,
                      queue->counted[0], queue->counted[3], queue->capacity);
    else
        ora_violation(seen->judge, seen->record,
                      "no automatic Submit came at %" PRIu64 " requests of a capacity of %" PRIu64,
                      queue->counted[0], queue->capacity);
    queue->answers = ORA_DS_ALL_ANSWERS; /* once is enough */
}

static void check_auto(struct ora_judge *judge)
{
    walk_events(judge, look_auto);
}

const struct ora_rule ora_rule_ds_auto = {
    {"ds.event.auto",
     "D",
     "documented",
     "DS12 HDR:DSTORAGE_QUEUE_INFO",
     "The enqueuing that makes half the capacity unsubmitted submits, and no other; set-events do "
     "not count.",
     {"ds.submit.auto", "ds.submit.event-does-not-count"}},
    check_auto,
};

/* ---- slots ---- */

static void look_slots(const struct seen *seen)
{
    if (!enqueues(seen->id) || !seen->queue->record || !seen->queue->capacity)
        return;
    ora_use(seen->judge);
    if (full(seen->queue))
        ora_violation(seen->judge, seen->record,
                      "%" PRIu64 " entries in a queue of capacity %" PRIu64, seen->queue->live + 1,
                      seen->queue->capacity);
}

static void check_slots(struct ora_judge *judge)
{
    walk_events(judge, look_slots);
}

const struct ora_rule ora_rule_ds_slots = {
    {"ds.event.slots",
     "D",
     "documented",
     "HDR:DSTORAGE_QUEUE_INFO",
     "An entry has one of Capacity - 1 slots from its enqueuing until it has completed.",
     {"ds.queue.dead-slot", "ds.queue.many-requests"}},
    check_slots,
};

/* ---- the end ---- */

static void look_closed(const struct seen *seen)
{
    if (seen->id == ORA_DS_CLOSE_QUEUE)
        ora_use(seen->judge); /* all that comes later is looked at */
    if (seen->queue->closed)
        ora_violation(seen->judge, seen->record, "an event of a queue that was closed");
}

static void check_closed(struct ora_judge *judge)
{
    walk_events(judge, look_closed);
}

const struct ora_rule ora_rule_ds_closed = {
    {"ds.event.closed",
     "D",
     "documented",
     "HDR:Close",
     "After a queue was closed nothing of it is enqueued, submitted or completed.",
     {"ds.queue.close"}},
    check_closed,
};

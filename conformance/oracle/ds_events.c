/* SPDX-License-Identifier: MIT */
/* Queues as the event log tells of them. Nothing here judges. */
#include "conformance/oracle/ds_events.h"

#include "conformance/oracle/model.h"

#include <string.h>

bool ora_ds_event(const struct cf_record *record, enum ora_ds_id *id_out)
{
    const char *type;
    uint64_t id;

    if (record->type != CF_OTHER)
        return false;
    type = cf_record_string(record, NULL, "t");
    if (!type || strcmp(type, "ds") || !cf_record_u64(record, NULL, "id", &id))
        return false;
    switch (id) {
    case ORA_DS_CREATE_QUEUE:
    case ORA_DS_CLOSE_QUEUE:
    case ORA_DS_REQUEST:
    case ORA_DS_REQUEST_DONE:
    case ORA_DS_STATUS:
    case ORA_DS_STATUS_DONE:
    case ORA_DS_SIGNAL:
    case ORA_DS_SIGNAL_DONE:
    case ORA_DS_SUBMIT:
    case ORA_DS_EVENT:
    case ORA_DS_EVENT_DONE:
    case ORA_DS_REFUSED:
        *id_out = (enum ora_ds_id)id;
        return true;
    default:
        return false;
    }
}

bool ora_ds_u64(const struct cf_record *record, const char *field, uint64_t *value_out)
{
    return cf_record_u64(record, "data", field, value_out);
}

bool ora_ds_walk_init(struct ora_ds_walk *walk, const struct cf_trace *trace,
                      struct ora_space *space, bool *failed_out)
{
    enum ora_ds_id id;
    size_t count = 0;

    *failed_out = false;
    for (size_t i = 0; i < trace->count; i++)
        count += ora_ds_event(&trace->records[i], &id);
    if (!count)
        return false;
    *walk = (struct ora_ds_walk){.space = space};
    walk->queues = ora_take(space, count, sizeof(*walk->queues));
    walk->entries = ora_take(space, count, sizeof(*walk->entries));
    ora_names_init(&walk->by_handle, space);
    ora_names_init(&walk->by_request, space);
    *failed_out = !walk->queues || !walk->entries;
    return !*failed_out;
}

/* Handles of several processes may stand in one log. */
static size_t process_of(const struct cf_record *record)
{
    uint64_t process = 0;

    cf_record_u64(record, NULL, "process", &process);
    return (size_t)process;
}

static size_t add_queue(struct ora_ds_walk *walk, const struct cf_record *record, bool created,
                        uint64_t handle)
{
    struct ora_ds_queue *queue = &walk->queues[walk->queue_count];

    *queue = (struct ora_ds_queue){.record = created ? record : NULL,
                                   .first = NONE,
                                   .last = NONE,
                                   .first_open = NONE,
                                   .segment = NONE,
                                   .answers = ORA_DS_ALL_ANSWERS};
    if (created)
        ora_ds_u64(record, "Capacity", &queue->capacity);
    ora_names_at(&walk->by_handle, "", process_of(record), handle)->value = walk->queue_count;
    return walk->queue_count++;
}

/* A handle that comes again is another queue. */
size_t ora_ds_queue_of(struct ora_ds_walk *walk, const struct cf_record *record, enum ora_ds_id id)
{
    const struct ora_name *name;
    uint64_t handle;

    if (!ora_ds_u64(record, "Queue", &handle))
        return NONE;
    if (id == ORA_DS_CREATE_QUEUE)
        return add_queue(walk, record, true, handle);
    name = ora_names_find(&walk->by_handle, "", process_of(record), handle);
    return name && name->value != NONE ? name->value : add_queue(walk, record, false, handle);
}

static bool keys(const struct cf_record *record, enum ora_ds_id id, uint64_t *object,
                 uint64_t *value)
{
    *value = 0;
    switch (id) {
    case ORA_DS_REQUEST:
    case ORA_DS_REQUEST_DONE:
        return ora_ds_u64(record, "Request", object);
    case ORA_DS_STATUS:
    case ORA_DS_STATUS_DONE:
        return ora_ds_u64(record, "StatusArray", object) && ora_ds_u64(record, "Index", value);
    case ORA_DS_SIGNAL:
    case ORA_DS_SIGNAL_DONE:
        return ora_ds_u64(record, "Fence", object) && ora_ds_u64(record, "Value", value);
    default:
        return ora_ds_u64(record, "Handle", object);
    }
}

static enum ora_ds_id enqueued_by(enum ora_ds_id done)
{
    return done == ORA_DS_REQUEST_DONE ? ORA_DS_REQUEST : (enum ora_ds_id)(done - 1);
}

size_t ora_ds_find(struct ora_ds_walk *walk, size_t queue, const struct cf_record *record,
                   enum ora_ds_id id)
{
    const struct ora_name *name;
    uint64_t object, value;

    if (!keys(record, id, &object, &value))
        return NONE;
    if (id == ORA_DS_REQUEST_DONE) {
        name = ora_names_find(&walk->by_request, "", queue + 1, object);
        return name && name->value != NONE && !walk->entries[name->value].done ? name->value : NONE;
    }
    for (size_t e = walk->queues[queue].first_open; e != NONE; e = walk->entries[e].next) {
        const struct ora_ds_entry *entry = &walk->entries[e];

        if (!entry->done && entry->id == enqueued_by(id) && entry->object == object &&
            entry->value == value)
            return e;
    }
    return NONE;
}

static void count_in(struct ora_ds_queue *queue, enum ora_ds_id id)
{
    queue->due = 0;
    for (unsigned answer = 0; answer < ORA_DS_ANSWERS; answer++) {
        bool counts = id == ORA_DS_REQUEST || (id == ORA_DS_STATUS && answer & 1) ||
                      (id == ORA_DS_SIGNAL && answer & 2);

        queue->counted[answer] += counts;
        if (counts && queue->counted[answer] >= queue->capacity / 2)
            queue->due |= 1u << answer;
    }
}

/* At the end of the queue and of its segment. */
static size_t append(struct ora_ds_walk *walk, size_t q, const struct cf_record *record,
                     enum ora_ds_id id)
{
    struct ora_ds_queue *queue = &walk->queues[q];
    size_t e = walk->entry_count++;
    struct ora_ds_entry *entry = &walk->entries[e];

    *entry = (struct ora_ds_entry){
        .record = record, .id = id, .queue = q, .next = NONE, .position = queue->count++};
    if (queue->last == NONE)
        queue->first = e;
    else
        walk->entries[queue->last].next = e;
    queue->last = e;
    entry->segment = queue->segment == NONE ? e : queue->segment;
    queue->segment = id == ORA_DS_STATUS ? NONE : entry->segment;
    return e;
}

static void enqueue(struct ora_ds_walk *walk, size_t q, const struct cf_record *record,
                    enum ora_ds_id id)
{
    struct ora_ds_queue *queue = &walk->queues[q];
    size_t e = append(walk, q, record, id);
    struct ora_ds_entry *entry = &walk->entries[e];

    keys(record, id, &entry->object, &entry->value);
    if (queue->first_open == NONE)
        queue->first_open = e;
    if (id == ORA_DS_REQUEST)
        ora_names_at(&walk->by_request, "", q + 1, entry->object)->value = e;
    queue->live++;
    queue->waiting++;
    count_in(queue, id);
}

/* It took no slot, waits for no Submit and counts for none; the next status tells of it. */
static void refuse(struct ora_ds_walk *walk, size_t q, const struct cf_record *record)
{
    size_t e = append(walk, q, record, ORA_DS_REQUEST);
    uint64_t result = 0;

    ora_ds_u64(record, "Result", &result);
    walk->entries[e].submitted = true;
    walk->entries[e].done = true;
    walk->entries[e].result = (uint32_t)result;
}

static void complete(struct ora_ds_walk *walk, size_t q, size_t e, const struct cf_record *record,
                     enum ora_ds_id id)
{
    struct ora_ds_queue *queue = &walk->queues[q];
    uint64_t result = 0;

    if (e == NONE)
        return;
    if (id == ORA_DS_REQUEST_DONE)
        ora_ds_u64(record, "Result", &result);
    walk->entries[e].done = true;
    walk->entries[e].result = (uint32_t)result;
    queue->live--;
    while (queue->first_open != NONE && walk->entries[queue->first_open].done)
        queue->first_open = walk->entries[queue->first_open].next;
}

static void submit(struct ora_ds_walk *walk, struct ora_ds_queue *queue)
{
    /* What waits is at the end; what was enqueued before an earlier Submit is marked. */
    for (size_t e = queue->first_open; e != NONE; e = walk->entries[e].next)
        walk->entries[e].submitted = true;
    queue->waiting = 0;
    queue->due = 0;
    memset(queue->counted, 0, sizeof(queue->counted));
}

bool ora_ds_take(struct ora_ds_walk *walk, size_t q, size_t entry, const struct cf_record *record,
                 enum ora_ds_id id)
{
    switch (id) {
    case ORA_DS_CREATE_QUEUE:
        break;
    case ORA_DS_CLOSE_QUEUE:
        walk->queues[q].closed = true;
        break;
    case ORA_DS_SUBMIT:
        submit(walk, &walk->queues[q]);
        break;
    case ORA_DS_REQUEST:
    case ORA_DS_STATUS:
    case ORA_DS_SIGNAL:
    case ORA_DS_EVENT:
        enqueue(walk, q, record, id);
        break;
    case ORA_DS_REFUSED:
        refuse(walk, q, record);
        break;
    default:
        complete(walk, q, entry, record, id);
        break;
    }
    return !walk->by_handle.failed && !walk->by_request.failed;
}

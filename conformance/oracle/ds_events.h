/* SPDX-License-Identifier: MIT */
/*
 * What the events of DirectStorage's log (records of type "ds", in the order in which they
 * happened) say of queues: who was enqueued, submitted, completed, with what. One pass; whatever
 * cannot be is told to whoever walks.
 */
#ifndef CF_ORACLE_DS_EVENTS_H
#define CF_ORACLE_DS_EVENTS_H

#include "conformance/oracle/names.h"
#include "conformance/trace/reader.h"

enum ora_ds_id {
    ORA_DS_CREATE_QUEUE = 2,
    ORA_DS_CLOSE_QUEUE,
    ORA_DS_REQUEST,
    ORA_DS_REQUEST_DONE = 6,
    ORA_DS_STATUS = 8,
    ORA_DS_STATUS_DONE,
    ORA_DS_SIGNAL,
    ORA_DS_SIGNAL_DONE,
    ORA_DS_SUBMIT,
    ORA_DS_EVENT = 22,
    ORA_DS_EVENT_DONE,
    ORA_DS_REFUSED = 1000, /* Ringer's own: a call failed that enqueued nothing */
};

/* One that was enqueued, or refused: done from the beginning, and in nobody's way. */
struct ora_ds_entry {
    const struct cf_record *record;
    enum ora_ds_id id;
    size_t queue, next;     /* next: in the queue, by enqueuing */
    size_t segment;         /* of a status: the first entry that it tells of, or itself */
    uint64_t position;      /* in the queue, from 0 */
    uint64_t object, value; /* request; array and index; fence and value; handle */
    bool submitted, done;
    uint32_t result; /* of a request that is done */
};

/*
 * Which kinds bring the automatic Submit nearer beside requests is open: bit 0 statuses, bit 1
 * signals. A bit of a mask stands for one of the four answers.
 */
enum { ORA_DS_ANSWERS = 4, ORA_DS_ALL_ANSWERS = 15 };

struct ora_ds_queue {
    const struct cf_record *record; /* of the creation; NULL: made before the log began */
    uint64_t capacity;              /* 0: not known */
    size_t first, last, first_open; /* entries; first_open: before it all is done */
    size_t segment;                 /* the first entry behind the last status */
    uint64_t count, live;
    uint64_t waiting; /* not submitted, of any kind */
    uint64_t counted[ORA_DS_ANSWERS];
    unsigned answers, due; /* masks: not refuted; those by which a Submit comes next */
    bool closed;
};

struct ora_ds_walk {
    struct ora_space *space;
    struct ora_ds_queue *queues;
    struct ora_ds_entry *entries;
    struct ora_names by_handle;  /* ("", process, handle) -> the queue that has it now */
    struct ora_names by_request; /* ("", queue + 1, request) -> the last entry with it */
    size_t queue_count, entry_count;
};

/* False without events (no memory is taken), or without memory (space: *failed_out). */
bool ora_ds_walk_init(struct ora_ds_walk *walk, const struct cf_trace *trace,
                      struct ora_space *space, bool *failed_out);
/* Is the record an event, of these? */
bool ora_ds_event(const struct cf_record *record, enum ora_ds_id *id_out);
bool ora_ds_u64(const struct cf_record *record, const char *field, uint64_t *value_out);
/* The queue that the event names; NONE: it names none. */
size_t ora_ds_queue_of(struct ora_ds_walk *walk, const struct cf_record *record, enum ora_ds_id id);
/*
 * What an event of completion completes: the oldest open entry that it fits; NONE: there is none.
 */
size_t ora_ds_find(struct ora_ds_walk *walk, size_t queue, const struct cf_record *record,
                   enum ora_ds_id id);
/* Carries the event out. entry: of a completion, what was found. False: no memory. */
bool ora_ds_take(struct ora_ds_walk *walk, size_t queue, size_t entry,
                 const struct cf_record *record, enum ora_ds_id id);

#endif

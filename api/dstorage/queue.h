/* SPDX-License-Identifier: MIT */
/*
 * IDStorageQueue, and what lies in it. An entry is a request or a notification; it has a slot from
 * the call that enqueued it until it has completed. Requests complete in any order. A notification
 * completes when it is the oldest entry left, so after everything enqueued before it and in order
 * among its kind.
 *
 * Locks: the queue's is taken before the schedule's and the fences'; none is held across a call of
 * a fence, SetEvent, or I/O.
 */
#ifndef DS_QUEUE_H
#define DS_QUEUE_H

#include "api/dstorage/file.h"
#include "api/dstorage/later.h"
#include "api/dstorage/object.h"
#include "api/dstorage/staging.h"
#include "api/dstorage/status_array.h"

struct ds_entry;
struct ds_group;
struct ds_queue;

/* The requests between two status entries: what the later one tells of. */
struct ds_segment {
    struct ds_segment *next_free;
    HRESULT hr; /* of the failure that was enqueued first, S_OK without one; the queue's lock */
    UINT64 first;
};

/* The line that found a failure. */
struct ds_origin {
    const char *file; /* NULL: none did */
    unsigned line;
};

/* Where a request goes on when it is taken from the schedule. */
enum ds_stage {
    DS_STAGE_NEW,   /* nothing was looked at */
    DS_STAGE_READ,  /* reads are being issued */
    DS_STAGE_LOADED /* its data is there; the destination comes next */
};

/*
 * Whose an entry is: a queue of COM, or a runtime without it (plain/), whose entries have no slots.
 */
struct ds_front {
    HRESULT (*check)(const struct ds_entry *entry); /* before anything is done for it */
    /* The engine is done with the entry; from any thread. */
    void (*end)(struct ds_entry *entry, HRESULT hr);
    bool all_formats; /* the pool takes whatever the codec has, the program nothing */
};
extern const struct ds_front ds_queue_front;

struct ds_entry {
    struct emu_list live; /* in queue->live, the order of enqueuing; the queue's lock */
    struct emu_list link; /* free, schedule, parked, pool or custom: of whoever has the entry */
    struct ds_queue *queue;
    UINT64 sequence;
    DSTORAGE_COMMAND_TYPE type;
    bool submitted;          /* the queue's lock */
    bool behind_request;     /* the one that was enqueued before is a request; the queue's lock */
    volatile LONG cancelled; /* set under the queue's lock */
    struct ds_segment *segment;

    union {
        struct {
            struct ds_status_array *array; /* held */
            IDStorageStatusArray *named;   /* as the program did */
            UINT32 index;
        } status;
        struct {
            void *fence; /* a reference, or NULL */
            void *named;
            UINT64 value;
        } signal;
        HANDLE event;
    } notify;

    /* A request; from submission on whoever has the entry. */
    DSTORAGE_REQUEST request;
    struct ds_file *file;   /* held; NULL when the request's is none */
    struct ds_group *group; /* a use; NULL without a fence */
    enum ds_stage stage;
    struct ds_staging_block *block; /* all of the source, or NULL */
    struct ds_staging_wish wish;    /* for such a block, or for what a read bounces over */
    const void *source;             /* what to copy or decompress: block's, or the program's */
    UINT64 next_offset, read_end;   /* of the file: what is not yet asked for */
    volatile LONG reads;            /* under way, and 1 while they are being issued */
    volatile LONG result;           /* of the reads: the first failure */
    struct ds_origin origin;        /* of the failure, when there is one */
    struct ds_later later;          /* a step that reads nothing; ds_load_step, pool */
    bool is_due;                    /* it was put off before */

    /* Without COM only. */
    bool write;              /* the destination is what is written, to the source's place */
    bool may_end;            /* less than was asked for, because the file ends there, is no failure */
    volatile LONG64 *nbytes; /* counts what was moved */
};

struct ds_queue {
    struct ds_object object;
    const struct ds_front *front;
    struct ds_runtime *runtime;
    DSTORAGE_QUEUE_DESC desc;

    SRWLOCK lock;
    CONDITION_VARIABLE changed; /* a slot, or the last entry, or the retiring thread, has gone */
    struct ds_entry *entries;   /* Capacity - 1: a ring with one dead slot has no more */
    struct ds_segment *segments;
    struct emu_list free;
    struct emu_list live; /* the oldest first */
    struct ds_segment *free_segments;
    struct ds_segment *open; /* of requests to come */
    UINT32 free_count, live_count;
    UINT32 unsubmitted; /* that count for auto-submit */
    UINT32 waiting;     /* entries that are live and not submitted */
    UINT64 sequence;
    bool closed, retiring;
    bool last_is_request;      /* enqueued last */
    DWORD retirer; /* the thread, while retiring */
    struct ds_later notifying; /* the oldest entry, a notification; holds the object meanwhile */
    bool may_notify;           /* its time has come: one */
    UINT32 queried;            /* free slots, when a program asked last */

    struct {
        HANDLE event; /* NULL until asked for */
        struct ds_later telling; /* the event */
        UINT64 first; /* sequence of the first failure */
        DSTORAGE_ERROR_RECORD record;
    } error;
};

HRESULT ds_queue_create(struct ds_runtime *runtime, const DSTORAGE_QUEUE_DESC *desc, REFIID riid,
                        void **ppv);

/* enqueue.c */
void ds_queue_enqueue_request(struct ds_queue *queue, const DSTORAGE_REQUEST *request,
                              struct ds_group *group);
void ds_queue_enqueue_status(struct ds_queue *queue, IDStorageStatusArray *array, UINT32 index);
void ds_queue_enqueue_signal(struct ds_queue *queue, void *fence, UINT64 value);
void ds_queue_enqueue_event(struct ds_queue *queue, HANDLE event);
void ds_queue_submit(struct ds_queue *queue);
UINT32 ds_queue_until_auto_submit_locked(const struct ds_queue *queue);

/* retire.c: the end of a request, from any thread; then of every notification whose turn it is. */
void ds_queue_end(struct ds_entry *entry, HRESULT hr);
void ds_queue_retire(struct ds_queue *queue);
void ds_queue_cancel(struct ds_queue *queue, UINT64 mask, UINT64 value);
/* [D] Returns when nothing of this queue completes or is written any more. */
void ds_queue_close(struct ds_queue *queue);

/* failure.c */
void ds_queue_fail(struct ds_queue *queue, const struct ds_entry *entry, HRESULT hr);
/* The same for a call that got no entry. */
void ds_queue_fail_call(struct ds_queue *queue, DSTORAGE_COMMAND_TYPE type, HRESULT hr);
/* To a debugger, with SHOW_ERRORS. words ends in a line feed. */
void ds_warn(struct ds_runtime *runtime, const char *words);
/* At most nbytes of a string that may be none, ended, and zero from there on. */
void ds_name_copy(char *to, size_t nbytes, const char *user);
HANDLE ds_queue_error_event(struct ds_queue *queue);
void ds_queue_error_record(struct ds_queue *queue, DSTORAGE_ERROR_RECORD *record);

#endif

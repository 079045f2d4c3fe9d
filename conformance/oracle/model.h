/* SPDX-License-Identifier: MIT */
/*
 * What a trace says happened, as rings, entries, submits and completions, for the rules to look at.
 * Built in one pass over the records in order of time; every list is in that order. Index NONE means
 * "there is none". Nothing here judges.
 */
#ifndef CF_ORACLE_MODEL_H
#define CF_ORACLE_MODEL_H

#include "conformance/oracle/names.h"
#include "conformance/trace/reader.h"

#define NONE SIZE_MAX

#define HR_WAIT_TIMEOUT 0x800705b4u    /* IORING_E_WAIT_TIMEOUT */
#define HR_QUEUE_FULL 0x80460002u      /* IORING_E_SUBMISSION_QUEUE_FULL */
#define HR_CQ_TOO_FULL 0x80460008u     /* IORING_E_COMPLETION_QUEUE_TOO_FULL */
#define HR_INVALID_ARGUMENT 0x80070057u
#define HR_NOT_FOUND 0x80070490u       /* ERROR_NOT_FOUND */
#define HR_END_OF_FILE 0x80070026u     /* ERROR_HANDLE_EOF */
#define HR_ABORT 0x80004004u           /* E_ABORT */
#define WAIT_FOR_ALL 0xffffffffu       /* IORING_SUBMIT_WAIT_ALL, and INFINITE */

enum ora_kind {
    ORA_READ,
    ORA_WRITE,
    ORA_FLUSH,
    ORA_CANCEL,
    ORA_REGISTER_FILES,
    ORA_REGISTER_BUFFERS,
    ORA_SCATTER,
    ORA_GATHER,
    ORA_OTHER, /* NOP, or an operation code that nobody knows */
};

/* When something happened: between begin and end. */
struct ora_span {
    uint64_t t0, t1, n, thread;
};

/* An entry that was built with success. */
struct ora_op {
    const struct cf_record *record;
    struct ora_span span; /* of the build */
    enum ora_kind kind;
    size_t ring, next; /* next: in the ring, in queue order */
    size_t position;   /* in the ring's queue, from 0 */
    size_t next_same;  /* the next of the same ring and user data */
    uint64_t user_data, target, nbytes, flags;
    /* Where from and where to, as given: a name (NULL: null) or an index into a table. */
    const char *file, *buffer;
    uint64_t file_index, buffer_index, offset, buffer_offset;
    bool file_indexed, buffer_indexed;
    uint64_t queued; /* entries in the queue before this one */
    bool drain;
    size_t submit; /* the submit that took it */
    size_t cqe;    /* its completion; with equal user data in flight: the first possible one */
    bool exact;    /* cqe can be no other */
};

struct ora_cqe {
    const struct cf_record *record;
    struct ora_span span; /* of the pop */
    size_t ring, next, op;
    bool early; /* its entry had not been submitted when the pop ended */
    bool known; /* some entry before had its user data */
    size_t empty_after; /* the first pop after it that found nothing */
};

struct ora_submit {
    const struct cf_record *record;
    struct ora_span span;
    size_t ring, next;
    uint64_t wait, ms; /* ms WAIT_FOR_ALL: for ever; NONE: not known */
    bool took, timed_out;
    bool overlapped;      /* a submit of another thread, begun before, had not ended */
    uint64_t queued;      /* entries built and not taken before */
    uint64_t taken_after; /* entries taken in all, with this one */
};

/* A pop that found nothing. */
struct ora_empty {
    const struct cf_record *record;
    struct ora_span span;
    size_t ring, next;
};

struct ora_ring {
    const struct cf_record *record; /* of the creation; NULL: made before the trace began */
    const char *sym;
    uint64_t version, sq, cq;  /* 0: not known */
    uint64_t required, advisory; /* flags asked for */
    uint64_t asked_sq, asked_cq;
    bool nt;   /* NtCreateIoRing: results are NTSTATUS values, entries written by hand */
    bool raw;  /* pops were seen in memory, later than they were made */
    bool wild; /* somebody wrote into the shared queues: nothing can be said */
    bool racy;     /* two threads built or submitted at once: queue order is not known */
    bool pop_racy; /* two threads popped at once */
    size_t first_op, last_op, first_queued, first_cqe, last_cqe, first_submit, last_submit, first_empty,
        last_empty;
    size_t first_unmarked; /* of the completions that no empty pop has followed yet */
    bool drains;   /* some entry had the drain flag */
    size_t closed; /* index into the trace's records; NONE: not closed */
    struct ora_span close_span;
    uint64_t built, taken, popped;
    struct ora_span submitting[2]; /* of two threads, the submits that end last so far */
    struct ora_span producer; /* the last build or submit */
    struct ora_span consumer; /* the last pop */
};

/* Refused builds, or looks at the queues' indexes, and the state in which they were made. */
struct ora_refusal {
    const struct cf_record *record;
    struct ora_span span;
    size_t ring;
    uint64_t queued;
};

/* A record in order of time, with the ring it speaks of (NONE: of none). */
struct ora_item {
    const struct cf_record *record;
    struct ora_span span; /* of the call itself, or of the call that it comes after */
    size_t ring;
};

struct ora_model {
    const struct cf_trace *trace;
    struct ora_space *space; /* borrowed; everything below lies in it, and what a rule takes */
    struct ora_item *items;
    struct ora_ring *rings;
    struct ora_op *ops;
    struct ora_cqe *cqes;
    struct ora_submit *submits;
    struct ora_empty *empties;
    struct ora_refusal *refusals, *peeks;
    /* (sym, 0, 0) -> 0: closed, duplicated or bound to a port somewhere in the trace. */
    struct ora_names spoilt;
    /* (sym, 0, 0) -> 0: somebody opened or made it here; letters alone prove nothing. */
    struct ora_names introduced;
    struct ora_names overlapped; /* likewise, those opened with FILE_FLAG_OVERLAPPED */
    struct ora_names events; /* likewise, those that CreateEvent made */
    struct ora_names files;  /* likewise, those that CreateFile made and that are no end of a pipe */
    /* How much of a sort there is, so that a rule with nothing to look at costs nothing. */
    size_t evt_count, mem_count, data_count, cancel_count, abort_count, indexed_count;
    size_t ds_count, ds_event_count; /* calls of DirectStorage; records that may be events of it */
    uint64_t first_gap; /* the lowest call number that is missing: a call that never ended */
    size_t item_count, ring_count, op_count, cqe_count, submit_count, empty_count, refusal_count,
        peek_count;
};

/* False when memory ran out. The model is gone when the space is given back. */
bool ora_model_init(struct ora_model *model, const struct cf_trace *trace, struct ora_space *space);

/* Certainly before: same thread and earlier, or no overlap in time. */
bool ora_before(const struct ora_span *a, const struct ora_span *b);
/* Whether the call on the ring ended for certain before somebody began to close it. */
bool ora_live(const struct ora_ring *ring, const struct ora_span *span);
/* A handle with a name of its own that nothing in the trace closes, duplicates or binds. */
bool ora_good_handle(const struct ora_model *model, const char *sym);
/* Is the call a build, and of what? "kit.sqe" and "raw.sqe" are entries that no builder wrote. */
bool ora_build_kind(const struct cf_record *call, enum ora_kind *kind_out);
/* CreateFile in one of its shapes. */
bool ora_opens_file(const struct cf_record *record);
/* The call gave a success code. */
bool ora_succeeded(const struct cf_record *call);
/* Of a completion, in its own world (HRESULT or NTSTATUS): the top bit is the failure in both. */
static inline bool ora_failed(uint32_t code)
{
    return code >> 31;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What a trace's calls say of DirectStorage: objects, entries of queues in the order of enqueuing,
 * what each request must come to as far as the trace can tell, and when a notification was seen
 * pending and seen done. Symbols live for a trial. A queue that two threads were in at once is
 * racy: its order is not known.
 */
#ifndef CF_ORACLE_DS_MODEL_H
#define CF_ORACLE_DS_MODEL_H

#include "conformance/oracle/model.h"
#include "conformance/oracle/rule.h"

#define HR_PENDING 0x8000000au
#define HR_DS_TOO_LARGE 0x89240008u
#define HR_DS_END_OF_FILE 0x89240007u
#define HR_DS_DESTINATION_TYPE 0x89240040u
#define HR_DS_STAGING_LOCKED 0x8924001fu
#define DS_CUSTOM_FORMAT 0x80u
#define DS_STAGING_DEFAULT (32u << 20)

enum ora_ds_kind { ORA_DSK_REQUEST, ORA_DSK_STATUS, ORA_DSK_SIGNAL, ORA_DSK_EVENT };

/* What a request comes to, unless somebody cancels it. */
enum ora_ds_fate { ORA_FATE_OPEN, ORA_FATE_GOOD, ORA_FATE_FAILS };

struct ora_dsm_entry {
    const struct cf_record *record;
    struct ora_span span;
    enum ora_ds_kind kind;
    size_t queue, next;
    size_t segment;    /* of a status: the first entry that it tells of, or itself */
    uint64_t position; /* in the queue */
    /* The first call that may have submitted it. */
    const struct cf_record *start;
    /* A request's. */
    enum ora_ds_fate fate;
    uint32_t code;  /* of one that fails; 0: which is open */
    bool staging;   /* because of the staging size, or in spite of it: as large, and good */
    bool cancelled; /* somebody may have */
    bool provided;  /* by a hook, which may fail, or take its time */
    bool custom;    /* it waits for the program to decompress it */
    size_t fence;   /* object that it waits for; NONE */
    uint64_t fence_value, tag;
    const char *buffer; /* its destination; NULL: none that is known */
    uint64_t buffer_offset, nbytes, file_offset;
    size_t contents; /* record of the file's; NONE */
    /* A notification's: array and index, fence and value, event. */
    const char *object;
    uint64_t value;
    bool vague;                                       /* others may do the same to its object */
    const struct cf_record *seen_done, *seen_pending; /* the first call, the last call */
    uint32_t result; /* of a status that was seen done by GetHResult; HR_PENDING: not known */
};

struct ora_dsm_queue {
    const struct cf_record *record; /* CreateQueue */
    size_t trial, first, last, segment;
    uint64_t source, capacity, priority, count;
    uint64_t unsubmitted; /* of any kind, since a call of Submit */
    struct ora_span busy; /* the last call on it */
    bool racy, cancels;
    const struct cf_record *closed; /* Close, or the Release that came to 0 */
};

/* Who may raise a fence. */
struct ora_dsm_fence {
    uint64_t initial;
    size_t signals; /* calls of the program */
};

struct ora_dsm {
    const struct ora_model *model;
    struct ora_names symbols;  /* (sym, trial, 0) -> queue; QueryInterface gives it another name */
    struct ora_names statuses; /* (array, trial, index) -> the entry that was enqueued last */
    struct ora_names events;   /* (event, trial, 1) -> its entry; NONE - 1: not only one */
    /* (sym, trial, 0) -> record, or fence */
    struct ora_names buffers, files, closed_files, arrays, fences;
    struct ora_names data; /* (name, trial, 0) -> record of the contents */
    struct ora_dsm_queue *queues;
    struct ora_dsm_entry *entries;
    struct ora_dsm_fence *fence_list;
    size_t queue_count, entry_count, fence_count, trial;
    uint64_t staging;
    bool faults;                    /* some were dealt out, anywhere in the trace */
    bool vague_memory, vague_files; /* of the trial: what cannot be foretold */
    bool hooked;                    /* likewise: a hook under test shows files */
};

/* For a rule. False when there is nothing of DirectStorage, or no memory, which the judge is told. */
bool ora_dsm_begin(struct ora_judge *judge, struct ora_dsm *dsm);
struct ora_span ora_dsm_span(const struct cf_record *call);
/* The queue that a call names; NONE. trial: as counted by scenario records. */
size_t ora_dsm_queue(const struct ora_dsm *dsm, const struct cf_record *call, size_t trial);
/* Was the entry certainly done when somebody saw a notification behind it, before the call? */
bool ora_dsm_done_before(const struct ora_dsm *dsm, size_t entry, const struct cf_record *call);

#endif

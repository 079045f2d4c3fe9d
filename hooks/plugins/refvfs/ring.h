/* SPDX-License-Identifier: MIT */
/*
 * A ring as the program sees it, over the system's. As long as a ring has to do with real files
 * only, every call goes straight through. The first virtual file turns it: from then on the program
 * builds into a queue of ours and pops from a queue of ours, and what is real, or has been fetched,
 * is built into the system's ring under a number that finds our operation again. So one count of
 * operations, one wait, one edge of the event and one drain hold for both kinds.
 *
 * ring->lock covers what says so, and nothing is called with it held but SetEvent, whose edge it
 * decides. ring->pump is held across the system's Pop, which waits for nobody, and then takes
 * ring->lock. Builds and submits to the system's ring are made by one thread at a time,
 * ring->processing, without a lock.
 */
#ifndef HOOKS_PLUGINS_REFVFS_RING_H
#define HOOKS_PLUGINS_REFVFS_RING_H

#include "hooks/plugins/layer/layer.h"

#include <ioringapi.h>

enum rv_state { RV_FREE, RV_BUILT, RV_HELD, RV_FETCHING, RV_READY, RV_REAL };

/* A registered virtual file; open NULL: a real one, or none. */
struct rv_file {
    struct vl_open *open;
    HANDLE own, number; /* number: the program's */
};

/* One entry, from Build to its completion. */
struct rv_op {
    struct rv_op *next;
    struct rv_ring *ring;
    UINT_PTR number; /* its user data on the system's ring */
    enum rv_state state;
    IORING_OP_CODE code;
    UINT_PTR user_data;
    bool drain, cancelled, unpinned, is_virtual;
    bool taken;   /* its table is the ring's */
    bool kept;    /* own and open were settled by the submit */
    UINT32 flags; /* others than drain: the system's to refuse */
    /* A cancel is with the provider: not to be used again before. unpinned: free but for that. */
    UINT32 pins;
    IORING_HANDLE_REF file;
    IORING_BUFFER_REF buffer;
    UINT32 length, mode; /* mode: write flags, flush mode */
    UINT64 offset;
    UINT64 ahead; /* its part of open->ahead */
    UINT_PTR cancel_id;
    UINT32 count;              /* of segments, handles, buffers */
    void const *array;         /* the program's, or copy */
    HANDLE *copy;              /* of handles, as they were at Build */
    struct rv_file *files;     /* which of them are virtual: the table once it is registered */
    IORING_BUFFER_INFO *infos; /* likewise */
    struct vl_open *open;      /* a read's virtual file */
    HANDLE own; /* and a handle for it: the program's may be closed meanwhile, the table replaced */
    struct vl_fill fill;
    struct rv_op *parent; /* of a part of a cancel */
    UINT32 parts;         /* of a cancel: answers that are missing */
    HRESULT answer;       /* and the best so far */
};

struct rv_list {
    struct rv_op *first, **last;
    UINT32 count;
};

struct rv_ring {
    _Atomic(struct rv_ring *) next; /* in its bucket, for ever */
    _Atomic(HIORING) handle;        /* NULL: free */
    atomic_uint references;
    atomic_bool mixed;
    atomic_bool popping; /* somebody is in the system's Pop, straight through */
    /* Straight through: built and not submitted, submitted in all, popped in all. */
    _Atomic UINT32 built_through;
    _Atomic UINT64 submitted_through, popped_through;
    IORING_INFO info;

    SRWLOCK pump;
    SRWLOCK lock; /* of everything below */
    CONDITION_VARIABLE wake;
    struct rv_op **chunks; /* RV_CHUNK operations each */
    UINT32 chunk_count;
    struct rv_op *free_ops;
    struct rv_list built, held, ready;
    struct rv_list dead; /* answered, with references that are given back without the lock */
    UINT32 raw_built;    /* in the system's queue since before the turn */
    UINT32 outstanding;  /* started, those from before included, and not posted */
    UINT32 real_built;   /* by us and not yet submitted */
    UINT32 active;       /* threads that may call the system with this ring */
    bool submitting, processing, again, waiting, closed, watched, registering;
    IORING_CQE *cq;
    UINT64 posted, popped;
    HANDLE real_event; /* the system's ring sets it */
    HANDLE event;      /* the program's; a duplicate */
    struct rv_file *files;
    IORING_BUFFER_INFO *buffers;
    UINT32 file_count, buffer_count;
};

#define RV_CHUNK 64u

/* ---- originals ---- */
extern HRESULT(WINAPI *vl_original_SubmitIoRing)(HIORING, UINT32, UINT32, UINT32 *);
extern HRESULT(WINAPI *vl_original_PopIoRingCompletion)(HIORING, IORING_CQE *);
extern HRESULT(WINAPI *vl_original_SetIoRingCompletionEvent)(HIORING, HANDLE);
extern HRESULT(WINAPI *vl_original_GetIoRingInfo)(HIORING, IORING_INFO *);

extern const struct vl_detour rv_life_detours[], rv_build_detours[], rv_submit_detours[],
    rv_complete_detours[], rv_nt_detours[];

/* Puts the operation into the system's queue. */
HRESULT rv_build_real(struct rv_op *op);

/* ---- life ---- */
/* NULL: not one that we saw being made. No reference: who uses a ring that he closes is on his own.
 */
struct rv_ring *rv_ring_find(HIORING handle);
void rv_ring_hold(struct rv_ring *ring);
void rv_ring_release(struct rv_ring *ring);
/* Turns it. False: no memory, and it is as it was. The builder's thread. */
bool rv_ring_mix(struct rv_ring *ring);
/* Each ring, with a reference. */
void rv_rings_each(void (*each)(struct rv_ring *ring, void *arg), void *arg);
/* The program's rings are the system's alone again; those that owe something keep the detours. */
bool rv_rings_idle(void);
void rv_rings_forget(void);

/* ---- operations; lock held ---- */
struct rv_op *rv_op_take_locked(struct rv_ring *ring);
void rv_op_give_locked(struct rv_op *op);
/* The same for one that may hold files; rv_sweep, without the lock, lets go of them. */
void rv_op_bury_locked(struct rv_op *op);
void rv_sweep(struct rv_ring *ring);
/* Gives back what an operation holds, without the lock, when nobody else has it: before its
 * completion can be seen, so that a program that then ends finds nothing open. */
void rv_let_go(struct rv_op *op);
/* A duplicate, past all detours; NULL: there is none. */
HANDLE rv_own_copy(HANDLE handle);
void rv_files_free(struct rv_file *files, UINT32 count);
/* Can so many bytes be read there? A bad array is the completion's to report. */
bool rv_is_readable(const void *bytes, size_t nbytes);
/* The table that a registration brings is the ring's; what was, the operation's. */
void rv_take_table_locked(struct rv_op *op);
void rv_ops_free(struct rv_ring *ring); /* without the lock, and with nobody left */
void rv_list_init(struct rv_list *list);
void rv_list_append(struct rv_list *list, struct rv_op *op);
struct rv_op *rv_list_take(struct rv_list *list);
void rv_list_push(struct rv_list *list, struct rv_op *op);
/* The operation of that number on the system's ring, if it is one. */
struct rv_op *rv_op_numbered_locked(struct rv_ring *ring, UINT_PTR number);

/* ---- on the way ---- */
/* Starts whatever may start. Any thread; one at a time does it, the others leave it to that one. */
void rv_process(struct rv_ring *ring);
/* What of a registration we need to know later, before the system has it. False: no memory. */
bool rv_note_tables(struct rv_op *op);
void rv_start_cancel(struct rv_op *op);
/* Tells the providers of all operations on this file. Returns whether there were any. */
bool rv_cancel_open(struct vl_open *open);

/* ---- done ---- */
/* A completion for the program. Gives the operation back. */
void rv_post(struct rv_op *op, HRESULT hr, ULONG_PTR information);
void rv_post_locked(struct rv_op *op, HRESULT hr, ULONG_PTR information);
/* The same, or a part of a cancel's. */
void rv_answer_locked(struct rv_op *op, HRESULT hr, ULONG_PTR information);
HRESULT rv_hresult(NTSTATUS status);
/* What the system has completed. */
void rv_pump(struct rv_ring *ring);
/* Until target completions were posted. */
HRESULT rv_wait(struct rv_ring *ring, UINT64 target, UINT32 milliseconds);
/* A thread waits for the system when the program does not. */
void rv_watch(struct rv_ring *ring);
bool rv_enter(struct rv_ring *ring);
void rv_leave(struct rv_ring *ring);

/* After each Pop: a detach that waits for what is owed. */
void rv_detach_if_idle(void);
extern atomic_bool rv_detaching;

/* This thread is in CreateIoRing: the ring that the service makes is one that is popped through
 * Win32. */
VL_THREAD extern _Thread_local bool rv_in_create;
/* A handle is closed: if it was a ring's at the service, that is gone. */
void rv_nt_closed(HANDLE handle);

/* dstorage=mapping: DirectStorage is told to read by handle. False: MinHook would not. */
bool rv_dstorage_create(void);

/* strategy=handle: rings whose queues are seen at the system's service, and filled there. */
extern bool rv_by_handle;

#endif

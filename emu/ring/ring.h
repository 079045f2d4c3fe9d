/* SPDX-License-Identifier: MIT */
/*
 * Ring objects: policy. Order, drain, counting, registration, cancel and the completion event are
 * decided here; how an operation reaches the kernel is the engine's business.
 *
 * Who may touch what:
 *   submitting  one thread at a time takes entries from the submission queue (SUBMIT_IN_PROGRESS)
 *   processing  one thread at a time, the processor, starts operations, in queue order: the submitter,
 *               or whoever finished the operation that a held entry waited for. The tables of
 *               registered files and buffers belong to the processor.
 *   post_lock   completion queue, free operations, event, held list
 * The kinds of threads that finish operations (engine, pipe peers) take post_lock only.
 */
#ifndef EMU_RING_RING_H
#define EMU_RING_RING_H

#include "emu/base/lock.h"
#include "emu/engine/engine.h"
#include "emu/object/file.h"
#include "emu/ring/queues.h"

extern const struct emu_object_ops emu_ring_object_ops;

struct emu_ring;

/* One started operation. Lives in its ring's pool; holds a reference on ring and file. */
struct emu_ring_op {
    struct emu_io io; /* first */
    struct emu_ring *ring;
    struct emu_ring_op *next_free;
    struct iovec *segments; /* owned: what io.segments pointed to at the start */
};

/*
 * An entry that waits behind a drain. Its handle was looked up when it was submitted, in the thread
 * that did: the one that starts it may be the emulator's own, and the handle closed by then.
 */
struct emu_ring_held {
    struct emu_list link;
    NT_IORING_SQE sqe;
    struct emu_file *file; /* a reference; NULL: no file, a registered one, or a bad handle */
    uint32_t access;
};

struct emu_ring_files {
    uint32_t count, fixed; /* the engine knows the first fixed of them */
    struct emu_ring_file {
        struct emu_file *file; /* a reference; NULL: sparse */
        uint32_t access;
    } slots[];
};

struct emu_ring_buffers {
    uint32_t count, fixed;
    struct emu_engine_buffer slots[];
};

/*
 * The file of the entry before, because the next mostly has the same: a look-up, and a reference for
 * each operation, in bulk. Lives as long as one pass of the processor.
 */
struct emu_ring_last_file {
    struct emu_file *file; /* NULL: none */
    uint64_t key;          /* the handle, or the registered index with EMU_RING_KEY_REGISTERED */
    uint32_t access;
    uint32_t spare; /* references we hold; each operation that is on its way takes one */
    /*
     * A read that names its file by these two words may be served by read_now; EMU_RING_NO_MATCH: no
     * read may. The flags without the buffer's.
     */
    emu_read_now *read_now;
    uint64_t match_handle;
    uint32_t match_flags;
    /*
     * Of a synchronous file: a row of reads is one turn on it. wants: the next read must take
     * position_lock; has: we hold it.
     */
    bool wants_turn, has_turn;
};

struct emu_ring {
    struct emu_object obj; /* first */
    struct emu_list link;  /* all rings; for fork */
    uint32_t sim_head;     /* of the completion queue, when it was last told of; a simulation's turn */
    struct emu_ring_queues queues;
    uint32_t version, required_flags, advisory_flags;
    struct emu_engine_queue *queue; /* owned */
    _Atomic bool dead;              /* a forked child's copy of its parent's ring */
    _Atomic bool watched;           /* the reaper drives; sticky */
    _Atomic bool closed;            /* the last handle is gone: waits end */
    _Atomic bool polled; /* somebody pops through emu_ring_poll: not an NT-level client */

    _Atomic uint32_t submitting;
    _Atomic uint32_t processing;
    struct emu_ring_files *files;     /* processor */
    struct emu_ring_buffers *buffers; /* processor */
    struct emu_ring_last_file last;   /* processor */
    bool not_cached; /* processor: the entry at hand would have to wait for the disk */

    /*
     * Started, not completed: what a drain waits for. Completions subtract at once, the processor adds
     * after the start, so it may pass through -1; zero means something to the processor only.
     */
    _Atomic uint32_t outstanding;
    _Atomic uint32_t stalled;   /* the first held entry waits for outstanding == 0 */
    _Atomic uint32_t submitted; /* entries ever consumed */
    _Atomic uint32_t
        completed; /* completions ever posted; == queues.cq_tail, readable without lock */
    _Atomic uint32_t waiters;   /* threads in emu_ring_wait */
    _Atomic uint32_t sleepers;  /* those of them that sleep on wait_word */
    _Atomic uint32_t wait_word; /* futex: changes whenever a waiter should look again */
    _Atomic uintptr_t
        driver; /* which thread may sleep in the engine for a number it read; 0: none */

    struct emu_lock post_lock;
    struct emu_list held;
    _Atomic uint32_t held_count;
    struct emu_object *event; /* a reference from emu_host->event_from_handle */
    struct emu_ring_op *pool;            /* const */
    bool pool_mapped;                    /* const: not from the heap */
    struct emu_ring_op *free_ops;        /* those that have ended */
    struct emu_ring_op *spare_ops;       /* processor: taken from free_ops */
    uint32_t pool_used, pool_size;       /* processor; const */
};

static inline struct emu_ring *emu_ring_from_object(struct emu_object *obj)
{
    return (struct emu_ring *)obj;
}

NTSTATUS emu_ring_create(const NT_IORING_STRUCTV1 *params, struct emu_ring **ring_out);

/* ---- submit.c ---- */

/*
 * One NtSubmitIoRing: consumes every entry of the submission queue, starts what may start, waits.
 * On any status but success and STATUS_TIMEOUT nothing was consumed.
 */
NTSTATUS emu_ring_submit(struct emu_ring *ring, uint32_t wait_count, uint64_t deadline_ns);

/* Starts held entries as far as they go, unless another thread is at it. */
void emu_ring_process(struct emu_ring *ring);

/* ---- op.c: one entry. Processor only. ---- */

enum emu_ring_step {
    EMU_RING_DONE,    /* result is set; op is free for the next entry */
    EMU_RING_PENDING, /* op is on its way */
    EMU_RING_ENGINE,  /* op goes to the engine with the batch */
};

/*
 * Starts one entry with op, which is free. The caller has reserved a reference on ring for it.
 */
enum emu_ring_step emu_ring_start(struct emu_ring *ring, const NT_IORING_SQE *sqe,
                                  struct emu_ring_op *op, struct emu_ring_result *result_out);
void emu_ring_op_complete(struct emu_io *io);

/* Looks up the file of an entry that will be held. Any thread that may use the host's handles. */
void emu_ring_hold_file(struct emu_ring_held *held);
/* Makes a held entry's file the one that the start of the entry finds. Processor. */
void emu_ring_use_held_file(struct emu_ring *ring, const struct emu_ring_held *held);
/* Ends a pass: lets go of the file that was kept for the next entry. */
void emu_ring_forget_file(struct emu_ring *ring);

/* ---- registration.c: processor only ---- */

NTSTATUS emu_ring_register_files(struct emu_ring *ring, const NT_IORING_OP_REGISTER_FILES *request);
NTSTATUS emu_ring_register_buffers(struct emu_ring *ring,
                                   const NT_IORING_OP_REGISTER_BUFFERS *request);
void emu_ring_files_free(struct emu_ring_files *files);

/* ---- complete.c ---- */

/*
 * Posts count completions at once: one edge, one wake; done (may be NULL) goes back to the pool with
 * them. Any thread, no lock held.
 */
void emu_ring_post(struct emu_ring *ring, const struct emu_ring_completion *completions,
                   uint32_t count, struct emu_ring_op *done);
/*
 * The same for count that are in their slots already. Only the processor, while nothing is
 * outstanding, may write there: nobody else posts then.
 */
void emu_ring_post_written(struct emu_ring *ring, uint32_t count);
/* Processor. An operation, or NULL when every one the completion queue has room for is out. */
struct emu_ring_op *emu_ring_op_take(struct emu_ring *ring);
void emu_ring_op_give(struct emu_ring *ring, struct emu_ring_op *op);
/* Have completions reached target (a count that wraps)? */
bool emu_ring_reached(const struct emu_ring *ring, uint32_t target);
/* Waits until completions reach target (as a count that wraps), or STATUS_TIMEOUT. */
NTSTATUS emu_ring_wait(struct emu_ring *ring, uint32_t target, uint64_t deadline_ns);
/* From now on the reaper drives. False: there is none; who waits must look for himself. */
bool emu_ring_watch(struct emu_ring *ring);
void emu_ring_poll(struct emu_ring *ring);
/* A simulation: what goes on tells how many are outstanding, so no end of one may be swapped with it. */
void emu_ring_sim_alone(struct emu_ring *ring);
NTSTATUS emu_ring_set_event(struct emu_ring *ring, uint64_t handle);

#endif

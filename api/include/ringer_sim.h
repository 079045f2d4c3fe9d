/* SPDX-License-Identifier: MIT */
/*
 * The engine "sim" (RINGER_ENGINE=sim): whatever Windows may do, on demand. Operations end when, in
 * which order and how the caller of this interface says; threads take turns; time stands still
 * until a wait runs out. One process, one simulation. C and C++.
 *
 * A run of a program under sim is a row of choices. At each point where several things may legally
 * happen next the engine asks once, with all of them; the same answers to the same program give the
 * same run, byte for byte. The table of what is offered when, with the evidence of each row, is
 * docs/response-space.md.
 */
#ifndef RINGER_SIM_H
#define RINGER_SIM_H

#include <stddef.h>
#include <stdint.h>

#ifndef RINGER_API
#    ifdef _WIN32
#        define RINGER_API
#    else
#        define RINGER_API __attribute__((visibility("default")))
#    endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Where the program stands when the engine asks. One bit each, for ringer_sim_params.spaces. */
enum ringer_sim_where {
    RINGER_SIM_AT_SUBMIT = 1u << 0, /* SubmitIoRing begins: ACCEPT or REFUSE */
    RINGER_SIM_AT_START = 1u << 1,  /* an operation starts: PEND or INLINE */
    RINGER_SIM_AT_CALL = 1u << 2,   /* a call that could tell what has ended: GO_ON, or something first */
    RINGER_SIM_AT_WAIT = 1u << 3,   /* a thread cannot go on by itself */
    RINGER_SIM_AT_EVENT = 1u << 4,  /* a ring is about to set its event: AT_ONCE or LATER */
    RINGER_SIM_AT_CLOSE = 1u << 5,  /* a handle is closed: REUSE or RETIRE its number */
};
#define RINGER_SIM_EVERYWHERE 0x3Fu

/*
 * What may happen. subject: an operation, counted from 1 in order of start; a thread, from 0; an
 * event.
 */
enum ringer_sim_act {
    RINGER_SIM_GO_ON,    /* the call is made */
    RINGER_SIM_COMPLETE, /* operation subject ends, with outcome */
    RINGER_SIM_SWITCH,   /* thread subject goes on, up to its next point */
    RINGER_SIM_EXPIRE,   /* the wait of thread subject runs out; time jumps there */
    RINGER_SIM_SIGNAL,   /* event subject, held back until now, is set */
    RINGER_SIM_PEND,     /* operation subject stays pending */
    RINGER_SIM_INLINE,   /* operation subject ends inside Submit, with outcome */
    RINGER_SIM_ACCEPT,   /* Submit takes the entries */
    RINGER_SIM_REFUSE,   /* Submit takes none */
    RINGER_SIM_AT_ONCE,  /* the event is set now */
    RINGER_SIM_LATER,    /* it is held back */
    RINGER_SIM_REUSE,    /* the number may be the next handle's */
    RINGER_SIM_RETIRE,   /* it never comes again */
    RINGER_SIM_ACT_COUNT
};

/* How an operation ends. One bit each, for ringer_sim_params.faults. */
enum ringer_sim_outcome {
    RINGER_SIM_AS_IT_IS = 0,            /* as the file has it: all the bytes, or those up to the end */
    RINGER_SIM_CANCELLED = 1u << 0,     /* offered once a cancel named it; no fault, always in the mask */
    RINGER_SIM_DEVICE_ERROR = 1u << 1,  /* ERROR_IO_DEVICE, no byte moved */
    RINGER_SIM_NO_MEMORY = 1u << 2,     /* ERROR_NO_SYSTEM_RESOURCES */
    RINGER_SIM_DISK_FULL = 1u << 3,     /* writes: ERROR_DISK_FULL */
    RINGER_SIM_REFUSALS = 1u << 4,      /* for faults only: Submit may be refused as a whole */
    RINGER_SIM_EXPIRIES = 1u << 5,      /* EXPIRE although something else could still end the wait */
};

struct ringer_sim_option {
    uint16_t act;     /* enum ringer_sim_act */
    uint16_t outcome; /* enum ringer_sim_outcome */
    uint32_t subject;
};

struct ringer_sim_choice {
    uint32_t where;  /* enum ringer_sim_where */
    uint32_t thread; /* whose turn it is */
    uint32_t count;  /* of options, 2 at least; [0] is what happens on Windows most of the time */
    uint32_t faults_left;
    const struct ringer_sim_option *options;
};

/*
 * What a step touched. Two steps may be swapped unless they touch the same with a write among them.
 */
enum ringer_sim_resource {
    RINGER_SIM_QUEUE = 1, /* completion queue of ring id; from: the slot, counted from 0, that was written, or
                             that was looked for and not there. Two writes matter to each other only when
                             the earlier slot was popped in the end: RINGER_SIM_CALL_RING_END says how many were */
    RINGER_SIM_FILE,      /* bytes from..to of file id (UINT64_MAX: to its end and beyond) */
    RINGER_SIM_MEMORY,    /* addresses from..to of the caller's memory */
    RINGER_SIM_EVENT,     /* the state of event, thread or port id; read by who sets it, which all do alike */
    RINGER_SIM_OPERATION, /* whether operation id is still pending; from: 0 a read, 1 a write, 2 a flush, 3 a
                             step of a runtime's (DirectStorage), which ends as it does */
    RINGER_SIM_TIME,      /* the clock */
    RINGER_SIM_PENDING,   /* who pends on file id with user data from..to: who starts or ends reads it, who
                             looks for somebody to cancel writes it, so that ends do not exclude each other */
    RINGER_SIM_RING,      /* how many are outstanding on ring id; read by who ends, written likewise */
    RINGER_SIM_ANYTHING,  /* a look that does not say at what */
    RINGER_SIM_STATE,     /* part from..to of the state of id, an object that is none of the kernel's */
};
struct ringer_sim_access {
    uint16_t resource; /* enum ringer_sim_resource */
    uint16_t write;    /* 0 or 1 */
    uint32_t id;
    uint64_t from, to; /* half open */
};

/* One thing that happened, in order; also where there was no choice. */
struct ringer_sim_step {
    uint32_t choice;  /* how many choices had been made before it */
    uint32_t thread;  /* whose turn it was */
    struct ringer_sim_option option; /* what: GO_ON for a call */
    uint32_t call;    /* enum ringer_sim_call, when the option is GO_ON */
    uint32_t access_count;
    const struct ringer_sim_access *accesses; /* until the callback returns */
};
enum ringer_sim_call {
    RINGER_SIM_CALL_POP = 1,  /* found the queue empty */
    RINGER_SIM_CALL_SUBMIT,
    RINGER_SIM_CALL_WAIT,     /* for objects, or on a port; also one that found what it wanted */
    RINGER_SIM_CALL_EVENT,    /* set, reset, read */
    RINGER_SIM_CALL_CANCEL,
    RINGER_SIM_CALL_CLOSE,
    RINGER_SIM_CALL_FILE,     /* a transfer outside of rings, a query of the file */
    RINGER_SIM_CALL_OTHER,    /* ringer_sim_point */
    RINGER_SIM_CALL_RING_END, /* a ring goes: one QUEUE access, from: 0, to: how many were popped of it */
};

struct ringer_sim_params {
    uint32_t size;   /* of this struct, in bytes */
    uint32_t spaces; /* mask of enum ringer_sim_where: elsewhere option 0 is taken without asking */
    uint32_t faults; /* mask of enum ringer_sim_outcome that may be offered */
    uint32_t most_faults; /* in one run; a refused Submit counts as one */
    uint32_t most_idle;   /* how often in a row the same thread may find nothing by choice; 0: 2 */
    void *context;
    /* Returns an index below choice->count. NULL: always 0. Must not call the API. */
    uint32_t (*choose)(void *context, const struct ringer_sim_choice *choice);
    void (*step)(void *context, const struct ringer_sim_step *step); /* may be NULL */
    /*
     * Every thread waits, nothing is pending that could end a wait, and no wait has a limit. When this
     * returns, or is NULL, the waits end with WAIT_TIMEOUT or the like, in turn.
     */
    void (*stuck)(void *context);
    /*
     * A thread that CreateThread did not make is there: on its way to its first call, or it came to that (0).
     * missing: nobody else could go on, such a thread was waited for and did not come, and the run goes on
     * without it. More than once, from any thread; may be NULL. Absent where size says so.
     */
    void (*stranger)(void *context, uint32_t missing);
};

struct ringer_sim_summary {
    uint32_t size; /* of this struct, in bytes; set by the caller */
    uint32_t choices, operations, faults, pending, stuck;
    uint64_t now_ns; /* virtual time since the begin */
};

/*
 * Begins a run: counters, clock and file numbers start over, and this thread is thread 0.
 * params: the caller's, copied; what its functions use must stay until the end.
 * Returns 1; 0 when the engine is another one, params is NULL or its size too small, or a run is
 *   under way.
 * Source: [I].
 */
RINGER_API int ringer_sim_begin(const struct ringer_sim_params *params);

/*
 * Ends a run: what still pends is cancelled. From then on, until the next begin, option 0 is taken
 * everywhere.
 * summary: out; the caller's, with size set in bytes; left alone when that is too small. May be NULL.
 * Returns 1; 0 when none was under way.
 * Source: [I].
 */
RINGER_API int ringer_sim_end(struct ringer_sim_summary *summary);

/*
 * A call is about to be made that the engine does not see: threads may change here. Under another
 * engine nothing happens.
 * Source: [I].
 */
RINGER_API void ringer_sim_point(void);

/*
 * The program is about to look at its memory, which a pending operation might change. Under another
 * engine nothing happens.
 * memory: where; NULL: anywhere, also into the queues that it shares with a ring.
 * nbytes: bytes there.
 * Source: [I].
 */
RINGER_API void ringer_sim_look(const void *memory, size_t nbytes);

/*
 * The time that waits go by.
 * Returns nanoseconds of the virtual clock, or of the machine's under another engine; cannot fail.
 * Source: [I].
 */
RINGER_API uint64_t ringer_sim_now(void);

#ifdef __cplusplus
}
#endif

#endif

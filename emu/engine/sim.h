/* SPDX-License-Identifier: MIT */
/*
 * The simulating engine's own parts: sim.c asks and decides, sim_io.c has the operations, sim_step.c
 * tells what happens, sim_thread.c hands the turn from thread to thread, sim_stranger.c lets others in.
 * Only the thread whose turn it is runs, so that nothing here needs a lock but where a thread that is not ours comes with its first call.
 */
#ifndef EMU_ENGINE_SIM_H
#define EMU_ENGINE_SIM_H

#include "emu/base/list.h"
#include "emu/base/sim.h"
#include "emu/engine/engine.h"

#include <sys/types.h>

#define EMU_SIM_OPTIONS 64u
#define EMU_SIM_STUCK_MOST 1000u

struct emu_sim_thread {
    struct emu_list link; /* sim.threads, by ordinal */
    uint32_t ordinal;
    pid_t tid; /* 0: it has not had a turn yet */
    uint32_t idle;           /* points in a row at which it chose to find nothing */
    _Atomic uint32_t turn;   /* 1: it may run */
    bool started;            /* it came to its first line */
    bool waiting, expired;   /* inside wait(), which then ran out */
    bool serves;             /* a runtime's: it goes on when it can */
    uint32_t quiet;          /* no call of it is a point */
    uint64_t yielded;        /* sim.moves when it let others go first */
    _Atomic uint32_t *word;  /* of that wait */
    uint32_t expected;
    uint64_t deadline_ns;
};

struct emu_sim {
    struct ringer_sim_params params;
    bool missing;          /* of the threads of the process some never came, and were waited for */
    bool running;          /* between begin and end: else nobody is asked */
    uint64_t now_ns;
    uint32_t choices, operations, faults, stuck;
    uint32_t next_id, generation;
    struct emu_list pending; /* struct emu_io.link, by number */
    struct emu_list signals; /* struct held_signal */
    struct emu_list threads;
    uint32_t next_thread;
    uint64_t moves; /* that were made */
    /* Those who serve: whoever of the others had the turn last, and what it did, which theirs belongs to. */
    uint32_t servers;
    struct emu_sim_thread *served;
    struct ringer_sim_option cause;
    struct emu_list later; /* struct put_off */
};
extern struct emu_sim emu_sim_state;
extern const struct emu_sim_ops emu_sim_hooks;

/* What may happen at a point, collected and asked for. */
struct emu_sim_offer {
    uint32_t count;
    struct ringer_sim_option options[EMU_SIM_OPTIONS];
};
void emu_sim_offer(struct emu_sim_offer *offer, enum ringer_sim_act act, uint32_t outcome,
                   uint32_t subject);
struct ringer_sim_option emu_sim_ask(enum ringer_sim_where where, const struct emu_sim_offer *offer);
/* What anybody may do next but for the thread whose turn it is: operations, signals, other threads. */
void emu_sim_offer_world(struct emu_sim_offer *offer);
/* Does one of those. */
void emu_sim_do(struct ringer_sim_option option);

/* How many faults this run may still have. */
uint32_t emu_sim_faults_left(void);

/* ---- sim_serve.c ---- */

void emu_sim_quiet(bool own);
void emu_sim_unquiet(bool own);
uint32_t emu_sim_put_off(void (*due)(void *context), void *context);
void emu_sim_call_off(uint32_t number);
void emu_sim_offer_later(struct emu_sim_offer *offer);
/* False: it is none of them. */
bool emu_sim_do_later(struct ringer_sim_option option);
/* At the end of a run: all of them, in order, and what they lead to. */
void emu_sim_do_all_later(void);
/* Whoever serves and can go on does so, until nobody can. By a thread that does not serve. */
void emu_sim_serve(void);
/* True: somebody let others go first, who now can no longer. */
bool emu_sim_unyield(void);
/* By one that serves: the turn goes to the next, or back; it returns with it. */
void emu_sim_hand_on(struct emu_sim_thread *thread);
/* Who gets it. */
struct emu_sim_thread *emu_sim_next_served(const struct emu_sim_thread *but);

/* ---- sim_step.c ---- */

#define EMU_SIM_ACCESSES 16u

/* What happens now; what it leads to (a drain that ends, say) happens inside it. */
struct emu_sim_step {
    struct emu_sim_step *outer;
    struct ringer_sim_option option;
    enum ringer_sim_call call;
    uint32_t count;
    bool told;
    struct ringer_sim_access accesses[EMU_SIM_ACCESSES];
};
void emu_sim_step_begin(struct emu_sim_step *step, struct ringer_sim_option option,
                        enum ringer_sim_call call);
void emu_sim_step_end(struct emu_sim_step *step);
void emu_sim_step_add(struct emu_sim_step *step, enum ringer_sim_resource resource, bool write,
                      uint32_t id, uint64_t from, uint64_t to);
/* The step under way touches this; one of its own when none is. */
void emu_sim_touched(const struct ringer_sim_access *access);
/* To be called where another may move next: what the thread did up to here without a call is its own. */
void emu_sim_tell_uncalled(void);
uint32_t emu_sim_id(uint32_t *id);
uint32_t emu_sim_file_id(struct emu_file *file);
void emu_sim_steps_reset(void);

/* ---- sim_io.c ---- */

void emu_sim_offer_operations(struct emu_sim_offer *offer);
void emu_sim_complete(struct ringer_sim_option option);
/* At the end of a run; returns how many there were. */
uint32_t emu_sim_cancel_pending(void);
/* Nothing else can happen: waits a moment for peers outside of the process. Did one come? */
bool emu_sim_outside(void);

/* ---- sim_stranger.c ---- */

/* By the newcomer. True: nobody has the turn, and from now on it has; else it waits until it is let in. */
bool emu_sim_arrive(struct emu_sim_thread *thread);
/*
 * By whoever has the turn, when nobody whom it knows can go on: waits for those of whom it knows nothing,
 * within limits, and lets in who has come. True: somebody.
 */
bool emu_sim_newcomers(void);
/* By the last one that leaves: who has the turn now. NULL: nobody, until somebody comes. */
struct emu_sim_thread *emu_sim_admit_or_free(void);
void emu_sim_strangers_reset(void);

/* ---- sim_thread.c ---- */

struct emu_sim_thread *emu_sim_self(void);
void emu_sim_threads_reset(void);
void emu_sim_offer_threads(struct emu_sim_offer *offer);
/* Threads whose wait has a limit, the earliest only: nothing runs out before what ran out first. */
void emu_sim_offer_expiry(struct emu_sim_offer *offer);
void emu_sim_switch_to(uint32_t ordinal);
void emu_sim_pass_to(struct emu_sim_thread *thread);
bool emu_sim_can_run(const struct emu_sim_thread *thread);
void emu_sim_expire(uint32_t ordinal);
bool emu_sim_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns);
struct emu_sim_thread *emu_sim_thread_made(void);
/* One of those who take turns from now on. */
void emu_sim_enroll(struct emu_sim_thread *thread);
void emu_sim_thread_started(struct emu_sim_thread *thread);
void emu_sim_thread_ended(struct emu_sim_thread *thread);

#endif

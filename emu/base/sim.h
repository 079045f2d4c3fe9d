/* SPDX-License-Identifier: MIT */
/*
 * Where the simulating engine takes over from the machine: sleeping, the clock, and the points at
 * which it decides what has happened meanwhile. Under any other engine emu_sim is NULL, and each point
 * costs a load and a branch, off the hot paths.
 */
#ifndef EMU_BASE_SIM_H
#define EMU_BASE_SIM_H

#include <ringer_sim.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct emu_file;
struct emu_object;
struct emu_sim_thread;

struct emu_sim_ops {
    /* emu_futex_wait, with everything else of the process going on meanwhile. */
    bool (*wait)(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns);
    uint64_t (*now_ns)(void);
    /* Whatever may happen meanwhile happens, then it is that late. */
    void (*sleep)(uint64_t deadline_ns);
    /*
     * A call of this thread is about to look at, or to change, what it names: whatever else may happen
     * first, may happen here. idle: as things are it would find nothing. No lock held.
     */
    void (*before)(enum ringer_sim_call call, bool idle, const struct ringer_sim_access *accesses,
                   uint32_t count);
    /* Something that is no point, for those who follow the run. */
    void (*tell)(enum ringer_sim_call call, const struct ringer_sim_access *access);
    /* What goes on at this moment touches this as well. Any lock. */
    void (*touched)(const struct ringer_sim_access *access);
    /* True: this Submit takes nothing. */
    bool (*refuse_submit)(void);
    /* True: the event is set later, by set, with a reference that this takes. Any lock. */
    bool (*hold_event)(struct emu_object *event, void (*set)(struct emu_object *event));
    /* True: the number of the handle that is being closed never comes again. */
    bool (*retire_handle)(void);
    /* A small number for what has its place for it at *id; the same order of first use, the same numbers. */
    uint32_t (*id)(uint32_t *id);
    /* One for the bytes of a file, whatever handle reaches them; one for all that are streams. */
    uint32_t (*bytes)(struct emu_file *file);

    /* A thread: made by its maker, started and ended by itself. ended: also one that never started. */
    struct emu_sim_thread *(*thread_made)(void);
    void (*thread_started)(struct emu_sim_thread *thread);
    void (*thread_ended)(struct emu_sim_thread *thread);

    /*
     * A runtime above the kernel works for the program, on threads of its own and inside its calls. Until
     * unquiet, by the same thread, no call that is made is a point: what the program can tell apart the
     * runtime says itself. own: threads and objects made meanwhile are the runtime's, which nobody else
     * sees. Its threads go on whenever they can, before anything else happens and without a choice: what
     * they do belongs to what woke them.
     */
    void (*quiet)(bool own);
    void (*unquiet)(bool own);
    /*
     * Something of the runtime's that takes its time: later, when it is chosen to, due is called, quietly
     * and by anybody, and may wake a thread of the runtime's, no more. Returns its number, never 0.
     */
    uint32_t (*put_off)(void (*due)(void *context), void *context);
    /* It will not be called; no more, if it was. */
    void (*call_off)(uint32_t number);
};

/* Set once, when the engine is chosen. */
extern const struct emu_sim_ops *emu_sim;

/* The id of what is a runtime's own: what is done to it concerns nobody. Of objects made when .quiet(own). */
#define EMU_SIM_OWN UINT32_MAX
extern _Thread_local uint32_t emu_sim_owning; /* .quiet(own)s of this thread */

/* Set by who has it: touches what the thread did since its last point without a call. */
extern void (*emu_sim_between_calls)(void);

/* What only a simulation or a fault plan runs: out of the way of everything else. */
#define EMU_RARE __attribute__((cold, noinline))

/* What goes on touches this; under the simulating engine only. */
EMU_RARE void emu_sim_touch(enum ringer_sim_resource resource, bool write, uint32_t id, uint64_t from,
                            uint64_t to);

/* Memory of the user, which is about to change. */
static inline void emu_sim_touch_memory(const void *memory, uint64_t nbytes)
{
    if (emu_sim)
        emu_sim_touch(RINGER_SIM_MEMORY, true, 0, (uintptr_t)memory, (uintptr_t)memory + nbytes);
}

/*
 * An event, a thread, a port, a file as what is waited for: it is about to change. alike: it is set, which
 * whoever sets it does alike.
 */
static inline void emu_sim_touch_object(uint32_t *id, bool alike)
{
    if (emu_sim)
        emu_sim_touch(RINGER_SIM_EVENT, !alike, emu_sim->id(id), 0, 1);
}

/* Part from..to of what is no kernel object's. An access that does not write says: whoever does this, does it alike. */
static inline void emu_sim_touch_state(uint32_t *id, bool write, uint64_t from, uint64_t to)
{
    if (emu_sim)
        emu_sim_touch(RINGER_SIM_STATE, write, emu_sim->id(id), from, to);
}

/* A call of this thread is about to look at that, and says whether it would find nothing. */
static inline void emu_sim_before_state(bool idle, uint32_t *id, bool write, uint64_t from, uint64_t to)
{
    if (emu_sim) {
        struct ringer_sim_access access = {RINGER_SIM_STATE, write, emu_sim->id(id), from, to};

        emu_sim->before(RINGER_SIM_CALL_OTHER, idle, &access, 1);
    }
}

static inline void emu_sim_before(enum ringer_sim_call call, bool idle)
{
    if (emu_sim)
        emu_sim->before(call, idle, NULL, 0);
}

/* An event, a thread, a port, by its id field. */
static inline void emu_sim_before_object(enum ringer_sim_call call, bool idle, uint32_t *id)
{
    if (emu_sim) {
        struct ringer_sim_access access = {RINGER_SIM_EVENT, true, emu_sim->id(id), 0, 1};

        emu_sim->before(call, idle, &access, 1);
    }
}

#endif

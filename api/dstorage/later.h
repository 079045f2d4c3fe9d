/* SPDX-License-Identifier: MIT */
/*
 * What a program can tell apart, for an engine that simulates (emu/base/sim.h): there the threads of
 * this runtime go on without a choice, and each step that may end before or after another (a request
 * that reads nothing, decompression, a notification whose turn has come, the error event) is put off
 * until it is chosen. Under all other engines, and on Windows, this is one branch, or nothing.
 */
#ifndef DS_LATER_H
#define DS_LATER_H

#include "api/dstorage/object.h"

struct ds_runtime;

/* A step that is put off, inside whatever it is a step of. Nobody else runs meanwhile: no lock. */
struct ds_later {
    struct emu_list link; /* runtime->due, once its time has come */
    struct ds_runtime *runtime;
    void (*run)(struct ds_later *later); /* on a submit thread */
    UINT32 number;                       /* while it is put off, or 0 */
    bool is_due;                         /* in the list */
};

/* Of a queue: parts of its state, by who looks at them. Whoever ends a request does that like all others. */
enum ds_part { DS_PART_SLOTS, DS_PART_FAILURES, DS_PART_CANCELLED, DS_PART_COUNT };

#ifdef _WIN32

static inline bool ds_simulated(void)
{
    return false;
}

static inline void ds_choose_engine(void)
{
}

static inline void ds_quiet(void)
{
}

static inline void ds_enter(void)
{
}

static inline void ds_leave(void)
{
}

static inline void ds_own(void)
{
}

static inline void ds_disown(void)
{
}

static inline void ds_touch(struct ds_object *object, bool write, UINT32 part)
{
    (void)object;
    (void)write;
    (void)part;
}

#    define ds_look(object, idle, write, part) ((void)0)

#else

#    include "emu/base/sim.h"

/* From here on it is known whether there is a simulation. */
static inline void ds_choose_engine(void)
{
    ringer_sim_now();
}

static inline bool ds_simulated(void)
{
    return __builtin_expect(emu_sim != NULL, 0);
}

/* Until leave nobody does anything unless this thread waits. */
static inline void ds_quiet(void)
{
    if (ds_simulated())
        emu_sim->quiet(false);
}

/* A call of the program's begins, before which others may do something. */
static inline void ds_enter(void)
{
    emu_sim_before(RINGER_SIM_CALL_OTHER, false);
    ds_quiet();
}

static inline void ds_leave(void)
{
    if (ds_simulated())
        emu_sim->unquiet(false);
}

/* Until disown: no call is a point, and threads and handles that are made are the runtime's. */
static inline void ds_own(void)
{
    if (ds_simulated())
        emu_sim->quiet(true);
}

static inline void ds_disown(void)
{
    if (ds_simulated())
        emu_sim->unquiet(true);
}

/* What goes on reads, or changes, that part. */
static inline void ds_touch(struct ds_object *object, bool write, UINT32 part)
{
    if (ds_simulated())
        emu_sim_touch_state(&object->sim_id, write, part, (UINT64)part + 1);
}

/*
 * A call of the program's is about to look. idle: it would find nothing, and may be a loop; looked at
 * without the lock, which is right only where no other thread runs.
 */
#    define ds_look(object, idle, write, part)                                                  \
        do {                                                                                    \
            if (ds_simulated())                                                                 \
                emu_sim_before_state(idle, &(object)->sim_id, write, part, (UINT64)(part) + 1); \
        } while (0)

#endif

/* later.c; only when simulated. run: set by the caller. */
void ds_put_off(struct ds_runtime *runtime, struct ds_later *later);
/* True: it was put off, and will not come. */
bool ds_call_off(struct ds_later *later);
static inline bool ds_is_put_off(const struct ds_later *later)
{
    return later->number || later->is_due;
}
/* By a submit thread: what is due. */
void ds_run_due(struct ds_runtime *runtime);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The header every kernel object starts with. An object type is one file, one struct that embeds
 * struct emu_object first, and one const ops table without NULL slots.
 *
 * Two counts, as on NT: handles say how often it is named from outside (close() runs when the last
 * goes), references say who still needs the memory (destroy() runs when the last goes; a handle
 * holds one reference).
 */
#ifndef EMU_OBJECT_OBJECT_H
#define EMU_OBJECT_OBJECT_H

#include "emu/base/list.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct emu_object;

struct emu_object_ops {
    const char *type; /* the NT type name: "File", "Event", "IoCompletion", "IoRing", ... */
    /* The last handle went away. Called once, no lock held; the object lives on while referenced. */
    void (*close)(struct emu_object *obj);
    /* The last reference went away: release everything and the memory. */
    void (*destroy)(struct emu_object *obj);
    /*
     * For waits; both under the dispatcher lock (emu/object/wait.h). signalled: may a wait end now?
     * satisfy: a wait ended because of this object (an auto-reset event resets here).
     */
    bool (*signalled)(struct emu_object *obj);
    void (*satisfy)(struct emu_object *obj);
    bool waitable;
};

struct emu_object {
    const struct emu_object_ops *ops;
    _Atomic uint32_t references;
    _Atomic uint32_t handles;
    struct emu_list waiters; /* dispatcher lock */
    uint32_t sim_id;         /* emu/base/sim.h */
};

/* One reference, no handle. */
void emu_object_init(struct emu_object *obj, const struct emu_object_ops *ops);

static inline void emu_object_acquire(struct emu_object *obj)
{
    /* Relaxed: whoever takes a new reference already holds one, so nothing is published here. */
    atomic_fetch_add_explicit(&obj->references, 1, memory_order_relaxed);
}

void emu_object_release(struct emu_object *obj);

/* Fillers, so that no table has a NULL slot. */
void emu_no_close(struct emu_object *obj);
bool emu_never_signalled(struct emu_object *obj);
void emu_no_satisfy(struct emu_object *obj);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Stubs that hooks are wired with. Hook i has an enter stub, which is what slots and upper layers
 * lead to, and a next stub, which is its "original": each jumps through an entry of its own. Both
 * stay valid for ever, so whoever read such an address may use it at any later time.
 */
#ifndef HOOKS_ENGINE_THUNK_H
#define HOOKS_ENGINE_THUNK_H

#if !defined(HOOK_PORTABLE) && !(defined(__x86_64__) && defined(__LP64__))
#    define HOOK_PORTABLE 1
#endif

#ifdef HOOK_PORTABLE
/* C has to know the type of what it jumps to: a few stubs for each export. */
#    define HOOK_PER_EXPORT 4
#    define HOOK_THUNKS (DISPATCH_COUNT * HOOK_PER_EXPORT)
#else
#    define HOOK_THUNKS 1024
#endif

#ifndef __ASSEMBLER__

#include "api/dispatch/slots.h"

#include <stdatomic.h>
#include <stdint.h>

/* Written under the engine's lock with release; the stubs read them as dispatch_load does slots. */
extern _Atomic(void *) hook_enter_targets[HOOK_THUNKS] __attribute__((visibility("hidden")));
extern _Atomic(void *) hook_next_targets[HOOK_THUNKS] __attribute__((visibility("hidden")));

void *hook_enter_stub(unsigned index);
void *hook_next_stub(unsigned index);

/* Thunks that a hook of this export may have: [*first_out, *end_out). */
void hook_thunk_range(enum dispatch_id id, unsigned *first_out, unsigned *end_out);

/*
 * What an enter entry may point at instead of the detour, and NULL where there is none: a gate, which
 * looks at this thread's bypass mask; watch stubs, which call hook_watch_enter.
 */
void *hook_gate_stub(unsigned index);
void *hook_watch_enter_stub(unsigned index);
void *hook_watch_next_stub(unsigned index);

/* A row of the gates: layout known to the assembly. */
struct hook_gate {
    void *detour;
    uint64_t owner_bit;
    void *next; /* the hook's next stub */
    void *unused;
};
extern struct hook_gate hook_gates[HOOK_THUNKS] __attribute__((visibility("hidden")));
extern _Thread_local uint64_t hook_bypass_mask
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

enum hook_watch_kind { HOOK_WATCH_ENTER, HOOK_WATCH_NEXT };

/*
 * Called by the watch stubs with the place of the return address; returns where to jump. May put
 * hook_watch_left in that place; hook_watch_leave puts back what was there.
 */
void *hook_watch_enter(unsigned index, void **place, enum hook_watch_kind kind)
    __attribute__((visibility("hidden")));
void hook_watch_leave(void **place, uint64_t result) __attribute__((visibility("hidden")));
void hook_watch_left(void) __attribute__((visibility("hidden")));

#endif
#endif

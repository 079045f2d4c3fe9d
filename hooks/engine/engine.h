/* SPDX-License-Identifier: MIT */
/*
 * Hooks and their chains, for the rest of hooks/. One lock, hook_lock, covers every field that has
 * no atomic type, and every store to a slot or a stub's entry; it nests inside nothing and nothing
 * but lint's own is taken under it. No detour is called with it held.
 *
 * A chain is a list of hooks, the outermost first. What a layer goes on to is not read from the list:
 * each hook has the address that it leads to (below), which is the next layer's enter stub, or
 * whatever else the slot held when the hook was put in. So a hook is unlinked wherever its enter
 * stub's address is found, and where somebody else holds that address (a raw slot swap on top), it
 * stays where it is and passes on: buried.
 */
#ifndef HOOKS_ENGINE_ENGINE_H
#define HOOKS_ENGINE_ENGINE_H

#include "hooks/engine/thunk.h"

#include "emu/base/lock.h"

#include <ringer_hook.h>

/* Beside the public flags: lint's own hook. It is neither watched nor somebody's for whom order counts. */
#define HOOK_LOOKS_ON 0x80000000u

enum hook_state { HOOK_FREE, HOOK_OFF, HOOK_ON, HOOK_GONE };

struct ringer_hook {
    enum dispatch_id id;
    unsigned index; /* of its stubs */
    void *detour;
    const void *owner;
    const char *module; /* dladdr's; of the detour */
    const void *module_base;
    int32_t priority;
    uint32_t flags;
    unsigned owner_number;        /* index of the owner's bypass bit; with RINGER_HOOK_BYPASS only */
    uint64_t created, enabled;    /* ticks of one clock */
    _Atomic(void *) below;         /* where it leads; written under the lock, read by watch.c */
    struct ringer_hook *list_next; /* inward; of those in the chain */
    bool linked;                  /* in the chain: on, or buried */
    bool watched;                 /* its stubs lead through the watch stubs */
    _Atomic(/* Beside the public flags: lint's own hook. It is neither watched nor somebody's for whom order counts. */
#define HOOK_LOOKS_ON 0x80000000u

enum hook_state) state; /* seq_cst against inside: watch.c */
    _Atomic uint32_t inside;        /* threads in the detour; counted when watched */
};

extern struct emu_lock hook_lock;
extern struct ringer_hook hook_table[HOOK_THUNKS];
extern struct ringer_hook *hook_chains[DISPATCH_COUNT];

/* chain.c; under the lock. */
void hook_link_locked(struct ringer_hook *hook);
void hook_unlink_locked(struct ringer_hook *hook);
/* Points the stubs at what state, below and watched ask for. */
void hook_wire_locked(struct ringer_hook *hook);

/* attach.c: the export of a public function's address, import stubs seen through; or DISPATCH_COUNT. */
enum dispatch_id hook_resolve(const void *target);

/* attach.c: ringer_hook_create, with flags that are not for everybody. */
int hook_create(void *target, void *detour, const struct ringer_hook_options *options, uint32_t flags,
                void **original, struct ringer_hook **hook_out);

/* watch.c. Of an owner, of a module's detours (its base address), or NULL for all; as ringer_hook_quiesce. */
bool hook_watching(void);
int hook_quiesce(const void *owner, const void *module, uint32_t milliseconds);

/* bypass.c: the number of an owner, made when it has none; -1: no more. Under the lock. */
int hook_owner_number_locked(const void *owner, bool make);

#endif

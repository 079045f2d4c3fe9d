/* SPDX-License-Identifier: MIT */
/* Into the chain and out of it, at any place. */
#include "hooks/engine/engine.h"

struct emu_lock hook_lock = EMU_LOCK_INIT;
struct ringer_hook hook_table[HOOK_THUNKS];
struct ringer_hook *hook_chains[DISPATCH_COUNT];

void hook_wire_locked(struct ringer_hook *hook)
{
    unsigned i = hook->index;
    void *enter = hook->detour, *next = hook->below;

    if (hook->watched)
        next = hook_watch_next_stub(i);
    if (hook->state != HOOK_ON)
        enter = hook_next_stub(i);
    else if (hook->watched)
        enter = hook_watch_enter_stub(i);
    else if (hook->flags & RINGER_HOOK_BYPASS)
        enter = hook_gate_stub(i);
    hook_gates[i].detour = hook->detour;
    hook_gates[i].owner_bit =
        hook->flags & RINGER_HOOK_BYPASS ? UINT64_C(1) << hook->owner_number : 0;
    hook_gates[i].next = hook_next_stub(i);
    /* Release: pairs with the stubs. The way on is there before the way in. */
    atomic_store_explicit(&hook_next_targets[i], next, memory_order_release);
    atomic_store_explicit(&hook_enter_targets[i], enter, memory_order_release);
}

static void lead_locked(struct ringer_hook *hook, void *below)
{
    hook->below = below;
    hook_wire_locked(hook);
}

void hook_link_locked(struct ringer_hook *hook)
{
    struct ringer_hook **link = &hook_chains[hook->id], *above = NULL;
    void *below;

    atomic_store(&hook->state, HOOK_ON);
    if (hook->linked) {
        hook_wire_locked(hook); /* buried: works again where it is */
        return;
    }
    while (*link && (*link)->priority > hook->priority) {
        above = *link;
        link = &above->list_next;
    }
    hook->list_next = *link;
    *link = hook;
    hook->linked = true;
    if (above) {
        lead_locked(hook, above->below);
        lead_locked(above, hook_enter_stub(hook->index));
        return;
    }
    do {
        below = dispatch_load(hook->id);
        lead_locked(hook, below);
    } while (!dispatch_replace(hook->id, below, hook_enter_stub(hook->index)));
}

/* Whoever leads to the hook leads to what is below it from now on. False: nobody did. */
static bool cut_locked(struct ringer_hook *hook)
{
    void *self = hook_enter_stub(hook->index);
    bool cut = dispatch_replace(hook->id, self, hook->below);

    /* Those that are out of the chain as well: their originals may be called at any time. */
    for (unsigned i = 0; i < HOOK_THUNKS; i++) {
        struct ringer_hook *other = &hook_table[i];

        if (other == hook || other->state == HOOK_FREE || other->id != hook->id ||
            other->below != self)
            continue;
        lead_locked(other, hook->below);
        cut = cut || other->linked;
    }
    return cut;
}

void hook_unlink_locked(struct ringer_hook *hook)
{
    struct ringer_hook **link = &hook_chains[hook->id];

    atomic_store(&hook->state, HOOK_OFF);
    hook_wire_locked(hook);
    if (!cut_locked(hook))
        return;
    while (*link != hook)
        link = &(*link)->list_next;
    *link = hook->list_next;
    hook->linked = false;
}

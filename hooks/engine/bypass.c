/* SPDX-License-Identifier: MIT */
/* A thread's way past an owner's hooks: a bit an owner in a mask that the gates look at. */
#include "hooks/engine/engine.h"

#define OWNERS 64

static const void *owners[OWNERS]; /* under the lock; an owner keeps its bit for ever */
static unsigned owner_count;

/* How often this thread is inside each owner's scope. Made when it is first wanted. */
static _Thread_local uint8_t depths[OWNERS] __attribute__((tls_model("initial-exec")));

int hook_owner_number_locked(const void *owner, bool make)
{
    for (unsigned i = 0; i < owner_count; i++)
        if (owners[i] == owner)
            return (int)i;
    if (!make || owner_count == OWNERS)
        return -1;
    owners[owner_count] = owner;
    return (int)owner_count++;
}

static int number_of(const void *owner)
{
    int number;

    emu_lock_acquire(&hook_lock);
    number = hook_owner_number_locked(owner, false);
    emu_lock_release(&hook_lock);
    return number;
}

int ringer_hook_bypass_enter(const void *owner)
{
    int number = number_of(owner);

    if (number < 0 || depths[number] == UINT8_MAX)
        return 0;
    depths[number]++;
    hook_bypass_mask |= UINT64_C(1) << number;
    return 1;
}

int ringer_hook_bypass_leave(const void *owner)
{
    int number = number_of(owner);

    if (number < 0 || !depths[number])
        return 0;
    if (--depths[number] == 0)
        hook_bypass_mask &= ~(UINT64_C(1) << number);
    return 1;
}

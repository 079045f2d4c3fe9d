/* SPDX-License-Identifier: MIT */
/* What has to be done before a module with hooks goes. */
#include "hooks/engine/engine.h"
#include "hooks/lint/lint.h"

#include <dlfcn.h>

/* Takes the module's hooks out; says how many it had ever, and reports those still in place. */
static unsigned take_out(const void *base)
{
    unsigned count = 0;

    emu_lock_acquire(&hook_lock);
    for (unsigned i = 0; i < HOOK_THUNKS; i++) {
        struct ringer_hook *hook = &hook_table[i];

        if (hook->state == HOOK_FREE || hook->module_base != base)
            continue;
        count++;
        if (hook->state == HOOK_ON) {
            hook_lint_unload_locked(hook, RINGER_LINT_UNLOAD_ATTACHED);
            hook_unlink_locked(hook);
        }
        if (atomic_load(&hook->inside))
            hook_lint_unload_locked(hook, RINGER_LINT_UNLOAD_INSIDE);
        atomic_store(&hook->state, HOOK_GONE);
    }
    emu_lock_release(&hook_lock);
    return count;
}

int ringer_hook_unload(const void *address, uint32_t milliseconds)
{
    Dl_info info;

    if (!address || !dladdr(address, &info))
        return 1; /* no module, no detours */
    return take_out(info.dli_fbase) ? hook_quiesce(NULL, info.dli_fbase, milliseconds) : 1;
}

/* SPDX-License-Identifier: MIT */
/* The public calls that make, enable, disable and remove hooks. */
#include "hooks/engine/engine.h"
#include "hooks/lint/lint.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static uint64_t ticks; /* under the lock */

enum dispatch_id hook_resolve(const void *target)
{
    enum dispatch_id id = dispatch_find_stub(target);
    Dl_info info;

    if (id != DISPATCH_COUNT || !target)
        return id;
    /* In a program that is not position independent, &ReadFile is the program's own import stub. */
    if (dladdr(target, &info) && info.dli_saddr == target && info.dli_sname)
        return dispatch_find(NULL, info.dli_sname);
    return DISPATCH_COUNT;
}

void *ringer_hook_function(const void *address)
{
    enum dispatch_id id = hook_resolve(address);

    return id == DISPATCH_COUNT ? NULL : dispatch_exports[id].stub;
}

/* [D] MinHook and Detours refuse what is no code before anything else. */
int ringer_hook_is_code(const void *address)
{
    char line[4400], rights[5];
    FILE *maps = fopen("/proc/self/maps", "re");
    bool code = !maps && address;

    while (maps && !code && fgets(line, sizeof line, maps)) {
        unsigned long from, to;

        if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) == 3 && from <= (unsigned long)address &&
            (unsigned long)address < to && rights[2] == 'x')
            code = true;
    }
    if (maps)
        fclose(maps);
    return code;
}

/* A free thunk; or the one that the same detour had on the same function: it may well be called still. */
static struct ringer_hook *take_locked(enum dispatch_id id, void *detour)
{
    struct ringer_hook *unused = NULL;
    unsigned first, end;

    hook_thunk_range(id, &first, &end);
    for (unsigned i = first; i < end; i++) {
        struct ringer_hook *hook = &hook_table[i];

        if (hook->state == HOOK_GONE && hook->id == id && hook->detour == detour)
            return hook;
        if (hook->state == HOOK_FREE && !unused)
            unused = hook;
    }
    return unused;
}

static void fill_locked(struct ringer_hook *hook, enum dispatch_id id, void *detour,
                        const struct ringer_hook_options *options, uint32_t flags)
{
    Dl_info info = {0};
    bool revived = hook->state == HOOK_GONE;

    dladdr(detour, &info);
    hook->id = id;
    hook->index = (unsigned)(hook - hook_table);
    hook->detour = detour;
    hook->module = info.dli_fname ? info.dli_fname : "";
    hook->module_base = info.dli_fbase;
    hook->owner = options && options->owner ? options->owner : info.dli_fbase;
    hook->priority = options ? options->priority : 0;
    hook->flags = (options ? options->flags : 0) | flags;
    hook->created = ++ticks;
    hook->enabled = 0;
    hook->watched = hook_watching() && !(flags & HOOK_LOOKS_ON);
    if (!revived)
        atomic_store(&hook->below, dispatch_load(id));
    atomic_store(&hook->state, HOOK_OFF);
}

int ringer_hook_create(void *target, void *detour, const struct ringer_hook_options *options,
                       void **original, struct ringer_hook **hook_out)
{
    return hook_create(target, detour, options, 0, original, hook_out);
}

int hook_create(void *target, void *detour, const struct ringer_hook_options *options, uint32_t flags,
                void **original, struct ringer_hook **hook_out)
{
    enum dispatch_id id = hook_resolve(target);
    struct ringer_hook *hook;
    int number = 0;

    if (!hook_out || (options && (options->size < sizeof *options ||
                                  (options->flags & ~RINGER_HOOK_BYPASS))))
        return RINGER_HOOK_INVALID;
    if ((id == DISPATCH_COUNT && !ringer_hook_is_code(target)) || !ringer_hook_is_code(detour))
        return RINGER_HOOK_NO_CODE;
    if (id == DISPATCH_COUNT)
        return RINGER_HOOK_NO_EXPORT;
    if (options && options->flags && !hook_gate_stub(0))
        return RINGER_HOOK_UNSUPPORTED;
    emu_lock_acquire(&hook_lock);
    hook = take_locked(id, detour);
    if (hook) {
        fill_locked(hook, id, detour, options, flags);
        if (hook->flags & RINGER_HOOK_BYPASS) {
            number = hook_owner_number_locked(hook->owner, true);
            hook->owner_number = (unsigned)number;
        }
        if (number < 0) {
            atomic_store(&hook->state, HOOK_GONE);
            hook = NULL;
        } else {
            hook_wire_locked(hook);
        }
    }
    emu_lock_release(&hook_lock);
    if (!hook)
        return RINGER_HOOK_EXHAUSTED;
    if (original)
        *original = hook_next_stub(hook->index);
    *hook_out = hook;
    return RINGER_HOOK_OK;
}

/* Whether this is a hook that was not removed. */
static bool valid_locked(const struct ringer_hook *hook)
{
    return hook && hook >= hook_table && hook < hook_table + HOOK_THUNKS &&
           (hook->state == HOOK_OFF || hook->state == HOOK_ON);
}

static void enable_locked(struct ringer_hook *hook)
{
    hook_lint_enable_locked(hook);
    hook->enabled = ++ticks;
    hook_link_locked(hook);
}

static void disable_locked(struct ringer_hook *hook)
{
    hook_lint_disable_locked(hook);
    hook_unlink_locked(hook);
}

int ringer_hook_enable(struct ringer_hook *hook)
{
    int result = RINGER_HOOK_INVALID;

    hook_lint_context(hook);
    emu_lock_acquire(&hook_lock);
    if (valid_locked(hook)) {
        result = hook->state == HOOK_ON ? RINGER_HOOK_ENABLED : RINGER_HOOK_OK;
        if (!result)
            enable_locked(hook);
    }
    emu_lock_release(&hook_lock);
    return result;
}

int ringer_hook_disable(struct ringer_hook *hook)
{
    int result = RINGER_HOOK_INVALID;

    emu_lock_acquire(&hook_lock);
    if (valid_locked(hook)) {
        result = hook->state == HOOK_OFF ? RINGER_HOOK_DISABLED : RINGER_HOOK_OK;
        if (!result)
            disable_locked(hook);
    }
    emu_lock_release(&hook_lock);
    return result;
}

int ringer_hook_remove(struct ringer_hook *hook)
{
    int result = RINGER_HOOK_INVALID;

    emu_lock_acquire(&hook_lock);
    if (valid_locked(hook)) {
        if (hook->state == HOOK_ON)
            disable_locked(hook);
        atomic_store(&hook->state, HOOK_GONE);
        result = RINGER_HOOK_OK;
    }
    emu_lock_release(&hook_lock);
    return result;
}

int ringer_hook_attach(void *target, void *detour, void **original, struct ringer_hook **hook_out)
{
    struct ringer_hook *hook;
    int result = ringer_hook_create(target, detour, NULL, original, &hook);

    if (result)
        return result;
    if (hook_out)
        *hook_out = hook;
    return ringer_hook_enable(hook);
}

int ringer_hook_detach(struct ringer_hook *hook)
{
    return ringer_hook_remove(hook);
}

/* ntdll is below all; what is not it calls it. */
static bool is_lowest(const struct ringer_hook *hook)
{
    return strcmp(dispatch_exports[hook->id].module, "ntdll") == 0;
}

static void change_locked(const struct ringer_hook_change *change)
{
    if (change->enable && change->hook->state == HOOK_OFF)
        enable_locked(change->hook);
    else if (!change->enable && change->hook->state == HOOK_ON)
        disable_locked(change->hook);
}

int ringer_hook_commit(const struct ringer_hook_change *changes, size_t count)
{
    bool valid = changes || !count;

    for (size_t i = 0; valid && i < count; i++)
        hook_lint_context(changes[i].hook);
    emu_lock_acquire(&hook_lock);
    for (size_t i = 0; valid && i < count; i++)
        valid = valid_locked(changes[i].hook);
    for (int lowest = 1; valid && lowest >= 0; lowest--)
        for (size_t i = 0; i < count; i++)
            if (is_lowest(changes[i].hook) == (lowest == 1))
                change_locked(&changes[i]);
    emu_lock_release(&hook_lock);
    return valid ? RINGER_HOOK_OK : RINGER_HOOK_INVALID;
}

int ringer_hook_chain(const void *target, size_t index, struct ringer_hook_layer *layer)
{
    enum dispatch_id id = hook_resolve(target);
    struct ringer_hook *hook;

    if (id == DISPATCH_COUNT || !layer)
        return 0;
    emu_lock_acquire(&hook_lock);
    for (hook = hook_chains[id]; hook; hook = hook->list_next)
        if (hook->state == HOOK_ON && !(hook->flags & HOOK_LOOKS_ON) && index-- == 0)
            break;
    if (hook)
        *layer = (struct ringer_hook_layer){.detour = hook->detour,
                                            .original = hook_next_stub(hook->index),
                                            .owner = hook->owner,
                                            .module = hook->module,
                                            .priority = hook->priority};
    emu_lock_release(&hook_lock);
    return hook != NULL;
}

/* SPDX-License-Identifier: MIT */
/* What can be seen at the slots of one hook: order, depth, errors left behind. */
#include "hooks/lint/lint.h"

#include <windows.h>

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <stdio.h>
#include <string.h>

/* A hook that guards itself is entered twice at most: once more to find the guard. */
#define DEPTH_LIMIT 3

static void report(enum ringer_lint_kind kind, const struct ringer_hook *hook, const char *text)
{
    ringer_lint_report(kind, dispatch_exports[hook->id].name, hook->detour, text);
}

/* Not through the slot: that may be the very hook. */
static uint32_t last_error(void)
{
    return ((DWORD(WINAPI *)(void))dispatch_exports[DISPATCH_GetLastError].implementation)();
}

/* The object of a code address, by its base; NULL: unknown. */
static const void *base_of(const void *address, const char **file_out)
{
    Dl_info info;

    if (!dladdr(address, &info))
        return NULL;
    *file_out = info.dli_fname ? info.dli_fname : "";
    return info.dli_fbase;
}

/*
 * [I] hooks.md 5.9: ours, then the plugin, and the dynamic loader directly above it: its constructor. A
 * DllMain has our loader in between, which calls it after dlopen has come back.
 */
void hook_lint_context(const struct ringer_hook *hook)
{
    void *stack[32];
    const char *file = "";
    const void *ours, *base = NULL;
    int depth, i = 0;

    if (!hook_watching() || !hook || hook->flags & HOOK_LOOKS_ON)
        return;
    ours = base_of((const void *)hook_lint_context, &file);
    depth = backtrace(stack, sizeof stack / sizeof stack[0]);
    while (i < depth && base_of(stack[i], &file) != ours) /* a sanitizer's own */
        i++;
    while (i < depth && (base = base_of(stack[i], &file)) == ours)
        i++;
    for (const void *plugin = base; i < depth && base == plugin; i++)
        base = base_of(stack[i], &file);
    file = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
    if (i < depth && base && strncmp(file, "ld-", 3) == 0)
        report(RINGER_LINT_LOADER, hook, "attached by a constructor, under the loader's lock");
}

void hook_lint_enable_locked(const struct ringer_hook *hook)
{
    if (!hook_watching())
        return;
    for (struct ringer_hook *at = hook_chains[hook->id]; at; at = at->list_next) {
        if (at->state == HOOK_ON && at->owner != hook->owner && at->enabled > hook->created &&
            !at->priority && !hook->priority) {
            report(RINGER_LINT_ENABLE_ORDER, hook,
                   "made before another's hook and enabled after it: its original would pass that by");
            return;
        }
    }
}

void hook_lint_disable_locked(const struct ringer_hook *hook)
{
    if (!hook_watching())
        return;
    for (struct ringer_hook *at = hook_chains[hook->id]; at && at != hook; at = at->list_next) {
        if (at->state == HOOK_ON && at->owner != hook->owner && at->priority == hook->priority) {
            report(RINGER_LINT_NOT_LIFO, hook,
                   "taken out under a newer hook of another: its patch would go with it, or stay");
            return;
        }
    }
}

void hook_lint_unload_locked(const struct ringer_hook *hook, enum ringer_lint_kind kind)
{
    if (hook_watching())
        report(kind, hook, kind == RINGER_LINT_UNLOAD_INSIDE ? "unloaded with a caller in its detour"
                                                             : "unloaded with its hook in place");
}

void hook_lint_enter(const struct ringer_hook *hook, struct hook_lint_call *call, unsigned depth, int error)
{
    call->error_before = error;
    call->last_error_before = last_error();
    if (depth >= DEPTH_LIMIT)
        report(RINGER_LINT_OWN_TARGET, hook,
               "three times in itself: it calls, or makes others call, the function that it hooks");
}

void hook_lint_gone(const struct ringer_hook *hook)
{
    report(RINGER_LINT_ORIGINAL_DETACHED, hook, "its original was called after it was removed");
}

void hook_lint_original(struct hook_lint_call *call, uint64_t result, int error)
{
    call->answered = true;
    call->result = result;
    call->error = error;
    call->last_error = last_error();
}

/*
 * The last error is an answer of Win32's functions; a service has none, so a detour of one may as well
 * leave what it found. No Windows function answers errno: where ours lets it be, so does a detour.
 */
static bool is_last_error_lost(const struct ringer_hook *hook, const struct hook_lint_call *call,
                               uint32_t now)
{
    bool service = !strcmp(dispatch_exports[hook->id].module, "ntdll");

    return now != call->last_error && !(service && now == call->last_error_before);
}

/* What a wait of the emulator's leaves in errno: that a detour waited or woke somebody is no fault of it. */
static bool is_of_a_wait(int error)
{
    return error == EAGAIN || error == EINTR || error == ETIMEDOUT;
}

void hook_lint_return(const struct ringer_hook *hook, const struct hook_lint_call *call,
                      uint64_t result, int error)
{
    char text[96];
    uint32_t now = last_error();

    /* The upper half of a register is nobody's where the result is a BOOL or a status. */
    if (!call->answered || (uint32_t)call->result != (uint32_t)result)
        return;
    if (is_last_error_lost(hook, call, now)) {
        snprintf(text, sizeof text, "passed the result on, but the last error was %u and is %u",
                 (unsigned)call->last_error, (unsigned)now);
        report(RINGER_LINT_LAST_ERROR, hook, text);
    }
    if (call->error == call->error_before && error != call->error && !is_of_a_wait(error)) {
        snprintf(text, sizeof text, "passed the result on, but errno was %d and is %d", call->error,
                 error);
        report(RINGER_LINT_ERRNO, hook, text);
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * What works here and would not, or only by luck, on Windows. The engine calls these where it sees
 * something; each does nothing unless hooks are watched. Findings are kept in a list, and appended to
 * the file that RINGER_LINT names at once, as what was found may be the reason of a crash.
 */
#ifndef HOOKS_LINT_LINT_H
#define HOOKS_LINT_LINT_H

#include "hooks/engine/engine.h"

#include <ringer_hook.h>

/* One call of a detour: what it found, and what its original answered last. */
struct hook_lint_call {
    int error_before;    /* errno */
    uint32_t last_error_before;
    bool answered;
    uint64_t result;
    int error;           /* errno */
    uint32_t last_error;
};

/* rings.c: puts its own hooks in, once; with no lock held. */
void hook_lint_look_on(void);

/* Before a hook is enabled, with no lock held: from where? */
void hook_lint_context(const struct ringer_hook *hook);
/* Before it is put in, and before it is taken out. */
void hook_lint_enable_locked(const struct ringer_hook *hook);
void hook_lint_disable_locked(const struct ringer_hook *hook);
void hook_lint_unload_locked(const struct ringer_hook *hook, enum ringer_lint_kind kind);

/* The detour is entered, and the thread is in it that often with this. error is errno. */
void hook_lint_enter(const struct ringer_hook *hook, struct hook_lint_call *call, unsigned depth, int error);
/* Its original was called, and the hook is removed. */
void hook_lint_gone(const struct ringer_hook *hook);
/* Its original returned; the detour returned. error is errno. */
void hook_lint_original(struct hook_lint_call *call, uint64_t result, int error);
void hook_lint_return(const struct ringer_hook *hook, const struct hook_lint_call *call,
                      uint64_t result, int error);

/* poison.c: a program was given these bytes. With no lock held. */
void hook_lint_read(const char *function, const void *buffer, uint64_t nbytes);

#endif

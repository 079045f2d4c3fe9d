/* SPDX-License-Identifier: MIT */
/*
 * Hooks on exported functions, by slots: no code is patched. Hooks of one function form a chain, the
 * newest outermost; each has an "original" that leads to the layer below it and stays callable for
 * the life of the process, attached or not. The MinHook and Detours compatible libraries are thin
 * over this. Any thread, any time, also from inside a hook; but no call here waits for callers,
 * unless it says so. C and C++.
 */
#ifndef RINGER_HOOK_H
#define RINGER_HOOK_H

#include <stddef.h>
#include <stdint.h>

#ifndef RINGER_API
#    ifdef _WIN32
#        define RINGER_API
#    else
#        define RINGER_API __attribute__((visibility("default")))
#    endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define RINGER_HOOK_OK 0
#define RINGER_HOOK_NO_CODE (-1)   /* target or detour is no executable memory */
#define RINGER_HOOK_NO_EXPORT (-2) /* target is code, but no exported function of ours */
#define RINGER_HOOK_INVALID (-3)   /* NULL, or a hook that was removed */
#define RINGER_HOOK_EXHAUSTED (-4) /* all thunks are taken; they are never reused for another hook */
#define RINGER_HOOK_ENABLED (-5)
#define RINGER_HOOK_DISABLED (-6)
#define RINGER_HOOK_UNSUPPORTED (-7) /* this processor has no such stub */

/* One detour on one function. Never freed, so a stale pointer is told RINGER_HOOK_INVALID. */
struct ringer_hook;

#define RINGER_HOOK_BYPASS 1u /* ringer_hook_bypass_enter skips this hook; about a nanosecond a call */

struct ringer_hook_options {
    uint32_t size;     /* of this struct, in bytes */
    uint32_t flags;    /* RINGER_HOOK_BYPASS */
    const void *owner; /* who attaches: one address for all hooks of a plugin; NULL: the detour's module */
    int32_t priority;  /* higher is further out; 0 as on Windows: the newest is outermost */
};

/*
 * A hook that is not yet in the chain.
 * target: an exported function, &ReadFile or what GetProcAddress says.
 * detour: has the function's type.
 * options: NULL for none.
 * original: out, may be NULL; what the detour calls to go on. Callable at once.
 * hook: out; the hook.
 * Returns RINGER_HOOK_OK; or RINGER_HOOK_NO_CODE, RINGER_HOOK_NO_EXPORT, RINGER_HOOK_INVALID,
 *   RINGER_HOOK_EXHAUSTED, RINGER_HOOK_UNSUPPORTED, and no out parameter was written.
 * Source: [I].
 */
RINGER_API int ringer_hook_create(void *target, void *detour,
                                  const struct ringer_hook_options *options, void **original,
                                  struct ringer_hook **hook);

/*
 * Puts a hook into its chain, outermost but for hooks of higher priority.
 * hook: of ringer_hook_create.
 * Returns RINGER_HOOK_OK; or RINGER_HOOK_ENABLED, RINGER_HOOK_INVALID.
 * Source: [I].
 */
RINGER_API int ringer_hook_enable(struct ringer_hook *hook);

/*
 * Takes a hook out of its chain, wherever it is in it. A caller that is inside stays inside; what it
 * calls through "original" reaches the layer below.
 * hook: of ringer_hook_create.
 * Returns RINGER_HOOK_OK; or RINGER_HOOK_DISABLED, RINGER_HOOK_INVALID.
 * Source: [I].
 */
RINGER_API int ringer_hook_disable(struct ringer_hook *hook);

/*
 * Takes a hook out of its chain, if it is there, and ends it. Its "original" still leads on.
 * hook: of ringer_hook_create; from here on it is RINGER_HOOK_INVALID, unless the same detour is
 *   put on the same function again, which revives it.
 * Returns RINGER_HOOK_OK; or RINGER_HOOK_INVALID.
 * Source: [I].
 */
RINGER_API int ringer_hook_remove(struct ringer_hook *hook);

/*
 * ringer_hook_create and ringer_hook_enable in one.
 * target: an exported function.
 * detour: has the function's type.
 * original: out, may be NULL; written before the first call can reach the detour.
 * hook: out, may be NULL: the hook then stays for ever.
 * Returns RINGER_HOOK_OK; or what ringer_hook_create returns, as RINGER_HOOK_NO_EXPORT.
 * Source: [I].
 */
RINGER_API int ringer_hook_attach(void *target, void *detour, void **original,
                                  struct ringer_hook **hook);

/*
 * ringer_hook_remove by its other name.
 * hook: of ringer_hook_attach.
 * Returns RINGER_HOOK_OK; or RINGER_HOOK_INVALID.
 * Source: [I].
 */
RINGER_API int ringer_hook_detach(struct ringer_hook *hook);

struct ringer_hook_change {
    struct ringer_hook *hook;
    int32_t enable; /* 1: enable; 0: disable */
};

/*
 * Enables and disables several hooks, those of the lowest module first, and in the order given in
 * one module. A caller meanwhile may see some of them done and some not, as on Windows. What is in
 * the wanted state already is left so.
 * changes: the caller's.
 * count: how many elements.
 * Returns RINGER_HOOK_OK; or RINGER_HOOK_INVALID, and nothing was changed.
 * Source: [I].
 */
RINGER_API int ringer_hook_commit(const struct ringer_hook_change *changes, size_t count);

/*
 * ringer_hook_function: the exported function behind a pointer, an import stub of the program's seen
 *   through. ringer_hook_is_code: whether there is executable memory.
 * address: any.
 * Returns, the one, the function or NULL when it is none, the other 1 or 0.
 * Source: [I].
 */
RINGER_API void *ringer_hook_function(const void *address);
RINGER_API int ringer_hook_is_code(const void *address);

struct ringer_hook_layer {
    void *detour;
    void *original;
    const void *owner;
    const char *module; /* the file that the detour is in; "" when unknown */
    int32_t priority;
};

/*
 * The chain of a function.
 * target: an exported function.
 * index: 0 is the outermost layer.
 * layer: out; the caller's. Its string lives as long as the hook's module.
 * Returns 1; 0 when there is no such layer, or layer is NULL.
 * Source: [I].
 */
RINGER_API int ringer_hook_chain(const void *target, size_t index, struct ringer_hook_layer *layer);

/*
 * ringer_hook_bypass_enter, ringer_hook_bypass_leave: between the two, calls of this thread pass by
 *   the owner's hooks that have RINGER_HOOK_BYPASS. They nest.
 * owner: as in the options.
 * Returns 1; 0 when the owner has no such hook, and nothing changed.
 * Source: [I].
 */
RINGER_API int ringer_hook_bypass_enter(const void *owner);
RINGER_API int ringer_hook_bypass_leave(const void *owner);

/*
 * Watching: from here on hooks that are enabled count who is inside them and report what works by
 * luck. Costs some 20 ns a hooked call; off by default, on from the start with RINGER_LINT in the
 * environment ("1", or the path of a file to which each finding is appended as a line of JSON).
 * on: 1 or 0.
 * Returns 1; 0 when this processor has no stubs for it.
 * Source: [I].
 */
RINGER_API int ringer_hook_watch(int on);

/*
 * How often detours were entered, of all hooks, while they were watched.
 * Returns the number; 0 when none was, or hooks were never watched.
 * Source: [I].
 */
RINGER_API uint64_t ringer_hook_calls(void);

/*
 * What hooks have in hand, for the last words of a process that does not go on: which detours threads
 * are in, which operation of a ring did not go on to the system, which one was completed and not given
 * to the program. May be called by a signal handler.
 * text: out; a line without an end of line, "" when there is nothing to say or hooks are not watched.
 * nbytes: of text, bytes.
 * Returns the length of the line, bytes; 0 when it is empty.
 * Source: [I].
 */
RINGER_API size_t ringer_hook_standing(char *text, size_t nbytes);

/*
 * Waits until no thread is inside a detour of an owner.
 * owner: as in the options.
 * milliseconds: how many milliseconds, 0xFFFFFFFF for ever.
 * Returns 1; 0 when the time ran out; -1 when the hooks were not watched: nobody knows.
 * Source: [I].
 */
RINGER_API int ringer_hook_quiesce(const void *owner, uint32_t milliseconds);

/*
 * To be called before a module with hooks is unloaded: takes its hooks out, waits for the callers
 * inside, and reports what was found: a hook still attached, a caller still inside.
 * address: anything in the module.
 * milliseconds: how many milliseconds to wait, 0xFFFFFFFF for ever.
 * Returns 1 when the module may go; 0 when callers are inside; -1 when nobody knows, as it was not
 *   watched and had hooks. With 0 and -1 it must stay loaded.
 * Source: [I].
 */
RINGER_API int ringer_hook_unload(const void *address, uint32_t milliseconds);

/* Which calls of one module into another go through a slot: a hook on the callee sees them. */
#define RINGER_GRAPH_WIN11 1u /* win11-24h2, win11-22h2, win11-21h2, server2022 */
#define RINGER_GRAPH_WIN10 2u
#define RINGER_GRAPH_WINE 4u
/* Of DirectStorage's calls: with ForceMappingLayer, on any Windows. */
#define RINGER_GRAPH_MAPPING 8u
struct ringer_hook_edge {
    const char *caller_module, *caller; /* caller: an export, or INTERFACE::METHOD */
    const char *callee_module, *callee;
    uint32_t profiles; /* RINGER_GRAPH_*, where it holds */
};

/*
 * The call graph, a row a call.
 * index: counts from 0.
 * edge: out; the caller's. Its strings are constant.
 * Returns 1; 0 when index is out of range or edge is NULL.
 * Source: [I].
 */
RINGER_API int ringer_hook_edge(size_t index, struct ringer_hook_edge *edge);

/*
 * Where there is an exported function. On the others GetProcAddress does not find it.
 * module: as for GetModuleHandle, any alias; NULL looks in all modules.
 * name: of the function.
 * Returns a mask of RINGER_GRAPH_*; 0 when there is no such function.
 * Source: [I].
 */
RINGER_API uint32_t ringer_hook_profiles(const char *module, const char *name);

/* What lint can find; the names are ringer_lint_name's. */
enum ringer_lint_kind {
    RINGER_LINT_NOT_LIFO,         /* "not-lifo": taken out from under a newer hook of somebody else */
    RINGER_LINT_ENABLE_ORDER,     /* "enable-order": created before, enabled after another's hook */
    RINGER_LINT_UNLOAD_ATTACHED,  /* "unload-attached" */
    RINGER_LINT_UNLOAD_INSIDE,    /* "unload-inside": a caller is in the detour that goes */
    RINGER_LINT_OWN_TARGET,       /* "own-target": a detour calls what it hooks, without end */
    RINGER_LINT_LAST_ERROR,       /* "last-error": changed after the original returned the same result */
    RINGER_LINT_ERRNO,            /* "errno": likewise */
    RINGER_LINT_LOADER,           /* "loader": attached from an ELF constructor */
    RINGER_LINT_ORIGINAL_DETACHED, /* "original-detached": called with the hook out of the chain */
    RINGER_LINT_COMPLETED_TWICE,  /* "completed-twice" */
    RINGER_LINT_NEVER_COMPLETED,  /* "never-completed": submitted, and the ring closed without it */
    RINGER_LINT_UNKNOWN_COMPLETION, /* "unknown-completion": for user data that nobody submitted */
    RINGER_LINT_RESULT_ALTERED,   /* "result-altered": of an operation that went to the system as it was */
    RINGER_LINT_POISON,           /* "poison": the backing of a virtual handle was read */
    RINGER_LINT_KINDS
};

struct ringer_lint {
    enum ringer_lint_kind kind;
    const char *function; /* the exported function; "" when it is about none */
    char module[128];     /* of the detour, cut to fit; "" when unknown */
    char text[192];       /* what happened, one line */
};

/*
 * The name of a kind, "not-lifo".
 * kind: RINGER_LINT_*.
 * Returns a string that is never freed; NULL for no kind.
 * Source: [I].
 */
RINGER_API const char *ringer_lint_name(enum ringer_lint_kind kind);

/*
 * How much lint has found in this process. The same kind, function and module count once.
 * Returns a number of rows for ringer_lint_info; cannot fail.
 * Source: [I].
 */
RINGER_API size_t ringer_lint_count(void);

/*
 * One finding, in order.
 * index: below ringer_lint_count; the first 256 are kept.
 * info: out; the caller's.
 * Returns 1; 0 when index is out of range or info is NULL.
 * Source: [I].
 */
RINGER_API int ringer_lint_info(size_t index, struct ringer_lint *info);

/*
 * Adds a finding of somebody who sees what the slots do not.
 * kind: RINGER_LINT_*.
 * function: an exported function, or NULL.
 * address: anything in the module that is at fault, or NULL.
 * text: one line.
 * Returns 1; 0 when kind or text is none.
 * Source: [I].
 */
RINGER_API int ringer_lint_report(enum ringer_lint_kind kind, const char *function,
                                  const void *address, const char *text);

#define RINGER_HOOK_POISON_NBYTES 16 /* of a plugin's ringer_hook_poison */

/*
 * Says which bytes lie behind virtual handles until a hook puts the file's own there: a program that is
 * given them, by NtReadFile at once or by a ring into memory that it named itself, is a "poison"
 * finding. For a plugin that the loader loads it is enough to export them, as `ringer_hook_poison`.
 * pattern: what the poison repeats; copied.
 * nbytes: bytes of it, 8 to 64.
 * Returns 1; 0 for a bad size, for NULL, and when there are four others already.
 * Source: [I].
 */
RINGER_API int ringer_lint_poison(const void *pattern, size_t nbytes);

#ifdef __cplusplus
}
#endif

#endif

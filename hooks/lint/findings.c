/* SPDX-License-Identifier: MIT */
/* The list of findings, and the file that they are written to. */
#include "hooks/lint/lint.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEPT 256

/* A leaf: may be taken under the engine's. */
static struct emu_lock lock = EMU_LOCK_INIT;
static struct ringer_lint findings[KEPT];
static size_t count;
static int file = -1;

static const char *const names[RINGER_LINT_KINDS] = {
    [RINGER_LINT_NOT_LIFO] = "not-lifo",
    [RINGER_LINT_ENABLE_ORDER] = "enable-order",
    [RINGER_LINT_UNLOAD_ATTACHED] = "unload-attached",
    [RINGER_LINT_UNLOAD_INSIDE] = "unload-inside",
    [RINGER_LINT_OWN_TARGET] = "own-target",
    [RINGER_LINT_LAST_ERROR] = "last-error",
    [RINGER_LINT_ERRNO] = "errno",
    [RINGER_LINT_LOADER] = "loader",
    [RINGER_LINT_ORIGINAL_DETACHED] = "original-detached",
    [RINGER_LINT_COMPLETED_TWICE] = "completed-twice",
    [RINGER_LINT_NEVER_COMPLETED] = "never-completed",
    [RINGER_LINT_UNKNOWN_COMPLETION] = "unknown-completion",
    [RINGER_LINT_RESULT_ALTERED] = "result-altered",
    [RINGER_LINT_POISON] = "poison",
};

/* On from the start when the environment says so: hooks are attached by constructors, too. */
static __attribute__((constructor(101))) void start(void)
{
    const char *where = getenv("RINGER_LINT");

    if (!where || !*where || !strcmp(where, "0"))
        return;
    if (strcmp(where, "1"))
        file = open(where, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    ringer_hook_watch(1);
}

const char *ringer_lint_name(enum ringer_lint_kind kind)
{
    return (unsigned)kind < RINGER_LINT_KINDS ? names[kind] : NULL;
}

/* A JSON string's inside; what would need more than a backslash becomes a question mark. */
static void escape(char *out, size_t nbytes, const char *text)
{
    size_t n = 0;

    for (; *text && n + 2 < nbytes; text++) {
        if (*text == '"' || *text == '\\')
            out[n++] = '\\';
        out[n++] = (unsigned char)*text < ' ' ? '?' : *text;
    }
    out[n] = 0;
}

static void write_line(const struct ringer_lint *found)
{
    char line[1024], module[2 * sizeof found->module], text[2 * sizeof found->text];
    int nbytes;

    escape(module, sizeof module, found->module);
    escape(text, sizeof text, found->text);
    nbytes = snprintf(line, sizeof line,
                      "{\"lint\":\"%s\",\"function\":\"%s\",\"module\":\"%s\",\"text\":\"%s\"}\n",
                      names[found->kind], found->function, module, text);
    /* One write: lines of several processes do not mix. Nobody is there to be told of a failure. */
    if (nbytes > 0 && (size_t)nbytes < sizeof line && write(file, line, (size_t)nbytes) < 0)
        return;
}

static bool is_known_locked(enum ringer_lint_kind kind, const char *function, const char *module)
{
    for (size_t i = 0; i < count; i++)
        if (findings[i].kind == kind && !strcmp(findings[i].function, function) &&
            !strncmp(findings[i].module, module, sizeof findings[i].module - 1))
            return true;
    return false;
}

int ringer_lint_report(enum ringer_lint_kind kind, const char *function, const void *address,
                       const char *text)
{
    enum dispatch_id id = function ? dispatch_find(NULL, function) : DISPATCH_COUNT;
    Dl_info info = {0};
    const char *module;
    struct ringer_lint *found;

    if ((unsigned)kind >= RINGER_LINT_KINDS || !text)
        return 0;
    function = id == DISPATCH_COUNT ? "" : dispatch_exports[id].name;
    module = address && dladdr(address, &info) && info.dli_fname ? info.dli_fname : "";
    emu_lock_acquire(&lock);
    if (count < KEPT && !is_known_locked(kind, function, module)) {
        found = &findings[count++];
        found->kind = kind;
        found->function = function;
        snprintf(found->module, sizeof found->module, "%.*s", (int)sizeof found->module - 1, module);
        snprintf(found->text, sizeof found->text, "%s", text);
        if (file >= 0)
            write_line(found);
    }
    emu_lock_release(&lock);
    return 1;
}

size_t ringer_lint_count(void)
{
    size_t n;

    emu_lock_acquire(&lock);
    n = count;
    emu_lock_release(&lock);
    return n;
}

int ringer_lint_info(size_t index, struct ringer_lint *info)
{
    int found;

    emu_lock_acquire(&lock);
    found = index < count && info;
    if (found)
        *info = findings[index];
    emu_lock_release(&lock);
    return found;
}

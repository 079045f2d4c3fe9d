/* SPDX-License-Identifier: MIT */
/* What hooks have in hand, for the last words of a process that does not go on. */
#include "hooks/lint/lint.h"
#include "hooks/lint/ring_ops.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MOST_HOOKS 3

struct line {
    char *text;
    size_t nbytes, used;
};

static void say(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct line *line, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(line->text + line->used, line->nbytes - line->used, format, args);
    va_end(args);
    if (n > 0)
        line->used += (size_t)n < line->nbytes - line->used ? (size_t)n : line->nbytes - line->used - 1;
}

/* No lock: whoever holds it may be the one that hangs. What is read is numbers, and strings that stay. */
static void say_inside(struct line *line)
{
    unsigned found = 0;

    for (unsigned i = 0; i < HOOK_THUNKS; i++) {
        const struct ringer_hook *hook = &hook_table[i];
        const char *module = hook->module ? hook->module : "a hook";

        if (hook->state == HOOK_FREE || hook->flags & HOOK_LOOKS_ON || !atomic_load(&hook->inside))
            continue;
        if (found++ == MOST_HOOKS)
            break;
        module = strrchr(module, '/') ? strrchr(module, '/') + 1 : module;
        say(line, "%s%s of %s", found > 1 ? ", " : "inside ", dispatch_exports[hook->id].name, module);
    }
}

static void say_kept(struct line *line)
{
    struct hook_ops_kept kept;

    if (!hook_ops_standing(&kept))
        return;
    if (kept.not_passed_on)
        say(line, "%suser data %#llx was queued and did not go on to the system", line->used ? "; " : "",
            (unsigned long long)kept.user_data_not_passed_on);
    if (kept.not_given)
        say(line, "%suser data %#llx was completed by the system and not given to the program",
            line->used ? "; " : "", (unsigned long long)kept.user_data_not_given);
}

size_t ringer_hook_standing(char *text, size_t nbytes)
{
    struct line line = {text, nbytes, 0};

    if (!text || !nbytes)
        return 0;
    *text = 0;
    if (!hook_watching())
        return 0;
    say_inside(&line);
    say_kept(&line);
    return line.used;
}

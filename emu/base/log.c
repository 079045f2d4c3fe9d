// SPDX-License-Identifier: MIT
#include "emu/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum emu_log_level emu_log_level(void)
{
    static _Atomic int cached = -1;
    int level = atomic_load_explicit(&cached, memory_order_relaxed); /* a constant once known */

    if (level < 0) {
        const char *text = getenv("RINGER_LOG");

        level = EMU_LOG_WARN;
        if (text && !strcmp(text, "quiet"))
            level = EMU_LOG_QUIET;
        else if (text && !strcmp(text, "debug"))
            level = EMU_LOG_DEBUG;
        if (atomic_exchange_explicit(&cached, level, memory_order_relaxed) < 0 && text && *text &&
            level == EMU_LOG_WARN && strcmp(text, "warn"))
            dprintf(STDERR_FILENO, "ringer: RINGER_LOG=%s is no level; have quiet, warn, debug; using warn\n", text);
    }
    return (enum emu_log_level)level;
}

void emu_log(enum emu_log_level level, const char *format, ...)
{
    char line[512];
    va_list args;
    int n;

    if (level > emu_log_level())
        return;
    va_start(args, format);
    n = vsnprintf(line, sizeof line - 1, format, args);
    va_end(args);
    if (n < 0)
        return;
    if (n > (int)sizeof line - 2)
        n = (int)sizeof line - 2;
    line[n++] = '\n';
    /* One write, so that lines of two threads do not mix; nobody can be told of a failure. */
    dprintf(STDERR_FILENO, "ringer: %.*s", n, line);
}

/* SPDX-License-Identifier: MIT */
/* One line on stderr for what a user must know. RINGER_LOG=quiet | warn (default) | debug. */
#ifndef EMU_BASE_LOG_H
#define EMU_BASE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>

enum emu_log_level { EMU_LOG_QUIET, EMU_LOG_WARN, EMU_LOG_DEBUG };

enum emu_log_level emu_log_level(void);
void emu_log(enum emu_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A corner that is not built yet: says so once a process, with the scenario that would pin it. */
#define EMU_FIXME(scenario, ...)                                             \
    do {                                                                     \
        static atomic_flag said_ = ATOMIC_FLAG_INIT;                         \
        if (!atomic_flag_test_and_set(&said_))                               \
            emu_log(EMU_LOG_WARN, "not built [" scenario "]: " __VA_ARGS__); \
    } while (0)

#endif

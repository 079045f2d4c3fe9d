// SPDX-License-Identifier: MIT
#include "emu/base/lock.h"

#include "emu/base/sim.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

bool emu_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns)
{
    struct timespec at, *until = NULL;

    if (emu_sim)
        return emu_sim->wait(word, expected, deadline_ns);
    if (deadline_ns != UINT64_MAX) {
        at.tv_sec = (time_t)(deadline_ns / 1000000000u);
        at.tv_nsec = (long)(deadline_ns % 1000000000u);
        until = &at;
    }
    /* FUTEX_WAIT_BITSET takes an absolute CLOCK_MONOTONIC time, so a spurious wake costs no drift. */
    long r = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, until, NULL,
                     FUTEX_BITSET_MATCH_ANY);
    return !(r == -1 && errno == ETIMEDOUT);
}

void emu_futex_wake(_Atomic uint32_t *word, uint32_t count)
{
    if (emu_sim)
        return; /* nobody sleeps there: whoever has the turn looks at all words */
    syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG,
            count > INT_MAX ? INT_MAX : (int)count, NULL, NULL, 0);
}

void emu_sleep_until(uint64_t deadline_ns)
{
    _Atomic uint32_t never = 0;

    if (emu_sim)
        emu_sim->sleep(deadline_ns);
    while (emu_futex_wait(&never, 0, deadline_ns))
        ;
}

// SPDX-License-Identifier: MIT
#include "emu/base/clock.h"

#include "emu/base/sim.h"

#include <stddef.h>
#include <time.h>

/* 100 ns units between 1601-01-01 and 1970-01-01. */
#define UNIX_EPOCH_100NS INT64_C(116444736000000000)
/* When simulated time begins: 2021-10-05, the day of Windows 11. */
#define SIM_EPOCH_100NS INT64_C(132778656000000000)

uint64_t emu_clock_now_ns(void)
{
    struct timespec ts;

    if (emu_sim)
        return emu_sim->now_ns();
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

int64_t emu_clock_system_time(void)
{
    struct timespec ts;

    if (emu_sim)
        return SIM_EPOCH_100NS + (int64_t)(emu_sim->now_ns() / 100);
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 10000000 + ts.tv_nsec / 100 + UNIX_EPOCH_100NS;
}

static uint64_t deadline_after(uint64_t now_ns, uint64_t wait_100ns)
{
    /* Anything that would overflow is centuries away: for ever. */
    if (wait_100ns >= (UINT64_MAX - now_ns) / 100)
        return EMU_FOREVER;
    return now_ns + wait_100ns * 100;
}

uint64_t emu_clock_deadline(const int64_t *timeout_100ns)
{
    uint64_t now;
    int64_t ahead;

    if (!timeout_100ns)
        return EMU_FOREVER;
    now = emu_clock_now_ns();
    if (*timeout_100ns <= 0)
        return deadline_after(now, 0 - (uint64_t)*timeout_100ns);
    ahead = *timeout_100ns - emu_clock_system_time();
    return ahead > 0 ? deadline_after(now, (uint64_t)ahead) : now;
}

uint64_t emu_clock_deadline_ms(uint32_t ms)
{
    if (ms == UINT32_MAX)
        return EMU_FOREVER;
    return deadline_after(emu_clock_now_ns(), (uint64_t)ms * 10000);
}

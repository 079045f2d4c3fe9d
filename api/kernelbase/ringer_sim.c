/* SPDX-License-Identifier: MIT */
/* ringer_sim.h. */
#include <ringer_sim.h>

#include "api/ntdll/thread.h"
#include "emu/base/clock.h"
#include "emu/base/sim.h"

int ringer_sim_begin(const struct ringer_sim_params *params)
{
    return nt_sim_begin(params);
}

int ringer_sim_end(struct ringer_sim_summary *summary)
{
    return nt_sim_end(summary);
}

void ringer_sim_point(void)
{
    emu_sim_before(RINGER_SIM_CALL_OTHER, false);
}

void ringer_sim_look(const void *memory, size_t nbytes)
{
    struct ringer_sim_access access = {RINGER_SIM_MEMORY, 0, 0, (uintptr_t)memory,
                                       (uintptr_t)memory + nbytes};

    if (!memory)
        access.resource = RINGER_SIM_ANYTHING;
    if (emu_sim)
        emu_sim->before(RINGER_SIM_CALL_OTHER, false, &access, 1);
}

uint64_t ringer_sim_now(void)
{
    nt_engine_start(); /* whose time it is */
    return emu_clock_now_ns();
}

// SPDX-License-Identifier: MIT
#include "emu/base/sim.h"

const struct emu_sim_ops *emu_sim;
_Thread_local uint32_t emu_sim_owning;
void (*emu_sim_between_calls)(void);

EMU_RARE void emu_sim_touch(enum ringer_sim_resource resource, bool write, uint32_t id, uint64_t from,
                            uint64_t to)
{
    struct ringer_sim_access access = {(uint16_t)resource, write, id, from, to};

    emu_sim->touched(&access);
}

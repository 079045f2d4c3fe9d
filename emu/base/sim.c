// SPDX-License-Identifier: MIT
#include "emu/base/sim.h"

const struct emu_sim_ops *emu_sim;

/* SPDX-License-Identifier: MIT */
/* The engines that exist, for the registry and for each other's fall-back. */
#ifndef EMU_ENGINE_ENGINES_H
#define EMU_ENGINE_ENGINES_H

#include "emu/engine/engine.h"

extern const struct emu_engine_ops emu_engine_threads;
extern const struct emu_engine_ops emu_engine_uring; /* only where built with liburing */
extern const struct emu_engine_ops emu_engine_sim;

#endif

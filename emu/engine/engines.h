/* SPDX-License-Identifier: MIT */
/* The engines that exist, for the registry and for each other's fall-back. */
#ifndef EMU_ENGINE_ENGINES_H
#define EMU_ENGINE_ENGINES_H

#include "emu/engine/engine.h"

extern const struct emu_engine_ops emu_engine_threads;
extern const struct emu_engine_ops emu_engine_uring; /* only where built with liburing */
extern const struct emu_engine_ops emu_engine_sim;

/* Of engines that nobody has to drive, and in which nothing can be registered. */
void emu_engine_no_drive(struct emu_engine_queue *queue, uint32_t min_count, uint64_t deadline_ns);
uint32_t emu_engine_no_files(struct emu_engine_queue *queue, const int *fds, uint32_t count);
uint32_t emu_engine_no_buffers(struct emu_engine_queue *queue,
                               const struct emu_engine_buffer *buffers, uint32_t count);

#endif

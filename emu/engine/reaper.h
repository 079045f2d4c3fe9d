/* SPDX-License-Identifier: MIT */
/*
 * One thread that drives queues nobody else drives. It waits for readiness of their descriptors and
 * calls reap on the emulator's own thread: reap may finish ios, and may not call host ops other than
 * set_event.
 */
#ifndef EMU_ENGINE_REAPER_H
#define EMU_ENGINE_REAPER_H

#include <stdbool.h>
#include <stdint.h>

struct emu_reaper_entry;

/* Makes the descriptor, so that a process that has run out of them can still add. False: it has. */
bool emu_reaper_prepare(void);

/*
 * Watches fd (edge-triggered) until emu_reaper_remove. reap(arg) also runs once soon after adding,
 * so nothing that was ready before is missed. The first makes the thread. NULL: no resources.
 */
struct emu_reaper_entry *emu_reaper_add(int fd, void (*reap)(void *arg), void *arg);

/*
 * No further reap starts; returns when none is running, unless the caller is the reaper itself
 * (inside that reap). After it arg may go away once the current reap returned.
 */
void emu_reaper_remove(struct emu_reaper_entry *entry);

/* In a forked child: the thread is gone and so is everything it watched. */
void emu_reaper_after_fork(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The emulator's mutex and futex word, and the one place that says in which order locks nest:
 *
 *   fork gate -> handle table -> file pending list -> pipe / socket / port -> ring -> engine queue
 *             -> dispatcher (emu/object/wait.c) -> a thread's calls (apc.c) | reaper and worker pools (plain mutexes: they sleep)
 *
 * A thread takes them left to right and may skip any. Locks of one file (share and name tables,
 * memory, the lists of rings and queues) are leaves but for the ring's list, under which nothing else
 * is taken either. No lock is held across a callback (emu_io.complete), a dispatch slot, a provider,
 * or a call that waits in the kernel; io_uring's calls that do not wait are made under the engine
 * queue's, and emu_host->set_event, which waits for nothing, under the ring's.
 */
#ifndef EMU_BASE_LOCK_H
#define EMU_BASE_LOCK_H

#include "emu/base/fork.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct emu_lock {
    pthread_mutex_t mutex;
};

#define EMU_LOCK_INIT {PTHREAD_MUTEX_INITIALIZER}

static inline void emu_lock_init(struct emu_lock *lock)
{
    pthread_mutex_init(&lock->mutex, NULL);
}

static inline void emu_lock_fini(struct emu_lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
}

static inline void emu_lock_acquire(struct emu_lock *lock)
{
    emu_fork_enter(); /* a fork waits until no lock is held: emu/base/fork.h */
    pthread_mutex_lock(&lock->mutex);
}

static inline void emu_lock_release(struct emu_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
    emu_fork_leave();
}

/*
 * Sleeps while *word == expected, until emu_futex_wake, a signal, or deadline_ns (CLOCK_MONOTONIC,
 * UINT64_MAX for ever). Returns false only when the deadline passed. May wake for no reason: callers
 * loop on their own condition.
 */
bool emu_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns);
void emu_futex_wake(_Atomic uint32_t *word, uint32_t count);
/* Sleeps until deadline_ns, whatever happens; in a simulation everything else that may. */
void emu_sleep_until(uint64_t deadline_ns);

#endif

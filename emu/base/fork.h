/* SPDX-License-Identifier: MIT */
/*
 * fork() in the middle of work on other threads. Whoever holds an emu_lock is inside the fork gate;
 * a fork closes the gate, waits until everybody has come out, copies the process, and opens it
 * again. So in the child no emu_lock is held by a thread that is not there, and everything that
 * such locks cover is whole. That is why no emu_lock may be held across a call that can block; what
 * must be (a synchronous file's order) is an emu_long_lock, which a child finds free.
 */
#ifndef EMU_BASE_FORK_H
#define EMU_BASE_FORK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Any may be NULL; for the life of the process. prepare runs in the order of registration, before
 * the gate closes; parent and child in the reverse order, after it has opened. All may take locks.
 */
void emu_fork_register(void (*prepare)(void), void (*parent)(void), void (*child)(void));

/* 0 in the first process, one more in each child of a child. */
uint32_t emu_fork_generation(void);

/* ---- the gate; for emu/base/lock.h ---- */

#define EMU_FORK_GATE_CLOSED 1u
#define EMU_FORK_GATE_SLOW 2u /* no membarrier: every entry pays for its own ordering */

extern _Atomic uint32_t emu_fork_gate;
/* How many gated locks the thread holds, and whether the gate knows the thread. */
extern _Thread_local _Atomic uint32_t emu_fork_depth __attribute__((tls_model("initial-exec")));
extern _Thread_local bool emu_fork_known __attribute__((tls_model("initial-exec")));

void emu_fork_enter_slow(void);

static inline void emu_fork_enter(void)
{
    /* Relaxed: only this thread writes it while the gate is open. */
    uint32_t depth = atomic_load_explicit(&emu_fork_depth, memory_order_relaxed);

    atomic_store_explicit(&emu_fork_depth, depth + 1, memory_order_relaxed);
    if (depth)
        return;
    /* The processor may swap this load with the store; the forker's membarrier sees to that. */
    atomic_signal_fence(memory_order_seq_cst);
    if (__builtin_expect(
            !emu_fork_known || atomic_load_explicit(&emu_fork_gate, memory_order_relaxed), 0))
        emu_fork_enter_slow();
}

static inline void emu_fork_leave(void)
{
    uint32_t depth = atomic_load_explicit(&emu_fork_depth, memory_order_relaxed);

    /* Release: pairs with the forker's acquire; what was done under the locks comes before. */
    atomic_store_explicit(&emu_fork_depth, depth - 1, memory_order_release);
}

/* ---- a lock that may be held across a call that blocks ---- */

/* {generation : 24, state : 8}: one that an older generation holds is free: its holder is not here. */
struct emu_long_lock {
    _Atomic uint32_t word;
};

void emu_long_lock_init(struct emu_long_lock *lock);
void emu_long_lock_acquire(struct emu_long_lock *lock);
void emu_long_lock_release(struct emu_long_lock *lock);

#endif

// SPDX-License-Identifier: MIT
/*
 * The fork gate and the handlers of fork.
 *
 * Entering is a store to the thread's own depth and a load of the gate; closing is a store to the
 * gate and a load of every depth. One of the two sees the other: between store and load the forker
 * issues a membarrier for all threads, so that entering needs no fence of its own. Where membarrier
 * is refused, the gate has SLOW set for ever and entering goes through sequentially consistent
 * operations.
 */
#include "emu/base/fork.h"

#include "emu/base/clock.h"
#include "emu/base/list.h"
#include "emu/base/lock.h"
#include "emu/base/log.h"

#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HANDLERS_MAX 32
/* Somebody blocks under a lock, against the rules: better a risky fork than none. */
#define DRAIN_LIMIT_NS UINT64_C(2000000000)

struct gate_thread {
    struct emu_list link; /* in threads; registry */
    _Atomic uint32_t *depth;
};

_Atomic uint32_t emu_fork_gate = EMU_FORK_GATE_SLOW;
_Thread_local _Atomic uint32_t emu_fork_depth;
_Thread_local bool emu_fork_known;
static _Thread_local struct gate_thread self;

/* Not an emu_lock: it is what they stand on. Held by the forker from closing to opening. */
static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static struct emu_list threads = {&threads, &threads}; /* struct gate_thread.link; registry */
static pthread_key_t exit_key;
static bool exit_key_usable; /* written by the constructor only */
static _Atomic uint32_t generation;

static struct {
    void (*prepare)(void);
    void (*parent)(void);
    void (*child)(void);
} handlers[HANDLERS_MAX];
static _Atomic uint32_t handler_count;

/* ---- threads come and go ---- */

static void forget_thread(void *arg)
{
    struct gate_thread *thread = arg;

    pthread_mutex_lock(&registry);
    emu_list_remove(&thread->link);
    pthread_mutex_unlock(&registry);
    emu_fork_known = false; /* a later destructor that takes a lock makes it known again */
}

static void know_thread(void)
{
    if (emu_fork_known || !exit_key_usable)
        return;
    self.depth = &emu_fork_depth;
    pthread_mutex_lock(&registry);
    emu_list_append(&threads, &self.link);
    pthread_mutex_unlock(&registry);
    /* Without the destructor the list would keep a dead thread's memory: rather not known at all. */
    if (pthread_setspecific(exit_key, &self))
        forget_thread(&self);
    else
        emu_fork_known = true;
}

static bool try_enter(void)
{
    atomic_exchange(&emu_fork_depth, 1); /* before the load, in the one order of all */
    if (!(atomic_load(&emu_fork_gate) & EMU_FORK_GATE_CLOSED))
        return true;
    atomic_store(&emu_fork_depth, 0);
    return false;
}

void emu_fork_enter_slow(void)
{
    atomic_store(&emu_fork_depth, 0);
    know_thread();
    while (!try_enter()) {
        uint32_t gate = atomic_load(&emu_fork_gate);

        if (gate & EMU_FORK_GATE_CLOSED)
            emu_futex_wait(&emu_fork_gate, gate, EMU_FOREVER);
    }
}

/* ---- the fork itself ---- */

static void drain(void)
{
    uint64_t limit = emu_clock_now_ns() + DRAIN_LIMIT_NS;
    struct emu_list *pos;

    emu_list_for_each(pos, &threads) {
        struct gate_thread *thread = EMU_CONTAINER(pos, struct gate_thread, link);

        if (thread == &self)
            continue;
        while (atomic_load(thread->depth)) {
            if (emu_clock_now_ns() > limit) {
                emu_log(EMU_LOG_WARN, "fork while a thread blocks inside the emulator");
                return;
            }
            sched_yield();
        }
    }
}

static void before_fork(void)
{
    uint32_t count = atomic_load(&handler_count);

    for (uint32_t i = 0; i < count; i++)
        if (handlers[i].prepare)
            handlers[i].prepare();
    pthread_mutex_lock(&registry);
    if (!(atomic_fetch_or(&emu_fork_gate, EMU_FORK_GATE_CLOSED) & EMU_FORK_GATE_SLOW))
        syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    drain();
}

static void open_gate(void)
{
    atomic_fetch_and(&emu_fork_gate, ~EMU_FORK_GATE_CLOSED);
    emu_futex_wake(&emu_fork_gate, UINT32_MAX);
}

static void after_fork_parent(void)
{
    open_gate();
    pthread_mutex_unlock(&registry);
    for (uint32_t i = atomic_load(&handler_count); i-- > 0;)
        if (handlers[i].parent)
            handlers[i].parent();
}

static void after_fork_child(void)
{
    /* Only this thread came along. */
    emu_list_init(&threads);
    emu_list_init(&self.link);
    if (emu_fork_known)
        emu_list_append(&threads, &self.link);
    atomic_fetch_add(&generation, 1);
    open_gate();
    pthread_mutex_unlock(&registry);
    for (uint32_t i = atomic_load(&handler_count); i-- > 0;)
        if (handlers[i].child)
            handlers[i].child();
}

__attribute__((constructor)) static void install(void)
{
    exit_key_usable = !pthread_key_create(&exit_key, forget_thread);
    if (!syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0))
        atomic_fetch_and(&emu_fork_gate, ~EMU_FORK_GATE_SLOW);
    pthread_atfork(before_fork, after_fork_parent, after_fork_child);
}

void emu_fork_register(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    uint32_t at;

    pthread_mutex_lock(&registry);
    at = atomic_load(&handler_count);
    if (at < HANDLERS_MAX) {
        handlers[at].prepare = prepare;
        handlers[at].parent = parent;
        handlers[at].child = child;
        atomic_store(&handler_count, at + 1);
    } else {
        emu_log(EMU_LOG_WARN, "too many fork handlers");
    }
    pthread_mutex_unlock(&registry);
}

uint32_t emu_fork_generation(void)
{
    return atomic_load_explicit(&generation, memory_order_relaxed); /* changes only in fork */
}

/* ---- long locks ---- */

#define LONG_FREE 0u
#define LONG_HELD 1u
#define LONG_WANTED 2u /* held, and somebody sleeps */

static uint32_t long_word(uint32_t state)
{
    return emu_fork_generation() << 8 | state;
}

static bool long_is_free(uint32_t word)
{
    return (word & 0xFF) == LONG_FREE || word >> 8 != long_word(0) >> 8;
}

void emu_long_lock_init(struct emu_long_lock *lock)
{
    atomic_init(&lock->word, LONG_FREE);
}

void emu_long_lock_acquire(struct emu_long_lock *lock)
{
    uint32_t mine = long_word(LONG_HELD), word = atomic_load(&lock->word);

    for (;;) {
        if (long_is_free(word)) {
            /* Acquire: pairs with the release in emu_long_lock_release. */
            if (atomic_compare_exchange_weak_explicit(&lock->word, &word, mine,
                                                      memory_order_acquire, memory_order_relaxed))
                return;
            continue;
        }
        if (word == long_word(LONG_WANTED) ||
            atomic_compare_exchange_weak(&lock->word, &word, long_word(LONG_WANTED))) {
            emu_futex_wait(&lock->word, long_word(LONG_WANTED), EMU_FOREVER);
            /* Others may sleep as well: whoever has slept leaves that mark when it gets the lock. */
            mine = long_word(LONG_WANTED);
            word = atomic_load(&lock->word);
        }
    }
}

void emu_long_lock_release(struct emu_long_lock *lock)
{
    uint32_t before = atomic_exchange_explicit(&lock->word, LONG_FREE, memory_order_release);

    if ((before & 0xFF) == LONG_WANTED)
        emu_futex_wake(&lock->word, 1);
}

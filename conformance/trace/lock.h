/* SPDX-License-Identifier: MIT */
/*
 * The writer's lock and clock. Native code takes pthread rather than our own SRWLOCK: the writer must
 * not depend on what it records, and a traced program may have the Windows names hooked.
 */
#ifndef CF_TRACE_LOCK_H
#define CF_TRACE_LOCK_H

#include <stdint.h>

#ifdef _WIN32
#include <windows.h>

struct cf_lock {
    SRWLOCK srw;
};

static inline void cf_lock_init(struct cf_lock *lock)
{
    InitializeSRWLock(&lock->srw);
}

static inline void cf_lock_acquire(struct cf_lock *lock)
{
    AcquireSRWLockExclusive(&lock->srw);
}

static inline void cf_lock_release(struct cf_lock *lock)
{
    ReleaseSRWLockExclusive(&lock->srw);
}

static inline uint64_t cf_clock_ns(void)
{
    LARGE_INTEGER now, hz;

    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&hz);
    return (uint64_t)now.QuadPart / (uint64_t)hz.QuadPart * 1000000000u +
           (uint64_t)now.QuadPart % (uint64_t)hz.QuadPart * 1000000000u / (uint64_t)hz.QuadPart;
}

#else
#include <pthread.h>
#include <time.h>

struct cf_lock {
    pthread_mutex_t mutex;
};

static inline void cf_lock_init(struct cf_lock *lock)
{
    pthread_mutex_init(&lock->mutex, NULL);
}

static inline void cf_lock_acquire(struct cf_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

static inline void cf_lock_release(struct cf_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

/*
 * ringer_sim.h; weak, for programs without the library. Whoever traces a simulation has its time, so
 * that the trace is the same each time.
 */
extern uint64_t ringer_sim_now(void) __attribute__((weak));

static inline uint64_t cf_clock_ns(void)
{
    struct timespec now;

    if (ringer_sim_now)
        return ringer_sim_now();
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
#endif

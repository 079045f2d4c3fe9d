/* SPDX-License-Identifier: MIT */
/* The layer's own threads: what a provider does later, it does here. Started with the first job. */
#include "hooks/provider/provider.h"

#define THREADS 4

static SRWLOCK lock = SRWLOCK_INIT; /* of everything below */
static CONDITION_VARIABLE wake = CONDITION_VARIABLE_INIT;
static struct rp_job *first; /* by due time */
static int threads, idle;

static UINT64 until_due_locked(void)
{
    UINT64 now = GetTickCount64();

    return first->due_ms <= now ? 0 : first->due_ms - now;
}

static struct rp_job *next_locked(void)
{
    struct rp_job *job;

    for (;;) {
        UINT64 left = first ? until_due_locked() : INFINITE;

        if (!left)
            break;
        idle++;
        SleepConditionVariableSRW(&wake, &lock, left < INFINITE ? (DWORD)left : INFINITE, 0);
        idle--;
    }
    job = first;
    first = job->next;
    return job;
}

static DWORD WINAPI serve(LPVOID argument)
{
    ringer_bypass_enter();
    AcquireSRWLockExclusive(&lock);
    for (;;) {
        struct rp_job *job = next_locked();

        ReleaseSRWLockExclusive(&lock);
        job->run(job);
        AcquireSRWLockExclusive(&lock);
    }
    return 0;
}

/* A job that blocks must not keep others waiting: one thread more, up to THREADS, when none is
 * idle. */
static bool staff_locked(void)
{
    HANDLE thread;

    if (idle || threads == THREADS)
        return true;
    thread = CreateThread(NULL, 0, serve, NULL, 0, NULL);
    if (!thread)
        return threads > 0;
    threads++;
    CloseHandle(thread);
    return true;
}

bool rp_job_post(struct rp_job *job, UINT32 delay_ms)
{
    struct rp_job **at = &first;
    bool good;

    ringer_bypass_enter(); /* CreateThread and CloseHandle are ours */
    AcquireSRWLockExclusive(&lock);
    good = staff_locked();
    if (good) {
        job->due_ms = delay_ms ? GetTickCount64() + delay_ms : 0;
        while (*at && (*at)->due_ms <= job->due_ms)
            at = &(*at)->next;
        job->next = *at;
        *at = job;
    }
    ReleaseSRWLockExclusive(&lock);
    ringer_bypass_leave();
    if (good)
        WakeConditionVariable(&wake);
    return good;
}

bool rp_job_withdraw(struct rp_job *job)
{
    struct rp_job **at = &first;

    AcquireSRWLockExclusive(&lock);
    while (*at && *at != job)
        at = &(*at)->next;
    if (*at)
        *at = job->next;
    else
        job = NULL;
    ReleaseSRWLockExclusive(&lock);
    return job != NULL;
}

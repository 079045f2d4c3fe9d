/* SPDX-License-Identifier: MIT */
/*
 * User-mode locks: SRW locks, condition variables, critical sections, one-time initialisation, waits on
 * addresses. All are futex words inside the caller's own struct, which zero bytes initialise (but for
 * the critical section), and plain C11 atomics, so that race detectors see the order they make.
 */
#include "api/kernelbase/kernelbase.h"

#include "emu/base/clock.h"
#include "emu/base/lock.h"

typedef _Atomic uint32_t word;

/* ---- SRW locks: the low half of Ptr ---- */

#define SRW_WRITER 0x80000000u
#define SRW_WAITERS 0x40000000u /* somebody sleeps on the word; whoever frees the lock wakes all */

_Static_assert(sizeof(SRWLOCK) == 8 && sizeof(CONDITION_VARIABLE) == 8, "two futex words");

static word *srw_word(PSRWLOCK lock)
{
    return (word *)lock;
}

void WINAPI kb_InitializeSRWLock(PSRWLOCK SRWLock)
{
    SRWLock->Ptr = NULL;
}

BOOLEAN WINAPI kb_TryAcquireSRWLockExclusive(PSRWLOCK SRWLock)
{
    uint32_t free_state = 0;

    return atomic_compare_exchange_strong(srw_word(SRWLock), &free_state, SRW_WRITER);
}

/* A sleeping writer keeps new readers out, or it might never get in. */
BOOLEAN WINAPI kb_TryAcquireSRWLockShared(PSRWLOCK SRWLock)
{
    uint32_t state = atomic_load(srw_word(SRWLock));

    while (!(state & (SRW_WRITER | SRW_WAITERS))) {
        if (atomic_compare_exchange_weak(srw_word(SRWLock), &state, state + 1))
            return TRUE;
    }
    return FALSE;
}

/* Sleeps until the word changes from a state in which the lock is held. */
static void srw_sleep(word *state)
{
    uint32_t seen = atomic_load(state);

    if (seen == 0)
        return;
    if (!(seen & SRW_WAITERS)) {
        if (!atomic_compare_exchange_strong(state, &seen, seen | SRW_WAITERS))
            return;
        seen |= SRW_WAITERS;
    }
    emu_futex_wait(state, seen, EMU_FOREVER);
}

void WINAPI kb_AcquireSRWLockExclusive(PSRWLOCK SRWLock)
{
    while (!kb_TryAcquireSRWLockExclusive(SRWLock))
        srw_sleep(srw_word(SRWLock));
}

void WINAPI kb_AcquireSRWLockShared(PSRWLOCK SRWLock)
{
    while (!kb_TryAcquireSRWLockShared(SRWLock))
        srw_sleep(srw_word(SRWLock));
}

void WINAPI kb_ReleaseSRWLockExclusive(PSRWLOCK SRWLock)
{
    if (atomic_exchange(srw_word(SRWLock), 0) & SRW_WAITERS)
        emu_futex_wake(srw_word(SRWLock), UINT32_MAX);
}

void WINAPI kb_ReleaseSRWLockShared(PSRWLOCK SRWLock)
{
    word *state = srw_word(SRWLock);
    uint32_t seen = atomic_load(state), next;

    do {
        next = (seen & ~SRW_WAITERS) == 1 ? 0 : seen - 1; /* the last reader frees it */
    } while (!atomic_compare_exchange_weak(state, &seen, next));
    if (next == 0 && seen & SRW_WAITERS)
        emu_futex_wake(state, UINT32_MAX);
}

/* ---- critical sections: LockCount -1 free, 0 held, 1 held and waited for ---- */

static word *section_word(LPCRITICAL_SECTION section)
{
    return (word *)&section->LockCount;
}

/* Only ever equal to the caller's own number when the caller stored it. */
static bool section_mine(LPCRITICAL_SECTION section)
{
    return __atomic_load_n((ULONG_PTR *)&section->OwningThread, __ATOMIC_RELAXED) ==
           kb_GetCurrentThreadId();
}

static void section_taken(LPCRITICAL_SECTION section)
{
    __atomic_store_n((ULONG_PTR *)&section->OwningThread, (ULONG_PTR)kb_GetCurrentThreadId(),
                     __ATOMIC_RELAXED);
    section->RecursionCount = 1;
}

BOOL WINAPI kb_InitializeCriticalSectionEx(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount,
                                           DWORD Flags)
{
    *lpCriticalSection = (CRITICAL_SECTION){.LockCount = -1, .SpinCount = dwSpinCount & 0xFFFFFF};
    return TRUE;
}

BOOL WINAPI kb_InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION lpCriticalSection,
                                                     DWORD dwSpinCount)
{
    return kb_InitializeCriticalSectionEx(lpCriticalSection, dwSpinCount, 0);
}

void WINAPI kb_InitializeCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    kb_InitializeCriticalSectionEx(lpCriticalSection, 0, 0);
}

BOOL WINAPI kb_TryEnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    uint32_t free_state = (uint32_t)-1;

    if (section_mine(lpCriticalSection)) {
        lpCriticalSection->RecursionCount++;
        return TRUE;
    }
    if (!atomic_compare_exchange_strong(section_word(lpCriticalSection), &free_state, 0))
        return FALSE;
    section_taken(lpCriticalSection);
    return TRUE;
}

void WINAPI kb_EnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    word *state = section_word(lpCriticalSection);

    if (kb_TryEnterCriticalSection(lpCriticalSection))
        return;
    /* Held by another: mark it waited for, and take it over in that state. */
    while (atomic_exchange(state, 1) != (uint32_t)-1)
        emu_futex_wait(state, 1, EMU_FOREVER);
    section_taken(lpCriticalSection);
}

void WINAPI kb_LeaveCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    if (--lpCriticalSection->RecursionCount > 0)
        return;
    __atomic_store_n((ULONG_PTR *)&lpCriticalSection->OwningThread, 0, __ATOMIC_RELAXED);
    if (atomic_exchange(section_word(lpCriticalSection), (uint32_t)-1) == 1)
        emu_futex_wake(section_word(lpCriticalSection), 1);
}

void WINAPI kb_DeleteCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    *lpCriticalSection = (CRITICAL_SECTION){.LockCount = -1};
}

/* ---- condition variables: a serial that wakers move on, and how many sleep ---- */

struct condition {
    word serial;
    word sleepers;
};

void WINAPI kb_InitializeConditionVariable(PCONDITION_VARIABLE ConditionVariable)
{
    ConditionVariable->Ptr = NULL;
}

static void condition_wake(PCONDITION_VARIABLE variable, uint32_t count)
{
    struct condition *condition = (struct condition *)variable;

    if (atomic_load(&condition->sleepers) == 0)
        return;
    atomic_fetch_add(&condition->serial, 1);
    emu_futex_wake(&condition->serial, count);
}

void WINAPI kb_WakeConditionVariable(PCONDITION_VARIABLE ConditionVariable)
{
    condition_wake(ConditionVariable, 1);
}

void WINAPI kb_WakeAllConditionVariable(PCONDITION_VARIABLE ConditionVariable)
{
    condition_wake(ConditionVariable, UINT32_MAX);
}

/* The caller holds the lock when he announces himself, so a waker who changed the data sees him. */
static uint32_t condition_announce(struct condition *condition)
{
    atomic_fetch_add(&condition->sleepers, 1);
    return atomic_load(&condition->serial);
}

static bool condition_sleep(struct condition *condition, uint32_t serial, DWORD milliseconds)
{
    bool woken = emu_futex_wait(&condition->serial, serial, emu_clock_deadline_ms(milliseconds));

    woken = woken || atomic_load(&condition->serial) != serial;
    atomic_fetch_sub(&condition->sleepers, 1);
    return woken;
}

BOOL WINAPI kb_SleepConditionVariableSRW(PCONDITION_VARIABLE ConditionVariable, PSRWLOCK SRWLock,
                                         DWORD dwMilliseconds, ULONG Flags)
{
    struct condition *condition = (struct condition *)ConditionVariable;
    bool shared = (Flags & CONDITION_VARIABLE_LOCKMODE_SHARED) != 0, woken;
    uint32_t serial;

    if (Flags & ~CONDITION_VARIABLE_LOCKMODE_SHARED)
        return kb_fail(ERROR_INVALID_PARAMETER);
    serial = condition_announce(condition);
    if (shared)
        kb_ReleaseSRWLockShared(SRWLock);
    else
        kb_ReleaseSRWLockExclusive(SRWLock);
    woken = condition_sleep(condition, serial, dwMilliseconds);
    if (shared)
        kb_AcquireSRWLockShared(SRWLock);
    else
        kb_AcquireSRWLockExclusive(SRWLock);
    return woken ? TRUE : kb_fail(ERROR_TIMEOUT); /* [D] */
}

/* [D] The section is left once, whatever its recursion count. */
BOOL WINAPI kb_SleepConditionVariableCS(PCONDITION_VARIABLE ConditionVariable,
                                        PCRITICAL_SECTION CriticalSection, DWORD dwMilliseconds)
{
    struct condition *condition = (struct condition *)ConditionVariable;
    uint32_t serial = condition_announce(condition);
    bool woken;

    kb_LeaveCriticalSection(CriticalSection);
    woken = condition_sleep(condition, serial, dwMilliseconds);
    kb_EnterCriticalSection(CriticalSection);
    return woken ? TRUE : kb_fail(ERROR_TIMEOUT);
}

/* ---- one-time initialisation: 0 not yet, 1 somebody is at it, context | 2 done ---- */

BOOL WINAPI kb_InitOnceExecuteOnce(PINIT_ONCE InitOnce, PINIT_ONCE_FN InitFn, PVOID Parameter,
                                   LPVOID *Context)
{
    _Atomic uint64_t *state = (_Atomic uint64_t *)InitOnce;
    word *low = (word *)InitOnce; /* little-endian: where 0, 1 and 2 are told apart */
    uint64_t seen;
    PVOID context = NULL;

    if (!InitOnce || !InitFn)
        return kb_fail(ERROR_INVALID_PARAMETER);
    for (;;) {
        seen = atomic_load(state);
        if (seen & 2) {
            if (Context)
                *Context = (PVOID)(seen & ~UINT64_C(3));
            return TRUE;
        }
        if (seen == 1)
            emu_futex_wait(low, 1, EMU_FOREVER);
        else if (atomic_compare_exchange_strong(state, &seen, 1))
            break;
    }
    if (!InitFn(InitOnce, Parameter, &context)) {
        atomic_store(state, 0); /* [D] the next caller tries again */
        emu_futex_wake(low, UINT32_MAX);
        return FALSE;
    }
    atomic_store(state, ((uint64_t)(uintptr_t)context & ~UINT64_C(3)) | 2);
    emu_futex_wake(low, UINT32_MAX);
    if (Context)
        *Context = context;
    return TRUE;
}

/* ---- waits on addresses: sleepers of many addresses share a serial; more than asked for may wake ---- */

#define BUCKETS 64u

static struct condition buckets[BUCKETS];

static struct condition *bucket_of(const volatile void *address)
{
    uintptr_t bits = (uintptr_t)address >> 2;

    return &buckets[(bits ^ bits >> 6 ^ bits >> 12) % BUCKETS];
}

static bool address_equals(volatile void *address, const void *value, SIZE_T nbytes)
{
    switch (nbytes) {
    case 1:
        return __atomic_load_n((volatile uint8_t *)address, __ATOMIC_SEQ_CST) == *(uint8_t *)value;
    case 2:
        return __atomic_load_n((volatile uint16_t *)address, __ATOMIC_SEQ_CST) ==
               *(uint16_t *)value;
    case 4:
        return __atomic_load_n((volatile uint32_t *)address, __ATOMIC_SEQ_CST) ==
               *(uint32_t *)value;
    default:
        return __atomic_load_n((volatile uint64_t *)address, __ATOMIC_SEQ_CST) ==
               *(uint64_t *)value;
    }
}

BOOL WINAPI kb_WaitOnAddress(volatile VOID *Address, PVOID CompareAddress, SIZE_T AddressSize,
                             DWORD dwMilliseconds)
{
    struct condition *bucket;
    uint32_t serial;

    if (!Address || !CompareAddress ||
        (AddressSize != 1 && AddressSize != 2 && AddressSize != 4 && AddressSize != 8))
        return kb_fail(ERROR_INVALID_PARAMETER);
    bucket = bucket_of(Address);
    serial = condition_announce(bucket);
    if (!address_equals(Address, CompareAddress, AddressSize)) {
        atomic_fetch_sub(&bucket->sleepers, 1);
        return TRUE;
    }
    /* [D] May return before the value changed; callers look again. */
    return condition_sleep(bucket, serial, dwMilliseconds) ? TRUE : kb_fail(ERROR_TIMEOUT);
}

void WINAPI kb_WakeByAddressAll(PVOID Address)
{
    condition_wake((PCONDITION_VARIABLE)bucket_of(Address), UINT32_MAX);
}

/* All of the bucket: the one that the kernel picked might wait on another address. */
void WINAPI kb_WakeByAddressSingle(PVOID Address)
{
    kb_WakeByAddressAll(Address);
}

/* SPDX-License-Identifier: MIT */
/* Interlocked operations over the compiler's atomics: all are full barriers unless the name says less. */
#ifndef RINGER_INTERLOCKED_H
#define RINGER_INTERLOCKED_H

#include <minwindef.h>

/* clang-format off */
#define RINGER_INTERLOCKED(suffix, type, tag, order)                                                   \
    FORCEINLINE type InterlockedExchange##suffix##tag(type volatile *target, type value)               \
    { return __atomic_exchange_n(target, value, order); }                                              \
    FORCEINLINE type InterlockedCompareExchange##suffix##tag(type volatile *target, type value, type comparand) \
    { __atomic_compare_exchange_n(target, &comparand, value, 0, order, RINGER_ON_FAILURE(order)); return comparand; } \
    FORCEINLINE type InterlockedExchangeAdd##suffix##tag(type volatile *target, type value)            \
    { return __atomic_fetch_add(target, value, order); }                                               \
    FORCEINLINE type InterlockedIncrement##suffix##tag(type volatile *target)                          \
    { return __atomic_add_fetch(target, 1, order); }                                                   \
    FORCEINLINE type InterlockedDecrement##suffix##tag(type volatile *target)                          \
    { return __atomic_sub_fetch(target, 1, order); }                                                   \
    FORCEINLINE type InterlockedAdd##suffix##tag(type volatile *target, type value)                    \
    { return __atomic_add_fetch(target, value, order); }                                               \
    FORCEINLINE type InterlockedAnd##suffix##tag(type volatile *target, type value)                    \
    { return __atomic_fetch_and(target, value, order); }                                               \
    FORCEINLINE type InterlockedOr##suffix##tag(type volatile *target, type value)                     \
    { return __atomic_fetch_or(target, value, order); }                                                \
    FORCEINLINE type InterlockedXor##suffix##tag(type volatile *target, type value)                    \
    { return __atomic_fetch_xor(target, value, order); }
/* A failed compare cannot release. */
#define RINGER_ON_FAILURE(order) ((order) == __ATOMIC_SEQ_CST ? __ATOMIC_SEQ_CST : (order) == __ATOMIC_ACQUIRE ? __ATOMIC_ACQUIRE : __ATOMIC_RELAXED)
/* clang-format on */

RINGER_INTERLOCKED(, LONG, , __ATOMIC_SEQ_CST)
RINGER_INTERLOCKED(, LONG, Acquire, __ATOMIC_ACQUIRE)
RINGER_INTERLOCKED(, LONG, Release, __ATOMIC_RELEASE)
RINGER_INTERLOCKED(, LONG, NoFence, __ATOMIC_RELAXED)
RINGER_INTERLOCKED(16, SHORT, , __ATOMIC_SEQ_CST)
RINGER_INTERLOCKED(16, SHORT, Acquire, __ATOMIC_ACQUIRE)
RINGER_INTERLOCKED(16, SHORT, Release, __ATOMIC_RELEASE)
RINGER_INTERLOCKED(16, SHORT, NoFence, __ATOMIC_RELAXED)
RINGER_INTERLOCKED(64, LONG64, , __ATOMIC_SEQ_CST)
RINGER_INTERLOCKED(64, LONG64, Acquire, __ATOMIC_ACQUIRE)
RINGER_INTERLOCKED(64, LONG64, Release, __ATOMIC_RELEASE)
RINGER_INTERLOCKED(64, LONG64, NoFence, __ATOMIC_RELAXED)

FORCEINLINE PVOID InterlockedExchangePointer(PVOID volatile *target, PVOID value)
{
    return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}

FORCEINLINE PVOID InterlockedCompareExchangePointer(PVOID volatile *target, PVOID value,
                                                    PVOID comparand)
{
    __atomic_compare_exchange_n(target, &comparand, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return comparand;
}

FORCEINLINE BOOLEAN InterlockedBitTestAndSet(LONG volatile *base, LONG bit)
{
    return (BOOLEAN)((__atomic_fetch_or(base, (LONG)(1u << (bit & 31)), __ATOMIC_SEQ_CST) >>
                      (bit & 31)) & 1);
}

FORCEINLINE BOOLEAN InterlockedBitTestAndReset(LONG volatile *base, LONG bit)
{
    return (BOOLEAN)((__atomic_fetch_and(base, (LONG) ~(1u << (bit & 31)), __ATOMIC_SEQ_CST) >>
                      (bit & 31)) & 1);
}

FORCEINLINE LONG ReadAcquire(LONG const volatile *source)
{
    return __atomic_load_n(source, __ATOMIC_ACQUIRE);
}

FORCEINLINE LONG ReadNoFence(LONG const volatile *source)
{
    return __atomic_load_n(source, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteRelease(LONG volatile *destination, LONG value)
{
    __atomic_store_n(destination, value, __ATOMIC_RELEASE);
}

FORCEINLINE void WriteNoFence(LONG volatile *destination, LONG value)
{
    __atomic_store_n(destination, value, __ATOMIC_RELAXED);
}

FORCEINLINE LONG64 ReadAcquire64(LONG64 const volatile *source)
{
    return __atomic_load_n(source, __ATOMIC_ACQUIRE);
}

FORCEINLINE void WriteRelease64(LONG64 volatile *destination, LONG64 value)
{
    __atomic_store_n(destination, value, __ATOMIC_RELEASE);
}

FORCEINLINE PVOID ReadPointerAcquire(PVOID const volatile *source)
{
    return __atomic_load_n(source, __ATOMIC_ACQUIRE);
}

FORCEINLINE void WritePointerRelease(PVOID volatile *destination, PVOID value)
{
    __atomic_store_n(destination, value, __ATOMIC_RELEASE);
}

FORCEINLINE void MemoryBarrier(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

FORCEINLINE void YieldProcessor(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
}

#endif

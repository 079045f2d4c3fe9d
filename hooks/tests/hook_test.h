/* SPDX-License-Identifier: MIT */
/* What tests of hooks share: detours for functions of any type. */
#ifndef HOOKS_TESTS_HOOK_TEST_H
#define HOOKS_TESTS_HOOK_TEST_H

#include <ntstatus.h>
#include <windows.h>
#include <winternl.h>
#include <ringer.h>
#include <ringer_hook.h>

#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OK(call)                                                                                   \
    do {                                                                                           \
        SetLastError(0xdead);                                                                      \
        cr_assert((call), "%s: error %u", #call, GetLastError());                                  \
    } while (0)
#define FAILS(call, error)                                                                         \
    do {                                                                                           \
        SetLastError(0xdead);                                                                      \
        cr_assert_not((call), "%s succeeds", #call);                                               \
        cr_assert_eq(GetLastError(), (error), "%s: error %u, want " #error, #call, GetLastError()); \
    } while (0)

#define HOOK_TEST_DETOURS 768

/* Answers i + 1, whatever it is given. All NULL where there is no assembly for the processor. */
extern void *hook_test_answers[HOOK_TEST_DETOURS];
/* Counts in hook_test_counts[i], then goes on to hook_test_next[i] with everything as it came. */
extern void *hook_test_counters[HOOK_TEST_DETOURS];
extern void *hook_test_next[HOOK_TEST_DETOURS];
extern _Atomic uint64_t hook_test_counts[HOOK_TEST_DETOURS];
/* 1: what this thread calls is counted. */
extern _Thread_local int hook_test_counting;

#endif

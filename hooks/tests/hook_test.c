/* SPDX-License-Identifier: MIT */
/* One detour a number, made by the assembler. */
#include "hooks/tests/hook_test.h"

void *hook_test_answers[HOOK_TEST_DETOURS];
void *hook_test_counters[HOOK_TEST_DETOURS];
void *hook_test_next[HOOK_TEST_DETOURS];
_Atomic uint64_t hook_test_counts[HOOK_TEST_DETOURS];
_Thread_local int hook_test_counting;

#if defined(__x86_64__) && defined(__LP64__)

_Static_assert(HOOK_TEST_DETOURS == 768, "as below");

__asm__(".text\n"
        ".p2align 5\n"
        ".set test_index, 0\n"
        "hook_test_pool:\n"
        ".rept 768\n"
        ".p2align 5\n"
        "endbr64\n"
        "cmpl $0, %fs:hook_test_counting@tpoff\n"
        "je 1f\n"
        "lock incq (hook_test_counts + 8 * test_index)(%rip)\n"
        "1:\n"
        "jmp *(hook_test_next + 8 * test_index)(%rip)\n"
        ".p2align 5\n"
        "endbr64\n"
        "movl $(test_index + 1), %eax\n"
        "ret\n"
        ".set test_index, test_index + 1\n"
        ".endr\n");

extern char hook_test_pool[] __attribute__((visibility("hidden")));

static __attribute__((constructor)) void fill(void)
{
    for (size_t i = 0; i < HOOK_TEST_DETOURS; i++) {
        hook_test_counters[i] = hook_test_pool + 64 * i;
        hook_test_answers[i] = hook_test_pool + 64 * i + 32;
    }
}

#endif

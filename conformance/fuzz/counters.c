/* SPDX-License-Identifier: MIT */
/*
 * What a forked child reached must be seen in its parent, or libFuzzer would learn from the parser
 * alone: the counters that the compiler put into this program become memory that both share. A file
 * of its own, and not instrumented: the compiler names the two symbols in every file that is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

extern uint8_t __start___sancov_cntrs[], __stop___sancov_cntrs[];
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    /* Whole pages: on the first and the last there may be other data. */
    uintptr_t from = ((uintptr_t)__start___sancov_cntrs + 4095) & ~(uintptr_t)4095;
    uintptr_t to = (uintptr_t)__stop___sancov_cntrs & ~(uintptr_t)4095;

    (void)argc;
    (void)argv;
    if (from < to && mmap((void *)from, to - from, PROT_READ | PROT_WRITE,
                          MAP_FIXED | MAP_SHARED | MAP_ANONYMOUS, -1, 0) != (void *)from) {
        abort();
    }
    return 0;
}

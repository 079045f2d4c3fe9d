/* SPDX-License-Identifier: MIT */
/*
 * Failure injection: the n-th allocation, descriptor-making call, thread or system call of the emulator
 * fails, alone or with all that follow, for n = 1, 2, 3 … until none is left to fail. Each n is a child of
 * its own: the workload under the fault, then the same workload, which must now succeed.
 *
 * The linker puts fail.c between the emulator and the C library (--wrap, see meson.build), so only calls
 * of the emulator's own objects fail, never those of a library or of a sanitizer.
 */
#ifndef EMU_TESTS_FAIL_H
#define EMU_TESTS_FAIL_H

#include <ntstatus.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Longer than anything takes; the child's watchdog ends it after twice that. */
#define FAIL_PATIENCE_MS 10000

struct fail_workload {
    const char *name;
    /*
     * Makes, uses and closes. Strict: everything succeeds. Otherwise a call may fail with a status that
     * fail_documented knows, and the workload goes on with what it has; nothing is left open.
     */
    void (*run)(bool strict);
    bool once; /* one call fails, never all that follow */
};

/* What a call, or an operation's completion, may say when resources run out. */
bool fail_documented(NTSTATUS status);

/* Success? Anything undocumented, or any failure of a strict run, ends the child. */
bool fail_ok(NTSTATUS status, bool strict, const char *what, int line);
#define OK(call) fail_ok(call, strict, #call, __LINE__)

#define MUST(condition)                                                                 \
    do {                                                                                \
        if (!(condition)) {                                                             \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);             \
            abort();                                                                    \
        }                                                                               \
    } while (0)

/*
 * fail_main PROGRAM [--full] [--only WORKLOAD] [--from N] [--step N] [--verbose]: short takes the first
 * errno of each call, and of n every so many.
 */
int fail_main(int argc, char **argv, const struct fail_workload *workloads, size_t count);

/* ---- fail.c ---- */

/* From now on count; the nth call fails, and with sticky every later one. nth 0: none fails. */
void fail_arm(unsigned long nth, bool sticky, unsigned which_errno);
/* Ends that; the name of the (first) call that failed, NULL when none did. */
const char *fail_disarm(void);
unsigned long fail_calls(void); /* since fail_arm */
/* Between true and false calls neither fail nor count: for what the test makes for itself. */
void fail_pause(bool pause);
/* Allocations and mappings of the emulator that are alive. */
long fail_live_blocks(void);
long fail_live_pages(void);

#endif

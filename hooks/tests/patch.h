/* SPDX-License-Identifier: MIT */
/*
 * Hooking by patching code, as byte-patching libraries do it: the first instructions move to a
 * trampoline, a jump takes their place. Knows the few instructions that a stub begins with, and
 * refuses what it does not know or could not move.
 */
#ifndef HOOKS_TESTS_PATCH_H
#define HOOKS_TESTS_PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct patch {
    uint8_t *at;
    uint8_t saved[24];
    size_t nbytes;
    void *original; /* the trampoline: what was there, and back */
};

/* nbytes: 5, a relative jump to a relay, or 14, an absolute one. False: refused, nothing changed. */
bool patch_apply(struct patch *patch, void *function, void *detour, size_t nbytes);
void patch_remove(struct patch *patch);

/* Whether this system lets code be written at all. */
bool patch_allowed(void *function);

#endif

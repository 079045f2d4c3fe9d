/* SPDX-License-Identifier: MIT */
/*
 * What a program asked its rings for and what it was given, seen above all hooks; and what went down
 * to the system and came back, seen below them. Operations are told apart by ring and user data; of
 * several with the same, how many there are.
 */
#ifndef HOOKS_LINT_RING_OPS_H
#define HOOKS_LINT_RING_OPS_H

#include <stdbool.h>
#include <stdint.h>

/* A ring that the program made, and closed. Rings that are older than lint are not known, nor judged. */
void hook_ops_ring(const void *ring);
void hook_ops_close(const void *ring);

/* An operation was queued; real: it went to the system as it was. into: where a
 * read puts its bytes; NULL: unknown, or no read. */
void hook_ops_built(const void *ring, uintptr_t user_data, bool real, const void *into);
/* A submit that waited for so many was successful. */
void hook_ops_waited(const void *ring, uint32_t operations);

/* Below: the system completed one. */
void hook_ops_completed(const void *ring, uintptr_t user_data, int32_t result, uint64_t information);

/* Above, before and after a pop: the program got this, or nothing; empty: for there was nothing. */
void hook_ops_pop_begin(const void *ring);
/* Returns where the bytes of a read lie that succeeded; NULL: unknown, or it is none. */
const void *hook_ops_popped(const void *ring, uintptr_t user_data, int32_t result,
                            uint64_t information);
void hook_ops_not_popped(const void *ring, bool empty);

/* Operations of rings that are open: one of those that the system does not know, and one that it has
 * completed, and the program was not given. */
struct hook_ops_kept {
    bool not_passed_on, not_given;
    uintptr_t user_data_not_passed_on, user_data_not_given;
};
/* False: somebody is at the table, perhaps this very thread. May be called by a signal handler. */
bool hook_ops_standing(struct hook_ops_kept *kept);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Memory that a request names, and which may be bad. Native: user_memory.c; under Wine the
 * process's own memory is read and written through Win32.
 */
#ifndef DS_USER_MEMORY_H
#define DS_USER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of what a program calls memory: it may be none, of which C allows no sums. */
static inline void *ds_address(const void *user, size_t offset)
{
    return (void *)((uintptr_t)user + offset);
}

/* False when not all of it could be copied; some of it then may have been. */
bool ds_copy_in(void *to, const void *user, size_t nbytes);
bool ds_copy_out(void *user, const void *from, size_t nbytes);
/* Can all of it be written? Spoils a byte of every page: for memory that is about to be filled. */
bool ds_can_fill(void *user, size_t nbytes);

#endif

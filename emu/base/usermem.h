/* SPDX-License-Identifier: MIT */
/* Touching memory whose address came from the user and may be bad, or may go bad at any moment. */
#ifndef EMU_BASE_USERMEM_H
#define EMU_BASE_USERMEM_H

#include <ntstatus.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False when not all of it could be copied; then any part of it may have been. */
bool emu_copy_to_user(void *user, const void *from, size_t nbytes);
bool emu_copy_from_user(void *to, const void *user, size_t nbytes);

/* May it be written? Writes back what it reads: only for memory that is the kernel's by contract. */
bool emu_probe_user(void *user, size_t nbytes);

/* May all of it be written? Puts a 0 into each page: for memory that is about to be filled. */
bool emu_spoil_user(void *user, size_t nbytes);

/*
 * An IO_STATUS_BLOCK's information, then its status (4 bytes): who sees the status change may read
 * the information.
 */
bool emu_write_iosb(void *iosb, NTSTATUS status, uint64_t information);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The one Windows thread that works for the emulator: its own threads must not call Windows code
 * (they carry another thread's TEB), so they post, and this one does it.
 */
#ifndef PE_POSTER_H
#define PE_POSTER_H

#include <windows.h>
#include <winternl.h>

/*
 * A handle of our own on the caller's event, for the unix half to post with; starts the thread when
 * it is the first. STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH for what is no event.
 */
NTSTATUS pe_poster_adopt_event(HANDLE event, HANDLE *own_out);

#endif

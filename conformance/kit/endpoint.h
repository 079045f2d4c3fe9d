/* SPDX-License-Identifier: MIT */
/*
 * Ends that are no files of the run: connected sockets, and a volume without room. Where the system has
 * nothing of the kind, the reason comes back; else NULL, and handles, INVALID_HANDLE_VALUE for one that
 * was refused. The caller closes them.
 */
#ifndef CF_KIT_ENDPOINT_H
#define CF_KIT_ENDPOINT_H

#include <stdbool.h>
#include <windows.h>

/* Both overlapped; the first is the accepted one. */
const char *cf_sockets_make(bool by_accept_ex, HANDLE ends_out[2]);
/* flags: FILE_FLAG_OVERLAPPED or 0. */
const char *cf_full_make(DWORD flags, HANDLE *handle_out);

#endif

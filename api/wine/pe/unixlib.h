/* SPDX-License-Identifier: MIT */
/* Wine's private interface between a builtin DLL and its unix half, all of it in unixlib.c. */
#ifndef PE_UNIXLIB_H
#define PE_UNIXLIB_H

#include "api/wine/unixcall.h"

#include <windows.h>
#include <winternl.h>

/* Finds the unix half of this DLL; DllMain fails without it. */
BOOL pe_unixlib_init(HINSTANCE instance);

/*
 * Calls the unix half with an argument block of that call. The result is the call's own status, or
 * Wine's when the unix code faulted.
 */
NTSTATUS pe_unix_call(enum wine_call call, void *args);

#endif

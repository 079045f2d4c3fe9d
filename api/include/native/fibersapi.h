/* SPDX-License-Identifier: MIT */
/* Fibre-local storage: TLS with a destructor. */
#ifndef _FIBERS_H_
#define _FIBERS_H_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

#define FLS_OUT_OF_INDEXES ((DWORD)0xFFFFFFFF)
typedef VOID(WINAPI *PFLS_CALLBACK_FUNCTION)(PVOID lpFlsData);

/*
 * An index into storage that each thread has for itself. There are no fibres, so it is TLS with a
 * destructor.
 * lpCallback: called with each value that is not NULL when its thread ends, and by FlsFree. May be
 *   NULL.
 * Returns an index, of 1088; or FLS_OUT_OF_INDEXES and the last error ERROR_NO_MORE_ITEMS.
 * Source: [D] FlsAlloc; [I].
 */
WINBASEAPI DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION lpCallback);

/*
 * The calling thread's value. An index that is not allocated is not noticed.
 * dwFlsIndex: of FlsAlloc.
 * Returns the value, with the last error ERROR_SUCCESS; NULL and ERROR_INVALID_PARAMETER for 1088
 *   and above.
 * Source: [D] FlsGetValue.
 */
WINBASEAPI PVOID WINAPI FlsGetValue(DWORD dwFlsIndex);

/*
 * Sets the calling thread's value.
 * dwFlsIndex: of FlsAlloc.
 * lpFlsData: the value.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_PARAMETER for an index that is not
 *   allocated, ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] FlsSetValue.
 */
WINBASEAPI BOOL WINAPI FlsSetValue(DWORD dwFlsIndex, PVOID lpFlsData);

/*
 * Gives an index back; the callback gets every thread's value, in this thread.
 * dwFlsIndex: of FlsAlloc.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_PARAMETER.
 * Source: [D] FlsFree.
 */
WINBASEAPI BOOL WINAPI FlsFree(DWORD dwFlsIndex);

RINGER_EXTERN_C_END

#endif

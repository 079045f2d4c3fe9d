/* SPDX-License-Identifier: MIT */
/* Heaps. */
#ifndef _HEAPAPI_H_
#define _HEAPAPI_H_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

/*
 * The heap that is always there.
 * Returns its handle, which is not to be destroyed; cannot fail.
 * Source: [D] GetProcessHeap.
 */
WINBASEAPI HANDLE WINAPI GetProcessHeap(void);

/*
 * Makes a heap. Blocks come from malloc; a heap is a list of its own blocks.
 * flOptions: HEAP_*; ignored, all heaps may be used by several threads.
 * dwInitialSize: bytes; not used.
 * dwMaximumSize: bytes; not used, a heap grows as long as there is memory.
 * Returns the heap, which the caller ends with HeapDestroy; or NULL and the last error
 *   ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] HeapCreate; [I].
 */
WINBASEAPI HANDLE WINAPI HeapCreate(DWORD flOptions, SIZE_T dwInitialSize, SIZE_T dwMaximumSize);

/*
 * Frees a heap and all of its blocks.
 * hHeap: of HeapCreate.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE, also for the heap of the process.
 * Source: [D] HeapDestroy.
 */
WINBASEAPI BOOL WINAPI HeapDestroy(HANDLE hHeap);

/*
 * A block of a heap, aligned to 16 bytes.
 * hHeap: a heap.
 * dwFlags: HEAP_ZERO_MEMORY; HEAP_GENERATE_EXCEPTIONS and others are ignored.
 * dwBytes: bytes; 0 gives a block as well.
 * Returns the block, or NULL without a last error when there is no memory; a bad heap is NULL and
 *   ERROR_INVALID_HANDLE.
 * Source: [D] HeapAlloc; [I].
 */
WINBASEAPI LPVOID WINAPI HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes);

/*
 * Changes the size of a block; its content moves with it. What is new is zero with
 * HEAP_ZERO_MEMORY.
 * hHeap: the block's heap.
 * dwFlags: HEAP_ZERO_MEMORY, HEAP_REALLOC_IN_PLACE_ONLY (which only shrinks); others are ignored.
 * lpMem: the block; it is gone on success unless it stayed in place.
 * dwBytes: bytes.
 * Returns the block; or NULL, the old one then stays. The last error ERROR_INVALID_HANDLE is set
 *   for a bad heap only.
 * Source: [D] HeapReAlloc; [I].
 */
WINBASEAPI LPVOID WINAPI HeapReAlloc(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem, SIZE_T dwBytes);

/*
 * Frees a block.
 * hHeap: the block's heap.
 * dwFlags: ignored.
 * lpMem: the block; NULL does nothing.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE, or ERROR_INVALID_PARAMETER for
 *   another heap's block.
 * Source: [D] HeapFree.
 */
WINBASEAPI BOOL WINAPI HeapFree(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem);

/*
 * The size of a block as it was asked for.
 * hHeap: the block's heap.
 * dwFlags: ignored.
 * lpMem: the block.
 * Returns bytes; (SIZE_T)-1 for NULL, another heap's block, or a bad heap.
 * Source: [D] HeapSize.
 */
WINBASEAPI SIZE_T WINAPI HeapSize(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem);

/*
 * Whether a block is one of a heap's.
 * hHeap: a heap.
 * dwFlags: ignored.
 * lpMem: a block; NULL asks for the heap alone.
 * Returns TRUE or FALSE; it does not look at every block. A bad heap also sets
 *   ERROR_INVALID_HANDLE.
 * Source: [D] HeapValidate; [I].
 */
WINBASEAPI BOOL WINAPI HeapValidate(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem);

RINGER_EXTERN_C_END

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The transaction part of the interface of Detours, for hooks on Ringer's exported functions: source
 * written for the one compiles against the other. Link libringer-detours.a into each plugin: each
 * copy has transactions of its own, as on Windows, and attachments of several stack. What is about
 * binaries, imports and the creation of processes is not here.
 */
#ifndef RINGER_DETOURS_H
#define RINGER_DETOURS_H

#include <windows.h>

typedef struct _DETOUR_TRAMPOLINE DETOUR_TRAMPOLINE, *PDETOUR_TRAMPOLINE;

/* Return FALSE to stop. There are no ordinals: nOrdinal is 0. */
typedef BOOL(CALLBACK *PF_DETOUR_ENUMERATE_EXPORT_CALLBACK)(PVOID pContext, ULONG nOrdinal,
                                                            LPCSTR pszName, PVOID pCode);

#ifdef __cplusplus
extern "C" {
#endif

/*
 * One transaction at a time, of the thread that began it: ERROR_INVALID_OPERATION for another Begin,
 * from any thread, and for any call below by another thread or without one. A failed attach or
 * detach poisons the transaction: what follows fails with its code, and so does Commit, which then
 * aborts. CommitEx also says which pointer it was.
 */
LONG WINAPI DetourTransactionBegin(VOID);
LONG WINAPI DetourTransactionAbort(VOID);
LONG WINAPI DetourTransactionCommit(VOID);
LONG WINAPI DetourTransactionCommitEx(PVOID **pppFailedPointer);
/* Accepted: no thread has to be moved. */
LONG WINAPI DetourUpdateThread(HANDLE hThread);

/*
 * *ppPointer is the target before, and what the detour calls to go on after Commit; Detach puts it
 * back, at Commit. ERROR_INVALID_PARAMETER: no detour. ERROR_INVALID_HANDLE: no pointer, or one to
 * NULL. ERROR_INVALID_BLOCK: nothing that can be hooked, or, to detach, that was attached so.
 */
LONG WINAPI DetourAttach(PVOID *ppPointer, PVOID pDetour);
LONG WINAPI DetourAttachEx(PVOID *ppPointer, PVOID pDetour, PDETOUR_TRAMPOLINE *ppRealTrampoline,
                           PVOID *ppRealTarget, PVOID *ppRealDetour);
LONG WINAPI DetourDetach(PVOID *ppPointer, PVOID pDetour);

/*
 * Each returns what was set before. Without the first, what cannot be hooked poisons; with it, it is
 * left out. The others are about trampolines' memory and change nothing.
 */
BOOL WINAPI DetourSetIgnoreTooSmall(BOOL fIgnore);
BOOL WINAPI DetourSetRetainRegions(BOOL fRetain);
PVOID WINAPI DetourSetSystemRegionLowerBound(PVOID pSystemRegionLowerBound);
PVOID WINAPI DetourSetSystemRegionUpperBound(PVOID pSystemRegionUpperBound);

/* The function's own address, behind import jumps. *ppGlobals, if wanted, becomes NULL. */
PVOID WINAPI DetourCodeFromPointer(PVOID pPointer, PVOID *ppGlobals);
/* NULL and the last error when there is none. */
PVOID WINAPI DetourFindFunction(LPCSTR pszModule, LPCSTR pszFunction);
BOOL WINAPI DetourEnumerateExports(HMODULE hModule, PVOID pContext,
                                   PF_DETOUR_ENUMERATE_EXPORT_CALLBACK pfExport);

/* For a DllMain as samples have it: this is no helper process, and nothing is to be restored. */
BOOL WINAPI DetourIsHelperProcess(VOID);
BOOL WINAPI DetourRestoreAfterWith(VOID);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The interface of MinHook, for hooks on Ringer's exported functions: source written for the one
 * compiles against the other. Link libringer-minhook.a into each plugin: each copy is an instance of
 * its own, as on Windows, and instances stack. There is no code to patch and no thread to stop.
 */
#ifndef RINGER_MINHOOK_H
#define RINGER_MINHOOK_H

#include <windows.h>

typedef enum MH_STATUS {
    MH_UNKNOWN = -1,
    MH_OK = 0,
    MH_ERROR_ALREADY_INITIALIZED = 1,
    MH_ERROR_NOT_INITIALIZED = 2,
    MH_ERROR_ALREADY_CREATED = 3, /* by this instance, on this target; the original is not written */
    MH_ERROR_NOT_CREATED = 4,
    MH_ERROR_ENABLED = 5,
    MH_ERROR_DISABLED = 6,
    MH_ERROR_NOT_EXECUTABLE = 7,       /* target or detour is no code */
    MH_ERROR_UNSUPPORTED_FUNCTION = 8, /* code, but no exported function of Ringer */
    MH_ERROR_MEMORY_ALLOC = 9,
    MH_ERROR_MEMORY_PROTECT = 10, /* never here */
    MH_ERROR_MODULE_NOT_FOUND = 11,
    MH_ERROR_FUNCTION_NOT_FOUND = 12
} MH_STATUS;

/* How threads are stopped while code is patched. Accepted; nothing is patched. Not in every MinHook. */
typedef enum MH_THREAD_FREEZE_METHOD {
    MH_FREEZE_METHOD_ORIGINAL = 0,
    MH_FREEZE_METHOD_FAST_UNDOCUMENTED = 1,
    MH_FREEZE_METHOD_NONE_UNSAFE = 2
} MH_THREAD_FREEZE_METHOD;

/* For a target: every hook of this instance. */
#define MH_ALL_HOOKS NULL

#ifdef __cplusplus
extern "C" {
#endif

/* First and last. Uninitialize takes every hook of this instance out and ends it. */
MH_STATUS WINAPI MH_Initialize(VOID);
MH_STATUS WINAPI MH_Uninitialize(VOID);
MH_STATUS WINAPI MH_SetThreadFreezeMethod(MH_THREAD_FREEZE_METHOD method);

/*
 * Makes a hook, disabled. *ppOriginal, if wanted, is written on MH_OK only, and can be called from
 * then on. The Api forms look the target up; Ex also says it, whether or not the hook is made.
 */
MH_STATUS WINAPI MH_CreateHook(LPVOID pTarget, LPVOID pDetour, LPVOID *ppOriginal);
MH_STATUS WINAPI MH_CreateHookApi(LPCWSTR pszModule, LPCSTR pszProcName, LPVOID pDetour,
                                  LPVOID *ppOriginal);
MH_STATUS WINAPI MH_CreateHookApiEx(LPCWSTR pszModule, LPCSTR pszProcName, LPVOID pDetour,
                                    LPVOID *ppOriginal, LPVOID *ppTarget);
MH_STATUS WINAPI MH_RemoveHook(LPVOID pTarget);

MH_STATUS WINAPI MH_EnableHook(LPVOID pTarget);
MH_STATUS WINAPI MH_DisableHook(LPVOID pTarget);

/* Noted, and done together by ApplyQueued. */
MH_STATUS WINAPI MH_QueueEnableHook(LPVOID pTarget);
MH_STATUS WINAPI MH_QueueDisableHook(LPVOID pTarget);
MH_STATUS WINAPI MH_ApplyQueued(VOID);

/* The name of a status, "MH_OK"; "(unknown)" for none. */
const char *WINAPI MH_StatusToString(MH_STATUS status);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: MIT */
/* Threads, and the little of processes that is here. */
#ifndef _PROCESSTHREADSAPI_H_
#define _PROCESSTHREADSAPI_H_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

#define TLS_OUT_OF_INDEXES ((DWORD)0xFFFFFFFF)
#define CREATE_SUSPENDED 0x00000004
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x00010000

/*
 * Starts a thread. The call comes back when it runs, or is held by CREATE_SUSPENDED.
 * lpThreadAttributes: not used.
 * dwStackSize: bytes; more than the platform's default is given, less is the default.
 * lpStartAddress: its function; what it returns is the exit code.
 * lpParameter: handed to it.
 * dwCreationFlags: 0, or CREATE_SUSPENDED to wait for ResumeThread;
 *   STACK_SIZE_PARAM_IS_A_RESERVATION and others are ignored.
 * lpThreadId: out; its number. May be NULL.
 * Returns a handle, signalled when the thread has ended, that the caller owns; or NULL and the last
 *   error ERROR_INVALID_PARAMETER for no function, ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] CreateThread; [I].
 */
WINBASEAPI HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES lpThreadAttributes, SIZE_T dwStackSize,
                                      LPTHREAD_START_ROUTINE lpStartAddress, LPVOID lpParameter,
                                      DWORD dwCreationFlags, LPDWORD lpThreadId);

/*
 * Ends this thread: handlers of thread-local storage run, the stack is not unwound for C.
 * dwExitCode: for GetExitCodeThread.
 * Source: [D] ExitThread.
 */
WINBASEAPI DECLSPEC_NORETURN void WINAPI ExitThread(DWORD dwExitCode);

/*
 * The exit code of a thread, STILL_ACTIVE (259) while it runs.
 * hThread: a thread.
 * lpExitCode: out; NULL is ERROR_NOACCESS.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE or ERROR_NOACCESS.
 * Source: [D] GetExitCodeThread.
 */
WINBASEAPI BOOL WINAPI GetExitCodeThread(HANDLE hThread, LPDWORD lpExitCode);

/*
 * Lets a thread go that was made with CREATE_SUSPENDED. There is no SuspendThread.
 * hThread: the handle that CreateThread gave; a duplicate is ERROR_INVALID_HANDLE.
 * Returns the count before: 1 held, 0 not; or (DWORD)-1 and the last error ERROR_INVALID_HANDLE.
 * Source: [D] ResumeThread; [I].
 */
WINBASEAPI DWORD WINAPI ResumeThread(HANDLE hThread);

/*
 * The pseudo handle of the calling thread, -2; DuplicateHandle makes a real one of it.
 * Returns it; cannot fail.
 * Source: [D] GetCurrentThread.
 */
WINBASEAPI HANDLE WINAPI GetCurrentThread(void);

/*
 * The number of the calling thread, Linux' own.
 * Returns it; cannot fail.
 * Source: [D] GetCurrentThreadId; [I].
 */
WINBASEAPI DWORD WINAPI GetCurrentThreadId(void);

/*
 * The number of a thread.
 * Thread: the handle that CreateThread gave, or GetCurrentThread(); a duplicate is
 *   ERROR_INVALID_HANDLE.
 * Returns the number; 0 and the last error ERROR_INVALID_HANDLE.
 * Source: [D] GetThreadId; [I].
 */
WINBASEAPI DWORD WINAPI GetThreadId(HANDLE Thread);

/*
 * Remembers a priority for the calling thread; the scheduler is not told.
 * hThread: a thread. For another than GetCurrentThread() nothing is remembered.
 * nPriority: THREAD_PRIORITY_*; any number.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE.
 * Source: [D] SetThreadPriority; [I].
 */
WINBASEAPI BOOL WINAPI SetThreadPriority(HANDLE hThread, int nPriority);

/*
 * The priority that SetThreadPriority was given by the calling thread.
 * hThread: a thread. For another than GetCurrentThread() it is THREAD_PRIORITY_NORMAL.
 * Returns it; or 0x7FFFFFFF and the last error ERROR_INVALID_HANDLE.
 * Source: [D] GetThreadPriority; [I].
 */
WINBASEAPI int WINAPI GetThreadPriority(HANDLE hThread);

/*
 * Names the calling thread for debuggers, with the first 15 characters; those beyond ASCII become
 * "?".
 * hThread: GetCurrentThread(); for others the name is dropped.
 * lpThreadDescription: the name.
 * Returns S_OK; E_INVALIDARG for NULL.
 * Source: [D] SetThreadDescription; [I].
 */
WINBASEAPI HRESULT WINAPI SetThreadDescription(HANDLE hThread, PCWSTR lpThreadDescription);

/*
 * Gives the rest of the time slice away.
 * Returns TRUE, whether another thread was ready or not; cannot fail.
 * Source: [D] SwitchToThread; [I].
 */
WINBASEAPI BOOL WINAPI SwitchToThread(void);

/*
 * Has a thread call a function when it waits alertably; a new thread calls before its own function.
 * pfnAPC: the function; NULL is ERROR_INVALID_PARAMETER.
 * hThread: a thread with THREAD_SET_CONTEXT; GetCurrentThread() is one.
 * dwData: what the function gets.
 * Returns not 0; or 0 and the last error ERROR_GEN_FAILURE for a thread that has ended,
 *   ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER.
 * Source: [D] QueueUserAPC; [I].
 */
WINBASEAPI DWORD WINAPI QueueUserAPC(PAPCFUNC pfnAPC, HANDLE hThread, ULONG_PTR dwData);

/*
 * The pseudo handle of this process, -1.
 * Returns it; cannot fail.
 * Source: [D] GetCurrentProcess.
 */
WINBASEAPI HANDLE WINAPI GetCurrentProcess(void);

/*
 * The number of this process, Linux' own.
 * Returns it; cannot fail.
 * Source: [D] GetCurrentProcessId; [I].
 */
WINBASEAPI DWORD WINAPI GetCurrentProcessId(void);

/*
 * Ends the process as exit() does, atexit functions included.
 * uExitCode: Linux shows the lowest 8 bits.
 * Source: [D] ExitProcess; [I].
 */
WINBASEAPI DECLSPEC_NORETURN void WINAPI ExitProcess(UINT uExitCode);

/*
 * Ends this process at once, as _exit() does; there are no others.
 * hProcess: GetCurrentProcess().
 * uExitCode: Linux shows the lowest 8 bits.
 * Returns FALSE and the last error ERROR_INVALID_HANDLE for anything else; nothing on success.
 * Source: [D] TerminateProcess; [I].
 */
WINBASEAPI BOOL WINAPI TerminateProcess(HANDLE hProcess, UINT uExitCode);

/*
 * STILL_ACTIVE, as this process runs; there are no others.
 * hProcess: GetCurrentProcess().
 * lpExitCode: out.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE.
 * Source: [D] GetExitCodeProcess; [I].
 */
WINBASEAPI BOOL WINAPI GetExitCodeProcess(HANDLE hProcess, LPDWORD lpExitCode);

/*
 * An index into storage that each thread has for itself; NULL is there at first.
 * Returns an index, of 1088; or TLS_OUT_OF_INDEXES and the last error ERROR_NO_MORE_ITEMS.
 * Source: [D] TlsAlloc.
 */
WINBASEAPI DWORD WINAPI TlsAlloc(void);

/*
 * The calling thread's value. An index that is not allocated is not noticed.
 * dwTlsIndex: of TlsAlloc.
 * Returns the value, with the last error ERROR_SUCCESS; NULL and ERROR_INVALID_PARAMETER for 1088
 *   and above.
 * Source: [D] TlsGetValue.
 */
WINBASEAPI LPVOID WINAPI TlsGetValue(DWORD dwTlsIndex);

/*
 * Sets the calling thread's value.
 * dwTlsIndex: of TlsAlloc.
 * lpTlsValue: the value; nobody frees it.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_PARAMETER for an index that is not
 *   allocated, ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] TlsSetValue.
 */
WINBASEAPI BOOL WINAPI TlsSetValue(DWORD dwTlsIndex, LPVOID lpTlsValue);

/*
 * Gives an index back; every thread's value becomes NULL.
 * dwTlsIndex: of TlsAlloc.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_PARAMETER.
 * Source: [D] TlsFree.
 */
WINBASEAPI BOOL WINAPI TlsFree(DWORD dwTlsIndex);

/*
 * Makes the writes of every thread visible to all: a barrier on each processor that runs one, where
 * Linux has it (membarrier), else on this one.
 * Source: [D] FlushProcessWriteBuffers; [I].
 */
WINBASEAPI void WINAPI FlushProcessWriteBuffers(void);

RINGER_EXTERN_C_END

#endif

/* SPDX-License-Identifier: MIT */
/* Locks, events and waits. */
#ifndef _SYNCHAPI_H_
#define _SYNCHAPI_H_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

typedef RTL_SRWLOCK SRWLOCK, *PSRWLOCK;
#define SRWLOCK_INIT RTL_SRWLOCK_INIT
typedef RTL_CONDITION_VARIABLE CONDITION_VARIABLE, *PCONDITION_VARIABLE;
#define CONDITION_VARIABLE_INIT RTL_CONDITION_VARIABLE_INIT
typedef RTL_RUN_ONCE INIT_ONCE, *PINIT_ONCE, *LPINIT_ONCE;
#define INIT_ONCE_STATIC_INIT RTL_RUN_ONCE_INIT
typedef BOOL(WINAPI *PINIT_ONCE_FN)(PINIT_ONCE InitOnce, PVOID Parameter, PVOID *Context);

#define CREATE_EVENT_MANUAL_RESET 0x00000001
#define CREATE_EVENT_INITIAL_SET 0x00000002
#define CREATE_MUTEX_INITIAL_OWNER 0x00000001

/*
 * Makes a lock free; SRWLOCK_INIT and zero bytes do the same.
 * SRWLock: the caller's memory, 8 bytes.
 * Source: [D] InitializeSRWLock.
 */
WINBASEAPI void WINAPI InitializeSRWLock(PSRWLOCK SRWLock);

/*
 * Takes the lock for writing; waits until it is free. Not recursive.
 * SRWLock: the lock.
 * Source: [D] AcquireSRWLockExclusive.
 */
WINBASEAPI void WINAPI AcquireSRWLockExclusive(PSRWLOCK SRWLock);

/*
 * Takes the lock for reading, beside other readers. A writer that waits keeps new readers out.
 * SRWLock: the lock.
 * Source: [D] AcquireSRWLockShared; [I].
 */
WINBASEAPI void WINAPI AcquireSRWLockShared(PSRWLOCK SRWLock);

/*
 * Frees the lock, by the thread that wrote.
 * SRWLock: the lock, held for writing.
 * Source: [D] ReleaseSRWLockExclusive.
 */
WINBASEAPI void WINAPI ReleaseSRWLockExclusive(PSRWLOCK SRWLock);

/*
 * Frees the lock of one reader.
 * SRWLock: the lock, held for reading.
 * Source: [D] ReleaseSRWLockShared.
 */
WINBASEAPI void WINAPI ReleaseSRWLockShared(PSRWLOCK SRWLock);

/*
 * Takes the lock for writing, if nobody holds it.
 * SRWLock: the lock.
 * Returns TRUE when it was taken, FALSE when not; cannot fail otherwise.
 * Source: [D] TryAcquireSRWLockExclusive.
 */
WINBASEAPI BOOLEAN WINAPI TryAcquireSRWLockExclusive(PSRWLOCK SRWLock);

/*
 * Takes the lock for reading, if nobody writes or waits to.
 * SRWLock: the lock.
 * Returns TRUE when it was taken, FALSE when not; cannot fail otherwise.
 * Source: [D] TryAcquireSRWLockShared; [I].
 */
WINBASEAPI BOOLEAN WINAPI TryAcquireSRWLockShared(PSRWLOCK SRWLock);

/*
 * Makes a condition variable; CONDITION_VARIABLE_INIT and zero bytes do the same.
 * ConditionVariable: the caller's memory, 8 bytes.
 * Source: [D] InitializeConditionVariable.
 */
WINBASEAPI void WINAPI InitializeConditionVariable(PCONDITION_VARIABLE ConditionVariable);

/*
 * Wakes one thread that sleeps on it, if there is one.
 * ConditionVariable: the variable.
 * Source: [D] WakeConditionVariable.
 */
WINBASEAPI void WINAPI WakeConditionVariable(PCONDITION_VARIABLE ConditionVariable);

/*
 * Wakes all threads that sleep on it.
 * ConditionVariable: the variable.
 * Source: [D] WakeAllConditionVariable.
 */
WINBASEAPI void WINAPI WakeAllConditionVariable(PCONDITION_VARIABLE ConditionVariable);

/*
 * Frees a lock, sleeps until woken, takes the lock again. It may wake for no reason: look at the
 * condition.
 * ConditionVariable: the variable.
 * SRWLock: the lock, held.
 * dwMilliseconds: milliseconds; INFINITE for ever.
 * Flags: 0 for a lock held for writing, CONDITION_VARIABLE_LOCKMODE_SHARED for one held for
 *   reading.
 * Returns TRUE; or FALSE and the last error ERROR_TIMEOUT, the lock then held again, or
 *   ERROR_INVALID_PARAMETER for other flags, with nothing done.
 * Source: [D] SleepConditionVariableSRW.
 */
WINBASEAPI BOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE ConditionVariable,
                                                 PSRWLOCK SRWLock, DWORD dwMilliseconds,
                                                 ULONG Flags);

/*
 * The same with a critical section, which is left once, whatever its count.
 * ConditionVariable: the variable.
 * CriticalSection: the section, entered.
 * dwMilliseconds: milliseconds; INFINITE for ever.
 * Returns TRUE; or FALSE and the last error ERROR_TIMEOUT. The section is entered again either way.
 * Source: [D] SleepConditionVariableCS.
 */
WINBASEAPI BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE ConditionVariable,
                                                PCRITICAL_SECTION CriticalSection,
                                                DWORD dwMilliseconds);

/*
 * Makes a critical section: a recursive lock of threads of this process.
 * lpCriticalSection: the caller's memory.
 * Source: [D] InitializeCriticalSection.
 */
WINBASEAPI void WINAPI InitializeCriticalSection(LPCRITICAL_SECTION lpCriticalSection);

/*
 * The same.
 * lpCriticalSection: the caller's memory.
 * dwSpinCount: spins; noted, and nobody spins.
 * Returns TRUE; cannot fail.
 * Source: [D] InitializeCriticalSectionAndSpinCount; [I].
 */
WINBASEAPI BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION lpCriticalSection,
                                                             DWORD dwSpinCount);

/*
 * The same.
 * lpCriticalSection: the caller's memory.
 * dwSpinCount: spins; noted, and nobody spins.
 * Flags: ignored.
 * Returns TRUE; cannot fail.
 * Source: [D] InitializeCriticalSectionEx; [I].
 */
WINBASEAPI BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION lpCriticalSection,
                                                   DWORD dwSpinCount, DWORD Flags);

/*
 * Enters; waits until no other thread is inside. Leave as often as entered.
 * lpCriticalSection: the section.
 * Source: [D] EnterCriticalSection.
 */
WINBASEAPI void WINAPI EnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection);

/*
 * Enters if no other thread is inside.
 * lpCriticalSection: the section.
 * Returns TRUE when entered, FALSE when not; cannot fail otherwise.
 * Source: [D] TryEnterCriticalSection.
 */
WINBASEAPI BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection);

/*
 * Leaves; the last time wakes one that waits. By the thread that entered.
 * lpCriticalSection: the section.
 * Source: [D] LeaveCriticalSection.
 */
WINBASEAPI void WINAPI LeaveCriticalSection(LPCRITICAL_SECTION lpCriticalSection);

/*
 * Ends a section that nobody is in. It holds no memory.
 * lpCriticalSection: the section.
 * Source: [D] DeleteCriticalSection.
 */
WINBASEAPI void WINAPI DeleteCriticalSection(LPCRITICAL_SECTION lpCriticalSection);

/*
 * Runs a function once, whoever comes first; the others wait for it.
 * InitOnce: the caller's memory, 8 bytes; INIT_ONCE_STATIC_INIT or zero bytes before.
 * InitFn: the function; when it returns FALSE the next caller tries again.
 * Parameter: handed to InitFn.
 * Context: out; what InitFn left, whose two lowest bits are 0. May be NULL.
 * Returns TRUE when it is done; FALSE when InitFn said so, with its last error; FALSE and
 *   ERROR_INVALID_PARAMETER for NULL.
 * Source: [D] InitOnceExecuteOnce.
 */
WINBASEAPI BOOL WINAPI InitOnceExecuteOnce(PINIT_ONCE InitOnce, PINIT_ONCE_FN InitFn,
                                           PVOID Parameter, LPVOID *Context);

/*
 * CreateEventA, CreateEventW: makes an event, or opens the one of that name with all access. Names
 *   are those of this process.
 * lpEventAttributes: may be NULL; only bInheritHandle is looked at, and no child inherits anyway.
 * bManualReset: TRUE stays set until ResetEvent, FALSE wakes one wait and is reset by it.
 * bInitialState: TRUE for set; not used when the event is there.
 * lpName: at most MAX_PATH characters, case counts; in UTF-8 for CreateEventA. NULL or empty for
 *   none.
 * Returns a handle that the caller owns, with the last error ERROR_ALREADY_EXISTS when the event
 *   was there, else ERROR_SUCCESS; or NULL and the last error: ERROR_FILENAME_EXCED_RANGE for a
 *   longer name, ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] CreateEventW; [I].
 */
WINBASEAPI HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset,
                                      BOOL bInitialState, LPCSTR lpName);
WINBASEAPI HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset,
                                      BOOL bInitialState, LPCWSTR lpName);

/*
 * CreateEventExA, CreateEventExW: the same with flags and an access.
 * lpEventAttributes: may be NULL; only bInheritHandle is looked at.
 * lpName: as for CreateEvent.
 * dwFlags: CREATE_EVENT_MANUAL_RESET, CREATE_EVENT_INITIAL_SET; others are ERROR_INVALID_PARAMETER.
 * dwDesiredAccess: a mask: EVENT_MODIFY_STATE, EVENT_ALL_ACCESS, SYNCHRONIZE, GENERIC_*.
 * Returns a handle that the caller owns, with the last error ERROR_ALREADY_EXISTS when the event
 *   was there, else ERROR_SUCCESS; or NULL and the last error: ERROR_INVALID_PARAMETER,
 *   ERROR_FILENAME_EXCED_RANGE, ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] CreateEventExW; [I].
 */
WINBASEAPI HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCSTR lpName,
                                        DWORD dwFlags, DWORD dwDesiredAccess);
WINBASEAPI HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCWSTR lpName,
                                        DWORD dwFlags, DWORD dwDesiredAccess);

/*
 * Opens an event of this process by its name.
 * dwDesiredAccess: a mask, as for CreateEventEx.
 * bInheritHandle: not used.
 * lpName: as for CreateEvent.
 * Returns a handle that the caller owns; or NULL and the last error: ERROR_FILE_NOT_FOUND,
 *   ERROR_INVALID_PARAMETER for NULL, ERROR_BAD_PATHNAME for an empty name,
 *   ERROR_FILENAME_EXCED_RANGE.
 * Source: [D] OpenEventW; [I].
 */
WINBASEAPI HANDLE WINAPI OpenEventW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName);

/*
 * Sets an event: all that wait for a manual-reset one go on, or one of an auto-reset one.
 * hEvent: an event with EVENT_MODIFY_STATE.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE or ERROR_ACCESS_DENIED.
 * Source: [D] SetEvent.
 */
WINBASEAPI BOOL WINAPI SetEvent(HANDLE hEvent);

/*
 * Makes an event not set.
 * hEvent: an event with EVENT_MODIFY_STATE.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE or ERROR_ACCESS_DENIED.
 * Source: [D] ResetEvent.
 */
WINBASEAPI BOOL WINAPI ResetEvent(HANDLE hEvent);

/*
 * Not built.
 * lpSemaphoreAttributes: not used.
 * lInitialCount: not used.
 * lMaximumCount: not used.
 * lpName: not used.
 * Returns NULL and the last error ERROR_CALL_NOT_IMPLEMENTED.
 * Source: [D] CreateSemaphoreW; [I].
 */
WINBASEAPI HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes,
                                          LONG lInitialCount, LONG lMaximumCount, LPCWSTR lpName);

/*
 * Not built: no handle here is a semaphore.
 * hSemaphore: not used.
 * lReleaseCount: not used.
 * lpPreviousCount: not used.
 * Returns FALSE and the last error ERROR_INVALID_HANDLE.
 * Source: [D] ReleaseSemaphore; [I].
 */
WINBASEAPI BOOL WINAPI ReleaseSemaphore(HANDLE hSemaphore, LONG lReleaseCount,
                                        LPLONG lpPreviousCount);

/*
 * Not built.
 * lpMutexAttributes: not used.
 * bInitialOwner: not used.
 * lpName: not used.
 * Returns NULL and the last error ERROR_CALL_NOT_IMPLEMENTED.
 * Source: [D] CreateMutexW; [I].
 */
WINBASEAPI HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner,
                                      LPCWSTR lpName);

/*
 * Not built: no handle here is a mutex.
 * hMutex: not used.
 * Returns FALSE and the last error ERROR_INVALID_HANDLE.
 * Source: [D] ReleaseMutex; [I].
 */
WINBASEAPI BOOL WINAPI ReleaseMutex(HANDLE hMutex);

/*
 * Waits until an object is signalled: an event that is set, a thread that has ended, a file whose
 * last operation has ended, a completion port that has a packet.
 * hHandle: a handle with SYNCHRONIZE.
 * dwMilliseconds: milliseconds; INFINITE for ever, 0 only looks.
 * Returns WAIT_OBJECT_0, WAIT_TIMEOUT, or WAIT_FAILED and the last error: ERROR_INVALID_HANDLE,
 *   ERROR_ACCESS_DENIED, which a ring gives, too: nobody can wait for one.
 * Source: [D] WaitForSingleObject; [I].
 */
WINBASEAPI DWORD WINAPI WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds);

/*
 * WaitForSingleObject, alertable.
 * hHandle: a handle with SYNCHRONIZE.
 * dwMilliseconds: milliseconds; INFINITE for ever, 0 only looks.
 * bAlertable: not 0: asynchronous procedure calls for this thread are made, and end the wait.
 * Returns WAIT_OBJECT_0, WAIT_TIMEOUT, WAIT_IO_COMPLETION, or WAIT_FAILED and the last error
 *   ERROR_INVALID_HANDLE or ERROR_ACCESS_DENIED.
 * Source: [D] WaitForSingleObjectEx; [I].
 */
WINBASEAPI DWORD WINAPI WaitForSingleObjectEx(HANDLE hHandle, DWORD dwMilliseconds,
                                              BOOL bAlertable);

/*
 * Waits for one of several objects, or for all at once.
 * nCount: objects, 1 to MAXIMUM_WAIT_OBJECTS.
 * lpHandles: their handles, each with SYNCHRONIZE; one object must not stand there twice with
 *   bWaitAll.
 * bWaitAll: TRUE takes all in the moment in which all are signalled, FALSE the first in the array
 *   that is.
 * dwMilliseconds: milliseconds; INFINITE for ever, 0 only looks.
 * Returns WAIT_OBJECT_0 plus an index, WAIT_TIMEOUT, or WAIT_FAILED and the last error:
 *   ERROR_INVALID_PARAMETER (the count, NULL, an object twice), ERROR_INVALID_HANDLE,
 *   ERROR_ACCESS_DENIED.
 * Source: [D] WaitForMultipleObjects.
 */
WINBASEAPI DWORD WINAPI WaitForMultipleObjects(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll,
                                               DWORD dwMilliseconds);

/*
 * WaitForMultipleObjects, alertable.
 * nCount: objects, 1 to MAXIMUM_WAIT_OBJECTS.
 * lpHandles: as for WaitForMultipleObjects.
 * bWaitAll: as for WaitForMultipleObjects.
 * dwMilliseconds: milliseconds; INFINITE for ever, 0 only looks.
 * bAlertable: not 0: asynchronous procedure calls for this thread are made, and end the wait.
 * Returns WAIT_OBJECT_0 plus an index, WAIT_TIMEOUT, WAIT_IO_COMPLETION, or WAIT_FAILED and the
 *   last error ERROR_INVALID_PARAMETER, ERROR_INVALID_HANDLE or ERROR_ACCESS_DENIED.
 * Source: [D] WaitForMultipleObjectsEx; [I].
 */
WINBASEAPI DWORD WINAPI WaitForMultipleObjectsEx(DWORD nCount, const HANDLE *lpHandles,
                                                 BOOL bWaitAll, DWORD dwMilliseconds,
                                                 BOOL bAlertable);

/*
 * Sets one object and waits for another; two steps here, one on Windows.
 * hObjectToSignal: an event; the other kinds are not built.
 * hObjectToWaitOn: as for WaitForSingleObject.
 * dwMilliseconds: milliseconds; INFINITE for ever.
 * bAlertable: accepted, as for WaitForSingleObjectEx.
 * Returns WAIT_OBJECT_0, WAIT_TIMEOUT, or WAIT_FAILED and the last error ERROR_INVALID_HANDLE or
 *   ERROR_ACCESS_DENIED.
 * Source: [D] SignalObjectAndWait; [I].
 */
WINBASEAPI DWORD WINAPI SignalObjectAndWait(HANDLE hObjectToSignal, HANDLE hObjectToWaitOn,
                                            DWORD dwMilliseconds, BOOL bAlertable);

/*
 * Sleeps while memory has a value, until a WakeByAddress. It may wake for no reason: look again.
 * Address: the memory, naturally aligned.
 * CompareAddress: the value that it has while the caller wants to sleep.
 * AddressSize: bytes: 1, 2, 4 or 8.
 * dwMilliseconds: milliseconds; INFINITE for ever.
 * Returns TRUE, at once when the values differ; or FALSE and the last error ERROR_TIMEOUT, or
 *   ERROR_INVALID_PARAMETER for the size or NULL.
 * Source: [D] WaitOnAddress.
 */
WINBASEAPI BOOL WINAPI WaitOnAddress(volatile VOID *Address, PVOID CompareAddress,
                                     SIZE_T AddressSize, DWORD dwMilliseconds);

/*
 * Wakes a thread in WaitOnAddress; others that sleep on the same or a neighbouring hash wake, too,
 * and look again.
 * Address: the memory.
 * Source: [D] WakeByAddressSingle; [I].
 */
WINBASEAPI void WINAPI WakeByAddressSingle(PVOID Address);

/*
 * Wakes all threads in WaitOnAddress.
 * Address: the memory.
 * Source: [D] WakeByAddressAll.
 */
WINBASEAPI void WINAPI WakeByAddressAll(PVOID Address);

/*
 * Sleeps.
 * dwMilliseconds: milliseconds; 0 gives the rest of the time slice away, INFINITE sleeps for ever.
 * Source: [D] Sleep.
 */
WINBASEAPI void WINAPI Sleep(DWORD dwMilliseconds);

/*
 * Sleeps, alertable.
 * dwMilliseconds: milliseconds, as for Sleep.
 * bAlertable: not 0: asynchronous procedure calls for this thread are made, and end the wait.
 * Returns 0, or WAIT_IO_COMPLETION when calls were made; cannot fail.
 * Source: [D] SleepEx; [I].
 */
WINBASEAPI DWORD WINAPI SleepEx(DWORD dwMilliseconds, BOOL bAlertable);
#ifdef UNICODE
#define CreateEvent CreateEventW
#define CreateEventEx CreateEventExW
#else
#define CreateEvent CreateEventA
#define CreateEventEx CreateEventExA
#endif

RINGER_EXTERN_C_END

#endif

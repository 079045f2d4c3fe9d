/* SPDX-License-Identifier: MIT */
/* Events, waits, ports without files, threads, locks, TLS. */
#include "api/tests/win32.h"

Test(event, manual_and_automatic)
{
    HANDLE manual = CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE automatic = CreateEventExW(NULL, NULL, CREATE_EVENT_INITIAL_SET, EVENT_ALL_ACCESS);

    cr_assert_eq(WaitForSingleObject(manual, 0), WAIT_TIMEOUT);
    OK(SetEvent(manual));
    cr_assert_eq(WaitForSingleObject(manual, 0), WAIT_OBJECT_0);
    cr_assert_eq(WaitForSingleObject(manual, 0), WAIT_OBJECT_0);
    OK(ResetEvent(manual));
    cr_assert_eq(WaitForSingleObject(manual, 0), WAIT_TIMEOUT);
    cr_assert_eq(WaitForSingleObject(automatic, 0), WAIT_OBJECT_0);
    cr_assert_eq(WaitForSingleObject(automatic, 0), WAIT_TIMEOUT);
    CloseHandle(automatic);
    CloseHandle(manual);
    FAILS(SetEvent(manual), ERROR_INVALID_HANDLE);
    FAILS(CreateEventExW(NULL, NULL, 4, EVENT_ALL_ACCESS), ERROR_INVALID_PARAMETER);
}

Test(event, names_are_shared)
{
    HANDLE first = CreateEventW(NULL, TRUE, FALSE, u"ringer-test-event"), second, third;

    OK(first != NULL);
    second = CreateEventA(NULL, TRUE, FALSE, "ringer-test-event");
    OK(second != NULL);
    cr_assert_eq(GetLastError(), ERROR_ALREADY_EXISTS);
    third = OpenEventW(EVENT_ALL_ACCESS, FALSE, u"ringer-test-event");
    OK(third != NULL);
    OK(SetEvent(second));
    cr_assert_eq(WaitForSingleObject(first, 0), WAIT_OBJECT_0);
    CloseHandle(third);
    CloseHandle(second);
    CloseHandle(first);
    FAILS(OpenEventW(EVENT_ALL_ACCESS, FALSE, u"ringer-test-event"), ERROR_FILE_NOT_FOUND);
}

Test(wait, many)
{
    HANDLE events[3];

    for (int i = 0; i < 3; i++)
        events[i] = CreateEventW(NULL, FALSE, FALSE, NULL);
    cr_assert_eq(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_TIMEOUT);
    SetEvent(events[1]);
    cr_assert_eq(WaitForMultipleObjects(3, events, TRUE, 0), WAIT_TIMEOUT);
    cr_assert_eq(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_OBJECT_0 + 1);
    for (int i = 0; i < 3; i++)
        SetEvent(events[i]);
    cr_assert_eq(WaitForMultipleObjects(3, events, TRUE, INFINITE), WAIT_OBJECT_0);
    cr_assert_eq(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_TIMEOUT); /* all were consumed */
    cr_assert_eq(WaitForMultipleObjects(0, events, FALSE, 0), WAIT_FAILED);
    cr_assert_eq(GetLastError(), ERROR_INVALID_PARAMETER);
    cr_assert_eq(WaitForMultipleObjects(65, events, FALSE, 0), WAIT_FAILED);
    CloseHandle(events[2]);
    cr_assert_eq(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_FAILED);
    cr_assert_eq(GetLastError(), ERROR_INVALID_HANDLE);
    CloseHandle(events[0]);
    CloseHandle(events[1]);
}

Test(port, posted_packets)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    OVERLAPPED_ENTRY entries[4];
    OVERLAPPED a, *which;
    ULONG_PTR key;
    ULONG removed;
    DWORD count;

    OK(port != NULL);
    FAILS(CreateIoCompletionPort(INVALID_HANDLE_VALUE, port, 0, 0), ERROR_INVALID_PARAMETER);
    OK(PostQueuedCompletionStatus(port, 1, 10, &a));
    OK(PostQueuedCompletionStatus(port, 2, 20, NULL));
    OK(PostQueuedCompletionStatus(port, 3, 30, NULL));
    OK(GetQueuedCompletionStatus(port, &count, &key, &which, INFINITE));
    cr_assert(count == 1 && key == 10 && which == &a);
    memset(entries, 0xCD, sizeof entries);
    OK(GetQueuedCompletionStatusEx(port, entries, 4, &removed, 0, FALSE));
    cr_assert_eq(removed, 2);
    cr_assert(entries[0].lpCompletionKey == 20 && entries[0].dwNumberOfBytesTransferred == 2);
    cr_assert(entries[1].lpCompletionKey == 30 && entries[1].Internal == 0);
    FAILS(GetQueuedCompletionStatusEx(port, entries, 4, &removed, 0, FALSE), WAIT_TIMEOUT);
    CloseHandle(port);
    FAILS(PostQueuedCompletionStatus(port, 0, 0, NULL), ERROR_INVALID_HANDLE);
}

static HANDLE gate;

static DWORD WINAPI returns_parameter(LPVOID parameter)
{
    WaitForSingleObject(gate, INFINITE);
    return (DWORD)(ULONG_PTR)parameter;
}

static DWORD WINAPI exits(LPVOID parameter)
{
    ExitThread(7);
}

Test(thread, life)
{
    DWORD code = 0, id = 0;
    HANDLE thread;

    gate = CreateEventW(NULL, TRUE, FALSE, NULL);
    thread = CreateThread(NULL, 0, returns_parameter, (LPVOID)123, 0, &id);
    OK(thread != NULL);
    cr_assert_neq(id, 0);
    cr_assert_neq(id, GetCurrentThreadId());
    cr_assert_eq(GetThreadId(thread), id);
    OK(GetExitCodeThread(thread, &code));
    cr_assert_eq(code, STILL_ACTIVE);
    cr_assert_eq(WaitForSingleObject(thread, 0), WAIT_TIMEOUT);
    SetEvent(gate);
    cr_assert_eq(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    OK(GetExitCodeThread(thread, &code));
    cr_assert_eq(code, 123);
    CloseHandle(thread);
    thread = CreateThread(NULL, 1 << 20, exits, NULL, CREATE_SUSPENDED, NULL);
    OK(thread != NULL);
    cr_assert_eq(WaitForSingleObject(thread, 0), WAIT_TIMEOUT);
    cr_assert_eq(ResumeThread(thread), 1);
    cr_assert_eq(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    OK(GetExitCodeThread(thread, &code));
    cr_assert_eq(code, 7);
    CloseHandle(thread);
    CloseHandle(gate);
    cr_assert_eq(ringer_handle_count(), 0);
    FAILS(CreateThread(NULL, 0, NULL, NULL, 0, NULL), ERROR_INVALID_PARAMETER);
}

/* ---- locks ---- */

#define THREADS 4
#define ROUNDS 20000

static SRWLOCK srw = SRWLOCK_INIT;
static CRITICAL_SECTION section;
static unsigned long srw_total, section_total;

static DWORD WINAPI hammer(LPVOID parameter)
{
    for (int i = 0; i < ROUNDS; i++) {
        AcquireSRWLockExclusive(&srw);
        srw_total++;
        ReleaseSRWLockExclusive(&srw);
        AcquireSRWLockShared(&srw);
        cr_assert_geq(srw_total, (unsigned long)i);
        ReleaseSRWLockShared(&srw);
        EnterCriticalSection(&section);
        EnterCriticalSection(&section);
        section_total++;
        LeaveCriticalSection(&section);
        LeaveCriticalSection(&section);
    }
    return 0;
}

static void run_all(LPTHREAD_START_ROUTINE start)
{
    HANDLE threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        threads[i] = CreateThread(NULL, 0, start, (LPVOID)(ULONG_PTR)i, 0, NULL);
    cr_assert_eq(WaitForMultipleObjects(THREADS, threads, TRUE, INFINITE), WAIT_OBJECT_0);
    for (int i = 0; i < THREADS; i++)
        CloseHandle(threads[i]);
}

Test(lock, exclude)
{
    InitializeCriticalSection(&section);
    run_all(hammer);
    cr_assert_eq(srw_total, (unsigned long)THREADS * ROUNDS);
    cr_assert_eq(section_total, (unsigned long)THREADS * ROUNDS);
    DeleteCriticalSection(&section);
    cr_assert(TryAcquireSRWLockShared(&srw));
    cr_assert(TryAcquireSRWLockShared(&srw));
    cr_assert_not(TryAcquireSRWLockExclusive(&srw));
    ReleaseSRWLockShared(&srw);
    ReleaseSRWLockShared(&srw);
    cr_assert(TryAcquireSRWLockExclusive(&srw));
    cr_assert_not(TryAcquireSRWLockShared(&srw));
    ReleaseSRWLockExclusive(&srw);
}

static CONDITION_VARIABLE turn_changed = CONDITION_VARIABLE_INIT;
static ULONG turn;

/* The threads take turns in order, so that a lost wake-up hangs. */
static DWORD WINAPI take_turns(LPVOID parameter)
{
    ULONG me = (ULONG)(ULONG_PTR)parameter;

    for (int i = 0; i < 500; i++) {
        AcquireSRWLockExclusive(&srw);
        while (turn % THREADS != me)
            OK(SleepConditionVariableSRW(&turn_changed, &srw, INFINITE, 0));
        turn++;
        ReleaseSRWLockExclusive(&srw);
        WakeAllConditionVariable(&turn_changed);
    }
    return 0;
}

Test(lock, condition_variables_lose_nothing)
{
    run_all(take_turns);
    cr_assert_eq(turn, 500u * THREADS);
    AcquireSRWLockExclusive(&srw);
    FAILS(SleepConditionVariableSRW(&turn_changed, &srw, 1, 0), ERROR_TIMEOUT);
    ReleaseSRWLockExclusive(&srw);
}

static INIT_ONCE init_once = INIT_ONCE_STATIC_INIT;
static LONG inits;

static BOOL WINAPI init_fn(PINIT_ONCE once, PVOID parameter, PVOID *context)
{
    InterlockedIncrement(&inits);
    *context = (PVOID)0x1000;
    return TRUE;
}

static DWORD WINAPI init_once_in_thread(LPVOID parameter)
{
    PVOID context = NULL;

    OK(InitOnceExecuteOnce(&init_once, init_fn, NULL, &context));
    cr_assert_eq(context, (PVOID)0x1000);
    return 0;
}

Test(lock, once)
{
    run_all(init_once_in_thread);
    cr_assert_eq(inits, 1);
}

static LONG address_word;

static DWORD WINAPI wait_on_address(LPVOID parameter)
{
    LONG zero = 0;

    while (__atomic_load_n(&address_word, __ATOMIC_SEQ_CST) == 0)
        OK(WaitOnAddress(&address_word, &zero, sizeof zero, INFINITE));
    return 0;
}

Test(lock, addresses)
{
    LONG zero = 0;
    HANDLE thread = CreateThread(NULL, 0, wait_on_address, NULL, 0, NULL);

    FAILS(WaitOnAddress(&address_word, &zero, 3, 0), ERROR_INVALID_PARAMETER);
    __atomic_store_n(&address_word, 1, __ATOMIC_SEQ_CST);
    WakeByAddressSingle(&address_word);
    cr_assert_eq(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    OK(WaitOnAddress(&address_word, &zero, sizeof zero, INFINITE)); /* differs already */
    zero = 1;
    FAILS(WaitOnAddress(&address_word, &zero, sizeof zero, 1), ERROR_TIMEOUT);
    CloseHandle(thread);
}

/* ---- thread-local storage ---- */

static DWORD tls_index, fls_index;
static LONG fls_calls;

static void WINAPI fls_callback(PVOID value)
{
    InterlockedExchangeAdd(&fls_calls, (LONG)(LONG_PTR)value);
}

static DWORD WINAPI own_values(LPVOID parameter)
{
    cr_assert_null(TlsGetValue(tls_index));
    OK(TlsSetValue(tls_index, parameter));
    OK(FlsSetValue(fls_index, (PVOID)1));
    cr_assert_eq(TlsGetValue(tls_index), parameter);
    return 0;
}

Test(tls, values_are_a_threads_own)
{
    tls_index = TlsAlloc();
    fls_index = FlsAlloc(fls_callback);
    OK(tls_index != TLS_OUT_OF_INDEXES && fls_index != FLS_OUT_OF_INDEXES);
    OK(TlsSetValue(tls_index, (LPVOID)99));
    OK(FlsSetValue(fls_index, (PVOID)100));
    run_all(own_values);
    cr_assert_eq(TlsGetValue(tls_index), (LPVOID)99);
    OK(FlsFree(fls_index));
    cr_assert_geq(fls_calls, 100); /* ours; those of the threads run as they end */
    OK(TlsFree(tls_index));
    FAILS(TlsFree(tls_index), ERROR_INVALID_PARAMETER);
    FAILS(TlsSetValue(tls_index, NULL), ERROR_INVALID_PARAMETER);
    FAILS(TlsGetValue(100000), ERROR_INVALID_PARAMETER);
    tls_index = TlsAlloc();
    cr_assert_null(TlsGetValue(tls_index)); /* a new index starts empty */
    cr_assert_eq(GetLastError(), ERROR_SUCCESS);
    TlsFree(tls_index);
}

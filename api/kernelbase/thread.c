/* SPDX-License-Identifier: MIT */
/* Threads: a pthread, and beside it an object that handles name and waits see. */
#include "api/kernelbase/thread.h"

#include "api/ntdll/thread.h"
#include "emu/base/clock.h"
#include "emu/base/lock.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STACK_LEAST 65536u

/*
 * One a thread that CreateThread made, while its first handle is open or it runs. In the list while
 * handle is open.
 */
struct kb_thread {
    struct kb_thread *next;       /* records_lock */
    HANDLE handle;                /* the creator's, for ResumeThread and GetThreadId */
    HANDLE own;                   /* the thread's, until it runs and GetCurrentThread() serves */
    LPTHREAD_START_ROUTINE start;
    void *parameter;
    _Atomic uint32_t id;          /* 0 until the thread runs; a futex word */
    _Atomic uint32_t suspended;   /* the same; 0 lets it go */
    _Atomic uint32_t references;  /* the list's, the thread's */
};

static struct emu_lock records_lock = EMU_LOCK_INIT;
static struct kb_thread *records;
static _Atomic uint32_t record_count;
static __thread struct kb_thread *current;
static __thread int priority;

static void release(struct kb_thread *thread)
{
    /* The last one frees: acq_rel, as every reference count. */
    if (atomic_fetch_sub_explicit(&thread->references, 1, memory_order_acq_rel) == 1)
        free(thread);
}

void kb_thread_forget(HANDLE handle)
{
    struct kb_thread *thread, **link;

    if (atomic_load_explicit(&record_count, memory_order_relaxed) == 0)
        return; /* the creator, who may close, has seen its own increment */
    emu_lock_acquire(&records_lock);
    for (link = &records; (thread = *link) && thread->handle != handle; link = &thread->next)
        ;
    if (thread) {
        *link = thread->next;
        atomic_fetch_sub(&record_count, 1);
    }
    emu_lock_release(&records_lock);
    if (thread)
        release(thread);
}

/* With a reference; NULL when the handle is not one that CreateThread returned. */
static struct kb_thread *find(HANDLE handle)
{
    struct kb_thread *thread;

    emu_lock_acquire(&records_lock);
    for (thread = records; thread && thread->handle != handle; thread = thread->next)
        ;
    if (thread)
        atomic_fetch_add(&thread->references, 1);
    emu_lock_release(&records_lock);
    return thread;
}

static void finish(DWORD exit_code)
{
    struct kb_thread *thread = current;
    HANDLE own;

    if (!thread)
        return;
    current = NULL;
    own = thread->own;
    release(thread);
    /* Last: whoever waits finds everything that the thread had gone. */
    nt_thread_finished(own ? own : kb_GetCurrentThread(), exit_code);
    if (own)
        NtClose(own);
}

static void *thread_main(void *argument)
{
    struct kb_thread *thread = argument;

    current = thread;
    /* Without memory for that the thread has no GetCurrentThread() of its own, but ends like any. */
    if (nt_thread_started(thread->own) >= 0) {
        NtClose(thread->own);
        thread->own = NULL;
    }
    atomic_store(&thread->id, kb_GetCurrentThreadId());
    emu_futex_wake(&thread->id, UINT32_MAX);
    while (atomic_load(&thread->suspended))
        emu_futex_wait(&thread->suspended, 1, EMU_FOREVER);
    nt_make_calls(STATUS_USER_APC); /* [D] QueueUserAPC: those queued before it began come first */
    finish(thread->start(thread->parameter));
    return NULL;
}

static int spawn(struct kb_thread *thread, SIZE_T stack_nbytes)
{
    pthread_attr_t attributes;
    pthread_t id;
    int err = pthread_attr_init(&attributes);

    if (err)
        return err;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    /* A smaller stack than the platform's default would break sanitizers and libc; a larger one is kept. */
    if (stack_nbytes > STACK_LEAST) {
        size_t usual = 0;

        pthread_attr_getstacksize(&attributes, &usual);
        if (stack_nbytes > usual)
            pthread_attr_setstacksize(&attributes, (stack_nbytes + 0xFFFF) & ~(SIZE_T)0xFFFF);
    }
    err = pthread_create(&id, &attributes, thread_main, thread);
    pthread_attr_destroy(&attributes);
    return err;
}

HANDLE WINAPI kb_CreateThread(LPSECURITY_ATTRIBUTES lpThreadAttributes, SIZE_T dwStackSize,
                              LPTHREAD_START_ROUTINE lpStartAddress, LPVOID lpParameter,
                              DWORD dwCreationFlags, LPDWORD lpThreadId)
{
    struct kb_thread *thread = NULL;
    HANDLE handle;
    NTSTATUS status;

    if (!lpStartAddress) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    thread = calloc(1, sizeof *thread);
    status = thread ? nt_thread_create(&thread->handle) : STATUS_NO_MEMORY;
    if (status >= 0) {
        status = NtDuplicateObject(kb_GetCurrentProcess(), thread->handle, kb_GetCurrentProcess(),
                                   &thread->own, 0, 0, DUPLICATE_SAME_ACCESS);
        if (status < 0)
            NtClose(thread->handle);
    }
    if (status < 0) {
        free(thread);
        kb_set_status(status);
        return NULL;
    }
    handle = thread->handle;
    thread->start = lpStartAddress;
    thread->parameter = lpParameter;
    atomic_init(&thread->suspended, (dwCreationFlags & CREATE_SUSPENDED) != 0);
    atomic_init(&thread->references, 3); /* the list's, the thread's, ours */
    emu_lock_acquire(&records_lock);
    thread->next = records;
    records = thread;
    atomic_fetch_add(&record_count, 1);
    emu_lock_release(&records_lock);
    if (spawn(thread, dwStackSize) != 0) {
        kb_thread_forget(handle);
        NtClose(thread->own);
        NtClose(handle);
        free(thread);
        kb_fail(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    while (atomic_load(&thread->id) == 0)
        emu_futex_wait(&thread->id, 0, EMU_FOREVER);
    if (lpThreadId)
        *lpThreadId = atomic_load(&thread->id);
    release(thread);
    return handle;
}

void WINAPI kb_ExitThread(DWORD dwExitCode)
{
    finish(dwExitCode);
    pthread_exit(NULL);
}

BOOL WINAPI kb_GetExitCodeThread(HANDLE hThread, LPDWORD lpExitCode)
{
    ULONG code = 0;
    NTSTATUS status = nt_thread_exit_code(hThread, &code);

    if (status < 0)
        return kb_set_status(status);
    if (!lpExitCode)
        return kb_fail(ERROR_NOACCESS);
    *lpExitCode = code;
    return TRUE;
}

DWORD WINAPI kb_ResumeThread(HANDLE hThread)
{
    struct kb_thread *thread = find(hThread);
    DWORD previous;

    if (!thread) {
        kb_fail(ERROR_INVALID_HANDLE);
        return (DWORD)-1;
    }
    previous = atomic_exchange(&thread->suspended, 0);
    emu_futex_wake(&thread->suspended, UINT32_MAX);
    release(thread);
    return previous; /* [D] the suspend count before */
}

HANDLE WINAPI kb_GetCurrentThread(void)
{
    return (HANDLE)(LONG_PTR)-2;
}

static __thread DWORD thread_id;

/* The only thread of a forked child has another number. */
static void forget_id(void)
{
    thread_id = 0;
}

static __attribute__((constructor)) void watch_forks(void)
{
    pthread_atfork(NULL, NULL, forget_id);
}

DWORD WINAPI kb_GetCurrentThreadId(void)
{
    if (thread_id == 0)
        thread_id = (DWORD)syscall(SYS_gettid);
    return thread_id;
}

DWORD WINAPI kb_GetThreadId(HANDLE Thread)
{
    struct kb_thread *thread;
    DWORD id = 0;

    if (Thread == kb_GetCurrentThread())
        return kb_GetCurrentThreadId();
    thread = find(Thread);
    if (!thread)
        return kb_fail(ERROR_INVALID_HANDLE);
    id = atomic_load(&thread->id);
    release(thread);
    return id;
}

/* A number that is remembered; the scheduler is not told [decision]: it would need a privilege. */
BOOL WINAPI kb_SetThreadPriority(HANDLE hThread, int nPriority)
{
    if (hThread != kb_GetCurrentThread()) {
        ULONG code;
        NTSTATUS status = nt_thread_exit_code(hThread, &code);

        return status < 0 ? kb_set_status(status) : TRUE;
    }
    priority = nPriority;
    return TRUE;
}

int WINAPI kb_GetThreadPriority(HANDLE hThread)
{
    ULONG code;
    NTSTATUS status;

    if (hThread == kb_GetCurrentThread())
        return priority;
    status = nt_thread_exit_code(hThread, &code);
    if (status < 0) {
        kb_set_status(status);
        return 0x7FFFFFFF; /* THREAD_PRIORITY_ERROR_RETURN */
    }
    return THREAD_PRIORITY_NORMAL;
}

HRESULT WINAPI kb_SetThreadDescription(HANDLE hThread, PCWSTR lpThreadDescription)
{
    char name[16] = "";
    WCHAR cut[16] = {0};

    if (!lpThreadDescription)
        return E_INVALIDARG;
    if (hThread != kb_GetCurrentThread())
        return S_OK; /* a label for debuggers; Linux has it for the calling thread only */
    for (int i = 0; i < 15 && lpThreadDescription[i]; i++)
        cut[i] = lpThreadDescription[i] < 128 ? lpThreadDescription[i] : u'?';
    kb_WideCharToMultiByte(CP_UTF8, 0, cut, -1, name, sizeof name, NULL, NULL);
    pthread_setname_np(pthread_self(), name);
    return S_OK;
}

/* Win32's routines take one argument, ntdll's three. */
static VOID NTAPI call_user(PVOID routine, PVOID data, PVOID reserved)
{
    ((PAPCFUNC)routine)((ULONG_PTR)data);
}

DWORD WINAPI kb_QueueUserAPC(PAPCFUNC pfnAPC, HANDLE hThread, ULONG_PTR dwData)
{
    if (!pfnAPC)
        return kb_fail(ERROR_INVALID_PARAMETER);
    return (DWORD)kb_done(NtQueueApcThread(hThread, call_user, (PVOID)pfnAPC, (PVOID)dwData, NULL));
}

void WINAPI kb_FlushProcessWriteBuffers(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    syscall(SYS_membarrier, 1 << 3 /* PRIVATE_EXPEDITED */, 0, 0);
}

/* SPDX-License-Identifier: MIT */
/* The Detours facade: hooks.md HK-09, HK-10. */
#include "hooks/tests/hook_test.h"

#include <detours.h>

#include <dlfcn.h>

static DWORD(WINAPI *next)(void);
static char data[16];
#define TICKS ((PVOID)GetTickCount)
#define NEXT ((PVOID *)&next)

static DWORD WINAPI detour(void)
{
    return next() + 1;
}

static DWORD WINAPI zero(void)
{
    return 0;
}

#define IS(call, error) cr_assert_eq((call), (LONG)(error), "%s", #call)

static void stop_the_clock(void)
{
    struct ringer_hook_options lowest = {.size = sizeof lowest, .priority = -1};
    struct ringer_hook *hook;

    cr_assert_eq(ringer_hook_create(TICKS, (void *)zero, &lowest, NULL, &hook), 0);
    cr_assert_eq(ringer_hook_enable(hook), 0);
    next = GetTickCount;
}

Test(detours, pointer_changes_at_commit_only)
{
    stop_the_clock();
    IS(DetourTransactionBegin(), NO_ERROR);
    IS(DetourUpdateThread(GetCurrentThread()), NO_ERROR);
    IS(DetourAttach(NEXT, (PVOID)detour), NO_ERROR);
    cr_assert_eq((PVOID)next, TICKS);
    cr_assert_eq(GetTickCount(), 0);
    IS(DetourTransactionCommit(), NO_ERROR);
    cr_assert_neq((PVOID)next, TICKS);
    cr_assert_eq(GetTickCount(), 1);
    cr_assert_eq(next(), 0);

    IS(DetourTransactionBegin(), NO_ERROR);
    IS(DetourDetach(NEXT, (PVOID)detour), NO_ERROR);
    cr_assert_neq((PVOID)next, TICKS);
    cr_assert_eq(GetTickCount(), 1);
    IS(DetourTransactionCommit(), NO_ERROR);
    cr_assert_eq((PVOID)next, TICKS);
    cr_assert_eq(GetTickCount(), 0);
}

Test(detours, abort_changes_nothing)
{
    stop_the_clock();
    IS(DetourTransactionBegin(), NO_ERROR);
    IS(DetourAttach(NEXT, (PVOID)detour), NO_ERROR);
    IS(DetourTransactionAbort(), NO_ERROR);
    cr_assert_eq((PVOID)next, TICKS);
    cr_assert_eq(GetTickCount(), 0);
    IS(DetourTransactionAbort(), ERROR_INVALID_OPERATION);
    /* And of a detach: it stays. */
    IS(DetourTransactionBegin(), NO_ERROR);
    IS(DetourAttach(NEXT, (PVOID)detour), NO_ERROR);
    IS(DetourTransactionCommit(), NO_ERROR);
    IS(DetourTransactionBegin(), NO_ERROR);
    IS(DetourDetach(NEXT, (PVOID)detour), NO_ERROR);
    IS(DetourTransactionAbort(), NO_ERROR);
    cr_assert_eq(GetTickCount(), 1);
}

Test(detours, nothing_works_without_a_transaction)
{
    next = GetTickCount;
    IS(DetourTransactionAbort(), ERROR_INVALID_OPERATION);
    IS(DetourTransactionCommit(), ERROR_INVALID_OPERATION);
    IS(DetourUpdateThread(GetCurrentThread()), ERROR_INVALID_OPERATION);
    IS(DetourAttach(NEXT, (PVOID)detour), ERROR_INVALID_OPERATION);
    IS(DetourDetach(NEXT, (PVOID)detour), ERROR_INVALID_OPERATION);
}

static void *intrude(void *unused)
{
    IS(DetourTransactionBegin(), ERROR_INVALID_OPERATION);
    IS(DetourAttach(NEXT, (PVOID)detour), ERROR_INVALID_OPERATION);
    IS(DetourDetach(NEXT, (PVOID)detour), ERROR_INVALID_OPERATION);
    IS(DetourTransactionCommit(), ERROR_INVALID_OPERATION);
    IS(DetourTransactionAbort(), ERROR_INVALID_OPERATION);
    return unused;
}

Test(detours, one_transaction_of_one_thread)
{
    pthread_t thread;

    next = GetTickCount;
    IS(DetourTransactionBegin(), NO_ERROR);
    IS(DetourTransactionBegin(), ERROR_INVALID_OPERATION);
    pthread_create(&thread, NULL, intrude, NULL);
    pthread_join(thread, NULL);
    IS(DetourTransactionCommit(), NO_ERROR);
    IS(DetourTransactionBegin(), NO_ERROR);
    IS(DetourTransactionAbort(), NO_ERROR);
}

Test(detours, an_error_poisons)
{
    PVOID null = NULL, no_code = data, thread_id = (PVOID)GetCurrentThreadId;
    PVOID *failed = NULL;
    struct {
        PVOID *pointer;
        LONG error;
    } bad[] = {{&null, ERROR_INVALID_HANDLE}, {&no_code, ERROR_INVALID_BLOCK}};

    stop_the_clock();
    for (int i = 0; i < 2; i++) {
        IS(DetourTransactionBegin(), NO_ERROR);
        IS(DetourAttach(NEXT, (PVOID)detour), NO_ERROR);
        IS(DetourAttach(bad[i].pointer, (PVOID)detour), bad[i].error);
        IS(DetourAttach(&thread_id, (PVOID)zero), bad[i].error);
        IS(DetourUpdateThread(GetCurrentThread()), bad[i].error);
        IS(DetourTransactionCommitEx(&failed), bad[i].error);
        cr_assert_eq(failed, bad[i].pointer);
        cr_assert_eq((PVOID)next, TICKS);
        cr_assert_eq(GetTickCount(), 0);
    }
    /* These two are told and do not poison. */
    IS(DetourTransactionBegin(), NO_ERROR);
    IS(DetourAttach(NULL, (PVOID)detour), ERROR_INVALID_HANDLE);
    IS(DetourAttach(NEXT, NULL), ERROR_INVALID_PARAMETER);
    IS(DetourAttach(NEXT, (PVOID)detour), NO_ERROR);
    IS(DetourTransactionCommitEx(&failed), NO_ERROR);
    cr_assert_null(failed);
    cr_assert_eq(GetTickCount(), 1);
    IS(DetourTransactionBegin(), NO_ERROR);
    IS(DetourDetach(NEXT, (PVOID)zero), ERROR_INVALID_BLOCK);
    IS(DetourTransactionCommit(), ERROR_INVALID_BLOCK);
}

Test(detours, what_cannot_be_hooked_is_left_out_if_wanted)
{
    PVOID foreign = (PVOID)strlen;

    stop_the_clock();
    cr_assert_not(DetourSetIgnoreTooSmall(TRUE));
    IS(DetourTransactionBegin(), NO_ERROR);
    IS(DetourAttach(&foreign, (PVOID)detour), ERROR_INVALID_BLOCK);
    IS(DetourAttach(NEXT, (PVOID)detour), NO_ERROR);
    IS(DetourTransactionCommit(), NO_ERROR);
    cr_assert_eq(foreign, (PVOID)strlen);
    cr_assert_eq(GetTickCount(), 1);
    cr_assert(DetourSetIgnoreTooSmall(FALSE));
}

Test(detours, attach_ex_says_what_it_made)
{
    PDETOUR_TRAMPOLINE trampoline;
    PVOID target, real;

    stop_the_clock();
    IS(DetourTransactionBegin(), NO_ERROR);
    IS(DetourAttachEx(NEXT, (PVOID)detour, &trampoline, &target, &real), NO_ERROR);
    cr_assert_eq(target, TICKS);
    cr_assert_eq(real, (PVOID)detour);
    IS(DetourTransactionCommit(), NO_ERROR);
    cr_assert_eq((PVOID)next, (PVOID)trampoline);
}

Test(detours, stacks_in_a_plugin_and_across)
{
    static DWORD(WINAPI * second)(void);
    void *object = dlopen(getenv("HOOK_INSTANCE"), RTLD_NOW | RTLD_LOCAL);
    LONG (*theirs)(BOOL);

    cr_assert_not_null(object, "%s", dlerror());
    theirs = (LONG(*)(BOOL))dlsym(object, "instance_detours");
    stop_the_clock();
    second = GetTickCount;
    IS(DetourTransactionBegin(), NO_ERROR);
    /* Theirs is another copy: it has a transaction of its own. */
    IS(theirs(TRUE), NO_ERROR);
    IS(DetourAttach(NEXT, (PVOID)detour), NO_ERROR);
    IS(DetourTransactionCommit(), NO_ERROR);
    cr_assert_eq(GetTickCount(), 1001);
    IS(theirs(FALSE), NO_ERROR);
    cr_assert_eq(GetTickCount(), 1);
    IS(DetourTransactionBegin(), NO_ERROR);
    IS(DetourAttach((PVOID *)&second, (PVOID)zero), NO_ERROR);
    IS(DetourTransactionCommit(), NO_ERROR);
    cr_assert_eq(GetTickCount(), 0);
    cr_assert_eq(second(), 1);
}

static BOOL CALLBACK count_exports(PVOID context, ULONG ordinal, LPCSTR name, PVOID code)
{
    ++*(unsigned *)context;
    return strcmp(name, "CreateFileA") != 0 || code != (PVOID)CreateFileA;
}

Test(detours, look_ups)
{
    unsigned count = 0;

    cr_assert_eq(DetourFindFunction("kernel32.dll", "GetTickCount"), TICKS);
    cr_assert_null(DetourFindFunction("kernel32.dll", "NoSuch"));
    cr_assert_null(DetourFindFunction("no-such.dll", "GetTickCount"));
    cr_assert_eq(DetourCodeFromPointer(TICKS, NULL), TICKS);
    cr_assert_eq(DetourCodeFromPointer(data, NULL), data);
    cr_assert(DetourEnumerateExports(GetModuleHandleA("kernel32"), &count, count_exports));
    cr_assert_eq(count, 1, "stopped at the first");
    count = 0;
    cr_assert(DetourEnumerateExports(GetModuleHandleA("ntdll"), &count, count_exports));
    cr_assert_gt(count, 30);
    cr_assert_not(DetourEnumerateExports((HMODULE)data, &count, count_exports));
    cr_assert_not(DetourIsHelperProcess());
    cr_assert_not(DetourRestoreAfterWith());
    cr_assert_not(DetourSetRetainRegions(TRUE));
    cr_assert(DetourSetRetainRegions(FALSE));
}

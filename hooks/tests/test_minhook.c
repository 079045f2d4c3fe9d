/* SPDX-License-Identifier: MIT */
/* The MinHook facade: hooks.md HK-07, HK-08. */
#include "hooks/tests/hook_test.h"

#include <MinHook.h>

#include <dlfcn.h>

static char data[16];
#define TICKS ((LPVOID)GetTickCount)

static DWORD(WINAPI *next)(void);

static DWORD WINAPI detour(void)
{
    return next() + 1;
}

static DWORD WINAPI other(void)
{
    return 7;
}

static DWORD WINAPI zero(void)
{
    return 0;
}

#define IS(call, status)                                                                           \
    do {                                                                                           \
        MH_STATUS got = (call);                                                                    \
                                                                                                   \
        cr_assert_eq(got, (status), "%s: %s", #call, MH_StatusToString(got));                      \
    } while (0)

/* GetTickCount answers 0 below everything. */
static void stop_the_clock(void)
{
    struct ringer_hook_options lowest = {.size = sizeof lowest, .priority = -1};
    struct ringer_hook *hook;

    cr_assert_eq(ringer_hook_create(TICKS, (void *)zero, &lowest, NULL, &hook), 0);
    cr_assert_eq(ringer_hook_enable(hook), 0);
}

Test(minhook, nothing_works_before_initialize)
{
    void *original = data, *target = data;

    IS(MH_Uninitialize(), MH_ERROR_NOT_INITIALIZED);
    IS(MH_SetThreadFreezeMethod(MH_FREEZE_METHOD_ORIGINAL), MH_ERROR_NOT_INITIALIZED);
    IS(MH_CreateHook(NULL, NULL, &original), MH_ERROR_NOT_INITIALIZED);
    IS(MH_CreateHook(TICKS, (LPVOID)detour, &original), MH_ERROR_NOT_INITIALIZED);
    /* The look-up comes first. */
    IS(MH_CreateHookApi(u"nosuch", "GetTickCount", (LPVOID)detour, NULL), MH_ERROR_MODULE_NOT_FOUND);
    IS(MH_CreateHookApi(u"kernel32", "NoSuch", (LPVOID)detour, NULL), MH_ERROR_FUNCTION_NOT_FOUND);
    IS(MH_CreateHookApiEx(u"kernel32", "GetTickCount", (LPVOID)detour, &original, &target),
       MH_ERROR_NOT_INITIALIZED);
    cr_assert_eq(target, TICKS);
    cr_assert_eq(original, data);
    IS(MH_RemoveHook(TICKS), MH_ERROR_NOT_INITIALIZED);
    IS(MH_EnableHook(TICKS), MH_ERROR_NOT_INITIALIZED);
    IS(MH_EnableHook(MH_ALL_HOOKS), MH_ERROR_NOT_INITIALIZED);
    IS(MH_DisableHook(TICKS), MH_ERROR_NOT_INITIALIZED);
    IS(MH_QueueEnableHook(TICKS), MH_ERROR_NOT_INITIALIZED);
    IS(MH_QueueDisableHook(TICKS), MH_ERROR_NOT_INITIALIZED);
    IS(MH_ApplyQueued(), MH_ERROR_NOT_INITIALIZED);
}

Test(minhook, without_hooks)
{
    IS(MH_Initialize(), MH_OK);
    IS(MH_Initialize(), MH_ERROR_ALREADY_INITIALIZED);
    IS(MH_SetThreadFreezeMethod(MH_FREEZE_METHOD_NONE_UNSAFE), MH_OK);
    IS(MH_RemoveHook(TICKS), MH_ERROR_NOT_CREATED);
    IS(MH_EnableHook(TICKS), MH_ERROR_NOT_CREATED);
    IS(MH_DisableHook(TICKS), MH_ERROR_NOT_CREATED);
    IS(MH_QueueEnableHook(TICKS), MH_ERROR_NOT_CREATED);
    IS(MH_QueueDisableHook(TICKS), MH_ERROR_NOT_CREATED);
    IS(MH_EnableHook(MH_ALL_HOOKS), MH_OK);
    IS(MH_DisableHook(MH_ALL_HOOKS), MH_OK);
    IS(MH_QueueEnableHook(MH_ALL_HOOKS), MH_OK);
    IS(MH_ApplyQueued(), MH_OK);
    IS(MH_Uninitialize(), MH_OK);
    IS(MH_Uninitialize(), MH_ERROR_NOT_INITIALIZED);
}

Test(minhook, what_cannot_be_hooked)
{
    void *original = data;

    IS(MH_Initialize(), MH_OK);
    IS(MH_CreateHook(NULL, (LPVOID)detour, &original), MH_ERROR_NOT_EXECUTABLE);
    IS(MH_CreateHook(data, (LPVOID)detour, &original), MH_ERROR_NOT_EXECUTABLE);
    IS(MH_CreateHook(TICKS, NULL, &original), MH_ERROR_NOT_EXECUTABLE);
    IS(MH_CreateHook(TICKS, data, &original), MH_ERROR_NOT_EXECUTABLE);
    /* Code, but none of ours: said so, not pretended. */
    IS(MH_CreateHook((LPVOID)other, (LPVOID)detour, &original), MH_ERROR_UNSUPPORTED_FUNCTION);
    IS(MH_CreateHook((LPVOID)strlen, (LPVOID)detour, &original), MH_ERROR_UNSUPPORTED_FUNCTION);
    cr_assert_eq(original, data);
    IS(MH_EnableHook((LPVOID)other), MH_ERROR_NOT_CREATED);
}

Test(minhook, life_of_a_hook)
{
    void *original = data;

    stop_the_clock();
    IS(MH_Initialize(), MH_OK);
    IS(MH_CreateHook(TICKS, (LPVOID)detour, (LPVOID *)&next), MH_OK);
    cr_assert_eq(GetTickCount(), 0, "created disabled");
    cr_assert_eq(next(), 0, "and the original can be called");
    /* The pointer is untouched: a detour that goes live with NULL in it is the classic crash. */
    IS(MH_CreateHook(TICKS, (LPVOID)other, &original), MH_ERROR_ALREADY_CREATED);
    IS(MH_CreateHook(TICKS, data, &original), MH_ERROR_NOT_EXECUTABLE);
    cr_assert_eq(original, data);
    IS(MH_DisableHook(TICKS), MH_ERROR_DISABLED);
    IS(MH_EnableHook(TICKS), MH_OK);
    IS(MH_EnableHook(TICKS), MH_ERROR_ENABLED);
    cr_assert_eq(GetTickCount(), 1);
    IS(MH_EnableHook(MH_ALL_HOOKS), MH_OK);
    IS(MH_DisableHook(TICKS), MH_OK);
    cr_assert_eq(GetTickCount(), 0);
    IS(MH_EnableHook(MH_ALL_HOOKS), MH_OK);
    cr_assert_eq(GetTickCount(), 1);
    IS(MH_RemoveHook(TICKS), MH_OK);
    cr_assert_eq(GetTickCount(), 0);
    IS(MH_RemoveHook(TICKS), MH_ERROR_NOT_CREATED);
    IS(MH_CreateHook(TICKS, (LPVOID)other, NULL), MH_OK);
    IS(MH_EnableHook(TICKS), MH_OK);
    cr_assert_eq(GetTickCount(), 7);
    IS(MH_Uninitialize(), MH_OK);
    cr_assert_eq(GetTickCount(), 0);
    IS(MH_Initialize(), MH_OK);
    IS(MH_EnableHook(TICKS), MH_ERROR_NOT_CREATED);
}

Test(minhook, queue)
{
    stop_the_clock();
    IS(MH_Initialize(), MH_OK);
    IS(MH_CreateHook(TICKS, (LPVOID)detour, (LPVOID *)&next), MH_OK);
    IS(MH_CreateHook((LPVOID)GetCurrentThreadId, (LPVOID)other, NULL), MH_OK);
    IS(MH_QueueEnableHook(TICKS), MH_OK);
    cr_assert_eq(GetTickCount(), 0);
    IS(MH_ApplyQueued(), MH_OK);
    cr_assert_eq(GetTickCount(), 1);
    cr_assert_neq(GetCurrentThreadId(), 7);
    IS(MH_QueueEnableHook(MH_ALL_HOOKS), MH_OK);
    IS(MH_QueueDisableHook(TICKS), MH_OK);
    IS(MH_ApplyQueued(), MH_OK);
    cr_assert_eq(GetTickCount(), 0);
    cr_assert_eq(GetCurrentThreadId(), 7);
    /* What was done directly is not undone by a queue that says nothing of it. */
    IS(MH_EnableHook(TICKS), MH_OK);
    IS(MH_ApplyQueued(), MH_OK);
    cr_assert_eq(GetTickCount(), 1);
}

Test(minhook, by_name_and_alias)
{
    static const WCHAR *const modules[] = {u"kernel32", u"KERNELBASE.dll", u"api-ms-win-core-sysinfo-l1-1-0"};
    void *target, *original;

    IS(MH_Initialize(), MH_OK);
    for (size_t i = 0; i < 3; i++) {
        target = original = NULL;
        IS(MH_CreateHookApiEx(modules[i], "GetTickCount", (LPVOID)other, &original, &target), MH_OK);
        cr_assert_eq(target, TICKS);
        cr_assert_not_null(original);
        IS(MH_EnableHook(target), MH_OK);
        cr_assert_eq(GetTickCount(), 7);
        IS(MH_CreateHookApi(modules[(i + 1) % 3], "GetTickCount", (LPVOID)detour, NULL),
           MH_ERROR_ALREADY_CREATED);
        IS(MH_RemoveHook(target), MH_OK);
    }
}

/* HK-12: what this Windows has not; the hook goes on without. */
Test(minhook, a_missing_export)
{
    void *original = data;

    setenv("RINGER_PROFILE", "wine", 1);
    IS(MH_Initialize(), MH_OK);
    IS(MH_CreateHookApi(u"ntdll", "NtQueryDirectoryFileEx", (LPVOID)detour, &original),
       MH_ERROR_FUNCTION_NOT_FOUND);
    IS(MH_CreateHookApi(u"kernelbase", "CreateIoRing", (LPVOID)detour, &original),
       MH_ERROR_FUNCTION_NOT_FOUND);
    cr_assert_eq(original, data);
    IS(MH_CreateHookApi(u"ntdll", "NtQueryDirectoryFile", (LPVOID)detour, &original), MH_OK);
}

Test(minhook, another_instance_stacks)
{
    void *object = dlopen(getenv("HOOK_INSTANCE"), RTLD_NOW | RTLD_LOCAL);
    MH_STATUS (*hook)(void), (*end)(void);

    cr_assert_not_null(object, "%s", dlerror());
    hook = (MH_STATUS(*)(void))dlsym(object, "instance_minhook");
    end = (MH_STATUS(*)(void))dlsym(object, "instance_minhook_end");
    stop_the_clock();
    IS(MH_Initialize(), MH_OK);
    IS(MH_CreateHook(TICKS, (LPVOID)detour, (LPVOID *)&next), MH_OK);
    IS(MH_EnableHook(TICKS), MH_OK);
    IS(hook(), MH_OK);
    cr_assert_eq(GetTickCount(), 101);
    IS(MH_DisableHook(TICKS), MH_OK);
    cr_assert_eq(GetTickCount(), 100, "theirs stays");
    IS(MH_EnableHook(TICKS), MH_OK);
    cr_assert_eq(GetTickCount(), 101);
    IS(end(), MH_OK);
    cr_assert_eq(GetTickCount(), 1);
}

Test(minhook, names)
{
    cr_assert_str_eq(MH_StatusToString(MH_OK), "MH_OK");
    cr_assert_str_eq(MH_StatusToString(MH_UNKNOWN), "MH_UNKNOWN");
    cr_assert_str_eq(MH_StatusToString(MH_ERROR_FUNCTION_NOT_FOUND), "MH_ERROR_FUNCTION_NOT_FOUND");
    cr_assert_str_eq(MH_StatusToString((MH_STATUS)13), "(unknown)");
    cr_assert_str_eq(MH_StatusToString((MH_STATUS)-2), "(unknown)");
}

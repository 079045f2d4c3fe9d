/* SPDX-License-Identifier: MIT */
/* A plugin with its own copy of both facades: it hooks what the test hooks, too. */
#include <MinHook.h>
#include <detours.h>

#include <stdlib.h>

RINGER_API MH_STATUS instance_minhook(void);
RINGER_API MH_STATUS instance_minhook_end(void);
RINGER_API LONG instance_detours(BOOL attach);

static DWORD(WINAPI *next_minhook)(void);
static DWORD(WINAPI *next_detours)(void) = GetTickCount;

static DWORD WINAPI add_hundred(void)
{
    return next_minhook() + 100;
}

static DWORD WINAPI add_thousand(void)
{
    return next_detours() + 1000;
}

MH_STATUS instance_minhook(void)
{
    MH_STATUS status = MH_Initialize();

    if (status == MH_OK)
        status = MH_CreateHook((LPVOID)GetTickCount, (LPVOID)add_hundred, (LPVOID *)&next_minhook);
    return status == MH_OK ? MH_EnableHook(MH_ALL_HOOKS) : status;
}

MH_STATUS instance_minhook_end(void)
{
    return MH_Uninitialize();
}

LONG instance_detours(BOOL attach)
{
    LONG error = DetourTransactionBegin();

    if (error)
        return error;
    if (attach)
        DetourAttach((PVOID *)&next_detours, (PVOID)add_thousand);
    else
        DetourDetach((PVOID *)&next_detours, (PVOID)add_thousand);
    return DetourTransactionCommit();
}

/* On demand the mistake itself: a constructor that hooks. */
static __attribute__((constructor)) void hook_too_early(void)
{
    if (getenv("HOOK_CONSTRUCTOR"))
        instance_minhook();
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    return TRUE;
}

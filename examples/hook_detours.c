/* SPDX-License-Identifier: MIT */
/*
 * Counts what a program does with its I/O rings, and prints it at the end. Detours' interface; the same
 * source makes a DLL for Windows.
 *     cc -shared -fPIC hook_detours.c $(pkg-config --cflags --libs ringer-hook) -o count.so
 *     RINGER_HOOKS=./count.so ./file_ring README.md >/dev/null
 */
#if defined(_WIN32) && !defined(NTDDI_VERSION) /* its headers show I/O rings from Windows 11 on */
#define _WIN32_WINNT 0x0A00
#define NTDDI_VERSION 0x0A00000C
#endif
#include <windows.h>
#include <ioringapi.h>
#include <detours.h>
#include <stdio.h>

static HRESULT(WINAPI *next_Build)(HIORING, IORING_HANDLE_REF, IORING_BUFFER_REF, UINT32, UINT64, UINT_PTR,
                                   IORING_SQE_FLAGS);
static HRESULT(WINAPI *next_Pop)(HIORING, IORING_CQE *);
static volatile LONG64 built, popped, nbytes, failed;

static HRESULT WINAPI detour_Build(HIORING ring, IORING_HANDLE_REF file, IORING_BUFFER_REF buffer,
                                   UINT32 length, UINT64 offset, UINT_PTR user_data, IORING_SQE_FLAGS flags)
{
    HRESULT result = next_Build(ring, file, buffer, length, offset, user_data, flags);

    if (result == S_OK)
        InterlockedIncrement64(&built);
    return result;
}

static HRESULT WINAPI detour_Pop(HIORING ring, IORING_CQE *completion)
{
    HRESULT result = next_Pop(ring, completion);

    /* S_FALSE is a success, too: there was nothing, and *completion is as it was. */
    if (result == S_OK) {
        InterlockedIncrement64(&popped);
        if (SUCCEEDED(completion->ResultCode))
            InterlockedExchangeAdd64(&nbytes, (LONG64)completion->Information);
        else
            InterlockedIncrement64(&failed);
    }
    return result;
}

static LONG attach(void)
{
    /* Looked up, not linked: before Windows 11 there is none of it, and nothing to count. */
    HMODULE module = GetModuleHandleW(L"kernelbase.dll");
    PVOID build = (PVOID)GetProcAddress(module, "BuildIoRingReadFile");
    PVOID pop = (PVOID)GetProcAddress(module, "PopIoRingCompletion");

    if (!build || !pop)
        return NO_ERROR;
    *(PVOID *)&next_Build = build;
    *(PVOID *)&next_Pop = pop;
    DetourTransactionBegin();
    DetourUpdateThread(GetCurrentThread());
    DetourAttach((PVOID *)&next_Build, (PVOID)detour_Build);
    DetourAttach((PVOID *)&next_Pop, (PVOID)detour_Pop);
    return DetourTransactionCommit();
}

static void detach(void)
{
    DetourTransactionBegin();
    DetourUpdateThread(GetCurrentThread());
    DetourDetach((PVOID *)&next_Build, (PVOID)detour_Build);
    DetourDetach((PVOID *)&next_Pop, (PVOID)detour_Pop);
    DetourTransactionCommit();
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    (void)module;
    if (DetourIsHelperProcess())
        return TRUE;
    if (reason == DLL_PROCESS_ATTACH) {
        DetourRestoreAfterWith();
        return attach() == NO_ERROR;
    }
    if (reason == DLL_PROCESS_DETACH) {
        if (!reserved && next_Build)
            detach();
        fprintf(stderr, "ring reads: %lld built, %lld completed, %lld of them failed, %lld bytes\n",
                (long long)built, (long long)popped, (long long)failed, (long long)nbytes);
    }
    return TRUE;
}

/* SPDX-License-Identifier: MIT */
/*
 * A mod in one file: whoever opens the file that OVERLAY_FROM names gets the one that OVERLAY_TO names.
 * MinHook's interface; the same source makes a DLL for Windows.
 *     cc -shared -fPIC hook_minhook.c $(pkg-config --cflags --libs ringer-hook) -o overlay.so
 *     OVERLAY_FROM=level1.pak OVERLAY_TO=mod.pak RINGER_HOOKS=./overlay.so ./game
 */
#include <windows.h>
#include <MinHook.h>

typedef HANDLE(WINAPI *create_file_fn)(LPCWSTR, DWORD, DWORD, LPSECURITY_ATTRIBUTES, DWORD, DWORD, HANDLE);

typedef HANDLE(WINAPI *create_file_a_fn)(LPCSTR, DWORD, DWORD, LPSECURITY_ATTRIBUTES, DWORD, DWORD, HANDLE);

static create_file_fn next_CreateFileW;
static create_file_a_fn next_CreateFileA;
static WCHAR from[MAX_PATH], to[MAX_PATH];

static WCHAR lower(WCHAR c)
{
    return c >= L'A' && c <= L'Z' ? (WCHAR)(c + (L'a' - L'A')) : c == L'/' ? L'\\' : c;
}

/* Whether path ends in the name, at a separator, in any case. */
static BOOL names_it(LPCWSTR path, LPCWSTR name)
{
    size_t length = 0, known = 0;

    while (path[length])
        length++;
    while (name[known])
        known++;
    if (!known || length < known || (length > known && lower(path[length - known - 1]) != L'\\'))
        return FALSE;
    for (size_t i = 0; i < known; i++)
        if (lower(path[length - known + i]) != lower(name[i]))
            return FALSE;
    return TRUE;
}

static HANDLE WINAPI detour_CreateFileW(LPCWSTR path, DWORD access, DWORD share,
                                        LPSECURITY_ATTRIBUTES security, DWORD disposition, DWORD flags,
                                        HANDLE template_file)
{
    if (path && names_it(path, from))
        path = to;
    /* Nothing after this: the last error is the original's. */
    return next_CreateFileW(path, access, share, security, disposition, flags, template_file);
}

/* CreateFileA is no caller of CreateFileW that a hook could see: both are in one module. */
static HANDLE WINAPI detour_CreateFileA(LPCSTR path, DWORD access, DWORD share,
                                        LPSECURITY_ATTRIBUTES security, DWORD disposition, DWORD flags,
                                        HANDLE template_file)
{
    WCHAR wide[MAX_PATH];

    if (path && MultiByteToWideChar(CP_ACP, 0, path, -1, wide, MAX_PATH) && names_it(wide, from))
        return next_CreateFileW(to, access, share, security, disposition, flags, template_file);
    return next_CreateFileA(path, access, share, security, disposition, flags, template_file);
}

static BOOL attach(void)
{
    if (!GetEnvironmentVariableW(L"OVERLAY_FROM", from, MAX_PATH) ||
        !GetEnvironmentVariableW(L"OVERLAY_TO", to, MAX_PATH))
        return FALSE;
    return MH_Initialize() == MH_OK &&
           MH_CreateHookApi(L"kernel32", "CreateFileW", (LPVOID)detour_CreateFileW,
                            (LPVOID *)&next_CreateFileW) == MH_OK &&
           MH_CreateHookApi(L"kernel32", "CreateFileA", (LPVOID)detour_CreateFileA,
                            (LPVOID *)&next_CreateFileA) == MH_OK &&
           MH_EnableHook(MH_ALL_HOOKS) == MH_OK;
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    (void)module;
    if (reason == DLL_PROCESS_ATTACH)
        return attach();
    /* At the end of the process others may be inside still; only a FreeLibrary takes the hook out. */
    if (reason == DLL_PROCESS_DETACH && !reserved)
        MH_Uninitialize();
    return TRUE;
}

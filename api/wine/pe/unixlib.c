/* SPDX-License-Identifier: MIT */
/* How a builtin DLL reaches its unix half; DllMain. The rest of the PE half knows pe_unix_call
 * only. */
#include "api/wine/pe/unixlib.h"

/* The information class of NtQueryVirtualMemory that gives a module's unix calls. */
#define MEMORY_WINE_UNIX_FUNCS 1000

typedef NTSTATUS(WINAPI *unix_call_fn)(UINT64 handle, unsigned code, void *args);
typedef NTSTATUS(WINAPI *query_memory_fn)(HANDLE process, const void *address,
                                          ULONG information_class, void *info, SIZE_T nbytes,
                                          SIZE_T *length_out);

static UINT64 unix_handle;
static unix_call_fn unix_call;

static FARPROC ntdll_export(const char *name)
{
    return GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
}

BOOL pe_unixlib_init(HINSTANCE instance)
{
    query_memory_fn query = (query_memory_fn)(void *)ntdll_export("NtQueryVirtualMemory");
    unix_call_fn *dispatcher;

    if (!query || query((HANDLE)-1, instance, MEMORY_WINE_UNIX_FUNCS, &unix_handle,
                        sizeof unix_handle, NULL) < 0)
        return FALSE;
    unix_call = (unix_call_fn)(void *)ntdll_export("__wine_unix_call"); /* Wine 8.0 */
    if (!unix_call) { /* newer: a pointer to it is exported */
        dispatcher = (unix_call_fn *)(void *)ntdll_export("__wine_unix_call_dispatcher");
        unix_call = dispatcher ? *dispatcher : NULL;
    }
    return unix_call != NULL;
}

NTSTATUS pe_unix_call(enum wine_call call, void *args)
{
    return unix_call(unix_handle, call, args);
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
    (void)reserved;
    if (reason != DLL_PROCESS_ATTACH)
        return TRUE;
    DisableThreadLibraryCalls(instance);
    return pe_unixlib_init(instance);
}

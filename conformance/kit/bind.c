/* SPDX-License-Identifier: MIT */
/* Looks the functions up by name. */
#include "conformance/kit/bind.h"

#include <string.h>

static void *find(const char *name, const WCHAR *first, const WCHAR *second)
{
    HMODULE module = GetModuleHandleW(first);
    FARPROC function = module ? GetProcAddress(module, name) : NULL;
    void *pointer;

    if (!function && second && (module = GetModuleHandleW(second))) {
        function = GetProcAddress(module, name);
    }
    memcpy(&pointer, &function, sizeof pointer);
    return pointer;
}

#define BIND(name, first, second)                     \
    do {                                              \
        void *pointer = find(#name, first, second);   \
        memcpy(&api->name, &pointer, sizeof pointer); \
    } while (0);

void cf_api_bind(struct cf_api *api)
{
    static const WCHAR kernelbase[] = u"kernelbase.dll", kernel32[] = u"kernel32.dll",
                       ntdll[] = u"ntdll.dll";

    memset(api, 0, sizeof *api);
#define BIND_RING(name) BIND(name, kernelbase, kernel32)
#define BIND_NT(name) BIND(name, ntdll, NULL)
    CF_RING_FUNCTIONS(BIND_RING)
    CF_NT_FUNCTIONS(BIND_NT)
    api->wine = find("wine_get_version", ntdll, NULL) != NULL;
}

bool cf_api_bind_dstorage(struct cf_api *api)
{
    static const WCHAR dstorage[] = u"dstorage.dll";

    if (!LoadLibraryW(dstorage)) {
        return false;
    }
#define BIND_DSTORAGE(name) BIND(name, dstorage, NULL)
    CF_DSTORAGE_FUNCTIONS(BIND_DSTORAGE)
    return api->DStorageGetFactory != NULL;
}

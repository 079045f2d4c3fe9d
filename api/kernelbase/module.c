/* SPDX-License-Identifier: MIT */
/*
 * Modules: Windows names of ours answer from the dispatch table, anything else is a shared object for
 * dlopen. An HMODULE is the address of a table row, or of a record here.
 */
#include "api/kernelbase/kernelbase.h"

#include "api/dispatch/modules.h"
#include "api/dispatch/slots.h"
#include "api/ntdll/thread.h"
#include "emu/base/lock.h"

#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

struct library {
    struct library *next;
    void *object; /* dlopen's */
    char *file;   /* as loaded */
    unsigned count;
};

static struct emu_lock libraries_lock = EMU_LOCK_INIT;
static struct library *libraries;
static struct library program; /* GetModuleHandle(NULL): never freed, not listed */

static struct library *find_locked(HMODULE module)
{
    struct library *at;

    for (at = libraries; at && (HMODULE)at != module; at = at->next)
        ;
    return at;
}

static HMODULE load(const char *name)
{
    const struct dispatch_module *module = dispatch_module_find(name);
    struct library *library;
    void *object;

    if (module)
        return (HMODULE)(uintptr_t)module;
    /* No lock across dlopen: constructors run inside. */
    object = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!object) {
        emu_log(EMU_LOG_DEBUG, "LoadLibrary: %s", dlerror());
        kb_fail(ERROR_MOD_NOT_FOUND);
        return NULL;
    }
    emu_lock_acquire(&libraries_lock);
    for (library = libraries; library && library->object != object; library = library->next)
        ;
    if (library) {
        library->count++;
        dlclose(object); /* the record holds one already; cannot unload here */
    } else {
        library = calloc(1, sizeof *library);
        if (library) {
            library->object = object;
            library->file = strdup(name);
            library->count = 1;
            library->next = libraries;
            libraries = library;
        }
    }
    emu_lock_release(&libraries_lock);
    if (!library) {
        dlclose(object);
        kb_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    return (HMODULE)library;
}

HMODULE WINAPI kb_LoadLibraryExA(LPCSTR lpLibFileName, HANDLE hFile, DWORD dwFlags)
{
    if (!lpLibFileName || !*lpLibFileName || hFile) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    return load(lpLibFileName);
}

HMODULE WINAPI kb_LoadLibraryA(LPCSTR lpLibFileName)
{
    return kb_LoadLibraryExA(lpLibFileName, NULL, 0);
}

/* UTF-16 to UTF-8; the caller frees. NULL: last error set. */
static char *narrow(const WCHAR *wide)
{
    int nbytes;
    char *text;

    if (!wide) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    nbytes = kb_WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, NULL, 0, NULL, NULL);
    text = nbytes ? malloc((size_t)nbytes) : NULL;
    if (text)
        kb_WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, nbytes, NULL, NULL);
    return text;
}

HMODULE WINAPI kb_LoadLibraryExW(LPCWSTR lpLibFileName, HANDLE hFile, DWORD dwFlags)
{
    char *name = narrow(lpLibFileName);
    HMODULE module = name ? kb_LoadLibraryExA(name, hFile, dwFlags) : NULL;

    free(name);
    return module;
}

HMODULE WINAPI kb_LoadLibraryW(LPCWSTR lpLibFileName)
{
    return kb_LoadLibraryExW(lpLibFileName, NULL, 0);
}

BOOL WINAPI kb_FreeLibrary(HMODULE hLibModule)
{
    struct library **link, *library;
    void *object = NULL;

    if (dispatch_module_from(hLibModule) || hLibModule == (HMODULE)&program)
        return TRUE;
    emu_lock_acquire(&libraries_lock);
    library = find_locked(hLibModule);
    if (library && --library->count == 0) {
        for (link = &libraries; *link != library; link = &(*link)->next)
            ;
        *link = library->next;
        object = library->object;
        free(library->file);
        free(library);
    }
    emu_lock_release(&libraries_lock);
    if (!library)
        return kb_fail(ERROR_MOD_NOT_FOUND); /* [D] a handle that is no module */
    if (object)
        dlclose(object);
    return TRUE;
}

/* The module that has an address: a stub is ours; other code is looked for among what was loaded. */
static HMODULE from_address(const void *address)
{
    enum dispatch_id id = dispatch_find_stub(address);
    Dl_info info;

    if (id != DISPATCH_COUNT)
        return (HMODULE)(uintptr_t)dispatch_module_find(dispatch_exports[id].module);
    if (dispatch_module_from(address))
        return (HMODULE)(uintptr_t)address;
    if (dladdr(address, &info)) {
        HMODULE module = NULL;

        emu_lock_acquire(&libraries_lock);
        for (struct library *at = libraries; at && !module; at = at->next) {
            if (strcmp(at->file, info.dli_fname) == 0)
                module = (HMODULE)at;
        }
        emu_lock_release(&libraries_lock);
        return module ? module : (HMODULE)&program;
    }
    return NULL;
}

static BOOL module_handle(DWORD flags, const char *name, HMODULE *module_out)
{
    const struct dispatch_module *module;
    struct library *at;

    *module_out = NULL;
    if (!name) {
        *module_out = (HMODULE)&program;
        return TRUE;
    }
    module = dispatch_module_find(name);
    if (module) {
        *module_out = (HMODULE)(uintptr_t)module;
        return TRUE;
    }
    emu_lock_acquire(&libraries_lock);
    for (at = libraries; at && strcmp(at->file, name) != 0; at = at->next)
        ;
    if (at && !(flags & GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT))
        at->count++;
    emu_lock_release(&libraries_lock);
    *module_out = (HMODULE)at;
    return at ? TRUE : kb_fail(ERROR_MOD_NOT_FOUND);
}

BOOL WINAPI kb_GetModuleHandleExA(DWORD dwFlags, LPCSTR lpModuleName, HMODULE *phModule)
{
    if (!phModule)
        return kb_fail(ERROR_INVALID_PARAMETER);
    if (dwFlags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) {
        *phModule = lpModuleName ? from_address(lpModuleName) : NULL;
        return *phModule ? TRUE : kb_fail(ERROR_MOD_NOT_FOUND);
    }
    return module_handle(dwFlags, lpModuleName, phModule);
}

BOOL WINAPI kb_GetModuleHandleExW(DWORD dwFlags, LPCWSTR lpModuleName, HMODULE *phModule)
{
    char *name;
    BOOL ok;

    if (dwFlags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS || !lpModuleName)
        return kb_GetModuleHandleExA(dwFlags, (LPCSTR)lpModuleName, phModule);
    if (!phModule)
        return kb_fail(ERROR_INVALID_PARAMETER);
    name = narrow(lpModuleName);
    ok = name && module_handle(dwFlags, name, phModule);
    free(name);
    return ok;
}

HMODULE WINAPI kb_GetModuleHandleA(LPCSTR lpModuleName)
{
    HMODULE module;

    module_handle(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, lpModuleName, &module);
    return module;
}

HMODULE WINAPI kb_GetModuleHandleW(LPCWSTR lpModuleName)
{
    HMODULE module = NULL;

    kb_GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, lpModuleName, &module);
    return module;
}

DWORD WINAPI kb_GetModuleFileNameA(HMODULE hModule, LPSTR lpFilename, DWORD nSize)
{
    const struct dispatch_module *module = dispatch_module_from(hModule);
    char path[4096], *name = NULL;
    ssize_t nbytes;
    size_t length;

    if (module) {
        snprintf(path, sizeof path, "C:\\Windows\\System32\\%s", module->file);
        name = path;
    } else if (!hModule || hModule == (HMODULE)&program) {
        nbytes = readlink("/proc/self/exe", path, sizeof path - 1);
        if (nbytes > 0) {
            path[nbytes] = 0;
            name = path;
        }
    } else {
        struct library *library;

        emu_lock_acquire(&libraries_lock);
        library = find_locked(hModule);
        if (library && strlen(library->file) < sizeof path)
            name = strcpy(path, library->file);
        emu_lock_release(&libraries_lock);
    }
    if (!name)
        return kb_fail(ERROR_MOD_NOT_FOUND);
    length = strlen(name);
    if (nSize == 0 || !lpFilename)
        return kb_fail(ERROR_INSUFFICIENT_BUFFER);
    if (length >= nSize) {
        /* [D] Cut off, terminated, and the last error says so. */
        memcpy(lpFilename, name, nSize - 1);
        lpFilename[nSize - 1] = 0;
        kb_fail(ERROR_INSUFFICIENT_BUFFER);
        return nSize;
    }
    memcpy(lpFilename, name, length + 1);
    return (DWORD)length;
}

DWORD WINAPI kb_GetModuleFileNameW(HMODULE hModule, LPWSTR lpFilename, DWORD nSize)
{
    char path[4096];
    WCHAR *wide;
    size_t length;

    if (!kb_GetModuleFileNameA(hModule, path, sizeof path))
        return 0;
    wide = kb_wide(path);
    if (!wide)
        return 0;
    length = kb_length(wide);
    if (nSize == 0 || !lpFilename || length >= nSize) {
        if (nSize && lpFilename) {
            memcpy(lpFilename, wide, (nSize - 1) * sizeof *wide);
            lpFilename[nSize - 1] = 0;
        }
        free(wide);
        kb_fail(ERROR_INSUFFICIENT_BUFFER);
        return nSize;
    }
    memcpy(lpFilename, wide, (length + 1) * sizeof *wide);
    free(wide);
    return (DWORD)length;
}

/* What the Windows of RINGER_PROFILE has not. */
static bool is_absent(enum dispatch_id id)
{
#define WIN10 NT_WIN10
#define WINE NT_WINE
    static const unsigned char absent[DISPATCH_COUNT] = {
#define ABSENT(profiles, name) [DISPATCH_##name] = profiles,
#include "api/dispatch/absent.def"
#undef ABSENT
    };
#undef WIN10
#undef WINE

    return absent[id] & nt_family();
}

FARPROC WINAPI kb_GetProcAddress(HMODULE hModule, LPCSTR lpProcName)
{
    const struct dispatch_module *module = dispatch_module_from(hModule);
    void *object = NULL, *address;
    struct library *library;

    /* [D] A name whose high bits are zero is an ordinal; ours have none. */
    if ((uintptr_t)lpProcName < 0x10000) {
        kb_fail(ERROR_PROC_NOT_FOUND);
        return NULL;
    }
    if (module) {
        enum dispatch_id id = dispatch_find(module->name, lpProcName);

        if (id == DISPATCH_COUNT || is_absent(id)) {
            kb_fail(ERROR_PROC_NOT_FOUND);
            return NULL;
        }
        return (FARPROC)dispatch_exports[id].stub;
    }
    if (hModule && hModule != (HMODULE)&program) {
        emu_lock_acquire(&libraries_lock);
        library = find_locked(hModule);
        object = library ? library->object : NULL;
        emu_lock_release(&libraries_lock);
        if (!object) {
            kb_fail(ERROR_MOD_NOT_FOUND);
            return NULL;
        }
    }
    address = dlsym(object ? object : RTLD_DEFAULT, lpProcName);
    if (!address)
        kb_fail(ERROR_PROC_NOT_FOUND);
    return (FARPROC)address;
}

/* [D] No DllMain of ours is called for threads anyway. */
BOOL WINAPI kb_DisableThreadLibraryCalls(HMODULE hLibModule)
{
    return hLibModule ? TRUE : kb_fail(ERROR_MOD_NOT_FOUND);
}

/* SPDX-License-Identifier: MIT */
/*
 * The smallest hook that shows virtual files: when one is opened it is written to a real file, and
 * that is opened instead (the strategy "shadow handle"). All the rest is then the system's, so there
 * is nothing to get wrong, at the price of the first open. One source for Windows and Linux.
 */
#include <windows.h>

#include <MinHook.h>

#include "hooks/plugins/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

EXPORT extern const char ringer_hook_claims[];
EXPORT int ringer_hook_control(const char *command);
EXPORT BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved);

const char ringer_hook_claims[] = "core win32 dstorage";

typedef HANDLE(WINAPI *create_file_fn)(LPCWSTR, DWORD, DWORD, LPSECURITY_ATTRIBUTES, DWORD, DWORD,
                                       HANDLE);

static create_file_fn real_CreateFileW;
static struct vfs_manifest manifest;
static SRWLOCK lock = SRWLOCK_INIT; /* covers what follows */
static struct shadow {
    WCHAR *path; /* of the real file; NULL: not yet made */
    BOOL gone;   /* no longer there for those who open */
} *shadows;      /* beside manifest.files */

static BOOL write_all(HANDLE file, const struct vfs_file *source)
{
    static char chunk[65536]; /* under the lock */
    uint64_t done = 0;

    while (done < source->nbytes) {
        DWORD wanted = source->nbytes - done < sizeof chunk ? (DWORD)(source->nbytes - done)
                                                            : (DWORD)sizeof chunk;
        DWORD moved = 0;

        vfs_file_fill(source, done, chunk, wanted);
        if (!WriteFile(file, chunk, wanted, &moved, NULL) || !moved)
            return FALSE;
        done += moved;
    }
    return TRUE;
}

/* Zeros need not be written. */
static BOOL fill(HANDLE file, const struct vfs_file *source)
{
    LARGE_INTEGER end;

    end.QuadPart = (LONGLONG)source->nbytes;
    if (!source->zero)
        return write_all(file, source);
    return SetFilePointerEx(file, end, NULL, FILE_BEGIN) && SetEndOfFile(file);
}

/* Beside the path of the program, so that volume and file system are those it expects. */
static WCHAR *make_locked(LPCWSTR path, const struct vfs_file *source)
{
    static const WCHAR tail[] = {'.', 's', 'h', 'a', 'd', 'o', 'w', 0};
    size_t nchars = 0;
    WCHAR *name;
    HANDLE file;
    BOOL good;

    while (path[nchars])
        nchars++;
    name = malloc((nchars + sizeof tail / sizeof *tail) * sizeof *name);
    if (!name)
        return NULL;
    memcpy(name, path, nchars * sizeof *name);
    memcpy(name + nchars, tail, sizeof tail);
    file = real_CreateFileW(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    good = file != INVALID_HANDLE_VALUE && fill(file, source);
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
    if (good)
        return name;
    free(name);
    return NULL;
}

static struct vfs_file *find(LPCWSTR path)
{
    char narrow[2048];

    if (!path || !WideCharToMultiByte(CP_UTF8, 0, path, -1, narrow, sizeof narrow, NULL, NULL))
        return NULL;
    return vfs_manifest_find(&manifest, narrow);
}

static HANDLE WINAPI hooked_CreateFileW(LPCWSTR path, DWORD access, DWORD share,
                                        LPSECURITY_ATTRIBUTES security, DWORD disposition,
                                        DWORD flags, HANDLE template)
{
    DWORD last_error = GetLastError();
    struct vfs_file *source = find(path);
    struct shadow *shadow;
    WCHAR *made;

    SetLastError(last_error); /* what is passed on finds it as it was */
    if (!source)
        return real_CreateFileW(path, access, share, security, disposition, flags, template);
    shadow = &shadows[source - manifest.files];
    AcquireSRWLockExclusive(&lock);
    if (!shadow->path && !shadow->gone)
        shadow->path = make_locked(path, source);
    made = shadow->gone ? NULL : shadow->path;
    ReleaseSRWLockExclusive(&lock);
    if (!made) {
        SetLastError(ERROR_FILE_NOT_FOUND);
        return INVALID_HANDLE_VALUE;
    }
    if (access & (GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_DATA | FILE_APPEND_DATA | DELETE) ||
        disposition == CREATE_ALWAYS || disposition == TRUNCATE_EXISTING) {
        SetLastError(ERROR_ACCESS_DENIED);
        return INVALID_HANDLE_VALUE;
    }
    return real_CreateFileW(made, access, share, security, disposition, flags, template);
}

int ringer_hook_control(const char *command)
{
    struct vfs_file *file;

    if (!strcmp(command, "detach"))
        return MH_DisableHook((LPVOID)CreateFileW) != MH_OK;
    if (!strcmp(command, "attach"))
        return MH_EnableHook((LPVOID)CreateFileW) != MH_OK;
    if (strncmp(command, "unregister ", 11))
        return 1; /* nothing is ever held here */
    file = vfs_manifest_named(&manifest, command + 11);
    if (!file)
        return 1;
    AcquireSRWLockExclusive(&lock);
    shadows[file - manifest.files].gone = TRUE;
    ReleaseSRWLockExclusive(&lock);
    return 0;
}

static BOOL attach(void)
{
    char *where = vfs_manifest_where(NULL), error[300] = "";
    BOOL good = !where || vfs_manifest_load(&manifest, where, error, sizeof error);

    free(where);
    if (!good)
        fprintf(stderr, "shadow: %s\n", error);
    shadows = calloc(manifest.count + 1, sizeof *shadows);
    return good && shadows && MH_Initialize() == MH_OK &&
           MH_CreateHook((LPVOID)CreateFileW, (LPVOID)hooked_CreateFileW,
                         (LPVOID *)&real_CreateFileW) == MH_OK &&
           MH_EnableHook((LPVOID)CreateFileW) == MH_OK;
}

/* The process ends: whoever still runs may have a file open. */
static void forget(void)
{
    for (size_t i = 0; shadows && i < manifest.count; i++)
        if (shadows[i].path)
            DeleteFileW(shadows[i].path);
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    (void)module;
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH)
        return attach();
    if (reason == DLL_PROCESS_DETACH)
        forget();
    return TRUE;
}

/* SPDX-License-Identifier: MIT */
/*
 * What Ringer offers beside the Windows API: what it is running on, Linux descriptors as handles, and
 * the slots behind every exported function, for tracers and hooks. C and C++; stable from 0.1 on, new
 * members of structs come at their end.
 */
#ifndef RINGER_H
#define RINGER_H

#include <windows.h>

RINGER_EXTERN_C_BEGIN

/* "0.1.0". Never freed. */
RINGER_API const char *ringer_version(void);

/* The engine of this process, "uring" or "threads"; the first call chooses it. Never freed. */
RINGER_API const char *ringer_engine_name(void);

struct ringer_engine_info {
    const char *name;
    int usable;       /* works on this machine, in this process */
    int chosen;       /* is the one that ringer_engine_name names */
    char reason[128]; /* why it is not usable; empty otherwise */
};
/* Engines that there are, also those that cannot run here. Probes each, chooses none. */
RINGER_API size_t ringer_engine_count(void);
/* 1, or 0 when index is out of range. */
RINGER_API int ringer_engine_info(size_t index, struct ringer_engine_info *info);

/*
 * Makes a handle of a Linux descriptor: a socket, a pipe, a file. On success the handle owns fd and
 * CloseHandle closes it. access: GENERIC_READ | GENERIC_WRITE and the like; flags: FILE_FLAG_OVERLAPPED
 * and the like. INVALID_HANDLE_VALUE and the last error on failure; fd is then still the caller's.
 */
RINGER_API HANDLE ringer_adopt_fd(int fd, DWORD access, DWORD flags);

/* Handles that this process has open: a test that leaks shows here. */
RINGER_API DWORD ringer_handle_count(void);

/*
 * Slots. Every exported function has one; the public function jumps through it. Module names are as for
 * GetModuleHandle, any alias. Calls across a module boundary (kernelbase -> ntdll) pass through slots
 * too, calls inside one module do not.
 */
struct ringer_export {
    const char *module;   /* "kernelbase", "ntdll" */
    const char *name;     /* "ReadFile" */
    void *function;       /* what programs call */
    void *implementation; /* Ringer's own */
};
RINGER_API size_t ringer_export_count(void);
/* 1, or 0 when index is out of range. */
RINGER_API int ringer_export_info(size_t index, struct ringer_export *info);
/* By name, or by the address of a public function; 0 when there is none. */
RINGER_API int ringer_export_find(const char *module, const char *name, struct ringer_export *info);
RINGER_API int ringer_export_from_address(const void *function, struct ringer_export *info);

/*
 * Puts replacement into the slot and returns what was there, which the replacement may call; NULL when
 * there is no such export. Any thread, any time; a call already under way is not affected. replacement
 * must have the export's type and stay loaded for ever.
 */
RINGER_API void *ringer_slot_swap(const char *module, const char *name, void *replacement);
/* The same, only if the slot holds expected; 1 when it did. To leave in any order, use this. */
RINGER_API int ringer_slot_replace(const char *module, const char *name, void *expected,
                                   void *replacement);
/* What the slot holds now; NULL when there is no such export. */
RINGER_API void *ringer_slot_get(const char *module, const char *name);

/*
 * Plugins. RINGER_HOOKS=plugin.so[:args][,plugin.so[:args]…] is loaded, in order, before main: each with
 * RTLD_NOW | RTLD_LOCAL, then its function "ringer_plugin_init", a ringer_plugin_init_fn as below, is
 * called (0 is success; args is "" without any), or without such a function its
 * DllMain(module, DLL_PROCESS_ATTACH, NULL). One that cannot be loaded or refuses ends the process with
 * code 2: a program must not run believing that it is hooked. A "," in args ends them.
 */
#define RINGER_PLUGIN_API_VERSION 1
struct ringer_plugin_api {
    DWORD version; /* RINGER_PLUGIN_API_VERSION */
    DWORD size;    /* of this struct, in bytes */
    const char *(*ringer_version)(void);
    const char *(*engine_name)(void);
    size_t (*export_count)(void);
    int (*export_info)(size_t index, struct ringer_export *info);
    int (*export_find)(const char *module, const char *name, struct ringer_export *info);
    void *(*slot_swap)(const char *module, const char *name, void *replacement);
    int (*slot_replace)(const char *module, const char *name, void *expected, void *replacement);
    void *(*slot_get)(const char *module, const char *name);
    DWORD (*handle_count)(void);
};
typedef int (*ringer_plugin_init_fn)(const struct ringer_plugin_api *api, const char *args);
RINGER_API const struct ringer_plugin_api *ringer_plugin_api(void);

RINGER_EXTERN_C_END

#endif

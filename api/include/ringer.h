/* SPDX-License-Identifier: MIT */
/*
 * What Ringer offers beside the Windows API: what it is running on, Linux descriptors as handles,
 * and the slots behind every exported function, for tracers and hooks. C and C++; stable from 0.1
 * on, new members of structs come at their end.
 */
#ifndef RINGER_H
#define RINGER_H

#include <windows.h>

RINGER_EXTERN_C_BEGIN

/*
 * The version of the library, "0.1.0".
 * Returns a string that is never freed; cannot fail.
 * Source: [I].
 */
RINGER_API const char *ringer_version(void);

/*
 * The engine of this process: "uring", "threads" or "sim" (RINGER_ENGINE asks for one). The first
 * call chooses it, if nothing has.
 * Returns a string that is never freed; "none" when there is no engine, so it never fails.
 * Source: [I].
 */
RINGER_API const char *ringer_engine_name(void);

struct ringer_engine_info {
    const char *name;
    int usable;       /* works on this machine, in this process */
    int chosen;       /* is the one that ringer_engine_name names */
    char reason[128]; /* why it is not usable; empty otherwise */
};

/*
 * How many engines there are, those included that cannot run here. Probes each, chooses none.
 * Returns a number of rows for ringer_engine_info; cannot fail.
 * Source: [I].
 */
RINGER_API size_t ringer_engine_count(void);

/*
 * One row of the engines.
 * index: below ringer_engine_count.
 * info: out; the caller's. name is constant, reason is copied.
 * Returns 1; 0 when index is out of range or info is NULL.
 * Source: [I].
 */
RINGER_API int ringer_engine_info(size_t index, struct ringer_engine_info *info);

/*
 * Makes a handle of a Linux descriptor: a socket, a pipe, a file. On success the handle owns fd,
 * and CloseHandle closes it; on failure fd is still the caller's.
 * fd: an open descriptor.
 * access: a mask, GENERIC_READ | GENERIC_WRITE and the like; SYNCHRONIZE and FILE_READ_ATTRIBUTES
 *   are added.
 * flags: FILE_FLAG_OVERLAPPED, or 0 for a synchronous handle. FILE_FLAG_WRITE_THROUGH and
 *   FILE_FLAG_NO_BUFFERING are noted, but the descriptor is used as it was opened.
 * Returns the handle, or INVALID_HANDLE_VALUE and the last error: ERROR_INVALID_HANDLE for a bad
 *   fd, ERROR_NOT_ENOUGH_MEMORY.
 * Source: [I].
 */
RINGER_API HANDLE ringer_adopt_fd(int fd, DWORD access, DWORD flags);

/*
 * The Linux descriptor behind a handle of a file or socket, which stays the handle's: for messages, and
 * calls that neither move its position nor close it.
 * handle: of CreateFile, ringer_adopt_fd and the like.
 * Returns the descriptor; -1 and the last error: ERROR_INVALID_HANDLE for what is no file, or has no
 *   descriptor, as pipes.
 * Source: [I].
 */
RINGER_API int ringer_handle_fd(HANDLE handle);

/*
 * Handles that this process has open: a test that leaks shows here.
 * Returns a number of handles; cannot fail.
 * Source: [I].
 */
RINGER_API DWORD ringer_handle_count(void);

/*
 * Faults by plan: RINGER_FAULT in the environment names operations that fail on purpose, under any
 * engine (docs/faults.md). Read at the first operation that a plan could name.
 */

/*
 * Is this a fault plan? Puts nothing in force.
 * plan: the text; NULL is none.
 * error: out; one line that names the column and what is wrong there, "" when nothing is. May be NULL.
 * error_nbytes: bytes at error; the line is cut to fit.
 * Returns 1; 0 when it is none.
 * Source: [I].
 */
RINGER_API int ringer_fault_check(const char *plan, char *error, size_t error_nbytes);

/*
 * How many faults this process has dealt out.
 * Returns a number of rows for ringer_fault_info; cannot fail.
 * Source: [I].
 */
RINGER_API size_t ringer_fault_count(void);

struct ringer_fault {
    char text[112];     /* "read#3@data=device-error": the third that this rule counts */
    UINT64 user_data;   /* of the ring's entry */
    int has_user_data;  /* 0: it was none */
};

/*
 * One fault that was dealt out, in order.
 * index: below ringer_fault_count; the first 4096 are kept.
 * info: out; the caller's.
 * Returns 1; 0 when index is out of range or not kept, or info is NULL.
 * Source: [I].
 */
RINGER_API int ringer_fault_info(size_t index, struct ringer_fault *info);

/*
 * Slots. Every exported function has one; the public function jumps through it. Module names are as
 * for GetModuleHandle, any alias. Calls across a module boundary (kernelbase -> ntdll) pass through
 * slots too, calls inside one module do not.
 */
struct ringer_export {
    const char *module;   /* "kernelbase", "ntdll" */
    const char *name;     /* "ReadFile" */
    void *function;       /* what programs call */
    void *implementation; /* Ringer's own */
};

/*
 * How many exported functions have a slot.
 * Returns a number of rows for ringer_export_info; cannot fail.
 * Source: [I].
 */
RINGER_API size_t ringer_export_count(void);

/*
 * One row of the exports, in the order of the export tables.
 * index: below ringer_export_count.
 * info: out; the caller's. Its strings are constant.
 * Returns 1; 0 when index is out of range or info is NULL.
 * Source: [I].
 */
RINGER_API int ringer_export_info(size_t index, struct ringer_export *info);

/*
 * An export by its name.
 * module: as for GetModuleHandle, any alias ("kernel32.dll"); NULL looks in all modules.
 * name: of the function, exactly.
 * info: out; the caller's, written on success only.
 * Returns 1; 0 when there is none or info is NULL.
 * Source: [I].
 */
RINGER_API int ringer_export_find(const char *module, const char *name, struct ringer_export *info);

/*
 * An export by the address that programs call.
 * function: the address of a public function, as of &ReadFile or GetProcAddress.
 * info: out; the caller's, written on success only.
 * Returns 1; 0 when it is no export's address or info is NULL.
 * Source: [I].
 */
RINGER_API int ringer_export_from_address(const void *function, struct ringer_export *info);

/*
 * Puts a function into a slot. Any thread, any time; a call already under way is not affected.
 * module: as for ringer_export_find.
 * name: of the function.
 * replacement: has the export's type and stays loaded for ever.
 * Returns what the slot held, which the replacement may call; NULL when there is no such export or
 *   replacement is NULL, and nothing changed.
 * Source: [I].
 */
RINGER_API void *ringer_slot_swap(const char *module, const char *name, void *replacement);

/*
 * The same, only if the slot holds what is expected: to leave a chain of replacements in any order.
 * module: as for ringer_export_find.
 * name: of the function.
 * expected: what the slot must hold.
 * replacement: what it then holds; not NULL.
 * Returns 1; 0 when it held something else, or there is no such export, and nothing changed.
 * Source: [I].
 */
RINGER_API int ringer_slot_replace(const char *module, const char *name, void *expected,
                                   void *replacement);

/*
 * What a slot holds now.
 * module: as for ringer_export_find.
 * name: of the function.
 * Returns the function; NULL when there is no such export.
 * Source: [I].
 */
RINGER_API void *ringer_slot_get(const char *module, const char *name);

/*
 * Plugins. RINGER_HOOKS=plugin.so[:args][,plugin.so[:args]…] is loaded, in order, before main: each
 * with RTLD_NOW | RTLD_LOCAL, then its function "ringer_plugin_init", a ringer_plugin_init_fn as
 * below, is called (0 is success; args is "" without any), or without such a function its
 * DllMain(module, DLL_PROCESS_ATTACH, NULL). One that cannot be loaded or refuses ends the process
 * with code 2: a program must not run believing that it is hooked. A "," in args ends them.
 * At exit, the newest first: "ringer_plugin_fini", if there is one beside ringer_plugin_init, or
 * DllMain(module, DLL_PROCESS_DETACH, not NULL). DLL_THREAD_ATTACH and DLL_THREAD_DETACH never come.
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
typedef void (*ringer_plugin_fini_fn)(void);

/*
 * Loads plugins now, for tools whose processes are forked. Not from two threads at once.
 * list: as in RINGER_HOOKS; NULL is none.
 * error: out; one line that says which and why, "" when all is well. May be NULL.
 * error_nbytes: bytes at error; the line is cut to fit.
 * Returns 1; 0 when one could not be loaded or refused: those before it stay.
 * Source: [I].
 */
RINGER_API int ringer_plugins_load(const char *list, char *error, size_t error_nbytes);

/*
 * A symbol that a loaded plugin exports; the newest plugin's, when several do.
 * name: of a function or an object.
 * Returns its address; NULL when there is none.
 * Source: [I].
 */
RINGER_API void *ringer_plugin_symbol(const char *name);

/*
 * The table that plugins are given, for code that was loaded in another way.
 * Returns a table that is constant and never freed; cannot fail.
 * Source: [I].
 */
RINGER_API const struct ringer_plugin_api *ringer_plugin_api(void);

RINGER_EXTERN_C_END

#endif

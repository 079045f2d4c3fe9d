/* SPDX-License-Identifier: MIT */
/* Modules and their exports. */
#ifndef _APISETLIBLOADER_
#define _APISETLIBLOADER_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

#define GET_MODULE_HANDLE_EX_FLAG_PIN 0x00000001
#define GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT 0x00000002
#define GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS 0x00000004
#define LOAD_LIBRARY_SEARCH_APPLICATION_DIR 0x00000200
#define LOAD_LIBRARY_SEARCH_SYSTEM32 0x00000800
#define LOAD_LIBRARY_SEARCH_DEFAULT_DIRS 0x00001000
#define LOAD_WITH_ALTERED_SEARCH_PATH 0x00000008

/*
 * GetModuleHandleA, GetModuleHandleW: a module that is loaded. Windows' names that Ringer provides
 *   (kernel32, ntdll, api-ms-win-core-…) are always there.
 * lpModuleName: its name, with or without ".dll", or the path that LoadLibrary was given; in UTF-8
 *   for GetModuleHandleA. NULL is the program.
 * Returns the module, without a reference; or NULL and the last error ERROR_MOD_NOT_FOUND.
 * Source: [D] GetModuleHandleW; [I].
 */
WINBASEAPI HMODULE WINAPI GetModuleHandleA(LPCSTR lpModuleName);
WINBASEAPI HMODULE WINAPI GetModuleHandleW(LPCWSTR lpModuleName);

/*
 * GetModuleHandleExA, GetModuleHandleExW: the same, with a reference unless told not to.
 * dwFlags: GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT takes none;
 *   GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS takes an address for the name, and no reference;
 *   GET_MODULE_HANDLE_EX_FLAG_PIN is ignored.
 * lpModuleName: as for GetModuleHandle, or an address in the module.
 * phModule: out; NULL when there is none.
 * Returns TRUE; or FALSE and the last error ERROR_MOD_NOT_FOUND, or ERROR_INVALID_PARAMETER for
 *   NULL.
 * Source: [D] GetModuleHandleExW; [I].
 */
WINBASEAPI BOOL WINAPI GetModuleHandleExA(DWORD dwFlags, LPCSTR lpModuleName, HMODULE *phModule);
WINBASEAPI BOOL WINAPI GetModuleHandleExW(DWORD dwFlags, LPCWSTR lpModuleName, HMODULE *phModule);

/*
 * GetModuleFileNameA, GetModuleFileNameW: the file of a module: C:\Windows\System32\name for
 *   Ringer's own, the path as loaded, or on Linux, for others and for the program.
 * hModule: the module; NULL is the program.
 * lpFilename: out.
 * nSize: characters, for GetModuleFileNameA bytes, of lpFilename.
 * Returns the length without the terminator; nSize and the last error ERROR_INSUFFICIENT_BUFFER
 *   when it was cut; 0 and ERROR_MOD_NOT_FOUND.
 * Source: [D] GetModuleFileNameW; [I].
 */
WINBASEAPI DWORD WINAPI GetModuleFileNameA(HMODULE hModule, LPSTR lpFilename, DWORD nSize);
WINBASEAPI DWORD WINAPI GetModuleFileNameW(HMODULE hModule, LPWSTR lpFilename, DWORD nSize);

/*
 * LoadLibraryA, LoadLibraryW: loads a module: one of Windows' names that Ringer provides, or a
 *   shared object, with dlopen.
 * lpLibFileName: the name, or a path on Linux, in UTF-8 for LoadLibraryA.
 * Returns the module, with a reference for FreeLibrary; or NULL and the last error
 *   ERROR_MOD_NOT_FOUND (the debug log has dlopen's words), ERROR_INVALID_PARAMETER for none,
 *   ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] LoadLibraryW; [I].
 */
WINBASEAPI HMODULE WINAPI LoadLibraryA(LPCSTR lpLibFileName);
WINBASEAPI HMODULE WINAPI LoadLibraryW(LPCWSTR lpLibFileName);

/*
 * LoadLibraryExA, LoadLibraryExW: the same.
 * lpLibFileName: the name, or a path on Linux.
 * hFile: NULL; others are ERROR_INVALID_PARAMETER.
 * dwFlags: LOAD_*; ignored.
 * Returns the module, with a reference for FreeLibrary; or NULL and the last error
 *   ERROR_MOD_NOT_FOUND, ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] LoadLibraryExW; [I].
 */
WINBASEAPI HMODULE WINAPI LoadLibraryExA(LPCSTR lpLibFileName, HANDLE hFile, DWORD dwFlags);
WINBASEAPI HMODULE WINAPI LoadLibraryExW(LPCWSTR lpLibFileName, HANDLE hFile, DWORD dwFlags);

/*
 * Gives a reference back; the last one unloads a shared object. Ringer's own modules and the
 * program stay.
 * hLibModule: the module.
 * Returns TRUE; or FALSE and the last error ERROR_MOD_NOT_FOUND.
 * Source: [D] FreeLibrary.
 */
WINBASEAPI BOOL WINAPI FreeLibrary(HMODULE hLibModule);

/*
 * A function of a module: for Ringer's own the exported one, which goes through its slot.
 * hModule: the module; NULL looks in the program and all that it is linked with.
 * lpProcName: the name. Ordinals, numbers below 65536, are not found.
 * Returns the function; or NULL and the last error ERROR_PROC_NOT_FOUND or ERROR_MOD_NOT_FOUND.
 * Source: [D] GetProcAddress; [I].
 */
WINBASEAPI FARPROC WINAPI GetProcAddress(HMODULE hModule, LPCSTR lpProcName);

/*
 * Accepted: nobody is told of threads anyway.
 * hLibModule: any but NULL.
 * Returns TRUE; or FALSE and the last error ERROR_MOD_NOT_FOUND.
 * Source: [D] DisableThreadLibraryCalls; [I].
 */
WINBASEAPI BOOL WINAPI DisableThreadLibraryCalls(HMODULE hLibModule);

/*
 * A plugin's own, if it has one; ringer.h says when it is called. Declared so that the loader finds it:
 * visible under any -fvisibility, and by C's name in C++.
 */
RINGER_API BOOL WINAPI DllMain(HINSTANCE hinstDLL, DWORD fdwReason, LPVOID lpvReserved);
#ifdef UNICODE
#define GetModuleHandle GetModuleHandleW
#define GetModuleHandleEx GetModuleHandleExW
#define GetModuleFileName GetModuleFileNameW
#define LoadLibrary LoadLibraryW
#define LoadLibraryEx LoadLibraryExW
#else
#define GetModuleHandle GetModuleHandleA
#define GetModuleHandleEx GetModuleHandleExA
#define GetModuleFileName GetModuleFileNameA
#define LoadLibrary LoadLibraryA
#define LoadLibraryEx LoadLibraryExA
#endif

RINGER_EXTERN_C_END

#endif

/* SPDX-License-Identifier: MIT */
/* Standard handles, the current directory, the environment. */
#ifndef _PROCESSENV_
#define _PROCESSENV_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

#define STD_INPUT_HANDLE ((DWORD)-10)
#define STD_OUTPUT_HANDLE ((DWORD)-11)
#define STD_ERROR_HANDLE ((DWORD)-12)

/*
 * A handle of standard input, output or error, made of a duplicate of its descriptor on first use;
 * the same one from then on.
 * nStdHandle: STD_INPUT_HANDLE, STD_OUTPUT_HANDLE or STD_ERROR_HANDLE.
 * Returns the handle, synchronous, which is the process's; NULL when the descriptor is closed;
 *   INVALID_HANDLE_VALUE and the last error ERROR_INVALID_HANDLE for another number.
 * Source: [D] GetStdHandle; [I].
 */
WINBASEAPI HANDLE WINAPI GetStdHandle(DWORD nStdHandle);

/*
 * GetCurrentDirectoryA, GetCurrentDirectoryW: the current directory, a name on Z:.
 * nBufferLength: characters, for GetCurrentDirectoryA bytes, of lpBuffer.
 * lpBuffer: out; may be NULL.
 * Returns the length without the terminator; when it does not fit, the size needed with it; 0 and
 *   the last error ERROR_INVALID_NAME when there is none that has a name.
 * Source: [D] GetCurrentDirectoryW; [I].
 */
WINBASEAPI DWORD WINAPI GetCurrentDirectoryA(DWORD nBufferLength, LPSTR lpBuffer);
WINBASEAPI DWORD WINAPI GetCurrentDirectoryW(DWORD nBufferLength, LPWSTR lpBuffer);

/*
 * SetCurrentDirectoryA, SetCurrentDirectoryW: changes the current directory, Linux' own of the
 *   process.
 * lpPathName: a directory, in UTF-8 for SetCurrentDirectoryA.
 * Returns TRUE; or FALSE and the last error: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND,
 *   ERROR_DIRECTORY for what is none, ERROR_INVALID_NAME, ERROR_ACCESS_DENIED,
 *   ERROR_INVALID_PARAMETER for NULL.
 * Source: [D] SetCurrentDirectoryW; [I].
 */
WINBASEAPI BOOL WINAPI SetCurrentDirectoryA(LPCSTR lpPathName);
WINBASEAPI BOOL WINAPI SetCurrentDirectoryW(LPCWSTR lpPathName);

/*
 * GetEnvironmentVariableA, GetEnvironmentVariableW: a variable of the environment, Linux' own,
 *   whose names are of one case.
 * lpName: the name, in UTF-8 for GetEnvironmentVariableA.
 * lpBuffer: out; may be NULL.
 * nSize: characters, for GetEnvironmentVariableA bytes, of lpBuffer.
 * Returns the length without the terminator, with the last error ERROR_SUCCESS; when it does not
 *   fit, the size needed with it; 0 and ERROR_ENVVAR_NOT_FOUND.
 * Source: [D] GetEnvironmentVariableW; [I].
 */
WINBASEAPI DWORD WINAPI GetEnvironmentVariableA(LPCSTR lpName, LPSTR lpBuffer, DWORD nSize);
WINBASEAPI DWORD WINAPI GetEnvironmentVariableW(LPCWSTR lpName, LPWSTR lpBuffer, DWORD nSize);

/*
 * SetEnvironmentVariableA, SetEnvironmentVariableW: sets or removes a variable of the environment.
 * lpName: the name, without "=".
 * lpValue: the value; NULL removes the variable.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_PARAMETER for the name,
 *   ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] SetEnvironmentVariableW.
 */
WINBASEAPI BOOL WINAPI SetEnvironmentVariableA(LPCSTR lpName, LPCSTR lpValue);
WINBASEAPI BOOL WINAPI SetEnvironmentVariableW(LPCWSTR lpName, LPCWSTR lpValue);
#ifdef UNICODE
#define GetCurrentDirectory GetCurrentDirectoryW
#define SetCurrentDirectory SetCurrentDirectoryW
#define GetEnvironmentVariable GetEnvironmentVariableW
#define SetEnvironmentVariable SetEnvironmentVariableW
#else
#define GetCurrentDirectory GetCurrentDirectoryA
#define SetCurrentDirectory SetCurrentDirectoryA
#define GetEnvironmentVariable GetEnvironmentVariableA
#define SetEnvironmentVariable SetEnvironmentVariableA
#endif

RINGER_EXTERN_C_END

#endif

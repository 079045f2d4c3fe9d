/* SPDX-License-Identifier: MIT */
/* This process: its number, end, environment, standard handles and machine. */
#include "api/kernelbase/kernelbase.h"

#include "api/ntdll/thread.h"
#include "emu/base/lock.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/sysinfo.h>
#include <unistd.h>

HANDLE WINAPI kb_GetCurrentProcess(void)
{
    return (HANDLE)(LONG_PTR)-1;
}

DWORD WINAPI kb_GetCurrentProcessId(void)
{
    return (DWORD)getpid();
}

/* exit(), not _exit(): a C program's atexit functions run here as a DLL's detach does there. */
void WINAPI kb_ExitProcess(UINT uExitCode)
{
    exit((int)uExitCode);
}

BOOL WINAPI kb_TerminateProcess(HANDLE hProcess, UINT uExitCode)
{
    if (hProcess != kb_GetCurrentProcess())
        return kb_fail(ERROR_INVALID_HANDLE);
    _exit((int)uExitCode);
}

BOOL WINAPI kb_GetExitCodeProcess(HANDLE hProcess, LPDWORD lpExitCode)
{
    if (hProcess != kb_GetCurrentProcess())
        return kb_fail(ERROR_INVALID_HANDLE);
    *lpExitCode = STILL_ACTIVE;
    return TRUE;
}

/* A standard handle is made of a duplicate of the descriptor on first use, and then stays. */
HANDLE WINAPI kb_GetStdHandle(DWORD nStdHandle)
{
    static struct emu_lock lock = EMU_LOCK_INIT;
    static HANDLE handles[3];
    unsigned fd = (DWORD)-10 - nStdHandle;
    HANDLE handle;
    int copy;

    if (fd > 2) {
        kb_fail(ERROR_INVALID_HANDLE);
        return INVALID_HANDLE_VALUE;
    }
    emu_lock_acquire(&lock);
    handle = handles[fd];
    if (!handle) {
        copy = fcntl((int)fd, F_DUPFD_CLOEXEC, 3);
        if (copy >= 0) {
            NTSTATUS status = nt_adopt_fd(&handle, copy,
                                          (fd == 0 ? FILE_GENERIC_READ : FILE_GENERIC_WRITE),
                                          FILE_SYNCHRONOUS_IO_NONALERT);

            if (status < 0) {
                close(copy);
                kb_set_status(status);
                handle = INVALID_HANDLE_VALUE;
            } else {
                handles[fd] = handle;
            }
        }
    }
    emu_lock_release(&lock);
    return handle; /* [D] NULL: the process has no such handle */
}

DWORD WINAPI kb_GetEnvironmentVariableA(LPCSTR lpName, LPSTR lpBuffer, DWORD nSize)
{
    const char *value = lpName ? getenv(lpName) : NULL;
    size_t length;

    if (!value)
        return kb_fail(ERROR_ENVVAR_NOT_FOUND);
    length = strlen(value);
    if (!lpBuffer || length + 1 > nSize)
        return (DWORD)length + 1;
    memcpy(lpBuffer, value, length + 1);
    kb_SetLastError(ERROR_SUCCESS); /* an empty value returns 0 as well */
    return (DWORD)length;
}

static char *narrow(const WCHAR *wide)
{
    int nbytes = kb_WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, NULL, 0, NULL, NULL);
    char *text = nbytes ? malloc((size_t)nbytes) : NULL;

    if (text)
        kb_WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, nbytes, NULL, NULL);
    return text;
}

DWORD WINAPI kb_GetEnvironmentVariableW(LPCWSTR lpName, LPWSTR lpBuffer, DWORD nSize)
{
    char *name = narrow(lpName);
    const char *value = name ? getenv(name) : NULL;
    WCHAR *wide = value ? kb_wide(value) : NULL;
    size_t length;
    DWORD result;

    free(name);
    if (!value)
        return kb_fail(ERROR_ENVVAR_NOT_FOUND);
    if (!wide)
        return 0;
    length = kb_length(wide);
    result = (DWORD)length + 1;
    if (lpBuffer && length + 1 <= nSize) {
        memcpy(lpBuffer, wide, (length + 1) * sizeof *wide);
        result = (DWORD)length;
        kb_SetLastError(ERROR_SUCCESS);
    }
    free(wide);
    return result;
}

/* [D] A NULL value removes the variable. */
BOOL WINAPI kb_SetEnvironmentVariableA(LPCSTR lpName, LPCSTR lpValue)
{
    if (!lpName || !*lpName || strchr(lpName, '='))
        return kb_fail(ERROR_INVALID_PARAMETER);
    if ((lpValue ? setenv(lpName, lpValue, 1) : unsetenv(lpName)) != 0)
        return kb_fail(ERROR_NOT_ENOUGH_MEMORY);
    return TRUE;
}

BOOL WINAPI kb_SetEnvironmentVariableW(LPCWSTR lpName, LPCWSTR lpValue)
{
    char *name = narrow(lpName), *value = lpValue ? narrow(lpValue) : NULL;
    BOOL ok = name && (value || !lpValue) ? kb_SetEnvironmentVariableA(name, value)
                                          : kb_fail(ERROR_INVALID_PARAMETER);

    free(value);
    free(name);
    return ok;
}

/* Arguments with blanks are quoted; made once. */
LPSTR WINAPI kb_GetCommandLineA(void)
{
    static struct emu_lock lock = EMU_LOCK_INIT;
    static char *line;
    FILE *source, *sink;
    char *text = NULL;
    size_t nbytes = 0;
    bool first = true;
    char *argument = NULL;
    size_t capacity = 0;

    emu_lock_acquire(&lock);
    source = line ? NULL : fopen("/proc/self/cmdline", "re");
    sink = source ? open_memstream(&text, &nbytes) : NULL;
    if (sink) {
        while (getdelim(&argument, &capacity, 0, source) > 0) {
            bool quote = !*argument || strpbrk(argument, " \t");

            fprintf(sink, quote ? "%s\"%s\"" : "%s%s", first ? "" : " ", argument);
            first = false;
        }
        free(argument);
        fclose(sink);
        line = text;
    }
    if (source)
        fclose(source);
    emu_lock_release(&lock);
    return line;
}

LPWSTR WINAPI kb_GetCommandLineW(void)
{
    static struct emu_lock lock = EMU_LOCK_INIT;
    static WCHAR *line;
    const char *text = kb_GetCommandLineA();

    emu_lock_acquire(&lock);
    if (!line && text)
        line = kb_wide(text);
    emu_lock_release(&lock);
    return line;
}

void WINAPI kb_GetSystemInfo(LPSYSTEM_INFO lpSystemInfo)
{
    int processors = get_nprocs();

    *lpSystemInfo = (SYSTEM_INFO){
#if defined(__aarch64__)
        .wProcessorArchitecture = PROCESSOR_ARCHITECTURE_ARM64,
#else
        .wProcessorArchitecture = PROCESSOR_ARCHITECTURE_AMD64,
#endif
        .dwPageSize = 4096,
        .lpMinimumApplicationAddress = (LPVOID)0x10000,
        .lpMaximumApplicationAddress = (LPVOID)0x7FFFFFFEFFFF,
        .dwActiveProcessorMask =
            processors >= 64 ? ~(DWORD_PTR)0 : ((DWORD_PTR)1 << processors) - 1,
        .dwNumberOfProcessors = (DWORD)processors,
        .dwAllocationGranularity = 0x10000,
    };
}

void WINAPI kb_GetNativeSystemInfo(LPSYSTEM_INFO lpSystemInfo)
{
    kb_GetSystemInfo(lpSystemInfo);
}

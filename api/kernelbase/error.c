/* SPDX-License-Identifier: MIT */
/* The last error, its messages, and what the debugger is told. */
#include "api/kernelbase/kernelbase.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Initial-exec: one instruction from the thread pointer, and libringer is never loaded late in bulk. */
static __thread DWORD last_error __attribute__((tls_model("initial-exec")));
static _Atomic UINT error_mode;

DWORD WINAPI kb_GetLastError(void)
{
    return last_error;
}

void WINAPI kb_SetLastError(DWORD dwErrCode)
{
    last_error = dwErrCode;
}

UINT WINAPI kb_SetErrorMode(UINT uMode)
{
    return atomic_exchange(&error_mode, uMode);
}

BOOL kb_set_status(NTSTATUS status)
{
    last_error = RtlNtStatusToDosError(status);
    return FALSE;
}

BOOL kb_done(NTSTATUS status)
{
    return status >= 0 ? TRUE : kb_set_status(status);
}

BOOL kb_fail(DWORD error)
{
    last_error = error;
    return FALSE;
}

/* Texts of the codes that programs of files and rings meet; our words. */
static const struct {
    DWORD error;
    const char *text;
} messages[] = {
    {ERROR_SUCCESS, "Success."},
    {ERROR_INVALID_FUNCTION, "The object does not do that."},
    {ERROR_FILE_NOT_FOUND, "There is no such file."},
    {ERROR_PATH_NOT_FOUND, "There is no such directory."},
    {ERROR_ACCESS_DENIED, "The access is not allowed."},
    {ERROR_INVALID_HANDLE, "The handle is not valid."},
    {ERROR_NOT_ENOUGH_MEMORY, "There is not enough memory."},
    {ERROR_SHARING_VIOLATION, "The file is open elsewhere in a way that excludes this."},
    {ERROR_HANDLE_EOF, "The end of the file was reached."},
    {ERROR_NOT_SUPPORTED, "The request is not supported."},
    {ERROR_FILE_EXISTS, "The file exists."},
    {ERROR_INVALID_PARAMETER, "A parameter is wrong."},
    {ERROR_BROKEN_PIPE, "The other end of the pipe is closed."},
    {ERROR_DISK_FULL, "There is no room on the disk."},
    {ERROR_CALL_NOT_IMPLEMENTED, "The function is not implemented."},
    {ERROR_INSUFFICIENT_BUFFER, "The buffer is too small."},
    {ERROR_INVALID_NAME, "The name is not valid."},
    {ERROR_MOD_NOT_FOUND, "There is no such module."},
    {ERROR_PROC_NOT_FOUND, "The module has no such function."},
    {ERROR_ALREADY_EXISTS, "The object exists already."},
    {ERROR_PIPE_BUSY, "Every instance of the pipe is in use."},
    {ERROR_NO_DATA, "The pipe is being closed."},
    {ERROR_PIPE_NOT_CONNECTED, "Nothing is connected to the pipe."},
    {ERROR_MORE_DATA, "There is more data."},
    {WAIT_TIMEOUT, "The wait ran out of time."},
    {ERROR_PIPE_CONNECTED, "The pipe has a client already."},
    {ERROR_OPERATION_ABORTED, "The operation was cancelled."},
    {ERROR_IO_INCOMPLETE, "The operation has not finished."},
    {ERROR_IO_PENDING, "The operation goes on in the background."},
    {ERROR_NOACCESS, "The memory cannot be accessed."},
    {ERROR_NOT_FOUND, "The element was not found."},
};

/* FORMAT_MESSAGE_FROM_SYSTEM without inserts; what else there is answers ERROR_NOT_SUPPORTED. */
static const char *message_text(DWORD flags, DWORD id)
{
    if (!(flags & FORMAT_MESSAGE_FROM_SYSTEM) ||
        flags & (FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_FROM_HMODULE)) {
        EMU_FIXME("process/format_message", "FormatMessage from a string or a module");
        kb_fail(ERROR_NOT_SUPPORTED);
        return NULL;
    }
    if ((id & 0xFFFF0000u) == 0x80070000u)
        id &= 0xFFFFu;
    for (size_t i = 0; i < ARRAYSIZE(messages); i++) {
        if (messages[i].error == id)
            return messages[i].text;
    }
    kb_fail(ERROR_MR_MID_NOT_FOUND);
    return NULL;
}

DWORD WINAPI kb_FormatMessageA(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId,
                               DWORD dwLanguageId, LPSTR lpBuffer, DWORD nSize, va_list *Arguments)
{
    const char *text = message_text(dwFlags, dwMessageId);
    size_t length;

    if (!text)
        return 0;
    if (!lpBuffer)
        return kb_fail(ERROR_INVALID_PARAMETER);
    length = strlen(text);
    if (dwFlags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
        /* [D] nSize is then the least to allocate, and lpBuffer the address of a pointer. */
        char *copy = kb_LocalAlloc(0, length + 3 > nSize ? length + 3 : nSize);

        *(char **)(void *)lpBuffer = copy;
        if (!copy)
            return kb_fail(ERROR_NOT_ENOUGH_MEMORY);
        lpBuffer = copy;
    } else if (nSize < length + 3) {
        return kb_fail(ERROR_INSUFFICIENT_BUFFER);
    }
    memcpy(lpBuffer, text, length);
    memcpy(lpBuffer + length, "\r\n", 3);
    return (DWORD)length + 2;
}

DWORD WINAPI kb_FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId,
                               DWORD dwLanguageId, LPWSTR lpBuffer, DWORD nSize, va_list *Arguments)
{
    const char *text = message_text(dwFlags, dwMessageId);
    size_t length;

    if (!text)
        return 0;
    if (!lpBuffer)
        return kb_fail(ERROR_INVALID_PARAMETER);
    length = strlen(text);
    if (dwFlags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
        WCHAR *copy = kb_LocalAlloc(0, (length + 3 > nSize ? length + 3 : nSize) * sizeof *copy);

        *(WCHAR **)(void *)lpBuffer = copy;
        if (!copy)
            return kb_fail(ERROR_NOT_ENOUGH_MEMORY);
        lpBuffer = copy;
    } else if (nSize < length + 3) {
        return kb_fail(ERROR_INSUFFICIENT_BUFFER);
    }
    for (size_t i = 0; i < length; i++)
        lpBuffer[i] = (unsigned char)text[i];
    lpBuffer[length] = u'\r';
    lpBuffer[length + 1] = u'\n';
    lpBuffer[length + 2] = 0;
    return (DWORD)length + 2;
}

BOOL WINAPI kb_IsDebuggerPresent(void)
{
    char line[256];
    FILE *status = fopen("/proc/self/status", "re");
    int tracer = 0;

    if (!status)
        return FALSE;
    while (fgets(line, sizeof line, status)) {
        if (sscanf(line, "TracerPid: %d", &tracer) == 1)
            break;
    }
    fclose(status);
    return tracer != 0;
}

void WINAPI kb_DebugBreak(void)
{
    __builtin_trap();
}

/* Lines end with their own newline, as they do for a debugger; the log has one already. */
static void log_text(const char *text)
{
    size_t length = strlen(text);

    if (length && text[length - 1] == '\n')
        length--;
    if (length && text[length - 1] == '\r')
        length--;
    emu_log(EMU_LOG_DEBUG, "%.*s", length > INT_MAX ? INT_MAX : (int)length, text);
}

void WINAPI kb_OutputDebugStringA(LPCSTR lpOutputString)
{
    if (lpOutputString)
        log_text(lpOutputString);
}

void WINAPI kb_OutputDebugStringW(LPCWSTR lpOutputString)
{
    char text[1024];

    if (lpOutputString &&
        kb_WideCharToMultiByte(CP_UTF8, 0, lpOutputString, -1, text, sizeof text, NULL, NULL))
        log_text(text);
}

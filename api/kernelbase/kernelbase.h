/* SPDX-License-Identifier: MIT */
/* What the files of kernelbase share: the last error, and names and times in the form ntdll takes. */
#ifndef KB_KERNELBASE_H
#define KB_KERNELBASE_H

#include "api/dispatch/implementations.h"
#include "emu/base/log.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The only way an NTSTATUS becomes a last error. Returns FALSE, so that it can be returned. */
BOOL kb_set_status(NTSTATUS status);
/* For a service whose success is all there is to say: TRUE, or FALSE and the last error. */
BOOL kb_done(NTSTATUS status);
/* Sets the last error and returns FALSE. */
BOOL kb_fail(DWORD error);

/*
 * UTF-8 to UTF-16, strictly; the caller frees with free(). NULL: last error set
 * (ERROR_NO_UNICODE_TRANSLATION, ERROR_NOT_ENOUGH_MEMORY, ERROR_INVALID_PARAMETER for NULL).
 */
WCHAR *kb_wide(const char *utf8);

/* Milliseconds as ntdll's time-out: *space filled and returned, or NULL for INFINITE. */
LARGE_INTEGER *kb_timeout(DWORD milliseconds, LARGE_INTEGER *space);

/*
 * ntdll's attributes for a Win32 file name. On success the caller frees name with
 * RtlFreeUnicodeString. inherit comes from security.
 */
NTSTATUS kb_file_attributes(const WCHAR *file, const SECURITY_ATTRIBUTES *security,
                            UNICODE_STRING *name, OBJECT_ATTRIBUTES *attributes);

/* Opens a file or directory for deletion or a new name, synchronously; the caller closes with NtClose. */
NTSTATUS kb_open_to_change(const WCHAR *file, ULONG options, HANDLE *handle_out);

/* Gives an open file a new name, as ntdll has it; flags: FILE_RENAME_*, without extended the first only. */
NTSTATUS kb_rename(HANDLE file, HANDLE root, const WCHAR *name, size_t name_nbytes, DWORD flags,
                   bool extended);

/*
 * What ReadFile's family hands to ntdll for an OVERLAPPED: its event without the low bit, and its
 * address as the port packet's context unless that bit is set. [D] GetQueuedCompletionStatus
 */
static inline HANDLE kb_overlapped_event(const OVERLAPPED *overlapped)
{
    return (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1);
}

static inline void *kb_overlapped_context(OVERLAPPED *overlapped)
{
    return (ULONG_PTR)overlapped->hEvent & 1 ? NULL : overlapped;
}

#define KB_LENGTH_OF(string) kb_length((string))
static inline size_t kb_length(const WCHAR *string)
{
    size_t length = 0;

    while (string[length])
        length++;
    return length;
}

#endif

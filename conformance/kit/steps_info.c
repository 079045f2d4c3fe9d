/* SPDX-License-Identifier: MIT */
/* Steps that ask what a file is, what a directory holds, and that read with a routine to be called. */
#include "conformance/kit/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t joined(DWORD high, DWORD low)
{
    return (uint64_t)high << 32 | low;
}

/* What a virtual file may have otherwise than a real one: it is only read, and nobody backs it up. */
#define ITS_OWN (FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_NORMAL)

/* Every way to ask a handle for its size and kind, in one record. */
bool cf_step_fileinfo(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *file = cf_symbol_find(thread, step->args[0]);
    BY_HANDLE_FILE_INFORMATION info;
    FILE_STANDARD_INFO standard;
    FILE_BASIC_INFO basic;
    LARGE_INTEGER size;
    DWORD low, high = 0, error;
    struct cf_call call;
    BOOL good;

    memset(&info, 0, sizeof info);
    memset(&standard, 0, sizeof standard);
    memset(&basic, 0, sizeof basic);
    size.QuadPart = -1;
    cf_call_begin(&call, thread, step, "GetFileInformationByHandle");
    cf_trace_in_sym(&call.trace, "file", file->name);
    cf_call_start(&call);
    good = GetFileInformationByHandle(file->handle, &info);
    error = GetLastError();
    cf_call_stop(&call);
    GetFileSizeEx(file->handle, &size);
    low = GetFileSize(file->handle, &high);
    GetFileInformationByHandleEx(file->handle, FileStandardInfo, &standard, sizeof standard);
    GetFileInformationByHandleEx(file->handle, FileBasicInfo, &basic, sizeof basic);
    cf_out(&call, "info", joined(info.nFileSizeHigh, info.nFileSizeLow));
    cf_out(&call, "sizeex", (uint64_t)size.QuadPart);
    cf_out(&call, "size", joined(high, low));
    cf_out(&call, "standard", (uint64_t)standard.EndOfFile.QuadPart);
    cf_out(&call, "directory", standard.Directory);
    cf_out(&call, "links", info.nNumberOfLinks);
    cf_out(&call, "attributes", info.dwFileAttributes & ~ITS_OWN);
    cf_out(&call, "basic", basic.FileAttributes & ~ITS_OWN);
    cf_out(&call, "type", GetFileType(file->handle));
    return cf_call_end_ret(&call, good != 0, error, good, NULL);
}

/* The same of a path, without a handle. */
bool cf_step_pathinfo(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *data = cf_symbol_find(thread, step->args[0]);
    WIN32_FILE_ATTRIBUTE_DATA info;
    struct cf_call call;
    DWORD error;
    BOOL good;

    memset(&info, 0, sizeof info);
    cf_call_begin(&call, thread, step, "GetFileAttributesExW");
    cf_trace_in_sym(&call.trace, "data", data->name);
    cf_call_start(&call);
    good = GetFileAttributesExW(data->path, GetFileExInfoStandard, &info);
    error = GetLastError();
    cf_call_stop(&call);
    cf_out(&call, "size", joined(info.nFileSizeHigh, info.nFileSizeLow));
    cf_out(&call, "attributes", info.dwFileAttributes & ~ITS_OWN);
    cf_out(&call, "plain", GetFileAttributesW(data->path) & ~ITS_OWN);
    return cf_call_end_ret(&call, good != 0, error, good, NULL);
}

/* Does the path that the system gives for a handle end in the name that it was opened by? */
bool cf_step_finalpath(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *file = cf_symbol_find(thread, step->args[0]);
    struct cf_symbol *data = cf_symbol_find(thread, step->args[1]);
    WCHAR path[1024];
    DWORD nchars, error;
    char narrow[2048] = "", name[64];
    size_t length, tail;
    struct cf_call call;

    cf_call_begin(&call, thread, step, "GetFinalPathNameByHandleW");
    cf_trace_in_sym(&call.trace, "file", file->name);
    cf_call_start(&call);
    nchars = GetFinalPathNameByHandleW(file->handle, path, 1024, FILE_NAME_NORMALIZED);
    error = GetLastError();
    cf_call_stop(&call);
    if (nchars && nchars < 1024) {
        WideCharToMultiByte(CP_UTF8, 0, path, -1, narrow, sizeof narrow, NULL, NULL);
    }
    snprintf(name, sizeof name, "\\%s.bin", data->name);
    length = strlen(narrow);
    tail = strlen(name);
    cf_out(&call, "same", length > tail && !strcmp(narrow + length - tail, name));
    return cf_call_end_ret(&call, nchars != 0, error, nchars != 0, NULL);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

#define MOST_NAMES 256

/* The names in the run's directory that fit a pattern, in order of the alphabet. */
bool cf_step_list(struct cf_thread *thread, const struct cf_step *step)
{
    const char *pattern = step->arg_count ? step->args[0] : "*";
    char path[600], narrow[600], *names[MOST_NAMES], text[2048] = "";
    WCHAR wide[600];
    WIN32_FIND_DATAW found;
    struct cf_call call;
    HANDLE search;
    DWORD error;
    size_t count = 0, nchars = 0;

    snprintf(path, sizeof path, "%s/%s", thread->run->options->dir, pattern);
    MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 600);
    cf_call_begin(&call, thread, step, "FindFirstFileW");
    cf_trace_in_str(&call.trace, "pattern", pattern);
    cf_call_start(&call);
    search = FindFirstFileW(wide, &found);
    error = GetLastError();
    cf_call_stop(&call);
    for (BOOL more = search != INVALID_HANDLE_VALUE; more && count < MOST_NAMES;
         more = FindNextFileW(search, &found)) {
        WideCharToMultiByte(CP_UTF8, 0, found.cFileName, -1, narrow, sizeof narrow, NULL, NULL);
        if (strcmp(narrow, ".") && strcmp(narrow, "..")) {
            names[count++] = cf_xstrdup(narrow);
        }
    }
    if (search != INVALID_HANDLE_VALUE) {
        FindClose(search);
    }
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++) {
        nchars += (size_t)snprintf(text + nchars, nchars < sizeof text ? sizeof text - nchars : 0,
                                   "%s%s", i ? " " : "", names[i]);
        nchars = nchars < sizeof text ? nchars : sizeof text - 1;
        free(names[i]);
    }
    cf_out(&call, "count", count);
    cf_trace_out_str(&call.trace, "names", text);
    return cf_call_end_ret(&call, search != INVALID_HANDLE_VALUE, error,
                           search != INVALID_HANDLE_VALUE, NULL);
}

/* What the routines of ReadFileEx said since it was last asked; of the calling thread. */
static _Thread_local struct {
    uint64_t count, nbytes, error;
} routines;

static void WINAPI routine(DWORD error, DWORD nbytes, OVERLAPPED *overlapped)
{
    (void)overlapped;
    routines.count++;
    routines.nbytes += nbytes;
    routines.error = error;
}

bool cf_step_readex(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *file = cf_symbol_find(thread, step->args[0]);
    OVERLAPPED *overlapped = cf_keep(thread, sizeof *overlapped);
    uint64_t at = cf_option_number(thread, step, "at", 0);
    uint32_t nbytes = (uint32_t)cf_option_number(thread, step, "len", 0);
    struct cf_buffer_arg buffer;
    struct cf_call call;
    DWORD error;
    BOOL good;

    cf_buffer_argument(thread, step->args[1], &buffer);
    overlapped->Offset = (DWORD)at;
    overlapped->OffsetHigh = (DWORD)(at >> 32);
    cf_call_begin(&call, thread, step, "ReadFileEx");
    cf_trace_in_sym(&call.trace, "file", file->name);
    cf_call_buffer(&call, &buffer);
    cf_trace_in_u64(&call.trace, "len", nbytes);
    cf_trace_in_u64(&call.trace, "off", at);
    cf_call_start(&call);
    good = ReadFileEx(file->handle, buffer.address, nbytes, overlapped, routine);
    error = GetLastError();
    cf_call_stop(&call);
    return cf_call_end_ret(&call, good != 0, error, good, NULL);
}

/* Alertable: what has completed calls its routine now. */
bool cf_step_sleepex(struct cf_thread *thread, const struct cf_step *step)
{
    DWORD ms = (DWORD)cf_option_number(thread, step, "ms", 0), ret;
    struct cf_call call;

    cf_call_begin(&call, thread, step, "SleepEx");
    cf_trace_in_u64(&call.trace, "ms", ms);
    cf_call_start(&call);
    ret = SleepEx(ms, TRUE);
    cf_call_stop(&call);
    cf_out(&call, "routines", routines.count);
    cf_out(&call, "bytes", routines.nbytes);
    cf_out(&call, "error", routines.error);
    memset(&routines, 0, sizeof routines);
    return cf_call_end_ret(&call, ret, 0, true, NULL);
}

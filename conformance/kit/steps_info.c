/* SPDX-License-Identifier: MIT */
/* Steps that ask what a file is, what a directory holds, and that read with a routine to be called. */
#include "conformance/kit/facts.h"
#include "conformance/kit/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(struct cf_call *call, const struct cf_fact *facts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cf_out(call, facts[i].name, facts[i].value);
}

/* Every way to ask a handle for its size and kind, in one record. */
bool cf_step_fileinfo(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *file = cf_symbol_find(thread, step->args[0]);
    struct cf_fact facts[CF_FILE_FACTS];
    struct cf_call call;
    DWORD error;
    bool good;

    cf_call_begin(&call, thread, step, "GetFileInformationByHandle");
    cf_trace_in_sym(&call.trace, "file", file->name);
    cf_call_start(&call);
    good = cf_file_facts(file->handle, facts);
    error = GetLastError();
    cf_call_stop(&call);
    show(&call, facts, CF_FILE_FACTS);
    return cf_call_end_ret(&call, good, error, good, NULL);
}

/* The same of a path, without a handle. */
bool cf_step_pathinfo(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *data = cf_symbol_find(thread, step->args[0]);
    struct cf_fact facts[CF_PATH_FACTS];
    struct cf_call call;
    DWORD error;
    bool good;

    cf_call_begin(&call, thread, step, "GetFileAttributesExW");
    cf_trace_in_sym(&call.trace, "data", data->name);
    cf_call_start(&call);
    good = cf_path_facts(data->path, facts);
    error = GetLastError();
    cf_call_stop(&call);
    show(&call, facts, CF_PATH_FACTS);
    return cf_call_end_ret(&call, good, error, good, NULL);
}

/* Does the path that the system gives for a handle end in the name that it was opened by? */
bool cf_step_finalpath(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *file = cf_symbol_find(thread, step->args[0]);
    struct cf_symbol *data = cf_symbol_find(thread, step->args[1]);
    struct cf_call call;
    char name[64];
    DWORD error;
    bool good, same;

    snprintf(name, sizeof name, "%s.bin", data->name);
    cf_call_begin(&call, thread, step, "GetFinalPathNameByHandleW");
    cf_trace_in_sym(&call.trace, "file", file->name);
    cf_trace_in_str(&call.trace, "name", name);
    cf_call_start(&call);
    good = cf_final_path(file->handle, name, &same);
    error = GetLastError();
    cf_call_stop(&call);
    cf_out(&call, "same", same);
    return cf_call_end_ret(&call, good, error, good, NULL);
}

/* The names in the run's directory that fit a pattern, in order of the alphabet. */
bool cf_step_list(struct cf_thread *thread, const struct cf_step *step)
{
    const char *pattern = step->arg_count ? step->args[0] : "*";
    struct cf_call call;
    size_t count;
    char text[2048];
    DWORD error;
    bool good;

    cf_call_begin(&call, thread, step, "FindFirstFileW");
    cf_trace_in_str(&call.trace, "pattern", pattern);
    cf_call_start(&call);
    good = cf_list_names(thread->run->options->dir, pattern, &count, text, sizeof text);
    error = GetLastError();
    cf_call_stop(&call);
    cf_out(&call, "count", count);
    cf_trace_out_str(&call.trace, "names", text);
    return cf_call_end_ret(&call, good, error, good, NULL);
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

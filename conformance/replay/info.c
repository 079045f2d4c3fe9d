/* SPDX-License-Identifier: MIT */
/* Questions about files and folders again, and reads with a routine to be called. */
#include "conformance/kit/facts.h"
#include "conformance/replay/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(struct rp_call *call, const struct cf_fact *facts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rp_out(call, facts[i].name, facts[i].value);
}

static void file_info(struct rp_call *call)
{
    struct cf_fact facts[CF_FILE_FACTS];
    DWORD error;
    bool good;

    rp_begin(call);
    good = cf_file_facts(rp_handle(call, "file"), facts);
    error = GetLastError();
    rp_stop(call);
    show(call, facts, CF_FILE_FACTS);
    rp_end_ret(call, good, error);
}

static void path_info(struct rp_call *call)
{
    const char *data = rp_text(call, "data");
    struct cf_fact facts[CF_PATH_FACTS];
    char name[256];
    WCHAR *path;
    DWORD error;
    bool good;

    if (!data) {
        rp_skip(call, "the trace does not say of what");
        return;
    }
    snprintf(name, sizeof(name), "$TMP/%.200s.bin", data);
    path = rp_path(call->world, name, false, 0);
    rp_begin(call);
    good = cf_path_facts(path, facts);
    error = GetLastError();
    rp_stop(call);
    free(path);
    show(call, facts, CF_PATH_FACTS);
    rp_end_ret(call, good, error);
}

static void final_path(struct rp_call *call)
{
    const char *name = rp_text(call, "name");
    DWORD error;
    bool good, same;

    if (!name) {
        rp_skip(call, "the trace does not say by which name");
        return;
    }
    rp_begin(call);
    good = cf_final_path(rp_handle(call, "file"), name, &same);
    error = GetLastError();
    rp_stop(call);
    rp_out(call, "same", same);
    rp_end_ret(call, good, error);
}

/* A pattern of a trace looks nowhere but into the replay's folder. */
static void list_names(struct rp_call *call)
{
    const char *pattern = rp_text(call, "pattern");
    char text[2048];
    size_t count;
    DWORD error;
    bool good;

    if (!pattern || strpbrk(pattern, "/\\:") || !strcmp(pattern, "..")) {
        rp_skip(call, "a pattern that leads out of the folder");
        return;
    }
    rp_begin(call);
    good = cf_list_names(call->world->options->dir, pattern, &count, text, sizeof(text));
    error = GetLastError();
    rp_stop(call);
    rp_out(call, "count", count);
    cf_trace_out_str(&call->trace, "names", text);
    rp_end_ret(call, good, error);
}

/* ---- routines ---- */

/* What the routines said since the thread last slept; each thread of a trace is one here. */
static _Thread_local struct {
    uint64_t count, nbytes, error;
} routines;

static void CALLBACK count_routine(DWORD error, DWORD nbytes, OVERLAPPED *overlapped)
{
    (void)overlapped;
    routines.count++;
    routines.nbytes += nbytes;
    routines.error = error;
}

static void read_ex(struct rp_call *call)
{
    OVERLAPPED *overlapped = rp_keep(call->world, sizeof(*overlapped));
    uint64_t offset = rp_u64(call, "off", 0);
    DWORD nbytes = (DWORD)rp_u64(call, "len", 0), error;
    BOOL good;

    overlapped->Offset = (DWORD)offset;
    overlapped->OffsetHigh = (DWORD)(offset >> 32);
    rp_begin(call);
    good = ReadFileEx(rp_handle(call, "file"),
                      rp_address(call->world, rp_text(call, "buf"), rp_u64(call, "buf_off", 0)),
                      nbytes, overlapped, count_routine);
    error = GetLastError();
    rp_stop(call);
    rp_end_ret(call, good ? 1 : 0, error);
}

static void sleep_ex(struct rp_call *call)
{
    DWORD ret;

    rp_begin(call);
    ret = SleepEx((DWORD)rp_u64(call, "ms", 0), TRUE);
    rp_stop(call);
    rp_out(call, "routines", routines.count);
    rp_out(call, "bytes", routines.nbytes);
    rp_out(call, "error", routines.error);
    memset(&routines, 0, sizeof(routines));
    rp_end_ret(call, ret, 0);
}

const struct rp_function rp_info_functions[] = {
    {"GetFileInformationByHandle", file_info},
    {"GetFileAttributesExW", path_info},
    {"GetFinalPathNameByHandleW", final_path},
    {"FindFirstFileW", list_names},
    {"ReadFileEx", read_ex},
    {"SleepEx", sleep_ex},
    {0},
};

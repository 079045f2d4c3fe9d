/* SPDX-License-Identifier: MIT */
/* What no careful program does, again: outputs that are not there, other objects, locks and APCs. */
#include "conformance/kit/endpoint.h"
#include "conformance/replay/world.h"

#include <stdatomic.h>
#include <string.h>

/* Where the output belongs there is NULL: a status, or a fault, is the answer. */
static void null_output(struct rp_call *call)
{
    const struct cf_api *api = &call->world->api;
    struct rp_object *object = rp_object(call, "ring");
    HIORING ring = object && object->kind == RP_RING ? object->ring : NULL;
    const char *what = rp_text(call, "what");
    IORING_CREATE_FLAGS flags;
    HRESULT hr;

    if (!what) {
        rp_skip(call, "the trace does not say of what");
        return;
    }
    memset(&flags, 0, sizeof(flags));
    rp_begin(call);
    hr = !strcmp(what, "create") ? api->CreateIoRing((IORING_VERSION)rp_u64(call, "ver", 0), flags, 8, 16, NULL)
         : !strcmp(what, "caps") ? api->QueryIoRingCapabilities(NULL)
         : !strcmp(what, "info") ? api->GetIoRingInfo(ring, NULL)
                                 : api->PopIoRingCompletion(ring, NULL);
    rp_stop(call);
    rp_end_hr(call, hr);
}

/* Not every system's import libraries name it, so it is looked up. */
static HANDLE create_timer(DWORD *error_out)
{
    typedef HANDLE(WINAPI * timer_fn)(SECURITY_ATTRIBUTES *, BOOL, const WCHAR *);
    HMODULE module = GetModuleHandleW(u"kernel32.dll");
    FARPROC function = module ? GetProcAddress(module, "CreateWaitableTimerW") : NULL;
    timer_fn create;
    HANDLE timer;

    memcpy(&create, &function, sizeof(create));
    timer = create ? create(NULL, TRUE, NULL) : NULL;
    *error_out = create ? GetLastError() : ERROR_CALL_NOT_IMPLEMENTED;
    return timer;
}

static void make_object(struct rp_call *call)
{
    const char *what = rp_text(call, "what");
    struct rp_object *object;
    HANDLE handle;
    DWORD error;

    if (!what) {
        rp_skip(call, "the trace does not say what");
        return;
    }
    rp_begin(call);
    if (!strcmp(what, "timer")) {
        handle = create_timer(&error);
    } else {
        handle = !strcmp(what, "semaphore") ? CreateSemaphoreW(NULL, 0, 1, NULL)
                                            : CreateMutexW(NULL, FALSE, NULL);
        error = GetLastError();
    }
    rp_stop(call);
    object = rp_made(call, "obj", RP_PORT, handle != NULL);
    if (object) {
        object->handle = handle;
        object->open = true;
    }
    rp_end_ret(call, handle != NULL, error);
}

static void lock_file(struct rp_call *call)
{
    uint64_t offset = rp_u64(call, "off", 0), nbytes = rp_u64(call, "len", 0);
    OVERLAPPED where;
    DWORD error;
    BOOL good;

    memset(&where, 0, sizeof(where));
    where.Offset = (DWORD)offset;
    where.OffsetHigh = (DWORD)(offset >> 32);
    rp_begin(call);
    good = LockFileEx(rp_handle(call, "file"), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0,
                      (DWORD)nbytes, (DWORD)(nbytes >> 32), &where);
    error = GetLastError();
    rp_stop(call);
    rp_end_ret(call, good ? 1 : 0, error);
}

static void set_modes(struct rp_call *call)
{
    DWORD error;
    BOOL good;

    rp_begin(call);
    good = SetFileCompletionNotificationModes(rp_handle(call, "file"), (UCHAR)rp_u64(call, "modes", 0));
    error = GetLastError();
    rp_stop(call);
    rp_end_ret(call, good ? 1 : 0, error);
}

static void handle_information(struct rp_call *call)
{
    DWORD flags = 0xa5a5a5a5, error;
    BOOL good;

    rp_begin(call);
    good = GetHandleInformation(rp_handle(call, "obj"), &flags);
    error = GetLastError();
    rp_stop(call);
    rp_out(call, "flags", flags);
    rp_end_ret(call, good ? 1 : 0, error);
}

static atomic_uint apcs_run;

static void CALLBACK count_apc(ULONG_PTR parameter)
{
    (void)parameter;
    atomic_fetch_add(&apcs_run, 1);
}

/* To the caller only: threads are no symbols of a trace. */
static void queue_apc(struct rp_call *call)
{
    DWORD error;
    BOOL good;

    if (rp_text(call, "thread")) {
        rp_skip(call, "a thread is no object of a replay");
        return;
    }
    rp_begin(call);
    good = QueueUserAPC(count_apc, GetCurrentThread(), 0) != 0;
    error = GetLastError();
    rp_stop(call);
    rp_end_ret(call, good ? 1 : 0, error);
}

static void count_apcs(struct rp_call *call)
{
    rp_begin(call);
    rp_out(call, "ran", atomic_load(&apcs_run));
    rp_stop(call);
    rp_end_ret(call, 1, 0);
}

static void took(struct rp_call *call, const char *key, HANDLE handle)
{
    struct rp_object *object = rp_made(call, key, RP_FILE, handle != INVALID_HANDLE_VALUE);

    if (object) {
        object->handle = handle;
        object->open = true;
    }
}

static void make_sockets(struct rp_call *call)
{
    HANDLE ends[2] = {INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE};
    const char *reason;

    rp_begin(call);
    reason = cf_sockets_make(rp_u64(call, "acceptex", 0), ends);
    rp_stop(call);
    took(call, "file", ends[0]);
    took(call, "peer", ends[1]);
    rp_end_ret(call, !reason, 0);
}

static void make_full(struct rp_call *call)
{
    HANDLE handle = INVALID_HANDLE_VALUE;
    DWORD error;

    rp_begin(call);
    cf_full_make((DWORD)rp_u64(call, "flags", 0), &handle);
    error = GetLastError();
    rp_stop(call);
    took(call, "file", handle);
    rp_end_ret(call, handle != INVALID_HANDLE_VALUE, error);
}

const struct rp_function rp_edge_functions[] = {
    {"kit.sockets", make_sockets},
    {"kit.full", make_full},
    {"kit.nullout", null_output},
    {"kit.object", make_object},
    {"kit.apcs", count_apcs},
    {"LockFileEx", lock_file},
    {"SetFileCompletionNotificationModes", set_modes},
    {"GetHandleInformation", handle_information},
    {"QueueUserAPC", queue_apc},
    {0},
};

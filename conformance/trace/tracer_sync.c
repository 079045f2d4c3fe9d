/* SPDX-License-Identifier: MIT */
/* Wrappers of events, waits and handles. */
#include "conformance/trace/tracer.h"

TRACER_REAL(CreateEventW);
TRACER_REAL(CreateEventA);
TRACER_REAL(CreateEventExW);
TRACER_REAL(SetEvent);
TRACER_REAL(ResetEvent);
TRACER_REAL(DuplicateHandle);
TRACER_REAL(CloseHandle);
TRACER_REAL(WaitForSingleObject);
TRACER_REAL(WaitForSingleObjectEx);
TRACER_REAL(WaitForMultipleObjects);
TRACER_REAL(WaitForMultipleObjectsEx);

/* A named event may be one that exists: its state is then not what the call asked for. */
static const char *introduce_event(HANDLE event, bool manual, bool named, char sym[TRACER_SYM])
{
    return tracer_introduce(event, named ? 'm' : 'e', "event", manual, sym);
}

static HANDLE trace_CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL initial, LPCWSTR name)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    HANDLE ret;

    if (!tracer_enter(&call, "CreateEventW"))
        return real_CreateEventW(security, manual, initial, name);
    cf_trace_in_u64(&call, "manual", manual != 0);
    cf_trace_in_u64(&call, "initial", initial != 0);
    ret = real_CreateEventW(security, manual, initial, name);
    cf_trace_call_stop(&call);
    cf_trace_out_sym(&call, "event", introduce_event(ret, manual != 0, name != NULL, sym));
    tracer_leave_ret(&call, ret != NULL);
    return ret;
}

static HANDLE trace_CreateEventA(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL initial, LPCSTR name)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    HANDLE ret;

    if (!tracer_enter(&call, "CreateEventA"))
        return real_CreateEventA(security, manual, initial, name);
    cf_trace_in_u64(&call, "manual", manual != 0);
    cf_trace_in_u64(&call, "initial", initial != 0);
    ret = real_CreateEventA(security, manual, initial, name);
    cf_trace_call_stop(&call);
    cf_trace_out_sym(&call, "event", introduce_event(ret, manual != 0, name != NULL, sym));
    tracer_leave_ret(&call, ret != NULL);
    return ret;
}

static HANDLE trace_CreateEventExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags, DWORD access)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    HANDLE ret;

    if (!tracer_enter(&call, "CreateEventExW"))
        return real_CreateEventExW(security, name, flags, access);
    cf_trace_in_u64(&call, "manual", (flags & CREATE_EVENT_MANUAL_RESET) != 0);
    cf_trace_in_u64(&call, "initial", (flags & CREATE_EVENT_INITIAL_SET) != 0);
    ret = real_CreateEventExW(security, name, flags, access);
    cf_trace_call_stop(&call);
    cf_trace_out_sym(&call, "event",
                     introduce_event(ret, flags & CREATE_EVENT_MANUAL_RESET, name != NULL, sym));
    tracer_leave_ret(&call, ret != NULL);
    return ret;
}

static BOOL trace_SetEvent(HANDLE event)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    BOOL ret;

    if (!tracer_enter(&call, "SetEvent"))
        return real_SetEvent(event);
    cf_trace_in_sym(&call, "event", tracer_name(event, sym));
    ret = real_SetEvent(event);
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

static BOOL trace_ResetEvent(HANDLE event)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    BOOL ret;

    if (!tracer_enter(&call, "ResetEvent"))
        return real_ResetEvent(event);
    cf_trace_in_sym(&call, "event", tracer_name(event, sym));
    ret = real_ResetEvent(event);
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

static BOOL trace_DuplicateHandle(HANDLE source_process, HANDLE source, HANDLE target_process, LPHANDLE target, DWORD access, BOOL inherit, DWORD options)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    BOOL ret;

    if (!tracer_enter(&call, "DuplicateHandle"))
        return real_DuplicateHandle(source_process, source, target_process, target, access, inherit, options);
    cf_trace_in_sym(&call, "handle", tracer_name(source, sym));
    cf_trace_in_hex32(&call, "options", options);
    ret = real_DuplicateHandle(source_process, source, target_process, target, access, inherit, options);
    cf_trace_call_stop(&call);
    if (ret && target)
        cf_trace_out_sym(&call, "handle", tracer_introduce(*target, 'm', "duplicate", 0, sym));
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

static BOOL trace_CloseHandle(HANDLE object)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    BOOL ret;

    tracer_raw_close(object);
    if (!tracer_enter(&call, "CloseHandle"))
        return real_CloseHandle(object);
    tracer_forget(object, sym); /* another thread may be given the same number at once */
    cf_trace_in_sym(&call, "obj", object ? sym : NULL);
    ret = real_CloseHandle(object);
    if (!ret)
        tracer_remember(object, sym);
    tracer_leave_ret(&call, (uint32_t)ret);
    return ret;
}

/* What a wait says of an event: only the two answers that do say something. */
static void saw(const char *sym, DWORD ret, bool is_signalled, DWORD ms, uint64_t after)
{
    if (*sym == 'e' && (is_signalled || ret == WAIT_TIMEOUT))
        cf_trace_event(tracer_writer(), sym, is_signalled, ms ? "wait" : "poll", 0, after);
}

static DWORD trace_WaitForSingleObjectEx(HANDLE object, DWORD ms, BOOL alertable)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM] = "";
    uint64_t n;
    DWORD ret;

    if (!tracer_enter(&call, "WaitForSingleObjectEx"))
        return real_WaitForSingleObjectEx(object, ms, alertable);
    cf_trace_in_sym(&call, "obj", tracer_name(object, sym));
    cf_trace_in_u64(&call, "ms", ms);
    cf_trace_call_start(&call);
    ret = real_WaitForSingleObjectEx(object, ms, alertable);
    n = tracer_leave_ret(&call, ret);
    saw(sym, ret, ret == WAIT_OBJECT_0, ms, n);
    return ret;
}

static DWORD trace_WaitForSingleObject(HANDLE object, DWORD ms)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM] = "";
    uint64_t n;
    DWORD ret;

    if (!tracer_enter(&call, "WaitForSingleObject"))
        return real_WaitForSingleObject(object, ms);
    cf_trace_in_sym(&call, "obj", tracer_name(object, sym));
    cf_trace_in_u64(&call, "ms", ms);
    cf_trace_call_start(&call);
    ret = real_WaitForSingleObject(object, ms);
    n = tracer_leave_ret(&call, ret);
    saw(sym, ret, ret == WAIT_OBJECT_0, ms, n);
    return ret;
}

static void in_objects(struct cf_trace_call *call, DWORD count, const HANDLE *objects, BOOL all,
                       DWORD ms)
{
    char syms[MAXIMUM_WAIT_OBJECTS][TRACER_SYM];
    const char *names[MAXIMUM_WAIT_OBJECTS];

    for (DWORD i = 0; objects && i < count && i < MAXIMUM_WAIT_OBJECTS; i++)
        names[i] = tracer_name(objects[i], syms[i]);
    if (objects && count <= MAXIMUM_WAIT_OBJECTS)
        cf_trace_in_syms(call, "objs", names, count);
    cf_trace_in_u64(call, "all", all != 0);
    cf_trace_in_u64(call, "ms", ms);
}

static DWORD trace_WaitForMultipleObjectsEx(DWORD count, const HANDLE *objects, BOOL all, DWORD ms,
                                            BOOL alertable)
{
    struct cf_trace_call call;
    DWORD ret;

    if (!tracer_enter(&call, "WaitForMultipleObjectsEx"))
        return real_WaitForMultipleObjectsEx(count, objects, all, ms, alertable);
    in_objects(&call, count, objects, all, ms);
    cf_trace_call_start(&call);
    ret = real_WaitForMultipleObjectsEx(count, objects, all, ms, alertable);
    tracer_leave_ret(&call, ret);
    return ret;
}

static DWORD trace_WaitForMultipleObjects(DWORD count, const HANDLE *objects, BOOL all, DWORD ms)
{
    struct cf_trace_call call;
    DWORD ret;

    if (!tracer_enter(&call, "WaitForMultipleObjects"))
        return real_WaitForMultipleObjects(count, objects, all, ms);
    in_objects(&call, count, objects, all, ms);
    cf_trace_call_start(&call);
    ret = real_WaitForMultipleObjects(count, objects, all, ms);
    tracer_leave_ret(&call, ret);
    return ret;
}

const struct tracer_hook tracer_sync_hooks[] = {
    TRACER_HOOK(kernelbase, CreateEventW),
    TRACER_HOOK(kernelbase, CreateEventA),
    TRACER_HOOK(kernelbase, CreateEventExW),
    TRACER_HOOK(kernelbase, SetEvent),
    TRACER_HOOK(kernelbase, ResetEvent),
    TRACER_HOOK(kernelbase, DuplicateHandle),
    TRACER_HOOK(kernelbase, CloseHandle),
    TRACER_HOOK(kernelbase, WaitForSingleObject),
    TRACER_HOOK(kernelbase, WaitForSingleObjectEx),
    TRACER_HOOK(kernelbase, WaitForMultipleObjects),
    TRACER_HOOK(kernelbase, WaitForMultipleObjectsEx),
    {0},
};

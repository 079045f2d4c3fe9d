/* SPDX-License-Identifier: MIT */
/* Events, waits, ports, handles and memory again. */
#include "conformance/replay/world.h"

#include "conformance/trace/sha256.h"

#include <string.h>

static void create_event(struct rp_call *call)
{
    struct rp_object *object;
    HANDLE event;
    DWORD error;

    rp_begin(call);
    event = CreateEventW(NULL, rp_u64(call, "manual", 0) != 0, rp_u64(call, "initial", 0) != 0, NULL);
    error = GetLastError();
    rp_stop(call);
    object = rp_made(call, "event", RP_EVENT, event != NULL);
    if (object) {
        object->handle = event;
        object->open = true;
        object->manual = rp_u64(call, "manual", 0) != 0;
    }
    rp_end_ret(call, event != NULL, error);
}

static void set_or_reset(struct rp_call *call, BOOL (WINAPI *function)(HANDLE))
{
    struct rp_object *object = rp_object(call, "event");
    DWORD error;
    BOOL good;

    rp_begin(call);
    good = function(rp_handle(call, "event"));
    error = GetLastError();
    rp_stop(call);
    if (object) {
        AcquireSRWLockExclusive(&call->world->lock);
        object->early = false;
        ReleaseSRWLockExclusive(&call->world->lock);
    }
    rp_end_ret(call, good ? 1 : 0, error);
}

static void set_event(struct rp_call *call)
{
    set_or_reset(call, SetEvent);
}

static void reset_event(struct rp_call *call)
{
    set_or_reset(call, ResetEvent);
}

/* True when the signal that the trace had here was given away already. */
static bool take_early(struct rp_call *call, struct rp_object *object)
{
    bool early;

    AcquireSRWLockExclusive(&call->world->lock);
    early = object->early;
    object->early = false;
    ReleaseSRWLockExclusive(&call->world->lock);
    return early;
}

/* A signal that the trace had may be a little later here, as long as something is under way. */
static void wait_one(struct rp_call *call)
{
    struct rp_object *object = rp_object(call, "obj");
    DWORD ms = (DWORD)rp_u64(call, "ms", 0), wanted = (DWORD)call->record->call.value, ret, error;
    HANDLE handle = rp_handle(call, "obj");
    bool is_event = object && object->kind == RP_EVENT;
    uint64_t n;

    if (is_event && wanted == WAIT_OBJECT_0 && take_early(call, object)) {
        rp_skip(call, "early");
        return;
    }
    rp_begin(call);
    ret = WaitForSingleObject(handle, ms);
    if (ret == WAIT_TIMEOUT && wanted == WAIT_OBJECT_0 && rp_pending(call->world))
        ret = WaitForSingleObject(handle, rp_patience_ms(call->world, object));
    error = GetLastError();
    rp_stop(call);
    if (is_event && !object->manual && ret == WAIT_OBJECT_0 && wanted == WAIT_TIMEOUT) {
        AcquireSRWLockExclusive(&call->world->lock);
        object->early = true;
        ReleaseSRWLockExclusive(&call->world->lock);
    }
    n = rp_end_ret(call, ret, error);
    if (is_event && (ret == WAIT_OBJECT_0 || ret == WAIT_TIMEOUT))
        cf_trace_event(call->world->writer, object->sym, ret == WAIT_OBJECT_0, ms ? "wait" : "poll", 0, n);
}

static void wait_many(struct rp_call *call)
{
    size_t count = cf_in_count(call->record, "objs");
    HANDLE handles[MAXIMUM_WAIT_OBJECTS];
    DWORD ret, error;

    if (!count || count > MAXIMUM_WAIT_OBJECTS) {
        rp_skip(call, "the objects are not in the trace");
        return;
    }
    for (size_t i = 0; i < count; i++)
        handles[i] = rp_handle_of(call->world, cf_in_string_at(call->record, "objs", i));
    rp_begin(call);
    ret = WaitForMultipleObjects((DWORD)count, handles, rp_u64(call, "all", 0) != 0,
                                 (DWORD)rp_u64(call, "ms", 0));
    error = GetLastError();
    rp_stop(call);
    rp_end_ret(call, ret, error);
}

/* ---- handles ---- */

static void duplicate(struct rp_call *call)
{
    const char *key = cf_in_has(call->record, "handle") ? "handle" : "obj";
    struct rp_object *source = rp_object(call, key), *object;
    HANDLE copy = NULL;
    DWORD error;
    BOOL good;

    rp_begin(call);
    good = DuplicateHandle(GetCurrentProcess(), rp_handle(call, key), GetCurrentProcess(), &copy,
                           (DWORD)rp_u64(call, "access", 0), FALSE,
                           cf_in_has(call->record, "access") ? 0 : DUPLICATE_SAME_ACCESS);
    error = GetLastError();
    rp_stop(call);
    object = rp_made(call, key, source ? source->kind : RP_FILE, good);
    if (object) {
        object->handle = copy;
        object->open = true;
        object->manual = source && source->manual;
        object->overlapped = source && source->overlapped;
    }
    rp_end_ret(call, good ? 1 : 0, error);
}

static void close_handle(struct rp_call *call)
{
    struct rp_object *object = rp_object(call, "obj");
    DWORD error;
    BOOL good;

    rp_begin(call);
    good = CloseHandle(rp_handle(call, "obj"));
    error = GetLastError();
    rp_stop(call);
    if (object && good)
        object->open = false;
    rp_end_ret(call, good ? 1 : 0, error);
}

/* ---- completion ports ---- */

static void create_port(struct rp_call *call)
{
    const char *port_sym = rp_text(call, "port");
    HANDLE port;
    DWORD error;

    rp_begin(call);
    port = CreateIoCompletionPort(rp_handle(call, "file"), rp_handle_of(call->world, port_sym),
                                  (ULONG_PTR)rp_u64(call, "key", 0), 0);
    error = GetLastError();
    rp_stop(call);
    if (!port_sym) {
        struct rp_object *object = rp_made(call, "port", RP_PORT, port != NULL);

        if (object) {
            object->handle = port;
            object->open = true;
        }
    } else {
        cf_trace_out_sym(&call->trace, "port", port ? port_sym : NULL);
    }
    rp_end_ret(call, port != NULL, error);
}

static void post(struct rp_call *call)
{
    DWORD error;
    BOOL good;

    rp_begin(call);
    good = PostQueuedCompletionStatus(rp_handle(call, "port"), (DWORD)rp_u64(call, "bytes", 0),
                                      (ULONG_PTR)rp_u64(call, "key", 0), NULL);
    error = GetLastError();
    rp_stop(call);
    rp_end_ret(call, good ? 1 : 0, error);
}

static void get_queued(struct rp_call *call)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key = 0;
    DWORD bytes = 0, error;
    BOOL good;

    rp_begin(call);
    good = GetQueuedCompletionStatus(rp_handle(call, "port"), &bytes, &key, &overlapped,
                                     (DWORD)rp_u64(call, "ms", 0));
    error = GetLastError();
    rp_stop(call);
    rp_out(call, "key", key);
    rp_out(call, "bytes", bytes);
    rp_out(call, "ov", overlapped != NULL);
    rp_end_ret(call, good ? 1 : 0, error);
}

const struct rp_function rp_sync_functions[] = {
    {"CreateEventW", create_event},
    {"CreateEventA", create_event},
    {"CreateEventExW", create_event},
    {"SetEvent", set_event},
    {"ResetEvent", reset_event},
    {"WaitForSingleObject", wait_one},
    {"WaitForSingleObjectEx", wait_one},
    {"WaitForMultipleObjects", wait_many},
    {"WaitForMultipleObjectsEx", wait_many},
    {"DuplicateHandle", duplicate},
    {"CloseHandle", close_handle},
    {"CreateIoCompletionPort", create_port},
    {"PostQueuedCompletionStatus", post},
    {"GetQueuedCompletionStatus", get_queued},
    {0},
};

/* ---- memory ---- */

static void protect(struct rp_call *call)
{
    struct rp_object *buffer = rp_object(call, "buf");
    DWORD old, error, wanted = (DWORD)rp_u64(call, "protect", PAGE_READWRITE);
    BOOL good;

    if (!buffer || !buffer->region) {
        rp_skip(call, "there is no such buffer here");
        return;
    }
    rp_begin(call);
    good = VirtualProtect(buffer->bytes, buffer->nbytes, wanted, &old);
    error = GetLastError();
    rp_stop(call);
    if (good)
        buffer->readable = wanted == PAGE_READWRITE || wanted == PAGE_READONLY;
    rp_end_ret(call, good ? 1 : 0, error);
}

/* The address stays in the symbol: a stale pointer is made this way. */
static void unmap(struct rp_call *call)
{
    struct rp_object *buffer = rp_object(call, "buf");
    DWORD error;
    BOOL good;

    if (!buffer || !buffer->region) {
        rp_skip(call, "there is no such buffer here");
        return;
    }
    rp_begin(call);
    good = VirtualFree(buffer->region, 0, MEM_RELEASE);
    error = GetLastError();
    rp_stop(call);
    if (good) {
        buffer->region = NULL;
        buffer->readable = false;
    }
    rp_end_ret(call, good ? 1 : 0, error);
}

static void check(struct rp_call *call)
{
    struct rp_object *buffer = rp_object(call, "buf");
    uint64_t from = rp_u64(call, "from", 0), nbytes = rp_u64(call, "len", 0), n;
    char sha[CF_SHA256_HEX_SIZE];

    if (!buffer || !buffer->readable || from > buffer->nbytes || nbytes > buffer->nbytes - from) {
        rp_skip(call, "there is nothing to look at here");
        return;
    }
    rp_begin(call);
    cf_sha256_of(buffer->bytes + from, (size_t)nbytes, sha);
    cf_trace_out_str(&call->trace, "sha256", sha);
    rp_stop(call);
    n = rp_end_ret(call, 1, 0);
    rp_look(call->world, buffer, n);
}

const struct rp_function rp_memory_functions[] = {
    {"VirtualProtect", protect},
    {"VirtualFree", unmap},
    {"kit.check", check},
    {0},
};

/* SPDX-License-Identifier: MIT */
/* Steps over events, completion ports and plain reads and writes: ReadFile, OVERLAPPED, CancelIoEx.
 */
#include "conformance/kit/run.h"

#include <string.h>

bool cf_step_event(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'e');
    bool manual = !strcmp(step->args[1], "manual"), set = cf_step_option(step, "set");
    struct cf_call call;
    DWORD error;

    if (!manual && strcmp(step->args[1], "auto")) {
        return cf_stop(thread, step, "an event is auto or manual");
    }
    cf_call_begin(&call, thread, step, "CreateEventW");
    cf_trace_in_u64(&call.trace, "manual", manual);
    cf_trace_in_u64(&call.trace, "initial", set);
    cf_call_start(&call);
    symbol->handle = CreateEventW(NULL, manual, set, NULL);
    error = GetLastError();
    cf_call_stop(&call);
    symbol->open = symbol->handle != NULL;
    cf_trace_out_sym(&call.trace, "event", symbol->open ? symbol->name : NULL);
    if (symbol->open) {
        cf_trace_object(
            thread->run->writer,
            &(struct cf_trace_object){.sym = symbol->name, .kind = "event", .flags = manual});
    }
    return cf_call_end_ret(&call, symbol->open, error, symbol->open, NULL);
}

static bool set_or_reset(struct cf_thread *thread, const struct cf_step *step, bool set)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);
    struct cf_call call;
    DWORD error;
    BOOL good;

    cf_call_begin(&call, thread, step, set ? "SetEvent" : "ResetEvent");
    cf_trace_in_sym(&call.trace, "event", step->args[0]);
    cf_call_start(&call);
    good =
        set ? SetEvent(symbol ? symbol->handle : NULL) : ResetEvent(symbol ? symbol->handle : NULL);
    error = GetLastError();
    cf_call_stop(&call);
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

bool cf_step_set(struct cf_thread *thread, const struct cf_step *step)
{
    return set_or_reset(thread, step, true);
}

bool cf_step_reset(struct cf_thread *thread, const struct cf_step *step)
{
    return set_or_reset(thread, step, false);
}

static bool wait(struct cf_thread *thread, const struct cf_step *step, DWORD ms, const char *by)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);
    struct cf_call call;
    DWORD ret, error;
    uint64_t n;
    bool good;

    cf_call_begin(&call, thread, step, "WaitForSingleObject");
    cf_trace_in_sym(&call.trace, "obj", step->args[0]);
    cf_trace_in_u64(&call.trace, "ms", ms);
    cf_call_start(&call);
    ret = WaitForSingleObject(symbol ? symbol->handle : NULL, ms);
    error = GetLastError();
    cf_call_stop(&call);
    good = cf_call_end_ret(&call, ret, error, ret == WAIT_OBJECT_0, &n);
    if (ret == WAIT_OBJECT_0 || ret == WAIT_TIMEOUT) {
        cf_trace_event(thread->run->writer, step->args[0], ret == WAIT_OBJECT_0, by, 0, n);
    }
    return good;
}

bool cf_step_poll(struct cf_thread *thread, const struct cf_step *step)
{
    return wait(thread, step, 0, "poll");
}

bool cf_step_wait(struct cf_thread *thread, const struct cf_step *step)
{
    return wait(thread, step, cf_patience(thread, step), "wait");
}

/* ---- ReadFile and WriteFile ---- */

static struct cf_symbol *overlapped_of(struct cf_thread *thread, const struct cf_step *step)
{
    const char *name = cf_step_option(step, "ov"), *event = cf_step_option(step, "event");
    const char *at = cf_step_option(step, "at");
    struct cf_symbol *symbol;

    if (!name && !at) {
        return NULL;
    }
    symbol = cf_symbol_new(thread, name ? name : "at", 'o');
    symbol->overlapped_io = cf_keep(thread, sizeof *symbol->overlapped_io);
    if (at) {
        uint64_t offset = cf_number(thread, at);
        symbol->overlapped_io->Offset = (DWORD)offset;
        symbol->overlapped_io->OffsetHigh = (DWORD)(offset >> 32);
    }
    if (event) {
        struct cf_symbol *found = cf_symbol_find(thread, event);
        symbol->overlapped_io->hEvent = found ? found->handle : NULL;
    }
    return symbol;
}

static bool transfer(struct cf_thread *thread, const struct cf_step *step, bool writing)
{
    struct cf_symbol *overlapped = overlapped_of(thread, step);
    uint32_t nbytes = (uint32_t)cf_option_number(thread, step, "len", 0);
    struct cf_file_arg file;
    struct cf_buffer_arg buffer;
    DWORD done = 0, error;
    struct cf_call call;
    BOOL good;

    cf_file_argument(thread, step->args[0], &file);
    cf_buffer_argument(thread, step->args[1], &buffer);
    cf_call_begin(&call, thread, step, writing ? "WriteFile" : "ReadFile");
    cf_call_file(&call, &file);
    cf_call_buffer(&call, &buffer);
    cf_trace_in_u64(&call.trace, "len", nbytes);
    if (overlapped) {
        cf_trace_in_sym(&call.trace, "ov", overlapped->name);
        cf_trace_in_u64(&call.trace, "off",
                        overlapped->overlapped_io->Offset |
                            (uint64_t)overlapped->overlapped_io->OffsetHigh << 32);
        cf_trace_in_sym(&call.trace, "event", cf_step_option(step, "event"));
    }
    cf_call_start(&call);
    good = writing ? WriteFile(file.handle, buffer.address, nbytes, &done,
                               overlapped ? overlapped->overlapped_io : NULL)
                   : ReadFile(file.handle, buffer.address, nbytes, &done,
                              overlapped ? overlapped->overlapped_io : NULL);
    error = GetLastError();
    cf_call_stop(&call);
    cf_out(&call, "done", done);
    /* an operation that pends has begun well */
    return cf_call_end_ret(&call, good ? 1 : 0, error, good || error == ERROR_IO_PENDING, NULL);
}

bool cf_step_readfile(struct cf_thread *thread, const struct cf_step *step)
{
    return transfer(thread, step, false);
}

bool cf_step_writefile(struct cf_thread *thread, const struct cf_step *step)
{
    return transfer(thread, step, true);
}

bool cf_step_flushfile(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_file_arg file;
    struct cf_call call;
    DWORD error;
    BOOL good;

    cf_file_argument(thread, step->args[0], &file);
    cf_call_begin(&call, thread, step, "FlushFileBuffers");
    cf_call_file(&call, &file);
    cf_call_start(&call);
    good = FlushFileBuffers(file.handle);
    error = GetLastError();
    cf_call_stop(&call);
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

bool cf_step_result(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *overlapped = cf_symbol_find(thread, step->args[1]);
    bool wait_for_it = !cf_step_option(step, "nowait");
    struct cf_file_arg file;
    DWORD done = 0, error;
    struct cf_call call;
    BOOL good;

    if (!overlapped) {
        return cf_stop(thread, step, "no OVERLAPPED");
    }
    cf_file_argument(thread, step->args[0], &file);
    cf_call_begin(&call, thread, step, "GetOverlappedResult");
    cf_call_file(&call, &file);
    cf_trace_in_sym(&call.trace, "ov", overlapped->name);
    cf_trace_in_u64(&call.trace, "wait", wait_for_it);
    cf_call_start(&call);
    good = GetOverlappedResult(file.handle, overlapped->overlapped_io, &done, wait_for_it);
    error = GetLastError();
    cf_call_stop(&call);
    cf_out(&call, "done", done);
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

bool cf_step_cancelio(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *overlapped =
        step->arg_count > 1 ? cf_symbol_find(thread, step->args[1]) : NULL;
    struct cf_file_arg file;
    struct cf_call call;
    DWORD error;
    BOOL good;

    cf_file_argument(thread, step->args[0], &file);
    cf_call_begin(&call, thread, step, "CancelIoEx");
    cf_call_file(&call, &file);
    cf_trace_in_sym(&call.trace, "ov", overlapped ? overlapped->name : NULL);
    cf_call_start(&call);
    good = CancelIoEx(file.handle, overlapped ? overlapped->overlapped_io : NULL);
    error = GetLastError();
    cf_call_stop(&call);
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

/* ---- size and position ---- */

static bool position(struct cf_thread *thread, const struct cf_step *step, const char *fn,
                     int64_t distance, DWORD method)
{
    struct cf_file_arg file;
    LARGE_INTEGER value, move;
    struct cf_call call;
    DWORD error;
    BOOL good;

    cf_file_argument(thread, step->args[0], &file);
    value.QuadPart = 0;
    move.QuadPart = distance;
    cf_call_begin(&call, thread, step, fn);
    cf_call_file(&call, &file);
    if (strcmp(fn, "GetFileSizeEx") != 0) {
        cf_trace_in_u64(&call.trace, "distance", (uint64_t)distance);
        cf_trace_in_u64(&call.trace, "method", method);
    }
    cf_call_start(&call);
    good = !strcmp(fn, "GetFileSizeEx") ? GetFileSizeEx(file.handle, &value)
                                        : SetFilePointerEx(file.handle, move, &value, method);
    error = GetLastError();
    cf_call_stop(&call);
    cf_out(&call, "value", (uint64_t)value.QuadPart);
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

bool cf_step_size(struct cf_thread *thread, const struct cf_step *step)
{
    return position(thread, step, "GetFileSizeEx", 0, FILE_BEGIN);
}

bool cf_step_setpos(struct cf_thread *thread, const struct cf_step *step)
{
    return position(thread, step, "SetFilePointerEx", (int64_t)cf_number(thread, step->args[1]),
                    FILE_BEGIN);
}

bool cf_step_getpos(struct cf_thread *thread, const struct cf_step *step)
{
    return position(thread, step, "SetFilePointerEx", 0, FILE_CURRENT);
}

/* ---- completion ports ---- */

static bool make_port(struct cf_thread *thread, const struct cf_step *step, HANDLE file,
                      HANDLE port, uint64_t key, const char *file_text, const char *port_text,
                      HANDLE *port_out)
{
    struct cf_call call;
    DWORD error;

    cf_call_begin(&call, thread, step, "CreateIoCompletionPort");
    cf_trace_in_sym(&call.trace, "file", file_text);
    cf_trace_in_sym(&call.trace, "port", port ? port_text : NULL);
    cf_trace_in_u64(&call.trace, "key", key);
    cf_call_start(&call);
    *port_out = CreateIoCompletionPort(file, port, (ULONG_PTR)key, 0);
    error = GetLastError();
    cf_call_stop(&call);
    cf_trace_out_sym(&call.trace, "port", *port_out ? port_text : NULL);
    return cf_call_end_ret(&call, *port_out != NULL, error, *port_out != NULL, NULL);
}

bool cf_step_port(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'k');
    bool good = make_port(thread, step, INVALID_HANDLE_VALUE, NULL, 0, "invalid", symbol->name,
                          &symbol->handle);

    symbol->open = symbol->handle != NULL;
    return good;
}

bool cf_step_assoc(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *port = cf_symbol_find(thread, step->args[1]);
    struct cf_file_arg file;
    HANDLE same;

    cf_file_argument(thread, step->args[0], &file);
    return make_port(thread, step, file.handle, port ? port->handle : NULL,
                     cf_option_number(thread, step, "key", 0), file.sym, step->args[1], &same);
}

bool cf_step_post(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *port = cf_symbol_find(thread, step->args[0]);
    struct cf_call call;
    DWORD error;
    BOOL good;

    cf_call_begin(&call, thread, step, "PostQueuedCompletionStatus");
    cf_trace_in_sym(&call.trace, "port", step->args[0]);
    cf_trace_in_u64(&call.trace, "key", cf_option_number(thread, step, "key", 0));
    cf_trace_in_u64(&call.trace, "bytes", cf_option_number(thread, step, "bytes", 0));
    cf_call_start(&call);
    good = PostQueuedCompletionStatus(port ? port->handle : NULL,
                                      (DWORD)cf_option_number(thread, step, "bytes", 0),
                                      (ULONG_PTR)cf_option_number(thread, step, "key", 0), NULL);
    error = GetLastError();
    cf_call_stop(&call);
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

bool cf_step_portget(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *port = cf_symbol_find(thread, step->args[0]);
    OVERLAPPED *overlapped = NULL;
    struct cf_call call;
    ULONG_PTR key = 0;
    DWORD bytes = 0, error;
    BOOL good;

    cf_call_begin(&call, thread, step, "GetQueuedCompletionStatus");
    cf_trace_in_sym(&call.trace, "port", step->args[0]);
    cf_trace_in_u64(&call.trace, "ms", cf_option_number(thread, step, "ms", 0));
    cf_call_start(&call);
    good = GetQueuedCompletionStatus(port ? port->handle : NULL, &bytes, &key, &overlapped,
                                     (DWORD)cf_option_number(thread, step, "ms", 0));
    error = GetLastError();
    cf_call_stop(&call);
    cf_out(&call, "key", key);
    cf_out(&call, "bytes", bytes);
    cf_out(&call, "ov", overlapped != NULL);
    return cf_call_end_ret(&call, good ? 1 : 0, error, good, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What a ring may be asked to read and write besides files and pipes. */
#include "conformance/kit/endpoint.h"
#include "conformance/kit/run.h"

#include <stdio.h>

bool cf_step_sockets(struct cf_thread *thread, const struct cf_step *step)
{
    HANDLE ends[2] = {INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE};
    const char *keys[2] = {"file", "peer"}, *reason;
    bool good, by_accept_ex = cf_step_option(step, "acceptex");
    struct cf_call call;
    char peer[80];

    snprintf(peer, sizeof peer, "%s.peer", step->args[0]);
    cf_call_begin(&call, thread, step, "kit.sockets");
    cf_trace_in_u64(&call.trace, "acceptex", by_accept_ex);
    cf_call_start(&call);
    reason = cf_sockets_make(by_accept_ex, ends);
    cf_call_stop(&call);
    if (reason) {
        cf_call_end_ret(&call, 0, 0, true, NULL);
        return cf_skip(thread, step, "%s", reason);
    }
    good = ends[0] != INVALID_HANDLE_VALUE && ends[1] != INVALID_HANDLE_VALUE;
    for (int i = 0; i < 2; i++) {
        struct cf_symbol *symbol = cf_symbol_new(thread, i ? peer : step->args[0], 'f');

        symbol->handle = ends[i];
        symbol->open = ends[i] != INVALID_HANDLE_VALUE;
        symbol->overlapped = true;
        cf_trace_out_sym(&call.trace, keys[i], symbol->open ? symbol->name : NULL);
        cf_trace_object(thread->run->writer,
                        &(struct cf_trace_object){.sym = symbol->name,
                                                  .kind = "socket",
                                                  .flags = FILE_FLAG_OVERLAPPED});
    }
    return cf_call_end_ret(&call, good, 0, good, NULL);
}

/* A file on a volume with no room left. */
bool cf_full_device(struct cf_thread *thread, const struct cf_step *step)
{
    DWORD flags = cf_step_option(step, "overlapped") ? FILE_FLAG_OVERLAPPED : 0, error;
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'f');
    HANDLE handle = INVALID_HANDLE_VALUE;
    struct cf_call call;
    const char *reason;

    cf_call_begin(&call, thread, step, "kit.full");
    cf_trace_in_hex32(&call.trace, "flags", flags);
    cf_call_start(&call);
    reason = cf_full_make(flags, &handle);
    error = GetLastError();
    cf_call_stop(&call);
    if (reason) {
        cf_call_end_ret(&call, 0, 0, true, NULL);
        return cf_skip(thread, step, "%s", reason);
    }
    symbol->handle = handle;
    symbol->overlapped = flags;
    symbol->open = handle != INVALID_HANDLE_VALUE;
    cf_trace_out_sym(&call.trace, "file", symbol->open ? symbol->name : NULL);
    return cf_call_end_ret(&call, symbol->open, error, symbol->open, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Arguments of recorded calls, and the records of the calls that repeat them. */
#include "conformance/replay/world.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t rp_u64(const struct rp_call *call, const char *key, uint64_t otherwise)
{
    uint64_t value;

    return cf_in_u64(call->record, key, &value) ? value : otherwise;
}

const char *rp_text(const struct rp_call *call, const char *key)
{
    return cf_in_string(call->record, key);
}

HANDLE rp_handle_of(struct rp_world *world, const char *sym)
{
    struct rp_object *object;

    if (!sym || !strcmp(sym, "null"))
        return NULL;
    if (!strcmp(sym, "invalid"))
        return INVALID_HANDLE_VALUE;
    object = rp_find(world, sym);
    return object ? object->handle : NULL;
}

HANDLE rp_handle(const struct rp_call *call, const char *key)
{
    return rp_handle_of(call->world, rp_text(call, key));
}

struct rp_object *rp_object(const struct rp_call *call, const char *key)
{
    const char *sym = rp_text(call, key);

    return sym ? rp_find(call->world, sym) : NULL;
}

void *rp_address(struct rp_world *world, const char *sym, uint64_t offset)
{
    struct rp_object *object;

    if (!sym || !strcmp(sym, "null"))
        return NULL;
    if (!strcmp(sym, "nonnull") || !strcmp(sym, "unknown"))
        return (uint8_t *)world->bad_page + offset % 4096;
    object = rp_find(world, sym);
    if (!object || !object->bytes)
        return NULL;
    /* beyond the buffer: an untrusted offset must not find anything of this process */
    return offset <= object->nbytes ? object->bytes + offset : world->bad_page;
}

/* ---- records ---- */

/* One argument as it stands in the trace. */
static void copy_argument(struct rp_call *call, const char *key, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);

    if (text)
        cf_trace_in_json(&call->trace, key, text);
    free(text);
}

void rp_begin_but(struct rp_call *call, const char *but, uint64_t value)
{
    const struct cf_record *record = call->record;
    const char *key;
    json_t *argument;

    cf_trace_call_begin(&call->trace, call->world->writer, record->call.fn, record->call.step,
                        call->thread);
    json_object_foreach(json_object_get(record->json, "in"), key, argument) {
        if (but && !strcmp(key, but))
            cf_trace_in_u64(&call->trace, key, value);
        else if (strcmp(key, "of") != 0)
            copy_argument(call, key, argument);
    }
    cf_trace_in_u64(&call->trace, "of", record->call.n);
    call->begun = true;
    SetLastError(0);
    cf_trace_call_start(&call->trace);
}

void rp_begin(struct rp_call *call)
{
    rp_begin_but(call, NULL, 0);
}

void rp_stop(struct rp_call *call)
{
    cf_trace_call_stop(&call->trace);
}

void rp_out(struct rp_call *call, const char *key, uint64_t value)
{
    cf_trace_out_u64(&call->trace, key, value);
}

struct rp_object *rp_made(struct rp_call *call, const char *key, enum rp_kind kind, bool good)
{
    const char *sym = cf_out_string(call->record, key);
    char own[24];

    if (!good) {
        cf_trace_out_sym(&call->trace, key, NULL);
        return NULL;
    }
    if (!sym) {
        snprintf(own, sizeof(own), "x%llu", (unsigned long long)call->trace.n);
        sym = own;
    }
    cf_trace_out_sym(&call->trace, key, sym);
    return rp_new(call->world, sym, kind);
}

uint64_t rp_end_hr(struct rp_call *call, HRESULT hr)
{
    return cf_trace_call_end(&call->trace, hr, GetLastError());
}

uint64_t rp_end_ret(struct rp_call *call, uint64_t ret, DWORD last_error)
{
    return cf_trace_call_end_ret(&call->trace, ret, last_error);
}

uint64_t rp_end_status(struct rp_call *call, NTSTATUS status)
{
    return cf_trace_call_end_status(&call->trace, status);
}

void rp_skip(struct rp_call *call, const char *why)
{
    cf_trace_call_begin(&call->trace, call->world->writer, "replay.skip", call->record->call.step,
                        call->thread);
    cf_trace_in_u64(&call->trace, "of", call->record->call.n);
    cf_trace_in_str(&call->trace, "why", why);
    call->begun = true;
    cf_trace_call_end_void(&call->trace);
}

/* SPDX-License-Identifier: MIT */
/*
 * What DirectStorage leaves open in a trace. An entry of a queue is under way from its call on,
 * until somebody has seen that a notification is complete which is this entry, or stands behind it.
 */
#include "conformance/replay/compare.h"

#include <stdlib.h>
#include <string.h>

#include <windows.h>

static bool is(const struct cf_record *call, const char *fn)
{
    return call->type == CF_CALL && !strcmp(call->call.fn, fn);
}

static bool same_in(const struct cf_record *a, const struct cf_record *b, const char *key)
{
    const char *x = cf_in_string(a, key), *y = cf_in_string(b, key);

    return x && y && !strcmp(x, y);
}

static uint64_t number(const struct cf_record *call, const char *key)
{
    uint64_t value = 0;

    cf_in_u64(call, key, &value);
    return value;
}

static bool is_enqueue(const struct cf_record *call)
{
    return is(call, "IDStorageQueue::EnqueueRequest") ||
           is(call, "IDStorageQueue3::EnqueueRequests") ||
           is(call, "IDStorageQueue::EnqueueStatus") || is(call, "IDStorageQueue::EnqueueSignal") ||
           is(call, "IDStorageQueue1::EnqueueSetEvent");
}

static bool is_wait_for(const struct cf_record *call, const char *event)
{
    const char *obj = cf_in_string(call, "obj");

    return call->type == CF_CALL && !strncmp(call->call.fn, "WaitForSingleObject", 19) && obj &&
           event && !strcmp(obj, event) && !call->call.value;
}

/* Was a wait for an event good that was to be set when the fence has the value? */
static bool waited_for_fence(const struct rp_view *view, const struct cf_record *signal,
                             size_t line)
{
    for (size_t i = view->from; i < view->to && view->trace->records[i].line < line; i++) {
        const struct cf_record *armed = &view->trace->records[i];

        if (!is(armed, "ID3D12Fence::SetEventOnCompletion") || !same_in(armed, signal, "fence") ||
            number(armed, "value") < number(signal, "value"))
            continue;
        for (size_t k = i + 1; k < view->to && view->trace->records[k].line < line; k++) {
            if (is_wait_for(&view->trace->records[k], cf_in_string(armed, "event")))
                return true;
        }
    }
    return false;
}

/* Did somebody see before the line that the notification at this index is complete? */
static bool was_seen(const struct rp_view *view, size_t index, size_t line)
{
    const struct cf_record *entry = &view->trace->records[index];

    if (is(entry, "IDStorageQueue::EnqueueSignal") && waited_for_fence(view, entry, line))
        return true;
    for (size_t i = index + 1; i < view->to && view->trace->records[i].line < line; i++) {
        const struct cf_record *record = &view->trace->records[i];
        uint64_t value;

        if (is(entry, "IDStorageQueue1::EnqueueSetEvent") &&
            is_wait_for(record, cf_in_string(entry, "event")))
            return true;
        if (is(entry, "IDStorageQueue::EnqueueStatus") && same_in(entry, record, "array") &&
            number(entry, "index") == number(record, "index") &&
            ((is(record, "IDStorageStatusArray::GetHResult") &&
              record->call.value != (uint32_t)E_PENDING) ||
             (is(record, "IDStorageStatusArray::IsComplete") && record->call.value)))
            return true;
        if (is(entry, "IDStorageQueue::EnqueueSignal") && same_in(entry, record, "fence") &&
            is(record, "ID3D12Fence::GetCompletedValue") && cf_out_u64(record, "value", &value) &&
            value >= number(entry, "value"))
            return true;
    }
    return false;
}

static bool writes_to(const struct cf_record *call, const char *buf)
{
    const char *own = cf_in_string(call, "buf");

    if (own && !strcmp(own, buf))
        return true;
    for (size_t i = 0; i < cf_in_count(call, "bufs"); i++) {
        own = cf_in_string_at(call, "bufs", i);
        if (own && !strcmp(own, buf))
            return true;
    }
    return false;
}

bool rp_dstorage_racing(const struct rp_view *view, size_t line, const char *buf)
{
    for (size_t i = view->from; i < view->to && view->trace->records[i].line < line; i++) {
        const struct cf_record *entry = &view->trace->records[i];
        bool seen = false;

        if (!is_enqueue(entry) || (buf && !writes_to(entry, buf)))
            continue;
        for (size_t k = i; !seen && k < view->to && view->trace->records[k].line < line; k++) {
            const struct cf_record *behind = &view->trace->records[k];

            seen = same_in(entry, behind, "queue") &&
                   ((is_enqueue(behind) && was_seen(view, k, line)) ||
                    is(behind, "IDStorageQueue::Close"));
        }
        if (!seen)
            return true;
    }
    return false;
}

static const char under_way[] =
    "an entry of a queue was under way: whether it is done yet is left open";

const char *rp_dstorage_excuse_result(const struct rp_compare *compare, const struct cf_record *e,
                                      const struct cf_record *g)
{
    bool asked = is(e, "IDStorageStatusArray::IsComplete") ||
                 (is(e, "IDStorageStatusArray::GetHResult") &&
                  (e->call.value == (uint32_t)E_PENDING) != (g->call.value == (uint32_t)E_PENDING));

    return asked && rp_dstorage_racing(&compare->recorded, e->line, NULL) ? under_way : NULL;
}

const char *rp_dstorage_excuse_out(const struct rp_compare *compare, const struct cf_record *e,
                                   const char *key)
{
    if (is(e, "IDStorageQueue::Query") && !strcmp(key, "empty"))
        return "a slot is free some time after its entry is complete";
    if (is(e, "ID3D12Fence::GetCompletedValue"))
        return rp_dstorage_racing(&compare->recorded, e->line, NULL) ? under_way : NULL;
    if (is(e, "IDStorageCustomDecompressionQueue::GetRequests") ||
        is(e, "IDStorageCustomDecompressionQueue1::GetRequests1"))
        return rp_dstorage_racing(&compare->recorded, e->line, NULL) ? "requests come in any order"
                                                                     : NULL;
    return NULL;
}

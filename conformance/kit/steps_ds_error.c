/* SPDX-License-Identifier: MIT */
/* Steps that ask how requests went: the error event and the record, status arrays, fences. */
#include "conformance/kit/object.h"
#include "conformance/trace/same.h"

#include <stdio.h>
#include <string.h>

/* ---- the error event and the record ---- */

/* The handle is the queue's: the kit does not close it. */
bool cf_step_errorevent(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *queue = cf_object_of(thread, step, step->args[1], CF_OBJECT_QUEUE);
    struct cf_symbol *known = cf_symbol_find(thread, step->args[0]), *symbol;
    struct cf_call call;
    IDStorageQueue *of;

    if (!queue) {
        return false;
    }
    symbol = cf_symbol_new(thread, step->args[0], 'e');
    of = (IDStorageQueue *)queue->iface;
    cf_call_begin(&call, thread, step, "IDStorageQueue::GetErrorEvent");
    cf_trace_in_sym(&call.trace, "queue", step->args[1]);
    cf_call_start(&call);
    symbol->handle = of->lpVtbl->GetErrorEvent(of);
    cf_call_stop(&call);
    cf_trace_out_sym(&call.trace, "event", symbol->handle ? symbol->name : NULL);
    cf_out(&call, "same", known && known->handle == symbol->handle);
    if (symbol->handle) {
        cf_trace_object(thread->run->writer, &(struct cf_trace_object){.sym = symbol->name,
                                                                       .kind = "event",
                                                                       .flags = 1});
    }
    return cf_call_end_ret(&call, symbol->handle != NULL, 0, symbol->handle != NULL, NULL);
}

/* The symbol of an object of ours; a pointer that is none is "unknown". */
static const char *name_of(struct cf_thread *thread, const void *pointer)
{
    struct cf_run *run = thread->run;
    const char *name = pointer == run->bad_page ? "nonnull" : "unknown";

    if (!pointer) {
        return NULL;
    }
    AcquireSRWLockExclusive(&run->lock);
    for (const struct cf_symbol *symbol = run->symbols; symbol; symbol = symbol->next) {
        if (symbol->object && symbol->object->iface == pointer) {
            name = symbol->name;
            break;
        }
    }
    ReleaseSRWLockExclusive(&run->lock);
    return name;
}

/* How an address within a buffer is called: the symbol, and the offset. */
static const char *buffer_of(struct cf_thread *thread, const void *address, uint64_t *offset_out)
{
    struct cf_run *run = thread->run;
    uint64_t at = (uintptr_t)address;
    const char *name = "unknown";

    *offset_out = 0;
    if (!address) {
        return NULL;
    }
    AcquireSRWLockExclusive(&run->lock);
    for (const struct cf_symbol *symbol = run->symbols; symbol; symbol = symbol->next) {
        uint64_t from = (uintptr_t)symbol->bytes;
        if (symbol->bytes && at >= from && at - from <= symbol->nbytes) {
            name = symbol->name;
            *offset_out = at - from;
            break;
        }
    }
    ReleaseSRWLockExclusive(&run->lock);
    return name;
}

static bool same_path(const WCHAR *a, const WCHAR *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

/* As it was passed, or in another form, which no trace shows. */
static const char *path_text(struct cf_thread *thread, const WCHAR *path)
{
    struct cf_run *run = thread->run;
    const char *text = path[0] ? "other" : "";

    AcquireSRWLockExclusive(&run->lock);
    for (const struct cf_symbol *symbol = run->symbols; symbol; symbol = symbol->next) {
        const struct cf_object *object = symbol->object;
        if (object && object->kind == CF_OBJECT_FILE && object->path && object->shown &&
            same_path(object->path, path)) {
            text = object->shown;
            break;
        }
    }
    ReleaseSRWLockExclusive(&run->lock);
    return text;
}

static const char *view_object(void *ctx, const void *pointer)
{
    return name_of(((struct cf_call *)ctx)->thread, pointer);
}

static const char *view_buffer(void *ctx, const void *address, uint64_t *offset_out)
{
    return buffer_of(((struct cf_call *)ctx)->thread, address, offset_out);
}

static const char *view_path(void *ctx, const WCHAR *path)
{
    return path_text(((struct cf_call *)ctx)->thread, path);
}

static void view_number(void *ctx, const char *key, uint64_t value)
{
    cf_out(ctx, key, value);
}

static void view_hex(void *ctx, const char *key, uint64_t value)
{
    cf_out_hex(ctx, key, value);
}

static void view_text(void *ctx, const char *key, const char *text)
{
    cf_trace_out_str(&((struct cf_call *)ctx)->trace, key, text);
}

static void view_symbol(void *ctx, const char *key, const char *symbol)
{
    cf_trace_out_sym(&((struct cf_call *)ctx)->trace, key, symbol);
}

bool cf_step_errorrecord(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *queue = cf_object_of(thread, step, step->args[0], CF_OBJECT_QUEUE);
    bool null = cf_step_option(step, "null");
    DSTORAGE_ERROR_RECORD record;
    struct cf_call call;
    IDStorageQueue *of;

    if (!queue) {
        return false;
    }
    of = (IDStorageQueue *)queue->iface;
    memset(&record, 0xd5, sizeof record);
    cf_call_begin(&call, thread, step, "IDStorageQueue::RetrieveErrorRecord");
    cf_trace_in_sym(&call.trace, "queue", step->args[0]);
    if (null) {
        cf_trace_in_sym(&call.trace, "record", NULL);
    }
    cf_call_start(&call);
    of->lpVtbl->RetrieveErrorRecord(of, null ? NULL : &record);
    cf_call_stop(&call);
    if (!null) {
        cf_failure_show(&record, &(struct cf_failure_names){
                                     .ctx = &call,
                                     .object = view_object,
                                     .buffer = view_buffer,
                                     .path = view_path,
                                     .number = view_number,
                                     .hex = view_hex,
                                     .text = view_text,
                                     .symbol = view_symbol,
                                 });
    }
    return cf_call_end_void(&call);
}

/* ---- status arrays ---- */

/* With ms: asked again until it is not pending, for so long; the last answer is the record. */
bool cf_step_hresult(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *array = cf_object_of(thread, step, step->args[0], CF_OBJECT_STATUS_ARRAY);
    uint32_t index = (uint32_t)cf_number(thread, step->args[1]);
    uint64_t begun = GetTickCount64();
    uint32_t ms = cf_patience(thread, step);
    IDStorageStatusArray *of;
    struct cf_call call;
    HRESULT hr;

    if (!array) {
        return false;
    }
    of = (IDStorageStatusArray *)array->iface;
    /* nothing can be waited for: this is what programs do */
    while (ms && of->lpVtbl->GetHResult(of, index) == E_PENDING && GetTickCount64() - begun < ms) {
        SwitchToThread();
    }
    cf_call_begin(&call, thread, step, "IDStorageStatusArray::GetHResult");
    cf_trace_in_sym(&call.trace, "array", step->args[0]);
    cf_trace_in_u64(&call.trace, "index", index);
    cf_call_start(&call);
    hr = of->lpVtbl->GetHResult(of, index);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

bool cf_step_iscomplete(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *array = cf_object_of(thread, step, step->args[0], CF_OBJECT_STATUS_ARRAY);
    uint32_t index = (uint32_t)cf_number(thread, step->args[1]);
    IDStorageStatusArray *of;
    struct cf_call call;
    bool complete;

    if (!array) {
        return false;
    }
    of = (IDStorageStatusArray *)array->iface;
    cf_call_begin(&call, thread, step, "IDStorageStatusArray::IsComplete");
    cf_trace_in_sym(&call.trace, "array", step->args[0]);
    cf_trace_in_u64(&call.trace, "index", index);
    cf_call_start(&call);
    complete = of->lpVtbl->IsComplete(of, index);
    cf_call_stop(&call);
    return cf_call_end_ret(&call, complete, 0, true, NULL);
}

/* ---- fences ---- */

bool cf_step_fence(struct cf_thread *thread, const struct cf_step *step)
{
    uint64_t value = cf_option_number(thread, step, "value", 0);
    const char *reason;
    struct cf_fence *fence;
    struct cf_call call;

    cf_call_begin(&call, thread, step, "kit.fence");
    cf_trace_in_u64(&call.trace, "value", value);
    cf_call_start(&call);
    fence = cf_fence_make(value, &reason);
    cf_call_stop(&call);
    cf_object_made(&call, step->args[0], cf_interface_named("ID3D12Fence"), fence, NULL);
    cf_call_end_ret(&call, fence != NULL, 0, true, NULL);
    return fence || cf_skip(thread, step, "%s", reason);
}

bool cf_step_fencevalue(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *object = cf_object_of(thread, step, step->args[0], CF_OBJECT_FENCE);
    struct cf_fence *fence;
    struct cf_call call;
    uint64_t value;

    if (!object) {
        return false;
    }
    fence = (struct cf_fence *)object->iface;
    cf_call_begin(&call, thread, step, "ID3D12Fence::GetCompletedValue");
    cf_trace_in_sym(&call.trace, "fence", step->args[0]);
    cf_call_start(&call);
    value = fence->lpVtbl->GetCompletedValue(fence);
    cf_call_stop(&call);
    cf_out(&call, "value", value);
    return cf_call_end_void(&call);
}

bool cf_step_fencesignal(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *object = cf_object_of(thread, step, step->args[0], CF_OBJECT_FENCE);
    uint64_t value = cf_number(thread, step->args[1]);
    struct cf_fence *fence;
    struct cf_call call;
    HRESULT hr;

    if (!object) {
        return false;
    }
    fence = (struct cf_fence *)object->iface;
    cf_call_begin(&call, thread, step, "ID3D12Fence::Signal");
    cf_trace_in_sym(&call.trace, "fence", step->args[0]);
    cf_trace_in_u64(&call.trace, "value", value);
    cf_call_start(&call);
    hr = fence->lpVtbl->Signal(fence, value);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

bool cf_step_fenceevent(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *object = cf_object_of(thread, step, step->args[0], CF_OBJECT_FENCE);
    uint64_t value = cf_number(thread, step->args[1]);
    struct cf_file_arg event;
    struct cf_fence *fence;
    struct cf_call call;
    HRESULT hr;

    if (!object) {
        return false;
    }
    fence = (struct cf_fence *)object->iface;
    cf_file_argument(thread, step->args[2], &event);
    cf_call_begin(&call, thread, step, "ID3D12Fence::SetEventOnCompletion");
    cf_trace_in_sym(&call.trace, "fence", step->args[0]);
    cf_trace_in_u64(&call.trace, "value", value);
    cf_trace_in_sym(&call.trace, "event", event.sym);
    cf_call_start(&call);
    hr = fence->lpVtbl->SetEventOnCompletion(fence, value, event.handle);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

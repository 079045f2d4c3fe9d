/* SPDX-License-Identifier: MIT */
/* Steps that ask how requests went: the error event and the record, status arrays, fences. */
#include "conformance/kit/object.h"
#include "conformance/trace/same.h"

#include <stdio.h>
#include <string.h>

#ifndef _WIN32
#include <ringer_d3d12.h>
#endif

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

static void show_failed_request(struct cf_call *call,
                                const DSTORAGE_ERROR_PARAMETERS_REQUEST *failed)
{
    const DSTORAGE_REQUEST *request = &failed->Request;
    struct cf_thread *thread = call->thread;
    uint64_t offset;

    cf_trace_out_str(&call->trace, "path", path_text(thread, failed->Filename));
    cf_trace_out_str(&call->trace, "name", failed->RequestName);
    cf_out(call, "format", request->Options.CompressionFormat);
    cf_out(call, "source", request->Options.SourceType);
    cf_out(call, "dest", request->Options.DestinationType);
    if (request->Options.SourceType == DSTORAGE_REQUEST_SOURCE_FILE) {
        cf_trace_out_sym(&call->trace, "file", name_of(thread, request->Source.File.Source));
        cf_out(call, "off", request->Source.File.Offset);
        cf_out(call, "len", request->Source.File.Size);
    } else {
        cf_out(call, "len", request->Source.Memory.Size);
    }
    if (request->Options.DestinationType == DSTORAGE_REQUEST_DESTINATION_MEMORY) {
        cf_trace_out_sym(&call->trace, "buf",
                         buffer_of(thread, request->Destination.Memory.Buffer, &offset));
        cf_out(call, "buf_off", offset);
        cf_out(call, "room", request->Destination.Memory.Size);
    }
    cf_out(call, "raw", request->UncompressedSize);
    cf_out_hex(call, "tag", request->CancellationTag);
}

static void show_failure(struct cf_call *call, DSTORAGE_ERROR_FIRST_FAILURE *failure)
{
    static const char *const commands[] = {"request", "status", "signal", "event"};
    int type = (int)failure->CommandType;
    struct cf_thread *thread = call->thread;

    cf_out_hex(call, "first", (uint32_t)failure->HResult);
    cf_trace_out_str(&call->trace, "command",
                     type == -1              ? "none"
                     : type >= 0 && type < 4 ? commands[type]
                                             : "unknown");
    switch (type) {
    case DSTORAGE_COMMAND_TYPE_REQUEST:
        failure->Request.RequestName[sizeof failure->Request.RequestName - 1] = 0;
        failure->Request.Filename[MAX_PATH - 1] = 0;
        show_failed_request(call, &failure->Request);
        break;
    case DSTORAGE_COMMAND_TYPE_STATUS:
        cf_trace_out_sym(&call->trace, "array", name_of(thread, failure->Status.StatusArray));
        cf_out(call, "index", failure->Status.Index);
        break;
    case DSTORAGE_COMMAND_TYPE_SIGNAL:
        cf_trace_out_sym(&call->trace, "fence", name_of(thread, failure->Signal.Fence));
        cf_out(call, "value", failure->Signal.Value);
        break;
    }
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
        cf_out(&call, "failures", record.FailureCount);
        show_failure(&call, &record.FirstFailure);
    }
    return cf_call_end_void(&call);
}

/* ---- status arrays ---- */

/* With ms: asked again until it is not pending, for so long; the last answer is the record. */
bool cf_step_hresult(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *array = cf_object_of(thread, step, step->args[0], CF_OBJECT_STATUS_ARRAY);
    uint32_t index = (uint32_t)cf_number(thread, step->args[1]);
    uint64_t ms = cf_option_number(thread, step, "ms", 0), begun = GetTickCount64();
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

#ifdef _WIN32
/* Of the default adapter; kept for as long as the process lives. */
static ID3D12Device *device(void)
{
    typedef HRESULT(WINAPI * create_fn)(IUnknown *, D3D_FEATURE_LEVEL, REFIID, void **);
    static const IID iid_device = {
        0x189819f1, 0x1db6, 0x4b57, {0xbe, 0x54, 0x18, 0x21, 0x33, 0x9b, 0x85, 0xf7}};
    static ID3D12Device *made;
    HMODULE module = made ? NULL : LoadLibraryW(L"d3d12.dll");
    FARPROC function = module ? GetProcAddress(module, "D3D12CreateDevice") : NULL;
    create_fn create;
    void *pointer = NULL;

    memcpy(&create, &function, sizeof create);
    if (create && SUCCEEDED(create(NULL, D3D_FEATURE_LEVEL_11_0, &iid_device, &pointer))) {
        made = pointer;
    }
    return made;
}
#endif

struct cf_fence *cf_fence_make(uint64_t value, const char **reason_out)
{
    static const IID iid = {
        0x0a753dcf, 0xc4d8, 0x4b91, {0xad, 0xf6, 0xbe, 0x5a, 0x60, 0xd9, 0x5a, 0x76}};
    void *fence = NULL;

#ifdef _WIN32
    ID3D12Device *maker = device();

    *reason_out = maker ? "no fence can be made" : "this system has no Direct3D 12 device";
    if (maker) {
        maker->lpVtbl->CreateFence(maker, value, D3D12_FENCE_FLAG_NONE, &iid, &fence);
    }
#else
    *reason_out = "no fence can be made";
    RingerCreateFence(value, &iid, &fence);
#endif
    return fence;
}

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

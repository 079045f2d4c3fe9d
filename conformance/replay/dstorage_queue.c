/* SPDX-License-Identifier: MIT */
/* DirectStorage again: queues, errors, and custom decompression. */
#include "conformance/replay/com.h"

#include "conformance/kit/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REQUEST_LIMIT = 256, TAKEN_LIMIT = 256 };

/* ---- requests ---- */

/* Where an argument of a request stands: in a call that has one, or in its place among many. */
struct place {
    struct rp_call *call;
    bool many;
    size_t index;
};

static void plural(char *keys, size_t nbytes, const char *key)
{
    snprintf(keys, nbytes, "%ss", key);
}

static uint64_t number_at(const struct place *at, const char *key)
{
    char keys[24];
    uint64_t value = 0;

    if (!at->many)
        return rp_u64(at->call, key, 0);
    plural(keys, sizeof(keys), key);
    cf_in_u64_at(at->call->record, keys, at->index, &value);
    return value;
}

static const char *word_at(const struct place *at, const char *key)
{
    char keys[24];

    if (!at->many)
        return rp_text(at->call, key);
    plural(keys, sizeof(keys), key);
    return cf_in_string_at(at->call->record, keys, at->index);
}

/*
 * Memory that a request names: null, an address that nobody mapped, or what lies within a buffer.
 * False: beyond it, where this process may have something.
 */
static bool memory_at(const struct place *at, const char *sym, uint64_t offset, uint64_t nbytes,
                      void **address_out)
{
    struct rp_object *buffer;

    *address_out = rp_address(at->call->world, sym, offset);
    if (!sym || !strcmp(sym, "null") || !strcmp(sym, "nonnull") || !strcmp(sym, "unknown"))
        return true;
    buffer = rp_find(at->call->world, sym);
    return buffer && buffer->bytes && offset <= buffer->nbytes && nbytes <= buffer->nbytes - offset;
}

static const char *kept_name(struct rp_world *world, const char *name)
{
    size_t nbytes;

    if (!name || !*name)
        return NULL;
    if (!strcmp(name, "nonnull"))
        return world->bad_page;
    nbytes = strlen(name) + 1;
    return memcpy(rp_keep(world, nbytes), name, nbytes);
}

static bool request_at(const struct place *at, DSTORAGE_REQUEST *request)
{
    uint64_t room = number_at(at, "room"), nbytes = number_at(at, "len");
    void *address;

    memset(request, 0, sizeof(*request));
    request->Options.CompressionFormat = (DSTORAGE_COMPRESSION_FORMAT)number_at(at, "format");
    request->Options.SourceType = number_at(at, "source") & 1;
    request->Options.DestinationType = number_at(at, "dest") & 0x7f;
    request->Options.Reserved = rp_u64(at->call, "reserved", 0) & ((UINT64_C(1) << 48) - 1);
    request->Options.Reserved1[0] = (UINT8)rp_u64(at->call, "gacl", 0);
    if (request->Options.SourceType == DSTORAGE_REQUEST_SOURCE_MEMORY) {
        uint64_t offset = number_at(at, at->many ? "off" : "src_off");

        if (!memory_at(at, word_at(at, "src"), offset, nbytes, &address))
            return false;
        request->Source.Memory.Source = address;
        request->Source.Memory.Size = (UINT32)nbytes;
    } else {
        request->Source.File.Source = rp_com_argument(at->call->world, word_at(at, "file"));
        request->Source.File.Offset = number_at(at, "off");
        request->Source.File.Size = (UINT32)nbytes;
    }
    if (request->Options.DestinationType == DSTORAGE_REQUEST_DESTINATION_MEMORY) {
        if (!memory_at(at, word_at(at, "buf"), number_at(at, "buf_off"), room, &address))
            return false;
        request->Destination.Memory.Buffer = address;
        request->Destination.Memory.Size = (UINT32)room;
    } else if (request->Options.DestinationType == DSTORAGE_REQUEST_DESTINATION_BUFFER) {
        request->Destination.Buffer.Size = (UINT32)room;
    }
    request->UncompressedSize = (UINT32)number_at(at, "raw");
    request->CancellationTag = number_at(at, "tag");
    request->Name = kept_name(at->call->world, word_at(at, "name"));
    return true;
}

static void enqueue_request(struct rp_call *call)
{
    IDStorageQueue *queue = rp_com_of(call, "queue", CF_OBJECT_QUEUE);
    bool null = cf_in_has(call->record, "request");
    DSTORAGE_REQUEST request;

    if (!queue)
        return;
    if (!null && !request_at(&(struct place){.call = call}, &request)) {
        rp_skip(call, "memory beyond a buffer");
        return;
    }
    rp_begin(call);
    queue->lpVtbl->EnqueueRequest(queue, null ? NULL : &request);
    rp_stop(call);
    rp_end_void(call);
}

/* A fence is called by whoever gets it. */
static bool is_fence(struct rp_call *call, void **fence_out)
{
    const char *sym = rp_text(call, "fence");

    *fence_out = NULL;
    if (!sym)
        return true;
    *fence_out = rp_com_of(call, "fence", CF_OBJECT_FENCE);
    return *fence_out;
}

static void enqueue_requests(struct rp_call *call)
{
    bool null = cf_in_has(call->record, "requests");
    uint32_t count = (uint32_t)rp_u64(call, "count", 0);
    DSTORAGE_REQUEST requests[REQUEST_LIMIT];
    IDStorageQueue3 *newer;
    void *fence;

    if (!is_fence(call, &fence))
        return;
    if (!null && (count > REQUEST_LIMIT || count > cf_in_count(call->record, "lens"))) {
        rp_skip(call, "the requests are not in the trace");
        return;
    }
    for (uint32_t i = 0; !null && i < count; i++) {
        if (!request_at(&(struct place){call, true, i}, &requests[i])) {
            rp_skip(call, "memory beyond a buffer");
            return;
        }
    }
    newer = rp_com_as(call, "queue", CF_OBJECT_QUEUE, "IDStorageQueue3");
    if (!newer)
        return;
    rp_begin(call);
    newer->lpVtbl->EnqueueRequests(newer, null ? NULL : requests, count, fence,
                                   rp_u64(call, "value", 0), (uint32_t)rp_u64(call, "flags", 0));
    rp_stop(call);
    newer->lpVtbl->Release(newer);
    rp_end_void(call);
}

/* ---- notifications and the rest of a queue ---- */

static void enqueue_status(struct rp_call *call)
{
    IDStorageQueue *queue = rp_com_of(call, "queue", CF_OBJECT_QUEUE);

    if (!queue)
        return;
    rp_begin(call);
    queue->lpVtbl->EnqueueStatus(queue, rp_com_argument(call->world, rp_text(call, "array")),
                                 (UINT32)rp_u64(call, "index", 0));
    rp_stop(call);
    rp_end_void(call);
}

static void enqueue_signal(struct rp_call *call)
{
    IDStorageQueue *queue = rp_com_of(call, "queue", CF_OBJECT_QUEUE);
    void *fence;

    if (!queue || !is_fence(call, &fence))
        return;
    rp_begin(call);
    queue->lpVtbl->EnqueueSignal(queue, fence, rp_u64(call, "value", 0));
    rp_stop(call);
    rp_end_void(call);
}

static void enqueue_event(struct rp_call *call)
{
    IDStorageQueue1 *newer = rp_com_as(call, "queue", CF_OBJECT_QUEUE, "IDStorageQueue1");

    if (!newer)
        return;
    rp_begin(call);
    newer->lpVtbl->EnqueueSetEvent(newer, rp_handle(call, "event"));
    rp_stop(call);
    newer->lpVtbl->Release(newer);
    rp_end_void(call);
}

static void submit(struct rp_call *call)
{
    IDStorageQueue *queue = rp_com_of(call, "queue", CF_OBJECT_QUEUE);

    if (!queue)
        return;
    rp_begin(call);
    queue->lpVtbl->Submit(queue);
    rp_stop(call);
    rp_end_void(call);
}

static void cancel(struct rp_call *call)
{
    IDStorageQueue *queue = rp_com_of(call, "queue", CF_OBJECT_QUEUE);

    if (!queue)
        return;
    rp_begin(call);
    queue->lpVtbl->CancelRequestsWithTag(queue, rp_u64(call, "mask", 0), rp_u64(call, "value", 0));
    rp_stop(call);
    rp_end_void(call);
}

static void close_queue(struct rp_call *call)
{
    IDStorageQueue *queue = rp_com_of(call, "queue", CF_OBJECT_QUEUE);

    if (!queue)
        return;
    rp_object(call, "queue")->com->closed = true;
    rp_begin(call);
    queue->lpVtbl->Close(queue);
    rp_stop(call);
    rp_end_void(call);
}

static void query(struct rp_call *call)
{
    IDStorageQueue *queue = rp_com_of(call, "queue", CF_OBJECT_QUEUE);
    bool null = cf_in_has(call->record, "info");
    DSTORAGE_QUEUE_INFO info;

    if (!queue)
        return;
    memset(&info, 0, sizeof(info));
    rp_begin(call);
    queue->lpVtbl->Query(queue, null ? NULL : &info);
    rp_stop(call);
    if (!null) {
        rp_out(call, "source", info.Desc.SourceType);
        rp_out(call, "capacity", info.Desc.Capacity);
        rp_out(call, "priority", (uint8_t)info.Desc.Priority);
        cf_trace_out_str(&call->trace, "name", info.Desc.Name);
        rp_out(call, "empty", info.EmptySlotCount);
        rp_out(call, "until", info.RequestCountUntilAutoSubmit);
    }
    rp_end_void(call);
}

static void compression_support(struct rp_call *call)
{
    IDStorageQueue2 *newer = rp_com_as(call, "queue", CF_OBJECT_QUEUE, "IDStorageQueue2");
    DSTORAGE_COMPRESSION_SUPPORT support;

    if (!newer)
        return;
    rp_begin(call);
    support = newer->lpVtbl->GetCompressionSupport(
        newer, (DSTORAGE_COMPRESSION_FORMAT)rp_u64(call, "format", 0));
    rp_stop(call);
    newer->lpVtbl->Release(newer);
    rp_end_ret(call, support, 0);
}

/* ---- errors ---- */

static void error_event(struct rp_call *call)
{
    IDStorageQueue *queue = rp_com_of(call, "queue", CF_OBJECT_QUEUE);
    const char *sym = cf_out_string(call->record, "event");
    struct rp_object *known = sym ? rp_find(call->world, sym) : NULL, *object;
    HANDLE event;

    if (!queue)
        return;
    rp_begin(call);
    event = queue->lpVtbl->GetErrorEvent(queue);
    rp_stop(call);
    object = rp_made(call, "event", RP_EVENT, event != NULL);
    rp_out(call, "same", known && known->handle == event);
    if (object) { /* not open: the queue's own */
        object->handle = event;
        object->manual = true;
    }
    rp_end_ret(call, event != NULL, 0);
}

static const char *view_object(void *ctx, const void *pointer)
{
    struct rp_world *world = ((struct rp_call *)ctx)->world;
    const char *name = pointer == world->bad_page ? "nonnull" : "unknown";

    if (!pointer)
        return NULL;
    AcquireSRWLockShared(&world->lock);
    for (struct rp_object *object = world->objects; object; object = object->next) {
        if (object->com && object->com->iface == pointer) {
            name = object->sym;
            break;
        }
    }
    ReleaseSRWLockShared(&world->lock);
    return name;
}

static const char *view_buffer(void *ctx, const void *address, uint64_t *offset_out)
{
    struct rp_world *world = ((struct rp_call *)ctx)->world;
    const uint8_t *at = address;
    const char *name = "unknown";

    *offset_out = 0;
    if (!at)
        return NULL;
    AcquireSRWLockShared(&world->lock);
    for (struct rp_object *object = world->objects; object; object = object->next) {
        if (object->bytes && at >= object->bytes && at <= object->bytes + object->nbytes) {
            name = object->sym;
            *offset_out = (uint64_t)(at - object->bytes);
            break;
        }
    }
    ReleaseSRWLockShared(&world->lock);
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

static const char *view_path(void *ctx, const WCHAR *path)
{
    struct rp_world *world = ((struct rp_call *)ctx)->world;
    const char *text = path[0] ? "other" : "";

    AcquireSRWLockShared(&world->lock);
    for (struct rp_object *object = world->objects; object; object = object->next) {
        if (object->com && object->com->path && object->com->shown &&
            same_path(object->com->path, path)) {
            text = object->com->shown;
            break;
        }
    }
    ReleaseSRWLockShared(&world->lock);
    return text;
}

static void view_number(void *ctx, const char *key, uint64_t value)
{
    rp_out(ctx, key, value);
}

static void view_hex(void *ctx, const char *key, uint64_t value)
{
    cf_trace_out_hex64(&((struct rp_call *)ctx)->trace, key, value);
}

static void view_text(void *ctx, const char *key, const char *text)
{
    cf_trace_out_str(&((struct rp_call *)ctx)->trace, key, text);
}

static void view_symbol(void *ctx, const char *key, const char *symbol)
{
    cf_trace_out_sym(&((struct rp_call *)ctx)->trace, key, symbol);
}

static void error_record(struct rp_call *call)
{
    IDStorageQueue *queue = rp_com_of(call, "queue", CF_OBJECT_QUEUE);
    bool null = cf_in_has(call->record, "record");
    struct cf_failure_names names = {call,        view_object, view_buffer, view_path,
                                     view_number, view_hex,    view_text,   view_symbol};
    DSTORAGE_ERROR_RECORD record;

    if (!queue)
        return;
    memset(&record, 0xd5, sizeof(record));
    rp_begin(call);
    queue->lpVtbl->RetrieveErrorRecord(queue, null ? NULL : &record);
    rp_stop(call);
    if (!null)
        cf_failure_show(&record, &names);
    rp_end_void(call);
}

/* ---- custom decompression ---- */

static void custom_event(struct rp_call *call)
{
    IDStorageCustomDecompressionQueue *custom = rp_com_of(call, "custom", CF_OBJECT_CUSTOM);
    struct rp_object *object;
    HANDLE event;

    if (!custom)
        return;
    rp_begin(call);
    event = custom->lpVtbl->GetEvent(custom);
    rp_stop(call);
    object = rp_made(call, "event", RP_EVENT, event != NULL);
    if (object) {
        object->handle = event;
        object->open = true;
        object->manual = true;
    }
    rp_end_ret(call, event != NULL, 0);
}

static void keep_taken(struct rp_call *call, const DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *requests,
                       uint32_t count)
{
    struct rp_com *com = rp_object(call, "custom")->com;

    for (uint32_t i = 0; i < count; i++) {
        struct rp_taken *taken = cf_xalloc(sizeof(*taken)), **link;

        taken->request = requests[i];
        AcquireSRWLockExclusive(&call->world->lock);
        for (link = &com->taken; *link; link = &(*link)->next)
            ;
        *link = taken;
        ReleaseSRWLockExclusive(&call->world->lock);
    }
}

static void get_requests(struct rp_call *call)
{
    bool newer = !strcmp(call->record->call.fn, "IDStorageCustomDecompressionQueue1::GetRequests1");
    uint32_t most = (uint32_t)rp_u64(call, "max", 0), flags = (uint32_t)rp_u64(call, "flags", 0);
    bool no_requests = cf_in_has(call->record, "requests");
    bool no_count = cf_in_has(call->record, "count");
    DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST requests[TAKEN_LIMIT];
    DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *array = no_requests ? NULL : requests;
    UINT32 count = 0xd5d5d5d5, *number = no_count ? NULL : &count;
    IDStorageCustomDecompressionQueue1 *custom =
        rp_com_as(call, "custom", CF_OBJECT_CUSTOM,
                  newer ? "IDStorageCustomDecompressionQueue1"
                        : "IDStorageCustomDecompressionQueue");
    HRESULT hr;

    if (!custom)
        return;
    most = most < TAKEN_LIMIT ? most : TAKEN_LIMIT;
    rp_begin(call);
    hr = newer ? custom->lpVtbl->GetRequests1(custom, flags, most, array, number)
               : custom->lpVtbl->GetRequests(custom, most, array, number);
    rp_stop(call);
    custom->lpVtbl->Release(custom);
    if (number)
        rp_out(call, "count", count);
    if (SUCCEEDED(hr) && array && number && count && count <= most) {
        rp_out(call, "format", requests[0].CompressionFormat);
        rp_out(call, "flags", requests[0].Flags);
        rp_out(call, "len", requests[0].SrcSize);
        rp_out(call, "room", requests[0].DstSize);
        keep_taken(call, requests, count);
    }
    rp_end_hr(call, hr);
}

/* The oldest one of that format; requests come in any order, so it need not be the trace's. */
static struct rp_taken *take_out(struct rp_call *call, uint64_t format)
{
    struct rp_com *com = rp_object(call, "custom")->com;
    struct rp_taken **link, *taken;

    AcquireSRWLockExclusive(&call->world->lock);
    for (link = &com->taken; *link && (*link)->request.CompressionFormat != format;
         link = &(*link)->next)
        ;
    taken = *link;
    if (taken)
        *link = taken->next;
    ReleaseSRWLockExclusive(&call->world->lock);
    return taken;
}

/* As the trace says it was done; only into a buffer of the trace, and from what can be read. */
static HRESULT do_work(struct rp_call *call,
                       const DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *request)
{
    const char *does = rp_text(call, "does");
    const uint8_t *from = request->SrcBuffer;
    uint8_t *to = request->DstBuffer;
    uint64_t nbytes = request->SrcSize < request->DstSize ? request->SrcSize : request->DstSize;
    uint64_t offset;
    struct rp_object *buffer = rp_find(call->world, to ? view_buffer(call, to, &offset) : "");
    size_t written;

    if (!does || !buffer || !buffer->readable || request->DstSize > buffer->nbytes - offset ||
        request->SrcBuffer == call->world->bad_page)
        return S_OK;
    if (rp_text(call, "codec")) {
        struct rp_object *object = rp_object(call, "codec");
        IDStorageCompressionCodec *codec;

        if (!object || !object->com || object->com->kind != CF_OBJECT_CODEC ||
            object->com->refs < 1)
            return S_OK;
        codec = (IDStorageCompressionCodec *)object->com->iface;
        return codec->lpVtbl->DecompressBuffer(codec, from, request->SrcSize, to, request->DstSize,
                                               &written);
    }
    for (uint64_t i = 0; strcmp(does, "nothing") && i < nbytes; i++)
        to[i] = !strcmp(does, "upper") ? (uint8_t)toupper(from[i]) : from[i];
    return S_OK;
}

static void set_results(struct rp_call *call)
{
    IDStorageCustomDecompressionQueue *custom = rp_com_of(call, "custom", CF_OBJECT_CUSTOM);
    bool null = cf_in_has(call->record, "results");
    uint32_t count = (uint32_t)rp_u64(call, "count", 0);
    HRESULT result = (HRESULT)rp_u64(call, "result", 0), hr;
    DSTORAGE_CUSTOM_DECOMPRESSION_RESULT results[TAKEN_LIMIT];

    if (!custom)
        return;
    if (!null && (count > TAKEN_LIMIT || count > cf_in_count(call->record, "ids"))) {
        rp_skip(call, "the answers are not in the trace");
        return;
    }
    for (uint32_t i = 0; !null && i < count; i++) {
        uint64_t id = 0, format = 0;
        struct rp_taken *taken;

        cf_in_u64_at(call->record, "ids", i, &id);
        cf_in_u64_at(call->record, "formats", i, &format);
        taken = id ? take_out(call, format) : NULL;
        results[i].Id = taken ? taken->request.Id : UINT64_MAX - 1;
        results[i].Result = result;
        if (taken && SUCCEEDED(result))
            results[i].Result = do_work(call, &taken->request);
        free(taken);
    }
    rp_begin(call);
    hr = custom->lpVtbl->SetRequestResults(custom, count, null ? NULL : results);
    rp_stop(call);
    rp_end_hr(call, hr);
}

const struct rp_function rp_dstorage_queue_functions[] = {
    {"IDStorageQueue::EnqueueRequest", enqueue_request},
    {"IDStorageQueue3::EnqueueRequests", enqueue_requests},
    {"IDStorageQueue::EnqueueStatus", enqueue_status},
    {"IDStorageQueue::EnqueueSignal", enqueue_signal},
    {"IDStorageQueue1::EnqueueSetEvent", enqueue_event},
    {"IDStorageQueue::Submit", submit},
    {"IDStorageQueue::CancelRequestsWithTag", cancel},
    {"IDStorageQueue::Close", close_queue},
    {"IDStorageQueue::Query", query},
    {"IDStorageQueue2::GetCompressionSupport", compression_support},
    {"IDStorageQueue::GetErrorEvent", error_event},
    {"IDStorageQueue::RetrieveErrorRecord", error_record},
    {"IDStorageCustomDecompressionQueue::GetEvent", custom_event},
    {"IDStorageCustomDecompressionQueue::GetRequests", get_requests},
    {"IDStorageCustomDecompressionQueue1::GetRequests1", get_requests},
    {"IDStorageCustomDecompressionQueue::SetRequestResults", set_results},
    {NULL, NULL},
};

/* SPDX-License-Identifier: MIT */
/* Steps of DirectStorage's queues: requests, notifications, submission, cancelling, questions. */
#include "conformance/kit/object.h"
#include "conformance/trace/same.h"

#include <string.h>

/* A request and what it is called in a trace. */
struct cf_ds_request {
    DSTORAGE_REQUEST request;
    const char *file, *src, *buf; /* symbols; NULL: a null pointer */
    uint64_t src_off, buf_off;
    uint64_t room; /* the destination's */
};

#define MOST_REQUESTS 64 /* words of a line, nearly */

/* ---- requests ---- */

static const char *kept_word(struct cf_thread *thread, const char *word)
{
    char *text;

    if (!word[0]) {
        return NULL;
    }
    text = cf_keep(thread, strlen(word) + 1);
    strcpy(text, word);
    return text;
}

/* Whoever answers custom decompression must then not follow pointers blindly. */
static void note_hostile(struct cf_thread *thread, const char *word)
{
    if (!word || cf_same(word, "null") || !strncmp(word, "bad", 3)) {
        AcquireSRWLockExclusive(&thread->run->lock);
        thread->run->hostile = true;
        ReleaseSRWLockExclusive(&thread->run->lock);
    }
}

static bool fill_source(struct cf_thread *thread, const struct cf_step *step,
                        struct cf_ds_request *made)
{
    const char *file = cf_step_option(step, "file"), *from = cf_step_option(step, "from");
    DSTORAGE_REQUEST *request = &made->request;
    UINT32 nbytes = (UINT32)cf_option_number(thread, step, "len", 0);
    struct cf_buffer_arg buffer;
    uint64_t type;

    if (!cf_option_word(thread, step, "source", cf_source_types, from != NULL, &type)) {
        return false;
    }
    request->Options.SourceType = type & 1;
    if (from) {
        cf_buffer_argument(thread, from, &buffer);
        if (buffer.registered || !cf_buffer_holds(thread, step, &buffer, nbytes)) {
            return buffer.registered ? cf_stop(thread, step, "no buffer of a ring") : false;
        }
        note_hostile(thread, from);
        request->Source.Memory.Source = buffer.address;
        request->Source.Memory.Size = nbytes;
        made->src = kept_word(thread, buffer.sym);
        made->src_off = buffer.offset;
        return true;
    }
    struct cf_object_arg named = cf_object_argument(thread, file ? file : "null");
    request->Source.File.Source = named.pointer;
    request->Source.File.Offset = cf_option_number(thread, step, "at", 0);
    request->Source.File.Size = nbytes;
    made->file = named.sym;
    return true;
}

static bool fill_destination(struct cf_thread *thread, const struct cf_step *step,
                             struct cf_ds_request *made)
{
    static const struct cf_word types[] = {{"memory", 0},   {"buffer", 1}, {"texture", 2},
                                           {"multiple", 3}, {"tiles", 4},  {"range", 5},
                                           {NULL, 0}};
    const char *to = cf_step_option(step, "to");
    DSTORAGE_REQUEST *request = &made->request;
    struct cf_buffer_arg buffer;
    uint64_t type;

    made->room = (UINT32)cf_option_number(thread, step, "room",
                                          cf_option_number(thread, step, "len", 0));
    if (!cf_option_word(thread, step, "dest", types, 0, &type)) {
        return false;
    }
    request->Options.DestinationType = type & 0x7f;
    if (type != DSTORAGE_REQUEST_DESTINATION_MEMORY) { /* of a resource that is none */
        if (type == DSTORAGE_REQUEST_DESTINATION_BUFFER) {
            request->Destination.Buffer.Size = (UINT32)made->room;
        }
        return true;
    }
    cf_buffer_argument(thread, to ? to : "null", &buffer);
    if (buffer.registered || !cf_buffer_holds(thread, step, &buffer, made->room)) {
        return buffer.registered ? cf_stop(thread, step, "no buffer of a ring") : false;
    }
    note_hostile(thread, to);
    request->Destination.Memory.Buffer = buffer.address;
    request->Destination.Memory.Size = (UINT32)made->room;
    made->buf = kept_word(thread, buffer.sym);
    made->buf_off = buffer.offset;
    return true;
}

static struct cf_ds_request *make_request(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_ds_request *made = cf_keep(thread, sizeof *made);
    DSTORAGE_REQUEST *request = &made->request;
    const char *name = cf_step_option(step, "name");
    uint64_t format;

    if (!fill_source(thread, step, made) || !fill_destination(thread, step, made) ||
        !cf_option_word(thread, step, "format", cf_formats, 0, &format)) {
        return NULL;
    }
    request->Options.CompressionFormat = (DSTORAGE_COMPRESSION_FORMAT)format;
    request->Options.Reserved1[0] = (UINT8)cf_option_number(thread, step, "gacl", 0);
    request->Options.Reserved =
        cf_option_number(thread, step, "reserved", 0) & ((UINT64_C(1) << 48) - 1);
    request->UncompressedSize =
        (UINT32)cf_option_number(thread, step, "raw", format ? made->room : 0);
    request->CancellationTag = cf_option_number(thread, step, "tag", 0);
    request->Name = name && cf_same(name, "bad") ? thread->run->bad_page
                                                 : cf_option_text(thread, step, "name");
    return made;
}

bool cf_step_request(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_ds_request *made = make_request(thread, step);

    if (made) {
        cf_symbol_new(thread, step->args[0], 'g')->request = made;
    }
    return made;
}

/* The request of one call, key by key. */
static void show_request(struct cf_thread *thread, struct cf_trace_call *trace,
                         const struct cf_ds_request *made)
{
    const DSTORAGE_REQUEST *request = &made->request;
    bool memory = request->Options.SourceType == DSTORAGE_REQUEST_SOURCE_MEMORY;

    cf_trace_in_u64(trace, "format", request->Options.CompressionFormat);
    cf_trace_in_u64(trace, "source", request->Options.SourceType);
    cf_trace_in_u64(trace, "dest", request->Options.DestinationType);
    if (memory) {
        cf_trace_in_sym(trace, "src", made->src);
        cf_trace_in_u64(trace, "src_off", made->src_off);
    } else {
        cf_trace_in_sym(trace, "file", made->file);
        cf_trace_in_u64(trace, "off", request->Source.File.Offset);
    }
    cf_trace_in_u64(trace, "len", memory ? request->Source.Memory.Size : request->Source.File.Size);
    cf_trace_in_sym(trace, "buf", made->buf);
    cf_trace_in_u64(trace, "buf_off", made->buf_off);
    cf_trace_in_u64(trace, "room", made->room);
    cf_trace_in_u64(trace, "raw", request->UncompressedSize);
    cf_trace_in_hex64(trace, "tag", request->CancellationTag);
    cf_trace_in_str(trace, "name",
                    request->Name == thread->run->bad_page ? "nonnull" : request->Name);
    if (request->Options.Reserved || request->Options.Reserved1[0]) {
        cf_trace_in_hex64(trace, "reserved", request->Options.Reserved);
        cf_trace_in_u64(trace, "gacl", request->Options.Reserved1[0]);
    }
}

static bool enqueue(struct cf_thread *thread, const struct cf_step *step,
                    const struct cf_ds_request *made)
{
    struct cf_object *queue = cf_object_of(thread, step, step->args[0], CF_OBJECT_QUEUE);
    DSTORAGE_REQUEST copy; /* overwritten at once: the call must have copied */
    IDStorageQueue *of;
    struct cf_call call;

    if (!queue) {
        return false;
    }
    of = (IDStorageQueue *)queue->iface;
    cf_call_begin(&call, thread, step, "IDStorageQueue::EnqueueRequest");
    cf_trace_in_sym(&call.trace, "queue", step->args[0]);
    if (made) {
        show_request(thread, &call.trace, made);
        copy = made->request;
    } else {
        cf_trace_in_sym(&call.trace, "request", NULL);
    }
    cf_call_start(&call);
    of->lpVtbl->EnqueueRequest(of, made ? &copy : NULL);
    cf_call_stop(&call);
    memset(&copy, 0xd5, sizeof copy);
    return cf_call_end_void(&call);
}

bool cf_step_dsread(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_ds_request *made = make_request(thread, step);

    return made && enqueue(thread, step, made);
}

static struct cf_ds_request *request_of(struct cf_thread *thread, const struct cf_step *step,
                                        unsigned index)
{
    struct cf_symbol *symbol =
        index < step->arg_count ? cf_symbol_find(thread, step->args[index]) : NULL;

    if (!symbol || !symbol->request) {
        cf_stop(thread, step, "no request");
        return NULL;
    }
    return symbol->request;
}

bool cf_step_enqueue(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_ds_request *made =
        cf_step_option(step, "null") ? NULL : request_of(thread, step, 1);

    return (made || cf_step_option(step, "null")) && enqueue(thread, step, made);
}

/* Of many: an array a key. */
struct columns {
    const char *files[MOST_REQUESTS], *srcs[MOST_REQUESTS], *bufs[MOST_REQUESTS],
        *names[MOST_REQUESTS];
    uint64_t formats[MOST_REQUESTS], sources[MOST_REQUESTS], dests[MOST_REQUESTS],
        offs[MOST_REQUESTS], lens[MOST_REQUESTS], buf_offs[MOST_REQUESTS], rooms[MOST_REQUESTS],
        raws[MOST_REQUESTS], tags[MOST_REQUESTS];
    size_t count;
};

static void add_row(struct columns *columns, const struct cf_ds_request *made)
{
    const DSTORAGE_REQUEST *request = &made->request;
    bool memory = request->Options.SourceType == DSTORAGE_REQUEST_SOURCE_MEMORY;
    size_t i = columns->count++;

    columns->files[i] = made->file ? made->file : "null";
    columns->srcs[i] = made->src ? made->src : "null";
    columns->bufs[i] = made->buf ? made->buf : "null";
    columns->names[i] = request->Name ? request->Name : "";
    columns->formats[i] = request->Options.CompressionFormat;
    columns->sources[i] = request->Options.SourceType;
    columns->dests[i] = request->Options.DestinationType;
    columns->offs[i] = memory ? made->src_off : request->Source.File.Offset;
    columns->lens[i] = memory ? request->Source.Memory.Size : request->Source.File.Size;
    columns->buf_offs[i] = made->buf_off;
    columns->rooms[i] = made->room;
    columns->raws[i] = request->UncompressedSize;
    columns->tags[i] = request->CancellationTag;
}

static void show_columns(struct cf_trace_call *trace, const struct columns *columns)
{
    size_t count = columns->count;

    cf_trace_in_u64s(trace, "formats", columns->formats, count);
    cf_trace_in_u64s(trace, "sources", columns->sources, count);
    cf_trace_in_u64s(trace, "dests", columns->dests, count);
    cf_trace_in_syms(trace, "files", columns->files, count);
    cf_trace_in_syms(trace, "srcs", columns->srcs, count);
    cf_trace_in_u64s(trace, "offs", columns->offs, count);
    cf_trace_in_u64s(trace, "lens", columns->lens, count);
    cf_trace_in_syms(trace, "bufs", columns->bufs, count);
    cf_trace_in_u64s(trace, "buf_offs", columns->buf_offs, count);
    cf_trace_in_u64s(trace, "rooms", columns->rooms, count);
    cf_trace_in_u64s(trace, "raws", columns->raws, count);
    cf_trace_in_u64s(trace, "tags", columns->tags, count);
    cf_trace_in_syms(trace, "names", columns->names, count);
}

bool cf_step_enqueues(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *queue = cf_object_of(thread, step, step->args[0], CF_OBJECT_QUEUE);
    const char *fence_word = cf_step_option(step, "fence");
    uint64_t value = cf_option_number(thread, step, "value", 0);
    uint32_t flags = (uint32_t)cf_option_number(thread, step, "flags", 0), count;
    bool null = cf_step_option(step, "null");
    DSTORAGE_REQUEST requests[MOST_REQUESTS];
    struct columns columns = {.count = 0};
    struct cf_object_arg fence;
    struct cf_call call;
    IDStorageQueue3 *of;

    if (!queue || !cf_fence_argument(thread, step, fence_word ? fence_word : "null", &fence)) {
        return false;
    }
    for (unsigned i = 1; i < step->arg_count && i <= MOST_REQUESTS; i++) {
        struct cf_ds_request *made = request_of(thread, step, i);
        if (!made) {
            return false;
        }
        requests[i - 1] = made->request;
        add_row(&columns, made);
    }
    count = (uint32_t)cf_option_number(thread, step, "count", columns.count);
    if (!null && count > columns.count) {
        return cf_stop(thread, step, "count is more than there are");
    }
    columns.count = null ? 0 : count;
    of = cf_object_as(thread, step, queue, "IDStorageQueue3");
    if (!of) {
        return false;
    }
    cf_call_begin(&call, thread, step, "IDStorageQueue3::EnqueueRequests");
    cf_trace_in_sym(&call.trace, "queue", step->args[0]);
    cf_trace_in_u64(&call.trace, "count", count);
    cf_trace_in_sym(&call.trace, "fence", fence.sym);
    cf_trace_in_u64(&call.trace, "value", value);
    cf_trace_in_u64(&call.trace, "flags", flags);
    if (null) {
        cf_trace_in_sym(&call.trace, "requests", NULL);
    }
    show_columns(&call.trace, &columns);
    cf_call_start(&call);
    of->lpVtbl->EnqueueRequests(of, null ? NULL : requests, count, fence.pointer, value, flags);
    cf_call_stop(&call);
    memset(requests, 0xd5, sizeof requests);
    of->lpVtbl->Release(of);
    return cf_call_end_void(&call);
}

/* ---- notifications ---- */

bool cf_step_enqueuestatus(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *queue = cf_object_of(thread, step, step->args[0], CF_OBJECT_QUEUE);
    struct cf_object_arg array = cf_object_argument(thread, step->args[1]);
    uint32_t index = (uint32_t)cf_number(thread, step->args[2]);
    struct cf_call call;
    IDStorageQueue *of;

    if (!queue) {
        return false;
    }
    of = (IDStorageQueue *)queue->iface;
    cf_call_begin(&call, thread, step, "IDStorageQueue::EnqueueStatus");
    cf_trace_in_sym(&call.trace, "queue", step->args[0]);
    cf_trace_in_sym(&call.trace, "array", array.sym);
    cf_trace_in_u64(&call.trace, "index", index);
    cf_call_start(&call);
    of->lpVtbl->EnqueueStatus(of, array.pointer, index);
    cf_call_stop(&call);
    return cf_call_end_void(&call);
}

bool cf_step_enqueuesignal(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *queue = cf_object_of(thread, step, step->args[0], CF_OBJECT_QUEUE);
    uint64_t value = cf_number(thread, step->args[2]);
    struct cf_object_arg fence;
    struct cf_call call;
    IDStorageQueue *of;

    if (!queue || !cf_fence_argument(thread, step, step->args[1], &fence)) {
        return false;
    }
    of = (IDStorageQueue *)queue->iface;
    cf_call_begin(&call, thread, step, "IDStorageQueue::EnqueueSignal");
    cf_trace_in_sym(&call.trace, "queue", step->args[0]);
    cf_trace_in_sym(&call.trace, "fence", fence.sym);
    cf_trace_in_u64(&call.trace, "value", value);
    cf_call_start(&call);
    of->lpVtbl->EnqueueSignal(of, fence.pointer, value);
    cf_call_stop(&call);
    return cf_call_end_void(&call);
}

bool cf_step_enqueueevent(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *queue = cf_object_of(thread, step, step->args[0], CF_OBJECT_QUEUE);
    struct cf_file_arg event; /* null and invalid are said alike */
    struct cf_call call;
    IDStorageQueue1 *of;

    if (!queue) {
        return false;
    }
    cf_file_argument(thread, step->args[1], &event);
    of = cf_object_as(thread, step, queue, "IDStorageQueue1");
    if (!of) {
        return false;
    }
    cf_call_begin(&call, thread, step, "IDStorageQueue1::EnqueueSetEvent");
    cf_trace_in_sym(&call.trace, "queue", step->args[0]);
    cf_trace_in_sym(&call.trace, "event", event.sym);
    cf_call_start(&call);
    of->lpVtbl->EnqueueSetEvent(of, event.handle);
    cf_call_stop(&call);
    of->lpVtbl->Release(of);
    return cf_call_end_void(&call);
}

/* ---- submission and cancelling ---- */

bool cf_step_dssubmit(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *queue = cf_object_of(thread, step, step->args[0], CF_OBJECT_QUEUE);
    struct cf_call call;
    IDStorageQueue *of;

    if (!queue) {
        return false;
    }
    of = (IDStorageQueue *)queue->iface;
    cf_call_begin(&call, thread, step, "IDStorageQueue::Submit");
    cf_trace_in_sym(&call.trace, "queue", step->args[0]);
    cf_call_start(&call);
    of->lpVtbl->Submit(of);
    cf_call_stop(&call);
    return cf_call_end_void(&call);
}

bool cf_step_dscancel(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *queue = cf_object_of(thread, step, step->args[0], CF_OBJECT_QUEUE);
    uint64_t mask = cf_option_number(thread, step, "mask", 0);
    uint64_t value = cf_option_number(thread, step, "value", 0);
    struct cf_call call;
    IDStorageQueue *of;

    if (!queue) {
        return false;
    }
    of = (IDStorageQueue *)queue->iface;
    cf_call_begin(&call, thread, step, "IDStorageQueue::CancelRequestsWithTag");
    cf_trace_in_sym(&call.trace, "queue", step->args[0]);
    cf_trace_in_hex64(&call.trace, "mask", mask);
    cf_trace_in_hex64(&call.trace, "value", value);
    cf_call_start(&call);
    of->lpVtbl->CancelRequestsWithTag(of, mask, value);
    cf_call_stop(&call);
    return cf_call_end_void(&call);
}

/* ---- what a queue says of itself ---- */

bool cf_step_dsquery(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *queue = cf_object_of(thread, step, step->args[0], CF_OBJECT_QUEUE);
    bool null = cf_step_option(step, "null");
    DSTORAGE_QUEUE_INFO info;
    struct cf_call call;
    IDStorageQueue *of;

    if (!queue) {
        return false;
    }
    of = (IDStorageQueue *)queue->iface;
    memset(&info, 0, sizeof info);
    cf_call_begin(&call, thread, step, "IDStorageQueue::Query");
    cf_trace_in_sym(&call.trace, "queue", step->args[0]);
    if (null) {
        cf_trace_in_sym(&call.trace, "info", NULL);
    }
    cf_call_start(&call);
    of->lpVtbl->Query(of, null ? NULL : &info);
    cf_call_stop(&call);
    if (!null) {
        cf_out(&call, "source", info.Desc.SourceType);
        cf_out(&call, "capacity", info.Desc.Capacity);
        cf_out(&call, "priority", (uint8_t)info.Desc.Priority);
        cf_trace_out_str(&call.trace, "name", info.Desc.Name);
        cf_out(&call, "empty", info.EmptySlotCount);
        cf_out(&call, "until", info.RequestCountUntilAutoSubmit);
    }
    return cf_call_end_void(&call);
}

bool cf_step_dssupport(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *queue = cf_object_of(thread, step, step->args[0], CF_OBJECT_QUEUE);
    DSTORAGE_COMPRESSION_SUPPORT support;
    struct cf_call call;
    IDStorageQueue2 *of;
    uint64_t format;

    if (!queue || !cf_option_word(thread, step, "format", cf_formats, 0, &format)) {
        return false;
    }
    of = cf_object_as(thread, step, queue, "IDStorageQueue2");
    if (!of) {
        return false;
    }
    cf_call_begin(&call, thread, step, "IDStorageQueue2::GetCompressionSupport");
    cf_trace_in_sym(&call.trace, "queue", step->args[0]);
    cf_trace_in_u64(&call.trace, "format", format);
    cf_call_start(&call);
    support = of->lpVtbl->GetCompressionSupport(of, (DSTORAGE_COMPRESSION_FORMAT)format);
    cf_call_stop(&call);
    of->lpVtbl->Release(of);
    return cf_call_end_ret(&call, support, 0, true, NULL);
}

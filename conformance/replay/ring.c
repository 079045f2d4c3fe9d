/* SPDX-License-Identifier: MIT */
/* The calls of ioringapi.h again. */
#include "conformance/replay/world.h"

#include <jansson.h>
#include <string.h>

enum { ELEMENT_LIMIT = 1 << 20 }; /* of an array argument */

static void query_capabilities(struct rp_call *call)
{
    IORING_CAPABILITIES caps;
    HRESULT hr;

    memset(&caps, 0xa5, sizeof(caps));
    rp_begin(call);
    hr = call->world->api.QueryIoRingCapabilities(&caps);
    rp_stop(call);
    rp_out(call, "ver", (uint32_t)caps.MaxVersion);
    rp_out(call, "sq", caps.MaxSubmissionQueueSize);
    rp_out(call, "cq", caps.MaxCompletionQueueSize);
    rp_out(call, "features", (uint32_t)caps.FeatureFlags);
    rp_end_hr(call, hr);
}

static void create(struct rp_call *call)
{
    IORING_CREATE_FLAGS flags;
    struct rp_object *object;
    HIORING ring = NULL;
    HRESULT hr;

    flags.Required = (IORING_CREATE_REQUIRED_FLAGS)rp_u64(call, "required", 0);
    flags.Advisory = (IORING_CREATE_ADVISORY_FLAGS)rp_u64(call, "advisory", 0);
    rp_begin(call);
    hr = call->world->api.CreateIoRing((IORING_VERSION)rp_u64(call, "ver", 0), flags,
                                       (UINT32)rp_u64(call, "sq", 0), (UINT32)rp_u64(call, "cq", 0),
                                       &ring);
    rp_stop(call);
    object = rp_made(call, "ring", RP_RING, SUCCEEDED(hr));
    if (object) {
        object->ring = ring;
        object->open = true;
    }
    rp_end_hr(call, hr);
}

static HIORING ring_of(const struct rp_call *call, struct rp_object **object_out)
{
    struct rp_object *object = rp_object(call, "ring");

    *object_out = object && object->kind == RP_RING ? object : NULL;
    return *object_out ? object->ring : NULL;
}

static void get_info(struct rp_call *call)
{
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);
    IORING_INFO info;
    HRESULT hr;

    memset(&info, 0xa5, sizeof(info));
    rp_begin(call);
    hr = call->world->api.GetIoRingInfo(ring, &info);
    rp_stop(call);
    rp_out(call, "ver", (uint32_t)info.IoRingVersion);
    rp_out(call, "required", (uint32_t)info.Flags.Required);
    rp_out(call, "advisory", (uint32_t)info.Flags.Advisory);
    rp_out(call, "sq", info.SubmissionQueueSize);
    rp_out(call, "cq", info.CompletionQueueSize);
    rp_end_hr(call, hr);
}

static void is_supported(struct rp_call *call)
{
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);
    BOOL ret;

    rp_begin(call);
    ret = call->world->api.IsIoRingOpSupported(ring, (IORING_OP_CODE)rp_u64(call, "op", 0));
    rp_stop(call);
    rp_end_ret(call, ret ? 1 : 0, GetLastError());
}

/* ---- builders ---- */

static IORING_HANDLE_REF file_ref(const struct rp_call *call)
{
    IORING_HANDLE_REF ref;

    memset(&ref, 0, sizeof(ref));
    if (cf_in_has(call->record, "file_index")) {
        ref.Kind = IORING_REF_REGISTERED;
        ref.Handle.Index = (UINT32)rp_u64(call, "file_index", 0);
    } else {
        ref.Kind = IORING_REF_RAW;
        ref.Handle.Handle = rp_handle(call, "file");
    }
    ref.Kind = (IORING_REF_KIND)rp_u64(call, "file_kind", (uint32_t)ref.Kind);
    return ref;
}

static IORING_BUFFER_REF buffer_ref(const struct rp_call *call)
{
    uint64_t offset = rp_u64(call, "buf_off", 0);
    IORING_BUFFER_REF ref;

    memset(&ref, 0, sizeof(ref));
    if (cf_in_has(call->record, "buf_index")) {
        ref.Kind = IORING_REF_REGISTERED;
        ref.Buffer.IndexAndOffset.BufferIndex = (UINT32)rp_u64(call, "buf_index", 0);
        ref.Buffer.IndexAndOffset.Offset = (UINT32)offset;
    } else {
        ref.Kind = IORING_REF_RAW;
        ref.Buffer.Address = rp_address(call->world, rp_text(call, "buf"), offset);
    }
    ref.Kind = (IORING_REF_KIND)rp_u64(call, "buf_kind", (uint32_t)ref.Kind);
    return ref;
}

static void built(struct rp_call *call, struct rp_object *ring, HRESULT hr)
{
    rp_stop(call);
    if (ring && SUCCEEDED(hr)) {
        AcquireSRWLockExclusive(&call->world->lock);
        ring->built++;
        ReleaseSRWLockExclusive(&call->world->lock);
    }
    rp_end_hr(call, hr);
}

#define LENGTH (UINT32) rp_u64(call, "len", 0)
#define OFFSET rp_u64(call, "off", 0)
#define USER_DATA (UINT_PTR) rp_u64(call, "ud", 0)
#define SQE_FLAGS (IORING_SQE_FLAGS) rp_u64(call, "sqe", 0)
#define WRITE_FLAGS (FILE_WRITE_FLAGS) rp_u64(call, "write", 0)

static void build_read(struct rp_call *call)
{
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);

    rp_begin(call);
    built(call, object,
          call->world->api.BuildIoRingReadFile(ring, file_ref(call), buffer_ref(call), LENGTH, OFFSET,
                                               USER_DATA, SQE_FLAGS));
}

static void build_write(struct rp_call *call)
{
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);

    rp_begin(call);
    built(call, object,
          call->world->api.BuildIoRingWriteFile(ring, file_ref(call), buffer_ref(call), LENGTH, OFFSET,
                                                WRITE_FLAGS, USER_DATA, SQE_FLAGS));
}

static void build_flush(struct rp_call *call)
{
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);

    rp_begin(call);
    built(call, object,
          call->world->api.BuildIoRingFlushFile(ring, file_ref(call),
                                                (FILE_FLUSH_MODE)rp_u64(call, "mode", 0), USER_DATA,
                                                SQE_FLAGS));
}

static void build_cancel(struct rp_call *call)
{
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);

    rp_begin(call);
    built(call, object,
          call->world->api.BuildIoRingCancelRequest(ring, file_ref(call),
                                                    (UINT_PTR)rp_u64(call, "target", 0), USER_DATA));
}

/*
 * An array of the trace: its elements, or "null", or a pointer with nothing of interest behind it.
 * The API may read count elements, however many the trace holds.
 */
static void *array_of(struct rp_call *call, const char *key, uint64_t count, size_t size)
{
    const char *word = rp_text(call, key), *place = rp_text(call, "array");
    size_t given = cf_in_count(call->record, key);

    if (word && !strcmp(word, "null"))
        return NULL;
    if (place) /* spoilt or unmapped later, as the trace says */
        return rp_address(call->world, place, 0);
    count = count > given ? count : given;
    return rp_keep(call->world, (size_t)(count < ELEMENT_LIMIT ? count : ELEMENT_LIMIT) * size);
}

static void build_register_files(struct rp_call *call)
{
    uint64_t count = rp_u64(call, "count", 0);
    HANDLE *handles = array_of(call, "files", count, sizeof(*handles));
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);

    for (size_t i = 0; handles && i < cf_in_count(call->record, "files") && i < ELEMENT_LIMIT; i++)
        handles[i] = rp_handle_of(call->world, cf_in_string_at(call->record, "files", i));
    if (handles && count > ELEMENT_LIMIT) {
        rp_skip(call, "the array is too long");
        return;
    }
    rp_begin(call);
    built(call, object,
          call->world->api.BuildIoRingRegisterFileHandles(ring, (UINT32)count, handles, USER_DATA));
}

static void build_register_buffers(struct rp_call *call)
{
    uint64_t count = rp_u64(call, "count", 0);
    IORING_BUFFER_INFO *infos = array_of(call, "bufs", count, sizeof(*infos));
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);

    for (size_t i = 0; infos && i < cf_in_count(call->record, "bufs") && i < ELEMENT_LIMIT; i++) {
        uint64_t offset = 0, nbytes = 0;

        cf_in_u64_at(call->record, "buf_offs", i, &offset);
        cf_in_u64_at(call->record, "lens", i, &nbytes);
        infos[i].Address = rp_address(call->world, cf_in_string_at(call->record, "bufs", i), offset);
        infos[i].Length = (UINT32)nbytes;
    }
    if (infos && count > ELEMENT_LIMIT) {
        rp_skip(call, "the array is too long");
        return;
    }
    rp_begin(call);
    built(call, object,
          call->world->api.BuildIoRingRegisterBuffers(ring, (UINT32)count, infos, USER_DATA));
}

/* A page each, and a zero element behind the last. */
static FILE_SEGMENT_ELEMENT *segments_of(struct rp_call *call, UINT32 *count_out)
{
    size_t given = cf_in_count(call->record, "bufs");
    FILE_SEGMENT_ELEMENT *segments;

    given = given < ELEMENT_LIMIT ? given : ELEMENT_LIMIT;
    segments = rp_keep(call->world, (given + 1) * sizeof(*segments));
    for (size_t i = 0; i < given; i++) {
        uint64_t offset = 0;

        cf_in_u64_at(call->record, "buf_offs", i, &offset);
        segments[i].Buffer =
            (PVOID64)(uintptr_t)rp_address(call->world, cf_in_string_at(call->record, "bufs", i), offset);
    }
    *count_out = (UINT32)given;
    return segments;
}

static void build_scatter(struct rp_call *call)
{
    UINT32 count;
    FILE_SEGMENT_ELEMENT *segments = segments_of(call, &count);
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);

    rp_begin(call);
    built(call, object,
          call->world->api.BuildIoRingReadFileScatter(ring, file_ref(call), count, segments, LENGTH,
                                                      OFFSET, USER_DATA, SQE_FLAGS));
}

static void build_gather(struct rp_call *call)
{
    UINT32 count;
    FILE_SEGMENT_ELEMENT *segments = segments_of(call, &count);
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);

    rp_begin(call);
    built(call, object,
          call->world->api.BuildIoRingWriteFileGather(ring, file_ref(call), count, segments, LENGTH,
                                                      OFFSET, WRITE_FLAGS, USER_DATA, SQE_FLAGS));
}

/* ---- submit, pop, event, close ---- */

/*
 * A wait of N counts what nobody had popped. What the replay popped before its time would have been
 * counted, so the wait is for that many less.
 */
static void submit(struct rp_call *call)
{
    bool counted = json_object_get(json_object_get(call->record->json, "out"), "submitted") ||
                   (call->record->call.result == CF_RESULT_HR && call->record->call.value >> 31);
    uint64_t wait = rp_u64(call, "wait", 0), held = 0;
    UINT32 submitted = 0xa5a5a5a5;
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);
    HRESULT hr;

    if (object && wait != UINT32_MAX) {
        AcquireSRWLockShared(&call->world->lock);
        held = object->held;
        ReleaseSRWLockShared(&call->world->lock);
        wait -= held < wait ? held : wait;
    }
    rp_begin_but(call, held ? "wait" : NULL, wait);
    hr = call->world->api.SubmitIoRing(ring, (UINT32)wait, (UINT32)rp_u64(call, "ms", 0),
                                       counted ? &submitted : NULL);
    rp_stop(call);
    if (counted)
        rp_out(call, "submitted", submitted);
    if (object) {
        AcquireSRWLockExclusive(&call->world->lock);
        /* without a count: everything, unless it failed, when a shorter patience is the only loss */
        submitted = counted && submitted != 0xa5a5a5a5 ? submitted : SUCCEEDED(hr) ? (UINT32)object->built : 0;
        object->submitted += submitted;
        object->built -= submitted < object->built ? submitted : object->built;
        ReleaseSRWLockExclusive(&call->world->lock);
    }
    rp_end_hr(call, hr);
}

/* True when a completion is owed by one that came before its time. */
static bool take_held(struct rp_call *call, struct rp_object *ring)
{
    bool held;

    AcquireSRWLockExclusive(&call->world->lock);
    held = ring->held > 0;
    ring->held -= held;
    ReleaseSRWLockExclusive(&call->world->lock);
    return held;
}

/* The trace had a completion here: looks again until it comes, or patience ends. */
static HRESULT pop_late(struct rp_call *call, struct rp_object *ring, IORING_CQE *cqe)
{
    ULONGLONG until = GetTickCount64() + rp_patience_ms(call->world, ring);
    HRESULT hr = S_FALSE;

    for (unsigned tries = 0; hr == S_FALSE && rp_owes(call->world, ring); tries++) {
        hr = call->world->api.PopIoRingCompletion(ring->ring, cqe);
        if (hr == S_FALSE && GetTickCount64() >= until) {
            rp_give_up(call->world, ring);
            break;
        }
        if (hr == S_FALSE)
            Sleep(tries < 64 ? 0 : 1);
    }
    return hr;
}

static void pop(struct rp_call *call)
{
    static const uint8_t untouched[sizeof(IORING_CQE)] = {[0 ... sizeof(IORING_CQE) - 1] = 0xa5};
    bool wanted = call->record->call.result == CF_RESULT_HR && call->record->call.value == S_OK;
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);
    IORING_CQE cqe;
    uint64_t order = 0, n;
    HRESULT hr;

    if (object && wanted && take_held(call, object)) {
        rp_skip(call, "early");
        return;
    }
    memset(&cqe, 0xa5, sizeof(cqe));
    rp_begin(call);
    hr = call->world->api.PopIoRingCompletion(ring, &cqe);
    if (wanted && hr == S_FALSE && object)
        hr = pop_late(call, object, &cqe);
    rp_stop(call);
    if (hr != S_OK)
        rp_out(call, "untouched", !memcmp(&cqe, untouched, sizeof(cqe)));
    if (hr == S_OK && object) {
        AcquireSRWLockExclusive(&call->world->lock);
        order = object->popped++;
        object->held += !wanted;
        ReleaseSRWLockExclusive(&call->world->lock);
    }
    n = rp_end_hr(call, hr);
    if (hr == S_OK && object)
        cf_trace_cqe(call->world->writer, object->sym, cqe.UserData, cqe.ResultCode, cqe.Information,
                     order, n);
}

static void set_event(struct rp_call *call)
{
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);
    HRESULT hr;

    rp_begin(call);
    hr = call->world->api.SetIoRingCompletionEvent(ring, rp_handle(call, "event"));
    rp_stop(call);
    rp_end_hr(call, hr);
}

static void close_ring(struct rp_call *call)
{
    struct rp_object *object;
    HIORING ring = ring_of(call, &object);
    HRESULT hr;

    rp_begin(call);
    hr = call->world->api.CloseIoRing(ring);
    rp_stop(call);
    if (object && SUCCEEDED(hr)) {
        AcquireSRWLockExclusive(&call->world->lock);
        object->open = false;
        object->submitted = object->popped; /* nothing more will come */
        ReleaseSRWLockExclusive(&call->world->lock);
    }
    rp_end_hr(call, hr);
}

const struct rp_function rp_ring_functions[] = {
    {"QueryIoRingCapabilities", query_capabilities},
    {"CreateIoRing", create},
    {"GetIoRingInfo", get_info},
    {"IsIoRingOpSupported", is_supported},
    {"BuildIoRingReadFile", build_read},
    {"BuildIoRingWriteFile", build_write},
    {"BuildIoRingFlushFile", build_flush},
    {"BuildIoRingCancelRequest", build_cancel},
    {"BuildIoRingRegisterFileHandles", build_register_files},
    {"BuildIoRingRegisterBuffers", build_register_buffers},
    {"BuildIoRingReadFileScatter", build_scatter},
    {"BuildIoRingWriteFileGather", build_gather},
    {"SubmitIoRing", submit},
    {"PopIoRingCompletion", pop},
    {"SetIoRingCompletionEvent", set_event},
    {"CloseIoRing", close_ring},
    {0},
};

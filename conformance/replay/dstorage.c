/* SPDX-License-Identifier: MIT */
/* DirectStorage again: configuration, objects, files, status arrays, fences and the codec. */
#include "conformance/replay/com.h"

#include "conformance/kit/text.h"

#include <stdlib.h>
#include <string.h>

uint64_t rp_end_void(struct rp_call *call)
{
    return cf_trace_call_end_void(&call->trace);
}

bool rp_com_has(struct rp_call *call)
{
    struct rp_world *world = call->world;
    bool has;

    AcquireSRWLockExclusive(&world->lock);
    if (!world->api.DStorageGetFactory)
        cf_api_bind_dstorage(&world->api);
    has = world->api.DStorageGetFactory;
    ReleaseSRWLockExclusive(&world->lock);
    if (!has)
        rp_skip(call, "this system has no DirectStorage");
    return has;
}

/* ---- objects ---- */

void *rp_com_of(struct rp_call *call, const char *key, enum cf_object_kind kind)
{
    struct rp_object *object = rp_object(call, key);

    if (object && object->com && object->com->kind == kind && object->com->refs > 0)
        return object->com->iface;
    rp_skip(call, "the object is not there in the replay");
    return NULL;
}

void *rp_com_argument(struct rp_world *world, const char *sym)
{
    struct rp_object *object;

    if (!sym || !strcmp(sym, "null"))
        return NULL;
    if (!strcmp(sym, "nonnull") || !strcmp(sym, "unknown"))
        return world->bad_page;
    object = rp_find(world, sym);
    return object && object->com ? object->com->iface : NULL;
}

static bool is_known(struct rp_world *world, const void *pointer)
{
    bool known = false;

    AcquireSRWLockShared(&world->lock);
    for (struct rp_object *object = world->objects; object && !known; object = object->next)
        known = object->com && object->com->iface == pointer && object->com->refs > 0;
    ReleaseSRWLockShared(&world->lock);
    return known;
}

struct rp_com *rp_com_made(struct rp_call *call, const struct cf_interface *iface,
                           enum cf_object_kind kind, void *pointer)
{
    bool any = !strcmp(iface->name, "IUnknown") || !strcmp(iface->name, "nothing");
    bool same = pointer && is_known(call->world, pointer);
    struct rp_object *object = rp_made(call, "obj", RP_COM, pointer != NULL);

    rp_out(call, "same", same);
    if (!object)
        return NULL;
    object->com = cf_xalloc(sizeof(*object->com));
    object->com->kind = any ? kind : iface->kind;
    object->com->iface = pointer;
    object->com->refs = 1;
    return object->com;
}

const struct cf_interface *rp_com_interface(struct rp_call *call)
{
    const char *name = rp_text(call, "iid");
    const struct cf_interface *iface;

    name = name ? name : cf_out_string(call->record, "iid"); /* that was taken */
    iface = name ? cf_interface_named(name) : NULL;
    if (!iface)
        rp_skip(call, "an interface that the replay does not know");
    return iface;
}

void *rp_com_as(struct rp_call *call, const char *key, enum cf_object_kind kind,
                const char *interface_name)
{
    IUnknown *unknown = rp_com_of(call, key, kind);
    void *pointer = NULL;

    if (unknown && FAILED(unknown->lpVtbl->QueryInterface(
                       unknown, cf_interface_named(interface_name)->iid, &pointer)))
        rp_skip(call, "this DirectStorage does not have the interface");
    return pointer;
}

/* Queues first: what is under way on them uses the rest. */
void rp_com_release(struct rp_world *world)
{
    for (struct rp_object *object = world->objects; object; object = object->next) {
        struct rp_com *com = object->com;

        if (com && com->kind == CF_OBJECT_QUEUE && com->refs > 0 && !com->closed)
            ((IDStorageQueue *)com->iface)->lpVtbl->Close((IDStorageQueue *)com->iface);
    }
    for (struct rp_object *object = world->objects; object; object = object->next) {
        struct rp_com *com = object->com;

        for (; com && com->refs > 0; com->refs--)
            com->iface->lpVtbl->Release(com->iface);
        while (com && com->taken) {
            struct rp_taken *taken = com->taken;

            com->taken = taken->next;
            free(taken);
        }
        if (com)
            free(com->path);
        free(com);
        object->com = NULL;
    }
}

/* ---- configuration ---- */

static void set_configuration(struct rp_call *call)
{
    const struct cf_api *api = &call->world->api;
    const char *fn = call->record->call.fn;
    char last = fn[strlen(fn) - 1];
    bool null = cf_in_has(call->record, "config");
    DSTORAGE_CONFIGURATION2 config;
    HRESULT hr;

    if (!rp_com_has(call))
        return;
    if ((last == '1' && !api->DStorageSetConfiguration1) ||
        (last == '2' && !api->DStorageSetConfiguration2)) {
        rp_skip(call, "this DirectStorage has no such function");
        return;
    }
    memset(&config, 0, sizeof(config));
    config.NumSubmitThreads = (UINT32)rp_u64(call, "submit", 0);
    config.NumBuiltInCpuDecompressionThreads = (INT32)(uint32_t)rp_u64(call, "cpu", 0);
    config.ForceMappingLayer = (BOOL)rp_u64(call, "mapping", 0);
    config.DisableBypassIO = (BOOL)rp_u64(call, "nobypass", 0);
    config.DisableTelemetry = (BOOL)rp_u64(call, "notelemetry", 0);
    config.DisableGpuDecompressionMetacommand = (BOOL)rp_u64(call, "nometacommand", 0);
    config.DisableGpuDecompression = (BOOL)rp_u64(call, "nogpu", 0);
    config.ForceFileBuffering = (BOOL)rp_u64(call, "buffered", 0);
    rp_begin(call);
    hr = last == '1'   ? api->DStorageSetConfiguration1(null ? NULL : (void *)&config)
         : last == '2' ? api->DStorageSetConfiguration2(null ? NULL : &config)
                       : api->DStorageSetConfiguration(null ? NULL : (void *)&config);
    rp_stop(call);
    rp_end_hr(call, hr);
}

/* ---- what makes an object ---- */

static void get_factory(struct rp_call *call)
{
    const struct cf_interface *iface = rp_com_has(call) ? rp_com_interface(call) : NULL;
    void *pointer = NULL;
    HRESULT hr;

    if (!iface)
        return;
    rp_begin(call);
    hr = call->world->api.DStorageGetFactory(iface->iid, &pointer);
    rp_stop(call);
    rp_com_made(call, iface, CF_OBJECT_FACTORY, pointer);
    rp_end_hr(call, hr);
}

static void create_codec(struct rp_call *call)
{
    const struct cf_interface *iface = rp_com_has(call) ? rp_com_interface(call) : NULL;
    void *pointer = NULL;
    HRESULT hr;

    if (!iface)
        return;
    rp_begin(call);
    hr = call->world->api.DStorageCreateCompressionCodec(
        (DSTORAGE_COMPRESSION_FORMAT)rp_u64(call, "format", 0), (UINT32)rp_u64(call, "threads", 0),
        iface->iid, &pointer);
    rp_stop(call);
    rp_com_made(call, iface, CF_OBJECT_CODEC, pointer);
    rp_end_hr(call, hr);
}

static void open_file(struct rp_call *call)
{
    const struct cf_interface *iface = rp_com_interface(call);
    IDStorageFactory *factory =
        iface ? rp_com_of(call, "factory", CF_OBJECT_FACTORY) : NULL;
    const char *path = rp_text(call, "path");
    bool good = call->record->call.value >> 31 == 0;
    struct rp_com *com;
    void *pointer = NULL;
    WCHAR *wide;
    HRESULT hr;

    if (!factory)
        return;
    wide = !path   ? NULL
           : *path ? rp_path(call->world, path, good, good ? 1 << 20 : RP_NO_FOLDER)
                   : rp_widen("");
    rp_begin(call);
    hr = factory->lpVtbl->OpenFile(factory, wide, iface->iid, &pointer);
    rp_stop(call);
    com = rp_com_made(call, iface, CF_OBJECT_FILE, pointer);
    if (com) {
        com->path = wide;
        com->shown = path; /* the trace's */
    } else {
        free(wide);
    }
    rp_end_hr(call, hr);
}

static void create_status_array(struct rp_call *call)
{
    const struct cf_interface *iface = rp_com_interface(call);
    IDStorageFactory *factory =
        iface ? rp_com_of(call, "factory", CF_OBJECT_FACTORY) : NULL;
    void *pointer = NULL;
    HRESULT hr;

    if (!factory)
        return;
    rp_begin(call);
    hr = factory->lpVtbl->CreateStatusArray(factory, (UINT32)rp_u64(call, "count", 0),
                                            rp_text(call, "name"), iface->iid, &pointer);
    rp_stop(call);
    rp_com_made(call, iface, CF_OBJECT_STATUS_ARRAY, pointer);
    rp_end_hr(call, hr);
}

static void create_queue(struct rp_call *call)
{
    const struct cf_interface *iface = rp_com_interface(call);
    IDStorageFactory *factory =
        iface ? rp_com_of(call, "factory", CF_OBJECT_FACTORY) : NULL;
    const char *name = rp_text(call, "name"), *kept = NULL;
    bool null = cf_in_has(call->record, "desc");
    DSTORAGE_QUEUE_DESC desc;
    void *pointer = NULL;
    HRESULT hr;

    if (!factory)
        return;
    if (name) /* the runtime may keep the pointer */
        kept = memcpy(rp_keep(call->world, strlen(name) + 1), name, strlen(name) + 1);
    memset(&desc, 0, sizeof(desc));
    desc.SourceType = rp_u64(call, "source", 0);
    desc.Capacity = (UINT16)rp_u64(call, "capacity", 0);
    desc.Priority = (DSTORAGE_PRIORITY)(INT8)(uint8_t)rp_u64(call, "priority", 0);
    desc.Name = kept;
    rp_begin(call);
    hr = factory->lpVtbl->CreateQueue(factory, null ? NULL : &desc, iface->iid, &pointer);
    rp_stop(call);
    if (!rp_text(call, "iid"))
        cf_trace_out_str(&call->trace, "iid", iface->name);
    rp_com_made(call, iface, CF_OBJECT_QUEUE, pointer);
    rp_end_hr(call, hr);
}

static void set_debug_flags(struct rp_call *call)
{
    IDStorageFactory *factory = rp_com_of(call, "factory", CF_OBJECT_FACTORY);

    if (!factory)
        return;
    rp_begin(call);
    factory->lpVtbl->SetDebugFlags(factory, (UINT32)rp_u64(call, "flags", 0));
    rp_stop(call);
    rp_end_void(call);
}

static void set_staging(struct rp_call *call)
{
    IDStorageFactory *factory = rp_com_of(call, "factory", CF_OBJECT_FACTORY);
    HRESULT hr;

    if (!factory)
        return;
    rp_begin(call);
    hr = factory->lpVtbl->SetStagingBufferSize(factory, (UINT32)rp_u64(call, "size", 0));
    rp_stop(call);
    rp_end_hr(call, hr);
}

/* ---- what every object has ---- */

static struct rp_com *any_object(struct rp_call *call)
{
    struct rp_object *object = rp_object(call, "obj");

    if (object && object->com && object->com->refs > 0)
        return object->com;
    rp_skip(call, "the object is not there in the replay");
    return NULL;
}

static void query_interface(struct rp_call *call)
{
    const struct cf_interface *iface = rp_com_interface(call);
    struct rp_com *com = iface ? any_object(call) : NULL;
    void *pointer = NULL;
    HRESULT hr;

    if (!com)
        return;
    rp_begin(call);
    hr = com->iface->lpVtbl->QueryInterface(com->iface, iface->iid, &pointer);
    rp_stop(call);
    rp_com_made(call, iface, com->kind, pointer);
    rp_end_hr(call, hr);
}

static void count_references(struct rp_call *call)
{
    bool add = !strcmp(call->record->call.fn, "IUnknown::AddRef");
    struct rp_com *com = any_object(call);
    ULONG refs;

    if (!com)
        return;
    AcquireSRWLockExclusive(&call->world->lock);
    com->refs += add ? 1 : -1;
    ReleaseSRWLockExclusive(&call->world->lock);
    rp_begin(call);
    refs = add ? com->iface->lpVtbl->AddRef(com->iface) : com->iface->lpVtbl->Release(com->iface);
    rp_stop(call);
    rp_end_ret(call, refs, 0);
}

static void close_file(struct rp_call *call)
{
    IDStorageFile *file = rp_com_of(call, "file", CF_OBJECT_FILE);

    if (!file)
        return;
    rp_begin(call);
    file->lpVtbl->Close(file);
    rp_stop(call);
    rp_end_void(call);
}

static void file_information(struct rp_call *call)
{
    IDStorageFile *file = rp_com_of(call, "file", CF_OBJECT_FILE);
    bool null = cf_in_has(call->record, "info");
    BY_HANDLE_FILE_INFORMATION info;
    HRESULT hr;

    if (!file)
        return;
    memset(&info, 0, sizeof(info));
    rp_begin(call);
    hr = file->lpVtbl->GetFileInformation(file, null ? NULL : &info);
    rp_stop(call);
    if (!null) {
        rp_out(call, "size", (uint64_t)info.nFileSizeHigh << 32 | info.nFileSizeLow);
        rp_out(call, "links", info.nNumberOfLinks);
    }
    rp_end_hr(call, hr);
}

/* ---- status arrays and fences ---- */

static void ask_status(struct rp_call *call)
{
    IDStorageStatusArray *array = rp_com_of(call, "array", CF_OBJECT_STATUS_ARRAY);
    UINT32 index = (UINT32)rp_u64(call, "index", 0);
    bool whole = !strcmp(call->record->call.fn, "IDStorageStatusArray::IsComplete");
    bool complete = false;
    HRESULT hr = S_OK;

    if (!array)
        return;
    rp_begin(call);
    if (whole)
        complete = array->lpVtbl->IsComplete(array, index);
    else
        hr = array->lpVtbl->GetHResult(array, index);
    rp_stop(call);
    if (whole)
        rp_end_ret(call, complete, 0);
    else
        rp_end_hr(call, hr);
}

static void make_fence(struct rp_call *call)
{
    const char *reason;
    struct cf_fence *fence;

    rp_begin(call);
    fence = cf_fence_make(rp_u64(call, "value", 0), &reason);
    rp_stop(call);
    rp_com_made(call, cf_interface_named("ID3D12Fence"), CF_OBJECT_FENCE, fence);
    rp_end_ret(call, fence != NULL, 0);
}

static void fence_value(struct rp_call *call)
{
    struct cf_fence *fence = rp_com_of(call, "fence", CF_OBJECT_FENCE);
    uint64_t value;

    if (!fence)
        return;
    rp_begin(call);
    value = fence->lpVtbl->GetCompletedValue(fence);
    rp_stop(call);
    rp_out(call, "value", value);
    rp_end_void(call);
}

static void fence_signal(struct rp_call *call)
{
    struct cf_fence *fence = rp_com_of(call, "fence", CF_OBJECT_FENCE);
    HRESULT hr;

    if (!fence)
        return;
    rp_begin(call);
    hr = fence->lpVtbl->Signal(fence, rp_u64(call, "value", 0));
    rp_stop(call);
    rp_end_hr(call, hr);
}

static void fence_event(struct rp_call *call)
{
    struct cf_fence *fence = rp_com_of(call, "fence", CF_OBJECT_FENCE);
    HRESULT hr;

    if (!fence)
        return;
    rp_begin(call);
    hr = fence->lpVtbl->SetEventOnCompletion(fence, rp_u64(call, "value", 0),
                                             rp_handle(call, "event"));
    rp_stop(call);
    rp_end_hr(call, hr);
}

/* ---- the codec ---- */

/* nbytes from sym+offset on lie within the buffer: a codec follows its pointers. */
static bool within(struct rp_call *call, const char *key, const char *off_key, uint64_t nbytes)
{
    const char *sym = rp_text(call, key);
    struct rp_object *buffer = sym ? rp_find(call->world, sym) : NULL;
    uint64_t offset = rp_u64(call, off_key, 0);

    return !sym || (buffer && buffer->bytes && offset <= buffer->nbytes &&
                    nbytes <= buffer->nbytes - offset);
}

static void convert(struct rp_call *call)
{
    bool compress = !strcmp(call->record->call.fn, "IDStorageCompressionCodec::CompressBuffer");
    IDStorageCompressionCodec *codec = rp_com_of(call, "codec", CF_OBJECT_CODEC);
    size_t nbytes = (size_t)rp_u64(call, "len", 0), room = (size_t)rp_u64(call, "room", 0);
    size_t written = 0;
    bool null = cf_in_has(call->record, "written");
    void *from, *to;
    HRESULT hr;

    if (!codec)
        return;
    if (!within(call, "src", "src_off", nbytes) || !within(call, "buf", "buf_off", room)) {
        rp_skip(call, "a codec follows its pointers");
        return;
    }
    from = rp_address(call->world, rp_text(call, "src"), rp_u64(call, "src_off", 0));
    to = rp_address(call->world, rp_text(call, "buf"), rp_u64(call, "buf_off", 0));
    rp_begin(call);
    hr = compress ? codec->lpVtbl->CompressBuffer(
                        codec, from, nbytes,
                        (DSTORAGE_COMPRESSION)(INT32)(uint32_t)rp_u64(call, "level", 0), to, room,
                        null ? NULL : &written)
                  : codec->lpVtbl->DecompressBuffer(codec, from, nbytes, to, room,
                                                    null ? NULL : &written);
    rp_stop(call);
    if (!null)
        rp_out(call, "written", written);
    rp_end_hr(call, hr);
}

static void codec_bound(struct rp_call *call)
{
    IDStorageCompressionCodec *codec = rp_com_of(call, "codec", CF_OBJECT_CODEC);
    size_t bound;

    if (!codec)
        return;
    rp_begin(call);
    bound = codec->lpVtbl->CompressBufferBound(codec, (size_t)rp_u64(call, "len", 0));
    rp_stop(call);
    rp_out(call, "bound", bound);
    rp_end_void(call);
}

const struct rp_function rp_dstorage_functions[] = {
    {"DStorageSetConfiguration", set_configuration},
    {"DStorageSetConfiguration1", set_configuration},
    {"DStorageSetConfiguration2", set_configuration},
    {"DStorageGetFactory", get_factory},
    {"DStorageCreateCompressionCodec", create_codec},
    {"IDStorageFactory::OpenFile", open_file},
    {"IDStorageFactory::CreateStatusArray", create_status_array},
    {"IDStorageFactory::CreateQueue", create_queue},
    {"IDStorageFactory::SetDebugFlags", set_debug_flags},
    {"IDStorageFactory::SetStagingBufferSize", set_staging},
    {"IUnknown::QueryInterface", query_interface},
    {"IUnknown::AddRef", count_references},
    {"IUnknown::Release", count_references},
    {"IDStorageFile::Close", close_file},
    {"IDStorageFile::GetFileInformation", file_information},
    {"IDStorageStatusArray::GetHResult", ask_status},
    {"IDStorageStatusArray::IsComplete", ask_status},
    {"kit.fence", make_fence},
    {"ID3D12Fence::GetCompletedValue", fence_value},
    {"ID3D12Fence::Signal", fence_signal},
    {"ID3D12Fence::SetEventOnCompletion", fence_event},
    {"IDStorageCompressionCodec::CompressBuffer", convert},
    {"IDStorageCompressionCodec::DecompressBuffer", convert},
    {"IDStorageCompressionCodec::CompressBufferBound", codec_bound},
    {NULL, NULL},
};

/* SPDX-License-Identifier: MIT */
/* Names of interfaces, fences of the system, and records of errors key by key. */
#include "conformance/kit/interface.h"

#include <string.h>

#ifndef _WIN32
#include <ringer_d3d12.h>
#endif

/* Nobody has an interface of this name. */
static const IID iid_nothing = {
    0x6b1f2a90, 0x3f5d, 0x4c0e, {0x9e, 0x11, 0x52, 0x4e, 0x47, 0x52, 0x00, 0x01}};
static const IID iid_unknown = {0, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};
static const IID iid_fence = {
    0x0a753dcf, 0xc4d8, 0x4b91, {0xad, 0xf6, 0xbe, 0x5a, 0x60, 0xd9, 0x5a, 0x76}};

const struct cf_interface *cf_interface_named(const char *name)
{
    static const struct cf_interface interfaces[] = {
        {"IUnknown", &iid_unknown, CF_OBJECT_FACTORY, 0},
        {"IDStorageFactory", &IID_IDStorageFactory, CF_OBJECT_FACTORY, 0},
        {"IDStorageFile", &IID_IDStorageFile, CF_OBJECT_FILE, 0},
        {"IDStorageStatusArray", &IID_IDStorageStatusArray, CF_OBJECT_STATUS_ARRAY, 0},
        {"IDStorageQueue", &IID_IDStorageQueue, CF_OBJECT_QUEUE, 0},
        {"IDStorageQueue1", &IID_IDStorageQueue1, CF_OBJECT_QUEUE, 1},
        {"IDStorageQueue2", &IID_IDStorageQueue2, CF_OBJECT_QUEUE, 2},
        {"IDStorageQueue3", &IID_IDStorageQueue3, CF_OBJECT_QUEUE, 3},
        {"IDStorageCustomDecompressionQueue", &IID_IDStorageCustomDecompressionQueue,
         CF_OBJECT_CUSTOM, 0},
        {"IDStorageCustomDecompressionQueue1", &IID_IDStorageCustomDecompressionQueue1,
         CF_OBJECT_CUSTOM, 1},
        {"IDStorageCompressionCodec", &IID_IDStorageCompressionCodec, CF_OBJECT_CODEC, 0},
        {"ID3D12Fence", &iid_fence, CF_OBJECT_FENCE, 0},
        {"nothing", &iid_nothing, CF_OBJECT_FACTORY, 0},
    };

    for (size_t i = 0; i < sizeof interfaces / sizeof *interfaces; i++) {
        if (!strcmp(interfaces[i].name, name)) {
            return &interfaces[i];
        }
    }
    return NULL;
}

const char *cf_object_kind_name(enum cf_object_kind kind)
{
    static const char *const kinds[] = {"factory",      "ds-file", "status-array", "ds-queue",
                                        "custom-queue", "codec",   "fence"};

    return kinds[kind];
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

/* ---- the record of errors ---- */

static void show_request(const DSTORAGE_ERROR_PARAMETERS_REQUEST *failed,
                         const struct cf_failure_names *to)
{
    const DSTORAGE_REQUEST *request = &failed->Request;
    char name[DSTORAGE_REQUEST_MAX_NAME];
    WCHAR path[MAX_PATH];
    uint64_t offset;

    memcpy(name, failed->RequestName, sizeof name);
    memcpy(path, failed->Filename, sizeof path);
    name[sizeof name - 1] = 0;
    path[MAX_PATH - 1] = 0;
    to->text(to->ctx, "path", to->path(to->ctx, path));
    to->text(to->ctx, "name", name);
    to->number(to->ctx, "format", request->Options.CompressionFormat);
    to->number(to->ctx, "source", request->Options.SourceType);
    to->number(to->ctx, "dest", request->Options.DestinationType);
    if (request->Options.SourceType == DSTORAGE_REQUEST_SOURCE_FILE) {
        to->symbol(to->ctx, "file", to->object(to->ctx, request->Source.File.Source));
        to->number(to->ctx, "off", request->Source.File.Offset);
        to->number(to->ctx, "len", request->Source.File.Size);
    } else {
        to->number(to->ctx, "len", request->Source.Memory.Size);
    }
    if (request->Options.DestinationType == DSTORAGE_REQUEST_DESTINATION_MEMORY) {
        to->symbol(to->ctx, "buf",
                   to->buffer(to->ctx, request->Destination.Memory.Buffer, &offset));
        to->number(to->ctx, "buf_off", offset);
        to->number(to->ctx, "room", request->Destination.Memory.Size);
    }
    to->number(to->ctx, "raw", request->UncompressedSize);
    to->hex(to->ctx, "tag", request->CancellationTag);
}

void cf_failure_show(const DSTORAGE_ERROR_RECORD *record, const struct cf_failure_names *to)
{
    static const char *const commands[] = {"request", "status", "signal", "event"};
    const DSTORAGE_ERROR_FIRST_FAILURE *failure = &record->FirstFailure;
    int type = (int)failure->CommandType;

    to->number(to->ctx, "failures", record->FailureCount);
    to->hex(to->ctx, "first", (uint32_t)failure->HResult);
    to->text(to->ctx, "command",
             type == -1              ? "none"
             : type >= 0 && type < 4 ? commands[type]
                                     : "unknown");
    switch (type) {
    case DSTORAGE_COMMAND_TYPE_REQUEST:
        show_request(&failure->Request, to);
        break;
    case DSTORAGE_COMMAND_TYPE_STATUS:
        to->symbol(to->ctx, "array", to->object(to->ctx, failure->Status.StatusArray));
        to->number(to->ctx, "index", failure->Status.Index);
        break;
    case DSTORAGE_COMMAND_TYPE_SIGNAL:
        to->symbol(to->ctx, "fence", to->object(to->ctx, failure->Signal.Fence));
        to->number(to->ctx, "value", failure->Signal.Value);
        break;
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * Steps of DirectStorage that make and end things: configuration, factory, files, status arrays,
 * queues, and what every object has.
 */
#include "conformance/kit/object.h"
#include "conformance/trace/same.h"

#include <stdio.h>
#include <string.h>

/* ---- configuration ---- */

static void show_configuration(struct cf_call *call, const DSTORAGE_CONFIGURATION2 *config,
                               unsigned version)
{
    struct cf_trace_call *trace = &call->trace;

    cf_trace_in_u64(trace, "submit", config->NumSubmitThreads);
    cf_trace_in_u64(trace, "cpu", (uint32_t)config->NumBuiltInCpuDecompressionThreads);
    cf_trace_in_u64(trace, "mapping", (uint32_t)config->ForceMappingLayer);
    cf_trace_in_u64(trace, "nobypass", (uint32_t)config->DisableBypassIO);
    cf_trace_in_u64(trace, "notelemetry", (uint32_t)config->DisableTelemetry);
    cf_trace_in_u64(trace, "nometacommand", (uint32_t)config->DisableGpuDecompressionMetacommand);
    cf_trace_in_u64(trace, "nogpu", (uint32_t)config->DisableGpuDecompression);
    if (version > 0) {
        cf_trace_in_u64(trace, "buffered", (uint32_t)config->ForceFileBuffering);
    }
}

/* The three versions begin alike. config NULL: a null pointer is passed. */
static bool configure(struct cf_thread *thread, const struct cf_step *step, unsigned version,
                      const DSTORAGE_CONFIGURATION2 *config)
{
    static const char *const names[] = {"DStorageSetConfiguration", "DStorageSetConfiguration1",
                                        "DStorageSetConfiguration2"};
    const struct cf_api *api = &thread->run->api;
    const bool has[] = {api->DStorageSetConfiguration, api->DStorageSetConfiguration1,
                        api->DStorageSetConfiguration2};
    struct cf_call call;
    HRESULT hr;

    if (!cf_dstorage_has(thread, step, has[version], names[version])) {
        return false;
    }
    cf_call_begin(&call, thread, step, names[version]);
    if (config) {
        show_configuration(&call, config, version);
    } else {
        cf_trace_in_sym(&call.trace, "config", NULL);
    }
    cf_call_start(&call);
    hr = version == 0   ? api->DStorageSetConfiguration((const DSTORAGE_CONFIGURATION *)config)
         : version == 1 ? api->DStorageSetConfiguration1((const DSTORAGE_CONFIGURATION1 *)config)
                        : api->DStorageSetConfiguration2(config);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

bool cf_step_dsconfig(struct cf_thread *thread, const struct cf_step *step)
{
    uint64_t version = cf_option_number(thread, step, "version", 0);
    DSTORAGE_CONFIGURATION2 config;

    memset(&config, 0, sizeof config);
    config.NumSubmitThreads = (UINT32)cf_option_number(thread, step, "submit", 0);
    config.NumBuiltInCpuDecompressionThreads = (INT32)cf_option_number(thread, step, "cpu", 0);
    config.ForceMappingLayer =
        (BOOL)cf_option_number(thread, step, "mapping", thread->run->facts.mapping);
    config.DisableBypassIO = (BOOL)cf_option_number(thread, step, "nobypass", 0);
    config.DisableTelemetry = (BOOL)cf_option_number(thread, step, "notelemetry", 0);
    config.DisableGpuDecompressionMetacommand =
        (BOOL)cf_option_number(thread, step, "nometacommand", 0);
    config.DisableGpuDecompression = (BOOL)cf_option_number(thread, step, "nogpu", 0);
    config.ForceFileBuffering = (BOOL)cf_option_number(thread, step, "buffered", 0);
    if (version > 2) {
        return cf_stop(thread, step, "a configuration is of version 0, 1 or 2");
    }
    AcquireSRWLockExclusive(&thread->run->lock);
    thread->run->configured = true;
    ReleaseSRWLockExclusive(&thread->run->lock);
    return configure(thread, step, (unsigned)version,
                     cf_step_option(step, "null") ? NULL : &config);
}

/*
 * The path of this trial, unless the scenario says how it wants it: an earlier trial may have left
 * another. A step without a label, so it has to succeed.
 */
static bool configure_path(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_run *run = thread->run;
    struct cf_step unlabelled = *step;
    DSTORAGE_CONFIGURATION2 config;
    bool first;

    AcquireSRWLockExclusive(&run->lock);
    first = run->both_paths && !run->configured;
    run->configured = true;
    ReleaseSRWLockExclusive(&run->lock);
    if (!first) {
        return true;
    }
    unlabelled.label = NULL;
    memset(&config, 0, sizeof config);
    config.ForceMappingLayer = run->facts.mapping;
    return configure(thread, &unlabelled, 0, &config);
}

/* ---- what makes an object ---- */

/* The interface that iid= names, or otherwise. False: no such name, and the run stopped. */
static bool interface_of(struct cf_thread *thread, const struct cf_step *step,
                         const char *otherwise, const struct cf_interface **iface_out)
{
    const char *name = cf_step_option(step, "iid");

    *iface_out = cf_interface_named(name ? name : otherwise);
    return *iface_out || cf_stop(thread, step, "no interface '%s'", name);
}

/* An IUnknown of what is made here is of this kind. */
static struct cf_interface as_kind(const struct cf_interface *iface, enum cf_object_kind kind)
{
    struct cf_interface own = *iface;

    own.kind = !strcmp(own.name, "IUnknown") || !strcmp(own.name, "nothing") ? kind : own.kind;
    return own;
}

static bool made(struct cf_call *call, const struct cf_step *step, const struct cf_interface *iface,
                 HRESULT hr, void *pointer, struct cf_object **object_out)
{
    cf_object_made(call, step->args[0], iface, pointer, object_out);
    return cf_call_end_hr(call, hr, NULL);
}

bool cf_step_dsfactory(struct cf_thread *thread, const struct cf_step *step)
{
    const struct cf_interface *iface;
    struct cf_interface own;
    struct cf_call call;
    void *pointer = NULL;
    HRESULT hr;

    if (!interface_of(thread, step, "IDStorageFactory", &iface) || !configure_path(thread, step)) {
        return false;
    }
    own = as_kind(iface, CF_OBJECT_FACTORY);
    cf_call_begin(&call, thread, step, "DStorageGetFactory");
    cf_trace_in_str(&call.trace, "iid", own.name);
    cf_call_start(&call);
    hr = thread->run->api.DStorageGetFactory(own.iid, &pointer);
    cf_call_stop(&call);
    return made(&call, step, &own, hr, pointer, NULL);
}

/* Where OpenFile is sent: a data file, or what is none. */
static bool path_of(struct cf_thread *thread, const struct cf_step *step, const WCHAR **path_out,
                    const char **shown_out)
{
    const char *what = cf_step_option(step, "path");
    struct cf_symbol *data = step->arg_count > 2 ? cf_symbol_find(thread, step->args[2]) : NULL;
    char *shown = cf_keep(thread, 64), narrow[600];
    WCHAR *wide;

    *shown_out = shown;
    if (data && !what) {
        snprintf(shown, 64, "$TMP/%s.bin", data->name);
        *path_out = data->path;
        return true;
    }
    if (!what || (strcmp(what, "missing") && strcmp(what, "dir") && strcmp(what, "null") &&
                  strcmp(what, "empty") && strcmp(what, "nowhere"))) {
        return cf_stop(thread, step, "data, or path=missing, nowhere, dir, empty or null");
    }
    *path_out = NULL;
    if (!strcmp(what, "null")) {
        *shown_out = NULL;
        return true;
    }
    snprintf(shown, 64, "%s", !strcmp(what, "missing")   ? "$TMP/missing.bin"
                              : !strcmp(what, "nowhere") ? "$TMP/nowhere/missing.bin"
                              : !strcmp(what, "dir")     ? "$TMP"
                                                         : "");
    snprintf(narrow, sizeof narrow, "%s%s", shown[0] ? thread->run->options->dir : "",
             shown[0] ? shown + strlen("$TMP") : "");
    wide = cf_keep(thread, sizeof narrow * sizeof *wide);
    MultiByteToWideChar(CP_UTF8, 0, narrow, -1, wide, sizeof narrow);
    *path_out = wide;
    return true;
}

bool cf_step_dsfile(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *factory = cf_object_of(thread, step, step->args[1], CF_OBJECT_FACTORY), *file;
    const struct cf_interface *iface;
    IDStorageFactory *maker;
    struct cf_interface own;
    struct cf_call call;
    const WCHAR *path = NULL;
    const char *shown = NULL;
    void *pointer = NULL;
    HRESULT hr;

    if (!factory || !interface_of(thread, step, "IDStorageFile", &iface) ||
        !path_of(thread, step, &path, &shown)) {
        return false;
    }
    own = as_kind(iface, CF_OBJECT_FILE);
    maker = (IDStorageFactory *)factory->iface;
    cf_call_begin(&call, thread, step, "IDStorageFactory::OpenFile");
    cf_trace_in_sym(&call.trace, "factory", step->args[1]);
    cf_trace_in_str(&call.trace, "path", shown);
    cf_trace_in_str(&call.trace, "iid", own.name);
    cf_call_start(&call);
    hr = maker->lpVtbl->OpenFile(maker, path, own.iid, &pointer);
    cf_call_stop(&call);
    cf_object_made(&call, step->args[0], &own, pointer, &file);
    file->path = path;
    file->shown = shown;
    return cf_call_end_hr(&call, hr, NULL);
}

bool cf_step_dsarray(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *factory = cf_object_of(thread, step, step->args[1], CF_OBJECT_FACTORY);
    uint32_t count = (uint32_t)cf_option_number(thread, step, "count", 0);
    const char *name = cf_option_text(thread, step, "name");
    const struct cf_interface *iface;
    IDStorageFactory *maker;
    struct cf_interface own;
    struct cf_call call;
    void *pointer = NULL;
    HRESULT hr;

    if (!factory || !interface_of(thread, step, "IDStorageStatusArray", &iface) ||
        !cf_claim_bytes(thread, step, 8 * (uint64_t)count)) {
        return false;
    }
    own = as_kind(iface, CF_OBJECT_STATUS_ARRAY);
    maker = (IDStorageFactory *)factory->iface;
    cf_call_begin(&call, thread, step, "IDStorageFactory::CreateStatusArray");
    cf_trace_in_sym(&call.trace, "factory", step->args[1]);
    cf_trace_in_u64(&call.trace, "count", count);
    cf_trace_in_str(&call.trace, "name", name);
    cf_trace_in_str(&call.trace, "iid", own.name);
    cf_call_start(&call);
    hr = maker->lpVtbl->CreateStatusArray(maker, count, name, own.iid, &pointer);
    cf_call_stop(&call);
    return made(&call, step, &own, hr, pointer, NULL);
}

static bool describe(struct cf_thread *thread, const struct cf_step *step,
                     DSTORAGE_QUEUE_DESC *desc)
{
    static const struct cf_word priorities[] = {
        {"low", 0xff}, {"normal", 0}, {"high", 1}, {"realtime", 2}, {NULL, 0}};
    uint64_t source, priority;

    if (!cf_option_word(thread, step, "source", cf_source_types, 0, &source) ||
        !cf_option_word(thread, step, "priority", priorities, 0, &priority)) {
        return false;
    }
    memset(desc, 0, sizeof *desc);
    desc->SourceType = source;
    desc->Capacity =
        (UINT16)cf_option_number(thread, step, "capacity", DSTORAGE_MIN_QUEUE_CAPACITY);
    desc->Priority = (DSTORAGE_PRIORITY)(INT8)(uint8_t)priority;
    desc->Name = cf_option_text(thread, step, "name");
    return true;
}

/* Without iid=: the newest interface that the runtime has. */
static HRESULT create_queue(IDStorageFactory *factory, const DSTORAGE_QUEUE_DESC *desc,
                            struct cf_interface *iface, bool any, void **pointer)
{
    static const char *const names[] = {"IDStorageQueue3", "IDStorageQueue2", "IDStorageQueue1",
                                        "IDStorageQueue"};
    HRESULT hr = E_NOINTERFACE;

    for (size_t i = 0; any && i < 4 && hr == E_NOINTERFACE; i++) {
        *iface = *cf_interface_named(names[i]);
        hr = factory->lpVtbl->CreateQueue(factory, desc, iface->iid, pointer);
    }
    return any ? hr : factory->lpVtbl->CreateQueue(factory, desc, iface->iid, pointer);
}

bool cf_step_dsqueue(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *factory = cf_object_of(thread, step, step->args[1], CF_OBJECT_FACTORY);
    bool any = !cf_step_option(step, "iid"), null = cf_step_option(step, "null");
    const struct cf_interface *iface;
    struct cf_interface own;
    DSTORAGE_QUEUE_DESC desc;
    struct cf_call call;
    void *pointer = NULL;
    HRESULT hr;

    if (!factory || !interface_of(thread, step, "IDStorageQueue3", &iface) ||
        !describe(thread, step, &desc)) {
        return false;
    }
    own = as_kind(iface, CF_OBJECT_QUEUE);
    cf_call_begin(&call, thread, step, "IDStorageFactory::CreateQueue");
    cf_trace_in_sym(&call.trace, "factory", step->args[1]);
    if (null) {
        cf_trace_in_sym(&call.trace, "desc", NULL);
    } else {
        cf_trace_in_u64(&call.trace, "source", desc.SourceType);
        cf_trace_in_u64(&call.trace, "capacity", desc.Capacity);
        cf_trace_in_u64(&call.trace, "priority", (uint8_t)desc.Priority);
        cf_trace_in_str(&call.trace, "name", desc.Name);
        cf_trace_in_sym(&call.trace, "device", NULL);
    }
    if (!any) {
        cf_trace_in_str(&call.trace, "iid", own.name);
    }
    cf_call_start(&call);
    hr = create_queue((IDStorageFactory *)factory->iface, null ? NULL : &desc, &own, any, &pointer);
    cf_call_stop(&call);
    if (any) {
        cf_trace_out_str(&call.trace, "iid", own.name);
    }
    return made(&call, step, &own, hr, pointer, NULL);
}

/* ---- the factory's settings ---- */

bool cf_step_dsdebug(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *factory = cf_object_of(thread, step, step->args[0], CF_OBJECT_FACTORY);
    uint32_t flags = (uint32_t)cf_option_number(thread, step, "flags", 0);
    IDStorageFactory *of;
    struct cf_call call;

    if (!factory) {
        return false;
    }
    of = (IDStorageFactory *)factory->iface;
    cf_call_begin(&call, thread, step, "IDStorageFactory::SetDebugFlags");
    cf_trace_in_sym(&call.trace, "factory", step->args[0]);
    cf_trace_in_hex32(&call.trace, "flags", flags);
    cf_call_start(&call);
    of->lpVtbl->SetDebugFlags(of, flags);
    cf_call_stop(&call);
    return cf_call_end_void(&call);
}

bool cf_step_dsstaging(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *factory = cf_object_of(thread, step, step->args[0], CF_OBJECT_FACTORY);
    uint32_t size = (uint32_t)cf_option_number(thread, step, "size", 0);
    IDStorageFactory *of;
    struct cf_call call;
    HRESULT hr;

    if (!factory) {
        return false;
    }
    of = (IDStorageFactory *)factory->iface;
    cf_call_begin(&call, thread, step, "IDStorageFactory::SetStagingBufferSize");
    cf_trace_in_sym(&call.trace, "factory", step->args[0]);
    cf_trace_in_u64(&call.trace, "size", size);
    cf_call_start(&call);
    hr = of->lpVtbl->SetStagingBufferSize(of, size);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

/* ---- a file ---- */

bool cf_step_dsfileinfo(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *file = cf_object_of(thread, step, step->args[0], CF_OBJECT_FILE);
    bool null = cf_step_option(step, "null");
    BY_HANDLE_FILE_INFORMATION info;
    IDStorageFile *of;
    struct cf_call call;
    HRESULT hr;

    if (!file) {
        return false;
    }
    of = (IDStorageFile *)file->iface;
    memset(&info, 0, sizeof info);
    cf_call_begin(&call, thread, step, "IDStorageFile::GetFileInformation");
    cf_trace_in_sym(&call.trace, "file", step->args[0]);
    if (null) {
        cf_trace_in_sym(&call.trace, "info", NULL);
    }
    cf_call_start(&call);
    hr = of->lpVtbl->GetFileInformation(of, null ? NULL : &info);
    cf_call_stop(&call);
    if (!null) {
        cf_out(&call, "size", (uint64_t)info.nFileSizeHigh << 32 | info.nFileSizeLow);
        cf_out(&call, "links", info.nNumberOfLinks);
    }
    return cf_call_end_hr(&call, hr, NULL);
}

/* ---- what every object has ---- */

/* The object of any kind that a word names; NULL: there is none any more, and the run stopped. */
static struct cf_object *any_object(struct cf_thread *thread, const struct cf_step *step,
                                    const char *word)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, word);
    struct cf_object *object = symbol ? symbol->object : NULL;

    if (!object || object->refs < 1) {
        cf_stop(thread, step, "'%s' is no object", word);
        return NULL;
    }
    return object;
}

bool cf_step_queryinterface(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *object = any_object(thread, step, step->args[1]);
    const struct cf_interface *iface;
    struct cf_interface own;
    struct cf_call call;
    void *pointer = NULL;
    HRESULT hr;

    if (!object || !interface_of(thread, step, "IUnknown", &iface)) {
        return false;
    }
    own = as_kind(iface, object->kind);
    cf_call_begin(&call, thread, step, "IUnknown::QueryInterface");
    cf_trace_in_sym(&call.trace, "obj", step->args[1]);
    cf_trace_in_str(&call.trace, "iid", own.name);
    cf_call_start(&call);
    hr = object->iface->lpVtbl->QueryInterface(object->iface, own.iid, &pointer);
    cf_call_stop(&call);
    return made(&call, step, &own, hr, pointer, NULL);
}

static bool count_references(struct cf_thread *thread, const struct cf_step *step, bool add)
{
    struct cf_object *object = any_object(thread, step, step->args[0]);
    struct cf_call call;
    ULONG refs;

    if (!object) {
        return false;
    }
    cf_call_begin(&call, thread, step, add ? "IUnknown::AddRef" : "IUnknown::Release");
    cf_trace_in_sym(&call.trace, "obj", step->args[0]);
    cf_call_start(&call);
    /* before: no other thread finds it live that is not */
    InterlockedExchangeAdd(&object->refs, add ? 1 : -1);
    refs = add ? object->iface->lpVtbl->AddRef(object->iface)
               : object->iface->lpVtbl->Release(object->iface);
    cf_call_stop(&call);
    return cf_call_end_ret(&call, refs, 0, true, NULL);
}

bool cf_step_addref(struct cf_thread *thread, const struct cf_step *step)
{
    return count_references(thread, step, true);
}

bool cf_step_release(struct cf_thread *thread, const struct cf_step *step)
{
    return count_references(thread, step, false);
}

bool cf_step_dsclose(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_object *object = any_object(thread, step, step->args[0]);
    bool queue = object && object->kind == CF_OBJECT_QUEUE;
    struct cf_call call;

    if (!object) {
        return false;
    }
    if (!queue && object->kind != CF_OBJECT_FILE) {
        return cf_stop(thread, step, "only queues and files are closed");
    }
    object->closed = true;
    cf_call_begin(&call, thread, step, queue ? "IDStorageQueue::Close" : "IDStorageFile::Close");
    cf_trace_in_sym(&call.trace, queue ? "queue" : "file", step->args[0]);
    cf_call_start(&call);
    if (queue) {
        ((IDStorageQueue *)object->iface)->lpVtbl->Close((IDStorageQueue *)object->iface);
    } else {
        ((IDStorageFile *)object->iface)->lpVtbl->Close((IDStorageFile *)object->iface);
    }
    cf_call_stop(&call);
    return cf_call_end_void(&call);
}

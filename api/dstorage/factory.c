/* SPDX-License-Identifier: MIT */
/* IDStorageFactory. */
#include "api/dstorage/factory.h"

#include "api/dstorage/codes.h"
#include "api/dstorage/queue.h"

static struct ds_runtime *runtime_of(IDStorageFactory *iface)
{
    return EMU_CONTAINER(iface, struct ds_runtime, factory);
}

/* [D] The factory's interfaces and its queue's; IUnknown is the factory's for both. */
static void *interface_of(struct ds_runtime *runtime, REFIID riid)
{
    if (ds_same_id(riid, &IID_IUnknown) || ds_same_id(riid, &IID_IDStorageFactory))
        return &runtime->factory;
    if (ds_same_id(riid, &IID_IDStorageCustomDecompressionQueue) ||
        (ds_same_id(riid, &IID_IDStorageCustomDecompressionQueue1) && ds_version() >= 100))
        return &runtime->custom;
    return NULL;
}

HRESULT ds_runtime_query(struct ds_runtime *runtime, REFIID riid, void **ppv)
{
    if (!ppv)
        return E_POINTER;
    *ppv = riid ? interface_of(runtime, riid) : NULL;
    if (!*ppv)
        return riid ? E_NOINTERFACE : E_INVALIDARG;
    ds_object_add_ref(&runtime->factory);
    return S_OK;
}

/* The runtime may be gone afterwards, and the factory with it: holds are not used here. */
ULONG ds_factory_release(struct ds_runtime *runtime)
{
    LONG refs = InterlockedDecrement(&runtime->factory.refs);

    if (refs == 0)
        ds_runtime_leave(runtime);
    return (ULONG)refs;
}

/* With the lock of runtime.c: nobody comes back from 0 but through here. */
HRESULT ds_factory_get(struct ds_runtime *runtime, REFIID riid, void **ppv)
{
    *ppv = riid ? interface_of(runtime, riid) : NULL;
    if (!*ppv)
        return riid ? E_NOINTERFACE : E_INVALIDARG;
    if (ds_object_add_ref(&runtime->factory) == 1)
        ds_runtime_enter(runtime);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE ds_factory_QueryInterface(IDStorageFactory *iface, REFIID riid,
                                                           void **ppv)
{
    return ds_runtime_query(runtime_of(iface), riid, ppv);
}

static ULONG STDMETHODCALLTYPE ds_factory_AddRef(IDStorageFactory *iface)
{
    return ds_object_add_ref(&runtime_of(iface)->factory);
}

static ULONG STDMETHODCALLTYPE ds_factory_Release(IDStorageFactory *iface)
{
    return ds_factory_release(runtime_of(iface));
}

static HRESULT STDMETHODCALLTYPE ds_factory_CreateQueue(IDStorageFactory *iface,
                                                        const DSTORAGE_QUEUE_DESC *desc,
                                                        REFIID riid, void **ppv)
{
    if (!ppv)
        return E_POINTER;
    *ppv = NULL;
    if (!desc)
        return E_INVALIDARG;
    return ds_queue_create(runtime_of(iface), desc, riid, ppv);
}

static HRESULT STDMETHODCALLTYPE ds_factory_OpenFile(IDStorageFactory *iface, const WCHAR *path,
                                                     REFIID riid, void **ppv)
{
    if (!ppv)
        return E_POINTER;
    *ppv = NULL;
    if (!path)
        return E_INVALIDARG;
    return ds_file_open(runtime_of(iface), path, riid, ppv);
}

static HRESULT STDMETHODCALLTYPE ds_factory_CreateStatusArray(IDStorageFactory *iface,
                                                              UINT32 capacity, PCSTR name,
                                                              REFIID riid, void **ppv)
{
    (void)iface;
    (void)name; /* for event logs */
    if (!ppv)
        return E_POINTER;
    *ppv = NULL;
    return ds_status_array_create(capacity, riid, ppv);
}

static void STDMETHODCALLTYPE ds_factory_SetDebugFlags(IDStorageFactory *iface, UINT32 flags)
{
    InterlockedExchange(&runtime_of(iface)->debug, (LONG)flags);
}

/* [D] Not while there is a queue; [R] DA1: an open file does not matter. [I] U8: any size. */
static HRESULT STDMETHODCALLTYPE ds_factory_SetStagingBufferSize(IDStorageFactory *iface,
                                                                 UINT32 size)
{
    struct ds_runtime *runtime = runtime_of(iface);

    if (ds_get(&runtime->queues))
        return E_DSTORAGE_STAGING_BUFFER_LOCKED;
    ds_staging_resize(&runtime->staging, size);
    return S_OK;
}

static const IDStorageFactoryVtbl vtbl = {
    ds_factory_QueryInterface, ds_factory_AddRef,
    ds_factory_Release,        ds_factory_CreateQueue,
    ds_factory_OpenFile,       ds_factory_CreateStatusArray,
    ds_factory_SetDebugFlags,  ds_factory_SetStagingBufferSize,
};

void ds_factory_init(struct ds_runtime *runtime)
{
    ds_object_init(&runtime->factory, DS_FACTORY, &vtbl, NULL, NULL);
    runtime->factory.refs = 0;
}

/* SPDX-License-Identifier: MIT */
/* IDStorageStatusArray. */
#include "api/dstorage/status_array.h"

#include "api/dstorage/codes.h"
#include "api/dstorage/later.h"

#include <stdlib.h>

static struct ds_status_array *array_of(IDStorageStatusArray *iface)
{
    return (struct ds_status_array *)iface;
}

static const struct ds_interface interfaces[] = {{&IID_IUnknown, 0},
                                                 {&IID_IDStorageStatusArray, 0}};

static HRESULT STDMETHODCALLTYPE ds_status_QueryInterface(IDStorageStatusArray *iface, REFIID riid,
                                                          void **ppv)
{
    return ds_object_query(&array_of(iface)->object, interfaces, ARRAYSIZE(interfaces), riid, ppv);
}

static ULONG STDMETHODCALLTYPE ds_status_AddRef(IDStorageStatusArray *iface)
{
    return ds_object_add_ref(&array_of(iface)->object);
}

static ULONG STDMETHODCALLTYPE ds_status_Release(IDStorageStatusArray *iface)
{
    return ds_object_release(&array_of(iface)->object);
}

/* [I] U5: an entry that was never enqueued is pending. */
static HRESULT STDMETHODCALLTYPE ds_status_GetHResult(IDStorageStatusArray *iface, UINT32 index)
{
    struct ds_status_array *array = array_of(iface);

    if (index >= array->capacity)
        return DS_E_STATUS_INDEX;
    ds_look(&array->object, !ds_get(&array->entries[index]), false, index);
    return ds_get(&array->entries[index]) ^ E_PENDING;
}

/* [D] The same as GetHResult(index) != E_PENDING, hence true for an index that is none: [I] */
static bool STDMETHODCALLTYPE ds_status_IsComplete(IDStorageStatusArray *iface, UINT32 index)
{
    return ds_status_GetHResult(iface, index) != E_PENDING;
}

static const IDStorageStatusArrayVtbl vtbl = {
    ds_status_QueryInterface, ds_status_AddRef,     ds_status_Release,
    ds_status_IsComplete,     ds_status_GetHResult,
};

static void array_destroy(struct ds_object *object)
{
    free(object);
}

void ds_status_array_set(struct ds_status_array *array, UINT32 index, HRESULT hr)
{
    ds_touch(&array->object, true, index);
    InterlockedExchange(&array->entries[index], hr ^ E_PENDING);
}

HRESULT ds_status_array_create(UINT32 capacity, REFIID riid, void **ppv)
{
    struct ds_status_array *array;

    if (!capacity)
        return E_INVALIDARG; /* [I] U5 */
    array = calloc(1, sizeof *array + (size_t)capacity * sizeof array->entries[0]);
    if (!array)
        return E_OUTOFMEMORY;
    array->capacity = capacity;
    ds_object_init(&array->object, DS_STATUS_ARRAY, &vtbl, ds_live_remove, array_destroy);
    ds_live_add(&array->object);
    return ds_object_give(&array->object, interfaces, ARRAYSIZE(interfaces), riid, ppv);
}

/* SPDX-License-Identifier: MIT */
/* ID3D12Object's private data. [D] GetPrivateData */
#include "api/d3d12/private_data.h"

#include <stdlib.h>
#include <string.h>

#define E_DXGI_NOT_FOUND ((HRESULT)0x887A0002)
#define E_DXGI_MORE_DATA ((HRESULT)0x887A0003)

struct d3d_private_item {
    struct d3d_private_item *next;
    GUID id;
    IUnknown *object; /* a reference, or NULL */
    UINT size;
    char bytes[];
};

void d3d_private_data_init(struct d3d_private_data *data)
{
    InitializeSRWLock(&data->lock);
    data->first = NULL;
}

static void item_free(struct d3d_private_item *item)
{
    if (item && item->object)
        item->object->lpVtbl->Release(item->object);
    free(item);
}

void d3d_private_data_fini(struct d3d_private_data *data)
{
    for (struct d3d_private_item *item = data->first, *next; item; item = next) {
        next = item->next;
        item_free(item);
    }
}

static struct d3d_private_item **find_locked(struct d3d_private_data *data, REFGUID id)
{
    struct d3d_private_item **link = &data->first;

    while (*link && memcmp(&(*link)->id, id, sizeof *id) != 0)
        link = &(*link)->next;
    return link;
}

HRESULT d3d_private_data_get(struct d3d_private_data *data, REFGUID id, UINT *size, void *bytes)
{
    struct d3d_private_item *item;
    HRESULT hr = S_OK;

    if (!id || !size)
        return E_INVALIDARG;
    AcquireSRWLockShared(&data->lock);
    item = *find_locked(data, id);
    if (!item) {
        hr = E_DXGI_NOT_FOUND;
    } else if (bytes && *size < item->size) {
        hr = E_DXGI_MORE_DATA;
    } else if (bytes) {
        memcpy(bytes, item->bytes, item->size);
        if (item->object)
            item->object->lpVtbl->AddRef(item->object);
    }
    *size = item ? item->size : 0;
    ReleaseSRWLockShared(&data->lock);
    return hr;
}

HRESULT d3d_private_data_set(struct d3d_private_data *data, REFGUID id, UINT size,
                             const void *bytes, IUnknown *object)
{
    struct d3d_private_item *item = NULL, *old, **link;

    if (!id)
        return E_INVALIDARG;
    if (bytes) {
        item = malloc(sizeof *item + size);
        if (!item)
            return E_OUTOFMEMORY;
        item->id = *id;
        item->object = object;
        item->size = size;
        memcpy(item->bytes, bytes, size);
        if (object)
            object->lpVtbl->AddRef(object);
    }
    AcquireSRWLockExclusive(&data->lock);
    link = find_locked(data, id);
    old = *link;
    if (old)
        *link = old->next;
    if (item) {
        item->next = data->first;
        data->first = item;
    }
    ReleaseSRWLockExclusive(&data->lock);
    item_free(old);
    return S_OK;
}

/* SPDX-License-Identifier: MIT */
/* IDStorageStatusArray: one HRESULT an entry, E_PENDING until the queue comes by. */
#ifndef DS_STATUS_ARRAY_H
#define DS_STATUS_ARRAY_H

#include "api/dstorage/object.h"

struct ds_status_array {
    struct ds_object object;
    UINT32 capacity;
    volatile LONG entries[]; /* the HRESULT ^ E_PENDING, so that untouched memory is pending */
};

HRESULT ds_status_array_create(UINT32 capacity, REFIID riid, void **ppv);
void ds_status_array_set(struct ds_status_array *array, UINT32 index, HRESULT hr);

#endif

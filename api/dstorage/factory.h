/* SPDX-License-Identifier: MIT */
/* IDStorageFactory, of which a runtime is one. */
#ifndef DS_FACTORY_H
#define DS_FACTORY_H

#include "api/dstorage/runtime.h"

/* Without a reference. */
void ds_factory_init(struct ds_runtime *runtime);
/* A reference to the factory or its queue; the first one enters the runtime. */
HRESULT ds_factory_get(struct ds_runtime *runtime, REFIID riid, void **ppv);

ULONG ds_factory_release(struct ds_runtime *runtime);

#endif

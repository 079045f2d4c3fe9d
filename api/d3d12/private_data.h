/* SPDX-License-Identifier: MIT */
/* ID3D12Object's private data: bytes or an interface under a GUID of the program's. */
#ifndef D3D_PRIVATE_DATA_H
#define D3D_PRIVATE_DATA_H

#include <windows.h>
#include <unknwn.h>

struct d3d_private_data {
    SRWLOCK lock;
    struct d3d_private_item *first; /* lock */
};

void d3d_private_data_init(struct d3d_private_data *data);
void d3d_private_data_fini(struct d3d_private_data *data);
HRESULT d3d_private_data_get(struct d3d_private_data *data, REFGUID id, UINT *size, void *bytes);
/* bytes NULL takes the item away; an interface is given as its pointer, and held. */
HRESULT d3d_private_data_set(struct d3d_private_data *data, REFGUID id, UINT size,
                             const void *bytes, IUnknown *object);

#endif

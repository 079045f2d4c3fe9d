/* SPDX-License-Identifier: MIT */
/*
 * ID3D12Fence as it lies in memory: the slots of its table, in the order of Microsoft's d3d12.h.
 * [D]
 */
#ifndef D3D_FENCE_H
#define D3D_FENCE_H

#include <windows.h>
#include <unknwn.h>
#include <ringer_d3d12.h>

struct d3d_fence;

struct d3d_fence_vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(struct d3d_fence *fence, REFIID riid, void **ppv);
    ULONG(STDMETHODCALLTYPE *AddRef)(struct d3d_fence *fence);
    ULONG(STDMETHODCALLTYPE *Release)(struct d3d_fence *fence);
    HRESULT(STDMETHODCALLTYPE *GetPrivateData)
    (struct d3d_fence *fence, REFGUID id, UINT *size, void *data);
    HRESULT(STDMETHODCALLTYPE *SetPrivateData)
    (struct d3d_fence *fence, REFGUID id, UINT size, const void *data);
    HRESULT(STDMETHODCALLTYPE *SetPrivateDataInterface)
    (struct d3d_fence *fence, REFGUID id, const IUnknown *data);
    HRESULT(STDMETHODCALLTYPE *SetName)(struct d3d_fence *fence, const WCHAR *name);
    HRESULT(STDMETHODCALLTYPE *GetDevice)(struct d3d_fence *fence, REFIID riid, void **ppv);
    UINT64(STDMETHODCALLTYPE *GetCompletedValue)(struct d3d_fence *fence);
    HRESULT(STDMETHODCALLTYPE *SetEventOnCompletion)
    (struct d3d_fence *fence, UINT64 value, HANDLE event);
    HRESULT(STDMETHODCALLTYPE *Signal)(struct d3d_fence *fence, UINT64 value);
};

HRESULT WINAPI d3d_RingerCreateFence(UINT64 initialValue, REFIID riid, void **ppv);

#endif

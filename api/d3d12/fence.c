/* SPDX-License-Identifier: MIT */
/* A fence that only the processor signals and waits for. */
#include "api/d3d12/fence.h"

#include "api/d3d12/private_data.h"
#include "emu/base/sim.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct waiter {
    struct waiter *next;
    UINT64 value;
    HANDLE event; /* the program's */
};

struct d3d_fence {
    const struct d3d_fence_vtbl *lpVtbl;
    volatile LONG refs;
    struct d3d_private_data data;
    SRWLOCK lock;
    CONDITION_VARIABLE raised;
    UINT64 value;           /* lock */
    struct waiter *waiters; /* lock */
    uint32_t sim_id;        /* emu/base/sim.h */
    UINT64 seen;            /* simulated: the last answer, which a loop may wait to change */
};

static const IID ids[] = {
    {0x00000000, 0x0000, 0x0000, {0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46}}, /* IUnknown */
    {0xc4fec28f,
     0x7966,
     0x4e95,
     {0x9f, 0x94, 0xf4, 0x31, 0xcb, 0x56, 0xc3, 0xb8}}, /* ID3D12Object */
    {0x905db94b,
     0xa00c,
     0x4140,
     {0x9d, 0xf5, 0x2b, 0x64, 0xca, 0x9e, 0xa3, 0x57}}, /* …DeviceChild */
    {0x63ee58fb, 0x1268, 0x4835, {0x86, 0xda, 0xf0, 0x08, 0xce, 0x62, 0xf0, 0xd6}}, /* …Pageable */
    {0x0a753dcf, 0xc4d8, 0x4b91, {0xad, 0xf6, 0xbe, 0x5a, 0x60, 0xd9, 0x5a, 0x76}}, /* …Fence */
};
/* [D] The name of SetName is private data under this. */
static const GUID id_name = {
    0x4cca5fd8, 0x921f, 0x42c8, {0x85, 0x66, 0x70, 0xca, 0xf2, 0xa9, 0xb7, 0x41}};

static ULONG STDMETHODCALLTYPE d3d_fence_AddRef(struct d3d_fence *fence)
{
    return (ULONG)InterlockedIncrement(&fence->refs);
}

static HRESULT STDMETHODCALLTYPE d3d_fence_QueryInterface(struct d3d_fence *fence, REFIID riid,
                                                          void **ppv)
{
    if (!ppv)
        return E_POINTER;
    *ppv = NULL;
    for (size_t i = 0; riid && i < ARRAYSIZE(ids); i++) {
        if (memcmp(riid, &ids[i], sizeof *riid) == 0) {
            d3d_fence_AddRef(fence);
            *ppv = fence;
            return S_OK;
        }
    }
    return E_NOINTERFACE;
}

static ULONG STDMETHODCALLTYPE d3d_fence_Release(struct d3d_fence *fence)
{
    LONG refs = InterlockedDecrement(&fence->refs);

    if (refs == 0) {
        for (struct waiter *waiter = fence->waiters, *next; waiter; waiter = next) {
            next = waiter->next;
            free(waiter);
        }
        d3d_private_data_fini(&fence->data);
        free(fence);
    }
    return (ULONG)refs;
}

static HRESULT STDMETHODCALLTYPE d3d_fence_GetPrivateData(struct d3d_fence *fence, REFGUID id,
                                                          UINT *size, void *data)
{
    return d3d_private_data_get(&fence->data, id, size, data);
}

static HRESULT STDMETHODCALLTYPE d3d_fence_SetPrivateData(struct d3d_fence *fence, REFGUID id,
                                                          UINT size, const void *data)
{
    return d3d_private_data_set(&fence->data, id, size, data, NULL);
}

static HRESULT STDMETHODCALLTYPE d3d_fence_SetPrivateDataInterface(struct d3d_fence *fence,
                                                                   REFGUID id, const IUnknown *data)
{
    IUnknown *object = (IUnknown *)(uintptr_t)data;

    return d3d_private_data_set(&fence->data, id, sizeof object, object ? &object : NULL, object);
}

static HRESULT STDMETHODCALLTYPE d3d_fence_SetName(struct d3d_fence *fence, const WCHAR *name)
{
    UINT length = 0;

    while (name && name[length])
        length++;
    return d3d_private_data_set(&fence->data, &id_name, (length + 1) * sizeof *name, name, NULL);
}

/* [I] There is no device to give. */
static HRESULT STDMETHODCALLTYPE d3d_fence_GetDevice(struct d3d_fence *fence, REFIID riid,
                                                     void **ppv)
{
    (void)fence;
    (void)riid;
    if (!ppv)
        return E_POINTER;
    *ppv = NULL;
    return E_NOINTERFACE;
}

static UINT64 STDMETHODCALLTYPE d3d_fence_GetCompletedValue(struct d3d_fence *fence)
{
    UINT64 value;

    if (emu_sim) /* no other thread runs */
        emu_sim_before_state(fence->value == fence->seen, &fence->sim_id, false, 0, 1);
    AcquireSRWLockShared(&fence->lock);
    value = fence->value;
    ReleaseSRWLockShared(&fence->lock);
    if (emu_sim)
        fence->seen = value;
    return value;
}

/* [D] Without an event the call itself waits. */
static HRESULT STDMETHODCALLTYPE d3d_fence_SetEventOnCompletion(struct d3d_fence *fence,
                                                                UINT64 value, HANDLE event)
{
    struct waiter *waiter = event ? malloc(sizeof *waiter) : NULL;
    bool reached;

    if (event && !waiter)
        return E_OUTOFMEMORY;
    emu_sim_before_state(false, &fence->sim_id, true, 0, 1);
    AcquireSRWLockExclusive(&fence->lock);
    while (!event && fence->value < value)
        SleepConditionVariableSRW(&fence->raised, &fence->lock, INFINITE, 0);
    reached = fence->value >= value;
    if (!reached) {
        *waiter = (struct waiter){fence->waiters, value, event};
        fence->waiters = waiter;
    }
    ReleaseSRWLockExclusive(&fence->lock);
    if (!reached)
        return S_OK;
    free(waiter);
    return !event || SetEvent(event) ? S_OK : HRESULT_FROM_WIN32(GetLastError());
}

/* [D] Any value, also a smaller one; who waits for no more than it is told. */
static HRESULT STDMETHODCALLTYPE d3d_fence_Signal(struct d3d_fence *fence, UINT64 value)
{
    struct waiter **link, *waiter, *due = NULL;

    emu_sim_before_state(false, &fence->sim_id, true, 0, 1);
    AcquireSRWLockExclusive(&fence->lock);
    fence->value = value;
    for (link = &fence->waiters; (waiter = *link);) {
        if (waiter->value <= value) {
            *link = waiter->next;
            waiter->next = due;
            due = waiter;
        } else {
            link = &waiter->next;
        }
    }
    ReleaseSRWLockExclusive(&fence->lock);
    WakeAllConditionVariable(&fence->raised);
    while ((waiter = due)) {
        due = waiter->next;
        SetEvent(waiter->event);
        free(waiter);
    }
    return S_OK;
}

static const struct d3d_fence_vtbl vtbl = {
    d3d_fence_QueryInterface,
    d3d_fence_AddRef,
    d3d_fence_Release,
    d3d_fence_GetPrivateData,
    d3d_fence_SetPrivateData,
    d3d_fence_SetPrivateDataInterface,
    d3d_fence_SetName,
    d3d_fence_GetDevice,
    d3d_fence_GetCompletedValue,
    d3d_fence_SetEventOnCompletion,
    d3d_fence_Signal,
};

HRESULT WINAPI d3d_RingerCreateFence(UINT64 initialValue, REFIID riid, void **ppv)
{
    struct d3d_fence *fence;
    HRESULT hr;

    if (!ppv)
        return E_POINTER;
    *ppv = NULL;
    fence = calloc(1, sizeof *fence);
    if (!fence)
        return E_OUTOFMEMORY;
    fence->lpVtbl = &vtbl;
    fence->refs = 1;
    fence->value = initialValue;
    fence->seen = ~initialValue;
    d3d_private_data_init(&fence->data);
    InitializeSRWLock(&fence->lock);
    InitializeConditionVariable(&fence->raised);
    hr = d3d_fence_QueryInterface(fence, riid, ppv);
    d3d_fence_Release(fence);
    return hr;
}

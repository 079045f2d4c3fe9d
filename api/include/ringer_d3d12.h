/* SPDX-License-Identifier: MIT */
/* What Ringer has of Direct3D 12 and Direct3D 12 has not: objects that need no device. */
#ifndef RINGER_D3D12_H
#define RINGER_D3D12_H

#include <windows.h>
#include <unknwn.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef STDAPI
#define STDAPI EXTERN_C HRESULT STDAPICALLTYPE
#endif

/*
 * A fence of the processor's: an ID3D12Fence without a device behind it. IDStorageQueue's
 * EnqueueSignal and EnqueueRequests take it as any other, and its own Signal, SetEventOnCompletion
 * and GetCompletedValue are Windows'.
 * initialValue: what it has reached.
 * riid: of ID3D12Fence or a base of it.
 * ppv: out; a reference, NULL on failure.
 * Returns S_OK; E_POINTER for NULL; E_NOINTERFACE; E_OUTOFMEMORY.
 * Source: [I].
 */
STDAPI RingerCreateFence(UINT64 initialValue, REFIID riid, void **ppv);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: MIT */
/* A ring's life and what one can ask it: capabilities, create, info, operations, event, close. */
#include "api/kernelbase/ioring.h"

#include "api/kernelbase/ioring_api.h"
#include "api/ntdll/ioring.h"
#include "emu/base/mutant.h"

/* [D] Capabilities are cached per process. The first complete answer wins; nobody waits for it. */
static NT_IORING_CAPABILITIES cached;
static _Atomic int cache_state; /* 0 nothing, 1 being written, 2 there */

static HRESULT capabilities_get(NT_IORING_CAPABILITIES *caps)
{
    int nothing = 0;
    NTSTATUS status;

    if (atomic_load_explicit(&cache_state, memory_order_acquire) ==
        2) { /* pairs with the store below */
        *caps = cached;
        return S_OK;
    }
    status = NtQueryIoRingCapabilities(sizeof *caps, caps);
    if (status < 0)
        return kb_ioring_call_hresult(status);
    if (atomic_compare_exchange_strong(&cache_state, &nothing, 1)) {
        cached = *caps;
        atomic_store_explicit(&cache_state, 2, memory_order_release);
    }
    return S_OK;
}

HRESULT WINAPI kb_QueryIoRingCapabilities(IORING_CAPABILITIES *capabilities)
{
    NT_IORING_CAPABILITIES caps;
    HRESULT hr;

    if (!capabilities)
        return E_INVALIDARG; /* [I] decision: no public record */
    hr = capabilities_get(&caps);
    if (FAILED(hr))
        return hr;
    capabilities->MaxVersion = (IORING_VERSION)caps.Version;
    capabilities->MaxSubmissionQueueSize = caps.SubmissionQueueSizeMax;
    capabilities->MaxCompletionQueueSize = caps.CompletionQueueSizeMax;
    capabilities->FeatureFlags = (IORING_FEATURE_FLAGS)caps.FlagsSupported;
    return S_OK;
}

/* [I] ioring.md 16: any defined version up to the maximum; and the maximum itself, named or not [R]
 * IB1. */
static bool version_ok(UINT32 version, UINT32 max)
{
    return version == max || (version > max && EMU_MUTANT(version_unchecked)) ||
           (version < max && (version == 1 || version == 2 || version == 300 || version == 400));
}

static void ring_fill(struct kb_ring *ring, HANDLE handle, const NT_IORING_INFO *info)
{
    ring->handle = handle;
    ring->version = info->IoRingVersion;
    ring->flags.Required = (IORING_CREATE_REQUIRED_FLAGS)info->Flags.Required;
    ring->flags.Advisory = (IORING_CREATE_ADVISORY_FLAGS)info->Flags.Advisory;
    ring->skip_checks = (ring->flags.Advisory & IORING_CREATE_SKIP_BUILDER_PARAM_CHECKS) != 0;
    ring->sq_size = info->SubmissionQueueSize;
    ring->sq_mask = info->SubmissionQueueRingMask;
    ring->cq_size = info->CompletionQueueSize;
    ring->cq_mask = info->CompletionQueueRingMask;
    ring->sq = info->SubmissionQueue;
    ring->cq = info->CompletionQueue;
    kb_ring_set_head(ring, kb_ring_load(&ring->sq->Head));
    kb_ring_poke(&ring->sq_tail, kb_ring_load(&ring->sq->Tail));
    ring->sq_first = kb_ring_head(ring);
    ring->cq_first = kb_ring_load(&ring->cq->Tail);
    ring->files = NULL;
}

HRESULT WINAPI kb_CreateIoRing(IORING_VERSION ioringVersion, IORING_CREATE_FLAGS flags,
                               UINT32 submissionQueueSize, UINT32 completionQueueSize, HIORING *h)
{
    NT_IORING_CAPABILITIES caps;
    NT_IORING_STRUCTV1 params = {0};
    NT_IORING_INFO info = {0};
    struct kb_ring *ring;
    HANDLE handle = NULL;
    NTSTATUS status;
    HRESULT hr;

    if (!h)
        return E_INVALIDARG; /* [I] decision: no public record */
    hr = capabilities_get(&caps);
    if (FAILED(hr))
        return hr;
    if (!version_ok(ioringVersion, caps.Version))
        return IORING_E_VERSION_NOT_SUPPORTED;
    if (flags.Required != IORING_CREATE_REQUIRED_FLAGS_NONE && !EMU_MUTANT(required_flags_ignored))
        return IORING_E_REQUIRED_FLAG_NOT_SUPPORTED; /* [D] no bit is defined */

    ring = kb_ring_acquire();
    if (!ring)
        return E_OUTOFMEMORY;
    /* Sizes are rounded and refused below, in one place for both levels. */
    params.IoRingVersion = EMU_MUTANT(version_unchecked) ? caps.Version : (UINT32)ioringVersion;
    params.SubmissionQueueSize = submissionQueueSize;
    params.CompletionQueueSize = completionQueueSize;
    /* [D] Unknown advisory flags are ignored, so they are not passed on. */
    params.Flags.Advisory = flags.Advisory & IORING_CREATE_SKIP_BUILDER_PARAM_CHECKS;
    status = NtCreateIoRing(&handle, sizeof params, &params, sizeof info, &info);
    if (status < 0) {
        kb_ring_release(ring);
        return kb_ioring_call_hresult(status);
    }
    ring_fill(ring, handle, &info);
    if (submissionQueueSize && EMU_MUTANT(sizes_as_asked))
        ring->sq_size = submissionQueueSize;
    /* Tells the emulator that this ring is popped through here, so no reaper need drive it. */
    nt_poll_ioring(handle);
    *h = kb_ring_open(ring);
    return S_OK;
}

/*
 * [D] Entries that were built and not submitted are dropped; operations in flight are neither
 * cancelled nor waited for, the emulator keeps what they need.
 */
HRESULT WINAPI kb_CloseIoRing(HIORING ioRing)
{
    struct kb_ring *ring;
    HANDLE handle;

    if (EMU_MUTANT(close_submits))
        kb_SubmitIoRing(ioRing, 0, 0, NULL);
    ring = kb_ring_close(ioRing);
    if (!ring)
        return E_HANDLE;
    handle = ring->handle;
    kb_ring_files_drop(ring);
    kb_ring_release(ring);
    /* Whatever this says the HIORING is gone: [D] CloseIoRing returns S_OK. */
    NtClose(handle);
    return S_OK;
}

HRESULT WINAPI kb_GetIoRingInfo(HIORING ioRing, IORING_INFO *info)
{
    const struct kb_ring *ring = kb_ring_lookup(ioRing);

    if (!ring)
        return E_HANDLE;
    if (!info)
        return E_INVALIDARG; /* [I] decision: no public record */
    info->IoRingVersion =
        (IORING_VERSION)(EMU_MUTANT(version_not_echoed) ? IORING_VERSION_4 : ring->version);
    info->Flags = ring->flags;
    info->SubmissionQueueSize = ring->sq_size;
    info->CompletionQueueSize = ring->cq_size;
    return S_OK;
}

/* [D] A BOOL as the header has it (the page speaks of S_OK); FALSE for a bad HIORING too. */
BOOL WINAPI kb_IsIoRingOpSupported(HIORING ioRing, IORING_OP_CODE op)
{
    const struct kb_ring *ring = kb_ring_lookup(ioRing);

    return ring && kb_ioring_op_supported(ring->version, (UINT32)op);
}

HRESULT WINAPI kb_SetIoRingCompletionEvent(HIORING ioRing, HANDLE hEvent)
{
    const struct kb_ring *ring = kb_ring_lookup(ioRing);
    NTSTATUS status;

    if (!ring)
        return E_HANDLE;
    if (hEvent == INVALID_HANDLE_VALUE)
        return E_INVALIDARG; /* [D] */
    status = NtSetInformationIoRing(ring->handle, IoRingRegisterUserCompletionEventClass,
                                    sizeof hEvent, &hEvent);
    /* [D] Any bad event handle is E_INVALIDARG: E_HANDLE would speak of the ring. */
    if ((UINT32)status == 0xC0000008u || (UINT32)status == 0xC0000024u)
        return EMU_MUTANT(event_any_handle) ? S_OK : E_INVALIDARG; /* STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH */
    return kb_ioring_call_hresult(status);
}

/* SPDX-License-Identifier: MIT */
/* Rings: known by their handle, made, turned, closed. */
#include "hooks/plugins/refvfs/ring.h"
#include "hooks/plugins/layer/mutant.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 256u

static _Atomic(struct rv_ring *) buckets[BUCKETS]; /* rings stay in theirs for ever */
static SRWLOCK table_lock = SRWLOCK_INIT;          /* of changes */

static HRESULT(WINAPI *vl_original_CreateIoRing)(IORING_VERSION, IORING_CREATE_FLAGS, UINT32,
                                                 UINT32, HIORING *);
static HRESULT(WINAPI *vl_original_CloseIoRing)(HIORING);
HRESULT(WINAPI *vl_original_GetIoRingInfo)(HIORING, IORING_INFO *);
HRESULT(WINAPI *vl_original_SetIoRingCompletionEvent)(HIORING, HANDLE);

VL_THREAD _Thread_local bool rv_in_create;

static _Atomic(struct rv_ring *) *bucket_of(HIORING handle)
{
    ULONG_PTR value = (ULONG_PTR)handle;

    return &buckets[(value ^ value >> 4 ^ value >> 16) % BUCKETS];
}

struct rv_ring *rv_ring_find(HIORING handle)
{
    struct rv_ring *ring = atomic_load_explicit(bucket_of(handle), memory_order_acquire);

    while (ring && atomic_load_explicit(&ring->handle, memory_order_acquire) != handle)
        ring = atomic_load_explicit(&ring->next, memory_order_acquire);
    return handle ? ring : NULL;
}

void rv_ring_hold(struct rv_ring *ring)
{
    atomic_fetch_add(&ring->references, 1);
}

static void event_close(HANDLE *event)
{
    ringer_bypass_enter();
    if (*event)
        CloseHandle(*event);
    ringer_bypass_leave();
    *event = NULL;
}

/* Nobody calls the system with this ring any more; a late provider may still hold the ring itself.
 */
static void events_close(struct rv_ring *ring)
{
    HANDLE real, event;

    AcquireSRWLockExclusive(&ring->lock);
    real = ring->real_event;
    event = ring->event;
    ring->real_event = ring->event = NULL;
    ReleaseSRWLockExclusive(&ring->lock);
    event_close(&real);
    event_close(&event);
}

/* A defect's: what a ring did not pop, for the next one. */
static IORING_CQE left_over;
static bool is_left_over;

void rv_ring_release(struct rv_ring *ring)
{
    if (atomic_fetch_sub(&ring->references, 1) != 1)
        return;
    if (ring->cq && ring->posted != ring->popped && VL_MUTANT(state_survives)) {
        left_over = ring->cq[ring->popped % ring->info.CompletionQueueSize];
        is_left_over = true;
    }
    rv_ops_free(ring);
    free(ring->cq);
    rv_files_free(ring->files, ring->file_count);
    free(ring->buffers);
    event_close(&ring->real_event);
    event_close(&ring->event);
    ring->cq = NULL;
    ring->files = NULL;
    ring->buffers = NULL;
    /* Last: from here on the next ring may have it. */
    atomic_store(&ring->references, 0);
    atomic_store_explicit(&ring->handle, NULL, memory_order_release);
}

static void ring_init(struct rv_ring *ring, const IORING_INFO *info)
{
    ring->info = *info;
    InitializeSRWLock(&ring->pump);
    InitializeSRWLock(&ring->lock);
    InitializeConditionVariable(&ring->wake);
    ring->free_ops = NULL;
    rv_list_init(&ring->built);
    rv_list_init(&ring->held);
    rv_list_init(&ring->ready);
    rv_list_init(&ring->dead);
    ring->raw_built = ring->outstanding = ring->real_built = ring->active = 0;
    ring->submitting = ring->processing = ring->again = ring->waiting = false;
    ring->closed = ring->watched = ring->registering = false;
    ring->posted = ring->popped = 0;
    ring->file_count = ring->buffer_count = 0;
    atomic_store(&ring->mixed, false);
    atomic_store(&ring->popping, false);
    atomic_store(&ring->built_through, 0);
    atomic_store(&ring->submitted_through, 0);
    atomic_store(&ring->popped_through, 0);
}

/* Marks a node that nobody can find: its handle is one that no ring has. */
#define BUSY ((HIORING)(ULONG_PTR)1)

static void ring_add(HIORING handle)
{
    _Atomic(struct rv_ring *) *bucket = bucket_of(handle);
    IORING_INFO info;
    struct rv_ring *ring;

    if (FAILED(vl_original_GetIoRingInfo(handle, &info)))
        return;
    AcquireSRWLockExclusive(&table_lock);
    for (ring = atomic_load(bucket); ring; ring = atomic_load(&ring->next))
        if (!atomic_load(&ring->handle))
            break;
    if (ring) {
        atomic_store(&ring->handle, BUSY);
    } else {
        ring = calloc(1, sizeof *ring);
        if (ring) {
            atomic_store(&ring->next, atomic_load(bucket));
            atomic_store(&ring->handle, BUSY);
            atomic_store_explicit(bucket, ring, memory_order_release);
        }
    }
    if (ring) {
        ring_init(ring, &info);
        atomic_store(&ring->references, 1);
        atomic_store_explicit(&ring->handle, handle, memory_order_release);
    }
    ReleaseSRWLockExclusive(&table_lock);
}

static HRESULT WINAPI detour_CreateIoRing(IORING_VERSION version, IORING_CREATE_FLAGS flags,
                                          UINT32 sq, UINT32 cq, HIORING *handle)
{
    HRESULT hr;

    if (VL_MUTANT(null_ring_crashes))
        *handle = NULL;
    rv_in_create = true;
    hr = vl_original_CreateIoRing(version, flags, sq, cq, handle);
    rv_in_create = false;
    if (SUCCEEDED(hr) && !ringer_bypass_active() && !VL_MUTANT(ring_unknown))
        ring_add(*handle);
    return hr;
}

bool rv_ring_mix(struct rv_ring *ring)
{
    HANDLE event;

    if (atomic_load(&ring->mixed))
        return true;
    ring->cq = calloc(ring->info.CompletionQueueSize, sizeof *ring->cq);
    ringer_bypass_enter();
    event = CreateEventW(NULL, FALSE, FALSE, NULL);
    ringer_bypass_leave();
    if (!ring->cq || !event) {
        free(ring->cq);
        ring->cq = NULL;
        event_close(&event);
        return false;
    }
    ring->real_event = event;
    /* Whoever is in the system's Pop leaves; whoever comes later sees the mark. */
    atomic_store(&ring->mixed, true);
    while (atomic_load(&ring->popping))
        Sleep(0);
    AcquireSRWLockExclusive(&ring->lock);
    ring->raw_built = atomic_load(&ring->built_through);
    if (is_left_over && VL_MUTANT(state_survives)) {
        ring->cq[ring->posted++ % ring->info.CompletionQueueSize] = left_over;
        is_left_over = false;
    }
    ring->outstanding +=
        (UINT32)(atomic_load(&ring->submitted_through) - atomic_load(&ring->popped_through));
    ReleaseSRWLockExclusive(&ring->lock);
    vl_original_SetIoRingCompletionEvent(atomic_load(&ring->handle), event);
    rv_pump(ring);
    if (ring->event)
        rv_watch(ring);
    return true;
}

static HRESULT WINAPI detour_CloseIoRing(HIORING handle)
{
    struct rv_ring *ring = ringer_bypass_active() ? NULL : rv_ring_find(handle);
    HRESULT hr;

    if (!ring && !ringer_bypass_active() && VL_MUTANT(bad_close_forgets))
        rv_rings_forget();
    if (!ring)
        return vl_original_CloseIoRing(handle);
    AcquireSRWLockExclusive(&ring->lock);
    ring->closed = true;
    if (ring->real_event) {
        ringer_bypass_enter();
        SetEvent(ring->real_event); /* whoever waits for the system */
        ringer_bypass_leave();
    }
    WakeAllConditionVariable(&ring->wake);
    /* Its value may be another ring's, the moment the system has closed it. */
    while (ring->active)
        SleepConditionVariableSRW(&ring->wake, &ring->lock, INFINITE, 0);
    /* As if they had been freed: whoever comes later finds nonsense. */
    for (UINT32 i = 0; i < ring->chunk_count && VL_MUTANT(close_frees); i++)
        memset((void *)ring->chunks[i], 0xDD, RV_CHUNK * sizeof *ring->chunks[i]);
    ReleaseSRWLockExclusive(&ring->lock);
    atomic_store_explicit(&ring->handle, BUSY, memory_order_release);
    hr = vl_original_CloseIoRing(handle);
    events_close(ring);
    rv_ring_release(ring);
    return hr;
}

#ifdef _WIN32 /* in ntdll's import library, and in no header */
typedef struct {
    int type;
    LONG state;
} EVENT_BASIC_INFORMATION;
typedef int EVENT_INFORMATION_CLASS;
NTSYSAPI NTSTATUS NTAPI NtQueryEvent(HANDLE event, EVENT_INFORMATION_CLASS what, PVOID info,
                                     ULONG nbytes, PULONG needed);
#endif

/* An event: anything else would be told by the system's ring, which has ours. */
static bool is_event(HANDLE handle)
{
    EVENT_BASIC_INFORMATION info;
    NTSTATUS status = NtQueryEvent(handle, (EVENT_INFORMATION_CLASS)0, &info, sizeof info, NULL);

    return status >= 0 || status == VL_ACCESS_DENIED; /* one that may be set and not be asked */
}

static HRESULT WINAPI detour_SetIoRingCompletionEvent(HIORING handle, HANDLE event)
{
    struct rv_ring *ring = ringer_bypass_active() ? NULL : rv_ring_find(handle);
    HANDLE copy = NULL, old;
    HRESULT hr = S_OK;

    if (!ring || VL_MUTANT(event_not_hooked))
        return vl_original_SetIoRingCompletionEvent(handle, event);
    if (!atomic_load(&ring->mixed))
        hr = vl_original_SetIoRingCompletionEvent(handle, event);
    else if (event == INVALID_HANDLE_VALUE)
        hr = E_INVALIDARG;
    if (FAILED(hr))
        return hr;
    ringer_bypass_enter();
    if (event &&
        (!is_event(event) || !DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(),
                                              &copy, 0, FALSE, DUPLICATE_SAME_ACCESS)))
        hr = E_INVALIDARG;
    ringer_bypass_leave();
    if (FAILED(hr))
        return hr;
    AcquireSRWLockExclusive(&ring->lock);
    old = ring->event;
    ring->event = copy;
    ReleaseSRWLockExclusive(&ring->lock);
    event_close(&old);
    if (copy && atomic_load(&ring->mixed))
        rv_watch(ring);
    return S_OK;
}

void rv_rings_each(void (*each)(struct rv_ring *ring, void *arg), void *arg)
{
    for (UINT32 i = 0; i < BUCKETS; i++) {
        struct rv_ring *ring = atomic_load(&buckets[i]);

        for (; ring; ring = atomic_load(&ring->next)) {
            bool there;

            AcquireSRWLockExclusive(&table_lock);
            there = atomic_load(&ring->handle) && atomic_load(&ring->references);
            if (there)
                rv_ring_hold(ring);
            ReleaseSRWLockExclusive(&table_lock);
            if (!there)
                continue;
            each(ring, arg);
            rv_ring_release(ring);
        }
    }
}

static void ask_idle(struct rv_ring *ring, void *arg)
{
    bool *idle = arg;

    AcquireSRWLockExclusive(&ring->lock);
    *idle &= !atomic_load(&ring->mixed) || ring->closed ||
             (ring->posted == ring->popped && !ring->outstanding && !ring->held.count &&
              !ring->built.count && !ring->raw_built);
    ReleaseSRWLockExclusive(&ring->lock);
}

bool rv_rings_idle(void)
{
    bool idle = true;

    rv_rings_each(ask_idle, &idle);
    return idle;
}

static void forget(struct rv_ring *ring, void *arg)
{
    HIORING handle = atomic_load(&ring->handle);

    if (handle == BUSY)
        return;
    if (atomic_load(&ring->mixed)) {
        AcquireSRWLockExclusive(&ring->lock);
        ring->closed = true;
        ringer_bypass_enter();
        SetEvent(ring->real_event);
        ringer_bypass_leave();
        WakeAllConditionVariable(&ring->wake);
        while (ring->active)
            SleepConditionVariableSRW(&ring->wake, &ring->lock, INFINITE, 0);
        ReleaseSRWLockExclusive(&ring->lock);
        vl_original_SetIoRingCompletionEvent(handle, ring->event);
        events_close(ring);
    }
    atomic_store(&ring->handle, BUSY);
    rv_ring_release(ring);
}

void rv_rings_forget(void)
{
    rv_rings_each(forget, NULL);
}

const struct vl_detour rv_life_detours[] = {
    {VL_W("kernelbase"), "GetIoRingInfo", NULL, (void **)&vl_original_GetIoRingInfo},
    VL_DETOUR("kernelbase", CreateIoRing),
    VL_DETOUR("kernelbase", CloseIoRing),
    VL_DETOUR("kernelbase", SetIoRingCompletionEvent),
    VL_DETOUR_END,
};

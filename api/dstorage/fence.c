/* SPDX-License-Identifier: MIT */
/* Calls of a fence, and the thread that sees values come. */
#include "api/dstorage/fence.h"

#include "api/dstorage/queue.h"
#include "api/dstorage/runtime.h"
#include "api/dstorage/schedule.h"
#include "api/dstorage/user_memory.h"
#include "emu/base/mutant.h"

#include <stdlib.h>

/* [D] d3d12.h: ID3D12Object's four methods, ID3D12DeviceChild's one, then the fence's. */
struct fence_vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(void *fence, REFIID riid, void **ppv);
    ULONG(STDMETHODCALLTYPE *AddRef)(void *fence);
    ULONG(STDMETHODCALLTYPE *Release)(void *fence);
    void *object[4];
    void *child[1];
    UINT64(STDMETHODCALLTYPE *GetCompletedValue)(void *fence);
    HRESULT(STDMETHODCALLTYPE *SetEventOnCompletion)(void *fence, UINT64 value, HANDLE event);
    HRESULT(STDMETHODCALLTYPE *Signal)(void *fence, UINT64 value);
};

static const struct fence_vtbl *vtbl_of(void *fence)
{
    return *(const struct fence_vtbl **)fence;
}

bool ds_fence_take(void *fence)
{
    const struct fence_vtbl *vtbl;
    struct fence_vtbl table;

    if (!fence || !ds_copy_in(&vtbl, fence, sizeof vtbl) || !vtbl ||
        !ds_copy_in(&table, vtbl, sizeof table))
        return false;
    table.AddRef(fence);
    return true;
}

void ds_fence_put(void *fence)
{
    vtbl_of(fence)->Release(fence);
}

UINT64 ds_fence_completed(void *fence)
{
    return vtbl_of(fence)->GetCompletedValue(fence);
}

HRESULT ds_fence_signal(void *fence, UINT64 value)
{
    return vtbl_of(fence)->Signal(fence, value);
}

void ds_fences_init(struct ds_fences *fences)
{
    InitializeSRWLock(&fences->lock);
    emu_list_init(&fences->groups);
    emu_list_init(&fences->all);
    fences->event = fences->thread = NULL;
    fences->stopping = 0;
}

/*
 * A group that waits and is not yet known to be ready, with a use for the caller; NULL at the end.
 */
static struct ds_group *next_unasked(struct ds_fences *fences, struct emu_list *asked)
{
    struct emu_list *node;
    struct ds_group *group = NULL;

    AcquireSRWLockExclusive(&fences->lock);
    node = emu_list_take_first(&fences->groups);
    if (node) {
        group = EMU_CONTAINER(node, struct ds_group, watching);
        emu_list_append(asked, node);
        InterlockedIncrement(&group->users);
    }
    ReleaseSRWLockExclusive(&fences->lock);
    return group;
}

/*
 * Only what the fence itself has set counts, for then it will not touch the event again, which may
 * be closed. A value that is there with the event not yet set: the fence is about to.
 */
static bool is_reached(struct ds_fences *fences, struct ds_group *group)
{
    if (WaitForSingleObject(group->reached, 0) == WAIT_OBJECT_0)
        return true;
    if (ds_fence_completed(group->fence) >= group->value) {
        SetEvent(fences->event);
        SwitchToThread();
    }
    return false;
}

/* The fence is called without our lock: it is not ours, and may call back. */
static void look_at_all(struct ds_runtime *runtime)
{
    struct ds_fences *fences = &runtime->fences;
    struct emu_list asked, awake;
    struct ds_group *group;

    emu_list_init(&asked);
    emu_list_init(&awake);
    while ((group = next_unasked(fences, &asked))) {
        bool ready = is_reached(fences, group);
        bool last = false;

        if (ready) {
            AcquireSRWLockExclusive(&fences->lock);
            group->ready = true;
            emu_list_remove(&group->watching);
            emu_list_remove(&group->all);
            emu_list_splice(&awake, &group->parked);
            last = true;
            ReleaseSRWLockExclusive(&fences->lock);
        }
        if (last)
            ds_group_drop(group); /* the watcher's */
        ds_group_drop(group);
    }
    AcquireSRWLockExclusive(&fences->lock);
    emu_list_splice(&fences->groups, &asked);
    ReleaseSRWLockExclusive(&fences->lock);
    ds_schedule_resume(runtime, &awake);
}

static DWORD WINAPI watch(void *context)
{
    struct ds_runtime *runtime = context;

    while (WaitForSingleObject(runtime->fences.event, INFINITE) == WAIT_OBJECT_0 &&
           !ds_get(&runtime->fences.stopping))
        look_at_all(runtime);
    return 0;
}

/* The first wait of a runtime starts the thread. */
static bool ready_to_watch(struct ds_runtime *runtime)
{
    struct ds_fences *fences = &runtime->fences;
    bool good;

    AcquireSRWLockExclusive(&fences->lock);
    if (!fences->event)
        fences->event = CreateEventW(NULL, FALSE, FALSE, NULL);
    if (fences->event && !fences->thread)
        fences->thread = CreateThread(NULL, 0, watch, runtime, 0, NULL);
    good = fences->thread != NULL;
    ReleaseSRWLockExclusive(&fences->lock);
    return good;
}

void ds_fences_fini(struct ds_fences *fences)
{
    if (fences->thread) {
        InterlockedExchange(&fences->stopping, 1);
        SetEvent(fences->event);
        WaitForSingleObject(fences->thread, INFINITE);
        CloseHandle(fences->thread);
    }
    /*
     * Groups whose requests are gone: their fences may yet set the event, which is then no handle
     * of ours.
     */
    for (struct emu_list *node; (node = emu_list_take_first(&fences->groups));)
        ds_group_drop(EMU_CONTAINER(node, struct ds_group, watching));
    if (fences->event)
        CloseHandle(fences->event);
}

/* Its own event first: whoever is woken by ours finds it set. False: the fence refused. */
static bool ask(struct ds_fences *fences, struct ds_group *group)
{
    const struct fence_vtbl *vtbl = vtbl_of(group->fence);

    if (FAILED(vtbl->SetEventOnCompletion(group->fence, group->value, group->reached)) ||
        FAILED(vtbl->SetEventOnCompletion(group->fence, group->value, fences->event)))
        return false;
    /* Reached and gone back between the two: nobody has told ours. */
    if (WaitForSingleObject(group->reached, 0) == WAIT_OBJECT_0)
        SetEvent(fences->event);
    return true;
}

struct ds_group *ds_group_create(struct ds_runtime *runtime, void *fence, UINT64 value,
                                 bool before_source)
{
    struct ds_fences *fences = &runtime->fences;
    struct ds_group *group = calloc(1, sizeof *group);

    if (!group)
        return NULL;
    emu_list_init(&group->parked);
    emu_list_init(&group->watching);
    emu_list_init(&group->all);
    group->users = 1;
    group->value = value;
    group->before_source = before_source;
    group->ready = true;
    group->bad = !ds_fence_take(fence);
    if (group->bad)
        return group;
    group->fence = fence;
    if (ds_fence_completed(fence) >= value)
        return group;
    ds_own();
    group->reached = CreateEventW(NULL, TRUE, FALSE, NULL);
    group->bad = !group->reached || !ready_to_watch(runtime);
    ds_disown();
    if (group->bad)
        return group;
    InterlockedIncrement(&group->users);
    AcquireSRWLockExclusive(&fences->lock);
    group->ready = false;
    emu_list_append(&fences->groups, &group->watching);
    emu_list_append(&fences->all, &group->all);
    ReleaseSRWLockExclusive(&fences->lock);
    if (!ask(fences, group)) {
        AcquireSRWLockExclusive(&fences->lock);
        group->bad = group->ready = true; /* nobody has parked yet: the requests are not queued */
        emu_list_remove(&group->watching);
        emu_list_remove(&group->all);
        ReleaseSRWLockExclusive(&fences->lock);
        ds_group_drop(group);
    }
    return group;
}

void ds_group_hold(struct ds_group *group)
{
    InterlockedIncrement(&group->users);
}

void ds_group_drop(struct ds_group *group)
{
    if (InterlockedDecrement(&group->users) != 0)
        return;
    if (group->fence)
        ds_fence_put(group->fence);
    if (group->reached)
        CloseHandle(group->reached);
    free(group);
}

bool ds_group_park(struct ds_runtime *runtime, struct ds_group *group, struct emu_list *node)
{
    bool parked;

    AcquireSRWLockExclusive(&runtime->fences.lock);
    parked = !group->ready;
    if (parked)
        emu_list_append(&group->parked, node);
    ReleaseSRWLockExclusive(&runtime->fences.lock);
    return parked;
}

void ds_groups_sweep(struct ds_runtime *runtime)
{
    struct ds_fences *fences = &runtime->fences;
    struct emu_list *at, *node, *next, cancelled;

    emu_list_init(&cancelled);
    AcquireSRWLockExclusive(&fences->lock);
    emu_list_for_each(at, &fences->all) {
        struct ds_group *group = EMU_CONTAINER(at, struct ds_group, all);

        emu_list_for_each_safe(node, next, &group->parked) {
            struct ds_entry *entry = EMU_CONTAINER(node, struct ds_entry, link);

            if (ds_get(&entry->cancelled) && !EMU_MUTANT(ds_cancelled_stays)) {
                emu_list_remove(node);
                emu_list_append(&cancelled, node);
            }
        }
    }
    ReleaseSRWLockExclusive(&fences->lock);
    ds_schedule_resume(runtime, &cancelled);
}

bool ds_group_is_ready(struct ds_runtime *runtime, struct ds_group *group)
{
    bool ready;

    AcquireSRWLockShared(&runtime->fences.lock);
    ready = group->ready;
    ReleaseSRWLockShared(&runtime->fences.lock);
    return ready;
}

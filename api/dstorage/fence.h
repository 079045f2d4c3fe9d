/* SPDX-License-Identifier: MIT */
/*
 * Fences are somebody else's objects, known by ID3D12Fence's table of functions alone. Waiting for
 * one takes no thread: one event serves all, and whoever waits on it looks at every group again. A
 * fence may go back before anybody looks, so each group has an event that stays set, too.
 */
#ifndef DS_FENCE_H
#define DS_FENCE_H

#include "api/dstorage/object.h"

struct ds_runtime;

/* Is it something that can be called at all? Takes a reference. */
bool ds_fence_take(void *fence);
void ds_fence_put(void *fence);
UINT64 ds_fence_completed(void *fence);
HRESULT ds_fence_signal(void *fence, UINT64 value);

/* The requests of one EnqueueRequests, which wait for one value. */
struct ds_group {
    volatile LONG users; /* its requests, who makes them, whoever watches it */
    void *fence;
    UINT64 value;
    HANDLE reached; /* manual-reset; the fence sets it before fences->event. NULL: nothing waited */
    bool before_source;       /* else before the destination is written */
    bool bad;                 /* the fence refused: its requests fail */
    bool ready;               /* fences->lock */
    struct emu_list parked;   /* of ds_entry.link; fences->lock */
    struct emu_list watching; /* in fences->groups, or with who asks; fences->lock */
    struct emu_list all;      /* in fences->all; fences->lock */
};

struct ds_fences {
    SRWLOCK lock;
    struct emu_list groups; /* not ready, and nobody is asking just now */
    struct emu_list all;    /* not ready */
    HANDLE event;           /* auto-reset; NULL until the first group waits */
    HANDLE thread;
    volatile LONG stopping;
};

void ds_fences_init(struct ds_fences *fences);
/* Ends the thread. Nobody waits any more. */
void ds_fences_fini(struct ds_fences *fences);

/* A group, with a use for the caller; never fails but for memory (NULL). */
struct ds_group *ds_group_create(struct ds_runtime *runtime, void *fence, UINT64 value,
                                 bool before_source);
void ds_group_hold(struct ds_group *group);
void ds_group_drop(struct ds_group *group);
/* Parks the node unless the group is ready: false then. */
bool ds_group_park(struct ds_runtime *runtime, struct ds_group *group, struct emu_list *node);
/* Parked requests that were cancelled go on, to their end. */
void ds_groups_sweep(struct ds_runtime *runtime);
bool ds_group_is_ready(struct ds_runtime *runtime, struct ds_group *group);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which handles are virtual. Every ReadFile, Build and CloseHandle of the program asks, so that the
 * answer "no" costs a load or two: no lock, no store. Nodes stay in their bucket for ever and are
 * used again, so that a reader never follows one that is gone.
 */
#include "hooks/plugins/layer/layer.h"

#include <stdlib.h>

#define BUCKETS 1024u

struct node {
    _Atomic(struct node *) next;
    _Atomic(HANDLE) handle; /* NULL: free */
    _Atomic(struct vl_open *) open;
};

static _Atomic(struct node *) buckets[BUCKETS];
static SRWLOCK table_lock = SRWLOCK_INIT; /* of changes */
static struct vl_open *free_opens;        /* table_lock */

static _Atomic(struct node *) *bucket_of(HANDLE handle)
{
    return &buckets[((ULONG_PTR)handle >> 2) % BUCKETS];
}

static struct node *find(HANDLE handle)
{
    struct node *node = atomic_load_explicit(bucket_of(handle), memory_order_acquire);

    while (node && atomic_load_explicit(&node->handle, memory_order_acquire) != handle)
        node = atomic_load_explicit(&node->next, memory_order_acquire);
    return node;
}

bool vl_is_virtual(HANDLE handle)
{
    return handle && find(handle) != NULL;
}

/* Not from 0: then it is somebody's no longer. */
static bool try_hold(struct vl_open *open)
{
    unsigned count = atomic_load(&open->references);

    while (count && !atomic_compare_exchange_weak(&open->references, &count, count + 1))
        ;
    return count != 0;
}

struct vl_open *vl_open_acquire(HANDLE handle)
{
    for (;;) {
        struct node *node = handle ? find(handle) : NULL;
        struct vl_open *open = node ? atomic_load(&node->open) : NULL;

        if (!open)
            return NULL;
        if (!try_hold(open))
            continue; /* it is being closed: the node says so in a moment */
        if (atomic_load(&node->handle) == handle && atomic_load(&node->open) == open)
            return open;
        vl_open_release(open); /* another one by now */
    }
}

void vl_open_hold(struct vl_open *open)
{
    atomic_fetch_add(&open->references, 1);
}

struct vl_open *vl_open_new(struct ringer_vfile *file)
{
    struct vl_open *open;

    AcquireSRWLockExclusive(&table_lock);
    open = free_opens;
    if (open)
        free_opens = open->next_free;
    ReleaseSRWLockExclusive(&table_lock);
    if (!open) {
        open = calloc(1, sizeof *open);
        if (!open)
            return NULL;
        InitializeSRWLock(&open->lock);
        InitializeConditionVariable(&open->calm);
    }
    open->file = file;
    open->fill = NULL;
    open->size = ringer_vfile_size(file);
    open->synchronous = open->skips_packets = false;
    atomic_store(&open->ahead, 0);
    open->port = NULL;
    open->port_key = NULL;
    open->first = NULL;
    open->finishing = 0;
    atomic_store(&open->references, 1); /* last: who holds an old pointer may count again */
    return open;
}

void vl_open_release(struct vl_open *open)
{
    if (!open || atomic_fetch_sub(&open->references, 1) != 1)
        return;
    vl_backing_close(open);
    if (open->port)
        vl_original_NtClose(open->port);
    ringer_vfile_release(open->file);
    AcquireSRWLockExclusive(&table_lock);
    open->next_free = free_opens;
    free_opens = open;
    ReleaseSRWLockExclusive(&table_lock);
}

bool vl_handle_add(HANDLE handle, struct vl_open *open)
{
    _Atomic(struct node *) *bucket = bucket_of(handle);
    struct vl_open *old = NULL;
    struct node *node;

    AcquireSRWLockExclusive(&table_lock);
    node = find(handle); /* closed in a way that we did not see */
    if (node)
        old = atomic_load(&node->open);
    for (struct node *at = atomic_load(bucket); !node && at; at = atomic_load(&at->next))
        if (!atomic_load(&at->handle))
            node = at;
    if (!node) {
        node = calloc(1, sizeof *node);
        if (node) {
            atomic_store(&node->next, atomic_load(bucket));
            atomic_store_explicit(bucket, node, memory_order_release);
        }
    }
    if (node) {
        atomic_store(&node->open, open);
        atomic_store_explicit(&node->handle, handle, memory_order_release); /* pairs with find */
    }
    ReleaseSRWLockExclusive(&table_lock);
    if (!node)
        vl_open_release(open);
    vl_open_release(old);
    return node != NULL;
}

void vl_handle_remove(HANDLE handle)
{
    struct vl_open *open = NULL;
    struct node *node;

    if (!vl_is_virtual(handle))
        return;
    AcquireSRWLockExclusive(&table_lock);
    node = find(handle);
    if (node) {
        open = atomic_load(&node->open);
        atomic_store(&node->handle, NULL);
        atomic_store(&node->open, NULL);
    }
    ReleaseSRWLockExclusive(&table_lock);
    vl_open_release(open);
}

void vl_handles_forget(void)
{
    for (UINT32 i = 0; i < BUCKETS; i++) {
        struct node *node = atomic_load(&buckets[i]);

        for (; node; node = atomic_load(&node->next)) {
            HANDLE handle = atomic_load(&node->handle);

            if (handle)
                vl_handle_remove(handle);
        }
    }
}

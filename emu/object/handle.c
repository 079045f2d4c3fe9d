// SPDX-License-Identifier: MIT
/*
 * The handle table: chunks of entries that are never freed, a lock-free stack of free entries, and
 * lookups that pin an entry for the few instructions in which they need it.
 *
 * An entry's state word is {open : 1, closing : 1, pins : 30}. The invariant:
 *   - object and access are written only while the word is 0 and the entry is off the free stack,
 *     that is by the one thread that popped it; the release store of OPEN publishes them;
 *   - while OPEN is set the entry owns one reference and one handle count of its object;
 *   - a pin is taken only by compare-and-swap from a word that has OPEN, so whoever holds a pin may
 *     read object and access and may take references: the entry's own reference is still there;
 *   - close turns OPEN into CLOSING and one pin of its own, once, by compare-and-swap: exactly one
 *     closer wins. The entry's reference is dropped, and the entry recycled, by whoever takes the
 *     last pin off a CLOSING word. Until then the number cannot be reused and the memory behind
 *     object cannot be freed.
 * A lookup that is preempted while pinned delays the recycling of one entry, and nobody else.
 * Objects live in ordinary memory: no reader touches one without a pin or a reference.
 */
#include "emu/object/handle.h"

#include "emu/base/lock.h"
#include "emu/base/sim.h"
#include "emu/object/thread.h"

#include <assert.h>
#include <stdlib.h>

#define CHUNK_ENTRIES 256u
#define CHUNK_COUNT 65536u /* 16 M handles, what an NT process can have at most */

#define OPEN 0x80000000u
#define CLOSING 0x40000000u

#define DUPLICATE_CLOSE_SOURCE 1u
#define DUPLICATE_SAME_ACCESS 2u

struct entry {
    /* A cache line each, so that threads that use neighbouring handles do not share one. */
    _Alignas(64) _Atomic uint32_t state;
    _Atomic uint32_t next_free; /* index + 1; 0 ends the stack */
    struct emu_object *object;  /* see the invariant above */
    uint32_t access;
};

static struct entry *_Atomic chunks[CHUNK_COUNT];
static _Atomic uint32_t entry_count; /* entries in published chunks */
/* {tag : 32, index + 1 : 32}; the tag changes with every push and pop, so that an old head never fits. */
static _Atomic uint64_t free_head;
static _Atomic uint32_t open_count;
/* Index + 1 of entries that do not come again in this simulated run, by next_free; who has the turn. */
static uint32_t retired;
static struct emu_lock grow_lock = EMU_LOCK_INIT; /* leaf: nothing is taken inside */

static struct entry *entry_at(uint32_t index)
{
    /* Acquire: pairs with the publication in grow(). */
    struct entry *chunk =
        atomic_load_explicit(&chunks[index / CHUNK_ENTRIES], memory_order_acquire);

    return chunk ? &chunk[index % CHUNK_ENTRIES] : NULL;
}

/* [D] The low two bits of a handle are a program's to tag and are ignored by the system. */
static struct entry *entry_of(emu_handle handle)
{
    uint64_t index = (handle - EMU_HANDLE_FIRST) >> 2;

    if (handle < EMU_HANDLE_FIRST || index >= (uint64_t)CHUNK_ENTRIES * CHUNK_COUNT)
        return NULL;
    return entry_at((uint32_t)index);
}

static emu_handle handle_of(uint32_t index)
{
    return EMU_HANDLE_FIRST + ((uint64_t)index << 2);
}

/* [I] Last closed, first reused: what NT's own free list does by default. */
static void push_free(uint32_t index)
{
    struct entry *entry = entry_at(index);
    uint64_t head = atomic_load_explicit(&free_head, memory_order_relaxed);
    uint64_t mine;

    do {
        /* Relaxed: published by the release below, read after the acquire in pop_free. */
        atomic_store_explicit(&entry->next_free, (uint32_t)head, memory_order_relaxed);
        mine = ((head >> 32) + 1) << 32 | (index + 1);
    } while (!atomic_compare_exchange_weak_explicit(&free_head, &head, mine, memory_order_acq_rel,
                                                    memory_order_relaxed));
}

static bool pop_free(uint32_t *index_out)
{
    uint64_t head = atomic_load_explicit(&free_head, memory_order_acquire);
    struct entry *first;
    uint64_t rest;

    do {
        if (!(uint32_t)head)
            return false;
        first = entry_at((uint32_t)head - 1);
        if (!first)
            __builtin_unreachable(); /* what is in the list lies in a chunk */
        /* May be stale when somebody else popped it meanwhile; then the tag makes the swap fail. */
        rest = atomic_load_explicit(&first->next_free, memory_order_relaxed);
        rest |= ((head >> 32) + 1) << 32;
    } while (!atomic_compare_exchange_weak_explicit(&free_head, &head, rest, memory_order_acq_rel,
                                                    memory_order_acquire));
    *index_out = (uint32_t)head - 1;
    return true;
}

static NTSTATUS grow(void)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct entry *chunk;
    uint32_t first;

    emu_lock_acquire(&grow_lock);
    first = atomic_load_explicit(&entry_count, memory_order_relaxed); /* grow_lock */
    if ((uint32_t)atomic_load(&free_head)) {
        /* Somebody grew or closed while we waited. */
    } else if (first / CHUNK_ENTRIES >= CHUNK_COUNT) {
        status = STATUS_INSUFFICIENT_RESOURCES;
    } else if (!(chunk = aligned_alloc(64, CHUNK_ENTRIES * sizeof *chunk))) {
        status = STATUS_NO_MEMORY;
    } else {
        for (uint32_t i = 0; i < CHUNK_ENTRIES; i++) {
            atomic_init(&chunk[i].state, 0);
            atomic_init(&chunk[i].next_free, 0);
        }
        /* Release: pairs with the acquire in entry_at. */
        atomic_store_explicit(&chunks[first / CHUNK_ENTRIES], chunk, memory_order_release);
        atomic_store_explicit(&entry_count, first + CHUNK_ENTRIES, memory_order_relaxed);
        for (uint32_t i = CHUNK_ENTRIES; i-- > 0;)
            push_free(first + i); /* the lowest number on top */
    }
    emu_lock_release(&grow_lock);
    return status;
}

/* An entry that is the caller's alone, until publish or push_free. */
static NTSTATUS reserve(uint32_t *index_out)
{
    while (!pop_free(index_out)) {
        NTSTATUS status = grow();

        if (status != STATUS_SUCCESS)
            return status;
    }
    return STATUS_SUCCESS;
}

/* Consumes one handle count that the caller has put on the object; takes a reference. */
static emu_handle publish(uint32_t index, struct emu_object *obj, uint32_t access)
{
    struct entry *entry = entry_at(index);

    assert(!atomic_load_explicit(&entry->state, memory_order_relaxed));
    emu_object_acquire(obj);
    entry->object = obj;
    entry->access = access;
    atomic_fetch_add_explicit(&open_count, 1, memory_order_relaxed); /* a statistic */
    /* Release: pairs with the acquire in pin(). */
    atomic_store_explicit(&entry->state, OPEN, memory_order_release);
    return handle_of(index);
}

/* The object lost a handle; runs close() for the last. The caller holds a reference. */
static void drop_handle_count(struct emu_object *obj)
{
    if (atomic_fetch_sub_explicit(&obj->handles, 1, memory_order_acq_rel) == 1)
        obj->ops->close(obj);
}

NTSTATUS emu_handle_create(struct emu_object *obj, uint32_t access, emu_handle *handle_out)
{
    uint32_t index;
    NTSTATUS status = reserve(&index);

    if (status != STATUS_SUCCESS)
        return status;
    atomic_fetch_add_explicit(&obj->handles, 1, memory_order_relaxed);
    *handle_out = publish(index, obj, access);
    return STATUS_SUCCESS;
}

NTSTATUS emu_handle_reopen(struct emu_object *obj, uint32_t access, emu_handle *handle_out)
{
    uint32_t handles, index;
    NTSTATUS status = reserve(&index);

    if (status != STATUS_SUCCESS)
        return status;
    handles = atomic_load_explicit(&obj->handles, memory_order_relaxed);
    do {
        if (!handles) { /* close() runs or has run, and runs only once */
            push_free(index);
            return STATUS_INVALID_HANDLE;
        }
    } while (!atomic_compare_exchange_weak_explicit(&obj->handles, &handles, handles + 1,
                                                    memory_order_relaxed, memory_order_relaxed));
    *handle_out = publish(index, obj, access);
    return STATUS_SUCCESS;
}

static bool pin(struct entry *entry)
{
    uint32_t state = atomic_load_explicit(&entry->state, memory_order_relaxed);

    do {
        if (!(state & OPEN))
            return false;
        /* Acquire: pairs with the release in install(). */
    } while (!atomic_compare_exchange_weak_explicit(&entry->state, &state, state + 1,
                                                    memory_order_acquire, memory_order_relaxed));
    return true;
}

static EMU_RARE void retire(struct entry *entry, uint32_t index)
{
    atomic_store_explicit(&entry->next_free, retired, memory_order_relaxed);
    retired = index + 1;
}

static void unpin(struct entry *entry, uint32_t index)
{
    /* Release: our reads of the entry come before its reuse. Acquire: so do everybody else's. */
    uint32_t before = atomic_fetch_sub_explicit(&entry->state, 1, memory_order_acq_rel);
    struct emu_object *obj;

    if (before != (CLOSING | 1))
        return;
    /* Nobody pins a CLOSING entry, so the last pin off it is alone with it. */
    obj = entry->object;
    entry->object = NULL;
    atomic_store_explicit(&entry->state, 0, memory_order_relaxed); /* push_free publishes it */
    if (emu_sim && emu_sim->retire_handle())
        retire(entry, index);
    else
        push_free(index);
    emu_object_release(obj);
}

EMU_RARE void emu_handle_recall(void)
{
    while (retired) {
        uint32_t index = retired - 1;

        retired = atomic_load_explicit(&entry_at(index)->next_free, memory_order_relaxed);
        push_free(index);
    }
}

/* Pins an open entry; pseudo handles are not entries. */
static struct entry *pin_handle(emu_handle handle, uint32_t *index_out)
{
    struct entry *entry = entry_of(handle);

    if (!entry || !pin(entry))
        return NULL;
    *index_out = (uint32_t)((handle - EMU_HANDLE_FIRST) >> 2);
    return entry;
}

static NTSTATUS check(const struct emu_object *obj, uint32_t granted, uint32_t access,
                      const struct emu_object_ops *ops)
{
    if (ops && obj->ops != ops)
        return STATUS_OBJECT_TYPE_MISMATCH;
    if ((granted & access) != access)
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

static NTSTATUS lookup_pseudo(emu_handle handle, const struct emu_object_ops *ops,
                              struct emu_object **obj_out, uint32_t *access_out)
{
    struct emu_object *obj = handle == EMU_CURRENT_PROCESS ? emu_process_current()
                                                           : emu_thread_current();
    NTSTATUS status;

    if (!obj)
        return STATUS_NO_MEMORY;
    status = check(obj, UINT32_MAX, 0, ops);
    if (status != STATUS_SUCCESS) {
        emu_object_release(obj);
        return status;
    }
    if (access_out)
        *access_out = UINT32_MAX;
    *obj_out = obj;
    return STATUS_SUCCESS;
}

NTSTATUS emu_handle_lookup(emu_handle handle, uint32_t access, const struct emu_object_ops *ops,
                           struct emu_object **obj_out, uint32_t *access_out)
{
    struct entry *entry;
    NTSTATUS status;
    uint32_t index;

    if (handle == EMU_CURRENT_PROCESS || handle == EMU_CURRENT_THREAD)
        return lookup_pseudo(handle, ops, obj_out, access_out);
    entry = pin_handle(handle, &index);
    if (!entry)
        return STATUS_INVALID_HANDLE;
    status = check(entry->object, entry->access, access, ops);
    if (status == STATUS_SUCCESS) {
        emu_object_acquire(entry->object);
        *obj_out = entry->object;
        if (access_out)
            *access_out = entry->access;
    }
    unpin(entry, index);
    return status;
}

NTSTATUS emu_handle_close(emu_handle handle)
{
    struct entry *entry;
    uint32_t state, index;

    /* [D] GetCurrentProcess, GetCurrentThread: closing a pseudo handle has no effect. */
    if (handle == EMU_CURRENT_PROCESS || handle == EMU_CURRENT_THREAD)
        return STATUS_SUCCESS;
    entry = entry_of(handle);
    if (!entry)
        return STATUS_INVALID_HANDLE;
    index = (uint32_t)((handle - EMU_HANDLE_FIRST) >> 2);
    state = atomic_load_explicit(&entry->state, memory_order_relaxed);
    do {
        if (!(state & OPEN))
            return STATUS_INVALID_HANDLE; /* never opened, closed, or another closer was first */
        /* Acquire: pairs with the release in install(). */
    } while (!atomic_compare_exchange_weak_explicit(&entry->state, &state,
                                                    ((state & ~OPEN) | CLOSING) + 1,
                                                    memory_order_acquire, memory_order_relaxed));
    atomic_fetch_sub_explicit(&open_count, 1, memory_order_relaxed);
    drop_handle_count(entry->object);
    unpin(entry, index);
    return STATUS_SUCCESS;
}

NTSTATUS emu_handle_duplicate(emu_handle source, uint32_t access, uint32_t options,
                              emu_handle *handle_out)
{
    struct emu_object *obj;
    uint32_t granted;
    NTSTATUS status = emu_handle_lookup(source, EMU_ACCESS_ANY, NULL, &obj, &granted);

    if (status != STATUS_SUCCESS)
        return status;
    if (options & DUPLICATE_SAME_ACCESS)
        access = granted;
    if (source == EMU_CURRENT_PROCESS || source == EMU_CURRENT_THREAD)
        status = emu_handle_create(obj, access, handle_out);
    else
        status = emu_handle_reopen(obj, access, handle_out);
    emu_object_release(obj);
    /* [D] DUPLICATE_CLOSE_SOURCE: the source is closed whatever else happened. */
    if (options & DUPLICATE_CLOSE_SOURCE)
        emu_handle_close(source);
    return status;
}

uint32_t emu_handle_count(void)
{
    return atomic_load_explicit(&open_count, memory_order_relaxed);
}

/* ---- the services ---- */

NTSTATUS emu_nt_close(emu_handle handle)
{
    emu_sim_before(RINGER_SIM_CALL_CLOSE, false);
    return emu_handle_close(handle);
}

/* This process is the only one, under its pseudo handle or a real one. */
static NTSTATUS check_process(emu_handle handle)
{
    struct emu_object *obj;
    NTSTATUS status = emu_handle_lookup(handle, EMU_ACCESS_ANY, &emu_process_ops, &obj, NULL);

    if (status == STATUS_SUCCESS)
        emu_object_release(obj);
    return status;
}

NTSTATUS emu_nt_duplicate_object(emu_handle source_process, emu_handle source,
                                 emu_handle target_process, emu_handle *handle_out, uint32_t access,
                                 uint32_t attributes, uint32_t options)
{
    NTSTATUS status = check_process(source_process);
    emu_handle made;

    (void)attributes; /* inheritance is for child processes, which do not see our handles */
    if (status != STATUS_SUCCESS)
        return status;
    if (options & ~(DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS))
        return STATUS_INVALID_PARAMETER;
    if (!handle_out) /* [D] without a target only DUPLICATE_CLOSE_SOURCE makes sense */
        return options & DUPLICATE_CLOSE_SOURCE ? emu_handle_close(source)
                                                : STATUS_ACCESS_VIOLATION;
    status = check_process(target_process);
    if (status != STATUS_SUCCESS)
        return status;
    status = emu_handle_duplicate(source, access, options, &made);
    if (status == STATUS_SUCCESS)
        *handle_out = made;
    return status;
}

uint32_t emu_nt_handle_count(void)
{
    return emu_handle_count();
}

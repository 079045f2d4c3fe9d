/* SPDX-License-Identifier: MIT */
/* The table of HIORINGs: slots that are reused but never freed, each with a generation. Lock-free.
 */
#include "api/kernelbase/ioring.h"

#include <stdlib.h>

_Atomic(struct kb_ring *) kb_ring_chunks[KB_RING_CHUNKS];

/*
 * HIORING = TAG | generation << 16 | slot. The tag keeps it clear of every kernel handle, so that
 * CloseHandle on an HIORING fails instead of closing a neighbour.
 */
#define SLOT_BITS 16
#define TAG ((uintptr_t)1 << (sizeof(uintptr_t) * 8 - 2))

/*
 * Keys of slots that are not open. As an HIORING, the first would name slot 0 and the second the
 * last slot, so those two are never used: slot 0 is busy for ever, the last is left out.
 */
#define KEY_FREE 0u
#define KEY_BUSY 0xFFFFu
#define SLOT_LAST 0xFFFFu

_Static_assert(KB_RING_CHUNKS *KB_RING_PER_CHUNK == 1u << SLOT_BITS, "an index fills its bits");

static struct kb_ring *ring_chunk(UINT32 number)
{
    struct kb_ring *chunk = atomic_load_explicit(&kb_ring_chunks[number], memory_order_acquire);
    struct kb_ring *none = NULL;
    void *fresh;
    size_t nbytes = KB_RING_PER_CHUNK * sizeof(struct kb_ring);

    if (chunk)
        return chunk;
    /* One cache line more than needed: calloc aligns to 16. Chunks live for ever, so do not keep
     * it. */
    fresh = calloc(1, nbytes + _Alignof(struct kb_ring));
    if (!fresh)
        return NULL;
    chunk = (struct kb_ring *)(((uintptr_t)fresh + _Alignof(struct kb_ring) - 1) &
                               ~(uintptr_t)(_Alignof(struct kb_ring) - 1));
    if (number == 0)
        atomic_init(&chunk[0].key, KEY_BUSY);
    if (atomic_compare_exchange_strong(&kb_ring_chunks[number], &none, chunk))
        return chunk;
    free(fresh);
    return none;
}

struct kb_ring *kb_ring_acquire(void)
{
    for (UINT32 number = 0; number < KB_RING_CHUNKS; number++) {
        struct kb_ring *chunk = ring_chunk(number);

        if (!chunk)
            return NULL;
        for (UINT32 i = 0; i < KB_RING_PER_CHUNK; i++) {
            uintptr_t key = KEY_FREE;

            if (number * KB_RING_PER_CHUNK + i == SLOT_LAST)
                return NULL;
            if (atomic_compare_exchange_strong(&chunk[i].key, &key, KEY_BUSY)) {
                chunk[i].slot = number * KB_RING_PER_CHUNK + i;
                return &chunk[i];
            }
        }
    }
    return NULL;
}

HIORING kb_ring_open(struct kb_ring *ring)
{
    uintptr_t value;

    ring->generation = (ring->generation + 1) & ((TAG >> SLOT_BITS) - 1);
    value = TAG | ring->generation << SLOT_BITS | ring->slot;
    /* Release: whoever finds the key finds the fields. Pairs with kb_ring_lookup. */
    atomic_store_explicit(&ring->key, value, memory_order_release);
    return (HIORING)value;
}

struct kb_ring *kb_ring_close(HIORING ioring)
{
    struct kb_ring *ring = kb_ring_lookup(ioring);
    uintptr_t value = (uintptr_t)ioring;

    if (!ring || !atomic_compare_exchange_strong(&ring->key, &value, KEY_BUSY))
        return NULL;
    return ring;
}

void kb_ring_release(struct kb_ring *ring)
{
    atomic_store_explicit(&ring->key, KEY_FREE,
                          memory_order_release); /* pairs with kb_ring_acquire */
}

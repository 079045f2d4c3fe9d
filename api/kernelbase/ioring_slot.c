/* SPDX-License-Identifier: MIT */
/* The table of HIORINGs: slots that are reused but never freed, each with a generation. Lock-free.
 */
#include "api/kernelbase/ioring.h"

/*
 * HIORING = TAG | generation << 16 | slot. The tag keeps it clear of every kernel handle, so that
 * CloseHandle on an HIORING fails instead of closing a neighbour.
 */
#define SLOT_BITS 16
#define TAG ((uintptr_t)1 << (sizeof(uintptr_t) * 8 - 2))

/*
 * Keys of slots that are not open. As an HIORING, the first is NULL, which kb_ring_lookup refuses,
 * and the second names the last slot, which is never used.
 */
#define KEY_FREE 0u
#define KEY_BUSY 0xFFFFu
#define SLOT_LAST 0xFFFFu

_Static_assert(KB_RING_SLOTS == 1u << SLOT_BITS, "an index fills its bits");

struct kb_ring kb_rings[KB_RING_SLOTS];

struct kb_ring *kb_ring_acquire(void)
{
    for (UINT32 slot = 0; slot < SLOT_LAST; slot++) {
        uintptr_t key = KEY_FREE;

        if (atomic_compare_exchange_strong(&kb_rings[slot].key, &key, KEY_BUSY)) {
            kb_rings[slot].slot = slot;
            return &kb_rings[slot];
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

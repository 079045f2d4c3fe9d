/* SPDX-License-Identifier: MIT */
/*
 * The user-mode half of a ring: what an HIORING stands for, and the table that turns one into it.
 * Compiled twice (natively and with mingw), so these files speak Win32 and C11 only.
 *
 * An HIORING is not trusted as a pointer: it is the index of a slot and the slot's generation.
 * Slots are never freed, only reused, so a NULL, junk or closed HIORING costs one failed compare
 * and gives E_HANDLE. (On Windows it is a heap pointer, and a closed one crashes: [R] IC3; here a
 * decision.)
 */
#ifndef KB_IORING_H
#define KB_IORING_H

#include <windows.h>
#include <ioringapi.h>
#include <ioringnt.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Versions at which operations appeared; numbers, so that older SDK headers do. [D] ioring.md 1.3
 */
#define KB_IORING_VERSION_WRITE 300u
#define KB_IORING_VERSION_SCATTER 400u

struct kb_ring_files; /* ioring_build.c: a copied array of handles */

struct kb_ring {
    /* The HIORING while the slot is open, else a value that no HIORING of this slot ever has. */
    _Atomic uintptr_t key;
    uintptr_t generation; /* it and slot: whoever moved key away from free */
    UINT32 slot;

    /* Constant while open. Sizes and masks are private: the shared headers are the user's to spoil.
     */
    HANDLE handle;
    UINT32 version;
    IORING_CREATE_FLAGS flags;
    bool skip_checks; /* IORING_CREATE_SKIP_BUILDER_PARAM_CHECKS */
    UINT32 sq_size, sq_mask;
    UINT32 cq_size, cq_mask;

    /*
     * The builder's side; like Windows' it is for one thread at a time. sq_tail runs ahead of the
     * shared Tail by the entries built since the last submit, sq_head is where Head was when last
     * looked at.
     */
    _Alignas(64) NT_IORING_SUBMISSION_QUEUE *sq;
    UINT32 sq_tail, sq_head;
    struct kb_ring_files *files; /* oldest first */
    UINT32 sq_first, cq_first;   /* Head and the completion queue's Tail when the ring was new */

    /* The popper's side, on a line of its own: it may be another thread ([R] ioring.md 6.2). */
    _Alignas(64) NT_IORING_COMPLETION_QUEUE *cq;
};

#define KB_RING_PER_CHUNK 64u
#define KB_RING_CHUNKS 1024u

/* Chunks come and never go. Published with release, so a reader finds their contents. */
extern _Atomic(struct kb_ring *) kb_ring_chunks[KB_RING_CHUNKS];

/* The ring behind an HIORING, or NULL. Nothing keeps it open: closing it meanwhile is a caller's
 * bug. */
static inline struct kb_ring *kb_ring_lookup(HIORING ioring)
{
    uintptr_t value = (uintptr_t)ioring;
    uintptr_t index = value & (KB_RING_CHUNKS * KB_RING_PER_CHUNK - 1);
    struct kb_ring *chunk = atomic_load_explicit(&kb_ring_chunks[index / KB_RING_PER_CHUNK],
                                                 memory_order_acquire); /* pairs with ring_chunk */
    struct kb_ring *ring;

    if (!chunk)
        return NULL;
    ring = &chunk[index % KB_RING_PER_CHUNK];
    /* pairs with kb_ring_open */
    return atomic_load_explicit(&ring->key, memory_order_acquire) == value ? ring : NULL;
}

/*
 * Slot life: acquire (nobody can look it up yet) -> open (from here the HIORING works) -> close.
 * close is given the HIORING and is won by one caller; that one then owns the slot until release.
 */
struct kb_ring *kb_ring_acquire(void); /* NULL: out of memory or slots */
HIORING kb_ring_open(struct kb_ring *ring);
struct kb_ring *kb_ring_close(HIORING ioring);
void kb_ring_release(struct kb_ring *ring);

/* The shared words; both sides use them atomically, whatever the public struct says. */
static inline UINT32 kb_ring_load(const void *word)
{
    /* pairs with the other side's release store of the same word */
    return atomic_load_explicit((const _Atomic UINT32 *)word, memory_order_acquire);
}

static inline void kb_ring_store(void *word, UINT32 value)
{
    /* pairs with the other side's acquire load: entries are complete before, or read before */
    atomic_store_explicit((_Atomic UINT32 *)word, value, memory_order_release);
}

/*
 * Frees handle arrays that no queued or pending registration can still need. A registration may
 * wait behind a drain long after its entry was taken, and no completion says which one it was: so
 * arrays go when everything that was submitted has completed.
 */
void kb_ring_files_trim(struct kb_ring *ring);
/* The ring is closing: frees them, or leaves those that the kernel may yet read to the process. */
void kb_ring_files_drop(struct kb_ring *ring);

/* NTSTATUS -> HRESULT as IoRing shows it (ioring_error.c), of a completion and of a call. */
HRESULT kb_ioring_cqe_hresult(NTSTATUS status);
HRESULT kb_ioring_call_hresult(NTSTATUS status);

/* By the ring's own version, not the machine's. [I] ioring.md 10 */
bool kb_ioring_op_supported(UINT32 version, UINT32 op);

#endif

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

#include "emu/base/sanitizer.h"

#include <windows.h>
#include <ioringapi.h>
#include <ioringnt.h>

#include "emu/base/mutant.h"

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
    /*
     * The HIORING while the slot is open, else a value that no HIORING of this slot ever has. The
     * alignment makes a slot's size a power of two: every call begins with finding one.
     */
    _Alignas(256) _Atomic uintptr_t key;
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
     * shared Tail by the entries built since the last submit; at sq_end the queue was full when Head
     * was last looked at.
     */
    _Alignas(64) NT_IORING_SUBMISSION_QUEUE *sq;
    UINT32 sq_tail, sq_end; /* by kb_ring_peek and kb_ring_poke */
    struct kb_ring_files *files; /* oldest first */
    UINT32 sq_first, cq_first;   /* Head and the completion queue's Tail when the ring was new */

    /* The popper's side, on a line of its own: it may be another thread ([R] ioring.md 6.2). */
    _Alignas(64) NT_IORING_COMPLETION_QUEUE *cq;
};

#define KB_RING_SLOTS 65536u

/* Hidden: the table is found without a detour through the GOT. A PE has no such thing. */
#ifdef __ELF__
__attribute__((visibility("hidden")))
#endif
/* Zero pages until they are used: what no ring ever lay in costs address space only. */
extern struct kb_ring kb_rings[KB_RING_SLOTS];

/* The ring behind an HIORING, or NULL. Nothing keeps it open: closing it meanwhile is a caller's
 * bug. */
static inline struct kb_ring *kb_ring_lookup(HIORING ioring)
{
    uintptr_t value = (uintptr_t)ioring;
    struct kb_ring *ring = &kb_rings[value % KB_RING_SLOTS];

    /* Keeps the address in a register: gcc would rather compute it again for every field. */
    __asm__("" : "+r"(ring));
    if (!ring)
        __builtin_unreachable();
    /* A free slot's key is 0, as a NULL HIORING is. The load pairs with kb_ring_open. */
    return value && atomic_load_explicit(&ring->key, memory_order_acquire) == value ? ring : NULL;
}

/*
 * Slot life: acquire (nobody can look it up yet) -> open (from here the HIORING works) -> close.
 * close is given the HIORING and is won by one caller; that one then owns the slot until release.
 */
struct kb_ring *kb_ring_acquire(void); /* NULL: no slot is free */
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
 * The builder's own words. Two builders at once are a caller's bug that loses entries, not memory;
 * who watches for races still gets to see a pair of atomics, and the others a memory operand.
 */
#ifdef EMU_SANITIZED
#define KB_RING_WORD(word) (*(_Atomic UINT32 *)(word))
#else
#define KB_RING_WORD(word) (*(word))
#endif

static inline UINT32 kb_ring_peek(const UINT32 *word)
{
    return KB_RING_WORD((UINT32 *)word);
}

static inline void kb_ring_poke(UINT32 *word, UINT32 value)
{
    KB_RING_WORD(word) = value;
}

/* Head when last looked at. */
static inline UINT32 kb_ring_head(const struct kb_ring *ring)
{
    return kb_ring_peek(&ring->sq_end) - ring->sq_size;
}

static inline void kb_ring_set_head(struct kb_ring *ring, UINT32 head)
{
    kb_ring_poke(&ring->sq_end, head + ring->sq_size);
}

/*
 * Frees handle arrays that no queued or pending registration can still need. A registration may
 * wait behind a drain long after its entry was taken, and no completion says which one it was: so
 * arrays go when everything that was submitted has completed.
 */
void kb_ring_files_trim(struct kb_ring *ring);
/* The ring is closing: frees them, or leaves those that the kernel may yet read to the process. */
void kb_ring_files_drop(struct kb_ring *ring);

/* NTSTATUS -> HRESULT as IoRing shows it (ioring_error.c): of a failure, a completion, a call. */
HRESULT kb_ioring_failure_hresult(NTSTATUS status);
static inline HRESULT kb_ioring_cqe_hresult(NTSTATUS status)
{
    /* Success and information are S_OK; a warning (0x8...) is a failure, e.g. ERROR_MORE_DATA. */
    return status >= 0 ? S_OK : kb_ioring_failure_hresult(status);
}
HRESULT kb_ioring_call_hresult(NTSTATUS status);

/* By the ring's own version, not the machine's. [I] ioring.md 10 */
static inline bool kb_ioring_op_supported(UINT32 version, UINT32 op)
{
    /* Numbers, because older SDK headers do not name them: 0-4 are of version 1. */
    if (op <= 4 || EMU_MUTANT(op_version_ignored))
        return true; /* [R] IB4: NOP is supported although no builder makes one. */
    if (op <= 6)
        return version >= KB_IORING_VERSION_WRITE;
    return op <= 8 && version >= KB_IORING_VERSION_SCATTER;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What an entry names, resolved; and the short way for the entries that most programs make most of: a
 * read whose bytes are there. It ends inside the submit without an operation being made of it. All
 * for the processor only.
 */
#ifndef EMU_RING_ENTRY_H
#define EMU_RING_ENTRY_H

#include "emu/base/mutant.h"
#include "emu/base/status.h"
#include "emu/ring/ring.h"

#include <errno.h>

/* [R] GRI (hooks.md R2): an index beyond the table is ERROR_INVALID_INDEX, which has no status of
 * its own; facility 7 carries a Win32 code through. */
#define EMU_RING_INDEX_OUT_OF_RANGE ((NTSTATUS)0xC0070585)

#define EMU_RING_KEY_REGISTERED (UINT64_C(1) << 63) /* no handle of ours is that large */
#define EMU_RING_NO_MATCH UINT32_MAX
#define EMU_RING_COMMON_FLAGS \
    ((uint32_t)(NT_IORING_OP_FLAG_REGISTERED_FILE | NT_IORING_OP_FLAG_REGISTERED_BUFFER))

/* A handle that looks like a registered index is none, and has the key of none. */
static inline uint64_t emu_ring_file_key(uint32_t common_flags, NT_IORING_HANDLE_REF ref)
{
    uint64_t handle = (uint64_t)(uintptr_t)ref.Handle;

    if (common_flags & NT_IORING_OP_FLAG_REGISTERED_FILE)
        return EMU_RING_KEY_REGISTERED | (uint32_t)ref.HandleIndex;
    return handle & EMU_RING_KEY_REGISTERED ? 0 : handle;
}

/* op.c: makes another file ring->last. */
NTSTATUS emu_ring_next_file(struct emu_ring *ring, uint64_t key);

/* Makes ring->last the file of this entry. */
static inline NTSTATUS emu_ring_find_file(struct emu_ring *ring, uint32_t common_flags,
                                          NT_IORING_HANDLE_REF ref)
{
    uint64_t key = emu_ring_file_key(common_flags, ref);

    return ring->last.file && ring->last.key == key ? STATUS_SUCCESS
                                                    : emu_ring_next_file(ring, key);
}

/* Ends the turn on a synchronous file that emu_ring_read_now took. */
static inline void emu_ring_end_turn(struct emu_ring_last_file *last)
{
    if (last->has_turn) {
        emu_long_lock_release(&last->file->position_lock);
        last->wants_turn = true;
        last->has_turn = false;
    }
}

/*
 * Where length bytes of a registered buffer are. Resolved when the operation starts, not when it was
 * built: [R] IB5, a same-batch index works.
 */
static inline NTSTATUS emu_ring_registered_buffer(const struct emu_ring *ring,
                                                  IORING_REGISTERED_BUFFER ref, uint32_t length,
                                                  void **address_out)
{
    const struct emu_engine_buffer *slot;

    if (ring->buffers && ref.BufferIndex >= ring->buffers->count && EMU_MUTANT(buffer_index_wraps))
        ref.BufferIndex %= ring->buffers->count;
    if (!ring->buffers || ref.BufferIndex >= ring->buffers->count)
        return EMU_RING_INDEX_OUT_OF_RANGE;
    slot = &ring->buffers->slots[ref.BufferIndex];
    /* [I] ioring.md 4: beyond the registered length, or an unused slot, is a bad argument. */
    if (!slot->address || ((uint64_t)ref.Offset + length > slot->length &&
                           !EMU_MUTANT(buffer_bounds_ignored)))
        return STATUS_INVALID_PARAMETER;
    /* [R] IB29: base + offset, and not a byte outside. */
    /* As integers: who registers the end of the address space gets an address the kernel refuses. */
    *address_out = (void *)((uintptr_t)slot->address + ref.Offset);
    return STATUS_SUCCESS;
}

/*
 * op.c: makes the file that a read names ring->last, and says whether its read_now may serve it. By
 * value: whose address is never taken stays in registers.
 */
bool emu_ring_match(struct emu_ring *ring, uint32_t common_flags, NT_IORING_HANDLE_REF ref);

/*
 * True when all of the read is done. Otherwise nothing has happened, and emu_ring_start says what
 * becomes of the entry.
 */
static inline bool emu_ring_read_now(struct emu_ring *ring, const NT_IORING_SQE *sqe)
{
    const NT_IORING_OP_READ *read = &sqe->Read;
    struct emu_ring_last_file *last = &ring->last;
    void *buffer = read->Buffer.Address;
    int64_t n;

    if (sqe->OpCode != IORING_OP_READ || sqe->Flags)
        return false;
    if (((read->CommonOpFlags & ~(uint32_t)NT_IORING_OP_FLAG_REGISTERED_BUFFER) !=
             last->match_flags ||
         read->File.HandleIndex != last->match_handle) &&
        !emu_ring_match(ring, read->CommonOpFlags, read->File))
        return false;
    if ((read->CommonOpFlags & NT_IORING_OP_FLAG_REGISTERED_BUFFER) &&
        emu_status_failed(emu_ring_registered_buffer(ring, read->Buffer.FixedBuffer, read->Length,
                                                     &buffer)))
        return false;
    if (last->wants_turn) {
        emu_long_lock_acquire(&last->file->position_lock);
        last->wants_turn = false;
        last->has_turn = true;
    }
    n = last->read_now(last->file, buffer, read->Length, read->Offset);
    if (n == read->Length && EMU_MUTANT(byte_past_count))
        ((char *)buffer)[n] = 0;
    if (n == read->Length)
        return true;
    ring->not_cached = n == -EAGAIN;
    return false;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The BuildIoRing* functions: each writes one entry into the shared submission queue. They refuse
 * what an entry cannot say; everything else is the completion's to report (ioring.md 2 and 16.3).
 */
#include "api/kernelbase/ioring.h"

#include "api/kernelbase/ioring_api.h"
#include "api/ntdll/ioring.h"
#include "emu/base/mutant.h"

#include <stdlib.h>
#include <string.h>

/* A handle array that a queued registration points to. */
struct kb_ring_files {
    struct kb_ring_files *next; /* newer */
    UINT32 index;               /* of the entry that points here */
    HANDLE handles[];
};

/* What every builder checks, in this order [I]. The entry is then the caller's to write, whole. */
static inline HRESULT begin(HIORING ioring, UINT32 op, UINT32 flags, struct kb_ring **ring_out,
                            NT_IORING_SQE **sqe_out, UINT32 *tail_out)
{
    struct kb_ring *ring = kb_ring_lookup(ioring);
    NT_IORING_SUBMISSION_QUEUE *sq;
    UINT32 tail;

    if (!ring)
        return E_HANDLE;
    sq = ring->sq;
    tail = kb_ring_peek(&ring->sq_tail);
    /* [R-] An operation, or a drain, that this version of ring does not have (ioring.md, head). */
    if (!kb_ioring_op_supported(ring->version, op))
        return CO_E_NOT_SUPPORTED;
    if (__builtin_expect(flags != 0, 0)) {
        if (flags == IOSQE_FLAGS_DRAIN_PRECEDING_OPS && ring->version < KB_IORING_VERSION_WRITE)
            return CO_E_NOT_SUPPORTED;
        if ((flags & ~(UINT32)IOSQE_FLAGS_DRAIN_PRECEDING_OPS) && !ring->skip_checks)
            return IORING_E_REQUIRED_FLAG_NOT_SUPPORTED; /* [D] */
    }
    /* [R] IB10: full at exactly the size that GetIoRingInfo reports. Head moves in submits only. */
    if (__builtin_expect((INT32)(tail - kb_ring_peek(&ring->sq_end)) >= 0, 0)) {
        kb_ring_set_head(ring, kb_ring_load(&sq->Head));
        if (EMU_MUTANT(sq_freed_late))
            kb_ring_set_head(ring, ring->sq_first + kb_ring_load(&ring->cq->Tail) - ring->cq_first);
        if (tail - kb_ring_head(ring) >= ring->sq_size && !EMU_MUTANT(sq_full_late))
            return IORING_E_SUBMISSION_QUEUE_FULL;
    }
    if (EMU_MUTANT(sq_full_early) && tail - kb_ring_head(ring) == ring->sq_size - 1)
        return IORING_E_SUBMISSION_QUEUE_FULL;
    *sqe_out = &NtIoRingSubmissionEntries(sq)[tail & ring->sq_mask];
    *tail_out = tail;
    *ring_out = ring;
    return S_OK;
}

/* As begin; the entry is clear but for its head. */
static HRESULT begin_clear(HIORING ioring, UINT32 op, UINT_PTR user_data, UINT32 flags,
                           struct kb_ring **ring_out, NT_IORING_SQE **sqe_out, UINT32 *tail_out)
{
    HRESULT hr = begin(ioring, op, flags, ring_out, sqe_out, tail_out);

    if (!FAILED(hr))
        **sqe_out = (NT_IORING_SQE){.OpCode = op, .Flags = flags, .UserData = user_data};
    return hr;
}

/* The entry is whole: it counts. The kernel sees it when SubmitIoRing moves the shared Tail. */
static inline HRESULT finish(struct kb_ring *ring, UINT32 tail)
{
    kb_ring_poke(&ring->sq_tail, tail + 1);
    return S_OK;
}

/* A bit that the kernel does not know among the CommonOpFlags: it refuses the entry. */
#define BAD_KIND 0x40000000u

_Static_assert(IORING_REF_RAW == 0 && IORING_REF_REGISTERED == 1 &&
                   NT_IORING_OP_FLAG_REGISTERED_FILE == 1 &&
                   NT_IORING_OP_FLAG_REGISTERED_BUFFER == 2,
               "a Kind is its flag's bit");

/*
 * The CommonOpFlags of an entry. A Kind that is neither is all that an entry cannot carry, so it is
 * refused here: E_INVALIDARG [I, this one place]. Unchecked (SKIP_BUILDER_PARAM_CHECKS) it must
 * still end in an error: the kernel's.
 */
static inline HRESULT kind_flags(const struct kb_ring *ring, UINT32 file, UINT32 buffer,
                                 UINT32 *common_flags)
{
    *common_flags = file | buffer << 1;
    if (__builtin_expect((file | buffer) > IORING_REF_REGISTERED, 0)) {
        if (!ring->skip_checks)
            return E_INVALIDARG;
        *common_flags = BAD_KIND;
    }
    return S_OK;
}

static inline NT_IORING_HANDLE_REF file_word(IORING_HANDLE_REF ref)
{
    NT_IORING_HANDLE_REF word = {.Handle = ref.Handle.Handle};

    if (ref.Kind != IORING_REF_RAW)
        word.HandleIndex = ref.Handle.Index;
    return word;
}

static HRESULT put_file(const struct kb_ring *ring, IORING_HANDLE_REF ref, UINT32 *common_flags,
                        NT_IORING_HANDLE_REF *file)
{
    *file = file_word(ref);
    return kind_flags(ring, ref.Kind, IORING_REF_RAW, common_flags);
}

static inline NT_IORING_BUFFER_REF buffer_word(IORING_BUFFER_REF ref)
{
    NT_IORING_BUFFER_REF word; /* an address, or an index and an offset: eight bytes either way */

    memcpy(&word, &ref.Buffer, sizeof word);
    return word;
}

_Static_assert(offsetof(NT_IORING_OP_READ, Buffer) == offsetof(NT_IORING_OP_WRITE, Buffer) &&
                   offsetof(NT_IORING_OP_READ, Offset) == offsetof(NT_IORING_OP_WRITE, Offset) &&
                   offsetof(NT_IORING_OP_READ, Length) == offsetof(NT_IORING_OP_WRITE, Length),
               "build_transfer writes either");

/*
 * Reads and writes have one layout. Every word of the entry is stored, once, in order: nothing of an
 * older one stays, and nothing is read back from the queue.
 */
static inline HRESULT build_transfer(HIORING ioring, UINT32 op, IORING_HANDLE_REF file,
                                     IORING_BUFFER_REF buffer, UINT32 nbytes, UINT64 offset,
                                     UINT32 write_flags, UINT_PTR user_data, UINT32 flags)
{
    struct kb_ring *ring;
    NT_IORING_SQE *sqe;
    UINT32 tail;
    UINT32 common_flags;
    HRESULT hr = begin(ioring, op, flags, &ring, &sqe, &tail);

    if (FAILED(hr))
        return hr;
    hr = kind_flags(ring, file.Kind, buffer.Kind, &common_flags);
    if (FAILED(hr))
        return hr;
    sqe->OpCode = op;
    sqe->Flags = flags;
    sqe->UserData = user_data;
    sqe->Write.CommonOpFlags = common_flags;
    sqe->Write.WriteFlags = write_flags;
    sqe->Write.File = file_word(file);
    sqe->Write.Buffer = buffer_word(buffer);
    sqe->Write.Offset = offset;
    sqe->Write.Length = nbytes;
    sqe->Write.Key = 0;
    return finish(ring, tail);
}

HRESULT WINAPI kb_BuildIoRingReadFile(HIORING ioRing, IORING_HANDLE_REF fileRef,
                                      IORING_BUFFER_REF dataRef, UINT32 numberOfBytesToRead,
                                      UINT64 fileOffset, UINT_PTR userData,
                                      IORING_SQE_FLAGS sqeFlags)
{
    return build_transfer(ioRing, IORING_OP_READ, fileRef, dataRef, numberOfBytesToRead, fileOffset,
                          0, userData, sqeFlags);
}

HRESULT WINAPI kb_BuildIoRingWriteFile(HIORING ioRing, IORING_HANDLE_REF fileRef,
                                       IORING_BUFFER_REF bufferRef, UINT32 numberOfBytesToWrite,
                                       UINT64 fileOffset, FILE_WRITE_FLAGS writeFlags,
                                       UINT_PTR userData, IORING_SQE_FLAGS sqeFlags)
{
    return build_transfer(ioRing, IORING_OP_WRITE, fileRef, bufferRef, numberOfBytesToWrite,
                          fileOffset, writeFlags, userData, sqeFlags);
}

HRESULT WINAPI kb_BuildIoRingFlushFile(HIORING ioRing, IORING_HANDLE_REF fileRef,
                                       FILE_FLUSH_MODE flushMode, UINT_PTR userData,
                                       IORING_SQE_FLAGS sqeFlags)
{
    struct kb_ring *ring;
    NT_IORING_SQE *sqe;
    UINT32 tail;
    HRESULT hr = begin_clear(ioRing, IORING_OP_FLUSH, userData, sqeFlags, &ring, &sqe, &tail);

    if (FAILED(hr))
        return hr;
    hr = put_file(ring, fileRef, &sqe->Flush.CommonOpFlags, &sqe->Flush.File);
    if (FAILED(hr))
        return hr;
    sqe->Flush.FlushMode = flushMode;
    return finish(ring, tail);
}

/* [R] IB27: an absent target is no business of the builder's. */
HRESULT WINAPI kb_BuildIoRingCancelRequest(HIORING ioRing, IORING_HANDLE_REF file,
                                           UINT_PTR opToCancel, UINT_PTR userData)
{
    struct kb_ring *ring;
    NT_IORING_SQE *sqe;
    UINT32 tail;
    HRESULT hr = begin_clear(ioRing, IORING_OP_CANCEL, userData, IOSQE_FLAGS_NONE, &ring, &sqe,
                             &tail);

    if (FAILED(hr))
        return hr;
    hr = put_file(ring, file, &sqe->Cancel.CommonOpFlags, &sqe->Cancel.File);
    if (FAILED(hr))
        return hr;
    sqe->Cancel.CancelId = opToCancel;
    return finish(ring, tail);
}

/* [R] GRI (hooks.md R2) reached 65,536; [I] that this is the limit: emu/ring/registration.c. */
#define KB_RING_MOST_FILES 65536u

/*
 * A copy of the handles, owned by the ring. NULL when there is nothing to copy or it cannot be
 * read: the entry then names the caller's array, and the completion reports what is wrong with it.
 */
static HRESULT copy_handles(struct kb_ring *ring, UINT32 count, HANDLE const handles[],
                            struct kb_ring_files **copy_out)
{
    size_t nbytes = (size_t)count * sizeof *handles;
    struct kb_ring_files *copy, **last;

    *copy_out = NULL;
    /* More than a ring can have is refused for its number: nobody reads the array. */
    if (!count || !handles || count > KB_RING_MOST_FILES)
        return S_OK;
    copy = malloc(sizeof *copy + nbytes);
    if (!copy)
        return E_OUTOFMEMORY;
    if (!nt_copy_in(copy->handles, handles, nbytes)) {
        free(copy);
        return S_OK;
    }
    copy->next = NULL;
    copy->index = kb_ring_peek(&ring->sq_tail); /* of the entry being built */
    for (last = &ring->files; *last; last = &(*last)->next)
        ;
    *last = copy;
    *copy_out = copy;
    return S_OK;
}

/* [R] IC9 against [R] hooks.md R3 (both late): our choice is IC9, the handles as they are now. */
HRESULT WINAPI kb_BuildIoRingRegisterFileHandles(HIORING ioRing, UINT32 count,
                                                 HANDLE const handles[], UINT_PTR userData)
{
    struct kb_ring_files *copy;
    struct kb_ring *ring;
    NT_IORING_SQE *sqe;
    UINT32 tail;
    HRESULT hr = begin_clear(ioRing, IORING_OP_REGISTER_FILES, userData, IOSQE_FLAGS_NONE, &ring, &sqe,
                             &tail);

    if (FAILED(hr))
        return hr;
    hr = copy_handles(ring, count, handles, &copy);
    if (FAILED(hr))
        return hr;
    sqe->RegisterFiles.Count = count;
    sqe->RegisterFiles.Handles = copy ? copy->handles : handles;
    return finish(ring, tail);
}

/* [R] IC9, M9: this array is not copied; freed before the submit it gives ERROR_NOACCESS. */
HRESULT WINAPI kb_BuildIoRingRegisterBuffers(HIORING ioRing, UINT32 count,
                                             IORING_BUFFER_INFO const buffers[], UINT_PTR userData)
{
    struct kb_ring *ring;
    NT_IORING_SQE *sqe;
    UINT32 tail;
    HRESULT hr = begin_clear(ioRing, IORING_OP_REGISTER_BUFFERS, userData, IOSQE_FLAGS_NONE, &ring, &sqe,
                             &tail);

    if (FAILED(hr))
        return hr;
    sqe->RegisterBuffers.Count = count; /* [R] IB8: none is accepted here, the completion answers */
    sqe->RegisterBuffers.Buffers = buffers;
    return finish(ring, tail);
}

HRESULT WINAPI kb_BuildIoRingReadFileScatter(HIORING ioRing, IORING_HANDLE_REF fileRef,
                                             UINT32 segmentCount,
                                             FILE_SEGMENT_ELEMENT segmentArray[],
                                             UINT32 numberOfBytesToRead, UINT64 fileOffset,
                                             UINT_PTR userData, IORING_SQE_FLAGS sqeFlags)
{
    struct kb_ring *ring;
    NT_IORING_SQE *sqe;
    UINT32 tail;
    HRESULT hr = begin_clear(ioRing, IORING_OP_READ_SCATTER, userData, sqeFlags, &ring, &sqe, &tail);

    if (FAILED(hr))
        return hr;
    hr = put_file(ring, fileRef, &sqe->ReadScatter.CommonOpFlags, &sqe->ReadScatter.File);
    if (FAILED(hr))
        return hr;
    sqe->ReadScatter.SegmentCount = segmentCount;
    sqe->ReadScatter.Segments = segmentArray;
    sqe->ReadScatter.Offset = fileOffset;
    sqe->ReadScatter.Length = numberOfBytesToRead;
    return finish(ring, tail);
}

HRESULT WINAPI kb_BuildIoRingWriteFileGather(HIORING ioRing, IORING_HANDLE_REF fileRef,
                                             UINT32 segmentCount,
                                             FILE_SEGMENT_ELEMENT segmentArray[],
                                             UINT32 numberOfBytesToWrite, UINT64 fileOffset,
                                             FILE_WRITE_FLAGS writeFlags, UINT_PTR userData,
                                             IORING_SQE_FLAGS sqeFlags)
{
    struct kb_ring *ring;
    NT_IORING_SQE *sqe;
    UINT32 tail;
    HRESULT hr = begin_clear(ioRing, IORING_OP_WRITE_GATHER, userData, sqeFlags, &ring, &sqe, &tail);

    if (FAILED(hr))
        return hr;
    hr = put_file(ring, fileRef, &sqe->WriteGather.CommonOpFlags, &sqe->WriteGather.File);
    if (FAILED(hr))
        return hr;
    sqe->WriteGather.WriteFlags = writeFlags;
    sqe->WriteGather.SegmentCount = segmentCount;
    sqe->WriteGather.Segments = segmentArray;
    sqe->WriteGather.Offset = fileOffset;
    sqe->WriteGather.Length = numberOfBytesToWrite;
    return finish(ring, tail);
}

/* Has every entry up to head been answered? Then none of them waits for its array. */
static bool all_completed(const struct kb_ring *ring, UINT32 head)
{
    return kb_ring_load(&ring->cq->Tail) - ring->cq_first == head - ring->sq_first;
}

static void free_before(struct kb_ring *ring, UINT32 head)
{
    struct kb_ring_files *first;

    while ((first = ring->files) && (INT32)(first->index - head) < 0) {
        ring->files = first->next;
        free(first);
    }
}

void kb_ring_files_trim(struct kb_ring *ring)
{
    if (ring->files && all_completed(ring, kb_ring_head(ring)))
        free_before(ring, kb_ring_head(ring));
}

void kb_ring_files_drop(struct kb_ring *ring)
{
    /* Arrays of rings closed with work in flight: never freed, a few bytes each, and still found.
     */
    static _Atomic(struct kb_ring_files *) left_behind;
    UINT32 head = kb_ring_load(&ring->sq->Head);
    struct kb_ring_files *first, *next;

    kb_ring_files_trim(ring);
    for (first = ring->files; first; first = next) {
        next = first->next;
        if ((INT32)(first->index - head) >= 0) {
            free(first); /* never submitted */
            continue;
        }
        first->next = atomic_load(&left_behind);
        while (!atomic_compare_exchange_weak(&left_behind, &first->next, first))
            ;
    }
    ring->files = NULL;
}

/* SPDX-License-Identifier: MIT */
/*
 * Programs that write entries themselves and call the service. Their completion queue is read by
 * them, so that nothing can be put in or held back; but what an entry is about to read can be
 * fetched before the system starts it, and then everything else is the system's. With
 * strategy=handle all rings are seen so.
 */
#include "hooks/plugins/refvfs/ring.h"
#include "hooks/plugins/layer/mutant.h"

#include <ioringnt.h>

#include <stdlib.h>

bool rv_by_handle;

/* A ring by the handle of its kernel object. Under lock but for the fields of a submit, of which
 * there is one. */
struct nt_ring {
    struct nt_ring *next;
    HANDLE handle;
    NT_IORING_INFO info;
    struct rv_file *files;
    UINT32 file_count;
};

static SRWLOCK lock = SRWLOCK_INIT;
static struct nt_ring *rings;
static atomic_uint ring_count;

static NTSTATUS(NTAPI *vl_original_NtCreateIoRing)(PHANDLE, ULONG, PVOID, ULONG, PVOID);
static NTSTATUS(NTAPI *vl_original_NtSubmitIoRing)(HANDLE, ULONG, ULONG, PLARGE_INTEGER);

static void files_free(struct nt_ring *ring)
{
    rv_files_free(ring->files, ring->file_count);
    ring->files = NULL;
    ring->file_count = 0;
}

void rv_nt_closed(HANDLE handle)
{
    struct nt_ring **at = &rings, *ring;

    if (!atomic_load_explicit(&ring_count, memory_order_relaxed))
        return;
    AcquireSRWLockExclusive(&lock);
    while (*at && (*at)->handle != handle)
        at = &(*at)->next;
    ring = *at;
    if (ring) {
        *at = ring->next;
        atomic_fetch_sub(&ring_count, 1);
    }
    ReleaseSRWLockExclusive(&lock);
    if (ring)
        files_free(ring);
    free(ring);
}

static NTSTATUS NTAPI detour_NtCreateIoRing(PHANDLE handle, ULONG in_nbytes, PVOID in,
                                            ULONG out_nbytes, PVOID out)
{
    NTSTATUS status = vl_original_NtCreateIoRing(handle, in_nbytes, in, out_nbytes, out);
    struct nt_ring *ring;

    if (status < 0 || ringer_bypass_active() || (rv_in_create && !rv_by_handle) ||
        out_nbytes < sizeof ring->info || VL_MUTANT(nt_not_hooked))
        return status;
    rv_nt_closed(*handle);
    ring = calloc(1, sizeof *ring);
    if (!ring)
        return status;
    ring->handle = *handle;
    ring->info = *(const NT_IORING_INFO *)out;
    AcquireSRWLockExclusive(&lock);
    ring->next = rings;
    rings = ring;
    atomic_fetch_add(&ring_count, 1);
    ReleaseSRWLockExclusive(&lock);
    return status;
}

static struct nt_ring *find(HANDLE handle)
{
    struct nt_ring *ring;

    if (!atomic_load_explicit(&ring_count, memory_order_relaxed))
        return NULL;
    AcquireSRWLockShared(&lock);
    for (ring = rings; ring && ring->handle != handle; ring = ring->next)
        ;
    ReleaseSRWLockShared(&lock);
    return ring;
}

/* The virtual file that an entry names, with a reference; *handle_out is borrowed. */
static struct vl_open *open_of(struct nt_ring *ring, UINT32 flags, NT_IORING_HANDLE_REF file,
                               HANDLE *handle_out)
{
    struct vl_open *open = NULL;

    *handle_out = file.Handle;
    if (!(flags & NT_IORING_OP_FLAG_REGISTERED_FILE))
        return vl_open_acquire(file.Handle);
    if ((UINT32)file.HandleIndex < ring->file_count) {
        open = ring->files[(UINT32)file.HandleIndex].open;
        *handle_out = ring->files[(UINT32)file.HandleIndex].own;
    }
    if (open)
        vl_open_hold(open);
    return open;
}

/* *ahead: bytes that entries of this submit read at a position, which moves while they run. */
static NTSTATUS fetch(struct nt_ring *ring, UINT32 flags, NT_IORING_HANDLE_REF file, UINT64 offset,
                      UINT32 length, UINT64 *ahead)
{
    LARGE_INTEGER given = {.QuadPart = (LONGLONG)offset};
    HANDLE handle;
    struct vl_open *open = open_of(ring, flags, file, &handle);
    bool moves = open && vl_moves_position(open, &given);
    NTSTATUS status = VL_SUCCESS;

    if (open && vl_read_from(handle, open, &given, &offset))
        status = vl_fill_wait(open, offset, length + (moves ? *ahead : 0));
    if (moves)
        *ahead += length;
    vl_open_release(open);
    return status;
}

/* Whether the array can be read, the system will say; here it is looked at only where it can. */
static void note_files(struct nt_ring *ring, const NT_IORING_OP_REGISTER_FILES *request)
{
    MEMORY_BASIC_INFORMATION info;
    const char *end = (const char *)(request->Handles + request->Count);

    if (!request->Count || !request->Handles || request->Count > 65536 ||
        !VirtualQuery(request->Handles, &info, sizeof info) || info.State != MEM_COMMIT ||
        (info.Protect & PAGE_NOACCESS) || (const char *)info.BaseAddress + info.RegionSize < end) {
        if (!request->Count && !request->Handles)
            files_free(ring);
        return;
    }
    files_free(ring);
    ring->files = calloc(request->Count, sizeof *ring->files);
    for (UINT32 i = 0; ring->files && i < request->Count; i++, ring->file_count++) {
        ring->files[i].open = vl_open_acquire(request->Handles[i]);
        if (ring->files[i].open)
            ring->files[i].own = rv_own_copy(request->Handles[i]);
    }
}

/* A provider's failure as one that the system can be made to report: there is no other way to say
 * it. */
static void spoil(NT_IORING_SQE *sqe)
{
    sqe->Read.CommonOpFlags = ~0u;
}

static void prepare(struct nt_ring *ring, NT_IORING_SQE *sqe, UINT64 *ahead)
{
    NTSTATUS status = VL_SUCCESS;

    if (sqe->OpCode == IORING_OP_REGISTER_FILES) {
        note_files(ring, &sqe->RegisterFiles);
    } else if (sqe->OpCode == IORING_OP_READ) {
        status = fetch(ring, sqe->Read.CommonOpFlags, sqe->Read.File, sqe->Read.Offset,
                       sqe->Read.Length, ahead);
    } else if (sqe->OpCode == 7) { /* IORING_OP_READ_SCATTER */
        status = fetch(ring, sqe->ReadScatter.CommonOpFlags, sqe->ReadScatter.File,
                       sqe->ReadScatter.Offset, sqe->ReadScatter.Length, ahead);
    }
    if (status < 0)
        spoil(sqe);
}

static NTSTATUS NTAPI detour_NtSubmitIoRing(HANDLE handle, ULONG flags, ULONG wait,
                                            PLARGE_INTEGER timeout)
{
    struct nt_ring *ring = ringer_bypass_active() ? NULL : find(handle);

    if (ring) {
        NT_IORING_SUBMISSION_QUEUE *sq = ring->info.SubmissionQueue;
        UINT32 head = __atomic_load_n(&sq->Head, __ATOMIC_ACQUIRE);
        UINT32 tail = __atomic_load_n(&sq->Tail, __ATOMIC_ACQUIRE);
        UINT64 ahead = 0;

        /* Nonsense is the system's to refuse. */
        if (tail - head <= ring->info.SubmissionQueueSize)
            for (; head != tail; head++)
                prepare(ring,
                        &NtIoRingSubmissionEntries(sq)[head & ring->info.SubmissionQueueRingMask],
                        &ahead);
    }
    return vl_original_NtSubmitIoRing(handle, flags, wait, timeout);
}

const struct vl_detour rv_nt_detours[] = {
    VL_DETOUR("ntdll", NtCreateIoRing),
    VL_DETOUR("ntdll", NtSubmitIoRing),
    VL_DETOUR_END,
};

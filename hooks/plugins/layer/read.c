/* SPDX-License-Identifier: MIT */
/*
 * Reads by handle: ReadFile and all that is above it come by here. The range is fetched, then the
 * system reads. When the provider needs time and the program can be told later, it is told later:
 * another thread then makes the very call that was asked for. What it cannot pass on (a completion
 * routine runs on the caller's own thread; a file that is waited for itself, or says nothing on
 * success) is waited for here.
 */
#include "hooks/plugins/layer/layer.h"
#include "hooks/plugins/layer/mutant.h"

#include <stdlib.h>
#include <string.h>

#ifdef _WIN32 /* in ntdll's import library, and in no header */
NTSYSAPI NTSTATUS NTAPI NtSetIoCompletion(HANDLE port, PVOID key, PVOID context, NTSTATUS status,
                                          ULONG_PTR information);
#endif

NTSTATUS(NTAPI *vl_original_NtReadFile)
(HANDLE, HANDLE, PIO_APC_ROUTINE, PVOID, PIO_STATUS_BLOCK, PVOID, ULONG, PLARGE_INTEGER, PULONG);
static NTSTATUS(NTAPI *vl_original_NtReadFileScatter)(HANDLE, HANDLE, PIO_APC_ROUTINE, PVOID,
                                                      PIO_STATUS_BLOCK, FILE_SEGMENT_ELEMENT *,
                                                      ULONG, PLARGE_INTEGER, PULONG);
static NTSTATUS(NTAPI *vl_original_NtCreateSection)(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES,
                                                    PLARGE_INTEGER, ULONG, ULONG, HANDLE);
static NTSTATUS(NTAPI *vl_original_NtCancelIoFile)(HANDLE, PIO_STATUS_BLOCK);
static NTSTATUS(NTAPI *vl_original_NtCancelIoFileEx)(HANDLE, PIO_STATUS_BLOCK, PIO_STATUS_BLOCK);

#define LEFT 1u
#define ANSWERED 2u

/* A read that the program believes the system is at. */
struct vl_async {
    struct vl_fill fill;
    struct vl_async *next; /* open->lock, as is linked */
    struct vl_open *open;
    HANDLE file, event; /* ours: the program may close its own meanwhile */
    PVOID context, buffer;
    PIO_STATUS_BLOCK iosb;
    ULONG length;
    LARGE_INTEGER offset;
    bool is_finishing;
    atomic_uint turn; /* LEFT, ANSWERED: who makes it both, goes on */
    NTSTATUS status;
};

bool (*vl_cancel_more)(struct vl_open *open);

static void async_unlink(struct vl_async *async)
{
    struct vl_async **at = &async->open->first;

    AcquireSRWLockExclusive(&async->open->lock);
    while (*at && *at != async)
        at = &(*at)->next;
    if (*at)
        *at = async->next;
    ReleaseSRWLockExclusive(&async->open->lock);
}

static void async_free(struct vl_async *async)
{
    ringer_bypass_enter();
    if (async->file)
        CloseHandle(async->file);
    if (async->event)
        CloseHandle(async->event);
    ringer_bypass_leave();
    if (async->is_finishing) {
        AcquireSRWLockExclusive(&async->open->lock);
        async->open->finishing--;
        WakeAllConditionVariable(&async->open->calm);
        ReleaseSRWLockExclusive(&async->open->lock);
    }
    vl_open_release(async->open);
    free(async);
}

void vl_async_settle(struct vl_open *open)
{
    AcquireSRWLockExclusive(&open->lock);
    while (open->finishing)
        SleepConditionVariableSRW(&open->calm, &open->lock, INFINITE, 0);
    ReleaseSRWLockExclusive(&open->lock);
}

/* As the system would: status block, event, packet. */
static void tell_failure(struct vl_async *async, NTSTATUS status)
{
    HANDLE port;
    PVOID key;

    AcquireSRWLockShared(&async->open->lock);
    port = async->open->port;
    key = async->open->port_key;
    ReleaseSRWLockShared(&async->open->lock);
    async->iosb->Information = 0;
    __atomic_store_n(&async->iosb->Status, status, __ATOMIC_RELEASE);
    ringer_bypass_enter();
    if (async->event)
        SetEvent(async->event);
    if (port && async->context)
        NtSetIoCompletion(port, key, async->context, status, 0);
    ringer_bypass_leave();
}

static void async_finish(struct vl_async *async)
{
    NTSTATUS status = async->status;

    async_unlink(async);
    /* Before the program can know that it ended. */
    AcquireSRWLockExclusive(&async->open->lock);
    async->open->finishing++;
    async->is_finishing = true;
    ReleaseSRWLockExclusive(&async->open->lock);
    if (status >= 0)
        status =
            vl_original_NtReadFile(async->file, async->event, NULL, async->context, async->iosb,
                                   async->buffer, async->length, &async->offset, NULL);
    /* Refused at once: the program was promised an answer all the same. */
    if (status < 0)
        tell_failure(async, status);
    async_free(async);
}

static void async_fetched(struct vl_fill *fill, NTSTATUS status)
{
    struct vl_async *async = (struct vl_async *)(void *)fill;

    async->status = status;
    if (atomic_fetch_or(&async->turn, ANSWERED) & LEFT)
        async_finish(async);
}

bool vl_moves_position(const struct vl_open *open, const LARGE_INTEGER *given)
{
    return open->synchronous && (!given || given->QuadPart < 0);
}

bool vl_read_from(HANDLE handle, const struct vl_open *open, const LARGE_INTEGER *given,
                  UINT64 *offset_out)
{
    FILE_POSITION_INFORMATION position;
    IO_STATUS_BLOCK iosb;

    if (given && given->QuadPart >= 0) {
        *offset_out = (UINT64)given->QuadPart;
        return true;
    }
    if (!open->synchronous ||
        vl_original_NtQueryInformationFile(handle, &iosb, &position, sizeof position,
                                           (FILE_INFORMATION_CLASS)14) < 0)
        return false;
    *offset_out = (UINT64)position.CurrentByteOffset.QuadPart;
    return true;
}

static HANDLE own_copy(HANDLE handle)
{
    HANDLE copy = NULL;

    if (handle && !DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0,
                                   FALSE, DUPLICATE_SAME_ACCESS))
        copy = NULL;
    return copy;
}

static struct vl_async *async_new(HANDLE handle, struct vl_open *open, HANDLE event)
{
    struct vl_async *async = calloc(1, sizeof *async);

    if (!async)
        return NULL;
    ringer_bypass_enter();
    async->file = own_copy(handle);
    async->event = own_copy((HANDLE)((ULONG_PTR)event & ~(ULONG_PTR)1));
    ringer_bypass_leave();
    vl_open_hold(open);
    async->open = open;
    if (!async->file || (event && !async->event)) {
        async_free(async);
        return NULL;
    }
    return async;
}

/* Can the answer come later, from another thread? */
static bool may_pend(struct vl_open *open, HANDLE event, PIO_APC_ROUTINE routine,
                     PIO_STATUS_BLOCK iosb)
{
    bool has_port;

    AcquireSRWLockShared(&open->lock);
    has_port = open->port != NULL;
    ReleaseSRWLockShared(&open->lock);
    return !open->synchronous && iosb && !routine && (event || has_port) &&
           !(has_port && open->skips_packets);
}

/* VL_PENDING; else *fetched says how the fetching went, and the caller reads. */
static NTSTATUS begin(HANDLE handle, struct vl_open *open, HANDLE event, PVOID context,
                      PIO_STATUS_BLOCK iosb, PVOID buffer, ULONG length, UINT64 offset,
                      NTSTATUS *fetched)
{
    struct vl_async *async = async_new(handle, open, event);

    if (!async) {
        *fetched = vl_fill_wait(open, offset, length);
        return VL_SUCCESS;
    }
    async->context = context;
    async->iosb = iosb;
    async->buffer = buffer;
    async->length = length;
    async->offset.QuadPart = (LONGLONG)offset;
    async->fill.done = async_fetched;
    AcquireSRWLockExclusive(&open->lock);
    async->next = open->first;
    open->first = async;
    ReleaseSRWLockExclusive(&open->lock);
    vl_fill(open, offset, length, RINGER_VREAD_ASYNC, &async->fill);
    if (atomic_load(&async->turn) & ANSWERED) {
        *fetched = async->status;
        async_unlink(async);
        async_free(async);
        return VL_SUCCESS;
    }
    /* Nobody looks at the block or the event before we say "pending". */
    if (async->event) {
        ringer_bypass_enter();
        ResetEvent(async->event);
        ringer_bypass_leave();
    }
    iosb->Status = VL_PENDING;
    if (atomic_fetch_or(&async->turn, LEFT) & ANSWERED)
        async_finish(async);
    return VL_PENDING;
}

static NTSTATUS NTAPI detour_NtReadFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE routine,
                                        PVOID context, PIO_STATUS_BLOCK iosb, PVOID buffer,
                                        ULONG length, PLARGE_INTEGER offset, PULONG key)
{
    struct vl_open *open = ringer_bypass_active() ? NULL : vl_open_acquire(handle);
    NTSTATUS status = VL_SUCCESS, fetched = VL_SUCCESS;
    UINT64 from;

    if (!open)
        return vl_original_NtReadFile(handle, event, routine, context, iosb, buffer, length, offset,
                                      key);
    if (length && vl_read_from(handle, open, offset, &from)) {
        if (may_pend(open, event, routine, iosb))
            status = begin(handle, open, event, context, iosb, buffer, length, from, &fetched);
        else
            fetched = vl_fill_wait(open, from, length);
    }
    vl_open_release(open);
    if (status == VL_PENDING)
        return status;
    if (fetched < 0)
        return fetched;
    return vl_original_NtReadFile(handle, event, routine, context, iosb, buffer, length, offset,
                                  key);
}

static NTSTATUS NTAPI detour_NtReadFileScatter(HANDLE handle, HANDLE event, PIO_APC_ROUTINE routine,
                                               PVOID context, PIO_STATUS_BLOCK iosb,
                                               FILE_SEGMENT_ELEMENT *segments, ULONG length,
                                               PLARGE_INTEGER offset, PULONG key)
{
    struct vl_open *open = ringer_bypass_active() ? NULL : vl_open_acquire(handle);
    NTSTATUS status = VL_SUCCESS;
    UINT64 from;

    if (open && vl_read_from(handle, open, offset, &from))
        status = vl_fill_wait(open, from, length);
    vl_open_release(open);
    if (status < 0)
        return status;
    return vl_original_NtReadFileScatter(handle, event, routine, context, iosb, segments, length,
                                         offset, key);
}

/*
 * The provider is told with no lock held. LEFT is taken back meanwhile, so that the read cannot go
 * away: its answer finds that nobody left, and leaves the rest to us.
 */
bool vl_async_cancel(struct vl_open *open, PIO_STATUS_BLOCK iosb)
{
    bool any = false;

    for (;;) {
        struct vl_async *async;

        AcquireSRWLockExclusive(&open->lock);
        for (async = open->first; async; async = async->next) {
            unsigned left = LEFT; /* and not answered */

            if ((!iosb || async->iosb == iosb) &&
                atomic_compare_exchange_strong(&async->turn, &left, 0))
                break;
        }
        if (async) {
            struct vl_async **at = &open->first;

            while (*at != async)
                at = &(*at)->next;
            *at = async->next;
        }
        ReleaseSRWLockExclusive(&open->lock);
        if (!async)
            return any;
        any = true;
        vl_fill_cancel(&async->fill);
        if (atomic_fetch_or(&async->turn, LEFT) & ANSWERED)
            async_finish(async);
    }
}

static NTSTATUS NTAPI detour_NtCancelIoFileEx(HANDLE handle, PIO_STATUS_BLOCK request,
                                              PIO_STATUS_BLOCK iosb)
{
    struct vl_open *open =
        ringer_bypass_active() || VL_MUTANT(cancel_io_ignored) ? NULL : vl_open_acquire(handle);
    bool any = open && vl_async_cancel(open, request);
    bool more = open && !request && vl_cancel_more && vl_cancel_more(open);
    NTSTATUS status = vl_original_NtCancelIoFileEx(handle, request, iosb);

    vl_open_release(open);
    return status == VL_NOT_FOUND && (any || more) ? VL_SUCCESS : status;
}

static NTSTATUS NTAPI detour_NtCancelIoFile(HANDLE handle, PIO_STATUS_BLOCK iosb)
{
    struct vl_open *open = ringer_bypass_active() ? NULL : vl_open_acquire(handle);

    if (open)
        vl_async_cancel(open, NULL);
    vl_open_release(open);
    return vl_original_NtCancelIoFile(handle, iosb);
}

/* What is mapped is touched without a call: all of it is fetched first, and no more than so much.
 */
#define MOST_MAPPED (1ull << 30)

static NTSTATUS NTAPI detour_NtCreateSection(PHANDLE section, ACCESS_MASK access,
                                             POBJECT_ATTRIBUTES attributes, PLARGE_INTEGER size,
                                             ULONG protection, ULONG allocation, HANDLE file)
{
    struct vl_open *open = ringer_bypass_active() ? NULL : vl_open_acquire(file);
    NTSTATUS status = VL_SUCCESS;

    if (open)
        status = open->size <= MOST_MAPPED ? vl_fill_wait(open, 0, open->size)
                                           : (NTSTATUS)0xC0000040; /* STATUS_SECTION_TOO_BIG */
    vl_open_release(open);
    if (status < 0)
        return status;
    return vl_original_NtCreateSection(section, access, attributes, size, protection, allocation,
                                       file);
}

const struct vl_detour vl_read_detours[] = {
    VL_DETOUR("ntdll", NtReadFile),       VL_DETOUR("ntdll", NtReadFileScatter),
    VL_DETOUR("ntdll", NtCreateSection),  VL_DETOUR("ntdll", NtCancelIoFile),
    VL_DETOUR("ntdll", NtCancelIoFileEx), VL_DETOUR_END,
};

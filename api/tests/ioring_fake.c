/* SPDX-License-Identifier: MIT */
#include "api/tests/ioring_fake.h"

#include "api/ntdll/ioring.h"
#include "emu/syscall.h"

#include <stdlib.h>
#include <string.h>

struct fake_emu fake;

void fake_reset(void)
{
    memset(&fake, 0, sizeof fake);
    fake.caps =
        (NT_IORING_CAPABILITIES){400, 8, IORING_FEATURE_SET_COMPLETION_EVENT, 65536, 131072};
    fake.submit_takes = UINT32_MAX;
}

HIORING fake_create_version(UINT32 version, UINT32 advisory)
{
    IORING_CREATE_FLAGS flags = {IORING_CREATE_REQUIRED_FLAGS_NONE,
                                 (IORING_CREATE_ADVISORY_FLAGS)advisory};
    HIORING ring = NULL;

    if (FAILED(kb_CreateIoRing((IORING_VERSION)version, flags, 20, 20, &ring)))
        abort();
    fake.polls = 0; /* creation polls once, to say that somebody will */
    return ring;
}

HIORING fake_create(void)
{
    return fake_create_version(400, 0);
}

void fake_post(struct fake_ring *ring, UINT64 user_data, NTSTATUS status, UINT64 information)
{
    NT_IORING_COMPLETION_QUEUE *queue = ring->info.CompletionQueue;
    NT_IORING_CQE *entry =
        &NtIoRingCompletionEntries(queue)[queue->Tail & ring->info.CompletionQueueRingMask];

    entry->UserData = user_data;
    entry->IoStatus.Status = status;
    entry->IoStatus.Information = information;
    kb_ring_store(&queue->Tail, queue->Tail + 1);
}

static UINT32 power_of_two(UINT32 n)
{
    UINT32 power = 1;

    while (power < n)
        power *= 2;
    return power;
}

NTSTATUS emu_nt_create_ioring(emu_handle *ring_out, uint32_t params_nbytes, const void *params,
                              uint32_t info_nbytes, void *info)
{
    struct fake_ring *ring;
    UINT32 sq, cq;

    if (params_nbytes != sizeof fake.created || info_nbytes != sizeof ring->info)
        abort();
    memcpy(&fake.created, params, sizeof fake.created);
    if (fake.create_status < 0)
        return fake.create_status;
    sq = power_of_two(fake.created.SubmissionQueueSize);
    cq = power_of_two(fake.created.CompletionQueueSize);
    if (cq < 2 * sq)
        cq = 2 * sq;
    if (cq > FAKE_QUEUE_MAX)
        abort();
    ring = calloc(1, sizeof *ring);
    ring->info = (NT_IORING_INFO){
        .IoRingVersion = fake.created.IoRingVersion,
        .Flags = fake.created.Flags,
        .SubmissionQueueSize = sq,
        .SubmissionQueueRingMask = sq - 1,
        .CompletionQueueSize = cq,
        .CompletionQueueRingMask = cq - 1,
        .SubmissionQueue = &ring->sq.queue,
        .CompletionQueue = &ring->cq.queue,
    };
    /* Indices run freely: start close to their wrap. */
    ring->sq.queue.Head = ring->sq.queue.Tail = UINT32_MAX - 5;
    ring->cq.queue.Head = ring->cq.queue.Tail = UINT32_MAX - 7;
    ring->open = 1;
    fake.ring = ring;
    memcpy(info, &ring->info, sizeof ring->info);
    *ring_out = (emu_handle)(uintptr_t)ring;
    return 0;
}

NTSTATUS emu_nt_submit_ioring(emu_handle handle, uint32_t flags, uint32_t wait_count,
                              const int64_t *timeout_100ns)
{
    struct fake_ring *ring = (struct fake_ring *)(uintptr_t)handle;
    UINT32 tail = kb_ring_load(&ring->sq.queue.Tail);

    fake.submits++;
    fake.submit_flags = flags;
    fake.submit_wait = wait_count;
    fake.submit_timed = timeout_100ns != NULL;
    fake.submit_timeout = timeout_100ns ? *timeout_100ns : 0;
    fake.taken_count = 0;
    while (ring->sq.queue.Head != tail && fake.taken_count < fake.submit_takes) {
        fake.taken[fake.taken_count++] =
            ring->sq.entries[ring->sq.queue.Head & ring->info.SubmissionQueueRingMask];
        ring->sq.queue.Head++;
    }
    return fake.submit_status;
}

NTSTATUS emu_nt_query_ioring_capabilities(uint64_t caps_nbytes, void *caps)
{
    if (caps_nbytes != sizeof fake.caps)
        abort();
    fake.queries++;
    memcpy(caps, &fake.caps, sizeof fake.caps);
    return 0;
}

NTSTATUS emu_nt_set_information_ioring(emu_handle ring, uint32_t information_class,
                                       uint32_t info_nbytes, const void *info)
{
    if (information_class != IoRingRegisterUserCompletionEventClass || info_nbytes != 8)
        return (NTSTATUS)0xC0000003; /* STATUS_INVALID_INFO_CLASS */
    memcpy(&fake.event, info, sizeof fake.event);
    return fake.event_status;
}

NTSTATUS emu_nt_poll_ioring(emu_handle handle)
{
    struct fake_ring *ring = (struct fake_ring *)(uintptr_t)handle;

    fake.polls++;
    for (; fake.poll_posts; fake.poll_posts--)
        fake_post(ring, 1000 + fake.poll_posts, 0, 0);
    return fake.poll_status;
}

/* The public names, which in the library go through dispatch slots. */
NTSTATUS NTAPI NtCreateIoRing(PHANDLE handle, ULONG params_nbytes, PVOID params, ULONG info_nbytes,
                              PVOID info)
{
    return nt_NtCreateIoRing(handle, params_nbytes, params, info_nbytes, info);
}

NTSTATUS NTAPI NtSubmitIoRing(HANDLE ring, ULONG flags, ULONG wait, PLARGE_INTEGER timeout)
{
    return nt_NtSubmitIoRing(ring, flags, wait, timeout);
}

NTSTATUS NTAPI NtQueryIoRingCapabilities(SIZE_T nbytes, PVOID caps)
{
    return nt_NtQueryIoRingCapabilities(nbytes, caps);
}

NTSTATUS NTAPI NtSetInformationIoRing(HANDLE ring, ULONG information_class, ULONG nbytes,
                                      PVOID info)
{
    return nt_NtSetInformationIoRing(ring, information_class, nbytes, info);
}

NTSTATUS NTAPI NtClose(HANDLE handle)
{
    fake.closes++;
    free(handle);
    return 0;
}

/* Enough for these tests; the table itself is tested against the real one (test_ioring_error.c). */
ULONG NTAPI RtlNtStatusToDosError(NTSTATUS status)
{
    switch ((UINT32)status) {
    case 0x80000005:
        return 234;
    case 0xC0000008:
        return 6;
    case 0xC000000D:
        return 87;
    case 0xC0000011:
        return 38;
    }
    return 317;
}

// SPDX-License-Identifier: MIT
/* Ring objects and the services on them. */
#include "emu/ring/ring.h"

#include "emu/base/clock.h"
#include "emu/base/fork.h"
#include "emu/base/mutant.h"
#include "emu/base/sim.h"
#include "emu/base/status.h"
#include "emu/base/usermem.h"
#include "emu/object/handle.h"
#include "emu/ring/entry.h"
#include "emu/ring/profile.h"
#include "emu/syscall.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static struct emu_lock rings_lock = EMU_LOCK_INIT;
static struct emu_list rings = {&rings, &rings};

/* A child must not reach its parent's queues: it gets dead rings over private memory. */
static void after_fork_child(void)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &rings) {
        struct emu_ring *ring = EMU_CONTAINER(pos, struct emu_ring, link);

        atomic_store(&ring->dead, true);
        atomic_store(&ring->submitting, 0);
        emu_queues_after_fork(&ring->queues);
    }
    emu_queues_forget_kept();
}

static void register_fork_handler(void)
{
    emu_fork_register(NULL, NULL, after_fork_child);
}

static uint32_t power_of_two(uint32_t n)
{
    uint32_t size = 1;

    while (size < n)
        size *= 2;
    return size;
}

static NTSTATUS check_params(const NT_IORING_STRUCTV1 *params)
{
    const struct emu_profile *profile = emu_profile();

    if (!profile->has_ioring)
        return STATUS_NOT_IMPLEMENTED;
    if (!emu_profile_has_version(profile, params->IoRingVersion))
        return STATUS_IORING_VERSION_NOT_SUPPORTED;
    if (params->Flags.Required) /* [D] none is defined; unknown advisory ones are ignored */
        return STATUS_IORING_REQUIRED_FLAG_NOT_SUPPORTED;
    if (params->SubmissionQueueSize > profile->max_submission && !EMU_MUTANT(size_limit_ignored))
        return STATUS_IORING_SUBMISSION_QUEUE_TOO_BIG;
    if (params->CompletionQueueSize > profile->max_completion)
        return STATUS_IORING_COMPLETION_QUEUE_TOO_BIG;
    return STATUS_SUCCESS;
}

#define HEAP_POOL_NBYTES (64u << 10)

/* Untouched pages of a large pool cost nothing, so it is made for the worst case at once. */
static NTSTATUS create_pool(struct emu_ring *ring)
{
    void *pool;

    ring->pool_size = ring->queues.cq_size + 1; /* every completion, and the processor's spare */
    ring->pool_mapped = ring->pool_size * sizeof *ring->pool > HEAP_POOL_NBYTES;
    if (!ring->pool_mapped) {
        ring->pool = calloc(ring->pool_size, sizeof *ring->pool);
        return ring->pool ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    pool = mmap(NULL, (size_t)ring->pool_size * sizeof *ring->pool, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pool == MAP_FAILED)
        return STATUS_INSUFFICIENT_RESOURCES;
    ring->pool = pool;
    return STATUS_SUCCESS;
}

static void free_pool(struct emu_ring *ring)
{
    if (ring->pool_mapped)
        munmap(ring->pool, (size_t)ring->pool_size * sizeof *ring->pool);
    else
        free(ring->pool);
}

/*
 * A Pop that finds something is no call that anybody sees, and it decides whether the next completion
 * meets an empty queue. So it is told once it is over.
 */
static void sim_tell_pops(void)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &rings) {
        struct emu_ring *ring = EMU_CONTAINER(pos, struct emu_ring, link);
        uint32_t head = emu_queues_cq_head(&ring->queues);

        if (head == ring->sim_head)
            continue;
        ring->sim_head = head;
        if (ring->event)
            emu_sim_touch_object(&ring->event->sim_id, false);
    }
}

NTSTATUS emu_ring_create(const NT_IORING_STRUCTV1 *params, struct emu_ring **ring_out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    /* [R] W7: 20/20 gives 32/64. [D] CQ at least twice SQ; [R] IS3: 0 is legal; [I] sq 0 is 1. */
    uint32_t sq = power_of_two(params->SubmissionQueueSize);
    uint32_t cq =
        power_of_two(params->CompletionQueueSize > 2 * sq ? params->CompletionQueueSize
                     : EMU_MUTANT(cq_not_doubled)         ? sq
                                                          : 2 * sq);
    struct emu_ring *ring = calloc(1, sizeof *ring);
    NTSTATUS status;

    if (!ring)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = emu_queues_create(&ring->queues, sq, cq);
    if (emu_status_failed(status))
        goto fail;
    status = create_pool(ring);
    if (emu_status_failed(status))
        goto fail_queues;
    ring->queue = emu_engine()->queue_create(sq);
    if (!ring->queue) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto fail_pool;
    }
    ring->version = params->IoRingVersion;
    ring->required_flags = params->Flags.Required;
    ring->advisory_flags = params->Flags.Advisory;
    emu_lock_init(&ring->post_lock);
    emu_list_init(&ring->held);
    ring->last.match_flags = EMU_RING_NO_MATCH;
    emu_object_init(&ring->obj, &emu_ring_object_ops);
    pthread_once(&once, register_fork_handler);
    emu_lock_acquire(&rings_lock);
    emu_list_append(&rings, &ring->link);
    emu_lock_release(&rings_lock);
    if (emu_sim)
        emu_sim_between_calls = sim_tell_pops;
    *ring_out = ring;
    return STATUS_SUCCESS;

fail_pool:
    free_pool(ring);
fail_queues:
    emu_queues_destroy(&ring->queues);
fail:
    free(ring);
    return status;
}

static bool is_of_ring(const struct emu_io *io, void *ring)
{
    return io->owner == ring;
}

/*
 * [D] Closing does not cancel what is in flight and does not wait for it; each operation holds a
 * reference, so the ring lives on unseen. [I] No event is set any more.
 */
static void ring_close(struct emu_object *obj)
{
    struct emu_ring *ring = emu_ring_from_object(obj);

    if (emu_sim) {
        struct ringer_sim_access popped = {RINGER_SIM_QUEUE, true, emu_sim->id(&obj->sim_id), 0,
                                           emu_queues_cq_head(&ring->queues)};

        emu_sim->tell(RINGER_SIM_CALL_RING_END, &popped);
    }
    atomic_store(&ring->closed, true);
    emu_ring_set_event(ring, 0);
    for (uint32_t i = 0; i < ring->pool_used && EMU_MUTANT(close_cancels); i++)
        if (ring->pool[i].io.is_pending)
            emu_io_cancel(ring->pool[i].io.file, is_of_ring, ring);
    while (atomic_load(&ring->outstanding) && EMU_MUTANT(close_waits))
        emu_ring_poll(ring);
    /* Somebody has to bring home what is still out. Closed, then outstanding; a submit: the reverse. */
    if (!atomic_load(&ring->dead) &&
        (atomic_load(&ring->outstanding) || atomic_load(&ring->held_count)))
        emu_ring_watch(ring);
    atomic_fetch_add(&ring->wait_word, 1); /* after closed: a sleeper looks at both */
    emu_futex_wake(&ring->wait_word, UINT32_MAX);
}

static void ring_destroy(struct emu_object *obj)
{
    struct emu_ring *ring = emu_ring_from_object(obj);

    emu_lock_acquire(&rings_lock);
    emu_list_remove(&ring->link);
    emu_lock_release(&rings_lock);
    ring->queue->ops->queue_destroy(ring->queue);
    emu_ring_files_free(ring->files);
    free(ring->buffers);
    free_pool(ring);
    emu_queues_destroy(&ring->queues);
    emu_lock_fini(&ring->post_lock);
    free(ring);
}

const struct emu_object_ops emu_ring_object_ops = {
    .type = "IoRing",
    .close = ring_close,
    .destroy = ring_destroy,
    .signalled = emu_never_signalled,
    .satisfy = emu_no_satisfy,
    .waitable = false,
};

/* ---- the services ---- */

static NTSTATUS lookup(emu_handle handle, struct emu_ring **ring_out)
{
    struct emu_object *obj;
    NTSTATUS status = emu_handle_lookup(handle, EMU_ACCESS_ANY, &emu_ring_object_ops, &obj, NULL);

    if (!emu_status_failed(status))
        *ring_out = emu_ring_from_object(obj);
    return status;
}

static void fill_info(const struct emu_ring *ring, NT_IORING_INFO *info)
{
    memset(info, 0, sizeof *info);
    info->IoRingVersion = ring->version;
    info->Flags.Required = ring->required_flags;
    info->Flags.Advisory = ring->advisory_flags;
    info->SubmissionQueueSize = ring->queues.sq_size;
    info->SubmissionQueueRingMask = ring->queues.sq_mask;
    info->CompletionQueueSize = ring->queues.cq_size;
    info->CompletionQueueRingMask = ring->queues.cq_mask;
    info->SubmissionQueue = (void *)ring->queues.user;
    info->CompletionQueue = (void *)(ring->queues.user + ring->queues.completion_offset);
}

NTSTATUS emu_nt_create_ioring(emu_handle *ring_out, uint32_t params_nbytes, const void *params,
                              uint32_t info_nbytes, void *info)
{
    NT_IORING_STRUCTV1 wanted;
    NT_IORING_INFO made;
    struct emu_ring *ring;
    emu_handle handle;
    NTSTATUS status;

    /* [I] ioring.md 17: how Windows checks the two lengths is unknown. */
    if (params_nbytes != sizeof wanted || info_nbytes != sizeof made)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!emu_copy_from_user(&wanted, params, sizeof wanted))
        return STATUS_ACCESS_VIOLATION;
    status = check_params(&wanted);
    if (emu_status_failed(status))
        return status;
    status = emu_ring_create(&wanted, &ring);
    if (emu_status_failed(status))
        return status;
    fill_info(ring, &made);
    status = emu_handle_create(&ring->obj, EMU_ACCESS_ANY, &handle);
    if (!emu_status_failed(status) && (!emu_copy_to_user(info, &made, sizeof made) ||
                                       !emu_copy_to_user(ring_out, &handle, sizeof handle))) {
        emu_handle_close(handle);
        status = STATUS_ACCESS_VIOLATION;
    }
    emu_object_release(&ring->obj);
    return status;
}

NTSTATUS emu_nt_submit_ioring(emu_handle handle, uint32_t flags, uint32_t wait_count,
                              const int64_t *timeout_100ns)
{
    struct emu_ring *ring;
    int64_t timeout = 0;
    NTSTATUS status;

    if (flags) /* [I] none is defined */
        return STATUS_INVALID_PARAMETER;
    if (timeout_100ns && !emu_copy_from_user(&timeout, timeout_100ns, sizeof timeout))
        return STATUS_ACCESS_VIOLATION;
    status = lookup(handle, &ring);
    if (emu_status_failed(status))
        return status;
    status = emu_ring_submit(
        ring, wait_count, wait_count && timeout_100ns ? emu_clock_deadline(&timeout) : EMU_FOREVER);
    emu_object_release(&ring->obj);
    return status;
}

NTSTATUS emu_nt_query_ioring_capabilities(uint64_t caps_nbytes, void *caps)
{
    const struct emu_profile *profile = emu_profile();
    NT_IORING_CAPABILITIES row = {
        .Version = profile->max_version,
        .MaxOpcode = profile->max_opcode,
        .FlagsSupported = profile->feature_flags,
        .SubmissionQueueSizeMax = profile->max_submission,
        .CompletionQueueSizeMax = profile->max_completion,
    };

    if (!profile->has_ioring)
        return STATUS_NOT_IMPLEMENTED;
    if (caps_nbytes < sizeof row)
        return STATUS_INFO_LENGTH_MISMATCH;
    return emu_copy_to_user(caps, &row, sizeof row) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

NTSTATUS emu_nt_set_information_ioring(emu_handle handle, uint32_t information_class,
                                       uint32_t info_nbytes, const void *info)
{
    struct emu_ring *ring;
    uint64_t event;
    NTSTATUS status;

    if (information_class != 1) /* [S] completion event: the only class */
        return STATUS_INVALID_INFO_CLASS;
    if (info_nbytes != sizeof event)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!emu_copy_from_user(&event, info, sizeof event))
        return STATUS_ACCESS_VIOLATION;
    status = lookup(handle, &ring);
    if (emu_status_failed(status))
        return status;
    status = emu_ring_set_event(ring, event);
    emu_object_release(&ring->obj);
    return status;
}

NTSTATUS emu_nt_poll_ioring(emu_handle handle)
{
    struct emu_ring *ring;
    NTSTATUS status = lookup(handle, &ring);

    if (emu_status_failed(status))
        return status;
    if (!atomic_load(&ring->dead))
        emu_ring_poll(ring);
    emu_object_release(&ring->obj);
    return STATUS_SUCCESS;
}

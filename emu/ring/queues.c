// SPDX-License-Identifier: MIT
#include "emu/ring/queues.h"

#include "emu/base/mutant.h"
#include "emu/base/sim.h"
#include "emu/base/status.h"
#include "emu/base/usermem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A simulation makes the same rings thousands of times a second: their memory is kept. One thread at a
 * time runs there, so nothing guards it.
 */
static struct emu_ring_queues kept[4];
static uint32_t kept_count;

static bool take_kept(struct emu_ring_queues *queues, uint32_t sq_size, uint32_t cq_size)
{
    for (uint32_t i = 0; i < kept_count; i++) {
        if (kept[i].sq_size != sq_size || kept[i].cq_size != cq_size)
            continue;
        *queues = kept[i];
        kept[i] = kept[--kept_count];
        queues->cq_tail = 0;
        memset(queues->own, 0, queues->nbytes);
        return true;
    }
    return false;
}

/* False: the user may have changed his view. What he writes there must arrive in ours. */
static bool keep(const struct emu_ring_queues *queues)
{
    uint64_t token = (uint64_t)(uintptr_t)queues->own + 1, arrived;

    if (kept_count == sizeof kept / sizeof kept[0] || queues->nbytes > (size_t)sysconf(_SC_PAGESIZE) ||
        !emu_copy_to_user(queues->user, &token, sizeof token))
        return false;
    memcpy(&arrived, queues->own, sizeof arrived);
    if (arrived == token)
        kept[kept_count++] = *queues;
    return arrived == token;
}

NTSTATUS emu_queues_create(struct emu_ring_queues *queues, uint32_t sq_size, uint32_t cq_size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t sq_nbytes = sizeof(NT_IORING_SUBMISSION_QUEUE) + (size_t)sq_size * sizeof(NT_IORING_SQE);
    size_t cq_nbytes = sizeof(NT_IORING_COMPLETION_QUEUE) + (size_t)cq_size * sizeof(NT_IORING_CQE);
    struct stat st;
    int err;

    if (emu_sim && take_kept(queues, sq_size, cq_size))
        return STATUS_SUCCESS;
    memset(queues, 0, sizeof *queues);
    queues->completion_offset = (sq_nbytes + 63) & ~(size_t)63;
    queues->nbytes = (queues->completion_offset + cq_nbytes + page - 1) & ~(page - 1);
    queues->sq_size = sq_size;
    queues->sq_mask = sq_size - 1;
    queues->cq_size = cq_size;
    queues->cq_mask = cq_size - 1;
    queues->fd = memfd_create("ringer-queues", MFD_CLOEXEC);
    if (queues->fd < 0)
        return emu_status_from_errno(errno);
    if (ftruncate(queues->fd, (off_t)queues->nbytes) || fstat(queues->fd, &st))
        goto fail;
    queues->inode = st.st_ino;
    queues->own = mmap(NULL, queues->nbytes, PROT_READ | PROT_WRITE, MAP_SHARED, queues->fd, 0);
    if (queues->own == MAP_FAILED)
        goto fail;
    queues->user = mmap(NULL, queues->nbytes, PROT_READ | PROT_WRITE, MAP_SHARED, queues->fd, 0);
    if (queues->user == MAP_FAILED)
        goto fail_own;
    queues->entries = queues->own + sizeof(NT_IORING_SUBMISSION_QUEUE);
    queues->completions =
        queues->own + queues->completion_offset + sizeof(NT_IORING_COMPLETION_QUEUE);
    return STATUS_SUCCESS;

fail_own:
    err = errno;
    munmap(queues->own, queues->nbytes);
    errno = err;
fail:
    err = errno;
    close(queues->fd);
    /* What mmap calls EAGAIN is a limit reached, not a thing to try again. */
    return err == EAGAIN ? STATUS_INSUFFICIENT_RESOURCES : emu_status_from_errno(err);
}

/*
 * Did the user unmap his view, so that something else may lie there now? /proc knows; where it is not
 * to be had the view is left alone: a leak is better than a stranger's memory gone.
 */
static bool user_view_is_ours(const struct emu_ring_queues *queues)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    unsigned long from, to, inode;
    bool ours = false;
    char line[512];

    if (!maps)
        return false;
    while (!ours && fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx %*s %*s %*s %lu", &from, &to, &inode) == 3)
            ours = from == (unsigned long)queues->user && to - from == queues->nbytes &&
                   inode == queues->inode;
    fclose(maps);
    return ours;
}

void emu_queues_destroy(struct emu_ring_queues *queues)
{
    if (emu_sim && keep(queues))
        return;
    close(queues->fd); /* first: a process that has no descriptor left can look now */
    if (user_view_is_ours(queues))
        munmap(queues->user, queues->nbytes);
    munmap(queues->own, queues->nbytes);
}

void emu_queues_after_fork(struct emu_ring_queues *queues)
{
    mmap(queues->own, queues->nbytes, PROT_READ | PROT_WRITE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (user_view_is_ours(queues))
        mmap(queues->user, queues->nbytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

void emu_queues_forget_kept(void)
{
    kept_count = 0;
}

void emu_queues_put(struct emu_ring_queues *queues, const struct emu_ring_completion *completions,
                    uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        emu_queues_write(emu_queues_slot(queues, i), completions[i].user_data,
                         completions[i].result.status, completions[i].result.information);
    queues->cq_tail += count;
}

/* What mutants do to the completion that was written last; nothing in any other build. */
static inline void mutate_last(struct emu_ring_queues *queues, uint32_t tail_before)
{
    NT_IORING_CQE *entries = (NT_IORING_CQE *)(emu_queues_cq(queues, queues->own) + 1);
    NT_IORING_CQE *last = &entries[(queues->cq_tail - 1) & queues->cq_mask];

    if (EMU_MUTANT(completion_doubled))
        entries[queues->cq_tail++ & queues->cq_mask] = *last;
    if (queues->cq_tail - tail_before > 1 && EMU_MUTANT(completion_lost))
        queues->cq_tail--;
    if (EMU_MUTANT(completion_of_another))
        last->UserData += 1000;
}

bool emu_queues_publish(struct emu_ring_queues *queues, uint32_t tail_before)
{
    NT_IORING_COMPLETION_QUEUE *cq = emu_queues_cq(queues, queues->own);

    mutate_last(queues, tail_before);
    emu_tsan_release(&emu_queues_cq(queues, queues->user)->Tail);
    /* Release: pairs with the popper's acquire of Tail; the entries below are whole. */
    __atomic_store_n(&cq->Tail, queues->cq_tail, __ATOMIC_RELEASE);
    /*
     * The edge: Tail is stored before Head is read here, and the popper stores Head before he reads
     * Tail and calls the queue empty (PopIoRingCompletion has the other fence). One of the two sees
     * the other, so a completion into an empty queue is never missed by both.
     */
    atomic_thread_fence(memory_order_seq_cst);
    return __atomic_load_n(&cq->Head, __ATOMIC_RELAXED) == tail_before || EMU_MUTANT(event_level);
}

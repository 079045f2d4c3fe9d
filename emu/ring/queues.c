// SPDX-License-Identifier: MIT
#include "emu/ring/queues.h"

#include "emu/base/status.h"
#include "emu/base/tsan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static NT_IORING_SUBMISSION_QUEUE *sq_of(const struct emu_ring_queues *queues, char *view)
{
    (void)queues;
    return (NT_IORING_SUBMISSION_QUEUE *)(void *)view;
}

static NT_IORING_COMPLETION_QUEUE *cq_of(const struct emu_ring_queues *queues, char *view)
{
    return (NT_IORING_COMPLETION_QUEUE *)(void *)(view + queues->completion_offset);
}

/* The shared words are plain UINT32 in the public layout; every access of ours is atomic. */
static uint32_t load_acquire(UINT32 *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

NTSTATUS emu_queues_create(struct emu_ring_queues *queues, uint32_t sq_size, uint32_t cq_size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t sq_nbytes = sizeof(NT_IORING_SUBMISSION_QUEUE) + (size_t)sq_size * sizeof(NT_IORING_SQE);
    size_t cq_nbytes = sizeof(NT_IORING_COMPLETION_QUEUE) + (size_t)cq_size * sizeof(NT_IORING_CQE);
    struct stat st;
    int err;

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
    return STATUS_SUCCESS;

fail_own:
    err = errno;
    munmap(queues->own, queues->nbytes);
    errno = err;
fail:
    err = errno;
    close(queues->fd);
    return emu_status_from_errno(err);
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
    if (user_view_is_ours(queues))
        munmap(queues->user, queues->nbytes);
    munmap(queues->own, queues->nbytes);
    close(queues->fd);
}

void emu_queues_after_fork(struct emu_ring_queues *queues)
{
    mmap(queues->own, queues->nbytes, PROT_READ | PROT_WRITE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (user_view_is_ours(queues))
        mmap(queues->user, queues->nbytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

uint32_t emu_queues_sq_tail(const struct emu_ring_queues *queues)
{
    /* Acquire: pairs with the builder's release store of Tail; the entries below are whole. */
    uint32_t tail = load_acquire(&sq_of(queues, queues->own)->Tail);

    emu_tsan_acquire(&sq_of(queues, queues->user)->Tail);
    return tail;
}

uint32_t emu_queues_sq_head(const struct emu_ring_queues *queues)
{
    return __atomic_load_n(&sq_of(queues, queues->own)->Head, __ATOMIC_RELAXED);
}

uint32_t emu_queues_cq_head(const struct emu_ring_queues *queues)
{
    /* Acquire: pairs with the popper's release; he has read the slots that we write again. */
    return load_acquire(&cq_of(queues, queues->own)->Head);
}

void emu_queues_snapshot(const struct emu_ring_queues *queues, uint32_t index, NT_IORING_SQE *copy)
{
    uint64_t *from = (uint64_t *)(void *)(queues->own + sizeof(NT_IORING_SUBMISSION_QUEUE) +
                                          (size_t)(index & queues->sq_mask) * sizeof *copy);
    uint64_t words[8];

    /* Relaxed: a thread that scribbles meanwhile gives any mixture, but each word is read once. */
    for (int i = 0; i < 8; i++)
        words[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
    memcpy(copy, words, sizeof *copy);
}

void emu_queues_set_sq_head(struct emu_ring_queues *queues, uint32_t head)
{
    emu_tsan_release(&sq_of(queues, queues->user)->Head);
    /* Release: pairs with the builder's acquire of Head before he writes a slot again. */
    __atomic_store_n(&sq_of(queues, queues->own)->Head, head, __ATOMIC_RELEASE);
}

void emu_queues_put(struct emu_ring_queues *queues, uint64_t user_data, NTSTATUS status,
                    uint64_t information)
{
    uint64_t *to =
        (uint64_t *)(void *)(queues->own + queues->completion_offset +
                             sizeof(NT_IORING_COMPLETION_QUEUE) +
                             (size_t)(queues->cq_tail & queues->cq_mask) * sizeof(NT_IORING_CQE));

    /* Relaxed words: a user who reads ahead of Tail sees rubbish, not undefined behaviour. */
    __atomic_store_n(&to[0], user_data, __ATOMIC_RELAXED);
    __atomic_store_n(&to[1], (uint32_t)status, __ATOMIC_RELAXED);
    __atomic_store_n(&to[2], information, __ATOMIC_RELAXED);
    queues->cq_tail++;
}

bool emu_queues_publish(struct emu_ring_queues *queues, uint32_t tail_before)
{
    NT_IORING_COMPLETION_QUEUE *cq = cq_of(queues, queues->own);

    emu_tsan_release(&cq_of(queues, queues->user)->Tail);
    /* Release: pairs with the popper's acquire of Tail; the entries below are whole. */
    __atomic_store_n(&cq->Tail, queues->cq_tail, __ATOMIC_RELEASE);
    /*
     * The edge: Tail is stored before Head is read here, and the popper stores Head before he reads
     * Tail and calls the queue empty (PopIoRingCompletion has the other fence). One of the two sees
     * the other, so a completion into an empty queue is never missed by both.
     */
    atomic_thread_fence(memory_order_seq_cst);
    return __atomic_load_n(&cq->Head, __ATOMIC_RELAXED) == tail_before;
}

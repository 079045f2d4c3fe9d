/* SPDX-License-Identifier: MIT */
/* Operations and their lists, and how one is built into the system's ring. ring->lock is held but
 * there. */
#include "hooks/plugins/refvfs/ring.h"
#include "hooks/plugins/layer/mutant.h"

#include <stdlib.h>

/*
 * What our numbers look like on the system's ring. Entries from before the turn carry the program's
 * own values: one that looks the same would have to be guessed.
 */
#define NUMBER_TAG ((UINT_PTR)0xA7C359E200000000ull)
#define NUMBER_MASK ((UINT_PTR)0xFFFFFFFF00000000ull)

void rv_list_init(struct rv_list *list)
{
    list->first = NULL;
    list->last = &list->first;
    list->count = 0;
}

void rv_list_append(struct rv_list *list, struct rv_op *op)
{
    op->next = NULL;
    *list->last = op;
    list->last = &op->next;
    list->count++;
}

void rv_list_push(struct rv_list *list, struct rv_op *op)
{
    op->next = list->first;
    list->first = op;
    if (!op->next)
        list->last = &op->next;
    list->count++;
}

struct rv_op *rv_list_take(struct rv_list *list)
{
    struct rv_op *op = list->first;

    if (!op)
        return NULL;
    list->first = op->next;
    if (!list->first)
        list->last = &list->first;
    list->count--;
    return op;
}

static bool grow(struct rv_ring *ring)
{
    struct rv_op **chunks = realloc(ring->chunks, (ring->chunk_count + 1) * sizeof *chunks);
    struct rv_op *chunk = chunks ? calloc(RV_CHUNK, sizeof *chunk) : NULL;

    if (chunks)
        ring->chunks = chunks;
    if (!chunk)
        return false;
    for (UINT32 i = RV_CHUNK; i-- > 0;) {
        chunk[i].ring = ring;
        chunk[i].number = NUMBER_TAG | (ring->chunk_count * RV_CHUNK + i);
        chunk[i].next = ring->free_ops;
        ring->free_ops = &chunk[i];
    }
    ring->chunks[ring->chunk_count++] = chunk;
    return true;
}

struct rv_op *rv_op_take_locked(struct rv_ring *ring)
{
    struct rv_op *op;

    if (!ring->free_ops && !grow(ring))
        return NULL;
    op = ring->free_ops;
    ring->free_ops = op->next;
    *op = (struct rv_op){.ring = ring, .number = op->number, .state = RV_BUILT};
    return op;
}

void rv_op_give_locked(struct rv_op *op)
{
    struct rv_ring *ring = op->ring;

    op->state = RV_FREE;
    op->unpinned = op->pins != 0;
    if (op->pins)
        return; /* whoever unpins it gives it back */
    op->next = ring->free_ops;
    ring->free_ops = op;
}

void rv_op_bury_locked(struct rv_op *op)
{
    op->state = RV_FREE;
    if (op->open || op->files || op->infos || op->copy)
        rv_list_append(&op->ring->dead, op);
    else
        rv_op_give_locked(op);
}

static void handle_close(HANDLE handle)
{
    ringer_bypass_enter();
    if (handle)
        CloseHandle(handle);
    ringer_bypass_leave();
}

HANDLE rv_own_copy(HANDLE handle)
{
    HANDLE copy = NULL;

    ringer_bypass_enter();
    if (handle && !DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0,
                                   FALSE, DUPLICATE_SAME_ACCESS))
        copy = NULL;
    ringer_bypass_leave();
    return copy;
}

void rv_files_free(struct rv_file *files, UINT32 count)
{
    for (UINT32 i = 0; files && i < count; i++) {
        handle_close(files[i].own);
        vl_open_release(files[i].open);
    }
    free(files);
}

void rv_let_go(struct rv_op *op)
{
    handle_close(op->own);
    if (op->ahead)
        atomic_fetch_sub(&op->open->ahead, op->ahead);
    op->ahead = 0;
    vl_open_release(op->open);
    rv_files_free(op->files, op->count);
    free(op->infos);
    free(op->copy);
    op->own = NULL;
    op->open = NULL;
    op->files = NULL;
    op->infos = NULL;
    op->copy = NULL;
}

void rv_sweep(struct rv_ring *ring)
{
    struct rv_op *op;

    for (;;) {
        AcquireSRWLockExclusive(&ring->lock);
        op = rv_list_take(&ring->dead);
        ReleaseSRWLockExclusive(&ring->lock);
        if (!op)
            return;
        rv_let_go(op);
        AcquireSRWLockExclusive(&ring->lock);
        rv_op_give_locked(op);
        ReleaseSRWLockExclusive(&ring->lock);
    }
}

void rv_ops_free(struct rv_ring *ring)
{
    for (UINT32 i = 0; i < ring->chunk_count * RV_CHUNK; i++)
        rv_let_go(&ring->chunks[i / RV_CHUNK][i % RV_CHUNK]);
    for (UINT32 i = 0; i < ring->chunk_count; i++)
        free(ring->chunks[i]);
    free(ring->chunks);
    ring->chunks = NULL;
    ring->chunk_count = 0;
}

struct rv_op *rv_op_numbered_locked(struct rv_ring *ring, UINT_PTR number)
{
    UINT_PTR index = number & ~NUMBER_MASK;
    struct rv_op *op;

    if ((number & NUMBER_MASK) != NUMBER_TAG || index >= (UINT_PTR)ring->chunk_count * RV_CHUNK)
        return NULL;
    op = &ring->chunks[index / RV_CHUNK][index % RV_CHUNK];
    return op->state == RV_REAL ? op : NULL;
}

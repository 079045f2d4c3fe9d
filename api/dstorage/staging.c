/* SPDX-License-Identifier: MIT */
/* The budget, and blocks that are used again. */
#include "api/dstorage/staging.h"

#include <stdlib.h>

#define SMALLEST ((size_t)64 << 10)
#define CLASSES 16u

void ds_staging_init(struct ds_staging *staging, size_t limit)
{
    InitializeSRWLock(&staging->lock);
    staging->limit = limit;
    staging->used = 0;
    staging->spare_nbytes = 0;
    for (unsigned i = 0; i < CLASSES; i++)
        emu_list_init(&staging->spare[i]);
}

static void block_free(struct ds_staging_block *block)
{
    VirtualFree(block->memory, 0, MEM_RELEASE);
    free(block);
}

/* [D] A size of 0 also frees what was there. Called with the lock, or when nobody else is there. */
static void trim_locked(struct ds_staging *staging)
{
    for (unsigned i = 0; i < CLASSES; i++) {
        for (struct emu_list *node; (node = emu_list_take_first(&staging->spare[i]));)
            block_free(EMU_CONTAINER(node, struct ds_staging_block, link));
    }
    staging->spare_nbytes = 0;
}

void ds_staging_fini(struct ds_staging *staging)
{
    trim_locked(staging);
}

void ds_staging_resize(struct ds_staging *staging, size_t limit)
{
    AcquireSRWLockExclusive(&staging->lock);
    staging->limit = limit;
    trim_locked(staging);
    ReleaseSRWLockExclusive(&staging->lock);
}

size_t ds_staging_limit(struct ds_staging *staging)
{
    size_t limit;

    AcquireSRWLockShared(&staging->lock);
    limit = staging->limit;
    ReleaseSRWLockShared(&staging->lock);
    return limit;
}

static unsigned class_of(size_t nbytes)
{
    unsigned i = 0;

    while (i < CLASSES && SMALLEST << i < nbytes)
        i++;
    return i;
}

static struct ds_staging_block *block_new(size_t nbytes)
{
    struct ds_staging_block *block = malloc(sizeof *block);

    if (!block)
        return NULL;
    block->nbytes = nbytes;
    block->memory = VirtualAlloc(NULL, nbytes, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    if (!block->memory) {
        free(block);
        return NULL;
    }
    emu_list_init(&block->link);
    return block;
}

struct ds_staging_block *ds_staging_take(struct ds_staging *staging, size_t nbytes,
                                         unsigned quarters, bool *later)
{
    unsigned class = class_of(nbytes);
    size_t rounded = class < CLASSES ? SMALLEST << class : nbytes;
    struct ds_staging_block *block = NULL;
    struct emu_list *node = NULL;

    AcquireSRWLockExclusive(&staging->lock);
    /* The first one always passes: alignment may make it a little larger than the limit. */
    *later = staging->used && staging->used + rounded > staging->limit / 4 * quarters;
    if (!*later) {
        staging->used += rounded;
        node = class < CLASSES ? emu_list_take_first(&staging->spare[class]) : NULL;
    }
    if (node) {
        block = EMU_CONTAINER(node, struct ds_staging_block, link);
        staging->spare_nbytes -= block->nbytes;
    }
    ReleaseSRWLockExclusive(&staging->lock);
    if (*later || block)
        return block;
    block = block_new(rounded);
    if (!block) {
        AcquireSRWLockExclusive(&staging->lock);
        staging->used -= rounded;
        ReleaseSRWLockExclusive(&staging->lock);
    }
    return block;
}

void ds_staging_give(struct ds_staging *staging, struct ds_staging_block *block)
{
    unsigned class = class_of(block->nbytes);
    bool keep;

    AcquireSRWLockExclusive(&staging->lock);
    staging->used -= block->nbytes;
    keep = class < CLASSES && staging->spare_nbytes + block->nbytes <= staging->limit;
    if (keep) {
        emu_list_append(&staging->spare[class], &block->link);
        staging->spare_nbytes += block->nbytes;
    }
    ReleaseSRWLockExclusive(&staging->lock);
    if (!keep)
        block_free(block);
}

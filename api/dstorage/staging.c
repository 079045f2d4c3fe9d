/* SPDX-License-Identifier: MIT */
/* The budget, and blocks that are used again. */
#include "api/dstorage/staging.h"

#include "api/dstorage/queue.h"

#include <stdlib.h>

#define SMALLEST ((size_t)64 << 10)
#define CLASSES 16u

void ds_staging_init(struct ds_staging *staging, size_t limit)
{
    InitializeSRWLock(&staging->lock);
    staging->limit = limit;
    staging->used = staging->lent = 0;
    emu_list_init(&staging->wishing);
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
    block->lent = false;
    block->memory = VirtualAlloc(NULL, nbytes, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    if (!block->memory) {
        free(block);
        return NULL;
    }
    emu_list_init(&block->link);
    return block;
}

/* The first one always passes: alignment may make it a little larger than the limit. */
static bool fits_locked(const struct ds_staging *staging, size_t nbytes, unsigned quarters)
{
    return !staging->used || staging->used + nbytes <= staging->limit / 4 * quarters;
}

static struct ds_entry *entry_of(struct emu_list *node)
{
    return EMU_CONTAINER(node, struct ds_entry, link);
}

/* What is not lent comes back by itself, so the wish is served in time. */
static bool will_fit_locked(const struct ds_staging *staging, const struct ds_entry *entry)
{
    return !staging->lent || staging->lent + entry->wish.nbytes <= staging->limit;
}

/* Whether somebody who comes now has to stand behind those that wish. */
static bool must_queue_locked(const struct ds_staging *staging)
{
    const struct emu_list *node;

    emu_list_for_each(node, &staging->wishing) {
        if (will_fit_locked(staging, EMU_CONTAINER(node, struct ds_entry, link)))
            return true;
    }
    return false;
}

/* Serves in order whom there is memory for. */
static void grant_locked(struct ds_staging *staging, struct emu_list *resumed)
{
    struct emu_list *node, *next;

    emu_list_for_each_safe(node, next, &staging->wishing) {
        struct ds_entry *entry = entry_of(node);

        if (fits_locked(staging, entry->wish.nbytes, 4)) {
            staging->used += entry->wish.nbytes;
            entry->wish.granted = true;
            emu_list_remove(node);
            emu_list_append(resumed, node);
        } else if (will_fit_locked(staging, entry)) {
            break;
        }
    }
}

/* The budget's part: false when the caller has to come again. */
static bool afford_locked(struct ds_staging *staging, struct ds_entry *entry, size_t nbytes,
                          unsigned quarters, bool waits, struct emu_list *resumed)
{
    if (entry->wish.granted) {
        staging->used += nbytes - entry->wish.nbytes; /* the same, when nothing has changed */
        entry->wish = (struct ds_staging_wish){0};
        return true;
    }
    if (fits_locked(staging, nbytes, quarters) && !must_queue_locked(staging)) {
        staging->used += nbytes;
        return true;
    }
    /* A sweep comes after the flag is set and takes this lock: one of the two sees the other. */
    if (waits && ds_get(&entry->cancelled)) {
        emu_list_append(resumed, &entry->link);
    } else if (waits) {
        entry->wish.nbytes = nbytes;
        emu_list_append(&staging->wishing, &entry->link);
    }
    return false;
}

struct ds_staging_block *ds_staging_take(struct ds_staging *staging, struct ds_entry *entry,
                                         size_t nbytes, unsigned quarters, bool waits, bool *later,
                                         struct emu_list *resumed)
{
    unsigned class = class_of(nbytes);
    size_t rounded = class < CLASSES ? SMALLEST << class : nbytes;
    struct ds_staging_block *block = NULL;
    struct emu_list *node = NULL;

    AcquireSRWLockExclusive(&staging->lock);
    *later = !afford_locked(staging, entry, rounded, quarters, waits, resumed);
    if (!*later)
        node = class < CLASSES ? emu_list_take_first(&staging->spare[class]) : NULL;
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
        grant_locked(staging, resumed);
        ReleaseSRWLockExclusive(&staging->lock);
    }
    return block;
}

static void lend_locked(struct ds_staging *staging, struct ds_staging_block *block, bool lent)
{
    if (block->lent == lent)
        return;
    block->lent = lent;
    if (lent)
        staging->lent += block->nbytes;
    else
        staging->lent -= block->nbytes;
}

void ds_staging_give(struct ds_staging *staging, struct ds_staging_block *block,
                     struct emu_list *resumed)
{
    unsigned class = class_of(block->nbytes);
    bool keep;

    AcquireSRWLockExclusive(&staging->lock);
    lend_locked(staging, block, false);
    staging->used -= block->nbytes;
    keep = class < CLASSES && staging->spare_nbytes + block->nbytes <= staging->limit;
    if (keep) {
        emu_list_append(&staging->spare[class], &block->link);
        staging->spare_nbytes += block->nbytes;
    }
    grant_locked(staging, resumed);
    ReleaseSRWLockExclusive(&staging->lock);
    if (!keep)
        block_free(block);
}

void ds_staging_lend(struct ds_staging *staging, struct ds_staging_block *block, bool lent,
                     struct emu_list *resumed)
{
    AcquireSRWLockExclusive(&staging->lock);
    lend_locked(staging, block, lent);
    if (lent)
        grant_locked(staging, resumed);
    ReleaseSRWLockExclusive(&staging->lock);
}

void ds_staging_forgo(struct ds_staging *staging, struct ds_entry *entry, struct emu_list *resumed)
{
    AcquireSRWLockExclusive(&staging->lock);
    if (entry->wish.granted) {
        staging->used -= entry->wish.nbytes;
        grant_locked(staging, resumed);
    }
    entry->wish = (struct ds_staging_wish){0};
    ReleaseSRWLockExclusive(&staging->lock);
}

void ds_staging_sweep(struct ds_staging *staging, struct emu_list *resumed)
{
    struct emu_list *node, *next;

    AcquireSRWLockExclusive(&staging->lock);
    emu_list_for_each_safe(node, next, &staging->wishing) {
        if (ds_get(&entry_of(node)->cancelled)) {
            emu_list_remove(node);
            emu_list_append(resumed, node);
        }
    }
    grant_locked(staging, resumed);
    ReleaseSRWLockExclusive(&staging->lock);
}

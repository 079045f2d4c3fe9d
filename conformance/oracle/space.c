/* SPDX-License-Identifier: MIT */
#include "conformance/oracle/space.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_NBYTES = 1 << 17, MOST_IDLE_NBYTES = 1 << 22 };

static struct ora_block *add_block(struct ora_space *space, size_t nbytes)
{
    struct ora_block *block;

    if (nbytes < BLOCK_NBYTES)
        nbytes = BLOCK_NBYTES;
    block = nbytes > SIZE_MAX - sizeof(*block) ? NULL : malloc(sizeof(*block) + nbytes);
    if (!block)
        return NULL;
    block->nbytes = nbytes;
    block->next = space->block ? space->block->next : space->first;
    if (space->block)
        space->block->next = block;
    else
        space->first = block;
    return block;
}

void *ora_take_dirty(struct ora_space *space, size_t count, size_t nbytes)
{
    struct ora_block *next;
    void *memory;

    if (nbytes && count > (SIZE_MAX - 15) / nbytes)
        return NULL;
    nbytes = (count * nbytes + 15) & ~(size_t)15;
    if (!space->block || space->block->nbytes - space->used < nbytes) {
        next = space->block ? space->block->next : space->first;
        if (!next || next->nbytes < nbytes)
            next = add_block(space, nbytes);
        if (!next)
            return NULL;
        space->block = next;
        space->used = 0;
    }
    memory = space->block->bytes + space->used;
    space->used += nbytes;
    return memory;
}

void *ora_take(struct ora_space *space, size_t count, size_t nbytes)
{
    void *memory = ora_take_dirty(space, count, nbytes);

    return memory ? memset(memory, 0, count * nbytes) : NULL;
}

struct ora_mark ora_space_mark(const struct ora_space *space)
{
    return (struct ora_mark){space->block, space->used};
}

void ora_space_return(struct ora_space *space, struct ora_mark mark)
{
    struct ora_block **link = mark.block ? &mark.block->next : &space->first;

    space->block = mark.block;
    space->used = mark.used;
    while (*link) { /* what one rule needed for a long trace is not kept for the next */
        struct ora_block *block = *link;

        if (block->nbytes <= MOST_IDLE_NBYTES) {
            link = &block->next;
        } else {
            *link = block->next;
            free(block);
        }
    }
}

void ora_space_fini(struct ora_space *space)
{
    while (space->first) {
        struct ora_block *next = space->first->next;

        free(space->first);
        space->first = next;
    }
    *space = (struct ora_space){0};
}

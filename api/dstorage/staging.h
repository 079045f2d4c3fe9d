/* SPDX-License-Identifier: MIT */
/*
 * Staging memory: where data lies between the file and its destination when it cannot go there
 * directly. All queues share one budget. [D, R] DC12, DC5
 */
#ifndef DS_STAGING_H
#define DS_STAGING_H

#include "api/dstorage/object.h"

#define DS_PAGE 4096u

struct ds_staging_block {
    struct emu_list link; /* while it is spare */
    char *memory;         /* page-aligned */
    size_t nbytes;        /* usable */
};

struct ds_staging {
    SRWLOCK lock;
    size_t limit, used;        /* what is handed out; lock */
    struct emu_list spare[16]; /* blocks to be used again, by size: 64 KiB << index; lock */
    size_t spare_nbytes;
};

void ds_staging_init(struct ds_staging *staging, size_t limit);
void ds_staging_fini(struct ds_staging *staging);
/* Blocks of the old size stay with who has them. */
void ds_staging_resize(struct ds_staging *staging, size_t limit);
size_t ds_staging_limit(struct ds_staging *staging);

/*
 * A block of at least nbytes, or NULL when the budget does not allow it now (*later is true:
 * somebody has some), or there is no memory. quarters of the limit may be in use then.
 */
struct ds_staging_block *ds_staging_take(struct ds_staging *staging, size_t nbytes,
                                         unsigned quarters, bool *later);
void ds_staging_give(struct ds_staging *staging, struct ds_staging_block *block);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Staging memory: where data lies between the file and its destination when it cannot go there
 * directly. All queues share one budget. [D, R] DC12, DC5
 */
#ifndef DS_STAGING_H
#define DS_STAGING_H

#include "api/dstorage/object.h"

#define DS_PAGE 4096u

struct ds_entry;

struct ds_staging_block {
    struct emu_list link; /* while it is spare */
    char *memory;         /* page-aligned */
    size_t nbytes;        /* usable */
    bool lent;            /* staging->lock */
};

/* What an entry waits for, or was given and has not fetched; staging->lock. */
struct ds_staging_wish {
    size_t nbytes; /* of the budget; 0: nothing */
    bool granted;
};

struct ds_staging {
    SRWLOCK lock;
    size_t limit, used;        /* what is handed out, or granted; lock */
    size_t lent;               /* of it, what waits for a fence or the program; lock */
    struct emu_list wishing;   /* of ds_entry.link, the first come first; lock */
    struct emu_list spare[16]; /* blocks to be used again, by size: 64 KiB << index; lock */
    size_t spare_nbytes;
};

void ds_staging_init(struct ds_staging *staging, size_t limit);
void ds_staging_fini(struct ds_staging *staging);
/* Blocks of the old size stay with who has them. */
void ds_staging_resize(struct ds_staging *staging, size_t limit);
size_t ds_staging_limit(struct ds_staging *staging);

/*
 * A block of at least nbytes; NULL when the budget does not allow it now, or others wait for theirs
 * (*later is true), or there is no memory. quarters of the limit may be in use then.
 *
 * waits: with *later the entry is in the list of those that wish, and so the list's, until its turn
 * has come and it is resumed. Who comes later does not overtake, unless the first cannot be served
 * before a fence or the program gives something back: those may need what stands behind it.
 *
 * Whose turn has come is appended to *resumed, by this and the rest.
 */
struct ds_staging_block *ds_staging_take(struct ds_staging *staging, struct ds_entry *entry,
                                         size_t nbytes, unsigned quarters, bool waits, bool *later,
                                         struct emu_list *resumed);
void ds_staging_give(struct ds_staging *staging, struct ds_staging_block *block,
                     struct emu_list *resumed);
/* The block waits, with its data, for what we cannot hasten; or no longer. */
void ds_staging_lend(struct ds_staging *staging, struct ds_staging_block *block, bool lent,
                     struct emu_list *resumed);
/* What was granted to the entry is not wanted any more. */
void ds_staging_forgo(struct ds_staging *staging, struct ds_entry *entry, struct emu_list *resumed);
/* Entries that were cancelled wish for nothing. */
void ds_staging_sweep(struct ds_staging *staging, struct emu_list *resumed);

#endif

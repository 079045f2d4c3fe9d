/* SPDX-License-Identifier: MIT */
/*
 * Memory of one check: taken in pieces, given back all at once. What a rule takes is gone when the next
 * rule begins. No lock.
 */
#ifndef CF_ORACLE_SPACE_H
#define CF_ORACLE_SPACE_H

#include <stddef.h>

struct ora_block {
    struct ora_block *next;
    size_t nbytes;
    _Alignas(16) char bytes[];
};

struct ora_space {
    struct ora_block *first, *block;
    size_t used; /* of block */
};

struct ora_mark {
    struct ora_block *block;
    size_t used;
};

/* NULL without memory. The first is all zeros. */
void *ora_take(struct ora_space *space, size_t count, size_t nbytes);
void *ora_take_dirty(struct ora_space *space, size_t count, size_t nbytes);
struct ora_mark ora_space_mark(const struct ora_space *space);
void ora_space_return(struct ora_space *space, struct ora_mark mark);
/* A mark of all zeros is the beginning. */
void ora_space_fini(struct ora_space *space);

#endif

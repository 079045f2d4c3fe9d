/* SPDX-License-Identifier: MIT */
/* A hash table from (text, group, number) to an index. Texts are borrowed; no lock. */
#ifndef CF_ORACLE_NAMES_H
#define CF_ORACLE_NAMES_H

#include "conformance/oracle/space.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ora_name {
    const char *text; /* NULL: free slot */
    size_t group;
    uint64_t number;
    size_t value;
};

struct ora_names {
    struct ora_name *slots;
    size_t mask, used;
    struct ora_space *space; /* borrowed; what the slots lie in */
    bool failed; /* out of memory once: what is in it must not be believed */
    struct ora_name spill; /* given out instead, then */
};

/* Empty; memory is taken with the first key. */
void ora_names_init(struct ora_names *names, struct ora_space *space);
/* The slot of the key, good until the next call; a new one has value SIZE_MAX. */
struct ora_name *ora_names_at(struct ora_names *names, const char *text, size_t group,
                              uint64_t number);

/* NULL when there is no such key. */
const struct ora_name *ora_names_find(const struct ora_names *names, const char *text, size_t group,
                                      uint64_t number);

#endif

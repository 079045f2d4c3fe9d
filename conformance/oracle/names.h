/* SPDX-License-Identifier: MIT */
/* A hash table from (text, group, number) to an index; sized once, never grows, texts are borrowed. */
#ifndef CF_ORACLE_NAMES_H
#define CF_ORACLE_NAMES_H

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
    size_t mask;
};

bool ora_names_init(struct ora_names *names, size_t capacity);
void ora_names_fini(struct ora_names *names);
/* The slot of the key; a new one has value SIZE_MAX. At most `capacity` different keys. */
struct ora_name *ora_names_at(struct ora_names *names, const char *text, size_t group,
                              uint64_t number);

#endif

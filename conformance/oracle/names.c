/* SPDX-License-Identifier: MIT */
/* Open addressing over FNV-1a; at most half full. */
#include "conformance/oracle/names.h"

#include <stdlib.h>
#include <string.h>

bool ora_names_init(struct ora_names *names, size_t capacity)
{
    size_t slots = 16;

    while (slots < 2 * (capacity + 1))
        slots *= 2;
    names->slots = calloc(slots, sizeof(*names->slots));
    names->mask = slots - 1;
    return names->slots;
}

void ora_names_fini(struct ora_names *names)
{
    free(names->slots);
    names->slots = NULL;
}

struct ora_name *ora_names_at(struct ora_names *names, const char *text, size_t group,
                              uint64_t number)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (const char *next = text; *next; next++)
        hash = (hash ^ (unsigned char)*next) * 0x100000001b3u;
    hash = (hash ^ number) * 0x9e3779b97f4a7c15u;
    hash = (hash ^ hash >> 31 ^ group) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
    for (size_t i = (size_t)hash & names->mask;; i = (i + 1) & names->mask) {
        struct ora_name *slot = &names->slots[i];

        if (!slot->text) {
            *slot = (struct ora_name){text, group, number, SIZE_MAX};
            return slot;
        }
        if (slot->number == number && slot->group == group && !strcmp(slot->text, text))
            return slot;
    }
}

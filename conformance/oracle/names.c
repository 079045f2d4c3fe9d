/* SPDX-License-Identifier: MIT */
/* Open addressing over FNV-1a; at most half full. */
#include "conformance/oracle/names.h"
#include "conformance/trace/same.h"

#include <string.h>

enum { FIRST_SLOTS = 16 };

void ora_names_init(struct ora_names *names, struct ora_space *space)
{
    *names = (struct ora_names){.space = space};
}

/* The key's slot, or the free one where it belongs. */
static struct ora_name *probe(const struct ora_names *names, const char *text, size_t group,
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

        if (!slot->text ||
            (slot->number == number && slot->group == group && cf_same(slot->text, text)))
            return slot;
    }
}

static bool grow(struct ora_names *names)
{
    struct ora_names larger = {.mask = names->slots ? 2 * names->mask + 1 : FIRST_SLOTS - 1};

    larger.slots = ora_take(names->space, larger.mask + 1, sizeof(*larger.slots));
    if (!larger.slots)
        return false;
    for (size_t i = 0; names->slots && i <= names->mask; i++) {
        const struct ora_name *old = &names->slots[i];

        if (old->text)
            *probe(&larger, old->text, old->group, old->number) = *old;
    }
    names->slots = larger.slots;
    names->mask = larger.mask;
    return true;
}

struct ora_name *ora_names_at(struct ora_names *names, const char *text, size_t group,
                              uint64_t number)
{
    struct ora_name *slot = names->slots ? probe(names, text, group, number) : NULL;

    if (slot && slot->text)
        return slot;
    if (!slot || 2 * (names->used + 1) > names->mask) {
        if (!grow(names)) {
            names->failed = true;
            names->spill = (struct ora_name){text, group, number, SIZE_MAX};
            return &names->spill;
        }
        slot = probe(names, text, group, number);
    }
    names->used++;
    *slot = (struct ora_name){text, group, number, SIZE_MAX};
    return slot;
}

const struct ora_name *ora_names_find(const struct ora_names *names, const char *text, size_t group,
                                      uint64_t number)
{
    const struct ora_name *slot = names->slots ? probe(names, text, group, number) : NULL;

    return slot && slot->text ? slot : NULL;
}

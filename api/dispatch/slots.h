/* SPDX-License-Identifier: MIT */
/*
 * One pointer an export. A public stub jumps through its slot; whoever replaces a function stores into
 * the slot. The table knows no module: what an export is called stands in exports.def.
 */
#ifndef DISPATCH_SLOTS_H
#define DISPATCH_SLOTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum dispatch_id {
#define EXPORT(module, ret, name, params, args) DISPATCH_##name,
#define EXPORT_NORETURN EXPORT
#include "api/dispatch/exports.def"
#undef EXPORT_NORETURN
#undef EXPORT
    DISPATCH_COUNT
};

/*
 * Statically initialised with the implementations, so that a call from somebody else's constructor,
 * before ours ran, works. Function pointers as void *: POSIX has them convertible. Hidden, also where
 * it is only declared: a stub must not go through the GOT.
 */
extern _Atomic(void *) dispatch_slots[DISPATCH_COUNT] __attribute__((visibility("hidden")));

struct dispatch_export {
    const char *module; /* "kernelbase" or "ntdll" */
    const char *name;
    void *stub;           /* what programs and GetProcAddress see */
    void *implementation; /* ours */
};

/* Never changes; index is enum dispatch_id. */
extern const struct dispatch_export dispatch_exports[DISPATCH_COUNT];

/* What the slot holds now. Acquire: pairs with dispatch_swap, so what the new function needs is there. */
static inline void *dispatch_load(enum dispatch_id id)
{
    return atomic_load_explicit(&dispatch_slots[id], memory_order_acquire);
}

/* Stores replacement and returns what was there. A caller already inside the old one stays there. */
void *dispatch_swap(enum dispatch_id id, void *replacement);

/* The same, only when the slot still holds expected. */
bool dispatch_replace(enum dispatch_id id, void *expected, void *replacement);

/* DISPATCH_COUNT when there is none. module is a canonical name or NULL for any. */
enum dispatch_id dispatch_find(const char *module, const char *name);
enum dispatch_id dispatch_find_stub(const void *stub);

#endif

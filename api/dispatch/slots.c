/* SPDX-License-Identifier: MIT */
/* The slots and the table of names beside them, both made from exports.def. */
#include "api/dispatch/slots.h"

#include "api/dispatch/implementations.h"

#include <string.h>

_Atomic(void *) dispatch_slots[DISPATCH_COUNT] = {
#define EXPORT(module, ret, name, params, args)                                                    \
    [DISPATCH_##name] = (void *)DISPATCH_IMPLEMENTATION(module, name),
#define EXPORT_NORETURN EXPORT
#include "api/dispatch/exports.def"
#undef EXPORT_NORETURN
#undef EXPORT
};

const struct dispatch_export dispatch_exports[DISPATCH_COUNT] = {
#define EXPORT(module, ret, name, params, args)                                                    \
    [DISPATCH_##name] = {#module, #name, (void *)name,                                             \
                         (void *)DISPATCH_IMPLEMENTATION(module, name)},
#define EXPORT_NORETURN EXPORT
#include "api/dispatch/exports.def"
#undef EXPORT_NORETURN
#undef EXPORT
};

void *dispatch_swap(enum dispatch_id id, void *replacement)
{
    /* Release: pairs with dispatch_load and the stubs. Acquire: the old one may be called at once. */
    return atomic_exchange_explicit(&dispatch_slots[id], replacement, memory_order_acq_rel);
}

bool dispatch_replace(enum dispatch_id id, void *expected, void *replacement)
{
    /* As dispatch_swap. */
    return atomic_compare_exchange_strong_explicit(&dispatch_slots[id], &expected, replacement,
                                                   memory_order_acq_rel, memory_order_acquire);
}

enum dispatch_id dispatch_find(const char *module, const char *name)
{
    for (unsigned id = 0; id < DISPATCH_COUNT; id++) {
        const struct dispatch_export *row = &dispatch_exports[id];

        if (strcmp(row->name, name) == 0 && (!module || strcmp(row->module, module) == 0))
            return (enum dispatch_id)id;
    }
    return DISPATCH_COUNT;
}

enum dispatch_id dispatch_find_stub(const void *stub)
{
    for (unsigned id = 0; id < DISPATCH_COUNT; id++) {
        if (dispatch_exports[id].stub == stub)
            return (enum dispatch_id)id;
    }
    return DISPATCH_COUNT;
}

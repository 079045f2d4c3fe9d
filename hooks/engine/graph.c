/* SPDX-License-Identifier: MIT */
/* The rows of edges.def and absent.def for those who ask. */
#include "api/dispatch/modules.h"
#include "api/dispatch/slots.h"

#include <ringer_hook.h>

#define ANY (WIN11 | WIN10 | WINE)
#define WIN11 RINGER_GRAPH_WIN11
#define WIN10 RINGER_GRAPH_WIN10
#define WINE RINGER_GRAPH_WINE
#define RINGS WIN11
#define MAPPING (WIN10 | WINE | RINGER_GRAPH_MAPPING)
#define BOTH (RINGS | MAPPING)

/* The ids: so that a name that is no export does not compile. */
static const struct {
    const char *module, *method; /* NULL: caller has them */
    enum dispatch_id caller, callee;
    uint32_t profiles;
} edges[] = {
#define EDGE(profiles, caller, callee) {NULL, NULL, DISPATCH_##caller, DISPATCH_##callee, profiles},
#define DS_EDGE(ways, module, caller, callee) \
    {#module, #caller, DISPATCH_COUNT, DISPATCH_##callee, ways},
#include "api/dispatch/edges.def"
#undef DS_EDGE
#undef EDGE
};

/* Where an export is missing. */
static const uint32_t absent[DISPATCH_COUNT] = {
#define ABSENT(profiles, name) [DISPATCH_##name] = profiles,
#include "api/dispatch/absent.def"
#undef ABSENT
};

uint32_t ringer_hook_profiles(const char *module, const char *name)
{
    const struct dispatch_module *known = module ? dispatch_module_find(module) : NULL;
    enum dispatch_id id;

    if (!name || (module && !known))
        return 0;
    id = dispatch_find(known ? known->name : NULL, name);
    return id == DISPATCH_COUNT ? 0 : ANY & ~absent[id];
}

int ringer_hook_edge(size_t index, struct ringer_hook_edge *edge)
{
    const struct dispatch_export *callee;
    enum dispatch_id id;

    if (index >= sizeof edges / sizeof edges[0] || !edge)
        return 0;
    id = edges[index].caller;
    callee = &dispatch_exports[edges[index].callee];
    *edge = (struct ringer_hook_edge){
        .caller_module = edges[index].module ? edges[index].module : dispatch_exports[id].module,
        .caller = edges[index].method ? edges[index].method : dispatch_exports[id].name,
        .callee_module = callee->module,
        .callee = callee->name,
        .profiles = edges[index].profiles & ~absent[edges[index].callee] &
                    ~(id == DISPATCH_COUNT ? 0 : absent[id])};
    return 1;
}

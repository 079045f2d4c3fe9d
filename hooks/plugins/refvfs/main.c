/* SPDX-License-Identifier: MIT */
/*
 * refvfs: virtual files for programs that read by handle, by ring, by entries that they write
 * themselves, or by DirectStorage. Arguments, parted by ":": manifest=FILE; strategy=queue (reads of
 * rings are asynchronous; the default), strategy=handle (fetched while the program submits) or
 * strategy=none (no ring is hooked); dstorage=rings (it is another program with rings; the default)
 * or dstorage=mapping (it is made to read by handle).
 */
#include "hooks/plugins/refvfs/ring.h"
#include "hooks/plugins/layer/mutant.h"

#include <MinHook.h>

#include <stdio.h>
#include <string.h>

#ifdef _WIN32
#    define EXPORT __declspec(dllexport)
#else
#    define EXPORT __attribute__((visibility("default")))
#endif

EXPORT extern const char ringer_hook_claims[];
EXPORT const char *ringer_hook_claims_of(const char *args);
EXPORT int ringer_hook_control(const char *command);
EXPORT BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved);

const char ringer_hook_claims[] = "core async nt faults win32 info enum dstorage";

enum way { WAY_FIRST, WAY_SECOND, WAY_THIRD, WAY_UNKNOWN };

/* Which of the names the argument says; the first when it says nothing. */
static enum way way_of(const char *args, const char *key, const char *const names[3])
{
    char value[16];
    unsigned way = WAY_FIRST;

    if (!vl_argument(args, key, value, sizeof value))
        return WAY_FIRST;
    while (way < WAY_UNKNOWN && (!names[way] || strcmp(value, names[way])))
        way++;
    if (way == WAY_UNKNOWN)
        fprintf(stderr, "refvfs: %s=%s: there are %s, %s%s%s\n", key, value, names[0], names[1],
                names[2] ? ", " : "", names[2] ? names[2] : "");
    return way;
}

enum { BY_QUEUE = WAY_FIRST, BY_HANDLE, BY_NONE };
enum { DSTORAGE_RINGS = WAY_FIRST, DSTORAGE_MAPPING };
static const char *const strategies[3] = {"queue", "handle", "none"};
static const char *const dstorages[3] = {"rings", "mapping"};

/*
 * Fetched while the program submits, a read cannot end later, or with the provider's own failure.
 * Without hooks on rings there is DirectStorage, and that when it does not read by them.
 */
const char *ringer_hook_claims_of(const char *args)
{
    switch ((int)way_of(args, "strategy", strategies)) {
    case BY_HANDLE:
        return "core nt win32 info enum dstorage";
    case BY_NONE:
        return (int)way_of(args, "dstorage", dstorages) == DSTORAGE_MAPPING
                   ? "dstorage async faults"
                   : "";
    default:
        return ringer_hook_claims;
    }
}

atomic_bool rv_detaching;

static bool create_rings(void)
{
    vl_cancel_more = rv_cancel_open;
    vl_closed_more = rv_nt_closed;
    return vl_detours_create(rv_life_detours) && vl_detours_create(rv_build_detours) &&
           vl_detours_create(rv_submit_detours) && vl_detours_create(rv_complete_detours) &&
           vl_detours_create(rv_nt_detours);
}

static bool create(int strategy, int dstorage)
{
    return vl_detours_create(vl_file_detours) && vl_detours_create(vl_read_detours) &&
           vl_detours_create(vl_info_detours) && vl_detours_create(vl_list_detours) &&
           (strategy == BY_NONE || create_rings()) &&
           (dstorage == DSTORAGE_RINGS || rv_dstorage_create());
}

static bool set_up(const char *args)
{
    int strategy = (int)way_of(args, "strategy", strategies);
    int dstorage = (int)way_of(args, "dstorage", dstorages);

    if (strategy == WAY_UNKNOWN || dstorage == WAY_UNKNOWN)
        return false;
    rv_by_handle = strategy == BY_HANDLE;
#ifdef RINGER_MUTANTS
    if (!vl_mutant_choose(args)) {
        fprintf(stderr, "refvfs: no such mutant\n");
        return false;
    }
#endif
    return vl_load(args) && MH_Initialize() == MH_OK && create(strategy, dstorage) &&
           vl_detours_enable();
}

/* What was completed here is popped here: until it was, the detours stay. */
void rv_detach_if_idle(void)
{
    bool detaching = true;

    if ((!rv_rings_idle() && !VL_MUTANT(detach_drops)) ||
        !atomic_compare_exchange_strong(&rv_detaching, &detaching, false))
        return;
    vl_detours_disable();
    /* Whatever is closed from now on is closed without our knowing. */
    rv_rings_forget();
    vl_handles_forget();
}

int ringer_hook_control(const char *command)
{
    if (!strcmp(command, "detach")) {
        atomic_store(&rv_detaching, true);
        rv_detach_if_idle();
        return 0;
    }
    if (!strcmp(command, "attach")) {
        atomic_store(&rv_detaching, false);
        return !vl_detours_enable();
    }
    return vl_control(command);
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    return reason != DLL_PROCESS_ATTACH || set_up(NULL);
}

#ifndef _WIN32
struct ringer_plugin_api;
EXPORT int ringer_plugin_init(const struct ringer_plugin_api *api, const char *args);

int ringer_plugin_init(const struct ringer_plugin_api *api, const char *args)
{
    return !set_up(args);
}
#endif

/* SPDX-License-Identifier: MIT */
/*
 * refvfs: virtual files for programs that read by handle, by ring, or by entries that they write
 * themselves. Arguments, parted by ":": manifest=FILE, strategy=queue (reads are asynchronous; the
 * default) or strategy=handle (fetched while the program submits).
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

const char ringer_hook_claims[] = "core async nt faults win32 info enum";

/* Fetched while the program submits, a read cannot end later, or with the provider's own failure. */
const char *ringer_hook_claims_of(const char *args)
{
    char strategy[16];

    return vl_argument(args, "strategy", strategy, sizeof strategy) && !strcmp(strategy, "handle")
               ? "core nt win32 info enum"
               : ringer_hook_claims;
}

atomic_bool rv_detaching;

static bool create(void)
{
    return vl_detours_create(vl_file_detours) && vl_detours_create(vl_read_detours) &&
           vl_detours_create(vl_info_detours) && vl_detours_create(vl_list_detours) &&
           vl_detours_create(rv_life_detours) && vl_detours_create(rv_build_detours) &&
           vl_detours_create(rv_submit_detours) && vl_detours_create(rv_complete_detours) &&
           vl_detours_create(rv_nt_detours);
}

static bool set_up(const char *args)
{
    char strategy[16];

    if (vl_argument(args, "strategy", strategy, sizeof strategy)) {
        rv_by_handle = !strcmp(strategy, "handle");
        if (!rv_by_handle && strcmp(strategy, "queue")) {
            fprintf(stderr, "refvfs: strategy=%s: there are queue and handle\n", strategy);
            return false;
        }
    }
#ifdef RINGER_MUTANTS
    if (!vl_mutant_choose(args)) {
        fprintf(stderr, "refvfs: no such mutant\n");
        return false;
    }
#endif
    vl_cancel_more = rv_cancel_open;
    vl_closed_more = rv_nt_closed;
    return vl_load(args) && MH_Initialize() == MH_OK && create() && vl_detours_enable();
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

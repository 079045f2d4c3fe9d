/* SPDX-License-Identifier: MIT */
/* Tables of detours, by MinHook. */
#include "hooks/plugins/layer/layer.h"

#include <MinHook.h>

bool vl_detours_create(const struct vl_detour *detours)
{
    for (; detours->name; detours++) {
        HMODULE module = GetModuleHandleW(detours->module);
        MH_STATUS status;

        if (!detours->detour) { /* called, not replaced */
            *detours->original = module ? (void *)GetProcAddress(module, detours->name) : NULL;
            continue;
        }
        status =
            MH_CreateHookApi(detours->module, detours->name, detours->detour, detours->original);
        /* Not every Windows has them all; what is not there, nobody calls. */
        if (status != MH_OK && status != MH_ERROR_FUNCTION_NOT_FOUND &&
            status != MH_ERROR_MODULE_NOT_FOUND)
            return false;
    }
    return true;
}

bool vl_detours_enable(void)
{
    MH_STATUS status = MH_EnableHook(MH_ALL_HOOKS);

    return status == MH_OK || status == MH_ERROR_ENABLED;
}

void vl_detours_disable(void)
{
    MH_DisableHook(MH_ALL_HOOKS);
}

/* SPDX-License-Identifier: MIT */
/* A plugin as a user would write it: its GetTickCount says what it was told. */
#include <ringer.h>

#include <stdlib.h>

static DWORD told;

static DWORD WINAPI hooked_GetTickCount(void)
{
    return told;
}

RINGER_API int ringer_plugin_init(const struct ringer_plugin_api *api, const char *args);

int ringer_plugin_init(const struct ringer_plugin_api *api, const char *args)
{
    if (api->version < 1 || !*args)
        return 1;
    told = (DWORD)atoi(args);
    return !api->slot_swap("kernel32", "GetTickCount", (void *)hooked_GetTickCount);
}

/* SPDX-License-Identifier: MIT */
/* A plugin as a Windows author would write it: says what its DllMain is told. */
#include <ringer.h>

#include <stdio.h>
#include <stdlib.h>

RINGER_API BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved);

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    fprintf(stderr, "%s %s %s\n", reason == DLL_PROCESS_ATTACH ? "attach" : "detach",
            module ? "module" : "no module", reserved ? "at exit" : "now");
    return !getenv("PLUGIN_REFUSES");
}

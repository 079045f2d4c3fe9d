/* SPDX-License-Identifier: MIT */
/* What Detours says of modules and of the process. */
#include <detours.h>
#include <ringer.h>

#include <string.h>

BOOL WINAPI DetourEnumerateExports(HMODULE hModule, PVOID pContext,
                                   PF_DETOUR_ENUMERATE_EXPORT_CALLBACK pfExport)
{
    struct ringer_export row;
    HMODULE module = NULL;
    const char *name = NULL;
    BOOL found = FALSE;

    if (!pfExport) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    for (size_t i = 0; ringer_export_info(i, &row); i++) {
        if (!name || strcmp(name, row.module)) {
            name = row.module;
            module = GetModuleHandleA(name);
        }
        found = found || module == hModule;
        if (module == hModule && !pfExport(pContext, 0, row.name, row.function))
            break;
    }
    SetLastError(found ? NO_ERROR : ERROR_BAD_EXE_FORMAT);
    return found;
}

BOOL WINAPI DetourIsHelperProcess(VOID)
{
    return FALSE;
}

/* This process was not made by DetourCreateProcessWithDll. */
BOOL WINAPI DetourRestoreAfterWith(VOID)
{
    SetLastError(ERROR_MOD_NOT_FOUND);
    return FALSE;
}

/* SPDX-License-Identifier: MIT */
/* ringer.h: the emulator's own exports. They have no slots. */
#include <ntstatus.h>
#include <ringer.h>

#include "api/dispatch/modules.h"
#include "api/dispatch/slots.h"
#include "api/kernelbase/kernelbase.h"
#include "api/ntdll/thread.h"

const char *ringer_version(void)
{
    return RINGER_VERSION;
}

size_t ringer_engine_count(void)
{
    return nt_engine_count();
}

int ringer_engine_info(size_t index, struct ringer_engine_info *info)
{
    bool usable, chosen;

    if (!info ||
        !nt_engine_info(index, &info->name, &usable, &chosen, info->reason, sizeof info->reason))
        return 0;
    info->usable = usable;
    info->chosen = chosen;
    return 1;
}

const char *ringer_engine_name(void)
{
    struct ringer_engine_info row;

    nt_engine_start();
    for (size_t i = 0; ringer_engine_info(i, &row); i++) {
        if (row.chosen)
            return row.name;
    }
    return "none";
}

HANDLE ringer_adopt_fd(int fd, DWORD access, DWORD flags)
{
    HANDLE handle;
    ULONG options = 0;
    NTSTATUS status;

    if (!(flags & FILE_FLAG_OVERLAPPED))
        options |= FILE_SYNCHRONOUS_IO_NONALERT;
    if (flags & FILE_FLAG_WRITE_THROUGH)
        options |= FILE_WRITE_THROUGH;
    if (flags & FILE_FLAG_NO_BUFFERING)
        options |= FILE_NO_INTERMEDIATE_BUFFERING;
    status = nt_adopt_fd(&handle, fd, access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, options);
    if (status < 0) {
        kb_set_status(status);
        return INVALID_HANDLE_VALUE;
    }
    return handle;
}

int ringer_handle_fd(HANDLE handle)
{
    int fd;
    NTSTATUS status = nt_query_fd(handle, &fd);

    if (status < 0) {
        kb_set_status(status);
        return -1;
    }
    return fd;
}

DWORD ringer_handle_count(void)
{
    return nt_handle_count();
}

size_t ringer_export_count(void)
{
    return DISPATCH_COUNT;
}

int ringer_export_info(size_t index, struct ringer_export *info)
{
    const struct dispatch_export *row;

    if (index >= DISPATCH_COUNT || !info)
        return 0;
    row = &dispatch_exports[index];
    *info = (struct ringer_export){row->module, row->name, row->stub, row->implementation};
    return 1;
}

static enum dispatch_id find(const char *module, const char *name)
{
    const struct dispatch_module *known = module ? dispatch_module_find(module) : NULL;

    if ((module && !known) || !name)
        return DISPATCH_COUNT;
    return dispatch_find(known ? known->name : NULL, name);
}

int ringer_export_find(const char *module, const char *name, struct ringer_export *info)
{
    return ringer_export_info(find(module, name), info);
}

int ringer_export_from_address(const void *function, struct ringer_export *info)
{
    return ringer_export_info(dispatch_find_stub(function), info);
}

void *ringer_slot_swap(const char *module, const char *name, void *replacement)
{
    enum dispatch_id id = find(module, name);

    return id == DISPATCH_COUNT || !replacement ? NULL : dispatch_swap(id, replacement);
}

int ringer_slot_replace(const char *module, const char *name, void *expected, void *replacement)
{
    enum dispatch_id id = find(module, name);

    return id != DISPATCH_COUNT && replacement && dispatch_replace(id, expected, replacement);
}

void *ringer_slot_get(const char *module, const char *name)
{
    enum dispatch_id id = find(module, name);

    return id == DISPATCH_COUNT ? NULL : dispatch_load(id);
}

const struct ringer_plugin_api *ringer_plugin_api(void)
{
    static const struct ringer_plugin_api api = {
        .version = RINGER_PLUGIN_API_VERSION,
        .size = sizeof api,
        .ringer_version = ringer_version,
        .engine_name = ringer_engine_name,
        .export_count = ringer_export_count,
        .export_info = ringer_export_info,
        .export_find = ringer_export_find,
        .slot_swap = ringer_slot_swap,
        .slot_replace = ringer_slot_replace,
        .slot_get = ringer_slot_get,
        .handle_count = ringer_handle_count,
    };

    return &api;
}

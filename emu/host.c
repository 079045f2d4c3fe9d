// SPDX-License-Identifier: MIT
/* The native surroundings: our own handle table and events. */
#include "emu/host.h"

static NTSTATUS file_from_handle(emu_handle handle, struct emu_file **file_out,
                                 uint32_t *access_out)
{
    struct emu_object *obj;
    NTSTATUS status =
        emu_handle_lookup(handle, EMU_ACCESS_ANY, &emu_file_object_ops, &obj, access_out);

    if (status == STATUS_SUCCESS)
        *file_out = emu_file_from_object(obj);
    return status;
}

static NTSTATUS event_from_handle(emu_handle handle, struct emu_object **event_out)
{
    /* EVENT_MODIFY_STATE: the event will be set on the holder's behalf. */
    return emu_handle_lookup(handle, 2, &emu_event_ops, event_out, NULL);
}

static void set_event(struct emu_object *event)
{
    emu_event_set((struct emu_event *)event);
}

static const struct emu_host_ops native_ops = {
    .file_from_handle = file_from_handle,
    .event_from_handle = event_from_handle,
    .set_event = set_event,
};

const struct emu_host_ops *emu_host = &native_ops;

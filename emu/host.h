/* SPDX-License-Identifier: MIT */
/*
 * What the emulator asks of its surroundings. Native: our own handle table (emu/object). Under Wine:
 * Wine's handles, through unix calls. Host ops run on the caller's thread only; the emulator's own
 * threads may call none but post_event, which under Wine queues for a Windows thread.
 */
#ifndef EMU_HOST_H
#define EMU_HOST_H

#include "emu/object/event.h"
#include "emu/object/file.h"
#include "emu/object/handle.h"

struct emu_host_ops {
    /*
     * The file behind a handle, with a reference that the caller releases with emu_object_release,
     * and the access granted to that handle. STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH.
     */
    NTSTATUS (*file_from_handle)(emu_handle handle, struct emu_file **file_out, uint32_t *access_out);
    /*
     * The event behind a handle, as something that can be set later from any thread, with its own
     * reference on the event (closing the handle does not matter). release drops it.
     */
    NTSTATUS (*event_from_handle)(emu_handle handle, struct emu_object **event_out);
    void (*set_event)(struct emu_object *event);
};

/* Never NULL; the native table unless a host installed its own before the first call. */
extern const struct emu_host_ops *emu_host;

#endif

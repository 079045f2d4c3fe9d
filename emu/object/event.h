/* SPDX-License-Identifier: MIT */
#ifndef EMU_OBJECT_EVENT_H
#define EMU_OBJECT_EVENT_H

#include "emu/object/object.h"

#include <ntstatus.h>

struct emu_event;

extern const struct emu_object_ops emu_event_ops;

/* One reference, no handle. */
NTSTATUS emu_event_create(bool manual_reset, bool signalled, struct emu_event **event_out);

/* Both return the previous state; any thread, no lock needed. */
bool emu_event_set(struct emu_event *event);
bool emu_event_reset(struct emu_event *event);

/* True while signalled; consumes nothing. */
bool emu_event_is_set(struct emu_event *event);

struct emu_object *emu_event_object(struct emu_event *event);

#endif

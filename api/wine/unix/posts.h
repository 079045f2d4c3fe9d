/* SPDX-License-Identifier: MIT */
/* Work for the PE half's Windows thread: events to set, and event handles to close. */
#ifndef UNIX_POSTS_H
#define UNIX_POSTS_H

#include "api/wine/unixcall.h"
#include "emu/object/object.h"

#include <ntstatus.h>

/*
 * An object that stands for a Wine event; handle is owned (posted back to be closed) from success
 * on. One reference.
 */
NTSTATUS unix_event_create(uint64_t handle, struct emu_object **event_out);

/* Any thread, no emulator lock that a Windows thread may want. */
void unix_event_set(struct emu_object *event);

/* Blocks until there is a post. On a Wine thread, inside a unix call. */
void unix_posts_next(struct wine_next_post *post);

#endif

/* SPDX-License-Identifier: MIT */
/* Access masks of files, and handles to them. */
#ifndef EMU_OBJECT_FILE_ACCESS_H
#define EMU_OBJECT_FILE_ACCESS_H

#include "emu/object/file.h"
#include "emu/syscall.h"

/* Generic bits to what they mean for a file; MAXIMUM_ALLOWED is everything. */
uint32_t emu_file_map_access(uint32_t access);

/* Makes the one handle of a fresh file and drops the caller's reference; the handle on failure: none. */
NTSTATUS emu_file_give_handle(struct emu_file *file, uint32_t access, emu_handle *handle_out);

struct emu_disk_request;
/* What a name says: one reference, no handle; the caller ends it with ops->close and a release. */
NTSTATUS emu_file_open_name(const struct emu_object_name *name, struct emu_disk_request *request,
                            struct emu_file **file_out, uint64_t *action_out);

/* A reference on the file behind a handle that has all of access. */
NTSTATUS emu_file_lookup(emu_handle handle, uint32_t access, struct emu_file **file_out);

#endif

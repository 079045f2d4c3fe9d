/* SPDX-License-Identifier: MIT */
/*
 * The handle table. A handle is a number >= 0x10000, so that it never meets a Linux descriptor, and
 * a multiple of 4 as on NT. Lookup takes no lock: an entry is one word that readers validate after
 * they have taken their reference.
 */
#ifndef EMU_OBJECT_HANDLE_H
#define EMU_OBJECT_HANDLE_H

#include "emu/object/object.h"

#include "emu/syscall.h" /* emu_handle */

#include <ntstatus.h>


#define EMU_HANDLE_FIRST UINT64_C(0x10000)
#define EMU_ACCESS_ANY 0u
/* The pseudo handles that GetCurrentProcess and GetCurrentThread return. */
#define EMU_CURRENT_PROCESS UINT64_C(0xFFFFFFFFFFFFFFFF)
#define EMU_CURRENT_THREAD UINT64_C(0xFFFFFFFFFFFFFFFE)

/* Makes a handle that owns a new reference. STATUS_NO_MEMORY or STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS emu_handle_create(struct emu_object *obj, uint32_t access, emu_handle *handle_out);

/*
 * The only way in: checks the number, the type (ops NULL: any) and the access mask, and returns a
 * reference that the caller releases. STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH,
 * STATUS_ACCESS_DENIED. access_out (may be NULL) gets the mask granted to this handle.
 */
NTSTATUS emu_handle_lookup(emu_handle handle, uint32_t access, const struct emu_object_ops *ops,
                           struct emu_object **obj_out, uint32_t *access_out);

/*
 * A further handle for an object that may be losing its last one at this moment: then
 * STATUS_INVALID_HANDLE, because close() runs only once. The caller holds a reference.
 */
NTSTATUS emu_handle_reopen(struct emu_object *obj, uint32_t access, emu_handle *handle_out);

/* STATUS_INVALID_HANDLE when it is not open. Runs close() when this was the object's last handle. */
NTSTATUS emu_handle_close(emu_handle handle);

/* options: DUPLICATE_CLOSE_SOURCE 1, DUPLICATE_SAME_ACCESS 2. */
NTSTATUS emu_handle_duplicate(emu_handle source, uint32_t access, uint32_t options,
                              emu_handle *handle_out);

/* Numbers that a simulated run has retired may come again: another run begins. */
void emu_handle_recall(void);

/* Open handles; a test that leaks shows here. */
uint32_t emu_handle_count(void);

#endif

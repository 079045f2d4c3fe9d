/* SPDX-License-Identifier: MIT */
/* What the files of ntdll share: the door, and Windows' types turned into the door's. */
#ifndef NT_NTDLL_H
#define NT_NTDLL_H

#include "api/dispatch/implementations.h"
#include "emu/syscall.h"

static inline emu_handle nt_number(HANDLE handle)
{
    return (emu_handle)(ULONG_PTR)handle;
}

/* IO_STATUS_BLOCK and struct emu_iosb are the same 16 bytes; asserted in file.c. */
static inline struct emu_iosb *nt_iosb(PIO_STATUS_BLOCK iosb)
{
    return (struct emu_iosb *)iosb;
}

static inline const int64_t *nt_time(const LARGE_INTEGER *time)
{
    return time ? &time->QuadPart : NULL;
}

/*
 * The name in attributes; *name_out is NULL-like (chars NULL) when there is none. The characters stay
 * the caller's. STATUS_INVALID_PARAMETER for a wrong Length, STATUS_OBJECT_NAME_INVALID for an odd one.
 */
NTSTATUS nt_object_name(const OBJECT_ATTRIBUTES *attributes, struct emu_object_name *name_out);

#endif

/* SPDX-License-Identifier: MIT */
/* Where errno ends: nothing above emu/base and emu/engine sees one. */
#ifndef EMU_BASE_STATUS_H
#define EMU_BASE_STATUS_H

#include <ntstatus.h>

/* The NTSTATUS of a positive errno value; STATUS_UNSUCCESSFUL for one that no row names. */
NTSTATUS emu_status_from_errno(int err);

static inline int emu_status_failed(NTSTATUS status)
{
    return status < 0;
}

#endif

/* SPDX-License-Identifier: MIT */
/* The engine registry through the door (emu/syscall.h), for ringer.h and the command line. */
#include "emu/engine/engine.h"
#include "emu/syscall.h"

#include <stdio.h>

#define ENGINES_MAX 8

uint32_t emu_nt_engine_row(uint32_t index, struct emu_engine_row *row)
{
    struct emu_engine_info rows[ENGINES_MAX];
    size_t count = emu_engine_list(rows, ENGINES_MAX);

    if (index >= count || index >= ENGINES_MAX)
        return 0;
    row->name = rows[index].name;
    row->usable = rows[index].usable;
    row->chosen = rows[index].chosen;
    snprintf(row->reason, sizeof row->reason, "%s", rows[index].reason);
    return 1;
}

void emu_nt_engine_start(void)
{
    emu_engine();
}

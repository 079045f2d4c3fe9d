/* SPDX-License-Identifier: MIT */
/* Thread objects, adopted descriptors, the handle count: what kernelbase and ringer.h need of the door. */
#include "api/ntdll/thread.h"

#include "api/ntdll/ntdll.h"

#include <stdio.h>

NTSTATUS nt_thread_create(HANDLE *thread_out)
{
    emu_handle thread = 0;
    NTSTATUS status = emu_nt_create_thread_object(&thread);

    *thread_out = (HANDLE)(ULONG_PTR)thread;
    return status;
}

NTSTATUS nt_thread_started(HANDLE thread)
{
    return emu_nt_thread_started(nt_number(thread));
}

NTSTATUS nt_thread_finished(HANDLE thread, ULONG exit_code)
{
    return emu_nt_thread_finished(nt_number(thread), exit_code);
}

NTSTATUS nt_thread_exit_code(HANDLE thread, ULONG *exit_code_out)
{
    return emu_nt_query_thread_exit(nt_number(thread), exit_code_out);
}

NTSTATUS nt_adopt_fd(HANDLE *file_out, int fd, ACCESS_MASK access, ULONG options)
{
    emu_handle file = 0;
    NTSTATUS status = emu_nt_adopt_fd(&file, fd, access, options);

    if (status >= 0)
        *file_out = (HANDLE)(ULONG_PTR)file;
    return status;
}

NTSTATUS nt_query_fd(HANDLE file, int *fd_out)
{
    return emu_nt_query_fd(nt_number(file), fd_out);
}

ULONG nt_handle_count(void)
{
    return emu_nt_handle_count();
}

_Static_assert(NT_WIN11 == EMU_FAMILY_WIN11 && NT_WIN10 == EMU_FAMILY_WIN10 &&
                   NT_WINE == EMU_FAMILY_WINE,
               "the door's bits");

ULONG nt_family(void)
{
    return emu_nt_family();
}

void nt_engine_start(void)
{
    emu_nt_engine_start();
}

size_t nt_engine_count(void)
{
    struct emu_engine_row row;
    uint32_t count = 0;

    while (emu_nt_engine_row(count, &row))
        count++;
    return count;
}

bool nt_engine_info(size_t index, const char **name_out, bool *usable_out, bool *chosen_out,
                    char *reason, size_t reason_nbytes)
{
    struct emu_engine_row row;

    if (index > UINT32_MAX || !emu_nt_engine_row((uint32_t)index, &row))
        return false;
    *name_out = row.name;
    *usable_out = row.usable;
    *chosen_out = row.chosen;
    snprintf(reason, reason_nbytes, "%s", row.reason);
    return true;
}

int nt_sim_begin(const struct ringer_sim_params *params)
{
    return emu_nt_sim_begin(params);
}

int nt_sim_end(struct ringer_sim_summary *summary)
{
    return emu_nt_sim_end(summary);
}

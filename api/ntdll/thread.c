/* SPDX-License-Identifier: MIT */
/* Thread objects, adopted descriptors, the handle count: what kernelbase and ringer.h need of the door. */
#include "api/ntdll/thread.h"

#include "api/ntdll/ntdll.h"

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

ULONG nt_handle_count(void)
{
    return emu_nt_handle_count();
}

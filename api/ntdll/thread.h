/* SPDX-License-Identifier: MIT */
/*
 * What ntdll offers kernelbase below the exports: no Windows service, no slot, never traced. Threads are
 * pthreads that kernelbase makes; these give them an object that handles name and waits see.
 */
#ifndef NT_THREAD_H
#define NT_THREAD_H

#include <ntstatus.h>
#include <windows.h>
#include <winternl.h>

NTSTATUS nt_thread_create(HANDLE *thread_out);
NTSTATUS nt_thread_started(HANDLE thread);
NTSTATUS nt_thread_finished(HANDLE thread, ULONG exit_code);
NTSTATUS nt_thread_exit_code(HANDLE thread, ULONG *exit_code_out);

/* Adopts a Linux descriptor; on success the handle owns it. options: FILE_* create options. */
NTSTATUS nt_adopt_fd(HANDLE *file_out, int fd, ACCESS_MASK access, ULONG options);
ULONG nt_handle_count(void);

#endif

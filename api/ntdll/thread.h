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

#include <stdbool.h>

NTSTATUS nt_thread_create(HANDLE *thread_out);
NTSTATUS nt_thread_started(HANDLE thread);
NTSTATUS nt_thread_finished(HANDLE thread, ULONG exit_code);
NTSTATUS nt_thread_exit_code(HANDLE thread, ULONG *exit_code_out);

/* Behind a service that says STATUS_USER_APC: makes the calls that wait for this thread. Returns status. */
NTSTATUS nt_make_calls(NTSTATUS status);

/* Adopts a Linux descriptor; on success the handle owns it. options: FILE_* create options. */
NTSTATUS nt_adopt_fd(HANDLE *file_out, int fd, ACCESS_MASK access, ULONG options);
NTSTATUS nt_query_fd(HANDLE file, int *fd_out);
ULONG nt_handle_count(void);

/* Which Windows this process is on: one of the bits, as api/dispatch/edges.def and absent.def have them. */
#define NT_WIN11 1u
#define NT_WIN10 2u
#define NT_WINE 4u
ULONG nt_family(void);

/* The engines: emu/syscall.h's rows. */
void nt_engine_start(void);
size_t nt_engine_count(void);
bool nt_engine_info(size_t index, const char **name_out, bool *usable_out, bool *chosen_out,
                    char *reason, size_t reason_nbytes);

/* ringer_sim.h */
struct ringer_sim_params;
struct ringer_sim_summary;
int nt_sim_begin(const struct ringer_sim_params *params);
int nt_sim_end(struct ringer_sim_summary *summary);

#endif

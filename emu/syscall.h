/* SPDX-License-Identifier: MIT */
/*
 * THE door: one emu_nt_*() per system service. api/ntdll calls these and nothing else of emu; under
 * Wine the PE half reaches them through unix calls, hence fixed-width arguments. Handles are numbers,
 * user pointers are plain pointers that may be bad: a service answers with a status, never a fault.
 */
#ifndef EMU_SYSCALL_H
#define EMU_SYSCALL_H

#include <ntstatus.h>
#include <stdint.h>

typedef uint64_t emu_handle;

struct emu_iosb { /* IO_STATUS_BLOCK */
    union {
        NTSTATUS status;
        void *pointer;
    };
    uint64_t information;
};

/* A name as NT has it, e.g. \??\C:\dir\file; not terminated. root 0: absolute. */
struct emu_object_name {
    const uint16_t *chars;
    uint32_t nbytes;
    uint32_t attributes; /* OBJ_* */
    emu_handle root;
};

/* ---- I/O rings (emu/ring) ---- */

/* params: NT_IORING_STRUCTV1 (20 bytes), info: NT_IORING_INFO (0x30 bytes) [S] IA5. */
NTSTATUS emu_nt_create_ioring(emu_handle *ring_out, uint32_t params_nbytes, const void *params,
                              uint32_t info_nbytes, void *info);
NTSTATUS emu_nt_submit_ioring(emu_handle ring, uint32_t flags, uint32_t wait_count,
                              const int64_t *timeout_100ns);
NTSTATUS emu_nt_query_ioring_capabilities(uint64_t caps_nbytes, void *caps);
/* information_class 1: completion event, one handle (0 clears). */
NTSTATUS emu_nt_set_information_ioring(emu_handle ring, uint32_t information_class,
                                       uint32_t info_nbytes, const void *info);
/* Not a Windows service, never hookable: moves finished operations into the completion queue. */
NTSTATUS emu_nt_poll_ioring(emu_handle ring);

/* ---- objects, handles, waits (emu/object) ---- */

NTSTATUS emu_nt_close(emu_handle handle);
/* options: DUPLICATE_CLOSE_SOURCE 1, DUPLICATE_SAME_ACCESS 2; both processes must be this one. */
NTSTATUS emu_nt_duplicate_object(emu_handle source_process, emu_handle source,
                                 emu_handle target_process, emu_handle *handle_out, uint32_t access,
                                 uint32_t attributes, uint32_t options);
/* ObjectBasic 0, ObjectName 1, ObjectType 2. length_out, may be NULL: bytes that the class takes. */
NTSTATUS emu_nt_query_object(emu_handle handle, uint32_t information_class, void *info,
                             uint32_t info_nbytes, uint32_t *length_out);
/* manual_reset: NotificationEvent. name may be NULL; same names open the same event. */
NTSTATUS emu_nt_create_event(emu_handle *event_out, uint32_t access,
                             const struct emu_object_name *name, uint32_t manual_reset,
                             uint32_t signalled);
NTSTATUS emu_nt_set_event(emu_handle event, int32_t *previous_out);
NTSTATUS emu_nt_reset_event(emu_handle event, int32_t *previous_out);
/* information_class 0: {EventType, EventState}. */
NTSTATUS emu_nt_query_event(emu_handle event, uint32_t information_class, void *info,
                            uint32_t info_nbytes, uint32_t *length_out);
/* A call that a thread makes while it waits alertably: routine(arguments...). */
struct emu_apc_call {
    uint64_t routine, arguments[3];
};
/* STATUS_UNSUCCESSFUL when the thread has ended. */
NTSTATUS emu_nt_queue_apc_thread(emu_handle thread, const struct emu_apc_call *call);
/*
 * The oldest call for this thread; 0: none. A service that was interrupted says STATUS_USER_APC and leaves
 * the calls there: whoever called it makes them all.
 */
uint32_t emu_nt_take_apc(struct emu_apc_call *call_out);
NTSTATUS emu_nt_delay_execution(uint32_t alertable, const int64_t *interval_100ns);
/* wait_any: STATUS_WAIT_0 + index. timeout NULL: for ever. */
NTSTATUS emu_nt_wait_for_multiple_objects(uint32_t count, const emu_handle *handles,
                                          uint32_t wait_any, uint32_t alertable,
                                          const int64_t *timeout_100ns);
NTSTATUS emu_nt_create_io_completion(emu_handle *port_out, uint32_t access, uint32_t concurrency);
NTSTATUS emu_nt_set_io_completion(emu_handle port, uint64_t key, uint64_t apc_context,
                                  NTSTATUS status, uint64_t information);
struct emu_completion_packet {
    uint64_t key, apc_context;
    struct emu_iosb iosb;
};
/* Up to capacity packets; STATUS_TIMEOUT or STATUS_USER_APC with none. */
NTSTATUS emu_nt_remove_io_completion(emu_handle port, struct emu_completion_packet *packets,
                                     uint32_t capacity, uint32_t *removed_out,
                                     const int64_t *timeout_100ns, uint32_t alertable);
/* A thread as an object that becomes signalled when emu_thread_finished is called on it. */
NTSTATUS emu_nt_create_thread_object(emu_handle *thread_out);
/*
 * Called by the new thread itself, first: from now on that object is its GetCurrentThread(), and
 * becomes signalled (exit code 0) at the latest when the thread ends.
 */
NTSTATUS emu_nt_thread_started(emu_handle thread);
NTSTATUS emu_nt_thread_finished(emu_handle thread, uint32_t exit_code);
NTSTATUS emu_nt_query_thread_exit(emu_handle thread, uint32_t *exit_code_out);

/* ---- files (emu/object) ---- */

NTSTATUS emu_nt_create_file(emu_handle *file_out, uint32_t access,
                            const struct emu_object_name *name, struct emu_iosb *iosb,
                            const int64_t *allocation_nbytes, uint32_t attributes, uint32_t share,
                            uint32_t disposition, uint32_t options);
/*
 * event 0: none. offset NULL: current position (synchronous files) or 0. On an asynchronous handle
 * STATUS_PENDING may come back; iosb, buffer and event are then the kernel's until it is done.
 * apc_context is what a completion port packet carries.
 */
NTSTATUS emu_nt_read_file(emu_handle file, emu_handle event, uint64_t apc_context,
                          struct emu_iosb *iosb, void *buffer, uint32_t nbytes,
                          const int64_t *offset, const uint32_t *key);
NTSTATUS emu_nt_write_file(emu_handle file, emu_handle event, uint64_t apc_context,
                           struct emu_iosb *iosb, const void *buffer, uint32_t nbytes,
                           const int64_t *offset, const uint32_t *key);
/*
 * The same and more: apc_routine, not 0, is called by the asking thread at the end; segments, in place of
 * buffer, are the addresses of pages, FILE_SEGMENT_ELEMENT.
 */
struct emu_transfer {
    emu_handle event;
    uint64_t apc_routine, apc_context;
    struct emu_iosb *iosb;
    void *buffer;
    const uint64_t *segments;
    uint32_t nbytes;
    const int64_t *offset;
};
NTSTATUS emu_nt_transfer_file(emu_handle file, uint32_t write, const struct emu_transfer *transfer);
NTSTATUS emu_nt_flush_buffers_file(emu_handle file, struct emu_iosb *iosb);
/* iosb_to_cancel NULL: every operation on the file object, ring entries included. */
NTSTATUS emu_nt_cancel_io_file_ex(emu_handle file, const struct emu_iosb *iosb_to_cancel,
                                  struct emu_iosb *iosb);
/* FileBasic 4, FileStandard 5, FileInternal 6, FilePosition 14, FileEndOfFile 20 (set), FileAlignment 17, FileNetworkOpen 34, FileId 59, ... */
NTSTATUS emu_nt_query_information_file(emu_handle file, struct emu_iosb *iosb, void *info,
                                       uint32_t info_nbytes, uint32_t information_class);
/* By name: information_class FileBasic 4 or FileNetworkOpen 34, of their sizes. */
NTSTATUS emu_nt_query_attributes_file(const struct emu_object_name *name, void *info,
                                      uint32_t information_class);
/* FileStat 68, FileCaseSensitive 71, FileStatBasic 77. */
NTSTATUS emu_nt_query_information_by_name(const struct emu_object_name *name,
                                          struct emu_iosb *iosb, void *info, uint32_t info_nbytes,
                                          uint32_t information_class);
NTSTATUS emu_nt_set_information_file(emu_handle file, struct emu_iosb *iosb, const void *info,
                                     uint32_t info_nbytes, uint32_t information_class);
/* FileFsVolume 1, FileFsSize 3, FileFsDevice 4 (device type: disk, named pipe, ...). */
NTSTATUS emu_nt_query_volume_information_file(emu_handle file, struct emu_iosb *iosb, void *info,
                                              uint32_t info_nbytes, uint32_t information_class);
NTSTATUS emu_nt_delete_file(const struct emu_object_name *name);

/*
 * flags: SL_RESTART_SCAN 1, SL_RETURN_SINGLE_ENTRY 2, ... pattern NULL or empty: everything; of a file
 * object's first call only.
 */
NTSTATUS emu_nt_query_directory_file(emu_handle directory, emu_handle event, uint64_t apc_routine,
                                     uint64_t apc_context, struct emu_iosb *iosb, void *info, uint32_t info_nbytes,
                                     uint32_t information_class, uint32_t flags,
                                     const struct emu_object_name *pattern);

struct emu_pipe_params { /* NtCreateNamedPipeFile's tail */
    uint32_t share, disposition, options;
    uint32_t message_type, message_read, nonblocking; /* 0 or 1 each */
    uint32_t max_instances, inbound_quota, outbound_quota;
    int64_t default_timeout_100ns;
};
NTSTATUS emu_nt_create_named_pipe_file(emu_handle *pipe_out, uint32_t access,
                                       const struct emu_object_name *name, struct emu_iosb *iosb,
                                       const struct emu_pipe_params *params);
/* FSCTL_PIPE_LISTEN, FSCTL_PIPE_DISCONNECT, FSCTL_PIPE_PEEK, FSCTL_PIPE_WAIT. */
NTSTATUS emu_nt_fs_control_file(emu_handle file, emu_handle event, uint64_t apc_context,
                                struct emu_iosb *iosb, uint32_t code, const void *input,
                                uint32_t input_nbytes, void *output, uint32_t output_nbytes);
/* Adopts a Linux descriptor (a socket above all); on success the handle owns fd. */
NTSTATUS emu_nt_adopt_fd(emu_handle *file_out, int32_t fd, uint32_t access, uint32_t options);
/* The descriptor of a file, which stays its own. STATUS_INVALID_HANDLE where there is none. */
NTSTATUS emu_nt_query_fd(emu_handle file, int32_t *fd_out);

/* ---- memory ---- */

/* MEM_COMMIT | MEM_RESERVE, PAGE_*; sizes round as on Windows (64 KiB granularity, 4 KiB pages). */
NTSTATUS emu_nt_allocate_virtual_memory(void **base, uint64_t *nbytes, uint32_t type,
                                        uint32_t protect);
NTSTATUS emu_nt_free_virtual_memory(void **base, uint64_t *nbytes, uint32_t type);
NTSTATUS emu_nt_protect_virtual_memory(void **base, uint64_t *nbytes, uint32_t protect,
                                       uint32_t *previous_out);
/* information_class 0: MEMORY_BASIC_INFORMATION, 48 bytes. Any address, also memory of others. */
NTSTATUS emu_nt_query_virtual_memory(const void *address, uint32_t information_class, void *info,
                                     uint64_t info_nbytes, uint64_t *length_out);

/* file 0: memory. attributes: SEC_COMMIT, ... nbytes NULL or 0: the file's. */
NTSTATUS emu_nt_create_section(emu_handle *section_out, uint32_t access, const int64_t *nbytes,
                               uint32_t protect, uint32_t attributes, emu_handle file);
/* NtMapViewOfSection's; base, offset and nbytes in and out. Kernel memory. */
struct emu_map_params {
    uint64_t base, nbytes;
    int64_t offset;
    uint32_t inherit, type, protect;
};
NTSTATUS emu_nt_map_view_of_section(emu_handle section, struct emu_map_params *params);
/* Any address in the view. */
NTSTATUS emu_nt_unmap_view_of_section(uint64_t address);
NTSTATUS emu_nt_flush_virtual_memory(uint64_t *base, uint64_t *nbytes);

/* ---- the emulator itself ---- */

/* Open handles of the process: a leak check. */
uint32_t emu_nt_handle_count(void);

/* Which Windows RINGER_PROFILE stands for: one bit. */
enum emu_family { EMU_FAMILY_WIN11 = 1, EMU_FAMILY_WIN10 = 2, EMU_FAMILY_WINE = 4 };
enum emu_family emu_nt_family(void);

/* One row an engine; false past the last. Chooses nothing: emu_nt_engine_start does. */
struct emu_engine_row {
    const char *name; /* constant */
    uint32_t usable, chosen;
    char reason[128];
};
uint32_t emu_nt_engine_row(uint32_t index, struct emu_engine_row *row);
void emu_nt_engine_start(void);

/* ringer_sim.h; 0 under another engine. */
struct ringer_sim_params;
struct ringer_sim_summary;
int emu_nt_sim_begin(const struct ringer_sim_params *params);
int emu_nt_sim_end(struct ringer_sim_summary *summary);

#endif

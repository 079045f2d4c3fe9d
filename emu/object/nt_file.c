// SPDX-License-Identifier: MIT
/* The services that open, create and delete files. */
#include "emu/object/file_access.h"

#include "emu/base/fault.h"
#include "emu/base/sim.h"
#include "emu/base/usermem.h"
#include "emu/object/disk.h"
#include "emu/object/handle.h"
#include "emu/object/path.h"
#include "emu/object/pipe.h"

#include <winternl.h>

uint32_t emu_file_map_access(uint32_t access)
{
    uint32_t mapped = access & (FILE_ALL_ACCESS | ACCESS_SYSTEM_SECURITY);

    if (access & GENERIC_READ)
        mapped |= FILE_GENERIC_READ;
    if (access & GENERIC_WRITE)
        mapped |= FILE_GENERIC_WRITE;
    if (access & GENERIC_EXECUTE)
        mapped |= FILE_GENERIC_EXECUTE;
    if (access & (GENERIC_ALL | MAXIMUM_ALLOWED))
        mapped |= FILE_ALL_ACCESS;
    return mapped;
}

NTSTATUS emu_file_give_handle(struct emu_file *file, uint32_t access, emu_handle *handle_out)
{
    emu_handle handle;
    NTSTATUS status = emu_handle_create(&file->obj, access, &handle);

    if (status != STATUS_SUCCESS)
        file->ops->close(file); /* it never had a handle whose closing would do this */
    emu_object_release(&file->obj);
    if (status == STATUS_SUCCESS && !emu_copy_to_user(handle_out, &handle, sizeof handle)) {
        emu_handle_close(handle);
        status = STATUS_ACCESS_VIOLATION;
    }
    return status;
}

NTSTATUS emu_file_lookup(emu_handle handle, uint32_t access, struct emu_file **file_out)
{
    struct emu_object *obj;
    NTSTATUS status = emu_handle_lookup(handle, access, &emu_file_object_ops, &obj, NULL);

    if (status == STATUS_SUCCESS)
        *file_out = emu_file_from_object(obj);
    return status;
}

static NTSTATUS open_path(const struct emu_path *path, struct emu_disk_request *request,
                          struct emu_file **file_out, uint64_t *action_out)
{
    *action_out = FILE_OPENED;
    if (path->kind == EMU_PATH_PIPE_ROOT)
        return emu_pipe_open_root(request->access, request->options, file_out);
    if (path->kind == EMU_PATH_PIPE) {
        if (request->disposition == FILE_CREATE || (request->options & FILE_DIRECTORY_FILE))
            return STATUS_INVALID_PARAMETER;
        return emu_pipe_open(path, request->access, request->options, file_out);
    }
    request->path = path->linux_path;
    request->wants_directory = path->wants_directory;
    return emu_disk_open(request, file_out, action_out);
}

/* Before anything has happened to the file. */
static NTSTATUS open_or_fault(const struct emu_path *path, struct emu_disk_request *request,
                              struct emu_file **file_out, uint64_t *action_out)
{
    struct emu_fault_subject subject = {.what = EMU_FAULT_OPEN, .path = path->linux_path};
    NTSTATUS status = emu_fault_planned() ? emu_fault_next(&subject) : STATUS_SUCCESS;

    return status == STATUS_SUCCESS ? open_path(path, request, file_out, action_out) : status;
}

NTSTATUS emu_file_open_name(const struct emu_object_name *name, struct emu_disk_request *request,
                            struct emu_file **file_out, uint64_t *action_out)
{
    struct emu_path path;
    NTSTATUS status = emu_path_resolve(name, &path);

    if (status != STATUS_SUCCESS)
        return status;
    status = open_or_fault(&path, request, file_out, action_out);
    emu_path_fini(&path);
    return status;
}

/* [D] NtCreateFile: these dispositions change a file that is there. */
static bool overwrites(uint32_t disposition)
{
    return disposition == FILE_SUPERSEDE || disposition == FILE_OVERWRITE ||
           disposition == FILE_OVERWRITE_IF;
}

static NTSTATUS check_options(uint32_t access, uint32_t options)
{
    bool alert = options & FILE_SYNCHRONOUS_IO_ALERT;
    bool nonalert = options & FILE_SYNCHRONOUS_IO_NONALERT;

    if ((alert && nonalert) ||
        ((alert || nonalert) && !(emu_file_map_access(access) & SYNCHRONIZE)))
        return STATUS_INVALID_PARAMETER;
    /* [D] NtCreateFile: no append access of one's own with FILE_NO_INTERMEDIATE_BUFFERING. */
    if ((options & FILE_NO_INTERMEDIATE_BUFFERING) && (access & FILE_APPEND_DATA))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

NTSTATUS emu_nt_create_file(emu_handle *file_out, uint32_t access,
                            const struct emu_object_name *name, struct emu_iosb *iosb,
                            const int64_t *allocation_nbytes, uint32_t attributes, uint32_t share,
                            uint32_t disposition, uint32_t options)
{
    struct emu_disk_request request = {.access = emu_file_map_access(access),
                                       .attributes = attributes,
                                       .share = share,
                                       .disposition = disposition,
                                       .options = options};
    struct emu_file *file;
    uint64_t action = 0;
    NTSTATUS status;

    if (!emu_probe_user(file_out, sizeof *file_out) || !emu_probe_user(iosb, sizeof *iosb))
        return STATUS_ACCESS_VIOLATION;
    if (allocation_nbytes &&
        !emu_copy_from_user(&request.allocation_nbytes, allocation_nbytes, sizeof(int64_t)))
        return STATUS_ACCESS_VIOLATION;
    status = check_options(access, options);
    if (status != STATUS_SUCCESS)
        return status;
    if (disposition > FILE_OVERWRITE_IF || (share & ~(uint32_t)FILE_SHARE_VALID_FLAGS))
        return STATUS_INVALID_PARAMETER;
    if (overwrites(disposition))
        emu_sim_before(RINGER_SIM_CALL_FILE, false);
    status = emu_file_open_name(name, &request, &file, &action);
    if (status == STATUS_SUCCESS && overwrites(disposition))
        emu_file_sim_touch(file, true);
    if (status == STATUS_SUCCESS)
        status = emu_file_give_handle(file, request.access, file_out);
    if (!emu_write_iosb(iosb, status, status == STATUS_SUCCESS ? action : 0))
        return STATUS_ACCESS_VIOLATION;
    return status;
}

NTSTATUS emu_nt_delete_file(const struct emu_object_name *name)
{
    /* [D] DeleteFileW: marks the file; it goes when the last handle does. */
    struct emu_disk_request request = {.access = DELETE,
                                       .share = FILE_SHARE_VALID_FLAGS,
                                       .disposition = FILE_OPEN,
                                       .options = FILE_OPEN_REPARSE_POINT};
    struct emu_file *file;
    struct emu_path path;
    uint64_t action;
    NTSTATUS status = emu_path_resolve(name, &path);

    if (status != STATUS_SUCCESS)
        return status;
    status = open_path(&path, &request, &file, &action);
    if (status == STATUS_SUCCESS) {
        status = file->ops == &emu_disk_ops ? emu_disk_set_delete(file, FILE_DISPOSITION_DELETE)
                                            : STATUS_INVALID_DEVICE_REQUEST;
        file->ops->close(file);
        emu_object_release(&file->obj);
    }
    emu_path_fini(&path);
    return status;
}

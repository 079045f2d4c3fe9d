// SPDX-License-Identifier: MIT
/* The services of pipes: NtCreateNamedPipeFile and NtFsControlFile. */
#include "emu/object/file_access.h"
#include "emu/object/handle.h"
#include "emu/object/path.h"
#include "emu/object/pipe.h"
#include "emu/object/request.h"

#include "emu/base/log.h"
#include "emu/base/usermem.h"

#include <stddef.h>
#include <stdlib.h>
#include <winternl.h>

NTSTATUS emu_nt_create_named_pipe_file(emu_handle *pipe_out, uint32_t access,
                                       const struct emu_object_name *name, struct emu_iosb *iosb,
                                       const struct emu_pipe_params *params)
{
    uint32_t granted = emu_file_map_access(access);
    struct emu_file *file;
    struct emu_path path;
    uint64_t action = 0;
    NTSTATUS status;

    if (!emu_probe_user(pipe_out, sizeof *pipe_out) || !emu_probe_user(iosb, sizeof *iosb))
        return STATUS_ACCESS_VIOLATION;
    if ((params->options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT)) &&
        !(granted & SYNCHRONIZE))
        return STATUS_INVALID_PARAMETER;
    status = emu_path_resolve(name, &path);
    if (status != STATUS_SUCCESS)
        return status;
    if (path.kind == EMU_PATH_PIPE)
        status = emu_pipe_create(&path, granted, params, &file, &action);
    else
        status = STATUS_OBJECT_NAME_INVALID;
    emu_path_fini(&path);
    if (status == STATUS_SUCCESS)
        status = emu_file_give_handle(file, granted, pipe_out);
    (void)emu_write_iosb(iosb, status, status == STATUS_SUCCESS ? action : 0);
    return status;
}

static NTSTATUS wait_for_name(const void *input, uint32_t nbytes)
{
    const uint32_t head_nbytes = offsetof(FILE_PIPE_WAIT_FOR_BUFFER, Name);
    FILE_PIPE_WAIT_FOR_BUFFER head;
    uint16_t *chars;
    NTSTATUS status;

    if (nbytes < head_nbytes)
        return STATUS_INVALID_PARAMETER;
    if (!emu_copy_from_user(&head, input, head_nbytes))
        return STATUS_ACCESS_VIOLATION;
    if (head.NameLength > nbytes - head_nbytes || head.NameLength % 2)
        return STATUS_INVALID_PARAMETER;
    chars = malloc(head.NameLength + 2);
    if (!chars)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (emu_copy_from_user(chars, (const char *)input + head_nbytes, head.NameLength))
        status = pipe_name_wait(chars, head.NameLength, head.TimeoutSpecified,
                                head.Timeout.QuadPart);
    else
        status = STATUS_ACCESS_VIOLATION;
    free(chars);
    return status;
}

/* What is done inside the call. */
static NTSTATUS control(struct emu_file *file, uint32_t code, const void *input,
                        uint32_t input_nbytes, void *output, uint32_t output_nbytes,
                        uint64_t *information_out)
{
    *information_out = 0;
    if (code == FSCTL_PIPE_WAIT)
        return emu_file_is_pipe_root(file) ? wait_for_name(input, input_nbytes)
                                           : STATUS_ILLEGAL_FUNCTION;
    if (file->ops != &emu_pipe_ops)
        return STATUS_INVALID_DEVICE_REQUEST;
    switch (code) {
    case FSCTL_PIPE_DISCONNECT:
        return pipe_disconnect(pipe_end_of(file));
    case FSCTL_PIPE_PEEK:
        return pipe_peek(pipe_end_of(file), output, output_nbytes, information_out);
    default:
        EMU_FIXME("nt/fsctl", "file system control 0x%x", code);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

NTSTATUS emu_nt_fs_control_file(emu_handle handle, emu_handle event, uint64_t apc_context,
                                struct emu_iosb *iosb, uint32_t code, const void *input,
                                uint32_t input_nbytes, void *output, uint32_t output_nbytes)
{
    struct emu_request *request;
    struct emu_file *file;
    NTSTATUS status = emu_file_lookup(handle, EMU_ACCESS_ANY, &file);

    if (status != STATUS_SUCCESS)
        return status;
    status = emu_request_create(file, EMU_IO_LISTEN, event, apc_context, iosb, &request);
    if (status == STATUS_SUCCESS && code == FSCTL_PIPE_LISTEN) {
        status = emu_request_run(request);
    } else if (status == STATUS_SUCCESS) {
        status = control(file, code, input, input_nbytes, output, output_nbytes,
                         &request->io.information);
        request->io.status = status;
        emu_request_tell_now(request);
    }
    emu_object_release(&file->obj);
    return status;
}

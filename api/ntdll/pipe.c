/* SPDX-License-Identifier: MIT */
/* Pipes and control codes. */
#include "api/ntdll/ntdll.h"
#include "emu/base/log.h"

NTSTATUS NTAPI nt_NtCreateNamedPipeFile(PHANDLE FileHandle, ULONG DesiredAccess,
                                        POBJECT_ATTRIBUTES ObjectAttributes,
                                        PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess,
                                        ULONG CreateDisposition, ULONG CreateOptions,
                                        ULONG NamedPipeType, ULONG ReadMode, ULONG CompletionMode,
                                        ULONG MaximumInstances, ULONG InboundQuota,
                                        ULONG OutboundQuota, PLARGE_INTEGER DefaultTimeout)
{
    struct emu_pipe_params params = {
        .share = ShareAccess,
        .disposition = CreateDisposition,
        .options = CreateOptions,
        .message_type = (NamedPipeType & FILE_PIPE_MESSAGE_TYPE) != 0,
        .message_read = (ReadMode & FILE_PIPE_MESSAGE_MODE) != 0,
        .nonblocking = (CompletionMode & FILE_PIPE_COMPLETE_OPERATION) != 0,
        .max_instances = MaximumInstances,
        .inbound_quota = InboundQuota,
        .outbound_quota = OutboundQuota,
        .default_timeout_100ns = DefaultTimeout ? DefaultTimeout->QuadPart : 0,
    };
    struct emu_object_name name;
    emu_handle pipe = 0;
    NTSTATUS status;

    if (!FileHandle || !IoStatusBlock || !ObjectAttributes)
        return STATUS_ACCESS_VIOLATION;
    /* [D] A message reader needs a message pipe. */
    if (params.message_read && !params.message_type)
        return STATUS_INVALID_PARAMETER;
    status = nt_object_name(ObjectAttributes, &name);
    if (status < 0)
        return status;
    status = emu_nt_create_named_pipe_file(&pipe, DesiredAccess, &name, nt_iosb(IoStatusBlock),
                                           &params);
    if (status >= 0)
        *FileHandle = (HANDLE)(ULONG_PTR)pipe;
    return status;
}

NTSTATUS NTAPI nt_NtFsControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                  PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                  ULONG FsControlCode, PVOID InputBuffer, ULONG InputBufferLength,
                                  PVOID OutputBuffer, ULONG OutputBufferLength)
{
    if (!IoStatusBlock)
        return STATUS_ACCESS_VIOLATION;
    if (ApcRoutine) {
        EMU_FIXME("nt/apc", "a control code with an APC routine");
        return STATUS_NOT_SUPPORTED;
    }
    return emu_nt_fs_control_file(nt_number(FileHandle), nt_number(Event), (ULONG_PTR)ApcContext,
                                  nt_iosb(IoStatusBlock), FsControlCode, InputBuffer,
                                  InputBufferLength, OutputBuffer, OutputBufferLength);
}

/* No device of ours has control codes. A bad handle still says so first. */
NTSTATUS NTAPI nt_NtDeviceIoControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                        PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                        ULONG IoControlCode, PVOID InputBuffer,
                                        ULONG InputBufferLength, PVOID OutputBuffer,
                                        ULONG OutputBufferLength)
{
    FILE_FS_DEVICE_INFORMATION device;
    struct emu_iosb iosb;
    NTSTATUS status = emu_nt_query_volume_information_file(
        nt_number(FileHandle), &iosb, &device, sizeof device, FileFsDeviceInformation);

    if (status == STATUS_INVALID_HANDLE || status == STATUS_OBJECT_TYPE_MISMATCH)
        return status;
    return STATUS_INVALID_DEVICE_REQUEST;
}

/* SPDX-License-Identifier: MIT */
/* File services: argument checks that need no object, then the door. */
#include "api/ntdll/ntdll.h"

#include "api/ntdll/ioring.h" /* nt_copy_in */
#include "api/ntdll/thread.h"

_Static_assert(sizeof(IO_STATUS_BLOCK) == sizeof(struct emu_iosb) &&
                   offsetof(IO_STATUS_BLOCK, Information) == offsetof(struct emu_iosb, information),
               "an IO_STATUS_BLOCK is handed through as it is");

NTSTATUS nt_object_name(const OBJECT_ATTRIBUTES *attributes, struct emu_object_name *name_out)
{
    OBJECT_ATTRIBUTES given;
    UNICODE_STRING name;

    *name_out = (struct emu_object_name){0};
    if (!attributes)
        return STATUS_SUCCESS;
    if (!nt_copy_in(&given, attributes, sizeof given))
        return STATUS_ACCESS_VIOLATION;
    if (given.Length != sizeof given)
        return STATUS_INVALID_PARAMETER; /* [D] as every service checks it */
    name_out->attributes = given.Attributes;
    name_out->root = nt_number(given.RootDirectory);
    if (!given.ObjectName)
        return STATUS_SUCCESS;
    if (!nt_copy_in(&name, given.ObjectName, sizeof name))
        return STATUS_ACCESS_VIOLATION;
    if (name.Length % sizeof(WCHAR) != 0)
        return STATUS_OBJECT_NAME_INVALID;
    if (name.Length != 0 && !name.Buffer)
        return STATUS_ACCESS_VIOLATION;
    name_out->chars = (const uint16_t *)name.Buffer;
    name_out->nbytes = name.Length;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI nt_NtCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                               POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                               PLARGE_INTEGER AllocationSize, ULONG FileAttributes,
                               ULONG ShareAccess, ULONG CreateDisposition, ULONG CreateOptions,
                               PVOID EaBuffer, ULONG EaLength)
{
    struct emu_object_name name;
    NTSTATUS status;

    if (!FileHandle || !IoStatusBlock || !ObjectAttributes)
        return STATUS_ACCESS_VIOLATION; /* [I] what the probe of a pointer gives */
    status = nt_object_name(ObjectAttributes, &name);
    if (status < 0)
        return status;
    if (EaBuffer && EaLength != 0)
        return STATUS_EAS_NOT_SUPPORTED;
    return emu_nt_create_file((emu_handle *)FileHandle, DesiredAccess, &name,
                              nt_iosb(IoStatusBlock), nt_time(AllocationSize), FileAttributes,
                              ShareAccess, CreateDisposition, CreateOptions);
}

NTSTATUS NTAPI nt_NtOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                             POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                             ULONG ShareAccess, ULONG OpenOptions)
{
    return nt_NtCreateFile(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, NULL, 0,
                           ShareAccess, FILE_OPEN, OpenOptions, NULL, 0);
}

_Static_assert(sizeof(FILE_SEGMENT_ELEMENT) == sizeof(uint64_t), "an array of addresses");

/* [D] Key belongs to byte-range locks, which are not built. */
#define TRANSFER(write, transfer_buffer, transfer_segments)                                        \
    emu_nt_transfer_file(nt_number(FileHandle), write,                                             \
                         &(struct emu_transfer){.event = nt_number(Event),                         \
                                                .apc_routine = (ULONG_PTR)ApcRoutine,              \
                                                .apc_context = (ULONG_PTR)ApcContext,              \
                                                .iosb = nt_iosb(IoStatusBlock),                    \
                                                .buffer = transfer_buffer,                         \
                                                .segments = (const uint64_t *)transfer_segments,   \
                                                .nbytes = Length,                                  \
                                                .offset = nt_time(ByteOffset)})

NTSTATUS NTAPI nt_NtReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                             PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                             ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
{
    return IoStatusBlock ? TRANSFER(0, Buffer, NULL) : STATUS_ACCESS_VIOLATION;
}

NTSTATUS NTAPI nt_NtWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                              PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                              ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
{
    return IoStatusBlock ? TRANSFER(1, Buffer, NULL) : STATUS_ACCESS_VIOLATION;
}

NTSTATUS NTAPI nt_NtReadFileScatter(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                    PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                    FILE_SEGMENT_ELEMENT *SegmentArray, ULONG Length,
                                    PLARGE_INTEGER ByteOffset, PULONG Key)
{
    return IoStatusBlock && SegmentArray ? TRANSFER(0, NULL, SegmentArray)
                                         : STATUS_ACCESS_VIOLATION;
}

NTSTATUS NTAPI nt_NtWriteFileGather(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                    PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                    FILE_SEGMENT_ELEMENT *SegmentArray, ULONG Length,
                                    PLARGE_INTEGER ByteOffset, PULONG Key)
{
    return IoStatusBlock && SegmentArray ? TRANSFER(1, NULL, SegmentArray)
                                         : STATUS_ACCESS_VIOLATION;
}

NTSTATUS NTAPI nt_NtFlushBuffersFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock)
{
    if (!IoStatusBlock)
        return STATUS_ACCESS_VIOLATION;
    return emu_nt_flush_buffers_file(nt_number(FileHandle), nt_iosb(IoStatusBlock));
}

/* [D] The flags only allow less work; doing all of it is right for each of them. */
NTSTATUS NTAPI nt_NtFlushBuffersFileEx(HANDLE FileHandle, ULONG Flags, PVOID Parameters,
                                       ULONG ParametersSize, PIO_STATUS_BLOCK IoStatusBlock)
{
    if (Flags & ~0x7u || Parameters || ParametersSize != 0)
        return STATUS_INVALID_PARAMETER;
    return nt_NtFlushBuffersFile(FileHandle, IoStatusBlock);
}

/* [I] Cancels those of every thread, as NtCancelIoFileEx(NULL) does: ios do not know their thread. */
NTSTATUS NTAPI nt_NtCancelIoFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock)
{
    NTSTATUS status = nt_NtCancelIoFileEx(FileHandle, NULL, IoStatusBlock);

    /* [D] CancelIo succeeds when there is nothing to cancel; CancelIoEx does not. */
    if (status == STATUS_NOT_FOUND) {
        IoStatusBlock->Status = STATUS_SUCCESS;
        return STATUS_SUCCESS;
    }
    return status;
}

NTSTATUS NTAPI nt_NtCancelIoFileEx(HANDLE FileHandle, PIO_STATUS_BLOCK IoRequestToCancel,
                                   PIO_STATUS_BLOCK IoStatusBlock)
{
    if (!IoStatusBlock)
        return STATUS_ACCESS_VIOLATION;
    return emu_nt_cancel_io_file_ex(nt_number(FileHandle), nt_iosb(IoRequestToCancel),
                                    nt_iosb(IoStatusBlock));
}

NTSTATUS NTAPI nt_NtQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                         PVOID FileInformation, ULONG Length,
                                         FILE_INFORMATION_CLASS FileInformationClass)
{
    if (!IoStatusBlock || !FileInformation)
        return STATUS_ACCESS_VIOLATION;
    return emu_nt_query_information_file(nt_number(FileHandle), nt_iosb(IoStatusBlock),
                                         FileInformation, Length, FileInformationClass);
}

/* The name of a query; attributes must be there, and a name in them. */
static NTSTATUS named(const OBJECT_ATTRIBUTES *attributes, struct emu_object_name *name_out)
{
    return attributes ? nt_object_name(attributes, name_out) : STATUS_ACCESS_VIOLATION;
}

NTSTATUS NTAPI nt_NtQueryAttributesFile(POBJECT_ATTRIBUTES ObjectAttributes,
                                        PFILE_BASIC_INFORMATION FileInformation)
{
    struct emu_object_name name;
    NTSTATUS status = named(ObjectAttributes, &name);

    return status < 0 ? status
                      : emu_nt_query_attributes_file(&name, FileInformation, FileBasicInformation);
}

NTSTATUS NTAPI nt_NtQueryFullAttributesFile(POBJECT_ATTRIBUTES ObjectAttributes,
                                            PFILE_NETWORK_OPEN_INFORMATION FileInformation)
{
    struct emu_object_name name;
    NTSTATUS status = named(ObjectAttributes, &name);

    return status < 0 ? status
                      : emu_nt_query_attributes_file(&name, FileInformation,
                                                     FileNetworkOpenInformation);
}

NTSTATUS NTAPI nt_NtQueryInformationByName(POBJECT_ATTRIBUTES ObjectAttributes,
                                           PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation,
                                           ULONG Length,
                                           FILE_INFORMATION_CLASS FileInformationClass)
{
    struct emu_object_name name;
    NTSTATUS status = nt_family() == NT_WINE ? STATUS_NOT_IMPLEMENTED
                                             : named(ObjectAttributes, &name);

    return status < 0 ? status
                      : emu_nt_query_information_by_name(&name, nt_iosb(IoStatusBlock),
                                                         FileInformation, Length,
                                                         FileInformationClass);
}

NTSTATUS NTAPI nt_NtSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                       PVOID FileInformation, ULONG Length,
                                       FILE_INFORMATION_CLASS FileInformationClass)
{
    if (!IoStatusBlock || !FileInformation)
        return STATUS_ACCESS_VIOLATION;
    return emu_nt_set_information_file(nt_number(FileHandle), nt_iosb(IoStatusBlock),
                                       FileInformation, Length, FileInformationClass);
}

NTSTATUS NTAPI nt_NtQueryVolumeInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                               PVOID FsInformation, ULONG Length,
                                               FS_INFORMATION_CLASS FsInformationClass)
{
    if (!IoStatusBlock || !FsInformation)
        return STATUS_ACCESS_VIOLATION;
    return emu_nt_query_volume_information_file(nt_number(FileHandle), nt_iosb(IoStatusBlock),
                                                FsInformation, Length, FsInformationClass);
}

NTSTATUS NTAPI nt_NtDeleteFile(POBJECT_ATTRIBUTES ObjectAttributes)
{
    struct emu_object_name name;
    NTSTATUS status;

    if (!ObjectAttributes)
        return STATUS_ACCESS_VIOLATION;
    status = nt_object_name(ObjectAttributes, &name);
    return status < 0 ? status : emu_nt_delete_file(&name);
}

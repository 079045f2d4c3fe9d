// SPDX-License-Identifier: MIT
/* NtSetInformationFile. */
#include "emu/base/log.h"
#include "emu/base/status.h"
#include "emu/base/usermem.h"
#include "emu/object/disk.h"
#include "emu/object/file_access.h"
#include "emu/object/handle.h"
#include "emu/object/pipe.h"
#include "emu/object/port.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <winternl.h>

#define UNIX_EPOCH_100NS INT64_C(116444736000000000)

/* 0 and -1 leave a time as it is. */
static struct timespec unix_time(int64_t nt)
{
    int64_t t = nt - UNIX_EPOCH_100NS;

    if (nt == 0 || nt == -1)
        return (struct timespec){0, UTIME_OMIT};
    /* Rounded down, so that nanoseconds are never negative. */
    return (struct timespec){t / 10000000 - (t % 10000000 < 0),
                             (t % 10000000 + (t % 10000000 < 0) * 10000000) * 100};
}

static NTSTATUS set_basic(struct emu_file *file, const void *info)
{
    const FILE_BASIC_INFORMATION *basic = info;
    struct timespec times[2] = {unix_time(basic->LastAccessTime.QuadPart),
                                unix_time(basic->LastWriteTime.QuadPart)};
    struct stat st;
    mode_t mode;

    if (fstat(file->fd, &st) != 0 || futimens(file->fd, times) != 0)
        return emu_status_from_errno(errno);
    if (!basic->FileAttributes || S_ISDIR(st.st_mode))
        return STATUS_SUCCESS;
    mode = (basic->FileAttributes & FILE_ATTRIBUTE_READONLY) ? st.st_mode & 07777 & ~0222u
                                                             : (st.st_mode & 07777) | 0200;
    if (!(basic->FileAttributes & FILE_ATTRIBUTE_READONLY) && (st.st_mode & 0222))
        return STATUS_SUCCESS;
    return fchmod(file->fd, mode) == 0 ? STATUS_SUCCESS : emu_status_from_errno(errno);
}

static NTSTATUS set_position(struct emu_file *file, const void *info)
{
    int64_t position = ((const FILE_POSITION_INFORMATION *)info)->CurrentByteOffset.QuadPart;

    if (position < 0 || (file->unbuffered && position % file->sector_nbytes))
        return STATUS_INVALID_PARAMETER;
    emu_long_lock_acquire(&file->position_lock);
    file->position = (uint64_t)position;
    emu_long_lock_release(&file->position_lock);
    return STATUS_SUCCESS;
}

static NTSTATUS set_end_of_file(struct emu_file *file, const void *info)
{
    int64_t size = ((const FILE_END_OF_FILE_INFORMATION *)info)->EndOfFile.QuadPart;

    if (size < 0 || file->kind != EMU_FILE_DISK)
        return STATUS_INVALID_PARAMETER;
    return ftruncate(file->fd, size) == 0 ? STATUS_SUCCESS : emu_status_from_errno(errno);
}

/* [D] An allocation below the end of file cuts the file; above it, it is only a reservation. */
static NTSTATUS set_allocation(struct emu_file *file, const void *info)
{
    int64_t nbytes = ((const FILE_ALLOCATION_INFORMATION *)info)->AllocationSize.QuadPart;
    struct stat st;

    if (nbytes < 0 || file->kind != EMU_FILE_DISK)
        return STATUS_INVALID_PARAMETER;
    if (fstat(file->fd, &st) != 0)
        return emu_status_from_errno(errno);
    if (nbytes < st.st_size)
        return ftruncate(file->fd, nbytes) == 0 ? STATUS_SUCCESS : emu_status_from_errno(errno);
    if (nbytes > st.st_size && fallocate(file->fd, FALLOC_FL_KEEP_SIZE, 0, nbytes) != 0 &&
        errno != EOPNOTSUPP)
        return emu_status_from_errno(errno);
    return STATUS_SUCCESS;
}

static NTSTATUS set_disposition(struct emu_file *file, const void *info)
{
    return file->ops == &emu_disk_ops ? emu_disk_set_delete(file, *(const unsigned char *)info)
                                      : STATUS_INVALID_PARAMETER;
}

/* Flags: 1 delete, 2 POSIX semantics (the name goes at once), 16 ignore the read-only attribute. */
static NTSTATUS set_disposition_ex(struct emu_file *file, const void *info)
{
    uint32_t flags = *(const uint32_t *)info;

    if (flags & ~1u)
        EMU_FIXME("nt/disposition_ex", "disposition flags 0x%x are ignored", flags & ~1u);
    return file->ops == &emu_disk_ops ? emu_disk_set_delete(file, flags & 1)
                                      : STATUS_INVALID_PARAMETER;
}

static NTSTATUS set_completion(struct emu_file *file, const void *info)
{
    const FILE_COMPLETION_INFORMATION *completion = info;
    struct emu_object *port;
    /* IO_COMPLETION_MODIFY_STATE */
    NTSTATUS status =
        emu_handle_lookup((uintptr_t)completion->Port, 2, &emu_port_ops, &port, NULL);

    if (status != STATUS_SUCCESS)
        return status;
    status = emu_port_associate(file, emu_port_from_object(port), (uintptr_t)completion->Key);
    emu_object_release(port);
    return status;
}

static NTSTATUS set_notification(struct emu_file *file, const void *info)
{
    uint32_t modes = ((const FILE_IO_COMPLETION_NOTIFICATION_INFORMATION *)info)->Flags;

    if (modes & ~7u)
        return STATUS_INVALID_PARAMETER;
    emu_lock_acquire(&file->pending_lock);
    file->port_modes |= (uint8_t)modes; /* [D] modes cannot be taken back */
    emu_lock_release(&file->pending_lock);
    return STATUS_SUCCESS;
}

static NTSTATUS set_pipe(struct emu_file *file, const void *info)
{
    const FILE_PIPE_INFORMATION *modes = info;

    return file->ops == &emu_pipe_ops
               ? pipe_set_modes(pipe_end_of(file), modes->ReadMode, modes->CompletionMode)
               : STATUS_INVALID_PARAMETER;
}

static const struct {
    uint32_t information_class, nbytes, access;
    NTSTATUS (*set)(struct emu_file *file, const void *info);
} rows[] = {
    {FileBasicInformation, sizeof(FILE_BASIC_INFORMATION), FILE_WRITE_ATTRIBUTES, set_basic},
    {FileDispositionInformation, 1, DELETE, set_disposition},
    {FileDispositionInformationEx, 4, DELETE, set_disposition_ex},
    {FilePositionInformation, sizeof(FILE_POSITION_INFORMATION), 0, set_position},
    {FileAllocationInformation, sizeof(FILE_ALLOCATION_INFORMATION), FILE_WRITE_DATA,
     set_allocation},
    {FileEndOfFileInformation, sizeof(FILE_END_OF_FILE_INFORMATION), FILE_WRITE_DATA,
     set_end_of_file},
    {FilePipeInformation, sizeof(FILE_PIPE_INFORMATION), FILE_WRITE_ATTRIBUTES, set_pipe},
    {FileCompletionInformation, sizeof(FILE_COMPLETION_INFORMATION), 0, set_completion},
    {FileIoCompletionNotificationInformation, sizeof(FILE_IO_COMPLETION_NOTIFICATION_INFORMATION), 0,
     set_notification},
};

static NTSTATUS set_class(emu_handle handle, const void *info, uint32_t info_nbytes, size_t row)
{
    uint64_t copy[8] = {0}; /* aligned, and larger than any row */
    struct emu_file *file;
    NTSTATUS status;

    if (info_nbytes < rows[row].nbytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!emu_copy_from_user(copy, info, rows[row].nbytes))
        return STATUS_ACCESS_VIOLATION;
    status = emu_file_lookup(handle, rows[row].access, &file);
    if (status != STATUS_SUCCESS)
        return status;
    emu_file_sim_look(file, true);
    status = rows[row].set(file, copy);
    emu_object_release(&file->obj);
    return status;
}

NTSTATUS emu_nt_set_information_file(emu_handle handle, struct emu_iosb *iosb, const void *info,
                                     uint32_t info_nbytes, uint32_t information_class)
{
    NTSTATUS status = STATUS_INVALID_INFO_CLASS;
    size_t row = 0;

    if (!emu_probe_user(iosb, sizeof *iosb))
        return STATUS_ACCESS_VIOLATION;
    while (row < sizeof rows / sizeof rows[0] && rows[row].information_class != information_class)
        row++;
    if (row < sizeof rows / sizeof rows[0])
        status = set_class(handle, info, info_nbytes, row);
    else
        EMU_FIXME("nt/set_information", "file information class %u", information_class);
    (void)emu_write_iosb(iosb, status, 0);
    return status;
}

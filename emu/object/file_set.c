// SPDX-License-Identifier: MIT
/* NtSetInformationFile. */
#include "emu/base/log.h"
#include "emu/base/status.h"
#include "emu/base/usermem.h"
#include "emu/object/disk.h"
#include "emu/object/file_access.h"
#include "emu/object/handle.h"
#include "emu/object/path.h"
#include "emu/object/pipe.h"
#include "emu/object/port.h"
#include "emu/object/section.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
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

/* [D] SetEndOfFile: ERROR_USER_MAPPED_FILE. What is mapped stays in the file. */
static NTSTATUS set_size(struct emu_file *file, int64_t nbytes)
{
    struct stat st;

    if (fstat(file->fd, &st) != 0)
        return emu_status_from_errno(errno);
    if (nbytes < st.st_size && emu_section_maps(st.st_dev, st.st_ino))
        return STATUS_USER_MAPPED_FILE;
    return ftruncate(file->fd, nbytes) == 0 ? STATUS_SUCCESS : emu_status_from_errno(errno);
}

static NTSTATUS set_end_of_file(struct emu_file *file, const void *info)
{
    int64_t size = ((const FILE_END_OF_FILE_INFORMATION *)info)->EndOfFile.QuadPart;

    if (size < 0 || file->kind != EMU_FILE_DISK)
        return STATUS_INVALID_PARAMETER;
    return set_size(file, size);
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
        return set_size(file, nbytes);
    if (nbytes > st.st_size && fallocate(file->fd, FALLOC_FL_KEEP_SIZE, 0, nbytes) != 0 &&
        errno != EOPNOTSUPP)
        return emu_status_from_errno(errno);
    return STATUS_SUCCESS;
}

static NTSTATUS set_disposition(struct emu_file *file, const void *info)
{
    uint32_t flags = *(const unsigned char *)info ? FILE_DISPOSITION_DELETE : 0;

    return file->ops == &emu_disk_ops ? emu_disk_set_delete(file, flags) : STATUS_INVALID_PARAMETER;
}

static NTSTATUS set_disposition_ex(struct emu_file *file, const void *info)
{
    uint32_t flags = *(const uint32_t *)info;

    if (flags & ~(uint32_t)(FILE_DISPOSITION_DELETE | FILE_DISPOSITION_POSIX_SEMANTICS |
                            FILE_DISPOSITION_FORCE_IMAGE_SECTION_CHECK | FILE_DISPOSITION_ON_CLOSE |
                            FILE_DISPOSITION_IGNORE_READONLY_ATTRIBUTE))
        return STATUS_INVALID_PARAMETER;
    return file->ops == &emu_disk_ops ? emu_disk_set_delete(file, flags) : STATUS_INVALID_PARAMETER;
}

/* The name is a whole one, one below a directory's handle, or a plain one for the same directory [D]. */
static NTSTATUS resolve_target(const struct emu_file *file, emu_handle root, uint16_t *chars,
                               uint32_t nbytes, struct emu_path *path_out)
{
    const char *own = emu_disk_path(file), *slash = strrchr(own, '/');
    struct emu_object_name name = {.chars = chars, .nbytes = nbytes, .root = root};
    char *folder;
    NTSTATUS status;

    if (root || chars[0] == '\\')
        return emu_path_resolve(&name, path_out);
    for (uint32_t i = 0; i < nbytes / 2; i++)
        if (chars[i] == '\\')
            return STATUS_OBJECT_NAME_INVALID;
    folder = strndup(own, slash ? (size_t)(slash - own) : 0);
    if (!folder)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = emu_path_below(folder, chars, nbytes / 2, path_out);
    free(folder);
    return status;
}

static NTSTATUS rename_to(struct emu_file *file, emu_handle root, const void *user_chars,
                          uint32_t nbytes, uint32_t flags)
{
    uint16_t *chars = malloc(nbytes);
    struct emu_path path;
    NTSTATUS status = STATUS_SUCCESS;

    if (!chars)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!emu_copy_from_user(chars, user_chars, nbytes))
        status = STATUS_ACCESS_VIOLATION;
    if (status == STATUS_SUCCESS)
        status = resolve_target(file, root, chars, nbytes, &path);
    free(chars);
    if (status != STATUS_SUCCESS)
        return status;
    status = path.kind != EMU_PATH_DISK ? STATUS_NOT_SAME_DEVICE
             : path.wants_directory && file->kind != EMU_FILE_DIRECTORY
                 ? STATUS_OBJECT_NAME_INVALID
                 : emu_disk_rename(file, path.linux_path, flags);
    emu_path_fini(&path);
    return status;
}

static NTSTATUS set_rename(emu_handle handle, const void *info, uint32_t info_nbytes, bool extended)
{
    const uint32_t head = offsetof(FILE_RENAME_INFORMATION, FileName);
    FILE_RENAME_INFORMATION rename;
    struct emu_file *file;
    uint32_t flags;
    NTSTATUS status;

    if (info_nbytes < sizeof rename)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!emu_copy_from_user(&rename, info, head))
        return STATUS_ACCESS_VIOLATION;
    if (!rename.FileNameLength || rename.FileNameLength % 2 ||
        rename.FileNameLength > info_nbytes - head || rename.FileNameLength > UINT16_MAX)
        return STATUS_INVALID_PARAMETER;
    flags = extended ? rename.Flags : rename.ReplaceIfExists ? FILE_RENAME_REPLACE_IF_EXISTS : 0;
    if (flags & ~(uint32_t)FILE_RENAME_VALID_FLAGS)
        return STATUS_INVALID_PARAMETER;
    status = emu_file_lookup(handle, DELETE, &file);
    if (status != STATUS_SUCCESS)
        return status;
    status = file->ops == &emu_disk_ops
                 ? rename_to(file, (uintptr_t)rename.RootDirectory, (const char *)info + head,
                             rename.FileNameLength, flags)
                 : STATUS_INVALID_PARAMETER;
    emu_object_release(&file->obj);
    return status;
}

/* A hint that Linux has no place for here. */
static NTSTATUS set_priority(struct emu_file *file, const void *info)
{
    (void)file;
    return *(const uint32_t *)info < MaxIoPriorityTypes ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static NTSTATUS set_completion(struct emu_file *file, const void *info)
{
    const FILE_COMPLETION_INFORMATION *completion = info;
    struct emu_object *port;
    /* IO_COMPLETION_MODIFY_STATE */
    NTSTATUS status = emu_handle_lookup((uintptr_t)completion->Port, 2, &emu_port_ops, &port, NULL);

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
    {FileIoCompletionNotificationInformation, sizeof(FILE_IO_COMPLETION_NOTIFICATION_INFORMATION),
     0, set_notification},
    {FileIoPriorityHintInformation, sizeof(FILE_IO_PRIORITY_HINT_INFORMATION), 0, set_priority},
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
    if (information_class == FileRenameInformation || information_class == FileRenameInformationEx)
        status =
            set_rename(handle, info, info_nbytes, information_class == FileRenameInformationEx);
    else if (row < sizeof rows / sizeof rows[0])
        status = set_class(handle, info, info_nbytes, row);
    else
        EMU_FIXME("nt/set_information", "file information class %u", information_class);
    (void)emu_write_iosb(iosb, status, 0);
    return status;
}

// SPDX-License-Identifier: MIT
/*
 * Descriptors that came from outside. Streams go to the engine whole: offsets mean nothing, a read
 * ends with what there is, and 0 bytes from a socket whose peer has closed is success [I].
 */
#include "emu/object/socket.h"

#include "emu/base/status.h"
#include "emu/object/disk.h"
#include "emu/object/file_access.h"
#include "emu/object/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <winternl.h>

static enum emu_io_start socket_start(struct emu_io *io)
{
    if (io->op == EMU_IO_LISTEN)
        return emu_io_done(io, STATUS_INVALID_DEVICE_REQUEST, 0);
    if (emu_io_faulted(io))
        return EMU_IO_DONE;
    if (io->op == EMU_IO_FLUSH) /* [I] nothing is held back here */
        return emu_io_done(io, STATUS_SUCCESS, 0);
    /* [I] A zero-length receive would wait for data on Windows; a send of nothing is done. */
    if (io->op == EMU_IO_WRITE && io->length == 0)
        return emu_io_done(io, STATUS_SUCCESS, 0);
    return emu_io_to_engine(io);
}

static const struct emu_file_ops socket_ops = {
    .start = socket_start,
    .cancel = emu_io_cancel_in_engine,
    .close = emu_file_no_close,
    .destroy = emu_file_no_destroy,
};

static struct emu_file *new_file(bool is_socket)
{
    struct emu_disk *disk;
    struct emu_file *file;

    if (is_socket) {
        file = calloc(1, sizeof *file);
        if (file)
            emu_file_init(file, &socket_ops, EMU_FILE_SOCKET);
        return file;
    }
    /* An adopted disk file or tty is one without a name and outside the share table. */
    disk = calloc(1, sizeof *disk);
    if (!disk || !emu_disk_name_init(disk, "")) {
        free(disk);
        return NULL;
    }
    emu_file_init(&disk->file, &emu_disk_ops, EMU_FILE_DISK);
    return &disk->file;
}

NTSTATUS emu_socket_adopt(int fd, uint32_t access, uint32_t options, struct emu_file **file_out)
{
    struct emu_file *file;
    struct stat st;

    if (fstat(fd, &st) != 0)
        return emu_status_from_errno(errno);
    file = new_file(S_ISSOCK(st.st_mode));
    if (!file)
        return STATUS_NO_MEMORY;
    file->access = access;
    file->options = options;
    file->synchronous = options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT);
    file->fd = fd;
    if (file->kind != EMU_FILE_SOCKET)
        emu_disk_probe(file);
    *file_out = file;
    return STATUS_SUCCESS;
}

NTSTATUS emu_nt_adopt_fd(emu_handle *file_out, int32_t fd, uint32_t access, uint32_t options)
{
    struct emu_file *file;
    NTSTATUS status;

    access = emu_file_map_access(access);
    status = emu_socket_adopt(fd, access, options, &file);

    if (status != STATUS_SUCCESS)
        return status;
    status = emu_handle_create(&file->obj, access, file_out);
    if (status != STATUS_SUCCESS)
        file->fd = -1; /* still the caller's */
    emu_object_release(&file->obj);
    return status;
}

NTSTATUS emu_nt_query_fd(emu_handle handle, int32_t *fd_out)
{
    struct emu_object *obj;
    NTSTATUS status = emu_handle_lookup(handle, EMU_ACCESS_ANY, &emu_file_object_ops, &obj, NULL);

    if (status != STATUS_SUCCESS)
        return STATUS_INVALID_HANDLE;
    *fd_out = emu_file_from_object(obj)->fd;
    emu_object_release(obj);
    return *fd_out >= 0 ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

// SPDX-License-Identifier: MIT
/* The life of a disk file object after it was opened: closing, deletion. */
#include "emu/object/disk.h"

#include "emu/base/status.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <winternl.h>

static struct emu_disk *disk_of(struct emu_file *file)
{
    return (struct emu_disk *)file;
}

/* Last handle. [D] Operations still in flight go on: they hold the file object, not the handle. */
static void disk_close(struct emu_file *file)
{
    struct emu_disk *disk = disk_of(file);

    if (!disk->share)
        return;
    if (disk->delete_on_close)
        emu_share_set_delete(disk->share, true);
    emu_share_close(disk->share, file->access, disk->share_mode, disk->path,
                    file->kind == EMU_FILE_DIRECTORY);
    disk->share = NULL;
}

static void disk_destroy(struct emu_file *file)
{
    emu_directory_destroy(disk_of(file)->scan);
    free(disk_of(file)->path);
}

const struct emu_file_ops emu_disk_ops = {
    .start = emu_disk_start,
    .cancel = emu_io_cancel_in_engine,
    .close = disk_close,
    .destroy = disk_destroy,
};

const char *emu_disk_path(const struct emu_file *file)
{
    return ((const struct emu_disk *)file)->path;
}

static bool directory_is_empty(const struct emu_file *file)
{
    int fd = openat(file->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *entry;
    bool empty = true;

    if (!dir) {
        if (fd >= 0)
            close(fd);
        return true; /* rmdir will know */
    }
    while (empty && (entry = readdir(dir)))
        empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
    closedir(dir);
    return empty;
}

NTSTATUS emu_disk_set_delete(struct emu_file *file, bool delete_pending)
{
    struct emu_disk *disk = disk_of(file);
    struct stat st;

    if (!disk->share)
        return STATUS_CANNOT_DELETE;
    if (fstat(file->fd, &st) != 0)
        return emu_status_from_errno(errno);
    if (delete_pending && S_ISREG(st.st_mode) && !(st.st_mode & 0222))
        return STATUS_CANNOT_DELETE; /* [D] read-only files */
    if (delete_pending && file->kind == EMU_FILE_DIRECTORY && !directory_is_empty(file))
        return STATUS_DIRECTORY_NOT_EMPTY;
    emu_share_set_delete(disk->share, delete_pending);
    return STATUS_SUCCESS;
}

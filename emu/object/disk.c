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
    emu_disk_delist(disk);
    if (disk->delete_on_close)
        emu_share_set_delete(disk->share, true);
    if (disk->posix_delete && emu_share_delete_pending(disk->share))
        emu_share_unlink(disk->share, emu_disk_path(file), file->kind == EMU_FILE_DIRECTORY);
    emu_share_close(disk->share, file->access, disk->share_mode, emu_disk_path(file),
                    file->kind == EMU_FILE_DIRECTORY);
    disk->share = NULL;
}

static void disk_destroy(struct emu_file *file)
{
    emu_directory_destroy(disk_of(file)->scan);
    emu_disk_name_fini(disk_of(file));
}

const struct emu_file_ops emu_disk_ops = {
    .start = emu_disk_start,
    .cancel = emu_io_cancel_in_engine,
    .close = disk_close,
    .destroy = disk_destroy,
};

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

NTSTATUS emu_disk_set_delete(struct emu_file *file, uint32_t flags)
{
    bool delete_pending = flags & FILE_DISPOSITION_DELETE;
    struct emu_disk *disk = disk_of(file);
    struct stat st;

    if (!disk->share)
        return STATUS_CANNOT_DELETE;
    if (fstat(file->fd, &st) != 0)
        return emu_status_from_errno(errno);
    if (delete_pending && !(flags & FILE_DISPOSITION_IGNORE_READONLY_ATTRIBUTE) &&
        S_ISREG(st.st_mode) && !(st.st_mode & 0222))
        return STATUS_CANNOT_DELETE; /* [D] read-only files */
    if (delete_pending && file->kind == EMU_FILE_DIRECTORY && !directory_is_empty(file))
        return STATUS_DIRECTORY_NOT_EMPTY;
    if (flags & FILE_DISPOSITION_ON_CLOSE) { /* [D] as the option with which a file is opened */
        disk->delete_on_close = delete_pending;
        return STATUS_SUCCESS;
    }
    disk->posix_delete = flags & FILE_DISPOSITION_POSIX_SEMANTICS;
    emu_share_set_delete(disk->share, delete_pending);
    return STATUS_SUCCESS;
}

// SPDX-License-Identifier: MIT
/*
 * What files on disk are called, and new names for them. A name never changes: a new one takes its place
 * and keeps the old ones alive, so that readers take no lock.
 */
#include "emu/object/disk.h"

#include "emu/base/status.h"
#include "emu/object/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <winternl.h>

#ifndef RENAME_NOREPLACE
#    define RENAME_NOREPLACE 1u
#endif

struct emu_disk_name {
    struct emu_disk_name *older; /* owned; no longer anybody's name */
    char chars[];
};

/* A leaf: covers the list, and every change of a name in it. */
static struct emu_lock open_lock = EMU_LOCK_INIT;
static struct emu_list open_disks = {&open_disks, &open_disks}; /* struct emu_disk.open */

/* One new name after another: held across the system call, hence "long". Taken before open_lock. */
static struct emu_long_lock rename_lock;

static struct emu_disk_name *name_alloc(const char *head, size_t head_nbytes, const char *tail)
{
    size_t nbytes = strlen(tail);
    struct emu_disk_name *name = malloc(sizeof *name + head_nbytes + nbytes + 1);

    if (!name)
        return NULL;
    name->older = NULL;
    memcpy(name->chars, head, head_nbytes);
    memcpy(name->chars + head_nbytes, tail, nbytes + 1);
    return name;
}

bool emu_disk_name_init(struct emu_disk *disk, const char *path)
{
    emu_list_init(&disk->open);
    disk->name = name_alloc("", 0, path);
    return disk->name;
}

void emu_disk_name_fini(struct emu_disk *disk)
{
    while (disk->name) {
        struct emu_disk_name *older = disk->name->older;

        free(disk->name);
        disk->name = older;
    }
}

const char *emu_disk_path(const struct emu_file *file)
{
    const struct emu_disk *disk = (const struct emu_disk *)file;

    /* Acquire: pairs with the release in give_names_locked. */
    return __atomic_load_n(&disk->name, __ATOMIC_ACQUIRE)->chars;
}

void emu_disk_enlist(struct emu_disk *disk)
{
    emu_lock_acquire(&open_lock);
    emu_list_append(&open_disks, &disk->open);
    emu_lock_release(&open_lock);
}

void emu_disk_delist(struct emu_disk *disk)
{
    emu_lock_acquire(&open_lock);
    emu_list_remove(&disk->open);
    emu_list_init(&disk->open);
    emu_lock_release(&open_lock);
}

/* ---- new names ---- */

static bool lies_below(const char *path, const char *folder)
{
    size_t n = strlen(folder);

    return !strncmp(path, folder, n) && path[n] == '/';
}

static bool anything_open_below(const char *folder)
{
    struct emu_list *pos;
    bool found = false;

    emu_lock_acquire(&open_lock);
    emu_list_for_each(pos, &open_disks)
        found = found ||
                lies_below(emu_disk_path(&EMU_CONTAINER(pos, struct emu_disk, open)->file), folder);
    emu_lock_release(&open_lock);
    return found;
}

/* Everybody who has this name open; without memory an opener keeps the old name, which names nothing. */
static void give_names_locked(const char *from, const char *to)
{
    struct emu_list *pos;

    emu_list_for_each(pos, &open_disks) {
        struct emu_disk *disk = EMU_CONTAINER(pos, struct emu_disk, open);
        struct emu_disk_name *name;

        if (strcmp(disk->name->chars, from) != 0)
            continue;
        name = name_alloc("", 0, to);
        if (!name)
            continue;
        name->older = disk->name;
        /* Release: pairs with the acquire in emu_disk_path. */
        __atomic_store_n(&disk->name, name, __ATOMIC_RELEASE);
    }
}

static int rename_without(const char *from, const char *to, bool replace)
{
    struct stat st;

    if (replace)
        return rename(from, to);
#ifdef SYS_renameat2
    if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
#endif
    /* A file system that cannot: then whoever makes the name at this moment loses it. */
    if (lstat(to, &st) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, to);
}

/* What has the name now must go. [D] FILE_RENAME_INFORMATION */
static NTSTATUS check_target(const struct stat *target, uint32_t flags)
{
    if (!(flags & FILE_RENAME_REPLACE_IF_EXISTS))
        return STATUS_OBJECT_NAME_COLLISION;
    if (S_ISDIR(target->st_mode))
        return STATUS_ACCESS_DENIED;
    if (!(target->st_mode & 0222) && !(flags & FILE_RENAME_IGNORE_READONLY_ATTRIBUTE))
        return STATUS_ACCESS_DENIED;
    /* A file that is open stays, unless the caller wants it as POSIX has it. */
    if (!(flags & FILE_RENAME_POSIX_SEMANTICS) && emu_share_is_open(target->st_dev, target->st_ino))
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

static NTSTATUS rename_failed(const char *to, int err)
{
    switch (err) {
    case ENOENT:
    case ENOTDIR:
        return emu_path_not_found(to) == STATUS_OBJECT_PATH_NOT_FOUND
                   ? STATUS_OBJECT_PATH_NOT_FOUND
                   : STATUS_OBJECT_NAME_NOT_FOUND;
    case EEXIST:
    case ENOTEMPTY:
        return STATUS_OBJECT_NAME_COLLISION;
    case EXDEV:
        return STATUS_NOT_SAME_DEVICE;
    case EISDIR:
        return STATUS_ACCESS_DENIED;
    case EINVAL: /* a directory into itself */
        return STATUS_SHARING_VIOLATION;
    default:
        return emu_status_from_errno(err);
    }
}

/* Rename lock held. */
static NTSTATUS rename_serially(struct emu_disk *disk, const char *to, uint32_t flags)
{
    const char *from = emu_disk_path(&disk->file);
    struct stat own, source, target;
    bool replace = false;
    NTSTATUS status;

    if (fstat(disk->file.fd, &own) != 0)
        return emu_status_from_errno(errno);
    if (stat(from, &source) != 0)
        return emu_status_from_errno(errno);
    if (source.st_dev != own.st_dev || source.st_ino != own.st_ino)
        return STATUS_OBJECT_NAME_NOT_FOUND; /* somebody else has moved it */
    if (!strcmp(from, to))
        return STATUS_SUCCESS;
    if (disk->file.kind == EMU_FILE_DIRECTORY && anything_open_below(from))
        return STATUS_ACCESS_DENIED; /* [D] a directory with open files in it stays where it is */
    if (stat(to, &target) == 0) {
        bool same = target.st_dev == own.st_dev && target.st_ino == own.st_ino;

        status = check_target(&target, same ? flags | FILE_RENAME_POSIX_SEMANTICS : flags);
        if (status != STATUS_SUCCESS)
            return status;
        replace = true;
        if (same && unlink(to) != 0) /* two links of one file: to rename(), nothing to do */
            return emu_status_from_errno(errno);
    }
    if (rename_without(from, to, replace) != 0)
        return rename_failed(to, errno);
    emu_lock_acquire(&open_lock);
    give_names_locked(from, to);
    emu_lock_release(&open_lock);
    return STATUS_SUCCESS;
}

NTSTATUS emu_disk_rename(struct emu_file *file, const char *to, uint32_t flags)
{
    struct emu_disk *disk = (struct emu_disk *)file;
    NTSTATUS status;

    if (!disk->share)
        return STATUS_INVALID_PARAMETER; /* a device */
    if (emu_share_delete_pending(disk->share))
        return STATUS_ACCESS_DENIED;
    emu_long_lock_acquire(&rename_lock);
    status = rename_serially(disk, to, flags);
    emu_long_lock_release(&rename_lock);
    return status;
}

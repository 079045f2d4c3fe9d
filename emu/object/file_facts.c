// SPDX-License-Identifier: MIT
#include "emu/object/file_info.h"

#include "emu/base/status.h"
#include "emu/object/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <winternl.h>

#define UNIX_EPOCH_100NS INT64_C(116444736000000000)

static int64_t nt_time(struct statx_timestamp t)
{
    return t.tv_sec * 10000000 + t.tv_nsec / 100 + UNIX_EPOCH_100NS;
}

/* path: whole, or the last component alone. */
static uint32_t attributes_of(const struct statx *stx, const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL, *last = slash ? slash + 1 : path;
    uint32_t attributes = 0;

    if (S_ISDIR(stx->stx_mode))
        attributes |= FILE_ATTRIBUTE_DIRECTORY;
    else if (!(stx->stx_mode & 0222))
        attributes |= FILE_ATTRIBUTE_READONLY;
    if (S_ISREG(stx->stx_mode))
        attributes |= FILE_ATTRIBUTE_ARCHIVE;
    /* [I] as other Windows-on-Linux layers show them */
    if (last && last[0] == '.' && strcmp(last, ".") && strcmp(last, ".."))
        attributes |= FILE_ATTRIBUTE_HIDDEN;
    return attributes ? attributes : FILE_ATTRIBUTE_NORMAL;
}

static void take_facts(const struct statx *stx, const char *path, struct emu_file_facts *facts)
{
    facts->written = nt_time(stx->stx_mtime);
    facts->created = (stx->stx_mask & STATX_BTIME) ? nt_time(stx->stx_btime) : facts->written;
    facts->accessed = nt_time(stx->stx_atime);
    facts->changed = nt_time(stx->stx_ctime);
    facts->directory = S_ISDIR(stx->stx_mode);
    facts->size = facts->directory ? 0 : (int64_t)stx->stx_size;
    facts->allocated = facts->directory ? 0 : (int64_t)stx->stx_blocks * 512;
    facts->dev = ((uint64_t)stx->stx_dev_major << 20) | stx->stx_dev_minor;
    facts->ino = stx->stx_ino;
    facts->links = stx->stx_nlink;
    facts->attributes = attributes_of(stx, path);
}

NTSTATUS emu_file_facts_at(int directory_fd, const char *name, struct emu_file_facts *facts)
{
    struct statx stx;

    memset(facts, 0, sizeof *facts);
    /* A link that leads nowhere is still a name in its directory. */
    if (statx(directory_fd, name, 0, STATX_BASIC_STATS | STATX_BTIME, &stx) != 0 &&
        statx(directory_fd, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, &stx) != 0)
        return emu_status_from_errno(errno);
    take_facts(&stx, name, facts);
    return STATUS_SUCCESS;
}

NTSTATUS emu_file_facts(struct emu_file *file, struct emu_file_facts *facts)
{
    struct emu_disk *disk = file->ops == &emu_disk_ops ? (struct emu_disk *)file : NULL;
    struct statx stx;

    memset(facts, 0, sizeof *facts);
    if (file->fd < 0) { /* our own pipes */
        facts->attributes = FILE_ATTRIBUTE_NORMAL;
        facts->links = 1;
        return STATUS_SUCCESS;
    }
    if (statx(file->fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &stx) != 0)
        return emu_status_from_errno(errno);
    take_facts(&stx, disk ? emu_disk_path(file) : NULL, facts);
    facts->delete_pending = disk && disk->share && emu_share_delete_pending(disk->share);
    /* [D] NumberOfLinks does not count a link that is about to go. */
    facts->links -= facts->delete_pending && facts->links;
    return STATUS_SUCCESS;
}

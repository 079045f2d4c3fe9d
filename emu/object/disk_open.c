// SPDX-License-Identifier: MIT
/* Opening and creating Linux files the way NtCreateFile does. */
#include "emu/object/disk.h"

#include "emu/base/sim.h"
#include "emu/base/status.h"
#include "emu/object/path.h"
#include "emu/object/section.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <winternl.h>

#ifndef RAMFS_MAGIC
#define RAMFS_MAGIC 0x858458f6
#endif

static bool wants_read(uint32_t access)
{
    return access & (FILE_READ_DATA | FILE_EXECUTE);
}

static bool wants_write(uint32_t access)
{
    return access & (FILE_WRITE_DATA | FILE_APPEND_DATA);
}

static int open_flags(const struct emu_disk_request *r)
{
    int flags = O_CLOEXEC | O_NOCTTY;

    if (wants_write(r->access))
        flags |= wants_read(r->access) ? O_RDWR : O_WRONLY;
    if (r->options & FILE_WRITE_THROUGH)
        flags |= O_DSYNC;
    if ((r->access & FILE_APPEND_DATA) && !(r->access & FILE_WRITE_DATA))
        flags |= O_APPEND;
    return flags;
}

/* Direct I/O where the file system takes it; elsewhere our own checks keep Windows' rules. */
static int open_maybe_direct(const char *path, int flags, mode_t mode, bool direct)
{
    int fd = -1;

    if (direct)
        fd = open(path, flags | O_DIRECT, mode);
    if (!direct || (fd < 0 && errno == EINVAL))
        fd = open(path, flags, mode);
    return fd;
}

/* ---- descriptors that a simulation keeps ---- */

#define IN_MEMORY 3 /* emu_file.nowait */

/*
 * It opens the same files thousands of times a second, to read: the last descriptors stay open, and serve
 * whoever finds the same file, as it was, under the name that he opens. One thread at a time runs there.
 */
static struct kept {
    dev_t dev;
    ino_t ino;
    mode_t mode;
    bool in_memory;
    int fd; /* -1: none */
} kept[8] = {[0 ... 7] = {.fd = -1}};
static struct kept taken = {.fd = -1}; /* the last, until emu_disk_probe has seen it */
static unsigned next_kept;

static bool reads_only(const struct emu_disk_request *r)
{
    return wants_read(r->access) && open_flags(r) == (O_CLOEXEC | O_NOCTTY) &&
           !(r->options & FILE_NO_INTERMEDIATE_BUFFERING);
}

static EMU_RARE int take_kept(const struct stat *st)
{
    for (unsigned i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (kept[i].fd < 0 || kept[i].dev != st->st_dev || kept[i].ino != st->st_ino ||
            kept[i].mode != st->st_mode)
            continue;
        taken = kept[i];
        kept[i].fd = -1;
        return taken.fd;
    }
    return -1;
}

/* What emu_disk_probe found out when the descriptor was new. */
static EMU_RARE bool recall_facts(const struct emu_file *file, struct stat *st, bool *in_memory_out)
{
    if (file->fd != taken.fd)
        return false;
    st->st_dev = taken.dev;
    st->st_ino = taken.ino;
    st->st_mode = taken.mode;
    *in_memory_out = taken.in_memory;
    taken.fd = -1;
    return true;
}

EMU_RARE bool emu_disk_keep(struct emu_file *file)
{
    struct kept *place = &kept[next_kept++ % (sizeof kept / sizeof kept[0])];

    if (!file->ino)
        return false;
    if (place->fd >= 0)
        close(place->fd);
    *place = (struct kept){file->dev, file->ino, file->mode, file->nowait == IN_MEMORY, file->fd};
    return true;
}

/* Whoever asks for attributes only may do so where reading is refused. */
static int open_existing(const struct emu_disk_request *r, int flags, const struct stat *st)
{
    bool data = wants_read(r->access) || wants_write(r->access);
    bool regular = S_ISREG(st->st_mode);
    int fd;

    if (S_ISDIR(st->st_mode))
        return open(r->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (emu_sim && regular && reads_only(r) && (fd = take_kept(st)) >= 0)
        return fd;
    /* O_NONBLOCK only while opening: a FIFO without a peer must not hang its opener. */
    fd = open_maybe_direct(r->path, flags | (regular ? 0 : O_NONBLOCK), 0,
                           regular && (r->options & FILE_NO_INTERMEDIATE_BUFFERING));
    if (fd < 0 && errno == EACCES && !data)
        fd = open(r->path, O_PATH | O_CLOEXEC);
    if (fd >= 0 && !regular)
        (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}

void emu_disk_probe(struct emu_file *file)
{
    bool known, in_memory = false;
    struct statfs fs;
    struct stat st;

    known = emu_sim && recall_facts(file, &st, &in_memory);
    if (!known && fstat(file->fd, &st) != 0)
        return;
    file->dev = st.st_dev;
    file->ino = st.st_ino;
    file->mode = st.st_mode;
    if (S_ISDIR(st.st_mode))
        file->kind = EMU_FILE_DIRECTORY;
    else if (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode))
        file->kind = EMU_FILE_DISK;
    else
        file->kind = EMU_FILE_DEVICE;
    /* A device that cannot seek has no offsets either: a tty, a FIFO. */
    file->stream = file->kind == EMU_FILE_DEVICE && lseek(file->fd, 0, SEEK_CUR) < 0;
    if (!known && fstatfs(file->fd, &fs) == 0)
        in_memory = fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC;
    if (in_memory)
        file->nowait = IN_MEMORY;
    file->read_now = NULL;
    if (file->kind == EMU_FILE_DISK && !file->unbuffered)
        file->read_now = file->synchronous || file->nowait == 3 ? emu_disk_read_waiting
                                                                 : emu_disk_read_cached;
    file->sector_nbytes = 512;
    file->memory_nbytes = file->unbuffered ? 4 : 1; /* [I] what an NVMe driver asks */
#ifdef STATX_DIOALIGN
    struct statx stx;

    if (file->unbuffered && statx(file->fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &stx) == 0 &&
        (stx.stx_mask & STATX_DIOALIGN) && stx.stx_dio_offset_align) {
        if (stx.stx_dio_offset_align > 512)
            file->sector_nbytes = stx.stx_dio_offset_align;
        if (stx.stx_dio_mem_align > 4)
            file->memory_nbytes = stx.stx_dio_mem_align;
        return;
    }
#endif
    if (file->unbuffered && (fcntl(file->fd, F_GETFL) & O_DIRECT))
        file->memory_nbytes = 512; /* accepted, but the kernel does not say what it needs */
}

static NTSTATUS check_type(const struct emu_disk_request *r, const struct stat *st)
{
    bool directory = S_ISDIR(st->st_mode);

    if (directory && (r->options & FILE_NON_DIRECTORY_FILE))
        return STATUS_FILE_IS_A_DIRECTORY;
    if (!directory && (r->options & FILE_DIRECTORY_FILE))
        return STATUS_NOT_A_DIRECTORY;
    if (!directory && r->wants_directory)
        return STATUS_OBJECT_NAME_INVALID;
    if (directory && r->disposition != FILE_OPEN && r->disposition != FILE_OPEN_IF)
        return STATUS_OBJECT_NAME_COLLISION;
    /*
     * [D] FILE_ATTRIBUTE_READONLY: no write bit is the attribute, and it binds root too. Linux
     * permission alone would let root through.
     */
    if (!directory && !(st->st_mode & 0222) && S_ISREG(st->st_mode)) {
        if (wants_write(r->access) || r->disposition == FILE_OVERWRITE ||
            r->disposition == FILE_OVERWRITE_IF || r->disposition == FILE_SUPERSEDE)
            return STATUS_ACCESS_DENIED;
        if (r->options & FILE_DELETE_ON_CLOSE)
            return STATUS_CANNOT_DELETE;
    }
    return STATUS_SUCCESS;
}

static int create(const struct emu_disk_request *r)
{
    mode_t mode = (r->attributes & FILE_ATTRIBUTE_READONLY) ? 0444 : 0666;

    if (r->options & FILE_DIRECTORY_FILE) {
        if (mkdir(r->path, 0777) != 0)
            return -1;
        return open(r->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    return open_maybe_direct(r->path, open_flags(r) | O_CREAT | O_EXCL, mode,
                             r->options & FILE_NO_INTERMEDIATE_BUFFERING);
}

static NTSTATUS open_failed(const char *path, int err)
{
    return err == ENOENT ? emu_path_not_found(path) : emu_status_from_errno(err);
}

/* An open descriptor and what was done to get it; STATUS_RETRY when another got in between. */
static NTSTATUS open_or_create(const struct emu_disk_request *r, int *fd_out, uint64_t *action_out)
{
    struct stat st;
    NTSTATUS status;

    if (stat(r->path, &st) == 0) {
        *action_out = FILE_EXISTS;
        status = check_type(r, &st);
        if (r->disposition == FILE_CREATE)
            status = STATUS_OBJECT_NAME_COLLISION;
        if (status != STATUS_SUCCESS)
            return status;
        *fd_out = open_existing(r, open_flags(r), &st);
        *action_out = FILE_OPENED;
        if (*fd_out < 0)
            return errno == ENOENT ? STATUS_RETRY : open_failed(r->path, errno);
        return STATUS_SUCCESS;
    }
    if (errno != ENOENT)
        return open_failed(r->path, errno);
    *action_out = FILE_DOES_NOT_EXIST;
    if (r->disposition == FILE_OPEN || r->disposition == FILE_OVERWRITE)
        return emu_path_not_found(r->path);
    if (r->wants_directory && !(r->options & FILE_DIRECTORY_FILE))
        return STATUS_OBJECT_NAME_INVALID;
    *fd_out = create(r);
    *action_out = FILE_CREATED;
    if (*fd_out < 0)
        return errno == EEXIST && r->disposition != FILE_CREATE ? STATUS_RETRY
                                                                : open_failed(r->path, errno);
    return STATUS_SUCCESS;
}

/* The opener may not have asked for write access himself, so not through his descriptor. */
static NTSTATUS empty_file(const char *path)
{
    return truncate(path, 0) == 0 ? STATUS_SUCCESS : emu_status_from_errno(errno);
}

/* After the share check, because a file that others have open must keep its content. */
static NTSTATUS apply_disposition(const struct emu_disk_request *r, uint64_t *action)
{
    struct stat st;
    NTSTATUS status;

    if (*action != FILE_OPENED || r->disposition == FILE_OPEN || r->disposition == FILE_OPEN_IF)
        return STATUS_SUCCESS;
    if (stat(r->path, &st) == 0 && st.st_size && emu_section_maps(st.st_dev, st.st_ino))
        return STATUS_USER_MAPPED_FILE;
    status = empty_file(r->path);
    *action = r->disposition == FILE_SUPERSEDE ? FILE_SUPERSEDED : FILE_OVERWRITTEN;
    return status;
}

static NTSTATUS check_request(const struct emu_disk_request *r)
{
    bool synchronous =
        r->options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT);

    /* [D] NtCreateFile's list of combinations that are no use. */
    if (r->disposition > FILE_OVERWRITE_IF || (r->share & ~(uint32_t)FILE_SHARE_VALID_FLAGS))
        return STATUS_INVALID_PARAMETER;
    if ((r->options & FILE_SYNCHRONOUS_IO_ALERT) && (r->options & FILE_SYNCHRONOUS_IO_NONALERT))
        return STATUS_INVALID_PARAMETER;
    if (synchronous && !(r->access & SYNCHRONIZE))
        return STATUS_INVALID_PARAMETER;
    if ((r->options & FILE_DELETE_ON_CLOSE) && !(r->access & DELETE))
        return STATUS_INVALID_PARAMETER;
    if ((r->options & FILE_DIRECTORY_FILE) && (r->options & FILE_NON_DIRECTORY_FILE))
        return STATUS_INVALID_PARAMETER;
    if ((r->options & FILE_DIRECTORY_FILE) && r->disposition != FILE_OPEN &&
        r->disposition != FILE_CREATE && r->disposition != FILE_OPEN_IF)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static void fill(struct emu_disk *disk, const struct emu_disk_request *r, int fd)
{
    struct emu_file *file = &disk->file;

    file->fd = fd;
    file->access = r->access;
    file->options = r->options;
    file->synchronous = r->options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT);
    file->write_through = r->options & FILE_WRITE_THROUGH;
    file->append_only = (r->access & FILE_APPEND_DATA) && !(r->access & FILE_WRITE_DATA);
    file->unbuffered = r->options & FILE_NO_INTERMEDIATE_BUFFERING;
    emu_disk_probe(file);
    file->sim_keeps = emu_sim && file->kind == EMU_FILE_DISK && S_ISREG(file->mode) && reads_only(r);
    disk->delete_on_close = r->options & FILE_DELETE_ON_CLOSE;
    disk->share_mode = r->share;
}

static NTSTATUS share(struct emu_disk *disk)
{
    struct stat st;

    if (!disk->file.ino) { /* emu_disk_probe could not see it: why? */
        if (fstat(disk->file.fd, &st) != 0)
            return emu_status_from_errno(errno);
        emu_disk_probe(&disk->file);
    }
    if (disk->file.kind == EMU_FILE_DEVICE)
        return STATUS_SUCCESS;
    return emu_share_open(disk->file.dev, disk->file.ino, disk->file.access, disk->share_mode,
                          &disk->share);
}

NTSTATUS emu_disk_open(const struct emu_disk_request *r, struct emu_file **file_out,
                       uint64_t *action_out)
{
    NTSTATUS status = check_request(r);
    struct emu_disk *disk;
    int fd = -1;

    *action_out = 0;
    if (status != STATUS_SUCCESS)
        return status;
    disk = calloc(1, sizeof *disk);
    if (!disk)
        return STATUS_NO_MEMORY;
    emu_file_init(&disk->file, &emu_disk_ops, EMU_FILE_DISK);
    status = emu_disk_name_init(disk, r->path) ? STATUS_RETRY : STATUS_NO_MEMORY;
    /* Somebody else creating and deleting the same name all the time loses us a few rounds. */
    for (int round = 0; status == STATUS_RETRY && round < 64; round++)
        status = open_or_create(r, &fd, action_out);
    if (status == STATUS_SUCCESS) {
        struct emu_share *shared = NULL;

        fill(disk, r, fd);
        status = share(disk);
        if (status != STATUS_SUCCESS)
            disk->share = NULL; /* not counted */
        shared = disk->share;
        if (status == STATUS_SUCCESS && disk->file.kind == EMU_FILE_DISK)
            status = apply_disposition(r, action_out);
        if (status != STATUS_SUCCESS && shared) {
            disk->delete_on_close = false; /* nothing was opened, so nothing goes */
            emu_disk_ops.close(&disk->file);
        }
        if (status == STATUS_SUCCESS && r->allocation_nbytes > 0 && *action_out != FILE_OPENED &&
            wants_write(r->access))
            (void)fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, r->allocation_nbytes); /* a hint */
    }
    if (status != STATUS_SUCCESS) {
        emu_object_release(&disk->file.obj);
        return status == STATUS_RETRY ? STATUS_SHARING_VIOLATION : status;
    }
    if (disk->share)
        emu_disk_enlist(disk);
    *file_out = &disk->file;
    return STATUS_SUCCESS;
}

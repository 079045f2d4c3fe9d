/* SPDX-License-Identifier: MIT */
/* Files that are Linux files: on disk, directories, character devices. */
#ifndef EMU_OBJECT_DISK_H
#define EMU_OBJECT_DISK_H

#include "emu/object/directory.h"
#include "emu/object/file.h"
#include "emu/object/share.h"

/*
 * Write-through asked of one write on a handle that was opened for cached I/O. [R] IB14, IC4: Win32
 * code 509. No public table names an NTSTATUS for it, so it travels as NT's own wrapping of a Win32
 * code (facility 7), which RtlNtStatusToDosError unwraps.
 */
#define EMU_STATUS_CACHED_WRITE_THROUGH ((NTSTATUS)0xC00701FD)

struct emu_disk {
    struct emu_file file; /* first */
    struct emu_disk_name *name; /* owned; atomic: emu_disk_path, emu_disk_rename */
    struct emu_list open;       /* in the list of open ones, from open to the last handle's close */
    /* NULL for devices. One opener's part, from open to the last handle's close. */
    struct emu_share *share;
    uint32_t share_mode;
    bool delete_on_close;
    bool posix_delete; /* its name goes with this file object, whoever else has the file open */
    struct emu_directory *scan; /* owned; position lock. NULL before the first query */
};

extern const struct emu_file_ops emu_disk_ops;

struct emu_disk_request {
    const char *path; /* Linux */
    bool wants_directory;
    uint32_t access; /* generic bits already mapped */
    uint32_t attributes, share, disposition, options;
    int64_t allocation_nbytes;
};

/* One reference, no handle. action_out: FILE_OPENED, FILE_CREATED, ... also on some failures. */
NTSTATUS emu_disk_open(const struct emu_disk_request *request, struct emu_file **file_out,
                       uint64_t *action_out);

/* The start op; also what tests call. */
enum emu_io_start emu_disk_start(struct emu_io *io);
/* For read_now: one waits if it must (a synchronous file's caller does), the other never. */
emu_read_now emu_disk_read_waiting, emu_disk_read_cached;

/* Fills kind, nowait, alignment from the descriptor; part of open. */
void emu_disk_probe(struct emu_file *file);

/*
 * Disk files and directories only. What the file is called now; the text stays as long as the file object,
 * also when another name takes its place.
 */
const char *emu_disk_path(const struct emu_file *file);

/* False without memory. Paired with fini, which the file object's end calls. */
bool emu_disk_name_init(struct emu_disk *disk, const char *path);
void emu_disk_name_fini(struct emu_disk *disk);

/* Openers that a new name reaches. Paired; a second delist does nothing. */
void emu_disk_enlist(struct emu_disk *disk);
void emu_disk_delist(struct emu_disk *disk);

/*
 * flags: FILE_RENAME_*. STATUS_OBJECT_NAME_COLLISION, STATUS_ACCESS_DENIED for a name that cannot be taken
 * from its file or a directory that cannot go, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_NOT_SAME_DEVICE.
 */
NTSTATUS emu_disk_rename(struct emu_file *file, const char *linux_path, uint32_t flags);

/* flags: FILE_DISPOSITION_*. STATUS_CANNOT_DELETE, STATUS_DIRECTORY_NOT_EMPTY. */
NTSTATUS emu_disk_set_delete(struct emu_file *file, uint32_t flags);

#endif

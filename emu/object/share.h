/* SPDX-License-Identifier: MIT */
/*
 * Who has which file open how: share modes and pending deletion, by device and inode, process-wide.
 * Linux knows neither, so files opened by other processes are not seen.
 */
#ifndef EMU_OBJECT_SHARE_H
#define EMU_OBJECT_SHARE_H

#include <ntstatus.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct emu_share; /* one open file on disk, however often it is open */

/*
 * Adds an opener with FILE_* access and FILE_SHARE_* share. STATUS_SHARING_VIOLATION,
 * STATUS_DELETE_PENDING, STATUS_NO_MEMORY. Paired with emu_share_close, same access and share.
 */
NTSTATUS emu_share_open(dev_t dev, ino_t ino, uint32_t access, uint32_t share,
                        struct emu_share **share_out);

/* linux_path is what gets unlinked when this was the last opener of a file marked for deletion. */
void emu_share_close(struct emu_share *node, uint32_t access, uint32_t share,
                     const char *linux_path, bool directory);

/* Unlinks the name at once, others may have the file open; if it still is this file's. */
void emu_share_unlink(const struct emu_share *node, const char *linux_path, bool directory);

/* Has anybody here the file open? */
bool emu_share_is_open(dev_t dev, ino_t ino);

void emu_share_set_delete(struct emu_share *node, bool delete_pending);
bool emu_share_delete_pending(struct emu_share *node);

#endif

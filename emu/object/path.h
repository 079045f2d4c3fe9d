/* SPDX-License-Identifier: MIT */
/*
 * NT names and what they mean here. Z: is "/", C: is $RINGER_DRIVE_C or "/", another letter X is
 * $RINGER_DRIVE_X or not found. NUL is /dev/null. \??\pipe\name is our pipe namespace. With
 * RINGER_CASE=insensitive a name that does not exist as written is looked up without case (ASCII).
 */
#ifndef EMU_OBJECT_PATH_H
#define EMU_OBJECT_PATH_H

#include "emu/syscall.h"

#include <stdbool.h>
#include <stddef.h>

/* [I] All of Linux is one volume, of which Z: is the drive. */
#define EMU_VOLUME_NAME u"\\Device\\HarddiskVolume1"

enum emu_path_kind { EMU_PATH_DISK, EMU_PATH_PIPE, EMU_PATH_PIPE_ROOT };

struct emu_path {
    enum emu_path_kind kind;
    char *linux_path;     /* EMU_PATH_DISK: absolute, UTF-8, no slash at its end; owned */
    bool wants_directory; /* the name ended in a backslash */
    uint16_t *pipe_name;  /* EMU_PATH_PIPE: without the prefix; owned */
    uint32_t pipe_nbytes;
};

/* On failure nothing is owned. The name's chars may be a bad pointer. */
NTSTATUS emu_path_resolve(const struct emu_object_name *name, struct emu_path *path_out);
void emu_path_fini(struct emu_path *path);

/* A name below a directory's path, for a name that is not one of NT's whole ones. Chars are the kernel's. */
NTSTATUS emu_path_below(const char *linux_directory, const uint16_t *chars, size_t count,
                        struct emu_path *path_out);

/* Is this what a drive letter stands for? */
bool emu_path_is_root(const char *linux_path);

/* ENOENT says less than NT does: was it the last component, or one before? */
NTSTATUS emu_path_not_found(const char *linux_path);

/* Strict UTF-16 to UTF-8 of count units; returns bytes, or SIZE_MAX for an unpaired surrogate. */
size_t emu_utf8_from_utf16(char *to, const uint16_t *from, size_t count); /* to: 3 * count */
/* Lenient in the other direction (bytes that are not UTF-8 become U+FFFD); returns units. */
size_t emu_utf16_from_utf8(uint16_t *to, const char *from, size_t nbytes); /* to: nbytes units */

#endif

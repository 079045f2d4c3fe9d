/* SPDX-License-Identifier: MIT */
/* The scan of a directory that belongs to a file object: what it looks for, and how far it is. */
#ifndef EMU_OBJECT_DIRECTORY_H
#define EMU_OBJECT_DIRECTORY_H

struct emu_directory;

/* NULL is fine. */
void emu_directory_destroy(struct emu_directory *directory);

#endif

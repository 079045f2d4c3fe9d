/* SPDX-License-Identifier: MIT */
/* The shapes in which a directory's entries are handed out. */
#ifndef EMU_OBJECT_DIRECTORY_CLASSES_H
#define EMU_OBJECT_DIRECTORY_CLASSES_H

#include "emu/object/file_info.h"

struct emu_directory_class {
    uint32_t information_class;
    uint32_t
        nbytes; /* of the struct with its one unit of a name: the least that a caller may offer */
    uint32_t name_at;                                              /* where the name starts */
    void (*fill)(const struct emu_file_facts *facts, void *entry); /* zeros; not the name */
    uint32_t name_length_at;
};

/* NULL: no class of a directory. */
const struct emu_directory_class *emu_directory_class(uint32_t information_class);

#endif

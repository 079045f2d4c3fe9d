/* SPDX-License-Identifier: MIT */
/* What a file is, gathered once and handed out in the shapes of the information classes. */
#ifndef EMU_OBJECT_FILE_INFO_H
#define EMU_OBJECT_FILE_INFO_H

#include "emu/object/file.h"

struct emu_file_facts {
    int64_t created, accessed, written, changed; /* 100 ns since 1601 */
    int64_t size, allocated;
    uint64_t dev, ino;
    uint32_t links, attributes; /* FILE_ATTRIBUTE_* */
    bool delete_pending, directory;
};

NTSTATUS emu_file_facts(struct emu_file *file, struct emu_file_facts *facts_out);

#endif

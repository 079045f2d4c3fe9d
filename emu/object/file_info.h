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
/* The same of what lies at a name, followed when it is a link that leads somewhere; not deleted. */
NTSTATUS emu_file_facts_at(int directory_fd, const char *name, struct emu_file_facts *facts_out);

struct emu_file_query {
    struct emu_file *file;
    uint32_t access; /* of the handle */
    struct emu_file_facts facts;
};

/* A class whose struct has one size; fill writes into that many bytes of zeros. */
struct emu_file_class {
    uint32_t information_class, nbytes, access;
    void (*fill)(const struct emu_file_query *query, void *info);
};

/* NULL: no class of a fixed size. */
const struct emu_file_class *emu_file_class(uint32_t information_class);

#endif

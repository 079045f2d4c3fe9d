/* SPDX-License-Identifier: MIT */
/* Sections: files, or memory without one, that can be mapped; and their views in this process. */
#ifndef EMU_OBJECT_SECTION_H
#define EMU_OBJECT_SECTION_H

#include "emu/object/object.h"

#include <sys/types.h>

extern const struct emu_object_ops emu_section_ops;

/* Does a section of this file exist? Then nobody may cut the file. */
bool emu_section_maps(dev_t dev, ino_t ino);

struct emu_view_range {
    uint64_t base, end;
    uint32_t protect; /* as it was mapped */
};

/* The view that holds address. */
bool emu_view_at(uint64_t address, struct emu_view_range *range_out);

#endif

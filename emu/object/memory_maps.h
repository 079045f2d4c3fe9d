/* SPDX-License-Identifier: MIT */
/* What lies at an address that VirtualAlloc did not give out: the process's own map of itself. */
#ifndef EMU_OBJECT_MEMORY_MAPS_H
#define EMU_OBJECT_MEMORY_MAPS_H

#include <stdbool.h>
#include <stdint.h>

struct emu_mapping {
    uint64_t start, end;
    uint32_t protect; /* PAGE_*; 0: nothing is mapped from start to end */
    bool from_file;
};

/* False when the map cannot be read. A snapshot: other threads may change it at once. */
bool emu_mapping_at(uint64_t address, struct emu_mapping *mapping_out);

#endif

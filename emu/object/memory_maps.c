// SPDX-License-Identifier: MIT
#include "emu/object/memory_maps.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint32_t page_protection(const char *perms)
{
    bool r = perms[0] == 'r', w = perms[1] == 'w', x = perms[2] == 'x';

    if (x)
        return w ? 0x40 : r ? 0x20 : 0x10; /* PAGE_EXECUTE_READWRITE, _EXECUTE_READ, _EXECUTE */
    return w ? 0x04 : r ? 0x02 : 0x01;     /* PAGE_READWRITE, _READONLY, _NOACCESS */
}

bool emu_mapping_at(uint64_t address, struct emu_mapping *mapping_out)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    struct emu_mapping at = {.end = UINT64_MAX};
    char line[512];
    bool fresh = true; /* at the start of a line: long names make several pieces of one */

    if (!maps)
        return false;
    while (fgets(line, sizeof line, maps)) {
        uint64_t start, end, inode;
        char perms[5];
        bool parse = fresh;

        fresh = strchr(line, '\n') != NULL;
        if (!parse || sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*x %*x:%*x %" SCNu64, &start, &end,
                             perms, &inode) != 4)
            continue;
        if (address < start) { /* in the hole before this one */
            at.end = start;
            break;
        }
        if (address < end) {
            at = (struct emu_mapping){start, end, page_protection(perms), inode != 0};
            break;
        }
        at.start = end;
    }
    fclose(maps);
    *mapping_out = at;
    return true;
}

/* SPDX-License-Identifier: MIT */
/* Memory that ends at a page which nobody may touch, so that one byte too far is a fault. */
#ifndef GPU_CODEC_TESTS_GUARD_H
#define GPU_CODEC_TESTS_GUARD_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct guarded {
    uint8_t *bytes; /* nbytes of them, the last one before the guard */
    uint8_t *map;
    size_t map_nbytes;
};

static inline struct guarded guarded_new(size_t nbytes, const void *content)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (nbytes + page - 1) / page * page;
    struct guarded memory = {.map_nbytes = room + 2 * page};

    memory.map = mmap(NULL, memory.map_nbytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory.map == MAP_FAILED || mprotect(memory.map, page, PROT_NONE) ||
        mprotect(memory.map + page + room, page, PROT_NONE))
        abort();
    memory.bytes = memory.map + page + room - nbytes;
    if (content && nbytes)
        memcpy(memory.bytes, content, nbytes);
    return memory;
}

static inline void guarded_free(struct guarded *memory)
{
    munmap(memory->map, memory->map_nbytes);
}

#endif

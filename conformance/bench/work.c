/* SPDX-License-Identifier: MIT */
/* The file, the buffers and the order in which offsets are read: alike for both sides. */
#include "conformance/bench/work.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define BLOCK 4096u
#define CHUNK (256 * BLOCK)
#define MOST_MEMORY (64u << 20) /* with large reads, operations share buffers beyond this */

#ifndef XFS_SUPER_MAGIC
#    define XFS_SUPER_MAGIC 0x58465342
#endif

static void fill_chunk(unsigned char chunk[CHUNK])
{
    for (size_t i = 0; i < CHUNK; i++)
        chunk[i] = (unsigned char)(i * 7 + i / 95);
}

static bool write_blocks(int fd, uint64_t nbytes)
{
    static unsigned char chunk[CHUNK];

    fill_chunk(chunk);
    for (uint64_t at = 0; at < nbytes; at += sizeof(chunk)) {
        for (size_t i = 0; i < sizeof(chunk); i += BLOCK) {
            uint64_t stamp = at + i;

            memcpy(chunk + i, &stamp, sizeof(stamp));
        }
        if (pwrite(fd, chunk, sizeof(chunk), (off_t)at) != (ssize_t)sizeof(chunk))
            return false;
    }
    /* Delayed allocation ends here; after it the blocks are on the device and clean. */
    return !fsync(fd);
}

static bool read_blocks(int fd, uint64_t nbytes)
{
    static unsigned char chunk[CHUNK];

    for (uint64_t at = 0; at < nbytes; at += sizeof(chunk))
        if (pread(fd, chunk, sizeof(chunk), (off_t)at) != (ssize_t)sizeof(chunk))
            return false;
    return true;
}

bool bench_file_make(const char *path, uint64_t nbytes)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write_blocks(fd, nbytes) && read_blocks(fd, nbytes);

    if (fd >= 0)
        close(fd);
    return ok;
}

bool bench_file_holds(const unsigned char *bytes, uint64_t offset, size_t nbytes)
{
    static unsigned char chunk[CHUNK];

    if (!chunk[1])
        fill_chunk(chunk);
    for (size_t i = 0; i < nbytes; i++) {
        uint64_t at = offset + i, stamp = at / BLOCK * BLOCK;
        size_t within = at % BLOCK;
        unsigned char wanted = within < sizeof(stamp) ? ((const unsigned char *)&stamp)[within]
                                                      : chunk[at % CHUNK];

        if (bytes[i] != wanted)
            return false;
    }
    return true;
}

void bench_file_system(const char *path, char *name_out, size_t nbytes)
{
    static const struct {
        unsigned magic;
        const char *name;
    } names[] = {
        {EXT4_SUPER_MAGIC, "ext4"},
        {XFS_SUPER_MAGIC, "xfs"},
        {TMPFS_MAGIC, "tmpfs"},
        {BTRFS_SUPER_MAGIC, "btrfs"},
        {NFS_SUPER_MAGIC, "nfs"},
        {F2FS_SUPER_MAGIC, "f2fs"},
        {OVERLAYFS_SUPER_MAGIC, "overlayfs"},
        {0x2fc12fc1, "zfs"},
        {0x01021997, "9p"},
        {0x65735546, "fuse"},
    };
    struct statfs info;

    snprintf(name_out, nbytes, "unknown");
    if (statfs(path, &info))
        return;
    snprintf(name_out, nbytes, "0x%lx", (unsigned long)info.f_type);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].magic == (unsigned)info.f_type)
            snprintf(name_out, nbytes, "%s", names[i].name);
}

/* Scattered over the whole file, the same in every run. */
static void fill_offsets(struct bench_work *work, uint64_t file_nbytes)
{
    uint64_t places = file_nbytes / work->size, state = 0x9e3779b97f4a7c15;

    for (size_t i = 0; i < BENCH_OFFSETS; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        work->offset[i] = state % places * work->size;
    }
}

bool bench_work_init(struct bench_work *work, const struct bench_row *row, const char *path,
                     uint64_t file_nbytes, bool stamped)
{
    size_t slots = row->depth;

    while (slots > 1 && slots * row->size > MOST_MEMORY)
        slots /= 2;
    *work = (struct bench_work){
        .path = path,
        .size = row->size,
        .depth = row->depth,
        .batch = row->depth < BENCH_BATCH ? row->depth : BENCH_BATCH,
        .direct = row->place == BENCH_DIRECT,
        .overlapped = row->overlapped,
        .registered = row->registered,
        .stamped = stamped,
        .wait = row->wait,
        .memory_nbytes = slots * row->size,
        .slots = slots,
    };
    work->memory = mmap(NULL, work->memory_nbytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (work->memory == MAP_FAILED)
        return false;
    for (uint32_t i = 0; i < work->depth; i++)
        work->buffer[i] = (unsigned char *)work->memory + i % slots * work->size;
    fill_offsets(work, file_nbytes);
    return true;
}

void bench_work_fini(struct bench_work *work)
{
    munmap(work->memory, work->memory_nbytes);
}

bool bench_work_holds(const struct bench_work *work, const struct bench_flight *flight)
{
    /* Where operations share a buffer, what it holds last is anybody's. */
    if (!work->stamped || work->slots < work->depth)
        return true;
    for (uint32_t i = 0; i < flight->free_count; i++) {
        uint32_t slot = flight->free[i];

        for (size_t at = 0; at < work->size; at += BLOCK) {
            uint64_t stamp;

            memcpy(&stamp, work->buffer[slot] + at, sizeof(stamp));
            if (stamp != flight->at[slot] + at)
                return false;
        }
    }
    return true;
}

// SPDX-License-Identifier: MIT
#include "emu/object/share.h"

#include "emu/base/list.h"
#include "emu/base/lock.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <winternl.h>

#define BUCKETS 256

struct emu_share {
    struct emu_list link; /* its bucket; table lock, as everything here */
    dev_t dev;
    ino_t ino;
    uint32_t opens;                          /* all openers */
    uint32_t checked;                        /* openers that ask for data or deletion */
    uint32_t readers, writers, deleters;     /* what they may do */
    uint32_t share_read, share_write, share_delete; /* what they let others do */
    bool delete_pending;
};

/* A leaf: nothing else is taken and nothing blocks under it. */
static struct emu_lock table_lock = EMU_LOCK_INIT;
static struct emu_list buckets[BUCKETS]; /* zero: not initialised yet */

static struct emu_list *bucket_of(dev_t dev, ino_t ino)
{
    struct emu_list *bucket = &buckets[(ino * 31 + dev) % BUCKETS];

    if (!bucket->next)
        emu_list_init(bucket);
    return bucket;
}

static struct emu_share *find_locked(dev_t dev, ino_t ino)
{
    struct emu_list *bucket = bucket_of(dev, ino), *pos;

    emu_list_for_each(pos, bucket) {
        struct emu_share *node = EMU_CONTAINER(pos, struct emu_share, link);

        if (node->dev == dev && node->ino == ino)
            return node;
    }
    return NULL;
}

static bool reads(uint32_t access)
{
    return access & (FILE_READ_DATA | FILE_EXECUTE);
}

static bool writes(uint32_t access)
{
    return access & (FILE_WRITE_DATA | FILE_APPEND_DATA);
}

/* [D] Opens that ask for attributes or SYNCHRONIZE only take no part in sharing. */
static bool takes_part(uint32_t access)
{
    return reads(access) || writes(access) || (access & DELETE);
}

/* [D] CreateFileW: what I ask must be shared by all others, what others have I must share. */
static bool conflicts(const struct emu_share *node, uint32_t access, uint32_t share)
{
    if (!takes_part(access) || !node->checked)
        return false;
    return (reads(access) && node->share_read != node->checked) ||
           (writes(access) && node->share_write != node->checked) ||
           ((access & DELETE) && node->share_delete != node->checked) ||
           (node->readers && !(share & FILE_SHARE_READ)) ||
           (node->writers && !(share & FILE_SHARE_WRITE)) ||
           (node->deleters && !(share & FILE_SHARE_DELETE));
}

static void count(struct emu_share *node, uint32_t access, uint32_t share, int by)
{
    node->opens += by;
    if (!takes_part(access))
        return;
    node->checked += by;
    node->readers += reads(access) ? by : 0;
    node->writers += writes(access) ? by : 0;
    node->deleters += (access & DELETE) ? by : 0;
    node->share_read += (share & FILE_SHARE_READ) ? by : 0;
    node->share_write += (share & FILE_SHARE_WRITE) ? by : 0;
    node->share_delete += (share & FILE_SHARE_DELETE) ? by : 0;
}

NTSTATUS emu_share_open(dev_t dev, ino_t ino, uint32_t access, uint32_t share,
                        struct emu_share **share_out)
{
    struct emu_share *fresh = calloc(1, sizeof *fresh), *node;
    NTSTATUS status = STATUS_SUCCESS;

    if (!fresh)
        return STATUS_NO_MEMORY;
    emu_lock_acquire(&table_lock);
    node = find_locked(dev, ino);
    if (!node) {
        node = fresh;
        fresh = NULL;
        node->dev = dev;
        node->ino = ino;
        emu_list_append(bucket_of(dev, ino), &node->link);
    }
    if (node->delete_pending)
        status = STATUS_DELETE_PENDING;
    else if (conflicts(node, access, share))
        status = STATUS_SHARING_VIOLATION;
    else
        count(node, access, share, 1);
    emu_lock_release(&table_lock);
    free(fresh);
    *share_out = node;
    return status;
}

/* Only if the name still means this file: somebody may have renamed it behind our back. */
void emu_share_unlink(const struct emu_share *node, const char *path, bool directory)
{
    struct stat st;

    if (lstat(path, &st) != 0 || st.st_dev != node->dev || st.st_ino != node->ino)
        return;
    /* Nobody can be told of a failure: the last handle is already closed. */
    (void)(directory ? rmdir(path) : unlink(path));
}

void emu_share_close(struct emu_share *node, uint32_t access, uint32_t share,
                     const char *linux_path, bool directory)
{
    bool last;

    emu_lock_acquire(&table_lock);
    count(node, access, share, -1);
    last = node->opens == 0;
    /* One that is being deleted stays findable, so that nobody opens what is about to go. */
    if (last && !node->delete_pending)
        emu_list_remove(&node->link);
    emu_lock_release(&table_lock);
    if (!last)
        return;
    if (node->delete_pending) { /* constant now: nobody has it open */
        emu_share_unlink(node, linux_path, directory);
        emu_lock_acquire(&table_lock);
        emu_list_remove(&node->link);
        emu_lock_release(&table_lock);
    }
    free(node);
}

bool emu_share_is_open(dev_t dev, ino_t ino)
{
    bool open;

    emu_lock_acquire(&table_lock);
    open = find_locked(dev, ino);
    emu_lock_release(&table_lock);
    return open;
}

void emu_share_set_delete(struct emu_share *node, bool delete_pending)
{
    emu_lock_acquire(&table_lock);
    node->delete_pending = delete_pending;
    emu_lock_release(&table_lock);
}

bool emu_share_delete_pending(struct emu_share *node)
{
    bool pending;

    emu_lock_acquire(&table_lock);
    pending = node->delete_pending;
    emu_lock_release(&table_lock);
    return pending;
}

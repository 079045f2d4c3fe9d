/* SPDX-License-Identifier: MIT */
/* Which virtual file lies under a path. */
#include "hooks/provider/vfs.h"

#include <stdlib.h>
#include <string.h>

struct ringer_vfs *ringer_vfs_create(void)
{
    struct ringer_vfs *vfs = calloc(1, sizeof *vfs);

    if (vfs)
        InitializeSRWLock(&vfs->lock);
    return vfs;
}

void ringer_vfs_destroy(struct ringer_vfs *vfs)
{
    struct rp_rule *rule;

    for (size_t i = 0; vfs && i <= RP_BUCKETS; i++) {
        struct rp_rule **list = i < RP_BUCKETS ? &vfs->buckets[i] : &vfs->folders;

        while ((rule = *list)) {
            *list = rule->next;
            rp_rule_free(rule);
        }
    }
    free(vfs);
}

UINT32 rp_hash(const WCHAR *key, size_t count)
{
    UINT32 hash = 2166136261u;

    for (size_t i = 0; i < count; i++)
        hash = (hash ^ (UINT32)key[i]) * 16777619u;
    return hash ^ hash >> 15;
}

struct rp_rule *rp_rule_new(const WCHAR *path, enum rp_kind kind)
{
    WCHAR *full = malloc(RP_PATH_MAX * sizeof *full);
    size_t count = full ? rp_path_full(path, full, RP_PATH_MAX) : 0;
    struct rp_rule *rule = count ? calloc(1, sizeof *rule) : NULL;

    if (rule) {
        rule->kind = kind;
        rule->key_count = count;
        rule->path = rp_copy(full);
        for (size_t i = 0; i < count; i++)
            full[i] = rp_upper(full[i]);
        rule->key = rp_copy(full);
        if (!rule->path || !rule->key) {
            rp_rule_free(rule);
            rule = NULL;
        }
    }
    free(full);
    return rule;
}

void rp_rule_free(struct rp_rule *rule)
{
    struct rp_sticky *sticky;

    if (!rule)
        return;
    while ((sticky = rule->sticky)) {
        rule->sticky = sticky->next;
        free(sticky);
    }
    ringer_source_release(rule->source);
    free(rule->key);
    free(rule->path);
    free(rule->to);
    free(rule);
}

struct rp_rule *rp_find_locked(struct ringer_vfs *vfs, const WCHAR *key, size_t count)
{
    struct rp_rule *rule = vfs->buckets[rp_hash(key, count) % RP_BUCKETS];

    while (rule && (rule->key_count != count || memcmp(rule->key, key, count * sizeof *key)))
        rule = rule->next;
    return rule;
}

UINT64 rp_rule_add(struct ringer_vfs *vfs, struct rp_rule *rule)
{
    struct rp_rule **list;
    UINT64 id;

    if (!rule)
        return 0;
    AcquireSRWLockExclusive(&vfs->lock);
    id = rule->id = ++vfs->last_id;
    list = rule->kind == RP_FOLDER
               ? &vfs->folders
               : &vfs->buckets[rp_hash(rule->key, rule->key_count) % RP_BUCKETS];
    if (rule->kind == RP_FOLDER) /* the longest first; of equals the newest */
        while (*list && (*list)->key_count > rule->key_count)
            list = &(*list)->next;
    rule->next = *list;
    *list = rule;
    atomic_fetch_add(&vfs->count, 1);
    ReleaseSRWLockExclusive(&vfs->lock);
    return id;
}

UINT64 rp_group_new(struct ringer_vfs *vfs)
{
    UINT64 group;

    AcquireSRWLockExclusive(&vfs->lock);
    group = ++vfs->last_id;
    ReleaseSRWLockExclusive(&vfs->lock);
    return group;
}

int ringer_vfs_remove(struct ringer_vfs *vfs, UINT64 id)
{
    struct rp_rule *found = NULL, *next;
    int count = 0;

    AcquireSRWLockExclusive(&vfs->lock);
    for (size_t i = 0; id && i <= RP_BUCKETS; i++) {
        struct rp_rule **at = i < RP_BUCKETS ? &vfs->buckets[i] : &vfs->folders;

        while (*at) {
            struct rp_rule *rule = *at;

            if (rule->id != id && rule->group != id) {
                at = &rule->next;
                continue;
            }
            *at = rule->next;
            rule->next = found;
            found = rule;
            count++;
        }
    }
    atomic_fetch_sub(&vfs->count, (unsigned)count);
    ReleaseSRWLockExclusive(&vfs->lock);
    for (; found; found = next) {
        next = found->next;
        rp_rule_free(found); /* its source may have to be told: without the lock */
    }
    return count != 0;
}

int ringer_vfs_is_empty(const struct ringer_vfs *vfs)
{
    return atomic_load_explicit(&vfs->count, memory_order_relaxed) == 0;
}

/* Sizes are the source's; whatever else was not given gets a default. */
static void fill_info(struct ringer_file_info *info, const struct ringer_file_info *given,
                      UINT64 size, UINT64 id)
{
    const INT64 year_2020 = 132223104000000000; /* FILETIME */

    if (given)
        *info = *given;
    info->size = size;
    info->allocation = (size + 4095) & ~(UINT64)4095;
    info->created = info->created ? info->created : year_2020;
    info->accessed = info->accessed ? info->accessed : info->created;
    info->written = info->written ? info->written : info->created;
    info->changed = info->changed ? info->changed : info->written;
    info->attributes = info->attributes ? info->attributes : FILE_ATTRIBUTE_ARCHIVE;
    info->volume = info->volume ? info->volume : 0x52494E47;
    info->id = info->id ? info->id : id;
}

/* The same path has the same id for ever, in every process. */
static UINT64 id_of(const struct rp_rule *rule)
{
    UINT64 id = (UINT64)rp_hash(rule->key, rule->key_count) << 32;

    return id | rp_hash(rule->key, rule->key_count / 2) | 1;
}

UINT64 ringer_vfs_add(struct ringer_vfs *vfs, const WCHAR *path, struct ringer_source *source,
                      const struct ringer_file_info *info)
{
    struct rp_rule *rule = source ? rp_rule_new(path, RP_VIRTUAL) : NULL;
    struct ringer_file_info of_source;

    if (!rule) {
        ringer_source_release(source);
        return 0;
    }
    rule->source = source;
    if (rp_source_query(source, NULL, &of_source) < 0) {
        rp_rule_free(rule);
        return 0;
    }
    fill_info(&rule->info, info ? info : &of_source, of_source.size, id_of(rule));
    return rp_rule_add(vfs, rule);
}

/* A copy of what the rule says, with a reference on the source. path_out is the caller's to free.
 */
static bool lookup(struct ringer_vfs *vfs, const WCHAR *path, struct ringer_source **source_out,
                   struct ringer_file_info *info_out, WCHAR **path_out)
{
    WCHAR *key;
    struct rp_rule *rule;
    size_t count;

    if (ringer_vfs_is_empty(vfs))
        return false;
    key = malloc(RP_PATH_MAX * sizeof *key);
    count = key ? rp_path_key(path, key, RP_PATH_MAX) : 0;
    if (!count) {
        free(key);
        return false;
    }
    AcquireSRWLockShared(&vfs->lock);
    rule = rp_find_locked(vfs, key, count);
    if (rule && rule->kind == RP_VIRTUAL) {
        *info_out = rule->info;
        if (path_out)
            *path_out = rp_copy(rule->path);
        if (source_out) {
            *source_out = rule->source;
            ringer_source_acquire(rule->source);
        }
    } else {
        rule = NULL;
    }
    ReleaseSRWLockShared(&vfs->lock);
    free(key);
    return rule != NULL;
}

int ringer_vfs_query(struct ringer_vfs *vfs, const WCHAR *path, struct ringer_file_info *info_out)
{
    return lookup(vfs, path, NULL, info_out, NULL);
}

NTSTATUS ringer_vfs_open(struct ringer_vfs *vfs, const WCHAR *path, UINT32 access, UINT32 share,
                         UINT32 disposition, struct ringer_vfile **file_out)
{
    struct ringer_source *source;
    struct ringer_file_info info;
    WCHAR *full = NULL;
    void *file = NULL;
    NTSTATUS status;

    if (!lookup(vfs, path, &source, &info, &full))
        return RP_NOT_FOUND;
    status = full ? rp_source_open(source, full, access, share, disposition, &file) : RP_NO_MEMORY;
    if (status >= 0) {
        *file_out = rp_vfile_new(full, source, file, &info);
        if (!*file_out) {
            rp_source_close(source, file);
            status = RP_NO_MEMORY;
        }
    }
    free(full);
    ringer_source_release(source);
    return status;
}

/* SPDX-License-Identifier: MIT */
/* Layer 1: paths that lead elsewhere. A file's redirect goes before a folder's fallback. */
#include "hooks/provider/vfs.h"

#include <stdlib.h>
#include <string.h>

struct rp_rule *rp_redirect_new(const WCHAR *from, const WCHAR *to, enum rp_kind kind)
{
    struct rp_rule *rule = rp_rule_new(from, kind), *target = rule ? rp_rule_new(to, kind) : NULL;

    if (target) {
        rule->to = target->path;
        target->path = NULL;
        rp_rule_free(target);
        return rule;
    }
    rp_rule_free(rule);
    return NULL;
}

UINT64 ringer_vfs_redirect_file(struct ringer_vfs *vfs, const WCHAR *from, const WCHAR *to)
{
    return rp_rule_add(vfs, rp_redirect_new(from, to, RP_FILE_TO_FILE));
}

UINT64 ringer_vfs_redirect_folder(struct ringer_vfs *vfs, const WCHAR *from, const WCHAR *to)
{
    return rp_rule_add(vfs, rp_redirect_new(from, to, RP_FOLDER));
}

WCHAR *rp_joined(const WCHAR *folder, size_t count, const WCHAR *name)
{
    size_t name_count = rp_length(name);
    WCHAR *path = malloc((count + name_count + 2) * sizeof *path);

    if (!path)
        return NULL;
    memcpy(path, folder, count * sizeof *path);
    path[count] = '\\';
    memcpy(path + count + 1, name, (name_count + 1) * sizeof *path);
    return path;
}

enum there { NOT_THERE, FILE_THERE, FOLDER_THERE };

static enum there what_is(const WCHAR *path)
{
    DWORD error = GetLastError(), attributes;

    ringer_bypass_enter();
    attributes = GetFileAttributesW(path);
    ringer_bypass_leave();
    SetLastError(error);
    if (attributes == INVALID_FILE_ATTRIBUTES)
        return NOT_THERE;
    return attributes & FILE_ATTRIBUTE_DIRECTORY ? FOLDER_THERE : FILE_THERE;
}

static size_t put_out(const WCHAR *path, WCHAR *out, size_t count)
{
    size_t n = rp_length(path);

    if (n + 5 > count)
        return 0;
    out[0] = '\\';
    out[1] = '?';
    out[2] = '?';
    out[3] = '\\';
    memcpy(out + 4, path, (n + 1) * sizeof *path);
    return n + 4;
}

static bool is_sticky(const struct rp_rule *rule, const WCHAR *key, size_t count)
{
    for (const struct rp_sticky *sticky = rule->sticky; sticky; sticky = sticky->next)
        if (sticky->count == count && !memcmp(sticky->key, key, count * sizeof *key))
            return true;
    return false;
}

/* The n-th folder that the key lies in: where it would lead. NULL: no more of them. */
static WCHAR *candidate(struct ringer_vfs *vfs, const WCHAR *key, const WCHAR *full, size_t count,
                        unsigned n, UINT64 *id_out, bool *sticky_out)
{
    WCHAR *path = NULL;

    AcquireSRWLockShared(&vfs->lock);
    for (struct rp_rule *rule = vfs->folders; rule; rule = rule->next) {
        if (rule->key_count >= count || key[rule->key_count] != '\\' ||
            memcmp(rule->key, key, rule->key_count * sizeof *key) || n--)
            continue;
        path = rp_joined(rule->to, rp_length(rule->to), full + rule->key_count + 1);
        *id_out = rule->id;
        *sticky_out = is_sticky(rule, key, count);
        break;
    }
    ReleaseSRWLockShared(&vfs->lock);
    return path;
}

static void make_sticky(struct ringer_vfs *vfs, UINT64 id, const WCHAR *key, size_t count)
{
    struct rp_sticky *sticky = malloc(sizeof *sticky + count * sizeof *key);
    struct rp_rule *rule;

    if (!sticky)
        return;
    sticky->count = count;
    memcpy(sticky->key, key, count * sizeof *key);
    AcquireSRWLockExclusive(&vfs->lock);
    for (rule = vfs->folders; rule && rule->id != id; rule = rule->next)
        ;
    if (rule && !is_sticky(rule, key, count)) {
        sticky->next = rule->sticky;
        rule->sticky = sticky;
        sticky = NULL;
    }
    ReleaseSRWLockExclusive(&vfs->lock);
    free(sticky);
}

static size_t resolve(struct ringer_vfs *vfs, WCHAR *key, const WCHAR *full, size_t count,
                      WCHAR *to_out, size_t to_count)
{
    struct rp_rule *rule;
    size_t n = 0;

    AcquireSRWLockShared(&vfs->lock);
    rule = rp_find_locked(vfs, key, count);
    if (rule && rule->kind == RP_FILE_TO_FILE)
        n = put_out(rule->to, to_out, to_count);
    ReleaseSRWLockShared(&vfs->lock);
    /* A target that is gone is not found: the original is not shown in its place. */
    for (unsigned i = 0; !rule; i++) {
        enum there there;
        bool sticky;
        UINT64 id;
        WCHAR *path = candidate(vfs, key, full, count, i, &id, &sticky);

        if (!path)
            break;
        /* A folder stands for one that is missing. One that is there stays, and lists both. */
        there = sticky ? FILE_THERE : what_is(path);
        if (there == FILE_THERE || (there == FOLDER_THERE && what_is(full) != FOLDER_THERE)) {
            if (there == FILE_THERE && !sticky)
                make_sticky(vfs, id, key, count);
            n = put_out(path, to_out, to_count);
            free(path);
            break;
        }
        free(path);
    }
    return n;
}

size_t ringer_vfs_resolve(struct ringer_vfs *vfs, const WCHAR *path, WCHAR *to_out, size_t to_count)
{
    WCHAR *full, *key;
    size_t count, n = 0;

    if (ringer_vfs_is_empty(vfs))
        return 0;
    full = malloc(RP_PATH_MAX * sizeof *full);
    count = full ? rp_path_full(path, full, RP_PATH_MAX) : 0;
    key = count ? rp_copy(full) : NULL;
    if (key) {
        for (size_t i = 0; i < count; i++)
            key[i] = rp_upper(key[i]);
        n = resolve(vfs, key, full, count, to_out, to_count);
    }
    free(key);
    free(full);
    return n;
}

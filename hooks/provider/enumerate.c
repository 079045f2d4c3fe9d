/* SPDX-License-Identifier: MIT */
/* Which names a folder has that are not really there, or not with what is there. */
#include "hooks/provider/vfs.h"

#include <stdlib.h>
#include <string.h>

struct listed {
    struct listed *next;
    struct ringer_file_info info;
    WCHAR *name, *to; /* to: where its facts are asked for; NULL: info has them */
};

/* Newest first. Takes to. */
static void add(struct listed **first, const WCHAR *name, WCHAR *to,
                const struct ringer_file_info *info)
{
    struct listed *item = malloc(sizeof *item);

    if (!item) {
        free(to);
        return;
    }
    *item = (struct listed){*first, *info, rp_copy(name), to};
    *first = item;
}

static bool same(const WCHAR *a, const WCHAR *b)
{
    while (*a && rp_upper(*a) == rp_upper(*b))
        a++, b++;
    return rp_upper(*a) == rp_upper(*b);
}

static bool has(const struct listed *item, const WCHAR *name)
{
    while (item && !(item->name && same(item->name, name)))
        item = item->next;
    return item != NULL;
}

/* The last component, when the rest is the folder. */
static const WCHAR *name_in(const struct rp_rule *rule, const WCHAR *folder, size_t count)
{
    const WCHAR *name;

    if (count && folder[count - 1] == '\\')
        count--;
    if (rule->key_count <= count + 1 || memcmp(rule->key, folder, count * sizeof *folder) ||
        rule->key[count] != '\\')
        return NULL;
    name = rule->path + count + 1;
    for (const WCHAR *at = name; *at; at++)
        if (*at == '\\')
            return NULL;
    return name;
}

static struct listed *of_files(struct ringer_vfs *vfs, const WCHAR *key, size_t count)
{
    struct listed *first = NULL;

    AcquireSRWLockShared(&vfs->lock);
    for (size_t i = 0; i < RP_BUCKETS; i++) {
        for (struct rp_rule *rule = vfs->buckets[i]; rule; rule = rule->next) {
            const WCHAR *name = name_in(rule, key, count);

            if (!name || rp_find_locked(vfs, rule->key, rule->key_count) != rule)
                continue; /* elsewhere, or an older rule */
            add(&first, name, rule->to ? rp_copy(rule->to) : NULL, &rule->info);
        }
    }
    ReleaseSRWLockShared(&vfs->lock);
    return first;
}

/* Where the n-th fallback of a folder leads, the one that wins first. NULL: no more of them. */
static WCHAR *fallback(struct ringer_vfs *vfs, const WCHAR *key, const WCHAR *full, size_t count,
                       unsigned n)
{
    WCHAR *path = NULL;

    AcquireSRWLockShared(&vfs->lock);
    for (struct rp_rule *rule = vfs->folders; rule; rule = rule->next) {
        size_t k = rule->key_count;

        if (k > count || (k < count && key[k] != '\\') || memcmp(rule->key, key, k * sizeof *key) ||
            n--)
            continue;
        path =
            k == count ? rp_copy(rule->to) : rp_joined(rule->to, rp_length(rule->to), full + k + 1);
        break;
    }
    ReleaseSRWLockShared(&vfs->lock);
    return path;
}

static void add_folder(struct listed **first, const WCHAR *folder)
{
    static const struct ringer_file_info none;
    WCHAR *pattern = rp_joined(folder, rp_length(folder), RP_W("*"));
    WIN32_FIND_DATAW found;
    HANDLE search = pattern ? FindFirstFileW(pattern, &found) : INVALID_HANDLE_VALUE;

    free(pattern);
    if (search == INVALID_HANDLE_VALUE)
        return;
    do {
        const WCHAR *name = found.cFileName;

        if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2])))
            continue;
        if (!has(*first, name))
            add(first, name, rp_joined(folder, rp_length(folder), name), &none);
    } while (FindNextFileW(search, &found));
    FindClose(search);
}

static INT64 joined(DWORD high, DWORD low)
{
    return (INT64)((UINT64)high << 32 | low);
}

/* Of a redirect's target; false when there is none, and so nothing to be listed. */
static bool ask(struct ringer_vfs *vfs, const WCHAR *to, struct ringer_file_info *info)
{
    BY_HANDLE_FILE_INFORMATION facts;
    HANDLE file;
    bool good;

    if (ringer_vfs_query(vfs, to, info))
        return true;
    file = CreateFileW(to, FILE_READ_ATTRIBUTES,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return false;
    good = GetFileInformationByHandle(file, &facts);
    CloseHandle(file);
    if (!good)
        return false;
    *info = (struct ringer_file_info){
        .size = (UINT64)joined(facts.nFileSizeHigh, facts.nFileSizeLow),
        .created = joined(facts.ftCreationTime.dwHighDateTime, facts.ftCreationTime.dwLowDateTime),
        .accessed =
            joined(facts.ftLastAccessTime.dwHighDateTime, facts.ftLastAccessTime.dwLowDateTime),
        .written =
            joined(facts.ftLastWriteTime.dwHighDateTime, facts.ftLastWriteTime.dwLowDateTime),
        .attributes = facts.dwFileAttributes,
        .volume = facts.dwVolumeSerialNumber,
        .id = (UINT64)joined(facts.nFileIndexHigh, facts.nFileIndexLow),
    };
    info->changed = info->written;
    info->allocation = (info->size + 4095) & ~(UINT64)4095;
    return true;
}

static struct listed *names_of(struct ringer_vfs *vfs, const WCHAR *folder)
{
    WCHAR *full = malloc(RP_PATH_MAX * sizeof *full), *key, *path;
    size_t count = full ? rp_path_full(folder, full, RP_PATH_MAX) : 0;
    struct listed *first = NULL;

    key = count ? rp_copy(full) : NULL;
    for (size_t i = 0; key && i < count; i++)
        key[i] = rp_upper(full[i]);
    if (key)
        first = of_files(vfs, key, count);
    for (unsigned n = 0; key && (path = fallback(vfs, key, full, count, n)); n++) {
        add_folder(&first, path);
        free(path);
    }
    free(key);
    free(full);
    return first;
}

/* Copies first: each is called without the lock. */
void ringer_vfs_enumerate(struct ringer_vfs *vfs, const WCHAR *folder, ringer_enumerate_fn each,
                          void *arg)
{
    DWORD error = GetLastError();
    struct listed *first, *item;
    bool on = true, there;

    ringer_bypass_enter();
    first = names_of(vfs, folder);
    ringer_bypass_leave();
    while ((item = first)) {
        first = item->next;
        ringer_bypass_enter();
        there = on && item->name && (!item->to || ask(vfs, item->to, &item->info));
        ringer_bypass_leave();
        if (there)
            on = !each(arg, item->name, &item->info);
        free(item->to);
        free(item->name);
        free(item);
    }
    SetLastError(error);
}

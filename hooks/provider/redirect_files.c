/* SPDX-License-Identifier: MIT */
/* A folder's files as redirects, each by its name: those that are there now, and in the folders in
 * it. */
#include "hooks/provider/vfs.h"

#include <stdlib.h>

#define DEEPEST 64

static bool is_dots(const WCHAR *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static bool add_files(struct ringer_vfs *vfs, UINT64 group, const WCHAR *from, const WCHAR *to,
                      int depth);

static bool add_one(struct ringer_vfs *vfs, UINT64 group, const WCHAR *from, const WCHAR *to,
                    const WIN32_FIND_DATAW *found, int depth)
{
    WCHAR *a = rp_joined(from, rp_length(from), found->cFileName);
    WCHAR *b = rp_joined(to, rp_length(to), found->cFileName);
    bool good = a && b;

    if (good && found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) {
        good = depth < DEEPEST && add_files(vfs, group, a, b, depth + 1);
    } else if (good) {
        struct rp_rule *rule = rp_redirect_new(a, b, RP_FILE_TO_FILE);

        if (rule)
            rule->group = group;
        good = rp_rule_add(vfs, rule) != 0;
    }
    free(a);
    free(b);
    return good;
}

static bool add_files(struct ringer_vfs *vfs, UINT64 group, const WCHAR *from, const WCHAR *to,
                      int depth)
{
    WCHAR *pattern = rp_joined(to, rp_length(to), RP_W("*"));
    WIN32_FIND_DATAW found;
    HANDLE search = pattern ? FindFirstFileW(pattern, &found) : INVALID_HANDLE_VALUE;
    bool good = search != INVALID_HANDLE_VALUE;

    free(pattern);
    if (!good)
        return false;
    do {
        if (!is_dots(found.cFileName))
            good = add_one(vfs, group, from, to, &found, depth);
    } while (good && FindNextFileW(search, &found));
    FindClose(search);
    return good;
}

UINT64 ringer_vfs_redirect_folder_as_files(struct ringer_vfs *vfs, const WCHAR *from,
                                           const WCHAR *to)
{
    UINT64 group = rp_group_new(vfs);
    bool good;

    ringer_bypass_enter();
    good = add_files(vfs, group, from, to, 0);
    ringer_bypass_leave();
    if (good)
        return group;
    ringer_vfs_remove(vfs, group);
    return 0;
}

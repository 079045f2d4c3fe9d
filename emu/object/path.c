// SPDX-License-Identifier: MIT
#include "emu/object/path.h"

#include "emu/base/usermem.h"
#include "emu/object/disk.h"
#include "emu/object/handle.h"
#include "emu/object/pipe.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A piece of the name: units, not bytes. */
struct span {
    const uint16_t *at;
    size_t count;
};

static uint16_t fold(uint16_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint16_t)(c + 32) : c;
}

/* Drops an ASCII prefix, without case; prefix is lower case. */
static bool take(struct span *s, const char *prefix)
{
    size_t n = strlen(prefix);

    if (s->count < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (fold(s->at[i]) != (unsigned char)prefix[i])
            return false;
    s->at += n;
    s->count -= n;
    return true;
}

/* What no NT file system takes in a name. [D] naming files; ':' would be a stream: not built. */
static bool valid_chars(struct span s)
{
    for (size_t i = 0; i < s.count; i++) {
        uint16_t c = s.at[i];

        if (c < 32 || (c < 128 && strchr("\"*/:<>?|", c)))
            return false;
    }
    return true;
}

static const char *drive_root(uint16_t letter)
{
    char variable[] = "RINGER_DRIVE_X";
    const char *root;

    variable[sizeof variable - 2] = (char)(fold(letter) - 'a' + 'A');
    root = fold(letter) == 'z' ? NULL : getenv(variable);
    if (root && *root)
        return root;
    return fold(letter) == 'z' || fold(letter) == 'c' ? "/" : NULL;
}

bool emu_path_is_root(const char *linux_path)
{
    for (uint16_t letter = 'a'; letter <= 'z'; letter++) {
        const char *root = drive_root(letter);
        size_t n = root ? strlen(root) : 0;

        while (n > 1 && root[n - 1] == '/')
            n--;
        if (root && strlen(linux_path) == n && !memcmp(root, linux_path, n))
            return true;
    }
    return false;
}

static bool same_without_case(const char *a, const char *b, size_t nbytes)
{
    for (size_t i = 0; i < nbytes; i++)
        if (fold((unsigned char)a[i]) != fold((unsigned char)b[i]))
            return false;
    return b[nbytes] == 0;
}

/* Rewrites the component of nbytes at path + at in the case that the directory has. */
static bool fix_case(char *path, size_t at, size_t nbytes)
{
    struct dirent *entry;
    bool found = false;
    char kept = path[at];
    DIR *dir;

    path[at] = 0;
    dir = opendir(at ? path : "/");
    path[at] = kept;
    while (dir && !found && (entry = readdir(dir))) {
        found = same_without_case(path + at, entry->d_name, nbytes);
        if (found)
            memcpy(path + at, entry->d_name, nbytes);
    }
    if (dir)
        closedir(dir);
    return found;
}

/* Leaves the path as it is from the first component on that exists in no case. */
static void match_case(char *path)
{
    struct stat st;
    size_t at = 1, end;

    if (lstat(path, &st) == 0)
        return;
    for (; path[at]; at = end + (path[end] == '/')) {
        char kept;
        bool there;

        end = at + strcspn(path + at, "/");
        kept = path[end];
        path[end] = 0;
        there = lstat(path, &st) == 0;
        path[end] = kept;
        if (!there && !fix_case(path, at, end - at))
            return;
    }
}

static NTSTATUS join(const char *root, struct span rest, struct emu_path *out)
{
    const char *rule = getenv("RINGER_CASE");
    size_t n = strlen(root), more;
    bool slash = false;
    char *path;

    if (!valid_chars(rest))
        return STATUS_OBJECT_NAME_INVALID;
    path = malloc(n + 2 + 3 * rest.count);
    if (!path)
        return STATUS_NO_MEMORY;
    memcpy(path, root, n);
    while (n && path[n - 1] == '/')
        n--;
    path[n++] = '/';
    while (rest.count && rest.at[0] == '\\') {
        rest.at++;
        rest.count--;
        slash = true;
    }
    more = emu_utf8_from_utf16(path + n, rest.at, rest.count);
    if (more == SIZE_MAX) {
        free(path);
        return STATUS_OBJECT_NAME_INVALID;
    }
    for (size_t i = 0; i < more; i++)
        if (path[n + i] == '\\')
            path[n + i] = '/';
    n += more;
    out->wants_directory = rest.count ? rest.at[rest.count - 1] == '\\' : slash;
    while (n > 1 && path[n - 1] == '/')
        n--;
    path[n] = 0;
    if (rule && !strcmp(rule, "insensitive"))
        match_case(path);
    out->kind = EMU_PATH_DISK;
    out->linux_path = path;
    return STATUS_SUCCESS;
}

NTSTATUS emu_path_below(const char *linux_directory, const uint16_t *chars, size_t count,
                        struct emu_path *out)
{
    memset(out, 0, sizeof *out);
    return join(linux_directory, (struct span){chars, count}, out);
}

static NTSTATUS pipe_path(struct span rest, struct emu_path *out)
{
    if (!rest.count) {
        out->kind = EMU_PATH_PIPE_ROOT;
        return STATUS_SUCCESS;
    }
    out->pipe_name = malloc(rest.count * 2);
    if (!out->pipe_name)
        return STATUS_NO_MEMORY;
    memcpy(out->pipe_name, rest.at, rest.count * 2);
    out->pipe_nbytes = (uint32_t)(rest.count * 2);
    out->kind = EMU_PATH_PIPE;
    return STATUS_SUCCESS;
}

static NTSTATUS device_path(const char *linux_path, struct emu_path *out)
{
    out->kind = EMU_PATH_DISK;
    out->linux_path = strdup(linux_path);
    return out->linux_path ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static NTSTATUS dos_path(struct span s, struct emu_path *out)
{
    struct span whole = s;
    const char *root;

    if (take(&s, "pipe\\") || (take(&s, "pipe") && !s.count))
        return pipe_path(s, out);
    s = whole;
    if (take(&s, "nul") && !s.count)
        return device_path("/dev/null", out);
    s = whole;
    if (take(&s, "unc\\"))
        return STATUS_OBJECT_PATH_NOT_FOUND; /* no network redirector here */
    if (s.count < 2 || fold(s.at[0]) < 'a' || fold(s.at[0]) > 'z' || s.at[1] != ':')
        return STATUS_OBJECT_NAME_NOT_FOUND;
    root = drive_root(s.at[0]);
    if (!root)
        return STATUS_OBJECT_PATH_NOT_FOUND;
    s.at += 2;
    s.count -= 2;
    if (s.count && s.at[0] != '\\')
        return STATUS_OBJECT_NAME_NOT_FOUND; /* "C:x" is no NT name */
    return join(root, s, out);
}

static NTSTATUS absolute_path(struct span s, struct emu_path *out)
{
    if (!s.count || s.at[0] != '\\')
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    if (take(&s, "\\??\\") || take(&s, "\\\\?\\") || take(&s, "\\\\.\\") ||
        take(&s, "\\dosdevices\\") || take(&s, "\\global??\\"))
        return dos_path(s, out);
    if (take(&s, "\\device\\namedpipe\\") || (take(&s, "\\device\\namedpipe") && !s.count))
        return pipe_path(s, out);
    if (take(&s, "\\device\\null") && !s.count)
        return device_path("/dev/null", out);
    if (take(&s, "\\device\\harddiskvolume1\\"))
        return join("/", s, out);
    return STATUS_OBJECT_PATH_NOT_FOUND;
}

static NTSTATUS relative_path(emu_handle root, struct span s, struct emu_path *out)
{
    struct emu_object *obj;
    struct emu_file *file;
    NTSTATUS status = emu_handle_lookup(root, EMU_ACCESS_ANY, &emu_file_object_ops, &obj, NULL);

    if (status != STATUS_SUCCESS)
        return status;
    file = emu_file_from_object(obj);
    if (s.count && s.at[0] == '\\')
        status = STATUS_INVALID_PARAMETER; /* absolute and relative at once */
    else if (file->kind == EMU_FILE_DIRECTORY || (file->kind == EMU_FILE_DISK && !s.count))
        status = join(emu_disk_path(file), s, out);
    else if (emu_file_is_pipe_root(file))
        status = pipe_path(s, out);
    else
        status = STATUS_OBJECT_TYPE_MISMATCH;
    emu_object_release(obj);
    return status;
}

NTSTATUS emu_path_resolve(const struct emu_object_name *name, struct emu_path *out)
{
    uint16_t *chars;
    struct span s;
    NTSTATUS status;

    memset(out, 0, sizeof *out);
    /* A UNICODE_STRING counts its bytes in 16 bits. */
    if (name->nbytes % 2 || name->nbytes > UINT16_MAX)
        return STATUS_OBJECT_NAME_INVALID;
    chars = malloc(name->nbytes + 2);
    if (!chars)
        return STATUS_NO_MEMORY;
    s = (struct span){chars, name->nbytes / 2};
    if (!emu_copy_from_user(chars, name->chars, name->nbytes))
        status = STATUS_ACCESS_VIOLATION;
    else if (name->root)
        status = relative_path(name->root, s, out);
    else
        status = absolute_path(s, out);
    free(chars);
    return status;
}

void emu_path_fini(struct emu_path *path)
{
    free(path->linux_path);
    free(path->pipe_name);
    path->linux_path = NULL;
    path->pipe_name = NULL;
}

NTSTATUS emu_path_not_found(const char *linux_path)
{
    const char *slash = strrchr(linux_path, '/');
    char parent[PATH_MAX];
    size_t n = slash ? (size_t)(slash - linux_path) : 0;
    struct stat st;

    if (n == 0)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (n >= sizeof parent)
        return STATUS_OBJECT_NAME_INVALID;
    memcpy(parent, linux_path, n);
    parent[n] = 0;
    return stat(parent, &st) == 0 && S_ISDIR(st.st_mode) ? STATUS_OBJECT_NAME_NOT_FOUND
                                                         : STATUS_OBJECT_PATH_NOT_FOUND;
}

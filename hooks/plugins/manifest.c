/* SPDX-License-Identifier: MIT */
/* Reads a manifest and makes the bytes that it promises. */
#include "hooks/plugins/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *vfs_manifest_where(const char *args)
{
    const char *key = "manifest=", *found = NULL, *environment;
    size_t nchars = 0;
    char *path;

    for (const char *at = args; at && (at = strstr(at, key)); at += strlen(key)) {
        if (at != args && !strchr(": ", at[-1]))
            continue;
        found = at + strlen(key);
        nchars = strcspn(found, ": ");
        /* A drive is no separator: C:\x */
        if (nchars == 1 && found[1] == ':' && (found[2] == '\\' || found[2] == '/'))
            nchars = 2 + strcspn(found + 2, ": ");
        break;
    }
    environment = getenv("RINGER_VFS");
    if (!found && environment && *environment) {
        found = environment;
        nchars = strlen(environment);
    }
    path = found ? malloc(nchars + 1) : NULL;
    if (path) {
        memcpy(path, found, nchars);
        path[nchars] = '\0';
    }
    return path;
}

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t nbytes = 0, room = 4096, got;
    char *text = file ? malloc(room + 1) : NULL;

    while (text && (got = fread(text + nbytes, 1, room - nbytes, file)) > 0) {
        nbytes += got;
        if (nbytes == room) {
            char *more = realloc(text, 2 * room + 1);

            if (!more) {
                free(text);
                text = NULL;
                break;
            }
            text = more;
            room *= 2;
        }
    }
    if (file)
        fclose(file);
    if (text)
        text[nbytes] = '\0';
    return text;
}

static bool number(const char *text, uint64_t *value_out)
{
    char *end;

    *value_out = strtoull(text, &end, 0);
    return *text && *text != '-' && !*end;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Two small digits a byte, written over themselves. */
static bool decode(char *hex, struct vfs_file *file)
{
    uint8_t *bytes = (uint8_t *)hex;
    size_t nchars = strlen(hex);

    for (size_t i = 0; i < nchars; i += 2) {
        int high = digit(hex[i]), low = high < 0 ? -1 : digit(hex[i + 1]);

        if (low < 0)
            return false;
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    file->bytes = bytes;
    file->nbytes = nchars / 2;
    return true;
}

static bool set_u32(const char *value, uint32_t *out)
{
    uint64_t wide;
    bool good = number(value, &wide) && wide <= UINT32_MAX;

    *out = good ? (uint32_t)wide : 0;
    return good;
}

/* fail=OFFSET:CODE */
static bool set_failure(char *value, struct vfs_file *file)
{
    char *colon = strchr(value, ':');

    if (!colon)
        return false;
    *colon = '\0';
    file->fails = true;
    return number(value, &file->fail_at) && set_u32(colon + 1, &file->fail_code);
}

static bool set_how(const char *value, struct vfs_file *file)
{
    static const char *const names[] = {"inline", "early", "worker"};

    for (int i = 0; i < 3; i++) {
        if (!strcmp(value, names[i])) {
            file->how = (enum vfs_how)i;
            return true;
        }
    }
    return false;
}

static bool set_does(const char *value, struct vfs_file *file)
{
    file->does_open |= !strcmp(value, "open");
    file->does_read |= !strcmp(value, "read");
    file->does_ring |= !strcmp(value, "ring");
    return file->does_open || file->does_read || file->does_ring;
}

/* One word of a line; value is "" for a bare one. */
static bool set_option(const char *key, char *value, struct vfs_file *file)
{
    if (!strcmp(key, "name"))
        return (file->name = value) && *value;
    if (!strcmp(key, "size"))
        return number(value, &file->nbytes);
    if (!strcmp(key, "seed"))
        return number(value, &file->seed);
    if (!strcmp(key, "gen"))
        return (file->zero = !strcmp(value, "zero")) || !strcmp(value, "ascii");
    if (!strcmp(key, "hex"))
        return decode(value, file);
    if (!strcmp(key, "how"))
        return set_how(value, file);
    if (!strcmp(key, "gate"))
        return file->gate = true;
    if (!strcmp(key, "delay"))
        return set_u32(value, &file->delay_ms);
    if (!strcmp(key, "fail"))
        return set_failure(value, file);
    if (!strcmp(key, "short"))
        return set_u32(value, &file->short_nbytes) && file->short_nbytes;
    if (!strcmp(key, "over"))
        return set_u32(value, &file->over_nbytes) && file->over_nbytes;
    if (!strcmp(key, "does"))
        return set_does(value, file);
    return false;
}

/* Words up to path=, which takes the rest of the line. What is wrong, or NULL. */
static const char *parse_file(char *line, struct vfs_file *file)
{
    memset(file, 0, sizeof *file);
    while (*line) {
        char *value, *end;

        line += strspn(line, " ");
        if (!strncmp(line, "path=", 5)) {
            file->path = line + 5;
            break;
        }
        end = line + strcspn(line, " ");
        if (*end)
            *end++ = '\0';
        value = strchr(line, '=');
        if (value)
            *value++ = '\0';
        if (!set_option(line, value ? value : line + strlen(line), file))
            return line;
        line = end;
    }
    return !file->path || !*file->path ? "path" : !file->name ? "name" : NULL;
}

static bool parse_line(struct vfs_manifest *manifest, char *line, const char **wrong_out)
{
    struct vfs_file *more;

    if (strncmp(line, "file ", 5)) {
        *wrong_out = line;
        return false;
    }
    more = realloc(manifest->files, (manifest->count + 1) * sizeof *more);
    if (!more) {
        *wrong_out = "memory";
        return false;
    }
    manifest->files = more;
    *wrong_out = parse_file(line + 5, &more[manifest->count]);
    manifest->count += !*wrong_out;
    return !*wrong_out;
}

bool vfs_manifest_load(struct vfs_manifest *manifest, const char *path, char *error,
                       size_t error_nbytes)
{
    char *line, *next;
    const char *wrong = "cannot be read";
    unsigned count = 0;

    memset(manifest, 0, sizeof *manifest);
    manifest->path = malloc(strlen(path) + 1);
    if (manifest->path)
        memcpy(manifest->path, path, strlen(path) + 1);
    manifest->text = read_text(path);
    for (line = manifest->text; line; line = next) {
        bool good = true;

        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (!count++)
            good = !strcmp(line, "ringer-vfs 1"), wrong = good ? NULL : "ringer-vfs 1";
        else if (*line && *line != '#')
            good = parse_line(manifest, line, &wrong);
        if (!good)
            break;
        wrong = NULL;
    }
    if (wrong && error)
        snprintf(error, error_nbytes, "%s:%u: %s", path, count, wrong);
    return !wrong;
}

void vfs_manifest_fini(struct vfs_manifest *manifest)
{
    free(manifest->files);
    free(manifest->text);
    free(manifest->path);
    memset(manifest, 0, sizeof *manifest);
}

static char folded(char c)
{
    return c == '\\' ? '/' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_path(const char *a, const char *b)
{
    while (*a && folded(*a) == folded(*b)) {
        a++;
        b++;
    }
    return !*a && !*b;
}

static const char *without_prefix(const char *path)
{
    bool prefixed = (path[0] == '\\' && (path[1] == '\\' || path[1] == '?') && path[2] == '?' &&
                     path[3] == '\\');

    return prefixed ? path + 4 : path;
}

struct vfs_file *vfs_manifest_find(const struct vfs_manifest *manifest, const char *path)
{
    for (size_t i = 0; i < manifest->count; i++) {
        if (same_path(without_prefix(manifest->files[i].path), without_prefix(path)))
            return &manifest->files[i];
    }
    return NULL;
}

struct vfs_file *vfs_manifest_named(const struct vfs_manifest *manifest, const char *name)
{
    for (size_t i = 0; i < manifest->count; i++) {
        if (!strcmp(manifest->files[i].name, name))
            return &manifest->files[i];
    }
    return NULL;
}

void vfs_file_fill(const struct vfs_file *file, uint64_t offset, void *buffer, size_t nbytes)
{
    uint8_t *out = buffer;

    if (file->bytes) {
        memcpy(out, file->bytes + offset, nbytes);
        return;
    }
    if (file->zero) {
        memset(out, 0, nbytes);
        return;
    }
    for (size_t i = 0; i < nbytes; i++) {
        uint64_t at = offset + i;

        out[i] = (uint8_t)(0x20 + (at * 7 + at / 95 + file->seed) % 95);
    }
}

/* SPDX-License-Identifier: MIT */
/* Paths in one spelling, so that a file is found however a program writes its name. */
#include "hooks/provider/provider.h"

#include <stdlib.h>
#include <string.h>

size_t rp_length(const WCHAR *text)
{
    size_t count = 0;

    while (text[count])
        count++;
    return count;
}

WCHAR *rp_copy(const WCHAR *text)
{
    size_t nbytes = (rp_length(text) + 1) * sizeof *text;
    WCHAR *copy = malloc(nbytes);

    if (copy)
        memcpy(copy, text, nbytes);
    return copy;
}

/* Letters with a capital one step away: Latin, Greek, Cyrillic. The file system's own table is
 * larger. */
WCHAR rp_upper(WCHAR c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7) ||
        (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) || (c >= 0x430 && c <= 0x44F))
        return (WCHAR)(c - 0x20);
    if (c >= 0x450 && c <= 0x45F)
        return (WCHAR)(c - 0x50);
    if (c >= 0x100 && c <= 0x12F)
        return (WCHAR)(c & ~1);
    return c;
}

static bool is_slash(WCHAR c)
{
    return c == '\\' || c == '/';
}

/* \\?\ \??\ \\.\ */
static bool has_prefix(const WCHAR *path)
{
    return is_slash(path[0]) && (path[1] == '?' || is_slash(path[1])) &&
           (path[2] == '?' || path[2] == '.') && is_slash(path[3]);
}

static bool has_drive(const WCHAR *path)
{
    WCHAR letter = rp_upper(path[0]);

    return letter >= 'A' && letter <= 'Z' && path[1] == ':';
}

size_t rp_path_full(const WCHAR *path, WCHAR *out, size_t count)
{
    size_t n = 0;

    if (has_prefix(path)) {
        path += 4;
        if (!has_drive(path))
            return 0; /* a pipe, a device */
        for (; path[n] && n + 1 < count; n++)
            out[n] = path[n];
        if (path[n])
            return 0;
        out[n] = 0;
    } else {
        n = *path ? GetFullPathNameW(path, (DWORD)count, out, NULL) : 0;
        if (!n || n >= count)
            return 0;
    }
    for (size_t i = 0; i < n; i++)
        if (out[i] == '/')
            out[i] = '\\';
    while (n > 3 && out[n - 1] == '\\')
        out[--n] = 0;
    return n;
}

size_t rp_path_key(const WCHAR *path, WCHAR *key_out, size_t key_count)
{
    size_t n = rp_path_full(path, key_out, key_count);

    for (size_t i = 0; i < n; i++)
        key_out[i] = rp_upper(key_out[i]);
    return n;
}

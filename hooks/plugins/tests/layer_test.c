/* SPDX-License-Identifier: MIT */
/* Real files past the hooks, and the program's view through them. */
#include "hooks/plugins/tests/layer_test.h"

#include <MinHook.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/ringer-layer-XXXXXX";

void lt_start(void)
{
    unsetenv("RINGER_VFS");
    cr_assert(mkdtemp(folder));
    cr_assert(vl_load(NULL));
    cr_assert_eq(MH_Initialize(), MH_OK);
    cr_assert(vl_detours_create(vl_file_detours) && vl_detours_create(vl_read_detours) &&
              vl_detours_create(vl_info_detours) && vl_detours_create(vl_list_detours));
    cr_assert(vl_detours_enable());
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
    return remove(path);
}

void lt_end(void)
{
    cr_assert_eq(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static const char *native(const char *name)
{
    static char path[1024];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

const WCHAR *lt_path(const char *name)
{
    static WCHAR paths[8][1024];
    static unsigned turn;
    WCHAR *path = paths[turn++ % 8];

    cr_assert(MultiByteToWideChar(CP_UTF8, 0, native(name), -1, path, 1024));
    return path;
}

void lt_write(const char *name, const char *text)
{
    FILE *file = fopen(native(name), "wb");

    cr_assert(file, "%s", name);
    fputs(text, file);
    cr_assert_eq(fclose(file), 0);
}

void lt_mkdir(const char *name)
{
    cr_assert_eq(mkdir(native(name), 0777), 0);
}

void lt_delete(const char *name)
{
    cr_assert_eq(remove(native(name)), 0);
}

int lt_read(const WCHAR *path, char *text_out)
{
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    DWORD count;

    if (file == INVALID_HANDLE_VALUE)
        return -1 - (int)GetLastError();
    cr_assert(ReadFile(file, text_out, 63, &count, NULL));
    text_out[count] = 0;
    cr_assert_eq(GetFileSize(file, NULL), count);
    cr_assert(CloseHandle(file));
    return (int)count;
}

bool lt_shows(const WCHAR *path, const char *text)
{
    WIN32_FILE_ATTRIBUTE_DATA facts;
    WIN32_FIND_DATAW found;
    HANDLE search;
    char seen[64];

    if (lt_read(path, seen) < 0 || strcmp(seen, text))
        return false;
    if (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES ||
        !GetFileAttributesExW(path, GetFileExInfoStandard, &facts) ||
        facts.nFileSizeLow != strlen(text))
        return false;
    search = FindFirstFileW(path, &found);
    if (search == INVALID_HANDLE_VALUE)
        return false;
    FindClose(search);
    return found.nFileSizeLow == strlen(text);
}

bool lt_lacks(const WCHAR *path)
{
    char seen[64];

    return lt_read(path, seen) == -1 - ERROR_FILE_NOT_FOUND &&
           GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES &&
           GetLastError() == ERROR_FILE_NOT_FOUND;
}

UINT64 lt_add(const char *name, const char *text)
{
    UINT64 id =
        ringer_vfs_add(vl_vfs, lt_path(name), ringer_source_buffer(text, strlen(text)), NULL);

    cr_assert(id);
    return id;
}

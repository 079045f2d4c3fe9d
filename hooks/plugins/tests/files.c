/* SPDX-License-Identifier: MIT */
/* The folder, its manifest and its real files, and the second start under the plugin. */
#include "hooks/plugins/tests/files.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "ringer-plugin-"

void pf_fail(const char *what, unsigned long value)
{
    fprintf(stderr, "%s (0x%lx)\n", what, value);
    exit(1);
}

unsigned char pf_byte(unsigned file, uint64_t at)
{
    return (unsigned char)(0x20 + (at * 7 + at / 95 + file) % 95);
}

void pf_path(const struct pf_files *files, unsigned file, char *path, size_t nbytes)
{
    snprintf(path, nbytes, "%s/%u.bin", files->folder, file);
}

HANDLE pf_open(const struct pf_files *files, unsigned file)
{
    char path[512];
    HANDLE handle;

    pf_path(files, file, path, sizeof path);
    handle = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                         FILE_FLAG_OVERLAPPED, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        pf_fail("a file cannot be opened", GetLastError());
    return handle;
}

static void make_real(const struct pf_files *files, unsigned index, const char *path)
{
    FILE *file = fopen(path, "wb");

    if (!file)
        pf_fail("no file", index);
    for (uint64_t at = 0; at < files->nbytes; at++)
        fputc(pf_byte(index, at), file);
    if (fclose(file))
        pf_fail("no room for a file", index);
}

static void remove_folder(const char *folder)
{
    DIR *list = opendir(folder);
    struct dirent *entry;
    char path[1024];

    while (list && (entry = readdir(list))) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    if (list)
        closedir(list);
    rmdir(folder);
}

/* Of runs that were killed: the name has the process, and there is none of that number. */
static void sweep(const char *base)
{
    DIR *list = opendir(base);
    struct dirent *entry;
    char path[1024];

    while (list && (entry = readdir(list))) {
        const char *number = entry->d_name + strlen(PREFIX);
        int pid = strncmp(entry->d_name, PREFIX, strlen(PREFIX)) ? 0 : atoi(number);

        if (pid <= 0 || !strchr(number, '-') || kill(pid, 0) == 0 || errno != ESRCH)
            continue;
        snprintf(path, sizeof path, "%s/%s", base, entry->d_name);
        remove_folder(path);
    }
    if (list)
        closedir(list);
}

void pf_start(struct pf_files *files, char **argv)
{
    const char *base = getenv("TMPDIR");
    char template[256], path[512];
    FILE *manifest;

    files->folder = getenv("PLUGIN_FOLDER");
    if (files->folder)
        return;
    base = base && *base && strlen(base) < 200 ? base : "/tmp";
    sweep(base);
    snprintf(template, sizeof template, "%s/" PREFIX "%d-XXXXXX", base, (int)getpid());
    files->folder = mkdtemp(template);
    if (!files->folder)
        pf_fail("no folder", 0);
    snprintf(path, sizeof path, "%s/manifest", files->folder);
    manifest = fopen(path, "w");
    if (!manifest)
        pf_fail("no manifest", 0);
    setenv("RINGER_VFS", path, 1);
    fprintf(manifest, "ringer-vfs 1\n");
    for (unsigned i = 0; i < files->count; i++) {
        pf_path(files, i, path, sizeof path);
        if (files->hows[i])
            fprintf(manifest, "file name=f%u size=%u gen=ascii seed=%u how=%s path=%s\n", i,
                    files->nbytes, i, files->hows[i], path);
        else
            make_real(files, i, path);
    }
    fclose(manifest);
    setenv("RINGER_HOOKS", argv[1], 1);
    setenv("PLUGIN_FOLDER", files->folder, 1);
    execv("/proc/self/exe", argv);
    pf_fail("exec", 0);
}

void pf_end(const struct pf_files *files)
{
    remove_folder(files->folder);
}

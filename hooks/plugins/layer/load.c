/* SPDX-License-Identifier: MIT */
/* The suite's manifest as sources, and its commands. */
#include "hooks/plugins/layer/layer.h"
#include "hooks/plugins/layer/provider.h"
#include "hooks/plugins/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ringer_vfs *vl_vfs;

static struct vfs_manifest manifest;
/* Beside the manifest's files. Under lock: commands may come from any thread. */
static struct listed {
    UINT64 id;
    struct ringer_source *gate; /* a reference of ours */
} * listed;
static SRWLOCK lock = SRWLOCK_INIT;

bool vl_argument(const char *args, const char *key, char *out, size_t nbytes)
{
    size_t length = strlen(key);

    for (const char *at = args; at && (at = strstr(at, key)); at += length) {
        size_t n;

        if ((at != args && !strchr(": ", at[-1])) || at[length] != '=')
            continue;
        at += length + 1;
        n = strcspn(at, ": ");
        if (n >= nbytes)
            return false;
        memcpy(out, at, n);
        out[n] = 0;
        return true;
    }
    return false;
}

static WCHAR *wide(const char *text)
{
    int count = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    WCHAR *out = count > 0 ? malloc((size_t)count * sizeof *out) : NULL;

    if (out)
        MultiByteToWideChar(CP_UTF8, 0, text, -1, out, count);
    return out;
}

/* From the bytes outwards. */
static struct ringer_source *source_of(const struct vfs_file *file, struct ringer_source **gate_out)
{
    bool busy = file->does_open || file->does_read || file->does_ring;
    struct ringer_source *source = busy ? vl_source_busy(file, manifest.path)
                                   : file->bytes
                                       ? ringer_source_buffer(file->bytes, (size_t)file->nbytes)
                                   : file->zero ? ringer_source_fill(0, file->nbytes)
                                                : ringer_source_generator(file->seed, file->nbytes);

    if (file->fails)
        source = ringer_source_fail_at(source, file->fail_at,
                                       (NTSTATUS)(0xC0070000u | (file->fail_code & 0xFFFF)));
    if (file->over_nbytes)
        source = ringer_source_miscount(source, (INT32)file->over_nbytes);
    if (file->short_nbytes)
        source = ringer_source_short(source, file->short_nbytes);
    if (file->how == VFS_EARLY)
        source = ringer_source_early(source);
    if (file->how == VFS_WORKER && !file->delay_ms)
        source = ringer_source_worker(source);
    if (file->delay_ms)
        source = file->how == VFS_WORKER ? ringer_source_delay(source, file->delay_ms, 0, 0)
                                         : ringer_source_block(source, file->delay_ms);
    if (file->gate) {
        source = ringer_source_gate(source);
        *gate_out = source;
        if (source)
            ringer_source_acquire(source);
    }
    return source;
}

static bool add_all(void)
{
    for (size_t i = 0; i < manifest.count; i++) {
        WCHAR *path = wide(manifest.files[i].path);
        struct ringer_source *source = source_of(&manifest.files[i], &listed[i].gate);

        if (path && source)
            listed[i].id = ringer_vfs_add(vl_vfs, path, source, NULL);
        free(path);
        if (!listed[i].id) {
            fprintf(stderr, "vfs: %s: no such file can be made\n", manifest.files[i].name);
            return false;
        }
    }
    return true;
}

bool vl_load(const char *args)
{
    char *path = vfs_manifest_where(args), error[256];
    bool good = true;

    vl_vfs = ringer_vfs_create();
    if (vl_vfs && path) {
        good = vfs_manifest_load(&manifest, path, error, sizeof error);
        if (!good)
            fprintf(stderr, "vfs: %s\n", error);
        listed = calloc(manifest.count + 1, sizeof *listed);
        good = good && listed && add_all();
    }
    free(path);
    return vl_vfs && good;
}

static struct listed *named(const char *name, size_t length)
{
    for (size_t i = 0; i < manifest.count; i++)
        if (strlen(manifest.files[i].name) == length &&
            !memcmp(manifest.files[i].name, name, length))
            return &listed[i];
    return NULL;
}

int vl_control(const char *command)
{
    size_t verb = strcspn(command, " "), length;
    const char *name = command + verb + strspn(command + verb, " ");
    struct ringer_source *gate = NULL;
    struct listed *file;
    unsigned long count;
    UINT64 id = 0;

    length = strcspn(name, " ");
    file = named(name, length);
    count = strtoul(name + length, NULL, 10);
    if (!file)
        return 1;
    if (verb == 7 && !strncmp(command, "release", verb)) {
        gate = file->gate;
        if (gate)
            ringer_source_release_gate(gate, count ? (UINT32)count : UINT32_MAX);
        return !gate;
    }
    if (verb != 10 || strncmp(command, "unregister", verb))
        return 1;
    AcquireSRWLockExclusive(&lock);
    id = file->id;
    file->id = 0;
    ReleaseSRWLockExclusive(&lock);
    return !ringer_vfs_remove(vl_vfs, id);
}

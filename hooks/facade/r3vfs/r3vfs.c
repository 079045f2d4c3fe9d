/* SPDX-License-Identifier: MIT */
/* The documented calls as rules of the provider layer. */
#include <r3vfs.h>
#include <ringer_provider.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS 5
#define PATH_CHARS 32768

static _Atomic(struct ringer_vfs *) vfs;
static struct ringer_vfs *given; /* the hook's; it stays when we end */
static bool (*handle_is_virtual)(HANDLE handle);
static atomic_bool enabled;
static atomic_bool settings[SETTINGS];

/* A handle is a rule's number: never NULL, never used again. */
#define HANDLE_OF(type, id) ((type)(uintptr_t)(id))
#define ID_OF(handle) ((UINT64)(uintptr_t)(handle))

void r3vfs_use(struct ringer_vfs *own, bool (*is_virtual)(HANDLE handle))
{
    given = own;
    handle_is_virtual = is_virtual;
}

struct ringer_vfs *r3vfs_vfs(void)
{
    return atomic_load(&enabled) ? atomic_load(&vfs) : NULL;
}

R3VFS_RESULT r3vfs_init(void)
{
    struct ringer_vfs *nothing = NULL, *made = given ? given : ringer_vfs_create();

    if (!made)
        return R3VFS_ERROR_OUT_OF_MEMORY;
    if (!atomic_compare_exchange_strong(&vfs, &nothing, made)) {
        if (!given)
            ringer_vfs_destroy(made);
        return R3VFS_ERROR_ALREADY_EXISTS;
    }
    atomic_store(&enabled, true);
    return R3VFS_OK;
}

R3VFS_RESULT r3vfs_shutdown(void)
{
    struct ringer_vfs *old = atomic_exchange(&vfs, NULL);

    atomic_store(&enabled, false);
    if (!old)
        return R3VFS_ERROR_NOT_INITIALIZED;
    if (old != given)
        ringer_vfs_destroy(old);
    return R3VFS_OK;
}

/* *wide_out is the caller's to free. */
static R3VFS_RESULT widen(const char *path, WCHAR **wide_out)
{
    int count =
        path && *path ? MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, NULL, 0) : 0;

    *wide_out = NULL;
    if (count <= 0)
        return R3VFS_ERROR_INVALID_PATH;
    if (count > PATH_CHARS)
        return R3VFS_ERROR_PATH_TOO_LONG;
    *wide_out = malloc((size_t)count * sizeof **wide_out);
    if (!*wide_out)
        return R3VFS_ERROR_OUT_OF_MEMORY;
    MultiByteToWideChar(CP_UTF8, 0, path, -1, *wide_out, count);
    return R3VFS_OK;
}

typedef UINT64 (*redirect_fn)(struct ringer_vfs *vfs, const WCHAR *from, const WCHAR *to);

static R3VFS_RESULT redirect(redirect_fn add, const char *source, const char *target,
                             UINT64 *id_out)
{
    struct ringer_vfs *table = atomic_load(&vfs);
    WCHAR *from = NULL, *to = NULL;
    R3VFS_RESULT result = table ? widen(source, &from) : R3VFS_ERROR_NOT_INITIALIZED;

    if (result == R3VFS_OK)
        result = widen(target, &to);
    if (result == R3VFS_OK) {
        *id_out = add(table, from, to);
        if (!*id_out)
            result = R3VFS_ERROR_INVALID_PATH;
    }
    free(from);
    free(to);
    return result;
}

static R3VFS_RESULT remove_rule(UINT64 id)
{
    struct ringer_vfs *table = atomic_load(&vfs);

    if (!table)
        return R3VFS_ERROR_NOT_INITIALIZED;
    if (!id)
        return R3VFS_ERROR_INVALID_HANDLE;
    return ringer_vfs_remove(table, id) ? R3VFS_OK : R3VFS_ERROR_NOT_FOUND;
}

R3VFS_RESULT r3vfs_redirector_add_file(const char *source, const char *target,
                                       R3VFS_RedirectHandle *handle)
{
    UINT64 id = 0;
    R3VFS_RESULT result = redirect(ringer_vfs_redirect_file, source, target, &id);

    if (result == R3VFS_OK && handle)
        *handle = HANDLE_OF(R3VFS_RedirectHandle, id);
    return result;
}

R3VFS_RESULT r3vfs_redirector_remove_file(R3VFS_RedirectHandle handle)
{
    return remove_rule(ID_OF(handle));
}

R3VFS_RESULT r3vfs_redirector_add_folder_as_files(const char *source, const char *target,
                                                  R3VFS_FolderHandle *handle)
{
    UINT64 id = 0;
    R3VFS_RESULT result = redirect(ringer_vfs_redirect_folder_as_files, source, target, &id);

    if (result == R3VFS_OK && handle)
        *handle = HANDLE_OF(R3VFS_FolderHandle, id);
    return result;
}

R3VFS_RESULT r3vfs_redirector_remove_folder_as_files(R3VFS_FolderHandle handle)
{
    return remove_rule(ID_OF(handle));
}

R3VFS_RESULT r3vfs_redirector_add_folder(const char *source, const char *target,
                                         R3VFS_FolderHandle *handle)
{
    UINT64 id = 0;
    R3VFS_RESULT result = redirect(ringer_vfs_redirect_folder, source, target, &id);

    if (result == R3VFS_OK && handle)
        *handle = HANDLE_OF(R3VFS_FolderHandle, id);
    return result;
}

R3VFS_RESULT r3vfs_redirector_remove_folder(R3VFS_FolderHandle handle)
{
    return remove_rule(ID_OF(handle));
}

R3VFS_RESULT r3vfs_redirector_optimize(void)
{
    return atomic_load(&vfs) ? R3VFS_OK : R3VFS_ERROR_NOT_INITIALIZED;
}

/* ---- virtual files ---- */

struct data {
    UINT64 nbytes;
    R3VFS_ReadFn read;
    void *context;
    void (*released)(void *context);
};

static NTSTATUS data_query(void *context, void *file, struct ringer_file_info *info_out)
{
    info_out->size = ((struct data *)context)->nbytes;
    return 0;
}

static NTSTATUS data_read(void *context, void *file, UINT64 offset, void *buffer, UINT32 length,
                          ringer_read_token token, UINT32 *done_out)
{
    struct data *data = context;
    uint32_t error = 0;

    if (data->read)
        error = data->read(data->context, offset, buffer, length);
    else
        memset(buffer, 0, length);
    *done_out = error ? 0 : length;
    return error ? (NTSTATUS)(0xC0070000u | (error & 0xFFFF)) : 0;
}

static void data_destroy(void *context)
{
    struct data *data = context;

    if (data->released)
        data->released(data->context);
    free(data);
}

static const struct ringer_provider data_provider = {
    .size = sizeof(struct ringer_provider),
    .version = RINGER_PROVIDER_VERSION,
    .flags = RINGER_PROVIDER_THREAD_SAFE | RINGER_PROVIDER_MAY_BLOCK,
    .query = data_query,
    .read = data_read,
    .destroy = data_destroy,
};

R3VFS_RESULT r3vfs_vfile_register_data(const char *path, const R3VFS_Metadata *metadata,
                                       R3VFS_ReadFn read, void *context,
                                       void (*released)(void *context), R3VFS_VFileHandle *handle)
{
    struct ringer_vfs *table = atomic_load(&vfs);
    struct ringer_file_info info = {0};
    struct ringer_source *source;
    struct data *data;
    WCHAR *wide = NULL;
    UINT64 id;
    R3VFS_RESULT result = table ? widen(path, &wide) : R3VFS_ERROR_NOT_INITIALIZED;

    if (result == R3VFS_OK && (!metadata || metadata->end_of_file < 0))
        result = R3VFS_ERROR_INVALID_PATH;
    if (result == R3VFS_OK && ringer_vfs_query(table, wide, &info))
        result = R3VFS_ERROR_ALREADY_EXISTS;
    data = result == R3VFS_OK ? malloc(sizeof *data) : NULL;
    if (!data) {
        free(wide);
        return result == R3VFS_OK ? R3VFS_ERROR_OUT_OF_MEMORY : result;
    }
    *data = (struct data){(UINT64)metadata->end_of_file, read, context, NULL};
    info = (struct ringer_file_info){.created = metadata->creation_time,
                                     .accessed = metadata->last_access_time,
                                     .written = metadata->last_write_time,
                                     .changed = metadata->change_time,
                                     .attributes = metadata->file_attributes};
    source = ringer_source_create(&data_provider, data);
    if (!source)
        free(data);
    id = source ? ringer_vfs_add(table, wide, source, &info) : 0;
    if (id)
        data->released = released; /* a registration that failed leaves the context to its owner */
    free(wide);
    if (id && handle)
        *handle = HANDLE_OF(R3VFS_VFileHandle, id);
    return id ? R3VFS_OK : source ? R3VFS_ERROR_INVALID_PATH : R3VFS_ERROR_OUT_OF_MEMORY;
}

R3VFS_RESULT r3vfs_vfile_register(const char *path, const R3VFS_Metadata *metadata,
                                  R3VFS_VFileHandle *handle)
{
    return r3vfs_vfile_register_data(path, metadata, NULL, NULL, NULL, handle);
}

R3VFS_RESULT r3vfs_vfile_unregister(R3VFS_VFileHandle handle)
{
    return remove_rule(ID_OF(handle));
}

bool r3vfs_vfile_is_virtual_handle(HANDLE handle)
{
    return handle_is_virtual && atomic_load(&vfs) && handle_is_virtual(handle);
}

/* ---- settings ---- */

R3VFS_RESULT r3vfs_settings_get(R3VFS_Setting setting, bool *value)
{
    if (!atomic_load(&vfs))
        return R3VFS_ERROR_NOT_INITIALIZED;
    if ((unsigned)setting >= SETTINGS || !value)
        return R3VFS_ERROR_NOT_FOUND;
    *value = atomic_load(&settings[setting]);
    return R3VFS_OK;
}

R3VFS_RESULT r3vfs_settings_set(R3VFS_Setting setting, bool value)
{
    if (!atomic_load(&vfs))
        return R3VFS_ERROR_NOT_INITIALIZED;
    if ((unsigned)setting >= SETTINGS)
        return R3VFS_ERROR_NOT_FOUND;
    atomic_store(&settings[setting], value);
    return R3VFS_OK;
}

R3VFS_RESULT r3vfs_enable(void)
{
    atomic_store(&enabled, atomic_load(&vfs) != NULL);
    return atomic_load(&vfs) ? R3VFS_OK : R3VFS_ERROR_NOT_INITIALIZED;
}

R3VFS_RESULT r3vfs_disable(void)
{
    atomic_store(&enabled, false);
    return atomic_load(&vfs) ? R3VFS_OK : R3VFS_ERROR_NOT_INITIALIZED;
}

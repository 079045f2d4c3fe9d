/* SPDX-License-Identifier: MIT */
/* Files of ringer_ds.h. */
#include "api/dstorage/io.h"
#include "api/dstorage/plain/plain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct ringer_ds_backend *backend_of(const struct ringer_ds *ds)
{
    return ds->params.backend;
}

static void file_destroy(struct ds_object *object)
{
    struct ringer_ds_file *file = (struct ringer_ds_file *)object;
    const struct ringer_ds_backend *backend = backend_of(file->ds);

    if (!backend)
        CloseHandle(file->base.handle);
    else if (backend->close)
        backend->close(backend->context, file->base.handle);
    free(file->path);
    free(file);
}

struct ringer_ds_file *ds_plain_file_hold(struct ringer_ds *ds, const struct ringer_ds_file *named)
{
    struct ringer_ds_file *file = (struct ringer_ds_file *)ds_live_hold(named, DS_PLAIN_FILE);

    if (!file || !ds || file->ds == ds)
        return file;
    ds_plain_file_drop(file);
    return NULL;
}

void ds_plain_file_drop(struct ringer_ds_file *file)
{
    ds_object_drop(&file->base.object);
}

static HRESULT system_open(const char *path, unsigned flags, HANDLE *handle_out)
{
    DWORD access =
        (flags & RINGER_DS_READ ? GENERIC_READ : 0) | (flags & RINGER_DS_WRITE ? GENERIC_WRITE : 0);
    int length = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, NULL, 0);
    WCHAR *wide;

    if (length <= 0)
        return HRESULT_FROM_WIN32(GetLastError());
    wide = calloc((size_t)length, sizeof *wide);
    if (!wide)
        return E_OUTOFMEMORY;
    MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, length);
    *handle_out = CreateFileW(
        wide, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
        flags & RINGER_DS_CREATE ? CREATE_ALWAYS : OPEN_EXISTING,
        FILE_FLAG_OVERLAPPED | (flags & RINGER_DS_UNCACHED ? FILE_FLAG_NO_BUFFERING : 0), NULL);
    free(wide);
    return *handle_out == INVALID_HANDLE_VALUE ? HRESULT_FROM_WIN32(GetLastError()) : S_OK;
}

static char *copy_of(const char *path)
{
    size_t nbytes = strlen(path) + 1;
    char *copy = malloc(nbytes);

    return copy ? memcpy(copy, path, nbytes) : NULL;
}

/* Without a handle, and not known to anybody yet. */
static struct ringer_ds_file *file_new(struct ringer_ds *ds, const char *path, unsigned flags)
{
    struct ringer_ds_file *file = calloc(1, sizeof *file);

    if (!file)
        return NULL;
    emu_list_init(&file->link);
    file->ds = ds;
    file->flags = flags;
    file->fd = -1;
    file->base.runtime = ds->runtime;
    file->base.unbuffered = !backend_of(ds) && (flags & RINGER_DS_UNCACHED);
    if (path && !(file->path = copy_of(path))) {
        free(file);
        return NULL;
    }
    return file;
}

/* With a handle. A runtime that was closed meanwhile has it, too, until it is freed. */
static void file_publish(struct ringer_ds_file *file)
{
    struct ringer_ds *ds = file->ds;

    ds_object_init(&file->base.object, DS_PLAIN_FILE, NULL, NULL, file_destroy);
    AcquireSRWLockExclusive(&ds->lock);
    emu_list_append(&ds->files, &file->link);
    ReleaseSRWLockExclusive(&ds->lock);
    ds_live_add(&file->base.object);
}

static bool is_closed(struct ringer_ds *ds)
{
    bool closed;

    AcquireSRWLockShared(&ds->lock);
    closed = ds->closed;
    ReleaseSRWLockShared(&ds->lock);
    return closed;
}

static bool flags_good(unsigned flags, unsigned allowed)
{
    if (flags & ~allowed || !(flags & (RINGER_DS_READ | RINGER_DS_WRITE)))
        return false;
    return !(flags & RINGER_DS_CREATE) || (flags & RINGER_DS_WRITE);
}

static HRESULT backend_open(const struct ringer_ds_backend *backend, const char *path,
                            unsigned flags, HANDLE *handle_out)
{
    void *opened = NULL;
    int error = backend->open(backend->context, path, flags, &opened);

    if (!error && !opened)
        error = EIO; /* it says that there is a file, and there is none */
    *handle_out = opened;
    return ds_plain_code_of(error);
}

int ringer_ds_open(struct ringer_ds *ds, const char *path, unsigned flags,
                   struct ringer_ds_file **file_out)
{
    struct ringer_ds_file *file;
    HRESULT hr;

    if (file_out)
        *file_out = NULL;
    if (!ds)
        return -EINVAL;
    if (!file_out || !path ||
        !flags_good(flags,
                    RINGER_DS_READ | RINGER_DS_WRITE | RINGER_DS_CREATE | RINGER_DS_UNCACHED))
        return DS_PLAIN_REFUSE(ds, "file", "open", EINVAL, path);
    if (is_closed(ds))
        return DS_PLAIN_REFUSE(ds, "file", "open", ESHUTDOWN, path);
    file = file_new(ds, path, flags);
    if (!file)
        return DS_PLAIN_REFUSE(ds, "file", "open", ENOMEM, path);
    hr = backend_of(ds) ? backend_open(backend_of(ds), path, flags, &file->base.handle)
                        : system_open(path, flags, &file->base.handle);
    if (FAILED(hr)) {
        free(file->path);
        free(file);
        return DS_PLAIN_FAIL(ds, "file", "open", hr, path);
    }
    if (!backend_of(ds)) {
        file->fd = ds_native_look(&file->base);
        hr = ds_io_attach(ds->runtime, file->base.handle);
    }
    if (FAILED(hr)) {
        file_destroy(&file->base.object);
        return DS_PLAIN_FAIL(ds, "file", "open", hr, path);
    }
    file_publish(file);
    *file_out = file;
    return 0;
}

/* When the descriptor was taken there is no way back, so all that can fail comes before. */
int ringer_ds_adopt(struct ringer_ds *ds, int fd, unsigned flags, struct ringer_ds_file **file_out)
{
    struct ringer_ds_file *file;
    HRESULT hr;

    if (file_out)
        *file_out = NULL;
    if (!ds)
        return -EINVAL;
    if (!file_out || !flags_good(flags, RINGER_DS_READ | RINGER_DS_WRITE | RINGER_DS_UNCACHED))
        return DS_PLAIN_REFUSE(ds, "file", "adopt", EINVAL, NULL);
    if (backend_of(ds))
        return DS_PLAIN_REFUSE(ds, "file", "adopt", ENOTSUP, NULL);
    if (is_closed(ds))
        return DS_PLAIN_REFUSE(ds, "file", "adopt", ESHUTDOWN, NULL);
    file = file_new(ds, NULL, flags);
    if (!file)
        return DS_PLAIN_REFUSE(ds, "file", "adopt", ENOMEM, NULL);
    hr = ds_native_adopt(fd, flags, ds->runtime, &file->base.handle);
    if (FAILED(hr)) {
        free(file);
        return DS_PLAIN_FAIL(ds, "file", "adopt", hr, NULL);
    }
    file->fd = ds_native_look(&file->base);
    file_publish(file);
    *file_out = file;
    return 0;
}

static int backend_nbytes(const struct ringer_ds_backend *backend, void *opened,
                          uint64_t *nbytes_out)
{
    uint64_t nbytes = 0;
    int error = backend->nbytes
                    ? ds_plain_errno(backend->nbytes(backend->context, opened, &nbytes))
                    : ENOTSUP;

    if (!error)
        *nbytes_out = nbytes;
    return error;
}

int ringer_ds_file_nbytes(struct ringer_ds_file *named, uint64_t *nbytes_out)
{
    struct ringer_ds_file *file = ds_plain_file_hold(NULL, named);
    const struct ringer_ds_backend *backend;
    BY_HANDLE_FILE_INFORMATION info;
    int error = 0;

    if (!file)
        return -EBADF;
    backend = backend_of(file->ds);
    if (!nbytes_out)
        error = EINVAL;
    else if (backend)
        error = backend_nbytes(backend, file->base.handle, nbytes_out);
    else if (GetFileInformationByHandle(file->base.handle, &info))
        *nbytes_out = (uint64_t)info.nFileSizeHigh << 32 | info.nFileSizeLow;
    else
        error = ds_plain_error_of(HRESULT_FROM_WIN32(GetLastError()));
    ds_plain_file_drop(file);
    return -error;
}

/* The caller has a hold. False: somebody else closed it. */
static bool let_go(struct ringer_ds_file *file)
{
    if (InterlockedExchange(&file->base.closed, 1))
        return false;
    ds_live_remove(&file->base.object);
    AcquireSRWLockExclusive(&file->ds->lock);
    emu_list_remove(&file->link);
    ReleaseSRWLockExclusive(&file->ds->lock);
    ds_plain_file_drop(file); /* the program's */
    return true;
}

int ringer_ds_file_close(struct ringer_ds_file *named)
{
    struct ringer_ds_file *file = ds_plain_file_hold(NULL, named);
    bool closed;

    if (!file)
        return -EBADF;
    closed = let_go(file);
    ds_plain_file_drop(file);
    return closed ? 0 : -EBADF;
}

/* By ringer_ds_free: nobody else is there. */
void ds_plain_files_close(struct ringer_ds *ds)
{
    for (struct emu_list *node; (node = emu_list_take_first(&ds->files));) {
        struct ringer_ds_file *file = EMU_CONTAINER(node, struct ringer_ds_file, link);

        ds_object_hold(&file->base.object);
        let_go(file);
        ds_plain_file_drop(file);
    }
}

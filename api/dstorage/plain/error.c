/* SPDX-License-Identifier: MIT */
/* Where HRESULT and errno meet, and what the error callback is told. */
#include "api/dstorage/codes.h"
#include "api/dstorage/plain/plain.h"

#include <errno.h>

/*
 * A number of errno's that a program's backend gave, on its way through the engine: it comes back as
 * it was. Programs see ds_plain_public of it.
 */
#define CARRIED 0xA0040000u

static const struct {
    HRESULT code;
    int error;
} rows[] = {
    {E_ABORT, ECANCELED},
    {E_OUTOFMEMORY, ENOMEM},
    {E_INVALIDARG, EINVAL},
    {E_POINTER, EFAULT},
    {E_HANDLE, EBADF},
    {E_NOTIMPL, ENOTSUP},
    {E_ACCESSDENIED, EACCES},
    {DS_E_BEYOND_END, ENODATA},
    {DS_E_DESTINATION_MEMORY, EFAULT},
    {DS_E_CORRUPT, EBADMSG},
    {DS_E_TOO_LARGE, EMSGSIZE},
    {HRESULT_FROM_WIN32(ERROR_OPERATION_ABORTED), ECANCELED},
    {HRESULT_FROM_WIN32(ERROR_TIMEOUT), ETIMEDOUT},
    {HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), ENOENT},
    {HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), ENOENT},
    {HRESULT_FROM_WIN32(ERROR_INVALID_NAME), EINVAL},
    {HRESULT_FROM_WIN32(ERROR_BAD_PATHNAME), EINVAL},
    {HRESULT_FROM_WIN32(ERROR_NO_UNICODE_TRANSLATION), EINVAL},
    {HRESULT_FROM_WIN32(ERROR_FILENAME_EXCED_RANGE), ENAMETOOLONG},
    {HRESULT_FROM_WIN32(ERROR_DIRECTORY), ENOTDIR},
    {HRESULT_FROM_WIN32(ERROR_FILE_EXISTS), EEXIST},
    {HRESULT_FROM_WIN32(ERROR_ALREADY_EXISTS), EEXIST},
    {HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED), EACCES},
    {HRESULT_FROM_WIN32(ERROR_PRIVILEGE_NOT_HELD), EPERM},
    {HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), EBUSY},
    {HRESULT_FROM_WIN32(ERROR_LOCK_VIOLATION), EBUSY},
    {HRESULT_FROM_WIN32(ERROR_BUSY), EBUSY},
    {HRESULT_FROM_WIN32(ERROR_TOO_MANY_OPEN_FILES), EMFILE},
    {HRESULT_FROM_WIN32(ERROR_INVALID_HANDLE), EBADF},
    {HRESULT_FROM_WIN32(ERROR_NOT_ENOUGH_MEMORY), ENOMEM},
    {HRESULT_FROM_WIN32(ERROR_OUTOFMEMORY), ENOMEM},
    {HRESULT_FROM_WIN32(ERROR_NO_SYSTEM_RESOURCES), EAGAIN},
    {HRESULT_FROM_WIN32(ERROR_INVALID_PARAMETER), EINVAL},
    {HRESULT_FROM_WIN32(ERROR_INVALID_FUNCTION), EINVAL},
    {HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED), ENOTSUP},
    {HRESULT_FROM_WIN32(ERROR_NOACCESS), EFAULT},
    {HRESULT_FROM_WIN32(ERROR_INVALID_USER_BUFFER), EFAULT},
    {HRESULT_FROM_WIN32(ERROR_HANDLE_EOF), ENODATA},
    {HRESULT_FROM_WIN32(ERROR_DISK_FULL), ENOSPC},
    {HRESULT_FROM_WIN32(ERROR_HANDLE_DISK_FULL), ENOSPC},
    {HRESULT_FROM_WIN32(ERROR_FILE_TOO_LARGE), EFBIG},
    {HRESULT_FROM_WIN32(ERROR_WRITE_PROTECT), EROFS},
    {HRESULT_FROM_WIN32(ERROR_BROKEN_PIPE), EPIPE},
    {HRESULT_FROM_WIN32(ERROR_NO_DATA), EPIPE},
    {HRESULT_FROM_WIN32(ERROR_PIPE_NOT_CONNECTED), EPIPE},
    {HRESULT_FROM_WIN32(ERROR_NETNAME_DELETED), ECONNRESET},
    {HRESULT_FROM_WIN32(ERROR_SEM_TIMEOUT), ETIMEDOUT},
    {HRESULT_FROM_WIN32(ERROR_IO_DEVICE), EIO},
};

/* What Windows says where Linux says errno's number; the same as the system's files give for it. */
static const struct {
    int error;
    HRESULT code;
} codes[] = {
    {ECANCELED, E_ABORT},
    {ENOMEM, E_OUTOFMEMORY},
    {EINVAL, E_INVALIDARG},
    {EACCES, E_ACCESSDENIED},
    {EPERM, E_ACCESSDENIED},
    {EBADF, E_HANDLE},
    {ENODATA, DS_E_BEYOND_END},
    {EMSGSIZE, DS_E_TOO_LARGE},
    {ESHUTDOWN, DS_E_CLOSED},
    {ETIMEDOUT, HRESULT_FROM_WIN32(ERROR_TIMEOUT)},
    {ENOTSUP, HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED)},
    {ENOSYS, HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED)},
    {EAGAIN, HRESULT_FROM_WIN32(ERROR_NO_SYSTEM_RESOURCES)},
    {EFAULT, HRESULT_FROM_WIN32(ERROR_NOACCESS)},
    {EBADMSG, HRESULT_FROM_WIN32(ERROR_INVALID_DATA)},
    {ESPIPE, HRESULT_FROM_WIN32(ERROR_SEEK_ON_DEVICE)},
    {ENOENT, HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)},
    {ENOTDIR, HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND)},
    {ENAMETOOLONG, HRESULT_FROM_WIN32(ERROR_FILENAME_EXCED_RANGE)},
    {EISDIR, E_ACCESSDENIED},
    {EEXIST, HRESULT_FROM_WIN32(ERROR_FILE_EXISTS)},
    {ENOTEMPTY, HRESULT_FROM_WIN32(ERROR_DIR_NOT_EMPTY)},
    {EBUSY, HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION)},
    {EMFILE, HRESULT_FROM_WIN32(ERROR_TOO_MANY_OPEN_FILES)},
    {ENFILE, HRESULT_FROM_WIN32(ERROR_TOO_MANY_OPEN_FILES)},
    {ENOSPC, HRESULT_FROM_WIN32(ERROR_DISK_FULL)},
    {EFBIG, HRESULT_FROM_WIN32(ERROR_FILE_TOO_LARGE)},
    {EROFS, HRESULT_FROM_WIN32(ERROR_WRITE_PROTECT)},
    {EIO, HRESULT_FROM_WIN32(ERROR_IO_DEVICE)},
    {ENXIO, HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)},
    {ENODEV, HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)},
    {EPIPE, HRESULT_FROM_WIN32(ERROR_PIPE_NOT_CONNECTED)},
    {ECONNRESET, HRESULT_FROM_WIN32(ERROR_NETNAME_DELETED)},
};

int ds_plain_error_of(HRESULT hr)
{
    if (SUCCEEDED(hr))
        return 0;
    if (((UINT32)hr & 0xFFFF0000u) == CARRIED)
        return (int)((UINT32)hr & 0xFFFFu);
    for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
        if (rows[i].code == hr)
            return rows[i].error;
    }
    return EIO;
}

int ds_plain_errno(int error)
{
    if (error < -0xFFFF || error > 0xFFFF)
        return EIO;
    return error < 0 ? -error : error;
}

/* Of a cancelled operation the engine must know that it was one. */
HRESULT ds_plain_code_of(int error)
{
    error = ds_plain_errno(error);
    if (error == 0)
        return S_OK;
    return error == ECANCELED ? E_ABORT : (HRESULT)(CARRIED | (UINT32)error);
}

uint32_t ds_plain_hresult_of(int error)
{
    for (size_t i = 0; i < ARRAYSIZE(codes); i++) {
        if (codes[i].error == error)
            return (uint32_t)codes[i].code;
    }
    return error ? (uint32_t)HRESULT_FROM_WIN32(ERROR_GEN_FAILURE) : 0;
}

uint32_t ds_plain_public(HRESULT hr)
{
    return ((UINT32)hr & 0xFFFF0000u) == CARRIED ? ds_plain_hresult_of((int)((UINT32)hr & 0xFFFFu))
                                                 : (uint32_t)hr;
}

/* [D] FILETIME: 100 ns since 1601. */
static uint64_t wall_ns(void)
{
    FILETIME time;

    GetSystemTimePreciseAsFileTime(&time);
    return (((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime) -
            UINT64_C(116444736000000000)) *
           100;
}

void ds_plain_tell(struct ringer_ds *ds, struct ringer_ds_error *error)
{
    struct ds_plain_frame frame;

    AcquireSRWLockExclusive(&ds->lock);
    ds->counters.errors++;
    ReleaseSRWLockExclusive(&ds->lock);
    if (!ds->params.failed)
        return;
    error->time_ns = wall_ns();
    ds_plain_enter(&frame, ds);
    ds->params.failed(ds->params.context, error);
    ds_plain_leave(&frame);
}

int ds_plain_refuse(struct ringer_ds *ds, const char *subsystem, const char *operation, HRESULT hr,
                    const char *path, const char *file, unsigned line)
{
    struct ringer_ds_error told = {
        .subsystem = subsystem,
        .operation = operation,
        .file = file,
        .line = line,
        .error = ds_plain_error_of(hr),
        .code = ds_plain_public(hr),
        .path = path,
        .fd = -1,
    };

    ds_plain_tell(ds, &told);
    return -told.error;
}

const char *ringer_ds_status_text(enum ringer_ds_status status)
{
    static const char *const texts[] = {
        [RINGER_DS_OK] = "all of it was done",
        [RINGER_DS_FAILED] = "it failed",
        [RINGER_DS_CANCELLED] = "it was cancelled",
        [RINGER_DS_TIMED_OUT] = "its time was over before it ended",
    };

    _Static_assert(ARRAYSIZE(texts) == RINGER_DS_STATUS_COUNT, "a sentence for each");
    return (unsigned)status < RINGER_DS_STATUS_COUNT ? texts[status] : "no such status";
}

/* SPDX-License-Identifier: MIT */
/* Where HRESULT and errno meet, and what the error callback is told. */
#include "api/dstorage/codes.h"
#include "api/dstorage/plain/plain.h"

#include <errno.h>

/* A number of errno's that a program's backend gave: it comes back as it was. */
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

/* Of a cancelled operation the engine must know that it was one. */
HRESULT ds_plain_code_of(int error)
{
    if (error == 0)
        return S_OK;
    if (error == ECANCELED)
        return E_ABORT;
    return (HRESULT)(CARRIED | (error > 0 && error <= 0xFFFF ? (UINT32)error : (UINT32)EIO));
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

int ds_plain_refuse(struct ringer_ds *ds, const char *subsystem, const char *operation, int error,
                    const char *path, const char *file, unsigned line)
{
    struct ringer_ds_error told = {
        .subsystem = subsystem,
        .operation = operation,
        .file = file,
        .line = line,
        .error = error,
        .code = (uint32_t)ds_plain_code_of(error),
        .path = path,
        .fd = -1,
    };

    ds_plain_tell(ds, &told);
    return -error;
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

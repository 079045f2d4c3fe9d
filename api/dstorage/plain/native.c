/* SPDX-License-Identifier: MIT */
/* What only Linux has: descriptors behind handles. */
#include "api/dstorage/io.h"
#include "api/dstorage/plain/plain.h"

#include <ringer.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_stream(int fd)
{
    return lseek(fd, 0, SEEK_CUR) < 0 && errno == ESPIPE;
}

/* Better now than with each request. */
static HRESULT check_access(int fd, unsigned flags)
{
    int opened = fd < 0 ? -1 : fcntl(fd, F_GETFL), mode = opened & O_ACCMODE;
    struct stat st;

    if (opened < 0 || opened & O_PATH)
        return E_HANDLE;
    if (fstat(fd, &st))
        return ds_plain_code_of(errno);
    if ((flags & RINGER_DS_READ && mode == O_WRONLY) ||
        (flags & RINGER_DS_WRITE && mode == O_RDONLY) || S_ISDIR(st.st_mode))
        return E_ACCESSDENIED;
    return S_OK;
}

/*
 * A handle owns its descriptor from the start, and a port may refuse it after that: so it is made
 * of a copy, and the caller's is closed when nothing can fail any more.
 */
HRESULT ds_native_adopt(int fd, unsigned flags, struct ds_runtime *runtime, HANDLE *handle_out)
{
    DWORD access =
        (flags & RINGER_DS_READ ? GENERIC_READ : 0) | (flags & RINGER_DS_WRITE ? GENERIC_WRITE : 0);
    DWORD options =
        FILE_FLAG_OVERLAPPED | (flags & RINGER_DS_UNCACHED ? FILE_FLAG_NO_BUFFERING : 0);
    HRESULT hr = check_access(fd, flags);
    HANDLE handle;
    int copy;

    if (FAILED(hr))
        return hr;
    copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return ds_plain_code_of(errno);
    handle = ringer_adopt_fd(copy, access, options);
    if (handle == INVALID_HANDLE_VALUE) {
        hr = HRESULT_FROM_WIN32(GetLastError());
        close(copy);
        return hr;
    }
    hr = ds_io_attach(runtime, handle);
    if (FAILED(hr)) {
        CloseHandle(handle);
        return hr;
    }
    close(fd);
    *handle_out = handle;
    return S_OK;
}

int ds_native_look(struct ds_file *file)
{
    int fd = ringer_handle_fd(file->handle);

    if (fd < 0)
        return fd;
    file->stream = is_stream(fd);
    file->serial = file->stream || fcntl(fd, F_GETFL) & O_APPEND;
    file->unbuffered = file->unbuffered && !file->stream; /* it has no pages */
    return fd;
}

/* SPDX-License-Identifier: MIT */
/* What only Linux has: descriptors behind handles. */
#include "api/dstorage/io.h"
#include "api/dstorage/plain/plain.h"

#include <ringer.h>

#include <fcntl.h>
#include <unistd.h>

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
    int copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
    HANDLE handle;
    HRESULT hr;

    if (copy < 0)
        return HRESULT_FROM_WIN32(ERROR_INVALID_HANDLE);
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

int ds_native_fd(HANDLE handle)
{
    return ringer_handle_fd(handle);
}

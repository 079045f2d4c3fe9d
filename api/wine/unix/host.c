/* SPDX-License-Identifier: MIT */
#include "api/wine/unix/host.h"

#include "api/wine/unix/posts.h"
#include "emu/base/log.h"
#include "emu/host.h"
#include "emu/object/disk.h"
#include "emu/object/socket.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>
#include <winternl.h>

/* ntdll.so's, on Wine threads only. Gives a descriptor of the caller's own, and FILE_* options. */
extern int32_t __attribute__((ms_abi))
wine_server_handle_to_fd(void *handle, unsigned access, int *fd, unsigned *options);

#define OPTIONS_KNOWN                                                                  \
    (FILE_WRITE_THROUGH | FILE_NO_INTERMEDIATE_BUFFERING | FILE_SYNCHRONOUS_IO_ALERT | \
     FILE_SYNCHRONOUS_IO_NONALERT)

static _Thread_local bool on_wine_thread;

void unix_host_enter(void)
{
    on_wine_thread = true;
}

void unix_host_leave(void)
{
    on_wine_thread = false;
}

static bool handle_may(emu_handle handle, uint32_t access)
{
    int fd = -1;

    if (wine_server_handle_to_fd((void *)(uintptr_t)handle, access, &fd, NULL))
        return false;
    close(fd);
    return true;
}

/*
 * What the handle may do. The descriptor answers for most; one that is open both ways may belong to a
 * handle that is not (Wine shares descriptors, and opens some wider than asked): then Wine is asked.
 */
static uint32_t access_of(emu_handle handle, int fd)
{
    int flags = fcntl(fd, F_GETFL);
    uint32_t access = SYNCHRONIZE | FILE_READ_ATTRIBUTES;

    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
        return access | FILE_GENERIC_READ;
    if ((flags & O_ACCMODE) != O_WRONLY && handle_may(handle, FILE_READ_DATA))
        access |= FILE_GENERIC_READ;
    if (handle_may(handle, FILE_WRITE_DATA))
        access |= FILE_GENERIC_WRITE;
    else if (handle_may(handle, FILE_APPEND_DATA))
        access |= FILE_APPEND_DATA;
    return access;
}

/* What adoption does not know of a file that Windows code opened. Not shared yet: no lock. */
static void apply_options(struct emu_file *file, uint32_t options)
{
    file->write_through = options & FILE_WRITE_THROUGH;
    file->append_only = (file->access & FILE_APPEND_DATA) && !(file->access & FILE_WRITE_DATA);
    /* The rules of an unbuffered handle hold, although Wine's descriptors are cached ones. */
    if ((options & FILE_NO_INTERMEDIATE_BUFFERING) && file->kind == EMU_FILE_DISK) {
        file->unbuffered = true;
        emu_disk_probe(file);
    }
}

/*
 * A file object of its own for each time a handle is named: a registration keeps one, a raw handle
 * costs a dup an entry. Handle values are reused, so nothing is remembered by them; for the same
 * reason a cancel finds operations only through the registered index they were started with.
 */
static NTSTATUS file_from_handle(emu_handle handle, struct emu_file **file_out,
                                 uint32_t *access_out)
{
    unsigned options = 0;
    uint32_t access;
    NTSTATUS status;
    int fd = -1;

    /*
     * A registration that was held behind a drain may run on one of the emulator's own threads, and
     * those must not call Wine.
     */
    if (!on_wine_thread) {
        EMU_FIXME("wine-held-registration", "files registered behind a drain, under Wine");
        return STATUS_NOT_SUPPORTED;
    }
    status = wine_server_handle_to_fd((void *)(uintptr_t)handle, 0, &fd, &options);
    if (status)
        return status;
    access = access_of(handle, fd);
    status = emu_socket_adopt(fd, access, options & OPTIONS_KNOWN, file_out);
    if (status < 0) {
        close(fd);
        return status;
    }
    apply_options(*file_out, options);
    if (access_out)
        *access_out = access;
    return STATUS_SUCCESS;
}

static const struct emu_host_ops wine_ops = {
    .file_from_handle = file_from_handle,
    .event_from_handle = unix_event_create,
    .set_event = unix_event_set,
};

static void install(void)
{
    emu_host = &wine_ops;
}

void unix_host_install(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, install);
}

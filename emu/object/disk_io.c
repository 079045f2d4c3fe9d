// SPDX-License-Identifier: MIT
/* Transfers on Linux files: what may finish inside the call, and what goes to an engine. */
#include "emu/object/disk.h"

#include "emu/base/mutant.h"
#include "emu/base/sim.h"
#include "emu/base/status.h"
#include "emu/base/sys.h"
#include "emu/engine/transfer.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <winternl.h>

enum { NOWAIT_UNKNOWN, NOWAIT_YES, NOWAIT_NO, NOWAIT_NEVER_BLOCKS };

/*
 * [I] Buffered writes up to this size are copied into the page cache inside the call even where the
 * kernel has no non-blocking buffered write: IA1 saw 15,999 of 16,000 small ones finish inside Submit.
 */
#define INLINE_WRITE_NBYTES (1u << 20)

#define OFFSET_END UINT64_MAX            /* FILE_WRITE_TO_END_OF_FILE, -1 */
#define OFFSET_POSITION (UINT64_MAX - 1) /* FILE_USE_FILE_POINTER_POSITION, -2 */

static NTSTATUS check_segments(const struct emu_io *io)
{
    uint64_t nbytes = 0;

    /* [D] ReadFileScatter: unbuffered handles, page-sized and page-aligned segments. */
    if (!io->file->unbuffered)
        return STATUS_INVALID_PARAMETER;
    for (uint32_t i = 0; i < io->segment_count; i++) {
        if ((uintptr_t)io->segments[i].iov_base % 4096 && !EMU_MUTANT(segments_misaligned))
            return STATUS_INVALID_PARAMETER;
        nbytes += io->segments[i].iov_len;
    }
    return nbytes == io->length ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* In the order in which NtReadFile looks. */
static NTSTATUS check_transfer(struct emu_io *io)
{
    struct emu_file *file = io->file;

    if (io->op == EMU_IO_WRITE && (file->append_only || io->offset == OFFSET_END))
        io->flags |= EMU_IO_APPEND;
    else if (io->offset == OFFSET_POSITION && file->synchronous)
        io->flags |= EMU_IO_USE_POSITION;
    else if (!(io->flags & (EMU_IO_USE_POSITION | EMU_IO_APPEND)) && io->offset > INT64_MAX)
        return STATUS_INVALID_PARAMETER;
    if (io->flags & EMU_IO_USE_POSITION)
        io->offset = file->position; /* position lock: the file is synchronous */
    if (io->flags & EMU_IO_APPEND)
        io->offset = 0;
    if (io->offset + io->length > INT64_MAX)
        return STATUS_INVALID_PARAMETER;
    if (io->segments) {
        NTSTATUS status = check_segments(io);

        if (status != STATUS_SUCCESS)
            return status;
    }
    if (file->unbuffered &&
        (io->length % file->sector_nbytes || io->offset % file->sector_nbytes ||
         (!io->segments && (uintptr_t)io->buffer % file->memory_nbytes)))
        return STATUS_INVALID_PARAMETER; /* [D] FILE_FLAG_NO_BUFFERING */
    if (io->op == EMU_IO_WRITE && (io->flags & EMU_IO_WRITE_THROUGH) && !file->write_through &&
        !file->unbuffered && !EMU_MUTANT(write_through_on_cached))
        return EMU_STATUS_CACHED_WRITE_THROUGH; /* [R] IB14, IC4 */
    return STATUS_SUCCESS;
}

/* The usual case by the system calls that cost least: an iovec would show in a cached read. */
static int64_t run_once(const struct emu_io *io)
{
    bool plain = !io->segments && !(io->flags & (EMU_IO_APPEND | EMU_IO_WRITE_THROUGH));
    char *at = (char *)((uintptr_t)io->buffer + io->done_nbytes); /* a NULL is the user's */
    uint32_t nbytes = io->length - io->done_nbytes;
    off_t offset = (off_t)(io->offset + io->done_nbytes);
    ssize_t n;

    if (!plain || io->op == EMU_IO_FLUSH)
        return emu_transfer_run(io);
    if (io->op == EMU_IO_READ)
        return emu_sys_pread(io->file->fd, at, nbytes, offset);
    n = pwrite(io->file->fd, at, nbytes, offset);
    return n < 0 ? -errno : n;
}

static void run_to_end(struct emu_io *io)
{
    while (!emu_transfer_step(io, run_once(io)))
        ;
}

static void move_position(struct emu_io *io)
{
    struct emu_file *file = io->file;
    struct stat st;

    if (io->status != STATUS_SUCCESS)
        return;
    if ((io->flags & EMU_IO_APPEND) && fstat(file->fd, &st) == 0)
        file->position = (uint64_t)st.st_size;
    else
        file->position = io->offset + io->information;
}

/* One after another, in the caller: that is what the lock is for. */
static enum emu_io_start start_synchronous(struct emu_io *io)
{
    struct emu_file *file = io->file;
    NTSTATUS status = STATUS_SUCCESS;

    emu_long_lock_acquire(&file->position_lock);
    if (io->op != EMU_IO_FLUSH)
        status = check_transfer(io);
    if (status == STATUS_SUCCESS && io->op != EMU_IO_FLUSH && io->length == 0) {
        /* [R] IB13 */
        io->status = EMU_MUTANT(zero_length_is_eof) ? STATUS_END_OF_FILE : STATUS_SUCCESS;
        io->information = 0;
        if (io->flags & EMU_IO_SET_POSITION)
            file->position = io->offset;
    } else if (status != STATUS_SUCCESS) {
        io->status = status;
        io->information = 0;
    } else if (!emu_io_faulted(io)) {
        run_to_end(io);
        if (io->op != EMU_IO_FLUSH && (io->flags & (EMU_IO_USE_POSITION | EMU_IO_SET_POSITION)))
            move_position(io);
    }
    emu_long_lock_release(&file->position_lock);
    return EMU_IO_DONE;
}

static bool ends_here(const struct emu_io *io)
{
    struct stat st;

    /* Linux 5.9 and 5.10 answer 0 to a non-blocking read that is not at the end. */
    return fstat(io->file->fd, &st) == 0 && io->offset + io->done_nbytes >= (uint64_t)st.st_size;
}

static enum emu_io_start read_failed(struct emu_io *io, int err)
{
    if (err == EOPNOTSUPP) { /* relaxed: only hints */
        atomic_store_explicit(&io->file->nowait, NOWAIT_NO, memory_order_relaxed);
        __atomic_store_n(&io->file->read_now, NULL, __ATOMIC_RELAXED);
    }
    if (err == EAGAIN || err == EOPNOTSUPP || err == EINTR)
        return emu_io_to_engine(io);
    return emu_io_done(io, emu_status_from_errno(err), 0);
}

/*
 * A cached read takes one system call. A short result says nothing about the end of the file: only
 * 0 does; what was not in the cache goes to the engine, which takes over at done_nbytes.
 */
static enum emu_io_start start_read(struct emu_io *io)
{
    uint8_t nowait = atomic_load_explicit(&io->file->nowait, memory_order_relaxed);

    if (nowait == NOWAIT_NO || (io->flags & EMU_IO_NOT_CACHED))
        return emu_io_to_engine(io);
    if (nowait == NOWAIT_NEVER_BLOCKS) {
        run_to_end(io);
        return EMU_IO_DONE;
    }
    for (;;) {
        struct iovec piece = {(void *)((uintptr_t)io->buffer + io->done_nbytes),
                              io->length - io->done_nbytes};
        int64_t n = emu_sys_preadv2(io->file->fd, &piece, 1,
                                    (int64_t)(io->offset + io->done_nbytes), RWF_NOWAIT);

        if (n < 0)
            return read_failed(io, (int)-n);
        if (n == 0 && !ends_here(io))
            return emu_io_to_engine(io);
        io->done_nbytes += (uint32_t)n;
        if (io->done_nbytes == io->length)
            return emu_io_done(io, STATUS_SUCCESS, io->done_nbytes);
        if (n == 0 && emu_transfer_read_ended(io))
            return EMU_IO_DONE;
    }
}

static enum emu_io_start start_write(struct emu_io *io)
{
    if (io->file->write_through || (io->flags & EMU_IO_WRITE_THROUGH) ||
        io->length > INLINE_WRITE_NBYTES)
        return emu_io_to_engine(io);
    run_to_end(io);
    return EMU_IO_DONE;
}

/* What offsets and lengths are wrong the kernel says, and then emu_disk_start in NT's words. */
int64_t emu_disk_read_waiting(struct emu_file *file, void *buffer, uint32_t nbytes, uint64_t offset)
{
    int64_t n = emu_sys_pread(file->fd, buffer, nbytes, (int64_t)offset);

    /* What EMU_IO_SET_POSITION says of other transfers; the caller has the file's turn. */
    if (n == nbytes && file->synchronous)
        file->position = offset + nbytes;
    return n;
}

int64_t emu_disk_read_cached(struct emu_file *file, void *buffer, uint32_t nbytes, uint64_t offset)
{
    struct iovec piece = {buffer, nbytes};

    /* To preadv2, and to it alone, -1 is no offset but the descriptor's own position. */
    if ((int64_t)offset < 0)
        return -EINVAL;
    return emu_sys_preadv2(file->fd, &piece, 1, (int64_t)offset, RWF_NOWAIT);
}

enum emu_io_start emu_disk_start(struct emu_io *io)
{
    struct emu_file *file = io->file;
    NTSTATUS status;

    if (file->kind == EMU_FILE_DIRECTORY || io->op == EMU_IO_LISTEN)
        return emu_io_done(io, STATUS_INVALID_DEVICE_REQUEST, 0);
    if (file->stream && emu_io_faulted(io))
        return EMU_IO_DONE;
    if (file->stream) /* a tty, a FIFO: may wait for ever, so never here */
        return io->op == EMU_IO_FLUSH ? emu_io_done(io, STATUS_SUCCESS, 0) : emu_io_to_engine(io);
    if (file->synchronous)
        return start_synchronous(io);
    if (io->op == EMU_IO_FLUSH && emu_io_faulted(io))
        return EMU_IO_DONE;
    if (io->op == EMU_IO_FLUSH)
        return (io->flags & EMU_IO_NO_SYNC) ? emu_io_done(io, STATUS_SUCCESS, 0)
                                            : emu_io_to_engine(io);
    status = check_transfer(io);
    if (status != STATUS_SUCCESS)
        return emu_io_done(io, status, 0);
    if (io->length == 0) /* [R] IB13 */
        return emu_io_done(io, EMU_MUTANT(zero_length_is_eof) ? STATUS_END_OF_FILE : STATUS_SUCCESS,
                           0);
    if (emu_io_faulted(io))
        return EMU_IO_DONE;
    if (file->unbuffered || io->segments || emu_sim)
        return emu_io_to_engine(io);
    return io->op == EMU_IO_READ ? start_read(io) : start_write(io);
}

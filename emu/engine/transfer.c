// SPDX-License-Identifier: MIT
#include "emu/engine/transfer.h"

#include "emu/base/mutant.h"
#include "emu/base/status.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* What one vectored call takes: IOV_MAX. */
#define MOST_SEGMENTS 1024u

void emu_transfer_next(const struct emu_io *io, struct emu_transfer *next_out)
{
    next_out->segments = io->segments;
    next_out->segment_count = io->segment_count < MOST_SEGMENTS ? io->segment_count : MOST_SEGMENTS;
    /* In numbers: the address is the user's, and may be none. */
    next_out->base = io->segments ? NULL : (void *)((uintptr_t)io->buffer + io->done_nbytes);
    next_out->length = io->length - io->done_nbytes;
    next_out->offset = emu_file_is_stream(io->file) ? UINT64_MAX : io->offset + io->done_nbytes;
}

/* Drops the first nbytes of the segments, in place: nobody reads them again but the next step. */
static void consume_segments(struct emu_io *io, uint32_t nbytes)
{
    while (nbytes && io->segment_count) {
        struct iovec *first = io->segments;

        if (nbytes < first->iov_len) {
            first->iov_base = (char *)first->iov_base + nbytes;
            first->iov_len -= nbytes;
            return;
        }
        nbytes -= (uint32_t)first->iov_len;
        io->segments++;
        io->segment_count--;
    }
}

static bool finished(struct emu_io *io, NTSTATUS status, uint64_t information)
{
    io->status = status;
    io->information = information;
    return true;
}

bool emu_transfer_read_ended(struct emu_io *io)
{
    /* [R] IB12, IC3: nothing at all is an error, some bytes are not. */
    if (!io->done_nbytes)
        return finished(io, EMU_MUTANT(eof_is_success) ? STATUS_SUCCESS : STATUS_END_OF_FILE, 0);
    return finished(io, STATUS_SUCCESS,
                    EMU_MUTANT(short_read_claims_all) ? io->length : io->done_nbytes);
}

/*
 * [I] What a stream's write that did not end well has sent is with the peer, and whoever wants to go
 * on must know. Of other files a failure names no bytes.
 */
uint64_t emu_transfer_sent(const struct emu_io *io)
{
    return io->op == EMU_IO_WRITE && emu_file_is_stream(io->file) ? io->done_nbytes : 0;
}

bool emu_transfer_may_signal(const struct emu_io *io)
{
    return io->op == EMU_IO_WRITE && S_ISFIFO(io->file->mode) && emu_file_is_stream(io->file);
}

static bool step_failed(struct emu_io *io, int err)
{
    /*
     * The kernel also cancels what a thread left behind when it exits, and interrupts a worker;
     * unless somebody asked for it, the operation goes on.
     */
    if (err == ECANCELED || err == EINTR)
        return atomic_load(&io->cancel_requested)
                   ? finished(io, STATUS_CANCELLED, emu_transfer_sent(io))
                   : false;
    if (err == EAGAIN)
        return false;
    return finished(io, emu_status_from_errno(err), emu_transfer_sent(io));
}

bool emu_transfer_step(struct emu_io *io, int64_t result)
{
    if (result < 0)
        return step_failed(io, (int)-result);
    if (io->op == EMU_IO_FLUSH)
        return finished(io, STATUS_SUCCESS, 0);
    if (io->segments)
        consume_segments(io, (uint32_t)result);
    io->done_nbytes += (uint32_t)result;
    if (io->done_nbytes >= io->length || (io->op == EMU_IO_READ && emu_file_is_stream(io->file)))
        return finished(io, STATUS_SUCCESS, io->done_nbytes);
    if (io->op == EMU_IO_WRITE && result == 0)
        return finished(io, STATUS_DISK_FULL, io->done_nbytes);
    /* The end. An unbuffered read is short only there, and could not go on unaligned anyway. */
    if (io->op == EMU_IO_READ && (result == 0 || (io->file->unbuffered && !io->segments)))
        return emu_transfer_read_ended(io);
    return false;
}

static int64_t run_flush(const struct emu_io *io)
{
    if (io->flags & EMU_IO_NO_SYNC)
        return 0;
    return (io->flags & EMU_IO_DATA_ONLY) ? fdatasync(io->file->fd) : fsync(io->file->fd);
}

/*
 * A socket that another operation emptied after it was ready answers EAGAIN instead of blocking the
 * worker, and a dead peer is a status, not a SIGPIPE.
 */
static int64_t run_socket(const struct emu_io *io, struct iovec *segments, uint32_t count)
{
    struct msghdr message = {.msg_iov = segments, .msg_iovlen = count};

    if (io->op == EMU_IO_READ)
        return recvmsg(io->file->fd, &message, MSG_DONTWAIT);
    return sendmsg(io->file->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/*
 * As much as there is room for: a worker that slept in here could not be cancelled. A pipe that was
 * found ready takes PIPE_BUF bytes without waiting also where the kernel knows RWF_NOWAIT for none.
 */
static int64_t write_some(int fd, struct iovec *segments, uint32_t count)
{
    ssize_t n = pwritev2(fd, segments, (int)count, -1, RWF_NOWAIT);

    if (n < 0 && errno == EOPNOTSUPP)
        n = write(fd, segments->iov_base,
                  segments->iov_len < PIPE_BUF ? segments->iov_len : PIPE_BUF);
    return n < 0 ? -errno : n;
}

/*
 * A pipe without a reader is a status, too, but no flag of a write says so: the signal is held back
 * in this thread, and taken away when it is ours.
 */
static int64_t run_pipe(const struct emu_io *io, struct iovec *segments, uint32_t count)
{
    static const struct timespec at_once = {0, 0};
    sigset_t sigpipe, old, before;
    int64_t n;

    sigemptyset(&sigpipe);
    sigaddset(&sigpipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe, &old);
    sigpending(&before);
    n = write_some(io->file->fd, segments, count);
    if (n == -EPIPE && !sigismember(&before, SIGPIPE)) {
        while (sigtimedwait(&sigpipe, NULL, &at_once) < 0 && errno == EINTR)
            ;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return n;
}

int64_t emu_transfer_run(const struct emu_io *io)
{
    int rwf = (io->flags & EMU_IO_WRITE_THROUGH) ? RWF_DSYNC : 0;
    struct emu_transfer next;
    struct iovec one;
    int64_t n;

    emu_transfer_next(io, &next);
    one = (struct iovec){next.base, next.length};
    if (!next.segments) {
        next.segments = &one;
        next.segment_count = 1;
    }
    if (io->file->kind == EMU_FILE_SOCKET && io->op != EMU_IO_FLUSH) {
        n = run_socket(io, next.segments, next.segment_count);
        return n < 0 ? -errno : n;
    }
    if (emu_transfer_may_signal(io))
        return run_pipe(io, next.segments, next.segment_count);
    /* preadv2 and pwritev2 take offset -1 for "a stream": the same two calls serve every file. */
    switch (io->op) {
    case EMU_IO_READ:
        n = preadv2(io->file->fd, next.segments, (int)next.segment_count, (off_t)next.offset, 0);
        break;
    case EMU_IO_WRITE:
        n = pwritev2(io->file->fd, next.segments, (int)next.segment_count,
                     (io->flags & EMU_IO_APPEND) ? 0 : (off_t)next.offset,
                     rwf | ((io->flags & EMU_IO_APPEND) ? RWF_APPEND : 0));
        break;
    default:
        n = run_flush(io);
    }
    return n < 0 ? -errno : n;
}

/* SPDX-License-Identifier: MIT */
/*
 * Writes to a Linux pipe that nobody reads. Windows has no SIGPIPE, so no call may bring it: its
 * default, which these tests leave in place, is the end of the program.
 */
#include "api/tests/win32.h"

#include <ioringapi.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static HANDLE half_a_pipe(DWORD flags)
{
    HANDLE file;
    int ends[2];

    signal(SIGPIPE, SIG_DFL);
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    file = ringer_adopt_fd(ends[1], GENERIC_WRITE, flags);
    cr_assert_neq(file, INVALID_HANDLE_VALUE, "error %u", GetLastError());
    return file;
}

Test(sigpipe, synchronous)
{
    HANDLE file = half_a_pipe(0);
    DWORD count = 77;

    for (unsigned i = 0; i < 3; i++) {
        FAILS(WriteFile(file, "hello", 5, &count, NULL), ERROR_PIPE_NOT_CONNECTED);
        cr_assert_eq(count, 0);
    }
    CloseHandle(file);
}

Test(sigpipe, overlapped)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    HANDLE file = half_a_pipe(FILE_FLAG_OVERLAPPED);
    DWORD count = 77;

    if (!WriteFile(file, "hello", 5, NULL, &overlapped) && GetLastError() == ERROR_IO_PENDING)
        FAILS(GetOverlappedResult(file, &overlapped, &count, TRUE), ERROR_PIPE_NOT_CONNECTED);
    cr_assert_eq(overlapped.InternalHigh, 0);
    CloseHandle(file);
    CloseHandle(overlapped.hEvent);
}

Test(sigpipe, ring)
{
    IORING_CREATE_FLAGS flags = {IORING_CREATE_REQUIRED_FLAGS_NONE,
                                 IORING_CREATE_ADVISORY_FLAGS_NONE};
    HANDLE file = half_a_pipe(FILE_FLAG_OVERLAPPED);
    static char hello[] = "hello";
    IORING_CQE cqe;
    HIORING ring;

    cr_assert_eq(CreateIoRing(IORING_VERSION_3, flags, 8, 8, &ring), S_OK);
    for (UINT_PTR i = 1; i <= 2; i++)
        cr_assert_eq(BuildIoRingWriteFile(ring, IoRingHandleRefFromHandle(file),
                                          IoRingBufferRefFromPointer(hello), 5, 0,
                                          FILE_WRITE_FLAGS_NONE, i, IOSQE_FLAGS_NONE),
                     S_OK);
    cr_assert_eq(SubmitIoRing(ring, 2, INFINITE, NULL), S_OK);
    for (unsigned i = 0; i < 2; i++) {
        cr_assert_eq(PopIoRingCompletion(ring, &cqe), S_OK);
        cr_assert_eq(cqe.ResultCode, HRESULT_FROM_WIN32(ERROR_PIPE_NOT_CONNECTED), "0x%08x",
                     (unsigned)cqe.ResultCode);
        cr_assert_eq(cqe.Information, 0);
    }
    cr_assert_eq(CloseIoRing(ring), S_OK);
    CloseHandle(file);
}

static volatile sig_atomic_t handled;

static void handle(int number)
{
    (void)number;
    handled++;
}

/* Nor does a handler hear of it, and what the program has held back itself stays there. */
Test(sigpipe, the_programs_own)
{
    HANDLE file = half_a_pipe(0);
    sigset_t held, pending;
    DWORD count;

    signal(SIGPIPE, handle);
    FAILS(WriteFile(file, "hello", 5, &count, NULL), ERROR_PIPE_NOT_CONNECTED);
    cr_assert_eq(handled, 0);
    sigemptyset(&held);
    sigaddset(&held, SIGPIPE);
    sigprocmask(SIG_BLOCK, &held, NULL);
    raise(SIGPIPE);
    FAILS(WriteFile(file, "hello", 5, &count, NULL), ERROR_PIPE_NOT_CONNECTED);
    sigpending(&pending);
    cr_assert(sigismember(&pending, SIGPIPE));
    sigprocmask(SIG_UNBLOCK, &held, NULL);
    cr_assert_eq(handled, 1);
    CloseHandle(file);
}

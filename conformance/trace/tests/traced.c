/* SPDX-License-Identifier: MIT */
/*
 * A program to be traced, which knows nothing of it: a ring, an event, threads, a fork, last errors.
 * Its exit code says what it saw itself; what was recorded is judged by test_tracer.c.
 */
#include <windows.h>

#include <ioringapi.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 50 };

static DWORD WINAPI set_and_wait(LPVOID event)
{
    for (int i = 0; i < ROUNDS; i++) {
        if (!SetEvent(event) || WaitForSingleObject(event, INFINITE) != WAIT_OBJECT_0)
            return 1;
    }
    return 0;
}

static int use_threads(void)
{
    HANDLE threads[THREADS], events[THREADS];
    int bad = 0;

    for (int i = 0; i < THREADS; i++) {
        events[i] = CreateEventW(NULL, FALSE, FALSE, NULL);
        threads[i] = CreateThread(NULL, 0, set_and_wait, events[i], 0, NULL);
        bad |= !events[i] || !threads[i];
    }
    for (int i = 0; i < THREADS; i++) {
        DWORD code = 1;

        bad |= WaitForSingleObject(threads[i], INFINITE) != WAIT_OBJECT_0;
        bad |= !GetExitCodeThread(threads[i], &code) || code;
        CloseHandle(threads[i]);
        CloseHandle(events[i]);
    }
    return bad;
}

static int use_ring(const char *path)
{
    static char buffer[256];
    IORING_CREATE_FLAGS flags = {IORING_CREATE_REQUIRED_FLAGS_NONE,
                                 IORING_CREATE_ADVISORY_FLAGS_NONE};
    HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    IORING_HANDLE_REF file_ref = IoRingHandleRefFromHandle(file);
    IORING_BUFFER_REF buffer_ref = IoRingBufferRefFromPointer(buffer);
    IORING_CQE cqe = {0};
    UINT32 submitted = 0;
    HIORING ring;
    int bad;

    if (file == INVALID_HANDLE_VALUE || CreateIoRing(IORING_VERSION_3, flags, 4, 8, &ring))
        return 1;
    memset(buffer, 0xd5, sizeof buffer);
    bad = BuildIoRingReadFile(ring, file_ref, buffer_ref, sizeof buffer, 0, 0xabc, 0) ||
          SubmitIoRing(ring, 1, INFINITE, &submitted) || submitted != 1 ||
          PopIoRingCompletion(ring, &cqe) != S_OK || cqe.Information != 10 ||
          PopIoRingCompletion(ring, &cqe) != S_FALSE || CloseIoRing(ring) || !CloseHandle(file);
    return bad;
}

/* A recorder must not be seen in the last error. */
static int use_errors(void)
{
    SetLastError(4711);
    if (!ResetEvent(NULL) && GetLastError() != ERROR_INVALID_HANDLE)
        return 1;
    SetLastError(4711);
    CloseHandle(CreateEventW(NULL, TRUE, TRUE, NULL));
    CreateFileA("/nonexistent/file", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    return GetLastError() != ERROR_PATH_NOT_FOUND;
}

static int use_fork(void)
{
    int status = 1;
    pid_t child = fork();

    if (!child) {
        CloseHandle(CreateEventW(NULL, TRUE, FALSE, NULL)); /* must not be recorded */
        _exit(3);
    }
    return waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 3;
}

int main(int argc, char **argv)
{
    int bad;

    if (argc != 2)
        return 64;
    bad = use_ring(argv[1]); /* one after another: the trace is compared in this order */
    bad |= use_threads() << 1;
    bad |= use_errors() << 2;
    return bad | use_fork() << 3;
}

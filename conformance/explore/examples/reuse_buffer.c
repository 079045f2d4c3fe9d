/* SPDX-License-Identifier: MIT */
/* Writes three chunks from one buffer, which it fills again as soon as Submit has returned. */
#include "conformance/explore/examples/client.h"

enum { WRITES = 3 };

static char buffers[WRITES][CHUNK];

static int check(HANDLE file)
{
    for (unsigned n = 0; n < WRITES; n++) {
        OVERLAPPED at = {0};
        char chunk[CHUNK];
        DWORD done;

        at.Offset = n * CHUNK;
        if (!ReadFile(file, chunk, CHUNK, NULL, &at) && GetLastError() != ERROR_IO_PENDING)
            return fail("no read");
        if (!GetOverlappedResult(file, &at, &done, TRUE) || done != CHUNK || !holds(chunk, n))
            return fail("the file holds what the buffer held later");
    }
    return 0;
}

int main(int argc, char **argv)
{
    HANDLE file = make_file(argc, argv, 0);
    HIORING ring = make_ring();
    unsigned done = 0;
    IORING_CQE cqe;

    if (file == INVALID_HANDLE_VALUE || !ring)
        return fail("no file or no ring");
    for (unsigned n = 0; n < WRITES; n++) {
#ifdef FIXED
        char *buffer = buffers[n];
#else
        char *buffer =
            buffers[0]; /* the mistake: it is the ring's until the completion was popped */
#endif
        fill(buffer, n);
        if (FAILED(BuildIoRingWriteFile(
                ring, IoRingHandleRefFromHandle(file), IoRingBufferRefFromPointer(buffer), CHUNK,
                (UINT64)n * CHUNK, FILE_WRITE_FLAGS_NONE, n, IOSQE_FLAGS_NONE)) ||
            FAILED(SubmitIoRing(ring, 0, 0, NULL)))
            return fail("no write");
    }
    while (done < WRITES) {
        if (PopIoRingCompletion(ring, &cqe) != S_OK) {
            if (FAILED(SubmitIoRing(ring, 1, INFINITE, NULL)))
                return fail("no wait");
        } else if (FAILED(cqe.ResultCode) || cqe.Information != CHUNK) {
            return fail("a write failed");
        } else {
            done++;
        }
    }
    CloseIoRing(ring);
    if (check(file))
        return 1;
    CloseHandle(file);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* A program as a user would write it: it knows of no simulation, and of no ringer. */
#include "conformance/bench/explore.h"

#include <windows.h>

#include <ioringapi.h>
#include <string.h>

enum { READS = 8, NBYTES = 16 };

static bool read_all(HIORING ring, HANDLE file, char *bytes)
{
    IORING_CQE cqe;
    UINT32 submitted;

    for (UINT32 i = 0; i < READS; i++)
        if (FAILED(BuildIoRingReadFile(ring, IoRingHandleRefFromHandle(file),
                                       IoRingBufferRefFromPointer(bytes + i * NBYTES), NBYTES,
                                       (UINT64)i * NBYTES, i, IOSQE_FLAGS_NONE)))
            return false;
    if (FAILED(SubmitIoRing(ring, READS, INFINITE, &submitted)) || submitted != READS)
        return false;
    for (UINT32 i = 0; i < READS; i++)
        if (PopIoRingCompletion(ring, &cqe) != S_OK || FAILED(cqe.ResultCode) ||
            cqe.Information != NBYTES)
            return false;
    return true;
}

int explore_client(const char *path)
{
    IORING_CREATE_FLAGS flags = {0};
    char bytes[READS * NBYTES] = {0};
    HIORING ring;
    HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED, NULL);
    bool good;

    if (file == INVALID_HANDLE_VALUE || FAILED(CreateIoRing(IORING_VERSION_3, flags, 8, 16, &ring)))
        return 2;
    good = read_all(ring, file, bytes);
    for (UINT32 i = 0; i < sizeof(bytes); i++)
        good = good && bytes[i] == (char)i;
    CloseIoRing(ring);
    CloseHandle(file);
    return !good;
}

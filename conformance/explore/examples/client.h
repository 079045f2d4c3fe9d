/* SPDX-License-Identifier: MIT */
/*
 * What the five clients share: a file of chunks that can be told apart, and a ring. Each client has
 * one mistake that works by luck; -DFIXED builds its twin without. Builds unchanged on Windows.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <windows.h>
#include <ioringapi.h>

#include <stdio.h>
#include <string.h>

enum { CHUNK = 512 };

static inline int fail(const char *what)
{
    printf("%s\n", what);
    return 1;
}

/* Every byte of chunk n. */
static inline char mark(unsigned n)
{
    return (char)('A' + n);
}

static inline int holds(const char *buffer, unsigned n)
{
    for (unsigned i = 0; i < CHUNK; i++)
        if (buffer[i] != mark(n))
            return 0;
    return 1;
}

static inline void fill(char *buffer, unsigned n)
{
    memset(buffer, mark(n), CHUNK);
}

/* A file of so many chunks, that goes with its handle. */
static inline HANDLE make_file(int argc, char **argv, unsigned chunks)
{
    HANDLE file =
        CreateFileA(argc > 1 ? argv[1] : "client.tmp", GENERIC_READ | GENERIC_WRITE | DELETE, 0,
                    NULL, CREATE_ALWAYS, FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    static char content[8 * CHUNK];
    OVERLAPPED at = {0};
    DWORD done;

    for (unsigned n = 0; n < chunks; n++)
        fill(content + n * CHUNK, n);
    if (file == INVALID_HANDLE_VALUE || !chunks)
        return file;
    if (!WriteFile(file, content, chunks * CHUNK, NULL, &at) && GetLastError() != ERROR_IO_PENDING)
        return INVALID_HANDLE_VALUE;
    if (!GetOverlappedResult(file, &at, &done, TRUE) || done != chunks * CHUNK)
        return INVALID_HANDLE_VALUE;
    return file;
}

static inline HIORING make_ring(void)
{
    IORING_CREATE_FLAGS flags = {IORING_CREATE_REQUIRED_FLAGS_NONE,
                                 IORING_CREATE_ADVISORY_FLAGS_NONE};
    HIORING ring = NULL;

    return SUCCEEDED(CreateIoRing(IORING_VERSION_3, flags, 16, 32, &ring)) ? ring : NULL;
}

static inline HRESULT read_chunk(HIORING ring, HANDLE file, char *buffer, unsigned n)
{
    return BuildIoRingReadFile(ring, IoRingHandleRefFromHandle(file),
                               IoRingBufferRefFromPointer(buffer), CHUNK, (UINT64)n * CHUNK, n,
                               IOSQE_FLAGS_NONE);
}

#endif

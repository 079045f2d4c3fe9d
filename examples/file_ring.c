/* SPDX-License-Identifier: MIT */
/*
 * Prints a file, read through an I/O ring: the smallest whole program. Builds unchanged on Windows.
 *     cc file_ring.c $(pkg-config --cflags --libs ringer) -o file_ring && ./file_ring README.md
 */
#include <windows.h>
#include <ioringapi.h>
#include <stdio.h>

enum { CHUNK = 4096, CHUNKS = 16 };

static char buffers[CHUNKS][CHUNK];

/* Prints a failed call; what an HRESULT or a Win32 code means is on Microsoft's pages. */
static int fail(const char *what, unsigned code)
{
    fprintf(stderr, "%s: 0x%08x\n", what, code);
    return 1;
}

/* One batch: CHUNKS reads in one submit. Completions may come in any order, so each names its
 * chunk. */
static int read_batch(HIORING ring, HANDLE file, UINT64 offset, UINT32 nbytes[CHUNKS])
{
    IORING_HANDLE_REF from = IoRingHandleRefFromHandle(file);
    IORING_CQE cqe;
    HRESULT hr;

    for (UINT32 i = 0; i < CHUNKS; i++) {
        IORING_BUFFER_REF to = IoRingBufferRefFromPointer(buffers[i]);

        hr = BuildIoRingReadFile(ring, from, to, CHUNK, offset + (UINT64)i * CHUNK, i,
                                 IOSQE_FLAGS_NONE);
        if (FAILED(hr))
            return fail("BuildIoRingReadFile", (unsigned)hr);
    }
    hr = SubmitIoRing(ring, CHUNKS, INFINITE, NULL);
    if (FAILED(hr))
        return fail("SubmitIoRing", (unsigned)hr);
    while (PopIoRingCompletion(ring, &cqe) == S_OK) {
        nbytes[cqe.UserData] = (UINT32)cqe.Information;
        if (cqe.ResultCode == HRESULT_FROM_WIN32(ERROR_HANDLE_EOF))
            nbytes[cqe.UserData] = 0; /* this chunk lies behind the end */
        else if (FAILED(cqe.ResultCode))
            return fail("read", (unsigned)cqe.ResultCode);
    }
    return 0;
}

int main(int argc, char **argv)
{
    IORING_CREATE_FLAGS flags = {IORING_CREATE_REQUIRED_FLAGS_NONE,
                                 IORING_CREATE_ADVISORY_FLAGS_NONE};
    UINT32 nbytes[CHUNKS];
    HIORING ring;
    HANDLE file;
    HRESULT hr;
    int failed = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: %s FILE\n", argv[0]);
        return 2;
    }
    file = CreateFileA(argv[1], GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                       FILE_FLAG_OVERLAPPED, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return fail(argv[1], (unsigned)GetLastError());
    hr = CreateIoRing(IORING_VERSION_3, flags, CHUNKS, 2 * CHUNKS, &ring);
    if (FAILED(hr)) {
        CloseHandle(file);
        return fail("CreateIoRing", (unsigned)hr);
    }
    for (UINT64 offset = 0; !failed; offset += (UINT64)CHUNKS * CHUNK) {
        UINT32 total = 0;

        failed = read_batch(ring, file, offset, nbytes);
        for (UINT32 i = 0; !failed && i < CHUNKS; i++) {
            fwrite(buffers[i], 1, nbytes[i], stdout);
            total += nbytes[i];
        }
        if (total < CHUNKS * CHUNK)
            break;
    }
    CloseIoRing(ring);
    CloseHandle(file);
    return failed;
}

/* SPDX-License-Identifier: MIT */
/* Closes the ring and gives the buffer to somebody else. CloseIoRing ends no read. */
#include "conformance/explore/examples/client.h"

static char *buffer;

int main(int argc, char **argv)
{
    HANDLE file = make_file(argc, argv, 1);
    HIORING ring = make_ring();

    buffer = VirtualAlloc(NULL, CHUNK, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (file == INVALID_HANDLE_VALUE || !ring || !buffer ||
        FAILED(read_chunk(ring, file, buffer, 0)) || FAILED(SubmitIoRing(ring, 0, 0, NULL)))
        return fail("no file, no ring or no read");
        /* It is not needed any more: */
#ifdef FIXED
    for (IORING_CQE cqe; PopIoRingCompletion(ring, &cqe) != S_OK;)
        if (FAILED(SubmitIoRing(ring, 1, INFINITE, NULL)))
            return fail("no wait");
#endif
    CloseIoRing(ring); /* the mistake: the read may go on */
    fill(buffer, 7);   /* whoever gets the memory next */
    CloseHandle(file);
    if (!holds(buffer, 7))
        return fail("somebody wrote into memory that had another owner");
    VirtualFree(buffer, 0, MEM_RELEASE);
    return 0;
}

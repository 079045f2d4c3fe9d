/* SPDX-License-Identifier: MIT */
/*
 * Takes the first completion for that of the first read, and uses a buffer that is not there yet.
 */
#include "conformance/explore/examples/client.h"

enum { READS = 3 };

static char buffers[READS][CHUNK];

int main(int argc, char **argv)
{
    HANDLE file = make_file(argc, argv, READS);
    HIORING ring = make_ring();
    IORING_CQE cqe;

    if (file == INVALID_HANDLE_VALUE || !ring)
        return fail("no file or no ring");
    for (unsigned n = 0; n < READS; n++)
        if (FAILED(read_chunk(ring, file, buffers[n], n)))
            return fail("a read cannot be built");
    for (unsigned done = 0; done < READS;) {
        if (FAILED(SubmitIoRing(ring, 1, INFINITE, NULL)))
            return fail("no submit");
        while (done < READS && PopIoRingCompletion(ring, &cqe) == S_OK) {
#ifdef FIXED
            unsigned n = (unsigned)cqe.UserData;
#else
            unsigned n = done; /* the mistake: completions come in any order */
#endif
            if (!holds(buffers[n], n))
                return fail("a buffer was used before its read was done");
            done++;
        }
    }
    CloseIoRing(ring);
    CloseHandle(file);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Drains once per event and resets the event afterwards: what came in between is never waited for.
 */
#include "conformance/explore/examples/client.h"

enum { READS = 2 };

static char buffers[READS][CHUNK];

int main(int argc, char **argv)
{
    HANDLE file = make_file(argc, argv, READS), event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HIORING ring = make_ring();
    unsigned done = 0;
    IORING_CQE cqe;

    if (file == INVALID_HANDLE_VALUE || !event || !ring ||
        FAILED(SetIoRingCompletionEvent(ring, event)))
        return fail("no file, no event or no ring");
    for (unsigned n = 0; n < READS; n++)
        if (FAILED(read_chunk(ring, file, buffers[n], n)))
            return fail("a read cannot be built");
    if (FAILED(SubmitIoRing(ring, 0, 0, NULL)))
        return fail("no submit");
    while (done < READS) {
        WaitForSingleObject(event, INFINITE);
#ifdef FIXED
        ResetEvent(event); /* first: the event says that the queue was empty and is not any more */
#endif
        while (PopIoRingCompletion(ring, &cqe) == S_OK)
            done++;
#ifndef FIXED
        ResetEvent(event); /* the mistake: it may just have been set again */
#endif
    }
    for (unsigned n = 0; n < READS; n++)
        if (!holds(buffers[n], n))
            return fail("wrong data");
    CloseIoRing(ring);
    CloseHandle(event);
    CloseHandle(file);
    return 0;
}

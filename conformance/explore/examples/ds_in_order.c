/* SPDX-License-Identifier: MIT */
/*
 * Takes the last request of a batch for the end of the batch, as if requests retired in order.
 */
#include "conformance/explore/examples/ds_client.h"

enum { REQUESTS = 3 };

int main(int argc, char **argv)
{
    if (!begin(argc, argv, REQUESTS))
        return fail("cannot begin");
    for (unsigned n = 0; n < REQUESTS; n++)
        read_chunk(buffers[n], n);
#ifdef FIXED
    IDStorageQueue1_EnqueueStatus(queue, statuses, 0);
    wait_for_status(0);
#else
    IDStorageQueue1_Submit(queue);
    while (!*(volatile char *)&buffers[REQUESTS - 1][CHUNK - 1])
        Sleep(1); /* the mistake: the last request is not the last to end */
#endif
    for (unsigned n = 0; n < REQUESTS; n++)
        if (!holds(buffers[n], n))
            return fail("a destination was used before its request was done");
    end();
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* Cancels a request, and uses its destination for something else at once. */
#include "conformance/explore/examples/ds_client.h"

int main(int argc, char **argv)
{
    if (!begin(argc, argv, 2))
        return fail("cannot begin");
    read_chunk(buffers[0], 0);
    read_chunk(buffers[1], 1);
    IDStorageQueue1_EnqueueStatus(queue, statuses, 0);
    IDStorageQueue1_Submit(queue);
    IDStorageQueue1_CancelRequestsWithTag(queue, ~(UINT64)0, 1); /* the first */
#ifdef FIXED
    wait_for_status(0);
#else
    Sleep(20); /* the mistake: who is cancelled may write until it has ended */
#endif
    memset(buffers[0], 'x', CHUNK);
    wait_for_status(0);
    for (unsigned i = 0; i < CHUNK; i++)
        if (buffers[0][i] != 'x')
            return fail("a cancelled request wrote into memory that had another use");
    if (!holds(buffers[1], 1))
        return fail("the other request did not deliver");
    end();
    return 0;
}

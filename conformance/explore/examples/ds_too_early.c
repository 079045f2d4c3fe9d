/* SPDX-License-Identifier: MIT */
/* Asks whether it is done, and else waits for a while that has always been long enough. */
#include "conformance/explore/examples/ds_client.h"

int main(int argc, char **argv)
{
    if (!begin(argc, argv, 1))
        return fail("cannot begin");
    read_chunk(buffers[0], 0);
    IDStorageQueue1_EnqueueStatus(queue, statuses, 0);
    IDStorageQueue1_Submit(queue);
#ifdef FIXED
    while (!IDStorageStatusArray_IsComplete(statuses, 0))
        Sleep(1);
#else
    if (!IDStorageStatusArray_IsComplete(statuses, 0))
        Sleep(100); /* the mistake: no time is long enough */
#endif
    if (!holds(buffers[0], 0))
        return fail("a destination was read before the status was there");
    end();
    return 0;
}

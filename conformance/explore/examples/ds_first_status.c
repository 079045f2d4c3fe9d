/* SPDX-License-Identifier: MIT */
/* Two batches, a status behind each; takes the first status for both. */
#include "conformance/explore/examples/ds_client.h"

int main(int argc, char **argv)
{
    if (!begin(argc, argv, 2))
        return fail("cannot begin");
    read_chunk(buffers[0], 0);
    IDStorageQueue1_EnqueueStatus(queue, statuses, 0);
    read_chunk(buffers[1], 1);
    IDStorageQueue1_EnqueueStatus(queue, statuses, 1);
    wait_for_status(0);
#ifdef FIXED
    wait_for_status(1);
#else
    Sleep(20); /* the mistake: what was enqueued behind it may still be under way */
#endif
    if (!holds(buffers[0], 0) || !holds(buffers[1], 1))
        return fail("a destination was used before its request was done");
    end();
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* Waits for the status, and looks at the error event to learn whether all went well. */
#include "conformance/explore/examples/ds_client.h"

int main(int argc, char **argv)
{
    HANDLE failed;

    if (!begin(argc, argv, 1))
        return fail("cannot begin");
    failed = IDStorageQueue1_GetErrorEvent(queue);
    read_chunk(buffers[0], 0);
    read_chunk(buffers[1], 1); /* the file has one chunk only */
    IDStorageQueue1_EnqueueStatus(queue, statuses, 0);
    wait_for_status(0);
#ifdef FIXED
    (void)failed;
    if (SUCCEEDED(IDStorageStatusArray_GetHResult(statuses, 0)))
#else
    if (WaitForSingleObject(failed, 0) != WAIT_OBJECT_0) /* the mistake: it may come later */
#endif
        return fail("what failed was taken for done");
    end();
    return 0;
}

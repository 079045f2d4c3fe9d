/* SPDX-License-Identifier: MIT */
/* What a program's own objects do while a queue is being closed. */
#include "api/dstorage/tests/ds_test.h"

static IDStorageCustomDecompressionQueue1 *work;
static DSTORAGE_CUSTOM_DECOMPRESSION_RESULT result;
static struct test_fence *fence;
static struct test_fence_vtbl vtbl;
static const struct test_fence_vtbl *real;
static bool closing;

/* The close lets go of a signal that never will be: now the request before it ends. */
static ULONG release_and_finish(struct test_fence *self)
{
    if (closing)
        cr_assert_eq(work->lpVtbl->SetRequestResults(work, 1, &result), S_OK);
    return real->Release(self);
}

/* [D] After Close nothing completes: not even what nobody holds up any more. */
Test(ds_close, ends_while_closing)
{
    DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST got;
    IDStorageStatusArray *status;
    IDStorageQueue3 *queue;
    DSTORAGE_REQUEST request;
    unsigned char to[900];
    HANDLE event;
    UINT32 count;

    setup_file(65536);
    fence = make_fence(0);
    real = fence->lpVtbl;
    vtbl = *real;
    vtbl.Release = release_and_finish;
    fence->lpVtbl = &vtbl;
    status = make_status(1);
    cr_assert_eq(DStorageGetFactory(&IID_IDStorageCustomDecompressionQueue1, (void **)&work), S_OK);
    event = IDStorageCustomDecompressionQueue1_GetEvent(work);
    queue = make_queue(FILE_QUEUE, 0x80);
    request = file_request(5, 900, to);
    request.Options.CompressionFormat = 0xFF;
    request.UncompressedSize = 900;
    IDStorageQueue3_EnqueueRequest(queue, &request);
    IDStorageQueue3_EnqueueSignal(queue, (ID3D12Fence *)fence, 1);
    IDStorageQueue3_EnqueueStatus(queue, status, 0);
    IDStorageQueue3_Submit(queue);
    cr_assert_eq(WaitForSingleObject(event, WAIT_MS), WAIT_OBJECT_0);
    cr_assert_eq(work->lpVtbl->GetRequests(work, 1, &got, &count), S_OK);
    cr_assert_eq(count, 1);
    result.Id = got.Id;
    closing = true;
    IDStorageQueue3_Close(queue);
    closing = false;
    cr_assert_eq(IDStorageStatusArray_GetHResult(status, 0), E_PENDING);
    cr_assert_eq(fence->lpVtbl->GetCompletedValue(fence), 0);
    IDStorageQueue3_Release(queue);
    IDStorageStatusArray_Release(status);
    work->lpVtbl->Release(work);
    CloseHandle(event);
    teardown_all();
    cr_assert_eq(fence->lpVtbl->Release(fence), 0);
}

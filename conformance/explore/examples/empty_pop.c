/* SPDX-License-Identifier: MIT */
/* Asks only whether Pop failed. S_FALSE is no failure, and no completion either. */
#include "conformance/explore/examples/client.h"

static char buffer[CHUNK];

int main(int argc, char **argv)
{
    HANDLE file = make_file(argc, argv, 1);
    HIORING ring = make_ring();
    IORING_CQE cqe = {0};
    HRESULT hr;

    if (file == INVALID_HANDLE_VALUE || !ring || FAILED(read_chunk(ring, file, buffer, 0)))
        return fail("no file, no ring or no read");
#ifdef FIXED
    hr = SubmitIoRing(ring, 0, 0, NULL);
    while (SUCCEEDED(hr) && (hr = PopIoRingCompletion(ring, &cqe)) == S_FALSE)
        hr = SubmitIoRing(ring, 1, INFINITE, NULL);
#else
    hr = SubmitIoRing(ring, 0, 0, NULL);
    if (SUCCEEDED(hr))
        hr = PopIoRingCompletion(ring, &cqe); /* the mistake: there may be none yet */
#endif
    if (FAILED(hr) || FAILED(cqe.ResultCode))
        return fail("the read failed");
    if (!holds(buffer, 0))
        return fail("the buffer was used before the read was done");
    CloseIoRing(ring);
    CloseHandle(file);
    return 0;
}

// SPDX-License-Identifier: MIT
/* Reads test.txt through an I/O ring, as Microsoft's documentation of the functions says. C and C++. */
#include <windows.h>
#include <ioringapi.h>
#include <stdio.h>
#include <string.h>

#ifdef RINGER_CHAR16
#define NAME u"test.txt"
#else
#define NAME L"test.txt"
#endif

static int failed(const char *what, HRESULT hr)
{
    fprintf(stderr, "%s: 0x%08x, last error %u\n", what, (unsigned)hr, (unsigned)GetLastError());
    return 1;
}

int main(void)
{
    IORING_CREATE_FLAGS flags = {IORING_CREATE_REQUIRED_FLAGS_NONE,
                                 IORING_CREATE_ADVISORY_FLAGS_NONE};
    HIORING ring = NULL;
    IORING_CQE cqe;
    HRESULT hr;
    void *buffer;
    HANDLE file = CreateFileW(NAME, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED, NULL);

    if (file == INVALID_HANDLE_VALUE)
        return failed("CreateFileW", E_FAIL);
    hr = CreateIoRing(IORING_VERSION_3, flags, 256, 256, &ring);
    if (FAILED(hr))
        return failed("CreateIoRing", hr);
    buffer = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    if (!buffer)
        return failed("VirtualAlloc", E_FAIL);

    IORING_HANDLE_REF file_ref = IoRingHandleRefFromHandle(file);
    IORING_BUFFER_REF buffer_ref = IoRingBufferRefFromPointer(buffer);
    hr = BuildIoRingReadFile(ring, file_ref, buffer_ref, 4096, 0, 0x1234, IOSQE_FLAGS_NONE);
    if (FAILED(hr))
        return failed("BuildIoRingReadFile", hr);
    hr = SubmitIoRing(ring, 1, 1000, NULL);
    if (FAILED(hr))
        return failed("SubmitIoRing", hr);
    hr = PopIoRingCompletion(ring, &cqe);
    if (hr != S_OK)
        return failed("PopIoRingCompletion", hr);
    if (FAILED(cqe.ResultCode))
        return failed("the read", cqe.ResultCode);
    if (cqe.UserData != 0x1234 || cqe.Information != 12 || memcmp(buffer, "hello ringer", 12))
        return failed("what was read", E_FAIL);
    hr = CloseIoRing(ring);
    if (FAILED(hr))
        return failed("CloseIoRing", hr);
    if (!VirtualFree(buffer, 0, MEM_RELEASE) || !CloseHandle(file))
        return failed("the end", E_FAIL);
    printf("%u bytes\n", (unsigned)cqe.Information);
    return 0;
}

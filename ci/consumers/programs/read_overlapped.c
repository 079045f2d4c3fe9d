// SPDX-License-Identifier: MIT
/* Reads test.txt as Windows 10 programs do: OVERLAPPED, ERROR_IO_PENDING, GetOverlappedResult. */
#include <windows.h>
#include <stdio.h>
#include <string.h>

#ifdef RINGER_CHAR16
#define NAME u"test.txt"
#else
#define NAME L"test.txt"
#endif

static int failed(const char *what)
{
    fprintf(stderr, "%s: last error %u\n", what, (unsigned)GetLastError());
    return 1;
}

int main(void)
{
    OVERLAPPED overlapped;
    DWORD transferred = 0;
    void *buffer = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    HANDLE file = CreateFileW(NAME, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED, NULL);

    if (file == INVALID_HANDLE_VALUE)
        return failed("CreateFileW");
    if (!buffer)
        return failed("VirtualAlloc");
    memset(&overlapped, 0, sizeof overlapped);
    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!overlapped.hEvent)
        return failed("CreateEventW");
    if (!ReadFile(file, buffer, 4096, NULL, &overlapped) && GetLastError() != ERROR_IO_PENDING)
        return failed("ReadFile");
    if (!GetOverlappedResult(file, &overlapped, &transferred, TRUE))
        return failed("GetOverlappedResult");
    if (transferred != 12 || memcmp(buffer, "hello ringer", 12))
        return failed("what was read");

    overlapped.Offset = 4096;
    if (ReadFile(file, buffer, 4096, NULL, &overlapped) ||
        (GetLastError() == ERROR_IO_PENDING &&
         GetOverlappedResult(file, &overlapped, &transferred, TRUE)) ||
        GetLastError() != ERROR_HANDLE_EOF)
        return failed("reading behind the end");
    if (!CloseHandle(overlapped.hEvent) || !CloseHandle(file) || !VirtualFree(buffer, 0, MEM_RELEASE))
        return failed("the end");
    printf("%u bytes\n", 12u);
    return 0;
}

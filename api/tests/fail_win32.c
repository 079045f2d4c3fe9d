/* SPDX-License-Identifier: MIT */
/* Failure injection (emu/tests/fail.h) under the Win32 functions: files, rings, pipes, threads, memory. */
#include "api/tests/fail_codes.h"

#include <windows.h>
#include <ioringapi.h>

#include <string.h>

#define NBYTES 64u

static bool succeeded(bool good, bool strict, const char *what, int line)
{
    DWORD error = GetLastError();

    if (good)
        return true;
    if (strict || !documented_error(error)) {
        fprintf(stderr, "line %d: %s: error %u\n", line, what, (unsigned)error);
        abort();
    }
    return false;
}
#define DID(call) succeeded((call) != 0, strict, #call, __LINE__)

static HANDLE open_file(WCHAR *path, DWORD flags, bool strict)
{
    HANDLE file;

    fail_pause(true); /* a name is all that is wanted of it */
    MUST(GetTempPathW(MAX_PATH, path) && GetTempFileNameW(path, u"flt", 0, path));
    fail_pause(false);
    file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE,
                       NULL, CREATE_ALWAYS, flags, NULL);
    return DID(file != INVALID_HANDLE_VALUE) ? file : NULL;
}

static void remove_file(const WCHAR *path, bool strict)
{
    if (!DID(DeleteFileW(path))) {
        fail_pause(true);
        MUST(DeleteFileW(path) || GetLastError() == ERROR_FILE_NOT_FOUND);
        fail_pause(false);
    }
}

static void files(bool strict)
{
    BY_HANDLE_FILE_INFORMATION facts;
    char bytes[NBYTES] = "bytes";
    LARGE_INTEGER where = {.QuadPart = 0};
    WCHAR path[MAX_PATH];
    HANDLE file = open_file(path, FILE_ATTRIBUTE_NORMAL, strict);
    DWORD done;

    if (file) {
        if (DID(WriteFile(file, bytes, NBYTES, &done, NULL)))
            MUST(done == NBYTES);
        if (DID(SetFilePointerEx(file, where, NULL, FILE_BEGIN)))
            (void)DID(ReadFile(file, bytes, 5, &done, NULL));
        (void)DID(GetFileSizeEx(file, &where));
        (void)DID(SetEndOfFile(file));
        (void)DID(FlushFileBuffers(file));
        (void)DID(GetFileInformationByHandle(file, &facts));
        MUST(GetFileType(file) == FILE_TYPE_DISK || !strict);
        MUST(CloseHandle(file));
    }
    (void)DID(GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES);
    remove_file(path, strict);
}

static void overlapped_file(bool strict)
{
    char bytes[NBYTES] = "bytes";
    OVERLAPPED write = {0}, *back = NULL;
    WCHAR path[MAX_PATH];
    HANDLE file = open_file(path, FILE_FLAG_OVERLAPPED, strict), port;
    ULONG_PTR key = 0;
    DWORD done = 0;

    if (file) {
        port = CreateIoCompletionPort(file, NULL, 9, 0);
        if (DID(port != NULL)) {
            BOOL good = WriteFile(file, bytes, NBYTES, NULL, &write);

            if (good || GetLastError() == ERROR_IO_PENDING) {
                good = GetQueuedCompletionStatus(port, &done, &key, &back, FAIL_PATIENCE_MS);
                MUST(back == &write && key == 9);
                if (DID(good))
                    MUST(done == NBYTES);
            } else {
                (void)DID(good);
            }
            MUST(CloseHandle(port));
        }
        MUST(CloseHandle(file));
    }
    remove_file(path, strict);
}

static void use_ring(HIORING ring, HANDLE file, HANDLE event, bool strict)
{
    static char to[2][NBYTES];
    IORING_BUFFER_INFO buffers[2] = {{to[0], NBYTES}, {to[1], NBYTES}};
    bool attached = HR(SetIoRingCompletionEvent(ring, event));
    IORING_CQE cqe;
    UINT32 built = 0;

    built += HR(BuildIoRingRegisterFileHandles(ring, 1, &file, 1));
    built += HR(BuildIoRingRegisterBuffers(ring, 2, buffers, 2));
    built +=
        HR(BuildIoRingReadFile(ring, IoRingHandleRefFromHandle(file),
                               IoRingBufferRefFromPointer(to[0]), NBYTES, 0, 3, IOSQE_FLAGS_NONE));
    built += HR(BuildIoRingWriteFile(ring, IoRingHandleRefFromHandle(file),
                                     IoRingBufferRefFromPointer(to[1]), NBYTES, 0,
                                     FILE_WRITE_FLAGS_NONE, 4, IOSQE_FLAGS_DRAIN_PRECEDING_OPS));
    if (!HR(SubmitIoRing(ring, built, FAIL_PATIENCE_MS, NULL)))
        return;
    if (attached)
        MUST(WaitForSingleObject(event, FAIL_PATIENCE_MS) == WAIT_OBJECT_0);
    for (UINT32 i = 0; i < built; i++) {
        MUST(PopIoRingCompletion(ring, &cqe) == S_OK);
        (void)HR(cqe.ResultCode);
    }
    MUST(PopIoRingCompletion(ring, &cqe) == S_FALSE);
}

static void ring(bool strict)
{
    char bytes[NBYTES] = "bytes";
    IORING_CREATE_FLAGS flags = {0};
    WCHAR path[MAX_PATH];
    HANDLE file = open_file(path, FILE_FLAG_OVERLAPPED, strict), event;
    HIORING made;
    DWORD done;

    if (file) {
        OVERLAPPED at = {0};

        fail_pause(true);
        MUST(WriteFile(file, bytes, NBYTES, NULL, &at) ||
             GetOverlappedResult(file, &at, &done, TRUE));
        fail_pause(false);
        event = CreateEventW(NULL, FALSE, FALSE, NULL);
        if (DID(event != NULL)) {
            if (HR(CreateIoRing(IORING_VERSION_3, flags, 8, 16, &made))) {
                use_ring(made, file, event, strict);
                MUST(CloseIoRing(made) == S_OK);
            }
            MUST(CloseHandle(event));
        }
        MUST(CloseHandle(file));
    }
    remove_file(path, strict);
}

static void pipes(bool strict)
{
    char bytes[8] = "1234567", back[8];
    HANDLE from, to;
    DWORD done;

    if (!DID(CreatePipe(&from, &to, NULL, 0)))
        return;
    if (DID(WriteFile(to, bytes, 8, &done, NULL)) && DID(ReadFile(from, back, 8, &done, NULL)))
        MUST(done == 8 && !memcmp(bytes, back, 8));
    MUST(CloseHandle(to));
    MUST(CloseHandle(from));
}

static DWORD WINAPI set_event(void *event)
{
    return SetEvent(event) ? 7 : 8;
}

static void threads(bool strict)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL), both[2];
    DWORD code = 0, slot = TlsAlloc();

    if (DID(slot != TLS_OUT_OF_INDEXES)) {
        (void)DID(TlsSetValue(slot, &slot));
        MUST(TlsFree(slot));
    }
    if (!DID(event != NULL))
        return;
    both[0] = event;
    both[1] = CreateThread(NULL, 0, set_event, event, 0, NULL);
    if (DID(both[1] != NULL)) {
        MUST(WaitForMultipleObjects(2, both, TRUE, FAIL_PATIENCE_MS) == WAIT_OBJECT_0);
        MUST(GetExitCodeThread(both[1], &code) && code == 7);
        MUST(CloseHandle(both[1]));
    }
    MUST(CloseHandle(event));
}

static void memory(bool strict)
{
    char *pages = VirtualAlloc(NULL, 100000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    DWORD before;

    if (!DID(pages != NULL))
        return;
    pages[0] = 1;
    (void)DID(VirtualProtect(pages, 4096, PAGE_READONLY, &before));
    if (!DID(VirtualFree(pages, 0, MEM_RELEASE))) {
        fail_pause(true);
        MUST(VirtualFree(pages, 0, MEM_RELEASE));
        fail_pause(false);
    }
}

static const struct fail_workload workloads[] = {
    {"Win32 files", files},     {"Win32 overlapped", overlapped_file},
    {"Win32 ring", ring},       {"Win32 pipes", pipes},
    {"Win32 threads", threads}, {"Win32 memory", memory},
};

int main(int argc, char **argv)
{
    return fail_main(argc, argv, workloads, sizeof workloads / sizeof workloads[0]);
}

/* SPDX-License-Identifier: MIT */
/*
 * The smallest proof that the cut holds: a Windows program, linked against the API set that real
 * ones name, reads a file through a ring and waits for the completion event. Also built natively.
 */
#include <windows.h>
#include <ioringapi.h>

#include <stdio.h>
#include <string.h>

static int failures;

#define CHECK(condition) check((condition) != 0, #condition, __LINE__)

static void check(int holds, const char *what, int line)
{
    if (holds)
        return;
    failures++;
    printf("line %d: %s is false (last error %lu)\n", line, what, (unsigned long)GetLastError());
}

static const char text[] = "I/O rings under Wine: 0123456789";

static HANDLE make_file(void)
{
    HANDLE file = CreateFileA("read_ring.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                              FILE_FLAG_DELETE_ON_CLOSE, NULL);
    DWORD written = 0;

    CHECK(file != INVALID_HANDLE_VALUE);
    CHECK(WriteFile(file, text, sizeof text, &written, NULL) && written == sizeof text);
    return file;
}

static HIORING make_ring(void)
{
    IORING_CREATE_FLAGS flags = {IORING_CREATE_REQUIRED_FLAGS_NONE,
                                 IORING_CREATE_ADVISORY_FLAGS_NONE};
    IORING_CAPABILITIES caps;
    IORING_INFO info;
    HIORING ring = NULL;

    CHECK(QueryIoRingCapabilities(&caps) == S_OK && caps.MaxVersion >= IORING_VERSION_1);
    CHECK(CreateIoRing(caps.MaxVersion, flags, 20, 20, &ring) == S_OK);
    CHECK(GetIoRingInfo(ring, &info) == S_OK);
    CHECK(info.SubmissionQueueSize == 32 && info.CompletionQueueSize == 64); /* [R] W7 */
    return ring;
}

/* One read by address, its end announced by the event. */
static void read_and_wait_for_event(HIORING ring, HANDLE file)
{
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
    IORING_HANDLE_REF from = IoRingHandleRefFromHandle(file);
    char *buffer = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    IORING_BUFFER_REF to = IoRingBufferRefFromPointer(buffer);
    IORING_CQE cqe;
    UINT32 submitted = 99;

    CHECK(SetIoRingCompletionEvent(ring, event) == S_OK);
    CHECK(BuildIoRingReadFile(ring, from, to, sizeof text, 0, 0xAB, IOSQE_FLAGS_NONE) == S_OK);
    CHECK(SubmitIoRing(ring, 0, 0, &submitted) == S_OK && submitted == 1);
    CHECK(WaitForSingleObject(event, 10000) == WAIT_OBJECT_0);
    memset(&cqe, 0x55, sizeof cqe);
    CHECK(PopIoRingCompletion(ring, &cqe) == S_OK);
    CHECK(cqe.UserData == 0xAB && cqe.ResultCode == S_OK && cqe.Information == sizeof text);
    CHECK(memcmp(buffer, text, sizeof text) == 0);
    CHECK(PopIoRingCompletion(ring, &cqe) == S_FALSE);
    CHECK(SetIoRingCompletionEvent(ring, NULL) == S_OK);
    CHECK(SetIoRingCompletionEvent(ring, file) == E_INVALIDARG);
    CloseHandle(event);
    VirtualFree(buffer, 0, MEM_RELEASE);
}

/* Registered in the same batch that uses them ([R] IB5), a short read, the end of the file. */
static void read_registered(HIORING ring, HANDLE file)
{
    char memory[128];
    IORING_BUFFER_INFO infos[1] = {{memory, sizeof memory}};
    HANDLE files[1] = {file};
    IORING_HANDLE_REF from = IoRingHandleRefFromIndex(0);
    IORING_BUFFER_REF to = IoRingBufferRefFromIndexAndOffset(0, 32);
    IORING_CQE cqe;
    UINT32 submitted = 99, seen = 0;

    memset(memory, '.', sizeof memory);
    CHECK(BuildIoRingRegisterBuffers(ring, 1, infos, 1) == S_OK);
    CHECK(BuildIoRingRegisterFileHandles(ring, 1, files, 2) == S_OK);
    CHECK(BuildIoRingReadFile(ring, from, to, 64, 4, 3, IOSQE_FLAGS_NONE) == S_OK);
    CHECK(BuildIoRingReadFile(ring, from, to, 8, 4096, 4, IOSQE_FLAGS_NONE) == S_OK);
    CHECK(SubmitIoRing(ring, 4, 10000, &submitted) == S_OK && submitted == 4);
    while (PopIoRingCompletion(ring, &cqe) == S_OK) {
        seen |= 1u << cqe.UserData;
        if (cqe.UserData == 4)
            CHECK(cqe.ResultCode == HRESULT_FROM_WIN32(ERROR_HANDLE_EOF)); /* [R] IC3 */
        else
            CHECK(cqe.ResultCode == S_OK);
        if (cqe.UserData == 3)
            CHECK(cqe.Information == sizeof text - 4);
    }
    CHECK(seen == 0x1E);
    CHECK(memcmp(memory + 32, text + 4, sizeof text - 4) == 0);
    CHECK(memory[31] == '.' && memory[32 + sizeof text - 4] == '.');
}

int main(void)
{
    HANDLE file = make_file();
    HIORING ring = make_ring();

    if (!failures) {
        read_and_wait_for_event(ring, file);
        read_registered(ring, file);
    }
    CHECK(CloseIoRing(ring) == S_OK);
    CHECK(CloseIoRing(ring) == E_HANDLE);
    CloseHandle(file);
    printf("%s\n", failures ? "FAILED" : "ok");
    return failures != 0;
}

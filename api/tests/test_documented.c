/* SPDX-License-Identifier: MIT */
/*
 * What the comments of the public headers say of refusals, call by call: the codes that they name
 * are those that come. What other tests look at closely is not repeated.
 */
#include "api/tests/win32.h"

#include <ioringapi.h>
#include <ioringnt.h>
#include <sys/socket.h>
#include <unistd.h>

#define GIVES(call, expected)                                              \
    do {                                                                   \
        long long got_ = (long long)(call);                                \
        cr_assert_eq(got_, (long long)(expected), #call ": 0x%llx", got_); \
    } while (0)
/* For handles, whose failure is no FALSE. */
#define INVALID(call, expected)                                                              \
    do {                                                                                     \
        SetLastError(0xDEAD);                                                                \
        cr_assert_eq((call), INVALID_HANDLE_VALUE, #call);                                   \
        cr_assert_eq(GetLastError(), (DWORD)(expected), #call ": error %u", GetLastError()); \
    } while (0)

static WCHAR path[MAX_PATH], text[300];
static OVERLAPPED overlapped;
static char buffer[64];
static DWORD count;

Test(documented, fileapi_by_name)
{
    WCHAR folder[MAX_PATH];

    OK(GetTempPathW(MAX_PATH, folder));
    temp_file(path);
    FAILS(CreateDirectoryW(folder, NULL), ERROR_ALREADY_EXISTS);
    FAILS(RemoveDirectoryW(path), ERROR_DIRECTORY);
    FAILS(DeleteFileW(folder), ERROR_ACCESS_DENIED);
    FAILS(MoveFileExW(u"/no/such/file", path, 0), ERROR_PATH_NOT_FOUND);
    FAILS(MoveFileExW(path, NULL, 0), ERROR_INVALID_PARAMETER);
    FAILS(MoveFileExW(path, path, 0x100), ERROR_INVALID_PARAMETER);
    INVALID(CreateFileW(folder, GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL),
            ERROR_ACCESS_DENIED);
    INVALID(CreateFileW(u"", GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL), ERROR_PATH_NOT_FOUND);
    INVALID(CreateFileW(path, GENERIC_READ, 7, NULL, 9, 0, NULL), ERROR_INVALID_PARAMETER);
    OK(SetFileAttributesW(path, FILE_ATTRIBUTE_READONLY));
    FAILS(DeleteFileW(path), ERROR_ACCESS_DENIED);
    OK(SetFileAttributesW(path, 0));
    FAILS(GetFileAttributesExW(path, GetFileExMaxInfoLevel, buffer), ERROR_INVALID_PARAMETER);
    FAILS(GetFullPathNameW(u"", 300, text, NULL), ERROR_INVALID_NAME);
    FAILS(GetTempFileNameW(u"/no/such/folder", u"abc", 0, text), ERROR_DIRECTORY);
    FAILS(GetDiskFreeSpaceW(u"/no/such/folder", NULL, NULL, NULL, NULL), ERROR_PATH_NOT_FOUND);
    OK(GetDiskFreeSpaceW(NULL, NULL, NULL, NULL, NULL));
    OK(DeleteFileW(path));
}

Test(documented, fileapi_by_handle)
{
    HANDLE file = temp_open(path, 0);
    LARGE_INTEGER before = {.QuadPart = -1};
    FILE_SEGMENT_ELEMENT segments[1] = {{0}};

    FAILS(ReadFile(file, buffer, 5, NULL, NULL), ERROR_NOACCESS);
    FAILS(WriteFile(file, buffer, 5, NULL, NULL), ERROR_NOACCESS);
    FAILS(ReadFileEx(file, buffer, 5, &overlapped, NULL), ERROR_INVALID_PARAMETER);
    FAILS(WriteFileEx(file, buffer, 5, &overlapped, NULL), ERROR_INVALID_PARAMETER);
    FAILS(ReadFileScatter(file, NULL, 0, NULL, &overlapped), ERROR_INVALID_PARAMETER);
    FAILS(ReadFileScatter(file, segments, 4096, NULL, &overlapped), ERROR_INVALID_PARAMETER);
    FAILS(WriteFileGather(file, segments, 4096, NULL, &overlapped), ERROR_INVALID_PARAMETER);
    FAILS(SetFilePointerEx(file, before, NULL, FILE_BEGIN), ERROR_NEGATIVE_SEEK);
    FAILS(SetFilePointerEx(file, before, NULL, 9), ERROR_INVALID_PARAMETER);
    FAILS(SetFileValidData(file, 1), ERROR_PRIVILEGE_NOT_HELD);
    FAILS(LockFileEx(file, 0, 0, 1, 0, &overlapped), ERROR_CALL_NOT_IMPLEMENTED);
    FAILS(UnlockFileEx(file, 0, 1, 0, &overlapped), ERROR_NOT_LOCKED);
    FAILS(GetFileSizeEx(file, NULL), ERROR_NOACCESS);
    FAILS(GetFinalPathNameByHandleW(file, text, 300, 3), ERROR_INVALID_PARAMETER);
    FAILS(GetFinalPathNameByHandleW(file, text, 300, 0x10), ERROR_INVALID_PARAMETER);
    FAILS(SetFileInformationByHandle(file, FileEndOfFileInfo, text, 2), ERROR_BAD_LENGTH);
    FAILS(SetFileInformationByHandle(file, FileStandardInfo, text, 64), ERROR_INVALID_PARAMETER);
    FAILS(GetFileInformationByHandleEx(file, FileBasicInfo, text, 2), ERROR_BAD_LENGTH);
    FAILS(GetFileInformationByHandleEx(file, FileBasicInfo, NULL, 64), ERROR_NOACCESS);
    FAILS(GetFileInformationByHandle(file, NULL), ERROR_INVALID_PARAMETER);
    FAILS(SetHandleInformation(file, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT),
          ERROR_NOT_SUPPORTED);
    FAILS(GetHandleInformation(file, NULL), ERROR_INVALID_PARAMETER);
    OK(CloseHandle(file));
}

Test(documented, ioapiset)
{
    HANDLE synchronous = temp_open(path, 0), file, port;
    ULONG_PTR key;
    OVERLAPPED *packet = &overlapped;

    file = CreateFileW(path, GENERIC_READ, 7, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    FAILS(CreateIoCompletionPort(synchronous, NULL, 0, 0), ERROR_INVALID_PARAMETER);
    port = CreateIoCompletionPort(file, NULL, 7, 0);
    OK(port);
    FAILS(CreateIoCompletionPort(file, port, 7, 0), ERROR_INVALID_PARAMETER);
    FAILS(CreateIoCompletionPort(INVALID_HANDLE_VALUE, port, 7, 0), ERROR_INVALID_PARAMETER);
    FAILS(GetQueuedCompletionStatus(port, &count, &key, &packet, 0), WAIT_TIMEOUT);
    cr_assert_null(packet);
    FAILS(SetFileCompletionNotificationModes(file, 8), ERROR_INVALID_PARAMETER);
    FAILS(ReadFile(file, buffer, 1, &count, NULL), ERROR_INVALID_PARAMETER);
    FAILS(WriteFile(file, buffer, 1, &count, NULL), ERROR_ACCESS_DENIED);
    FAILS(FlushFileBuffers(file), ERROR_ACCESS_DENIED);
    FAILS(CancelIoEx(file, NULL), ERROR_NOT_FOUND);
    OK(CancelIo(file));
    FAILS(CancelSynchronousIo(synchronous), ERROR_NOT_FOUND);
    FAILS(DeviceIoControl(file, 0x90000, NULL, 0, NULL, 0, &count, NULL), ERROR_INVALID_FUNCTION);
    FAILS(DeviceIoControl(file, 0x70000, NULL, 0, NULL, 0, NULL, NULL), ERROR_NOACCESS);
    FAILS(GetOverlappedResult(file, NULL, &count, FALSE), ERROR_INVALID_PARAMETER);
    CloseHandle(port);
    CloseHandle(file);
    CloseHandle(synchronous);
}

#define PIPE u"\\\\.\\pipe\\documented"
static HANDLE make_pipe(DWORD open_mode)
{
    return CreateNamedPipeW(PIPE, open_mode, 0, 1, 64, 64, 0, NULL);
}

Test(documented, namedpipeapi)
{
    HANDLE server, client;
    DWORD mode = PIPE_READMODE_MESSAGE;

    INVALID(CreateNamedPipeW(u"/tmp/x", PIPE_ACCESS_DUPLEX, 0, 1, 0, 0, 0, NULL),
            ERROR_INVALID_NAME);
    INVALID(CreateNamedPipeW(u"", PIPE_ACCESS_DUPLEX, 0, 1, 0, 0, 0, NULL), ERROR_PATH_NOT_FOUND);
    INVALID(CreateNamedPipeW(PIPE, PIPE_ACCESS_DUPLEX, mode, 1, 0, 0, 0, NULL),
            ERROR_INVALID_PARAMETER);
    server = make_pipe(PIPE_ACCESS_DUPLEX);
    INVALID(make_pipe(PIPE_ACCESS_DUPLEX), ERROR_PIPE_BUSY);
    INVALID(make_pipe(PIPE_ACCESS_INBOUND), ERROR_ACCESS_DENIED);
    INVALID(make_pipe(PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE), ERROR_ACCESS_DENIED);
    FAILS(PeekNamedPipe(server, NULL, 0, NULL, NULL, NULL), ERROR_BAD_PIPE);
    client = CreateFileW(PIPE, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    INVALID(CreateFileW(PIPE, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL), ERROR_PIPE_BUSY);
    FAILS(ConnectNamedPipe(server, NULL), ERROR_PIPE_CONNECTED);
    FAILS(ConnectNamedPipe(client, NULL), ERROR_INVALID_FUNCTION);
    FAILS(DisconnectNamedPipe(client), ERROR_INVALID_FUNCTION);
    FAILS(WaitNamedPipeW(PIPE, NMPWAIT_NOWAIT), ERROR_SEM_TIMEOUT);
    FAILS(WaitNamedPipeW(u"\\\\.\\pipe\\no such pipe", 1), ERROR_FILE_NOT_FOUND);
    FAILS(WaitNamedPipeW(u"/tmp", 1), ERROR_INVALID_NAME);
    FAILS(SetNamedPipeHandleState(client, &mode, NULL, NULL), ERROR_INVALID_PARAMETER);
    CloseHandle(client);
    FAILS(ConnectNamedPipe(server, NULL), ERROR_NO_DATA);
    FAILS(WriteFile(server, buffer, 1, &count, NULL), ERROR_NO_DATA);
    FAILS(ReadFile(server, buffer, 1, &count, NULL), ERROR_BROKEN_PIPE);
    OK(DisconnectNamedPipe(server));
    FAILS(DisconnectNamedPipe(server), ERROR_PIPE_NOT_CONNECTED);
    CloseHandle(server);
}

Test(documented, synchapi)
{
    static WCHAR long_name[MAX_PATH + 2];
    HANDLE event = CreateEventExW(NULL, NULL, CREATE_EVENT_MANUAL_RESET, SYNCHRONIZE);
    HANDLE twice[] = {event, event};
    CONDITION_VARIABLE variable = CONDITION_VARIABLE_INIT;
    SRWLOCK lock = SRWLOCK_INIT;
    char is = 1, was = 1;

    FAILS(SetEvent(event), ERROR_ACCESS_DENIED);
    FAILS(OpenEventW(EVENT_ALL_ACCESS, FALSE, u"no such event"), ERROR_FILE_NOT_FOUND);
    FAILS(OpenEventW(EVENT_ALL_ACCESS, FALSE, NULL), ERROR_INVALID_PARAMETER);
    FAILS(OpenEventW(EVENT_ALL_ACCESS, FALSE, u""), ERROR_BAD_PATHNAME);
    for (size_t i = 0; i <= MAX_PATH; i++)
        long_name[i] = u'x';
    FAILS(CreateEventW(NULL, TRUE, FALSE, long_name), ERROR_FILENAME_EXCED_RANGE);
    FAILS(CreateEventExW(NULL, NULL, 4, EVENT_ALL_ACCESS), ERROR_INVALID_PARAMETER);
    FAILS(CreateSemaphoreW(NULL, 1, 1, NULL), ERROR_CALL_NOT_IMPLEMENTED);
    FAILS(CreateMutexW(NULL, FALSE, NULL), ERROR_CALL_NOT_IMPLEMENTED);
    FAILS(ReleaseMutex(event), ERROR_INVALID_HANDLE);
    GIVES(WaitForMultipleObjects(2, twice, TRUE, 0), WAIT_FAILED);
    GIVES(GetLastError(), ERROR_INVALID_PARAMETER);
    GIVES(WaitForMultipleObjects(2, twice, FALSE, 0), WAIT_TIMEOUT);
    GIVES(WaitForMultipleObjects(0, twice, FALSE, 0), WAIT_FAILED);
    FAILS(WaitOnAddress(&is, &was, 1, 1), ERROR_TIMEOUT);
    FAILS(WaitOnAddress(&is, &was, 3, 1), ERROR_INVALID_PARAMETER);
    AcquireSRWLockExclusive(&lock);
    FAILS(SleepConditionVariableSRW(&variable, &lock, 1, 0), ERROR_TIMEOUT);
    FAILS(SleepConditionVariableSRW(&variable, &lock, 1, 2), ERROR_INVALID_PARAMETER);
    GIVES(TryAcquireSRWLockShared(&lock), FALSE);
    ReleaseSRWLockExclusive(&lock);
    CloseHandle(event);
}

Test(documented, processes_threads_and_storage)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);

    FAILS(GetExitCodeProcess(event, &count), ERROR_INVALID_HANDLE);
    FAILS(TerminateProcess(event, 1), ERROR_INVALID_HANDLE);
    GIVES(ResumeThread(event), (DWORD)-1);
    FAILS(GetThreadId(event), ERROR_INVALID_HANDLE);
    GIVES(SetThreadDescription(GetCurrentThread(), NULL), E_INVALIDARG);
    FAILS(QueueUserAPC(NULL, GetCurrentThread(), 0), ERROR_INVALID_PARAMETER);
    FAILS(TlsGetValue(1088), ERROR_INVALID_PARAMETER);
    FAILS(TlsGetValue(1000), ERROR_SUCCESS);
    FAILS(TlsSetValue(1000, event), ERROR_INVALID_PARAMETER);
    FAILS(FlsFree(1000), ERROR_INVALID_PARAMETER);
    FAILS(GetEnvironmentVariableW(u"NO_SUCH_VARIABLE", text, 9), ERROR_ENVVAR_NOT_FOUND);
    FAILS(SetEnvironmentVariableW(u"a=b", u"x"), ERROR_INVALID_PARAMETER);
    FAILS(SetCurrentDirectoryW(u"/no/such/folder"), ERROR_PATH_NOT_FOUND);
    FAILS(SetCurrentDirectoryW(u"/proc/self/exe"), ERROR_DIRECTORY);
    INVALID(GetStdHandle(5), ERROR_INVALID_HANDLE);
    FAILS(GetModuleHandleW(u"no such module"), ERROR_MOD_NOT_FOUND);
    FAILS(GetProcAddress(GetModuleHandleW(u"KERNEL32.DLL"), "NoSuchFunction"),
          ERROR_PROC_NOT_FOUND);
    FAILS(LoadLibraryW(u"no such module"), ERROR_MOD_NOT_FOUND);
    FAILS(FreeLibrary((HMODULE)&count), ERROR_MOD_NOT_FOUND);
    GIVES(GetModuleFileNameW(NULL, text, 3), 3);
    GIVES(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    CloseHandle(event);
}

Test(documented, memory_and_text)
{
    char *pages = VirtualAlloc(NULL, 8192, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    HANDLE heap = HeapCreate(0, 0, 0);
    void *block = HeapAlloc(GetProcessHeap(), 0, 10);

    FAILS(VirtualAlloc(NULL, 0, MEM_COMMIT, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
    FAILS(VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_LARGE_PAGES, PAGE_READWRITE),
          ERROR_PRIVILEGE_NOT_HELD);
    FAILS(VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE),
          ERROR_NOT_SUPPORTED);
    FAILS(VirtualAlloc(NULL, 4096, MEM_COMMIT, 0), ERROR_INVALID_PARAMETER);
    FAILS(VirtualAlloc(&count, 4096, MEM_COMMIT, PAGE_READWRITE), ERROR_INVALID_ADDRESS);
    FAILS(VirtualFree(pages + 4096, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
    FAILS(VirtualFree(pages, 4096, MEM_RELEASE), ERROR_INVALID_PARAMETER);
    FAILS(VirtualProtect(pages, 1, PAGE_READONLY, NULL), ERROR_NOACCESS);
    OK(VirtualFree(pages, 0, MEM_RELEASE));
    FAILS(VirtualFree(pages, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
    FAILS(VirtualQuery(&count, (void *)text, 8), ERROR_BAD_LENGTH);
    FAILS(HeapDestroy(GetProcessHeap()), ERROR_INVALID_HANDLE);
    FAILS(HeapAlloc(NULL, 0, 1), ERROR_INVALID_HANDLE);
    FAILS(HeapReAlloc(GetProcessHeap(), HEAP_REALLOC_IN_PLACE_ONLY, block, 20), 0xDEAD);
    FAILS(HeapFree(heap, 0, block), ERROR_INVALID_PARAMETER);
    GIVES(HeapSize(heap, 0, block), (SIZE_T)-1);
    OK(HeapFree(GetProcessHeap(), 0, block));
    OK(HeapDestroy(heap));
    FAILS(MultiByteToWideChar(1252, 0, "a", 1, text, 9), ERROR_INVALID_PARAMETER);
    FAILS(MultiByteToWideChar(CP_UTF8, MB_PRECOMPOSED, "a", 1, text, 9), ERROR_INVALID_FLAGS);
    FAILS(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "\xFF", 1, text, 9),
          ERROR_NO_UNICODE_TRANSLATION);
    GIVES(MultiByteToWideChar(CP_UTF8, 0, "\xFF", 1, text, 9), 1);
    GIVES(text[0], 0xFFFD);
    FAILS(FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 99999, 0, text, 300, NULL),
          ERROR_MR_MID_NOT_FOUND);
    FAILS(FormatMessageW(FORMAT_MESSAGE_FROM_STRING, NULL, 2, 0, text, 300, NULL),
          ERROR_NOT_SUPPORTED);
}

Test(documented, rings)
{
    HANDLE file = temp_open(path, 0);
    IORING_HANDLE_REF ref = IoRingHandleRefFromHandle(file);
    IORING_BUFFER_REF data = IoRingBufferRefFromPointer(buffer);
    IORING_CREATE_FLAGS flags = {0};
    HANDLE event = CreateEventExW(NULL, NULL, 0, SYNCHRONIZE);
    UINT32 submitted = 7;
    HIORING ring;
    IORING_CQE cqe;

    GIVES(CreateIoRing(IORING_VERSION_3, flags, 4, 8, NULL), E_INVALIDARG);
    GIVES(CreateIoRing(301, flags, 4, 8, &ring), IORING_E_VERSION_NOT_SUPPORTED);
    GIVES(CreateIoRing(IORING_VERSION_2, flags, 4, 8, &ring), S_OK);
    GIVES(BuildIoRingWriteFile(ring, ref, data, 1, 0, 0, 1, 0), CO_E_NOT_SUPPORTED);
    GIVES(BuildIoRingReadFile(ring, ref, data, 1, 0, 1, 1), CO_E_NOT_SUPPORTED);
    GIVES(BuildIoRingReadFile(ring, ref, data, 1, 0, 1, 2), IORING_E_REQUIRED_FLAG_NOT_SUPPORTED);
    GIVES(SubmitIoRing(ring, 1, 10, &submitted), E_INVALIDARG);
    GIVES(submitted, 0);
    GIVES(PopIoRingCompletion(ring, NULL), E_INVALIDARG);
    GIVES(PopIoRingCompletion(ring, &cqe), S_FALSE);
    GIVES(GetIoRingInfo(ring, NULL), E_INVALIDARG);
    GIVES(SetIoRingCompletionEvent(ring, file), E_INVALIDARG);
    GIVES(SetIoRingCompletionEvent(ring, event), E_ACCESSDENIED);
    GIVES(CloseIoRing(ring), S_OK);
    GIVES(CloseIoRing(ring), E_HANDLE);
    GIVES(SubmitIoRing(ring, 0, 0, NULL), E_HANDLE);
    CloseHandle(event);
    CloseHandle(file);
}

Test(documented, ring_services)
{
    NT_IORING_STRUCTV1 wanted = {IORING_VERSION_3, 4, 8, {0, 0}};
    HANDLE ring, event = CreateEventW(NULL, TRUE, FALSE, NULL);
    NT_IORING_INFO info;

    GIVES(NtCreateIoRing(&ring, 19, &wanted, sizeof info, &info), STATUS_INFO_LENGTH_MISMATCH);
    GIVES(NtCreateIoRing(&ring, 20, &wanted, 0x2F, &info), STATUS_INFO_LENGTH_MISMATCH);
    GIVES(NtCreateIoRing(&ring, 20, NULL, sizeof info, &info), STATUS_ACCESS_VIOLATION);
    GIVES(NtCreateIoRing(&ring, 20, &wanted, sizeof info, &info), STATUS_SUCCESS);
    GIVES(NtSubmitIoRing(ring, 1, 0, NULL), STATUS_INVALID_PARAMETER);
    GIVES(NtSubmitIoRing(event, 0, 0, NULL), STATUS_OBJECT_TYPE_MISMATCH);
    GIVES(NtSubmitIoRing(ring, 0, 1, NULL), STATUS_INVALID_PARAMETER);
    GIVES(NtSubmitIoRing(ring, 0, 0, (void *)8), STATUS_ACCESS_VIOLATION);
    GIVES(NtSetInformationIoRing(ring, 2, 8, &event), STATUS_INVALID_INFO_CLASS);
    GIVES(NtSetInformationIoRing(ring, 1, 4, &event), STATUS_INFO_LENGTH_MISMATCH);
    GIVES(NtSetInformationIoRing(ring, 1, 8, &ring), STATUS_OBJECT_TYPE_MISMATCH);
    GIVES(NtSetInformationIoRing(ring, 1, 8, NULL), STATUS_ACCESS_VIOLATION);
    GIVES(NtQueryIoRingCapabilities(19, buffer), STATUS_INFO_LENGTH_MISMATCH);
    GIVES(WaitForSingleObject(ring, 0), WAIT_FAILED);
    GIVES(GetLastError(), ERROR_ACCESS_DENIED);
    info.SubmissionQueue->Tail += 5;
    GIVES(NtSubmitIoRing(ring, 0, 0, NULL), STATUS_IORING_CORRUPT);
    GIVES(NtClose(ring), STATUS_SUCCESS);
    GIVES(NtClose(ring), STATUS_INVALID_HANDLE);
    CloseHandle(event);
}

Test(documented, services)
{
    HANDLE file = temp_open(path, 0), event = CreateEventW(NULL, TRUE, FALSE, NULL), other;
    LARGE_INTEGER zero = {.QuadPart = 0};
    IO_STATUS_BLOCK iosb;

    GIVES(NtCreateFile(&other, GENERIC_READ, NULL, &iosb, NULL, 0, 7, FILE_OPEN, 0, NULL, 0),
          STATUS_ACCESS_VIOLATION);
    GIVES(NtReadFile(file, NULL, NULL, NULL, NULL, buffer, 1, &zero, NULL),
          STATUS_ACCESS_VIOLATION);
    GIVES(NtReadFile(event, NULL, NULL, NULL, &iosb, buffer, 1, &zero, NULL),
          STATUS_OBJECT_TYPE_MISMATCH);
    GIVES(NtReadFileScatter(file, NULL, NULL, NULL, &iosb, NULL, 0, &zero, NULL),
          STATUS_ACCESS_VIOLATION);
    GIVES(NtFlushBuffersFileEx(file, 8, NULL, 0, &iosb), STATUS_INVALID_PARAMETER);
    GIVES(NtFlushBuffersFileEx(file, 7, NULL, 0, &iosb), STATUS_SUCCESS);
    GIVES(NtCancelIoFile(file, &iosb), STATUS_SUCCESS);
    GIVES(NtCancelIoFileEx(file, NULL, &iosb), STATUS_NOT_FOUND);
    GIVES(NtFsControlFile(file, NULL, NULL, NULL, &iosb, 0x90000, NULL, 0, NULL, 0),
          STATUS_INVALID_DEVICE_REQUEST);
    GIVES(NtFsControlFile(file, NULL, NULL, NULL, &iosb, FSCTL_PIPE_WAIT, NULL, 0, NULL, 0),
          STATUS_ILLEGAL_FUNCTION);
    GIVES(NtDeviceIoControlFile(event, NULL, NULL, NULL, &iosb, 1, NULL, 0, NULL, 0),
          STATUS_OBJECT_TYPE_MISMATCH);
    GIVES(NtQueryEvent(event, EventBasicInformation, buffer, 4, NULL), STATUS_INFO_LENGTH_MISMATCH);
    GIVES(NtQueryInformationFile(file, &iosb, buffer, 64, 200), STATUS_INVALID_INFO_CLASS);
    GIVES(NtQueryInformationFile(file, &iosb, buffer, 64, FilePipeInformation),
          STATUS_INVALID_PARAMETER);
    GIVES(NtWaitForMultipleObjects(0, &event, WaitAny, 0, &zero), STATUS_INVALID_PARAMETER_1);
    GIVES(NtWaitForMultipleObjects(1, &event, 7, 0, &zero), STATUS_INVALID_PARAMETER_3);
    GIVES(NtDelayExecution(0, NULL), STATUS_ACCESS_VIOLATION);
    GIVES(NtDuplicateObject(event, event, GetCurrentProcess(), &other, 0, 0, 0),
          STATUS_OBJECT_TYPE_MISMATCH);
    GIVES(NtDuplicateObject(GetCurrentProcess(), event, GetCurrentProcess(), &other, 0, 0, 8),
          STATUS_INVALID_PARAMETER);
    GIVES(NtSetIoCompletion(event, NULL, NULL, 0, 0), STATUS_OBJECT_TYPE_MISMATCH);
    GIVES(RtlNtStatusToDosError(0x12345), ERROR_MR_MID_NOT_FOUND);
    GIVES(RtlNtStatusToDosError((NTSTATUS)0xC0070026), ERROR_HANDLE_EOF);
    CloseHandle(event);
    CloseHandle(file);
}

Test(documented, adopted_descriptors)
{
    int ends[2];
    HANDLE socket;

    INVALID(ringer_adopt_fd(9999, GENERIC_READ, 0), ERROR_INVALID_HANDLE);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    socket = ringer_adopt_fd(ends[0], GENERIC_READ, FILE_FLAG_OVERLAPPED);
    FAILS(GetFileType(socket), ERROR_SUCCESS);
    cr_assert_eq(ringer_handle_fd(socket), ends[0]);
    OK(CloseHandle(socket));
    GIVES(ringer_handle_fd(socket), -1);
    GIVES(GetLastError(), ERROR_INVALID_HANDLE);
    close(ends[1]);
}

/* SPDX-License-Identifier: MIT */
/*
 * The call graph, hooks.md HK-13: every exported function has a counting hook, each caller of the
 * table is called, and the services that were reached are those of its rows: none missing, none more.
 */
#include "hooks/tests/hook_test.h"

#include <ioringapi.h>

static struct ringer_export rows[HOOK_TEST_DETOURS];
static size_t row_count;
/* seen[caller][callee]: in some call of the caller, the callee's hook was passed. */
static bool seen[HOOK_TEST_DETOURS][HOOK_TEST_DETOURS], called[HOOK_TEST_DETOURS];
static uint32_t profile = RINGER_GRAPH_WIN11;

static size_t row_of(const char *name)
{
    for (size_t i = 0; i < row_count; i++)
        if (!strcmp(rows[i].name, name))
            return i;
    cr_assert(false, "%s is not exported", name);
    return 0;
}

static NTSTATUS(NTAPI *next_wait)(HANDLE, BOOLEAN, PLARGE_INTEGER);
static void (*on_wait)(void);
static bool elsewhere, pending;

/* What the wait is for happens as soon as somebody waits, and not before. */
static NTSTATUS NTAPI helping_wait(HANDLE handle, BOOLEAN alertable, PLARGE_INTEGER timeout)
{
    void (*help)(void) = on_wait;

    if (pending)
        return STATUS_SUCCESS;
    on_wait = NULL;
    if (help) {
        hook_test_counting = 0;
        help();
        hook_test_counting = 1;
    }
    return next_wait(handle, alertable, timeout);
}

/* Below the counters: services that answer what leads their callers on to others. */
static NTSTATUS(NTAPI *next_set)(HANDLE, PIO_STATUS_BLOCK, PVOID, ULONG, FILE_INFORMATION_CLASS);
static NTSTATUS(NTAPI *next_list)(HANDLE, HANDLE, PIO_APC_ROUTINE, PVOID, PIO_STATUS_BLOCK, PVOID, ULONG,
                                  FILE_INFORMATION_CLASS, BOOLEAN, PUNICODE_STRING, BOOLEAN);

static NTSTATUS NTAPI set_elsewhere(HANDLE file, PIO_STATUS_BLOCK iosb, PVOID info, ULONG nbytes,
                                    FILE_INFORMATION_CLASS class)
{
    if (!elsewhere)
        return next_set(file, iosb, info, nbytes, class);
    elsewhere = false;
    return STATUS_NOT_SAME_DEVICE;
}

static NTSTATUS NTAPI list_later(HANDLE file, HANDLE event, PIO_APC_ROUTINE apc, PVOID context,
                                 PIO_STATUS_BLOCK iosb, PVOID info, ULONG nbytes,
                                 FILE_INFORMATION_CLASS class, BOOLEAN single, PUNICODE_STRING name,
                                 BOOLEAN restart)
{
    NTSTATUS status = next_list(file, event, apc, context, iosb, info, nbytes, class, single, name, restart);

    return pending ? STATUS_PENDING : status;
}

static void help_callers(void)
{
    cr_assert_eq(ringer_hook_attach((void *)NtWaitForSingleObject, (void *)helping_wait,
                                    (void **)&next_wait, NULL), 0);
    cr_assert_eq(ringer_hook_attach((void *)NtSetInformationFile, (void *)set_elsewhere,
                                    (void **)&next_set, NULL), 0);
    cr_assert_eq(ringer_hook_attach((void *)NtQueryDirectoryFile, (void *)list_later,
                                    (void **)&next_list, NULL), 0);
}

static void start_counting(void)
{
    const char *name = getenv("RINGER_PROFILE");

    if (name && !strcmp(name, "win10"))
        profile = RINGER_GRAPH_WIN10;
    else if (name && !strcmp(name, "wine"))
        profile = RINGER_GRAPH_WINE;
    help_callers();
    for (; ringer_export_info(row_count, &rows[row_count]); row_count++)
        cr_assert_eq(ringer_hook_attach(rows[row_count].function, hook_test_counters[row_count],
                                        &hook_test_next[row_count], NULL), 0);
    hook_test_counting = 1;
}

static void forget_counts(void)
{
    for (size_t i = 0; i < row_count; i++)
        atomic_store(&hook_test_counts[i], 0);
}

static void note(const char *name)
{
    size_t caller = row_of(name);

    called[caller] = true;
    for (size_t i = 0; i < row_count; i++)
        if (i != caller && atomic_load(&hook_test_counts[i]) && strncmp(rows[i].name, "Rtl", 3))
            seen[caller][i] = true;
}

/* Arguments must call nothing that is exported. */
#define SEE(function, ...)                                                                         \
    do {                                                                                           \
        forget_counts();                                                                           \
        (void)function(__VA_ARGS__);                                                               \
        note(#function);                                                                           \
    } while (0)
#define SEE_HANDLE(handle, function, ...)                                                          \
    do {                                                                                           \
        forget_counts();                                                                           \
        (handle) = function(__VA_ARGS__);                                                          \
        note(#function);                                                                           \
    } while (0)

static WCHAR folder[MAX_PATH], path[MAX_PATH + 16], other[MAX_PATH + 16];
static char folder_a[MAX_PATH], path_a[MAX_PATH + 16], other_a[MAX_PATH + 16];

static void join(WCHAR *out, const WCHAR *name)
{
    size_t n = 0;

    while ((out[n] = folder[n]))
        n++;
    out[n++] = u'\\';
    while ((out[n++] = *name++))
        ;
}

static void make_folder(void)
{
    WCHAR base[MAX_PATH];

    OK(GetTempPathW(MAX_PATH, base));
    OK(GetTempFileNameW(base, u"grp", 0, folder));
    OK(DeleteFileW(folder));
    OK(CreateDirectoryW(folder, NULL));
    join(path, u"a.bin");
    join(other, u"b.bin");
    OK(WideCharToMultiByte(CP_ACP, 0, folder, -1, folder_a, sizeof folder_a, NULL, NULL));
    OK(WideCharToMultiByte(CP_ACP, 0, path, -1, path_a, sizeof path_a, NULL, NULL));
    OK(WideCharToMultiByte(CP_ACP, 0, other, -1, other_a, sizeof other_a, NULL, NULL));
}

#define RW (GENERIC_READ | GENERIC_WRITE | DELETE)
#define SHARE (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static HANDLE open_path(DWORD flags)
{
    HANDLE file = CreateFileW(path, RW, SHARE, NULL, OPEN_ALWAYS, flags, NULL);

    cr_assert_neq(file, INVALID_HANDLE_VALUE, "error %u", GetLastError());
    return file;
}

static void see_opening(void)
{
    CREATEFILE2_EXTENDED_PARAMETERS more = {.dwSize = sizeof more};
    HANDLE file, again;

    SEE_HANDLE(file, CreateFileW, path, RW, SHARE, NULL, CREATE_ALWAYS, 0, NULL);
    SEE(CloseHandle, file);
    SEE_HANDLE(file, CreateFileA, path_a, RW, SHARE, NULL, OPEN_EXISTING, 0, NULL);
    CloseHandle(file);
    SEE_HANDLE(file, CreateFile2, path, RW, SHARE, OPEN_EXISTING, &more);
    SEE_HANDLE(again, ReOpenFile, file, GENERIC_READ, SHARE, 0);
    CloseHandle(again);
    CloseHandle(file);
    SEE(CreateFileW, other, RW, SHARE, NULL, OPEN_EXISTING, 0, NULL); /* not there */
}

static void WINAPI nothing_done(DWORD error, DWORD count, LPOVERLAPPED overlapped)
{
}

static void WINAPI nothing(ULONG_PTR data)
{
}

static void see_reading(void)
{
    static char buffer[8192] __attribute__((aligned(4096)));
    FILE_SEGMENT_ELEMENT segments[2] = {{.Buffer = buffer}, {0}};
    OVERLAPPED overlapped = {0};
    DWORD count;
    HANDLE file = open_path(0), direct;

    SEE(WriteFile, file, buffer, sizeof buffer, &count, NULL);
    SEE(FlushFileBuffers, file);
    SEE(ReadFile, file, buffer, 10, &count, NULL);
    CloseHandle(file);
    direct = open_path(FILE_FLAG_OVERLAPPED | FILE_FLAG_NO_BUFFERING);
    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    SetLastError(0);
    SEE(WriteFileGather, direct, segments, 4096, NULL, &overlapped);
    if (GetLastError() == ERROR_IO_PENDING)
        GetOverlappedResult(direct, &overlapped, &count, TRUE);
    SetLastError(0);
    SEE(ReadFileScatter, direct, segments, 4096, NULL, &overlapped);
    if (GetLastError() == ERROR_IO_PENDING)
        GetOverlappedResult(direct, &overlapped, &count, TRUE);
    CloseHandle(overlapped.hEvent);
    CloseHandle(direct);
    file = open_path(FILE_FLAG_OVERLAPPED);
    SEE(WriteFileEx, file, buffer, 10, &overlapped, nothing_done);
    SleepEx(INFINITE, TRUE);
    SEE(ReadFileEx, file, buffer, 10, &overlapped, nothing_done);
    SleepEx(INFINITE, TRUE);
    CloseHandle(file);
}

static void see_information(void)
{
    HANDLE file = open_path(0);
    BY_HANDLE_FILE_INFORMATION by_handle;
    FILE_BASIC_INFO basic;
    FILE_STORAGE_INFO storage;
    LARGE_INTEGER zero = {0}, size;
    FILETIME time;
    WCHAR name[MAX_PATH];
    char name_a[MAX_PATH];
    DWORD number;

    SEE(GetFileSizeEx, file, &size);
    SEE(GetFileSize, file, NULL);
    SEE(GetFileType, file);
    SEE(GetFileTime, file, &time, NULL, NULL);
    SEE(GetFileInformationByHandle, file, &by_handle);
    SEE(GetFileInformationByHandleEx, file, FileBasicInfo, &basic, sizeof basic);
    SEE(SetFileInformationByHandle, file, FileBasicInfo, &basic, sizeof basic);
    SEE(GetFileInformationByHandleEx, file, FileStorageInfo, &storage, sizeof storage);
    SEE(SetFilePointerEx, file, zero, NULL, FILE_BEGIN);
    SEE(SetFilePointerEx, file, zero, NULL, FILE_END);
    SEE(SetFilePointerEx, file, zero, NULL, FILE_CURRENT);
    SEE(SetFilePointer, file, 0, NULL, FILE_END);
    SEE(SetEndOfFile, file);
    SEE(SetFileValidData, file, 0);
    SEE(GetFinalPathNameByHandleW, file, name, MAX_PATH, 0);
    SEE(GetFinalPathNameByHandleA, file, name_a, MAX_PATH, 0);
    SEE(SetFileCompletionNotificationModes, file, FILE_SKIP_SET_EVENT_ON_HANDLE);
    SEE(GetHandleInformation, file, &number);
    SEE(SetHandleInformation, file, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    SEE(SetHandleInformation, file, HANDLE_FLAG_INHERIT, 0);
    SEE(DeviceIoControl, file, 0x00090028, NULL, 0, NULL, 0, &number, NULL);
    SEE(DeviceIoControl, file, 0x00070000, NULL, 0, NULL, 0, &number, NULL);
    CloseHandle(file);
}

static void see_names(void)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    WCHAR name[MAX_PATH], before[MAX_PATH];
    char name_a[MAX_PATH];
    DWORD a, b, c, d;

    SEE(GetFileAttributesW, path);
    SEE(GetFileAttributesA, path_a);
    SEE(GetFileAttributesExW, path, GetFileExInfoStandard, &data);
    SEE(GetFileAttributesExA, path_a, GetFileExInfoStandard, &data);
    SEE(SetFileAttributesW, path, FILE_ATTRIBUTE_NORMAL);
    SEE(SetFileAttributesA, path_a, FILE_ATTRIBUTE_NORMAL);
    SEE(GetDiskFreeSpaceW, folder, &a, &b, &c, &d);
    for (int away = 0; away < 2; away++) {
        elsewhere = away != 0;
        SEE(MoveFileExW, path, other, MOVEFILE_COPY_ALLOWED);
        elsewhere = away != 0;
        SEE(MoveFileExA, other_a, path_a, MOVEFILE_COPY_ALLOWED);
        elsewhere = away != 0;
        SEE(MoveFileW, path, other);
        elsewhere = away != 0;
        SEE(MoveFileA, other_a, path_a);
    }
    SEE(DeleteFileW, path);
    CloseHandle(open_path(0));
    SEE(DeleteFileA, path_a);
    SEE(CreateDirectoryW, path, NULL);
    SEE(RemoveDirectoryW, path);
    SEE(CreateDirectoryA, path_a, NULL);
    SEE(RemoveDirectoryA, path_a);
    SEE(GetTempFileNameW, folder, u"t", 0, name);
    OK(DeleteFileW(name));
    SEE(GetTempFileNameA, folder_a, "t", 0, name_a);
    OK(DeleteFileA(name_a));
    OK(GetCurrentDirectoryW(MAX_PATH, before));
    SEE(SetCurrentDirectoryW, folder);
    SEE(SetCurrentDirectoryA, folder_a);
    OK(SetCurrentDirectoryW(before));
}

static void see_directories(void)
{
    char buffer[1024] __attribute__((aligned(8)));
    WCHAR pattern[MAX_PATH];
    char pattern_a[MAX_PATH + 16];
    IO_STATUS_BLOCK iosb;
    WIN32_FIND_DATAW data;
    WIN32_FIND_DATAA data_a;
    HANDLE find, directory;

    join(pattern, u"*");
    snprintf(pattern_a, sizeof pattern_a, "%s\\*", folder_a);
    SEE_HANDLE(find, FindFirstFileW, pattern, &data);
    while (GetLastError() != ERROR_NO_MORE_FILES) {
        SetLastError(0);
        SEE(FindNextFileW, find, &data);
    }
    SEE(FindClose, find);
    SEE_HANDLE(find, FindFirstFileA, pattern_a, &data_a);
    SEE(FindNextFileA, find, &data_a);
    do
        SetLastError(0);
    while (FindNextFileA(find, &data_a));
    SEE(FindNextFileA, find, &data_a);
    FindClose(find);
    SEE_HANDLE(find, FindFirstFileExW, pattern, FindExInfoBasic, &data, FindExSearchNameMatch, NULL, 0);
    FindClose(find);
    SEE_HANDLE(find, FindFirstFileExA, pattern_a, FindExInfoBasic, &data_a, FindExSearchNameMatch, NULL, 0);
    FindClose(find);
    join(pattern, u"no-such-*");
    SEE(FindFirstFileW, pattern, &data);
    snprintf(pattern_a, sizeof pattern_a, "%s\\no-such-*", folder_a);
    SEE(FindFirstFileA, pattern_a, &data_a);
    SEE(FindFirstFileExW, pattern, FindExInfoBasic, &data, FindExSearchNameMatch, NULL, 0);
    SEE(FindFirstFileExA, pattern_a, FindExInfoBasic, &data_a, FindExSearchNameMatch, NULL, 0);
    directory = CreateFileW(folder, GENERIC_READ, SHARE, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS,
                            NULL);
    SEE(NtQueryDirectoryFile, directory, NULL, NULL, NULL, &iosb, buffer, sizeof buffer,
        FileNamesInformation, FALSE, NULL, TRUE);
    SEE(GetFileInformationByHandleEx, directory, FileIdBothDirectoryRestartInfo, buffer, sizeof buffer);
    pending = true;
    SEE(GetFileInformationByHandleEx, directory, FileIdBothDirectoryRestartInfo, buffer, sizeof buffer);
    pending = false;
    CloseHandle(directory);
}

static DWORD WINAPI do_nothing(LPVOID unused)
{
    return 0;
}

static void see_objects(void)
{
    HANDLE process = GetCurrentProcess(), self = GetCurrentThread(), event, again, thread, none;
    HANDLE both[2];

    SEE_HANDLE(event, CreateEventW, NULL, TRUE, TRUE, NULL);
    SEE(DuplicateHandle, process, event, process, &again, 0, FALSE, DUPLICATE_SAME_ACCESS);
    SEE(CompareObjectHandles, event, event);
    SEE(SetEvent, event);
    SEE(ResetEvent, event);
    SetEvent(event);
    SEE(WaitForSingleObject, event, 0);
    SEE(WaitForSingleObjectEx, event, 0, FALSE);
    both[0] = event;
    both[1] = again;
    SEE(WaitForMultipleObjects, 2, both, FALSE, 0);
    SEE(WaitForMultipleObjectsEx, 2, both, FALSE, 0, FALSE);
    SEE(SignalObjectAndWait, event, event, 0, FALSE);
    SEE_HANDLE(none, CreateEventA, NULL, TRUE, TRUE, NULL);
    CloseHandle(none);
    SEE_HANDLE(none, CreateEventExW, NULL, NULL, 0, EVENT_ALL_ACCESS);
    CloseHandle(none);
    SEE_HANDLE(none, CreateEventExA, NULL, NULL, 0, EVENT_ALL_ACCESS);
    CloseHandle(none);
    SEE(OpenEventW, SYNCHRONIZE, FALSE, u"ringer-graph-no-such-event");
    SEE(Sleep, 1);
    SEE(SleepEx, 1, FALSE);
    SEE(QueueUserAPC, nothing, self, 0);
    SEE(SleepEx, INFINITE, TRUE);
    SEE_HANDLE(thread, CreateThread, NULL, 0, do_nothing, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CloseHandle(event);
    CloseHandle(again);
}

static void see_ports(void)
{
    HANDLE file = open_path(FILE_FLAG_OVERLAPPED), port;
    OVERLAPPED_ENTRY entry;
    OVERLAPPED overlapped = {0}, *packet;
    ULONG_PTR key;
    DWORD count;

    SEE_HANDLE(port, CreateIoCompletionPort, file, NULL, 1, 1);
    SEE(CreateIoCompletionPort, file, port, 2, 1); /* a second time: refused */
    SEE(CreateIoCompletionPort, file, NULL, 2, 1); /* and the new port goes again */
    SEE(PostQueuedCompletionStatus, port, 1, 2, &overlapped);
    SEE(GetQueuedCompletionStatus, port, &count, &key, &packet, 0);
    SEE(GetQueuedCompletionStatusEx, port, &entry, 1, &count, 0, FALSE);
    SEE(CancelIo, file);
    SEE(CancelIoEx, file, NULL);
    CloseHandle(file);
    CloseHandle(port);
}

#define PIPE_NAME "\\\\.\\pipe\\ringer-graph"
static HANDLE server, client;
static char big[65536], drain[sizeof big];
static const char pipe_name[] = PIPE_NAME;

static void connect_client(void)
{
    client = CreateFileA(pipe_name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
}

static void write_some(void)
{
    DWORD count;

    WriteFile(client, "later", 5, &count, NULL);
}

static void read_all(void)
{
    for (DWORD done = 0, count; done < sizeof big; done += count)
        if (!ReadFile(client, drain, sizeof drain, &count, NULL))
            return;
}

#define SEE_WAIT(help, function, ...)                                                              \
    do {                                                                                           \
        on_wait = (help);                                                                          \
        SEE(function, __VA_ARGS__);                                                                \
    } while (0)

/* Overlapped handles without an OVERLAPPED: the caller waits on the handle. */
static void see_waits(void)
{
    OVERLAPPED overlapped = {0};
    DWORD count;

    server = CreateNamedPipeA(pipe_name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_WAIT, 2, 4096,
                              4096, 0, NULL);
    SEE_WAIT(connect_client, ConnectNamedPipe, server, NULL);
    SEE_WAIT(write_some, ReadFile, server, drain, sizeof drain, &count, NULL);
    SEE_WAIT(read_all, WriteFile, server, big, sizeof big, &count, NULL);
    ReadFile(server, drain, sizeof drain, NULL, &overlapped);
    SEE_WAIT(write_some, GetOverlappedResult, server, &overlapped, &count, TRUE);
    overlapped = (OVERLAPPED){0};
    ReadFile(server, drain, sizeof drain, NULL, &overlapped);
    SEE_WAIT(write_some, GetOverlappedResultEx, server, &overlapped, &count, 60000, FALSE);
    DisconnectNamedPipe(server);
    CloseHandle(client);
    SEE_WAIT(connect_client, DeviceIoControl, server, 0x00110008, NULL, 0, NULL, 0, &count, NULL);
    CloseHandle(client);
    CloseHandle(server);
}

static void see_pipes(void)
{
    static const WCHAR name[] = u"" PIPE_NAME;
    DWORD number, mode = PIPE_READMODE_BYTE;
    HANDLE reader, writer;

    SEE(CreatePipe, &reader, &writer, NULL, 0);
    SEE(PeekNamedPipe, reader, NULL, 0, NULL, &number, NULL);
    SEE(GetNamedPipeInfo, reader, &number, NULL, NULL, NULL);
    CloseHandle(reader);
    CloseHandle(writer);
    SEE_HANDLE(server, CreateNamedPipeW, name, PIPE_ACCESS_DUPLEX, PIPE_WAIT, 2, 4096, 4096, 0, NULL);
    CloseHandle(server);
    SEE_HANDLE(server, CreateNamedPipeA, pipe_name, PIPE_ACCESS_DUPLEX, PIPE_WAIT, 2,
               4096, 4096, 0, NULL);
    SEE(WaitNamedPipeW, name, 1);
    SEE(WaitNamedPipeA, pipe_name, 1);
    client = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    SEE(ConnectNamedPipe, server, NULL);
    SEE(SetNamedPipeHandleState, client, &mode, NULL, NULL);
    SEE(DisconnectNamedPipe, server);
    CloseHandle(client);
    CloseHandle(server);
}

static void see_mappings(void)
{
    HANDLE file, section;
    DWORD count;
    void *view;

    file = open_path(0);
    OK(WriteFile(file, "bytes", 5, &count, NULL));
    SEE_HANDLE(section, CreateFileMappingA, file, NULL, PAGE_READWRITE, 0, 0, NULL);
    CloseHandle(section);
    SEE_HANDLE(section, CreateFileMappingW, file, NULL, PAGE_READWRITE, 0, 0, NULL);
    SEE_HANDLE(view, MapViewOfFile, section, FILE_MAP_WRITE, 0, 0, 0);
    SEE(FlushViewOfFile, view, 0);
    SEE(UnmapViewOfFile, view);
    SEE_HANDLE(view, MapViewOfFileEx, section, FILE_MAP_READ, 0, 0, 0, NULL);
    UnmapViewOfFile(view);
    CloseHandle(section);
    CloseHandle(file);
}

static void see_memory(void)
{
    HANDLE process = GetCurrentProcess();
    MEMORY_BASIC_INFORMATION info;
    DWORD before;
    void *memory;

    SEE_HANDLE(memory, VirtualAlloc, NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    SEE(VirtualProtect, memory, 4096, PAGE_READONLY, &before);
    SEE(VirtualQuery, memory, &info, sizeof info);
    SEE(VirtualFree, memory, 0, MEM_RELEASE);
    SEE_HANDLE(memory, VirtualAllocEx, process, NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    VirtualFree(memory, 0, MEM_RELEASE);
}

static void see_rings(void)
{
    IORING_CREATE_FLAGS flags = {0};
    IORING_CAPABILITIES capabilities;
    static char buffer[64];
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL), file = open_path(0);
    IORING_HANDLE_REF reference = IoRingHandleRefFromHandle(file);
    IORING_BUFFER_REF to = IoRingBufferRefFromPointer(buffer);
    IORING_INFO info;
    IORING_CQE cqe;
    HIORING ring;

    SEE(QueryIoRingCapabilities, &capabilities);
    SEE(CreateIoRing, IORING_VERSION_3, flags, 8, 8, &ring);
    SEE(SetIoRingCompletionEvent, ring, event);
    SEE(GetIoRingInfo, ring, &info);
    SEE(IsIoRingOpSupported, ring, IORING_OP_READ);
    SEE(BuildIoRingReadFile, ring, reference, to, sizeof buffer, 0, 1, IOSQE_FLAGS_NONE);
    SEE(SubmitIoRing, ring, 1, INFINITE, NULL);
    SEE(PopIoRingCompletion, ring, &cqe);
    SEE(PopIoRingCompletion, ring, &cqe);
    SEE(BuildIoRingRegisterFileHandles, ring, 1, &file, 2);
    SEE(BuildIoRingCancelRequest, ring, reference, 0, 3);
    SEE(CloseIoRing, ring);
    CloseHandle(file);
    CloseHandle(event);
}

/* callee is reached from caller by rows of the table, over others of ntdll perhaps. */
static bool is_declared(size_t caller, size_t callee, int depth)
{
    struct ringer_hook_edge edge;

    for (size_t i = 0; ringer_hook_edge(i, &edge); i++) {
        if (!(edge.profiles & profile) || strcmp(edge.caller, rows[caller].name))
            continue;
        if (!strcmp(edge.callee, rows[callee].name) ||
            (depth && is_declared(row_of(edge.callee), callee, depth - 1)))
            return true;
    }
    return false;
}

/* Its answer is kept for the life of the process: only the first of its two callers reaches it. */
static bool is_kept(const struct ringer_hook_edge *edge)
{
    return !strcmp(edge->caller, "CreateIoRing") && !strcmp(edge->callee, "NtQueryIoRingCapabilities");
}

Test(graph, capabilities_are_asked_for_by_the_first_ring)
{
    IORING_CREATE_FLAGS flags = {0};
    HIORING ring;

    if (!hook_test_answers[0])
        cr_skip_test("no assembly for this processor");
    start_counting();
    if (profile != RINGER_GRAPH_WIN11)
        return;
    SEE(CreateIoRing, IORING_VERSION_3, flags, 8, 8, &ring);
    cr_assert(seen[row_of("CreateIoRing")][row_of("NtQueryIoRingCapabilities")]);
    CloseIoRing(ring);
}

Test(graph, every_edge_and_no_other, .timeout = 120)
{
    struct ringer_hook_edge edge;
    size_t wrong = 0;

    if (!hook_test_answers[0])
        cr_skip_test("no assembly for this processor");
    make_folder();
    start_counting();
    see_opening();
    see_reading();
    see_information();
    see_directories();
    see_names();
    see_objects();
    see_ports();
    see_pipes();
    see_waits();
    see_mappings();
    see_memory();
    if (profile == RINGER_GRAPH_WIN11)
        see_rings();
    DeleteFileW(path);
    OK(RemoveDirectoryW(folder));
    for (size_t i = 0; ringer_hook_edge(i, &edge); i++) {
        if (!strncmp(edge.caller_module, "dstorage", 8)) /* test_graph_dstorage.c */
            continue;
        if (edge.profiles & profile && !is_kept(&edge) && !seen[row_of(edge.caller)][row_of(edge.callee)]) {
            fprintf(stderr, "%s does not reach %s\n", edge.caller, edge.callee);
            wrong++;
        }
    }
    for (size_t a = 0; a < row_count; a++) {
        for (size_t b = 0; b < row_count; b++) {
            if (!seen[a][b] || is_declared(a, b, 2))
                continue;
            fprintf(stderr, "%s reaches %s, which no row says\n", rows[a].name, rows[b].name);
            wrong++;
        }
    }
    cr_assert_eq(wrong, 0, "%zu edges are wrong", wrong);
}

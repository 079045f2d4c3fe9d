/* SPDX-License-Identifier: MIT */
/* Asynchronous procedure calls: queued by programs and by I/O, made in alertable waits and nowhere else. */
#include "api/tests/win32.h"

#include <stdatomic.h>

#define PAGE 4096u

static char order[64];
static size_t calls;

static void WINAPI note(ULONG_PTR letter)
{
    order[calls++] = (char)letter;
}

static void queue(const char *letters)
{
    for (; *letters; letters++)
        OK(QueueUserAPC(note, GetCurrentThread(), (ULONG_PTR)*letters));
}

static void made(const char *letters)
{
    cr_assert_str_eq(order, letters);
    memset(order, 0, sizeof order);
    calls = 0;
}

Test(apc, only_alertable_waits_make_them_all_in_order)
{
    HANDLE set = CreateEventW(NULL, TRUE, TRUE, NULL),
           unset = CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE both[2] = {unset, set};

    queue("abc");
    cr_assert_eq(WaitForSingleObject(unset, 0), WAIT_TIMEOUT);
    Sleep(1);
    cr_assert_eq(SleepEx(0, FALSE), 0);
    made("");
    cr_assert_eq(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    made("abc");
    cr_assert_eq(SleepEx(0, TRUE), 0);
    cr_assert_eq(SleepEx(1, TRUE), 0);

    queue("d");
    cr_assert_eq(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    made("d");
    queue("e");
    cr_assert_eq(WaitForSingleObjectEx(unset, 0, TRUE), WAIT_IO_COMPLETION);
    made("e");
    /* An object that is signalled comes first. */
    queue("f");
    cr_assert_eq(WaitForSingleObjectEx(set, INFINITE, TRUE), WAIT_OBJECT_0);
    cr_assert_eq(WaitForMultipleObjectsEx(2, both, FALSE, INFINITE, TRUE), WAIT_OBJECT_0 + 1);
    made("");
    cr_assert_eq(WaitForMultipleObjectsEx(2, both, TRUE, INFINITE, TRUE), WAIT_IO_COMPLETION);
    made("f");
    cr_assert_eq(NtTestAlert(), STATUS_SUCCESS);
    queue("g");
    cr_assert_eq(NtTestAlert(), STATUS_SUCCESS);
    made("g");
    CloseHandle(set);
    CloseHandle(unset);
}

static void WINAPI nested(ULONG_PTR letter)
{
    note(letter);
    cr_assert_eq(SleepEx(0, TRUE), letter == 'x' ? WAIT_IO_COMPLETION : 0);
    note(letter);
}

Test(apc, one_that_waits_has_the_others_made)
{
    OK(QueueUserAPC(nested, GetCurrentThread(), 'x'));
    OK(QueueUserAPC(note, GetCurrentThread(), 'y'));
    cr_assert_eq(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    made("xyx");
}

static HANDLE ready, go;
static _Atomic int reached;

static void WINAPI reach(ULONG_PTR by)
{
    atomic_fetch_add(&reached, (int)by);
}

static DWORD WINAPI sleeper(void *how)
{
    OVERLAPPED_ENTRY entry;
    ULONG n;
    DWORD result;

    if (how) {
        SetEvent(ready);
        SetLastError(0);
        result =
            GetQueuedCompletionStatusEx(how, &entry, 1, &n, INFINITE, TRUE) ? 1 : GetLastError();
    } else {
        SetEvent(ready);
        result = WaitForSingleObjectEx(go, INFINITE, TRUE);
    }
    return result == WAIT_IO_COMPLETION ? (DWORD)atomic_load(&reached) : 1000;
}

Test(apc, a_sleeping_thread_is_woken)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), thread;
    HANDLE hows[] = {NULL, port};
    DWORD code;

    ready = CreateEventW(NULL, FALSE, FALSE, NULL);
    go = CreateEventW(NULL, TRUE, FALSE, NULL);
    for (int i = 0; i < 40; i++) {
        atomic_store(&reached, 0);
        thread = CreateThread(NULL, 0, sleeper, hows[i % 2], 0, NULL);
        WaitForSingleObject(ready, INFINITE);
        if (i % 4 > 1)
            Sleep(2); /* more often than not it sleeps already; either way is right */
        OK(QueueUserAPC(reach, thread, 7));
        cr_assert_eq(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
        OK(GetExitCodeThread(thread, &code));
        cr_assert_eq(code, 7);
        FAILS(QueueUserAPC(reach, thread, 1), ERROR_GEN_FAILURE); /* it has ended */
        CloseHandle(thread);
    }
    CloseHandle(port);
}

static DWORD WINAPI counted(void *unused)
{
    return (DWORD)atomic_load(&reached);
}

Test(apc, a_new_thread_makes_those_that_are_there)
{
    HANDLE thread = CreateThread(NULL, 0, counted, NULL, CREATE_SUSPENDED, NULL);
    DWORD code;

    OK(QueueUserAPC(reach, thread, 3));
    OK(QueueUserAPC(reach, thread, 2));
    ResumeThread(thread);
    WaitForSingleObject(thread, INFINITE);
    OK(GetExitCodeThread(thread, &code));
    cr_assert_eq(code, 5);
    CloseHandle(thread);
}

/* ---- I/O ---- */

static DWORD last_error, last_count;
static OVERLAPPED *last_overlapped;

static void WINAPI routine(DWORD error, DWORD count, LPOVERLAPPED overlapped)
{
    last_error = error;
    last_count = count;
    last_overlapped = overlapped;
    calls++;
}

static void NTAPI nt_routine(PVOID context, PIO_STATUS_BLOCK iosb, ULONG reserved)
{
    cr_assert(context == (PVOID)0x1234 && reserved == 0);
    last_error = (DWORD)iosb->Status;
    last_count = (DWORD)iosb->Information;
    calls++;
}

Test(apc, of_reads_and_writes)
{
    OVERLAPPED overlapped = {0}, at_end = {.Offset = 100};
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL), file;
    LARGE_INTEGER zero = {.QuadPart = 0}, far = {.QuadPart = 100};
    char bytes[16] = "";
    IO_STATUS_BLOCK iosb;
    WCHAR path[MAX_PATH];
    NTSTATUS status;

    file = temp_open(path, FILE_FLAG_OVERLAPPED);
    OK(WriteFileEx(file, "0123456789", 10, &overlapped, routine));
    cr_assert_eq(calls, 0); /* never inside the call */
    cr_assert_eq(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    cr_assert(calls == 1 && last_error == 0 && last_count == 10 && last_overlapped == &overlapped);

    overlapped.hEvent = (HANDLE)0x5555; /* [D] the program's own */
    overlapped.Offset = 5;
    OK(ReadFileEx(file, bytes, sizeof bytes, &overlapped, routine));
    while (WaitForSingleObjectEx(event, INFINITE, TRUE) != WAIT_IO_COMPLETION)
        ;
    cr_assert(calls == 2 && last_error == 0 && last_count == 5);
    cr_assert_eq(memcmp(bytes, "56789", 5), 0);
    cr_assert_eq(SleepEx(0, TRUE), 0); /* once */

    /* At the end of file: at once and nobody is called, or in the call. */
    SetLastError(0xDEAD);
    if (ReadFileEx(file, bytes, 4, &at_end, routine)) {
        cr_assert_eq(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
        cr_assert(calls == 3 && last_error == ERROR_HANDLE_EOF && last_count == 0);
    } else {
        cr_assert_eq(GetLastError(), ERROR_HANDLE_EOF);
        cr_assert_eq(SleepEx(0, TRUE), 0);
        cr_assert_eq(calls, 2);
    }
    FAILS(ReadFileEx(file, bytes, 4, NULL, routine), ERROR_INVALID_PARAMETER);
    FAILS(ReadFileEx((HANDLE)0x1234, bytes, 4, &at_end, routine), ERROR_INVALID_HANDLE);

    calls = 0;
    status = NtReadFile(file, event, nt_routine, (PVOID)0x1234, &iosb, bytes, 3, &zero, NULL);
    cr_assert(status == STATUS_SUCCESS || status == STATUS_PENDING);
    cr_assert_eq(WaitForSingleObject(event, INFINITE), WAIT_OBJECT_0);
    cr_assert_eq(calls, 0);
    cr_assert_eq(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    cr_assert(calls == 1 && last_error == 0 && last_count == 3);
    status = NtReadFile(file, NULL, nt_routine, (PVOID)0x1234, &iosb, bytes, 3, &far, NULL);
    if (status == STATUS_PENDING)
        cr_assert_eq(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    else
        cr_assert_eq(status, STATUS_END_OF_FILE);

    /* [D] A port and a routine are one too many. */
    cr_assert_not_null(CreateIoCompletionPort(file, NULL, 0, 0));
    cr_assert_eq(NtReadFile(file, NULL, nt_routine, (PVOID)0x1234, &iosb, bytes, 3, &zero, NULL),
                 STATUS_INVALID_PARAMETER);
    CloseHandle(event);
    CloseHandle(file);
}

Test(apc, wrong_arguments)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL), weak;

    FAILS(QueueUserAPC(NULL, GetCurrentThread(), 0), ERROR_INVALID_PARAMETER);
    FAILS(QueueUserAPC(note, event, 0), ERROR_INVALID_HANDLE);
    FAILS(QueueUserAPC(note, (HANDLE)0x1234, 0), ERROR_INVALID_HANDLE);
    OK(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &weak,
                       SYNCHRONIZE, FALSE, 0));
    FAILS(QueueUserAPC(note, weak, 0), ERROR_ACCESS_DENIED);
    cr_assert_eq(NtQueueApcThread(weak, NULL, NULL, NULL, NULL), STATUS_INVALID_PARAMETER);
    cr_assert_eq(NtDelayExecution(TRUE, (void *)64), STATUS_ACCESS_VIOLATION);
    cr_assert_eq(NtDelayExecution(FALSE, NULL), STATUS_ACCESS_VIOLATION);
    CloseHandle(weak);
    CloseHandle(event);
}

/* ---- segments ---- */

static DWORD finished(HANDLE file, OVERLAPPED *overlapped, BOOL started)
{
    DWORD n = 0;

    if (!started && GetLastError() != ERROR_IO_PENDING)
        return GetLastError();
    return GetOverlappedResult(file, overlapped, &n, TRUE) ? n : GetLastError();
}

Test(segments, pages_that_lie_apart)
{
    FILE_SEGMENT_ELEMENT *volatile unmapped = (void *)64;
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL), file, plain;
    char *memory = VirtualAlloc(NULL, 8 * PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    FILE_SEGMENT_ELEMENT out[4] = {{0}}, in[4] = {{0}}, bad[4] = {{0}};
    OVERLAPPED overlapped = {.hEvent = event}, at_end = {.Offset = 1 << 20, .hEvent = event};
    WCHAR path[MAX_PATH];

    for (int i = 0; i < 3; i++) {
        out[i].Alignment = (ULONGLONG)(ULONG_PTR)(memory + (size_t)i * PAGE);
        in[i].Alignment = (ULONGLONG)(ULONG_PTR)(memory + (size_t)(7 - i) * PAGE);
        memset(memory + (size_t)i * PAGE, 'a' + i, PAGE);
    }
    file = temp_open(path, FILE_FLAG_OVERLAPPED | FILE_FLAG_NO_BUFFERING);
    cr_assert_eq(
        finished(file, &overlapped, WriteFileGather(file, out, 3 * PAGE, NULL, &overlapped)),
        3 * PAGE);
    cr_assert_eq(
        finished(file, &overlapped, ReadFileScatter(file, in, 3 * PAGE, NULL, &overlapped)),
        3 * PAGE);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(memcmp(memory + (size_t)(7 - i) * PAGE, memory + (size_t)i * PAGE, PAGE), 0);
    /* Only what is asked for is written. */
    memset(memory + 6 * PAGE, 'z', PAGE);
    cr_assert_eq(finished(file, &overlapped, ReadFileScatter(file, in, PAGE, NULL, &overlapped)),
                 PAGE);
    cr_assert_eq(memory[6 * PAGE], 'z');
    cr_assert_eq(finished(file, &at_end, ReadFileScatter(file, in, PAGE, NULL, &at_end)),
                 ERROR_HANDLE_EOF);
    cr_assert_eq(finished(file, &overlapped, ReadFileScatter(file, in, 0, NULL, &overlapped)), 0);

    bad[0].Alignment = in[0].Alignment + 8;
    cr_assert_eq(finished(file, &overlapped, ReadFileScatter(file, bad, PAGE, NULL, &overlapped)),
                 ERROR_INVALID_PARAMETER);
    bad[0].Alignment = 4096; /* nobody's */
    cr_assert_eq(finished(file, &overlapped, ReadFileScatter(file, bad, PAGE, NULL, &overlapped)),
                 ERROR_NOACCESS);
    cr_assert_eq(
        finished(file, &overlapped, ReadFileScatter(file, unmapped, PAGE, NULL, &overlapped)),
        ERROR_NOACCESS);
    FAILS(ReadFileScatter(file, NULL, PAGE, NULL, &overlapped), ERROR_INVALID_PARAMETER);
    FAILS(ReadFileScatter(file, in, PAGE, NULL, NULL), ERROR_INVALID_PARAMETER);
    plain = ReOpenFile(file, GENERIC_READ, 7, FILE_FLAG_OVERLAPPED);
    if (plain != INVALID_HANDLE_VALUE) {
        FAILS(ReadFileScatter(plain, in, PAGE, NULL, &overlapped), ERROR_INVALID_PARAMETER);
        CloseHandle(plain);
    }
    CloseHandle(file);
    CloseHandle(event);
    OK(VirtualFree(memory, 0, MEM_RELEASE));
}

/* ---- what a completion spares ---- */

static NTSTATUS read_now(HANDLE file, HANDLE event, void *context, IO_STATUS_BLOCK *iosb)
{
    static char bytes[4];
    LARGE_INTEGER zero = {.QuadPart = 0};

    return NtReadFile(file, event, NULL, context, iosb, bytes, sizeof bytes, &zero, NULL);
}

Test(notification, modes)
{
    HANDLE file, port, second, event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {0};
    OVERLAPPED_ENTRY entry;
    IO_STATUS_BLOCK iosb;
    WCHAR path[MAX_PATH];
    NTSTATUS status;
    ULONG n;

    file = temp_open(path, FILE_FLAG_OVERLAPPED);
    port = CreateIoCompletionPort(file, NULL, 5, 0);
    if (!WriteFile(file, "data", 4, NULL, &overlapped))
        cr_assert_eq(GetLastError(), ERROR_IO_PENDING);
    OK(GetQueuedCompletionStatusEx(port, &entry, 1, &n, INFINITE, FALSE));
    cr_assert_eq(entry.lpOverlapped, &overlapped);

    /* Without a mode there is a packet, whether the read ended in the call or not. */
    status = read_now(file, event, &iosb, &iosb);
    cr_assert(status == STATUS_SUCCESS || status == STATUS_PENDING);
    OK(GetQueuedCompletionStatusEx(port, &entry, 1, &n, INFINITE, FALSE));
    cr_assert_eq((void *)entry.lpOverlapped, (void *)&iosb);

    OK(SetFileCompletionNotificationModes(file, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    status = read_now(file, event, &iosb, &iosb);
    if (status == STATUS_PENDING)
        OK(GetQueuedCompletionStatusEx(port, &entry, 1, &n, INFINITE, FALSE));
    else
        FAILS(GetQueuedCompletionStatusEx(port, &entry, 1, &n, 0, FALSE), WAIT_TIMEOUT);
    cr_assert_eq(WaitForSingleObject(event, INFINITE),
                 WAIT_OBJECT_0); /* the event is set either way */

    /* The file's own signal is left alone. */
    CloseHandle(file);
    file = temp_open(path, FILE_FLAG_OVERLAPPED);
    OK(SetFileCompletionNotificationModes(file, FILE_SKIP_SET_EVENT_ON_HANDLE));
    status = read_now(file, NULL, NULL, &iosb);
    cr_assert(status == STATUS_END_OF_FILE || status == STATUS_PENDING);
    cr_assert_eq(WaitForSingleObject(file, 0), WAIT_TIMEOUT);
    FAILS(SetFileCompletionNotificationModes(file, 0x80), ERROR_INVALID_PARAMETER);
    FAILS(SetFileCompletionNotificationModes(event, 1), ERROR_INVALID_HANDLE);

    cr_assert_eq(NtDuplicateObject(GetCurrentProcess(), file, GetCurrentProcess(), (void *)64, 0, 0,
                                   DUPLICATE_SAME_ACCESS),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(NtDuplicateObject(GetCurrentProcess(), file, GetCurrentProcess(), &second, 0, 0,
                                   DUPLICATE_SAME_ACCESS | DUPLICATE_SAME_ATTRIBUTES),
                 STATUS_SUCCESS);
    CloseHandle(second);
    CloseHandle(port);
    CloseHandle(event);
    CloseHandle(file);
}

/* SPDX-License-Identifier: MIT */
/* OVERLAPPED operations by event, by port and by handle; cancellation. */
#include "api/tests/win32.h"

static WCHAR path[MAX_PATH];

/* A pipe whose server end is overlapped: a read of it pends until somebody writes. */
static void make_pipe(HANDLE *server, HANDLE *client)
{
    *server = CreateNamedPipeW(u"\\\\.\\pipe\\ringer-test-overlapped",
                               PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 4096,
                               4096, 0, NULL);
    cr_assert_neq(*server, INVALID_HANDLE_VALUE, "error %u", GetLastError());
    *client = CreateFileW(u"\\\\.\\pipe\\ringer-test-overlapped", GENERIC_READ | GENERIC_WRITE, 0,
                          NULL, OPEN_EXISTING, 0, NULL);
    cr_assert_neq(*client, INVALID_HANDLE_VALUE, "error %u", GetLastError());
}

Test(overlapped, by_event)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, TRUE, NULL)};
    HANDLE server, client;
    char buffer[8] = {0};
    DWORD count = 77;

    make_pipe(&server, &client);
    FAILS(ReadFile(server, buffer, sizeof buffer, NULL, &overlapped), ERROR_IO_PENDING);
    /* Starting reset the event. */
    cr_assert_eq(WaitForSingleObject(overlapped.hEvent, 0), WAIT_TIMEOUT);
    FAILS(GetOverlappedResult(server, &overlapped, &count, FALSE), ERROR_IO_INCOMPLETE);
    FAILS(GetOverlappedResultEx(server, &overlapped, &count, 1, FALSE), WAIT_TIMEOUT);
    OK(WriteFile(client, "data", 4, &count, NULL));
    OK(GetOverlappedResult(server, &overlapped, &count, TRUE));
    cr_assert_eq(count, 4);
    cr_assert_eq(memcmp(buffer, "data", 4), 0);
    cr_assert_eq(overlapped.Internal, 0);
    cr_assert_eq(WaitForSingleObject(overlapped.hEvent, 0), WAIT_OBJECT_0);
    CloseHandle(overlapped.hEvent);
    CloseHandle(client);
    CloseHandle(server);
}

Test(overlapped, by_handle)
{
    HANDLE file = temp_open(path, FILE_FLAG_OVERLAPPED);
    OVERLAPPED overlapped = {0};
    char buffer[8] = {0};
    DWORD count;
    BOOL ok;

    ok = WriteFile(file, "12345", 5, NULL, &overlapped);
    cr_assert(ok || GetLastError() == ERROR_IO_PENDING);
    OK(GetOverlappedResult(file, &overlapped, &count, TRUE));
    cr_assert_eq(count, 5);
    overlapped.Offset = 3;
    ok = ReadFile(file, buffer, sizeof buffer, NULL, &overlapped);
    cr_assert(ok || GetLastError() == ERROR_IO_PENDING);
    OK(GetOverlappedResult(file, &overlapped, &count, TRUE));
    cr_assert_eq(count, 2);
    overlapped.Offset = 50;
    ok = ReadFile(file, buffer, sizeof buffer, NULL, &overlapped);
    cr_assert_not(ok);
    if (GetLastError() == ERROR_IO_PENDING)
        cr_assert_not(GetOverlappedResult(file, &overlapped, &count, TRUE));
    cr_assert_eq(GetLastError(), ERROR_HANDLE_EOF);
    CloseHandle(file);
}

Test(overlapped, by_port_and_the_low_bit)
{
    OVERLAPPED overlapped = {0}, quiet = {0}, *which = NULL;
    HANDLE server, client, port;
    char buffer[8];
    ULONG_PTR key = 0;
    DWORD count = 0;

    make_pipe(&server, &client);
    port = CreateIoCompletionPort(server, NULL, 42, 0);
    OK(port != NULL);
    FAILS(ReadFile(server, buffer, sizeof buffer, NULL, &overlapped), ERROR_IO_PENDING);
    FAILS(GetQueuedCompletionStatus(port, &count, &key, &which, 0), WAIT_TIMEOUT);
    cr_assert_null(which);
    OK(WriteFile(client, "abc", 3, &count, NULL));
    OK(GetQueuedCompletionStatus(port, &count, &key, &which, INFINITE));
    cr_assert_eq(which, &overlapped);
    cr_assert_eq(key, 42);
    cr_assert_eq(count, 3);
    /* An event with its low bit set: no packet. */
    quiet.hEvent = (HANDLE)((ULONG_PTR)CreateEventW(NULL, TRUE, FALSE, NULL) | 1);
    FAILS(ReadFile(server, buffer, sizeof buffer, NULL, &quiet), ERROR_IO_PENDING);
    OK(WriteFile(client, "d", 1, &count, NULL));
    OK(GetOverlappedResult(server, &quiet, &count, TRUE));
    FAILS(GetQueuedCompletionStatus(port, &count, &key, &which, 0), WAIT_TIMEOUT);
    /* A handle has one port. */
    FAILS(CreateIoCompletionPort(server, port, 1, 0), ERROR_INVALID_PARAMETER);
    CloseHandle((HANDLE)((ULONG_PTR)quiet.hEvent & ~(ULONG_PTR)1));
    CloseHandle(client);
    CloseHandle(server);
    CloseHandle(port);
}

Test(overlapped, cancel)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)}, other = {0};
    HANDLE server, client;
    char buffer[8];
    DWORD count;

    make_pipe(&server, &client);
    FAILS(CancelIoEx(server, NULL), ERROR_NOT_FOUND);
    OK(CancelIo(server)); /* nothing to cancel is no error for this one */
    FAILS(ReadFile(server, buffer, sizeof buffer, NULL, &overlapped), ERROR_IO_PENDING);
    FAILS(CancelIoEx(server, &other), ERROR_NOT_FOUND);
    OK(CancelIoEx(server, &overlapped));
    FAILS(GetOverlappedResult(server, &overlapped, &count, TRUE), ERROR_OPERATION_ABORTED);
    CloseHandle(overlapped.hEvent);
    CloseHandle(client);
    CloseHandle(server);
    cr_assert_eq(ringer_handle_count(), 0);
}

/* SPDX-License-Identifier: MIT */
/* Pipes as Win32 has them. */
#include "api/tests/win32.h"

#define NAME u"\\\\.\\pipe\\ringer-test"

Test(pipe, anonymous)
{
    HANDLE reader, writer;
    DWORD count = 0, available = 0;
    char buffer[8];

    OK(CreatePipe(&reader, &writer, NULL, 0));
    OK(WriteFile(writer, "abcde", 5, &count, NULL));
    OK(PeekNamedPipe(reader, buffer, 2, &count, &available, NULL));
    cr_assert(count == 2 && available == 5 && memcmp(buffer, "ab", 2) == 0);
    OK(ReadFile(reader, buffer, sizeof buffer, &count, NULL));
    cr_assert_eq(count, 5);
    cr_assert_eq(GetFileType(reader), FILE_TYPE_PIPE);
    FAILS(WriteFile(reader, "x", 1, &count, NULL), ERROR_ACCESS_DENIED);
    CloseHandle(writer);
    FAILS(ReadFile(reader, buffer, sizeof buffer, &count, NULL), ERROR_BROKEN_PIPE);
    CloseHandle(reader);
    cr_assert_eq(ringer_handle_count(), 0);
}

Test(pipe, connect_and_messages)
{
    HANDLE server, client;
    char buffer[8];
    DWORD count = 0, mode = PIPE_READMODE_MESSAGE;

    server = CreateNamedPipeW(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE,
                              1, 512, 512, 0, NULL);
    cr_assert_neq(server, INVALID_HANDLE_VALUE, "error %u", GetLastError());
    client = CreateNamedPipeW(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE, 1, 0, 0, 0, NULL);
    cr_assert_eq(client, INVALID_HANDLE_VALUE);
    cr_assert_eq(GetLastError(), ERROR_PIPE_BUSY);
    client = CreateFileW(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    cr_assert_neq(client, INVALID_HANDLE_VALUE, "error %u", GetLastError());
    FAILS(ConnectNamedPipe(server, NULL), ERROR_PIPE_CONNECTED);
    OK(SetNamedPipeHandleState(client, &mode, NULL, NULL));
    OK(WriteFile(server, "message", 7, &count, NULL));
    OK(WriteFile(server, "2", 1, &count, NULL));
    FAILS(ReadFile(client, buffer, 4, &count, NULL), ERROR_MORE_DATA);
    cr_assert_eq(count, 4);
    OK(ReadFile(client, buffer, 8, &count, NULL));
    cr_assert_eq(count, 3);
    OK(ReadFile(client, buffer, 8, &count, NULL));
    cr_assert_eq(count, 1);
    OK(DisconnectNamedPipe(server));
    FAILS(ReadFile(client, buffer, 8, &count, NULL), ERROR_PIPE_NOT_CONNECTED);
    CloseHandle(client);
    CloseHandle(server);
}

Test(pipe, bad_arguments)
{
    FAILS(CreateNamedPipeW(NAME, 0, 0, 1, 0, 0, 0, NULL) != INVALID_HANDLE_VALUE,
          ERROR_INVALID_PARAMETER);
    FAILS(CreateNamedPipeW(NAME, PIPE_ACCESS_DUPLEX, 0, 0, 0, 0, 0, NULL) != INVALID_HANDLE_VALUE,
          ERROR_INVALID_PARAMETER);
    FAILS(CreateNamedPipeW(NAME, PIPE_ACCESS_DUPLEX, PIPE_READMODE_MESSAGE, 1, 0, 0, 0, NULL) !=
              INVALID_HANDLE_VALUE,
          ERROR_INVALID_PARAMETER);
    FAILS(CreateNamedPipeW(u"C:\\x", PIPE_ACCESS_DUPLEX, 0, 1, 0, 0, 0, NULL) !=
              INVALID_HANDLE_VALUE,
          ERROR_INVALID_NAME);
    FAILS(CreateFileW(NAME, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) != INVALID_HANDLE_VALUE,
          ERROR_FILE_NOT_FOUND);
    FAILS(CreatePipe(NULL, NULL, NULL, 0), ERROR_INVALID_PARAMETER);
    FAILS(WaitNamedPipeW(NAME, 1), ERROR_FILE_NOT_FOUND);
}

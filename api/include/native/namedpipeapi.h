/* SPDX-License-Identifier: MIT */
/* Pipes, named and not. */
#ifndef _NAMEDPIPE_H_
#define _NAMEDPIPE_H_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

/*
 * Makes an anonymous pipe, which is a named one with a name of its own: both ends are synchronous
 * and carry bytes.
 * hReadPipe: out; the end to read from, which the caller owns.
 * hWritePipe: out; the end to write to, which the caller owns.
 * lpPipeAttributes: may be NULL; only bInheritHandle is looked at, and no child inherits anyway.
 * nSize: bytes that may lie unread before a write waits; 0 is 4096.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_PARAMETER for NULL,
 *   ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] CreatePipe; [I].
 */
WINBASEAPI BOOL WINAPI CreatePipe(PHANDLE hReadPipe, PHANDLE hWritePipe,
                                  LPSECURITY_ATTRIBUTES lpPipeAttributes, DWORD nSize);

/*
 * CreateNamedPipeA, CreateNamedPipeW: makes an instance of a pipe, listening for a client. Names
 *   are those of this process.
 * lpName: \\.\pipe\name, in UTF-8 for CreateNamedPipeA; without regard to case in ASCII.
 * dwOpenMode: PIPE_ACCESS_INBOUND, PIPE_ACCESS_OUTBOUND or PIPE_ACCESS_DUPLEX, and
 *   FILE_FLAG_OVERLAPPED, FILE_FLAG_WRITE_THROUGH, FILE_FLAG_FIRST_PIPE_INSTANCE.
 * dwPipeMode: PIPE_TYPE_BYTE or PIPE_TYPE_MESSAGE, PIPE_READMODE_BYTE or PIPE_READMODE_MESSAGE
 *   (with the message type only), PIPE_WAIT or PIPE_NOWAIT; PIPE_REJECT_REMOTE_CLIENTS is accepted.
 * nMaxInstances: instances, 1 to PIPE_UNLIMITED_INSTANCES.
 * nOutBufferSize: bytes to the client that may lie unread before a write waits.
 * nInBufferSize: bytes from the client, likewise.
 * nDefaultTimeOut: milliseconds of WaitNamedPipe with its default; 0 is 50 ms.
 * lpSecurityAttributes: may be NULL; only bInheritHandle is looked at.
 * Returns a handle that the caller owns, or INVALID_HANDLE_VALUE and the last error:
 *   ERROR_INVALID_PARAMETER, ERROR_INVALID_NAME for what is no pipe's name, ERROR_PATH_NOT_FOUND
 *   for none, ERROR_PIPE_BUSY when all instances are taken, ERROR_ACCESS_DENIED for a second first
 *   instance or another direction or type than the others'.
 * Source: [D] CreateNamedPipeW; [I].
 */
WINBASEAPI HANDLE WINAPI CreateNamedPipeA(LPCSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode,
                                          DWORD nMaxInstances, DWORD nOutBufferSize,
                                          DWORD nInBufferSize, DWORD nDefaultTimeOut,
                                          LPSECURITY_ATTRIBUTES lpSecurityAttributes);
WINBASEAPI HANDLE WINAPI CreateNamedPipeW(LPCWSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode,
                                          DWORD nMaxInstances, DWORD nOutBufferSize,
                                          DWORD nInBufferSize, DWORD nDefaultTimeOut,
                                          LPSECURITY_ATTRIBUTES lpSecurityAttributes);

/*
 * Has a server's end listen and waits for a client.
 * hNamedPipe: a server's end.
 * lpOverlapped: NULL waits here; or as for ReadFile.
 * Returns TRUE when a client came during the call; or FALSE and the last error:
 *   ERROR_PIPE_CONNECTED when one was there already, ERROR_IO_PENDING, ERROR_NO_DATA when the last
 *   client has gone and DisconnectNamedPipe is due, ERROR_PIPE_LISTENING with PIPE_NOWAIT,
 *   ERROR_INVALID_FUNCTION for a client's end, ERROR_INVALID_HANDLE.
 * Source: [D] ConnectNamedPipe.
 */
WINBASEAPI BOOL WINAPI ConnectNamedPipe(HANDLE hNamedPipe, LPOVERLAPPED lpOverlapped);

/*
 * Throws the client out. What it has not read is lost; its operations end with
 * ERROR_PIPE_NOT_CONNECTED.
 * hNamedPipe: a server's end.
 * Returns TRUE; or FALSE and the last error: ERROR_PIPE_NOT_CONNECTED when disconnected before,
 *   ERROR_INVALID_FUNCTION for a client's end, ERROR_INVALID_HANDLE.
 * Source: [D] DisconnectNamedPipe.
 */
WINBASEAPI BOOL WINAPI DisconnectNamedPipe(HANDLE hNamedPipe);

/*
 * Looks at what could be read, without taking it. Any of the outputs may be NULL.
 * hNamedPipe: an end with read access.
 * lpBuffer: out; NULL for the numbers only.
 * nBufferSize: bytes of lpBuffer.
 * lpBytesRead: out; bytes copied.
 * lpTotalBytesAvail: out; bytes that lie unread.
 * lpBytesLeftThisMessage: out; bytes of the first message that were not copied; 0 for a byte pipe.
 * Returns TRUE, also when there is more than fits; or FALSE and the last error: ERROR_BROKEN_PIPE,
 *   ERROR_PIPE_NOT_CONNECTED, ERROR_BAD_PIPE while listening, ERROR_ACCESS_DENIED,
 *   ERROR_INVALID_HANDLE, ERROR_INVALID_FUNCTION for what is no pipe.
 * Source: [D] PeekNamedPipe.
 */
WINBASEAPI BOOL WINAPI PeekNamedPipe(HANDLE hNamedPipe, LPVOID lpBuffer, DWORD nBufferSize,
                                     LPDWORD lpBytesRead, LPDWORD lpTotalBytesAvail,
                                     LPDWORD lpBytesLeftThisMessage);

/*
 * Changes how an end reads and whether it waits.
 * hNamedPipe: an end with FILE_WRITE_ATTRIBUTES.
 * lpMode: PIPE_READMODE_BYTE or PIPE_READMODE_MESSAGE, PIPE_WAIT or PIPE_NOWAIT; NULL changes
 *   nothing.
 * lpMaxCollectionCount: NULL; bytes, for pipes of other machines.
 * lpCollectDataTimeout: NULL; milliseconds, for pipes of other machines.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_PARAMETER (also for message reads of a
 *   byte pipe), ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE.
 * Source: [D] SetNamedPipeHandleState.
 */
WINBASEAPI BOOL WINAPI SetNamedPipeHandleState(HANDLE hNamedPipe, LPDWORD lpMode,
                                               LPDWORD lpMaxCollectionCount,
                                               LPDWORD lpCollectDataTimeout);

/*
 * What a pipe is like. Any of the outputs may be NULL.
 * hNamedPipe: an end.
 * lpFlags: out; PIPE_SERVER_END or PIPE_CLIENT_END, PIPE_TYPE_MESSAGE.
 * lpOutBufferSize: out; bytes, as given to CreateNamedPipe.
 * lpInBufferSize: out; bytes.
 * lpMaxInstances: out; instances, or PIPE_UNLIMITED_INSTANCES.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER for what
 *   is no pipe.
 * Source: [D] GetNamedPipeInfo.
 */
WINBASEAPI BOOL WINAPI GetNamedPipeInfo(HANDLE hNamedPipe, LPDWORD lpFlags, LPDWORD lpOutBufferSize,
                                        LPDWORD lpInBufferSize, LPDWORD lpMaxInstances);

/*
 * WaitNamedPipeA, WaitNamedPipeW: waits until an instance listens. Another client may still be
 *   faster.
 * lpNamedPipeName: \\.\pipe\name, in UTF-8 for WaitNamedPipeA.
 * nTimeOut: milliseconds; NMPWAIT_USE_DEFAULT_WAIT is the server's own, NMPWAIT_NOWAIT does not
 *   wait, NMPWAIT_WAIT_FOREVER.
 * Returns TRUE; or FALSE and the last error: ERROR_FILE_NOT_FOUND when no pipe has the name,
 *   ERROR_SEM_TIMEOUT, ERROR_INVALID_NAME.
 * Source: [D] WaitNamedPipeW.
 */
WINBASEAPI BOOL WINAPI WaitNamedPipeA(LPCSTR lpNamedPipeName, DWORD nTimeOut);
WINBASEAPI BOOL WINAPI WaitNamedPipeW(LPCWSTR lpNamedPipeName, DWORD nTimeOut);
#ifdef UNICODE
#define CreateNamedPipe CreateNamedPipeW
#define WaitNamedPipe WaitNamedPipeW
#else
#define CreateNamedPipe CreateNamedPipeA
#define WaitNamedPipe WaitNamedPipeA
#endif

RINGER_EXTERN_C_END

#endif

/* SPDX-License-Identifier: MIT */
/* Overlapped I/O: results, cancellation, completion ports. */
#ifndef _IO_APISET_H_
#define _IO_APISET_H_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

/*
 * Makes a completion port, associates a file with one, or both.
 * FileHandle: a handle opened with FILE_FLAG_OVERLAPPED, which can be associated once in its life;
 *   INVALID_HANDLE_VALUE makes a port only.
 * ExistingCompletionPort: a port, or NULL to make one.
 * CompletionKey: comes back in each packet of the file.
 * NumberOfConcurrentThreads: threads; a hint that is not followed, as Linux decides which threads
 *   run.
 * Returns the port, which the caller owns if it was made here; or NULL and the last error:
 *   ERROR_INVALID_PARAMETER (a synchronous or associated file, or a port and no file),
 *   ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED, ERROR_NOT_ENOUGH_MEMORY. A ring refuses an
 *   associated file.
 * Source: [R] handle.completion-port; [D] CreateIoCompletionPort; [I].
 */
WINBASEAPI HANDLE WINAPI CreateIoCompletionPort(HANDLE FileHandle, HANDLE ExistingCompletionPort,
                                                ULONG_PTR CompletionKey,
                                                DWORD NumberOfConcurrentThreads);

/*
 * Takes the oldest packet off a port, or waits for one; the thread that waits the shortest time is
 * served first.
 * CompletionPort: a port.
 * lpNumberOfBytesTransferred: out; bytes.
 * lpCompletionKey: out; of the file, or as posted.
 * lpOverlapped: out; the operation's OVERLAPPED. NULL when no packet came.
 * dwMilliseconds: milliseconds; INFINITE for ever, 0 does not wait.
 * Returns TRUE; FALSE with *lpOverlapped set for the packet of a failed operation, and its error;
 *   FALSE with NULL there and the last error: WAIT_TIMEOUT, ERROR_ABANDONED_WAIT_0 when the port is
 *   closed meanwhile, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER for NULL.
 * Source: [D] GetQueuedCompletionStatus, win32.port.
 */
WINBASEAPI BOOL WINAPI GetQueuedCompletionStatus(HANDLE CompletionPort,
                                                 LPDWORD lpNumberOfBytesTransferred,
                                                 PULONG_PTR lpCompletionKey,
                                                 LPOVERLAPPED *lpOverlapped, DWORD dwMilliseconds);

/*
 * Takes several packets off a port, at least one.
 * CompletionPort: a port.
 * lpCompletionPortEntries: out; an array. Internal of each is the operation's status.
 * ulCount: entries of the array, not 0.
 * ulNumEntriesRemoved: out; entries filled.
 * dwMilliseconds: milliseconds; INFINITE for ever, 0 does not wait.
 * fAlertable: not 0: asynchronous procedure calls for this thread are made, and end the wait.
 * Returns TRUE, whatever the operations' results; or FALSE and the last error: WAIT_TIMEOUT,
 *   WAIT_IO_COMPLETION when calls were made,
 *   ERROR_ABANDONED_WAIT_0, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER.
 * Source: [D] GetQueuedCompletionStatusEx; [I].
 */
WINBASEAPI BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE CompletionPort,
                                                   LPOVERLAPPED_ENTRY lpCompletionPortEntries,
                                                   ULONG ulCount, PULONG ulNumEntriesRemoved,
                                                   DWORD dwMilliseconds, BOOL fAlertable);

/*
 * Puts a packet of one's own on a port.
 * CompletionPort: a port.
 * dwNumberOfBytesTransferred: bytes; any number.
 * dwCompletionKey: any number.
 * lpOverlapped: any pointer; it is not followed.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE or ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] PostQueuedCompletionStatus.
 */
WINBASEAPI BOOL WINAPI PostQueuedCompletionStatus(HANDLE CompletionPort,
                                                  DWORD dwNumberOfBytesTransferred,
                                                  ULONG_PTR dwCompletionKey,
                                                  LPOVERLAPPED lpOverlapped);

/*
 * Control codes. Of file systems and pipes FSCTL_PIPE_LISTEN, FSCTL_PIPE_DISCONNECT,
 * FSCTL_PIPE_PEEK and FSCTL_PIPE_WAIT are built, of devices none.
 * hDevice: a file or pipe.
 * dwIoControlCode: the code; others are ERROR_INVALID_FUNCTION.
 * lpInBuffer: what the code takes.
 * nInBufferSize: bytes of it.
 * lpOutBuffer: out; what the code gives.
 * nOutBufferSize: bytes of it.
 * lpBytesReturned: out; bytes, 0 while pending. May be NULL only with lpOverlapped; else
 *   ERROR_NOACCESS.
 * lpOverlapped: NULL, or as for ReadFile.
 * Returns TRUE; or FALSE and the last error: ERROR_IO_PENDING, ERROR_MORE_DATA,
 *   ERROR_INVALID_FUNCTION, ERROR_INVALID_HANDLE, ERROR_NOACCESS and what the code gives.
 * Source: [D] DeviceIoControl; [I].
 */
WINBASEAPI BOOL WINAPI DeviceIoControl(HANDLE hDevice, DWORD dwIoControlCode, LPVOID lpInBuffer,
                                       DWORD nInBufferSize, LPVOID lpOutBuffer,
                                       DWORD nOutBufferSize, LPDWORD lpBytesReturned,
                                       LPOVERLAPPED lpOverlapped);

/*
 * The outcome of an operation with an OVERLAPPED.
 * hFile: its file; waited for when the OVERLAPPED has no event.
 * lpOverlapped: the operation's.
 * lpNumberOfBytesTransferred: out; bytes. May be NULL.
 * bWait: TRUE waits for the end. FALSE asks only.
 * Returns TRUE; or FALSE and the last error: ERROR_IO_INCOMPLETE while it is pending, the
 *   operation's own (ERROR_OPERATION_ABORTED when cancelled, ERROR_HANDLE_EOF),
 *   ERROR_INVALID_PARAMETER for NULL.
 * Source: [D] GetOverlappedResult, win32.overlapped; [I].
 */
WINBASEAPI BOOL WINAPI GetOverlappedResult(HANDLE hFile, LPOVERLAPPED lpOverlapped,
                                           LPDWORD lpNumberOfBytesTransferred, BOOL bWait);

/*
 * GetOverlappedResult with a limit.
 * hFile: its file; waited for when the OVERLAPPED has no event.
 * lpOverlapped: the operation's.
 * lpNumberOfBytesTransferred: out; bytes. May be NULL.
 * dwMilliseconds: milliseconds; INFINITE for ever, 0 asks only.
 * bAlertable: not 0: asynchronous procedure calls for this thread are made, and end the wait.
 * Returns TRUE; or FALSE and the last error: WAIT_TIMEOUT, WAIT_IO_COMPLETION when calls were made,
 *   ERROR_IO_INCOMPLETE with 0 milliseconds,
 *   the operation's own, ERROR_INVALID_PARAMETER for NULL.
 * Source: [D] GetOverlappedResultEx; [I].
 */
WINBASEAPI BOOL WINAPI GetOverlappedResultEx(HANDLE hFile, LPOVERLAPPED lpOverlapped,
                                             LPDWORD lpNumberOfBytesTransferred,
                                             DWORD dwMilliseconds, BOOL bAlertable);

/*
 * Cancels what is pending on a handle; that of all threads, and of rings, because operations do not
 * know their thread.
 * hFile: a file.
 * Returns TRUE, also when nothing was pending; or FALSE and the last error ERROR_INVALID_HANDLE.
 * Source: [D] CancelIo; [I].
 */
WINBASEAPI BOOL WINAPI CancelIo(HANDLE hFile);

/*
 * Cancels pending operations. What is cancelled ends with ERROR_OPERATION_ABORTED, in a ring with
 * E_ABORT; what cannot be stopped any more ends as it would.
 * hFile: a file.
 * lpOverlapped: one operation of ReadFile and its kin; NULL means everything pending on the handle,
 *   ring entries included.
 * Returns TRUE when something was found; or FALSE and the last error ERROR_NOT_FOUND or
 *   ERROR_INVALID_HANDLE.
 * Source: [D] CancelIoEx, cancel.io-ex, win32.overlapped.
 */
WINBASEAPI BOOL WINAPI CancelIoEx(HANDLE hFile, LPOVERLAPPED lpOverlapped);

/*
 * Not built: finds nothing.
 * hThread: not used.
 * Returns FALSE and the last error ERROR_NOT_FOUND.
 * Source: [D] CancelSynchronousIo; [I].
 */
WINBASEAPI BOOL WINAPI CancelSynchronousIo(HANDLE hThread);

RINGER_EXTERN_C_END

#endif

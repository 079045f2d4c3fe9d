/* SPDX-License-Identifier: MIT */
/* Files by name and by handle. */
#ifndef _APISETFILE_
#define _APISETFILE_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

#define CREATE_NEW 1
#define CREATE_ALWAYS 2
#define OPEN_EXISTING 3
#define OPEN_ALWAYS 4
#define TRUNCATE_EXISTING 5
#define FILE_NAME_NORMALIZED 0x0
#define FILE_NAME_OPENED 0x8
#define VOLUME_NAME_DOS 0x0
#define VOLUME_NAME_GUID 0x1
#define VOLUME_NAME_NT 0x2
#define VOLUME_NAME_NONE 0x4
#define INVALID_FILE_SIZE ((DWORD)0xFFFFFFFF)
#define INVALID_SET_FILE_POINTER ((DWORD)-1)
#define INVALID_FILE_ATTRIBUTES ((DWORD)-1)

typedef struct _BY_HANDLE_FILE_INFORMATION {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD dwVolumeSerialNumber;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
    DWORD nNumberOfLinks;
    DWORD nFileIndexHigh;
    DWORD nFileIndexLow;
} BY_HANDLE_FILE_INFORMATION, *PBY_HANDLE_FILE_INFORMATION, *LPBY_HANDLE_FILE_INFORMATION;

typedef struct _CREATEFILE2_EXTENDED_PARAMETERS {
    DWORD dwSize;
    DWORD dwFileAttributes;
    DWORD dwFileFlags;
    DWORD dwSecurityQosFlags;
    LPSECURITY_ATTRIBUTES lpSecurityAttributes;
    HANDLE hTemplateFile;
} CREATEFILE2_EXTENDED_PARAMETERS, *PCREATEFILE2_EXTENDED_PARAMETERS, *LPCREATEFILE2_EXTENDED_PARAMETERS;

typedef struct _WIN32_FILE_ATTRIBUTE_DATA {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
} WIN32_FILE_ATTRIBUTE_DATA, *LPWIN32_FILE_ATTRIBUTE_DATA;

/*
 * CreateFileA, CreateFileW: opens or creates a file, directory, pipe end or device. Z: is the root
 *   of Linux, and where names without a drive go; C: and other drives lie where RINGER_DRIVE_C and
 *   the like say.
 * lpFileName: the name, in UTF-8 for CreateFileA; \\.\pipe\name is the client end of a pipe. Empty
 *   or NULL is ERROR_PATH_NOT_FOUND.
 * dwDesiredAccess: a mask of GENERIC_READ, GENERIC_WRITE, DELETE and FILE_*; SYNCHRONIZE and
 *   FILE_READ_ATTRIBUTES are added.
 * dwShareMode: a mask of FILE_SHARE_READ, FILE_SHARE_WRITE, FILE_SHARE_DELETE, held against handles
 *   of this process only; 0 shares nothing.
 * lpSecurityAttributes: may be NULL; only bInheritHandle is looked at, and no child inherits
 *   anyway.
 * dwCreationDisposition: CREATE_NEW, CREATE_ALWAYS, OPEN_EXISTING, OPEN_ALWAYS, TRUNCATE_EXISTING
 *   (needs GENERIC_WRITE).
 * dwFlagsAndAttributes: FILE_FLAG_OVERLAPPED makes an asynchronous handle; FILE_FLAG_NO_BUFFERING,
 *   FILE_FLAG_WRITE_THROUGH, FILE_FLAG_DELETE_ON_CLOSE work; FILE_FLAG_BACKUP_SEMANTICS is needed
 *   for a directory; of the attributes, FILE_ATTRIBUTE_READONLY is kept.
 * hTemplateFile: not used.
 * Returns a handle that the caller owns, with the last error ERROR_ALREADY_EXISTS when
 *   CREATE_ALWAYS or OPEN_ALWAYS found the file, else ERROR_SUCCESS; or INVALID_HANDLE_VALUE and
 *   the last error: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_FILE_EXISTS (CREATE_NEW),
 *   ERROR_SHARING_VIOLATION, ERROR_ACCESS_DENIED (permission, a directory without backup semantics,
 *   a file being deleted, a pipe of the wrong direction), ERROR_PIPE_BUSY, ERROR_INVALID_NAME,
 *   ERROR_INVALID_PARAMETER.
 * Source: [D] CreateFileW; [I].
 */
WINBASEAPI HANDLE WINAPI CreateFileA(LPCSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                     LPSECURITY_ATTRIBUTES lpSecurityAttributes,
                                     DWORD dwCreationDisposition, DWORD dwFlagsAndAttributes,
                                     HANDLE hTemplateFile);
WINBASEAPI HANDLE WINAPI CreateFileW(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                     LPSECURITY_ATTRIBUTES lpSecurityAttributes,
                                     DWORD dwCreationDisposition, DWORD dwFlagsAndAttributes,
                                     HANDLE hTemplateFile);

/*
 * CreateFileW with its rare arguments in a struct.
 * lpFileName: the name.
 * dwDesiredAccess: a mask, as for CreateFileW.
 * dwShareMode: a mask, as for CreateFileW.
 * dwCreationDisposition: OPEN_EXISTING and the like.
 * pCreateExParams: may be NULL; dwFileAttributes, dwFileFlags and lpSecurityAttributes are used. A
 *   dwSize in bytes below the struct's is ERROR_INVALID_PARAMETER.
 * Returns as CreateFileW: a handle, or INVALID_HANDLE_VALUE and the last error,
 *   ERROR_FILE_NOT_FOUND for one.
 * Source: [D] CreateFile2.
 */
WINBASEAPI HANDLE WINAPI CreateFile2(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                     DWORD dwCreationDisposition,
                                     LPCREATEFILE2_EXTENDED_PARAMETERS pCreateExParams);

/*
 * Reads. On a synchronous handle the call returns when the read is done and the file position has
 * moved; on an overlapped one it may go on behind it.
 * hFile: a handle with read access.
 * lpBuffer: where to; the system's until the read is done. Memory that cannot be written is
 *   ERROR_NOACCESS.
 * nNumberOfBytesToRead: bytes.
 * lpNumberOfBytesRead: out; bytes, 0 while the read is pending. May be NULL only with lpOverlapped;
 *   else ERROR_NOACCESS (where Windows faults).
 * lpOverlapped: NULL, or the caller's until the read is done: Offset and OffsetHigh say where
 *   (pipes ignore them), hEvent is set at the end, Internal and InternalHigh become status and
 *   bytes. Its low hEvent bit keeps the packet from a completion port.
 * Returns TRUE, also for 0 bytes at the end of a file without lpOverlapped; or FALSE and the last
 *   error: ERROR_IO_PENDING when it goes on, ERROR_HANDLE_EOF at the end with lpOverlapped,
 *   ERROR_MORE_DATA for part of a message, ERROR_BROKEN_PIPE, ERROR_PIPE_LISTENING, ERROR_NO_DATA
 *   (an empty pipe that does not wait), ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE,
 *   ERROR_INVALID_PARAMETER (alignment of an unbuffered file, an overlapped file without
 *   lpOverlapped), ERROR_OPERATION_ABORTED.
 * Source: [D] ReadFile, win32.overlapped, win32.port; [I].
 */
WINBASEAPI BOOL WINAPI ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
                                LPDWORD lpNumberOfBytesRead, LPOVERLAPPED lpOverlapped);

/*
 * Writes; the file grows as needed. Pending, positions and OVERLAPPED are as for ReadFile.
 * hFile: a handle with write access.
 * lpBuffer: where from; must stay as it is until the write is done. Memory that cannot be read is
 *   ERROR_NOACCESS.
 * nNumberOfBytesToWrite: bytes; 0 changes nothing.
 * lpNumberOfBytesWritten: out; bytes, 0 while pending. May be NULL only with lpOverlapped.
 * lpOverlapped: NULL, or as for ReadFile; an offset of all ones appends.
 * Returns TRUE; or FALSE and the last error: ERROR_IO_PENDING when it goes on, ERROR_DISK_FULL,
 *   ERROR_NO_DATA (the reader of the pipe has gone), ERROR_PIPE_LISTENING, ERROR_ACCESS_DENIED,
 *   ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, ERROR_NOACCESS.
 * Source: [D] WriteFile, win32.overlapped.
 */
WINBASEAPI BOOL WINAPI WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                                 LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped);

/*
 * Reads, and calls a routine at the end: in this thread, when it waits alertably (SleepEx and its kin).
 * hFile: a file opened for overlapped I/O and without a completion port.
 * lpBuffer: out; where to, the system's until the call.
 * nNumberOfBytesToRead: bytes.
 * lpOverlapped: the offset; hEvent is not looked at. The system's until the call. NULL is
 *   ERROR_INVALID_PARAMETER.
 * lpCompletionRoutine: gets the error, 0 for none, the bytes and lpOverlapped. NULL is
 *   ERROR_INVALID_PARAMETER.
 * Returns TRUE, also when it is done already; or FALSE, and nobody is called, and the last error:
 *   ERROR_HANDLE_EOF, ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER.
 * Source: [D] ReadFileEx; [I].
 */
WINBASEAPI BOOL WINAPI ReadFileEx(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
                                  LPOVERLAPPED lpOverlapped,
                                  LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

/*
 * Writes, and calls a routine at the end: in this thread, when it waits alertably (SleepEx and its kin).
 * hFile: a file opened for overlapped I/O and without a completion port.
 * lpBuffer: where from, the system's until the call.
 * nNumberOfBytesToWrite: bytes.
 * lpOverlapped: the offset; hEvent is not looked at. The system's until the call. NULL is
 *   ERROR_INVALID_PARAMETER.
 * lpCompletionRoutine: gets the error, 0 for none, the bytes and lpOverlapped. NULL is
 *   ERROR_INVALID_PARAMETER.
 * Returns TRUE, also when it is done already; or FALSE, and nobody is called, and the last error:
 *   ERROR_DISK_FULL, ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER.
 * Source: [D] WriteFileEx; [I].
 */
WINBASEAPI BOOL WINAPI WriteFileEx(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                                   LPOVERLAPPED lpOverlapped,
                                   LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

/*
 * Reads into pages that lie apart.
 * hFile: a file opened for overlapped I/O and without buffering.
 * aSegmentArray: addresses of pages of 4096 bytes, as many as the bytes need.
 * nNumberOfBytesToRead: bytes, a multiple of the sector's.
 * lpReserved: not used.
 * lpOverlapped: the offset and the event, as for ReadFile; NULL is ERROR_INVALID_PARAMETER.
 * Returns TRUE; or FALSE and the last error: ERROR_IO_PENDING when it goes on, ERROR_HANDLE_EOF, ERROR_ACCESS_DENIED,
 *   ERROR_INVALID_HANDLE, ERROR_NOACCESS, ERROR_INVALID_PARAMETER for NULL, a page that is not
 *   aligned, or a handle with buffering.
 * Source: [D] ReadFileScatter; [I].
 */
WINBASEAPI BOOL WINAPI ReadFileScatter(HANDLE hFile, FILE_SEGMENT_ELEMENT aSegmentArray[],
                                       DWORD nNumberOfBytesToRead, LPDWORD lpReserved,
                                       LPOVERLAPPED lpOverlapped);

/*
 * Writes from pages that lie apart.
 * hFile: a file opened for overlapped I/O and without buffering.
 * aSegmentArray: addresses of pages of 4096 bytes, as many as the bytes need.
 * nNumberOfBytesToWrite: bytes, a multiple of the sector's.
 * lpReserved: not used.
 * lpOverlapped: the offset and the event, as for ReadFile; NULL is ERROR_INVALID_PARAMETER.
 * Returns TRUE; or FALSE and the last error: ERROR_IO_PENDING when it goes on, ERROR_ACCESS_DENIED,
 *   ERROR_INVALID_HANDLE, ERROR_NOACCESS, ERROR_INVALID_PARAMETER for NULL, a page that is not
 *   aligned, or a handle with buffering.
 * Source: [D] WriteFileGather; [I].
 */
WINBASEAPI BOOL WINAPI WriteFileGather(HANDLE hFile, FILE_SEGMENT_ELEMENT aSegmentArray[],
                                       DWORD nNumberOfBytesToWrite, LPDWORD lpReserved,
                                       LPOVERLAPPED lpOverlapped);

/*
 * Writes what is buffered to the disk; on a pipe, waits until the reader has taken everything. The
 * call waits for that, whatever the handle.
 * hFile: a handle with write access.
 * Returns TRUE; or FALSE and the last error: ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE,
 *   ERROR_BROKEN_PIPE.
 * Source: [D] FlushFileBuffers.
 */
WINBASEAPI BOOL WINAPI FlushFileBuffers(HANDLE hFile);

/*
 * The size of a file.
 * hFile: a file.
 * lpFileSize: out; bytes. NULL is ERROR_NOACCESS.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE or ERROR_NOACCESS.
 * Source: [D] GetFileSizeEx.
 */
WINBASEAPI BOOL WINAPI GetFileSizeEx(HANDLE hFile, PLARGE_INTEGER lpFileSize);

/*
 * The size of a file in two halves.
 * hFile: a file.
 * lpFileSizeHigh: out; the upper 32 bits of the size in bytes. NULL for files below 4 GiB.
 * Returns the lower 32 bits; or INVALID_FILE_SIZE and the last error: ERROR_SUCCESS when that is
 *   the size, ERROR_INVALID_PARAMETER when there are upper bits and nowhere to put them,
 *   ERROR_INVALID_HANDLE.
 * Source: [D] GetFileSize.
 */
WINBASEAPI DWORD WINAPI GetFileSize(HANDLE hFile, LPDWORD lpFileSizeHigh);

/*
 * What kind of thing a handle is.
 * hFile: a handle.
 * Returns FILE_TYPE_DISK, FILE_TYPE_PIPE or FILE_TYPE_CHAR (NUL, a terminal); FILE_TYPE_UNKNOWN
 *   with ERROR_SUCCESS for a socket, with ERROR_INVALID_HANDLE for a bad handle.
 * Source: [D] GetFileType; [I].
 */
WINBASEAPI DWORD WINAPI GetFileType(HANDLE hFile);

/*
 * The times of a file, in 100 ns units since 1601, UTC. Any of the three may be NULL.
 * hFile: a handle with FILE_READ_ATTRIBUTES.
 * lpCreationTime: out.
 * lpLastAccessTime: out.
 * lpLastWriteTime: out.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE or ERROR_ACCESS_DENIED.
 * Source: [D] GetFileTime.
 */
WINBASEAPI BOOL WINAPI GetFileTime(HANDLE hFile, LPFILETIME lpCreationTime,
                                   LPFILETIME lpLastAccessTime, LPFILETIME lpLastWriteTime);

/*
 * Attributes, times, size, links, volume and index of a file.
 * hFile: a handle with FILE_READ_ATTRIBUTES.
 * lpFileInformation: out; volume and index are Linux' device and inode. NULL is
 *   ERROR_INVALID_PARAMETER.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED or
 *   ERROR_INVALID_PARAMETER.
 * Source: [D] GetFileInformationByHandle; [I].
 */
WINBASEAPI BOOL WINAPI GetFileInformationByHandle(HANDLE hFile,
                                                  LPBY_HANDLE_FILE_INFORMATION lpFileInformation);

/*
 * Changes what a class says: FileBasicInfo (times; of the attributes FILE_ATTRIBUTE_READONLY),
 * FileDispositionInfo (deletion at the last close), FileDispositionInfoEx, FileAllocationInfo,
 * FileEndOfFileInfo, FileRenameInfo and FileRenameInfoEx (a Win32 name, or one below RootDirectory),
 * FileIoPriorityHintInfo, a hint that is not followed.
 * hFile: a handle with the access that the class needs: FILE_WRITE_ATTRIBUTES, DELETE or
 *   FILE_WRITE_DATA.
 * FileInformationClass: one of those; others are ERROR_INVALID_PARAMETER.
 * lpFileInformation: the class's struct.
 * dwBufferSize: bytes; less than the struct is ERROR_BAD_LENGTH.
 * Returns TRUE; or FALSE and the last error: those, ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED,
 *   ERROR_DIR_NOT_EMPTY, ERROR_ALREADY_EXISTS, ERROR_PATH_NOT_FOUND, ERROR_NOT_SAME_DEVICE,
 *   ERROR_DISK_FULL.
 * Source: [D] SetFileInformationByHandle; [I].
 */
WINBASEAPI BOOL WINAPI SetFileInformationByHandle(HANDLE hFile,
                                                  FILE_INFO_BY_HANDLE_CLASS FileInformationClass,
                                                  LPVOID lpFileInformation, DWORD dwBufferSize);

/*
 * Moves the position of a synchronous file. It may lie behind the end.
 * hFile: a file.
 * liDistanceToMove: bytes, signed.
 * lpNewFilePointer: out; bytes from the start. May be NULL.
 * dwMoveMethod: FILE_BEGIN, FILE_CURRENT or FILE_END.
 * Returns TRUE; or FALSE and the last error, the position as it was: ERROR_NEGATIVE_SEEK before the
 *   start, ERROR_INVALID_PARAMETER (method, overflow, alignment of an unbuffered file),
 *   ERROR_INVALID_HANDLE.
 * Source: [D] SetFilePointerEx.
 */
WINBASEAPI BOOL WINAPI SetFilePointerEx(HANDLE hFile, LARGE_INTEGER liDistanceToMove,
                                        PLARGE_INTEGER lpNewFilePointer, DWORD dwMoveMethod);

/*
 * SetFilePointerEx with the numbers in halves.
 * hFile: a file.
 * lDistanceToMove: bytes, signed; the lower half with lpDistanceToMoveHigh.
 * lpDistanceToMoveHigh: NULL, or in and out the upper 32 bits.
 * dwMoveMethod: FILE_BEGIN, FILE_CURRENT or FILE_END.
 * Returns the lower 32 bits of the position; or INVALID_SET_FILE_POINTER and the last error:
 *   ERROR_SUCCESS when that is the position, ERROR_INVALID_PARAMETER when it has upper bits and
 *   nowhere to put them, ERROR_NEGATIVE_SEEK, ERROR_INVALID_HANDLE.
 * Source: [D] SetFilePointer.
 */
WINBASEAPI DWORD WINAPI SetFilePointer(HANDLE hFile, LONG lDistanceToMove,
                                       PLONG lpDistanceToMoveHigh, DWORD dwMoveMethod);

/*
 * Cuts or extends a file to its position.
 * hFile: a handle with write access.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED,
 *   ERROR_INVALID_PARAMETER for what is no file on a disk, ERROR_DISK_FULL.
 * Source: [D] SetEndOfFile.
 */
WINBASEAPI BOOL WINAPI SetEndOfFile(HANDLE hFile);

/*
 * Refused: it needs a privilege that no process has here.
 * hFile: a file.
 * ValidDataLength: bytes; not used.
 * Returns FALSE and the last error ERROR_PRIVILEGE_NOT_HELD, or ERROR_INVALID_HANDLE.
 * Source: [D] SetFileValidData; [I].
 */
WINBASEAPI BOOL WINAPI SetFileValidData(HANDLE hFile, LONGLONG ValidDataLength);

/*
 * DeleteFileA, DeleteFileW: marks a file for deletion; it goes when its last handle does.
 * lpFileName: the name, in UTF-8 for DeleteFileA.
 * Returns TRUE; or FALSE and the last error: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND,
 *   ERROR_ACCESS_DENIED (a directory, a read-only file), ERROR_SHARING_VIOLATION.
 * Source: [D] DeleteFileW.
 */
WINBASEAPI BOOL WINAPI DeleteFileA(LPCSTR lpFileName);
WINBASEAPI BOOL WINAPI DeleteFileW(LPCWSTR lpFileName);

/*
 * CreateDirectoryA, CreateDirectoryW: makes a directory.
 * lpPathName: the name, in UTF-8 for CreateDirectoryA.
 * lpSecurityAttributes: not used.
 * Returns TRUE; or FALSE and the last error: ERROR_ALREADY_EXISTS, ERROR_PATH_NOT_FOUND,
 *   ERROR_ACCESS_DENIED.
 * Source: [D] CreateDirectoryW.
 */
WINBASEAPI BOOL WINAPI CreateDirectoryA(LPCSTR lpPathName,
                                        LPSECURITY_ATTRIBUTES lpSecurityAttributes);
WINBASEAPI BOOL WINAPI CreateDirectoryW(LPCWSTR lpPathName,
                                        LPSECURITY_ATTRIBUTES lpSecurityAttributes);

/*
 * RemoveDirectoryA, RemoveDirectoryW: deletes an empty directory.
 * lpPathName: the name, in UTF-8 for RemoveDirectoryA.
 * Returns TRUE; or FALSE and the last error: ERROR_DIR_NOT_EMPTY, ERROR_DIRECTORY for what is none,
 *   ERROR_FILE_NOT_FOUND, ERROR_SHARING_VIOLATION, ERROR_ACCESS_DENIED.
 * Source: [D] RemoveDirectoryW.
 */
WINBASEAPI BOOL WINAPI RemoveDirectoryA(LPCSTR lpPathName);
WINBASEAPI BOOL WINAPI RemoveDirectoryW(LPCWSTR lpPathName);

/*
 * GetFileAttributesA, GetFileAttributesW: the attributes of a file or directory by name.
 * lpFileName: the name, in UTF-8 for GetFileAttributesA.
 * Returns a mask of FILE_ATTRIBUTE_*, or INVALID_FILE_ATTRIBUTES and the last error:
 *   ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED.
 * Source: [D] GetFileAttributesW.
 */
WINBASEAPI DWORD WINAPI GetFileAttributesA(LPCSTR lpFileName);
WINBASEAPI DWORD WINAPI GetFileAttributesW(LPCWSTR lpFileName);

/*
 * GetFileAttributesExA, GetFileAttributesExW: attributes, times and size by name.
 * lpFileName: the name, in UTF-8 for GetFileAttributesExA.
 * fInfoLevelId: GetFileExInfoStandard; others are ERROR_INVALID_PARAMETER.
 * lpFileInformation: out; a WIN32_FILE_ATTRIBUTE_DATA.
 * Returns TRUE; or FALSE and the last error: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND,
 *   ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER.
 * Source: [D] GetFileAttributesExW.
 */
WINBASEAPI BOOL WINAPI GetFileAttributesExA(LPCSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId,
                                            LPVOID lpFileInformation);
WINBASEAPI BOOL WINAPI GetFileAttributesExW(LPCWSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId,
                                            LPVOID lpFileInformation);

/*
 * SetFileAttributesA, SetFileAttributesW: sets the attributes of a file.
 * lpFileName: the name, in UTF-8 for SetFileAttributesA.
 * dwFileAttributes: a mask; FILE_ATTRIBUTE_READONLY is the absence of every write permission, the
 *   others are accepted and not kept. 0 is taken as FILE_ATTRIBUTE_NORMAL.
 * Returns TRUE; or FALSE and the last error: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND,
 *   ERROR_ACCESS_DENIED.
 * Source: [D] SetFileAttributesW; [I].
 */
WINBASEAPI BOOL WINAPI SetFileAttributesA(LPCSTR lpFileName, DWORD dwFileAttributes);
WINBASEAPI BOOL WINAPI SetFileAttributesW(LPCWSTR lpFileName, DWORD dwFileAttributes);

/*
 * FindFirstFileA, FindFirstFileW: FindFirstFileExW with FindExInfoStandard and no flags.
 * lpFileName: a path whose last component may have wildcards, in UTF-8 for FindFirstFileA.
 * lpFindFileData: out; the first one found.
 * Returns a handle for FindNextFileW and FindClose; or INVALID_HANDLE_VALUE and the last error:
 *   ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_DIRECTORY, ERROR_INVALID_NAME,
 *   ERROR_ACCESS_DENIED.
 * Source: [D] FindFirstFileW; [I].
 */
WINBASEAPI HANDLE WINAPI FindFirstFileA(LPCSTR lpFileName, LPWIN32_FIND_DATAA lpFindFileData);
WINBASEAPI HANDLE WINAPI FindFirstFileW(LPCWSTR lpFileName, LPWIN32_FIND_DATAW lpFindFileData);

/*
 * FindFirstFileExA, FindFirstFileExW: looks into a directory. Wildcards are DOS': *.* is everything,
 *   *. a name without a dot, a ? at the end none or one character.
 * lpFileName: a path whose last component may have wildcards, in UTF-8 for FindFirstFileExA. A
 *   separator at its end finds nothing.
 * fInfoLevelId: FindExInfoStandard or FindExInfoBasic, which are alike as there are no short names.
 * lpFindFileData: out; a WIN32_FIND_DATAW, for FindFirstFileExA a WIN32_FIND_DATAA.
 * fSearchOp: FindExSearchNameMatch, or FindExSearchLimitToDirectories, a hint that is not followed;
 *   FindExSearchLimitToDevices is ERROR_NOT_SUPPORTED.
 * lpSearchFilter: NULL, or ERROR_INVALID_PARAMETER.
 * dwAdditionalFlags: FIND_FIRST_EX_LARGE_FETCH, FIND_FIRST_EX_CASE_SENSITIVE, which NTFS ignores, too,
 *   FIND_FIRST_EX_ON_DISK_ENTRIES_ONLY; others are ERROR_INVALID_PARAMETER.
 * Returns a handle for FindNextFileW and FindClose; or INVALID_HANDLE_VALUE and the last error:
 *   ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_DIRECTORY when the path leads through a file,
 *   ERROR_INVALID_NAME, ERROR_ACCESS_DENIED, ERROR_NOT_ENOUGH_MEMORY, and those above.
 * Source: [D] FindFirstFileExW; [I].
 */
WINBASEAPI HANDLE WINAPI FindFirstFileExA(LPCSTR lpFileName, FINDEX_INFO_LEVELS fInfoLevelId,
                                          LPVOID lpFindFileData, FINDEX_SEARCH_OPS fSearchOp,
                                          LPVOID lpSearchFilter, DWORD dwAdditionalFlags);
WINBASEAPI HANDLE WINAPI FindFirstFileExW(LPCWSTR lpFileName, FINDEX_INFO_LEVELS fInfoLevelId,
                                          LPVOID lpFindFileData, FINDEX_SEARCH_OPS fSearchOp,
                                          LPVOID lpSearchFilter, DWORD dwAdditionalFlags);

/*
 * FindNextFileA, FindNextFileW: the next one of a search.
 * hFindFile: of FindFirstFileW and its kin.
 * lpFindFileData: out.
 * Returns TRUE; or FALSE and the last error ERROR_NO_MORE_FILES at the end, ERROR_INVALID_HANDLE.
 * Source: [D] FindNextFileW.
 */
WINBASEAPI BOOL WINAPI FindNextFileA(HANDLE hFindFile, LPWIN32_FIND_DATAA lpFindFileData);
WINBASEAPI BOOL WINAPI FindNextFileW(HANDLE hFindFile, LPWIN32_FIND_DATAW lpFindFileData);

/*
 * Ends a search. CloseHandle does not.
 * hFindFile: of FindFirstFileW and its kin.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_HANDLE.
 * Source: [D] FindClose.
 */
WINBASEAPI BOOL WINAPI FindClose(HANDLE hFindFile);

/*
 * GetFullPathNameA, GetFullPathNameW: a full name of a relative one; the file need not exist. Names
 *   without a drive get Z:, the root of Linux.
 * lpFileName: the name, in UTF-8 for GetFullPathNameA.
 * nBufferLength: characters, for GetFullPathNameA bytes, of lpBuffer.
 * lpBuffer: out; may be NULL.
 * lpFilePart: out; the last component in lpBuffer, NULL when there is none. May be NULL.
 * Returns the length without the terminator; when it does not fit, the size needed with it; 0 and
 *   the last error ERROR_INVALID_NAME for an empty name.
 * Source: [D] GetFullPathNameW; [I].
 */
WINBASEAPI DWORD WINAPI GetFullPathNameA(LPCSTR lpFileName, DWORD nBufferLength, LPSTR lpBuffer,
                                         LPSTR *lpFilePart);
WINBASEAPI DWORD WINAPI GetFullPathNameW(LPCWSTR lpFileName, DWORD nBufferLength, LPWSTR lpBuffer,
                                         LPWSTR *lpFilePart);

/*
 * GetTempPathA, GetTempPathW: the directory for temporary files, TMPDIR or /tmp, as a Win32 name
 *   that ends in a separator.
 * nBufferLength: characters, for GetTempPathA bytes, of lpBuffer.
 * lpBuffer: out; may be NULL.
 * Returns the length without the terminator; when it does not fit, the size needed with it; 0 and
 *   the last error ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] GetTempPathW; [I].
 */
WINBASEAPI DWORD WINAPI GetTempPathA(DWORD nBufferLength, LPSTR lpBuffer);
WINBASEAPI DWORD WINAPI GetTempPathW(DWORD nBufferLength, LPWSTR lpBuffer);

/*
 * GetTempFileNameA, GetTempFileNameW: makes the name of a temporary file, and the file unless a
 *   number was given.
 * lpPathName: a directory; at most MAX_PATH less 14 characters, else ERROR_BUFFER_OVERFLOW.
 * lpPrefixString: its first three characters are used; may be NULL.
 * uUnique: 0, or the number to use, of which the lower 16 bits count; no file is made then.
 * lpTempFileName: out; MAX_PATH characters. May be the memory of lpPathName.
 * Returns the number; or 0 and the last error: ERROR_DIRECTORY, ERROR_BUFFER_OVERFLOW,
 *   ERROR_FILE_EXISTS when all numbers are taken, ERROR_INVALID_PARAMETER for NULL.
 * Source: [D] GetTempFileNameW.
 */
WINBASEAPI UINT WINAPI GetTempFileNameA(LPCSTR lpPathName, LPCSTR lpPrefixString, UINT uUnique,
                                        LPSTR lpTempFileName);
WINBASEAPI UINT WINAPI GetTempFileNameW(LPCWSTR lpPathName, LPCWSTR lpPrefixString, UINT uUnique,
                                        LPWSTR lpTempFileName);

/*
 * Room on the file system. Any of the outputs may be NULL.
 * lpRootPathName: a directory of it; NULL is the root of Linux.
 * lpSectorsPerCluster: out.
 * lpBytesPerSector: out; bytes.
 * lpNumberOfFreeClusters: out; 0xFFFFFFFF when there are more.
 * lpTotalNumberOfClusters: out; the same.
 * Returns TRUE; or FALSE and the last error ERROR_PATH_NOT_FOUND, ERROR_FILE_NOT_FOUND or
 *   ERROR_ACCESS_DENIED.
 * Source: [D] GetDiskFreeSpaceW; [I].
 */
WINBASEAPI BOOL WINAPI GetDiskFreeSpaceW(LPCWSTR lpRootPathName, LPDWORD lpSectorsPerCluster,
                                         LPDWORD lpBytesPerSector, LPDWORD lpNumberOfFreeClusters,
                                         LPDWORD lpTotalNumberOfClusters);

/*
 * GetFinalPathNameByHandleA, GetFinalPathNameByHandleW: the name of an open file, as it is now.
 * hFile: a file or directory.
 * lpszFilePath: out; in UTF-8 for GetFinalPathNameByHandleA. May be NULL.
 * cchFilePath: characters of lpszFilePath, for GetFinalPathNameByHandleA bytes.
 * dwFlags: VOLUME_NAME_DOS (\\?\Z:\ and the path on Linux), VOLUME_NAME_NT
 *   (\Device\HarddiskVolume1\...), VOLUME_NAME_GUID or VOLUME_NAME_NONE, with FILE_NAME_NORMALIZED or
 *   FILE_NAME_OPENED, which are alike here.
 * Returns the length without the terminator; when it does not fit, the size needed with it; 0 and
 *   the last error ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER for other flags,
 *   ERROR_INVALID_FUNCTION for what lies on no volume, ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] GetFinalPathNameByHandleW; [I].
 */
WINBASEAPI DWORD WINAPI GetFinalPathNameByHandleA(HANDLE hFile, LPSTR lpszFilePath,
                                                  DWORD cchFilePath, DWORD dwFlags);
WINBASEAPI DWORD WINAPI GetFinalPathNameByHandleW(HANDLE hFile, LPWSTR lpszFilePath,
                                                  DWORD cchFilePath, DWORD dwFlags);

/*
 * Not built: there are no byte-range locks.
 * hFile: not used.
 * dwFlags: not used.
 * dwReserved: not used.
 * nNumberOfBytesToLockLow: bytes; not used.
 * nNumberOfBytesToLockHigh: bytes; not used.
 * lpOverlapped: not used.
 * Returns FALSE and the last error ERROR_CALL_NOT_IMPLEMENTED.
 * Source: [D] LockFileEx; [I].
 */
WINBASEAPI BOOL WINAPI LockFileEx(HANDLE hFile, DWORD dwFlags, DWORD dwReserved,
                                  DWORD nNumberOfBytesToLockLow, DWORD nNumberOfBytesToLockHigh,
                                  LPOVERLAPPED lpOverlapped);

/*
 * Not built: there are no byte-range locks.
 * hFile: not used.
 * dwReserved: not used.
 * nNumberOfBytesToUnlockLow: bytes; not used.
 * nNumberOfBytesToUnlockHigh: bytes; not used.
 * lpOverlapped: not used.
 * Returns FALSE and the last error ERROR_NOT_LOCKED.
 * Source: [D] UnlockFileEx; [I].
 */
WINBASEAPI BOOL WINAPI UnlockFileEx(HANDLE hFile, DWORD dwReserved, DWORD nNumberOfBytesToUnlockLow,
                                    DWORD nNumberOfBytesToUnlockHigh, LPOVERLAPPED lpOverlapped);
#ifdef UNICODE
#define CreateFile CreateFileW
#define DeleteFile DeleteFileW
#define CreateDirectory CreateDirectoryW
#define RemoveDirectory RemoveDirectoryW
#define GetFileAttributes GetFileAttributesW
#define FindFirstFile FindFirstFileW
#define FindFirstFileEx FindFirstFileExW
#define FindNextFile FindNextFileW
#define GetFileAttributesEx GetFileAttributesExW
#define SetFileAttributes SetFileAttributesW
#define GetFinalPathNameByHandle GetFinalPathNameByHandleW
#define GetFullPathName GetFullPathNameW
#define GetTempPath GetTempPathW
#define GetTempFileName GetTempFileNameW
#else
#define CreateFile CreateFileA
#define DeleteFile DeleteFileA
#define CreateDirectory CreateDirectoryA
#define RemoveDirectory RemoveDirectoryA
#define GetFileAttributes GetFileAttributesA
#define FindFirstFile FindFirstFileA
#define FindFirstFileEx FindFirstFileExA
#define FindNextFile FindNextFileA
#define GetFileAttributesEx GetFileAttributesExA
#define SetFileAttributes SetFileAttributesA
#define GetFinalPathNameByHandle GetFinalPathNameByHandleA
#define GetFullPathName GetFullPathNameA
#define GetTempPath GetTempPathA
#define GetTempFileName GetTempFileNameA
#endif

RINGER_EXTERN_C_END

#endif

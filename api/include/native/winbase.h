/* SPDX-License-Identifier: MIT */
/* The rest of the Win32 base API that a program of files, pipes and threads meets. */
#ifndef _WINBASE_
#define _WINBASE_

#include <stdarg.h>
#include <minwindef.h>
#include <winnt.h>
#include <minwinbase.h>
#include <winerror.h>
#include <debugapi.h>
#include <errhandlingapi.h>
#include <fibersapi.h>
#include <fileapi.h>
#include <handleapi.h>
#include <heapapi.h>
#include <ioapiset.h>
#include <libloaderapi.h>
#include <memoryapi.h>
#include <namedpipeapi.h>
#include <processenv.h>
#include <processthreadsapi.h>
#include <profileapi.h>
#include <stringapiset.h>
#include <synchapi.h>
#include <sysinfoapi.h>

RINGER_EXTERN_C_BEGIN

#define INFINITE 0xFFFFFFFF
#define WAIT_OBJECT_0 ((DWORD)0x00000000)
#define WAIT_ABANDONED ((DWORD)0x00000080)
#define WAIT_ABANDONED_0 ((DWORD)0x00000080)
#define WAIT_IO_COMPLETION ((DWORD)0x000000C0)
#define WAIT_FAILED ((DWORD)0xFFFFFFFF)

#define FILE_BEGIN 0
#define FILE_CURRENT 1
#define FILE_END 2
#define FILE_FLAG_WRITE_THROUGH 0x80000000
#define FILE_FLAG_OVERLAPPED 0x40000000
#define FILE_FLAG_NO_BUFFERING 0x20000000
#define FILE_FLAG_RANDOM_ACCESS 0x10000000
#define FILE_FLAG_SEQUENTIAL_SCAN 0x08000000
#define FILE_FLAG_DELETE_ON_CLOSE 0x04000000
#define FILE_FLAG_BACKUP_SEMANTICS 0x02000000
#define FILE_FLAG_POSIX_SEMANTICS 0x01000000
#define FILE_FLAG_SESSION_AWARE 0x00800000
#define FILE_FLAG_OPEN_REPARSE_POINT 0x00200000
#define FILE_FLAG_OPEN_NO_RECALL 0x00100000
#define FILE_FLAG_FIRST_PIPE_INSTANCE 0x00080000
#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x1
#define FILE_SKIP_SET_EVENT_ON_HANDLE 0x2
#define FILE_TYPE_UNKNOWN 0x0000
#define FILE_TYPE_DISK 0x0001
#define FILE_TYPE_CHAR 0x0002
#define FILE_TYPE_PIPE 0x0003
#define MOVEFILE_REPLACE_EXISTING 0x00000001
#define MOVEFILE_COPY_ALLOWED 0x00000002
#define MOVEFILE_DELAY_UNTIL_REBOOT 0x00000004
#define MOVEFILE_WRITE_THROUGH 0x00000008
#define MOVEFILE_FAIL_IF_NOT_TRACKABLE 0x00000020
#define LOCKFILE_FAIL_IMMEDIATELY 0x00000001
#define LOCKFILE_EXCLUSIVE_LOCK 0x00000002

#define PIPE_ACCESS_INBOUND 0x00000001
#define PIPE_ACCESS_OUTBOUND 0x00000002
#define PIPE_ACCESS_DUPLEX 0x00000003
#define PIPE_CLIENT_END 0x00000000
#define PIPE_SERVER_END 0x00000001
#define PIPE_WAIT 0x00000000
#define PIPE_NOWAIT 0x00000001
#define PIPE_READMODE_BYTE 0x00000000
#define PIPE_READMODE_MESSAGE 0x00000002
#define PIPE_TYPE_BYTE 0x00000000
#define PIPE_TYPE_MESSAGE 0x00000004
#define PIPE_ACCEPT_REMOTE_CLIENTS 0x00000000
#define PIPE_REJECT_REMOTE_CLIENTS 0x00000008
#define PIPE_UNLIMITED_INSTANCES 255
#define NMPWAIT_WAIT_FOREVER 0xffffffff
#define NMPWAIT_NOWAIT 0x00000001
#define NMPWAIT_USE_DEFAULT_WAIT 0x00000000

#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x00000100
#define FORMAT_MESSAGE_IGNORE_INSERTS 0x00000200
#define FORMAT_MESSAGE_FROM_STRING 0x00000400
#define FORMAT_MESSAGE_FROM_HMODULE 0x00000800
#define FORMAT_MESSAGE_FROM_SYSTEM 0x00001000
#define FORMAT_MESSAGE_ARGUMENT_ARRAY 0x00002000
#define FORMAT_MESSAGE_MAX_WIDTH_MASK 0x000000FF

#define THREAD_PRIORITY_LOWEST (-2)
#define THREAD_PRIORITY_BELOW_NORMAL (-1)
#define THREAD_PRIORITY_NORMAL 0
#define THREAD_PRIORITY_ABOVE_NORMAL 1
#define THREAD_PRIORITY_HIGHEST 2

typedef struct _FILE_BASIC_INFO {
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    DWORD FileAttributes;
} FILE_BASIC_INFO, *PFILE_BASIC_INFO;

typedef struct _FILE_STANDARD_INFO {
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER EndOfFile;
    DWORD NumberOfLinks;
    BOOLEAN DeletePending;
    BOOLEAN Directory;
} FILE_STANDARD_INFO, *PFILE_STANDARD_INFO;

typedef struct _FILE_NAME_INFO {
    DWORD FileNameLength;
    WCHAR FileName[1];
} FILE_NAME_INFO, *PFILE_NAME_INFO;

typedef struct _FILE_RENAME_INFO {
    __extension__ union {
        BOOLEAN ReplaceIfExists;
        DWORD Flags;
    };
    HANDLE RootDirectory;
    DWORD FileNameLength;
    WCHAR FileName[1];
} FILE_RENAME_INFO, *PFILE_RENAME_INFO;

typedef struct _FILE_ALLOCATION_INFO {
    LARGE_INTEGER AllocationSize;
} FILE_ALLOCATION_INFO, *PFILE_ALLOCATION_INFO;

typedef struct _FILE_END_OF_FILE_INFO {
    LARGE_INTEGER EndOfFile;
} FILE_END_OF_FILE_INFO, *PFILE_END_OF_FILE_INFO;

typedef struct _FILE_DISPOSITION_INFO {
    BOOLEAN DeleteFile;
} FILE_DISPOSITION_INFO, *PFILE_DISPOSITION_INFO;

typedef struct _FILE_ATTRIBUTE_TAG_INFO {
    DWORD FileAttributes;
    DWORD ReparseTag;
} FILE_ATTRIBUTE_TAG_INFO, *PFILE_ATTRIBUTE_TAG_INFO;

typedef struct _FILE_ID_BOTH_DIR_INFO {
    DWORD NextEntryOffset;
    DWORD FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    DWORD FileAttributes;
    DWORD FileNameLength;
    DWORD EaSize;
    CCHAR ShortNameLength;
    WCHAR ShortName[12];
    LARGE_INTEGER FileId;
    WCHAR FileName[1];
} FILE_ID_BOTH_DIR_INFO, *PFILE_ID_BOTH_DIR_INFO;

typedef struct _FILE_FULL_DIR_INFO {
    DWORD NextEntryOffset;
    DWORD FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    DWORD FileAttributes;
    DWORD FileNameLength;
    DWORD EaSize;
    WCHAR FileName[1];
} FILE_FULL_DIR_INFO, *PFILE_FULL_DIR_INFO;

typedef struct _FILE_ID_EXTD_DIR_INFO {
    DWORD NextEntryOffset;
    DWORD FileIndex;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER EndOfFile;
    LARGE_INTEGER AllocationSize;
    DWORD FileAttributes;
    DWORD FileNameLength;
    DWORD EaSize;
    DWORD ReparsePointTag;
    FILE_ID_128 FileId;
    WCHAR FileName[1];
} FILE_ID_EXTD_DIR_INFO, *PFILE_ID_EXTD_DIR_INFO;

typedef struct _FILE_STREAM_INFO {
    DWORD NextEntryOffset;
    DWORD StreamNameLength;
    LARGE_INTEGER StreamSize;
    LARGE_INTEGER StreamAllocationSize;
    WCHAR StreamName[1];
} FILE_STREAM_INFO, *PFILE_STREAM_INFO;

typedef struct _FILE_COMPRESSION_INFO {
    LARGE_INTEGER CompressedFileSize;
    WORD CompressionFormat;
    UCHAR CompressionUnitShift;
    UCHAR ChunkShift;
    UCHAR ClusterShift;
    UCHAR Reserved[3];
} FILE_COMPRESSION_INFO, *PFILE_COMPRESSION_INFO;

typedef struct _FILE_CASE_SENSITIVE_INFO {
    ULONG Flags;
} FILE_CASE_SENSITIVE_INFO, *PFILE_CASE_SENSITIVE_INFO;

#define FILE_DISPOSITION_FLAG_DO_NOT_DELETE 0x00000000
#define FILE_DISPOSITION_FLAG_DELETE 0x00000001
#define FILE_DISPOSITION_FLAG_POSIX_SEMANTICS 0x00000002
#define FILE_DISPOSITION_FLAG_FORCE_IMAGE_SECTION_CHECK 0x00000004
#define FILE_DISPOSITION_FLAG_ON_CLOSE 0x00000008
#define FILE_DISPOSITION_FLAG_IGNORE_READONLY_ATTRIBUTE 0x00000010

typedef struct _FILE_DISPOSITION_INFO_EX {
    DWORD Flags; /* FILE_DISPOSITION_FLAG_* */
} FILE_DISPOSITION_INFO_EX, *PFILE_DISPOSITION_INFO_EX;

#define FILE_RENAME_FLAG_REPLACE_IF_EXISTS 0x00000001
#define FILE_RENAME_FLAG_POSIX_SEMANTICS 0x00000002

typedef enum _PRIORITY_HINT {
    IoPriorityHintVeryLow,
    IoPriorityHintLow,
    IoPriorityHintNormal,
    MaximumIoPriorityHintType
} PRIORITY_HINT;

typedef struct _FILE_IO_PRIORITY_HINT_INFO {
    PRIORITY_HINT PriorityHint;
} FILE_IO_PRIORITY_HINT_INFO, *PFILE_IO_PRIORITY_HINT_INFO;

typedef struct _FILE_STORAGE_INFO {
    ULONG LogicalBytesPerSector;
    ULONG PhysicalBytesPerSectorForAtomicity;
    ULONG PhysicalBytesPerSectorForPerformance;
    ULONG FileSystemEffectivePhysicalBytesPerSectorForAtomicity;
    ULONG Flags;
    ULONG ByteOffsetForSectorAlignment;
    ULONG ByteOffsetForPartitionAlignment;
} FILE_STORAGE_INFO, *PFILE_STORAGE_INFO;

typedef struct _FILE_ALIGNMENT_INFO {
    ULONG AlignmentRequirement;
} FILE_ALIGNMENT_INFO, *PFILE_ALIGNMENT_INFO;

typedef struct _FILE_ID_INFO {
    ULONGLONG VolumeSerialNumber;
    FILE_ID_128 FileId;
} FILE_ID_INFO, *PFILE_ID_INFO;

/*
 * What a class says of a file: FileBasicInfo, FileStandardInfo, FileNameInfo and FileNormalizedNameInfo
 * (below the volume), FileAttributeTagInfo, FileAlignmentInfo (a mask), FileIdInfo (Linux' device and
 * inode), FileStreamInfo (the unnamed one), FileCompressionInfo, FileStorageInfo, FileCaseSensitiveInfo;
 * or what lies in a directory, page by page: FileIdBothDirectoryInfo, FileFullDirectoryInfo,
 * FileIdExtdDirectoryInfo, and each with Restart.
 * hFile: a file or directory; some classes need FILE_READ_ATTRIBUTES, a directory's FILE_LIST_DIRECTORY.
 * FileInformationClass: one of those; others are ERROR_INVALID_PARAMETER, FileRemoteProtocolInfo too.
 * lpFileInformation: out; the class's struct. NULL is ERROR_NOACCESS.
 * dwBufferSize: bytes; less than the struct is ERROR_BAD_LENGTH.
 * Returns TRUE; or FALSE and the last error: those, ERROR_MORE_DATA for a name or an entry that does
 *   not fit, ERROR_NO_MORE_FILES, ERROR_FILE_NOT_FOUND, ERROR_HANDLE_EOF for the streams of
 *   a directory, ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED.
 * Source: [D] GetFileInformationByHandleEx; [I].
 */
WINBASEAPI BOOL WINAPI GetFileInformationByHandleEx(HANDLE hFile,
                                                    FILE_INFO_BY_HANDLE_CLASS FileInformationClass,
                                                    LPVOID lpFileInformation, DWORD dwBufferSize);

/*
 * What a file's completions spare. It cannot be taken back.
 * FileHandle: a file.
 * Flags: FILE_SKIP_COMPLETION_PORT_ON_SUCCESS queues no packet for what ended in the call,
 *   FILE_SKIP_SET_EVENT_ON_HANDLE leaves the file's own signal alone.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_PARAMETER for other flags,
 *   ERROR_INVALID_HANDLE. A ring refuses a file with a port either way.
 * Source: [D] SetFileCompletionNotificationModes; [I] open.handle.port-skip-on-success.
 */
WINBASEAPI BOOL WINAPI SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags);

/*
 * Opens the file of a handle again, with an access of its own.
 * hOriginalFile: a file.
 * dwDesiredAccess: a mask, as for CreateFileW.
 * dwShareMode: a mask, as for CreateFileW.
 * dwFlagsAndAttributes: FILE_FLAG_*, as for CreateFileW.
 * Returns a handle that the caller owns; or INVALID_HANDLE_VALUE and the last error
 *   ERROR_SHARING_VIOLATION, ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE.
 * Source: [D] ReOpenFile.
 */
WINBASEAPI HANDLE WINAPI ReOpenFile(HANDLE hOriginalFile, DWORD dwDesiredAccess, DWORD dwShareMode,
                                    DWORD dwFlagsAndAttributes);

/*
 * MoveFileA, MoveFileW: MoveFileExW with MOVEFILE_COPY_ALLOWED.
 * lpExistingFileName: a file or directory.
 * lpNewFileName: its new name.
 * Returns TRUE; or FALSE and the last error of MoveFileExW: ERROR_ALREADY_EXISTS,
 *   ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER.
 * Source: [D] MoveFileW.
 */
WINBASEAPI BOOL WINAPI MoveFileA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName);
WINBASEAPI BOOL WINAPI MoveFileW(LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName);

/*
 * MoveFileExA, MoveFileExW: gives a file or directory a new name. Handles stay, and say the new one.
 * lpExistingFileName: a file or directory.
 * lpNewFileName: its new name; NULL, for the next start of Windows, is ERROR_INVALID_PARAMETER.
 * dwFlags: MOVEFILE_REPLACE_EXISTING takes the name from another file, MOVEFILE_COPY_ALLOWED copies
 *   a file to another file system, MOVEFILE_WRITE_THROUGH and MOVEFILE_FAIL_IF_NOT_TRACKABLE change
 *   nothing; others are ERROR_INVALID_PARAMETER.
 * Returns TRUE; or FALSE and the last error: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND,
 *   ERROR_ALREADY_EXISTS, ERROR_ACCESS_DENIED for a new name of a directory, of a read-only or of an
 *   open file, and for a directory with open files in it, ERROR_SHARING_VIOLATION,
 *   ERROR_NOT_SAME_DEVICE, ERROR_INVALID_PARAMETER.
 * Source: [D] MoveFileExW; [I].
 */
WINBASEAPI BOOL WINAPI MoveFileExA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName, DWORD dwFlags);
WINBASEAPI BOOL WINAPI MoveFileExW(LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName,
                                   DWORD dwFlags);

/*
 * FormatMessageA, FormatMessageW: a sentence, in English and our words, for the codes that programs
 *   of files and rings meet; with a line end behind it.
 * dwFlags: FORMAT_MESSAGE_FROM_SYSTEM, which must be there, and FORMAT_MESSAGE_ALLOCATE_BUFFER;
 *   inserts and widths are ignored, FORMAT_MESSAGE_FROM_STRING and FORMAT_MESSAGE_FROM_HMODULE are
 *   ERROR_NOT_SUPPORTED.
 * lpSource: not used.
 * dwMessageId: ERROR_*, or an HRESULT made of one.
 * dwLanguageId: not used.
 * lpBuffer: out; with FORMAT_MESSAGE_ALLOCATE_BUFFER the address of a pointer to what the caller
 *   frees with LocalFree.
 * nSize: characters, for FormatMessageA bytes, of lpBuffer, or the least to allocate.
 * Arguments: not used.
 * Returns the length without the terminator; 0 and the last error: ERROR_MR_MID_NOT_FOUND for a
 *   code without a text, ERROR_INSUFFICIENT_BUFFER, ERROR_NOT_SUPPORTED, ERROR_INVALID_PARAMETER
 *   for no buffer, ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] FormatMessageW; [I].
 */
WINBASEAPI DWORD WINAPI FormatMessageA(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId,
                                       DWORD dwLanguageId, LPSTR lpBuffer, DWORD nSize,
                                       va_list *Arguments);
WINBASEAPI DWORD WINAPI FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId,
                                       DWORD dwLanguageId, LPWSTR lpBuffer, DWORD nSize,
                                       va_list *Arguments);

/*
 * A block of the heap of the process; all are fixed.
 * uFlags: LMEM_ZEROINIT (0x40); others are ignored.
 * uBytes: bytes.
 * Returns the block, which LocalFree frees; or NULL and the last error ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] LocalAlloc; [I].
 */
WINBASEAPI HLOCAL WINAPI LocalAlloc(UINT uFlags, SIZE_T uBytes);

/*
 * Frees a block of LocalAlloc.
 * hMem: the block; NULL does nothing.
 * Returns NULL; or hMem and the last error ERROR_INVALID_PARAMETER for a block of another heap.
 * Source: [D] LocalFree.
 */
WINBASEAPI HLOCAL WINAPI LocalFree(HLOCAL hMem);

/*
 * LocalAlloc by another name; all blocks are fixed.
 * uFlags: GMEM_ZEROINIT (0x40); others are ignored.
 * dwBytes: bytes.
 * Returns the block, which GlobalFree frees; or NULL and the last error ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] GlobalAlloc; [I].
 */
WINBASEAPI HGLOBAL WINAPI GlobalAlloc(UINT uFlags, SIZE_T dwBytes);

/*
 * Frees a block of GlobalAlloc.
 * hMem: the block; NULL does nothing.
 * Returns NULL; or hMem and the last error ERROR_INVALID_PARAMETER for a block of another heap.
 * Source: [D] GlobalFree.
 */
WINBASEAPI HGLOBAL WINAPI GlobalFree(HGLOBAL hMem);

/*
 * GetCommandLineA, GetCommandLineW: the arguments of the program, those with blanks in quotes; made
 *   once of /proc/self/cmdline.
 * Returns a string that is never freed; NULL when /proc cannot be read or there is no memory.
 * Source: [D] GetCommandLineW; [I].
 */
WINBASEAPI LPSTR WINAPI GetCommandLineA(void);
WINBASEAPI LPWSTR WINAPI GetCommandLineW(void);

/*
 * lstrlenA, lstrlenW: the length of a string.
 * lpString: the string; NULL has none.
 * Returns bytes, for lstrlenW characters, without the terminator; cannot fail.
 * Source: [D] lstrlenW.
 */
WINBASEAPI int WINAPI lstrlenW(LPCWSTR lpString);
WINBASEAPI int WINAPI lstrlenA(LPCSTR lpString);
#ifdef UNICODE
#define MoveFile MoveFileW
#define MoveFileEx MoveFileExW
#define FormatMessage FormatMessageW
#define GetCommandLine GetCommandLineW
#define lstrlen lstrlenW
#else
#define MoveFile MoveFileA
#define MoveFileEx MoveFileExA
#define FormatMessage FormatMessageA
#define GetCommandLine GetCommandLineA
#define lstrlen lstrlenA
#endif

RINGER_EXTERN_C_END

#endif

/* SPDX-License-Identifier: MIT */
/* The native services, as far as they are here. */
#ifndef _WINTERNL_
#define _WINTERNL_

#include <minwindef.h>
#include <winnt.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

typedef LONG NTSTATUS;
typedef NTSTATUS *PNTSTATUS;
#define NT_SUCCESS(Status) ((NTSTATUS)(Status) >= 0)
#define NT_INFORMATION(Status) ((ULONG)(Status) >> 30 == 1)
#define NT_WARNING(Status) ((ULONG)(Status) >> 30 == 2)
#define NT_ERROR(Status) ((ULONG)(Status) >> 30 == 3)

typedef struct _UNICODE_STRING {
    USHORT Length;        /* bytes, without a terminator */
    USHORT MaximumLength; /* bytes */
    PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _OBJECT_ATTRIBUTES {
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;
    PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

#define DUPLICATE_SAME_ATTRIBUTES 0x00000004

#define OBJ_INHERIT 0x00000002
#define OBJ_PERMANENT 0x00000010
#define OBJ_EXCLUSIVE 0x00000020
#define OBJ_CASE_INSENSITIVE 0x00000040
#define OBJ_OPENIF 0x00000080
#define OBJ_OPENLINK 0x00000100
#define OBJ_KERNEL_HANDLE 0x00000200
#define InitializeObjectAttributes(p, n, a, r, s)    \
    do {                                             \
        (p)->Length = sizeof(OBJECT_ATTRIBUTES);     \
        (p)->RootDirectory = (r);                    \
        (p)->Attributes = (a);                       \
        (p)->ObjectName = (n);                       \
        (p)->SecurityDescriptor = (s);               \
        (p)->SecurityQualityOfService = NULL;        \
    } while (0)

typedef struct _IO_STATUS_BLOCK {
    __extension__ union {
        NTSTATUS Status;
        PVOID Pointer;
    };
    ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

typedef VOID(NTAPI *PIO_APC_ROUTINE)(PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                     ULONG Reserved);

typedef enum _FILE_INFORMATION_CLASS {
    FileDirectoryInformation = 1,
    FileFullDirectoryInformation = 2,
    FileBothDirectoryInformation = 3,
    FileBasicInformation = 4,
    FileStandardInformation = 5,
    FileInternalInformation = 6,
    FileEaInformation = 7,
    FileAccessInformation = 8,
    FileNameInformation = 9,
    FileRenameInformation = 10,
    FileLinkInformation = 11,
    FileNamesInformation = 12,
    FileDispositionInformation = 13,
    FilePositionInformation = 14,
    FileModeInformation = 16,
    FileAlignmentInformation = 17,
    FileAllInformation = 18,
    FileAllocationInformation = 19,
    FileEndOfFileInformation = 20,
    FileStreamInformation = 22,
    FilePipeInformation = 23,
    FilePipeLocalInformation = 24,
    FileCompressionInformation = 28,
    FileCompletionInformation = 30,
    FileNetworkOpenInformation = 34,
    FileAttributeTagInformation = 35,
    FileIdBothDirectoryInformation = 37,
    FileIdFullDirectoryInformation = 38,
    FileValidDataLengthInformation = 39,
    FileIoCompletionNotificationInformation = 41,
    FileIoPriorityHintInformation = 43,
    FileNormalizedNameInformation = 48,
    FileIsRemoteDeviceInformation = 51,
    FileStandardLinkInformation = 54,
    FileRemoteProtocolInformation = 55,
    FileVolumeNameInformation = 58,
    FileIdInformation = 59,
    FileIdExtdDirectoryInformation = 60,
    FileReplaceCompletionInformation = 61,
    FileIdExtdBothDirectoryInformation = 63,
    FileDispositionInformationEx = 64,
    FileRenameInformationEx = 65,
    FileStatInformation = 68,
    FileCaseSensitiveInformation = 71,
    FileStatBasicInformation = 77
} FILE_INFORMATION_CLASS, *PFILE_INFORMATION_CLASS;

typedef enum _FSINFOCLASS {
    FileFsVolumeInformation = 1,
    FileFsSizeInformation = 3,
    FileFsDeviceInformation = 4,
    FileFsAttributeInformation = 5,
    FileFsFullSizeInformation = 7,
    FileFsSectorSizeInformation = 11
} FS_INFORMATION_CLASS, *PFS_INFORMATION_CLASS;

typedef enum _EVENT_TYPE { NotificationEvent, SynchronizationEvent } EVENT_TYPE;
typedef enum _WAIT_TYPE { WaitAll, WaitAny } WAIT_TYPE;
typedef enum _EVENT_INFORMATION_CLASS { EventBasicInformation } EVENT_INFORMATION_CLASS;

typedef struct _EVENT_BASIC_INFORMATION {
    EVENT_TYPE EventType;
    LONG EventState;
} EVENT_BASIC_INFORMATION, *PEVENT_BASIC_INFORMATION;

typedef struct _FILE_BASIC_INFORMATION {
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    ULONG FileAttributes;
} FILE_BASIC_INFORMATION, *PFILE_BASIC_INFORMATION;

typedef struct _FILE_STANDARD_INFORMATION {
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER EndOfFile;
    ULONG NumberOfLinks;
    BOOLEAN DeletePending;
    BOOLEAN Directory;
} FILE_STANDARD_INFORMATION, *PFILE_STANDARD_INFORMATION;

typedef struct _FILE_INTERNAL_INFORMATION {
    LARGE_INTEGER IndexNumber;
} FILE_INTERNAL_INFORMATION, *PFILE_INTERNAL_INFORMATION;

typedef struct _FILE_POSITION_INFORMATION {
    LARGE_INTEGER CurrentByteOffset;
} FILE_POSITION_INFORMATION, *PFILE_POSITION_INFORMATION;

typedef struct _FILE_END_OF_FILE_INFORMATION {
    LARGE_INTEGER EndOfFile;
} FILE_END_OF_FILE_INFORMATION, *PFILE_END_OF_FILE_INFORMATION;

typedef struct _FILE_ALLOCATION_INFORMATION {
    LARGE_INTEGER AllocationSize;
} FILE_ALLOCATION_INFORMATION, *PFILE_ALLOCATION_INFORMATION;

typedef struct _FILE_DISPOSITION_INFORMATION {
    BOOLEAN DeleteFile;
} FILE_DISPOSITION_INFORMATION, *PFILE_DISPOSITION_INFORMATION;

#define FILE_DISPOSITION_DO_NOT_DELETE 0x00000000
#define FILE_DISPOSITION_DELETE 0x00000001
#define FILE_DISPOSITION_POSIX_SEMANTICS 0x00000002
#define FILE_DISPOSITION_FORCE_IMAGE_SECTION_CHECK 0x00000004
#define FILE_DISPOSITION_ON_CLOSE 0x00000008
#define FILE_DISPOSITION_IGNORE_READONLY_ATTRIBUTE 0x00000010

typedef struct _FILE_DISPOSITION_INFORMATION_EX {
    ULONG Flags;
} FILE_DISPOSITION_INFORMATION_EX, *PFILE_DISPOSITION_INFORMATION_EX;

#define FILE_RENAME_REPLACE_IF_EXISTS 0x00000001
#define FILE_RENAME_POSIX_SEMANTICS 0x00000002
#define FILE_RENAME_SUPPRESS_PIN_STATE_INHERITANCE 0x00000004
#define FILE_RENAME_SUPPRESS_STORAGE_RESERVE_INHERITANCE 0x00000008
#define FILE_RENAME_NO_INCREASE_AVAILABLE_SPACE 0x00000010
#define FILE_RENAME_NO_DECREASE_AVAILABLE_SPACE 0x00000020
#define FILE_RENAME_IGNORE_READONLY_ATTRIBUTE 0x00000040
#define FILE_RENAME_VALID_FLAGS 0x0000007f

typedef struct _FILE_RENAME_INFORMATION {
    __extension__ union {
        BOOLEAN ReplaceIfExists;
        ULONG Flags; /* FILE_RENAME_*, of FileRenameInformationEx */
    };
    HANDLE RootDirectory;
    ULONG FileNameLength;
    WCHAR FileName[1];
} FILE_RENAME_INFORMATION, *PFILE_RENAME_INFORMATION;

typedef struct _FILE_ALIGNMENT_INFORMATION {
    ULONG AlignmentRequirement;
} FILE_ALIGNMENT_INFORMATION, *PFILE_ALIGNMENT_INFORMATION;

typedef struct _FILE_MODE_INFORMATION {
    ULONG Mode;
} FILE_MODE_INFORMATION, *PFILE_MODE_INFORMATION;

typedef struct _FILE_COMPLETION_INFORMATION {
    HANDLE Port;
    PVOID Key;
} FILE_COMPLETION_INFORMATION, *PFILE_COMPLETION_INFORMATION;

typedef struct _FILE_IO_COMPLETION_NOTIFICATION_INFORMATION {
    ULONG Flags;
} FILE_IO_COMPLETION_NOTIFICATION_INFORMATION, *PFILE_IO_COMPLETION_NOTIFICATION_INFORMATION;

typedef struct _FILE_IO_COMPLETION_INFORMATION {
    PVOID KeyContext;
    PVOID ApcContext;
    IO_STATUS_BLOCK IoStatusBlock;
} FILE_IO_COMPLETION_INFORMATION, *PFILE_IO_COMPLETION_INFORMATION;

typedef struct _FILE_NETWORK_OPEN_INFORMATION {
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER EndOfFile;
    ULONG FileAttributes;
} FILE_NETWORK_OPEN_INFORMATION, *PFILE_NETWORK_OPEN_INFORMATION;

typedef struct _FILE_NAME_INFORMATION {
    ULONG FileNameLength;
    WCHAR FileName[1];
} FILE_NAME_INFORMATION, *PFILE_NAME_INFORMATION;

typedef struct _FILE_STREAM_INFORMATION {
    ULONG NextEntryOffset;
    ULONG StreamNameLength;
    LARGE_INTEGER StreamSize;
    LARGE_INTEGER StreamAllocationSize;
    WCHAR StreamName[1];
} FILE_STREAM_INFORMATION, *PFILE_STREAM_INFORMATION;

typedef struct _FILE_COMPRESSION_INFORMATION {
    LARGE_INTEGER CompressedFileSize;
    USHORT CompressionFormat;
    UCHAR CompressionUnitShift;
    UCHAR ChunkShift;
    UCHAR ClusterShift;
    UCHAR Reserved[3];
} FILE_COMPRESSION_INFORMATION, *PFILE_COMPRESSION_INFORMATION;

typedef struct _FILE_STANDARD_LINK_INFORMATION {
    ULONG NumberOfAccessibleLinks;
    ULONG TotalNumberOfLinks;
    BOOLEAN DeletePending;
    BOOLEAN Directory;
} FILE_STANDARD_LINK_INFORMATION, *PFILE_STANDARD_LINK_INFORMATION;

typedef struct _FILE_VOLUME_NAME_INFORMATION {
    ULONG DeviceNameLength;
    WCHAR DeviceName[1];
} FILE_VOLUME_NAME_INFORMATION, *PFILE_VOLUME_NAME_INFORMATION;

typedef struct _FILE_STAT_INFORMATION {
    LARGE_INTEGER FileId;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER EndOfFile;
    ULONG FileAttributes;
    ULONG ReparseTag;
    ULONG NumberOfLinks;
    ACCESS_MASK EffectiveAccess;
} FILE_STAT_INFORMATION, *PFILE_STAT_INFORMATION;

typedef struct _FILE_STAT_BASIC_INFORMATION {
    LARGE_INTEGER FileId;
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER EndOfFile;
    ULONG FileAttributes;
    ULONG ReparseTag;
    ULONG NumberOfLinks;
    ULONG DeviceType;
    ULONG DeviceCharacteristics;
    ULONG Reserved;
    LARGE_INTEGER VolumeSerialNumber;
    FILE_ID_128 FileId128;
} FILE_STAT_BASIC_INFORMATION, *PFILE_STAT_BASIC_INFORMATION;

typedef struct _FILE_CASE_SENSITIVE_INFORMATION {
    ULONG Flags;
} FILE_CASE_SENSITIVE_INFORMATION, *PFILE_CASE_SENSITIVE_INFORMATION;

typedef enum _IO_PRIORITY_HINT {
    IoPriorityVeryLow,
    IoPriorityLow,
    IoPriorityNormal,
    IoPriorityHigh,
    IoPriorityCritical,
    MaxIoPriorityTypes
} IO_PRIORITY_HINT;

typedef struct _FILE_IO_PRIORITY_HINT_INFORMATION {
    IO_PRIORITY_HINT PriorityHint;
} FILE_IO_PRIORITY_HINT_INFORMATION, *PFILE_IO_PRIORITY_HINT_INFORMATION;

typedef struct _FILE_PIPE_INFORMATION {
    ULONG ReadMode;
    ULONG CompletionMode;
} FILE_PIPE_INFORMATION, *PFILE_PIPE_INFORMATION;

typedef struct _FILE_PIPE_LOCAL_INFORMATION {
    ULONG NamedPipeType;
    ULONG NamedPipeConfiguration;
    ULONG MaximumInstances;
    ULONG CurrentInstances;
    ULONG InboundQuota;
    ULONG ReadDataAvailable;
    ULONG OutboundQuota;
    ULONG WriteQuotaAvailable;
    ULONG NamedPipeState;
    ULONG NamedPipeEnd;
} FILE_PIPE_LOCAL_INFORMATION, *PFILE_PIPE_LOCAL_INFORMATION;

typedef struct _FILE_PIPE_PEEK_BUFFER {
    ULONG NamedPipeState;
    ULONG ReadDataAvailable;
    ULONG NumberOfMessages;
    ULONG MessageLength;
    CHAR Data[1];
} FILE_PIPE_PEEK_BUFFER, *PFILE_PIPE_PEEK_BUFFER;

typedef struct _FILE_PIPE_WAIT_FOR_BUFFER {
    LARGE_INTEGER Timeout;
    ULONG NameLength;
    BOOLEAN TimeoutSpecified;
    WCHAR Name[1];
} FILE_PIPE_WAIT_FOR_BUFFER, *PFILE_PIPE_WAIT_FOR_BUFFER;

typedef struct _FILE_FS_DEVICE_INFORMATION {
    ULONG DeviceType;
    ULONG Characteristics;
} FILE_FS_DEVICE_INFORMATION, *PFILE_FS_DEVICE_INFORMATION;

typedef struct _FILE_FS_SIZE_INFORMATION {
    LARGE_INTEGER TotalAllocationUnits;
    LARGE_INTEGER AvailableAllocationUnits;
    ULONG SectorsPerAllocationUnit;
    ULONG BytesPerSector;
} FILE_FS_SIZE_INFORMATION, *PFILE_FS_SIZE_INFORMATION;

typedef struct _FILE_FS_VOLUME_INFORMATION {
    LARGE_INTEGER VolumeCreationTime;
    ULONG VolumeSerialNumber;
    ULONG VolumeLabelLength;
    BOOLEAN SupportsObjects;
    WCHAR VolumeLabel[1];
} FILE_FS_VOLUME_INFORMATION, *PFILE_FS_VOLUME_INFORMATION;

#define FILE_DEVICE_DISK 0x00000007
#define FILE_DEVICE_DISK_FILE_SYSTEM 0x00000008
#define FILE_DEVICE_NAMED_PIPE 0x00000011
#define FILE_DEVICE_NULL 0x00000015
#define FILE_DEVICE_CONSOLE 0x00000050

/* NtCreateFile: CreateDisposition, CreateOptions, IO_STATUS_BLOCK.Information. */
#define FILE_SUPERSEDE 0x00000000
#define FILE_OPEN 0x00000001
#define FILE_CREATE 0x00000002
#define FILE_OPEN_IF 0x00000003
#define FILE_OVERWRITE 0x00000004
#define FILE_OVERWRITE_IF 0x00000005
#define FILE_DIRECTORY_FILE 0x00000001
#define FILE_WRITE_THROUGH 0x00000002
#define FILE_SEQUENTIAL_ONLY 0x00000004
#define FILE_NO_INTERMEDIATE_BUFFERING 0x00000008
#define FILE_SYNCHRONOUS_IO_ALERT 0x00000010
#define FILE_SYNCHRONOUS_IO_NONALERT 0x00000020
#define FILE_NON_DIRECTORY_FILE 0x00000040
#define FILE_RANDOM_ACCESS 0x00000800
#define FILE_DELETE_ON_CLOSE 0x00001000
#define FILE_OPEN_BY_FILE_ID 0x00002000
#define FILE_OPEN_FOR_BACKUP_INTENT 0x00004000
#define FILE_OPEN_REPARSE_POINT 0x00200000
#define FILE_OPEN_NO_RECALL 0x00400000
#define FILE_SUPERSEDED 0x00000000
#define FILE_OPENED 0x00000001
#define FILE_CREATED 0x00000002
#define FILE_OVERWRITTEN 0x00000003
#define FILE_EXISTS 0x00000004
#define FILE_DOES_NOT_EXIST 0x00000005
#define FILE_WRITE_TO_END_OF_FILE 0xffffffff
#define FILE_USE_FILE_POINTER_POSITION 0xfffffffe

#define FILE_PIPE_BYTE_STREAM_TYPE 0x00000000
#define FILE_PIPE_MESSAGE_TYPE 0x00000001
#define FILE_PIPE_BYTE_STREAM_MODE 0x00000000
#define FILE_PIPE_MESSAGE_MODE 0x00000001
#define FILE_PIPE_QUEUE_OPERATION 0x00000000
#define FILE_PIPE_COMPLETE_OPERATION 0x00000001
#define FILE_PIPE_INBOUND 0x00000000
#define FILE_PIPE_OUTBOUND 0x00000001
#define FILE_PIPE_FULL_DUPLEX 0x00000002
#define FILE_PIPE_DISCONNECTED_STATE 0x00000001
#define FILE_PIPE_LISTENING_STATE 0x00000002
#define FILE_PIPE_CONNECTED_STATE 0x00000003
#define FILE_PIPE_CLOSING_STATE 0x00000004
#define FILE_PIPE_CLIENT_END 0x00000000
#define FILE_PIPE_SERVER_END 0x00000001
#define FSCTL_PIPE_DISCONNECT 0x00110004
#define FSCTL_PIPE_LISTEN 0x00110008
#define FSCTL_PIPE_PEEK 0x0011400C
#define FSCTL_PIPE_WAIT 0x00110018

/*
 * Opens or creates a file, directory, pipe end or device.
 * FileHandle: out; receives the handle, which the caller owns.
 * DesiredAccess: a mask of GENERIC_READ and so on, FILE_*, DELETE, SYNCHRONIZE; the last, which
 *   GENERIC_READ and its kin contain, is needed for a synchronous handle.
 * ObjectAttributes: the name: \??\Z:\path, \??\pipe\name, or one below RootDirectory; an empty one
 *   below a file opens that again.
 * IoStatusBlock: out; Status, and Information FILE_OPENED, FILE_CREATED, FILE_OVERWRITTEN or
 *   FILE_SUPERSEDED.
 * AllocationSize: bytes to reserve for a new file, a hint; may be NULL.
 * FileAttributes: FILE_ATTRIBUTE_READONLY for a new file; others are not kept.
 * ShareAccess: a mask of FILE_SHARE_*, held against handles of this process only.
 * CreateDisposition: FILE_SUPERSEDE, FILE_OPEN, FILE_CREATE, FILE_OPEN_IF, FILE_OVERWRITE,
 *   FILE_OVERWRITE_IF.
 * CreateOptions: a mask: FILE_SYNCHRONOUS_IO_NONALERT, FILE_DIRECTORY_FILE,
 *   FILE_NON_DIRECTORY_FILE, FILE_NO_INTERMEDIATE_BUFFERING, FILE_WRITE_THROUGH,
 *   FILE_DELETE_ON_CLOSE and hints.
 * EaBuffer: NULL, or STATUS_EAS_NOT_SUPPORTED.
 * EaLength: bytes; 0.
 * Returns STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND,
 *   STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_NAME_COLLISION, STATUS_SHARING_VIOLATION,
 *   STATUS_DELETE_PENDING, STATUS_ACCESS_DENIED, STATUS_FILE_IS_A_DIRECTORY,
 *   STATUS_NOT_A_DIRECTORY, STATUS_PIPE_NOT_AVAILABLE, STATUS_INVALID_PARAMETER for a combination
 *   that makes no sense, STATUS_ACCESS_VIOLATION for a pointer that cannot be used.
 * Source: [D] NtCreateFile, CreateFileW; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                     POBJECT_ATTRIBUTES ObjectAttributes,
                                     PIO_STATUS_BLOCK IoStatusBlock,
                                     PLARGE_INTEGER AllocationSize, ULONG FileAttributes,
                                     ULONG ShareAccess, ULONG CreateDisposition,
                                     ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength);

/*
 * NtCreateFile with FILE_OPEN.
 * FileHandle: out; receives the handle, which the caller owns.
 * DesiredAccess: a mask, as for NtCreateFile.
 * ObjectAttributes: the name.
 * IoStatusBlock: out; Status and Information.
 * ShareAccess: a mask of FILE_SHARE_*.
 * OpenOptions: a mask, as CreateOptions of NtCreateFile.
 * Returns STATUS_SUCCESS, or as NtCreateFile: STATUS_OBJECT_NAME_NOT_FOUND for one.
 * Source: [D] NtOpenFile.
 */
NTSYSAPI NTSTATUS NTAPI NtOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                                   POBJECT_ATTRIBUTES ObjectAttributes,
                                   PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess,
                                   ULONG OpenOptions);

/*
 * Reads. An asynchronous handle may go on behind the call; IoStatusBlock, Buffer and Event are the
 * system's until then.
 * FileHandle: a handle with read access.
 * Event: set at the end; may be NULL.
 * ApcRoutine: what this thread calls at the end, when it waits alertably; NULL calls nothing, and it
 *   is STATUS_INVALID_PARAMETER for a file with a completion port.
 * ApcContext: for the routine, or the packet of a completion port, where NULL queues none.
 * IoStatusBlock: out; Status and bytes transferred, written at the end.
 * Buffer: where to.
 * Length: bytes.
 * ByteOffset: bytes from the start; NULL or -2 is the position of a synchronous handle. Pipes
 *   ignore it.
 * Key: not used, as there are no byte-range locks.
 * Returns STATUS_SUCCESS; STATUS_PENDING; STATUS_BUFFER_OVERFLOW for part of a message;
 *   STATUS_END_OF_FILE, STATUS_PIPE_BROKEN, STATUS_PIPE_LISTENING, STATUS_PIPE_DISCONNECTED,
 *   STATUS_PIPE_EMPTY, STATUS_ACCESS_DENIED, STATUS_INVALID_PARAMETER, STATUS_ACCESS_VIOLATION,
 *   STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH.
 * Source: [D] NtReadFile, ReadFile; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                   PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                   PVOID Buffer, ULONG Length, PLARGE_INTEGER ByteOffset,
                                   PULONG Key);

/*
 * Writes; as NtReadFile.
 * FileHandle: a handle with write access.
 * Event: set at the end; may be NULL.
 * ApcRoutine: what this thread calls at the end, when it waits alertably; NULL calls nothing, and it
 *   is STATUS_INVALID_PARAMETER for a file with a completion port.
 * ApcContext: for the routine, or the packet of a completion port, where NULL queues none.
 * IoStatusBlock: out; Status and bytes transferred, written at the end.
 * Buffer: where from.
 * Length: bytes.
 * ByteOffset: bytes from the start; NULL or -2 is the position of a synchronous handle, -1 appends.
 *   Pipes ignore it.
 * Key: not used, as there are no byte-range locks.
 * Returns STATUS_SUCCESS; STATUS_PENDING; STATUS_DISK_FULL, STATUS_PIPE_CLOSING,
 *   STATUS_PIPE_LISTENING, STATUS_PIPE_DISCONNECTED, STATUS_ACCESS_DENIED,
 *   STATUS_INVALID_PARAMETER, STATUS_ACCESS_VIOLATION, STATUS_INVALID_HANDLE,
 *   STATUS_OBJECT_TYPE_MISMATCH.
 * Source: [D] NtWriteFile, WriteFile; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                    PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                    PVOID Buffer, ULONG Length, PLARGE_INTEGER ByteOffset,
                                    PULONG Key);

/*
 * Writes what is buffered; waits for that whatever the handle.
 * FileHandle: a handle with write access.
 * IoStatusBlock: out; Status.
 * Returns STATUS_SUCCESS; STATUS_ACCESS_DENIED, STATUS_INVALID_HANDLE, STATUS_PIPE_BROKEN,
 *   STATUS_ACCESS_VIOLATION for no IoStatusBlock.
 * Source: [D] FlushFileBuffers.
 */
NTSYSAPI NTSTATUS NTAPI NtFlushBuffersFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock);

/*
 * The same: flags that would allow less work are taken, and all of it is done.
 * FileHandle: a handle with write access.
 * Flags: 0 to 7 (FLUSH_FLAGS_*).
 * Parameters: NULL.
 * ParametersSize: bytes; 0.
 * IoStatusBlock: out; Status.
 * Returns STATUS_SUCCESS; STATUS_INVALID_PARAMETER for other arguments; as NtFlushBuffersFile.
 * Source: [D] FlushFileBuffers; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtFlushBuffersFileEx(HANDLE FileHandle, ULONG Flags, PVOID Parameters,
                                             ULONG ParametersSize,
                                             PIO_STATUS_BLOCK IoStatusBlock);

/*
 * Reads into pages that lie apart.
 * FileHandle: a handle with read access, without buffering.
 * Event: set at the end; may be NULL.
 * ApcRoutine: what this thread calls at the end, when it waits alertably; NULL calls nothing.
 * ApcContext: for the routine, or the packet of a completion port, where NULL queues none.
 * IoStatusBlock: out; Status and bytes transferred, written at the end.
 * SegmentArray: addresses of pages of 4096 bytes, as many as Length needs.
 * Length: bytes, a multiple of the sector's.
 * ByteOffset: bytes from the start, as for NtReadFile.
 * Key: not used, as there are no byte-range locks.
 * Returns STATUS_SUCCESS; STATUS_PENDING; STATUS_END_OF_FILE, STATUS_INVALID_PARAMETER for a handle with buffering
 *   or a page that is not aligned, STATUS_ACCESS_DENIED, STATUS_ACCESS_VIOLATION,
 *   STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH.
 * Source: [D] ReadFileScatter; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtReadFileScatter(HANDLE FileHandle, HANDLE Event,
                                          PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                          PIO_STATUS_BLOCK IoStatusBlock,
                                          FILE_SEGMENT_ELEMENT *SegmentArray, ULONG Length,
                                          PLARGE_INTEGER ByteOffset, PULONG Key);

/*
 * Writes from pages that lie apart.
 * FileHandle: a handle with write access, without buffering.
 * Event: set at the end; may be NULL.
 * ApcRoutine: what this thread calls at the end, when it waits alertably; NULL calls nothing.
 * ApcContext: for the routine, or the packet of a completion port, where NULL queues none.
 * IoStatusBlock: out; Status and bytes transferred, written at the end.
 * SegmentArray: addresses of pages of 4096 bytes, as many as Length needs.
 * Length: bytes, a multiple of the sector's.
 * ByteOffset: bytes from the start, as for NtReadFile.
 * Key: not used, as there are no byte-range locks.
 * Returns STATUS_SUCCESS; STATUS_PENDING; STATUS_DISK_FULL, STATUS_INVALID_PARAMETER for a handle with buffering
 *   or a page that is not aligned, STATUS_ACCESS_DENIED, STATUS_ACCESS_VIOLATION,
 *   STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH.
 * Source: [D] WriteFileGather; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtWriteFileGather(HANDLE FileHandle, HANDLE Event,
                                          PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                          PIO_STATUS_BLOCK IoStatusBlock,
                                          FILE_SEGMENT_ELEMENT *SegmentArray, ULONG Length,
                                          PLARGE_INTEGER ByteOffset, PULONG Key);

/*
 * Cancels everything pending on a file, of all threads and of rings, as operations do not know
 * their thread.
 * FileHandle: a file.
 * IoStatusBlock: out; Status.
 * Returns STATUS_SUCCESS, also when nothing was pending; STATUS_INVALID_HANDLE,
 *   STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_VIOLATION.
 * Source: [D] CancelIo; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtCancelIoFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock);

/*
 * Cancels one operation, or everything pending on a file.
 * FileHandle: a file.
 * IoRequestToCancel: the IoStatusBlock of the operation; NULL means all, ring entries included.
 * IoStatusBlock: out; Status.
 * Returns STATUS_SUCCESS; STATUS_NOT_FOUND when nothing was pending; STATUS_INVALID_HANDLE,
 *   STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_VIOLATION.
 * Source: [D] CancelIoEx, cancel.io-ex.
 */
NTSYSAPI NTSTATUS NTAPI NtCancelIoFileEx(HANDLE FileHandle, PIO_STATUS_BLOCK IoRequestToCancel,
                                         PIO_STATUS_BLOCK IoStatusBlock);

/*
 * Closes a handle; of a ring, ends it.
 * Handle: a handle; the pseudo handles of process and thread succeed and do nothing.
 * Returns STATUS_SUCCESS; STATUS_INVALID_HANDLE.
 * Source: [D] NtClose.
 */
NTSYSAPI NTSTATUS NTAPI NtClose(HANDLE Handle);

/*
 * A second handle of the same object, in this process; see DuplicateHandle.
 * SourceProcessHandle: this process.
 * SourceHandle: the handle.
 * TargetProcessHandle: this process.
 * TargetHandle: out; the new handle. NULL closes the new one at once.
 * DesiredAccess: a mask, taken as it is; not used with DUPLICATE_SAME_ACCESS.
 * HandleAttributes: OBJ_*; not used.
 * Options: DUPLICATE_SAME_ACCESS, DUPLICATE_CLOSE_SOURCE, DUPLICATE_SAME_ATTRIBUTES, which changes
 *   nothing.
 * Returns STATUS_SUCCESS; STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH for what is no
 *   process, STATUS_INVALID_PARAMETER for other options, STATUS_NO_MEMORY,
 *   STATUS_ACCESS_VIOLATION.
 * Source: [D] DuplicateHandle; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle,
                                          HANDLE TargetProcessHandle, PHANDLE TargetHandle,
                                          ACCESS_MASK DesiredAccess, ULONG HandleAttributes,
                                          ULONG Options);

/*
 * What a class says of a file or pipe.
 * FileHandle: a file; some classes need FILE_READ_ATTRIBUTES.
 * IoStatusBlock: out; Status and bytes written.
 * FileInformation: out; the class's struct.
 * Length: bytes of it.
 * FileInformationClass: FileBasicInformation, FileStandardInformation, FileInternalInformation,
 *   FileEaInformation, FileAccessInformation, FilePositionInformation, FileModeInformation,
 *   FileAlignmentInformation, FileNameInformation, FileAllInformation, FileNetworkOpenInformation,
 *   FileAttributeTagInformation, FileIoCompletionNotificationInformation, FileIdInformation,
 *   FileNormalizedNameInformation, FileVolumeNameInformation, FileStreamInformation (the unnamed one),
 *   FileStatInformation, FileStatBasicInformation, FileStandardLinkInformation,
 *   FileCompressionInformation, FileCaseSensitiveInformation, FileIsRemoteDeviceInformation,
 *   FileIoPriorityHintInformation, FilePipeInformation, FilePipeLocalInformation.
 * Returns STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW for a name that does not fit;
 *   STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH, STATUS_ACCESS_DENIED,
 *   STATUS_INVALID_PARAMETER for a pipe's class of no pipe and for FileRemoteProtocolInformation,
 *   STATUS_END_OF_FILE for the streams of a directory, STATUS_INVALID_HANDLE,
 *   STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_VIOLATION.
 * Source: [D] GetFileInformationByHandleEx; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                               PVOID FileInformation, ULONG Length,
                                               FILE_INFORMATION_CLASS FileInformationClass);

/*
 * Changes what a class says of a file or pipe.
 * FileHandle: a file with the access that the class needs.
 * IoStatusBlock: out; Status.
 * FileInformation: the class's struct.
 * Length: bytes of it.
 * FileInformationClass: FileBasicInformation, FileDispositionInformation,
 *   FileDispositionInformationEx, FileRenameInformation, FileRenameInformationEx (the last two take
 *   a whole NT name, one below RootDirectory, or a plain one for the same directory),
 *   FilePositionInformation, FileAllocationInformation, FileEndOfFileInformation,
 *   FilePipeInformation, FileCompletionInformation, FileIoCompletionNotificationInformation,
 *   FileIoPriorityHintInformation, which is a hint that is not followed.
 * Returns STATUS_SUCCESS; STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH,
 *   STATUS_ACCESS_DENIED, also for a new name that an open file has and for a directory with open
 *   files in it, STATUS_INVALID_PARAMETER, STATUS_CANNOT_DELETE, STATUS_DIRECTORY_NOT_EMPTY,
 *   STATUS_OBJECT_NAME_COLLISION, STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_PATH_NOT_FOUND,
 *   STATUS_NOT_SAME_DEVICE, STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH,
 *   STATUS_ACCESS_VIOLATION.
 * Source: [D] SetFileInformationByHandle, NtSetInformationFile; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                             PVOID FileInformation, ULONG Length,
                                             FILE_INFORMATION_CLASS FileInformationClass);

/*
 * What a class says of the file system or device.
 * FileHandle: a file.
 * IoStatusBlock: out; Status and bytes written.
 * FsInformation: out; the class's struct.
 * Length: bytes of it.
 * FsInformationClass: FileFsVolumeInformation (a number, no label), FileFsSizeInformation,
 *   FileFsDeviceInformation, FileFsFullSizeInformation, FileFsSectorSizeInformation.
 * Returns STATUS_SUCCESS; STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH,
 *   STATUS_INVALID_DEVICE_REQUEST for the size of a pipe's, STATUS_INVALID_HANDLE,
 *   STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_VIOLATION.
 * Source: [D] GetDiskFreeSpaceW, GetFileType; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtQueryVolumeInformationFile(HANDLE FileHandle,
                                                     PIO_STATUS_BLOCK IoStatusBlock,
                                                     PVOID FsInformation, ULONG Length,
                                                     FS_INFORMATION_CLASS FsInformationClass);

/*
 * Marks a file for deletion by name; it goes when its last handle does.
 * ObjectAttributes: the name.
 * Returns STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND,
 *   STATUS_SHARING_VIOLATION, STATUS_CANNOT_DELETE, STATUS_DIRECTORY_NOT_EMPTY,
 *   STATUS_INVALID_DEVICE_REQUEST for a pipe, STATUS_ACCESS_VIOLATION.
 * Source: [D] DeleteFileW; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtDeleteFile(POBJECT_ATTRIBUTES ObjectAttributes);

/*
 * Controls a pipe: FSCTL_PIPE_LISTEN, FSCTL_PIPE_DISCONNECT, FSCTL_PIPE_PEEK, and FSCTL_PIPE_WAIT
 * on the directory of pipes.
 * FileHandle: a pipe, or \??\pipe\ for the last.
 * Event: set at the end; may be NULL.
 * ApcRoutine: NULL, or STATUS_NOT_SUPPORTED.
 * ApcContext: for the packet of a completion port; NULL queues none.
 * IoStatusBlock: out; Status and bytes.
 * FsControlCode: one of those.
 * InputBuffer: what the code takes: a FILE_PIPE_WAIT_FOR_BUFFER.
 * InputBufferLength: bytes of it.
 * OutputBuffer: out; what the code gives: a FILE_PIPE_PEEK_BUFFER.
 * OutputBufferLength: bytes of it.
 * Returns STATUS_SUCCESS; STATUS_PENDING of a listen; STATUS_INVALID_DEVICE_REQUEST for another
 *   code or no pipe, STATUS_ILLEGAL_FUNCTION for the wrong end, STATUS_PIPE_CONNECTED,
 *   STATUS_PIPE_CLOSING, STATUS_PIPE_LISTENING, STATUS_PIPE_DISCONNECTED, STATUS_PIPE_BROKEN,
 *   STATUS_INVALID_PIPE_STATE, STATUS_BUFFER_OVERFLOW, STATUS_IO_TIMEOUT,
 *   STATUS_OBJECT_NAME_NOT_FOUND, STATUS_INVALID_PARAMETER, STATUS_INVALID_HANDLE,
 *   STATUS_ACCESS_VIOLATION.
 * Source: [D] ConnectNamedPipe, PeekNamedPipe, WaitNamedPipeW; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtFsControlFile(HANDLE FileHandle, HANDLE Event,
                                        PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                        PIO_STATUS_BLOCK IoStatusBlock, ULONG FsControlCode,
                                        PVOID InputBuffer, ULONG InputBufferLength,
                                        PVOID OutputBuffer, ULONG OutputBufferLength);

/*
 * No device here has control codes.
 * FileHandle: a file.
 * Event: not used.
 * ApcRoutine: not used.
 * ApcContext: not used.
 * IoStatusBlock: not used.
 * IoControlCode: not used.
 * InputBuffer: not used.
 * InputBufferLength: bytes; not used.
 * OutputBuffer: not used.
 * OutputBufferLength: bytes; not used.
 * Returns STATUS_INVALID_DEVICE_REQUEST; STATUS_INVALID_HANDLE or STATUS_OBJECT_TYPE_MISMATCH for
 *   what is no file.
 * Source: [D] DeviceIoControl; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtDeviceIoControlFile(HANDLE FileHandle, HANDLE Event,
                                              PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
                                              PIO_STATUS_BLOCK IoStatusBlock,
                                              ULONG IoControlCode, PVOID InputBuffer,
                                              ULONG InputBufferLength, PVOID OutputBuffer,
                                              ULONG OutputBufferLength);

/*
 * Makes an instance of a pipe, listening for a client.
 * FileHandle: out; receives the server's end, which the caller owns.
 * DesiredAccess: a mask of GENERIC_READ, GENERIC_WRITE, SYNCHRONIZE.
 * ObjectAttributes: the name, \??\pipe\name.
 * IoStatusBlock: out; Status, and Information FILE_CREATED or FILE_OPENED.
 * ShareAccess: what the client may do: FILE_SHARE_READ, FILE_SHARE_WRITE; 0 is refused.
 * CreateDisposition: FILE_CREATE for the first instance only, FILE_OPEN for another one,
 *   FILE_OPEN_IF.
 * CreateOptions: a mask: FILE_SYNCHRONOUS_IO_NONALERT, FILE_WRITE_THROUGH.
 * NamedPipeType: FILE_PIPE_BYTE_STREAM_TYPE or FILE_PIPE_MESSAGE_TYPE.
 * ReadMode: FILE_PIPE_BYTE_STREAM_MODE or FILE_PIPE_MESSAGE_MODE.
 * CompletionMode: FILE_PIPE_QUEUE_OPERATION, or FILE_PIPE_COMPLETE_OPERATION to not wait.
 * MaximumInstances: instances; 0xFFFFFFFF for any number.
 * InboundQuota: bytes from the client that may lie unread.
 * OutboundQuota: bytes to the client that may lie unread.
 * DefaultTimeout: of waits for the name, in 100 ns units, negative; NULL is 0.
 * Returns STATUS_SUCCESS; STATUS_INVALID_PARAMETER, STATUS_OBJECT_NAME_INVALID,
 *   STATUS_OBJECT_NAME_NOT_FOUND, STATUS_INSTANCE_NOT_AVAILABLE, STATUS_ACCESS_DENIED for a second
 *   first instance or another direction or type, STATUS_NO_MEMORY, STATUS_ACCESS_VIOLATION.
 * Source: [D] CreateNamedPipeW; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtCreateNamedPipeFile(PHANDLE FileHandle, ULONG DesiredAccess,
                                              POBJECT_ATTRIBUTES ObjectAttributes,
                                              PIO_STATUS_BLOCK IoStatusBlock, ULONG ShareAccess,
                                              ULONG CreateDisposition, ULONG CreateOptions,
                                              ULONG NamedPipeType, ULONG ReadMode,
                                              ULONG CompletionMode, ULONG MaximumInstances,
                                              ULONG InboundQuota, ULONG OutboundQuota,
                                              PLARGE_INTEGER DefaultTimeout);

/*
 * Makes an event, or with OBJ_OPENIF opens the one of that name in this process.
 * EventHandle: out; receives the handle, which the caller owns.
 * DesiredAccess: a mask: EVENT_MODIFY_STATE, EVENT_QUERY_STATE, SYNCHRONIZE, EVENT_ALL_ACCESS,
 *   GENERIC_*.
 * ObjectAttributes: may be NULL; a name of any form, whole.
 * EventType: NotificationEvent stays set, SynchronizationEvent is reset by a wait.
 * InitialState: not 0 for set.
 * Returns STATUS_SUCCESS; STATUS_OBJECT_NAME_EXISTS (a success code) for one that was there;
 *   STATUS_OBJECT_NAME_COLLISION, STATUS_OBJECT_NAME_INVALID, STATUS_INVALID_PARAMETER,
 *   STATUS_NO_MEMORY, STATUS_ACCESS_VIOLATION.
 * Source: [D] CreateEventW; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtCreateEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                                      POBJECT_ATTRIBUTES ObjectAttributes, EVENT_TYPE EventType,
                                      BOOLEAN InitialState);

/*
 * Opens an event of this process by its name.
 * EventHandle: out; receives the handle, which the caller owns.
 * DesiredAccess: a mask, as for NtCreateEvent.
 * ObjectAttributes: the name.
 * Returns STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_SYNTAX_BAD for no name,
 *   STATUS_INVALID_PARAMETER, STATUS_ACCESS_VIOLATION.
 * Source: [D] OpenEventW; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtOpenEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes);

/*
 * Sets an event.
 * EventHandle: an event with EVENT_MODIFY_STATE.
 * PreviousState: out; 1 when it was set, else 0. May be NULL.
 * Returns STATUS_SUCCESS; STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED.
 * Source: [D] SetEvent.
 */
NTSYSAPI NTSTATUS NTAPI NtSetEvent(HANDLE EventHandle, PLONG PreviousState);

/*
 * Makes an event not set.
 * EventHandle: an event with EVENT_MODIFY_STATE.
 * PreviousState: out; 1 when it was set, else 0. May be NULL.
 * Returns STATUS_SUCCESS; STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED.
 * Source: [D] ResetEvent; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtResetEvent(HANDLE EventHandle, PLONG PreviousState);

/*
 * NtResetEvent without the state before.
 * EventHandle: an event with EVENT_MODIFY_STATE.
 * Returns STATUS_SUCCESS; STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED.
 * Source: [D] ResetEvent; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtClearEvent(HANDLE EventHandle);

/*
 * The kind and state of an event.
 * EventHandle: an event with EVENT_QUERY_STATE.
 * EventInformationClass: EventBasicInformation.
 * EventInformation: out; its kind and whether it is set, two 32-bit numbers.
 * EventInformationLength: bytes; 8 exactly.
 * ReturnLength: out; bytes. May be NULL.
 * Returns STATUS_SUCCESS; STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH,
 *   STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED,
 *   STATUS_ACCESS_VIOLATION.
 * Source: [I].
 */
NTSYSAPI NTSTATUS NTAPI NtQueryEvent(HANDLE EventHandle,
                                     EVENT_INFORMATION_CLASS EventInformationClass,
                                     PVOID EventInformation, ULONG EventInformationLength,
                                     PULONG ReturnLength);

/*
 * Waits until an object is signalled.
 * Handle: a handle with SYNCHRONIZE.
 * Alertable: not 0: asynchronous procedure calls for this thread are made, and end it.
 * Timeout: 100 ns units; negative is relative, positive a time since 1601, 0 only looks, NULL waits
 *   for ever.
 * Returns STATUS_WAIT_0; STATUS_TIMEOUT; STATUS_USER_APC when calls were made;
 *   STATUS_INVALID_HANDLE; STATUS_ACCESS_DENIED, which
 *   a ring gives, too, as nobody can wait for one; STATUS_OBJECT_TYPE_MISMATCH for one duplicated
 *   with SYNCHRONIZE.
 * Source: [D] NtWaitForSingleObject, WaitForSingleObject; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable,
                                              PLARGE_INTEGER Timeout);

/*
 * Waits for one of several objects, or for all at once.
 * Count: objects, 1 to MAXIMUM_WAIT_OBJECTS.
 * Handles: their handles, each with SYNCHRONIZE.
 * WaitType: WaitAny or WaitAll.
 * Alertable: not 0: asynchronous procedure calls for this thread are made, and end it.
 * Timeout: 100 ns units, as for NtWaitForSingleObject.
 * Returns STATUS_WAIT_0 plus an index; STATUS_TIMEOUT; STATUS_USER_APC when calls were made;
 *   STATUS_INVALID_PARAMETER_1 for Count,
 *   STATUS_INVALID_PARAMETER_3 for WaitType, STATUS_INVALID_PARAMETER_MIX for one object twice in a
 *   wait for all, STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED,
 *   STATUS_ACCESS_VIOLATION.
 * Source: [D] WaitForMultipleObjects; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG Count, HANDLE Handles[],
                                                 WAIT_TYPE WaitType, BOOLEAN Alertable,
                                                 PLARGE_INTEGER Timeout);

/*
 * Sleeps.
 * Alertable: not 0: asynchronous procedure calls for this thread are made, and end it.
 * DelayInterval: 100 ns units; negative is relative, positive a time since 1601.
 * Returns STATUS_SUCCESS; STATUS_USER_APC when calls were made; STATUS_ACCESS_VIOLATION for NULL.
 * Source: [D] SleepEx; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtDelayExecution(BOOLEAN Alertable, PLARGE_INTEGER DelayInterval);

/*
 * Makes a completion port.
 * IoCompletionHandle: out; receives the handle, which the caller owns.
 * DesiredAccess: a mask: IO_COMPLETION_ALL_ACCESS.
 * ObjectAttributes: not used: ports have no names.
 * Count: threads; a hint that is not followed.
 * Returns STATUS_SUCCESS; STATUS_NO_MEMORY, STATUS_ACCESS_VIOLATION.
 * Source: [D] CreateIoCompletionPort; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtCreateIoCompletion(PHANDLE IoCompletionHandle,
                                             ACCESS_MASK DesiredAccess,
                                             POBJECT_ATTRIBUTES ObjectAttributes, ULONG Count);

/*
 * Puts a packet on a port.
 * IoCompletionHandle: a port.
 * KeyContext: any number.
 * ApcContext: any number.
 * IoStatus: any status.
 * IoStatusInformation: any number.
 * Returns STATUS_SUCCESS; STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED,
 *   STATUS_NO_MEMORY.
 * Source: [D] PostQueuedCompletionStatus; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtSetIoCompletion(HANDLE IoCompletionHandle, PVOID KeyContext,
                                          PVOID ApcContext, NTSTATUS IoStatus,
                                          ULONG_PTR IoStatusInformation);

/*
 * Takes the oldest packet off a port, or waits for one.
 * IoCompletionHandle: a port.
 * KeyContext: out; of the file, or as posted.
 * ApcContext: out; of the operation, or as posted.
 * IoStatusBlock: out; the operation's Status and bytes.
 * Timeout: 100 ns units, as for NtWaitForSingleObject.
 * Returns STATUS_SUCCESS; STATUS_TIMEOUT; STATUS_ABANDONED_WAIT_0 when the port is closed
 *   meanwhile; STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED,
 *   STATUS_ACCESS_VIOLATION.
 * Source: [D] GetQueuedCompletionStatus; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtRemoveIoCompletion(HANDLE IoCompletionHandle, PVOID *KeyContext,
                                             PVOID *ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                             PLARGE_INTEGER Timeout);

/*
 * Takes several packets off a port, at least one.
 * IoCompletionHandle: a port.
 * IoCompletionInformation: out; an array.
 * Count: entries of it, not 0.
 * NumEntriesRemoved: out; entries filled.
 * Timeout: 100 ns units, as for NtWaitForSingleObject.
 * Alertable: not 0: asynchronous procedure calls for this thread are made, and end it.
 * Returns STATUS_SUCCESS; STATUS_TIMEOUT; STATUS_USER_APC when calls were made;
 *   STATUS_ABANDONED_WAIT_0 when the port is closed
 *   meanwhile; STATUS_INVALID_PARAMETER for 0 or NULL, STATUS_INVALID_HANDLE,
 *   STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED.
 * Source: [D] GetQueuedCompletionStatusEx; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtRemoveIoCompletionEx(HANDLE IoCompletionHandle,
                                               PFILE_IO_COMPLETION_INFORMATION IoCompletionInformation,
                                               ULONG Count, PULONG NumEntriesRemoved,
                                               PLARGE_INTEGER Timeout, BOOLEAN Alertable);

/*
 * Reserves address space, gives it memory, or both; see VirtualAlloc.
 * ProcessHandle: NtCurrentProcess(), -1.
 * BaseAddress: in and out; where, or NULL in it for anywhere.
 * ZeroBits: ignored.
 * RegionSize: in and out; bytes, rounded up to pages.
 * AllocationType: a mask of MEM_*, as for VirtualAlloc.
 * Protect: PAGE_*, as for VirtualAlloc.
 * Returns STATUS_SUCCESS; STATUS_INVALID_PARAMETER, STATUS_INVALID_PAGE_PROTECTION,
 *   STATUS_CONFLICTING_ADDRESSES, STATUS_NO_MEMORY, STATUS_PRIVILEGE_NOT_HELD,
 *   STATUS_NOT_SUPPORTED, STATUS_INVALID_HANDLE for another process, STATUS_ACCESS_VIOLATION.
 * Source: [D] VirtualAlloc; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress,
                                                ULONG_PTR ZeroBits, PSIZE_T RegionSize,
                                                ULONG AllocationType, ULONG Protect);

/*
 * Gives memory back; see VirtualFree. A reservation is released as a whole.
 * ProcessHandle: NtCurrentProcess(), -1.
 * BaseAddress: in and out; of the pages or the reservation.
 * RegionSize: in and out; bytes, 0 for the whole reservation.
 * FreeType: MEM_DECOMMIT or MEM_RELEASE.
 * Returns STATUS_SUCCESS; STATUS_INVALID_PARAMETER, STATUS_MEMORY_NOT_ALLOCATED,
 *   STATUS_FREE_VM_NOT_AT_BASE, STATUS_UNABLE_TO_FREE_VM, STATUS_INVALID_HANDLE for another
 *   process, STATUS_ACCESS_VIOLATION.
 * Source: [D] VirtualFree; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress,
                                            PSIZE_T RegionSize, ULONG FreeType);

/*
 * Changes the protection of committed pages; see VirtualProtect.
 * ProcessHandle: NtCurrentProcess(), -1.
 * BaseAddress: in and out; of the first page.
 * RegionSize: in and out; bytes, rounded to pages.
 * NewProtect: PAGE_*, as for VirtualAlloc.
 * OldProtect: out; PAGE_* of the first page.
 * Returns STATUS_SUCCESS; STATUS_INVALID_PARAMETER, STATUS_INVALID_PAGE_PROTECTION,
 *   STATUS_CONFLICTING_ADDRESSES, STATUS_NOT_COMMITTED, STATUS_ACCESS_DENIED, STATUS_INVALID_HANDLE
 *   for another process, STATUS_ACCESS_VIOLATION.
 * Source: [D] VirtualProtect; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress,
                                               PSIZE_T RegionSize, ULONG NewProtect,
                                               PULONG OldProtect);

/*
 * The Win32 code of a status, by a table of those that this library uses; 0xC007xxxx and 0xD007xxxx
 * carry theirs. It leaves the last error alone.
 * Status: any status.
 * Returns ERROR_*; ERROR_MR_MID_NOT_FOUND for a status that has none; cannot fail otherwise.
 * Source: [D] RtlNtStatusToDosError.
 */
NTSYSAPI ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status);

/*
 * Makes a counted string of a terminated one, without a copy.
 * DestinationString: out; the caller's.
 * SourceString: the text, which must outlive it; may be NULL. Beyond 32766 characters it is cut.
 * Source: [D] RtlInitUnicodeString.
 */
NTSYSAPI void NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);

/*
 * Frees the text of a string that this library made, and clears the string.
 * UnicodeString: the string.
 * Source: [D] RtlFreeUnicodeString.
 */
NTSYSAPI void NTAPI RtlFreeUnicodeString(PUNICODE_STRING UnicodeString);

/*
 * The NT name of a Win32 one: \??\Z:\dir\file. \\?\ names are taken as they are.
 * DosName: the name.
 * NtName: out; RtlFreeUnicodeString frees it.
 * FilePart: out; the last component in it, NULL when there is none. May be NULL.
 * RelativeName: not filled: NULL, or the caller opens by the whole name.
 * Returns STATUS_SUCCESS; STATUS_OBJECT_NAME_INVALID for no name, STATUS_NAME_TOO_LONG,
 *   STATUS_NO_MEMORY, STATUS_OBJECT_PATH_NOT_FOUND without a current directory.
 * Source: [D] GetFullPathNameW; [I].
 */
NTSYSAPI NTSTATUS NTAPI RtlDosPathNameToNtPathName_U_WithStatus(PCWSTR DosName,
                                                                PUNICODE_STRING NtName,
                                                                PWSTR *FilePart,
                                                                PVOID RelativeName);

/*
 * The same, without the reason of a failure.
 * DosName: the name.
 * NtName: out; RtlFreeUnicodeString frees it.
 * FilePart: out; the last component in it. May be NULL.
 * RelativeName: not filled.
 * Returns 1; 0 when it failed.
 * Source: [D] GetFullPathNameW; [I].
 */
NTSYSAPI BOOLEAN NTAPI RtlDosPathNameToNtPathName_U(PCWSTR DosName, PUNICODE_STRING NtName,
                                                    PWSTR *FilePart, PVOID RelativeName);

/*
 * A full Win32 name of a relative one.
 * Name: the name.
 * Length: bytes of Buffer.
 * Buffer: out; may be NULL.
 * FilePart: out; the last component in Buffer, NULL when there is none. May be NULL.
 * Returns bytes without the terminator; when it does not fit, bytes needed with it; 0 for no name
 *   or without memory.
 * Source: [D] GetFullPathNameW; [I].
 */
NTSYSAPI ULONG NTAPI RtlGetFullPathName_U(PCWSTR Name, ULONG Length, PWSTR Buffer,
                                          PWSTR *FilePart);

/*
 * What is at an address, as far as it is alike; see VirtualQuery.
 * ProcessHandle: NtCurrentProcess(), -1.
 * BaseAddress: an address.
 * MemoryInformationClass: 0, MemoryBasicInformation.
 * MemoryInformation: out; a MEMORY_BASIC_INFORMATION.
 * Length: bytes of it, 48 or more.
 * ResultLength: out; bytes written. May be NULL.
 * Returns STATUS_SUCCESS; STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH,
 *   STATUS_INVALID_PARAMETER above the last address, STATUS_INVALID_HANDLE for another process,
 *   STATUS_ACCESS_VIOLATION.
 * Source: [D] VirtualQuery; [I].
 */
NTSYSAPI NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE ProcessHandle, PVOID BaseAddress,
                                             ULONG MemoryInformationClass,
                                             PVOID MemoryInformation, SIZE_T Length,
                                             PSIZE_T ResultLength);

RINGER_EXTERN_C_END

#include <ringer_ntfiles.h>
#include <ringer_ntobjects.h>
#include <ringer_ntsections.h>

#endif

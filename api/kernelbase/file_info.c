/* SPDX-License-Identifier: MIT */
/* What a file handle says of its file, and what it can change of it. */
#include "api/kernelbase/kernelbase.h"

static NTSTATUS query(HANDLE file, void *info, ULONG nbytes, FILE_INFORMATION_CLASS which)
{
    IO_STATUS_BLOCK iosb;

    return NtQueryInformationFile(file, &iosb, info, nbytes, which);
}

static NTSTATUS set(HANDLE file, void *info, ULONG nbytes, FILE_INFORMATION_CLASS which)
{
    IO_STATUS_BLOCK iosb;

    return NtSetInformationFile(file, &iosb, info, nbytes, which);
}

static FILETIME filetime(LARGE_INTEGER time)
{
    return (FILETIME){time.LowPart, (DWORD)time.HighPart};
}

BOOL WINAPI kb_GetFileSizeEx(HANDLE hFile, PLARGE_INTEGER lpFileSize)
{
    FILE_STANDARD_INFORMATION info;
    NTSTATUS status = query(hFile, &info, sizeof info, FileStandardInformation);

    if (status < 0)
        return kb_set_status(status);
    if (!lpFileSize)
        return kb_fail(ERROR_NOACCESS);
    *lpFileSize = info.EndOfFile;
    return TRUE;
}

DWORD WINAPI kb_GetFileSize(HANDLE hFile, LPDWORD lpFileSizeHigh)
{
    LARGE_INTEGER size = {.QuadPart = 0};

    if (!kb_GetFileSizeEx(hFile, &size))
        return INVALID_FILE_SIZE;
    if (lpFileSizeHigh) {
        *lpFileSizeHigh = (DWORD)size.HighPart;
    } else if (size.HighPart != 0) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return INVALID_FILE_SIZE;
    }
    /* [D] A size that looks like the failure code is told by the last error. */
    if (size.LowPart == INVALID_FILE_SIZE)
        kb_SetLastError(ERROR_SUCCESS);
    return size.LowPart;
}

DWORD WINAPI kb_GetFileType(HANDLE hFile)
{
    FILE_FS_DEVICE_INFORMATION device;
    IO_STATUS_BLOCK iosb;
    NTSTATUS status = NtQueryVolumeInformationFile(hFile, &iosb, &device, sizeof device,
                                                   FileFsDeviceInformation);

    if (status < 0) {
        kb_set_status(status);
        return FILE_TYPE_UNKNOWN;
    }
    kb_SetLastError(ERROR_SUCCESS); /* [D] so that UNKNOWN of a valid handle can be told */
    switch (device.DeviceType) {
    case FILE_DEVICE_DISK:
    case FILE_DEVICE_DISK_FILE_SYSTEM:
        return FILE_TYPE_DISK;
    case FILE_DEVICE_NAMED_PIPE:
        return FILE_TYPE_PIPE;
    case FILE_DEVICE_NULL:
    case FILE_DEVICE_CONSOLE:
        return FILE_TYPE_CHAR;
    default:
        return FILE_TYPE_UNKNOWN;
    }
}

BOOL WINAPI kb_GetFileTime(HANDLE hFile, LPFILETIME lpCreationTime, LPFILETIME lpLastAccessTime,
                           LPFILETIME lpLastWriteTime)
{
    FILE_BASIC_INFORMATION info;
    NTSTATUS status = query(hFile, &info, sizeof info, FileBasicInformation);

    if (status < 0)
        return kb_set_status(status);
    if (lpCreationTime)
        *lpCreationTime = filetime(info.CreationTime);
    if (lpLastAccessTime)
        *lpLastAccessTime = filetime(info.LastAccessTime);
    if (lpLastWriteTime)
        *lpLastWriteTime = filetime(info.LastWriteTime);
    return TRUE;
}

BOOL WINAPI kb_GetFileInformationByHandle(HANDLE hFile,
                                          LPBY_HANDLE_FILE_INFORMATION lpFileInformation)
{
    union {
        FILE_FS_VOLUME_INFORMATION info;
        char space[sizeof(FILE_FS_VOLUME_INFORMATION) + 64 * sizeof(WCHAR)];
    } volume;
    FILE_STANDARD_INFORMATION standard;
    FILE_INTERNAL_INFORMATION internal;
    FILE_BASIC_INFORMATION basic;
    IO_STATUS_BLOCK iosb;
    NTSTATUS status = query(hFile, &basic, sizeof basic, FileBasicInformation);

    if (status >= 0)
        status = query(hFile, &standard, sizeof standard, FileStandardInformation);
    if (status >= 0)
        status = query(hFile, &internal, sizeof internal, FileInternalInformation);
    if (status >= 0)
        status = NtQueryVolumeInformationFile(hFile, &iosb, &volume, sizeof volume,
                                              FileFsVolumeInformation);
    if (status < 0)
        return kb_set_status(status);
    if (!lpFileInformation)
        return kb_fail(ERROR_INVALID_PARAMETER);
    *lpFileInformation = (BY_HANDLE_FILE_INFORMATION){
        .dwFileAttributes = basic.FileAttributes,
        .ftCreationTime = filetime(basic.CreationTime),
        .ftLastAccessTime = filetime(basic.LastAccessTime),
        .ftLastWriteTime = filetime(basic.LastWriteTime),
        .dwVolumeSerialNumber = volume.info.VolumeSerialNumber,
        .nFileSizeHigh = (DWORD)standard.EndOfFile.HighPart,
        .nFileSizeLow = standard.EndOfFile.LowPart,
        .nNumberOfLinks = standard.NumberOfLinks,
        .nFileIndexHigh = (DWORD)internal.IndexNumber.HighPart,
        .nFileIndexLow = internal.IndexNumber.LowPart,
    };
    return TRUE;
}

BOOL WINAPI kb_SetFilePointerEx(HANDLE hFile, LARGE_INTEGER liDistanceToMove,
                                PLARGE_INTEGER lpNewFilePointer, DWORD dwMoveMethod)
{
    FILE_POSITION_INFORMATION position = {.CurrentByteOffset.QuadPart = 0};
    FILE_STANDARD_INFORMATION standard;
    NTSTATUS status = STATUS_SUCCESS;
    LONGLONG base = 0, target;

    switch (dwMoveMethod) {
    case FILE_BEGIN:
        break;
    case FILE_CURRENT:
        status = query(hFile, &position, sizeof position, FilePositionInformation);
        base = position.CurrentByteOffset.QuadPart;
        break;
    case FILE_END:
        status = query(hFile, &standard, sizeof standard, FileStandardInformation);
        base = status < 0 ? 0 : standard.EndOfFile.QuadPart;
        break;
    default:
        return kb_fail(ERROR_INVALID_PARAMETER);
    }
    if (status < 0)
        return kb_set_status(status);
    /* [D] A position before the start is an error; the pointer stays. */
    if (__builtin_add_overflow(base, liDistanceToMove.QuadPart, &target))
        return kb_fail(ERROR_INVALID_PARAMETER);
    if (target < 0)
        return kb_fail(ERROR_NEGATIVE_SEEK);
    position.CurrentByteOffset.QuadPart = target;
    status = set(hFile, &position, sizeof position, FilePositionInformation);
    if (status < 0)
        return kb_set_status(status);
    if (lpNewFilePointer)
        *lpNewFilePointer = position.CurrentByteOffset;
    return TRUE;
}

DWORD WINAPI kb_SetFilePointer(HANDLE hFile, LONG lDistanceToMove, PLONG lpDistanceToMoveHigh,
                               DWORD dwMoveMethod)
{
    LARGE_INTEGER distance, target = {.QuadPart = 0};

    if (lpDistanceToMoveHigh) {
        distance.LowPart = (DWORD)lDistanceToMove;
        distance.HighPart = *lpDistanceToMoveHigh;
    } else {
        distance.QuadPart = lDistanceToMove;
    }
    if (!kb_SetFilePointerEx(hFile, distance, &target, dwMoveMethod))
        return INVALID_SET_FILE_POINTER;
    if (lpDistanceToMoveHigh) {
        *lpDistanceToMoveHigh = target.HighPart;
    } else if (target.HighPart != 0) {
        kb_fail(ERROR_INVALID_PARAMETER);
        return INVALID_SET_FILE_POINTER;
    }
    if (target.LowPart == INVALID_SET_FILE_POINTER)
        kb_SetLastError(ERROR_SUCCESS);
    return target.LowPart;
}

BOOL WINAPI kb_SetEndOfFile(HANDLE hFile)
{
    FILE_POSITION_INFORMATION position;
    FILE_END_OF_FILE_INFORMATION end;
    NTSTATUS status = query(hFile, &position, sizeof position, FilePositionInformation);

    if (status < 0)
        return kb_set_status(status);
    end.EndOfFile = position.CurrentByteOffset;
    return kb_done(set(hFile, &end, sizeof end, FileEndOfFileInformation));
}

/* [D] Needs a privilege that no process here has. */
BOOL WINAPI kb_SetFileValidData(HANDLE hFile, LONGLONG ValidDataLength)
{
    FILE_STANDARD_INFORMATION info;
    NTSTATUS status = query(hFile, &info, sizeof info, FileStandardInformation);

    if (status < 0)
        return kb_set_status(status);
    return kb_fail(ERROR_PRIVILEGE_NOT_HELD);
}

BOOL WINAPI kb_SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags)
{
    FILE_IO_COMPLETION_NOTIFICATION_INFORMATION info = {.Flags = Flags};

    if (Flags & ~(FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE))
        return kb_fail(ERROR_INVALID_PARAMETER);
    return kb_done(set(FileHandle, &info, sizeof info, FileIoCompletionNotificationInformation));
}

BOOL WINAPI kb_GetDiskFreeSpaceW(LPCWSTR lpRootPathName, LPDWORD lpSectorsPerCluster,
                                 LPDWORD lpBytesPerSector, LPDWORD lpNumberOfFreeClusters,
                                 LPDWORD lpTotalNumberOfClusters)
{
    FILE_FS_SIZE_INFORMATION info;
    IO_STATUS_BLOCK iosb;
    NTSTATUS status;
    HANDLE directory =
        kb_CreateFileW(lpRootPathName ? lpRootPathName : u"\\", FILE_LIST_DIRECTORY,
                       FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS, NULL);

    if (directory == INVALID_HANDLE_VALUE)
        return FALSE;
    status = NtQueryVolumeInformationFile(directory, &iosb, &info, sizeof info,
                                          FileFsSizeInformation);
    NtClose(directory);
    if (status < 0)
        return kb_set_status(status);
#define CLAMPED(value) ((value) > 0xFFFFFFFF ? 0xFFFFFFFFu : (DWORD)(value))
    if (lpSectorsPerCluster)
        *lpSectorsPerCluster = info.SectorsPerAllocationUnit;
    if (lpBytesPerSector)
        *lpBytesPerSector = info.BytesPerSector;
    if (lpNumberOfFreeClusters)
        *lpNumberOfFreeClusters = CLAMPED(info.AvailableAllocationUnits.QuadPart);
    if (lpTotalNumberOfClusters)
        *lpTotalNumberOfClusters = CLAMPED(info.TotalAllocationUnits.QuadPart);
    return TRUE;
}

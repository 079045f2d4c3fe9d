/* SPDX-License-Identifier: MIT */
/* File mappings: Win32's words for sections and views. */
#include "api/kernelbase/kernelbase.h"

#include "api/ntdll/thread.h"

#define SECTION_BITS                                                                    \
    (SEC_FILE | SEC_IMAGE | SEC_RESERVE | SEC_COMMIT | SEC_NOCACHE | SEC_WRITECOMBINE | \
     SEC_LARGE_PAGES)

static HANDLE create_mapping(HANDLE file, DWORD protect, DWORD high, DWORD low, bool named)
{
    LARGE_INTEGER nbytes = {.QuadPart = (LONGLONG)((ULONGLONG)high << 32 | low)};
    DWORD attributes = protect & SECTION_BITS;
    ACCESS_MASK access = STANDARD_RIGHTS_REQUIRED | SECTION_QUERY | SECTION_MAP_READ;
    bool of_file = file != INVALID_HANDLE_VALUE;
    HANDLE section = NULL;
    NTSTATUS status;

    protect &= ~(DWORD)SECTION_BITS;
    if (named) {
        EMU_FIXME("file/mapping-name", "CreateFileMapping with a name");
        kb_fail(ERROR_NOT_SUPPORTED);
        return NULL;
    }
    if (!of_file && nbytes.QuadPart == 0) { /* [D] memory needs a size */
        kb_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (!file) {
        kb_fail(ERROR_INVALID_HANDLE);
        return NULL;
    }
    if (protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE))
        access |= SECTION_MAP_WRITE;
    if (protect & (PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY))
        access |= SECTION_MAP_EXECUTE;
    if (!(attributes & (SEC_IMAGE | SEC_RESERVE | SEC_COMMIT)))
        attributes |= SEC_COMMIT; /* [D] which is the default */
    status = NtCreateSection(&section, access, NULL, nbytes.QuadPart ? &nbytes : NULL, protect,
                             attributes, of_file ? file : NULL);
    if (status < 0) {
        kb_set_status(status);
        return NULL;
    }
    kb_SetLastError(ERROR_SUCCESS); /* [D] ERROR_ALREADY_EXISTS is for names */
    return section;
}

HANDLE WINAPI kb_CreateFileMappingW(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes,
                                    DWORD flProtect, DWORD dwMaximumSizeHigh,
                                    DWORD dwMaximumSizeLow, LPCWSTR lpName)
{
    return create_mapping(hFile, flProtect, dwMaximumSizeHigh, dwMaximumSizeLow,
                          lpName && lpName[0]);
}

HANDLE WINAPI kb_CreateFileMappingA(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes,
                                    DWORD flProtect, DWORD dwMaximumSizeHigh,
                                    DWORD dwMaximumSizeLow, LPCSTR lpName)
{
    return create_mapping(hFile, flProtect, dwMaximumSizeHigh, dwMaximumSizeLow,
                          lpName && lpName[0]);
}

/* [D] MapViewOfFile: FILE_MAP_COPY alone is copy on write, writing contains reading. */
static DWORD protection(DWORD access)
{
    bool runs = access & FILE_MAP_EXECUTE;

    access &= ~(DWORD)FILE_MAP_EXECUTE;
    if (access == FILE_MAP_COPY)
        return runs ? PAGE_EXECUTE_WRITECOPY : PAGE_WRITECOPY;
    if (access & FILE_MAP_WRITE)
        return runs ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
    if (access & FILE_MAP_READ)
        return runs ? PAGE_EXECUTE_READ : PAGE_READONLY;
    return PAGE_NOACCESS;
}

LPVOID WINAPI kb_MapViewOfFileEx(HANDLE hFileMappingObject, DWORD dwDesiredAccess,
                                 DWORD dwFileOffsetHigh, DWORD dwFileOffsetLow,
                                 SIZE_T dwNumberOfBytesToMap, LPVOID lpBaseAddress)
{
    LARGE_INTEGER offset = {.QuadPart =
                                (LONGLONG)((ULONGLONG)dwFileOffsetHigh << 32 | dwFileOffsetLow)};
    SIZE_T nbytes = dwNumberOfBytesToMap;
    PVOID base = lpBaseAddress;
    NTSTATUS status =
        NtMapViewOfSection(hFileMappingObject, kb_GetCurrentProcess(), &base, 0, 0, &offset,
                           &nbytes, ViewShare, 0, protection(dwDesiredAccess));

    if (status < 0) {
        kb_set_status(status);
        return NULL;
    }
    return base;
}

LPVOID WINAPI kb_MapViewOfFile(HANDLE hFileMappingObject, DWORD dwDesiredAccess,
                               DWORD dwFileOffsetHigh, DWORD dwFileOffsetLow,
                               SIZE_T dwNumberOfBytesToMap)
{
    return kb_MapViewOfFileEx(hFileMappingObject, dwDesiredAccess, dwFileOffsetHigh,
                              dwFileOffsetLow, dwNumberOfBytesToMap, NULL);
}

/* [I] hooks.md 1.3: today's Windows asks the newer service; one before it is taken to ask the older. */
BOOL WINAPI kb_UnmapViewOfFile(LPCVOID lpBaseAddress)
{
    if (nt_family() == NT_WIN11)
        return kb_done(NtUnmapViewOfSectionEx(kb_GetCurrentProcess(), (PVOID)lpBaseAddress, 0));
    return kb_done(NtUnmapViewOfSection(kb_GetCurrentProcess(), (PVOID)lpBaseAddress));
}

BOOL WINAPI kb_FlushViewOfFile(LPCVOID lpBaseAddress, SIZE_T dwNumberOfBytesToFlush)
{
    PVOID base = (PVOID)lpBaseAddress;
    SIZE_T nbytes = dwNumberOfBytesToFlush;
    IO_STATUS_BLOCK iosb;

    return kb_done(NtFlushVirtualMemory(kb_GetCurrentProcess(), &base, &nbytes, &iosb));
}

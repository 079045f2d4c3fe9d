/* SPDX-License-Identifier: MIT */
/* Pages. */
#ifndef _MEMORYAPI_H_
#define _MEMORYAPI_H_

#include <minwindef.h>
#include <minwinbase.h>

RINGER_EXTERN_C_BEGIN

#define FILE_MAP_COPY 0x00000001
#define FILE_MAP_WRITE 0x00000002
#define FILE_MAP_READ 0x00000004
#define FILE_MAP_EXECUTE 0x00000020
#define FILE_MAP_ALL_ACCESS 0x000F001F

/*
 * CreateFileMappingA, CreateFileMappingW: makes a section, over a file or over memory of its own.
 * hFile: a file with read access, with write and execute access as the protection asks; or
 *   INVALID_HANDLE_VALUE for memory.
 * lpFileMappingAttributes: not used.
 * flProtect: PAGE_READONLY, PAGE_READWRITE, PAGE_WRITECOPY or their PAGE_EXECUTE_* kin, with SEC_COMMIT or
 *   SEC_RESERVE; SEC_IMAGE is ERROR_NOT_SUPPORTED.
 * dwMaximumSizeHigh: the upper half of the bytes.
 * dwMaximumSizeLow: the lower half of the bytes; both 0 for the file's size. More makes the file larger.
 * lpName: NULL or empty; a name is ERROR_NOT_SUPPORTED.
 * Returns a handle that the caller owns; or NULL and the last error: ERROR_FILE_INVALID for an empty
 *   file, ERROR_NOT_ENOUGH_MEMORY for more than a file that is not to be written, ERROR_DISK_FULL,
 *   ERROR_BAD_EXE_FORMAT for what is no file on a disk, ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE,
 *   ERROR_INVALID_PARAMETER.
 * Source: [D] CreateFileMappingW; [I].
 */
WINBASEAPI HANDLE WINAPI CreateFileMappingA(HANDLE hFile,
                                            LPSECURITY_ATTRIBUTES lpFileMappingAttributes,
                                            DWORD flProtect, DWORD dwMaximumSizeHigh,
                                            DWORD dwMaximumSizeLow, LPCSTR lpName);
WINBASEAPI HANDLE WINAPI CreateFileMappingW(HANDLE hFile,
                                            LPSECURITY_ATTRIBUTES lpFileMappingAttributes,
                                            DWORD flProtect, DWORD dwMaximumSizeHigh,
                                            DWORD dwMaximumSizeLow, LPCWSTR lpName);

/*
 * MapViewOfFileEx, anywhere.
 * hFileMappingObject: of CreateFileMappingW.
 * dwDesiredAccess: FILE_MAP_READ, FILE_MAP_WRITE, FILE_MAP_COPY, with FILE_MAP_EXECUTE.
 * dwFileOffsetHigh: the upper half of the offset in bytes.
 * dwFileOffsetLow: the lower half; together a multiple of 64 KiB.
 * dwNumberOfBytesToMap: bytes, 0 for the rest.
 * Returns the view, which UnmapViewOfFile takes away; or NULL and the last error of MapViewOfFileEx:
 *   ERROR_ACCESS_DENIED, ERROR_MAPPED_ALIGNMENT, ERROR_INVALID_HANDLE.
 * Source: [D] MapViewOfFile.
 */
WINBASEAPI LPVOID WINAPI MapViewOfFile(HANDLE hFileMappingObject, DWORD dwDesiredAccess,
                                       DWORD dwFileOffsetHigh, DWORD dwFileOffsetLow,
                                       SIZE_T dwNumberOfBytesToMap);

/*
 * Maps a part of a section. Handles of section and file may be closed before the view goes.
 * hFileMappingObject: of CreateFileMappingW.
 * dwDesiredAccess: FILE_MAP_READ, FILE_MAP_WRITE, FILE_MAP_COPY, with FILE_MAP_EXECUTE.
 * dwFileOffsetHigh: the upper half of the offset in bytes.
 * dwFileOffsetLow: the lower half; together a multiple of 64 KiB.
 * dwNumberOfBytesToMap: bytes, 0 for the rest.
 * lpBaseAddress: where, a multiple of 64 KiB; NULL for anywhere.
 * Returns the view; or NULL and the last error: ERROR_ACCESS_DENIED beyond the section,
 *   ERROR_INVALID_PARAMETER for an access that the section has not, ERROR_MAPPED_ALIGNMENT,
 *   ERROR_INVALID_ADDRESS for a range that is taken, ERROR_INVALID_HANDLE,
 *   ERROR_NOT_ENOUGH_MEMORY.
 * Source: [D] MapViewOfFileEx; [I].
 */
WINBASEAPI LPVOID WINAPI MapViewOfFileEx(HANDLE hFileMappingObject, DWORD dwDesiredAccess,
                                         DWORD dwFileOffsetHigh, DWORD dwFileOffsetLow,
                                         SIZE_T dwNumberOfBytesToMap, LPVOID lpBaseAddress);

/*
 * Takes a view away.
 * lpBaseAddress: any address in it.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_ADDRESS.
 * Source: [D] UnmapViewOfFile; [I].
 */
WINBASEAPI BOOL WINAPI UnmapViewOfFile(LPCVOID lpBaseAddress);

/*
 * Writes what a view has changed to its file.
 * lpBaseAddress: in a view.
 * dwNumberOfBytesToFlush: bytes, 0 up to the end of the view.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_ADDRESS.
 * Source: [D] FlushViewOfFile; [I].
 */
WINBASEAPI BOOL WINAPI FlushViewOfFile(LPCVOID lpBaseAddress, SIZE_T dwNumberOfBytesToFlush);
#ifdef UNICODE
#define CreateFileMapping CreateFileMappingW
#else
#define CreateFileMapping CreateFileMappingA
#endif

/*
 * Reserves address space, gives it memory, or both. Pages are zero.
 * lpAddress: where, or NULL for anywhere; a reservation is rounded down to 64 KiB, a commit to a
 *   page.
 * dwSize: bytes, rounded up to pages; 0 is ERROR_INVALID_PARAMETER.
 * flAllocationType: a mask: MEM_RESERVE, MEM_COMMIT, MEM_RESET and MEM_RESET_UNDO (contents are
 *   kept), MEM_TOP_DOWN; MEM_LARGE_PAGES and MEM_PHYSICAL are ERROR_PRIVILEGE_NOT_HELD,
 *   MEM_WRITE_WATCH is ERROR_NOT_SUPPORTED.
 * flProtect: PAGE_NOACCESS, PAGE_READONLY, PAGE_READWRITE, PAGE_EXECUTE and so on.
 * Returns the base; or NULL and the last error: ERROR_INVALID_PARAMETER (size, type, protection, an
 *   address in the first 64 KiB), ERROR_INVALID_ADDRESS when the range is taken or not reserved,
 *   ERROR_NOT_ENOUGH_MEMORY, or those above. The caller owns it and frees it with VirtualFree.
 * Source: [D] VirtualAlloc; [I].
 */
WINBASEAPI LPVOID WINAPI VirtualAlloc(LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType,
                                      DWORD flProtect);

/*
 * VirtualAlloc with a process.
 * hProcess: GetCurrentProcess(); others are ERROR_INVALID_HANDLE.
 * lpAddress: as for VirtualAlloc.
 * dwSize: bytes.
 * flAllocationType: a mask, as for VirtualAlloc.
 * flProtect: PAGE_*, as for VirtualAlloc.
 * Returns the base; or NULL and the last error ERROR_INVALID_HANDLE, or as VirtualAlloc.
 * Source: [D] VirtualAllocEx; [I].
 */
WINBASEAPI LPVOID WINAPI VirtualAllocEx(HANDLE hProcess, LPVOID lpAddress, SIZE_T dwSize,
                                        DWORD flAllocationType, DWORD flProtect);

/*
 * Gives memory back.
 * lpAddress: of pages to decommit, or the base of a reservation to release.
 * dwSize: bytes to decommit, 0 for the whole reservation; 0 with MEM_RELEASE.
 * dwFreeType: MEM_DECOMMIT or MEM_RELEASE, not both.
 * Returns TRUE; or FALSE and the last error ERROR_INVALID_PARAMETER, or ERROR_INVALID_ADDRESS for
 *   what is no reservation or not its base.
 * Source: [D] VirtualFree.
 */
WINBASEAPI BOOL WINAPI VirtualFree(LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType);

/*
 * Changes the protection of committed pages, those of VirtualAlloc and others of the process.
 * lpAddress: in the first page.
 * dwSize: bytes; every page that they touch is changed.
 * flNewProtect: PAGE_READONLY and so on, as for VirtualAlloc.
 * lpflOldProtect: out; PAGE_* of the first page. NULL is ERROR_NOACCESS.
 * Returns TRUE; or FALSE and the last error ERROR_NOACCESS, ERROR_INVALID_PARAMETER,
 *   ERROR_INVALID_ADDRESS for pages that are not committed or not of one reservation,
 *   ERROR_ACCESS_DENIED.
 * Source: [D] VirtualProtect; [I].
 */
WINBASEAPI BOOL WINAPI VirtualProtect(LPVOID lpAddress, SIZE_T dwSize, DWORD flNewProtect,
                                      PDWORD lpflOldProtect);

/*
 * What is at an address, as far as it is alike.
 * lpAddress: an address; also one that VirtualAlloc knows nothing of.
 * lpBuffer: out; a MEMORY_BASIC_INFORMATION.
 * dwLength: bytes of it; fewer than the struct are ERROR_BAD_LENGTH.
 * Returns bytes written; 0 and the last error ERROR_BAD_LENGTH, ERROR_NOACCESS for NULL,
 *   ERROR_INVALID_PARAMETER above the last address.
 * Source: [D] VirtualQuery; [I].
 */
WINBASEAPI SIZE_T WINAPI VirtualQuery(LPCVOID lpAddress, PMEMORY_BASIC_INFORMATION lpBuffer,
                                      SIZE_T dwLength);

/*
 * Keeps pages in memory; Linux' limit (ulimit -l) is the working set's here.
 * lpAddress: in the first page.
 * dwSize: bytes.
 * Returns TRUE; or FALSE and the last error ERROR_WORKING_SET_QUOTA, whatever the reason.
 * Source: [D] VirtualLock; [I].
 */
WINBASEAPI BOOL WINAPI VirtualLock(LPVOID lpAddress, SIZE_T dwSize);

/*
 * Takes VirtualLock back. Pages that are not locked are no mistake, as Linux does not count.
 * lpAddress: in the first page.
 * dwSize: bytes.
 * Returns TRUE; or FALSE and the last error ERROR_NOT_LOCKED for what is not mapped.
 * Source: [D] VirtualUnlock; [I].
 */
WINBASEAPI BOOL WINAPI VirtualUnlock(LPVOID lpAddress, SIZE_T dwSize);

RINGER_EXTERN_C_END

#endif

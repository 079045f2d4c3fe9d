/* SPDX-License-Identifier: MIT */
/* Sections and views: contents, ends, protections, and in which order all that may go. */
#include "api/tests/win32.h"

#define PAGE 4096u
#define GRANULE 65536u

static void *const unmapped = (void *)64;

static HANDLE filled(DWORD nbytes, DWORD flags)
{
    WCHAR path[MAX_PATH];
    HANDLE file = temp_open(path, flags);
    char *bytes = malloc(nbytes);
    DWORD n;

    for (DWORD i = 0; i < nbytes; i++)
        bytes[i] = (char)(i / PAGE + i % 7);
    OK(WriteFile(file, bytes, nbytes, &n, NULL));
    free(bytes);
    return file;
}

Test(section, a_view_is_the_file)
{
    MEMORY_BASIC_INFORMATION memory;
    HANDLE section, file = filled(3 * PAGE + 100, 0);
    char *view, *copy, byte;
    DWORD n;

    section = CreateFileMappingW(file, NULL, PAGE_READWRITE, 0, 0, NULL);
    cr_assert_not_null(section);
    view = MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, 0);
    cr_assert_not_null(view);
    cr_assert_eq((ULONG_PTR)view % GRANULE, 0);
    cr_assert_eq(view[PAGE + 3], 1 + (char)((PAGE + 3) % 7));
    for (DWORD i = 3 * PAGE + 100; i < 4 * PAGE; i++)
        cr_assert_eq(view[i], 0); /* [D] behind the end of the file the page is zero */
    view[5] = 77;
    OK(FlushViewOfFile(view, 10));
    cr_assert_eq(SetFilePointer(file, 5, NULL, FILE_BEGIN), 5);
    OK(ReadFile(file, &byte, 1, &n, NULL));
    cr_assert_eq(byte, 77);

    /* Two views share, a copy does not. */
    copy = MapViewOfFile(section, FILE_MAP_COPY, 0, 0, PAGE);
    cr_assert_not_null(copy);
    copy[5] = 1;
    cr_assert_eq(view[5], 77);
    view[6] = 66;
    cr_assert_neq(copy, view);

    OK(VirtualQuery(view + PAGE, &memory, sizeof memory));
    cr_assert_eq(memory.AllocationBase, view);
    cr_assert_eq(memory.Type, MEM_MAPPED);
    cr_assert_eq(memory.State, MEM_COMMIT);
    cr_assert_eq(memory.RegionSize, 3 * PAGE);
    cr_assert_eq(memory.AllocationProtect, PAGE_READWRITE);
    FAILS(VirtualFree(view, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);

    /* [D] Any order: handles first, any address of the view will do. */
    CloseHandle(section);
    FAILS(SetFilePointer(file, 100, NULL, FILE_BEGIN) != 100 || SetEndOfFile(file),
          ERROR_USER_MAPPED_FILE);
    CloseHandle(file);
    cr_assert_eq(view[6], 66);
    OK(UnmapViewOfFile(copy));
    OK(UnmapViewOfFile(view + 2 * PAGE));
    FAILS(UnmapViewOfFile(view), ERROR_INVALID_ADDRESS);
    OK(VirtualQuery(view, &memory, sizeof memory));
    cr_assert_eq(memory.State, MEM_FREE);
}

Test(section, cutting_a_mapped_file)
{
    HANDLE file = filled(2 * PAGE, 0), section;

    section = CreateFileMappingW(file, NULL, PAGE_READONLY, 0, 0, NULL);
    SetFilePointer(file, PAGE, NULL, FILE_BEGIN);
    FAILS(SetEndOfFile(file), ERROR_USER_MAPPED_FILE);
    SetFilePointer(file, 3 * PAGE, NULL, FILE_BEGIN);
    OK(SetEndOfFile(file)); /* larger is no harm */
    CloseHandle(section);
    SetFilePointer(file, PAGE, NULL, FILE_BEGIN);
    OK(SetEndOfFile(file));
    CloseHandle(file);
}

Test(section, sizes_and_offsets)
{
    LARGE_INTEGER offset = {.QuadPart = GRANULE}, size;
    HANDLE file = filled(GRANULE + 2 * PAGE, 0), section;
    SIZE_T nbytes = 100;
    PVOID base = NULL;
    char *view;

    section = CreateFileMappingW(file, NULL, PAGE_READWRITE, 0, 3 * GRANULE, NULL);
    cr_assert_not_null(section);
    OK(GetFileSizeEx(file, &size));
    cr_assert_eq(size.QuadPart, 3 * GRANULE); /* [D] the file grows with its section */
    cr_assert_eq(NtMapViewOfSection(section, GetCurrentProcess(), &base, 0, 0, &offset, &nbytes,
                                    ViewUnmap, 0, PAGE_READONLY),
                 STATUS_SUCCESS);
    cr_assert_eq(nbytes, PAGE);
    cr_assert_eq(((char *)base)[0], (char)(GRANULE / PAGE + GRANULE % 7));
    cr_assert_eq(NtUnmapViewOfSection(GetCurrentProcess(), base), STATUS_SUCCESS);
    /* There again, now that it is free; and not twice. */
    view = MapViewOfFileEx(section, FILE_MAP_READ, 0, GRANULE, PAGE, base);
    cr_assert_eq(view, base);
    FAILS(MapViewOfFileEx(section, FILE_MAP_READ, 0, 0, 0, base), ERROR_INVALID_ADDRESS);
    OK(UnmapViewOfFile(view));

    FAILS(MapViewOfFile(section, FILE_MAP_READ, 0, PAGE, 0), ERROR_MAPPED_ALIGNMENT);
    FAILS(MapViewOfFileEx(section, FILE_MAP_READ, 0, 0, 0, (char *)base + PAGE),
          ERROR_MAPPED_ALIGNMENT);
    FAILS(MapViewOfFile(section, FILE_MAP_READ, 0, 3 * GRANULE, 0), ERROR_ACCESS_DENIED);
    FAILS(MapViewOfFile(section, FILE_MAP_READ, 0, 0, 3 * GRANULE + 1), ERROR_ACCESS_DENIED);
    FAILS(MapViewOfFile(section, FILE_MAP_READ, 0x80000000, 0, 0), ERROR_ACCESS_DENIED);
    CloseHandle(section);
    CloseHandle(file);
}

Test(section, of_memory)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 5000, NULL);
    char *a, *b;

    cr_assert_not_null(section);
    a = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    b = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    cr_assert(a && b && a != b);
    a[8191] = 9;
    cr_assert_eq(b[8191], 9);
    cr_assert_eq(b[0], 0);
    OK(UnmapViewOfFile(a));
    CloseHandle(section);
    cr_assert_eq(b[8191], 9);
    OK(UnmapViewOfFile(b));
    FAILS(CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0, NULL),
          ERROR_INVALID_PARAMETER);
}

Test(section, what_handles_and_protections_allow)
{
    HANDLE file = filled(PAGE, 0), reader, section, weak, empty, event;
    WCHAR path[MAX_PATH];

    reader = ReOpenFile(file, GENERIC_READ, 7, 0);
    cr_assert_neq(reader, INVALID_HANDLE_VALUE);
    FAILS(CreateFileMappingW(reader, NULL, PAGE_READWRITE, 0, 0, NULL), ERROR_ACCESS_DENIED);
    FAILS(CreateFileMappingW(reader, NULL, PAGE_EXECUTE_READ, 0, 0, NULL), ERROR_ACCESS_DENIED);
    FAILS(CreateFileMappingW(reader, NULL, PAGE_READONLY, 0, 2 * PAGE, NULL),
          ERROR_NOT_ENOUGH_MEMORY);
    section = CreateFileMappingW(reader, NULL, PAGE_READONLY, 0, 0, NULL);
    cr_assert_not_null(section);
    FAILS(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0), ERROR_INVALID_PARAMETER);
    FAILS(MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_EXECUTE, 0, 0, 0),
          ERROR_INVALID_PARAMETER);
    FAILS(MapViewOfFile(section, 0, 0, 0, 0), ERROR_INVALID_PARAMETER);
    CloseHandle(section);
    section = CreateFileMappingW(file, NULL, PAGE_READWRITE | SEC_RESERVE, 0, 0, NULL);
    OK(DuplicateHandle(GetCurrentProcess(), section, GetCurrentProcess(), &weak, SECTION_MAP_READ,
                       FALSE, 0));
    FAILS(MapViewOfFile(weak, FILE_MAP_WRITE, 0, 0, 0), ERROR_ACCESS_DENIED);
    FAILS(MapViewOfFile(file, FILE_MAP_READ, 0, 0, 0), ERROR_INVALID_HANDLE);
    FAILS(WaitForSingleObject(section, 0) != WAIT_FAILED, ERROR_ACCESS_DENIED);
    CloseHandle(weak);
    CloseHandle(section);

    empty = temp_open(path, 0);
    FAILS(CreateFileMappingW(empty, NULL, PAGE_READONLY, 0, 0, NULL), ERROR_FILE_INVALID);
    event = CreateEventW(NULL, TRUE, FALSE, NULL);
    FAILS(CreateFileMappingW(event, NULL, PAGE_READONLY, 0, 0, NULL), ERROR_INVALID_HANDLE);
    FAILS(CreateFileMappingW(NULL, NULL, PAGE_READONLY, 0, 1, NULL), ERROR_INVALID_HANDLE);
    FAILS(CreateFileMappingW(file, NULL, 0, 0, 0, NULL), ERROR_INVALID_PARAMETER);
    FAILS(CreateFileMappingW(file, NULL, PAGE_READONLY, 0, 0, u"name"), ERROR_NOT_SUPPORTED);
    FAILS(CreateFileMappingW(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL),
          ERROR_NOT_SUPPORTED);
    CloseHandle(event);
    CloseHandle(empty);
    CloseHandle(reader);
    CloseHandle(file);
}

Test(section, wrong_arguments)
{
    HANDLE file = filled(PAGE, 0), section;
    LARGE_INTEGER negative = {.QuadPart = -1};
    HANDLE process = GetCurrentProcess();
    IO_STATUS_BLOCK iosb;
    PVOID base = NULL;
    SIZE_T nbytes = 0;

#define CREATE(out, size, protect, attributes, from) \
    NtCreateSection(out, SECTION_ALL_ACCESS, NULL, size, protect, attributes, from)
    cr_assert_eq(CREATE(&section, NULL, PAGE_READONLY, 0, file), STATUS_INVALID_PARAMETER_6);
    cr_assert_eq(CREATE(&section, NULL, PAGE_READONLY, SEC_COMMIT | SEC_RESERVE, file),
                 STATUS_INVALID_PARAMETER_6);
    cr_assert_eq(CREATE(&section, NULL, PAGE_NOACCESS | PAGE_READONLY, SEC_COMMIT, file),
                 STATUS_INVALID_PAGE_PROTECTION);
    cr_assert_eq(CREATE(&section, &negative, PAGE_READONLY, SEC_COMMIT, file),
                 STATUS_INVALID_PARAMETER_4);
    cr_assert_eq(CREATE(&section, NULL, PAGE_READONLY, SEC_COMMIT, NULL),
                 STATUS_INVALID_PARAMETER_4);
    cr_assert_eq(CREATE(unmapped, NULL, PAGE_READONLY, SEC_COMMIT, file), STATUS_ACCESS_VIOLATION);
    cr_assert_eq(CREATE(&section, unmapped, PAGE_READONLY, SEC_COMMIT, file),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(CREATE(&section, NULL, PAGE_READONLY, SEC_COMMIT, file), STATUS_SUCCESS);
#define MAP(of, at, size, inherit, type, protect) \
    NtMapViewOfSection(section, of, at, 0, 0, NULL, size, inherit, type, protect)
    cr_assert_eq(MAP(NULL, &base, &nbytes, ViewShare, 0, PAGE_READONLY), STATUS_INVALID_HANDLE);
    cr_assert_eq(MAP(process, unmapped, &nbytes, ViewShare, 0, PAGE_READONLY),
                 STATUS_ACCESS_VIOLATION);
    cr_assert_eq(MAP(process, &base, NULL, ViewShare, 0, PAGE_READONLY), STATUS_ACCESS_VIOLATION);
    cr_assert_eq(MAP(process, &base, &nbytes, (SECTION_INHERIT)3, 0, PAGE_READONLY),
                 STATUS_INVALID_PARAMETER_8);
    cr_assert_eq(MAP(process, &base, &nbytes, ViewShare, MEM_COMMIT, PAGE_READONLY),
                 STATUS_INVALID_PARAMETER_9);
    cr_assert_eq(MAP(process, &base, &nbytes, ViewShare, 0, 0), STATUS_INVALID_PAGE_PROTECTION);
    cr_assert_eq(MAP(process, &base, &nbytes, ViewShare, 0, PAGE_READWRITE),
                 STATUS_SECTION_PROTECTION);
    cr_assert_eq(NtUnmapViewOfSection(process, unmapped), STATUS_NOT_MAPPED_VIEW);
    cr_assert_eq(NtUnmapViewOfSection(NULL, unmapped), STATUS_INVALID_HANDLE);
    cr_assert_eq(NtUnmapViewOfSectionEx(process, unmapped, MEM_PRESERVE_PLACEHOLDER),
                 STATUS_INVALID_PARAMETER);
    base = unmapped;
    cr_assert_eq(NtFlushVirtualMemory(process, &base, &nbytes, &iosb), STATUS_NOT_MAPPED_VIEW);
    cr_assert_eq(NtFlushVirtualMemory(process, NULL, &nbytes, &iosb), STATUS_ACCESS_VIOLATION);
    CloseHandle(section);
    CloseHandle(file);
}

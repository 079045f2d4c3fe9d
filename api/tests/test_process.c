/* SPDX-License-Identifier: MIT */
/* Memory, heaps, clocks, conversions, names, error codes. */
#include "api/tests/win32.h"

Test(memory, pages)
{
    MEMORY_BASIC_INFORMATION info;
    char *memory = VirtualAlloc(NULL, 10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    DWORD old = 0;

    OK(memory != NULL);
    cr_assert_eq((uintptr_t)memory % 0x10000, 0);
    cr_assert_eq(memory[9999], 0);
    memory[0] = 1;
    OK(VirtualQuery(memory, &info, sizeof info) == sizeof info);
    cr_assert(info.BaseAddress == memory && info.State == MEM_COMMIT);
    cr_assert_eq(info.RegionSize, 12288);
    OK(VirtualProtect(memory, 4096, PAGE_READONLY, &old));
    cr_assert_eq(old, PAGE_READWRITE);
    FAILS(VirtualFree(memory, 4096, MEM_RELEASE), ERROR_INVALID_PARAMETER);
    /* Only the base is released, and only once. */
    FAILS(VirtualFree(memory + 4096, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
    OK(VirtualFree(memory, 0, MEM_RELEASE));
    FAILS(VirtualFree(memory, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
    FAILS(VirtualAlloc(NULL, 0, MEM_COMMIT, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
    FAILS(VirtualAlloc(NULL, 4096, MEM_COMMIT, 0x12345), ERROR_INVALID_PARAMETER);
}

Test(memory, heaps)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    char *block = HeapAlloc(heap, HEAP_ZERO_MEMORY, 13);

    cr_assert_eq(HeapSize(heap, 0, block), 13);
    cr_assert_eq(block[12], 0);
    block[0] = 'x';
    block = HeapReAlloc(heap, 0, block, 100);
    cr_assert_eq(block[0], 'x');
    cr_assert_not(HeapFree(GetProcessHeap(), 0, block)); /* not of this heap */
    OK(HeapDestroy(heap));
    block = LocalAlloc(0, 5);
    cr_assert_null(LocalFree(block));
}

Test(time, moves)
{
    LARGE_INTEGER frequency, a, b;

    OK(QueryPerformanceFrequency(&frequency));
    cr_assert_eq(frequency.QuadPart, 10000000);
    OK(QueryPerformanceCounter(&a));
    Sleep(2);
    OK(QueryPerformanceCounter(&b));
    cr_assert_geq(b.QuadPart - a.QuadPart, 20000);
}

Test(locale, strict_and_not)
{
    WCHAR wide[8];
    char narrow[8];

    cr_assert_eq(MultiByteToWideChar(CP_UTF8, 0, "\xF0\x9F\x98\x80", -1, wide, 8), 3);
    cr_assert(wide[0] == 0xD83D && wide[1] == 0xDE00 && wide[2] == 0);
    cr_assert_eq(WideCharToMultiByte(CP_UTF8, 0, wide, 2, narrow, 8, NULL, NULL), 4);
    cr_assert_eq(MultiByteToWideChar(CP_UTF8, 0, "abc", 3, NULL, 0), 3);
    FAILS(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "\xFF", -1, wide, 8),
          ERROR_NO_UNICODE_TRANSLATION);
    FAILS(MultiByteToWideChar(CP_UTF8, 0, "abc", -1, wide, 2), ERROR_INSUFFICIENT_BUFFER);
    wide[0] = 0xD800;
    wide[1] = 0;
    FAILS(WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, narrow, 8, NULL, NULL),
          ERROR_NO_UNICODE_TRANSLATION);
}

static void check_full(const WCHAR *name, const WCHAR *full)
{
    WCHAR out[300];
    DWORD length = GetFullPathNameW(name, 300, out, NULL);

    cr_assert_eq(length, (DWORD)lstrlenW(full), "length %u", length);
    cr_assert_eq(memcmp(out, full, (length + 1) * sizeof(WCHAR)), 0);
}

Test(path, full_names)
{
    WCHAR out[4];

    check_full(u"c:\\a\\.\\b\\..\\c", u"C:\\a\\c");
    check_full(u"C:/a//b/", u"C:\\a\\b\\");
    check_full(u"C:\\..\\..\\x", u"C:\\x");
    check_full(u"C:\\a. . ", u"C:\\a");
    check_full(u"/tmp/x", u"Z:\\tmp\\x");
    check_full(u"\\\\.\\pipe\\x", u"\\\\.\\pipe\\x");
    check_full(u"\\\\server\\share\\..\\y", u"\\\\server\\y");
    check_full(u"nul", u"\\\\.\\nul");
    check_full(u"\\\\?\\C:\\a\\..\\b.", u"\\\\?\\C:\\a\\..\\b.");
    cr_assert_eq(GetFullPathNameW(u"C:\\abc", 4, out, NULL), 7); /* with the terminator */
}

Test(path, nt_names)
{
    UNICODE_STRING name;

    cr_assert(RtlDosPathNameToNtPathName_U(u"C:\\x\\..\\y", &name, NULL, NULL));
    cr_assert_eq(name.Length, 16);
    cr_assert_eq(memcmp(name.Buffer, u"\\??\\C:\\y", 18), 0);
    RtlFreeUnicodeString(&name);
    cr_assert_eq(RtlDosPathNameToNtPathName_U_WithStatus(u"", &name, NULL, NULL),
                 STATUS_OBJECT_NAME_INVALID);
}

Test(error, statuses)
{
    static const struct {
        NTSTATUS status;
        ULONG error;
    } rows[] = {
        {STATUS_SUCCESS, 0},           {STATUS_PENDING, 997},
        {STATUS_BUFFER_OVERFLOW, 234}, {STATUS_ACCESS_VIOLATION, 998},
        {STATUS_INVALID_HANDLE, 6},    {STATUS_INVALID_PARAMETER, 87},
        {STATUS_END_OF_FILE, 38},      {STATUS_NO_MEMORY, 8},
        {STATUS_ACCESS_DENIED, 5},     {STATUS_OBJECT_TYPE_MISMATCH, 6},
        {STATUS_OBJECT_NAME_INVALID, 123}, {STATUS_OBJECT_NAME_NOT_FOUND, 2},
        {STATUS_OBJECT_NAME_COLLISION, 183}, {STATUS_OBJECT_PATH_NOT_FOUND, 3},
        {STATUS_SHARING_VIOLATION, 32}, {STATUS_DELETE_PENDING, 5},
        {STATUS_DISK_FULL, 112},       {STATUS_INSUFFICIENT_RESOURCES, 1450},
        {STATUS_PIPE_BUSY, 231},       {STATUS_PIPE_DISCONNECTED, 233},
        {STATUS_PIPE_CLOSING, 232},    {STATUS_PIPE_CONNECTED, 535},
        {STATUS_PIPE_LISTENING, 536},  {STATUS_PIPE_BROKEN, 109},
        {STATUS_NOT_SUPPORTED, 50},    {STATUS_CANCELLED, 995},
        {STATUS_NOT_FOUND, 1168},      {STATUS_DIRECTORY_NOT_EMPTY, 145},
        {STATUS_MEDIA_WRITE_PROTECTED, 19}, {STATUS_INVALID_INFO_CLASS, 87},
        {STATUS_INFO_LENGTH_MISMATCH, 24}, {STATUS_BUFFER_TOO_SMALL, 122},
        {(NTSTATUS)0xC0070005, 5},     {(NTSTATUS)0xC0001234, ERROR_MR_MID_NOT_FOUND},
    };

    for (size_t i = 0; i < ARRAYSIZE(rows); i++)
        cr_assert_eq(RtlNtStatusToDosError(rows[i].status), rows[i].error, "row %zu", i);
}

Test(error, messages)
{
    char text[100];
    char *own = NULL;

    cr_assert_gt(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
                                ERROR_FILE_NOT_FOUND, 0, text, sizeof text, NULL),
                 2);
    cr_assert_str_eq(text + strlen(text) - 2, "\r\n");
    cr_assert_gt(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER, NULL,
                                ERROR_FILE_NOT_FOUND, 0, (LPSTR)&own, 0, NULL),
                 2);
    cr_assert_str_eq(own, text);
    LocalFree(own);
    FAILS(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 123456, 0, text, sizeof text, NULL),
          ERROR_MR_MID_NOT_FOUND);
}

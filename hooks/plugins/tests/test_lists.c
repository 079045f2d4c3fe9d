/* SPDX-License-Identifier: MIT */
/*
 * Folders with virtual files among the real ones, against folders in which all are real: every class
 * of information, both calls, one entry or many at a time, small and large buffers (HK-86).
 */
#include "hooks/plugins/tests/layer_test.h"

#include <ntstatus.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

TestSuite(lists, .init = lt_start, .fini = lt_end);

#define MOST 16

static const struct layout {
    int what;
    size_t size, attributes, length, name;
} layouts[] = {
#define LAYOUT(what, type)                                               \
    {                                                                    \
        what, offsetof(type, EndOfFile), offsetof(type, FileAttributes), \
            offsetof(type, FileNameLength), offsetof(type, FileName)     \
    }
    LAYOUT(1, FILE_DIRECTORY_INFORMATION),
    LAYOUT(2, FILE_FULL_DIR_INFORMATION),
    LAYOUT(3, FILE_BOTH_DIR_INFORMATION),
    LAYOUT(37, FILE_ID_BOTH_DIR_INFORMATION),
    LAYOUT(38, FILE_ID_FULL_DIR_INFORMATION),
    LAYOUT(60, FILE_ID_EXTD_DIR_INFORMATION),
    LAYOUT(63, FILE_ID_EXTD_BOTH_DIR_INFORMATION),
    {12, 0, 0, offsetof(FILE_NAMES_INFORMATION, FileNameLength),
     offsetof(FILE_NAMES_INFORMATION, FileName)},
#undef LAYOUT
};

struct entry {
    char name[64];
    INT64 size;
    bool is_folder;
};

struct scan {
    HANDLE folder;
    const struct layout *layout;
    bool ex, single;
    ULONG nbytes;
    const char *pattern; /* of the first call; NULL: none */
    unsigned calls, count;
    struct entry entries[MOST];
    NTSTATUS first, last;
};

static void start(struct scan *scan, const char *folder)
{
    scan->folder = CreateFileW(lt_path(folder), GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                               FILE_FLAG_BACKUP_SEMANTICS, NULL);
    cr_assert_neq(scan->folder, INVALID_HANDLE_VALUE, "%s", folder);
}

static void take(struct scan *scan, const char *at)
{
    const struct layout *layout = scan->layout;
    ULONG next = 1, nbytes;

    for (; next; at += next) {
        struct entry *entry = &scan->entries[scan->count++];
        ULONG attributes;

        cr_assert_leq(scan->count, MOST);
        *entry = (struct entry){.size = 0};
        memcpy(&next, at, sizeof next);
        memcpy(&nbytes, at + layout->length, sizeof nbytes);
        cr_assert(WideCharToMultiByte(CP_UTF8, 0, (const WCHAR *)(const void *)(at + layout->name),
                                      (int)(nbytes / sizeof(WCHAR)), entry->name,
                                      sizeof entry->name - 1, NULL, NULL));
        if (!layout->size)
            continue;
        memcpy(&attributes, at + layout->attributes, sizeof attributes);
        entry->is_folder = (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
        if (!entry->is_folder)
            memcpy(&entry->size, at + layout->size, sizeof entry->size);
    }
}

/* One call. Its buffer is as large as it says, so that whoever writes beyond is seen. */
static NTSTATUS call(struct scan *scan, const char *pattern, bool restart)
{
    char *out = malloc(scan->nbytes);
    ULONG flags = (restart ? SL_RESTART_SCAN : 0) | (scan->single ? SL_RETURN_SINGLE_ENTRY : 0);
    IO_STATUS_BLOCK iosb = {.Information = 0};
    FILE_INFORMATION_CLASS what = (FILE_INFORMATION_CLASS)scan->layout->what;
    UNICODE_STRING text, *given = NULL;
    WCHAR wide[64];
    NTSTATUS status;

    if (pattern) {
        cr_assert(MultiByteToWideChar(CP_UTF8, 0, pattern, -1, wide, 64));
        RtlInitUnicodeString(&text, wide);
        given = &text;
    }
    status = scan->ex ? NtQueryDirectoryFileEx(scan->folder, NULL, NULL, NULL, &iosb, out,
                                               scan->nbytes, what, flags, given)
                      : NtQueryDirectoryFile(scan->folder, NULL, NULL, NULL, &iosb, out,
                                             scan->nbytes, what, scan->single, given, restart);
    if (!scan->calls++)
        scan->first = status;
    scan->last = status;
    if (status == STATUS_SUCCESS) {
        unsigned before = scan->count;

        cr_assert(iosb.Information && iosb.Information <= scan->nbytes);
        take(scan, out);
        cr_assert(!scan->single || scan->count == before + 1);
    }
    free(out);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void all(struct scan *scan, const char *folder, bool restart)
{
    start(scan, folder);
    call(scan, scan->pattern, false);
    if (restart && scan->last == STATUS_SUCCESS) {
        /* A second call, wherever it gets, and from the beginning again. */
        call(scan, NULL, false);
        scan->count = 0;
        call(scan, NULL, true);
    }
    /* Later calls have no pattern, or another, which is none of theirs. */
    while (scan->last == STATUS_SUCCESS && scan->calls < 4 * MOST)
        call(scan, scan->calls % 2 ? NULL : "nothing.such", false);
    if (scan->last == STATUS_NO_MORE_FILES)
        cr_assert_eq(call(scan, NULL, false), STATUS_NO_MORE_FILES, "it stays at the end");
    CloseHandle(scan->folder);
    qsort(scan->entries, scan->count, sizeof scan->entries[0], by_name);
}

static void compare(const struct scan *real, const struct scan *virtual, const char *what)
{
    cr_assert_eq(real->count, virtual->count, "%s, class %d, %u bytes, \"%s\": %u, with hook %u",
                 what, real->layout->what, real->nbytes, real->pattern ? real->pattern : "",
                 real->count, virtual->count);
    cr_assert_eq(real->first, virtual->first, "%s: 0x%08x 0x%08x", what, (unsigned)real->first,
                 (unsigned)virtual->first);
    cr_assert_eq(real->last, virtual->last, "%s: 0x%08x 0x%08x", what, (unsigned)real->last,
                 (unsigned)virtual->last);
    for (unsigned i = 0; i < real->count; i++) {
        cr_assert_str_eq(real->entries[i].name, virtual->entries[i].name);
        cr_assert_eq(real->entries[i].size, virtual->entries[i].size, "%s", real->entries[i].name);
        cr_assert_eq(real->entries[i].is_folder, virtual->entries[i].is_folder);
    }
}

static void make_folders(void)
{
    lt_mkdir("real");
    lt_mkdir("real/sub");
    lt_write("real/a.txt", "1");
    lt_write("real/b.bin", "22");
    lt_write("real/the longest of names.txt", "333");
    lt_write("real/Over.txt", "55555");
    lt_mkdir("mixed");
    lt_mkdir("mixed/sub");
    lt_write("mixed/a.txt", "1");
    lt_write("mixed/Over.txt", "really there");
    lt_add("mixed/b.bin", "22");
    lt_add("mixed/the longest of names.txt", "an older one");
    lt_add("mixed/the longest of names.txt", "333");
    lt_add("mixed/Over.txt", "55555");
    lt_add("mixed/sub/below", "666666"); /* not of this folder */
    lt_write("real/sub/below", "666666");
    lt_mkdir("real-two");
    lt_write("real-two/x", "1");
    lt_write("real-two/y", "22");
    lt_mkdir("virtual-two");
    lt_add("virtual-two/x", "1");
    lt_add("virtual-two/y", "22");
    lt_mkdir("real-none");
    lt_mkdir("none");
}

static const char *const folders[][2] = {{"real", "mixed"},
                                         {"real-two", "virtual-two"},
                                         {"real-none", "none"},
                                         {"real/sub", "mixed/sub"}};
static const char *const patterns[] = {NULL,  "",      "*",        "*.txt", "*.TXT",
                                       "?.*", "b.bin", "over.txt", "none",  "<.txt"};

Test(lists, every_way, .timeout = 60)
{
    static const ULONG sizes[] = {200, 400, 4096};

    make_folders();
    for (size_t f = 0; f < ARRAYSIZE(folders); f++)
        for (size_t p = 0; p < ARRAYSIZE(patterns); p++)
            for (size_t n = 0; n < ARRAYSIZE(sizes); n++)
                for (size_t l = 0; l < ARRAYSIZE(layouts); l++)
                    for (unsigned way = 0; way < 8; way++) {
                        struct scan real = {.layout = &layouts[l],
                                            .ex = way & 1,
                                            .single = (way & 2) != 0,
                                            .nbytes = sizes[n],
                                            .pattern = patterns[p]};
                        struct scan virtual = real;

                        all(&real, folders[f][0], way & 4);
                        all(&virtual, folders[f][1], way & 4);
                        compare(&real, &virtual, folders[f][1]);
                    }
}

/* The first entry of all may be cut: it says how long its name is. Then there is room. */
Test(lists, no_room)
{
    make_folders();
    for (size_t l = 0; l < ARRAYSIZE(layouts); l++) {
        struct scan real = {.layout = &layouts[l],
                            .nbytes = (ULONG)layouts[l].name + 12,
                            .pattern = "the longest*"};
        struct scan virtual = real;

        start(&real, "real");
        start(&virtual, "mixed");
        cr_assert_eq(call(&real, real.pattern, false), STATUS_BUFFER_OVERFLOW);
        cr_assert_eq(call(&virtual, real.pattern, false), STATUS_BUFFER_OVERFLOW);
        real.nbytes = virtual.nbytes = 4096;
        for (int i = 0; i < 3; i++) {
            call(&real, NULL, i == 1);
            call(&virtual, NULL, i == 1);
            compare(&real, &virtual, "cut");
        }
        CloseHandle(real.folder);
        CloseHandle(virtual.folder);
    }
}

/* A handle's scan ends with it: its number again is a new one. */
Test(lists, number_again)
{
    make_folders();
    for (int i = 0; i < 3; i++) {
        struct scan some = {.layout = &layouts[0], .nbytes = 4096, .pattern = "x"};
        struct scan rest = {.layout = &layouts[0], .nbytes = 4096};

        all(&some, "virtual-two", false);
        cr_assert_eq(some.count, 1);
        all(&rest, "virtual-two", false);
        cr_assert_eq(rest.count, 4, "two, and the dots");
    }
}

Test(lists, no_folder)
{
    HANDLE folder;

    make_folders();
    folder = CreateFileW(lt_path("mixed/nothing"), GENERIC_READ, FILE_SHARE_READ, NULL,
                         OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    cr_assert_eq(folder, INVALID_HANDLE_VALUE);
    cr_assert_eq(GetLastError(), ERROR_FILE_NOT_FOUND);
}

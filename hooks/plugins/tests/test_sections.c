/* SPDX-License-Identifier: MIT */
/* Sections and views of a virtual file against those of a real one, in every order (HK-89). */
#include "hooks/plugins/tests/layer_test.h"

#include <string.h>

TestSuite(sections, .init = lt_start, .fini = lt_end);

#define THIS_PROCESS ((HANDLE)(LONG_PTR)-1)
#define NBYTES 200000u
#define STEPS 6

static char text[NBYTES + 1];

/* One real and one virtual file with these bytes, a real and a virtual one that are empty. */
static void make_files(void)
{
    for (unsigned i = 0; i < NBYTES; i++)
        text[i] = (char)(' ' + (i * 7 + i / 95) % 95);
    lt_write("real", text);
    lt_add("virtual", text);
    lt_write("real-empty", "");
    lt_add("virtual-empty", "");
}

static HANDLE open_file(const char *name)
{
    HANDLE file = CreateFileW(lt_path(name), GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED, NULL);

    cr_assert_neq(file, INVALID_HANDLE_VALUE, "%s", name);
    return file;
}

static NTSTATUS make(HANDLE file, INT64 size, ULONG protection, ACCESS_MASK access, HANDLE *section)
{
    LARGE_INTEGER most = {.QuadPart = size};

    *section = NULL;
    return NtCreateSection(section, access, NULL, &most, protection, SEC_COMMIT, file);
}

static NTSTATUS map(HANDLE section, INT64 from, SIZE_T nbytes, ULONG protection, void **view)
{
    LARGE_INTEGER offset = {.QuadPart = from};

    *view = NULL;
    return NtMapViewOfSection(section, THIS_PROCESS, view, 0, 0, &offset, &nbytes, ViewUnmap, 0,
                              protection);
}

/* ---- orders ---- */

struct play {
    HANDLE file, section;
    void *view;
    bool file_open;
};

/* create, map, touch, close the section, close the file, unmap. */
static NTSTATUS step(struct play *play, char what)
{
    switch (what) {
    case 'c':
        return make(play->file_open ? play->file : INVALID_HANDLE_VALUE, 0, PAGE_READONLY,
                    SECTION_MAP_READ | SECTION_QUERY, &play->section);
    case 'm':
        return map(play->section, 65536, 0, PAGE_READONLY, &play->view);
    case 't':
        return play->view ? memcmp(play->view, text + 65536, NBYTES - 65536) : -1;
    case 's': {
        HANDLE section = play->section;

        play->section = NULL;
        return NtClose(section);
    }
    case 'f':
        play->file_open = false;
        return NtClose(play->file);
    default: {
        void *view = play->view;

        play->view = NULL;
        return NtUnmapViewOfSection(THIS_PROCESS, view);
    }
    }
}

static void run(const char *name, const char *order, NTSTATUS *seen)
{
    struct play play = {.file = open_file(name), .file_open = true};

    for (unsigned i = 0; i < STEPS; i++)
        seen[i] = step(&play, order[i]);
    if (play.view)
        cr_assert(NtUnmapViewOfSection(THIS_PROCESS, play.view) >= 0);
    if (play.section)
        cr_assert(NtClose(play.section) >= 0);
    if (play.file_open)
        cr_assert(NtClose(play.file) >= 0);
}

static unsigned all_went_well;

static void compare(const char *order)
{
    NTSTATUS real[STEPS], virtual[STEPS];
    bool well = true;

    run("real", order, real);
    run("virtual", order, virtual);
    for (unsigned i = 0; i < STEPS; i++) {
        cr_assert_eq(real[i], virtual[i], "%s, step %u: 0x%08x, with the hook 0x%08x", order, i,
                     (unsigned)real[i], (unsigned)virtual[i]);
        well &= real[i] == 0;
    }
    all_went_well += well;
}

static void permute(char *order, unsigned at)
{
    if (at == STEPS)
        compare(order);
    for (unsigned i = at; i < STEPS; i++) {
        char c = order[at];

        order[at] = order[i];
        order[i] = c;
        permute(order, at + 1);
        c = order[at];
        order[at] = order[i];
        order[i] = c;
    }
}

Test(sections, every_order, .timeout = 60)
{
    char order[] = "cmtsfu";

    make_files();
    permute(order, 0);
    /* c, m, t and u in this order, s behind m, f behind c. */
    cr_assert_eq(all_went_well, 15);
}

/* ---- arguments ---- */

Test(sections, arguments)
{
    static const ULONG protections[] = {0,
                                        PAGE_NOACCESS,
                                        PAGE_READONLY,
                                        PAGE_READWRITE,
                                        PAGE_WRITECOPY,
                                        PAGE_EXECUTE_READ,
                                        PAGE_READONLY | PAGE_READWRITE};
    static const INT64 sizes[] = {0, 1, 65536, NBYTES, NBYTES + 1, -1, 1 << 30};
    static const INT64 offsets[] = {0, 1, 4096, 65536, 131072, 196608, 262144, -65536};
    static const SIZE_T lengths[] = {0, 1, 4096, 65536, NBYTES, 1 << 30};
    HANDLE real, virtual, sections[2];
    unsigned made = 0, mapped = 0;

    make_files();
    real = open_file("real");
    virtual = open_file("virtual");
    for (size_t p = 0; p < ARRAYSIZE(protections); p++) {
        for (size_t s = 0; s < ARRAYSIZE(sizes); s++) {
            NTSTATUS a = make(real, sizes[s], protections[p], SECTION_ALL_ACCESS, &sections[0]);
            NTSTATUS b = make(virtual, sizes[s], protections[p], SECTION_ALL_ACCESS, &sections[1]);

            cr_assert_eq(a, b, "0x%x %lld: 0x%08x, with the hook 0x%08x", protections[p],
                         (long long)sizes[s], (unsigned)a, (unsigned)b);
            if (a < 0)
                continue;
            made++;
            for (size_t o = 0; o < ARRAYSIZE(offsets); o++) {
                for (size_t n = 0; n < ARRAYSIZE(lengths); n++) {
                    void *views[2];

                    a = map(sections[0], offsets[o], lengths[n], PAGE_READONLY, &views[0]);
                    b = map(sections[1], offsets[o], lengths[n], PAGE_READONLY, &views[1]);
                    cr_assert_eq(a, b, "%lld + %zu: 0x%08x, with the hook 0x%08x",
                                 (long long)offsets[o], (size_t)lengths[n], (unsigned)a,
                                 (unsigned)b);
                    if (a < 0)
                        continue;
                    mapped++;
                    cr_assert_eq(*(char *)views[0], text[offsets[o]]);
                    cr_assert_eq(*(char *)views[1], text[offsets[o]]);
                    NtUnmapViewOfSection(THIS_PROCESS, views[0]);
                    NtUnmapViewOfSection(THIS_PROCESS, views[1]);
                }
            }
            NtClose(sections[0]);
            NtClose(sections[1]);
        }
    }
    cr_assert(made && mapped);
    NtClose(real);
    NtClose(virtual);
}

Test(sections, empty)
{
    HANDLE section, real, virtual;

    make_files();
    real = open_file("real-empty");
    virtual = open_file("virtual-empty");
    for (INT64 size = 0; size < 2; size++)
        cr_assert_eq(make(real, size, PAGE_READONLY, SECTION_MAP_READ, &section),
                     make(virtual, size, PAGE_READONLY, SECTION_MAP_READ, &section));
    NtClose(real);
    NtClose(virtual);
}

/* ---- what is private, what is shared, what lives on ---- */

Test(sections, copy_on_write)
{
    HANDLE file, section;
    char *view, *other;

    make_files();
    file = open_file("virtual");
    cr_assert_eq(make(file, 0, PAGE_WRITECOPY, SECTION_MAP_READ | SECTION_QUERY, &section), 0);
    cr_assert_eq(map(section, 0, 0, PAGE_WRITECOPY, (void **)&view), 0);
    cr_assert_eq(map(section, 0, 0, PAGE_READONLY, (void **)&other), 0);
    view[5] = '~';
    cr_assert_eq(other[5], text[5], "the copy is the writer's");
    NtUnmapViewOfSection(THIS_PROCESS, view);
    cr_assert_eq(memcmp(other, text, NBYTES), 0);
    NtUnmapViewOfSection(THIS_PROCESS, other);
    NtClose(section);
    NtClose(file);
}

/* The file is taken away while it is mapped, and while only a duplicate is open. */
Test(sections, outlives)
{
    HANDLE file, copy, section;
    char *view;
    UINT64 id;

    make_files();
    id = lt_add("gone", text);
    file = open_file("gone");
    cr_assert(
        DuplicateHandle(THIS_PROCESS, file, THIS_PROCESS, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    NtClose(file);
    cr_assert(ringer_vfs_remove(vl_vfs, id));
    cr_assert(lt_lacks(lt_path("gone")));
    cr_assert_eq(make(copy, 0, PAGE_READONLY, SECTION_MAP_READ, &section), 0);
    NtClose(copy);
    cr_assert_eq(map(section, 65536, 0, PAGE_READONLY, (void **)&view), 0);
    NtClose(section);
    cr_assert_eq(memcmp(view, text + 65536, NBYTES - 65536), 0);
    NtUnmapViewOfSection(THIS_PROCESS, view);
}

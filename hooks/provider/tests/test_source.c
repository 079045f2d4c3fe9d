/* SPDX-License-Identifier: MIT */
/* What sources answer, how their decorators answer, and what the layer makes of wrong answers. */
#include <ringer_provider.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#ifdef RINGER_CHAR16
#    define W(text) u##text
#else
#    define W(text) L##text
#endif

static struct ringer_vfs *vfs;

static struct ringer_vfile *file_of(struct ringer_source *source)
{
    struct ringer_vfile *file = NULL;

    if (!vfs)
        vfs = ringer_vfs_create();
    cr_assert(source);
    cr_assert(ringer_vfs_add(vfs, W("C:\\virtual\\a.bin"), source, NULL));
    cr_assert_eq(
        ringer_vfs_open(vfs, W("c:/VIRTUAL/A.BIN"), GENERIC_READ, FILE_SHARE_READ, 1, &file), 0);
    return file;
}

static struct ringer_source *text(const char *bytes)
{
    return ringer_source_buffer(bytes, strlen(bytes));
}

static NTSTATUS read_of(struct ringer_vfile *file, UINT64 offset, void *buffer, UINT32 length,
                        UINT32 *count_out)
{
    memset(buffer, 0xA5, length);
    return ringer_vfile_read_wait(file, offset, buffer, length, count_out);
}

static void reads_as(struct ringer_source *source, const char *expected)
{
    struct ringer_vfile *file = file_of(source);
    UINT32 length = (UINT32)strlen(expected), count;
    char buffer[256];

    cr_assert_eq(ringer_vfile_size(file), length);
    cr_assert_eq(read_of(file, 0, buffer, sizeof buffer, &count),
                 length ? 0 : (NTSTATUS)0xC0000011);
    cr_assert_eq(count, length);
    cr_assert_arr_eq(buffer, expected, length);
    cr_assert_eq((unsigned char)buffer[length], 0xA5);
    for (UINT32 at = 0; at < length; at++) {
        cr_assert_eq(read_of(file, at, buffer, 3, &count), 0);
        cr_assert_eq(count, length - at < 3 ? length - at : 3);
        cr_assert_arr_eq(buffer, expected + at, count);
    }
    ringer_vfile_release(file);
}

Test(source, buffer)
{
    reads_as(text("the quick brown fox"), "the quick brown fox");
}

Test(source, concat)
{
    struct ringer_source *parts[] = {text("one"), text(""), text("two"), text("three")};

    reads_as(ringer_source_concat(parts, 4), "onetwothree");
}

Test(source, slice)
{
    reads_as(ringer_source_slice(text("0123456789"), 2, 5), "23456");
    reads_as(ringer_source_slice(text("0123456789"), 8, 5), "89");
    reads_as(ringer_source_slice(text("0123456789"), 20, 5), "");
}

Test(source, decorated)
{
    reads_as(ringer_source_worker(text("by a thread")), "by a thread");
    reads_as(ringer_source_early(text("before it returns")), "before it returns");
    reads_as(ringer_source_delay(text("later"), 1, 2, 7), "later");
    reads_as(ringer_source_block(text("asleep"), 1), "asleep");
    reads_as(ringer_source_short(text("little by little"), 3), "little by little");
    reads_as(ringer_source_short(ringer_source_early(ringer_source_worker(text("all at once"))), 2),
             "all at once");
    reads_as(ringer_source_early(ringer_source_short(text("nested"), 1)), "nested");
}

/* The formula of the contract, spelled out. */
static unsigned char generated(UINT64 seed, UINT64 i)
{
    return (unsigned char)(0x20 + (i * 7 + i / 95 + seed) % 95);
}

Test(source, generator)
{
    const UINT64 places[] = {0,    1,     94,         95,         9024,
                             9025, 65535, 0xFFFFFFFF, 1ull << 40, (1ull << 40) - 30};
    struct ringer_vfile *file = file_of(ringer_source_generator(42, (1ull << 40) + 20));
    unsigned char buffer[300];
    UINT32 count;

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        UINT64 left = ringer_vfile_size(file) - places[i];

        cr_assert_eq(read_of(file, places[i], buffer, sizeof buffer, &count), 0);
        cr_assert_eq(count, left < sizeof buffer ? left : sizeof buffer);
        for (UINT32 at = 0; at < count; at++)
            cr_assert_eq(buffer[at], generated(42, places[i] + at), "byte %u of %zu", at, i);
    }
    ringer_vfile_release(file);
}

Test(source, end)
{
    struct ringer_vfile *file = file_of(text("12345"));
    char buffer[8];
    UINT32 count;

    cr_assert_eq(read_of(file, 5, buffer, 1, &count), (NTSTATUS)0xC0000011);
    cr_assert_eq(read_of(file, UINT64_MAX, buffer, 1, &count), (NTSTATUS)0xC0000011);
    cr_assert_eq(count, 0);
    cr_assert_eq(read_of(file, 9, buffer, 0, &count), 0);
    ringer_vfile_release(file);
}

Test(source, failure)
{
    struct ringer_vfile *file =
        file_of(ringer_source_fail_at(text("0123456789"), 4, (NTSTATUS)0xC0000185));
    char buffer[10];
    UINT32 count;

    cr_assert_eq(read_of(file, 0, buffer, 4, &count), 0);
    cr_assert_eq(read_of(file, 0, buffer, 5, &count), (NTSTATUS)0xC0000185);
    cr_assert_eq(count, 0);
    cr_assert_eq(read_of(file, 5, buffer, 5, &count), 0);
    ringer_vfile_release(file);
    file = file_of(ringer_source_fail(text("0123456789"), 1000, 1, (NTSTATUS)0xC0000185));
    cr_assert_eq(read_of(file, 7, buffer, 1, &count), (NTSTATUS)0xC0000185);
    ringer_vfile_release(file);
}

Test(source, wrong_counts)
{
    struct ringer_provider_faults before, after;
    struct ringer_vfile *file = file_of(ringer_source_miscount(text("0123456789"), 2));
    char buffer[10];
    UINT32 count;

    ringer_provider_faults_get(&before);
    cr_assert_eq(read_of(file, 0, buffer, 5, &count), (NTSTATUS)0xC00000E5);
    cr_assert_eq(count, 0);
    ringer_provider_faults_get(&after);
    cr_assert_eq(after.wrong_count, before.wrong_count + 1);
    ringer_vfile_release(file);
}

struct counted {
    struct ringer_vread read;
    atomic_int calls;
    NTSTATUS status;
    UINT32 count;
};

static void counted_done(struct ringer_vread *read, NTSTATUS status, UINT32 count)
{
    struct counted *counted = (struct counted *)(void *)read;

    counted->status = status;
    counted->count = count;
    atomic_fetch_add(&counted->calls, 1);
}

Test(source, gate)
{
    struct ringer_source *gate = ringer_source_gate(text("0123456789"));
    struct ringer_vfile *file = file_of(gate);
    struct counted reads[4] = {0};
    char buffer[4][4];

    for (int i = 0; i < 4; i++) {
        reads[i].read.done = counted_done;
        ringer_vfile_read(file, (UINT64)i, buffer[i], 4, RINGER_VREAD_ASYNC, &reads[i].read);
        cr_assert_eq(atomic_load(&reads[i].calls), 0);
    }
    ringer_source_release_gate(gate, 1);
    cr_assert_eq(atomic_load(&reads[0].calls), 1);
    cr_assert_eq(atomic_load(&reads[1].calls), 0);
    cr_assert_arr_eq(buffer[0], "0123", 4);
    ringer_vfile_cancel(file, &reads[2].read);
    cr_assert_eq(atomic_load(&reads[2].calls), 1);
    cr_assert_eq(reads[2].status, (NTSTATUS)0xC0000120);
    ringer_source_release_gate(gate, UINT32_MAX);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(atomic_load(&reads[i].calls), 1);
    cr_assert_arr_eq(buffer[3], "3456", 4);
    ringer_vfile_read(file, 0, buffer[0], 4, 0, &reads[0].read);
    cr_assert_eq(atomic_load(&reads[0].calls), 2, "an open gate holds nothing");
    ringer_vfile_release(file);
}

Test(source, cancel_of_what_waits)
{
    struct ringer_vfile *file = file_of(ringer_source_delay(text("0123456789"), 3600000, 0, 0));
    struct counted read = {.read.done = counted_done};
    char buffer[4];

    ringer_vfile_read(file, 0, buffer, 4, RINGER_VREAD_ASYNC, &read.read);
    cr_assert_eq(atomic_load(&read.calls), 0);
    ringer_vfile_cancel(file, &read.read);
    cr_assert_eq(atomic_load(&read.calls), 1);
    cr_assert_eq(read.status, (NTSTATUS)0xC0000120);
    ringer_vfile_cancel(file, &read.read);
    cr_assert_eq(atomic_load(&read.calls), 1);
    ringer_vfile_release(file);
}

/* ---- a provider of a test's own ---- */

static ringer_read_token kept;
static int bypassed, closed, destroyed;

static NTSTATUS own_query(void *context, void *opened, struct ringer_file_info *info_out)
{
    info_out->size = 100;
    return 0;
}

static NTSTATUS own_read(void *context, void *opened, UINT64 offset, void *buffer, UINT32 length,
                         ringer_read_token token, UINT32 *done_out)
{
    kept = token;
    bypassed = ringer_bypass_active();
    SetLastError(4711);
    errno = 99;
    return RINGER_PROVIDER_PENDING;
}

static void own_close(void *context, void *opened)
{
    closed++;
}
static void own_destroy(void *context)
{
    destroyed++;
}

static const struct ringer_provider own = {
    .size = sizeof(struct ringer_provider),
    .version = RINGER_PROVIDER_VERSION,
    .query = own_query,
    .read = own_read,
    .close = own_close,
    .destroy = own_destroy,
};

Test(source, a_provider_answers_once)
{
    struct ringer_vfile *file = file_of(ringer_source_create(&own, NULL));
    struct counted first = {.read.done = counted_done}, second = {.read.done = counted_done};
    struct ringer_provider_faults before, after;
    ringer_read_token token;
    char buffer[4];

    SetLastError(12);
    errno = 34;
    ringer_vfile_read(file, 0, buffer, 4, 0, &first.read);
    cr_assert_eq(GetLastError(), 12);
    cr_assert_eq(errno, 34);
    cr_assert(bypassed);
    cr_assert_not(ringer_bypass_active());
    token = kept;
    kept = 0;
    ringer_vfile_read(file, 0, buffer, 4, 0, &second.read);
    cr_assert_eq(kept, 0, "this provider is asked one thing at a time");
    ringer_provider_faults_get(&before);
    cr_assert(ringer_provider_complete(token, 0, 4));
    cr_assert_eq(atomic_load(&first.calls), 1);
    cr_assert_neq(kept, 0);
    cr_assert_not(ringer_provider_complete(token, 0, 4), "twice");
    cr_assert_not(ringer_provider_complete(0, 0, 4));
    cr_assert_not(ringer_provider_complete(0x123456789ABCDEF, 0, 4));
    ringer_provider_faults_get(&after);
    cr_assert_eq(after.answered_twice, before.answered_twice + 3);
    cr_assert_eq(atomic_load(&first.calls), 1);
    cr_assert(ringer_provider_complete(kept, (NTSTATUS)0xC0000022, 0));
    cr_assert_eq(second.status, (NTSTATUS)0xC0000022);
    cr_assert_eq(closed, 0);
    ringer_vfile_release(file);
    cr_assert_eq(closed, 1);
    ringer_vfs_destroy(vfs);
    vfs = NULL;
    cr_assert_eq(destroyed, 1);
}

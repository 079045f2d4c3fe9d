/* SPDX-License-Identifier: MIT */
/* What builders write, and what they refuse. */
#include "api/tests/ioring_fake.h"

#include <criterion/criterion.h>

#include <string.h>

TestSuite(ioring_build, .init = fake_reset);

static const HANDLE file = (HANDLE)(UINT_PTR)0x10004;
static char buffer[64];

static IORING_HANDLE_REF raw_file(void)
{
    return (IORING_HANDLE_REF)IoRingHandleRefFromHandle(file);
}

static IORING_BUFFER_REF raw_buffer(void)
{
    return (IORING_BUFFER_REF)IoRingBufferRefFromPointer(buffer);
}

static HRESULT build_read(HIORING ring, UINT_PTR user_data)
{
    return kb_BuildIoRingReadFile(ring, raw_file(), raw_buffer(), 20, 0, user_data,
                                  IOSQE_FLAGS_NONE);
}

/* The entry as the kernel gets it, compared with one written by hand: every byte, padding included.
 */
static void expect_entry(HIORING ring, const NT_IORING_SQE *expected)
{
    UINT32 submitted = 99;

    cr_assert_eq(kb_SubmitIoRing(ring, 0, 0, &submitted), S_OK);
    cr_assert_eq(submitted, 1);
    cr_assert_eq(fake.taken_count, 1);
    cr_assert_arr_eq(&fake.taken[0], expected, sizeof *expected);
}

Test(ioring_build, read_raw)
{
    HIORING ring = fake_create();
    NT_IORING_SQE sqe = {.OpCode = IORING_OP_READ, .Flags = 1, .UserData = 0xAAAABBBBCCCCDDDD};

    sqe.Read.File.Handle = file;
    sqe.Read.Buffer.Address = buffer;
    sqe.Read.Offset = 0x123456789ABCDEF0;
    sqe.Read.Length = 0xFFFFFFFF;
    cr_assert_eq(kb_BuildIoRingReadFile(ring, raw_file(), raw_buffer(), 0xFFFFFFFF,
                                        0x123456789ABCDEF0, (UINT_PTR)0xAAAABBBBCCCCDDDD,
                                        IOSQE_FLAGS_DRAIN_PRECEDING_OPS),
                 S_OK);
    expect_entry(ring, &sqe);
    cr_assert_eq(kb_CloseIoRing(ring), S_OK);
}

Test(ioring_build, read_registered)
{
    HIORING ring = fake_create();
    IORING_HANDLE_REF handle_ref = IoRingHandleRefFromIndex(7);
    IORING_BUFFER_REF buffer_ref = IoRingBufferRefFromIndexAndOffset(3, 4096);
    NT_IORING_SQE sqe = {.OpCode = IORING_OP_READ, .UserData = 1};

    sqe.Read.CommonOpFlags = 3;
    sqe.Read.File.HandleIndex = 7;
    sqe.Read.Buffer.FixedBuffer = (IORING_REGISTERED_BUFFER){3, 4096};
    sqe.Read.Length = 5;
    cr_assert_eq(kb_BuildIoRingReadFile(ring, handle_ref, buffer_ref, 5, 0, 1, IOSQE_FLAGS_NONE),
                 S_OK);
    expect_entry(ring, &sqe);
    kb_CloseIoRing(ring);
}

Test(ioring_build, write)
{
    HIORING ring = fake_create();
    NT_IORING_SQE sqe = {.OpCode = IORING_OP_WRITE, .UserData = 2};

    sqe.Write.WriteFlags = 1;
    sqe.Write.File.Handle = file;
    sqe.Write.Buffer.Address = buffer;
    sqe.Write.Offset = 512;
    sqe.Write.Length = 6;
    cr_assert_eq(kb_BuildIoRingWriteFile(ring, raw_file(), raw_buffer(), 6, 512,
                                         FILE_WRITE_FLAGS_WRITE_THROUGH, 2, IOSQE_FLAGS_NONE),
                 S_OK);
    expect_entry(ring, &sqe);
    kb_CloseIoRing(ring);
}

Test(ioring_build, flush)
{
    HIORING ring = fake_create();
    NT_IORING_SQE sqe = {.OpCode = IORING_OP_FLUSH, .Flags = 1, .UserData = 3};

    sqe.Flush.FlushMode = FILE_FLUSH_MIN_METADATA;
    sqe.Flush.File.Handle = file;
    cr_assert_eq(kb_BuildIoRingFlushFile(ring, raw_file(), FILE_FLUSH_MIN_METADATA, 3,
                                         IOSQE_FLAGS_DRAIN_PRECEDING_OPS),
                 S_OK);
    expect_entry(ring, &sqe);
    kb_CloseIoRing(ring);
}

Test(ioring_build, cancel)
{
    HIORING ring = fake_create();
    IORING_HANDLE_REF handle_ref = IoRingHandleRefFromIndex(1);
    NT_IORING_SQE sqe = {.OpCode = IORING_OP_CANCEL, .UserData = 0xBBBB};

    sqe.Cancel.CommonOpFlags = 1;
    sqe.Cancel.File.HandleIndex = 1;
    sqe.Cancel.CancelId = 0xAAAA;
    cr_assert_eq(kb_BuildIoRingCancelRequest(ring, handle_ref, 0xAAAA, 0xBBBB), S_OK);
    expect_entry(ring, &sqe);
    kb_CloseIoRing(ring);
}

Test(ioring_build, scatter_and_gather)
{
    HIORING ring = fake_create();
    FILE_SEGMENT_ELEMENT segments[2] = {{.Buffer = buffer}, {.Buffer = buffer + 32}};
    NT_IORING_SQE sqe = {.OpCode = IORING_OP_READ_SCATTER, .UserData = 4};

    sqe.ReadScatter.File.Handle = file;
    sqe.ReadScatter.SegmentCount = 2;
    sqe.ReadScatter.Segments = segments;
    sqe.ReadScatter.Offset = 4096;
    sqe.ReadScatter.Length = 8192;
    cr_assert_eq(kb_BuildIoRingReadFileScatter(ring, raw_file(), 2, segments, 8192, 4096, 4,
                                               IOSQE_FLAGS_NONE),
                 S_OK);
    expect_entry(ring, &sqe);

    sqe.OpCode = IORING_OP_WRITE_GATHER;
    sqe.WriteGather.WriteFlags = 1;
    cr_assert_eq(kb_BuildIoRingWriteFileGather(ring, raw_file(), 2, segments, 8192, 4096,
                                               FILE_WRITE_FLAGS_WRITE_THROUGH, 4, IOSQE_FLAGS_NONE),
                 S_OK);
    expect_entry(ring, &sqe);
    kb_CloseIoRing(ring);
}

Test(ioring_build, register_files_are_read_at_build)
{
    HIORING ring = fake_create();
    HANDLE handles[3] = {file, INVALID_HANDLE_VALUE, (HANDLE)(UINT_PTR)0x10008};

    cr_assert_eq(kb_BuildIoRingRegisterFileHandles(ring, 3, handles, 5), S_OK);
    memset(handles, 0x55, sizeof handles);
    fake.submit_takes = 0; /* refused: the entry and what it points to stay */
    cr_assert_eq(kb_SubmitIoRing(ring, 0, 0, NULL), S_OK);
    fake.submit_takes = UINT32_MAX;
    const HANDLE *seen =
        NtIoRingSubmissionEntries(fake.ring->info.SubmissionQueue)[fake.ring->sq.queue.Head & 31]
            .RegisterFiles.Handles;
    cr_assert_neq(seen, handles);
    cr_assert_eq(seen[0], file);
    cr_assert_eq(seen[1], INVALID_HANDLE_VALUE);
    cr_assert_eq(seen[2], (HANDLE)(UINT_PTR)0x10008);

    cr_assert_eq(kb_SubmitIoRing(ring, 0, 0, NULL), S_OK);
    cr_assert_eq(fake.taken[0].OpCode, IORING_OP_REGISTER_FILES);
    cr_assert_eq(fake.taken[0].UserData, 5);
    cr_assert_eq(fake.taken[0].RegisterFiles.Count, 3);
    cr_assert_eq(fake.taken[0].RegisterFiles.CommonOpFlags, 0);
    kb_CloseIoRing(ring);
}

Test(ioring_build, dropped_registrations_leak_nothing)
{
    HIORING ring = fake_create();

    for (UINT32 i = 0; i < 32; i++)
        cr_assert_eq(kb_BuildIoRingRegisterFileHandles(ring, 1, &file, i), S_OK);
    cr_assert_eq(kb_CloseIoRing(ring), S_OK);
    cr_assert_eq(fake.submits, 0); /* entries not submitted are dropped */
    cr_assert_eq(fake.closes, 1);
}

/* A registration that waits behind a drain is read after its entry was taken. */
Test(ioring_build, taken_registrations_keep_their_array_until_all_is_done)
{
    HIORING ring = fake_create();
    HANDLE handles[2] = {file, file};

    build_read(ring, 1);
    kb_BuildIoRingRegisterFileHandles(ring, 2, handles, 2);
    kb_SubmitIoRing(ring, 0, 0, NULL);
    fake_post(fake.ring, 1, 0, 0);
    kb_SubmitIoRing(ring, 0, 0, NULL);
    cr_assert_eq(fake.taken_count, 0);

    kb_SubmitIoRing(ring, 0, 0, NULL); /* still one to go: under ASan this read is the proof */
    const HANDLE *seen = NtIoRingSubmissionEntries(
                             fake.ring->info.SubmissionQueue)[(fake.ring->sq.queue.Head - 1) & 31]
                             .RegisterFiles.Handles;
    cr_assert_eq(seen[1], file);
    fake_post(fake.ring, 2, 0, 0);
    kb_SubmitIoRing(ring, 0, 0, NULL);
    kb_CloseIoRing(ring); /* and LeakSanitizer sees that it went */
}

Test(ioring_build, closing_with_a_registration_in_flight)
{
    HIORING ring = fake_create();
    const HANDLE *seen;

    kb_BuildIoRingRegisterFileHandles(ring, 1, &file, 2);
    kb_SubmitIoRing(ring, 0, 0, NULL);
    seen = fake.taken[0].RegisterFiles.Handles;
    kb_BuildIoRingRegisterFileHandles(ring, 1, &file, 3);
    kb_CloseIoRing(ring);
    cr_assert_eq(seen[0], file);
}

Test(ioring_build, nothing_to_copy_is_left_to_the_completion)
{
    HIORING ring = fake_create();
    volatile uintptr_t nowhere = 16; /* what the compiler can see it would warn of */

    cr_assert_eq(kb_BuildIoRingRegisterFileHandles(ring, 0, NULL, 1), S_OK);
    cr_assert_eq(kb_BuildIoRingRegisterFileHandles(ring, 4, NULL, 1), S_OK);
    cr_assert_eq(kb_BuildIoRingRegisterFileHandles(ring, 4, (HANDLE *)nowhere, 1), S_OK);
    cr_assert_eq(kb_BuildIoRingRegisterBuffers(ring, 0, NULL, 1), S_OK);
    kb_SubmitIoRing(ring, 0, 0, NULL);
    cr_assert_eq(fake.taken_count, 4);
    cr_assert_eq(fake.taken[1].RegisterFiles.Count, 4);
    cr_assert_null(fake.taken[1].RegisterFiles.Handles);
    cr_assert_eq(fake.taken[2].RegisterFiles.Handles, (HANDLE *)16);
    kb_CloseIoRing(ring);
}

Test(ioring_build, register_buffers_are_not_copied)
{
    HIORING ring = fake_create();
    IORING_BUFFER_INFO infos[2] = {{buffer, 64}, {NULL, 0}};
    NT_IORING_SQE sqe = {.OpCode = IORING_OP_REGISTER_BUFFERS, .UserData = 6};

    sqe.RegisterBuffers.Count = 2;
    sqe.RegisterBuffers.Buffers = infos;
    cr_assert_eq(kb_BuildIoRingRegisterBuffers(ring, 2, infos, 6), S_OK);
    expect_entry(ring, &sqe);
    kb_CloseIoRing(ring);
}

/* [R] IB10, IB11 */
Test(ioring_build, full_at_exactly_the_reported_size)
{
    HIORING ring = fake_create();
    IORING_INFO info;
    UINT32 submitted;

    cr_assert_eq(kb_GetIoRingInfo(ring, &info), S_OK);
    for (int round = 0; round < 5; round++) { /* over the wrap of the indices */
        for (UINT32 i = 0; i < info.SubmissionQueueSize; i++)
            cr_assert_eq(build_read(ring, i), S_OK, "%u", i);
        cr_assert_eq(build_read(ring, 77), IORING_E_SUBMISSION_QUEUE_FULL);
        cr_assert_eq(build_read(ring, 78), IORING_E_SUBMISSION_QUEUE_FULL);
        cr_assert_eq(kb_SubmitIoRing(ring, 0, 0, &submitted), S_OK);
        cr_assert_eq(submitted, info.SubmissionQueueSize);
        for (UINT32 i = 0; i < submitted; i++)
            cr_assert_eq(fake.taken[i].UserData, i);
    }
    kb_CloseIoRing(ring);
}

/* An NT-level hook reads Head..Tail inside NtSubmitIoRing: nothing half-built may lie there. */
Test(ioring_build, tail_moves_at_submit)
{
    HIORING ring = fake_create();
    UINT32 tail = fake.ring->sq.queue.Tail;

    build_read(ring, 1);
    build_read(ring, 2);
    cr_assert_eq(fake.ring->sq.queue.Tail, tail);
    kb_SubmitIoRing(ring, 0, 0, NULL);
    cr_assert_eq(fake.ring->sq.queue.Tail, tail + 2);
    kb_CloseIoRing(ring);
}

Test(ioring_build, refused_entries_are_not_queued)
{
    HIORING ring = fake_create();
    IORING_HANDLE_REF bad_file = raw_file();
    IORING_BUFFER_REF bad_buffer = raw_buffer();
    UINT32 submitted;

    bad_file.Kind = (IORING_REF_KIND)2;
    bad_buffer.Kind = (IORING_REF_KIND)-1;
    cr_assert_eq(kb_BuildIoRingReadFile(ring, bad_file, raw_buffer(), 1, 0, 0, IOSQE_FLAGS_NONE),
                 E_INVALIDARG);
    cr_assert_eq(kb_BuildIoRingReadFile(ring, raw_file(), bad_buffer, 1, 0, 0, IOSQE_FLAGS_NONE),
                 E_INVALIDARG);
    cr_assert_eq(
        kb_BuildIoRingReadFile(ring, raw_file(), raw_buffer(), 1, 0, 0, (IORING_SQE_FLAGS)2),
        IORING_E_REQUIRED_FLAG_NOT_SUPPORTED);
    cr_assert_eq(
        kb_BuildIoRingFlushFile(ring, raw_file(), FILE_FLUSH_DEFAULT, 0, (IORING_SQE_FLAGS)3),
        IORING_E_REQUIRED_FLAG_NOT_SUPPORTED);
    cr_assert_eq(build_read((HIORING)0x1234, 1), E_HANDLE);
    cr_assert_eq(build_read(NULL, 1), E_HANDLE);
    kb_SubmitIoRing(ring, 0, 0, &submitted);
    cr_assert_eq(submitted, 0);
    kb_CloseIoRing(ring);
}

/* Unchecked mistakes must still reach the kernel as mistakes. */
Test(ioring_build, skipped_checks_pass_the_mistake_on)
{
    HIORING ring = fake_create_version(400, IORING_CREATE_SKIP_BUILDER_PARAM_CHECKS);
    IORING_HANDLE_REF bad_file = raw_file();

    bad_file.Kind = (IORING_REF_KIND)2;
    cr_assert_eq(kb_BuildIoRingReadFile(ring, bad_file, raw_buffer(), 1, 0, 9, IOSQE_FLAGS_NONE),
                 S_OK);
    cr_assert_eq(
        kb_BuildIoRingReadFile(ring, raw_file(), raw_buffer(), 1, 0, 9, (IORING_SQE_FLAGS)4), S_OK);
    kb_SubmitIoRing(ring, 0, 0, NULL);
    cr_assert_eq(fake.taken_count, 2);
    cr_assert_neq(fake.taken[0].Read.CommonOpFlags & ~3u, 0);
    cr_assert_eq(fake.taken[1].Flags, 4);
    kb_CloseIoRing(ring);
}

/* [R-] ioring.md, head */
Test(ioring_build, operations_follow_the_version_of_the_ring)
{
    static const struct {
        UINT32 version;
        HRESULT write, scatter;
    } rows[] = {
        {1, CO_E_NOT_SUPPORTED, CO_E_NOT_SUPPORTED},
        {2, CO_E_NOT_SUPPORTED, CO_E_NOT_SUPPORTED},
        {300, S_OK, CO_E_NOT_SUPPORTED},
        {400, S_OK, S_OK},
    };
    FILE_SEGMENT_ELEMENT segment = {.Buffer = buffer};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        HIORING ring = fake_create_version(rows[i].version, 0);

        cr_expect_eq(build_read(ring, 1), S_OK);
        cr_expect_eq(kb_BuildIoRingReadFile(ring, raw_file(), raw_buffer(), 1, 0, 1,
                                            IOSQE_FLAGS_DRAIN_PRECEDING_OPS),
                     rows[i].write);
        cr_expect_eq(kb_BuildIoRingWriteFile(ring, raw_file(), raw_buffer(), 1, 0,
                                             FILE_WRITE_FLAGS_NONE, 1, IOSQE_FLAGS_NONE),
                     rows[i].write);
        cr_expect_eq(
            kb_BuildIoRingFlushFile(ring, raw_file(), FILE_FLUSH_DEFAULT, 1, IOSQE_FLAGS_NONE),
            rows[i].write);
        cr_expect_eq(kb_BuildIoRingReadFileScatter(ring, raw_file(), 1, &segment, 4096, 0, 1,
                                                   IOSQE_FLAGS_NONE),
                     rows[i].scatter);
        cr_expect_eq(kb_BuildIoRingWriteFileGather(ring, raw_file(), 1, &segment, 4096, 0,
                                                   FILE_WRITE_FLAGS_NONE, 1, IOSQE_FLAGS_NONE),
                     rows[i].scatter);
        cr_expect_eq(kb_BuildIoRingCancelRequest(ring, raw_file(), 1, 2), S_OK);
        kb_CloseIoRing(ring);
    }
}

/* SPDX-License-Identifier: MIT */
/* Fault plans as a program meets them, on each engine: what fails, with what, and what stays as it was. */
#include "api/tests/temp.h"

#include <criterion/criterion.h>
#include <ioringapi.h>
#include <ringer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT 8u
#define POISON 0xd5

#define DEVICE_ERROR ((HRESULT)0x8007045d)
#define NO_RESOURCES ((HRESULT)0x800705aa)
#define DISK_FULL ((HRESULT)0x80070070)
#define END_OF_FILE ((HRESULT)0x80070026)

static char path[TEMP_MAX];
static HIORING ring;
static char bytes[COUNT];
static HRESULT codes[COUNT];
static UINT64 counts[COUNT];

/* Each test is a process, so the plan is there before anybody asks. */
static void plan(const char *text)
{
    char error[192];
    int fd = mkstemp(temp_template(path, "fault"));

    cr_assert(ringer_fault_check(text, error, sizeof error), "%s", error);
    cr_assert_str_eq(error, "");
    setenv("RINGER_FAULT", text, 1);
    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, "01234567", COUNT), COUNT);
    close(fd);
}

static void teardown(void)
{
    unlink(path);
}

static HANDLE open_file(DWORD flags)
{
    return CreateFileA(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                       OPEN_EXISTING, flags, NULL);
}

static HANDLE make(void)
{
    IORING_CREATE_FLAGS flags = {IORING_CREATE_REQUIRED_FLAGS_NONE,
                                 IORING_CREATE_ADVISORY_FLAGS_NONE};
    HANDLE file = open_file(FILE_FLAG_OVERLAPPED);

    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    cr_assert_eq(CreateIoRing(IORING_VERSION_3, flags, 16, 32, &ring), S_OK);
    return file;
}

static void build_read(HANDLE file, UINT64 i)
{
    cr_assert_eq(BuildIoRingReadFile(ring, IoRingHandleRefFromHandle(file),
                                     IoRingBufferRefFromPointer(bytes + i), 1, i, i,
                                     IOSQE_FLAGS_NONE),
                 S_OK);
}

static void build_write(HANDLE file, UINT64 i)
{
    static char x = 'x';

    cr_assert_eq(BuildIoRingWriteFile(ring, IoRingHandleRefFromHandle(file),
                                      IoRingBufferRefFromPointer(&x), 1, i, FILE_WRITE_FLAGS_NONE,
                                      i, IOSQE_FLAGS_NONE),
                 S_OK);
}

static void pop_all(UINT32 count)
{
    IORING_CQE cqe;

    for (UINT32 i = 0; i < count; i++) {
        cr_assert_eq(PopIoRingCompletion(ring, &cqe), S_OK);
        cr_assert_lt(cqe.UserData, COUNT);
        codes[cqe.UserData] = cqe.ResultCode;
        counts[cqe.UserData] = cqe.Information;
    }
    cr_assert_eq(PopIoRingCompletion(ring, &cqe), S_FALSE);
}

static void submit_all(UINT32 count)
{
    UINT32 submitted = 99;

    memset(codes, 0x11, sizeof codes);
    cr_assert_eq(SubmitIoRing(ring, count, INFINITE, &submitted), S_OK);
    cr_assert_eq(submitted, count);
    pop_all(count);
}

static void read_all(HANDLE file)
{
    memset(bytes, POISON, sizeof bytes);
    for (UINT64 i = 0; i < COUNT; i++)
        build_read(file, i);
    submit_all(COUNT);
}

static void finish(HANDLE file)
{
    cr_assert_eq(CloseIoRing(ring), S_OK);
    cr_assert(CloseHandle(file));
    cr_assert_eq(ringer_handle_count(), 0);
}

/* The file itself, past the library. */
static void in_file(char *to)
{
    FILE *file = fopen(path, "r");

    cr_assert(file && fread(to, 1, COUNT, file) == COUNT);
    fclose(file);
}

static void nth_read(const char *text, HRESULT code)
{
    struct ringer_fault fault;
    HANDLE file;

    plan(text);
    file = make();
    read_all(file);
    for (UINT64 i = 0; i < COUNT; i++) {
        cr_assert_eq(codes[i], i == 2 ? code : S_OK, "%s: read %u: 0x%08x", text, (unsigned)i,
                     codes[i]);
        cr_assert_eq(counts[i], i != 2);
        cr_assert_eq(bytes[i], i == 2 ? (char)POISON : (char)('0' + i));
    }
    cr_assert_eq(ringer_fault_count(), 1);
    cr_assert(ringer_fault_info(0, &fault));
    cr_assert_str_eq(fault.text, text);
    cr_assert(fault.has_user_data && fault.user_data == 2);
    cr_assert_not(ringer_fault_info(1, &fault));
    cr_assert_not(ringer_fault_info(0, NULL));
    read_all(file);
    for (UINT64 i = 0; i < COUNT; i++)
        cr_assert_eq(codes[i], S_OK);
    finish(file);
}

TestSuite(fault, .fini = teardown);

Test(fault, device_error)
{
    nth_read("read#3=device-error", DEVICE_ERROR);
}

Test(fault, no_memory)
{
    nth_read("read#3@ringer-fault=no-memory", NO_RESOURCES);
}

Test(fault, eof)
{
    nth_read("read#3=eof", END_OF_FILE);
}

Test(fault, writes)
{
    char now[COUNT];
    HANDLE file;

    plan("write#2..3=disk-full,flush#1=no-memory");
    file = make();
    for (UINT64 i = 0; i < 4; i++)
        build_write(file, i);
    submit_all(4);
    cr_assert_eq(codes[0], S_OK);
    cr_assert_eq(codes[1], DISK_FULL);
    cr_assert_eq(codes[2], DISK_FULL);
    cr_assert_eq(codes[3], S_OK);
    in_file(now);
    cr_assert(!memcmp(now, "x12x4567", COUNT));
    for (UINT64 i = 0; i < 2; i++) {
        cr_assert_eq(BuildIoRingFlushFile(ring, IoRingHandleRefFromHandle(file), FILE_FLUSH_DEFAULT,
                                          i, IOSQE_FLAGS_NONE),
                     S_OK);
        submit_all(1);
        cr_assert_eq(codes[i], i ? S_OK : NO_RESOURCES);
    }
    finish(file);
}

/* What is refused for its arguments, or has nothing to do, is no operation that a plan counts. */
Test(fault, counts_what_can_run)
{
    HANDLE file;

    plan("read#1=device-error");
    file = make();
    cr_assert_eq(BuildIoRingReadFile(ring, IoRingHandleRefFromHandle(file),
                                     IoRingBufferRefFromPointer(bytes), 0, 0, 0, IOSQE_FLAGS_NONE),
                 S_OK);
    cr_assert_eq(BuildIoRingReadFile(ring, IoRingHandleRefFromHandle(INVALID_HANDLE_VALUE),
                                     IoRingBufferRefFromPointer(bytes), 1, 0, 1, IOSQE_FLAGS_NONE),
                 S_OK);
    build_read(file, 2);
    submit_all(3);
    cr_assert_eq(codes[0], S_OK);
    cr_assert(FAILED(codes[1]) && codes[1] != DEVICE_ERROR);
    cr_assert_eq(codes[2], DEVICE_ERROR);
    finish(file);
}

/* Outside of rings: a synchronous file keeps its position, and the error is the call's. */
Test(fault, plain_read)
{
    OVERLAPPED overlapped = {.Offset = 5};
    char byte = 0;
    DWORD done = 7;
    HANDLE file;

    plan("read#2..3=device-error");
    file = open_file(0);
    cr_assert(ReadFile(file, &byte, 1, &done, NULL));
    cr_assert_eq(byte, '0');
    SetLastError(0);
    cr_assert_not(ReadFile(file, &byte, 1, &done, NULL));
    cr_assert_eq(GetLastError(), ERROR_IO_DEVICE);
    cr_assert_eq(byte, '0');
    cr_assert_not(ReadFile(file, &byte, 1, &done, &overlapped));
    cr_assert(ReadFile(file, &byte, 1, &done, NULL));
    cr_assert_eq(byte, '1');
    cr_assert(CloseHandle(file));
}

Test(fault, open)
{
    HANDLE file;

    plan("open#2=access-denied");
    file = open_file(0);
    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    SetLastError(0);
    cr_assert_eq(CreateFileA(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                             NULL, CREATE_ALWAYS, 0, NULL),
                 INVALID_HANDLE_VALUE);
    cr_assert_eq(GetLastError(), ERROR_ACCESS_DENIED);
    cr_assert_eq(GetFileSize(file, NULL), COUNT); /* nothing was truncated */
    cr_assert(CloseHandle(file));
    file = open_file(0);
    cr_assert_neq(file, INVALID_HANDLE_VALUE);
    cr_assert(CloseHandle(file));
    cr_assert_eq(ringer_handle_count(), 0);
}

Test(fault, refused_submit)
{
    UINT32 submitted = 99;
    IORING_CQE cqe;
    HANDLE file;

    plan("submit#1..2=refuse");
    file = make();
    for (UINT64 i = 0; i < COUNT; i++)
        build_read(file, i);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(SubmitIoRing(ring, COUNT, INFINITE, &submitted), NO_RESOURCES);
        cr_assert_eq(PopIoRingCompletion(ring, &cqe), S_FALSE);
    }
    submit_all(COUNT); /* all that were queued, each once */
    for (UINT64 i = 0; i < COUNT; i++)
        cr_assert_eq(codes[i], S_OK);
    finish(file);
}

Test(fault, expired_wait)
{
    ULONGLONG begun;
    UINT32 submitted = 99;
    HANDLE file;

    plan("wait#1=expire");
    file = make();
    build_read(file, 0);
    submit_all(1); /* no limit: cannot expire, and is not counted */
    for (UINT64 i = 0; i < COUNT; i++)
        build_read(file, i);
    begun = GetTickCount64();
    cr_assert_eq(SubmitIoRing(ring, COUNT, 60, &submitted), IORING_E_WAIT_TIMEOUT);
    cr_assert_eq((DWORD)IORING_E_WAIT_TIMEOUT, 0x800705b4);
    cr_assert_geq(GetTickCount64() - begun, 44); /* a tick of Windows' clock less */
    /* They were submitted: the next wait, for all and nothing new, finds them. */
    memset(codes, 0x11, sizeof codes);
    cr_assert_eq(SubmitIoRing(ring, IORING_SUBMIT_WAIT_ALL, 10000, &submitted), S_OK);
    pop_all(COUNT);
    for (UINT64 i = 0; i < COUNT; i++)
        cr_assert_eq(codes[i], S_OK);
    /* A wait whose condition holds already has nothing that could expire. */
    cr_assert_eq(ringer_fault_count(), 1);
    finish(file);
}

Test(fault, satisfied_wait)
{
    UINT32 submitted;
    HANDLE file;

    plan("wait=expire");
    file = make();
    build_read(file, 0);
    cr_assert_eq(SubmitIoRing(ring, 1, INFINITE, &submitted), S_OK);
    cr_assert_eq(SubmitIoRing(ring, 1, 1000, &submitted), S_OK);
    cr_assert_eq(SubmitIoRing(ring, 99, 1000, &submitted), E_INVALIDARG);
    cr_assert_eq(ringer_fault_count(), 0);
    pop_all(1);
    finish(file);
}

/* A read of a pipe hears its cancel, whatever the plan says. */
Test(fault, deaf_cancel)
{
    HANDLE pipe, peer;
    HANDLE file;

    plan("cancel=ignored");
    file = make();
    pipe = CreateNamedPipeA("\\\\.\\pipe\\ringer-fault", PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                            PIPE_TYPE_BYTE, 1, 4096, 4096, 0, NULL);
    peer = CreateFileA("\\\\.\\pipe\\ringer-fault", GENERIC_READ | GENERIC_WRITE, 0, NULL,
                       OPEN_EXISTING, 0, NULL);
    cr_assert_neq(pipe, INVALID_HANDLE_VALUE);
    cr_assert_neq(peer, INVALID_HANDLE_VALUE);
    build_read(pipe, 0);
    cr_assert_eq(SubmitIoRing(ring, 0, 0, NULL), S_OK);
    cr_assert_eq(BuildIoRingCancelRequest(ring, IoRingHandleRefFromHandle(pipe), 0, 1), S_OK);
    memset(codes, 0x11, sizeof codes);
    cr_assert_eq(SubmitIoRing(ring, 2, INFINITE, NULL), S_OK);
    pop_all(2);
    cr_assert_eq(codes[0], E_ABORT);
    cr_assert_eq(codes[1], S_OK);
    cr_assert_eq(ringer_fault_count(), 0);
    cr_assert(CloseHandle(peer));
    cr_assert(CloseHandle(pipe));
    finish(file);
}

static unsigned dealt_by(HANDLE file, UINT64 rounds)
{
    unsigned mask = 0;

    for (UINT64 r = 0; r < rounds; r++) {
        read_all(file);
        for (UINT64 i = 0; i < COUNT; i++)
            mask |= (unsigned)(codes[i] != S_OK) << (r * COUNT + i);
    }
    return mask;
}

/* The same 32 reads with the same seed: these fail, on every engine and machine. */
Test(fault, probability)
{
    HANDLE file;

    plan("seed=42,read=device-error:25%");
    file = make();
    cr_assert_eq(dealt_by(file, 4), 0x26060092u);
    finish(file);
}

Test(fault, another_seed)
{
    HANDLE file;

    plan("seed=43,read=device-error:25%");
    file = make();
    cr_assert_eq(dealt_by(file, 4), 0x7c0880c0u);
    finish(file);
}

Test(fault, no_plan)
{
    char error[64];
    HANDLE file;

    plan("read=eof");
    setenv("RINGER_FAULT", "read=nonsense", 1); /* warned of, and no faults */
    cr_assert_not(ringer_fault_check("read=nonsense", error, sizeof error));
    cr_assert(strstr(error, "column 6") != NULL);
    cr_assert_not(ringer_fault_check(NULL, NULL, 0));
    file = make();
    read_all(file);
    for (UINT64 i = 0; i < COUNT; i++)
        cr_assert_eq(codes[i], S_OK);
    cr_assert_eq(ringer_fault_count(), 0);
    finish(file);
}

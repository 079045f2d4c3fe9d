/* SPDX-License-Identifier: MIT */
/*
 * Every exported function of rings with every kind of ring, pointer, handle and size that is wrong, each
 * combination in a child of its own. A function answers with a code of the list below, or, where it writes
 * through the caller's pointer in user mode, faults as Windows does; it never hangs, and services of the
 * kernel never fault.
 */
#include "api/tests/win32.h"

#include <ioringapi.h>
#include <ioringnt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAULT 0x5E67ABCDu /* the child died of an access violation */
#define HANG 0x4A46ABCDu
#define LIMIT_S 20u

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SANITIZED false
#endif

#define NOACCESS ((HRESULT)0x800703E6)   /* ERROR_NOACCESS */
#define BAD_HANDLE ((HRESULT)0x80070006) /* ERROR_INVALID_HANDLE */

enum ring {
    RING_GOOD,
    RING_NULL,
    RING_MINUS_ONE,
    RING_CLOSED,
    RING_LOW,
    RING_FILE,
    RING_HEAP,
    RING_COUNT
};
enum pointer { PTR_GOOD, PTR_NULL, PTR_UNMAPPED, PTR_READ_ONLY, PTR_HUGE, PTR_ODD, PTR_COUNT };
enum handle { FILE_GOOD, FILE_NULL, FILE_MINUS_ONE, FILE_CLOSED, FILE_EVENT, FILE_LOW, FILE_COUNT };

static const UINT32 sizes[] = {1, 0, 3, 4096, 65537, 0x7FFFFFFF, 0xFFFFFFFF};
#define SIZE_COUNT (sizeof sizes / sizeof sizes[0])

/* One combination, and what it names once the child has made it. */
struct attempt {
    enum ring ring_kind;
    enum pointer pointer_kind;
    enum handle file_kind;
    UINT32 size;
    HIORING ring, good;
    HANDLE file, nt_ring;
    void *pointer;
};

struct function {
    const char *name;
    HRESULT (*call)(struct attempt *a);
    bool ring, file, kernel;
    /* Its pointer: written in user mode (may fault), read or written by the kernel, or not there. */
    enum { NO_POINTER, USER, KERNEL, DEFERRED } pointer;
    bool sized;
};

/* ---- the functions ---- */

static IORING_HANDLE_REF file_of(struct attempt *a)
{
    return IoRingHandleRefFromHandle(a->file);
}

/* What the completion of what was just built says. */
static HRESULT completed(struct attempt *a, HRESULT built)
{
    IORING_CQE cqe;
    HRESULT hr;

    if (FAILED(built) || a->ring != a->good)
        return built;
    hr = SubmitIoRing(a->good, 1, 10000, NULL);
    if (FAILED(hr))
        return hr;
    hr = PopIoRingCompletion(a->good, &cqe);
    return hr == S_OK ? cqe.ResultCode : E_UNEXPECTED;
}

static HRESULT query(struct attempt *a)
{
    return QueryIoRingCapabilities(a->pointer);
}

static HRESULT create(struct attempt *a)
{
    IORING_CREATE_FLAGS flags = {0};

    return CreateIoRing(IORING_VERSION_3, flags, a->size, a->size, a->pointer);
}

static HRESULT supported(struct attempt *a)
{
    return IsIoRingOpSupported(a->ring, (IORING_OP_CODE)a->size) ? S_OK : S_FALSE;
}

static HRESULT info(struct attempt *a)
{
    return GetIoRingInfo(a->ring, a->pointer);
}

static HRESULT submit(struct attempt *a)
{
    return SubmitIoRing(a->ring, a->size, 50, a->pointer);
}

static HRESULT pop(struct attempt *a)
{
    /* With something to take, so that the pointer is written. */
    BuildIoRingReadFile(a->good, IoRingHandleRefFromHandle(NULL), IoRingBufferRefFromPointer(NULL),
                        1, 0, 1, IOSQE_FLAGS_NONE);
    SubmitIoRing(a->good, 1, 10000, NULL);
    return PopIoRingCompletion(a->ring, a->pointer);
}

static HRESULT set_event(struct attempt *a)
{
    return SetIoRingCompletionEvent(a->ring, a->file);
}

static HRESULT close_ring(struct attempt *a)
{
    return CloseIoRing(a->ring);
}

static HRESULT build_read(struct attempt *a)
{
    return completed(a, BuildIoRingReadFile(a->ring, file_of(a),
                                            IoRingBufferRefFromPointer(a->pointer), a->size, 0, 1,
                                            IOSQE_FLAGS_NONE));
}

static HRESULT build_write(struct attempt *a)
{
    return completed(a, BuildIoRingWriteFile(a->ring, file_of(a),
                                             IoRingBufferRefFromPointer(a->pointer), a->size, 0,
                                             FILE_WRITE_FLAGS_NONE, 1, IOSQE_FLAGS_NONE));
}

static HRESULT build_read_registered(struct attempt *a)
{
    return completed(a, BuildIoRingReadFile(a->ring, IoRingHandleRefFromIndex(a->size),
                                            IoRingBufferRefFromIndexAndOffset(a->size, a->size),
                                            a->size, 0, 1, IOSQE_FLAGS_NONE));
}

static HRESULT build_odd_flags(struct attempt *a)
{
    static char to[8];

    return completed(a, BuildIoRingReadFile(a->ring, file_of(a), IoRingBufferRefFromPointer(to), 8,
                                            0, 1, (IORING_SQE_FLAGS)a->size));
}

static HRESULT build_odd_kinds(struct attempt *a)
{
    IORING_HANDLE_REF file = file_of(a);
    IORING_BUFFER_REF buffer = IoRingBufferRefFromPointer(NULL);

    file.Kind = (IORING_REF_KIND)a->size;
    buffer.Kind = (IORING_REF_KIND)a->size;
    return completed(a, BuildIoRingReadFile(a->ring, file, buffer, 0, 0, 1, IOSQE_FLAGS_NONE));
}

static HRESULT build_flush(struct attempt *a)
{
    return completed(a, BuildIoRingFlushFile(a->ring, file_of(a), (FILE_FLUSH_MODE)a->size, 1,
                                             IOSQE_FLAGS_NONE));
}

static HRESULT build_cancel(struct attempt *a)
{
    return completed(a, BuildIoRingCancelRequest(a->ring, file_of(a), a->size, 1));
}

static HRESULT build_files(struct attempt *a)
{
    return completed(a, BuildIoRingRegisterFileHandles(a->ring, a->size, a->pointer, 1));
}

static HRESULT build_buffers(struct attempt *a)
{
    return completed(a, BuildIoRingRegisterBuffers(a->ring, a->size, a->pointer, 1));
}

static HRESULT build_scatter(struct attempt *a)
{
    return completed(a, BuildIoRingReadFileScatter(a->ring, file_of(a), a->size, a->pointer,
                                                   a->size, 0, 1, IOSQE_FLAGS_NONE));
}

static HRESULT build_gather(struct attempt *a)
{
    return completed(a,
                     BuildIoRingWriteFileGather(a->ring, file_of(a), a->size, a->pointer, a->size,
                                                0, FILE_WRITE_FLAGS_NONE, 1, IOSQE_FLAGS_NONE));
}

static HRESULT nt_create_out(struct attempt *a)
{
    NT_IORING_STRUCTV1 params = {.IoRingVersion = 300, .SubmissionQueueSize = 8};
    NT_IORING_INFO made;

    return NtCreateIoRing(a->pointer, sizeof params, &params, sizeof made, &made);
}

static HRESULT nt_create_params(struct attempt *a)
{
    NT_IORING_INFO made;
    HANDLE ring;

    return NtCreateIoRing(&ring, a->size == 1 ? sizeof(NT_IORING_STRUCTV1) : a->size, a->pointer,
                          sizeof made, &made);
}

static HRESULT nt_create_info(struct attempt *a)
{
    NT_IORING_STRUCTV1 params = {.IoRingVersion = 300, .SubmissionQueueSize = 8};
    HANDLE ring;

    return NtCreateIoRing(&ring, sizeof params, &params,
                          a->size == 1 ? sizeof(NT_IORING_INFO) : a->size, a->pointer);
}

static HRESULT nt_submit(struct attempt *a)
{
    return NtSubmitIoRing(a->file_kind == FILE_GOOD ? a->nt_ring : a->file,
                          a->size == 1 ? 0 : a->size, 0, a->pointer);
}

static HRESULT nt_capabilities(struct attempt *a)
{
    return NtQueryIoRingCapabilities(a->size == 1 ? 64 : a->size, a->pointer);
}

static HRESULT nt_set_information(struct attempt *a)
{
    return NtSetInformationIoRing(a->file_kind == FILE_GOOD ? a->nt_ring : a->file,
                                  a->size == 1 ? IoRingRegisterUserCompletionEventClass : a->size,
                                  a->size == 3 ? 3 : sizeof(HANDLE), a->pointer);
}

/*                                             ring   file   kernel pointer   sized */
static const struct function functions[] = {
    {"QueryIoRingCapabilities", query, false, false, false, USER, false},
    {"CreateIoRing", create, false, false, false, USER, true},
    {"IsIoRingOpSupported", supported, true, false, false, NO_POINTER, true},
    {"GetIoRingInfo", info, true, false, false, USER, false},
    {"SubmitIoRing", submit, true, false, false, USER, true},
    {"PopIoRingCompletion", pop, true, false, false, USER, false},
    {"SetIoRingCompletionEvent", set_event, true, true, false, NO_POINTER, false},
    {"CloseIoRing", close_ring, true, false, false, NO_POINTER, false},
    {"BuildIoRingReadFile", build_read, true, true, false, DEFERRED, true},
    {"BuildIoRingReadFile, by index", build_read_registered, true, false, false, NO_POINTER, true},
    {"BuildIoRingReadFile, flags", build_odd_flags, true, true, false, NO_POINTER, true},
    {"BuildIoRingReadFile, kinds", build_odd_kinds, true, true, false, NO_POINTER, true},
    {"BuildIoRingWriteFile", build_write, true, true, false, DEFERRED, true},
    {"BuildIoRingFlushFile", build_flush, true, true, false, NO_POINTER, true},
    {"BuildIoRingCancelRequest", build_cancel, true, true, false, NO_POINTER, true},
    {"BuildIoRingRegisterFileHandles", build_files, true, false, false, DEFERRED, true},
    {"BuildIoRingRegisterBuffers", build_buffers, true, false, false, DEFERRED, true},
    {"BuildIoRingReadFileScatter", build_scatter, true, true, false, DEFERRED, true},
    {"BuildIoRingWriteFileGather", build_gather, true, true, false, DEFERRED, true},
    {"NtCreateIoRing, handle", nt_create_out, false, false, true, KERNEL, false},
    {"NtCreateIoRing, parameters", nt_create_params, false, false, true, KERNEL, true},
    {"NtCreateIoRing, output", nt_create_info, false, false, true, KERNEL, true},
    {"NtSubmitIoRing", nt_submit, false, true, true, KERNEL, true},
    {"NtQueryIoRingCapabilities", nt_capabilities, false, false, true, KERNEL, true},
    {"NtSetInformationIoRing", nt_set_information, false, true, true, KERNEL, true},
};
#define FUNCTION_COUNT (sizeof functions / sizeof functions[0])

/* ---- what may come back ---- */

static bool documented(HRESULT hr, bool kernel)
{
    static const HRESULT hresults[] = {
        S_OK,
        S_FALSE,
        E_HANDLE,
        E_INVALIDARG,
        NOACCESS,
        BAD_HANDLE,
        E_ACCESSDENIED,
        IORING_E_REQUIRED_FLAG_NOT_SUPPORTED,
        IORING_E_SUBMISSION_QUEUE_TOO_BIG,
        IORING_E_COMPLETION_QUEUE_TOO_BIG,
        IORING_E_WAIT_TIMEOUT,
        CO_E_NOT_SUPPORTED,
        E_OUTOFMEMORY,
        (HRESULT)0x80070026, /* end of file */
        (HRESULT)0x80070490, /* nothing to cancel */
        (HRESULT)0x80070057,
        (HRESULT)0x80070016,
        (HRESULT)0x80070032,
        (HRESULT)0x80070585,
    };
    static const NTSTATUS statuses[] = {
        STATUS_SUCCESS,
        STATUS_ACCESS_VIOLATION,
        STATUS_INVALID_HANDLE,
        STATUS_OBJECT_TYPE_MISMATCH,
        STATUS_INVALID_PARAMETER,
        STATUS_INFO_LENGTH_MISMATCH,
        STATUS_INVALID_INFO_CLASS,
        STATUS_IORING_VERSION_NOT_SUPPORTED,
    };

    for (size_t i = 0; !kernel && i < sizeof hresults / sizeof hresults[0]; i++)
        if (hr == hresults[i])
            return true;
    for (size_t i = 0; kernel && i < sizeof statuses / sizeof statuses[0]; i++)
        if (hr == statuses[i])
            return true;
    return false;
}

static const char *fault_of(const struct function *f, const struct attempt *a, HRESULT hr)
{
    bool bad_pointer = a->pointer_kind != PTR_GOOD && a->pointer_kind != PTR_ODD;

    if ((UINT32)hr == HANG)
        return "hangs";
    if ((UINT32)hr == FAULT)
        return f->pointer == USER && bad_pointer && a->pointer_kind != PTR_NULL ? NULL : "faults";
    if (!documented(hr, f->kernel))
        return "an undocumented code";
    if (a->ring_kind != RING_GOOD && hr != (f->call == supported ? S_FALSE : E_HANDLE))
        return "not E_HANDLE for what is no ring";
    if (a->ring_kind == RING_GOOD && f->pointer == USER && bad_pointer && hr == S_OK &&
        f->call != submit)
        return "success with nowhere to write";
    if (f->kernel && a->pointer_kind == PTR_UNMAPPED && a->file_kind == FILE_GOOD && a->size == 1 &&
        hr != STATUS_ACCESS_VIOLATION)
        return "not STATUS_ACCESS_VIOLATION";
    if (f->pointer == DEFERRED && a->pointer_kind == PTR_UNMAPPED && a->ring_kind == RING_GOOD &&
        a->file_kind == FILE_GOOD && a->size == 3 && f->call != build_scatter &&
        f->call != build_gather && hr != NOACCESS)
        return "not ERROR_NOACCESS in the completion";
    return NULL;
}

/* ---- a child for each ---- */

static void *pointer_of(enum pointer kind)
{
    char *pages = mmap(NULL, 3 * 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    munmap(pages + 65536, 65536); /* what runs over the first part faults */
    switch (kind) {
    case PTR_GOOD:
        return pages + 65536 - 4096;
    case PTR_UNMAPPED:
        return pages + 65536;
    case PTR_READ_ONLY:
        mprotect(pages, 65536, PROT_READ);
        return pages;
    case PTR_HUGE:
        return (void *)(uintptr_t)0xFFFF800000001000;
    case PTR_ODD:
        return pages + 65536 - 4096 + 1;
    default:
        return NULL;
    }
}

static HIORING ring_of(enum ring kind, HANDLE file)
{
    static char heap[64];
    IORING_CREATE_FLAGS flags = {0};
    HIORING ring = NULL;

    if (kind == RING_CLOSED || kind == RING_GOOD)
        CreateIoRing(IORING_VERSION_4, flags, 8, 16, &ring);
    if (kind == RING_CLOSED)
        CloseIoRing(ring);
    return kind == RING_NULL        ? NULL
           : kind == RING_MINUS_ONE ? (HIORING)(intptr_t)-1
           : kind == RING_LOW       ? (HIORING)(uintptr_t)8
           : kind == RING_FILE      ? (HIORING)file
           : kind == RING_HEAP      ? (HIORING)(void *)heap
                                    : ring;
}

static void forget_name(const WCHAR *path)
{
    char narrow[2 * MAX_PATH];

    if (!WideCharToMultiByte(CP_UTF8, 0, path + 2, -1, narrow, sizeof narrow, NULL, NULL))
        _exit(6);
    for (char *at = narrow; *at; at++)
        *at = *at == '\\' ? '/' : *at;
    if (unlink(narrow) != 0)
        _exit(7);
}

static HANDLE file_for(enum handle kind)
{
    static char content[8192];
    OVERLAPPED at = {0};
    WCHAR path[MAX_PATH];
    HANDLE file;
    DWORD done;

    if (kind == FILE_EVENT)
        return CreateEventW(NULL, FALSE, FALSE, NULL);
    if (kind == FILE_NULL || kind == FILE_MINUS_ONE)
        return kind == FILE_NULL ? NULL : INVALID_HANDLE_VALUE;
    if (kind == FILE_LOW)
        return (HANDLE)(uintptr_t)3;
    file = temp_open(path, FILE_FLAG_OVERLAPPED);
    if (!WriteFile(file, content, sizeof content, NULL, &at) &&
        !GetOverlappedResult(file, &at, &done, TRUE))
        _exit(5);
    forget_name(path); /* no child comes to the end at which handles are closed */
    if (kind == FILE_CLOSED)
        CloseHandle(file);
    return file;
}

static HRESULT *result;

static void child(const struct function *f, struct attempt *a)
{
    NT_IORING_STRUCTV1 params = {.IoRingVersion = 300, .SubmissionQueueSize = 8};
    NT_IORING_INFO made;

    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    alarm(LIMIT_S);
    a->file = file_for(a->file_kind);
    a->good = ring_of(RING_GOOD, NULL);
    a->ring = a->ring_kind == RING_GOOD ? a->good : ring_of(a->ring_kind, a->file);
    a->pointer = pointer_of(a->pointer_kind);
    if (f->kernel && NtCreateIoRing(&a->nt_ring, sizeof params, &params, sizeof made, &made) < 0)
        _exit(3);
    if (!a->good || a->good == (HIORING)(intptr_t)-1)
        _exit(4);
    *result = f->call(a);
    _exit(0);
}

static HRESULT try(const struct function *f, struct attempt *a)
{
    int status = 0;
    pid_t pid = fork();

    cr_assert(pid >= 0);
    if (!pid)
        child(f, a);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        return (HRESULT)HANG;
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS))
        return (HRESULT)FAULT;
    cr_assert_eq(status, 0, "%s: the child ended with %x", f->name, (unsigned)status);
    return *result;
}

static unsigned attempts, faults;

static void attempt(const struct function *f, enum ring ring, enum pointer pointer,
                    enum handle file, UINT32 size)
{
    struct attempt a = {
        .ring_kind = ring, .pointer_kind = pointer, .file_kind = file, .size = size};
    HRESULT hr;
    const char *what;

    if (pointer == PTR_ODD && SANITIZED)
        return; /* an odd pointer is the caller's undefined behaviour, and a sanitizer says so */
    hr = try(f, &a);
    what = fault_of(f, &a, hr);
    attempts++;
    if (what) {
        faults++;
        fprintf(stderr, "%s: ring %d pointer %d handle %d size %#x: %08x, %s\n", f->name, (int)ring,
                (int)pointer, (int)file, size, (unsigned)hr, what);
    }
}

static void attempt_all(const struct function *f)
{
    for (int ring = f->ring ? 1 : RING_COUNT; ring < RING_COUNT; ring++)
        attempt(f, (enum ring)ring, PTR_GOOD, FILE_GOOD, 1);
    for (int pointer = 0; pointer < (f->pointer == NO_POINTER ? 1 : PTR_COUNT); pointer++)
        for (size_t i = 0; i < (f->sized ? SIZE_COUNT : 1); i++)
            attempt(f, RING_GOOD, (enum pointer)pointer, FILE_GOOD, sizes[i]);
    for (int file = 1; file < (f->file ? FILE_COUNT : 0); file++) {
        attempt(f, RING_GOOD, PTR_GOOD, (enum handle)file, 1);
        if (f->pointer != NO_POINTER)
            attempt(f, RING_GOOD, PTR_UNMAPPED, (enum handle)file, 3);
    }
}

Test(hostile, every_function_with_everything_that_is_wrong, .timeout = 200)
{
    result = mmap(NULL, sizeof *result, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(result, MAP_FAILED);
    for (size_t i = 0; i < FUNCTION_COUNT; i++)
        attempt_all(&functions[i]);
    cr_assert_geq(attempts, 300u);
    cr_assert_eq(faults, 0u, "%u of %u", faults, attempts);
}

/* SPDX-License-Identifier: MIT */
/*
 * Looks at the ring functions from above all hooks and from below them: what the program asks for and
 * gets, and what of it the system sees. In place while hooks are watched; passes everything on.
 */
#include "hooks/lint/lint.h"
#include "hooks/lint/ring_ops.h"

#include "emu/base/usermem.h"

#include <ntstatus.h>
#include <windows.h>
#include <ioringapi.h>
#include <winternl.h>

#include <pthread.h>
#include <string.h>

/* The operation that this thread is queueing, as the program gave it. */
struct asked {
    HIORING ring;
    UINT_PTR user_data;
    uint64_t words[6]; /* what else decides what is done, in any order that is the same each time */
    bool went_down;
};
static _Thread_local struct asked *asking __attribute__((tls_model("initial-exec")));

static uint64_t of_handle(IORING_HANDLE_REF ref)
{
    return ref.Kind == IORING_REF_RAW ? (uint64_t)(uintptr_t)ref.Handle.Handle
                                      : UINT64_C(1) << 63 | ref.Handle.Index;
}

static uint64_t of_buffer(IORING_BUFFER_REF ref)
{
    return ref.Kind == IORING_REF_RAW
               ? (uint64_t)(uintptr_t)ref.Buffer.Address
               : UINT64_C(1) << 63 | (uint64_t)ref.Buffer.IndexAndOffset.BufferIndex << 32 |
                     ref.Buffer.IndexAndOffset.Offset;
}

/* Where a read puts its bytes, when the program said so itself. */
static const void *into(const struct asked *asked)
{
    return asked->words[0] == 1 && !(asked->words[2] >> 63) ? (const void *)(uintptr_t)asked->words[2]
                                                            : NULL;
}

static bool is_same(const struct asked *a, const struct asked *b)
{
    return a->ring == b->ring && a->user_data == b->user_data &&
           !memcmp(a->words, b->words, sizeof a->words);
}

static void went_down(const struct asked *seen)
{
    if (asking && is_same(asking, seen))
        asking->went_down = true;
}

/* A row: name, parameters, arguments, the words. user data is always userData, the ring ioRing. */
#define BUILDERS(ROW)                                                                              \
    ROW(BuildIoRingReadFile,                                                                       \
        (HIORING ioRing, IORING_HANDLE_REF file, IORING_BUFFER_REF data, UINT32 nbytes,            \
         UINT64 offset, UINT_PTR userData, IORING_SQE_FLAGS flags),                                \
        (ioRing, file, data, nbytes, offset, userData, flags),                                     \
        {1, of_handle(file), of_buffer(data), nbytes, offset, (uint64_t)flags})                    \
    ROW(BuildIoRingWriteFile,                                                                      \
        (HIORING ioRing, IORING_HANDLE_REF file, IORING_BUFFER_REF data, UINT32 nbytes,            \
         UINT64 offset, FILE_WRITE_FLAGS how, UINT_PTR userData, IORING_SQE_FLAGS flags),          \
        (ioRing, file, data, nbytes, offset, how, userData, flags),                                \
        {2, of_handle(file), of_buffer(data), nbytes, offset, (uint64_t)how << 32 | (uint64_t)flags}) \
    ROW(BuildIoRingFlushFile,                                                                      \
        (HIORING ioRing, IORING_HANDLE_REF file, FILE_FLUSH_MODE mode, UINT_PTR userData,          \
         IORING_SQE_FLAGS flags),                                                                  \
        (ioRing, file, mode, userData, flags), {3, of_handle(file), (uint64_t)mode, (uint64_t)flags}) \
    ROW(BuildIoRingCancelRequest,                                                                  \
        (HIORING ioRing, IORING_HANDLE_REF file, UINT_PTR target, UINT_PTR userData),              \
        (ioRing, file, target, userData), {4, of_handle(file), target})                            \
    ROW(BuildIoRingRegisterFileHandles,                                                            \
        (HIORING ioRing, UINT32 count, HANDLE const handles[], UINT_PTR userData),                 \
        (ioRing, count, handles, userData), {5, count, (uint64_t)(uintptr_t)handles})              \
    ROW(BuildIoRingRegisterBuffers,                                                                \
        (HIORING ioRing, UINT32 count, IORING_BUFFER_INFO const buffers[], UINT_PTR userData),     \
        (ioRing, count, buffers, userData), {6, count, (uint64_t)(uintptr_t)buffers})              \
    ROW(BuildIoRingReadFileScatter,                                                                \
        (HIORING ioRing, IORING_HANDLE_REF file, UINT32 count, FILE_SEGMENT_ELEMENT segments[],    \
         UINT32 nbytes, UINT64 offset, UINT_PTR userData, IORING_SQE_FLAGS flags),                 \
        (ioRing, file, count, segments, nbytes, offset, userData, flags),                          \
        {7, of_handle(file), (uint64_t)(uintptr_t)segments, nbytes, offset, (uint64_t)flags})      \
    ROW(BuildIoRingWriteFileGather,                                                                \
        (HIORING ioRing, IORING_HANDLE_REF file, UINT32 count, FILE_SEGMENT_ELEMENT segments[],    \
         UINT32 nbytes, UINT64 offset, FILE_WRITE_FLAGS how, UINT_PTR userData,                    \
         IORING_SQE_FLAGS flags),                                                                  \
        (ioRing, file, count, segments, nbytes, offset, how, userData, flags),                     \
        {8, of_handle(file), (uint64_t)(uintptr_t)segments, nbytes, offset,                        \
         (uint64_t)how << 32 | (uint64_t)flags})

#define BUILDER(name, params, args, ...)                                                           \
    static __typeof__(&name) above_##name, below_##name;                                           \
    static HRESULT WINAPI over_##name params                                                       \
    {                                                                                              \
        struct asked *outer = asking, mine = {ioRing, userData, __VA_ARGS__, false};               \
        HRESULT result;                                                                            \
                                                                                                   \
        asking = &mine;                                                                            \
        result = above_##name args;                                                                \
        asking = outer;                                                                            \
        if (result == S_OK)                                                                        \
            hook_ops_built(ioRing, userData, mine.went_down, into(&mine));                                      \
        return result;                                                                             \
    }                                                                                              \
    static HRESULT WINAPI under_##name params                                                      \
    {                                                                                              \
        HRESULT result = below_##name args;                                                        \
        struct asked seen = {ioRing, userData, __VA_ARGS__, false};                                \
                                                                                                   \
        if (result == S_OK)                                                                        \
            went_down(&seen);                                                                      \
        return result;                                                                             \
    }
BUILDERS(BUILDER)

static __typeof__(&CreateIoRing) above_CreateIoRing;
static __typeof__(&CloseIoRing) above_CloseIoRing;
static __typeof__(&SubmitIoRing) above_SubmitIoRing;
static __typeof__(&PopIoRingCompletion) above_PopIoRingCompletion, below_PopIoRingCompletion;

static HRESULT WINAPI over_CreateIoRing(IORING_VERSION version, IORING_CREATE_FLAGS flags, UINT32 sq_size,
                                        UINT32 cq_size, HIORING *ring)
{
    HRESULT result = above_CreateIoRing(version, flags, sq_size, cq_size, ring);

    if (result == S_OK)
        hook_ops_ring(*ring);
    return result;
}

/* Before: its address may be another ring's as soon as it is closed. A bad one is not known anyway. */
static HRESULT WINAPI over_CloseIoRing(HIORING ring)
{
    hook_ops_close(ring);
    return above_CloseIoRing(ring);
}

static HRESULT WINAPI over_SubmitIoRing(HIORING ring, UINT32 operations, UINT32 milliseconds,
                                        UINT32 *submitted)
{
    HRESULT result = above_SubmitIoRing(ring, operations, milliseconds, submitted);

    if (result == S_OK && operations && milliseconds)
        hook_ops_waited(ring, operations);
    return result;
}

static HRESULT WINAPI over_PopIoRingCompletion(HIORING ring, IORING_CQE *completion)
{
    const void *bytes = NULL;
    HRESULT result;

    hook_ops_pop_begin(ring);
    result = above_PopIoRingCompletion(ring, completion);
    if (result == S_OK)
        bytes = hook_ops_popped(ring, completion->UserData, completion->ResultCode,
                                completion->Information);
    else
        hook_ops_not_popped(ring, result == S_FALSE);
    if (bytes)
        hook_lint_read("PopIoRingCompletion", bytes, completion->Information);
    return result;
}

static HRESULT WINAPI under_PopIoRingCompletion(HIORING ring, IORING_CQE *completion)
{
    HRESULT result = below_PopIoRingCompletion(ring, completion);

    if (result == S_OK)
        hook_ops_completed(ring, completion->UserData, completion->ResultCode, completion->Information);
    return result;
}

static __typeof__(&NtReadFile) above_NtReadFile;

/* One that is still pending ends where no slot is: only what is there at once is looked at. */
static NTSTATUS NTAPI over_NtReadFile(HANDLE file, HANDLE event, PIO_APC_ROUTINE routine, PVOID context,
                                      PIO_STATUS_BLOCK iosb, PVOID buffer, ULONG nbytes,
                                      PLARGE_INTEGER offset, PULONG lock_key)
{
    NTSTATUS status =
        above_NtReadFile(file, event, routine, context, iosb, buffer, nbytes, offset, lock_key);
    IO_STATUS_BLOCK done;

    if (status == STATUS_SUCCESS && emu_copy_from_user(&done, iosb, sizeof done) &&
        done.Information <= nbytes)
        hook_lint_read("NtReadFile", buffer, done.Information);
    return status;
}

static void put(void *target, void *detour, void **next, int32_t priority)
{
    struct ringer_hook_options options = {.size = sizeof options, .priority = priority};
    struct ringer_hook *hook;

    if (hook_create(target, detour, &options, HOOK_LOOKS_ON, next, &hook) == RINGER_HOOK_OK)
        ringer_hook_enable(hook);
}

#define ABOVE(name) put((void *)name, (void *)over_##name, (void **)&above_##name, INT32_MAX)
#define BELOW(name) put((void *)name, (void *)under_##name, (void **)&below_##name, INT32_MIN)

static void look_on(void)
{
#define BOTH(name, params, args, ...)                                                              \
    BELOW(name);                                                                                   \
    ABOVE(name);
    BUILDERS(BOTH)
    BELOW(PopIoRingCompletion);
    ABOVE(PopIoRingCompletion);
    ABOVE(SubmitIoRing);
    ABOVE(CloseIoRing);
    ABOVE(CreateIoRing);
    ABOVE(NtReadFile);
}

void hook_lint_look_on(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, look_on);
}

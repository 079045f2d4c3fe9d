/* SPDX-License-Identifier: MIT */
/* The private file behind a virtual handle: poison, until a range is fetched into it. */
#include "hooks/plugins/layer/layer.h"
#include "hooks/plugins/layer/mutant.h"

#include <stdlib.h>
#include <string.h>

#define POISON_NBYTES \
    (256u * 1024) /* beyond it lies a hole: a terabyte of poison would be written to disk */
#define CHUNK_NBYTES (1024u * 1024)

/* Exported: by it Ringer's lint knows what was read past the hook. */
#ifdef _WIN32
#    define EXPORT __declspec(dllexport)
#else
#    define EXPORT __attribute__((visibility("default")))
#endif
EXPORT extern const char ringer_hook_poison[16];
const char ringer_hook_poison[16] = "\xDERINGER-POISON\xAD";

static void private_name(WCHAR *path)
{
    static atomic_uint last;
    unsigned long number = GetCurrentProcessId() ^ (unsigned long)GetTickCount64() << 8;
    DWORD n = GetTempPathW(MAX_PATH, path);
    unsigned serial = atomic_fetch_add(&last, 1);
    const char *prefix = "ringer-vfs-";

    while (*prefix)
        path[n++] = (WCHAR)*prefix++;
    for (int i = 0; i < 8; i++, number >>= 4)
        path[n++] = (WCHAR) "0123456789abcdef"[number & 15];
    path[n++] = '-';
    for (int i = 0; i < 8; i++, serial >>= 4)
        path[n++] = (WCHAR) "0123456789abcdef"[serial & 15];
    path[n] = 0;
}

static NTSTATUS fill_poison(HANDLE file, UINT64 size)
{
    UINT32 nbytes = size < POISON_NBYTES ? (UINT32)size : POISON_NBYTES, room = 4096;
    char block[4096];

    for (UINT32 i = 0; i < room; i += sizeof ringer_hook_poison)
        memcpy(block + i, ringer_hook_poison, sizeof ringer_hook_poison);
    for (UINT32 at = 0; at < nbytes; at += room) {
        DWORD count;

        if (!WriteFile(file, block, nbytes - at < room ? nbytes - at : room, &count, NULL))
            return VL_NO_MEMORY;
    }
    return VL_SUCCESS;
}

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static NTSTATUS shape(HANDLE file, UINT64 size)
{
    LARGE_INTEGER end = {.QuadPart = (LONGLONG)size};
    NTSTATUS status = fill_poison(file, size);
    DWORD count;

    /* 0x900C4, FSCTL_SET_SPARSE: where holes have to be asked for; elsewhere it fails, and they
     * come anyway. */
    DeviceIoControl(file, 0x900C4, NULL, 0, NULL, 0, &count, NULL);
    if (VL_MUTANT(no_eof_clamp))
        end.QuadPart += 65536;
    if (status >= 0 && (!SetFilePointerEx(file, end, NULL, FILE_BEGIN) || !SetEndOfFile(file)))
        status = VL_NO_MEMORY;
    return status;
}

/* As large as the virtual file, so that the system knows where it ends. Closed again: see
 * vl_backing_open. */
static NTSTATUS make(UINT64 size, WCHAR *path)
{
    HANDLE file = INVALID_HANDLE_VALUE;
    NTSTATUS status;

    /* A name that somebody left behind is not ours: another one. */
    for (int tries = 0; tries < 16 && file == INVALID_HANDLE_VALUE; tries++) {
        private_name(path);
        file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, SHARE_ALL, NULL, CREATE_NEW,
                           FILE_ATTRIBUTE_TEMPORARY, NULL);
    }
    if (file == INVALID_HANDLE_VALUE)
        return VL_ACCESS_DENIED;
    status = shape(file, size);
    CloseHandle(file);
    if (status < 0)
        DeleteFileW(path);
    return status;
}

static NTSTATUS open_again(const WCHAR *path, HANDLE *handle_out, ACCESS_MASK access,
                           ULONG attributes, ULONG share, ULONG options, PIO_STATUS_BLOCK iosb)
{
    OBJECT_ATTRIBUTES object;
    UNICODE_STRING name;
    NTSTATUS status;

    if (!RtlDosPathNameToNtPathName_U(path, &name, NULL, NULL))
        return VL_NO_MEMORY;
    InitializeObjectAttributes(&object, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = vl_original_NtCreateFile(handle_out, access, &object, iosb, NULL, attributes, share,
                                      FILE_OPEN, options, NULL, 0);
    RtlFreeUnicodeString(&name);
    return status;
}

/*
 * The name goes with the handle that said so, where the system knows how; with the last handle
 * elsewhere. Then nothing stays behind, whatever becomes of the process.
 */
static void unname(const WCHAR *path)
{
    ULONG how = 0x3; /* FILE_DISPOSITION_FLAG_DELETE | FILE_DISPOSITION_FLAG_POSIX_SEMANTICS */
    HANDLE file = CreateFileW(path, DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                              NULL, OPEN_EXISTING, 0, NULL);
    BOOL good = file != INVALID_HANDLE_VALUE &&
                SetFileInformationByHandle(file, (FILE_INFO_BY_HANDLE_CLASS)21, &how, sizeof how);

    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
    if (!good)
        DeleteFileW(path);
}

NTSTATUS vl_backing_open(struct vl_open *open, HANDLE *handle_out, ACCESS_MASK access,
                         ULONG attributes, ULONG share, ULONG options, PIO_STATUS_BLOCK iosb)
{
    WCHAR path[MAX_PATH + 40];
    NTSTATUS status;

    ringer_bypass_enter();
    status = make(open->size, path);
    if (status >= 0) {
        /* The program's first: it gets the number that it would have got without us. */
        status = open_again(path, handle_out, access, attributes, share | SHARE_ALL, options, iosb);
        if (status >= 0) {
            open->fill = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, SHARE_ALL, NULL,
                                     OPEN_EXISTING, 0, NULL);
            if (open->fill == INVALID_HANDLE_VALUE) {
                open->fill = NULL;
                vl_original_NtClose(*handle_out);
                status = VL_NO_MEMORY;
            }
        }
        unname(path);
    }
    ringer_bypass_leave();
    return status;
}

void vl_backing_close(struct vl_open *open)
{
    if (open->fill)
        vl_original_NtClose(open->fill);
    open->fill = NULL;
}

/* ---- fetching ---- */

enum { TURN_ASKING, TURN_ANSWERED, TURN_LEFT };

static void finish(struct vl_fill *fill, NTSTATUS status)
{
    struct vl_open *open = fill->open;

    free(fill->buffer);
    fill->buffer = NULL;
    /* The file ended before its size said so: the rest is the system's to report. */
    vl_open_release(open);
    fill->done(fill, status == VL_END_OF_FILE ? VL_SUCCESS : status);
}

static NTSTATUS store(struct vl_fill *fill, UINT32 count)
{
    OVERLAPPED where = {0};
    DWORD written = 0;
    BOOL good;

    where.Offset = (DWORD)fill->offset;
    where.OffsetHigh = (DWORD)(fill->offset >> 32);
    ringer_bypass_enter();
    good = WriteFile(fill->open->fill, fill->buffer, count, &written, &where);
    ringer_bypass_leave();
    return good && written == count ? VL_SUCCESS : VL_NO_MEMORY;
}

static void fetch(struct vl_fill *fill);

static void fetched(struct ringer_vread *read, NTSTATUS status, UINT32 count)
{
    struct vl_fill *fill = (struct vl_fill *)((char *)read - offsetof(struct vl_fill, read));
    unsigned asking = TURN_ASKING;

    if (status >= 0)
        status = store(fill, count);
    fill->offset += count;
    if (status < 0 || !count)
        fill->end = fill->offset;
    fill->read.status = status;
    /* An answer inside the question: whoever asked goes on, and the stack does not grow. */
    if (!atomic_compare_exchange_strong(&fill->turn, &asking, TURN_ANSWERED))
        fetch(fill);
}

static void fetch(struct vl_fill *fill)
{
    NTSTATUS status = fill->read.status;

    while (fill->offset < fill->end) {
        UINT64 left = fill->end - fill->offset;
        unsigned asking = TURN_ASKING;

        atomic_store(&fill->turn, TURN_ASKING);
        ringer_vfile_read(fill->open->file, fill->offset, fill->buffer,
                          left < fill->room ? (UINT32)left : fill->room, fill->flags, &fill->read);
        if (atomic_compare_exchange_strong(&fill->turn, &asking, TURN_LEFT))
            return;
        status = fill->read.status;
    }
    finish(fill, status);
}

void vl_fill(struct vl_open *open, UINT64 offset, UINT64 length, UINT32 flags, struct vl_fill *fill)
{
    DWORD error = GetLastError();

    if (offset > open->size)
        offset = open->size;
    if (length > open->size - offset)
        length = open->size - offset;
    vl_open_hold(open);
    fill->open = open;
    fill->offset = offset;
    fill->end = offset + length;
    fill->flags = flags;
    fill->room = length < CHUNK_NBYTES ? (UINT32)length : CHUNK_NBYTES;
    fill->buffer = length ? malloc(fill->room) : NULL;
    fill->read.done = fetched;
    fill->read.status = VL_SUCCESS;
    if (length && !fill->buffer)
        finish(fill, VL_NO_MEMORY);
    else
        fetch(fill);
    SetLastError(error);
}

void vl_fill_cancel(struct vl_fill *fill)
{
    ringer_vfile_cancel(fill->open->file, &fill->read);
}

struct waited {
    struct vl_fill fill;
    SRWLOCK lock;
    CONDITION_VARIABLE wake;
    bool over;
    NTSTATUS status;
};

static void waited_done(struct vl_fill *fill, NTSTATUS status)
{
    struct waited *waited = (struct waited *)(void *)fill;

    AcquireSRWLockExclusive(&waited->lock);
    waited->status = status;
    waited->over = true;
    WakeConditionVariable(&waited->wake);
    ReleaseSRWLockExclusive(&waited->lock);
}

NTSTATUS vl_fill_wait(struct vl_open *open, UINT64 offset, UINT64 length)
{
    struct waited waited = {
        .fill.done = waited_done, .lock = SRWLOCK_INIT, .wake = CONDITION_VARIABLE_INIT};

    vl_fill(open, offset, length, RINGER_VREAD_INLINE, &waited.fill);
    AcquireSRWLockExclusive(&waited.lock);
    while (!waited.over)
        SleepConditionVariableSRW(&waited.wake, &waited.lock, INFINITE, 0);
    ReleaseSRWLockExclusive(&waited.lock);
    return waited.status;
}

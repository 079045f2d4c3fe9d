/* SPDX-License-Identifier: MIT */
/*
 * The door of emu/syscall.h as the PE half sees it: unix calls. A ring's handle is a real Wine
 * handle (an event that nobody sets), so that it never meets another handle of the process; the
 * emulator's own number for the ring is looked up here.
 */
#include "api/wine/pe/unixlib.h"

#include "api/wine/pe/poster.h"
#include "emu/syscall.h"

struct ring_row {
    HANDLE handle; /* NULL: free */
    uint64_t ring; /* the emulator's number */
};

static SRWLOCK rows_lock = SRWLOCK_INIT;
static struct ring_row *rows; /* rows_lock */
static UINT32 row_count;      /* rows_lock */

static struct ring_row *row_find(HANDLE handle)
{
    for (UINT32 i = 0; i < row_count; i++)
        if (rows[i].handle == handle)
            return &rows[i];
    return NULL;
}

static uint64_t ring_number(emu_handle ring)
{
    struct ring_row *row;
    uint64_t number;

    AcquireSRWLockShared(&rows_lock);
    row = ring ? row_find((HANDLE)(ULONG_PTR)ring) : NULL;
    number = row ? row->ring : 0; /* 0 is no handle of the emulator's: it refuses it */
    ReleaseSRWLockShared(&rows_lock);
    return number;
}

/* A row for a handle. One that Wine has given out again (NtClose went past us) is taken over. */
static BOOL row_add(HANDLE handle, uint64_t ring, uint64_t *stale_out)
{
    struct ring_row *row;

    *stale_out = 0;
    AcquireSRWLockExclusive(&rows_lock);
    row = row_find(handle);
    if (row)
        *stale_out = row->ring;
    else
        row = row_find(NULL);
    if (!row) {
        struct ring_row *more =
            rows ? HeapReAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, rows,
                               (row_count + 16) * sizeof *rows)
                 : HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 16 * sizeof *rows);

        if (more) {
            rows = more;
            row = &rows[row_count];
            row_count += 16;
        }
    }
    if (row)
        *row = (struct ring_row){handle, ring};
    ReleaseSRWLockExclusive(&rows_lock);
    return row != NULL;
}

static void ring_close(uint64_t ring)
{
    struct wine_ring args = {ring};

    pe_unix_call(WINE_CALL_CLOSE, &args);
}

NTSTATUS emu_nt_create_ioring(emu_handle *ring_out, uint32_t params_nbytes, const void *params,
                              uint32_t info_nbytes, void *info)
{
    struct wine_create args = {(ULONG_PTR)params, (ULONG_PTR)info, params_nbytes, info_nbytes, 0};
    NTSTATUS status = pe_unix_call(WINE_CALL_CREATE, &args);
    uint64_t stale;
    HANDLE handle;

    if (status < 0)
        return status;
    handle = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!handle || !row_add(handle, args.ring_out, &stale)) {
        ring_close(args.ring_out);
        if (handle)
            CloseHandle(handle);
        return STATUS_NO_MEMORY;
    }
    if (stale)
        ring_close(stale);
    *ring_out = (ULONG_PTR)handle;
    return status;
}

NTSTATUS emu_nt_submit_ioring(emu_handle ring, uint32_t flags, uint32_t wait_count,
                              const int64_t *timeout_100ns)
{
    struct wine_submit args = {
        .ring = ring_number(ring),
        .flags = flags,
        .wait_count = wait_count,
        .timed = timeout_100ns != NULL,
        .timeout_100ns = timeout_100ns ? *timeout_100ns : 0,
    };

    return pe_unix_call(WINE_CALL_SUBMIT, &args);
}

NTSTATUS emu_nt_query_ioring_capabilities(uint64_t caps_nbytes, void *caps)
{
    struct wine_query args = {(ULONG_PTR)caps, caps_nbytes};

    return pe_unix_call(WINE_CALL_QUERY, &args);
}

/* The ring gets a handle of its own (closing the caller's does not matter): poster.c closes it. */
NTSTATUS emu_nt_set_information_ioring(emu_handle ring, uint32_t information_class,
                                       uint32_t info_nbytes, const void *info)
{
    struct wine_set_event args = {.ring = ring_number(ring)};
    HANDLE own = NULL;
    emu_handle event;
    NTSTATUS status;

    if (information_class != 1)
        return STATUS_INVALID_INFO_CLASS;
    if (info_nbytes != sizeof event || !info)
        return STATUS_INFO_LENGTH_MISMATCH;
    event = *(const emu_handle *)info;
    if (event) {
        status = pe_poster_adopt_event((HANDLE)(ULONG_PTR)event, &own);
        if (status < 0)
            return status;
    }
    args.event = (ULONG_PTR)own;
    status = pe_unix_call(WINE_CALL_SET_EVENT, &args);
    if (status < 0 && own)
        CloseHandle(own);
    return status;
}

NTSTATUS emu_nt_poll_ioring(emu_handle ring)
{
    struct wine_ring args = {ring_number(ring)};

    return pe_unix_call(WINE_CALL_POLL, &args);
}

/* What kernelbase's CloseIoRing calls: in this half a plain function, see services.c. */
NTSTATUS emu_nt_close(emu_handle handle)
{
    HANDLE own = (HANDLE)(ULONG_PTR)handle;
    struct ring_row *row;
    uint64_t ring = 0;

    AcquireSRWLockExclusive(&rows_lock);
    row = handle ? row_find(own) : NULL;
    if (row) {
        ring = row->ring;
        row->handle = NULL;
    }
    ReleaseSRWLockExclusive(&rows_lock);
    if (ring)
        ring_close(ring);
    return CloseHandle(own) ? 0 : STATUS_INVALID_HANDLE;
}

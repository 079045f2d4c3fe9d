/* SPDX-License-Identifier: MIT */
#include "api/wine/pe/poster.h"

#include "api/wine/pe/unixlib.h"

#include <ntstatus.h>

typedef NTSTATUS(WINAPI *query_event_fn)(HANDLE event, ULONG information_class, void *info,
                                         ULONG nbytes, ULONG *length_out);

static SRWLOCK start_lock = SRWLOCK_INIT;
static BOOL started; /* start_lock */

/* Waits in the unix half, where Wine can end it with the process. */
static DWORD WINAPI poster(void *unused)
{
    struct wine_next_post post;

    (void)unused;
    while (pe_unix_call(WINE_CALL_NEXT_POST, &post) >= 0) {
        HANDLE event = (HANDLE)(ULONG_PTR)post.event_out;

        if (post.what_out == WINE_POST_SET_EVENT)
            SetEvent(event);
        else
            CloseHandle(event);
    }
    return 0;
}

static BOOL poster_start(void)
{
    HANDLE thread;

    AcquireSRWLockExclusive(&start_lock);
    if (!started) {
        thread = CreateThread(NULL, 0, poster, NULL, 0, NULL);
        if (thread) {
            CloseHandle(thread);
            started = TRUE;
        }
    }
    ReleaseSRWLockExclusive(&start_lock);
    return started;
}

NTSTATUS pe_poster_adopt_event(HANDLE event, HANDLE *own_out)
{
    query_event_fn query =
        (query_event_fn)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQueryEvent");
    ULONG info[2]; /* EventBasicInformation: type, state */
    NTSTATUS status = query ? query(event, 0, info, sizeof info, NULL) : STATUS_INVALID_HANDLE;

    /* An event that may be set but not queried is one all the same. */
    if (status < 0 && status != STATUS_ACCESS_DENIED)
        return status;
    if (!poster_start())
        return STATUS_NO_MEMORY;
    if (!DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), own_out, 0, FALSE,
                         DUPLICATE_SAME_ACCESS))
        return STATUS_INVALID_HANDLE;
    return 0;
}

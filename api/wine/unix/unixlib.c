/* SPDX-License-Identifier: MIT */
/*
 * The unix half of ioring.dll: Wine calls these on the Windows thread's behalf, on a stack of its
 * own. Behind each is the emulator's door; user pointers may be bad and stay the emulator's to
 * judge.
 */
#include "api/wine/unixcall.h"

#include "api/wine/unix/host.h"
#include "api/wine/unix/posts.h"
#include "emu/host.h"
#include "emu/syscall.h"

static NTSTATUS call_create(void *arg)
{
    struct wine_create *args = arg;

    unix_host_install();
    return emu_nt_create_ioring(&args->ring_out, args->params_nbytes,
                                (const void *)(uintptr_t)args->params, args->info_nbytes,
                                (void *)(uintptr_t)args->info);
}

static NTSTATUS call_submit(void *arg)
{
    struct wine_submit *args = arg;

    NTSTATUS status;

    unix_host_enter();
    status = emu_nt_submit_ioring(args->ring, args->flags, args->wait_count,
                                  args->timed ? &args->timeout_100ns : NULL);
    unix_host_leave();
    return status;
}

static NTSTATUS call_query(void *arg)
{
    struct wine_query *args = arg;

    return emu_nt_query_ioring_capabilities(args->caps_nbytes, (void *)(uintptr_t)args->caps);
}

static NTSTATUS call_set_event(void *arg)
{
    struct wine_set_event *args = arg;

    return emu_nt_set_information_ioring(args->ring, 1, sizeof args->event, &args->event);
}

static NTSTATUS call_poll(void *arg)
{
    struct wine_ring *args = arg;
    NTSTATUS status;

    unix_host_enter(); /* a drain may end here, and the entries behind it name files */
    status = emu_nt_poll_ioring(args->ring);
    unix_host_leave();
    return status;
}

static NTSTATUS call_close(void *arg)
{
    struct wine_ring *args = arg;

    return emu_nt_close(args->ring);
}

static NTSTATUS call_next_post(void *arg)
{
    unix_posts_next(arg);
    return STATUS_SUCCESS;
}

typedef int32_t (*unixlib_entry)(void *args);

/* Wine looks this name up; the order is enum wine_call's. */
__attribute__((visibility("default"))) extern const unixlib_entry __wine_unix_call_funcs[];
const unixlib_entry __wine_unix_call_funcs[] = {
    [WINE_CALL_CREATE] = call_create,       [WINE_CALL_SUBMIT] = call_submit,
    [WINE_CALL_QUERY] = call_query,         [WINE_CALL_SET_EVENT] = call_set_event,
    [WINE_CALL_POLL] = call_poll,           [WINE_CALL_CLOSE] = call_close,
    [WINE_CALL_NEXT_POST] = call_next_post,
};

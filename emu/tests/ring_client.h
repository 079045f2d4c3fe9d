/* SPDX-License-Identifier: MIT */
/* An NT-level client of a ring: writes its entries by hand, takes its completions by hand. */
#ifndef EMU_TESTS_RING_CLIENT_H
#define EMU_TESTS_RING_CLIENT_H

#include "emu/tests/ring_queue.h"

#include <criterion/criterion.h>
#include <sys/socket.h>
#include <unistd.h>

static inline struct client client_open(uint32_t sq, uint32_t cq)
{
    NT_IORING_STRUCTV1 params = {400, sq, cq, {0, 0}};
    struct client client = {0};

    cr_assert_eq(emu_nt_create_ioring(&client.ring, sizeof params, &params, sizeof client.info,
                                      &client.info),
                 STATUS_SUCCESS);
    return client;
}

/* A socket whose reads pend until somebody writes to *peer. */
static inline emu_handle pending_file(int *peer)
{
    emu_handle handle;
    int pair[2];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    cr_assert_eq(emu_nt_adopt_fd(&handle, pair[0], FILE_READ_DATA | FILE_WRITE_DATA, 0),
                 STATUS_SUCCESS);
    *peer = pair[1];
    return handle;
}

#endif

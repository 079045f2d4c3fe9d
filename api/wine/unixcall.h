/* SPDX-License-Identifier: MIT */
/*
 * The calls from the PE half to the unix half, one per service of emu/syscall.h that the PE half
 * needs. Both halves include this file, so it holds fixed-width fields only (one layout for 32-bit
 * PE code too) and no Windows or Linux name. Pointers travel as numbers: both halves share one
 * address space.
 */
#ifndef WINE_UNIXCALL_H
#define WINE_UNIXCALL_H

#include <stdint.h>

enum wine_call {
    WINE_CALL_CREATE,
    WINE_CALL_SUBMIT,
    WINE_CALL_QUERY,
    WINE_CALL_SET_EVENT,
    WINE_CALL_POLL,
    WINE_CALL_CLOSE,
    WINE_CALL_NEXT_POST,
    WINE_CALL_COUNT
};

struct wine_create {
    uint64_t params, info; /* pointers */
    uint32_t params_nbytes, info_nbytes;
    uint64_t ring_out;
};

struct wine_submit {
    uint64_t ring;
    uint32_t flags, wait_count;
    int64_t timeout_100ns;
    uint32_t timed, padding;
};

struct wine_query {
    uint64_t caps, caps_nbytes;
};

/* event: a handle of the PE half's own that goes over to the ring; 0 clears. */
struct wine_set_event {
    uint64_t ring, event;
};

struct wine_ring {
    uint64_t ring;
};

/* What the emulator wants a Windows thread to do. Blocks until there is something. */
enum wine_post { WINE_POST_SET_EVENT, WINE_POST_CLOSE_EVENT };
struct wine_next_post {
    uint32_t what_out, padding;
    uint64_t event_out;
};

#endif

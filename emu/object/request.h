/* SPDX-License-Identifier: MIT */
/*
 * One NtReadFile and its like: an io, and what is to be told when it ends. Two references while it
 * runs: whoever started it and whoever will finish it.
 */
#ifndef EMU_OBJECT_REQUEST_H
#define EMU_OBJECT_REQUEST_H

#include "emu/object/apc.h"
#include "emu/object/event.h"
#include "emu/object/file.h"
#include "emu/object/port.h"
#include "emu/syscall.h"

struct emu_request {
    struct emu_io io;
    struct emu_event *event;        /* a reference or NULL */
    struct emu_port_packet *packet; /* owned until posted; NULL when none will be */
    struct emu_apc *apc;            /* owned until posted; NULL when none will be */
    struct emu_object *thread;      /* the one that asked, a reference; with apc only */
    struct iovec *segments;         /* owned; io.segments moves along it */
    struct emu_iosb *iosb;          /* user memory */
    bool waits;                     /* a synchronous handle: the caller sleeps on finished */
    _Atomic uint32_t finished;      /* futex: 1 when everything has been told */
    _Atomic uint32_t references;
};

/* How cancel by IO_STATUS_BLOCK knows ios of requests from ring entries. */
extern const char emu_request_owner;

/*
 * Checks pointers and the event, takes its own reference on file. On success the event is reset and
 * the io is empty but for file, op and who gets told.
 */
NTSTATUS emu_request_create(struct emu_file *file, uint8_t op, emu_handle event,
                            uint64_t apc_context, struct emu_iosb *iosb,
                            struct emu_request **request_out);

/*
 * At the end this thread is called: routine(context, iosb, 0), when it waits alertably.
 * STATUS_INVALID_PARAMETER for a file with a port [D]; then the request is still the caller's.
 */
NTSTATUS emu_request_call(struct emu_request *request, uint64_t routine, uint64_t context);

/* Starts the io, waits on a synchronous handle, tells. Returns the service's status; frees. */
NTSTATUS emu_request_run(struct emu_request *request);

/* The outcome in its io is known without starting it: tells as for one that was done at once; frees. */
void emu_request_tell_now(struct emu_request *request);

/*
 * For a service that has done its work itself: this is the outcome, told as for one that was done at once.
 * Returns the status; frees.
 */
NTSTATUS emu_request_ended(struct emu_request *request, NTSTATUS status, uint64_t information);

/* Without starting it. */
void emu_request_release(struct emu_request *request);

#endif

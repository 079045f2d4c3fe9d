/* SPDX-License-Identifier: MIT */
/*
 * ringer-trace.so: records what a program asks of the Windows API, through the slots of libringer.
 * A wrapper records only what the program itself called: what one wrapped function calls in another
 * (SubmitIoRing in NtSubmitIoRing) is the implementation's business.
 */
#ifndef CF_TRACE_TRACER_H
#define CF_TRACE_TRACER_H

#include <windows.h>
#include <winternl.h>

#include <ioringapi.h>
#include <ioringnt.h>
#include <ringer.h>

#include "conformance/trace/writer.h"

/* The explorer's agent loads the plug-in itself and begins the trace by this, exported as ringer_trace_begin. */
struct tracer_explored {
    const char *path;
    void (*before)(const char *fn); /* before each call of the program; may be NULL */
};
typedef int (*tracer_begin_fn)(const struct ringer_plugin_api *api,
                               const struct tracer_explored *explored);

/* Read with tracer_writer(); NULL in a forked child and after the end. */
struct cf_trace_writer *tracer_writer(void);

/* One function: who it is, who stands in for it, and where the slot's former owner is kept. */
struct tracer_hook {
    const char *module, *name;
    void *wrapper;
    void **original;
};

extern const struct tracer_hook tracer_ring_hooks[], tracer_nt_hooks[], tracer_file_hooks[],
    tracer_sync_hooks[];

/* tracer_ds.c: what DirectStorage's event log says of this process becomes records at the end. */
void tracer_ds_begin(const char *trace_path);
void tracer_ds_end(struct cf_trace_writer *writer);

/* ---- symbols: handles and addresses to names ---- */

enum { TRACER_SYM = 24 };

/* NULL and INVALID_HANDLE_VALUE become NULL and "invalid"; what was not introduced, "unknown". */
const char *tracer_name(const void *handle, char sym[TRACER_SYM]);
/* Introduces a handle under the next symbol of the letter, and writes its `obj`; kind NULL: none. */
const char *tracer_introduce(const void *handle, char letter, const char *kind, uint32_t flags,
                             char sym[TRACER_SYM]);
/* Forgets a handle before it is closed, so that a reused value is not taken for it. */
void tracer_forget(const void *handle, char sym[TRACER_SYM]);
void tracer_remember(const void *handle, const char *sym);
/* A buffer by its address; grows with the longest use. Never NULL but for NULL. */
const char *tracer_buffer(const void *address, uint64_t nbytes, char sym[TRACER_SYM]);

/* ---- calls ---- */

/* False inside another recorded call, or when nothing is recorded: then just call the original. */
bool tracer_enter(struct cf_trace_call *call, const char *fn);
/* This thread is within a recorded call: what happens now is not the program's doing. */
bool tracer_inside(void);
uint64_t tracer_leave(struct cf_trace_call *call, int32_t hr);
uint64_t tracer_leave_ret(struct cf_trace_call *call, uint64_t ret);
uint64_t tracer_leave_status(struct cf_trace_call *call, int32_t status);

/* False instead of a fault when from cannot be read. */
bool tracer_copy(void *to, const void *from, size_t nbytes);

/* ---- watched reads: what changed in their buffers ---- */

void tracer_watch_register(void *address, uint32_t nbytes);
/* sym: what tracer_buffer gave for address when the read was built. */
void tracer_watch_build(HIORING ring, uint64_t user_data, void *address, uint32_t nbytes,
                        const char *sym);
void tracer_watch_submit(HIORING ring);
void tracer_watch_pop(HIORING ring, uint64_t user_data, uint64_t after);
void tracer_watch_close(HIORING ring);

/* ---- queues that a program works on itself ---- */

void tracer_raw_create(HANDLE handle, const NT_IORING_INFO *info, const char *sym);
/* Records what the program did in the ring's memory since the last look; before and after a call. */
void tracer_raw_look(HANDLE handle, bool entries);
void tracer_raw_close(HANDLE handle);

#define TRACER_HOOK(module_, function) \
    {#module_, #function, (void *)trace_##function, (void **)&real_##function}
#define TRACER_REAL(function) static __typeof__(&function) real_##function

#endif

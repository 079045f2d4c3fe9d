/* SPDX-License-Identifier: MIT */
/* The plug-in: opens the trace, takes the slots, ends the trace at exit, lets go in a forked child. */
#include "conformance/trace/faults.h"
#include "conformance/trace/provenance.h"
#include "conformance/trace/tracer.h"

#include <errno.h>
#include <pthread.h>
#include <ringer.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct cf_trace_writer *_Atomic current; /* set once by init, cleared by fork and exit */
/* Where the writer hangs for ever: a thread may be inside a call while the program exits. */
static struct cf_trace_writer *volatile kept; /* never read: the leak checker finds it here */
static _Thread_local unsigned depth;            /* recorded calls of this thread, 0 or 1 */
static _Thread_local uint32_t thread_ordinal;   /* from 1; 0: not given yet */
static _Atomic uint32_t last_thread;
static void (*before_call)(const char *fn); /* set before the first call */

struct cf_trace_writer *tracer_writer(void)
{
    /* Acquire: pairs with the release in init; the writer is never freed. */
    return atomic_load_explicit(&current, memory_order_acquire);
}

bool tracer_enter(struct cf_trace_call *call, const char *fn)
{
    struct cf_trace_writer *writer = tracer_writer();

    if (!writer || depth)
        return false;
    if (before_call)
        before_call(fn);
    depth = 1;
    if (!thread_ordinal)
        thread_ordinal = atomic_fetch_add(&last_thread, 1) + 1;
    cf_trace_call_begin(call, writer, fn, NULL, thread_ordinal - 1);
    return true;
}

bool tracer_inside(void)
{
    return depth;
}

/* In the order that matters: the program's last error is read first and put back last. */
uint64_t tracer_leave(struct cf_trace_call *call, int32_t hr)
{
    DWORD last_error = GetLastError();
    uint64_t n = cf_trace_call_end(call, hr, last_error);

    depth = 0;
    SetLastError(last_error);
    return n;
}

uint64_t tracer_leave_ret(struct cf_trace_call *call, uint64_t ret)
{
    DWORD last_error = GetLastError();
    uint64_t n = cf_trace_call_end_ret(call, ret, last_error);

    depth = 0;
    SetLastError(last_error);
    return n;
}

uint64_t tracer_leave_status(struct cf_trace_call *call, int32_t status)
{
    uint64_t n = cf_trace_call_end_status(call, status);

    depth = 0;
    return n;
}

static void in_child(void)
{
    struct cf_trace_writer *writer = tracer_writer();

    atomic_store_explicit(&current, NULL, memory_order_release);
    cf_trace_abandon(writer);
}

static __attribute__((destructor)) void at_exit(void)
{
    struct cf_trace_writer *writer = atomic_exchange(&current, NULL);

    if (writer) {
        cf_trace_faults(writer);
        tracer_ds_end(writer);
    }
    /* Threads that are inside a call find the file closed; the writer itself stays. */
    cf_trace_end(writer);
}

/* dated: with what is true of this machine and this moment only. */
static void write_header(struct cf_trace_writer *writer, bool dated)
{
    struct cf_trace_header header = {
        .recorder_name = "ringer-trace",
        .recorder_version = RINGER_TRACE_VERSION,
        .host = "ringer",
        .os = "linux",
        .profile = getenv("RINGER_PROFILE"),
        .engine = getenv("RINGER_ENGINE"),
    };
    static struct cf_provenance provenance; /* one header a process */
    IORING_CAPABILITIES caps;

    if (dated) {
        cf_provenance_collect(&provenance, (const void *)&QueryIoRingCapabilities);
        cf_provenance_volume(&provenance, ".");
        cf_provenance_apply(&provenance, &header);
    }
    if (SUCCEEDED(QueryIoRingCapabilities(&caps))) {
        header.has_caps = true;
        header.caps_version = (uint32_t)caps.MaxVersion;
        header.caps_sq = caps.MaxSubmissionQueueSize;
        header.caps_cq = caps.MaxCompletionQueueSize;
        header.caps_features = (uint32_t)caps.FeatureFlags;
    }
    cf_trace_header(writer, &header);
}

static bool take_slot(const struct ringer_plugin_api *api, const struct tracer_hook *hook)
{
    do {
        *hook->original = api->slot_get(hook->module, hook->name);
        if (!*hook->original)
            return false;
        /* Another plug-in may have come between: then what it put there is who we call. */
    } while (!api->slot_replace(hook->module, hook->name, *hook->original, hook->wrapper));
    return true;
}

static int take_slots(const struct ringer_plugin_api *api)
{
    static const struct tracer_hook *const tables[] = {tracer_ring_hooks, tracer_nt_hooks,
                                                       tracer_file_hooks, tracer_sync_hooks};

    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        for (const struct tracer_hook *hook = tables[t]; hook->name; hook++) {
            if (!take_slot(api, hook)) {
                fprintf(stderr, "ringer-trace: no %s in %s\n", hook->name, hook->module);
                return 1;
            }
        }
    }
    return 0;
}

static int begin(const struct ringer_plugin_api *api, struct cf_trace_writer *writer, bool dated)
{
    kept = writer;
    write_header(writer, dated);
    if (pthread_atfork(NULL, NULL, in_child) || take_slots(api))
        return 1;
    /* Release: pairs with tracer_writer. Until here the wrappers let everything pass. */
    atomic_store_explicit(&current, writer, memory_order_release);
    return 0;
}

RINGER_API int ringer_trace_begin(const struct ringer_plugin_api *api,
                                  const struct tracer_explored *explored);

int ringer_trace_begin(const struct ringer_plugin_api *api, const struct tracer_explored *explored)
{
    struct cf_trace_writer *writer = cf_trace_create(explored->path);

    if (!writer)
        return 1;
    cf_trace_undated(writer);
    before_call = explored->before;
    return begin(api, writer, false);
}

RINGER_API int ringer_plugin_init(const struct ringer_plugin_api *api, const char *args);

int ringer_plugin_init(const struct ringer_plugin_api *api, const char *args)
{
    struct cf_trace_writer *writer;

    if (api->version < 1 || !*args) {
        fprintf(stderr, "ringer-trace: use RINGER_HOOKS=ringer-trace.so:OUT.jsonl\n");
        return 1;
    }
    writer = cf_trace_create(args);
    if (!writer) {
        fprintf(stderr, "ringer-trace: %s: %s\n", args, strerror(errno));
        return 1;
    }
    tracer_ds_begin(args);
    return begin(api, writer, true);
}

/* SPDX-License-Identifier: MIT */
/* Wrappers of the four services and of NtClose; tracer_raw.c looks into the queues beside them. */
#include "conformance/trace/tracer.h"

#include <string.h>

TRACER_REAL(NtCreateIoRing);
TRACER_REAL(NtSubmitIoRing);
TRACER_REAL(NtSetInformationIoRing);
TRACER_REAL(NtQueryIoRingCapabilities);
TRACER_REAL(NtClose);

static void in_params(struct cf_trace_call *call, ULONG nbytes, const void *bytes)
{
    NT_IORING_STRUCTV1 params;

    if (nbytes < sizeof(params) || !bytes || !tracer_copy(&params, bytes, sizeof(params)))
        return;
    cf_trace_in_u64(call, "ver", (uint32_t)params.IoRingVersion);
    cf_trace_in_hex32(call, "required", (uint32_t)params.Flags.Required);
    cf_trace_in_hex32(call, "advisory", (uint32_t)params.Flags.Advisory);
    cf_trace_in_u64(call, "sq", params.SubmissionQueueSize);
    cf_trace_in_u64(call, "cq", params.CompletionQueueSize);
}

static void in_timeout(struct cf_trace_call *call, const LARGE_INTEGER *timeout)
{
    LARGE_INTEGER value;

    if (!timeout)
        cf_trace_in_sym(call, "timeout", NULL);
    else if (tracer_copy(&value, timeout, sizeof(value)))
        cf_trace_in_hex64(call, "timeout", (uint64_t)value.QuadPart);
}

static void in_event(struct cf_trace_call *call, ULONG class, ULONG nbytes, const void *info)
{
    char sym[TRACER_SYM];
    HANDLE event;

    if (class == 1 && nbytes == sizeof(event) && tracer_copy(&event, info, sizeof(event)))
        cf_trace_in_sym(call, "event", tracer_name(event, sym));
}

static NTSTATUS trace_NtCreateIoRing(PHANDLE ring, ULONG in_nbytes, PVOID in, ULONG out_nbytes, PVOID out)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    NTSTATUS ret;

    if (!tracer_enter(&call, "NtCreateIoRing"))
        return real_NtCreateIoRing(ring, in_nbytes, in, out_nbytes, out);
    in_params(&call, in_nbytes, in);
    cf_trace_call_start(&call);
    ret = real_NtCreateIoRing(ring, in_nbytes, in, out_nbytes, out);
    cf_trace_call_stop(&call);
    if (ret >= 0) {
        const NT_IORING_INFO *info = out;
        cf_trace_out_sym(&call, "ring", tracer_introduce(*ring, 'r', NULL, 0, sym));
        cf_trace_out_u64(&call, "ver", (uint32_t)info->IoRingVersion);
        cf_trace_out_u64(&call, "sq", info->SubmissionQueueSize);
        cf_trace_out_u64(&call, "cq", info->CompletionQueueSize);
        tracer_raw_create(*ring, info, sym);
    }
    tracer_leave_status(&call, ret);
    return ret;
}

static NTSTATUS trace_NtSubmitIoRing(HANDLE ring, ULONG flags, ULONG wait, PLARGE_INTEGER timeout)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    NTSTATUS ret;

    tracer_raw_look(ring, true);
    if (!tracer_enter(&call, "NtSubmitIoRing"))
        return real_NtSubmitIoRing(ring, flags, wait, timeout);
    cf_trace_in_sym(&call, "ring", tracer_name(ring, sym));
    cf_trace_in_hex32(&call, "flags", flags);
    cf_trace_in_u64(&call, "wait", wait);
    in_timeout(&call, timeout);
    cf_trace_call_start(&call);
    ret = real_NtSubmitIoRing(ring, flags, wait, timeout);
    tracer_leave_status(&call, ret);
    tracer_raw_look(ring, false);
    return ret;
}

static NTSTATUS trace_NtSetInformationIoRing(HANDLE ring, ULONG class, ULONG nbytes, PVOID info)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    NTSTATUS ret;

    if (!tracer_enter(&call, "NtSetInformationIoRing"))
        return real_NtSetInformationIoRing(ring, class, nbytes, info);
    cf_trace_in_sym(&call, "ring", tracer_name(ring, sym));
    cf_trace_in_u64(&call, "class", class);
    in_event(&call, class, nbytes, info);
    ret = real_NtSetInformationIoRing(ring, class, nbytes, info);
    tracer_leave_status(&call, ret);
    return ret;
}

static NTSTATUS trace_NtQueryIoRingCapabilities(SIZE_T nbytes, PVOID caps)
{
    struct cf_trace_call call;
    NTSTATUS ret;

    if (!tracer_enter(&call, "NtQueryIoRingCapabilities"))
        return real_NtQueryIoRingCapabilities(nbytes, caps);
    ret = real_NtQueryIoRingCapabilities(nbytes, caps);
    if (ret >= 0) {
        const NT_IORING_CAPABILITIES *seen = caps;
        cf_trace_out_u64(&call, "ver", (uint32_t)seen->Version);
        cf_trace_out_u64(&call, "sq", seen->SubmissionQueueSizeMax);
        cf_trace_out_u64(&call, "cq", seen->CompletionQueueSizeMax);
    }
    tracer_leave_status(&call, ret);
    return ret;
}

static NTSTATUS trace_NtClose(HANDLE object)
{
    struct cf_trace_call call;
    char sym[TRACER_SYM];
    NTSTATUS ret;
    const char *name = tracer_name(object, sym);

    tracer_raw_close(object);
    /* Threads that start and end close handles of their own here, which the program never saw. */
    if (!name || !strcmp(name, "unknown") || !tracer_enter(&call, "NtClose"))
        return real_NtClose(object);
    tracer_forget(object, sym); /* another thread may be given the same number at once */
    cf_trace_in_sym(&call, "obj", sym);
    ret = real_NtClose(object);
    if (ret < 0)
        tracer_remember(object, sym);
    tracer_leave_status(&call, ret);
    return ret;
}

const struct tracer_hook tracer_nt_hooks[] = {
    TRACER_HOOK(ntdll, NtCreateIoRing),
    TRACER_HOOK(ntdll, NtSubmitIoRing),
    TRACER_HOOK(ntdll, NtSetInformationIoRing),
    TRACER_HOOK(ntdll, NtQueryIoRingCapabilities),
    TRACER_HOOK(ntdll, NtClose),
    {0},
};

/* SPDX-License-Identifier: MIT */
/* The Nt services with lengths, classes, flags and times as a scenario gives them, right or wrong. */
#include "conformance/kit/run.h"

#include <string.h>

/* What a service may read or write with a length of the scenario's choice. */
#define ROOM_NBYTES 256u

static bool fits(struct cf_thread *thread, const struct cf_step *step, uint64_t nbytes)
{
    return nbytes <= ROOM_NBYTES ||
           cf_stop(thread, step, "a length of at most %u bytes", ROOM_NBYTES);
}

static bool null_word(const struct cf_step *step, const char *name)
{
    const char *word = cf_step_option(step, name);

    return word && !strcmp(word, "null");
}

/* Under which key the trace says that a pointer was NULL. */
static const struct {
    const char *option, *key;
} pointers[] = {{"handle", "handle_out"}, {"in", "in"}, {"out", "info_out"}};

bool cf_step_ntcreate(struct cf_thread *thread, const struct cf_step *step)
{
    union {
        NT_IORING_STRUCTV1 params;
        NT_IORING_INFO info;
        unsigned char room[ROOM_NBYTES];
    } in, out;
    uint64_t in_nbytes = cf_option_number(thread, step, "inlen", sizeof in.params);
    uint64_t out_nbytes = cf_option_number(thread, step, "outlen", sizeof out.info);
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'q');
    struct cf_call call;
    NTSTATUS status;

    if (!thread->run->facts.has_nt) {
        return cf_call_absent(thread, step, "NtCreateIoRing");
    }
    if (!fits(thread, step, in_nbytes) || !fits(thread, step, out_nbytes)) {
        return false;
    }
    memset(&in, 0, sizeof in);
    memset(&out, 0xa5, sizeof out);
    in.params.IoRingVersion =
        (UINT32)cf_option_number(thread, step, "version", thread->run->facts.max_version);
    in.params.SubmissionQueueSize = (UINT32)cf_option_number(thread, step, "sq", 32);
    in.params.CompletionQueueSize = (UINT32)cf_option_number(thread, step, "cq", 64);
    in.params.Flags.Required = (UINT32)cf_option_number(thread, step, "required", 0);
    in.params.Flags.Advisory = (UINT32)cf_option_number(thread, step, "advisory", 0);
    cf_call_begin(&call, thread, step, "NtCreateIoRing");
    cf_trace_in_u64(&call.trace, "ver", in.params.IoRingVersion);
    cf_trace_in_hex32(&call.trace, "required", in.params.Flags.Required);
    cf_trace_in_hex32(&call.trace, "advisory", in.params.Flags.Advisory);
    cf_trace_in_u64(&call.trace, "sq", in.params.SubmissionQueueSize);
    cf_trace_in_u64(&call.trace, "cq", in.params.CompletionQueueSize);
    cf_trace_in_u64(&call.trace, "inlen", in_nbytes);
    cf_trace_in_u64(&call.trace, "outlen", out_nbytes);
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
        if (null_word(step, pointers[i].option)) {
            cf_trace_in_sym(&call.trace, pointers[i].key, NULL);
        }
    }
    cf_call_start(&call);
    status = thread->run->api.NtCreateIoRing(
        null_word(step, "handle") ? NULL : &symbol->handle, (ULONG)in_nbytes,
        null_word(step, "in") ? NULL : &in, (ULONG)out_nbytes,
        null_word(step, "out") ? NULL : &out);
    cf_call_stop(&call);
    symbol->open = status >= 0 && symbol->handle;
    if (symbol->open && out_nbytes >= sizeof out.info && !null_word(step, "out")) {
        symbol->nt = out.info;
    }
    cf_trace_out_sym(&call.trace, "ring", symbol->open ? symbol->name : NULL);
    cf_out(&call, "required", symbol->nt.Flags.Required);
    cf_out(&call, "advisory", symbol->nt.Flags.Advisory);
    return cf_call_end_status(&call, status, NULL);
}

bool cf_step_ntcapslen(struct cf_thread *thread, const struct cf_step *step)
{
    uint64_t nbytes = cf_option_number(thread, step, "len", 0);
    unsigned char room[ROOM_NBYTES];
    struct cf_call call;
    NTSTATUS status;

    if (!thread->run->api.NtQueryIoRingCapabilities) {
        return cf_call_absent(thread, step, "NtQueryIoRingCapabilities");
    }
    if (!fits(thread, step, nbytes)) {
        return false;
    }
    memset(room, 0xa5, sizeof room);
    cf_call_begin(&call, thread, step, "kit.ntcapslen");
    cf_trace_in_u64(&call.trace, "len", nbytes);
    if (cf_step_option(step, "null")) {
        cf_trace_in_sym(&call.trace, "info", NULL);
    }
    cf_call_start(&call);
    status = thread->run->api.NtQueryIoRingCapabilities(
        nbytes, cf_step_option(step, "null") ? NULL : (void *)room);
    cf_call_stop(&call);
    cf_out(&call, "untouched", room[0] == 0xa5 && room[1] == 0xa5);
    return cf_call_end_status(&call, status, NULL);
}

bool cf_step_ntset(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);
    uint64_t nbytes = cf_option_number(thread, step, "len", sizeof(HANDLE));
    uint32_t class_ = (uint32_t)cf_option_number(thread, step, "class", 1);
    unsigned char room[ROOM_NBYTES];
    struct cf_file_arg event;
    struct cf_call call;
    NTSTATUS status;

    if (!thread->run->facts.has_nt) {
        return cf_call_absent(thread, step, "NtSetInformationIoRing");
    }
    if (!fits(thread, step, nbytes)) {
        return false;
    }
    cf_file_argument(thread, step->args[1], &event);
    memset(room, 0, sizeof room);
    memcpy(room, &event.handle, sizeof event.handle);
    cf_call_begin(&call, thread, step, "NtSetInformationIoRing");
    cf_trace_in_sym(&call.trace, "ring", step->args[0]);
    cf_trace_in_u64(&call.trace, "class", class_);
    cf_trace_in_u64(&call.trace, "len", nbytes);
    cf_trace_in_sym(&call.trace, "event", event.sym);
    if (cf_step_option(step, "null")) {
        cf_trace_in_sym(&call.trace, "info", NULL);
    }
    cf_call_start(&call);
    status = thread->run->api.NtSetInformationIoRing(
        symbol ? symbol->handle : NULL, class_, (ULONG)nbytes,
        cf_step_option(step, "null") ? NULL : (void *)room);
    cf_call_stop(&call);
    return cf_call_end_status(&call, status, NULL);
}

bool cf_step_ntsubmitraw(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);
    uint32_t flags = (uint32_t)cf_option_number(thread, step, "flags", 0);
    uint32_t wait = (uint32_t)cf_option_number(thread, step, "wait", 0);
    LARGE_INTEGER timeout;
    struct cf_call call;
    NTSTATUS status;

    if (!thread->run->facts.has_nt) {
        return cf_call_absent(thread, step, "NtSubmitIoRing");
    }
    timeout.QuadPart = (LONGLONG)cf_option_number(thread, step, "timeout", 0);
    cf_call_begin(&call, thread, step, "NtSubmitIoRing");
    cf_trace_in_sym(&call.trace, "ring", step->args[0]);
    cf_trace_in_hex32(&call.trace, "flags", flags);
    cf_trace_in_u64(&call.trace, "wait", wait);
    cf_trace_in_hex64(&call.trace, "timeout", (uint64_t)timeout.QuadPart);
    cf_call_start(&call);
    status = thread->run->api.NtSubmitIoRing(symbol && symbol->open ? symbol->handle : NULL, flags,
                                             wait, &timeout);
    cf_call_stop(&call);
    return cf_call_end_status(&call, status, NULL);
}

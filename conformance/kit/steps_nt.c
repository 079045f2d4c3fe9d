/* SPDX-License-Identifier: MIT */
/*
 * Steps one floor down: NtCreateIoRing and entries written by hand into the shared queues. Head and
 * tail run freely; an entry is written before the tail that shows it, and read after the tail that
 * does [S] (layout of ioringnt.h).
 */
#include "conformance/kit/run.h"

#include <stdlib.h>
#include <string.h>

#define NEED_NT()                                              \
    if (!thread->run->facts.has_nt) {                          \
        return cf_call_absent(thread, step, "NtCreateIoRing"); \
    }

static uint32_t load(const UINT32 *index)
{
    return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static void store(UINT32 *index, uint32_t value)
{
    __atomic_store_n(index, value, __ATOMIC_RELEASE);
}

bool cf_step_ntcaps(struct cf_thread *thread, const struct cf_step *step)
{
    NT_IORING_CAPABILITIES caps;
    struct cf_call call;
    NTSTATUS status;

    if (!thread->run->api.NtQueryIoRingCapabilities) {
        return cf_call_absent(thread, step, "NtQueryIoRingCapabilities");
    }
    memset(&caps, 0xa5, sizeof caps);
    cf_call_begin(&call, thread, step, "NtQueryIoRingCapabilities");
    cf_call_start(&call);
    status = thread->run->api.NtQueryIoRingCapabilities(sizeof caps, &caps);
    cf_call_stop(&call);
    cf_out(&call, "ver", caps.Version);
    cf_out(&call, "max_op", caps.MaxOpcode);
    cf_out(&call, "features", caps.FlagsSupported);
    cf_out(&call, "sq", caps.SubmissionQueueSizeMax);
    cf_out(&call, "cq", caps.CompletionQueueSizeMax);
    return cf_call_end_status(&call, status, NULL);
}

bool cf_step_ntring(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_new(thread, step->args[0], 'q');
    NT_IORING_STRUCTV1 params;
    struct cf_call call;
    NTSTATUS status;

    NEED_NT()
    memset(&params, 0, sizeof params);
    params.IoRingVersion =
        (UINT32)cf_option_number(thread, step, "version", thread->run->facts.max_version);
    params.SubmissionQueueSize = (UINT32)cf_option_number(thread, step, "sq", 32);
    params.CompletionQueueSize = (UINT32)cf_option_number(thread, step, "cq", 64);
    cf_call_begin(&call, thread, step, "NtCreateIoRing");
    cf_trace_in_u64(&call.trace, "ver", params.IoRingVersion);
    cf_trace_in_u64(&call.trace, "sq", params.SubmissionQueueSize);
    cf_trace_in_u64(&call.trace, "cq", params.CompletionQueueSize);
    cf_call_start(&call);
    status = thread->run->api.NtCreateIoRing(&symbol->handle, sizeof params, &params,
                                             sizeof symbol->nt, &symbol->nt);
    cf_call_stop(&call);
    symbol->open = status >= 0;
    cf_trace_out_sym(&call.trace, "ring", symbol->open ? symbol->name : NULL);
    cf_out(&call, "ver", symbol->nt.IoRingVersion);
    cf_out(&call, "sq", symbol->nt.SubmissionQueueSize);
    cf_out(&call, "cq", symbol->nt.CompletionQueueSize);
    cf_out(&call, "sqmask", symbol->nt.SubmissionQueueRingMask);
    cf_out(&call, "cqmask", symbol->nt.CompletionQueueRingMask);
    return cf_call_end_status(&call, status, NULL);
}

static struct cf_symbol *nt_ring(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);

    if (!symbol || !symbol->open || !symbol->nt.SubmissionQueue || !symbol->nt.CompletionQueue) {
        cf_stop(thread, step, "no ring to work on");
        return NULL;
    }
    return symbol;
}

static void fill_transfer(struct cf_thread *thread, const struct cf_step *step, NT_IORING_SQE *sqe,
                          const struct cf_file_arg *file, const struct cf_buffer_arg *buffer)
{
    sqe->Read.CommonOpFlags |= file->registered ? NT_IORING_OP_FLAG_REGISTERED_FILE : 0;
    if (file->registered) {
        sqe->Read.File.HandleIndex = file->index;
    } else {
        sqe->Read.File.Handle = file->handle;
    }
    sqe->Read.CommonOpFlags |= buffer->registered ? NT_IORING_OP_FLAG_REGISTERED_BUFFER : 0;
    if (buffer->registered) {
        sqe->Read.Buffer.FixedBuffer.BufferIndex = buffer->index;
        sqe->Read.Buffer.FixedBuffer.Offset = (UINT32)buffer->offset;
    } else {
        sqe->Read.Buffer.Address = buffer->address;
    }
    sqe->Read.Offset = cf_option_number(thread, step, "at", 0);
    sqe->Read.Length = (UINT32)cf_option_number(thread, step, "len", 0);
}

/* One element, and sparse ones up to the count: what is read behind it is the scenario's, too. */
static void *make_array(struct cf_thread *thread, const struct cf_step *step, uint32_t count,
                        size_t element_nbytes)
{
    size_t elements = count < CF_MOST_ELEMENTS ? count + 1 : CF_MOST_ELEMENTS;

    return cf_claim_bytes(thread, step, elements * element_nbytes)
               ? cf_keep(thread, elements * element_nbytes)
               : NULL;
}

/* The unions share CommonOpFlags and File; the rest depends on the operation. */
static void fill_sqe(struct cf_thread *thread, const struct cf_step *step, NT_IORING_SQE *sqe,
                     const struct cf_file_arg *file, const struct cf_buffer_arg *buffer)
{
    memset(sqe, 0, sizeof *sqe);
    uint64_t op = 0;
    cf_op_number(cf_step_option(step, "op"), &op);
    sqe->OpCode = (UINT32)op;
    sqe->Flags = (UINT32)cf_option_number(thread, step, "flags", 0);
    sqe->UserData = cf_option_number(thread, step, "ud", 0);
    if (op == IORING_OP_READ || op == IORING_OP_WRITE) {
        fill_transfer(thread, step, sqe, file, buffer);
        if (op == IORING_OP_WRITE) {
            sqe->Write.WriteFlags = (UINT32)cf_option_number(thread, step, "mode", 0);
        }
    } else if (op == IORING_OP_FLUSH) {
        sqe->Flush.File.Handle = file->handle;
        sqe->Flush.FlushMode = (UINT32)cf_option_number(thread, step, "mode", 0);
    } else if (op == IORING_OP_CANCEL) {
        sqe->Cancel.File.Handle = file->handle;
        sqe->Cancel.CancelId = cf_option_number(thread, step, "target", 0);
    } else if (op == IORING_OP_REGISTER_FILES) {
        sqe->RegisterFiles.Count = (UINT32)cf_option_number(thread, step, "count", 1);
        HANDLE *handles = make_array(thread, step, sqe->RegisterFiles.Count, sizeof *handles);
        if (handles) {
            *handles = file->handle;
        }
        sqe->RegisterFiles.Handles = handles;
    } else if (op == IORING_OP_REGISTER_BUFFERS) {
        sqe->RegisterBuffers.Count = (UINT32)cf_option_number(thread, step, "count", 1);
        IORING_BUFFER_INFO *info =
            make_array(thread, step, sqe->RegisterBuffers.Count, sizeof *info);
        uint32_t nbytes = (UINT32)cf_option_number(thread, step, "len", 0);
        if (info && cf_buffer_holds(thread, step, buffer, nbytes)) {
            info->Address = buffer->address;
            info->Length = nbytes;
        }
        sqe->RegisterBuffers.Buffers = info;
    }
    sqe->Read.CommonOpFlags |= (UINT32)cf_option_number(thread, step, "common", 0);
}

bool cf_step_ntsqe(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = nt_ring(thread, step);
    const char *file_word = cf_step_option(step, "file"),
               *buffer_word = cf_step_option(step, "buf");
    struct cf_file_arg file = {0};
    struct cf_buffer_arg buffer = {0};
    struct cf_call call;
    NT_IORING_SQE sqe;

    if (!symbol) {
        return false;
    }
    if (file_word) {
        cf_file_argument(thread, file_word, &file);
    }
    if (buffer_word) {
        cf_buffer_argument(thread, buffer_word, &buffer);
    }
    fill_sqe(thread, step, &sqe, &file, &buffer);
    cf_call_begin(&call, thread, step, "kit.sqe");
    cf_trace_in_sym(&call.trace, "ring", symbol->name);
    cf_trace_in_u64(&call.trace, "op", sqe.OpCode);
    cf_call_file(&call, &file);
    cf_call_buffer(&call, &buffer);
    cf_trace_in_u64(&call.trace, "len", cf_option_number(thread, step, "len", 0));
    cf_trace_in_u64(&call.trace, "off", cf_option_number(thread, step, "at", 0));
    cf_trace_in_hex32(&call.trace, "common", (uint32_t)cf_option_number(thread, step, "common", 0));
    cf_trace_in_u64(&call.trace, "mode", cf_option_number(thread, step, "mode", 0));
    cf_trace_in_u64(&call.trace, "count", cf_option_number(thread, step, "count", 1));
    cf_trace_in_hex64(&call.trace, "target", cf_option_number(thread, step, "target", 0));
    cf_trace_in_hex64(&call.trace, "ud", sqe.UserData);
    cf_trace_in_hex32(&call.trace, "sqe", sqe.Flags);
    cf_call_start(&call);
    uint32_t tail = load(&symbol->nt.SubmissionQueue->Tail);
    NtIoRingSubmissionEntries(
        symbol->nt.SubmissionQueue)[tail & symbol->nt.SubmissionQueueRingMask] = sqe;
    store(&symbol->nt.SubmissionQueue->Tail, tail + 1);
    return cf_call_end_ret(&call, 1, 0, true, NULL);
}

static bool nt_submit(struct cf_thread *thread, const struct cf_step *step, uint32_t wait,
                      uint32_t ms, uint32_t flags, NTSTATUS *status_out)
{
    struct cf_symbol *symbol = nt_ring(thread, step);
    LARGE_INTEGER timeout;
    struct cf_call call;

    if (!symbol) {
        return false;
    }
    timeout.QuadPart = -(int64_t)ms * 10000; /* relative, 100 ns */
    cf_call_begin(&call, thread, step, "NtSubmitIoRing");
    cf_trace_in_sym(&call.trace, "ring", symbol->name);
    cf_trace_in_hex32(&call.trace, "flags", flags);
    cf_trace_in_u64(&call.trace, "wait", wait);
    if (ms == 0xffffffff) {
        cf_trace_in_sym(&call.trace, "timeout", NULL);
    } else {
        cf_trace_in_hex64(&call.trace, "timeout", (uint64_t)timeout.QuadPart);
    }
    cf_call_start(&call);
    *status_out = thread->run->api.NtSubmitIoRing(symbol->handle, flags, wait,
                                                  ms == 0xffffffff ? NULL : &timeout);
    cf_call_stop(&call);
    return cf_call_end_status(&call, *status_out, NULL);
}

bool cf_step_ntsubmit(struct cf_thread *thread, const struct cf_step *step)
{
    NTSTATUS status;

    NEED_NT()
    return nt_submit(thread, step, (uint32_t)cf_option_number(thread, step, "wait", 0),
                     (uint32_t)cf_option_number(thread, step, "ms", 0xffffffff),
                     (uint32_t)cf_option_number(thread, step, "flags", 0), &status);
}

/* False when the queue is empty. */
static bool nt_take(struct cf_thread *thread, const struct cf_step *step, struct cf_symbol *symbol)
{
    NT_IORING_COMPLETION_QUEUE *queue = symbol->nt.CompletionQueue;
    uint32_t head = load(&queue->Head);
    struct cf_call call;
    NT_IORING_CQE cqe;
    uint64_t n;
    bool some;

    cf_look(thread, NULL, 0);
    some = head != load(&queue->Tail);
    cf_call_begin(&call, thread, step, "kit.ntpop");
    cf_trace_in_sym(&call.trace, "ring", symbol->name);
    if (some) {
        cqe = NtIoRingCompletionEntries(queue)[head & symbol->nt.CompletionQueueRingMask];
        store(&queue->Head, head + 1);
    }
    cf_call_end_ret(&call, some, 0, true, &n);
    if (some) {
        cf_trace_cqe(thread->run->writer, symbol->name, cqe.UserData, cqe.IoStatus.Status,
                     cqe.IoStatus.Information, symbol->popped++, n);
    }
    return some;
}

bool cf_step_ntpop(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = nt_ring(thread, step);

    if (!symbol) {
        return false;
    }
    nt_take(thread, step, symbol);
    return true;
}

bool cf_step_ntdrain(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = nt_ring(thread, step);
    uint64_t want = cf_option_number(thread, step, "n", 0), popped = 0;
    struct cf_step quiet = *step;
    struct cf_call call;
    NTSTATUS status;
    bool last = false;

    NEED_NT()
    if (!symbol) {
        return false;
    }
    quiet.label = "kit";
    for (;;) {
        if (!cf_claim_step(thread, step)) {
            return false;
        }
        if (nt_take(thread, step, symbol)) {
            popped++;
            continue;
        }
        if (popped >= want || last) {
            break;
        }
        if (!nt_submit(thread, &quiet, 1, 5000, 0, &status)) {
            return false;
        }
        last = status != 0; /* a timeout is a success code here */
    }
    cf_call_begin(&call, thread, step, "kit.drained");
    cf_out(&call, "popped", popped);
    if (popped < want && !step->label) {
        cf_call_end_ret(&call, 0, 0, true, NULL);
        return cf_stop(thread, step, "%llu of %llu completions came", (unsigned long long)popped,
                       (unsigned long long)want);
    }
    return cf_call_end_ret(&call, popped >= want, 0, true, NULL);
}

bool cf_step_ntattach(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = nt_ring(thread, step);
    struct cf_file_arg event;
    struct cf_call call;
    NTSTATUS status;

    NEED_NT()
    if (!symbol) {
        return false;
    }
    cf_file_argument(thread, step->args[1], &event);
    cf_call_begin(&call, thread, step, "NtSetInformationIoRing");
    cf_trace_in_sym(&call.trace, "ring", symbol->name);
    cf_trace_in_u64(&call.trace, "class", IoRingRegisterUserCompletionEventClass);
    cf_trace_in_sym(&call.trace, "event", event.sym);
    cf_call_start(&call);
    status = thread->run->api.NtSetInformationIoRing(
        symbol->handle, IoRingRegisterUserCompletionEventClass, sizeof event.handle, &event.handle);
    cf_call_stop(&call);
    return cf_call_end_status(&call, status, NULL);
}

bool cf_step_ntpeek(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = nt_ring(thread, step);
    struct cf_call call;

    if (!symbol) {
        return false;
    }
    cf_look(thread, NULL, 0);
    cf_call_begin(&call, thread, step, "kit.ntpeek");
    cf_trace_in_sym(&call.trace, "ring", symbol->name);
    cf_out(&call, "sqhead", load(&symbol->nt.SubmissionQueue->Head));
    cf_out(&call, "sqtail", load(&symbol->nt.SubmissionQueue->Tail));
    cf_out(&call, "cqhead", load(&symbol->nt.CompletionQueue->Head));
    cf_out(&call, "cqtail", load(&symbol->nt.CompletionQueue->Tail));
    return cf_call_end_ret(&call, 1, 0, true, NULL);
}

bool cf_step_ntpoke(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = nt_ring(thread, step);
    struct cf_call call;

    if (!symbol) {
        return false;
    }
    struct {
        const char *name;
        UINT32 *index;
    } indices[] = {{"sqhead", &symbol->nt.SubmissionQueue->Head},
                   {"sqtail", &symbol->nt.SubmissionQueue->Tail},
                   {"cqhead", &symbol->nt.CompletionQueue->Head},
                   {"cqtail", &symbol->nt.CompletionQueue->Tail}};
    cf_look(thread, NULL, 0);
    cf_call_begin(&call, thread, step, "kit.ntpoke");
    cf_trace_in_sym(&call.trace, "ring", symbol->name);
    for (size_t i = 0; i < sizeof indices / sizeof *indices; i++) {
        const char *word = cf_step_option(step, indices[i].name);
        if (word) {
            uint32_t value = (uint32_t)cf_number(thread, word);
            cf_trace_in_u64(&call.trace, indices[i].name, value);
            store(indices[i].index, value);
        }
    }
    return cf_call_end_ret(&call, 1, 0, true, NULL);
}

bool cf_step_ntclose(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol = nt_ring(thread, step);
    struct cf_call call;
    NTSTATUS status;

    NEED_NT()
    if (!symbol) {
        return false;
    }
    cf_call_begin(&call, thread, step, "NtClose");
    cf_trace_in_sym(&call.trace, "obj", symbol->name);
    cf_call_start(&call);
    status = thread->run->api.NtClose(symbol->handle);
    cf_call_stop(&call);
    symbol->open = symbol->open && status < 0;
    return cf_call_end_status(&call, status, NULL);
}

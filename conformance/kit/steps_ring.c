/* SPDX-License-Identifier: MIT */
/* Steps that make, fill, submit, drain and close rings. */
#include "conformance/kit/run.h"

#include <stdlib.h>
#include <string.h>

#define NEED(function)                                  \
    if (!thread->run->api.function) {                   \
        return cf_call_absent(thread, step, #function); \
    }

bool cf_step_caps(struct cf_thread *thread, const struct cf_step *step)
{
    IORING_CAPABILITIES caps;
    struct cf_call call;
    HRESULT hr;

    NEED(QueryIoRingCapabilities)
    memset(&caps, 0xa5, sizeof caps);
    cf_call_begin(&call, thread, step, "QueryIoRingCapabilities");
    cf_call_start(&call);
    hr = thread->run->api.QueryIoRingCapabilities(&caps);
    cf_call_stop(&call);
    cf_out(&call, "ver", (uint32_t)caps.MaxVersion);
    cf_out(&call, "sq", caps.MaxSubmissionQueueSize);
    cf_out(&call, "cq", caps.MaxCompletionQueueSize);
    cf_out(&call, "features", (uint32_t)caps.FeatureFlags);
    return cf_call_end_hr(&call, hr, NULL);
}

bool cf_step_ring(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_symbol *symbol;
    struct cf_call call;
    IORING_CREATE_FLAGS flags;
    uint32_t version =
        (uint32_t)cf_option_number(thread, step, "version", thread->run->facts.max_version);
    uint32_t sq = (uint32_t)cf_option_number(thread, step, "sq", 32);
    uint32_t cq = (uint32_t)cf_option_number(thread, step, "cq", 64);
    HRESULT hr;

    NEED(CreateIoRing)
    flags.Required = (IORING_CREATE_REQUIRED_FLAGS)cf_option_number(thread, step, "required", 0);
    flags.Advisory = (IORING_CREATE_ADVISORY_FLAGS)cf_option_number(thread, step, "advisory", 0);
    symbol = cf_symbol_new(thread, step->args[0], 'r');
    symbol->ring_version = version;
    cf_call_begin(&call, thread, step, "CreateIoRing");
    cf_trace_in_u64(&call.trace, "ver", version);
    cf_trace_in_hex32(&call.trace, "required", (uint32_t)flags.Required);
    cf_trace_in_hex32(&call.trace, "advisory", (uint32_t)flags.Advisory);
    cf_trace_in_u64(&call.trace, "sq", sq);
    cf_trace_in_u64(&call.trace, "cq", cq);
    cf_call_start(&call);
    hr = thread->run->api.CreateIoRing((IORING_VERSION)version, flags, sq, cq, &symbol->ring);
    cf_call_stop(&call);
    symbol->open = SUCCEEDED(hr);
    cf_trace_out_sym(&call.trace, "ring", symbol->open ? symbol->name : NULL);
    return cf_call_end_hr(&call, hr, NULL);
}

static HIORING ring_of(struct cf_thread *thread, const struct cf_step *step,
                       struct cf_symbol **symbol_out)
{
    struct cf_symbol *symbol = cf_symbol_find(thread, step->args[0]);

    *symbol_out = symbol;
    return symbol ? symbol->ring : NULL;
}

#define BEGIN(fn)                                  \
    struct cf_symbol *symbol;                      \
    HIORING ring = ring_of(thread, step, &symbol); \
    struct cf_call call;                           \
    NEED(fn)                                       \
    cf_call_begin(&call, thread, step, #fn);       \
    cf_trace_in_sym(&call.trace, "ring", symbol ? symbol->name : NULL);

bool cf_step_info(struct cf_thread *thread, const struct cf_step *step)
{
    IORING_INFO info;
    HRESULT hr;

    BEGIN(GetIoRingInfo)
    memset(&info, 0xa5, sizeof info);
    cf_call_start(&call);
    hr = thread->run->api.GetIoRingInfo(ring, &info);
    cf_call_stop(&call);
    cf_out(&call, "ver", (uint32_t)info.IoRingVersion);
    cf_out_hex(&call, "required", (uint32_t)info.Flags.Required);
    cf_out_hex(&call, "advisory", (uint32_t)info.Flags.Advisory);
    cf_out(&call, "sq", info.SubmissionQueueSize);
    cf_out(&call, "cq", info.CompletionQueueSize);
    return cf_call_end_hr(&call, hr, NULL);
}

bool cf_step_isop(struct cf_thread *thread, const struct cf_step *step)
{
    uint64_t op = 0;
    BOOL ret;

    BEGIN(IsIoRingOpSupported)
    cf_op_number(step->args[1], &op);
    cf_trace_in_u64(&call.trace, "op", op);
    cf_call_start(&call);
    ret = thread->run->api.IsIoRingOpSupported(ring, (IORING_OP_CODE)op);
    cf_call_stop(&call);
    return cf_call_end_ret(&call, ret ? 1 : 0, GetLastError(), true, NULL);
}

/* ---- builders ---- */

static IORING_HANDLE_REF handle_ref(const struct cf_file_arg *file)
{
    IORING_HANDLE_REF ref;

    memset(&ref, 0, sizeof ref);
    if (file->registered) {
        ref.Kind = IORING_REF_REGISTERED;
        ref.Handle.Index = file->index;
    } else {
        ref.Kind = IORING_REF_RAW;
        ref.Handle.Handle = file->handle;
    }
    return ref;
}

static IORING_BUFFER_REF buffer_ref(const struct cf_buffer_arg *buffer)
{
    IORING_BUFFER_REF ref;

    memset(&ref, 0, sizeof ref);
    if (buffer->registered) {
        ref.Kind = IORING_REF_REGISTERED;
        ref.Buffer.IndexAndOffset.BufferIndex = buffer->index;
        ref.Buffer.IndexAndOffset.Offset = (UINT32)buffer->offset;
    } else {
        ref.Kind = IORING_REF_RAW;
        ref.Buffer.Address = buffer->address;
    }
    return ref;
}

/* What most builders share: the words of the step as values. */
struct build {
    struct cf_file_arg file;
    struct cf_buffer_arg buffer;
    uint32_t nbytes, flags, write_flags;
    uint64_t offset, user_data;
};

static struct build build_words(struct cf_thread *thread, const struct cf_step *step)
{
    struct build words;

    memset(&words, 0, sizeof words);
    words.nbytes = (uint32_t)cf_option_number(thread, step, "len", 0);
    words.offset = cf_option_number(thread, step, "at", 0);
    words.user_data = cf_option_number(thread, step, "ud", 0);
    words.flags = (uint32_t)cf_option_number(thread, step, "flags", 0);
    words.write_flags = (uint32_t)cf_option_number(thread, step, "wflags", 0);
    if (cf_step_option(step, "drain")) {
        words.flags |= IOSQE_FLAGS_DRAIN_PRECEDING_OPS;
    }
    if (cf_step_option(step, "through")) {
        words.write_flags |= FILE_WRITE_FLAGS_WRITE_THROUGH;
    }
    return words;
}

static void trace_transfer(struct cf_call *call, const struct build *words)
{
    cf_call_file(call, &words->file);
    cf_call_buffer(call, &words->buffer);
    cf_trace_in_u64(&call->trace, "len", words->nbytes);
    cf_trace_in_u64(&call->trace, "off", words->offset);
}

bool cf_step_read(struct cf_thread *thread, const struct cf_step *step)
{
    struct build words = build_words(thread, step);
    HRESULT hr;

    BEGIN(BuildIoRingReadFile)
    cf_file_argument(thread, step->args[1], &words.file);
    cf_buffer_argument(thread, step->args[2], &words.buffer);
    trace_transfer(&call, &words);
    cf_trace_in_hex64(&call.trace, "ud", words.user_data);
    cf_trace_in_hex32(&call.trace, "sqe", words.flags);
    cf_call_start(&call);
    hr = thread->run->api.BuildIoRingReadFile(
        ring, handle_ref(&words.file), buffer_ref(&words.buffer), words.nbytes, words.offset,
        (UINT_PTR)words.user_data, (IORING_SQE_FLAGS)words.flags);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

bool cf_step_write(struct cf_thread *thread, const struct cf_step *step)
{
    struct build words = build_words(thread, step);
    HRESULT hr;

    BEGIN(BuildIoRingWriteFile)
    cf_file_argument(thread, step->args[1], &words.file);
    cf_buffer_argument(thread, step->args[2], &words.buffer);
    trace_transfer(&call, &words);
    cf_trace_in_hex32(&call.trace, "write", words.write_flags);
    cf_trace_in_hex64(&call.trace, "ud", words.user_data);
    cf_trace_in_hex32(&call.trace, "sqe", words.flags);
    cf_call_start(&call);
    hr = thread->run->api.BuildIoRingWriteFile(
        ring, handle_ref(&words.file), buffer_ref(&words.buffer), words.nbytes, words.offset,
        (FILE_WRITE_FLAGS)words.write_flags, (UINT_PTR)words.user_data,
        (IORING_SQE_FLAGS)words.flags);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

bool cf_step_flush(struct cf_thread *thread, const struct cf_step *step)
{
    struct build words = build_words(thread, step);
    uint32_t mode = (uint32_t)cf_option_number(thread, step, "mode", 0);
    HRESULT hr;

    BEGIN(BuildIoRingFlushFile)
    cf_file_argument(thread, step->args[1], &words.file);
    cf_call_file(&call, &words.file);
    cf_trace_in_u64(&call.trace, "mode", mode);
    cf_trace_in_hex64(&call.trace, "ud", words.user_data);
    cf_trace_in_hex32(&call.trace, "sqe", words.flags);
    cf_call_start(&call);
    hr = thread->run->api.BuildIoRingFlushFile(ring, handle_ref(&words.file), (FILE_FLUSH_MODE)mode,
                                               (UINT_PTR)words.user_data,
                                               (IORING_SQE_FLAGS)words.flags);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

bool cf_step_cancel(struct cf_thread *thread, const struct cf_step *step)
{
    struct build words = build_words(thread, step);
    uint64_t target = cf_option_number(thread, step, "target", 0);
    HRESULT hr;

    BEGIN(BuildIoRingCancelRequest)
    cf_file_argument(thread, step->args[1], &words.file);
    cf_call_file(&call, &words.file);
    cf_trace_in_hex64(&call.trace, "target", target);
    cf_trace_in_hex64(&call.trace, "ud", words.user_data);
    cf_call_start(&call);
    hr = thread->run->api.BuildIoRingCancelRequest(ring, handle_ref(&words.file), (UINT_PTR)target,
                                                   (UINT_PTR)words.user_data);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

/* The pointer that a builder of arrays gets: the array, NULL, or non-NULL with nothing behind. */
static const void *array_pointer(const struct cf_step *step, const void *array)
{
    const char *word = cf_step_option(step, "array");

    return word && !strcmp(word, "null") ? NULL : array;
}

/* The array lies in a buffer of the scenario, which may spoil or unmap it after the build. */
static void *array_in_buffer(struct cf_thread *thread, const struct cf_step *step, const char *name,
                             size_t nbytes)
{
    struct cf_symbol *buffer = cf_symbol_find(thread, name);

    if (!buffer || buffer->class_ != 'b' || !buffer->writable || buffer->nbytes < nbytes) {
        cf_stop(thread, step, "the array does not fit buffer '%s'", name);
        return NULL;
    }
    memset(buffer->bytes, 0, nbytes);
    return buffer->bytes;
}

/*
 * An array for what is given, a zero element behind it, and sparse entries up to a larger count: the
 * count is the scenario's, what is read behind its array must be, too. NULL: more than a trial may have.
 */
static void *make_array(struct cf_thread *thread, const struct cf_step *step, uint32_t given,
                        uint32_t count, size_t element_nbytes)
{
    const char *word = cf_step_option(step, "array");
    size_t elements = count <= given ? given + 1 : count;

    if (elements > CF_MOST_ELEMENTS) {
        elements = CF_MOST_ELEMENTS;
    }
    if (word && strcmp(word, "null")) {
        return array_in_buffer(thread, step, word, elements * element_nbytes);
    }
    return cf_claim_bytes(thread, step, elements * element_nbytes)
               ? cf_keep(thread, elements * element_nbytes)
               : NULL;
}

static void trace_array(struct cf_call *call, const struct cf_step *step)
{
    const char *word = cf_step_option(step, "array");

    if (word && strcmp(word, "null")) {
        cf_trace_in_sym(&call->trace, "array", word);
    }
}

bool cf_step_regfiles(struct cf_thread *thread, const struct cf_step *step)
{
    uint32_t given = step->arg_count - 1;
    uint32_t count = (uint32_t)cf_option_number(thread, step, "count", given);
    HANDLE *handles = make_array(thread, step, given, count, sizeof *handles);
    struct cf_file_arg files[CF_MAX_WORDS];
    const char *texts[CF_MAX_WORDS];
    uint64_t user_data = cf_option_number(thread, step, "ud", 0);
    HRESULT hr;

    if (!handles) {
        return false;
    }
    BEGIN(BuildIoRingRegisterFileHandles)
    for (uint32_t i = 0; i < given; i++) {
        cf_file_argument(thread, step->args[i + 1], &files[i]);
        handles[i] = files[i].handle;
        texts[i] = files[i].sym;
    }
    cf_trace_in_u64(&call.trace, "count", count);
    trace_array(&call, step);
    if (given) {
        cf_trace_in_syms(&call.trace, "files", texts, given);
    } else {
        cf_trace_in_str(&call.trace, "files", array_pointer(step, handles) ? "nonnull" : "null");
    }
    cf_trace_in_hex64(&call.trace, "ud", user_data);
    cf_call_start(&call);
    hr = thread->run->api.BuildIoRingRegisterFileHandles(ring, count, array_pointer(step, handles),
                                                         (UINT_PTR)user_data);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

bool cf_step_regbufs(struct cf_thread *thread, const struct cf_step *step)
{
    uint32_t given = step->arg_count - 1;
    uint32_t count = (uint32_t)cf_option_number(thread, step, "count", given);
    IORING_BUFFER_INFO *infos = make_array(thread, step, given, count, sizeof *infos);
    struct cf_buffer_arg buffers[CF_MAX_WORDS];
    const char *texts[CF_MAX_WORDS];
    uint64_t lengths[CF_MAX_WORDS], offsets[CF_MAX_WORDS];
    uint64_t user_data = cf_option_number(thread, step, "ud", 0);
    HRESULT hr;

    if (!infos) {
        return false;
    }
    BEGIN(BuildIoRingRegisterBuffers)
    for (uint32_t i = 0; i < given; i++) {
        const char *colon = strrchr(step->args[i + 1], ':');
        char *word = cf_xstrndup(step->args[i + 1], (size_t)(colon - step->args[i + 1]));
        cf_buffer_argument(thread, word, &buffers[i]);
        free(word);
        lengths[i] = cf_number(thread, colon + 1);
        infos[i].Address =
            cf_buffer_holds(thread, step, &buffers[i], lengths[i]) ? buffers[i].address : NULL;
        infos[i].Length = (UINT32)lengths[i];
        texts[i] = buffers[i].sym[0] ? buffers[i].sym : NULL;
        offsets[i] = buffers[i].offset;
    }
    cf_trace_in_u64(&call.trace, "count", count);
    trace_array(&call, step);
    if (given) {
        cf_trace_in_syms(&call.trace, "bufs", texts, given);
        cf_trace_in_u64s(&call.trace, "buf_offs", offsets, given);
        cf_trace_in_u64s(&call.trace, "lens", lengths, given);
    } else {
        cf_trace_in_str(&call.trace, "bufs", array_pointer(step, infos) ? "nonnull" : "null");
    }
    cf_trace_in_hex64(&call.trace, "ud", user_data);
    cf_call_start(&call);
    hr = thread->run->api.BuildIoRingRegisterBuffers(ring, count, array_pointer(step, infos),
                                                     (UINT_PTR)user_data);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

/* One page a segment, then a zero element, as ReadFileScatter wants it. */
static FILE_SEGMENT_ELEMENT *segments(struct cf_thread *thread, const struct cf_step *step,
                                      struct cf_call *call, uint32_t *count_out)
{
    uint32_t given = step->arg_count - 2;
    FILE_SEGMENT_ELEMENT *elements = cf_keep(thread, (given + 1) * sizeof *elements);
    struct cf_buffer_arg buffers[CF_MAX_WORDS];
    const char *texts[CF_MAX_WORDS];
    uint64_t offsets[CF_MAX_WORDS];

    for (uint32_t i = 0; i < given; i++) {
        cf_buffer_argument(thread, step->args[i + 2], &buffers[i]);
        elements[i].Buffer = (PVOID64)(uintptr_t)buffers[i].address;
        texts[i] = buffers[i].sym[0] ? buffers[i].sym : NULL;
        offsets[i] = buffers[i].offset;
    }
    cf_trace_in_syms(&call->trace, "bufs", texts, given);
    cf_trace_in_u64s(&call->trace, "buf_offs", offsets, given);
    *count_out = given;
    return elements;
}

static bool vectored(struct cf_thread *thread, const struct cf_step *step, struct cf_call *call,
                     HIORING ring, bool writing)
{
    struct build words = build_words(thread, step);
    uint32_t count;
    HRESULT hr;

    cf_file_argument(thread, step->args[1], &words.file);
    cf_call_file(call, &words.file);
    FILE_SEGMENT_ELEMENT *elements = segments(thread, step, call, &count);
    cf_trace_in_u64(&call->trace, "len", words.nbytes);
    cf_trace_in_u64(&call->trace, "off", words.offset);
    if (writing) {
        cf_trace_in_hex32(&call->trace, "write", words.write_flags);
    }
    cf_trace_in_hex64(&call->trace, "ud", words.user_data);
    cf_trace_in_hex32(&call->trace, "sqe", words.flags);
    cf_call_start(call);
    if (writing) {
        hr = thread->run->api.BuildIoRingWriteFileGather(
            ring, handle_ref(&words.file), count, elements, words.nbytes, words.offset,
            (FILE_WRITE_FLAGS)words.write_flags, (UINT_PTR)words.user_data,
            (IORING_SQE_FLAGS)words.flags);
    } else {
        hr = thread->run->api.BuildIoRingReadFileScatter(
            ring, handle_ref(&words.file), count, elements, words.nbytes, words.offset,
            (UINT_PTR)words.user_data, (IORING_SQE_FLAGS)words.flags);
    }
    cf_call_stop(call);
    return cf_call_end_hr(call, hr, NULL);
}

bool cf_step_scatter(struct cf_thread *thread, const struct cf_step *step)
{
    BEGIN(BuildIoRingReadFileScatter)
    return vectored(thread, step, &call, ring, false);
}

bool cf_step_gather(struct cf_thread *thread, const struct cf_step *step)
{
    BEGIN(BuildIoRingWriteFileGather)
    return vectored(thread, step, &call, ring, true);
}

/* ---- submit, pop, event, close ---- */

static bool submit(struct cf_thread *thread, const struct cf_step *step, uint32_t wait, uint32_t ms,
                   bool with_count, HRESULT *hr_out)
{
    UINT32 submitted = 0xa5a5a5a5;

    BEGIN(SubmitIoRing)
    cf_trace_in_u64(&call.trace, "wait", wait);
    cf_trace_in_u64(&call.trace, "ms", ms);
    cf_call_start(&call);
    *hr_out = thread->run->api.SubmitIoRing(ring, wait, ms, with_count ? &submitted : NULL);
    cf_call_stop(&call);
    if (with_count) {
        cf_out(&call, "submitted", submitted);
    }
    return cf_call_end_hr(&call, *hr_out, NULL);
}

bool cf_step_submit(struct cf_thread *thread, const struct cf_step *step)
{
    HRESULT hr;

    return submit(thread, step, (uint32_t)cf_option_number(thread, step, "wait", 0),
                  (uint32_t)cf_option_number(thread, step, "ms", 0), !cf_step_option(step, "null"),
                  &hr);
}

static bool pop(struct cf_thread *thread, const struct cf_step *step, HRESULT *hr_out)
{
    static const uint8_t untouched[sizeof(IORING_CQE)] = {[0 ... sizeof(IORING_CQE) - 1] = 0xa5};
    IORING_CQE cqe;
    uint64_t n;
    bool good;

    BEGIN(PopIoRingCompletion)
    memset(&cqe, 0xa5, sizeof cqe);
    cf_call_start(&call);
    *hr_out = thread->run->api.PopIoRingCompletion(ring, &cqe);
    cf_call_stop(&call);
    if (*hr_out != S_OK) {
        cf_out(&call, "untouched", !memcmp(&cqe, untouched, sizeof cqe));
    }
    good = cf_call_end_hr(&call, *hr_out, &n);
    if (*hr_out == S_OK && symbol) {
        cf_trace_cqe(thread->run->writer, symbol->name, cqe.UserData, cqe.ResultCode,
                     cqe.Information, symbol->popped++, n);
    }
    return good;
}

bool cf_step_pop(struct cf_thread *thread, const struct cf_step *step)
{
    HRESULT hr;

    return pop(thread, step, &hr);
}

/*
 * Waits inside SubmitIoRing, so it also submits what is built. E_INVALIDARG from a wait means that
 * nothing is under way any more: one more look at the queue, then it is over.
 */
bool cf_step_drain(struct cf_thread *thread, const struct cf_step *step)
{
    uint64_t want = cf_option_number(thread, step, "n", 0), popped = 0;
    uint32_t ms = (uint32_t)cf_option_number(thread, step, "ms", 5000);
    struct cf_step quiet = *step; /* helper calls are traced without the label */
    struct cf_call call;
    HRESULT hr;
    bool last = false;

    for (;;) {
        if (!cf_claim_step(thread, step) || !pop(thread, step, &hr)) {
            return false;
        }
        if (hr == S_OK) {
            popped++;
            continue;
        }
        if (popped >= want || last || FAILED(hr)) {
            break;
        }
        quiet.label = "kit";
        if (!submit(thread, &quiet, 1, ms, true, &hr)) {
            return false;
        }
        last = FAILED(hr);
    }
    cf_call_begin(&call, thread, step, "kit.drained");
    cf_out(&call, "popped", popped);
    if (want && popped < want && !step->label) {
        cf_call_end_ret(&call, 0, 0, true, NULL);
        return cf_stop(thread, step, "%llu of %llu completions came", (unsigned long long)popped,
                       (unsigned long long)want);
    }
    return cf_call_end_ret(&call, popped >= want, 0, true, NULL);
}

bool cf_step_attach(struct cf_thread *thread, const struct cf_step *step)
{
    struct cf_file_arg event;
    HRESULT hr;

    BEGIN(SetIoRingCompletionEvent)
    cf_file_argument(thread, step->args[1], &event);
    cf_trace_in_sym(&call.trace, "event", event.sym);
    cf_call_start(&call);
    hr = thread->run->api.SetIoRingCompletionEvent(ring, event.handle);
    cf_call_stop(&call);
    return cf_call_end_hr(&call, hr, NULL);
}

bool cf_step_closering(struct cf_thread *thread, const struct cf_step *step)
{
    HRESULT hr;

    BEGIN(CloseIoRing)
    cf_call_start(&call);
    hr = thread->run->api.CloseIoRing(ring);
    cf_call_stop(&call);
    if (symbol && SUCCEEDED(hr)) {
        symbol->open = false;
    }
    return cf_call_end_hr(&call, hr, NULL);
}

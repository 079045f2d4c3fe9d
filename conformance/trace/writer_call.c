/* SPDX-License-Identifier: MIT */
/*
 * Calls. A call is written when it ends, so lines are in order of ends while n is in order of begins:
 * readers sort out the overlap.
 */
#include "conformance/trace/kept.h"
#include "conformance/trace/record.h"

#include <string.h>

void cf_trace_call_begin(struct cf_trace_call *call, struct cf_trace_writer *writer, const char *fn,
                         const char *step, uint32_t thread)
{
    call->writer = writer;
    if (!writer)
        return;
    call->fn = fn;
    call->step = step;
    call->thread = thread;
    call->t1_ns = 0;
    if (!writer->kept) {
        cf_text_init(&call->in);
        cf_text_init(&call->out);
    }
    cf_lock_acquire(&writer->lock);
    call->n = ++writer->last_call;
    if (writer->kept)
        cf_kept_call_begin_locked(call);
    cf_lock_release(&writer->lock);
    call->t0_ns = cf_trace_now_ns(writer);
}

void cf_trace_call_start(struct cf_trace_call *call)
{
    if (call->writer)
        call->t0_ns = cf_trace_now_ns(call->writer);
}

void cf_trace_call_stop(struct cf_trace_call *call)
{
    if (call->writer)
        call->t1_ns = cf_trace_now_ns(call->writer);
}

void cf_trace_in_u64(struct cf_trace_call *call, const char *key, uint64_t value)
{
    if (call->writer && call->writer->kept)
        cf_kept_put_number(call, 0, key, CF_VALUE_NUMBER, value);
    else if (call->writer)
        cf_put_u64(&call->in, key, value);
}

void cf_trace_in_hex32(struct cf_trace_call *call, const char *key, uint32_t value)
{
    if (call->writer && call->writer->kept)
        cf_kept_put_number(call, 0, key, CF_VALUE_HEX, value);
    else if (call->writer)
        cf_put_hex(&call->in, key, value, 8);
}

void cf_trace_in_hex64(struct cf_trace_call *call, const char *key, uint64_t value)
{
    if (call->writer && call->writer->kept)
        cf_kept_put_number(call, 0, key, CF_VALUE_HEX, value);
    else if (call->writer)
        cf_put_hex(&call->in, key, value, 1);
}

static void put_symbol(struct cf_trace_text *text, const char *key, const char *sym)
{
    cf_text_key(text, key);
    if (sym)
        cf_text_string(text, sym);
    else
        cf_text_raw(text, "null");
}

void cf_trace_in_sym(struct cf_trace_call *call, const char *key, const char *sym)
{
    if (call->writer && call->writer->kept)
        cf_kept_put_string(call, 0, key, sym);
    else if (call->writer)
        put_symbol(&call->in, key, sym);
}

void cf_trace_in_str(struct cf_trace_call *call, const char *key, const char *chars)
{
    if (call->writer && call->writer->kept)
        cf_kept_put_string(call, 0, key, chars);
    else if (call->writer)
        put_symbol(&call->in, key, chars);
}

void cf_trace_in_str16(struct cf_trace_call *call, const char *key, const uint16_t *chars)
{
    if (!call->writer)
        return;
    if (call->writer->kept) {
        cf_kept_put(call, 0, key, CF_VALUE_OPAQUE);
        return;
    }
    cf_text_key(&call->in, key);
    if (chars)
        cf_text_string16(&call->in, chars);
    else
        cf_text_raw(&call->in, "null");
}

void cf_trace_in_syms(struct cf_trace_call *call, const char *key, const char *const *syms,
                      size_t count)
{
    if (call->writer && call->writer->kept)
        cf_kept_put_strings(call, key, syms, count);
    else if (call->writer)
        cf_put_strings(&call->in, key, syms, count);
}

void cf_trace_in_u64s(struct cf_trace_call *call, const char *key, const uint64_t *values,
                      size_t count)
{
    if (!call->writer)
        return;
    if (call->writer->kept) {
        cf_kept_put_numbers(call, key, values, count);
        return;
    }
    cf_text_key(&call->in, key);
    cf_text_raw(&call->in, "[");
    for (size_t i = 0; i < count; i++) {
        if (i)
            cf_text_raw(&call->in, ",");
        cf_text_u64(&call->in, values[i]);
    }
    cf_text_raw(&call->in, "]");
}

void cf_trace_in_json(struct cf_trace_call *call, const char *key, const char *json)
{
    if (!call->writer)
        return;
    if (call->writer->kept) {
        cf_kept_put(call, 0, key, CF_VALUE_OPAQUE);
        return;
    }
    cf_text_key(&call->in, key);
    cf_text_raw(&call->in, json);
}

void cf_trace_in_bytes(struct cf_trace_call *call, const char *key, const void *bytes, size_t nbytes)
{
    if (call->writer && call->writer->kept)
        cf_kept_put_bytes(call, key, bytes, nbytes);
    else if (call->writer)
        cf_put_bytes(&call->in, key, bytes, nbytes);
}

void cf_trace_out_u64(struct cf_trace_call *call, const char *key, uint64_t value)
{
    if (call->writer && call->writer->kept)
        cf_kept_put_number(call, 1, key, CF_VALUE_NUMBER, value);
    else if (call->writer)
        cf_put_u64(&call->out, key, value);
}

void cf_trace_out_hex32(struct cf_trace_call *call, const char *key, uint32_t value)
{
    if (call->writer && call->writer->kept)
        cf_kept_put_number(call, 1, key, CF_VALUE_HEX, value);
    else if (call->writer)
        cf_put_hex(&call->out, key, value, 8);
}

void cf_trace_out_hex64(struct cf_trace_call *call, const char *key, uint64_t value)
{
    if (call->writer && call->writer->kept)
        cf_kept_put_number(call, 1, key, CF_VALUE_HEX, value);
    else if (call->writer)
        cf_put_hex(&call->out, key, value, 1);
}

void cf_trace_out_sym(struct cf_trace_call *call, const char *key, const char *sym)
{
    if (call->writer && call->writer->kept)
        cf_kept_put_string(call, 1, key, sym);
    else if (call->writer)
        put_symbol(&call->out, key, sym);
}

void cf_trace_out_str(struct cf_trace_call *call, const char *key, const char *chars)
{
    if (call->writer && call->writer->kept)
        cf_kept_put_string(call, 1, key, chars);
    else if (call->writer)
        put_symbol(&call->out, key, chars);
}

void cf_trace_out_digest(struct cf_trace_call *call, const char *key, const void *bytes,
                         size_t nbytes)
{
    char hex[CF_SHA256_HEX_SIZE];

    if (!call->writer)
        return;
    if (call->writer->kept && nbytes <= CF_KEPT_BYTES) {
        cf_kept_put_digest(call, 1, key, bytes, nbytes);
        return;
    }
    cf_sha256_of(bytes, nbytes, hex);
    cf_trace_out_str(call, key, hex);
}

static void put_part(struct cf_trace_text *text, const char *key, struct cf_trace_text *part)
{
    cf_text_key(text, key);
    cf_text_raw(text, "{");
    if (!part->failed) /* else what is there may end in the middle of a key */
        cf_text_raw(text, part->chars ? part->chars : part->fixed);
    cf_text_raw(text, "}");
}

static uint64_t finish_call(struct cf_trace_call *call, enum cf_result_kind result, uint64_t value,
                            const uint32_t *last_error)
{
    struct cf_saved_errors saved = cf_save_errors();
    struct cf_trace_text text;

    if (!call->writer)
        return CF_TRACE_NO_CALL;
    if (!call->t1_ns)
        cf_trace_call_stop(call);
    if (call->writer->kept) {
        cf_kept_call_end(call, result, value, last_error);
        cf_restore_errors(saved);
        return call->n;
    }
    cf_record_begin(&text, "call");
    cf_put_u64(&text, "n", call->n);
    cf_put_string(&text, "step", call->step);
    cf_put_u64(&text, "th", call->thread);
    cf_put_string(&text, "fn", call->fn);
    put_part(&text, "in", &call->in);
    put_part(&text, "out", &call->out);
    if (result == CF_RESULT_RET)
        cf_put_u64(&text, "ret", value);
    else if (result != CF_RESULT_NONE)
        cf_put_hex(&text, result == CF_RESULT_HR ? "hr" : "st", value, 8);
    if (last_error)
        cf_put_u64(&text, "le", *last_error);
    cf_put_u64(&text, "t0", call->t0_ns);
    cf_put_u64(&text, "t1", call->t1_ns);
    if (call->in.failed || call->out.failed)
        cf_put_bool(&text, "truncated", true);
    cf_record_end(&text, call->writer, true);
    cf_text_fini(&call->in);
    cf_text_fini(&call->out);
    cf_restore_errors(saved);
    return call->n;
}

uint64_t cf_trace_call_end(struct cf_trace_call *call, int32_t hr, uint32_t last_error)
{
    return finish_call(call, CF_RESULT_HR, (uint32_t)hr, &last_error);
}

uint64_t cf_trace_call_end_ret(struct cf_trace_call *call, uint64_t ret, uint32_t last_error)
{
    return finish_call(call, CF_RESULT_RET, ret, &last_error);
}

uint64_t cf_trace_call_end_status(struct cf_trace_call *call, int32_t status)
{
    return finish_call(call, CF_RESULT_STATUS, (uint32_t)status, NULL);
}

uint64_t cf_trace_call_end_void(struct cf_trace_call *call)
{
    return finish_call(call, CF_RESULT_NONE, 0, NULL);
}

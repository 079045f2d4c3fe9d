/* SPDX-License-Identifier: MIT */
/*
 * The records of ringer-trace/1. A line is built without the lock, then written, hashed and flushed
 * under it, so lines never mix and the hash covers them in file order. A call is written when it
 * ends, so lines are in order of ends while n is in order of begins: readers sort out the overlap.
 */
#include "conformance/trace/writer.h"

#include "conformance/trace/lock.h"
#include "conformance/trace/sha256.h"
#include "conformance/trace/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct cf_trace_writer {
    struct cf_lock lock; /* covers everything below */
    FILE *file; /* NULL after cf_trace_end */
    struct cf_sha256 sha;
    uint64_t lines, calls, last_call, lost;
    uint64_t origin_ns; /* constant */
    bool failed;
};

/* A thread's error numbers, kept over our own use of the C library. */
struct saved_errors {
    int error;
#ifdef _WIN32
    DWORD last_error;
#endif
};

static struct saved_errors save_errors(void)
{
    struct saved_errors saved = {.error = errno};

#ifdef _WIN32
    saved.last_error = GetLastError();
#endif
    return saved;
}

static void restore_errors(struct saved_errors saved)
{
    errno = saved.error;
#ifdef _WIN32
    SetLastError(saved.last_error);
#endif
}

struct cf_trace_writer *cf_trace_create(const char *path)
{
    struct cf_trace_writer *writer = calloc(1, sizeof(*writer));

    if (!writer)
        return NULL;
    writer->file = fopen(path, "wb"); /* binary: LF on Windows too, or the hash would not hold */
    if (!writer->file) {
        int error = errno;

        free(writer);
        errno = error;
        return NULL;
    }
#ifndef _WIN32
    setvbuf(writer->file, NULL, _IONBF, 0); /* a line is one write; nothing for a fork to double */
#endif
    cf_lock_init(&writer->lock);
    cf_sha256_init(&writer->sha);
    writer->origin_ns = cf_clock_ns();
    return writer;
}

void cf_trace_abandon(struct cf_trace_writer *writer)
{
    /* The lock may have been held by a thread that the child does not have: it is not touched. */
    (void)writer;
}

uint64_t cf_trace_now_ns(const struct cf_trace_writer *writer)
{
    return writer ? cf_clock_ns() - writer->origin_ns : 0;
}

uint64_t cf_trace_last_call(struct cf_trace_writer *writer)
{
    uint64_t last;

    if (!writer)
        return CF_TRACE_NO_CALL;
    cf_lock_acquire(&writer->lock);
    last = writer->last_call;
    cf_lock_release(&writer->lock);
    return last;
}

static void write_locked(struct cf_trace_writer *writer, const char *line, size_t nbytes)
{
    cf_sha256_add(&writer->sha, line, nbytes);
    writer->lines++;
    if (fwrite(line, 1, nbytes, writer->file) != nbytes || fflush(writer->file))
        writer->failed = true;
}

/* ---- a record that is built key by key ---- */

static void record_begin(struct cf_trace_text *text, const char *type)
{
    cf_text_init(text);
    cf_text_raw(text, "{\"t\":");
    cf_text_string(text, type);
}

static void record_end(struct cf_trace_text *text, struct cf_trace_writer *writer, bool is_call)
{
    cf_text_raw(text, "}\n");
    cf_lock_acquire(&writer->lock);
    if (text->failed) {
        writer->lost++;
    } else if (writer->file) {
        write_locked(writer, text->chars ? text->chars : text->fixed, text->nbytes);
        writer->calls += is_call;
    }
    cf_lock_release(&writer->lock);
    cf_text_fini(text);
}

static void put_string(struct cf_trace_text *text, const char *key, const char *value)
{
    if (!value)
        return;
    cf_text_key(text, key);
    cf_text_string(text, value);
}

static void put_u64(struct cf_trace_text *text, const char *key, uint64_t value)
{
    cf_text_key(text, key);
    cf_text_u64(text, value);
}

static void put_hex(struct cf_trace_text *text, const char *key, uint64_t value, int digits)
{
    cf_text_key(text, key);
    cf_text_hex(text, value, digits);
}

static void put_bool(struct cf_trace_text *text, const char *key, bool value)
{
    cf_text_key(text, key);
    cf_text_raw(text, value ? "true" : "false");
}

static void put_i32(struct cf_trace_text *text, const char *key, int32_t value)
{
    char digits[16];

    snprintf(digits, sizeof(digits), "%d", (int)value);
    cf_text_key(text, key);
    cf_text_raw(text, digits);
}

static void put_pairs(struct cf_trace_text *text, const char *key, const struct cf_trace_pair *pairs,
                      size_t count)
{
    cf_text_key(text, key);
    cf_text_raw(text, "{");
    for (size_t i = 0; i < count; i++)
        put_string(text, pairs[i].key, pairs[i].value);
    cf_text_raw(text, "}");
}

static void put_strings(struct cf_trace_text *text, const char *key, const char *const *strings,
                        size_t count)
{
    cf_text_key(text, key);
    cf_text_raw(text, "[");
    for (size_t i = 0; i < count; i++) {
        if (i)
            cf_text_raw(text, ",");
        if (strings[i])
            cf_text_string(text, strings[i]);
        else
            cf_text_raw(text, "null");
    }
    cf_text_raw(text, "]");
}

static void put_bytes(struct cf_trace_text *text, const char *key, const void *bytes, size_t nbytes)
{
    const unsigned char *byte = bytes;
    char digits[3];

    cf_text_key(text, key);
    cf_text_raw(text, "\"");
    for (size_t i = 0; i < nbytes; i++) {
        snprintf(digits, sizeof(digits), "%02x", byte[i]);
        cf_text_raw(text, digits);
    }
    cf_text_raw(text, "\"");
}

/* ---- hdr, scn, obj ---- */

static void put_utc(struct cf_trace_text *text, const char *key)
{
    time_t now = time(NULL);
    struct tm utc;
    char stamp[32];

#ifdef _WIN32
    if (gmtime_s(&utc, &now))
        return;
#else
    if (!gmtime_r(&now, &utc))
        return;
#endif
    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &utc);
    put_string(text, key, stamp);
}

void cf_trace_header(struct cf_trace_writer *writer, const struct cf_trace_header *header)
{
    struct saved_errors saved = save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    record_begin(&text, "hdr");
    put_string(&text, "schema", CF_TRACE_SCHEMA);
    cf_text_key(&text, "recorder");
    cf_text_raw(&text, "{");
    put_string(&text, "name", header->recorder_name);
    put_string(&text, "version", header->recorder_version);
    put_string(&text, "commit", header->recorder_commit);
    put_string(&text, "sha256", header->recorder_sha256);
    put_string(&text, "compiler", header->recorder_compiler);
    cf_text_raw(&text, "}");
    put_string(&text, "host", header->host);
    put_string(&text, "os", header->os);
    put_string(&text, "build", header->build);
    put_string(&text, "arch", header->arch);
    put_string(&text, "profile", header->profile);
    put_string(&text, "engine", header->engine);
    put_string(&text, "fs", header->file_system);
    if (header->has_caps) {
        cf_text_key(&text, "caps");
        cf_text_raw(&text, "{");
        put_u64(&text, "ver", header->caps_version);
        put_u64(&text, "sq", header->caps_sq);
        put_u64(&text, "cq", header->caps_cq);
        put_hex(&text, "features", header->caps_features, 8);
        cf_text_raw(&text, "}");
    }
    if (header->system)
        put_pairs(&text, "system", header->system, header->system_count);
    put_string(&text, "scenario_set_sha256", header->scenario_set_sha256);
    put_utc(&text, "started_utc");
    put_u64(&text, "qpc_hz", 1000000000); /* t0 and t1 are nanoseconds already */
    record_end(&text, writer, false);
    restore_errors(saved);
}

void cf_trace_scenario(struct cf_trace_writer *writer, const struct cf_trace_scenario *scenario)
{
    struct saved_errors saved = save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    record_begin(&text, "scn");
    put_string(&text, "id", scenario->id);
    put_string(&text, "title", scenario->title);
    put_strings(&text, "needs", scenario->needs, scenario->needs_count);
    put_pairs(&text, "params", scenario->params, scenario->params_count);
    put_u64(&text, "trial", scenario->trial);
    put_u64(&text, "child", scenario->child);
    record_end(&text, writer, false);
    restore_errors(saved);
}

void cf_trace_object(struct cf_trace_writer *writer, const struct cf_trace_object *object)
{
    struct saved_errors saved = save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    record_begin(&text, "obj");
    put_string(&text, "sym", object->sym);
    put_string(&text, "kind", object->kind);
    put_hex(&text, "flags", object->flags, 8);
    put_u64(&text, "size", object->nbytes);
    put_string(&text, "content", object->content);
    put_string(&text, "sha256", object->sha256);
    if (object->has_seed)
        put_u64(&text, "seed", object->seed);
    if (object->bytes)
        put_bytes(&text, "bytes", object->bytes, object->bytes_count);
    if (object->is_placed)
        put_u64(&text, "page_off", object->page_offset);
    if (object->guard)
        put_bool(&text, "guard", true);
    record_end(&text, writer, false);
    restore_errors(saved);
}

/* ---- call ---- */

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
    cf_text_init(&call->in);
    cf_text_init(&call->out);
    cf_lock_acquire(&writer->lock);
    call->n = ++writer->last_call;
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
    if (call->writer)
        put_u64(&call->in, key, value);
}

void cf_trace_in_hex32(struct cf_trace_call *call, const char *key, uint32_t value)
{
    if (call->writer)
        put_hex(&call->in, key, value, 8);
}

void cf_trace_in_hex64(struct cf_trace_call *call, const char *key, uint64_t value)
{
    if (call->writer)
        put_hex(&call->in, key, value, 1);
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
    if (call->writer)
        put_symbol(&call->in, key, sym);
}

void cf_trace_in_str(struct cf_trace_call *call, const char *key, const char *chars)
{
    if (call->writer)
        put_symbol(&call->in, key, chars);
}

void cf_trace_in_str16(struct cf_trace_call *call, const char *key, const uint16_t *chars)
{
    if (!call->writer)
        return;
    cf_text_key(&call->in, key);
    if (chars)
        cf_text_string16(&call->in, chars);
    else
        cf_text_raw(&call->in, "null");
}

void cf_trace_in_syms(struct cf_trace_call *call, const char *key, const char *const *syms,
                      size_t count)
{
    if (call->writer)
        put_strings(&call->in, key, syms, count);
}

void cf_trace_in_u64s(struct cf_trace_call *call, const char *key, const uint64_t *values,
                      size_t count)
{
    if (!call->writer)
        return;
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
    cf_text_key(&call->in, key);
    cf_text_raw(&call->in, json);
}

void cf_trace_in_bytes(struct cf_trace_call *call, const char *key, const void *bytes, size_t nbytes)
{
    if (call->writer)
        put_bytes(&call->in, key, bytes, nbytes);
}

void cf_trace_out_u64(struct cf_trace_call *call, const char *key, uint64_t value)
{
    if (call->writer)
        put_u64(&call->out, key, value);
}

void cf_trace_out_hex32(struct cf_trace_call *call, const char *key, uint32_t value)
{
    if (call->writer)
        put_hex(&call->out, key, value, 8);
}

void cf_trace_out_hex64(struct cf_trace_call *call, const char *key, uint64_t value)
{
    if (call->writer)
        put_hex(&call->out, key, value, 1);
}

void cf_trace_out_sym(struct cf_trace_call *call, const char *key, const char *sym)
{
    if (call->writer)
        put_symbol(&call->out, key, sym);
}

void cf_trace_out_str(struct cf_trace_call *call, const char *key, const char *chars)
{
    if (call->writer)
        put_symbol(&call->out, key, chars);
}

static void put_part(struct cf_trace_text *text, const char *key, struct cf_trace_text *part)
{
    cf_text_key(text, key);
    cf_text_raw(text, "{");
    if (!part->failed) /* else what is there may end in the middle of a key */
        cf_text_raw(text, part->chars ? part->chars : part->fixed);
    cf_text_raw(text, "}");
}

/* result: "hr" or "st" with a 32-bit value, "ret" with a number, or NULL. */
static uint64_t finish_call(struct cf_trace_call *call, const char *result, uint64_t value,
                            const uint32_t *last_error)
{
    struct saved_errors saved = save_errors();
    struct cf_trace_text text;

    if (!call->writer)
        return CF_TRACE_NO_CALL;
    if (!call->t1_ns)
        cf_trace_call_stop(call);
    record_begin(&text, "call");
    put_u64(&text, "n", call->n);
    put_string(&text, "step", call->step);
    put_u64(&text, "th", call->thread);
    put_string(&text, "fn", call->fn);
    put_part(&text, "in", &call->in);
    put_part(&text, "out", &call->out);
    if (result && !strcmp(result, "ret"))
        put_u64(&text, result, value);
    else if (result)
        put_hex(&text, result, value, 8);
    if (last_error)
        put_u64(&text, "le", *last_error);
    put_u64(&text, "t0", call->t0_ns);
    put_u64(&text, "t1", call->t1_ns);
    if (call->in.failed || call->out.failed)
        put_bool(&text, "truncated", true);
    record_end(&text, call->writer, true);
    cf_text_fini(&call->in);
    cf_text_fini(&call->out);
    restore_errors(saved);
    return call->n;
}

uint64_t cf_trace_call_end(struct cf_trace_call *call, int32_t hr, uint32_t last_error)
{
    return finish_call(call, "hr", (uint32_t)hr, &last_error);
}

uint64_t cf_trace_call_end_ret(struct cf_trace_call *call, uint64_t ret, uint32_t last_error)
{
    return finish_call(call, "ret", ret, &last_error);
}

uint64_t cf_trace_call_end_status(struct cf_trace_call *call, int32_t status)
{
    return finish_call(call, "st", (uint32_t)status, NULL);
}

uint64_t cf_trace_call_end_void(struct cf_trace_call *call)
{
    return finish_call(call, NULL, 0, NULL);
}

/* ---- what was seen after a call ---- */

void cf_trace_cqe(struct cf_trace_writer *writer, const char *ring, uint64_t user_data, int32_t hr,
                  uint64_t information, uint64_t order, uint64_t after)
{
    struct saved_errors saved = save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    record_begin(&text, "cqe");
    put_string(&text, "ring", ring);
    put_hex(&text, "ud", user_data, 1);
    put_hex(&text, "hr", (uint32_t)hr, 8);
    put_hex(&text, "info", information, 1);
    put_u64(&text, "order", order);
    put_u64(&text, "after", after);
    record_end(&text, writer, false);
    restore_errors(saved);
}

void cf_trace_event(struct cf_trace_writer *writer, const char *sym, bool signalled, const char *by,
                    uint64_t value, uint64_t after)
{
    struct saved_errors saved = save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    record_begin(&text, "evt");
    put_string(&text, "sym", sym);
    put_bool(&text, "signalled", signalled);
    put_string(&text, "by", by);
    put_u64(&text, "value", value);
    put_u64(&text, "after", after);
    record_end(&text, writer, false);
    restore_errors(saved);
}

static void write_memory(struct cf_trace_writer *writer, const struct cf_trace_memory *memory,
                         bool merged)
{
    struct saved_errors saved = save_errors();
    struct cf_trace_text text;

    record_begin(&text, "mem");
    put_string(&text, "sym", memory->sym);
    if (memory->fill)
        put_bool(&text, "fill", true);
    cf_text_key(&text, "changed");
    cf_text_raw(&text, "[");
    for (size_t i = 0; i < memory->changed_count; i++) {
        cf_text_raw(&text, i ? ",[" : "[");
        cf_text_u64(&text, memory->changed[i].from);
        cf_text_raw(&text, ",");
        cf_text_u64(&text, memory->changed[i].to);
        cf_text_raw(&text, "]");
    }
    cf_text_raw(&text, "]");
    if (merged)
        put_bool(&text, "merged", true);
    put_string(&text, "sha256", memory->sha256);
    if (memory->poison_ok >= 0)
        put_bool(&text, "poison_ok", memory->poison_ok);
    put_u64(&text, "after", memory->after);
    record_end(&text, writer, false);
    restore_errors(saved);
}

void cf_trace_memory(struct cf_trace_writer *writer, const struct cf_trace_memory *memory)
{
    if (writer)
        write_memory(writer, memory, false);
}

enum { DIFF_RANGES = 64 };

/* Adds a range, joining the two nearest neighbours when the table is full. */
static void add_range(struct cf_trace_range *ranges, size_t *count, struct cf_trace_range range,
                      bool *merged)
{
    size_t best = 0;

    ranges[(*count)++] = range;
    if (*count <= DIFF_RANGES)
        return;
    for (size_t i = 1; i + 1 < *count; i++) {
        if (ranges[i + 1].from - ranges[i].to < ranges[best + 1].from - ranges[best].to)
            best = i;
    }
    ranges[best].to = ranges[best + 1].to;
    memmove(&ranges[best + 1], &ranges[best + 2], (*count - best - 2) * sizeof(*ranges));
    (*count)--;
    *merged = true;
}

void cf_trace_memory_diff(struct cf_trace_writer *writer, const char *sym, void *before,
                          const void *now, size_t nbytes, int poison_ok, uint64_t after)
{
    struct cf_trace_range ranges[DIFF_RANGES + 1];
    const unsigned char *old_bytes = before, *new_bytes = now;
    char hex[CF_SHA256_HEX_SIZE];
    size_t count = 0;
    bool merged = false;

    if (!writer)
        return;
    for (size_t i = 0; i < nbytes;) {
        size_t from = i;

        while (i < nbytes && old_bytes[i] != new_bytes[i])
            i++;
        if (i > from)
            add_range(ranges, &count, (struct cf_trace_range){from, i}, &merged);
        else
            i++;
    }
    cf_sha256_of(now, nbytes, hex);
    write_memory(writer,
                 &(struct cf_trace_memory){.sym = sym, .changed = ranges, .changed_count = count,
                                           .sha256 = hex, .poison_ok = poison_ok, .after = after},
                 merged);
    memcpy(before, now, nbytes);
}

void cf_trace_exception(struct cf_trace_writer *writer, uint32_t code, const char *module,
                        const char *kind, int32_t exit_code)
{
    struct saved_errors saved = save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    record_begin(&text, "exc");
    put_hex(&text, "code", code, 8);
    put_string(&text, "module", module);
    put_string(&text, "kind", kind);
    put_i32(&text, "exit", exit_code);
    record_end(&text, writer, false);
    restore_errors(saved);
}

void cf_trace_history(struct cf_trace_writer *writer, uint64_t trials,
                      const struct cf_trace_outcome *outcomes, size_t outcome_count,
                      const char *control, bool vacuous)
{
    struct saved_errors saved = save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    record_begin(&text, "hist");
    put_u64(&text, "trials", trials);
    cf_text_key(&text, "outcomes");
    cf_text_raw(&text, "[");
    for (size_t i = 0; i < outcome_count; i++) {
        cf_text_raw(&text, i ? ",{" : "{");
        put_string(&text, "key", outcomes[i].key);
        put_u64(&text, "count", outcomes[i].count);
        cf_text_raw(&text, "}");
    }
    cf_text_raw(&text, "]");
    put_string(&text, "control", control);
    put_bool(&text, "vacuous", vacuous);
    record_end(&text, writer, false);
    restore_errors(saved);
}

void cf_trace_note(struct cf_trace_writer *writer, const char *chars, const char *who)
{
    struct saved_errors saved = save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    record_begin(&text, "note");
    put_string(&text, "text", chars);
    put_string(&text, "who", who);
    record_end(&text, writer, false);
    restore_errors(saved);
}

bool cf_trace_end(struct cf_trace_writer *writer)
{
    struct saved_errors saved = save_errors();
    struct cf_trace_text text;
    char hex[CF_SHA256_HEX_SIZE];
    bool good;

    if (!writer)
        return true;
    cf_lock_acquire(&writer->lock);
    if (writer->file) {
        cf_sha256_hex(&writer->sha, hex);
        record_begin(&text, "end");
        put_u64(&text, "lines", writer->lines + 1);
        put_u64(&text, "calls", writer->calls);
        put_string(&text, "sha256", hex);
        put_u64(&text, "lost_events", writer->lost);
        put_utc(&text, "stopped_utc");
        cf_text_raw(&text, "}\n");
        write_locked(writer, text.fixed, text.nbytes); /* short: cannot have failed to grow */
        writer->failed |= fclose(writer->file) != 0;
        writer->file = NULL;
        cf_text_fini(&text);
    }
    good = !writer->failed;
    cf_lock_release(&writer->lock);
    restore_errors(saved);
    return good;
}

bool cf_trace_close(struct cf_trace_writer *writer)
{
    bool good = cf_trace_end(writer);

    free(writer);
    return good;
}

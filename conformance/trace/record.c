/* SPDX-License-Identifier: MIT */
/* Keys and values of a record, and the line that they make. */
#include "conformance/trace/record.h"

#include <errno.h>
#include <time.h>

struct cf_saved_errors cf_save_errors(void)
{
    struct cf_saved_errors saved = {.error = errno};

#ifdef _WIN32
    saved.last_error = GetLastError();
#endif
    return saved;
}

void cf_restore_errors(struct cf_saved_errors saved)
{
    errno = saved.error;
#ifdef _WIN32
    SetLastError(saved.last_error);
#endif
}

void cf_record_write_locked(struct cf_trace_writer *writer, const char *line, size_t nbytes)
{
    cf_sha256_add(&writer->sha, line, nbytes);
    writer->lines++;
    if (fwrite(line, 1, nbytes, writer->file) != nbytes || fflush(writer->file))
        writer->failed = true;
}

/* ---- key by key ---- */

void cf_record_begin(struct cf_trace_text *text, const char *type)
{
    cf_text_init(text);
    cf_text_raw(text, "{\"t\":");
    cf_text_string(text, type);
}

void cf_record_end(struct cf_trace_text *text, struct cf_trace_writer *writer, bool is_call)
{
    cf_text_raw(text, "}\n");
    cf_lock_acquire(&writer->lock);
    if (text->failed) {
        writer->lost++;
    } else if (writer->file) {
        cf_record_write_locked(writer, text->chars ? text->chars : text->fixed, text->nbytes);
        writer->calls += is_call;
    }
    cf_lock_release(&writer->lock);
    cf_text_fini(text);
}

void cf_put_string(struct cf_trace_text *text, const char *key, const char *value)
{
    if (!value)
        return;
    cf_text_key(text, key);
    cf_text_string(text, value);
}

void cf_put_u64(struct cf_trace_text *text, const char *key, uint64_t value)
{
    cf_text_key(text, key);
    cf_text_u64(text, value);
}

void cf_put_hex(struct cf_trace_text *text, const char *key, uint64_t value, int digits)
{
    cf_text_key(text, key);
    cf_text_hex(text, value, digits);
}

void cf_put_bool(struct cf_trace_text *text, const char *key, bool value)
{
    cf_text_key(text, key);
    cf_text_raw(text, value ? "true" : "false");
}

void cf_put_i32(struct cf_trace_text *text, const char *key, int32_t value)
{
    char digits[16];

    snprintf(digits, sizeof(digits), "%d", (int)value);
    cf_text_key(text, key);
    cf_text_raw(text, digits);
}

void cf_put_pairs(struct cf_trace_text *text, const char *key, const struct cf_trace_pair *pairs,
                      size_t count)
{
    cf_text_key(text, key);
    cf_text_raw(text, "{");
    for (size_t i = 0; i < count; i++)
        cf_put_string(text, pairs[i].key, pairs[i].value);
    cf_text_raw(text, "}");
}

void cf_put_strings(struct cf_trace_text *text, const char *key, const char *const *strings,
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

void cf_put_bytes(struct cf_trace_text *text, const char *key, const void *bytes, size_t nbytes)
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

void cf_put_utc(struct cf_trace_text *text, const char *key)
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
    cf_put_string(text, key, stamp);
}

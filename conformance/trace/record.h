/* SPDX-License-Identifier: MIT */
/* One line of a trace, built key by key without the lock, then written under it. Private to the writer. */
#ifndef CF_TRACE_RECORD_H
#define CF_TRACE_RECORD_H

#include "conformance/trace/lock.h"
#include "conformance/trace/sha256.h"
#include "conformance/trace/text.h"

#include <stdio.h>

struct cf_kept;

struct cf_trace_writer {
    struct cf_lock lock; /* covers everything below */
    FILE *file; /* NULL after cf_trace_end */
    struct cf_sha256 sha;
    uint64_t lines, calls, last_call, lost;
    uint64_t origin_ns; /* constant */
    bool failed;
    bool undated; /* no time of day is written */
    struct cf_kept *kept; /* constant; not NULL: records stay in memory, and there is no file */
};

/* A thread's error numbers, kept over our own use of the C library. */
struct cf_saved_errors {
    int error;
#ifdef _WIN32
    DWORD last_error;
#endif
};

struct cf_saved_errors cf_save_errors(void);
void cf_restore_errors(struct cf_saved_errors saved);
void cf_record_write_locked(struct cf_trace_writer *writer, const char *line, size_t nbytes);

/* A line: begin, keys, end. end writes it and frees the text; a text that lost memory is counted. */
void cf_record_begin(struct cf_trace_text *text, const char *type);
void cf_record_end(struct cf_trace_text *text, struct cf_trace_writer *writer, bool is_call);

/* `"key":value`; NULL leaves the key out. */
void cf_put_string(struct cf_trace_text *text, const char *key, const char *value);
void cf_put_u64(struct cf_trace_text *text, const char *key, uint64_t value);
void cf_put_hex(struct cf_trace_text *text, const char *key, uint64_t value, int digits);
void cf_put_bool(struct cf_trace_text *text, const char *key, bool value);
void cf_put_i32(struct cf_trace_text *text, const char *key, int32_t value);
void cf_put_pairs(struct cf_trace_text *text, const char *key, const struct cf_trace_pair *pairs,
                  size_t count);
void cf_put_strings(struct cf_trace_text *text, const char *key, const char *const *strings,
                    size_t count);
void cf_put_bytes(struct cf_trace_text *text, const char *key, const void *bytes, size_t nbytes);
void cf_put_utc(struct cf_trace_text *text, const char *key);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The writer of ringer-trace/1: opens, counts, hashes and ends a file. A line is built without the lock,
 * then written, hashed and flushed under it, so lines never mix and the hash covers them in file order.
 */
#include "conformance/trace/writer.h"

#include "conformance/trace/kept.h"
#include "conformance/trace/record.h"

#include <errno.h>
#include <stdlib.h>

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

struct cf_trace_writer *cf_trace_keep(void)
{
    struct cf_trace_writer *writer = calloc(1, sizeof(*writer));

    if (writer)
        writer->kept = cf_kept_create();
    if (!writer || !writer->kept) {
        free(writer);
        return NULL;
    }
    cf_lock_init(&writer->lock);
    cf_trace_kept_clear(writer);
    return writer;
}

const struct cf_trace *cf_trace_kept(const struct cf_trace_writer *writer)
{
    return writer->kept ? &writer->kept->trace : NULL;
}

void cf_trace_kept_clear(struct cf_trace_writer *writer)
{
    cf_kept_clear(writer->kept);
    writer->last_call = 0;
    writer->origin_ns = cf_clock_ns();
}

void cf_trace_undated(struct cf_trace_writer *writer)
{
    writer->undated = true;
}

void cf_trace_abandon(struct cf_trace_writer *writer)
{
    /* The lock may have been held by a thread that the child does not have: it is not touched. */
    (void)writer;
}

uint64_t cf_trace_now_ns(const struct cf_trace_writer *writer)
{
    uint64_t now = writer ? cf_clock_ns() : 0;

    /* A simulation that begins after the trace sets its clock back. */
    return writer && now > writer->origin_ns ? now - writer->origin_ns : 0;
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

bool cf_trace_end(struct cf_trace_writer *writer)
{
    struct cf_saved_errors saved = cf_save_errors();
    struct cf_trace_text text;
    char hex[CF_SHA256_HEX_SIZE];
    bool good;

    if (!writer)
        return true;
    cf_lock_acquire(&writer->lock);
    if (writer->file) {
        cf_sha256_hex(&writer->sha, hex);
        cf_record_begin(&text, "end");
        cf_put_u64(&text, "lines", writer->lines + 1);
        cf_put_u64(&text, "calls", writer->calls);
        cf_put_string(&text, "sha256", hex);
        cf_put_u64(&text, "lost_events", writer->lost);
        if (!writer->undated)
            cf_put_utc(&text, "stopped_utc");
        cf_text_raw(&text, "}\n");
        cf_record_write_locked(writer, text.fixed, text.nbytes); /* short: cannot have failed to grow */
        writer->failed |= fclose(writer->file) != 0;
        writer->file = NULL;
        cf_text_fini(&text);
    }
    good = !writer->failed;
    cf_lock_release(&writer->lock);
    cf_restore_errors(saved);
    return good;
}

bool cf_trace_close(struct cf_trace_writer *writer)
{
    bool good = cf_trace_end(writer);

    if (writer && writer->kept)
        cf_kept_destroy(writer->kept);
    free(writer);
    return good;
}

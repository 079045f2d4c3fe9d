/* SPDX-License-Identifier: MIT */
/* What was seen after a call: completions, events, memory, faults, trials, remarks. */
#include "conformance/trace/kept.h"
#include "conformance/trace/record.h"

#include <string.h>

void cf_trace_cqe(struct cf_trace_writer *writer, const char *ring, uint64_t user_data, int32_t hr,
                  uint64_t information, uint64_t order, uint64_t after)
{
    struct cf_saved_errors saved = cf_save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    if (writer->kept) {
        cf_kept_cqe(writer, ring, user_data, hr, information, order, after);
        return;
    }
    cf_record_begin(&text, "cqe");
    cf_put_string(&text, "ring", ring);
    cf_put_hex(&text, "ud", user_data, 1);
    cf_put_hex(&text, "hr", (uint32_t)hr, 8);
    cf_put_hex(&text, "info", information, 1);
    cf_put_u64(&text, "order", order);
    cf_put_u64(&text, "after", after);
    cf_record_end(&text, writer, false);
    cf_restore_errors(saved);
}

void cf_trace_event(struct cf_trace_writer *writer, const char *sym, bool signalled, const char *by,
                    uint64_t value, uint64_t after)
{
    struct cf_saved_errors saved = cf_save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    if (writer->kept) {
        cf_kept_event(writer, sym, signalled, by, value, after);
        return;
    }
    cf_record_begin(&text, "evt");
    cf_put_string(&text, "sym", sym);
    cf_put_bool(&text, "signalled", signalled);
    cf_put_string(&text, "by", by);
    cf_put_u64(&text, "value", value);
    cf_put_u64(&text, "after", after);
    cf_record_end(&text, writer, false);
    cf_restore_errors(saved);
}

static void write_memory(struct cf_trace_writer *writer, const struct cf_trace_memory *memory,
                         bool merged)
{
    struct cf_saved_errors saved = cf_save_errors();
    struct cf_trace_text text;

    if (writer->kept) {
        cf_kept_memory(writer, memory, merged);
        return;
    }
    cf_record_begin(&text, "mem");
    cf_put_string(&text, "sym", memory->sym);
    if (memory->fill)
        cf_put_bool(&text, "fill", true);
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
        cf_put_bool(&text, "merged", true);
    cf_put_string(&text, "sha256", memory->sha256);
    if (memory->poison_ok >= 0)
        cf_put_bool(&text, "poison_ok", memory->poison_ok);
    cf_put_u64(&text, "after", memory->after);
    cf_record_end(&text, writer, false);
    cf_restore_errors(saved);
}

void cf_trace_memory(struct cf_trace_writer *writer, const struct cf_trace_memory *memory)
{
    if (writer)
        write_memory(writer, memory, false);
}

enum { DIFF_RANGES = 64, SAME_NBYTES = 256 };

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

        if (!(i % SAME_NBYTES) && nbytes - i >= SAME_NBYTES &&
            !memcmp(old_bytes + i, new_bytes + i, SAME_NBYTES)) {
            i += SAME_NBYTES;
            continue;
        }
        while (i < nbytes && old_bytes[i] != new_bytes[i])
            i++;
        if (i > from)
            add_range(ranges, &count, (struct cf_trace_range){from, i}, &merged);
        else
            i++;
    }
    if (!writer->kept)
        cf_sha256_of(now, nbytes, hex);
    write_memory(writer,
                 &(struct cf_trace_memory){.sym = sym, .changed = ranges, .changed_count = count,
                                           .sha256 = writer->kept ? NULL : hex, .poison_ok = poison_ok, .after = after},
                 merged);
    memcpy(before, now, nbytes);
}

void cf_trace_exception(struct cf_trace_writer *writer, uint32_t code, const char *module,
                        const char *kind, int32_t exit_code)
{
    struct cf_saved_errors saved = cf_save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    if (writer->kept) {
        cf_kept_exception(writer, code, kind, exit_code);
        return;
    }
    cf_record_begin(&text, "exc");
    cf_put_hex(&text, "code", code, 8);
    cf_put_string(&text, "module", module);
    cf_put_string(&text, "kind", kind);
    cf_put_i32(&text, "exit", exit_code);
    cf_record_end(&text, writer, false);
    cf_restore_errors(saved);
}

void cf_trace_history(struct cf_trace_writer *writer, uint64_t trials,
                      const struct cf_trace_outcome *outcomes, size_t outcome_count,
                      const char *control, bool vacuous)
{
    struct cf_saved_errors saved = cf_save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    if (writer->kept) {
        cf_kept_history(writer, trials, vacuous);
        return;
    }
    cf_record_begin(&text, "hist");
    cf_put_u64(&text, "trials", trials);
    cf_text_key(&text, "outcomes");
    cf_text_raw(&text, "[");
    for (size_t i = 0; i < outcome_count; i++) {
        cf_text_raw(&text, i ? ",{" : "{");
        cf_put_string(&text, "key", outcomes[i].key);
        cf_put_u64(&text, "count", outcomes[i].count);
        cf_text_raw(&text, "}");
    }
    cf_text_raw(&text, "]");
    cf_put_string(&text, "control", control);
    cf_put_bool(&text, "vacuous", vacuous);
    cf_record_end(&text, writer, false);
    cf_restore_errors(saved);
}

void cf_trace_note(struct cf_trace_writer *writer, const char *chars, const char *who)
{
    struct cf_saved_errors saved = cf_save_errors();
    struct cf_trace_text text;

    if (!writer)
        return;
    if (writer->kept) {
        cf_kept_note(writer, chars, who);
        return;
    }
    cf_record_begin(&text, "note");
    cf_put_string(&text, "text", chars);
    cf_put_string(&text, "who", who);
    cf_record_end(&text, writer, false);
    cf_restore_errors(saved);
}

void cf_trace_ds_event(struct cf_trace_writer *writer, const char *members)
{
    struct cf_saved_errors saved = cf_save_errors();
    struct cf_trace_text text;

    if (!writer || writer->kept)
        return;
    cf_record_begin(&text, "ds");
    cf_text_raw(&text, ",");
    cf_text_raw(&text, members);
    cf_record_end(&text, writer, false);
    cf_restore_errors(saved);
}

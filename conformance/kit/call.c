/* SPDX-License-Identifier: MIT */
/* Symbols, numbers and call records of a running scenario. */
#include "conformance/kit/run.h"
#include "conformance/trace/same.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A scenario without threads has nobody to lock out. */
static void lock_run(struct cf_run *run)
{
    if (run->has_threads) {
        AcquireSRWLockExclusive(&run->lock);
    }
}

static void unlock_run(struct cf_run *run)
{
    if (run->has_threads) {
        ReleaseSRWLockExclusive(&run->lock);
    }
}

bool cf_stop(struct cf_thread *thread, const struct cf_step *step, const char *format, ...)
{
    struct cf_run *run = thread->run;
    va_list args;

    lock_run(run);
    if (!run->stopped) {
        run->stopped = true;
        run->result->outcome = CF_SETUP;
        run->result->line = step ? step->line : 0;
        va_start(args, format);
        vsnprintf(run->result->reason, sizeof run->result->reason, format, args);
        va_end(args);
    }
    unlock_run(run);
    WakeAllConditionVariable(&run->changed);
    return false;
}

bool cf_claim_step(struct cf_thread *thread, const struct cf_step *step)
{
    return atomic_fetch_add_explicit(&thread->run->steps_made, 1, memory_order_relaxed) <
               CF_MOST_STEPS ||
           cf_stop(thread, step, "more than %u steps", CF_MOST_STEPS);
}

bool cf_claim_bytes(struct cf_thread *thread, const struct cf_step *step, uint64_t nbytes)
{
    struct cf_run *run = thread->run;
    bool fits;

    lock_run(run);
    fits = nbytes <= CF_MOST_BYTES - run->bytes_taken;
    run->bytes_taken += fits ? nbytes : 0;
    unlock_run(run);
    return fits || cf_stop(thread, step, "more than %u MiB", (unsigned)(CF_MOST_BYTES >> 20));
}

/* ---- symbols and values ---- */

struct cf_symbol *cf_symbol_new(struct cf_thread *thread, const char *name, char class_)
{
    struct cf_run *run = thread->run;
    struct cf_symbol *symbol = cf_xalloc(sizeof *symbol);

    symbol->name = cf_xstrdup(name);
    symbol->class_ = class_;
    symbol->poison = -1;
    lock_run(run);
    symbol->next = run->symbols;
    run->symbols = symbol;
    unlock_run(run);
    return symbol;
}

struct cf_symbol *cf_symbol_find(struct cf_thread *thread, const char *name)
{
    struct cf_symbol *symbol;

    lock_run(thread->run);
    for (symbol = thread->run->symbols; symbol && !cf_same(symbol->name, name);
         symbol = symbol->next) {
    }
    unlock_run(thread->run);
    return symbol;
}

static void value_set(struct cf_call *call, const char *name, uint64_t value)
{
    struct cf_run *run = call->thread->run;
    const char *label = call->step->label;
    struct cf_value *item;

    if (!label || !run->scenario->refers) {
        return;
    }
    lock_run(run);
    for (item = run->values; item && (strcmp(item->label, label) || strcmp(item->name, name));
         item = item->next) {
    }
    if (!item) {
        item = cf_xalloc(sizeof *item);
        item->label = label;
        item->name = name;
        item->next = run->values;
        run->values = item;
    }
    item->value = value;
    unlock_run(run);
}

static bool resolve(void *ctx, const char *name, size_t nchars, bool dollar, uint64_t *value_out)
{
    struct cf_thread *thread = ctx;
    bool found = false;

    if (!dollar) {
        if (nchars == 3 && !memcmp(name, "max", 3)) {
            *value_out = thread->run->facts.max_version;
            return true;
        }
        return cf_word_number(name, nchars, value_out);
    }
    for (struct cf_loop *loop = thread->loop; loop; loop = loop->outer) {
        if (strlen(loop->name) == nchars && !memcmp(loop->name, name, nchars)) {
            *value_out = loop->value;
            return true;
        }
    }
    lock_run(thread->run);
    for (struct cf_value *item = thread->run->values; item && !found; item = item->next) {
        size_t label_nchars = strlen(item->label);
        if (label_nchars + 1 + strlen(item->name) == nchars &&
            !memcmp(item->label, name, label_nchars) && name[label_nchars] == '.' &&
            !memcmp(item->name, name + label_nchars + 1, nchars - label_nchars - 1)) {
            *value_out = item->value;
            found = true;
        }
    }
    unlock_run(thread->run);
    return found;
}

uint64_t cf_number(struct cf_thread *thread, const char *expression)
{
    uint64_t value = 0;

    if (!cf_evaluate(expression, resolve, thread, &value)) {
        cf_stop(thread, NULL, "'%s' has no value yet", expression);
    }
    return value;
}

uint64_t cf_option_number(struct cf_thread *thread, const struct cf_step *step, const char *name,
                          uint64_t otherwise)
{
    const struct cf_option *option = cf_step_find(step, name);

    if (!option) {
        return otherwise;
    }
    return option->constant ? option->number : cf_number(thread, option->value);
}

uint32_t cf_patience(struct cf_thread *thread, const struct cf_step *step)
{
    uint32_t ms = (uint32_t)cf_option_number(thread, step, "ms", 0);
    uint32_t most = thread->run->options->patience_ms;

    return most && ms > most ? most : ms;
}

void *cf_keep(struct cf_thread *thread, size_t nbytes)
{
    struct cf_block *block = cf_xalloc(sizeof *block);

    block->memory = cf_xalloc(nbytes);
    lock_run(thread->run);
    block->next = thread->run->blocks;
    thread->run->blocks = block;
    unlock_run(thread->run);
    return block->memory;
}

void cf_file_argument(struct cf_thread *thread, const char *word, struct cf_file_arg *file_out)
{
    struct cf_symbol *symbol;

    memset(file_out, 0, sizeof *file_out);
    file_out->sym = word;
    if (word[0] == '@') {
        file_out->registered = true;
        file_out->index = (uint32_t)cf_number(thread, word + 1);
    } else if (cf_same(word, "invalid")) {
        file_out->handle = INVALID_HANDLE_VALUE;
    } else if (cf_same(word, "null")) {
        file_out->sym = NULL;
    } else {
        symbol = cf_symbol_find(thread, word);
        file_out->handle = symbol ? symbol->handle : NULL;
    }
}

void cf_buffer_argument(struct cf_thread *thread, const char *word,
                        struct cf_buffer_arg *buffer_out)
{
    size_t nchars = strcspn(word, "+");
    char *name = buffer_out->sym;
    struct cf_symbol *symbol;

    memset(buffer_out, 0, sizeof *buffer_out);
    if (nchars >= sizeof buffer_out->sym) {
        cf_stop(thread, NULL, "'%s' is no buffer", word);
        return;
    }
    memcpy(name, word, nchars);
    buffer_out->offset = word[nchars] ? cf_number(thread, word + nchars + 1) : 0;
    if (name[0] == '@') {
        buffer_out->registered = true;
        buffer_out->index = (uint32_t)cf_number(thread, name + 1);
        name[0] = '\0';
    } else if (cf_same(name, "bad")) {
        buffer_out->address = (uint8_t *)thread->run->bad_page + buffer_out->offset;
        buffer_out->room = CF_PAGE_NBYTES;
        strcpy(buffer_out->sym, "nonnull");
    } else if (cf_same(name, "null")) {
        name[0] = '\0';
    } else {
        symbol = cf_symbol_find(thread, name);
        if (symbol && symbol->bytes) {
            buffer_out->address = symbol->bytes + buffer_out->offset;
            buffer_out->room = symbol->nbytes + CF_PAGE_NBYTES;
        }
    }
    if (buffer_out->address && buffer_out->offset > buffer_out->room) {
        cf_stop(thread, NULL, "'%s' is beyond the buffer", word);
        buffer_out->address = NULL;
        buffer_out->room = 0;
    } else if (buffer_out->address) {
        buffer_out->room -= buffer_out->offset;
    }
}

bool cf_buffer_holds(struct cf_thread *thread, const struct cf_step *step,
                     const struct cf_buffer_arg *buffer, uint64_t nbytes)
{
    return !buffer->address || nbytes <= buffer->room ||
           cf_stop(thread, step, "%llu bytes are more than the buffer has",
                   (unsigned long long)nbytes);
}

/* ---- calls ---- */

void cf_call_begin(struct cf_call *call, struct cf_thread *thread, const struct cf_step *step,
                   const char *fn)
{
    call->thread = thread;
    call->step = step;
    cf_trace_call_begin(&call->trace, thread->run->writer, fn, step->label, thread->ordinal);
}

void cf_call_file(struct cf_call *call, const struct cf_file_arg *file)
{
    if (file->registered) {
        cf_trace_in_u64(&call->trace, "file_index", file->index);
    } else {
        cf_trace_in_sym(&call->trace, "file", file->sym);
    }
}

void cf_call_buffer(struct cf_call *call, const struct cf_buffer_arg *buffer)
{
    if (buffer->registered) {
        cf_trace_in_u64(&call->trace, "buf_index", buffer->index);
    } else {
        cf_trace_in_sym(&call->trace, "buf", buffer->sym[0] ? buffer->sym : NULL);
    }
    cf_trace_in_u64(&call->trace, "buf_off", buffer->offset);
}

void cf_call_start(struct cf_call *call)
{
    SetLastError(0);
    cf_trace_call_start(&call->trace);
}

void cf_call_stop(struct cf_call *call)
{
    cf_trace_call_stop(&call->trace);
}

void cf_out(struct cf_call *call, const char *name, uint64_t value)
{
    cf_trace_out_u64(&call->trace, name, value);
    value_set(call, name, value);
}

void cf_out_hex(struct cf_call *call, const char *name, uint64_t value)
{
    cf_trace_out_hex64(&call->trace, name, value);
    value_set(call, name, value);
}

static bool ended(struct cf_call *call, uint64_t n, uint64_t *n_out, bool good, const char *what,
                  uint32_t code)
{
    struct cf_run *run = call->thread->run;

    if (n_out) {
        *n_out = n;
    }
    if (run->options->verbose) {
        fprintf(stderr, "  %u:%s %s -> 0x%08x\n", call->step->line,
                call->step->label ? call->step->label : "", what, code);
    }
    if (good || call->step->label) {
        return true;
    }
    return cf_stop(call->thread, call->step, "%s failed with 0x%08x", what, code);
}

bool cf_call_end_hr(struct cf_call *call, HRESULT hr, uint64_t *n_out)
{
    const char *fn = call->trace.fn;

    value_set(call, "hr", (uint32_t)hr);
    return ended(call, cf_trace_call_end(&call->trace, hr, GetLastError()), n_out, hr >= 0, fn,
                 (uint32_t)hr);
}

bool cf_call_end_ret(struct cf_call *call, uint64_t ret, DWORD last_error, bool good,
                     uint64_t *n_out)
{
    const char *fn = call->trace.fn;

    value_set(call, "ret", ret);
    value_set(call, "le", last_error);
    return ended(call, cf_trace_call_end_ret(&call->trace, ret, last_error), n_out, good, fn,
                 good ? 0 : last_error);
}

bool cf_call_end_status(struct cf_call *call, NTSTATUS status, uint64_t *n_out)
{
    const char *fn = call->trace.fn;

    value_set(call, "st", (uint32_t)status);
    return ended(call, cf_trace_call_end_status(&call->trace, status), n_out, status >= 0, fn,
                 (uint32_t)status);
}

bool cf_call_end_void(struct cf_call *call)
{
    const char *fn = call->trace.fn;

    return ended(call, cf_trace_call_end_void(&call->trace), NULL, true, fn, 0);
}

bool cf_call_absent(struct cf_thread *thread, const struct cf_step *step, const char *fn)
{
    char text[160];

    snprintf(text, sizeof text, "absent: %s", fn);
    cf_trace_note(thread->run->writer, text, "kit");
    return cf_stop(thread, step, "%s is not there", fn);
}

/* SPDX-License-Identifier: MIT */
/*
 * Two traces side by side. A replay makes the same calls, so calls pair by number; what differs is put
 * to one question: could it have been otherwise in the first trace as well? Only where an operation was
 * under way (view.h) the answer can be yes, and only for what such an operation decides: when something
 * came, not what came. Then the oracle judges the replay as a whole.
 */
#include "conformance/replay/compare.h"

#include "conformance/kit/text.h"
#include "conformance/oracle/oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include <ioringapi.h>

struct cf_difference *rp_differ(struct rp_compare *compare, const struct cf_record *record,
                                const char *field)
{
    struct cf_comparison *c = compare->out;
    struct cf_difference *item;

    if (compare->capacity == c->count) {
        compare->capacity = compare->capacity ? 2 * compare->capacity : 16;
        c->items = realloc(c->items, compare->capacity * sizeof(*c->items));
        if (!c->items)
            abort();
    }
    item = &c->items[c->count++];
    *item = (struct cf_difference){.fn = "", .scenario = compare->recorded.scenario,
                                   .trial = compare->recorded.trial};
    snprintf(item->field, sizeof(item->field), "%s", field);
    if (record) {
        item->line = record->line;
        if (record->type == CF_CALL) {
            item->n = record->call.n;
            item->fn = record->call.fn;
            item->step = record->call.step;
        }
    }
    return item;
}

void rp_say(char *text, size_t nbytes, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(text, nbytes, format, args);
    va_end(args);
}

void rp_allow(struct cf_difference *item, const char *why)
{
    item->legal = true;
    rp_say(item->why, sizeof(item->why), "%s", why);
}

/* ---- values ---- */

static void value_text(const json_t *json, char *text, size_t nbytes)
{
    char *dump = json ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;

    rp_say(text, nbytes, "%s", dump ? dump : "nothing");
    free(dump);
}

static bool same_value(const struct cf_record *a, const struct cf_record *b, const char *parent,
                       const char *key)
{
    uint64_t x, y;

    if (cf_record_u64(a, parent, key, &x) && cf_record_u64(b, parent, key, &y))
        return x == y;
    return json_equal(json_object_get(json_object_get(a->json, parent), key),
                      json_object_get(json_object_get(b->json, parent), key));
}

static void result_text(const struct cf_record *call, char *text, size_t nbytes)
{
    static const char *const names[] = {"none", "hr", "st", "ret"};

    if (call->call.result == CF_RESULT_RET)
        rp_say(text, nbytes, "ret %llu, error %llu", (unsigned long long)call->call.value,
               (unsigned long long)call->call.last_error);
    else
        rp_say(text, nbytes, "%s 0x%08llx", names[call->call.result], (unsigned long long)call->call.value);
}

/* ---- one call ---- */

static bool is(const struct cf_record *call, const char *fn)
{
    return !strcmp(call->call.fn, fn);
}

static bool has_wait(const struct cf_record *call)
{
    uint64_t wait = 0;

    return cf_in_u64(call, "wait", &wait) && wait;
}

/*
 * Patience that does not run out on an operation that could have been done at once: that one trace
 * waited this long in vain is no matter of timing. [I]
 */
enum { LONG_WAIT_MS = 1000 };

static bool has_expired(const struct cf_record *call)
{
    return call->call.value == WAIT_TIMEOUT || call->call.value == (uint32_t)IORING_E_WAIT_TIMEOUT;
}

static bool is_long_wait(const struct cf_record *e, const struct cf_record *g)
{
    uint64_t ms = 0;

    return cf_in_u64(e, "ms", &ms) && ms >= LONG_WAIT_MS && has_expired(e) != has_expired(g);
}

static const char under_way[] = "an operation was under way: whether it is done yet is left open";

/* Why the results of the pair may differ; NULL: they may not. */
static const char *excuse_result(const struct rp_compare *compare, const struct cf_record *e,
                                 const struct cf_record *g)
{
    const struct rp_view *view = &compare->recorded;
    size_t ring = rp_view_ring(view, cf_in_string(e, "ring"), e->line);
    bool waits = is(e, "WaitForSingleObject") || is(e, "WaitForSingleObjectEx") ||
                 is(e, "WaitForMultipleObjects") || is(e, "WaitForMultipleObjectsEx");

    if (is_long_wait(e, g))
        return NULL;
    if (is(e, "PopIoRingCompletion") && e->call.value <= 1 && g->call.value <= 1)
        return rp_view_racing(view, ring, e->line, NULL) ? under_way : NULL;
    if ((is(e, "SubmitIoRing") || is(e, "NtSubmitIoRing")) && has_wait(e))
        return rp_view_racing(view, ring, e->line, NULL) ? under_way : NULL;
    if (waits && (e->call.value < WAIT_TIMEOUT || e->call.value == WAIT_TIMEOUT) &&
        g->call.value <= WAIT_TIMEOUT)
        return rp_view_racing(view, RP_NO_RING, e->line, NULL) ||
                       rp_dstorage_racing(view, e->line, NULL)
                   ? under_way
                   : NULL;
    return rp_dstorage_excuse_result(compare, e, g);
}

/* A transfer that pends in one trace and is done at once in the other: on files either may be. */
static bool is_pending_or_done(const struct rp_compare *compare, const struct cf_record *e,
                               const struct cf_record *g)
{
    const uint64_t open = is(e, "GetOverlappedResult") ? ERROR_IO_INCOMPLETE : ERROR_IO_PENDING;
    bool e_open = !e->call.value && e->call.last_error == open;
    bool g_open = !g->call.value && g->call.last_error == open;
    const char *file = cf_in_string(e, "file");

    if (!cf_in_string(e, "ov") || e_open == g_open || !(e->call.value || g->call.value))
        return false;
    for (size_t i = compare->recorded.from; file && i < compare->recorded.to; i++) {
        const struct cf_record *record = &compare->recorded.trace->records[i];

        if (record->type == CF_OBJ && !strcmp(record->obj.sym, file))
            return !strcmp(record->obj.kind, "file");
    }
    return false;
}

static bool failed(const struct cf_record *call)
{
    return call->call.result == CF_RESULT_RET ? !call->call.value : call->call.value >> 31 != 0;
}

/* False when the results differ: then the out-parameters are not compared. */
static bool compare_results(struct rp_compare *compare, const struct cf_record *e,
                            const struct cf_record *g)
{
    bool with_error = e->call.result == CF_RESULT_RET && failed(e) && failed(g) && strncmp(e->call.fn, "kit.", 4) &&
                      strncmp(e->call.fn, "WaitFor", 7);
    struct cf_difference *item;
    const char *excuse;

    if (e->call.result == g->call.result && e->call.value == g->call.value &&
        (!with_error || e->call.last_error == g->call.last_error))
        return true;
    item = rp_differ(compare, e, "result");
    result_text(e, item->expected, sizeof(item->expected));
    result_text(g, item->got, sizeof(item->got));
    excuse = excuse_result(compare, e, g);
    if (!excuse && is_pending_or_done(compare, e, g))
        excuse = "at once or pending: both are allowed on a file";
    if (excuse)
        rp_allow(item, excuse);
    return false;
}

/* Why an out-parameter may differ though the result is the same. */
static const char *excuse_out(const struct rp_compare *compare, const struct cf_record *e,
                              const struct cf_record *g, const char *key)
{
    const struct rp_view *view = &compare->recorded;
    size_t ring = rp_view_ring(view, cf_in_string(e, "ring"), e->line);

    if (is(e, "SubmitIoRing") && failed(e) && has_wait(e))
        return "what an expired wait counts is unknown";
    if (is(e, "kit.ntpeek") && !strcmp(key, "cqtail"))
        return rp_view_racing(view, ring, e->line, NULL) ? under_way : NULL;
    if (is(e, "kit.check") && !strcmp(key, "sha256"))
        return rp_excuse_memory(compare, cf_in_string(e, "buf"), e->line);
    if (!strcmp(key, "done") && cf_in_string(e, "ov") && !e->call.value && !g->call.value)
        return "nothing is said of a transfer that pends";
    return rp_dstorage_excuse_out(compare, e, key);
}

static bool is_symbol_key(const char *key)
{
    static const char *const keys[] = {"ring", "file", "event", "read", "write", "obj", "handle", "port"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (!strcmp(keys[i], key))
            return true;
    }
    return false;
}

static void compare_outs(struct rp_compare *compare, const struct cf_record *e, const struct cf_record *g)
{
    const json_t *outs = json_object_get(e->json, "out");
    const json_t *theirs = json_object_get(g->json, "out");
    json_t *value;
    const char *key;

    json_object_foreach((json_t *)outs, key, value) {
        struct cf_difference *item;
        const char *excuse;

        if (!strcmp(key, "text") && is(e, "kit.check"))
            continue; /* the hash says it */
        if (is_symbol_key(key) ? json_is_null(value) == json_is_null(json_object_get(theirs, key))
                               : same_value(e, g, "out", key))
            continue;
        item = rp_differ(compare, e, key);
        value_text(value, item->expected, sizeof(item->expected));
        value_text(json_object_get(theirs, key), item->got, sizeof(item->got));
        excuse = excuse_out(compare, e, g, key);
        if (excuse)
            rp_allow(item, excuse);
    }
    if (json_object_get(theirs, "early")) {
        size_t ring = rp_view_ring(&compare->recorded, cf_in_string(e, "ring"), e->line);
        struct cf_difference *item = rp_differ(compare, e, "result");

        rp_say(item->expected, sizeof(item->expected), "an empty queue");
        rp_say(item->got, sizeof(item->got), "a completion");
        if (rp_view_racing(&compare->recorded, ring, e->line, NULL))
            rp_allow(item, under_way);
    }
}

static void compare_call(struct rp_compare *compare, const struct cf_record *e, const struct cf_record *g)
{
    const char *why = cf_in_string(g, "why");

    if (is(g, "replay.skip")) {
        compare->out->absorbed += why && !strcmp(why, "early");
        compare->out->not_made += !why || (strcmp(why, "early") && strcmp(why, "bookkeeping"));
        return;
    }
    compare->out->compared++;
    if (strcmp(e->call.fn, g->call.fn) != 0) {
        struct cf_difference *item = rp_differ(compare, e, "fn");

        rp_say(item->expected, sizeof(item->expected), "%s", e->call.fn);
        rp_say(item->got, sizeof(item->got), "%s", g->call.fn);
        return;
    }
    if (compare_results(compare, e, g))
        compare_outs(compare, e, g);
}

/* ---- all calls ---- */

struct numbered {
    uint64_t n;
    const struct cf_record *record;
};

static int by_number(const void *left, const void *right)
{
    const struct numbered *a = left, *b = right;

    return a->n < b->n ? -1 : a->n > b->n;
}

static size_t number_calls(const struct rp_view *view, struct numbered *calls)
{
    size_t count = 0;

    for (size_t i = view->from; i < view->to; i++) {
        const struct cf_record *record = &view->trace->records[i];
        uint64_t of;

        if (record->type == CF_CALL && cf_in_u64(record, "of", &of))
            calls[count++] = (struct numbered){of, record};
    }
    qsort(calls, count, sizeof(*calls), by_number);
    return count;
}

static void compare_calls(struct rp_compare *compare)
{
    const struct rp_view *mine = &compare->recorded, *theirs = &compare->replayed;
    struct numbered *calls = cf_xalloc((theirs->to - theirs->from + 1) * sizeof(*calls));
    size_t count = number_calls(theirs, calls);

    for (size_t i = mine->from; i < mine->to; i++) {
        const struct cf_record *record = &mine->trace->records[i];
        struct numbered key = {record->call.n, NULL}, *found;

        if (record->type != CF_CALL)
            continue;
        compare->out->calls++;
        found = count ? bsearch(&key, calls, count, sizeof(*calls), by_number) : NULL;
        if (found) {
            compare_call(compare, record, found->record);
        } else if (!compare->is_cut) {
            struct cf_difference *item = rp_differ(compare, record, "call");

            rp_say(item->expected, sizeof(item->expected), "the call");
            rp_say(item->got, sizeof(item->got), "the replay ended before it");
            compare->is_cut = true;
        }
    }
    free(calls);
}

/* ---- the oracle ---- */

static bool breaks(const struct cf_verdict *verdict, const char *rule)
{
    for (size_t i = 0; i < verdict->violation_count; i++) {
        if (!strcmp(verdict->violations[i].rule->id, rule))
            return true;
    }
    return false;
}

static void blame(struct rp_compare *compare, const struct cf_violation *violation, bool recorded)
{
    char field[32];
    struct cf_difference *item;

    rp_say(field, sizeof(field), "rule %s", violation->rule->id);
    item = rp_differ(compare, NULL, field);
    item->scenario = "";
    item->line = recorded ? violation->line : 0;
    item->rows = violation->rule->source;
    rp_say(item->expected, sizeof(item->expected), "%s", recorded ? "broken" : "kept");
    rp_say(item->got, sizeof(item->got), "%s", recorded ? "kept" : "broken");
    rp_say(item->why, sizeof(item->why), "%s: %.150s", violation->rule->grade, violation->text);
}

/* A rule that one trace breaks and the other keeps is a difference; one that both break is none. */
static void ask_oracle(struct rp_compare *compare, const struct cf_trace *recorded,
                       const struct cf_trace *replayed)
{
    struct cf_verdict mine = {0}, theirs = {0};

    cf_oracle_check(recorded, &mine);
    cf_oracle_check(replayed, &theirs);
    for (size_t i = 0; i < theirs.violation_count; i++) {
        if (!breaks(&mine, theirs.violations[i].rule->id))
            blame(compare, &theirs.violations[i], false);
    }
    for (size_t i = 0; i < mine.violation_count; i++) {
        if (!breaks(&theirs, mine.violations[i].rule->id))
            blame(compare, &mine.violations[i], true);
    }
    cf_verdict_fini(&mine);
    cf_verdict_fini(&theirs);
}

/* ---- the traces ---- */

/* The records of the next scenario; false at the end. */
static bool next_segment(const struct cf_trace *trace, size_t *from, size_t *to)
{
    *from = *to;
    if (*from >= trace->count)
        return false;
    for (*to = *from + 1; *to < trace->count && trace->records[*to].type != CF_SCN; ++*to)
        ;
    return true;
}

static bool says_unknown(const struct cf_trace *trace)
{
    for (size_t i = 0; i < trace->count; i++) {
        const char *text = trace->records[i].type == CF_NOTE
                               ? cf_record_string(&trace->records[i], NULL, "text")
                               : NULL;

        if (text && !strncmp(text, "contents of ", 12))
            return true;
    }
    return false;
}

void cf_compare(const struct cf_trace *recorded, const struct cf_trace *replayed,
                struct cf_comparison *comparison)
{
    struct rp_compare compare = {.out = comparison};
    size_t from = 0, to = 0, their_from = 0, their_to = 0;

    *comparison = (struct cf_comparison){0};
    compare.contents_unknown = comparison->made_up = says_unknown(replayed);
    while (next_segment(recorded, &from, &to)) {
        if (!next_segment(replayed, &their_from, &their_to))
            their_from = their_to = replayed->count;
        rp_view_init(&compare.recorded, recorded, from, to);
        rp_view_init(&compare.replayed, replayed, their_from, their_to);
        compare_calls(&compare);
        rp_compare_completions(&compare);
        rp_compare_memory(&compare);
        rp_view_fini(&compare.recorded);
        rp_view_fini(&compare.replayed);
    }
    ask_oracle(&compare, recorded, replayed);
    for (size_t i = 0; i < comparison->count; i++)
        comparison->illegal += !comparison->items[i].legal;
}

void cf_comparison_fini(struct cf_comparison *comparison)
{
    free(comparison->items);
    *comparison = (struct cf_comparison){0};
}

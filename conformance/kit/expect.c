/* SPDX-License-Identifier: MIT */
/*
 * Judges a trace by expectations: finds what was seen in each trial, compares, and combines. Knows
 * nothing of rules (that is the oracle's work) and nothing of who made the trace.
 */
#include "conformance/kit/expect_set.h"
#include "conformance/kit/text.h"
#include "conformance/trace/reader.h"
#include "conformance/trace/sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trial { /* records [from, to) of one run of the scenario */
    const struct cf_trace *trace;
    size_t from, to;
    struct cf_facts facts;
};

enum seen_kind { SEEN_NOTHING, SEEN_NUMBER, SEEN_CODE, SEEN_TEXT, SEEN_SPANS };

struct seen {
    enum seen_kind kind;
    uint64_t number; /* code: 32 bits, failing when the top one is set */
    const char *text; /* NULL: a digest of the record's, not made yet */
    const struct cf_record *record;
};

static const char *text_of(const struct seen *seen)
{
    return seen->text ? seen->text : cf_out_string(seen->record, "sha256");
}

#define MAX_SEEN 4096

struct seen_list { /* used again and again; freed with its items */
    size_t count, capacity;
    struct seen *items;
};

static void add(struct seen_list *list, struct seen seen)
{
    if (list->count == MAX_SEEN) {
        return;
    }
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 32;
        list->items = realloc(list->items, list->capacity * sizeof *list->items);
        if (!list->items) {
            abort();
        }
    }
    list->items[list->count++] = seen;
}

/* ---- finding ---- */

static bool is_call_of(const struct cf_record *record, const struct cf_field *field)
{
    return record->type == CF_CALL && record->call.step && field->label &&
           record->call.step[0] == field->label[0] && !strcmp(record->call.step, field->label);
}

static bool is_cqe_of(const struct cf_record *record, const struct cf_field *field)
{
    return record->type == CF_CQE && record->cqe.user_data >= field->from &&
           record->cqe.user_data <= field->to &&
           (!field->ring || !strcmp(field->ring, record->cqe.ring));
}

static struct seen call_value(const struct cf_record *call, const char *sub)
{
    struct seen seen = {.kind = SEEN_NOTHING, .record = call};

    if (!strcmp(sub, "hr") || !strcmp(sub, "st")) {
        bool match = call->call.result == (sub[0] == 'h' ? CF_RESULT_HR : CF_RESULT_STATUS);
        seen.kind = match ? SEEN_CODE : SEEN_NOTHING;
        seen.number = (uint32_t)call->call.value;
    } else if (!strcmp(sub, "ret")) {
        seen.kind = call->call.result == CF_RESULT_RET ? SEEN_NUMBER : SEEN_NOTHING;
        seen.number = call->call.value;
    } else if (!strcmp(sub, "le")) {
        seen.kind = SEEN_NUMBER;
        seen.number = call->call.last_error;
    } else if (!strcmp(sub, "ms")) {
        seen.kind = SEEN_NUMBER;
        seen.number = (call->call.t1_ns - call->call.t0_ns) / 1000000;
    } else if (cf_out_u64(call, sub + 4, &seen.number)) {
        seen.kind = SEEN_NUMBER;
    } else if ((seen.text = cf_out_string(call, sub + 4))) {
        seen.kind = SEEN_TEXT;
    }
    return seen;
}

/* drain and pop write several calls a step: out-values are looked for in those that have them. */
static bool has_value(const struct cf_record *call, const char *sub)
{
    return call_value(call, sub).kind != SEEN_NOTHING;
}

static void find_calls(const struct trial *trial, const struct cf_field *field,
                       struct seen_list *list)
{
    bool counting = !strcmp(field->sub, "count");
    uint64_t count = 0;

    for (size_t i = trial->from; i < trial->to; i++) {
        const struct cf_record *record = &trial->trace->records[i];
        if (!is_call_of(record, field) || (!counting && !has_value(record, field->sub))) {
            continue;
        }
        if (!counting && (field->index < 0 || (uint64_t)field->index == count)) {
            add(list, call_value(record, field->sub));
        }
        count++;
    }
    if (counting) {
        add(list, (struct seen){.kind = SEEN_NUMBER, .number = count});
    }
}

static void find_cqes(const struct trial *trial, const struct cf_field *field,
                      struct seen_list *list)
{
    bool code = !strcmp(field->sub, "hr"), information = !strcmp(field->sub, "info");
    uint64_t count = 0;

    for (size_t i = trial->from; i < trial->to; i++) {
        const struct cf_record *record = &trial->trace->records[i];
        if (!is_cqe_of(record, field)) {
            continue;
        }
        count++;
        if (code) {
            add(list, (struct seen){.kind = SEEN_CODE, .number = record->cqe.hr, .record = record});
        } else if (information) {
            add(list, (struct seen){.kind = SEEN_NUMBER,
                                    .number = record->cqe.information,
                                    .record = record});
        }
    }
    if (!strcmp(field->sub, "count")) {
        add(list, (struct seen){.kind = SEEN_NUMBER, .number = count});
    }
}

/* evt and mem records that say "after" a call of the step. */
static void find_after(const struct trial *trial, const struct cf_field *field,
                       struct seen_list *list)
{
    for (size_t i = trial->from; i < trial->to; i++) {
        const struct cf_record *call = &trial->trace->records[i];
        if (!is_call_of(call, field)) {
            continue;
        }
        if (field->kind == CF_FIELD_MEM && !strcmp(field->sub, "content")) {
            size_t nbytes;
            const char *sha = cf_out_digested(call, "sha256", &nbytes)
                                  ? NULL
                                  : cf_out_string(call, "sha256");
            if (sha || cf_out_digested(call, "sha256", &nbytes)) {
                add(list, (struct seen){.kind = SEEN_TEXT, .text = sha, .record = call});
            }
            continue;
        }
        for (size_t j = i + 1; j < trial->to; j++) {
            const struct cf_record *record = &trial->trace->records[j];
            if (field->kind == CF_FIELD_EVT && record->type == CF_EVT &&
                record->evt.after == call->call.n) {
                add(list, (struct seen){.kind = SEEN_NUMBER,
                                        .number = record->evt.signalled,
                                        .record = record});
                break;
            }
            if (field->kind == CF_FIELD_MEM && record->type == CF_MEM &&
                record->mem.after == call->call.n) {
                if (!strcmp(field->sub, "changed")) {
                    add(list, (struct seen){.kind = SEEN_SPANS, .record = record});
                } else {
                    add(list, (struct seen){.kind = SEEN_NUMBER,
                                            .number = record->mem.poison_ok == 1,
                                            .record = record});
                }
                break;
            }
        }
    }
}

static void find(const struct trial *trial, const struct cf_field *field, struct seen_list *list)
{
    list->count = 0;
    switch (field->kind) {
    case CF_FIELD_CALL:
        find_calls(trial, field, list);
        break;
    case CF_FIELD_CQE:
        find_cqes(trial, field, list);
        break;
    default:
        find_after(trial, field, list);
        break;
    }
}

/* ---- comparing ---- */

static bool spans_match(const struct cf_record *record, const char *value)
{
    size_t count = 0;
    uint64_t from, to;
    char *end;

    value++; /* the outer bracket */
    while (*value == '[') {
        from = strtoull(value + 1, &end, 0);
        if (*end != ',') {
            return false;
        }
        to = strtoull(end + 1, &end, 0);
        if (*end != ']' || count == record->mem.changed_count ||
            record->mem.changed[count].from != from || record->mem.changed[count].to != to) {
            return false;
        }
        count++;
        value = end + 1;
        value += *value == ',';
    }
    return *value == ']' && count == record->mem.changed_count;
}

static bool content_matches(const char *sha, const char *value)
{
    unsigned long long seed, offset, length;
    char hex[CF_SHA256_HEX_SIZE];
    size_t nbytes = 0;
    uint8_t *bytes;

    if (cf_is_quoted(value)) {
        bytes = cf_unquote(value, &nbytes);
        if (!bytes) {
            return false;
        }
    } else {
        if (sscanf(value, "ascii(%llu)@%llu+%llu", &seed, &offset, &length) != 3 ||
            length > (1u << 30)) {
            return false;
        }
        nbytes = (size_t)length;
        bytes = cf_xalloc(nbytes);
        cf_generate(bytes, nbytes, offset, seed);
    }
    cf_sha256_of(bytes, nbytes, hex);
    free(bytes);
    return !strcmp(sha, hex);
}

static bool number_matches(const struct seen *seen, const char *value)
{
    const char *dots = strstr(value, "..");
    uint64_t low = 0, high = 0;
    uint32_t code;

    if (!strcmp(value, "ok") || !strcmp(value, "fail")) {
        bool good = seen->kind == SEEN_CODE ? !(seen->number >> 31 & 1) : seen->number != 0;
        return good == (value[0] == 'o');
    }
    if (cf_code_by_name(value, &code)) {
        return seen->number == code;
    }
    if (value[0] == '>' || value[0] == '<') {
        cf_parse_number(value + 2, strlen(value + 2), &low);
        return value[0] == '>' ? seen->number >= low : seen->number <= low;
    }
    if (dots) {
        return cf_parse_number(value, (size_t)(dots - value), &low) &&
               cf_parse_number(dots + 2, strlen(dots + 2), &high) && seen->number >= low &&
               seen->number <= high;
    }
    return cf_parse_number(value, strlen(value), &low) && seen->number == low;
}

static bool matches(const struct trial *trial, const struct seen *seen, const char *value,
                    bool content)
{
    if (!strncmp(value, "not:", 4)) {
        return seen->kind != SEEN_NOTHING && !matches(trial, seen, value + 4, content);
    }
    if (value[0] == '$') {
        struct seen_list other = {0};
        struct cf_field field;
        bool same = false;
        if (cf_field_parse(value + 1, false, &field)) {
            find(trial, &field, &other);
            same = other.count > 0 && other.items[0].kind != SEEN_NOTHING &&
                   other.items[0].kind != SEEN_TEXT && other.items[0].number == seen->number;
        }
        cf_field_fini(&field);
        free(other.items);
        return same;
    }
    switch (seen->kind) {
    case SEEN_SPANS:
        return value[0] == '[' && spans_match(seen->record, value);
    case SEEN_TEXT:
        if (content) {
            return content_matches(text_of(seen), value);
        }
        return cf_is_quoted(value) && strlen(text_of(seen)) == strlen(value) - 2 &&
               !memcmp(text_of(seen), value + 1, strlen(value) - 2);
    case SEEN_NUMBER:
    case SEEN_CODE:
        return number_matches(seen, value);
    default:
        return false;
    }
}

/* ---- saying ---- */

struct say {
    char text[400];
    size_t nchars;
};

static void say(struct say *out, const char *text)
{
    int more = snprintf(out->text + out->nchars, sizeof out->text - out->nchars, "%s", text);

    out->nchars += (size_t)more;
    if (out->nchars >= sizeof out->text) {
        out->nchars = sizeof out->text - 1;
    }
}

static void say_seen(struct say *out, const struct seen *seen)
{
    char text[64];
    const char *name;

    switch (seen->kind) {
    case SEEN_CODE:
        name = cf_code_name((uint32_t)seen->number);
        snprintf(text, sizeof text, "0x%08x", (unsigned)seen->number);
        say(out, text);
        if (name) {
            say(out, " ");
            say(out, name);
        }
        break;
    case SEEN_NUMBER:
        snprintf(text, sizeof text, "%llu", (unsigned long long)seen->number);
        say(out, text);
        break;
    case SEEN_TEXT:
        say(out, text_of(seen));
        break;
    case SEEN_SPANS:
        say(out, "[");
        for (size_t i = 0; i < seen->record->mem.changed_count && i < 8; i++) {
            snprintf(text, sizeof text, "%s[%llu,%llu]", i ? "," : "",
                     (unsigned long long)seen->record->mem.changed[i].from,
                     (unsigned long long)seen->record->mem.changed[i].to);
            say(out, text);
        }
        say(out, "]");
        break;
    default:
        say(out, "nothing");
        break;
    }
}

/* Up to six different values, in order of appearance. */
static void say_list(struct say *out, const struct seen_list *list)
{
    struct say shown[6] = {0};
    size_t shown_count = 0;

    for (size_t i = 0; i < list->count; i++) {
        struct say one = {0};
        bool known = false;
        say_seen(&one, &list->items[i]);
        for (size_t j = 0; j < shown_count && !known; j++) {
            known = !strcmp(shown[j].text, one.text);
        }
        if (known) {
            continue;
        }
        if (shown_count == 6) {
            say(out, ", …");
            return;
        }
        say(out, shown_count ? ", " : "");
        say(out, one.text);
        shown[shown_count++] = one;
    }
    if (list->count == 0) {
        say(out, "nothing");
    }
}

static char *say_want(const struct cf_expectation *item)
{
    struct say out = {0};

    if (item->class_ == CF_ORDER) {
        return cf_xstrdup(item->text);
    }
    for (unsigned i = 0; i < item->value_count; i++) {
        say(&out, i ? " | " : "");
        say(&out, item->values[i]);
    }
    return cf_xstrdup(out.text);
}

/* ---- one expectation in one trial ---- */

static bool event_lines(const struct trial *trial, const struct cf_field *event, size_t *first_out,
                        size_t *last_out)
{
    bool found = false;

    for (size_t i = trial->from; i < trial->to; i++) {
        const struct cf_record *record = &trial->trace->records[i];
        bool match =
            event->kind == CF_FIELD_CQE ? is_cqe_of(record, event) : is_call_of(record, event);
        if (match) {
            *first_out = found ? *first_out : i;
            *last_out = i;
            found = true;
        }
    }
    return found;
}

static bool in_order(const struct trial *trial, const struct cf_field *events, unsigned count,
                     struct say *out)
{
    size_t first = 0, last = 0, before = 0;

    for (unsigned i = 0; i < count; i++) {
        if (!event_lines(trial, &events[i], &first, &last)) {
            say(out, "an event is missing");
            return false;
        }
        if (i && first <= before) {
            say(out, "the other order");
            return false;
        }
        before = last;
    }
    say(out, "in order");
    return true;
}

static bool conditions_hold(const struct trial *trial, const struct cf_expectation *item)
{
    for (unsigned i = 0; i < item->when_count; i++) {
        if (!cf_condition_holds(item->when[i], &trial->facts, NULL, NULL)) {
            return false;
        }
    }
    return true;
}

/* By what the value means, where that is known; false: it must be read. */
static bool decide(const struct cf_meant *meant, const struct seen *seen, bool *good_out)
{
    const unsigned char *bytes;
    size_t nbytes;

    if (meant->meaning == CF_MEANS_RANGE &&
        (seen->kind == SEEN_NUMBER || seen->kind == SEEN_CODE)) {
        *good_out = seen->number >= meant->low && seen->number <= meant->high;
        return true;
    }
    if (meant->meaning != CF_MEANS_CONTENT || seen->kind != SEEN_TEXT) {
        return false;
    }
    bytes = cf_out_digested(seen->record, "sha256", &nbytes);
    *good_out = bytes ? nbytes == meant->nbytes && !memcmp(bytes, meant->bytes, nbytes)
                      : !strcmp(text_of(seen), meant->sha);
    return true;
}

/* Does one expectation hold that is no order, its condition holding? Says nothing of what was seen. */
static bool all_match(const struct trial *trial, const struct cf_expectation *item,
                      struct seen_list *list)
{
    bool content = item->field.sub && !strcmp(item->field.sub, "content");

    for (size_t i = 0; i < list->count; i++) {
        bool good = false;
        for (unsigned j = 0; j < item->value_count && !good; j++) {
            if (!decide(&item->meant[j], &list->items[i], &good)) {
                good = matches(trial, &list->items[i], item->values[j], content);
            }
        }
        if (!good) {
            return false;
        }
    }
    return list->count > 0;
}

static enum cf_finding judge_one(const struct trial *trial, const struct cf_expectation *item,
                                 struct seen_list *list, struct say *out)
{
    if (!conditions_hold(trial, item)) {
        say(out, "its condition does not hold");
        return CF_UNMET;
    }
    if (item->class_ == CF_ORDER) {
        return in_order(trial, item->events, item->event_count, out) ? CF_PASS : CF_FAIL;
    }
    find(trial, &item->field, list);
    say_list(out, list);
    if (item->class_ == CF_STAT || item->class_ == CF_IGNORE) {
        return CF_REPORT;
    }
    return all_match(trial, item, list) ? CF_PASS : CF_FAIL;
}

/* ---- trials and groups ---- */

static void read_facts(struct trial *trial, const struct cf_record *scn, const char *engine)
{
    const char *number;

    memset(&trial->facts, 0, sizeof trial->facts);
    trial->facts.engine = engine;
    trial->facts.host = cf_record_string(scn, "params", "host");
    number = cf_record_string(scn, "params", "ioring");
    trial->facts.max_version = number ? (uint32_t)strtoul(number, NULL, 0) : 0;
    trial->facts.has_ioring = trial->facts.max_version > 0;
    number = cf_record_string(scn, "params", "features");
    trial->facts.features = number ? (uint32_t)strtoul(number, NULL, 0) : 0;
    number = cf_record_string(scn, "params", "ops");
    trial->facts.ops = number ? (uint32_t)strtoul(number, NULL, 0) : 0;
    number = cf_record_string(scn, "params", "bits");
    trial->facts.bits = number ? (unsigned)strtoul(number, NULL, 0) : 64;
    number = cf_record_string(scn, "params", "nt");
    trial->facts.has_nt = number && number[0] == '1';
    number = cf_record_string(scn, "params", "hooked");
    trial->facts.hooked = number && number[0] == '1';
    trial->facts.has_dstorage = cf_record_string(scn, "params", "dstorage");
    trial->facts.has_fence = cf_record_string(scn, "params", "fence");
    trial->facts.mapping = cf_record_string(scn, "params", "mapping");
}

static bool next_trial(const struct cf_trace *trace, const char *id, const char *engine,
                       struct trial *trial)
{
    for (size_t i = trial->to; i < trace->count; i++) {
        if (trace->records[i].type == CF_SCN && trace->records[i].scn.id &&
            !strcmp(trace->records[i].scn.id, id)) {
            trial->trace = trace;
            trial->from = i;
            read_facts(trial, &trace->records[i], engine);
            for (trial->to = i + 1;
                 trial->to < trace->count && trace->records[trial->to].type != CF_SCN;
                 trial->to++) {
            }
            return true;
        }
    }
    return false;
}

static bool case_holds(const struct cf_expect_set *set, const enum cf_finding *verdicts,
                       const char *group, const char *case_)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct cf_expectation *item = &set->items[i];
        if (item->alt_group && !strcmp(item->alt_group, group) && !strcmp(item->alt_case, case_) &&
            verdicts[i] == CF_FAIL) {
            return false;
        }
    }
    return true;
}

/* Where one case of a group holds, failures in its other cases are no failures. */
static void settle_groups(const struct cf_expect_set *set, enum cf_finding *verdicts)
{
    enum cf_finding *settled = cf_xalloc(set->count * sizeof *settled);

    memcpy(settled, verdicts, set->count * sizeof *settled);
    for (size_t i = 0; i < set->count; i++) {
        const struct cf_expectation *item = &set->items[i];
        if (!item->alt_group || verdicts[i] != CF_FAIL) {
            continue;
        }
        for (size_t j = 0; j < set->count; j++) {
            const struct cf_expectation *other = &set->items[j];
            if (other->alt_group && !strcmp(other->alt_group, item->alt_group) &&
                case_holds(set, verdicts, other->alt_group, other->alt_case)) {
                settled[i] = CF_REPORT;
                break;
            }
        }
    }
    memcpy(verdicts, settled, set->count * sizeof *settled);
    free(settled);
}

/* fail over vacuous over pass over report over skipped */
static bool outranks(enum cf_finding one, enum cf_finding other)
{
    static const int rank[] = {
        [CF_UNMET] = 0, [CF_REPORT] = 1, [CF_PASS] = 2, [CF_VACUOUS] = 3, [CF_FAIL] = 4};

    return rank[one] > rank[other];
}

static void fold(struct cf_expect_result *result, enum cf_finding verdict, const struct say *out)
{
    if (!result->seen || outranks(verdict, result->verdict)) {
        free(result->seen);
        result->seen = cf_xstrdup(out->text);
        result->verdict = verdict;
    }
}

static void start_results(const struct cf_expect_set *set, struct cf_expect_results *results)
{
    results->count = set->count;
    results->items = cf_xalloc(set->count * sizeof *results->items);
    for (size_t i = 0; i < set->count; i++) {
        const struct cf_expectation *item = &set->items[i];
        results->items[i] =
            (struct cf_expect_result){.scenario = set->scenario,
                                      .field = item->text,
                                      .class_ = item->class_,
                                      .basis = item->basis,
                                      .grounds = item->grounds ? item->grounds : "",
                                      .conflicts = item->conflicts ? item->conflicts : "",
                                      .row = item->row ? item->row : "",
                                      .want = say_want(item),
                                      .verdict = CF_UNMET,
                                      .line = item->line};
    }
}

static size_t judge_trials(const struct cf_expect_set *set, const struct cf_trace *trace,
                           const char *engine, struct cf_expect_results *results)
{
    enum cf_finding *verdicts = cf_xalloc(set->count * sizeof *verdicts);
    struct say *said = cf_xalloc(set->count * sizeof *said), ignored;
    bool *control_broken = cf_xalloc(set->count * sizeof *control_broken);
    struct seen_list list = {0};
    struct trial trial = {0};
    size_t trials = 0;

    for (; next_trial(trace, set->scenario, engine, &trial); trials++) {
        for (size_t i = 0; i < set->count; i++) {
            const struct cf_expectation *item = &set->items[i];
            memset(&said[i], 0, sizeof said[i]);
            verdicts[i] = judge_one(&trial, item, &list, &said[i]);
            memset(&ignored, 0, sizeof ignored);
            control_broken[i] |= item->control && !in_order(&trial, item->control, 2, &ignored);
        }
        settle_groups(set, verdicts);
        for (size_t i = 0; i < set->count; i++) {
            fold(&results->items[i], verdicts[i], &said[i]);
        }
    }
    for (size_t i = 0; i < set->count; i++) {
        struct cf_expect_result *result = &results->items[i];
        if (set->items[i].control && !control_broken[i] && result->verdict == CF_PASS) {
            result->verdict = CF_VACUOUS;
            free(result->seen);
            result->seen = cf_xstrdup("in order, and so was the control in every trial");
        }
    }
    free(list.items);
    free(control_broken);
    free(said);
    free(verdicts);
    return trials;
}

void cf_expect_judge_trace(const struct cf_expect_set *set, const struct cf_trace *trace,
                           const char *engine, struct cf_expect_results *results_out)
{
    memset(results_out, 0, sizeof *results_out);
    start_results(set, results_out);
    if (judge_trials(set, trace, engine, results_out) == 0) {
        for (size_t i = 0; i < set->count; i++) {
            results_out->items[i].verdict = CF_FAIL;
            results_out->items[i].seen = cf_xstrdup("the trace holds no such scenario");
        }
    }
}

/* As judge_one, without a word. A stat, an ignore and what is not asked hold. */
static bool holds(const struct trial *trial, const struct cf_expectation *item,
                  struct seen_list *list)
{
    struct say ignored;

    if (item->class_ == CF_STAT || item->class_ == CF_IGNORE || !conditions_hold(trial, item)) {
        return true;
    }
    if (item->class_ == CF_ORDER) {
        ignored.nchars = 0;
        return in_order(trial, item->events, item->event_count, &ignored);
    }
    find(trial, &item->field, list);
    return all_match(trial, item, list);
}

bool cf_expect_holds(const struct cf_expect_set *set, const struct cf_trace *trace,
                     const char *engine)
{
    struct seen_list list = {0};
    struct trial trial = {0};
    size_t trials = 0;
    bool good = true;

    for (; good && next_trial(trace, set->scenario, engine, &trial); trials++) {
        for (size_t i = 0; good && i < set->count; i++) {
            good = holds(&trial, &set->items[i], &list);
        }
    }
    free(list.items);
    if (good) {
        return trials > 0;
    }
    /* Something does not hold: cases of a group may make up for each other. */
    struct cf_expect_results results;
    cf_expect_judge_trace(set, trace, engine, &results);
    good = true;
    for (size_t i = 0; i < results.count; i++) {
        good = good && results.items[i].verdict != CF_FAIL;
    }
    cf_expect_results_fini(&results);
    return good;
}

bool cf_expect_judge(const struct cf_expect_set *set, const char *trace_path, const char *engine,
                     struct cf_expect_results *results_out, struct cf_error *error)
{
    struct cf_trace_error trace_error = {0};
    struct cf_trace *trace = cf_trace_load(trace_path, &trace_error);

    memset(results_out, 0, sizeof *results_out);
    if (!trace) {
        cf_set_error(error, trace_path, (unsigned)trace_error.line, "%s", trace_error.text);
        return false;
    }
    cf_expect_judge_trace(set, trace, engine, results_out);
    cf_trace_free(trace);
    return true;
}

void cf_expect_results_fini(struct cf_expect_results *results)
{
    for (size_t i = 0; i < results->count; i++) {
        free(results->items[i].want);
        free(results->items[i].seen);
    }
    free(results->items);
    memset(results, 0, sizeof *results);
}

/* SPDX-License-Identifier: MIT */
/* Lines to typed records. Every key that a judge will use is checked here, once. */
#include "conformance/trace/reader.h"
#include "conformance/trace/same.h"

#include "conformance/trace/sha256.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINE_LIMIT = 16 << 20,    /* bytes; a writer's longest line is far below */
    TRACE_LIMIT = 1 << 30,    /* bytes */
    RANGE_LIMIT = 1 << 16,    /* in one mem record */
};

struct parser {
    struct cf_trace *trace;
    struct cf_trace_error *error;
    size_t capacity;
    size_t line;
    size_t calls;
    bool log; /* of events, no trace */
    struct cf_sha256 sha;
};

static bool fail(struct parser *parser, const char *format, ...)
{
    va_list args;

    if (parser->error) {
        parser->error->line = parser->line;
        va_start(args, format);
        vsnprintf(parser->error->text, sizeof(parser->error->text), format, args);
        va_end(args);
    }
    return false;
}

/* ---- values ---- */

static bool hex_value(const char *text, uint64_t *value_out)
{
    uint64_t value = 0;

    if (text[0] != '0' || text[1] != 'x' || !text[2] || strlen(text) > 18)
        return false;
    for (text += 2; *text; text++) {
        if (*text >= '0' && *text <= '9')
            value = value << 4 | (uint64_t)(*text - '0');
        else if (*text >= 'a' && *text <= 'f')
            value = value << 4 | (uint64_t)(*text - 'a' + 10);
        else
            return false;
    }
    *value_out = value;
    return true;
}

static bool number_value(const json_t *json, uint64_t *value_out)
{
    if (json_is_integer(json) && json_integer_value(json) >= 0) {
        *value_out = (uint64_t)json_integer_value(json);
        return true;
    }
    return json_is_string(json) && hex_value(json_string_value(json), value_out);
}

static bool need_u64(struct parser *parser, const json_t *json, const char *key, uint64_t *out)
{
    return number_value(json_object_get(json, key), out) ||
           fail(parser, "\"%s\" must be a number", key);
}

static bool may_u64(struct parser *parser, const json_t *json, const char *key, uint64_t *out)
{
    *out = 0;
    return !json_object_get(json, key) || need_u64(parser, json, key, out);
}

static bool need_u32(struct parser *parser, const json_t *json, const char *key, uint32_t *out)
{
    uint64_t value;

    if (!need_u64(parser, json, key, &value))
        return false;
    if (value > UINT32_MAX)
        return fail(parser, "\"%s\" has more than 32 bits", key);
    *out = (uint32_t)value;
    return true;
}

static bool need_string(struct parser *parser, const json_t *json, const char *key,
                        const char **out)
{
    *out = json_string_value(json_object_get(json, key));
    return *out || fail(parser, "\"%s\" must be a string", key);
}

static bool may_string(struct parser *parser, const json_t *json, const char *key,
                       const char **out)
{
    *out = NULL;
    return !json_object_get(json, key) || need_string(parser, json, key, out);
}

static bool need_bool(struct parser *parser, const json_t *json, const char *key, bool *out)
{
    const json_t *value = json_object_get(json, key);

    *out = json_is_true(value);
    return json_is_boolean(value) || fail(parser, "\"%s\" must be true or false", key);
}

static bool may_bool(struct parser *parser, const json_t *json, const char *key, bool *out)
{
    *out = false;
    return !json_object_get(json, key) || need_bool(parser, json, key, out);
}

/* ---- records ---- */

static bool take_header(struct parser *parser, struct cf_record *record)
{
    const char *schema, *host;

    if (parser->trace->count)
        return fail(parser, "\"hdr\" must be the first line");
    if (!need_string(parser, record->json, "schema", &schema) ||
        !may_string(parser, record->json, "host", &host))
        return false;
    if (strcmp(schema, "ringer-trace/1"))
        return fail(parser, "unknown schema \"%.40s\"", schema);
    parser->trace->host = host ? host : "";
    return true;
}

static bool take_scenario(struct parser *parser, struct cf_record *record)
{
    return need_string(parser, record->json, "id", &record->scn.id) &&
           may_u64(parser, record->json, "trial", &record->scn.trial);
}

static bool take_object(struct parser *parser, struct cf_record *record)
{
    return need_string(parser, record->json, "sym", &record->obj.sym) &&
           need_string(parser, record->json, "kind", &record->obj.kind) &&
           may_u64(parser, record->json, "flags", &record->obj.flags) &&
           may_u64(parser, record->json, "size", &record->obj.nbytes);
}

static bool take_result(struct parser *parser, struct cf_record *record)
{
    static const struct {
        const char *key;
        enum cf_result_kind kind;
    } keys[] = {{"hr", CF_RESULT_HR}, {"st", CF_RESULT_STATUS}, {"ret", CF_RESULT_RET}};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (!json_object_get(record->json, keys[i].key))
            continue;
        if (record->call.result != CF_RESULT_NONE)
            return fail(parser, "a call has one result");
        record->call.result = keys[i].kind;
        if (!need_u64(parser, record->json, keys[i].key, &record->call.value))
            return false;
        if (keys[i].kind != CF_RESULT_RET && record->call.value > UINT32_MAX)
            return fail(parser, "\"%s\" has more than 32 bits", keys[i].key);
    }
    return true;
}

static bool take_call(struct parser *parser, struct cf_record *record)
{
    const json_t *in = json_object_get(record->json, "in");
    const json_t *out = json_object_get(record->json, "out");

    parser->calls++;
    if ((in && !json_is_object(in)) || (out && !json_is_object(out)))
        return fail(parser, "\"in\" and \"out\" must be objects");
    if (!need_u64(parser, record->json, "n", &record->call.n) ||
        !need_string(parser, record->json, "fn", &record->call.fn) ||
        !may_string(parser, record->json, "step", &record->call.step) ||
        !may_u64(parser, record->json, "th", &record->call.thread) ||
        !may_u64(parser, record->json, "le", &record->call.last_error) ||
        !may_u64(parser, record->json, "t0", &record->call.t0_ns) ||
        !may_u64(parser, record->json, "t1", &record->call.t1_ns) || !take_result(parser, record))
        return false;
    record->call.id = cf_fn_of(record->call.fn);
    if (record->call.t1_ns < record->call.t0_ns)
        return fail(parser, "the call ends before it begins");
    return true;
}

static bool take_completion(struct parser *parser, struct cf_record *record)
{
    return need_string(parser, record->json, "ring", &record->cqe.ring) &&
           need_u64(parser, record->json, "ud", &record->cqe.user_data) &&
           need_u32(parser, record->json, "hr", &record->cqe.hr) &&
           need_u64(parser, record->json, "info", &record->cqe.information) &&
           may_u64(parser, record->json, "order", &record->cqe.order) &&
           may_u64(parser, record->json, "after", &record->cqe.after);
}

static bool take_event(struct parser *parser, struct cf_record *record)
{
    return need_string(parser, record->json, "sym", &record->evt.sym) &&
           need_bool(parser, record->json, "signalled", &record->evt.signalled) &&
           may_string(parser, record->json, "by", &record->evt.by) &&
           may_u64(parser, record->json, "value", &record->evt.value) &&
           may_u64(parser, record->json, "after", &record->evt.after);
}

static bool take_memory(struct parser *parser, struct cf_record *record)
{
    const json_t *changed = json_object_get(record->json, "changed");
    const json_t *poison = json_object_get(record->json, "poison_ok");
    size_t count = json_array_size(changed);
    struct cf_span *spans;

    record->mem.poison_ok = -1;
    if (!need_string(parser, record->json, "sym", &record->mem.sym) ||
        !may_bool(parser, record->json, "fill", &record->mem.fill) ||
        !may_bool(parser, record->json, "merged", &record->mem.merged) ||
        !may_u64(parser, record->json, "after", &record->mem.after))
        return false;
    if (poison && !json_is_boolean(poison))
        return fail(parser, "\"poison_ok\" must be true or false");
    if (poison)
        record->mem.poison_ok = json_is_true(poison);
    if (!json_is_array(changed) || count > RANGE_LIMIT)
        return fail(parser, "\"changed\" must be an array of at most %d ranges", RANGE_LIMIT);
    spans = calloc(count ? count : 1, sizeof(*spans));
    if (!spans)
        return fail(parser, "out of memory");
    record->mem.changed = spans;
    record->mem.changed_count = count;
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(changed, i);

        if (json_array_size(pair) != 2 || !number_value(json_array_get(pair, 0), &spans[i].from) ||
            !number_value(json_array_get(pair, 1), &spans[i].to) || spans[i].from >= spans[i].to)
            return fail(parser, "range %zu of \"changed\" is no [from,to)", i);
    }
    return true;
}

static bool take_exception(struct parser *parser, struct cf_record *record)
{
    const json_t *code = json_object_get(record->json, "exit");

    if (code && !json_is_integer(code))
        return fail(parser, "\"exit\" must be a number");
    record->exc.exit_code = json_integer_value(code);
    return may_u64(parser, record->json, "code", &record->exc.code) &&
           may_string(parser, record->json, "kind", &record->exc.kind);
}

static bool take_history(struct parser *parser, struct cf_record *record)
{
    return need_u64(parser, record->json, "trials", &record->hist.trials) &&
           may_bool(parser, record->json, "vacuous", &record->hist.vacuous);
}

static bool take_end(struct parser *parser, struct cf_record *record)
{
    char hex[CF_SHA256_HEX_SIZE];
    const char *claimed;
    uint64_t lines, calls;

    if (!need_string(parser, record->json, "sha256", &claimed) ||
        !need_u64(parser, record->json, "lines", &lines) ||
        !need_u64(parser, record->json, "calls", &calls) ||
        !may_u64(parser, record->json, "lost_events", &parser->trace->lost_events))
        return false;
    cf_sha256_hex(&parser->sha, hex);
    if (strcmp(hex, claimed))
        parser->trace->integrity = CF_TRACE_BAD_HASH;
    else if (lines != parser->line || calls != parser->calls)
        parser->trace->integrity = CF_TRACE_BAD_COUNT;
    else
        parser->trace->integrity = CF_TRACE_WHOLE;
    return true;
}

static bool take_nothing(struct parser *parser, struct cf_record *record)
{
    (void)parser;
    (void)record;
    return true;
}

static const struct {
    const char *name;
    bool (*take)(struct parser *parser, struct cf_record *record);
} types[] = {
    [CF_HDR] = {"hdr", take_header},    [CF_SCN] = {"scn", take_scenario},
    [CF_OBJ] = {"obj", take_object},    [CF_CALL] = {"call", take_call},
    [CF_CQE] = {"cqe", take_completion}, [CF_EVT] = {"evt", take_event},
    [CF_MEM] = {"mem", take_memory},    [CF_EXC] = {"exc", take_exception},
    [CF_HIST] = {"hist", take_history}, [CF_NOTE] = {"note", take_nothing},
    [CF_END] = {"end", take_end},
};

static enum cf_record_type type_of(const char *name)
{
    for (size_t i = 0; i < CF_OTHER; i++) {
        if (!strcmp(types[i].name, name))
            return (enum cf_record_type)i;
    }
    return CF_OTHER;
}

/* ---- lines ---- */

static struct cf_record *add_record(struct parser *parser)
{
    struct cf_trace *trace = parser->trace;

    if (trace->count == parser->capacity) {
        size_t capacity = parser->capacity ? parser->capacity * 2 : 256;
        struct cf_record *records = realloc(trace->records, capacity * sizeof(*records));

        if (!records)
            return NULL;
        trace->records = records;
        parser->capacity = capacity;
    }
    memset(&trace->records[trace->count], 0, sizeof(*trace->records));
    return &trace->records[trace->count];
}

/*
 * A log of DirectStorage's events is a trace of nothing else: it begins with a header of its own, and its
 * lines have no "t".
 */
static bool take_event_line(struct parser *parser, struct cf_record *record)
{
    bool header = json_object_get(record->json, "etw") != NULL;

    if (json_object_get(record->json, "t") || (parser->trace->count == 1 && !header))
        return false;
    if (parser->trace->count == 1) {
        record->type = CF_HDR;
        parser->log = true;
        parser->trace->integrity = CF_TRACE_WHOLE;
    } else if (!header) {
        json_object_set_new(record->json, "t", json_string("ds"));
    }
    return parser->log;
}

static bool take_line(struct parser *parser, const char *line, size_t nbytes)
{
    struct cf_record *record;
    json_error_t why;
    const char *name;
    bool good;

    if (parser->trace->count && parser->trace->records[parser->trace->count - 1].type == CF_END)
        return fail(parser, "a line after \"end\"");
    record = add_record(parser);
    if (!record)
        return fail(parser, "out of memory");
    record->json = json_loadb(line, nbytes, JSON_REJECT_DUPLICATES, &why);
    if (!record->json)
        return fail(parser, "%.120s", why.text);
    record->line = parser->line;
    record->type = CF_OTHER;
    parser->trace->count++; /* from here on cf_trace_free owns json and changed */
    if (!json_is_object(record->json))
        return fail(parser, "a record must be an object");
    if (take_event_line(parser, record))
        return true;
    if (!need_string(parser, record->json, "t", &name))
        return false;
    record->type = type_of(name);
    if (parser->trace->count == 1 && record->type != CF_HDR)
        return fail(parser, "the first line must be \"hdr\"");
    parser->trace->count--; /* the header asks whether it is the first */
    good = record->type == CF_OTHER || types[record->type].take(parser, record);
    parser->trace->count++;
    return good;
}

static bool take_lines(struct parser *parser, const char *bytes, size_t nbytes)
{
    while (nbytes) {
        const char *end = memchr(bytes, '\n', nbytes);
        size_t length = end ? (size_t)(end - bytes) : nbytes;

        parser->line++;
        if (!end) {
            parser->trace->cut_line = true; /* the recorder died within a line */
            return true;
        }
        if (length > LINE_LIMIT)
            return fail(parser, "the line is too long");
        if (!take_line(parser, bytes, length))
            return false;
        cf_sha256_add(&parser->sha, bytes, length + 1);
        bytes += length + 1;
        nbytes -= length + 1;
    }
    return true;
}

struct cf_trace *cf_trace_parse(const char *bytes, size_t nbytes, struct cf_trace_error *error)
{
    struct parser parser = {.trace = calloc(1, sizeof(*parser.trace)), .error = error};

    if (!parser.trace) {
        fail(&parser, "out of memory");
        return NULL;
    }
    parser.trace->integrity = CF_TRACE_NO_END;
    parser.trace->host = "";
    cf_sha256_init(&parser.sha);
    if (take_lines(&parser, bytes, nbytes) &&
        (parser.trace->count || fail(&parser, "the file holds no record")))
        return parser.trace;
    cf_trace_free(parser.trace);
    return NULL;
}

struct cf_trace *cf_trace_load(const char *path, struct cf_trace_error *error)
{
    struct parser parser = {.error = error};
    struct cf_trace *trace = NULL;
    size_t nbytes = 0, capacity = 1 << 16, part;
    char *bytes = malloc(capacity);
    FILE *file = fopen(path, "rb");

    if (!file)
        fail(&parser, "cannot open: %s", strerror(errno));
    while (file && bytes && (part = fread(bytes + nbytes, 1, capacity - nbytes, file)) > 0) {
        nbytes += part;
        if (nbytes < capacity)
            continue;
        if (capacity >= TRACE_LIMIT)
            break;
        capacity *= 2;
        char *grown = realloc(bytes, capacity);

        if (!grown)
            free(bytes);
        bytes = grown;
    }
    if (!bytes)
        fail(&parser, "out of memory");
    else if (file && ferror(file))
        fail(&parser, "cannot read: %s", strerror(errno));
    else if (file && nbytes >= TRACE_LIMIT)
        fail(&parser, "the file is too large");
    else if (file)
        trace = cf_trace_parse(bytes, nbytes, error);
    if (file)
        fclose(file);
    free(bytes);
    return trace;
}

void cf_trace_free(struct cf_trace *trace)
{
    if (!trace)
        return;
    for (size_t i = 0; i < trace->count; i++) {
        if (trace->records[i].type == CF_MEM)
            free(trace->records[i].mem.changed);
        json_decref(trace->records[i].json);
    }
    free(trace->records);
    free(trace);
}

/* ---- arguments ---- */

/* In a trace that is kept in memory; keys are mostly the same literal. */
static const struct cf_trace_value *kept(const struct cf_record *record, const char *parent,
                                         const char *key)
{
    const struct cf_trace_values *values =
        parent && strcmp(parent, "in") ? &record->parts : &record->own;

    for (size_t i = 0; i < values->count; i++)
        if (cf_same(values->items[i].key, key))
            return &values->items[i];
    return NULL;
}

static bool kept_number(const struct cf_trace_value *value, uint64_t *value_out)
{
    if (!value || value->kind == CF_VALUE_STRING)
        return value && hex_value(value->string, value_out);
    if (value->kind != CF_VALUE_NUMBER && value->kind != CF_VALUE_HEX)
        return false;
    *value_out = value->number;
    return true;
}

/* Of a number that a file has as digits there is no more to ask than whether it is there. */
static const char *kept_string(const struct cf_trace_value *value)
{
    if (value && (value->kind == CF_VALUE_HEX ||
                  (value->kind == CF_VALUE_NUMBER && value->number >> 53)))
        return "0x";
    if (value && value->kind == CF_VALUE_DIGEST) {
        if (!value->digest->hex[0])
            cf_sha256_of(value->digest->bytes, value->digest->nbytes, value->digest->hex);
        return value->digest->hex;
    }
    return value && value->kind == CF_VALUE_STRING ? value->string : NULL;
}

static const json_t *member(const struct cf_record *record, const char *parent, const char *key)
{
    const json_t *json = record->json;

    if (parent)
        json = json_object_get(json, parent);
    return json_object_get(json, key);
}

bool cf_record_u64(const struct cf_record *record, const char *parent, const char *key,
                   uint64_t *value_out)
{
    if (!record->json)
        return kept_number(kept(record, parent, key), value_out);
    return number_value(member(record, parent, key), value_out);
}

const char *cf_record_string(const struct cf_record *record, const char *parent, const char *key)
{
    if (!record->json)
        return kept_string(kept(record, parent, key));
    return json_string_value(member(record, parent, key));
}

bool cf_in_u64(const struct cf_record *call, const char *key, uint64_t *value_out)
{
    return cf_record_u64(call, "in", key, value_out);
}

bool cf_out_u64(const struct cf_record *call, const char *key, uint64_t *value_out)
{
    return cf_record_u64(call, "out", key, value_out);
}

const char *cf_in_string(const struct cf_record *call, const char *key)
{
    return cf_record_string(call, "in", key);
}

const char *cf_out_string(const struct cf_record *call, const char *key)
{
    return cf_record_string(call, "out", key);
}

const unsigned char *cf_out_digested(const struct cf_record *call, const char *key,
                                     size_t *nbytes_out)
{
    const struct cf_trace_value *value = call->json ? NULL : kept(call, "out", key);

    if (!value || value->kind != CF_VALUE_DIGEST)
        return NULL;
    *nbytes_out = value->digest->nbytes;
    return value->digest->bytes;
}

bool cf_in_has(const struct cf_record *call, const char *key)
{
    return call->json ? member(call, "in", key) != NULL : kept(call, "in", key) != NULL;
}

size_t cf_in_count(const struct cf_record *call, const char *key)
{
    const struct cf_trace_value *value = call->json ? NULL : kept(call, "in", key);

    if (!call->json)
        return value ? value->count : 0;
    return json_array_size(member(call, "in", key));
}

const char *cf_in_string_at(const struct cf_record *call, const char *key, size_t index)
{
    const struct cf_trace_value *value = call->json ? NULL : kept(call, "in", key);

    if (!call->json)
        return value && value->kind == CF_VALUE_STRINGS && index < value->count
                   ? value->strings[index]
                   : NULL;
    return json_string_value(json_array_get(member(call, "in", key), index));
}

bool cf_in_u64_at(const struct cf_record *call, const char *key, size_t index, uint64_t *value_out)
{
    const struct cf_trace_value *value = call->json ? NULL : kept(call, "in", key);

    if (!call->json) {
        if (!value || value->kind != CF_VALUE_NUMBERS || index >= value->count)
            return false;
        *value_out = value->numbers[index];
        return true;
    }
    return number_value(json_array_get(member(call, "in", key), index), value_out);
}

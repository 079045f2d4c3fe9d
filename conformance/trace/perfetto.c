/* SPDX-License-Identifier: MIT */
/*
 * Trace records to Chrome trace events. Lines of a trace stand in the order of ends, viewers want each
 * track in order of time, so events are collected and sorted before they are written.
 */
#include "conformance/trace/view.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct event {
    uint64_t ts_ns, sequence; /* sequence: order of those at one time */
    json_t *json;             /* owned */
};

/* An operation between its build and its pop. */
struct operation {
    const char *ring;
    uint64_t user_data, id, from_ns;
    bool is_submitted, is_done;
};

struct converter {
    const struct cf_trace *trace;
    unsigned pid;
    const char *scenario;
    uint64_t now_ns; /* of the last call that ended: when records that have no time were written */
    struct event *events;
    size_t count, capacity;
    struct operation *operations;
    size_t operation_count, operation_capacity, first_open;
    uint64_t next_id;
    uint64_t built, running, unpopped;
    json_t *popped_at; /* n of a pop -> its start, to anchor completions in their call */
    bool failed;
};

/* ---- events ---- */

static void add(struct converter *c, uint64_t ts_ns, json_t *json)
{
    if (c->count == c->capacity) {
        size_t capacity = c->capacity ? 2 * c->capacity : 256;
        struct event *events = realloc(c->events, capacity * sizeof(*events));

        if (!events) {
            c->failed = true;
            json_decref(json);
            return;
        }
        c->events = events;
        c->capacity = capacity;
    }
    c->events[c->count] = (struct event){ts_ns, c->count, json};
    c->count++;
}

/* Microseconds with three digits behind the point. */
static json_t *microseconds(uint64_t ns)
{
    return json_real((double)ns / 1000.0);
}

static json_t *event(const struct converter *c, const char *phase, const char *name, uint64_t ts_ns,
                     uint64_t thread, const json_t *args)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:I, s:o, s:O*}", "ph", phase, "name", name, "cat", "ioring", "pid",
                     (int)c->pid, "tid", (json_int_t)thread, "ts", microseconds(ts_ns), "args", args);
}

static void add_counters(struct converter *c, uint64_t ts_ns)
{
    json_t *json = json_pack("{s:s, s:s, s:i, s:i, s:o, s:{s:I, s:I, s:I}}", "ph", "C", "name", "operations",
                             "pid", (int)c->pid, "tid", 0, "ts", microseconds(ts_ns), "args", "built",
                             (json_int_t)c->built, "in flight", (json_int_t)c->running, "unpopped",
                             (json_int_t)c->unpopped);

    if (json)
        add(c, ts_ns, json);
}

static void add_life(struct converter *c, const char *phase, const struct operation *op, uint64_t ts_ns,
                     uint64_t thread, const json_t *args)
{
    char name[96], id[160];
    json_t *json;

    snprintf(name, sizeof(name), "%.40s 0x%llx", op->ring, (unsigned long long)op->user_data);
    /* ring and user data do not tell two operations apart: the last number does */
    snprintf(id, sizeof(id), "%u:%.40s:0x%llx:%llu", c->pid, op->ring, (unsigned long long)op->user_data,
             (unsigned long long)op->id);
    json = event(c, phase, name, ts_ns, thread, args);
    if (!json)
        return;
    json_object_set_new(json, "id", json_string(id));
    json_object_set_new(json, "cat", json_string("operation"));
    add(c, ts_ns, json);
}

/* ---- operations ---- */

static bool is_success(const struct cf_record *call)
{
    if (call->call.result == CF_RESULT_RET)
        return call->call.value != 0;
    return call->call.result != CF_RESULT_NONE && !(call->call.value >> 31);
}

static void build(struct converter *c, const struct cf_record *record)
{
    const char *ring = cf_in_string(record, "ring");
    struct operation *op;

    if (!is_success(record) || !ring)
        return;
    if (c->operation_count == c->operation_capacity) {
        size_t capacity = c->operation_capacity ? 2 * c->operation_capacity : 64;
        struct operation *operations = realloc(c->operations, capacity * sizeof(*operations));

        if (!operations) {
            c->failed = true;
            return;
        }
        c->operations = operations;
        c->operation_capacity = capacity;
    }
    op = &c->operations[c->operation_count++];
    *op = (struct operation){.ring = ring, .id = ++c->next_id, .from_ns = record->call.t0_ns};
    cf_in_u64(record, "ud", &op->user_data);
    c->built++;
    add_life(c, "b", op, record->call.t0_ns, record->call.thread, record->json);
    add_counters(c, record->call.t1_ns);
}

static void submit(struct converter *c, const struct cf_record *record)
{
    const char *ring = cf_in_string(record, "ring");
    uint64_t left = UINT64_MAX;

    if (!ring || (!cf_out_u64(record, "submitted", &left) && !is_success(record)) || left == 0xa5a5a5a5)
        return;
    for (size_t i = c->first_open; i < c->operation_count && left; i++) {
        struct operation *op = &c->operations[i];

        if (op->is_submitted || op->is_done || strcmp(op->ring, ring) != 0)
            continue;
        op->is_submitted = true;
        left--;
        c->built--;
        c->running++;
        add_life(c, "n", op, record->call.t0_ns > op->from_ns ? record->call.t0_ns : op->from_ns,
                 record->call.thread, record->json);
    }
    add_counters(c, record->call.t0_ns);
}

static void end_operation(struct converter *c, struct operation *op, uint64_t ts_ns, const json_t *args)
{
    op->is_done = true;
    if (op->is_submitted)
        c->running--;
    else
        c->built--;
    add_life(c, "e", op, ts_ns, 0, args);
    while (c->first_open < c->operation_count && c->operations[c->first_open].is_done)
        c->first_open++;
}

/* Completions have no time of their own in a trace: they are unpopped while their pop runs. */
static void complete(struct converter *c, const struct cf_record *record)
{
    char key[24];
    json_t *start;

    snprintf(key, sizeof(key), "%llu", (unsigned long long)record->cqe.after);
    start = json_object_get(c->popped_at, key);
    for (size_t i = c->first_open; i < c->operation_count; i++) {
        struct operation *op = &c->operations[i];
        uint64_t from = start ? (uint64_t)json_integer_value(start) : c->now_ns;

        if (op->is_done || !op->is_submitted || op->user_data != record->cqe.user_data ||
            strcmp(op->ring, record->cqe.ring) != 0)
            continue;
        c->unpopped++;
        c->running--;
        add_counters(c, from);
        c->unpopped--;
        c->running++;
        end_operation(c, op, c->now_ns, record->json);
        add_counters(c, c->now_ns);
        return;
    }
}

/* What nobody popped ends with its ring, or with the scenario. ring NULL: of any ring. */
static void end_ring(struct converter *c, const char *ring)
{
    bool any = false;

    for (size_t i = c->first_open; i < c->operation_count; i++) {
        struct operation *op = &c->operations[i];

        if (op->is_done || (ring && strcmp(op->ring, ring) != 0))
            continue;
        end_operation(c, op, c->now_ns, NULL);
        any = true;
    }
    if (any)
        add_counters(c, c->now_ns);
}

/* ---- records ---- */

static void note_start(struct converter *c, const struct cf_record *record)
{
    char key[24];

    snprintf(key, sizeof(key), "%llu", (unsigned long long)record->call.n);
    if (record->call.t0_ns <= INT64_MAX)
        json_object_set_new(c->popped_at, key, json_integer((json_int_t)record->call.t0_ns));
}

static void convert_call(struct converter *c, const struct cf_record *record)
{
    const char *fn = record->call.fn;
    json_t *json = event(c, "X", fn, record->call.t0_ns, record->call.thread, record->json);

    if (json) {
        json_object_set_new(json, "dur", microseconds(record->call.t1_ns - record->call.t0_ns));
        add(c, record->call.t0_ns, json);
    }
    if (record->call.t1_ns > c->now_ns)
        c->now_ns = record->call.t1_ns;
    if (!strncmp(fn, "BuildIoRing", 11) || !strcmp(fn, "kit.sqe"))
        build(c, record);
    else if (!strcmp(fn, "SubmitIoRing") || !strcmp(fn, "NtSubmitIoRing"))
        submit(c, record);
    else if (!strcmp(fn, "PopIoRingCompletion") || !strcmp(fn, "kit.ntpop"))
        note_start(c, record);
    else if ((!strcmp(fn, "CloseIoRing") || !strcmp(fn, "NtClose")) && is_success(record))
        end_ring(c, cf_in_string(record, *fn == 'C' ? "ring" : "obj") ?: "");
}

static void convert_event(struct converter *c, const struct cf_record *record)
{
    char name[80];
    json_t *json;

    snprintf(name, sizeof(name), "%.40s %s", record->evt.sym, record->evt.signalled ? "signalled" : "not signalled");
    json = event(c, "i", name, c->now_ns, 0, record->json);
    if (!json)
        return;
    json_object_set_new(json, "s", json_string("p"));
    add(c, c->now_ns, json);
}

static void convert_mark(struct converter *c, const struct cf_record *record, const char *name)
{
    json_t *json = event(c, "i", name, c->now_ns, 0, record->json);

    if (!json)
        return;
    json_object_set_new(json, "s", json_string("p"));
    add(c, c->now_ns, json);
}

static void convert_record(struct converter *c, const struct cf_record *record)
{
    switch (record->type) {
    case CF_CALL:
        convert_call(c, record);
        break;
    case CF_CQE:
        complete(c, record);
        break;
    case CF_EVT:
        convert_event(c, record);
        break;
    case CF_SCN:
        end_ring(c, NULL);
        convert_mark(c, record, record->scn.id);
        break;
    case CF_MEM:
        convert_mark(c, record, record->mem.fill ? "memory filled" : "memory");
        break;
    case CF_EXC:
        convert_mark(c, record, "exception");
        break;
    default:
        break;
    }
}

/* ---- output ---- */

static int by_time(const void *left, const void *right)
{
    const struct event *a = left, *b = right;

    if (a->ts_ns != b->ts_ns)
        return a->ts_ns < b->ts_ns ? -1 : 1;
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

static void put(FILE *out, const json_t *json, bool *first)
{
    fputs(*first ? "\n" : ",\n", out);
    json_dumpf(json, out, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));
    *first = false;
}

static void put_name(FILE *out, const char *what, unsigned pid, uint64_t thread, const char *name, bool *first)
{
    json_t *json = json_pack("{s:s, s:s, s:i, s:I, s:{s:s}}", "ph", "M", "name", what, "pid", (int)pid, "tid",
                             (json_int_t)thread, "args", "name", name);

    if (json)
        put(out, json, first);
    json_decref(json);
}

static void put_names(FILE *out, const struct converter *c, const char *process, bool *first)
{
    json_t *known = json_object();

    put_name(out, "process_name", c->pid, 0, process, first);
    for (size_t i = 0; i < c->trace->count; i++) {
        const struct cf_record *record = &c->trace->records[i];
        char name[40];

        if (record->type != CF_CALL)
            continue;
        snprintf(name, sizeof(name), "thread %llu", (unsigned long long)record->call.thread);
        if (json_object_get(known, name))
            continue;
        json_object_set_new(known, name, json_true());
        put_name(out, "thread_name", c->pid, record->call.thread, name, first);
    }
    json_decref(known);
}

static bool convert(const struct cf_track *track, unsigned pid, FILE *out, bool *first)
{
    struct converter c = {.trace = track->trace, .pid = pid, .popped_at = json_object()};

    for (size_t i = 0; i < track->trace->count; i++)
        convert_record(&c, &track->trace->records[i]);
    end_ring(&c, NULL);
    if (c.count) { /* with none there is no array */
        qsort(c.events, c.count, sizeof(*c.events), by_time);
    }
    put_names(out, &c, track->name, first);
    for (size_t i = 0; i < c.count; i++) {
        put(out, c.events[i].json, first);
        json_decref(c.events[i].json);
    }
    free(c.events);
    free(c.operations);
    json_decref(c.popped_at);
    return !c.failed;
}

bool cf_trace_perfetto(const struct cf_track *tracks, size_t count, FILE *out)
{
    bool first = true, good = true;

    fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", out);
    for (size_t i = 0; i < count; i++)
        good &= convert(&tracks[i], (unsigned)i + 1, out, &first);
    fputs("\n]}\n", out);
    return good && !ferror(out);
}

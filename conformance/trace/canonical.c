/* SPDX-License-Identifier: MIT */
/*
 * The comparable form of a trace. What a rerun may change without meaning anything goes: times,
 * sequence numbers, the interleaving of threads, the numbers in symbols, the recorder. What a judge
 * would look at stays.
 */
#include "conformance/trace/reader.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a record goes: by scenario, thread and call; what comes "after" a call follows it. */
struct place {
    const struct cf_record *record;
    size_t scenario, position;
    uint64_t thread, n;
    bool is_object;
};

struct symbols {
    json_t *names;     /* old -> new */
    unsigned next[26]; /* by letter */
};

static int compare(const void *left, const void *right)
{
    const struct place *a = left, *b = right;

#define ORDER(field) \
    if (a->field != b->field) \
    return a->field < b->field ? -1 : 1
    ORDER(scenario);
    ORDER(is_object);
    ORDER(thread);
    ORDER(n);
    ORDER(position);
#undef ORDER
    return 0;
}

static uint64_t anchor(const struct cf_record *record)
{
    switch (record->type) {
    case CF_CALL:
        return record->call.n;
    case CF_CQE:
        return record->cqe.after;
    case CF_EVT:
        return record->evt.after;
    case CF_MEM:
        return record->mem.after;
    default:
        return UINT64_MAX;
    }
}

struct thread_of_call {
    uint64_t n, thread;
};

static int compare_calls(const void *left, const void *right)
{
    const struct thread_of_call *a = left, *b = right;

    return a->n < b->n ? -1 : a->n > b->n;
}

/* calls: by n. Records of no call go to the end of the scenario's last thread. */
static void place_all(const struct cf_trace *trace, struct place *places,
                      struct thread_of_call *calls)
{
    size_t scenario = 0, count = 0;

    for (size_t i = 0; i < trace->count; i++) {
        if (trace->records[i].type == CF_CALL)
            calls[count++] = (struct thread_of_call){trace->records[i].call.n,
                                                     trace->records[i].call.thread};
    }
    qsort(calls, count, sizeof(*calls), compare_calls);
    for (size_t i = 0; i < trace->count; i++) {
        const struct cf_record *record = &trace->records[i];
        struct thread_of_call key = {.n = anchor(record)}, *found;

        if (record->type == CF_SCN)
            scenario++;
        found = count ? bsearch(&key, calls, count, sizeof(*calls), compare_calls) : NULL;
        places[i] = (struct place){.record = record, .scenario = scenario, .position = i,
                                   .thread = found ? found->thread : UINT64_MAX, .n = key.n,
                                   .is_object = record->type == CF_OBJ};
        if (key.n == 0 || record->type == CF_SCN || record->type == CF_HDR)
            places[i].thread = places[i].n = 0;
        if (record->type == CF_CALL)
            places[i].thread = record->call.thread;
    }
    qsort(places, trace->count, sizeof(*places), compare);
}

static bool is_symbol(const char *text)
{
    size_t digits = strspn(text + (*text != '\0'), "0123456789");

    return *text >= 'a' && *text <= 'z' && digits && !text[1 + digits];
}

static const char *rename_symbol(struct symbols *symbols, const char *old)
{
    const char *name = json_string_value(json_object_get(symbols->names, old));
    char fresh[16];

    if (name)
        return name;
    snprintf(fresh, sizeof(fresh), "%c%u", *old, symbols->next[*old - 'a']++);
    json_object_set_new(symbols->names, old, json_string(fresh));
    return json_string_value(json_object_get(symbols->names, old));
}

static json_t *renamed(struct symbols *symbols, const json_t *json)
{
    const char *text = json_string_value(json), *key;
    json_t *copy, *value;
    size_t i;

    if (text)
        return json_string(is_symbol(text) ? rename_symbol(symbols, text) : text);
    if (json_is_array(json)) {
        copy = json_array();
        json_array_foreach(json, i, value)
            json_array_append_new(copy, renamed(symbols, value));
        return copy;
    }
    if (json_is_object(json)) {
        copy = json_object();
        json_object_foreach((json_t *)json, key, value)
            json_object_set_new(copy, key, renamed(symbols, value));
        return copy;
    }
    return json_deep_copy(json);
}

static json_t *reduced(struct symbols *symbols, const struct cf_record *record)
{
    static const char *const noise[] = {"n", "t0", "t1", "after", "order", "recorder", "host", "os",
                                        "build", "arch", "engine", "fs", "caps", "system",
                                        "scenario_set_sha256", "started_utc", "qpc_hz", "child"};
    bool failed = record->type == CF_CALL &&
                  (record->call.result == CF_RESULT_RET ? !record->call.value
                                                        : record->call.value >> 31 != 0);
    json_t *copy;

    if (record->type == CF_END || record->type == CF_NOTE)
        return NULL;
    copy = renamed(symbols, record->json);
    for (size_t i = 0; i < sizeof(noise) / sizeof(noise[0]); i++)
        json_object_del(copy, noise[i]);
    if (!failed)
        json_object_del(copy, "le"); /* a success leaves an older error there */
    return copy;
}

static void write_all(FILE *out, const struct place *places, size_t count)
{
    struct symbols symbols = {.names = NULL};

    for (size_t i = 0; i < count; i++) {
        json_t *copy;

        if (!i || places[i].scenario != places[i - 1].scenario) {
            json_decref(symbols.names);
            symbols = (struct symbols){.names = json_object()};
        }
        copy = reduced(&symbols, places[i].record);
        if (!copy)
            continue;
        json_dumpf(copy, out, JSON_COMPACT | JSON_ENSURE_ASCII);
        fputc('\n', out);
        json_decref(copy);
    }
    json_decref(symbols.names);
}

char *cf_trace_canonical(const struct cf_trace *trace)
{
    struct place *places = calloc(trace->count + 1, sizeof(*places));
    struct thread_of_call *calls = calloc(trace->count + 1, sizeof(*calls));
    char *text = NULL;
    size_t nbytes = 0;
    FILE *out = open_memstream(&text, &nbytes);

    if (places && calls && out) {
        place_all(trace, places, calls);
        write_all(out, places, trace->count);
    }
    if (out)
        fclose(out);
    if (!places || !calls) {
        free(text);
        text = NULL;
    }
    free(places);
    free(calls);
    return text;
}
